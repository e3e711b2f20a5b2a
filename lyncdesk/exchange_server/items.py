"""GetItem and CreateItem."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from lyncdesk.exchange_server import attending, contact_items, extended, meetings
from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.fields import ELEMENTS, NOT_KEPT
from lyncdesk.exchange_server.item_ids import ITEM_IDS, as_stored, find, look_at
from lyncdesk.exchange_server.item_writing import merge, settle
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    children,
    m,
    name_of,
    need,
    only,
    unexpected,
)
from lyncdesk.exchange_server.model import Attendee, Entry
from lyncdesk.exchange_server.paths import item_element, read_shape
from lyncdesk.exchange_server.places import BY_NAME, FOLDER_IDS, Place, find_place
from lyncdesk.exchange_server.responding import OBJECTS, respond

INVITATIONS = ("SendToNone", "SendOnlyToAll", "SendToAllAndSaveCopy")
DISPOSITIONS = ("SaveOnly", "SendOnly", "SendAndSaveCopy")
ID_ONLY = frozenset({"item:ItemId"})
_OTHER_ITEMS = """
    Item Message SharingMessage Contact DistributionList MeetingMessage MeetingRequest MeetingResponse
    MeetingCancellation Task PostItem ReplyToItem ForwardItem ReplyAllToItem SuppressReadReceipt
    PostReplyItem AcceptSharingInvitation RoleMember Network Person Booking
"""
OTHER_ITEMS = frozenset(_OTHER_ITEMS.split())
NOT_KEPT_ELEMENTS = frozenset(uri.partition(":")[2] for uri in NOT_KEPT)


def get_item(call: Call, request: Element) -> Element:
    """GetItem."""
    found = only(request, "ItemShape", "ItemIds")
    shape = need(found, "ItemShape", request)
    wanted = read_shape(shape)

    def get(element: Element) -> Iterable[Element]:
        if contact_items.is_contact(element):
            yield contact_items.get(call, element, shape)
            return
        item = find(call, element)
        yield m("Items", item_element(look_at(call, item.owner, item.shown), wanted, call.hidden))

    return rows(call, children(need(found, "ItemIds", request), *ITEM_IDS), get, "Items")


def create_item(call: Call, request: Element) -> Element:
    """CreateItem, for calendar items, contacts, and responses to meetings."""
    found = only(request, "SavedItemFolderId", "Items")
    disposition = attribute(request, "MessageDisposition", DISPOSITIONS, "SaveOnly")
    send = attribute(request, "SendMeetingInvitations", (*INVITATIONS, ""), "")
    target = found.get("SavedItemFolderId")

    def create(element: Element) -> Iterable[Element]:
        if name_of(element) == "Contact":
            yield contact_items.create(call, element, target)
            return
        if name_of(element) in OBJECTS:
            try:
                looks = respond(call, element, disposition)
            except KeyError:  # somebody else has just deleted it
                raise RowError("ErrorItemNotFound") from None
            yield m("Items", *(item_element(look, ID_ONLY) for look in looks))
            return
        if name_of(element) != "CalendarItem":
            raise RowError("ErrorInvalidItemForOperationCreateItem")
        if not send:
            raise RowError("ErrorSendMeetingInvitationsRequired")
        place = Place(call.mailbox(call.user), BY_NAME["calendar"])
        if target is not None and len(target):
            place = find_place(call, target[0], lambda rights: rights.create)
        if place.folder.name != "calendar":
            raise RowError("ErrorCannotCreateCalendarItemInNonCalendarFolder")
        owner = place.owner
        blank = Entry(start=call.now, end=call.now, zone=call.zone)
        entry = settle(blank, _new_values(element, call))
        if entry.organizer is None:
            entry = replace(entry, organizer=Attendee(owner.address, owner.display_name, "Organizer"))
        elif not attending.same(call.store, entry.organizer, owner.address):
            entry = replace(entry, response=attending.answer(call.store, entry, owner.address))
        meetings.check_sender(call, owner, send, entry)
        if owner.address != call.user:
            entry = replace(entry, creator=call.user)
        stored = call.store.add(owner.address, entry, call.signed(owner))
        stored = meetings.tell(call, owner, None, stored, send)
        yield m("Items", item_element(as_stored(owner, stored).look, ID_ONLY))

    if target is not None:
        only(target, *FOLDER_IDS, "AddressListId")
    allowed = ("CalendarItem", *OBJECTS, *sorted(OTHER_ITEMS))
    return rows(call, children(need(found, "Items", request), *allowed), create, "Items")


def _new_values(item: Element, call: Call) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for child in children(item):
        _merge_value(values, child, item)
    begin = values.get("start", call.now)
    values.setdefault("end", begin)
    return values


def _merge_value(values: dict[str, Any], child: Element, parent: Element) -> None:
    if name_of(child) == "ExtendedProperty":
        merge(values, extended.read(child))
        return
    field = ELEMENTS.get(name_of(child))
    if field is None and name_of(child) not in NOT_KEPT_ELEMENTS:
        raise unexpected(child, parent)
    if field is None or field.write is None:
        raise RowError("ErrorInvalidPropertySet", f"{name_of(child)}.")
    merge(values, field.write(child))
