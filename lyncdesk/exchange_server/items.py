"""GetItem, CreateItem, UpdateItem and DeleteItem."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from lyncdesk.exchange_server import contact_items, extended
from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.fields import ELEMENTS, FIELDS, NOT_KEPT
from lyncdesk.exchange_server.finding import guarded
from lyncdesk.exchange_server.folders import BY_NAME, FOLDER_IDS, Place, find_place
from lyncdesk.exchange_server.ids import version_of
from lyncdesk.exchange_server.item_ids import ITEM_IDS, Found, as_stored, find
from lyncdesk.exchange_server.item_reading import Look
from lyncdesk.exchange_server.item_writing import merge, settle
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    bad_value,
    children,
    m,
    name_of,
    need,
    only,
    t,
    unexpected,
)
from lyncdesk.exchange_server.model import Attendee, Changed, Entry, Shown
from lyncdesk.exchange_server.paths import PATHS, item_element, path_of, read_shape
from lyncdesk.exchange_server.recurrence import occurrence

INVITATIONS = ("SendToNone", "SendOnlyToAll", "SendToAllAndSaveCopy")
UPDATES = (*INVITATIONS, "SendOnlyToChanged", "SendToChangedAndSaveCopy")
DISPOSITIONS = ("SaveOnly", "SendOnly", "SendAndSaveCopy")
CHANGES = ("SetItemField", "AppendToItemField", "DeleteItemField")
ID_ONLY = frozenset({"item:ItemId"})
_OTHER_ITEMS = """
    Item Message SharingMessage Contact DistributionList MeetingMessage MeetingRequest MeetingResponse
    MeetingCancellation Task PostItem ReplyToItem ForwardItem ReplyAllToItem AcceptItem
    TentativelyAcceptItem DeclineItem CancelCalendarItem RemoveItem
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
        shown = replace(item.shown, entry=guarded(call.user, item.owner, item.shown.entry))
        yield m("Items", item_element(Look(item.owner, shown), wanted, call.hidden))

    return rows(call, children(need(found, "ItemIds", request), *ITEM_IDS), get, "Items")


def create_item(call: Call, request: Element) -> Element:
    """CreateItem, for calendar items and contacts."""
    found = only(request, "SavedItemFolderId", "Items")
    attribute(request, "MessageDisposition", DISPOSITIONS, "SaveOnly")
    send = attribute(request, "SendMeetingInvitations", (*INVITATIONS, ""), "")
    target = found.get("SavedItemFolderId")

    def create(element: Element) -> Iterable[Element]:
        if name_of(element) == "Contact":
            yield contact_items.create(call, element, target)
            return
        if name_of(element) != "CalendarItem":
            raise RowError("ErrorInvalidItemForOperationCreateItem")
        if not send:
            raise RowError("ErrorSendMeetingInvitationsRequired")
        place = Place(call.mailbox(call.user), BY_NAME["calendar"])
        if target is not None and len(target):
            place = find_place(call, target[0])
        if place.owner.address != call.user:
            raise RowError("ErrorAccessDenied")
        if place.folder.name != "calendar":
            raise RowError("ErrorCannotCreateCalendarItemInNonCalendarFolder")
        owner = place.owner
        blank = Entry(start=call.now, end=call.now, zone=call.zone)
        entry = settle(blank, _new_values(element, call))
        if entry.organizer is None:
            entry = replace(entry, organizer=Attendee(owner.address, owner.display_name, "Organizer"))
        stored = call.store.add(owner.address, entry)
        yield m("Items", item_element(as_stored(owner, stored).look, ID_ONLY))

    if target is not None:
        only(target, *FOLDER_IDS, "AddressListId")
    allowed = ("CalendarItem", *sorted(OTHER_ITEMS))
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


@dataclass(frozen=True, slots=True)
class Update:
    """What an ItemChange wants: the attributes to set, and the properties they belong to."""

    values: Mapping[str, Any]
    fields: frozenset[str]


