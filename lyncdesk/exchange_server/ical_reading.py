"""A calendar item from iCalendar (MimeContent), as the changes that make an entry of it."""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.ical_rules import DAYS, read_rule
from lyncdesk.exchange_server.ical_text import Component, Line, parse, unescape
from lyncdesk.exchange_server.ical_writing import CLASSES, PRIORITIES, STATES
from lyncdesk.exchange_server.ical_zones import zone_like
from lyncdesk.exchange_server.model import SHOW_AS, Attendee, kept_by_exchange
from lyncdesk.exchange_server.recurrence import instant
from lyncdesk.exchange_server.zones import iana_of

LARGEST = 2**20
_CLASSES = MappingProxyType({word: name for name, word in CLASSES.items()})
_STATES = MappingProxyType(
    {**{word: name for name, word in STATES.items() if name != "Organizer"}, "NEEDS-ACTION": "Unknown"}
)
_BUSY = MappingProxyType({name.upper(): name for name in SHOW_AS})
_ROLES = MappingProxyType({"OPT-PARTICIPANT": "optional", "NON-PARTICIPANT": "resources"})

_LISTED = re.compile(r"(?:[^,\\]|\\.?)++", re.DOTALL)
"""One value of a list; a comma behind a backslash belongs to it."""

Zones = Mapping[str, str]


