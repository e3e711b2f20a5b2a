"""What a value in the file of a working day may be: one small reader for each kind.

Each takes what TOML holds and gives what the model wants, or raises :class:`WrongValueError`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn

from lyncdesk.capacity.draws import Weighted
from lyncdesk.capacity.model import HOUR, MINUTE
from lyncdesk.client.durations import parse_duration

_MOST_VALUES = 200
HEAVIEST = 1_000_000

Convert = Callable[[object], Any]


class WrongValueError(ValueError):
    """A value that a key does not take; the text says what it takes."""


def _needed(what: str) -> NoReturn:
    raise WrongValueError(f"it takes {what}")


def number(least: float, most: float) -> Convert:
    """A number from ``least`` to ``most``."""

    def convert(value: object) -> float:
        known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not known or not least <= value <= most:  # type: ignore[operator]
            _needed(f"a number from {least:g} to {most:g}")
        return float(value)  # type: ignore[arg-type]

    return convert


def whole(least: int, most: int) -> Convert:
    """A whole number from ``least`` to ``most``."""

    def convert(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            _needed(f"a whole number from {least} to {most}")
        return value

    return convert


def length(most: int, least: int = 0) -> Convert:
    """A length of time, in milliseconds."""

    def convert(value: object) -> int:
        try:
            found = parse_duration(value) if isinstance(value, str) else None
        except (ValueError, OverflowError):
            found = None
        long = found // timedelta(milliseconds=1) if found is not None else -1
        if not least <= long <= most:
            begins = "1s" if least else "0s"
            _needed(f'a length such as "45m", from {begins} to {most // HOUR}h')
        return long

    return convert


def time_of_day(value: object) -> int:
    """A time of day, in milliseconds from midnight."""

    if isinstance(value, str) and len(value) == 5 and value[2] == ":":
        hour, minute = value[:2], value[3:]
        known = (hour + minute).isascii() and (hour + minute).isdigit()
        if known and int(hour) < 24 and int(minute) < 60:
            return int(hour) * HOUR + int(minute) * MINUTE
    _needed('a time of day such as "08:30"')


def word(words: tuple[str, ...]) -> Convert:
    """One of ``words``: its index."""

    def convert(value: object) -> int:
        if value not in words:
            _needed(f"these: {', '.join(words)}")
        return words.index(str(value))

    return convert


def count(least: int, most: int) -> Convert:
    """A whole number as the key of a table, which TOML holds as text."""

    bounded = whole(least, most)

    def convert(value: object) -> int:
        text = str(value)
        read: int = bounded(int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None)
        return read

    return convert


def weighted(convert: Convert) -> Convert:
    """A table of values with their weights."""

    def read_table(value: object) -> Weighted:
        if not isinstance(value, dict) or not 0 < len(value) <= _MOST_VALUES:
            _needed('a table of values with their weights, such as { "30m" = 5, "1h" = 4 }')
        weights: dict[int, int] = {}
        for key, weight in value.items():
            made = convert(key)
            try:
                weights[made] = weights.get(made, 0) + whole(0, HEAVIEST)(weight)
            except WrongValueError as error:
                raise WrongValueError(f"the weight of {key}: {error}") from error
        if not sum(weights.values()):
            _needed("at least one weight above 0")
        return Weighted.of(weights)

    return read_table
