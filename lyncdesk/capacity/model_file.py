"""Reading the file of a working day: all of it, or every mistake in it with its line.

The file is explained by itself: ``resources/capacity/working_day.toml`` is the built-in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lyncdesk.capacity.draws import Weighted
from lyncdesk.capacity.model import (
    CHANGE_KINDS,
    DAY,
    HOUR,
    MOST_CHANGES,
    MOST_CONTACTS,
    SHOW_AS,
    Ahead,
    Breaks,
    Changes,
    DayModel,
    Lunch,
    Morning,
    People,
    Spread,
    Standing,
    Waves,
)
from lyncdesk.capacity.model_values import (
    HEAVIEST,
    Convert,
    WrongValueError,
    count,
    length,
    number,
    time_of_day,
    weighted,
    whole,
    word,
)
from lyncdesk.client.toml_lines import TomlError, lines_of, read_toml
from lyncdesk.client.value_kinds import shown
from lyncdesk.resource_files import resource

BUILT_IN = ("capacity", "working_day.toml")
_MAXIMUM_SIZE = 100_000  # bytes
_MOST_WAVES = 100
_MOST_ITEMS = 50


class WrongModelError(Exception):
    """A file is no model of a day; ``mistakes`` are all that is wrong with it, one line each."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def built_in() -> DayModel:
    """The working day that ships with LyncDesk."""
    path = resource(*BUILT_IN)
    return read(path.read_text(encoding="utf-8"), str(path))


