"""CreateItem of a response: accepting, declining and removing a meeting, and cancelling one's own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from lyncdesk.exchange_server import attending, meetings
from lyncdesk.exchange_server.answers import Call
from lyncdesk.exchange_server.changing import changed, marked, without
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.item_ids import Found, as_stored, by_id
from lyncdesk.exchange_server.item_reading import Look
from lyncdesk.exchange_server.item_writing import body
from lyncdesk.exchange_server.markup import Element, attribute, name_of, need, only
from lyncdesk.exchange_server.model import Attendee, Entry, Mailbox, MeetingMessage
from lyncdesk.exchange_server.recurrence import occurrence
from lyncdesk.exchange_server.recurrence import part as part_of
from lyncdesk.exchange_server.store import Store

_PARTS = (
    *("ItemClass", "Subject", "Sensitivity", "Body", "Attachments", "InternetMessageHeaders", "Sender"),
    *("ToRecipients", "CcRecipients", "BccRecipients", "IsReadReceiptRequested"),
    *("IsDeliveryReceiptRequested", "From", "ReferenceItemId", "NewBodyContent", "ProposedStart"),
    "ProposedEnd",
)


@dataclass(frozen=True, slots=True)
class Response:
    """What an attendee says: the response, the word in the error codes, and how the subject begins."""

    response: str
    word: str
    prefix: str


RESPONSES: Mapping[str, Response] = MappingProxyType(
    {
        "AcceptItem": Response("Accept", "Accept", "Accepted: "),
        "TentativelyAcceptItem": Response("Tentative", "Tentative", "Tentative: "),
        "DeclineItem": Response("Decline", "Decline", "Declined: "),
    }
)
OBJECTS = (*RESPONSES, "CancelCalendarItem", "RemoveItem")


def respond(call: Call, element: Element, disposition: str) -> list[Look]:
    """What CreateItem of a response object does; the answer is the items that it is about then.

    Raises RowError.
    """
    found = only(element, *_PARTS)
    reference = need(found, "ReferenceItemId", element)
    item = by_id(call, attribute(reference, "Id"))
    if item.owner.address != call.user:
        raise RowError("ErrorAccessDenied")
    text = found.get("NewBodyContent", found.get("Body"))
    words = meetings.Words(*body(text).values()) if text is not None else meetings.Words()
    match name_of(element):
        case "CancelCalendarItem":
            return list(_cancel(call, item, words))
        case "RemoveItem":
            return list(_remove(call, item))
    return list(_answer(call, item, RESPONSES[name_of(element)], words, disposition))


# --- attendees ---


def _meeting(call: Call, item: Found, word: str) -> tuple[Entry, datetime | None]:
    """The meeting in the calendar that is answered, and the occurrence of it. Raises RowError."""
    message, original = item.stored.message, item.shown.original
    if message is None:
        entry = item.stored
    else:
        original = message.original
        if message.kind != "MeetingRequest":
            raise RowError("ErrorInvalidReferenceItem")
        entry = _of_request(call.store, item.owner, item.stored, message)
    shown = occurrence(entry, original) if original else None
    if original is not None and shown is None:
        raise RowError("ErrorItemNotFound")
    if entry.folder != "calendar":
        raise RowError("ErrorInvalidReferenceItem")
    if entry.response == "Organizer" or not entry.meeting:
        raise RowError(f"ErrorCalendarIsOrganizerFor{word}")
    if (shown.entry if shown else entry).cancelled:
        raise RowError(f"ErrorCalendarIsCancelledFor{word}")
    return entry, original


def _of_request(store: Store, owner: Mailbox, request: Entry, message: MeetingMessage) -> Entry:
    """The meeting that a request is about; one that was deleted meanwhile comes back by the request."""
    caller = attending.organizer_of(owner, request).address
    entry = attending.meeting_of(store, owner.address, request.uid, caller)
    if entry is None:
        if message.original is not None:
            raise RowError("ErrorItemNotFound")
        return store.add(owner.address, replace(request, folder="calendar", message=None, key="", read=True))
    if part_of(entry, message.original).sequence > request.sequence:
        raise RowError("ErrorCalendarMeetingRequestIsOutOfDate")
    return entry


def _answer(call: Call, item: Found, response: Response, words: meetings.Words, disposition: str
            ) -> Iterator[Look]:  # fmt: skip
    store, owner = call.store, item.owner
    entry, original = _meeting(call, item, response.word)
    part = part_of(entry, original)
    declined = response.response == "Decline"
    values = {
        "response": response.response,
        "show_as": _show_as(part, response.response),
        "replied": call.now,
    }
    fields = marked(("calendar:MyResponseType", "calendar:LegacyFreeBusyStatus"), original)
    if declined and original is not None:
        entry = store.change(owner.address, entry.key, lambda own: without(own, original), fields)
    else:
        entry = store.change(owner.address, entry.key, lambda own: changed(own, original, values), fields)
    if declined and original is None:
        entry = store.move(owner.address, entry.key, "deleteditems")
    if disposition != "SaveOnly":
        _reply(
            call,
            owner,
            replace(part, body=words.body, body_type=words.body_type),
            response,
            original,
            entry.key,
            disposition,
        )
    if item.stored.message is not None:
        done = replace(item.stored.message, processed=True, about=entry.key)
        store.change(owner.address, item.stored.key, lambda own: replace(own, message=done, read=True))
        store.move(owner.address, item.stored.key, "deleteditems")
    shown = occurrence(entry, original) if original else None
    if shown is not None:
        yield Look(owner, shown)
    elif original is None:
        yield as_stored(owner, entry).look


def decline(call: Call, owner: Mailbox, entry: Entry, original: datetime | None, disposition: str) -> None:
    """Tell the organizer of a meeting that the owner does not come."""
    part = replace(part_of(entry, original), body="", body_type="Text")
    _reply(call, owner, part, RESPONSES["DeclineItem"], original, entry.key, disposition)


def _show_as(entry: Entry, response: str) -> str | None:
    if response == "Accept":
        return entry.intended or "Busy"
    return "Tentative" if response == "Tentative" and entry.intended != "Free" else "Free"


def _reply(call: Call, owner: Mailbox, part: Entry, response: Response, original: datetime | None, about: str,
           disposition: str) -> None:  # fmt: skip
    """The organizer is told, and sees in the meeting who has answered what."""
    sender = Attendee(owner.address, owner.display_name, response.response, call.now)
    to = part.organizer or Attendee("")
    said = MeetingMessage("MeetingResponse", sender, (to,), about, original, response.response)
    subject = response.prefix + part.subject
    if disposition == "SendAndSaveCopy":
        attending.deliver(
            call.store, owner.address, meetings.message(owner, part, said, subject, "sentitems")
        )
    box = call.store.mailbox(to.address)
    if box is None or box.address == owner.address:
        return
    meeting = attending.meeting_of(call.store, box.address, part.uid, box.address)
    if meeting is not None and meeting.response == "Organizer":
        fields = marked(("calendar:RequiredAttendees",), original)
        if original is None or occurrence(meeting, original) is not None:
            attending.change_if_there(
                call.store,
                box.address,
                meeting.key,
                lambda own: _answered(call.store, own, sender, original),
                fields,
            )
    said = replace(said, about=meeting.key if meeting else "")
    attending.deliver(call.store, box.address, meetings.message(owner, part, said, subject))


def _answered(store: Store, meeting: Entry, sender: Attendee, original: datetime | None) -> Entry:
    part = part_of(meeting, original)
    values = {
        name: tuple(
            replace(person, response=sender.response, at=sender.at)
            if attending.same(store, person, sender.address)
            else person
            for person in getattr(part, name)
        )
        for name in meetings.LISTS
    }
    return changed(meeting, original, values)


def _remove(call: Call, item: Found) -> Iterator[Look]:
    """A meeting that was cancelled, out of the calendar."""
    message = item.stored.message
    if message is not None and message.kind != "MeetingCancellation":
        raise RowError("ErrorInvalidReferenceItem")
    original = message.original if message else item.shown.original
    caller = attending.organizer_of(item.owner, item.stored).address
    entry = (
        item.stored
        if message is None
        else attending.meeting_of(call.store, call.user, item.stored.uid, caller)
    )
    if entry is not None:
        part = part_of(entry, original)
        if part.response == "Organizer":
            raise RowError("ErrorCalendarIsOrganizerForRemove")
        if not part.cancelled:
            raise RowError("ErrorInvalidReferenceItem")
        if original is None:
            entry = call.store.move(call.user, entry.key, "deleteditems")
        elif occurrence(entry, original) is not None:
            fields = marked(("item:ItemId",), original)
            gone = original
            entry = call.store.change(call.user, entry.key, lambda own: without(own, gone), fields)
        yield as_stored(item.owner, entry).look
    if message is not None:
        done = replace(message, processed=True)
        call.store.change(call.user, item.stored.key, lambda own: replace(own, message=done, read=True))
        call.store.move(call.user, item.stored.key, "deleteditems")


# --- organizers ---


def _cancel(call: Call, item: Found, words: meetings.Words) -> Iterator[Look]:
    entry, original, owner = item.stored, item.shown.original, item.owner
    if entry.message is not None or not entry.meeting or entry.folder != "calendar":
        raise RowError("ErrorInvalidReferenceItem")
    if entry.response != "Organizer":
        raise RowError("ErrorCalendarIsNotOrganizer")
    meetings.cancel(call, owner, entry, "SendToAllAndSaveCopy", original, words)
    if original is not None:
        gone = original
        fields = marked(("item:ItemId",), original)
        entry = call.store.change(owner.address, entry.key, lambda own: without(own, gone), fields)
    else:
        call.store.change(owner.address, entry.key, lambda own: replace(own, cancelled=True))
        entry = call.store.move(owner.address, entry.key, "deleteditems")
    yield as_stored(owner, entry).look
