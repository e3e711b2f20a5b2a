"""A moment of the past as people write it: ``10:15``, ``yesterday 10:15``, ``monday 10:15``, ``25 min ago``.

English words alone, as everywhere on the command line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LONGEST_TEXT: Final = 60
HOW: Final = "write 10:15, yesterday 10:15, monday 10:15, 2026-11-26 10:15 or 25 min ago"
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
# As people write a unit, and the unit.
_UNIT_WORDS: Final = {
    word: unit
    for unit, words in {
        "s": ("s", "sec", "second", "seconds"),
        "min": ("m", "min", "minute", "minutes"),
        "h": ("h", "hour", "hours"),
        "d": ("d", "day", "days"),
    }.items()
    for word in words
}
_AGO = re.compile(r"([0-9]{1,6}) ?([a-z]+) ago")
_TIME = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
_CLOCK = re.compile(_TIME)
_ON_A_DAY = re.compile(rf"([a-z]+) {_TIME}")
_DATED = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})[ t]{_TIME}(z|[+-][0-9]{{2}}:[0-9]{{2}})?")


def past_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that ``text`` names at ``now``, in UTC; never one to come. Capital letters and more blanks
    are accepted. Days and times of day are those of ``zone``; a time that came twice, when the clocks were
    set back, is the first one, unless an offset tells.

    Raises:
        ValueError: what was read and how to write it, or what is wrong with it.
    """
    wanted = " ".join(text.lower().split())
    moment = None
    if len(text) <= LONGEST_TEXT:
        for pattern, made in _FORMS:
            match = pattern.fullmatch(wanted)
            if match is not None:
                moment = made(match, now, zone)
                break
    if moment is None:
        raise ValueError(f"“{text[:LONGEST_TEXT]}” is no moment; {HOW}")
    if moment > now:
        raise ValueError(f"“{text}” is yet to come; {HOW}")
    return moment


def _ago(match: re.Match[str], now: datetime, _zone: ZoneInfo) -> datetime | None:
    unit = _UNIT_WORDS.get(match[2])
    try:
        return now - int(match[1]) * _UNITS[unit] if unit is not None else None
    except OverflowError:
        return None


def _today(match: re.Match[str], now: datetime, zone: ZoneInfo) -> datetime | None:
    return _at(now.astimezone(zone).date(), match.groups(), zone)


def _named(match: re.Match[str], now: datetime, zone: ZoneInfo) -> datetime | None:
    word, *clock = match.groups()
    today = now.astimezone(zone).date()
    if word in ("today", "yesterday"):
        return _at(today - timedelta(days=word == "yesterday"), clock, zone)
    # Three letters are enough, as in "mon"; more have to be right.
    number = next((n for n, day in enumerate(_DAYS) if word in (day, day[:3])), None)
    if number is None:
        return None
    day = today - timedelta(days=(today.weekday() - number) % 7)
    moment = _at(day, clock, zone)
    # "Monday 10:15" on a Monday at nine is the one a week ago.
    return _at(day - timedelta(days=7), clock, zone) if moment is not None and moment > now else moment


def _dated(match: re.Match[str], _now: datetime, zone: ZoneInfo) -> datetime | None:
    written, hour, minute, second, offset = match.groups()
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    if offset is None:
        return _at(day, (hour, minute, second), zone)
    try:
        local = time(int(hour), int(minute), int(second or 0)).isoformat()
        return datetime.fromisoformat(f"{day}T{local}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _at(day: date, clock: tuple[str | None, ...] | list[str], zone: ZoneInfo) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in clock)
    try:
        local = datetime.combine(day, time(hour, minute, second), zone)
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(f"there was no {hour}:{minute:02} on that day: the clocks were set forward")
    return moment


_Made = Callable[[re.Match[str], datetime, ZoneInfo], datetime | None]
_FORMS: tuple[tuple[re.Pattern[str], _Made], ...] = (
    (_CLOCK, _today),
    (_ON_A_DAY, _named),
    (_DATED, _dated),
    (_AGO, _ago),
)
