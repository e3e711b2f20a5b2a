"""Numbers and times as the tables and the plot of capacity write them."""

from __future__ import annotations

from datetime import timedelta

from lyncdesk.client.durations import short_duration
from lyncdesk.client.words import MISSING, N_, Words

_TEN_SECONDS = 10


def number(value: float, words: Words) -> str:
    """Three digits that count, or all of a whole number: ``1 250``, ``93.4``, ``0.02``; what is small keeps
    one digit at least: ``0.004``.
    """
    places = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    if places and value < 0.01:
        places = -int(f"{value:e}".partition("e")[2])
    text = f"{value:,.{places}f}".replace(",", " ")
    whole, point, rest = text.partition(".")
    return words(N_("{whole}.{tenths}"), whole=whole, tenths=rest) if point else whole


def lateness(seconds: float | None, words: Words) -> str:
    """A delay: ``28m30s``, ``3.2s``; none is a dash."""
    if seconds is None:
        return MISSING
    if 0 < seconds < _TEN_SECONDS:
        return f"{number(seconds, words)}s"
    return short_duration(timedelta(seconds=round(seconds)))


def interval_name(seconds: int) -> str:
    """An interval as on the command line."""
    return short_duration(timedelta(seconds=seconds))


def time_of_day(seconds: int) -> str:
    """``09:00:05``"""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def percent(part: int, whole: int, words: Words) -> str:
    """A share: ``4.5 %``; of nothing a dash."""
    return f"{number(round(100 * part / whole, 2), words)} %" if whole else MISSING
