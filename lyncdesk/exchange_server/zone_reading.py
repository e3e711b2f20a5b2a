"""The zone that a request means: by its name, or by its rules where the name says nothing here.

Rules have no zone of their own in the server: they stand for one whose clocks go the same way in the year of
the item.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.ical_zones import Rules, zone_like
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    bad_value,
    children,
    choice_of,
    integer_of,
    name_of,
    need,
    only,
    text_of,
)
from lyncdesk.exchange_server.model import DAY_INDEXES, DAY_NAMES, MONTH_NAMES
from lyncdesk.exchange_server.zones import iana_of

_DURATION = re.compile(
    r"(-)?P(?:(\d{1,3})D)?(?:T(-?\d{1,4}H)?(-?\d{1,5}M)?(-?\d{1,6}(?:\.0+)?S)?)?", re.ASCII
)
_MOST_RULES = 100


@dataclass(frozen=True, slots=True)
class ZoneRules:
    """Offsets of standard time and of summer time, and when the clocks change; no changes: standard only."""

    standard: timedelta
    changes: Rules = ()

    def zone(self, year: int) -> str:
        """The zone of these rules in a year. Raises RowError."""
        first = self.standard
        if len(self.changes) == 2:
            # South of the equator a year begins with what its last change, the one to summer, leads to.
            first = max(self.changes)[4]
        found = zone_like(first, self.changes, year)
        if found is None:
            raise RowError("ErrorCalendarInvalidTimeZone", "No zone has these rules.")
        return found


def duration(text: str, element: Element) -> timedelta:
    """An xs:duration of days, hours, minutes and whole seconds; Outlook writes PT-1H, too."""
    found = _DURATION.fullmatch(text.strip())
    if not found or text.strip() in {"P", "-P", "PT", "-PT"}:
        raise bad_value(f"'{name_of(element)}' element", text, element)
    sign, days, *parts = found.groups()
    hours, minutes, seconds = (int(float(part[:-1])) if part else 0 for part in parts)
    length = timedelta(days=int(days or 0), hours=hours, minutes=minutes, seconds=seconds)
    return -length if sign else length


def named(name: str, detail: str = "") -> str:
    """The IANA zone of a name in a request. Raises RowError."""
    found = iana_of(name)
    if found is None:
        raise RowError("ErrorCalendarInvalidTimeZone", detail or f"There is no zone '{name[:80]}'.")
    return found


def read_definition(element: Element) -> Mapping[str, Any]:
    """A TimeZoneDefinition: StartTimeZone, EndTimeZone."""
    name = element.get("Id", "")
    found = only(element, "Periods", "TransitionsGroups", "Transitions")
    known = iana_of(name)
    if known is not None or "Periods" not in found:
        return {"zone": known or named(name)}
    biases = {
        attribute(period, "Id"): -duration(attribute(period, "Bias"), period)
        for period in _few(found["Periods"], "Period")
    }
    groups = _few(found["TransitionsGroups"], "TransitionsGroup") if "TransitionsGroups" in found else []
    # The last group is what holds from now on.
    changes = _changes(groups[-1], biases) if groups else ()
    standard = min(biases.values(), default=timedelta())
    return {"zone": ZoneRules(standard, changes)}


def _few(element: Element, name: str) -> list[Element]:
    found = list(children(element, name))
    if not 0 < len(found) <= _MOST_RULES:
        raise RowError("ErrorCalendarInvalidTimeZone")
    return found


def _changes(group: Element, biases: Mapping[str, timedelta]) -> Rules:
    rules = []
    for change in children(group, "Transition", "RecurringDayTransition", "RecurringDateTransition"):
        if name_of(change) == "Transition":
            continue
        if name_of(change) == "RecurringDateTransition":
            raise RowError("ErrorCalendarInvalidTimeZone", "No zone has these rules.")
        parts = only(change, "To", "TimeOffset", "Month", "DayOfWeek", "Occurrence")
        number = integer_of(need(parts, "Occurrence", change))
        target = text_of(need(parts, "To", change))
        if target not in biases:
            raise RowError("ErrorCalendarInvalidTimeZone")
        at = need(parts, "TimeOffset", change)
        rules.append((
            integer_of(need(parts, "Month", change)),
            5 if number == -1 else number,
            DAY_NAMES.index(choice_of(need(parts, "DayOfWeek", change), DAY_NAMES)),
            duration(text_of(at), at),
            biases[target],
        ))  # fmt: skip
    return tuple(rules)


def read_meeting_zone(element: Element) -> Mapping[str, Any]:
    """A MeetingTimeZone, as clients of Exchange 2007 give it."""
    name = element.get("TimeZoneName", "")
    found = only(element, "BaseOffset", "Standard", "Daylight")
    known = iana_of(name)
    if known is not None or "BaseOffset" not in found:
        return {"zone": known or named(name)}
    # Offsets here are what has to be added to the local time, the other way round than elsewhere.
    base = -duration(text_of(found["BaseOffset"]), found["BaseOffset"])
    if not {"Standard", "Daylight"} <= found.keys():
        return {"zone": ZoneRules(base)}
    changes = tuple(_change(found[name], base) for name in ("Standard", "Daylight"))
    return {"zone": ZoneRules(changes[0][4], changes)}


def _change(element: Element, base: timedelta) -> tuple[int, int, int, timedelta, timedelta]:
    parts = only(element, "Offset", "RelativeYearlyRecurrence", "AbsoluteDate", "Time")
    if "RelativeYearlyRecurrence" not in parts:
        raise RowError("ErrorCalendarInvalidTimeZone", "No zone has these rules.")
    pattern = parts["RelativeYearlyRecurrence"]
    when = only(pattern, "DaysOfWeek", "DayOfWeekIndex", "Month")
    at = need(parts, "Time", element)
    clock = re.fullmatch(r"(\d\d):(\d\d):(\d\d)(?:\.0+)?", text_of(at).strip(), re.ASCII)
    if clock is None:
        raise bad_value("'Time' element", text_of(at), at)
    hours, minutes, seconds = map(int, clock.groups())
    offset = need(parts, "Offset", element)
    return (
        MONTH_NAMES.index(choice_of(need(when, "Month", pattern), MONTH_NAMES)) + 1,
        DAY_INDEXES.index(choice_of(need(when, "DayOfWeekIndex", pattern), DAY_INDEXES)) + 1,
        DAY_NAMES.index(choice_of(need(when, "DaysOfWeek", pattern), DAY_NAMES)),
        timedelta(hours=hours, minutes=minutes, seconds=seconds),
        base - duration(text_of(offset), offset),
    )
