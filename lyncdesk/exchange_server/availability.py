"""GetUserAvailability: free/busy of up to 100 mailboxes, as slots, as times, or with details."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.answers import Call, message
from lyncdesk.exchange_server.biased import Biased, read_biased, write_biased
from lyncdesk.exchange_server.errors import RowError, SoapFault
from lyncdesk.exchange_server.finding import guarded
from lyncdesk.exchange_server.item_reading import Look, ident
from lyncdesk.exchange_server.markup import (
    Element,
    boolean_of,
    children,
    choice_of,
    date_time,
    integer_of,
    m,
    need,
    only,
    t,
    text_of,
    yes,
)
from lyncdesk.exchange_server.model import Mailbox, Shown
from lyncdesk.exchange_server.recurrence import expand, instant, overlaps

LONGEST_WINDOW = timedelta(days=62)
MOST_MAILBOXES = 100
ATTENDEE_TYPES = ("Organizer", "Required", "Optional", "Room", "Resource")
DIGITS: Mapping[str, str] = MappingProxyType({
    "Free": "0", "Tentative": "1", "Busy": "2", "OOF": "3", "WorkingElsewhere": "4", "NoData": "5",
})  # fmt: skip
"""MergedFreeBusy of Exchange 2013 and later."""

RANK = ("NoData", "Free", "WorkingElsewhere", "Tentative", "Busy", "OOF")
"""Which of several entries in one slot counts: the last of these."""


@dataclass(frozen=True, slots=True)
class View:
    """One sort of answer: what it holds, and what it becomes when details are not shared."""

    merged: bool
    events: bool
    details: bool
    without_details: str


VIEWS: Mapping[str, View] = MappingProxyType({
    "None": View(False, False, False, "None"),
    "MergedOnly": View(True, False, False, "MergedOnly"),
    "FreeBusy": View(False, True, False, "FreeBusy"),
    "FreeBusyMerged": View(True, True, False, "FreeBusyMerged"),
    "Detailed": View(False, True, True, "FreeBusy"),
    "DetailedMerged": View(True, True, True, "FreeBusyMerged"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The window (instants), the slot length, the view, and the function that writes an instant."""

    start: datetime
    end: datetime
    slot: timedelta
    view: str
    wall: Callable[[datetime], str]


def _named(zone: ZoneInfo) -> tuple[Callable[[datetime], datetime], Callable[[datetime], datetime]]:
    def to_instant(wall: datetime) -> datetime:
        return instant(zone, wall)

    return to_instant, lambda at: at.astimezone(zone).replace(tzinfo=None)


def _by_rules(zone: Biased) -> tuple[Callable[[datetime], datetime], Callable[[datetime], datetime]]:
    return zone.instant, zone.local


def _read(call: Call, found: dict[str, Element]) -> Asked:
    rules = found.get("TimeZone")
    to_instant, to_wall = _by_rules(read_biased(rules)) if rules is not None else _named(ZoneInfo(call.zone))

    def wall(at: datetime) -> str:
        return to_wall(at).isoformat(timespec="seconds")

    options = found.get("FreeBusyViewOptions")
    if options is None:
        raise SoapFault("ErrorInvalidFreeBusyViewType")
    parts = only(options, "TimeWindow", "MergedFreeBusyIntervalInMinutes", "RequestedView")
    window = need(parts, "TimeWindow", options)
    times = only(window, "StartTime", "EndTime")
    moments = [need(times, name, window) for name in ("StartTime", "EndTime")]
    start, end = (
        moment if moment.tzinfo else to_instant(moment)
        for moment in (date_time(text_of(element), element) for element in moments)
    )
    if end <= start:
        raise SoapFault("ErrorInvalidTimeInterval")
    if end - start > LONGEST_WINDOW:
        raise SoapFault("ErrorTimeIntervalTooBig")
    minutes = parts.get("MergedFreeBusyIntervalInMinutes")
    slot = 30 if minutes is None else integer_of(minutes)
    if not 5 <= slot <= 1440:
        raise SoapFault("ErrorInvalidMergedFreeBusyInterval")
    view = parts.get("RequestedView")
    name = "FreeBusyMerged" if view is None else choice_of(view, tuple(VIEWS))
    return Asked(start, end, timedelta(minutes=slot), name, wall)


def get_user_availability(call: Call, request: Element) -> Element:
    """GetUserAvailability. Suggestions are not made: a request for them alone is refused."""
    found = only(request, "TimeZone", "MailboxDataArray", "FreeBusyViewOptions", "SuggestionsViewOptions")
    asked = _read(call, found)
    addresses = [
        _read_mailbox(element)
        for element in children(need(found, "MailboxDataArray", request), "MailboxData")
    ]
    if not addresses:
        raise SoapFault("ErrorMailboxDataArrayEmpty")
    if len(addresses) > MOST_MAILBOXES:
        raise SoapFault("ErrorMailboxDataArrayTooBig")
    return m(
        "GetUserAvailabilityResponse",
        m("FreeBusyResponseArray", *(_row(call, one, asked) for one in addresses)),
    )


