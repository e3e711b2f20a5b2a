"""The lines of iCalendar (RFC 5545): folding, escaping, and taking a foreign text apart within bounds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Self

OCTETS = 75
MOST_LINES = 20_000
MOST_COMPONENTS = 2000
DEEPEST = 4

_NAME = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)((?:,(?:"[^"]*"|[^";:,]*))*)', re.ASCII)
_ESCAPES = MappingProxyType({"n": "\n", "N": "\n"})
_NOTHING: Mapping[str, str] = MappingProxyType({})


def escape(text: str) -> str:
    """A text as a value."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    return text.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def unescape(text: str) -> str:
    """The reverse of `escape`."""
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)


def quote(text: str) -> str:
    """A text as the value of a parameter, which cannot hold quotes and line ends."""
    return '"' + re.sub(r"[\x00-\x1f\x7f]", " ", text).replace('"', "'") + '"'


def fold(line: str) -> str:
    """A line in pieces of at most 75 octets, no sign of which is torn apart."""
    pieces: list[str] = []
    piece, size = "", 0
    for sign in line:
        octets = len(sign.encode("utf-8", "replace"))
        if size + octets > OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece += sign
        size += octets
    return "\r\n".join((*pieces, piece))


def write_date(day: date) -> str:
    """A DATE."""
    return f"{day:%Y%m%d}" if day.year >= 1000 else f"{day.year:04}{day:%m%d}"


def write_moment(moment: datetime) -> str:
    """A DATE-TIME on the wall clock."""
    return f"{write_date(moment.date())}T{moment:%H%M%S}"


@dataclass(frozen=True, slots=True)
class Line:
    """One property: its name in capitals, its parameters, and its value as it stands."""

    name: str
    value: str
    parameters: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(slots=True)
class Component:
    """What stands between a BEGIN and its END."""

    name: str
    lines: list[Line] = field(default_factory=list)
    inside: list[Self] = field(default_factory=list)

    def get(self, name: str) -> Line | None:
        """The first property of a name."""
        return next((line for line in self.lines if line.name == name), None)

    def text(self, name: str) -> str | None:
        """The first property of a name, as a text."""
        line = self.get(name)
        return None if line is None else unescape(line.value)

    def all(self, name: str) -> list[Line]:
        """The properties of a name."""
        return [line for line in self.lines if line.name == name]

    def components(self, name: str) -> list[Self]:
        """The components of a name directly inside."""
        return [one for one in self.inside if one.name == name]


def _unfolded(text: str) -> Iterator[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n", MOST_LINES)
    if len(lines) > MOST_LINES:
        raise ValueError("too many lines")
    line = ""
    for piece in lines:
        if piece[:1] in {" ", "\t"}:
            line += piece[1:]
            continue
        if line:
            yield line
        line = piece
    if line:
        yield line


def _line(text: str) -> Line:
    found = _NAME.match(text)
    if not found:
        raise ValueError("a line without a name")
    at = found.end()
    parameters: dict[str, str] = {}
    while (parameter := _PARAMETER.match(text, at)) is not None:
        parameters[parameter[1].upper()] = parameter[2].strip('"')
        at = parameter.end()
    if text[at : at + 1] != ":":
        raise ValueError("a line without a value")
    return Line(found[0].upper(), text[at + 1 :], MappingProxyType(parameters))


def parse(text: str) -> Component:
    """The VCALENDAR in a text. Raises ValueError for anything that is not one."""
    top: Component | None = None
    opened: list[Component] = []
    count = 0
    for line in map(_line, _unfolded(text)):
        name = line.value.strip().upper()
        if line.name == "BEGIN":
            count += 1
            if (top is not None and not opened) or len(opened) >= DEEPEST or count > MOST_COMPONENTS:
                raise ValueError("not one calendar, or a calendar too large")
            component = Component(name)
            if opened:
                opened[-1].inside.append(component)
            top = top or component
            opened.append(component)
        elif not opened:
            raise ValueError("a line outside the calendar")
        elif line.name == "END":
            if opened.pop().name != name:
                raise ValueError("an END without its BEGIN")
        else:
            opened[-1].lines.append(line)
    if top is None or opened or top.name != "VCALENDAR":
        raise ValueError("not a calendar")
    return top