def read_content(text: str) -> Mapping[str, Any]:
    """The changes in the base64 of a MimeContent. Raises RowError."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise RowError("ErrorMimeContentInvalidBase64String") from None
    if len(data) > LARGEST:
        raise RowError("ErrorMimeContentInvalid", f"It is longer than {LARGEST} bytes.")
    try:
        return read_calendar(data.decode("utf-8-sig"))
    except (ValueError, OverflowError, KeyError, IndexError) as error:
        raise RowError("ErrorMimeContentConversionFailed", str(error)[:80]) from None


def read_calendar(text: str) -> Mapping[str, Any]:
    """The changes in a VCALENDAR; `exceptions` has those of its further events. Raises ValueError."""
    calendar = parse(text)
    events = calendar.components("VEVENT")
    masters = [event for event in events if event.get("RECURRENCE-ID") is None]
    if len(masters) != 1:
        raise ValueError("there must be one event that is not an exception")
    (master,) = masters
    start = master.get("DTSTART")
    if start is None:
        raise ValueError("an event without a start")
    year = int(start.value[:4])
    zones = {
        name: zone for name, zone in (_zone(one, year) for one in calendar.components("VTIMEZONE")) if zone
    }
    # A day belongs to no zone; Exchange takes the one that comes with it.
    default = next(iter(zones.values())) if len(zones) == 1 else None
    values = _event(master, zones, default)
    default = values.get("zone", default)
    if rule := master.get("RRULE"):
        values["recurrence"] = read_rule(rule.value, _date(start.value))
        deleted = (at for line in master.all("EXDATE") for at in _moments(line, zones, default))
        values["deleted"] = tuple(deleted)
        values["exceptions"] = tuple(
            (_moment(line, zones, default), _event(event, zones, default))
            for event in events
            if (line := event.get("RECURRENCE-ID")) is not None
        )
    return values


def _date(text: str) -> date:
    day = datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    if not kept_by_exchange(day):
        raise ValueError("a day that no calendar holds")
    return day


def _is_date(line: Line) -> bool:
    return line.parameters.get("VALUE", "").upper() == "DATE" or len(line.value.strip()) == 8


def _zone_of(line: Line, zones: Zones, default: str | None) -> str | None:
    name = line.parameters.get("TZID")
    if name is None:
        return "UTC" if line.value.strip().endswith("Z") else default
    found = iana_of(name.removeprefix("/")) or zones.get(name)
    if found is None:
        raise ValueError("an unknown time zone")
    return found


def _moments(line: Line, zones: Zones, default: str | None) -> list[datetime]:
    parts = line.value.strip().split(",")
    return [_moment(Line(line.name, part, line.parameters), zones, default) for part in parts]


def _moment(line: Line, zones: Zones, default: str | None) -> datetime:
    """A moment; a naive one when nothing tells its zone."""
    text = line.value.strip()
    if _is_date(line):
        wall = datetime.combine(_date(text), time())
    else:
        wall = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - read beside its zone
        if not kept_by_exchange(wall):
            raise ValueError("a time that no calendar holds")
        if text.endswith("Z"):
            return wall.replace(tzinfo=UTC)
    zone = _zone_of(line, zones, default)
    return wall if zone is None else instant(ZoneInfo(zone), wall)


def _event(event: Component, zones: Zones, default: str | None) -> dict[str, Any]:
    start, end = event.get("DTSTART"), event.get("DTEND")
    if start is None:
        raise ValueError("an event without a start")
    begin = _moment(start, zones, default)
    all_day = _is_date(start) or event.text("X-MICROSOFT-CDO-ALLDAYEVENT") == "TRUE"
    values: dict[str, Any] = {
        "subject": event.text("SUMMARY") or "",
        "location": event.text("LOCATION") or "",
        "body": event.text("DESCRIPTION") or "",
        "body_type": "Text",
        "start": begin,
        "all_day": all_day,
        "show_as": _show_as(event),
        "sensitivity": _CLASSES.get((event.text("CLASS") or "PUBLIC").upper(), "Normal"),
        "categories": tuple(
            unescape(part) for line in event.all("CATEGORIES") for part in _LISTED.findall(line.value)
        ),
    }
    if end is not None:
        values["end"] = _moment(end, zones, default)
    else:
        values["end"] = begin + (_duration(event.text("DURATION")) or timedelta(days=int(_is_date(start))))
    if zone := _zone_of(start, zones, default):
        values["zone"] = zone
    if uid := event.text("UID"):
        values["uid"] = uid[:1000]
    values["extras"] = _extras(event)
    values |= _people(event)
    return values


def _show_as(event: Component) -> str:
    told = _BUSY.get((event.text("X-MICROSOFT-CDO-BUSYSTATUS") or "").upper())
    if told:
        return told
    if (event.text("TRANSP") or "").upper() == "TRANSPARENT":
        return "Free"
    return "Tentative" if (event.text("STATUS") or "").upper() == "TENTATIVE" else "Busy"


def _extras(event: Component) -> dict[str, str]:
    priority = event.text("PRIORITY") or "5"
    importance = {low: name for name, (low, _other) in PRIORITIES.items()}.get(priority, "Normal")
    extras = {"Importance": importance}
    for alarm in event.components("VALARM")[:1]:
        before = _duration(alarm.text("TRIGGER"))
        if before is not None:
            extras |= {
                "ReminderIsSet": "true",
                "ReminderMinutesBeforeStart": str(-int(before.total_seconds()) // 60),
            }
    return extras


def _duration(text: str | None) -> timedelta | None:
    """An RFC 5545 DURATION; None for a moment, which a trigger may be as well."""
    if text is None or "P" not in text[:2]:
        return None
    sign = -1 if text.startswith("-") else 1
    total, number = timedelta(), ""
    for letter in text.lstrip("+-").removeprefix("P"):
        if letter.isascii() and letter.isdigit() and len(number) < 7:
            number += letter
        elif letter in "WDHMS":
            unit = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes", "S": "seconds"}[letter]
            total += timedelta(**{unit: int(number)})
            number = ""
        elif letter != "T":
            raise ValueError("not a duration")
    return sign * total


def _people(event: Component) -> dict[str, Any]:
    found: dict[str, list[Attendee]] = {"required": [], "optional": [], "resources": []}
    for line in event.all("ATTENDEE"):
        role = _ROLES.get(line.parameters.get("ROLE", "").upper(), "required")
        found[role].append(_person(line))
    values: dict[str, Any] = {name: tuple(people) for name, people in found.items()}
    if any(values.values()) and (organizer := event.get("ORGANIZER")) is not None:
        values["organizer"] = _person(organizer)
    return values


def _person(line: Line) -> Attendee:
    address = line.value.strip()
    if address[:7].lower() == "mailto:":
        address = address[7:]
    state = _STATES.get(line.parameters.get("PARTSTAT", "NEEDS-ACTION").upper(), "Unknown")
    return Attendee(address, line.parameters.get("CN", ""), state)


def _zone(component: Component, year: int) -> tuple[str, str | None]:
    """The name of a VTIMEZONE and the zone of the server that has its rules."""
    name = component.text("TZID") or ""
    rules = []
    standard = timedelta()
    for kind in ("STANDARD", "DAYLIGHT"):
        for one in component.components(kind)[:1]:
            after = _offset(one.text("TZOFFSETTO") or "")
            standard = after if kind == "STANDARD" else standard
            rules.append((after, one))
    changes = tuple(_change(one, after) for after, one in rules) if len(rules) == 2 else ()
    # South of the equator the year begins in summer.
    southern = len(changes) == 2 and changes[1][0] > changes[0][0]
    first = changes[1][4] if southern else standard
    return name, iana_of(name) or zone_like(first, changes, year)


def _change(component: Component, after: timedelta) -> tuple[int, int, int, timedelta, timedelta]:
    parts = dict(
        part.split("=", 1) for part in (component.text("RRULE") or "").upper().split(";") if "=" in part
    )
    start = component.text("DTSTART") or ""
    at = datetime.strptime(start, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall clock
    day = parts.get("BYDAY", "")
    number = int(day[:-2] or "1")
    weekday = list(DAYS).index(day[-2:])
    length = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
    return int(parts.get("BYMONTH", "0")), 5 if number == -1 else number, weekday, length, after


def _offset(text: str) -> timedelta:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    return sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
