"""The Recurrence element: reading and writing it. Every pattern and range of the schema is one row of a
table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.markup import (
    Element,
    choice_of,
    date_of,
    integer_of,
    name_of,
    need,
    only,
    t,
    text_of,
    unexpected,
    with_offset,
)
from lyncdesk.exchange_server.model import (
    DAY_INDEXES,
    DAY_NAMES,
    MONTH_NAMES,
    Pattern,
    PatternKind,
    Recurrence,
)
from lyncdesk.exchange_server.recurrence import DAY_CLASSES, dates

T = TypeVar("T")
ALL_DAYS = tuple(DAY_CLASSES)
MOST_OCCURRENCES = 999  # as Exchange


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of pattern: its element, its parts in the order of the schema, and its longest interval."""

    kind: PatternKind
    element: str
    parts: tuple[str, ...]
    longest: int = 1


ROWS = (
    Row("yearly-nth", "RelativeYearlyRecurrence", ("DaysOfWeek", "DayOfWeekIndex", "Month")),
    Row("yearly-day", "AbsoluteYearlyRecurrence", ("DayOfMonth", "Month")),
    Row("monthly-nth", "RelativeMonthlyRecurrence", ("Interval", "DaysOfWeek", "DayOfWeekIndex"), 99),
    Row("monthly-day", "AbsoluteMonthlyRecurrence", ("Interval", "DayOfMonth"), 99),
    Row("weekly", "WeeklyRecurrence", ("Interval", "DaysOfWeek", "FirstDayOfWeek"), 99),
    Row("daily", "DailyRecurrence", ("Interval",), 999),
)
RANGES = ("NoEndRecurrence", "EndDateRecurrence", "NumberedRecurrence")


def _bounded(low: int, high: int) -> Callable[[Element], int]:
    def read(element: Element) -> int:
        value = integer_of(element)
        if not low <= value <= high:
            raise RowError("ErrorCalendarInvalidRecurrence", f"{name_of(element)} must lie in {low}..{high}.")
        return value

    return read


def _days(element: Element) -> tuple[str, ...]:
    names = text_of(element).split()
    for name in names:
        if name not in ALL_DAYS:
            choice_of(element, ALL_DAYS)
    if not names:
        raise RowError("ErrorCalendarInvalidRecurrence", "DaysOfWeek is empty.")
    return tuple(names)


def read(element: Element) -> Recurrence:
    """The value of a Recurrence element. Raises SoapFault, RowError."""
    rows = {row.element: row for row in ROWS}
    found = only(element, *rows, *RANGES)
    patterns = [part for name, part in found.items() if name in rows]
    ranges = [part for name, part in found.items() if name in RANGES]
    if len(patterns) != 1 or len(ranges) != 1:
        raise unexpected(element[0], element) if len(element) else RowError("ErrorCalendarInvalidRecurrence")
    series = _read_range(ranges[0], _read_pattern(patterns[0], rows[name_of(patterns[0])]))
    if next(dates(series), None) is None:
        raise RowError("ErrorRecurrenceHasNoOccurrence")
    return series


def _read_pattern(element: Element, row: Row) -> Pattern:
    found = only(element, *row.parts)
    for part in row.parts:
        if part != "FirstDayOfWeek":
            need(found, part, element)

    def value(name: str, how: Callable[[Element], T], default: T) -> T:
        return how(found[name]) if name in found else default

    return Pattern(
        row.kind,
        value("Interval", _bounded(1, row.longest), 1),
        value("DaysOfWeek", _days, ()),
        value("DayOfMonth", _bounded(1, 31), 1),
        value("DayOfWeekIndex", lambda found: choice_of(found, DAY_INDEXES), "First"),
        value("Month", lambda found: MONTH_NAMES.index(choice_of(found, MONTH_NAMES)) + 1, 1),
        value("FirstDayOfWeek", lambda found: choice_of(found, DAY_NAMES), "Sunday"),
    )


def _read_range(element: Element, pattern: Pattern) -> Recurrence:
    found = only(element, "StartDate", "EndDate", "NumberOfOccurrences")
    start = date_of(need(found, "StartDate", element))
    end: date | None = None
    count: int | None = None
    match name_of(element):
        case "EndDateRecurrence":
            end = date_of(need(found, "EndDate", element))
            if end < start:
                raise RowError("ErrorCalendarEndDateIsEarlierThanStartDate")
        case "NumberedRecurrence":
            count = _bounded(1, MOST_OCCURRENCES)(need(found, "NumberOfOccurrences", element))
    return Recurrence(pattern, start, end, count)


def write(series: Recurrence, zone: str) -> Element:
    """The Recurrence element of a value; its dates carry the offset that `zone` has on them, as on
    Exchange.
    """
    row = next(row for row in ROWS if row.kind == series.pattern.kind)
    return t("Recurrence", _write_pattern(series.pattern, row), _write_range(series, ZoneInfo(zone)))


def _write_pattern(pattern: Pattern, row: Row) -> Element:
    texts = {
        "Interval": str(pattern.interval),
        "DaysOfWeek": " ".join(pattern.days),
        "DayOfMonth": str(pattern.day_of_month),
        "DayOfWeekIndex": pattern.index,
        "Month": MONTH_NAMES[pattern.month - 1],
        "FirstDayOfWeek": pattern.first_day,
    }
    return t(row.element, *(t(part, texts[part]) for part in row.parts))


def _write_range(series: Recurrence, zone: ZoneInfo) -> Element:
    start = t("StartDate", _dated(series.start, zone))
    if series.count is not None:
        return t("NumberedRecurrence", start, t("NumberOfOccurrences", str(series.count)))
    if series.end is not None:
        return t("EndDateRecurrence", start, t("EndDate", _dated(series.end, zone)))
    return t("NoEndRecurrence", start)


def _dated(day: date, zone: ZoneInfo) -> str:
    midnight = with_offset(datetime.combine(day, time(), zone))
    return day.isoformat() + midnight.isoformat()[-6:].replace("+00:00", "Z")
