"""MoveItem and CopyItem, within a mailbox: what is moved has another id afterwards."""

from collections.abc import Callable, Iterator

from lyncdesk.exchange_server import contact_items
from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.item_ids import ITEM_IDS, as_stored, find
from lyncdesk.exchange_server.items import ID_ONLY
from lyncdesk.exchange_server.markup import Element, bad_value, boolean_of, children, m, need, only
from lyncdesk.exchange_server.model import Entry
from lyncdesk.exchange_server.paths import item_element
from lyncdesk.exchange_server.places import FOLDER_IDS, Place, find_place
from lyncdesk.exchange_server.sharing import Right

MAIL = frozenset({"deleteditems", "drafts", "inbox", "junkemail", "outbox", "sentitems"})
"""Folders that take a message or, as a bin, anything."""

Do = Callable[[str, str, str], Entry]


def move_item(call: Call, request: Element) -> Element:
    """MoveItem."""
    return _each(call, request, call.store.move, "delete")


def copy_item(call: Call, request: Element) -> Element:
    """CopyItem."""
    return _each(call, request, call.store.copy, "read")


def _each(call: Call, request: Element, do: Do, right: Right) -> Element:
    """`right` is what it takes over an item to take it along."""
    found = only(request, "ToFolderId", "ItemIds", "ReturnNewItemIds")
    target = need(found, "ToFolderId", request)
    named = list(only(target, *FOLDER_IDS, "AddressListId").values())
    if len(named) != 1:
        raise bad_value("'ToFolderId' element", "", target)
    told = "ReturnNewItemIds" not in found or boolean_of(found["ReturnNewItemIds"])

    def one(element: Element) -> Iterator[Element]:
        place = find_place(call, named[0], lambda rights: rights.create)
        if contact_items.is_contact(element):
            raise RowError("ErrorMoveCopyFailed", "Contacts stay where they are.")
        item = find(call, element, right)
        if item.shown.original is not None:
            raise RowError("ErrorCalendarCannotMoveOrCopyOccurrence")
        if place.owner.address != item.owner.address:
            raise RowError("ErrorCrossMailboxMoveCopy")
        if item.owner.address != call.user:
            raise RowError("ErrorMoveCopyFailed", "What is in the calendar of another stays where it is.")
        if not _fits(item.stored, place):
            raise RowError("ErrorMoveCopyFailed", f"It does not belong into {place.folder.display}.")
        try:
            entry = do(call.user, item.stored.key, place.folder.name)
        except KeyError:
            raise RowError("ErrorItemNotFound") from None
        look = as_stored(item.owner, entry).look
        yield m("Items", *([item_element(look, ID_ONLY)] if told else []))

    return rows(call, children(need(found, "ItemIds", request), *ITEM_IDS), one, "Items")


def _fits(entry: Entry, place: Place) -> bool:
    if entry.message is None:
        return place.folder.name in {"calendar", "deleteditems"}
    return place.folder.name in MAIL
