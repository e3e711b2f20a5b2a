"""When a series takes place.

The series is a wall-clock matter: every occurrence has the master's time of day in the master's zone,
whatever the clocks do there. A time that the zone skips moves on by the gap; one that happens twice means
the first.
"""

import calendar
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count as counting
from itertools import takewhile
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.model import (
    DAY_INDEXES,
    DAY_NAMES,
    LAST_YEAR,
    Entry,
    Pattern,
    Recurrence,
    Shown,
)

DAY_CLASSES = {
    **{name: (number,) for number, name in enumerate(DAY_NAMES)},
    "Day": tuple(range(7)), "Weekday": tuple(range(5)), "WeekendDay": (5, 6),
}  # fmt: skip
ONE_DAY = timedelta(days=1)


def _months(first: date, months: int) -> tuple[int, int]:
    index = first.year * 12 + first.month - 1 + months
    return index // 12, index % 12 + 1


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _nth(year: int, month: int, pattern: Pattern) -> date:
    wanted = {number for name in pattern.days for number in DAY_CLASSES[name]}
    days = [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]
    fitting = [day for day in days if day.weekday() in wanted]
    place = DAY_INDEXES.index(pattern.index)
    return fitting[-1] if pattern.index == "Last" else fitting[place]


def _week(series: Recurrence, number: int) -> list[date]:
    pattern = series.pattern
    into = (series.start.weekday() - DAY_NAMES.index(pattern.first_day)) % 7
    monday = series.start - timedelta(days=into) + timedelta(days=7 * pattern.interval * number)
    wanted = {day for name in pattern.days for day in DAY_CLASSES[name]}
    week = [monday + timedelta(days=day) for day in range(7)]
    return [day for day in week if day.weekday() in wanted]


def _period(series: Recurrence, number: int) -> list[date]:
    """The days of the pattern in its period `number`: one day, week, month or year, the first being 0."""
    pattern, start = series.pattern, series.start
    match pattern.kind:
        case "daily":
            return [start + timedelta(days=number * pattern.interval)]
        case "weekly":
            return _week(series, number)
        case "monthly-day":
            return [_day(*_months(start, number * pattern.interval), pattern.day_of_month)]
        case "monthly-nth":
            return [_nth(*_months(start, number * pattern.interval), pattern)]
        case "yearly-day":
            return [_day(start.year + number, pattern.month, pattern.day_of_month)]
        case "yearly-nth":
            return [_nth(start.year + number, pattern.month, pattern)]


LONGEST_PERIOD = {"daily": 1, "weekly": 7, "monthly-day": 31, "monthly-nth": 31, "yearly-day": 366,
                  "yearly-nth": 366}  # fmt: skip


def longest_period(pattern: Pattern) -> int:
    """How many days the pattern's period can last."""
    return LONGEST_PERIOD[pattern.kind] * pattern.interval