def _read_mailbox(element: Element) -> str:
    found = only(element, "Email", "AttendeeType", "ExcludeConflicts")
    choice_of(need(found, "AttendeeType", element), ATTENDEE_TYPES)
    if "ExcludeConflicts" in found:
        boolean_of(found["ExcludeConflicts"])
    email = need(found, "Email", element)
    parts = only(email, "Name", "Address", "RoutingType")
    return text_of(need(parts, "Address", email)).strip()


def _row(call: Call, address: str, asked: Asked) -> Element:
    try:
        call.guard()
        owner = call.store.mailbox(address)
        if owner is None:
            raise RowError("ErrorMailRecipientNotFound", f"<{address}>")
        view = _view(call, owner, asked)
    except RowError as error:
        nothing = m("FreeBusyView", t("FreeBusyViewType", "None"))
        return m("FreeBusyResponse", message("ResponseMessage", error), nothing)
    return m("FreeBusyResponse", message("ResponseMessage", None), view)


def _view(call: Call, owner: Mailbox, asked: Asked) -> Element:
    told = call.store.rights(call.user, owner.address).read
    if told == "None":
        raise RowError("ErrorNoFreeBusyAccess")
    name = VIEWS[asked.view].without_details if told == "TimeOnly" else asked.view
    view = VIEWS[name]
    shown = _shown(call, owner, asked)
    events = [_event(call, owner, one, asked, details=view.details) for one in shown]
    return m(
        "FreeBusyView",
        t("FreeBusyViewType", name),
        t("MergedFreeBusy", merged(shown, asked)) if view.merged else None,
        t("CalendarEventArray", *events) if view.events else None,
        working_hours(owner, call.now),
    )


def _shown(call: Call, owner: Mailbox, asked: Asked) -> list[Shown]:
    shown: list[Shown] = []
    for entry in call.store.entries(owner.address):
        if entry.recurrence:
            shown += expand(entry, asked.start, asked.end)
        elif overlaps(entry, asked.start, asked.end):
            shown.append(Shown(entry))
    return sorted(shown, key=lambda one: (one.entry.start, one.entry.end, one.entry.key))


def merged(shown: list[Shown], asked: Asked) -> str:
    """One digit for each slot; the last slot may reach past the window."""
    slots = -((asked.start - asked.end) // asked.slot)
    found = ["Free"] * slots
    for one in (one for one in shown if one.entry.end > one.entry.start):
        show_as = one.entry.show_as or "NoData"
        first = max((one.entry.start - asked.start) // asked.slot, 0)
        last = min(-((asked.start - one.entry.end) // asked.slot), slots)
        for slot in range(first, last):
            found[slot] = max(found[slot], show_as, key=RANK.index)
    return "".join(DIGITS[show_as] for show_as in found)


def _event(call: Call, owner: Mailbox, shown: Shown, asked: Asked, *, details: bool) -> Element:
    entry = shown.entry
    told = details and entry.meeting is not None and "calendar:IsMeeting" not in call.hidden
    return t(
        "CalendarEvent",
        t("StartTime", asked.wall(entry.start)),
        t("EndTime", asked.wall(entry.end)),
        t("BusyType", entry.show_as or "NoData"),
        _details(call, owner, shown) if told else None,
    )


def _details(call: Call, owner: Mailbox, shown: Shown) -> Element:
    """What is told beside the time; of a private entry nothing but that it is one."""
    entry = guarded(call.user, owner, shown.entry)
    private = entry.sensitivity not in {"Normal", None}
    open_to_caller = not private or call.user == owner.address
    words = {"ID": ident(Look(owner, shown)), "Subject": entry.subject, "Location": entry.location}
    flags = {
        "IsMeeting": bool(entry.meeting),
        "IsRecurring": shown.kind == "Occurrence",
        "IsException": shown.kind == "Exception",
        "IsReminderSet": entry.extras.get("ReminderIsSet") == "true",
    }
    return t(
        "CalendarEventDetails",
        *(t(name, text) for name, text in words.items() if text and open_to_caller),
        *(t(name, yes(flag and open_to_caller)) for name, flag in flags.items()),
        t("IsPrivate", yes(private)),
    )


def working_hours(owner: Mailbox, now: datetime) -> Element:
    """The person's working hours, with the zone they are meant in."""
    hours = owner.working_hours
    start, end = (minutes(at) for at in (hours.start, hours.end))
    period = t(
        "WorkingPeriod", t("DayOfWeek", " ".join(hours.days)), t("StartTimeInMinutes", str(start)),
        t("EndTimeInMinutes", str(end or 1440)),
    )  # fmt: skip
    return t(
        "WorkingHours",
        write_biased("TimeZone", owner.zone, now.astimezone(UTC)),
        t("WorkingPeriodArray", period),
    )


def minutes(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute
