"""Writes the made parts of docs/administrators.md: ``python -m tests.tools.administrators``.

What stands around them is written by hand. Policies come from the product's table, examples from the module
that the policy templates take theirs from, files from ``tests.tools.stored``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from lyncdesk.client.policy import POLICY, PolicyKey
from lyncdesk.client.value_kinds import shown
from lyncdesk.client.words import Words
from lyncdesk_packaging.policy_examples import example
from lyncdesk_packaging.policy_texts import people_can_choose
from tests.tools.stored import file_table, folder_table

FILE = Path(__file__).parents[2] / "docs" / "administrators.md"
_PART = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def _policies() -> str:
    words = Words()
    lines = ["| key | what it does | takes | built in | people can choose |", "|---|---|---|---|---|"]
    for row in POLICY.values():
        value = row.kind.write(row.default)
        built_in = f"`{shown(value)}`" if value != "" else "nothing"
        takes, chosen = _cell(words(row.kind.range)), "yes" if people_can_choose(row) else "no"
        lines.append(f"| `{row.key}` | {_cell(row.effect)} | {takes} | {built_in} | {chosen} |")
    return "\n".join(lines) + "\n"


def _examples() -> str:
    lines = ["| Linux: `policy.toml` | Windows: registry | macOS: profile |", "|---|---|---|"]
    lines += [_example(row) for row in POLICY.values()]
    return "\n".join(lines) + "\n"


def _example(row: PolicyKey) -> str:
    found = example(row)
    return f"| `{_cell(found.toml)}` | `{_cell(found.reg)}` | `{_cell(found.plist)}` |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PARTS: Mapping[str, Callable[[], str]] = {
    "policies": _policies,
    "examples": _examples,
    "folders": folder_table,
    "files": file_table,
}


def page(text: str) -> str:
    """The page with its made parts as they are to be; what stands around them is kept."""
    return _PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}{part[3]}", text)


def parts_of(text: str) -> list[str]:
    """Which parts the page has, in its order."""
    return [part[2] for part in _PART.finditer(text)]


if __name__ == "__main__":
    FILE.write_text(page(FILE.read_text(encoding="utf-8")), encoding="utf-8")
