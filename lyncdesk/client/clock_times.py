"""From a time of day to the moment that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"[0-9]{1,2}(:[0-9]{2}){1,2}")
_A_DAY = timedelta(days=1)


def time_of_day(text: str) -> time:
    """A time of day as people write it: ``8:00``, ``17:30``, ``17:30:15``.

    Raises:
        ValueError: for anything else, with words for the person who wrote it.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"{text!r} is no time of day; write HH:MM, as 17:30")
    try:
        return time.fromisoformat(text.zfill(8 if text.count(":") == 2 else 5))
    except ValueError as error:
        raise ValueError(f"{text!r} is no time of day: {error}") from None


def next_at(at: time, now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after ``now`` at which a clock of ``zone`` shows ``at``, in UTC: within a day or so.

    A time that the clock change skips on that day is taken as much later as the clock is put forward.
    """
    return next(moment for moment in _moments(at, now.astimezone(zone), zone) if moment > now)


def _moments(at: time, local: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    for days in range(3):
        wall = datetime.combine(local.date() + days * _A_DAY, at)
        for fold in (0, 1):
            moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            skipped = moment.astimezone(zone).replace(tzinfo=None) != wall
            if not (fold and skipped):
                yield moment
