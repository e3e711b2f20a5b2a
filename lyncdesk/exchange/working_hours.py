"""Working hours as GetUserAvailability sends them, from XML to values."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from lyncdesk.exchange import services
from lyncdesk.exchange.reading import TYPES, DamagedAnswerError
from lyncdesk.exchange.zones import Change, ZoneRules, zone_named

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def working_hours(view: Any, year: int) -> dict[str, object]:
    """Zone, weekdays (Monday = 0), minutes from midnight: the period that holds on most days."""
    hours = view.find(f"{TYPES}WorkingHours")
    if hours is None:
        raise DamagedAnswerError("no working hours came")
    days: Counter[tuple[int, int]] = Counter()
    weekdays: dict[tuple[int, int], set[int]] = {}
    for period in hours.iter(f"{TYPES}WorkingPeriod"):
        span = (_number(period, "StartTimeInMinutes"), _number(period, "EndTimeInMinutes"))
        named = (period.findtext(f"{TYPES}DayOfWeek") or "").split()
        weekdays.setdefault(span, set()).update(_DAYS.index(day) for day in named if day in _DAYS)
        days[span] = len(weekdays[span])
    if not days:
        raise DamagedAnswerError("no working hours came")
    (start, end), _ = days.most_common(1)[0]
    zone = hours.find(f"{TYPES}TimeZone")
    if zone is None:
        raise DamagedAnswerError("working hours came without a time zone")
    try:
        rules = ZoneRules(_number(zone, "Bias"), _change(zone, "StandardTime"), _change(zone, "DaylightTime"))
        name = _zone(rules, year)
    except (ValueError, OverflowError):
        name = None
    if name is None:
        raise DamagedAnswerError("working hours came in an unknown time zone")
    return {"zone": name, "days": sorted(weekdays[start, end]), "start": start, "end": end}


@lru_cache(maxsize=64)
def _zone(rules: ZoneRules, year: int) -> str | None:
    # Looking through all zones takes a while, and most colleagues share one.
    return zone_named(rules, year, services.zone_names())


def _change(zone: Any, name: str) -> Change | None:
    found = zone.find(f"{TYPES}{name}")
    if found is None or not _number(found, "Month"):
        return None
    at = datetime.fromisoformat(f"2000-01-01T{(found.findtext(f'{TYPES}Time') or '').strip()}").time()
    week = _number(found, "DayOrder")
    day = (found.findtext(f"{TYPES}DayOfWeek") or "").strip()
    return Change(_number(found, "Bias"), _number(found, "Month"), 5 if week == -1 else week, day, at)


def _number(element: Any, name: str) -> int:
    text = (element.findtext(f"{TYPES}{name}") or "").strip()
    try:
        return int(text)
    except ValueError:
        raise DamagedAnswerError(f"{name} is missing") from None