def _read_update(updates: Element) -> Update:
    values: dict[str, Any] = {}
    fields: set[str] = set()
    for change in children(updates, *CHANGES):
        parts = list(change)
        if not parts or name_of(parts[0]) not in PATHS:
            raise unexpected(parts[0] if parts else change, change)
        uri = path_of(parts[0])
        field = FIELDS.get(uri)
        fields.add(uri)
        match name_of(change):
            case "AppendToItemField":
                raise RowError("ErrorInvalidPropertyAppend", f"{uri}.")
            case "DeleteItemField":
                # What is never kept is always deleted: exchangelib deletes all it has no value for.
                if uri not in NOT_KEPT:
                    merge(values, _cleared(uri))
            case _:
                if len(parts) != 2 or name_of(parts[1]) != "CalendarItem" or len(parts[1]) != 1:
                    raise RowError("ErrorIncorrectUpdatePropertyCount")
                if uri.startswith(extended.PREFIX):
                    merge(values, _extended(parts[1][0], uri))
                    continue
                if field is None or field.write is None:
                    raise RowError("ErrorInvalidPropertySet", f"{uri}.")
                if name_of(parts[1][0]) != field.element:
                    raise RowError("ErrorUpdatePropertyMismatch", f"{uri}.")
                merge(values, field.write(parts[1][0]))
    return Update(MappingProxyType(values), frozenset(fields))


def _extended(element: Element, uri: str) -> Mapping[str, Any]:
    found = extended.read(element) if name_of(element) == "ExtendedProperty" else {"extended": {}}
    if list(found["extended"]) != [uri]:
        raise RowError("ErrorUpdatePropertyMismatch")
    return found


def _cleared(uri: str) -> Mapping[str, Any]:
    if uri.startswith(extended.PREFIX):
        return extended.clear(uri)
    field = FIELDS.get(uri)
    if field is None or field.clear is None:
        raise RowError("ErrorInvalidPropertyDelete", f"{uri}.")
    return field.clear


def update_item(call: Call, request: Element) -> Element:
    """UpdateItem: an entry, a whole series, or one occurrence of it."""
    found = only(request, "SavedItemFolderId", "ItemChanges")
    resolution = attribute(
        request, "ConflictResolution", ("NeverOverwrite", "AutoResolve", "AlwaysOverwrite")
    )
    attribute(request, "MessageDisposition", DISPOSITIONS, "SaveOnly")
    send = attribute(request, "SendMeetingInvitationsOrCancellations", (*UPDATES, ""), "")

    def update(element: Element) -> Iterable[Element]:
        parts = only(element, *ITEM_IDS, "Updates")
        ids = [part for name, part in parts.items() if name in ITEM_IDS]
        if len(ids) != 1:
            raise bad_value("'ItemChange' element", "", element)
        if contact_items.is_contact(ids[0]):
            yield from contact_items.update(call, ids[0], need(parts, "Updates", element), resolution)
            return
        if not send:
            raise RowError("ErrorSendMeetingInvitationsOrCancellationsRequired")
        item = find(call, ids[0])
        if item.owner.address != call.user:
            raise RowError("ErrorAccessDenied")
        wanted = _read_update(need(parts, "Updates", element))

        def change(stored: Entry) -> Entry:
            _check_conflict(call, item, stored, wanted, ids[0].get("ChangeKey"), resolution)
            return _changed(stored, item, wanted)

        try:
            stored = call.store.change(item.owner.address, item.stored.key, change, wanted.fields)
        except KeyError:
            raise RowError("ErrorItemNotFound") from None
        after = occurrence(stored, item.shown.original) if item.shown.original else None
        look = Look(item.owner, after) if after else as_stored(item.owner, stored).look
        yield m("Items", item_element(look, ID_ONLY))
        yield m("ConflictResults", t("Count", "0"))

    return rows(call, children(need(found, "ItemChanges", request), "ItemChange"), update, "Items")


def _check_conflict(call: Call, item: Found, stored: Entry, wanted: Update, key: str | None,
                    resolution: str) -> None:  # fmt: skip
    """A stale change key is a conflict; AutoResolve lets it pass when the others changed other properties."""
    if resolution == "AlwaysOverwrite":
        return
    if not key:
        raise RowError("ErrorChangeKeyRequiredForWriteOperations")
    version = version_of(key)
    if version == stored.version:
        return
    since = call.store.changed_since(item.owner.address, stored.key, version) if version > 0 else None
    if resolution == "NeverOverwrite" or since is None or since & wanted.fields or not since:
        raise RowError("ErrorIrresolvableConflict")


def _changed(stored: Entry, item: Found, wanted: Update) -> Entry:
    original = item.shown.original
    if original is None:
        return settle(stored, wanted.values)
    if "recurrence" in wanted.values:
        raise RowError("ErrorInvalidPropertySet", "calendar:Recurrence.")
    shown = occurrence(stored, original)
    if shown is None:
        raise RowError("ErrorItemNotFound")
    changed = Changed(original, settle(shown.entry, wanted.values))
    others = [change for change in stored.changed if change.original != original]
    return replace(stored, changed=tuple(sorted((*others, changed), key=lambda change: change.original)))


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
                call.store.change(address, key, lambda stored: _without(stored, item.shown))
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