def dates(series: Recurrence, since: date | None = None) -> Iterator[date]:
    """The days of a series in order, from the first one, or from about `since` where that saves work."""
    first = 0
    if since and series.count is None:
        # Dividing by the longest period never lands behind `since`.
        first = max(0, (since - series.start).days // longest_period(series.pattern) - 1)
    left = series.count
    for number in counting(first):
        try:
            days = _period(series, number)
        except (OverflowError, ValueError):
            return  # past the year 9999
        for day in days:
            if day < series.start:
                continue
            if (series.end and day > series.end) or left == 0 or day.year > LAST_YEAR:
                return
            if left is not None:
                left -= 1
            yield day


def instant(zone: ZoneInfo, wall: datetime) -> datetime:
    """The instant of a wall-clock time; `fold` 0 gives the first of two and shifts past a gap."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def span(master: Entry, day: date) -> tuple[datetime, datetime]:
    """Start and end of the occurrence on `day`."""
    zone = ZoneInfo(master.zone)
    first, last = (moment.astimezone(zone).replace(tzinfo=None) for moment in (master.start, master.end))
    wall = datetime.combine(day, first.time())
    start, end = instant(zone, wall), instant(zone, wall + (last - first))
    skipped = start.astimezone(zone).replace(tzinfo=None) != wall
    return start, start + (last - first) if skipped or end < start else end


def overlaps(entry: Entry, start: datetime, end: datetime) -> bool:
    """Whether the entry lies in the half-open window; an entry without length counts at its moment."""
    return entry.start < end and (entry.end > start or entry.start == entry.end == start)


def occurrence(master: Entry, original: datetime) -> Shown | None:
    """The occurrence that would start at `original`, changed or not; None when deleted or not of the
    series.
    """
    changed = {change.original: change.entry for change in master.changed}
    if original in changed:
        return Shown(changed[original], "Exception", original, master)
    if master.recurrence is None or original in master.deleted:
        return None
    local = original.astimezone(ZoneInfo(master.zone)).date()
    for day in takewhile(lambda day: day <= local, dates(master.recurrence, local - 2 * ONE_DAY)):
        start, end = span(master, day)
        if start == original:
            return Shown(plain(master, start, end), "Occurrence", original, master)
    return None


def part(entry: Entry, original: datetime | None) -> Entry:
    """The occurrence that would start at `original`, or all of the entry."""
    shown = occurrence(entry, original) if original else None
    if shown is None:
        return entry
    return replace(shown.entry, uid=entry.uid, sequence=max(entry.sequence, shown.entry.sequence))


def plain(master: Entry, start: datetime, end: datetime) -> Entry:
    """An occurrence as the series has it."""
    return replace(master, start=start, end=end, recurrence=None, changed=(), deleted=())


def originals(master: Entry) -> Iterator[datetime]:
    """When the occurrences would start if none had been moved or deleted, in order."""
    if master.recurrence:
        for day in dates(master.recurrence):
            yield span(master, day)[0]


def expand(master: Entry, start: datetime, end: datetime) -> list[Shown]:
    """The occurrences of a series within the half-open window, in no particular order."""
    shown = [
        Shown(change.entry, "Exception", change.original, master)
        for change in master.changed
        if overlaps(change.entry, start, end)
    ]
    if master.recurrence is None:
        return shown
    gone = {*master.deleted, *(change.original for change in master.changed)}
    zone = ZoneInfo(master.zone)
    since = max(
        (start - (master.end - master.start)).astimezone(zone).date() - ONE_DAY, master.recurrence.start
    )
    last = end.astimezone(zone).date()
    for day in takewhile(lambda day: day <= last, dates(master.recurrence, since)):
        if day < since:
            continue
        begins, ends = span(master, day)
        entry = plain(master, begins, ends)
        if begins not in gone and overlaps(entry, start, end):
            shown.append(Shown(entry, "Occurrence", begins, master))
    return shown


def first_and_last(master: Entry) -> tuple[datetime | None, datetime | None]:
    """The original starts of the first and, in a series that ends, the last occurrence there is."""
    series = master.recurrence
    gone = set(master.deleted)
    first = next((at for at in originals(master) if at not in gone), None)
    if series is None or first is None or (series.end is None and series.count is None):
        return first, None
    back = (2 + len(gone)) * longest_period(series.pattern)
    since = _moved(series.end, -back, series.start) if series.end else None
    starts = (span(master, day)[0] for day in dates(series, since))
    *_, last = (at for at in starts if at not in gone)
    return first, last


def neighbours(master: Entry, original: datetime) -> tuple[Shown | None, Shown | None]:
    """The occurrences before and after the one that would start at `original`, wherever those are now."""
    if master.recurrence is None:
        return None, None
    gone = set(master.deleted)
    reach = (2 + len(gone)) * longest_period(master.recurrence.pattern) + 2
    before: datetime | None = None
    zone = ZoneInfo(master.zone)
    local = original.astimezone(zone).date()
    since, last = (_moved(local, days, master.recurrence.start) for days in (-reach, reach))
    for day in takewhile(lambda day: day <= last, dates(master.recurrence, since)):
        start = span(master, day)[0]
        if start in gone or start == original:
            continue
        if start > original:
            return _shown(master, before), _shown(master, start)
        before = start
    return _shown(master, before), None


def _moved(day: date, days: int, earliest: date) -> date:
    """The day so many days away, within the calendar and not before the earliest."""
    return date.fromordinal(min(max(day.toordinal() + days, earliest.toordinal()), date.max.toordinal()))


def _shown(master: Entry, original: datetime | None) -> Shown | None:
    return None if original is None else occurrence(master, original)