def load(file: str) -> DayModel:
    """Read a model from a file.

    Raises:
        WrongModelError: with every mistake of the file, or that it cannot be read.
    """
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(_MAXIMUM_SIZE + 1)
    except OSError as error:
        raise WrongModelError((f"{file}: cannot be read: {error.strerror or error}",)) from error
    if len(data) > _MAXIMUM_SIZE:
        raise WrongModelError((f"{file}: longer than {_MAXIMUM_SIZE} bytes; no model of a day is",))
    try:
        return read(data.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise WrongModelError((f"{file}:{line}: this is not text in UTF-8",)) from error


_SHARE = number(0, 1)
_UP_TO_DAY = length(DAY)
_SOME_TIME = length(DAY, 1000)
_LENGTHS = weighted(_SOME_TIME)

# Section -> key -> what it takes. [[waves]] is an array of such tables.
_KEYS: Mapping[str, Mapping[str, Convert]] = {
    "people": {
        "at_work": _SHARE,
        "zones": weighted(length(DAY - HOUR)),
        "contacts": whole(0, MOST_CONTACTS),
    },
    "waves": {"weight": whole(0, HEAVIEST), "at": time_of_day, "spread": _UP_TO_DAY},
    "stay": {"length": _SOME_TIME, "spread": _UP_TO_DAY},
    "lunch": {
        "at": time_of_day,
        "spread": _UP_TO_DAY,
        "length": _UP_TO_DAY,
        "length_spread": _UP_TO_DAY,
        "sleeps": _SHARE,
        "locks": _SHARE,
    },
    "breaks": {"number": weighted(count(0, _MOST_ITEMS)), "length": _LENGTHS},
    "morning": {
        "number": weighted(count(0, _MOST_ITEMS)),
        "hour": weighted(count(0, 23)),
        "minute": weighted(count(0, 59)),
        "length": _LENGTHS,
        "show_as": weighted(word(SHOW_AS)),
        "meetings": _SHARE,
        "all_day": _SHARE,
        "cancelled": _SHARE,
        "walking": _SHARE,
        "walking_before": _SOME_TIME,
        "walking_after": _SOME_TIME,
    },
    "changes": {
        "number": number(0, MOST_CHANGES),
        "kinds": weighted(word(CHANGE_KINDS)),
        "length": _LENGTHS,
        "show_as": weighted(word(SHOW_AS)),
        "meetings": _SHARE,
        "began": _SHARE,
        "began_before": _SOME_TIME,
        "added_least": _UP_TO_DAY,
        "added_most": _UP_TO_DAY,
        "running": _UP_TO_DAY,
        "changed_most": _UP_TO_DAY,
        "shift": _LENGTHS,
        "later": _SHARE,
    },
}


@dataclass(slots=True)
class _Notes:
    """The mistakes of one file; the lines of its keys are looked up for mistakes alone."""

    file: str
    text: str
    mistakes: list[str]

    def add(self, path: tuple[str, ...], what: str) -> None:
        lines = lines_of(self.text)
        while path and path not in lines:
            path = path[:-1]
        where = f"{self.file}:{lines[path]}" if path in lines else self.file
        self.mistakes.append(f"{where}: {what}")


def read(text: str, file: str) -> DayModel:
    """Read a model from its text; ``file`` is what mistakes call it.

    Raises:
        WrongModelError: with every mistake of the text.
    """
    table = read_toml(text)
    if isinstance(table, TomlError):
        raise WrongModelError((f"{file}:{table.line}: {table.said}",))
    notes = _Notes(file, text, [])
    values: dict[str, dict[str, Any]] = {}
    for section in table:
        if section not in _KEYS:
            notes.add((section,), f"[{section}] is not known; there are {', '.join(_KEYS)}")
    for section, keys in _KEYS.items():
        given = table.get(section)
        if section == "waves":
            rows = given if isinstance(given, list) and 0 < len(given) <= _MOST_WAVES else [None]
            read_rows = [_section(notes, section, keys, row) for row in rows]
            values[section] = {key: [row.get(key) for row in read_rows] for key in keys}
        else:
            values[section] = _section(notes, section, keys, given)
    if notes.mistakes:
        raise WrongModelError(tuple(notes.mistakes))
    model = _model(values)
    _hold_together(notes, values)
    if notes.mistakes:
        raise WrongModelError(tuple(notes.mistakes))
    return model


def _section(notes: _Notes, section: str, keys: Mapping[str, Convert], given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        notes.add(
            (section,), f"{section} must be there, as {'[[waves]]' if section == 'waves' else 'a table'}"
        )
        return {}
    for key in given:
        if key not in keys:
            notes.add((section, key), f'"{key}" is no key of {section}; it takes {", ".join(keys)}')
    found: dict[str, Any] = {}
    for key, convert in keys.items():
        if key not in given:
            notes.add((section,), f"{section} needs {key}")
            continue
        try:
            found[key] = convert(given[key])
        except WrongValueError as error:
            notes.add((section, key), f"{key} = {shown(given[key])}: {error}")
    return found


def _hold_together(notes: _Notes, values: Mapping[str, Mapping[str, Any]]) -> None:
    """What no value by itself can promise."""
    waves, stay, lunch, changes = (values[name] for name in ("waves", "stay", "lunch", "changes"))
    for at, spread in zip(waves["at"], waves["spread"], strict=True):
        if at - spread < 0 or at + spread >= DAY:
            notes.add(("waves", "spread"), "a wave lies within one day: at - spread to at + spread")
    if not sum(waves["weight"]):
        notes.add(("waves", "weight"), "at least one wave needs a weight above 0")
    if stay["length"] <= stay["spread"]:
        notes.add(("stay", "spread"), "spread must be shorter than length")
    if lunch["at"] < lunch["spread"] or lunch["length"] < lunch["length_spread"]:
        notes.add(("lunch", "spread"), "a spread cannot be longer than what it spreads")
    if lunch["sleeps"] + lunch["locks"] > 1:
        notes.add(("lunch", "locks"), "sleeps and locks are shares of the same whole: together at most 1")
    if changes["added_least"] > changes["added_most"]:
        notes.add(("changes", "added_most"), "added_most cannot be shorter than added_least")


def _model(values: Mapping[str, Mapping[str, Any]]) -> DayModel:
    people, waves, stay, lunch, breaks, morning, changes = (values[name] for name in _KEYS)
    planned = Ahead(-changes["running"], changes["changed_most"])
    limits = Weighted.of(dict(enumerate(waves["weight"]))).limits if sum(waves["weight"]) else ()
    return DayModel(
        People(people["at_work"], people["zones"], people["contacts"]),
        Waves(Weighted(tuple(waves["at"]), limits), Weighted(tuple(waves["spread"]), limits)),
        Spread(stay["length"], stay["spread"]),
        Lunch(
            Spread(lunch["at"], lunch["spread"]),
            Spread(lunch["length"], lunch["length_spread"]),
            lunch["sleeps"],
            lunch["locks"],
        ),
        Breaks(breaks["number"], breaks["length"]),
        Morning(
            morning["number"],
            morning["hour"],
            morning["minute"],
            Standing(morning["length"], morning["show_as"], morning["meetings"]),
            morning["all_day"],
            morning["cancelled"],
            morning["walking"],
            morning["walking_before"],
            morning["walking_after"],
        ),
        Changes(
            changes["number"],
            changes["kinds"],
            Standing(changes["length"], changes["show_as"], changes["meetings"]),
            changes["began"],
            changes["began_before"],
            Ahead(changes["added_least"], changes["added_most"]),
            planned,
            planned,
            changes["shift"],
            changes["later"],
        ),
    )
