"""When a series takes place: the patterns of EWS, taken apart here for servers that do not do it.

Pure. A series is a matter of wall clocks: each occurrence has the time of day of the first one, in the zone
of the series, whatever the clocks do there. Source: [MS-OXWSCDATA] RecurrencePatternTypes, and what Outlook
does where it is silent: a day that a month does not have is its last one.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Final, Protocol

# A series that is counted ("ends after 30 times") is counted no further than this.
LONGEST_COUNT: Final = 20_000
# What a window can hold of one series, whatever a server says: 4 days and long occurrences.
MOST_IN_A_WINDOW: Final = 500

_DAY: Final = timedelta(days=1)
DAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS: Final[dict[str, tuple[int, ...]]] = {
    **{name: (number,) for number, name in enumerate(DAY_NAMES)},
    "Day": tuple(range(7)),
    "Weekday": tuple(range(5)),
    "WeekendDay": (5, 6),
}
INDEXES: Final = {"First": 0, "Second": 1, "Third": 2, "Fourth": 3, "Last": -1}


class Every(StrEnum):
    """What a pattern counts, and how it finds its day within."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    NTH_OF_MONTH = "nth-of-month"
    YEAR = "year"
    NTH_OF_YEAR = "nth-of-year"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Every ``interval`` days, weeks, months or years; weekdays count from Monday = 0, months from 1.

    ``days`` are the weekdays of a week, or those of which the ``index``-th (0..3, -1 = last) in a month is
    meant; ``first_day`` is where a week begins, which tells every second week from the other.

    Raises:
        ValueError: for what no pattern can be.
    """

    every: Every
    interval: int = 1
    days: frozenset[int] = frozenset()
    day_of_month: int = 1
    index: int = 0
    month: int = 1
    first_day: int = 6

    def __post_init__(self) -> None:
        nth = self.every in (Every.NTH_OF_MONTH, Every.NTH_OF_YEAR)
        if self.interval < 1 or not 1 <= self.day_of_month <= 31 or not 1 <= self.month <= 12:
            raise ValueError("a pattern is out of range")
        if (nth or self.every is Every.WEEK) and not self.days:
            raise ValueError("a pattern has no days")


@dataclass(frozen=True, slots=True)
class Series:
    """A pattern from ``start`` on: for ever, until ``end`` (inclusive), or ``times`` times."""

    pattern: Pattern
    start: date
    end: date | None = None
    times: int | None = None


def days_of(series: Series, since: date | None = None) -> Iterator[date]:
    """The days of a series in order: from its first one, or from some time before ``since``.

    Only the second way is quick for a series that began long ago, and only where its days are not counted.
    """
    first = 0
    if since is not None and series.times is None:
        # By the longest that a period can last: never past ``since``.
        first = max(0, (since - series.start).days // _LONGEST[series.pattern.every] - 1)
        first //= series.pattern.interval
    left = LONGEST_COUNT if series.times is None else min(series.times, LONGEST_COUNT)
    for number in count(first):
        try:
            days = _period(series, number * series.pattern.interval)
        except (OverflowError, ValueError):
            return  # after the year 9999
        for day in days:
            if day < series.start:
                continue
            if left == 0 or (series.end is not None and day > series.end):
                return
            left -= 1
            yield day


_LONGEST: Final = {
    Every.DAY: 1,
    Every.WEEK: 7,
    Every.MONTH: 31,
    Every.NTH_OF_MONTH: 31,
    Every.YEAR: 366,
    Every.NTH_OF_YEAR: 366,
}


def _period(series: Series, later: int) -> list[date]:
    """The days of the pattern in the day, week, month or year that is so many later than the first one."""
    pattern, start = series.pattern, series.start
    match pattern.every:
        case Every.DAY:
            return [start + later * _DAY]
        case Every.WEEK:
            begins = start - _DAY * ((start.weekday() - pattern.first_day) % 7) + 7 * later * _DAY
            week = [begins + number * _DAY for number in range(7)]
            return [day for day in week if day.weekday() in pattern.days]
        case Every.MONTH | Every.NTH_OF_MONTH:
            years, month = divmod(start.month - 1 + later, 12)
            return [_in_month(pattern, start.year + years, month + 1)]
        case Every.YEAR | Every.NTH_OF_YEAR:
            return [_in_month(pattern, start.year + later, pattern.month)]


def _in_month(pattern: Pattern, year: int, month: int) -> date:
    length = monthrange(year, month)[1]
    if pattern.every in (Every.MONTH, Every.YEAR):
        return date(year, month, min(pattern.day_of_month, length))
    days = [date(year, month, number) for number in range(1, length + 1)]
    return [day for day in days if day.weekday() in pattern.days][pattern.index]


class WallClock(Protocol):
    """The clocks of a zone."""

    def wall(self, moment: datetime) -> datetime:
        """What they show at an aware moment; naive."""

    def moment(self, wall: datetime) -> datetime:
        """The aware moment at which they show this; the first of two, and past a gap by its length."""


@dataclass(frozen=True, slots=True)
class Master:
    """A series with its first occurrence and what is different about single days of it.

    ``start`` and ``end`` are the aware times of its first occurrence; ``apart`` the aware original starts of
    the occurrences that were deleted or changed. ``sure`` False: the clock is not that of the series, so
    that the days of its pattern may be other ones there.
    """

    series: Series
    start: datetime
    end: datetime
    clock: WallClock
    apart: Collection[datetime] = ()
    sure: bool = True


def occurrences(master: Master, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Start and end of the occurrences that overlap the half-open window, without those that are apart.

    One without length belongs to the window that holds its moment.
    """
    clock = master.clock
    first, last = clock.wall(master.start), clock.wall(master.end)
    shift = timedelta() if master.sure else _shift(master, first.date())
    # A series has one occurrence a day, so its day is enough to know it by, however exact a server is.
    apart = {clock.wall(moment).date() for moment in master.apart}
    since = clock.wall(start).date() - (last - first) - 2 * _DAY
    until = clock.wall(end).date() + _DAY
    found = 0
    for day in days_of(master.series, since):
        if day > until or found == MOST_IN_A_WINDOW:
            return
        if day < since or day + shift in apart:
            continue
        begins, ends = _span(clock, datetime.combine(day + shift, first.time()), last - first)
        if begins < end and (ends > start or begins == ends == start):
            found += 1
            yield begins, ends


def _shift(master: Master, first: date) -> timedelta:
    """How far the days of the pattern are from those of the clock that stands in for the real one."""
    day = next(days_of(master.series), None)
    apart = first - day if day is not None else timedelta()
    return apart if abs(apart) <= _DAY else timedelta()


def _span(clock: WallClock, wall: datetime, length: timedelta) -> tuple[datetime, datetime]:
    begins, ends = clock.moment(wall), clock.moment(wall + length)
    skipped = clock.wall(begins) != wall
    return begins, begins + length if skipped or ends < begins else ends
