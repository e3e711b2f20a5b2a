"""Reading the tables of a scenario: every mistake is kept with its place, none hides another.

:class:`Sheet` is one TOML table that is being read; it knows which keys were asked for, so that it can name
the others.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from lyncdesk.simulation.scenario_positions import Path, Place

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake of a file; ``line`` 0 is the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        # Whatever stands in a file, the terminal is not told to do anything.
        return "".join(
            one if one.isprintable() else one.encode("unicode_escape").decode()
            for one in f"{where}: {self.text}"
        )


# A header that is no TOML is read as a table with a name that begins so.
LEFT_OUT = "_left_out_"


class WrongValueError(ValueError):
    """A value is not one of those that its key takes; the text says what is."""


def near(word: str, words: Iterable[str]) -> str:
    """The nearest of ``words``, or "" where none is near."""
    folded = {known.casefold(): known for known in words}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def nearest(word: str, words: Iterable[str]) -> str:
    """`; did you mean "x"?` for the nearest of ``words``, or "" where none is near."""
    found = near(word, words)
    return f'; did you mean "{found}"?' if found else ""


def one_of(words: Iterable[str]) -> str:
    """The words as a list for people."""
    return ", ".join(f'"{word}"' for word in words)


@dataclass(slots=True)
class Notes:
    """The mistakes of one file, and where things stand in it.

    ``incomplete`` is set where lines had to be left out, so that what they held is not called missing too;
    ``lost`` are the people whose headers were among them.
    """

    file: str
    places: Mapping[Path, Place]
    incomplete: bool = False
    mistakes: list[Mistake] = field(default_factory=list)
    lost: tuple[str, ...] = ()

    def place(self, path: Path) -> Place:
        """The place of a path, or of the nearest thing around it."""
        while path not in self.places:
            # An array of tables begins with its first one.
            path = (*path, 0) if (*path, 0) in self.places else path[:-1]
        return self.places[path]

    def add(self, path: Path, text: str) -> None:
        """Keep a mistake at the place of ``path``."""
        self.add_at(self.place(path).line, text)

    def add_at(self, line: int, text: str) -> None:
        """Keep a mistake on a line."""
        self.mistakes.append(Mistake(self.file, line, text))

    def wrong(self, path: Path, why: str) -> None:
        """Keep a mistake about the value at ``path``, which is told as it is written."""
        written = " ".join(self.place(path).written.split())
        if len(written) > 60:
            written = f"{written[:57]}..."
        name = next((part for part in reversed(path) if isinstance(part, str)), "")
        self.add(path, f"{name} = {written}: {why}")


class Sheet:
    """One table that is being read."""

    def __init__(self, notes: Notes, path: Path, values: Mapping[str, object], title: str) -> None:
        self.notes = notes
        self.path = path
        self.values = values
        self.title = title
        self._asked: dict[str, None] = {}

    @property
    def line(self) -> int:
        """The line of the table's header."""
        return self.notes.place(self.path).line

    def line_of(self, key: str) -> int:
        """The line of a key."""
        return self.notes.place((*self.path, key)).line

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def take(self, key: str, convert: Callable[[object], T], default: D) -> T | D:
        """The value of ``key``; ``default`` where it is absent or wrong, the latter with the mistake kept."""
        self._asked[key] = None
        if key not in self.values:
            return default
        try:
            return convert(self.values[key])
        except WrongValueError as error:
            self.wrong(key, str(error))
            return default

    def need(self, key: str, convert: Callable[[object], T]) -> T | None:
        """The value of ``key``, which must be there; None where it is missing or wrong, a mistake kept."""
        if key not in self.values and not self.notes.incomplete:
            self.notes.add(self.path, f"{self.title} needs {key}")
        return self.take(key, convert, None)

    def pass_over(self, *keys: str) -> None:
        """Take keys as known whose values cannot be judged, because of another mistake."""
        self._asked |= dict.fromkeys(keys)

    def wrong(self, key: str, why: str) -> None:
        """Keep a mistake about the value of ``key``."""
        self.notes.wrong((*self.path, key), why)

    def table(self, key: str) -> Mapping[str, object]:
        """The table under ``key``, empty where there is none."""
        return self.take(key, _table, {})

    def sheets(self, key: str, title: str) -> list[Sheet]:
        """The array of tables under ``key``."""
        found = self.take(key, _list, ())
        out = []
        for number, values in enumerate(found):
            path = (*self.path, key, number)
            if isinstance(values, dict):
                out.append(Sheet(self.notes, path, values, title))
            else:
                self.notes.wrong(path, "a table is needed here")
        return out

    def sheet(self, key: str, title: str) -> Sheet:
        """The table under ``key`` as a sheet."""
        return Sheet(self.notes, (*self.path, key), self.table(key), title)

    def needed(self, key: str, title: str) -> Sheet | None:
        """The table under ``key``, which must be there, as a sheet; None where it is not or is no table."""
        if self.need(key, _table) is None:
            return None
        return Sheet(self.notes, (*self.path, key), self.table(key), title)

    def close(self) -> None:
        """Name every key that nobody asked for."""
        for key in self.values:
            if key not in self._asked:
                known = nearest(key, self._asked) or f"; it takes {', '.join(self._asked)}"
                self.notes.add((*self.path, key), f'"{key}" is no key of {self.title}{known}')


class Names:
    """The people of a scenario by the names of their tables."""

    _FORM = re.compile(r"[A-Za-z0-9_-]{1,60}")

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def declare(self, who: str) -> None:
        """Take in a name.

        Raises:
            WrongValueError: for one that is no name, or too much like another.
        """
        other = self._known.setdefault(who.casefold(), who)
        if other != who:
            raise WrongValueError(f'this would be the same person as "{other}"')
        if not self._FORM.fullmatch(who):
            raise WrongValueError('a name has letters a to z, digits, "-" and "_" only')

    def declared(self, value: object) -> str:
        """The name of a person who is declared."""
        return word(self._known.values(), "person of this scenario")(value)

    def other(self, who: str) -> Callable[[object], str]:
        """The name of a declared person other than ``who``."""

        def convert(value: object) -> str:
            if value == who:
                raise WrongValueError("this is the same person")
            return self.declared(value)

        return convert


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise WrongValueError("a table is needed here")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise WrongValueError("an array of tables is needed here")
    return value


def text(value: object) -> str:
    """A string."""
    if not isinstance(value, str):
        raise WrongValueError('text is needed here, in quotes: "..."')
    return value


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise WrongValueError("true or false is needed here, without quotes")
    return value


def number(value: object) -> int:
    """A whole number that is not negative."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WrongValueError("a whole number is needed here")
    return value


def word(words: Iterable[str], what: str) -> Callable[[object], str]:
    """One of ``words``; ``what`` names them in a mistake."""
    known = tuple(words)

    def convert(value: object) -> str:
        if isinstance(value, str) and value in known:
            return value
        meant = nearest(value, known) if isinstance(value, str) else ""
        raise WrongValueError(f"no {what}{meant or f' (one of {one_of(known)})'}")

    return convert
