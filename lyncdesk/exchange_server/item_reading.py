"""From an entry to the elements and texts of a CalendarItem. Used by the table in `fields`."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.ical_writing import write_calendar
from lyncdesk.exchange_server.ids import Ident, change_key, write_id
from lyncdesk.exchange_server.markup import Element, t, utc, with_offset, yes
from lyncdesk.exchange_server.message_mime import write_message
from lyncdesk.exchange_server.model import Attendee, Entry, Mailbox, Shown
from lyncdesk.exchange_server.sharing import EVERYTHING, Right
from lyncdesk.exchange_server.zones import display_name, duration, windows_of

Text = Callable[["Look"], str | None]
Tree = Callable[["Look"], Element | None]


MESSAGE_CLASSES = MappingProxyType({
    "MeetingRequest": "IPM.Schedule.Meeting.Request",
    "MeetingResponse": "IPM.Schedule.Meeting.Resp",
    "MeetingCancellation": "IPM.Schedule.Meeting.Canceled",
})  # fmt: skip
_RESPONSES = MappingProxyType({"Accept": ".Pos", "Tentative": ".Tent", "Decline": ".Neg"})


@dataclass(frozen=True, slots=True)
class Look:
    """An item as it is being answered: whose mailbox, what of it is shown, of a message about a meeting that
    meeting in the same mailbox, and what the caller may do with it.
    """

    owner: Mailbox
    shown: Shown
    about: Entry | None = None
    allowed: frozenset[Right] = EVERYTHING

    @property
    def entry(self) -> Entry:
        return self.shown.entry


def constant(text: str) -> Text:
    """Always the same."""
    return lambda _look: text


def nothing(_look: Look) -> None:
    """A property that is written only."""


def attribute(name: str) -> Text:
    """An attribute of the entry that is a text; None and empty texts are absent."""

    def read(look: Look) -> str | None:
        value: str | None = getattr(look.entry, name)
        return value or None

    return read


def flag(name: str) -> Text:
    """An attribute that is true, false, or not told."""

    def read(look: Look) -> str | None:
        value: bool | None = getattr(look.entry, name)
        return None if value is None else yes(value)

    return read


def kept(name: str, default: str | None) -> Text:
    """A property that is kept as it was sent."""
    return lambda look: look.entry.extras.get(name, default)


def read_extended(path: str) -> Text:
    """An extended property of one value."""
    return lambda look: look.entry.extended.get(path, (None,))[0]


def mailbox(person: Attendee) -> Element:
    """A person as Exchange names them in an item."""
    return t(
        "Mailbox", t("Name", person.name or person.address), t("EmailAddress", person.address),
        t("RoutingType", "SMTP"), t("MailboxType", "Mailbox"),
    )  # fmt: skip


def _attendee(person: Attendee) -> Element:
    at = t("LastResponseTime", utc(person.at)) if person.at else None
    return t("Attendee", mailbox(person), t("ResponseType", person.response), at)


def people(element: str, name: str) -> Tree:
    """The attendees of one sort, absent when there are none."""

    def read(look: Look) -> Element | None:
        found: tuple[Attendee, ...] = getattr(look.entry, name)
        return t(element, *map(_attendee, found)) if found else None

    return read


def names(name: str) -> Text:
    """The names of the attendees of one sort."""
    return lambda look: "; ".join(who.name or who.address for who in getattr(look.entry, name)) or None


def organizer(look: Look) -> Element:
    """Who called the meeting: the owner, unless the entry says otherwise."""
    found = look.entry.organizer or Attendee(look.owner.address, look.owner.display_name)
    return t("Organizer", mailbox(found))


def _key(look: Look) -> Entry:
    return look.shown.master or look.entry


def ident(look: Look) -> str:
    """The id of the item; an occurrence has one of its own."""
    return write_id(Ident("item", look.owner.address, _key(look).key, look.shown.original))


def mime_content(look: Look) -> Element:
    """The item as iCalendar, or the message around it."""
    content = write_message(look.owner, look.shown) if look.entry.message else (
        write_calendar(look.owner, look.shown).encode()
    )  # fmt: skip
    return t("MimeContent", base64.b64encode(content).decode("ascii"), CharacterSet="UTF-8")


def sequence(look: Look) -> str:
    """How often the organizer told the attendees of a change."""
    return str(look.entry.sequence)


def item_id(look: Look) -> Element:
    """The id with its change key."""
    return t("ItemId", Id=ident(look), ChangeKey=change_key(_key(look).version))


def folder_id(look: Look) -> Element:
    """The folder it is in."""
    folder = write_id(Ident("folder", look.owner.address, look.entry.folder))
    return t("ParentFolderId", Id=folder, ChangeKey=change_key(1))


def item_class(look: Look) -> str:
    """Messages and occurrences have classes of their own."""
    if look.entry.message is not None:
        return MESSAGE_CLASSES[look.entry.message.kind] + _RESPONSES.get(look.entry.message.response, "")
    return "IPM.Appointment.Occurrence" if look.shown.original else "IPM.Appointment"


def item_type(look: Look) -> str:
    """Single, Occurrence, Exception or RecurringMaster."""
    return look.shown.kind


def recurring(look: Look) -> str:
    """Whether it is a series or of one."""
    return yes(look.shown.kind != "Single")


def body(look: Look) -> Element:
    """The body, as it was given."""
    return t("Body", look.entry.body, BodyType=look.entry.body_type)


def categories(look: Look) -> Element | None:
    """Its categories, absent when there are none."""
    rows = [t("String", name) for name in look.entry.categories]
    return t("Categories", *rows) if rows else None


def size(look: Look) -> str:
    """About what the item takes up."""
    return str(2048 + 2 * sum(map(len, (look.entry.subject, look.entry.location, look.entry.body))))


def effective_rights(look: Look) -> Element:
    """What the caller may do with the item; nothing can be made inside one."""
    rights = {
        "CreateAssociated": False,
        "CreateContents": False,
        "CreateHierarchy": False,
        "Delete": "delete" in look.allowed,
        "Modify": "edit" in look.allowed,
        "Read": "read" in look.allowed,
        "ViewPrivateItems": "private" in look.allowed,
    }
    return t("EffectiveRights", *(t(right, yes(may)) for right, may in rights.items()))


def changed_by(look: Look) -> str:
    """Who changed it last."""
    return look.entry.changed_by or look.owner.display_name


def created(look: Look) -> str:
    """When it came into the calendar."""
    return utc(_key(look).created)


def modified(look: Look) -> str:
    """When it was last changed."""
    return utc(_key(look).modified)


def start(look: Look) -> str:
    """When it begins."""
    return utc(look.entry.start)


def end(look: Look) -> str:
    """When it ends."""
    return utc(look.entry.end)


def original_start(look: Look) -> str | None:
    """When the occurrence would have begun."""
    message = look.entry.message
    original = message.original if message else look.shown.original
    return utc(original) if original else None


def recurrence_id(look: Look) -> str | None:
    """The same, as iCalendar calls it."""
    return original_start(look)


def wall(name: str) -> Text:
    """A moment on the clocks of the entry's zone, with their offset."""

    def read(look: Look) -> str:
        moment: datetime = getattr(look.entry, name)
        return with_offset(moment.astimezone(ZoneInfo(look.entry.zone))).isoformat(timespec="seconds")

    return read


