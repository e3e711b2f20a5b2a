"""DeleteItem: an entry, a whole series, or one occurrence of it."""

from collections.abc import Iterable
from dataclasses import replace

from lyncdesk.exchange_server import contact_items
from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.item_ids import ITEM_IDS, find
from lyncdesk.exchange_server.items import INVITATIONS
from lyncdesk.exchange_server.markup import Element, attribute, children, need, only
from lyncdesk.exchange_server.model import Entry, Shown
from lyncdesk.exchange_server.updating import marked


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
        item = find(call, element)
        if not send:
            raise RowError("ErrorSendMeetingCancellationsRequired")
        if item.owner.address != call.user:
            raise RowError("ErrorAccessDenied")
        address, key = item.owner.address, item.stored.key
        try:
            if item.shown.original:
                fields = marked(("item:ItemId",), item.shown.original)
                call.store.change(address, key, lambda stored: _without(stored, item.shown), fields)
            elif how == "MoveToDeletedItems":
                call.store.move(address, key, "deleteditems")
            else:
                call.store.remove(address, key)
        except KeyError:
            raise RowError("ErrorItemNotFound") from None
        return ()

    return rows(call, children(need(found, "ItemIds", request), *ITEM_IDS), delete)


def _without(stored: Entry, shown: Shown) -> Entry:
    original = shown.original
    if original is None or original in stored.deleted:
        raise RowError("ErrorItemNotFound")
    return replace(
        stored, deleted=tuple(sorted((*stored.deleted, original))),
        changed=tuple(change for change in stored.changed if change.original != original),
    )  # fmt: skip
