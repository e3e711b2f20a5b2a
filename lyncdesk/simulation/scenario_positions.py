"""Where each value of a TOML text stands: the reader of the standard library does not tell.

:func:`positions` is for a text that ``tomllib`` has accepted. It knows no more of TOML than where a key, a
value and a table begin and end, so it is short; of what it cannot follow it says nothing, and the caller
falls back to the place of the table around it.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

Path = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}(?!")', re.DOTALL),
    re.compile(r"'''.*?'{3,5}(?!')", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """The line (from 1) on which something begins, and its text as written (a table: its header)."""

    line: int
    written: str


class _LostError(Exception):
    """The text is not what it seemed to be."""


def positions(text: str) -> Mapping[Path, Place]:
    """The place of each table, key and element of ``text``; array elements are counted from 0."""
    scan = _Scan(text.replace("\r\n", "\n"))
    try:
        scan.document()
    except (_LostError, RecursionError):
        # What was found so far is right; the rest is told by the table around it.
        return scan.found
    return scan.found


class _Scan:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self.found: dict[Path, Place] = {(): Place(1, "")}
        self._text = text
        self._at = 0
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._elements: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        self._skip(_BETWEEN)
        while self._at < len(self._text):
            start = self._at
            if self._take("[["):
                table = self._element(self._key())
                self._expect("]]")
                self._record(table, start)
            elif self._take("["):
                table = self._resolved(self._key())
                self._expect("]")
                self._record(table, start)
            else:
                self._pair(table)
            self._skip(_BETWEEN)

    def _element(self, key: tuple[str, ...]) -> Path:
        array = (*self._resolved(key[:-1]), key[-1])
        number = self._elements.get(array, 0)
        self._elements[array] = number + 1
        return (*array, number)

    def _resolved(self, key: tuple[str, ...]) -> Path:
        """A header's path: an array of tables on the way means its last element."""
        path: Path = ()
        for part in key:
            path = (*path, part)
            if path in self._elements:
                path = (*path, self._elements[path] - 1)
        return path

    def _pair(self, table: Path) -> None:
        path: Path = (*table, *self._key())
        self._skip(_BLANK)
        self._expect("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        start = self._at
        if self._take("["):
            self._list(path)
        elif self._take("{"):
            self._inline_table(path)
        elif self._text[start : start + 1] in ('"', "'"):
            self._string()
        else:
            self._skip(_BARE_VALUE)
        self._record(path, start)

    def _list(self, path: Path) -> None:
        number = 0
        self._skip(_BETWEEN)
        while not self._take("]"):
            self._value((*path, number))
            number += 1
            self._skip(_BETWEEN)
            self._take(",")
            self._skip(_BETWEEN)

    def _inline_table(self, path: Path) -> None:
        self._skip(_BETWEEN)
        while not self._take("}"):
            self._pair(path)
            self._skip(_BETWEEN)
            self._take(",")
            self._skip(_BETWEEN)

    def _key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            self._skip(_BLANK)
            start = self._at
            if self._text[start : start + 1] in ('"', "'"):
                self._string()
                parts.extend(tomllib.loads(f"{self._text[start : self._at]} = 1"))
            else:
                match = _BARE_KEY.match(self._text, start)
                if match is None:
                    raise _LostError
                self._at = match.end()
                parts.append(match.group())
            self._skip(_BLANK)
            if not self._take("."):
                return tuple(parts)

    def _string(self) -> None:
        for pattern in _STRINGS:
            match = pattern.match(self._text, self._at)
            if match is not None:
                self._at = match.end()
                return
        raise _LostError

    def _record(self, path: Path, start: int) -> None:
        line = bisect_right(self._lines, start)
        self.found.setdefault(path, Place(line, self._text[start : self._at].strip()))

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()

    def _take(self, what: str) -> bool:
        if not self._text.startswith(what, self._at):
            return False
        self._at += len(what)
        return True

    def _expect(self, what: str) -> None:
        if not self._take(what):
            raise _LostError