def length(look: Look) -> str:
    """How long it lasts."""
    return duration(look.entry.end - look.entry.start)


def zone_name(look: Look) -> str:
    """Its zone as Windows lists it."""
    return display_name(look.entry.zone, look.entry.start)


def zone_id(look: Look) -> str:
    """Its zone by its Windows name."""
    return windows_of(look.entry.zone)


def zone(element: str) -> Tree:
    """The zone by its name; the rules of a name are asked for with GetServerTimeZones."""
    return lambda look: t(element, Id=zone_id(look), Name=zone_name(look))


def reply_time(look: Look) -> str | None:
    """When the owner answered the invitation."""
    if look.entry.replied is not None:
        return utc(look.entry.replied)
    return modified(look) if look.entry.response in {"Accept", "Tentative", "Decline"} else None


def state(look: Look) -> str:
    """Bits of [MS-OXOCAL] 2.2.1.10: 1 meeting, 2 received, 4 cancelled."""
    entry = look.entry
    received = bool(entry.meeting) and entry.response != "Organizer"
    return str(bool(entry.meeting) + 2 * received + 4 * entry.cancelled)


def sent(look: Look) -> str:
    """Whether the attendees were told of the meeting."""
    return yes(look.entry.sent)


def is_organizer(look: Look) -> str:
    """Whether the owner called the meeting."""
    return yes(look.entry.response == "Organizer")
