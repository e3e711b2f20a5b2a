"""DeleteItem: an entry, a whole series, or one occurrence of it."""

from collections.abc import Iterable

from lyncdesk.exchange_server import attending, contact_items, meetings
from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.changing import marked, without
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.item_ids import ITEM_IDS, Found, find
from lyncdesk.exchange_server.items import INVITATIONS
from lyncdesk.exchange_server.markup import Element, attribute, children, need, only
from lyncdesk.exchange_server.recurrence import part
from lyncdesk.exchange_server.responding import decline


def delete_item(call: Call, request: Element) -> Element:
    """DeleteItem: an entry, a whole series, or one occurrence of it."""
    found = only(request, "ItemIds")
    how = attribute(request, "DeleteType", ("HardDelete", "SoftDelete", "MoveToDeletedItems"))
    attribute(
        request, "AffectedTaskOccurrences", ("AllOccurrences", "SpecifiedOccurrenceOnly"), "AllOccurrences"
    )
    send = attribute(request, "SendMeetingCancellations", (*INVITATIONS, ""), "")

    def delete(element: Element) -> Iterable[Element]:
        if contact_items.is_contact(element):
            contact_items.delete(call, element)
            return ()
        item = find(call, element, "delete")
        if not send and item.stored.message is None:
            raise RowError("ErrorSendMeetingCancellationsRequired")
        _say(call, item, send)
        address, key, original = item.owner.address, item.stored.key, item.shown.original
        try:
            if original:
                fields = marked(("item:ItemId",), original)
                signed = call.signed(item.owner)
                call.store.change(address, key, lambda stored: without(stored, original), fields, signed)
            elif how == "MoveToDeletedItems" and item.stored.folder != "deleteditems":
                call.store.move(address, key, "deleteditems")
            else:
                call.store.remove(address, key)
        except KeyError:
            raise RowError("ErrorItemNotFound") from None
        return ()

    return rows(call, children(need(found, "ItemIds", request), *ITEM_IDS), delete)


def _say(call: Call, item: Found, send: str) -> None:
    """A meeting that its organizer deletes is cancelled, one that an attendee deletes is declined."""
    entry = part(item.stored, item.shown.original)
    if send in {"SendToNone", ""} or not entry.meeting or entry.message or item.stored.folder != "calendar":
        return
    if item.owner.address != call.user:
        raise RowError("ErrorSendAsDenied")
    if attending.called_by(entry):
        meetings.cancel(call, item.owner, item.stored, send, item.shown.original)
    elif entry.response != "Decline" and not entry.cancelled:
        disposition = "SendAndSaveCopy" if send.endswith("SaveCopy") else "SendOnly"
        decline(call, item.owner, item.stored, item.shown.original, disposition)
