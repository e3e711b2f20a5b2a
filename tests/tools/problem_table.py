"""Writes docs/problems.md from the table of problems: ``python -m tests.tools.problem_table``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lyncdesk.client.problem_rows.answers import ANSWERS
from lyncdesk.client.problem_rows.beside import BESIDE
from lyncdesk.client.problem_rows.connection import CONNECTION
from lyncdesk.client.problem_rows.own import OWN
from lyncdesk.client.problem_rows.row import ProblemRow, Retry
from lyncdesk.client.problem_rows.signing_in import SIGNING_IN
from lyncdesk.client.views.common import mended_by

FILE = Path(__file__).parents[2] / "docs" / "problems.md"

_HEAD = """# Every problem, and what the person sees

Made from the table in `lyncdesk/client/problem_rows` by `python -m tests.tools.problem_table`; a test fails
when it is out of date. Each row that a connection to Exchange can raise is provoked over a real socket in
`tests/exchange/client/situations.py`.

A problem is shown beside the last good data, which are marked as old by the usual rules; it never empties a
calendar. With two problems the first of this table is shown. In brackets stands the button beside it, where
it has one. What LyncDesk does by itself:

- *again*: after 1, 2, 4, 8 and then every 15 minutes, or at the regular check if that comes earlier; never
  before the server's own wish for rest has passed.
- *regular*: at the regular check only.
- *waits*: nothing is sent before the person acts (enters a password, changes the account).
"""
_AREAS: tuple[tuple[str, Sequence[ProblemRow]], ...] = (
    ("Signing in", SIGNING_IN),
    ("The way to the server", CONNECTION),
    ("What comes back", ANSWERS),
    ("Contacts, and what is written", BESIDE),
    ("LyncDesk itself", OWN),
)
_RETRIED = {Retry.YES: "again", Retry.NO: "regular", Retry.NEVER: "waits"}
# What stands for the values in the words.
_SAMPLES = {
    "server": "mail.example.com",
    "names": "exchange01.example.local",
    "issuer": "Example Root CA",
    "date": "2026-03-02 09:30 UTC",
    "limit": "5000",
    "address": "ben@example.com",
    "domain": "example.com",
}


class _Values(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"({name})"


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for area, rows in _AREAS:
        parts.append(
            f"\n## {area}\n\n| problem | what really happens | what the person reads | by itself |\n"
        )
        parts.append("|---|---|---|---|\n")
        parts += map(_line, rows)
    return "".join(parts)


def _line(row: ProblemRow) -> str:
    title, cause, remedy = (_cell(text) for text in (row.title, row.cause, row.remedy))
    action = mended_by(row.name)
    button = f" [{action[1]}]" if action is not None else ""
    trigger = row.trigger.replace("|", "\\|")
    return f"| `{row.name}` | {trigger} | **{title}** {cause} *{remedy}*{button} | {_RETRIED[row.retry]} |\n"


def _cell(text: str) -> str:
    return text.format_map(_Values(_SAMPLES)).replace("|", "\\|")


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
