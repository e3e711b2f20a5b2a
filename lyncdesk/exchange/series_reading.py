"""From what a server tells of the master of a series to a series that can be taken apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from lyncdesk.exchange import reading
from lyncdesk.exchange.recurring import DAYS, INDEXES, Every, Master, Pattern, Series
from lyncdesk.exchange.wall_clocks import UTC_CLOCK, ZoneOf, clock_of

T = TypeVar("T")

_T: Final = reading.TYPES
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
# Each kind of pattern and its element; which of its parts an element has is its own matter.
_PATTERNS: Final = {
    "DailyRecurrence": Every.DAY,
    "WeeklyRecurrence": Every.WEEK,
    "AbsoluteMonthlyRecurrence": Every.MONTH,
    "RelativeMonthlyRecurrence": Every.NTH_OF_MONTH,
    "AbsoluteYearlyRecurrence": Every.YEAR,
    "RelativeYearlyRecurrence": Every.NTH_OF_YEAR,
}
_RANGES: Final = ("NoEndRecurrence", "EndDateRecurrence", "NumberedRecurrence")
# Deleted and changed days that are read of one series; Exchange keeps fewer.
_MOST: Final = 5000


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """An occurrence that was changed by itself: its id ("" = not told), and when it is now."""

    id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What a server told of a master, and of its days that were changed."""

    master: Master
    changed: tuple[ChangedDay, ...]


def read(item: Any, zone_of: ZoneOf, at: datetime) -> Told:
    """Read the element of a master, as it is at a time.

    Raises:
        DamagedAnswerError: for what is no series.
    """
    start, end = (reading.instant(item.findtext(_T + name)) for name in ("Start", "End"))
    if end < start:
        raise reading.DamagedAnswerError("a series ends before it starts")
    changed = _all(item, "ModifiedOccurrences", "Occurrence")
    deleted = _all(item, "DeletedOccurrences", "DeletedOccurrence")
    apart = [
        *(reading.instant(one.findtext(f"{_T}OriginalStart")) for one in changed),
        *(reading.instant(one.findtext(f"{_T}Start")) for one in deleted),
    ]
    clock = clock_of(item, zone_of, at)
    recurrence = item.find(f"{_T}Recurrence")
    try:
        series = _series(recurrence)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise reading.DamagedAnswerError("a series has no readable pattern") from None
    return Told(
        Master(series, start, end, clock or UTC_CLOCK, tuple(apart), sure=clock is not None),
        tuple(map(_exception, changed)),
    )


def _all(item: Any, container: str, name: str) -> list[Any]:
    found: list[Any] = item.findall(f"{_T}{container}/{_T}{name}")
    return found[:_MOST]


def _exception(element: Any) -> ChangedDay:
    item_id = element.find(f"{_T}ItemId")
    start, end = (reading.instant(element.findtext(_T + name)) for name in ("Start", "End"))
    if end < start:
        raise reading.DamagedAnswerError("an item ends before it starts")
    return ChangedDay("" if item_id is None else item_id.get("Id") or "", start, end)


def _series(recurrence: Any) -> Series:
    [(every, pattern)] = [
        (every, recurrence.find(_T + name))
        for name, every in _PATTERNS.items()
        if recurrence.find(_T + name) is not None
    ]
    [(name, range_)] = [
        (name, recurrence.find(_T + name)) for name in _RANGES if recurrence.find(_T + name) is not None
    ]
    end = _date(range_.findtext(f"{_T}EndDate")) if name == "EndDateRecurrence" else None
    times = int(range_.findtext(f"{_T}NumberOfOccurrences")) if name == "NumberedRecurrence" else None
    return Series(_pattern(every, pattern), _date(range_.findtext(f"{_T}StartDate")), end, times)


def _pattern(every: Every, element: Any) -> Pattern:
    def part(name: str, read: Callable[[str], T], default: T) -> T:
        text = element.findtext(_T + name)
        return default if text is None else read(text.strip())

    return Pattern(
        every,
        part("Interval", int, 1),
        part("DaysOfWeek", _days, frozenset()),
        part("DayOfMonth", int, 1),
        part("DayOfWeekIndex", INDEXES.__getitem__, 0),
        part("Month", lambda text: _MONTHS.index(text) + 1, 1),
        part("FirstDayOfWeek", lambda text: DAYS[text][0], 6),
    )


def _days(text: str) -> frozenset[int]:
    return frozenset(day for name in text.split() for day in DAYS[name])


def _date(text: str | None) -> date:
    """An xs:date; the offset that Exchange adds to it says nothing about which day it is."""
    return date.fromisoformat((text or "").strip()[:10])
