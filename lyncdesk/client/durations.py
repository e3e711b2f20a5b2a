"""Durations as people write them: ``HH:MM:SS``, or ``1h30m``, ``30m``, ``45s``.

Source: the project's presence rules, section 9, and its command line.
"""

from __future__ import annotations

import re
from datetime import timedelta

_CLOCK = re.compile(r"([0-9]{1,6}):([0-5][0-9]):([0-5][0-9])")
_UNITS = re.compile(r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?")

LONGEST = timedelta(days=366)


def parse_duration(text: str) -> timedelta:
    """The duration that ``text`` names, never negative; blanks around it and capital letters are accepted.

    Raises:
        ValueError: for anything else; its text says what was read and how to write a duration.
    """
    wanted = text.strip().lower()
    match = _CLOCK.fullmatch(wanted) or (_UNITS.fullmatch(wanted) if wanted else None)
    if match is None:
        raise ValueError(f'"{text}" is not a duration; write it like 30m, 1h30m, 45s or 00:30:00')
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def positive_duration(text: str) -> timedelta:
    """The duration that ``text`` names, more than nothing and at most a year, so that an end can be told.

    Raises:
        ValueError: for anything else; its text says what was read and how to write a duration.
    """
    try:
        duration = parse_duration(text)
    except OverflowError:
        duration = timedelta()
    if not timedelta() < duration <= LONGEST:
        raise ValueError(f'"{text}" does not do here; give more than nothing and at most {LONGEST.days} days')
    return duration


def _parts(duration: timedelta) -> tuple[int, int, int]:
    if duration < timedelta():
        raise ValueError("a duration is never negative")
    whole = duration // timedelta(seconds=1)
    return whole // 3600, whole // 60 % 60, whole % 60


def format_duration(duration: timedelta) -> str:
    """``HH:MM:SS``, as in a policy file; parts of a second are left out.

    Raises:
        ValueError: for a negative duration.
    """
    hours, minutes, seconds = _parts(duration)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def short_duration(duration: timedelta) -> str:
    """``1h30m``, ``45s``, ``0s``: as on a command line; parts of a second are left out.

    Raises:
        ValueError: for a negative duration.
    """
    parts = zip(_parts(duration), "hms", strict=True)
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
