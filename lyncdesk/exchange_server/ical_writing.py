"""A calendar item as iCalendar (MimeContent): the item or the series first, then its exceptions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from lxml import etree

from lyncdesk.exchange_server.ical_rules import write_rule
from lyncdesk.exchange_server.ical_text import escape, fold, quote, write_date, write_moment
from lyncdesk.exchange_server.ical_zones import zone_lines
from lyncdesk.exchange_server.markup import clean
from lyncdesk.exchange_server.model import Attendee, Entry, Mailbox, Shown
from lyncdesk.exchange_server.recurrence import dates, instant, span
from lyncdesk.exchange_server.zones import windows_of

PRODUCT = "Microsoft Exchange Server 2010"  # what Exchange calls itself here to this day
CLASSES = MappingProxyType(
    {"Normal": "PUBLIC", "Personal": "X-PERSONAL", "Private": "PRIVATE", "Confidential": "CONFIDENTIAL"}
)
STATES = MappingProxyType(
    {
        "Accept": "ACCEPTED",
        "Organizer": "ACCEPTED",
        "Tentative": "TENTATIVE",
        "Decline": "DECLINED",
        "Unknown": "NEEDS-ACTION",
        "NoResponseReceived": "NEEDS-ACTION",
    }
)
PRIORITIES = MappingProxyType({"High": ("1", "2"), "Normal": ("5", "1"), "Low": ("9", "0")})
KINDS = MappingProxyType({"Single": "0", "RecurringMaster": "1", "Occurrence": "2", "Exception": "3"})
ROLES = (
    ("required", "REQ-PARTICIPANT", ""),
    ("optional", "OPT-PARTICIPANT", ""),
    ("resources", "NON-PARTICIPANT", ";CUTYPE=RESOURCE"),
)


@dataclass(frozen=True, slots=True)
class _Clock:
    """How the times of an item are written: as days, in its zone, or in UTC."""

    zone: str
    days: bool

    def write(self, name: str, *moments: datetime) -> str:
        if self.days:
            values = [write_date(moment.astimezone(ZoneInfo(self.zone)).date()) for moment in moments]
            return f"{name};VALUE=DATE:{','.join(values)}"
        if self.zone == "UTC":
            return f"{name}:{','.join(write_moment(moment.astimezone(UTC)) + 'Z' for moment in moments)}"
        walls = [write_moment(moment.astimezone(ZoneInfo(self.zone))) for moment in moments]
        return f"{name};TZID={windows_of(self.zone)}:{','.join(walls)}"


def _clock(entry: Entry) -> _Clock:
    zone = ZoneInfo(entry.zone)
    midnights = all(at.astimezone(zone).time() == time() for at in (entry.start, entry.end))
    return _Clock(entry.zone, entry.all_day and midnights and entry.end > entry.start)


def write_calendar(owner: Mailbox, shown: Shown, method: str = "PUBLISH") -> str:
    """The VCALENDAR of an item as `shown` to a client."""
    entry = shown.entry
    lines = ["BEGIN:VCALENDAR", f"METHOD:{method}", f"PRODID:{PRODUCT}", "VERSION:2.0"]
    for zone in sorted({entry.zone, *(change.entry.zone for change in entry.changed)} - {"UTC"}):
        lines += zone_lines(windows_of(zone), zone, entry.start.astimezone(ZoneInfo(zone)).year)
    lines += _event(owner, shown)
    for change in entry.changed:
        lines += _event(owner, Shown(change.entry, "Exception", change.original, entry))
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def _event(owner: Mailbox, shown: Shown) -> Iterator[str]:
    entry = shown.entry
    key = shown.master or entry
    clock = _clock(entry)
    yield "BEGIN:VEVENT"
    if entry.required or entry.optional or entry.resources:
        yield f"ORGANIZER{_person(entry.organizer or Attendee(owner.address, owner.display_name))}"
        yield from _attendees(entry)
    body = plain(entry.body) if entry.body_type == "HTML" else entry.body
    if body:
        yield f"DESCRIPTION:{escape(body)}"
    yield f"UID:{escape(key.uid)}"
    yield f"SUMMARY:{escape(entry.subject)}"
    if shown.original is not None:
        yield (_clock(shown.master) if shown.master else clock).write("RECURRENCE-ID", shown.original)
    start, end = _times(entry)
    yield clock.write("DTSTART", start)
    yield clock.write("DTEND", end)
    if shown.kind == "RecurringMaster":
        yield from _series(entry, clock)
    if entry.sensitivity is not None:
        yield f"CLASS:{CLASSES[entry.sensitivity]}"
    priority, importance = PRIORITIES[entry.extras.get("Importance", "Normal")]
    yield f"PRIORITY:{priority}"
    yield f"DTSTAMP:{write_moment(key.modified.astimezone(UTC))}Z"
    if entry.show_as is not None:
        yield f"TRANSP:{'TRANSPARENT' if entry.show_as == 'Free' else 'OPAQUE'}"
    yield f"STATUS:{_status(entry)}"
    yield f"SEQUENCE:{entry.sequence}"
    if entry.location:
        yield f"LOCATION:{escape(entry.location)}"
    if entry.categories:
        yield f"CATEGORIES:{','.join(map(escape, entry.categories))}"
    yield f"X-MICROSOFT-CDO-APPT-SEQUENCE:{entry.sequence}"
    if entry.show_as is not None:
        yield f"X-MICROSOFT-CDO-BUSYSTATUS:{entry.show_as.upper()}"
    yield f"X-MICROSOFT-CDO-ALLDAYEVENT:{str(entry.all_day).upper()}"
    yield f"X-MICROSOFT-CDO-IMPORTANCE:{importance}"
    yield f"X-MICROSOFT-CDO-INSTTYPE:{KINDS[shown.kind]}"
    if entry.extras.get("ReminderIsSet") == "true":
        yield from _alarm(int(entry.extras.get("ReminderMinutesBeforeStart", "15")))
    yield "END:VEVENT"


def _times(entry: Entry) -> tuple[datetime, datetime]:
    """When it takes place; a series begins with its first occurrence."""
    day = next(dates(entry.recurrence), None) if entry.recurrence else None
    return (entry.start, entry.end) if day is None else span(entry, day)


def _status(entry: Entry) -> str:
    if entry.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if entry.show_as == "Tentative" else "CONFIRMED"


def _person(person: Attendee, parameters: str = "") -> str:
    # An address has no signs that end a line; one that has is not an address.
    address = "".join(person.address.split())
    return f"{parameters};CN={quote(person.name or person.address)}:MAILTO:{address}"


def _attendees(entry: Entry) -> Iterator[str]:
    asked = entry.extras.get("IsResponseRequested", "true").upper()
    for name, role, kind in ROLES:
        people: tuple[Attendee, ...] = getattr(entry, name)
        for person in people:
            state = STATES.get(person.response, "NEEDS-ACTION")
            yield "ATTENDEE" + _person(person, f"{kind};ROLE={role};PARTSTAT={state};RSVP={asked}")


def _series(entry: Entry, clock: _Clock) -> Iterator[str]:
    series = entry.recurrence
    if series is None:
        return
    last: datetime | None = None
    if series.end is not None and not clock.days:
        zone = ZoneInfo(entry.zone)
        last = instant(zone, datetime.combine(series.end, entry.start.astimezone(zone).time()))
    yield f"RRULE:{write_rule(series, last)}"
    # One line each: libical reads no list of them.
    for original in entry.deleted:
        yield clock.write("EXDATE", original)


def _alarm(minutes: int) -> Iterator[str]:
    length = timedelta(minutes=abs(minutes))
    yield "BEGIN:VALARM"
    yield "DESCRIPTION:REMINDER"
    yield f"TRIGGER;RELATED=START:{'-' if minutes >= 0 else ''}PT{int(length.total_seconds()) // 60}M"
    yield "ACTION:DISPLAY"
    yield "END:VALARM"


_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3"})
_SILENT = frozenset({"style", "script", "head", "title"})


def plain(html: str) -> str:
    """What an HTML body says, without its tags."""
    # libxml2 reads it in one pass; half-open tags keep the parser of the standard library busy for minutes.
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    root = etree.fromstring(f"<body>{clean(html)}", parser)
    text: list[str] = []
    silent = 0
    for event, element in () if root is None else etree.iterwalk(root, ("start", "end")):
        if event == "start":
            silent += element.tag in _SILENT
            text += ["\n"] if element.tag in _BREAKS else []
        else:
            silent -= element.tag in _SILENT
        said = element.text if event == "start" else element.tail
        text += [said] if said and not silent else []
    lines = (" ".join(line.split()) for line in "".join(text).split("\n"))
    return "\n".join(line for line in lines if line)
