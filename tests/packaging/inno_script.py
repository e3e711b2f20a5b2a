"""Scripts of Inno Setup, as far as the tests read them: sections, entries, directives, definitions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_DEFINE = re.compile(r'^\s*#define\s+(\w+)\s+"((?:[^"]|"")*)"\s*$')
_SECTION = re.compile(r"^\[(\w+)\]$")
_PARAMETER = re.compile(r'\s*(\w+):\s*("(?:[^"]|"")*"|[^;"]*)\s*(?:;|$)')


@dataclass
class Script:
    """``directives`` of [Setup], ``texts`` of messages by language, ``entries`` of the other sections."""

    text: str
    defined: dict[str, str] = field(default_factory=dict)
    directives: dict[str, str] = field(default_factory=dict)
    entries: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    texts: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    code: str = ""

    def filled(self, text: str) -> str:
        """With definitions in place of their names; an unknown one is a mistake."""
        return re.sub(r"\{#(\w+)\}", lambda found: self.defined[found[1]], text)


def read(path: Path) -> Script:
    """Read a script and the file beside it that it includes. Conditions count as met."""
    script = Script(path.read_text(encoding="utf-8-sig"))
    section = ""
    for line in script.text.splitlines():
        if section == "Code":
            script.code += line + "\n"
        elif included := re.match(r'^#include "(.+)"$', line):
            script.defined |= read(path.parent / included[1]).defined
        elif found := _DEFINE.match(line):
            script.defined[found[1]] = found[2].replace('""', '"')
        elif found := _SECTION.match(line):
            section = found[1]
        elif line.strip() and not line.startswith(("#", ";", "  #")):
            _entry(script, section, line)
    return script


def _entry(script: Script, section: str, line: str) -> None:
    if section == "Setup":
        name, _, value = line.partition("=")
        assert name not in script.directives, f"{name} twice"
        script.directives[name] = value
    elif section in {"Messages", "CustomMessages"}:
        language, _, rest = line.partition(".")
        name, _, value = rest.partition("=")
        script.texts.setdefault(section, {}).setdefault(language, {})[name] = value
    else:
        found = _PARAMETER.findall(line)
        whole = "".join(f"{name}:{value}" for name, value in found)
        assert len(re.sub(r"[\s;]", "", whole)) == len(re.sub(r"[\s;]", "", line)), line
        entry = {name: value.strip().strip('"').replace('""', '"') for name, value in found}
        assert len(entry) == len(found), line
        script.entries.setdefault(section, []).append(entry)
