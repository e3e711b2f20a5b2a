"""How a series repeats, as an RRULE and back.

EWS moves a day of month that a month lacks to its last day, iCalendar leaves the month out: the rules written
here say "the last of these days" instead.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType

from lyncdesk.exchange_server.ical_text import write_date, write_moment
from lyncdesk.exchange_server.model import (
    DAY_INDEXES,
    DAY_NAMES,
    Pattern,
    PatternKind,
    Recurrence,
    kept_by_exchange,
)
from lyncdesk.exchange_server.recurrence import DAY_CLASSES
from lyncdesk.exchange_server.series import MOST_OCCURRENCES, ROWS

DAYS: Mapping[str, str] = MappingProxyType({name[:2].upper(): name for name in DAY_NAMES})
_SHORT = MappingProxyType({name: short for short, name in DAYS.items()})
_SHORTEST_MONTH = 28
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_LONGEST = MappingProxyType({row.kind: row.longest for row in ROWS})
_KNOWN = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
)


def _day_of_month(day: int, shortest: int, longest: int) -> dict[str, str]:
    if day <= shortest:
        return {"BYMONTHDAY": str(day)}
    if day >= longest:
        return {"BYMONTHDAY": "-1"}
    return {"BYMONTHDAY": ",".join(map(str, range(shortest, day + 1))), "BYSETPOS": "-1"}


def _days(names: tuple[str, ...]) -> str:
    numbers = sorted({number for name in names for number in DAY_CLASSES[name]})
    return ",".join(_SHORT[DAY_NAMES[number]] for number in numbers)


def _position(index: str) -> str:
    return "-1" if index == "Last" else str(DAY_INDEXES.index(index) + 1)


def _parts(pattern: Pattern) -> dict[str, str]:
    interval = {"INTERVAL": str(pattern.interval)}
    nth = {"BYDAY": _days(pattern.days), "BYSETPOS": _position(pattern.index)}
    month = {"BYMONTH": str(pattern.month)}
    match pattern.kind:
        case "daily":
            return {"FREQ": "DAILY", **interval}
        case "weekly":
            return {
                "FREQ": "WEEKLY", **interval, "BYDAY": _days(pattern.days), "WKST": _SHORT[pattern.first_day]
            }  # fmt: skip
        case "monthly-day":
            return {"FREQ": "MONTHLY", **interval, **_day_of_month(pattern.day_of_month, _SHORTEST_MONTH, 31)}
        case "monthly-nth":
            return {"FREQ": "MONTHLY", **interval, **nth}
        case "yearly-day":
            shortest = _LENGTHS[pattern.month - 1]
            longest = shortest + (pattern.month == 2)
            return {"FREQ": "YEARLY", **month, **_day_of_month(pattern.day_of_month, shortest, longest)}
        case "yearly-nth":
            return {"FREQ": "YEARLY", **month, **nth}


def write_rule(series: Recurrence, last: datetime | None) -> str:
    """The value of an RRULE; `last` is the last start that its end allows, None for days without a time."""
    parts = _parts(series.pattern)
    if series.count is not None:
        parts["COUNT"] = str(series.count)
    elif series.end is not None:
        parts["UNTIL"] = write_date(series.end) if last is None else write_moment(last.astimezone(UTC)) + "Z"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def read_rule(text: str, start: date) -> Recurrence:
    """The series of an RRULE whose first day is `start`. Raises ValueError for what EWS cannot say."""
    parts = dict(part.split("=", 1) for part in text.strip().upper().split(";") if part)
    if not parts.keys() <= _KNOWN:
        raise ValueError("a rule beyond EWS")
    interval = _number(parts.get("INTERVAL", "1"), 1, 999)
    pattern = _read_pattern(parts, interval, start)
    if pattern.interval > _LONGEST[pattern.kind]:
        raise ValueError("an interval beyond EWS")
    count = _number(parts["COUNT"], 1, MOST_OCCURRENCES) if "COUNT" in parts else None
    end = _day(parts["UNTIL"]) if "UNTIL" in parts and count is None else None
    if end is not None and not kept_by_exchange(end):
        raise ValueError("a series that ends when no calendar does")
    if end is not None and end < start:
        raise ValueError("a series that ends before it begins")
    return Recurrence(pattern, start, end, count)


def _number(text: str, low: int, high: int) -> int:
    value = int(text) if len(text) <= 6 else high + 1
    if not low <= value <= high:
        raise ValueError("a number out of its range")
    return value


def _day(text: str) -> date:
    return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone


def _read_pattern(parts: Mapping[str, str], interval: int, start: date) -> Pattern:
    matches = [_BY_DAY.fullmatch(part) for part in parts.get("BYDAY", "").split(",") if part]
    found = [one for one in matches if one is not None]
    if len(found) != len(matches):
        raise ValueError("an unknown day")
    days = tuple(DAYS[one[2]] for one in found)
    first = DAYS.get(parts.get("WKST", "MO"), "Monday")
    positions = {one[1] for one in found if one[1]} | ({parts["BYSETPOS"]} if "BYSETPOS" in parts else set())
    month = _number(parts.get("BYMONTH", str(start.month)), 1, 12)
    match parts.get("FREQ"):
        case "DAILY" if not days and "BYMONTHDAY" not in parts:
            return Pattern("daily", interval)
        case "WEEKLY" if not positions:
            return Pattern("weekly", interval, days or (DAY_NAMES[start.weekday()],), first_day=first)
        case "MONTHLY" if "BYMONTH" not in parts:
            return _monthly(parts, interval, days, positions, start, ("monthly-day", "monthly-nth"), 1)
        case "YEARLY" if interval == 1:
            return _monthly(parts, 1, days, positions, start, ("yearly-day", "yearly-nth"), month)
        case "YEARLY" if month == start.month:
            return _monthly(parts, 12 * interval, days, positions, start, ("monthly-day", "monthly-nth"), 1)
    raise ValueError("a rule beyond EWS")


def _monthly(parts: Mapping[str, str], interval: int, days: tuple[str, ...], positions: set[str], start: date,
             kinds: tuple[PatternKind, PatternKind], month: int) -> Pattern:  # fmt: skip
    if not days:
        return Pattern(kinds[0], interval, day_of_month=_read_days_of_month(parts, start), month=month)
    if len(positions) != 1 or "BYMONTHDAY" in parts:
        raise ValueError("a rule beyond EWS")
    position = _number(positions.pop().lstrip("+"), -1, 5)
    if position == 0:
        raise ValueError("a rule beyond EWS")
    index = "Last" if position in {-1, 5} else DAY_INDEXES[position - 1]
    return Pattern(kinds[1], interval, days, index=index, month=month)


def _read_days_of_month(parts: Mapping[str, str], start: date) -> int:
    numbers = [_number(part, -1, 31) for part in parts.get("BYMONTHDAY", str(start.day)).split(",")]
    last = parts.get("BYSETPOS") == "-1" and numbers == list(range(numbers[0], numbers[-1] + 1))
    if numbers == [-1]:
        return 31
    if min(numbers) < 1 or (len(numbers) > 1 and not last):
        raise ValueError("a rule beyond EWS")
    return numbers[-1]
