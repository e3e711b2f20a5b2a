"""From a message about a meeting to the elements that say so. Used by the table in `message_fields`; of any
other item all of it is absent.
"""

from collections.abc import Callable

from lyncdesk.exchange_server.ids import Ident, change_key, write_id
from lyncdesk.exchange_server.item_reading import Look, mailbox
from lyncdesk.exchange_server.markup import Element, t, yes
from lyncdesk.exchange_server.model import Attendee, MeetingMessage
from lyncdesk.exchange_server.recurrence import part

ANSWERS = ("AcceptItem", "TentativelyAcceptItem", "DeclineItem")
Read = Callable[[Look], Element | str | None]


def told(how: Callable[[Look, MeetingMessage], Element | str | None]) -> Read:
    """What only a message has."""
    return lambda look: how(look, look.entry.message) if look.entry.message else None


def constant(text: str) -> Read:
    """Always the same."""
    return told(lambda _look, _message: text)


def person(element: str, how: Callable[[Look, MeetingMessage], Attendee]) -> Read:
    """One mailbox."""
    return told(lambda look, message: t(element, mailbox(how(look, message))))


def sender(_look: Look, message: MeetingMessage) -> Attendee:
    """Who sent it."""
    return message.sender


def receiver(look: Look, _message: MeetingMessage) -> Attendee:
    """In whose mailbox it is."""
    return Attendee(look.owner.address, look.owner.display_name)


def recipients(_look: Look, message: MeetingMessage) -> Element | None:
    """To whom it was sent."""
    return t("ToRecipients", *map(mailbox, message.to)) if message.to else None


def message_id(look: Look, _message: MeetingMessage) -> str:
    """The Message-ID of the mail."""
    host = look.owner.address.partition("@")[2]
    return f"<{look.entry.key}.{look.entry.version}@{host}>"


def topic(look: Look, _message: MeetingMessage) -> str | None:
    """What it is about."""
    return look.entry.subject or None


def is_read(look: Look, _message: MeetingMessage) -> str:
    """Whether it has been read."""
    return yes(look.entry.read)


def asked(look: Look, message: MeetingMessage) -> str:
    """Whether an answer is wanted."""
    wanted = look.entry.extras.get("IsResponseRequested", "true") == "true"
    return yes(message.kind == "MeetingRequest" and wanted)


def about(look: Look, message: MeetingMessage) -> Element | None:
    """The meeting in the calendar."""
    if look.about is None:
        return None
    ident = Ident("item", look.owner.address, look.about.key, message.original)
    return t("AssociatedCalendarItemId", Id=write_id(ident), ChangeKey=change_key(look.about.version))


def outdated(look: Look, message: MeetingMessage) -> str:
    """Whether the organizer has said something else since."""
    old = look.about is not None and part(look.about, message.original).sequence > look.entry.sequence
    return yes(old and message.kind == "MeetingRequest")


def processed(_look: Look, message: MeetingMessage) -> str:
    """Whether it has been answered."""
    return yes(message.processed)


def response(look: Look, message: MeetingMessage) -> str:
    """What a response says; of a request, what was said to it so far."""
    if message.kind == "MeetingResponse":
        return message.response
    return look.about.response if look.about is not None else "NoResponseReceived"


def is_organizer(look: Look, _message: MeetingMessage) -> str:
    """Whether the owner called the meeting."""
    return yes(look.entry.organizer is not None and look.entry.organizer.address == look.owner.address)


def response_objects(look: Look) -> Element | None:
    """What can be done to a meeting, or to a message about one, by CreateItem."""
    entry, message = look.entry, look.entry.message
    names: tuple[str, ...] = ()
    if message is not None:
        names = {"MeetingRequest": ANSWERS, "MeetingCancellation": ("RemoveItem",)}.get(message.kind, ())
    elif entry.meeting and entry.response == "Organizer":
        names = ("CancelCalendarItem",)
    elif entry.meeting:
        names = ("RemoveItem",) if entry.cancelled else ANSWERS
    return t("ResponseObjects", *map(t, names)) if names else None


def request_type(look: Look, message: MeetingMessage) -> str:
    """Which sort of request it is."""
    return "Outdated" if outdated(look, message) == "true" else message.request
