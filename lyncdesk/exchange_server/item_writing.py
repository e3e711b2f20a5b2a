"""From the elements of a CalendarItem to an entry. Used by the table in `fields`.

Writing happens in two steps: every element says which attributes it changes, then `settle` makes an entry
of them, because times without an offset need the zone, and all-day items and series need both.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server import series
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.extended import MOST as MOST_EXTENDED
from lyncdesk.exchange_server.ical_reading import read_content
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    bad_value,
    boolean_of,
    children,
    choice_of,
    date_time,
    integer_of,
    need,
    only,
    text_of,
    utc,
    yes,
)
from lyncdesk.exchange_server.model import RESPONSES, Attendee, Changed, Entry
from lyncdesk.exchange_server.recurrence import dates, occurrence
from lyncdesk.exchange_server.recurrence import instant as instant_of
from lyncdesk.exchange_server.zone_reading import ZoneRules, read_definition

Changes = Mapping[str, Any]
"""Attributes of an entry and their new values; `extras` and `extended` hold single ones, None taking one
away.
"""

Write = Callable[[Element], Changes]
Parse = Callable[[Element], str]
LONGEST = timedelta(days=5 * 366)
_MAPS = ("extras", "extended")


def text(name: str) -> Write:
    """A text attribute."""
    return lambda element: {name: text_of(element)}


def choice(name: str, allowed: tuple[str, ...]) -> Write:
    """An attribute that is one of several words."""
    return lambda element: {name: choice_of(element, allowed)}


def flag(name: str) -> Write:
    """An attribute that is true or false."""
    return lambda element: {name: boolean_of(element)}


def instant(name: str) -> Write:
    """A moment, naive until `settle`."""
    return lambda element: {name: date_time(text_of(element), element)}


def kept(name: str, parse: Parse) -> Write:
    """A property that is kept as it was sent, once it has been found valid."""
    return lambda element: {"extras": {name: parse(element)}}


def ignored(element: Element) -> Changes:
    """What the server decides by itself, whatever the client says."""
    text_of(element)
    return {}


def words(element: Element) -> str:
    """Any text."""
    return text_of(element)


def boolean(element: Element) -> str:
    """An xs:boolean, normalised."""
    return yes(boolean_of(element))


def number(element: Element) -> str:
    """An xs:int, normalised."""
    return str(integer_of(element))


def moment(element: Element) -> str:
    """An xs:dateTime, normalised."""
    found = date_time(text_of(element), element)
    return utc(found if found.tzinfo else found.replace(tzinfo=UTC))


def among(*allowed: str) -> Parse:
    """One of several words."""
    return lambda element: choice_of(element, allowed)


def body(element: Element) -> Changes:
    """The body and its kind."""
    return {"body": text_of(element), "body_type": attribute(element, "BodyType", ("HTML", "Text"))}


def mime_content(element: Element) -> Changes:
    """The item as iCalendar."""
    return read_content(text_of(element))


def categories(element: Element) -> Changes:
    """The categories."""
    return {"categories": tuple(text_of(child) for child in children(element, "String"))}


def person(element: Element) -> Attendee:
    """A Mailbox element."""
    found = only(
        element, "Name", "EmailAddress", "RoutingType", "MailboxType", "ItemId", "OriginalDisplayName"
    )
    address = text_of(need(found, "EmailAddress", element)).strip()
    if not address:
        raise bad_value("'EmailAddress' element", address, element)
    return Attendee(address, text_of(found["Name"]) if "Name" in found else "")


def people(name: str) -> Write:
    """The attendees of one sort."""

    def write(element: Element) -> Changes:
        rows = []
        for child in children(element, "Attendee"):
            found = only(child, "Mailbox", "ResponseType", "LastResponseTime", "ProposedStart", "ProposedEnd")
            response = choice_of(found["ResponseType"], RESPONSES) if "ResponseType" in found else "Unknown"
            rows.append(replace(person(need(found, "Mailbox", child)), response=response))
        return {name: tuple(rows)}

    return write


def recurrence(element: Element) -> Changes:
    """The pattern of a series."""
    return {"recurrence": series.read(element)}


def ignored_zone(element: Element) -> Changes:
    """An entry has one zone, that of its start; the other has to exist all the same."""
    read_definition(element)
    return {}


def merge(into: dict[str, Any], changes: Changes) -> None:
    """Add the changes of one element to those of the others."""
    maps = {name: {**into.get(name, {}), **changes.get(name, {})} for name in _MAPS}
    into.update(changes)
    into.update({name: found for name, found in maps.items() if found})


def settle(entry: Entry, changes: Changes) -> Entry:
    """The entry with the changes. Raises RowError when they do not make a calendar item."""
    values = {name: value for name, value in changes.items() if name not in {"deleted", "exceptions"}}
    for name in _MAPS:
        both = {**getattr(entry, name), **changes.get(name, {})}
        values[name] = {key: value for key, value in both.items() if value is not None}
    if len(values["extended"]) > MOST_EXTENDED:
        raise RowError("ErrorInvalidExtendedProperty", f"An item has at most {MOST_EXTENDED}.")
    if isinstance(values.get("zone"), ZoneRules):
        values["zone"] = values["zone"].zone(values.get("start", entry.start).year)
    zone = ZoneInfo(values.get("zone", entry.zone))
    for name in ("start", "end"):
        found: datetime = values.get(name, getattr(entry, name))
        values[name] = found if found.tzinfo else instant_of(zone, found)
    new = replace(entry, **values)
    if new.end < new.start:
        raise RowError("ErrorCalendarEndDateIsEarlierThanStartDate")
    if new.end - new.start > LONGEST:
        raise RowError("ErrorCalendarDurationIsTooLong")
    if new.all_day:
        new = _whole_days(new, zone)
    if {"required", "optional", "resources"} & changes.keys():
        required, optional, resources = (
            _known(people, entry) for people in (new.required, new.optional, new.resources)
        )
        new = replace(new, required=required, optional=optional, resources=resources)
        new = replace(new, meeting=bool(new.required or new.optional or new.resources))
    if new.recurrence and (new.recurrence, new.start, new.end, new.zone) != _when(entry):
        new = _from_first_occurrence(new, zone)
    if not new.recurrence:
        return replace(new, changed=(), deleted=())
    return _with_exceptions(new, changes) if {"deleted", "exceptions"} & changes.keys() else new


def _with_exceptions(entry: Entry, changes: Changes) -> Entry:
    """A series that was given together with what became of single occurrences."""
    zone = ZoneInfo(entry.zone)
    given = {at if at.tzinfo else instant_of(zone, at) for at in changes.get("deleted", ())}
    deleted = tuple(sorted(at for at in given if occurrence(entry, at)))
    changed = {}
    for original, values in changes.get("exceptions", ()):
        original = original if original.tzinfo else instant_of(zone, original)
        shown = occurrence(entry, original)
        if shown is None or original in deleted:
            raise RowError("ErrorMimeContentConversionFailed", "An exception is not one of its series.")
        own = {name: value for name, value in values.items() if name != "uid"}
        changed[original] = Changed(original, settle(shown.entry, own))
    return replace(entry, deleted=deleted, changed=tuple(changed[at] for at in sorted(changed)))


def _known(people: tuple[Attendee, ...], entry: Entry) -> tuple[Attendee, ...]:
    """Attendees as they are given, with what those among them have answered who were attendees before."""
    before = {one.address.casefold(): one for one in (*entry.required, *entry.optional, *entry.resources)}

    def known(person: Attendee) -> Attendee:
        old = before.get(person.address.casefold())
        if old is None or person.response != "Unknown":
            return person
        return replace(person, response=old.response, at=old.at)

    return tuple(map(known, people))


def _when(entry: Entry) -> tuple[Any, ...]:
    return entry.recurrence, entry.start, entry.end, entry.zone


def _whole_days(entry: Entry, zone: ZoneInfo) -> Entry:
    """All-day items run from midnight to midnight in their zone, whatever times were sent with them."""
    first, last = (at.astimezone(zone).replace(tzinfo=None) for at in (entry.start, entry.end))
    begin = datetime.combine(first, time())
    finish = datetime.combine(last, time())
    if finish < last or finish == begin:
        finish += timedelta(days=1)
    return replace(entry, start=instant_of(zone, begin), end=instant_of(zone, finish))


def _from_first_occurrence(entry: Entry, zone: ZoneInfo) -> Entry:
    """A series that is given anew: it begins with its first occurrence and forgets its exceptions, as
    Exchange.
    """
    if entry.recurrence is None:
        return entry
    day = next(dates(entry.recurrence), None)
    if day is None:
        raise RowError("ErrorRecurrenceHasNoOccurrence")
    first, last = (at.astimezone(zone).replace(tzinfo=None) for at in (entry.start, entry.end))
    begin = datetime.combine(day, first.time())
    start, end = instant_of(zone, begin), instant_of(zone, begin + (last - first))
    return replace(entry, start=start, end=max(start, end), changed=(), deleted=())
