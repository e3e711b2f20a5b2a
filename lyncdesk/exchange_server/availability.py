"""GetUserAvailability: free/busy of up to 100 mailboxes, as slots, as times, or with details; and meeting
times that suit them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.answers import Call, message
from lyncdesk.exchange_server.biased import Clocks, Named, read_biased, write_biased
from lyncdesk.exchange_server.errors import RowError, SoapFault
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
from lyncdesk.exchange_server.recurrence import expand, overlaps
from lyncdesk.exchange_server.suggestions import RANK, Person, minutes, read_wanted, suggestions

LONGEST_WINDOW = timedelta(days=62)
MOST_MAILBOXES = 100
MOST_ENTRIES = 1000  # of one mailbox, as on Exchange
ATTENDEE_TYPES = ("Organizer", "Required", "Optional", "Room", "Resource")
DIGITS: Mapping[str, str] = MappingProxyType({
    "Free": "0", "Tentative": "1", "Busy": "2", "OOF": "3", "WorkingElsewhere": "4", "NoData": "5",
})  # fmt: skip
"""MergedFreeBusy of Exchange 2013 and later."""


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
    """The window (instants), the slot length, the view, and the clocks that times are written from."""

    start: datetime
    end: datetime
    slot: timedelta
    view: str
    clocks: Clocks


@dataclass(frozen=True, slots=True)
class Box:
    """One mailbox of a request: whose, and what part the person has in the meeting that is looked for."""

    address: str
    part: str
    excludes: bool


def _window(window: Element, clocks: Clocks) -> tuple[datetime, datetime]:
    times = only(window, "StartTime", "EndTime")
    moments = [need(times, name, window) for name in ("StartTime", "EndTime")]
    start, end = (
        moment if moment.tzinfo else clocks.instant(moment)
        for moment in (date_time(text_of(element), element) for element in moments)
    )
    if end <= start:
        raise SoapFault("ErrorInvalidTimeInterval")
    if end - start > LONGEST_WINDOW:
        raise SoapFault("ErrorTimeIntervalTooBig")
    return start, end


def _read(options: Element, clocks: Clocks) -> Asked:
    parts = only(options, "TimeWindow", "MergedFreeBusyIntervalInMinutes", "RequestedView")
    start, end = _window(need(parts, "TimeWindow", options), clocks)
    minutes = parts.get("MergedFreeBusyIntervalInMinutes")
    slot = 30 if minutes is None else integer_of(minutes)
    if not 5 <= slot <= 1440:
        raise SoapFault("ErrorInvalidMergedFreeBusyInterval")
    view = parts.get("RequestedView")
    name = "FreeBusyMerged" if view is None else choice_of(view, tuple(VIEWS))
    return Asked(start, end, timedelta(minutes=slot), name, clocks)


def get_user_availability(call: Call, request: Element) -> Element:
    """GetUserAvailability."""
    found = only(request, "TimeZone", "MailboxDataArray", "FreeBusyViewOptions", "SuggestionsViewOptions")
    rules = found.get("TimeZone")
    clocks: Clocks = Named(ZoneInfo(call.zone)) if rules is None else read_biased(rules)
    options = [found.get(name) for name in ("FreeBusyViewOptions", "SuggestionsViewOptions")]
    asked = None if options[0] is None else _read(options[0], clocks)
    wanted = None if options[1] is None else read_wanted(options[1], lambda window: _window(window, clocks))
    if asked is None and wanted is None:
        raise SoapFault("ErrorInvalidFreeBusyViewType")
    boxes = [
        _read_mailbox(element)
        for element in children(need(found, "MailboxDataArray", request), "MailboxData")
    ]
    if not boxes:
        raise SoapFault("ErrorMailboxDataArrayEmpty")
    if len(boxes) > MOST_MAILBOXES:
        raise SoapFault("ErrorMailboxDataArrayTooBig")
    people = [_person(call, box, wanted.start, wanted.end) for box in boxes] if wanted else []
    return m(
        "GetUserAvailabilityResponse",
        m("FreeBusyResponseArray", *(_row(call, box.address, asked) for box in boxes)) if asked else None,
        suggestions(wanted, people, clocks) if wanted else None,
    )


def _read_mailbox(element: Element) -> Box:
    found = only(element, "Email", "AttendeeType", "ExcludeConflicts")
    part = choice_of(need(found, "AttendeeType", element), ATTENDEE_TYPES)
    excludes = "ExcludeConflicts" in found and boolean_of(found["ExcludeConflicts"])
    email = need(found, "Email", element)
    parts = only(email, "Name", "Address", "RoutingType")
    return Box(text_of(need(parts, "Address", email)).strip(), part, excludes)


def _person(call: Call, box: Box, start: datetime, end: datetime) -> Person:
    """What is known of a person's time; nothing of one who is not there or shares nothing."""
    owner = call.store.mailbox(box.address)
    if owner is None or call.store.rights(call.user, owner.address).read == "None":
        return Person(box.part, box.excludes)
    try:
        shown = _shown(call, owner, start, end)
    except RowError:
        return Person(box.part, box.excludes)
    return Person(box.part, box.excludes, tuple(shown), owner.working_hours, ZoneInfo(owner.zone))


def _row(call: Call, address: str, asked: Asked) -> Element:
    try:
        call.guard()
        owner = call.store.mailbox(address)
        if owner is None:
            raise RowError("ErrorMailRecipientNotFound", f"<{address}>")
        if owner.free_busy_error:
            raise RowError(owner.free_busy_error)
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
    shown = _shown(call, owner, asked.start, asked.end)
    events = [_event(call, owner, one, asked, details=view.details) for one in shown]
    return m(
        "FreeBusyView",
        t("FreeBusyViewType", name),
        t("MergedFreeBusy", merged(shown, asked)) if view.merged else None,
        t("CalendarEventArray", *events) if view.events else None,
        working_hours(owner, call.now),
    )


def _shown(call: Call, owner: Mailbox, start: datetime, end: datetime) -> list[Shown]:
    shown: list[Shown] = []
    for entry in call.store.entries(owner.address):
        if entry.recurrence:
            shown += expand(entry, start, end)
        elif overlaps(entry, start, end):
            shown.append(Shown(entry))
        if len(shown) > MOST_ENTRIES:
            raise RowError("ErrorResultSetTooBig", f"The allowed size is {MOST_ENTRIES}.")
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
        t("StartTime", call.thin.stamp(asked.clocks.local(entry.start), entry.start)),
        t("EndTime", call.thin.stamp(asked.clocks.local(entry.end), entry.end)),
        t("BusyType", entry.show_as or "NoData"),
        _details(call, owner, shown) if told else None,
    )


def _details(call: Call, owner: Mailbox, shown: Shown) -> Element:
    """What is told beside the time; of a private entry nothing but that it is one."""
    entry = shown.entry
    open_to_caller = not entry.private or call.user == owner.address
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
        t("IsPrivate", yes(entry.private)),
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
