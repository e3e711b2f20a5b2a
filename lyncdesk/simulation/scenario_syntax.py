"""What TOML makes of a text, line by line: a statement that is none hides no mistake of the others.

The reader of the standard library stops at the first mistake. So what it stops at is left out, and the rest
is read again, until nothing is left that stops it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

from lyncdesk.simulation.scenario_tables import LEFT_OUT, Mistake

# So many mistakes are told, and so many characters read for them, at most.
MOST_MISTAKES, MOST_READ = 100, 20_000_000
_LINE = re.compile(r" \(at line ([0-9]+), column [0-9]+\)$")
_HEADER = re.compile(r"\s*\[")
_PERSON = re.compile(r"\s*\[+\s*people\s*\.\s*[\"']?([A-Za-z0-9_-]{1,60})")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')
# What the standard library says, and what people are told.
_PLAINLY = (
    (re.compile(r"Cannot (declare|create) .* twice"), "this table is there already"),
    (re.compile(r"Cannot overwrite a value"), "this key is there already"),
    (re.compile(r"Illegal character '\\n'"), "a quotation mark is missing at the end of the text"),
)


@dataclass(slots=True)
class Syntax:
    """What could be read: the ``values``, the text that holds them (``kept``, by the lines of the file), the
    ``mistakes``, and the people whose headers were ``lost``.
    """

    values: dict[str, object] = field(default_factory=dict)
    kept: str = ""
    mistakes: list[Mistake] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def read_toml(content: str, file: str, what: str) -> Syntax:
    """Read the text of a ``what`` (a scenario, a lesson); ``file`` is what mistakes call it."""
    found = Syntax()
    lines = content.replace("\r\n", "\n").split("\n")
    read = 0
    while True:
        found.kept = "\n".join(lines)
        read += len(found.kept)
        try:
            found.values = tomllib.loads(found.kept)
        except tomllib.TOMLDecodeError as error:
            line = _told(str(error), lines, found.mistakes, file)
            if line is None:
                return Syntax(mistakes=found.mistakes)
            if len(found.mistakes) >= MOST_MISTAKES or read > MOST_READ:
                rest = "there may be more mistakes below; they are looked for when those above are mended"
                found.mistakes.append(Mistake(file, line + 1, rest))
                return Syntax(mistakes=found.mistakes)
            _leave_out(line - 1, lines, found.lost)
        except RecursionError:
            return Syntax(mistakes=[Mistake(file, 1, f"no {what}: its values are nested too deeply")])
        else:
            return found


def _told(said: str, lines: list[str], mistakes: list[Mistake], file: str) -> int | None:
    """Keep a mistake as people are told it; its line, None where there is none that could be left out."""
    match = _LINE.search(said)
    what = said[: match.start()] if match else said.replace(" (at end of document)", "")
    what = next((plain for pattern, plain in _PLAINLY if pattern.search(what)), what)
    if match is None:
        mistakes.append(Mistake(file, len(lines), f"{what}, where the file ends"))
        return None
    line = int(match[1])
    written = lines[line - 1].strip()
    mistakes.append(Mistake(file, line, f"{written[:60]}: {what}"))
    return line if written else None


def _leave_out(wrong: int, lines: list[str], lost: list[str]) -> None:
    """Empty the lines of the statement to which line ``wrong`` (from 0) belongs."""
    first = _begin(wrong, lines)
    if _HEADER.match(lines[first]):
        lost += _PERSON.findall(lines[first])
        lines[first] = f"[{LEFT_OUT}{first + 1}]"
        return
    deep = 0
    for place in range(first, len(lines)):
        if place > wrong and (deep <= 0 or _HEADER.match(lines[place])):
            return
        deep += _opened(lines[place])
        lines[place] = ""


def _begin(wrong: int, lines: list[str]) -> int:
    """The line on which the statement begins: above it, nothing is unfinished."""
    for first in range(wrong, max(wrong - 50, -1), -1):
        try:
            tomllib.loads("\n".join(lines[:first]))
        except tomllib.TOMLDecodeError:
            continue
        return first
    return wrong


def _opened(line: str) -> int:
    """How many brackets of a line stay open, those in texts aside."""
    bare = _QUOTED.sub("", line)
    return sum(map(bare.count, "[{")) - sum(map(bare.count, "]}"))
