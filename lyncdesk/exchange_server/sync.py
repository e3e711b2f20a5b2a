"""SyncFolderHierarchy and SyncFolderItems: what is new since a client asked before.

A sync state says which folder of which server it is of and how far the client has come; nothing is kept for
it here. One that is none, of another folder, of another server, or too old is refused, and the client begins
anew.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import astuple
from typing import Literal

from lyncdesk.exchange_server import contact_items
from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.contact_fields import contact_element
from lyncdesk.exchange_server.contacts import FOLDER as CONTACTS
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.folders import folder_element, read_folder_shape
from lyncdesk.exchange_server.history import Change, SyncPoint, T
from lyncdesk.exchange_server.ids import Ident, change_key, read_id, write_id
from lyncdesk.exchange_server.item_ids import ITEM_IDS, as_stored, look_at
from lyncdesk.exchange_server.item_reading import item_id
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    bad_value,
    children,
    choice_of,
    integer_of,
    m,
    name_of,
    need,
    only,
    t,
    text_of,
    yes,
)
from lyncdesk.exchange_server.model import Entry, Mailbox
from lyncdesk.exchange_server.paths import item_element, read_shape
from lyncdesk.exchange_server.places import BY_NAME, FOLDER_IDS, Place, find_place, inside

MOST_CHANGES = 512
SCOPES = ("NormalItems", "NormalAndAssociatedItems")
_LONGEST_STATE = 1000
_MARK = "lyncdesk.sync"


def write_state(place: Place, store: str, what: str, *numbers: int) -> str:
    """A sync state as a client gets it."""
    parts = (*_head(place, store, what), *map(str, numbers))
    return base64.b64encode("\x00".join(parts).encode()).decode("ascii")


def _head(place: Place, store: str, what: str) -> tuple[str, ...]:
    return _MARK, store, what, place.owner.address, place.folder.name


def read_state(text: str, place: Place, store: str, what: str, count: int) -> tuple[int, ...]:
    """The numbers of a sync state; an empty one has zeros. Raises RowError (ErrorInvalidSyncStateData)."""
    text = text.strip()
    if not text:
        return (0,) * count
    try:
        if len(text) > _LONGEST_STATE:
            raise ValueError
        parts = tuple(base64.b64decode(text, validate=True).decode().split("\x00"))
        head = _head(place, store, what)
        numbers = parts[len(head) :]
        fitting = len(numbers) == count and all(one.isascii() and one.isdigit() for one in numbers)
        if parts[: len(head)] != head or not fitting:
            raise ValueError
        return tuple(map(int, numbers))
    except (binascii.Error, ValueError):
        raise RowError("ErrorInvalidSyncStateData") from None


def _place(call: Call, found: dict[str, Element]) -> Place:
    """The folder to be synchronised; the top of the mailbox where none is named."""
    if "SyncFolderId" not in found:
        return Place(call.mailbox(call.user), BY_NAME["msgfolderroot"])
    target = found["SyncFolderId"]
    ids = list(only(target, *FOLDER_IDS, "AddressListId").values())
    if len(ids) != 1:
        raise bad_value("'SyncFolderId' element", "", target)
    return find_place(call, ids[0])


def _state_of(found: dict[str, Element]) -> str:
    return text_of(found["SyncState"]) if "SyncState" in found else ""


def sync_folder_hierarchy(call: Call, request: Element) -> Element:
    """SyncFolderHierarchy. The folders of a mailbox do not change, so they are told once."""
    found = only(request, "FolderShape", "SyncFolderId", "SyncState")
    wanted = read_folder_shape(need(found, "FolderShape", request))

    def sync(_request: Element) -> Iterator[Element]:
        place = _place(call, found)
        (told,) = read_state(_state_of(found), place, call.store.mark, "folders", 1)
        new = inside(place.folder.name, deep=True) if not told else []
        folders = (folder_element(call, Place(place.owner, folder), wanted) for folder in new)
        yield m("SyncState", write_state(place, call.store.mark, "folders", 1))
        yield m("IncludesLastFolderInRange", yes(True))
        yield m("Changes", *(t("Create", folder) for folder in folders))

    return rows(call, [request], sync, "SyncState", ("IncludesLastFolderInRange", "true"))


def sync_folder_items(call: Call, request: Element) -> Element:
    """SyncFolderItems: single items and masters of series; what an occurrence differs in is its master's."""
    found = only(
        request, "ItemShape", "SyncFolderId", "SyncState", "Ignore", "MaxChangesReturned", "SyncScope"
    )
    shape = need(found, "ItemShape", request)
    read_shape(shape)
    need(found, "SyncFolderId", request)
    most = integer_of(need(found, "MaxChangesReturned", request))
    if not 1 <= most <= MOST_CHANGES:
        raise bad_value("'MaxChangesReturned' element", str(most), found["MaxChangesReturned"])
    if "SyncScope" in found:
        choice_of(found["SyncScope"], SCOPES)
    ignored = children(found["Ignore"], *ITEM_IDS) if "Ignore" in found else ()
    passed_over = {(ident.address, ident.key) for ident in map(_ident, ignored)}

    def sync(_request: Element) -> Iterator[Element]:
        place = _place(call, found)
        point = SyncPoint(*read_state(_state_of(found), place, call.store.mark, "items", 3))
        if not point.base <= point.seen <= point.top:
            raise RowError("ErrorInvalidSyncStateData")
        changes, reached = _changes(call, place, point, most, shape)
        told = (change for key, change in changes if (place.owner.address, key) not in passed_over)
        yield m("SyncState", write_state(place, call.store.mark, "items", *astuple(reached)))
        yield m("IncludesLastItemInRange", yes(reached.seen == reached.top))
        yield m("Changes", *told)

    return rows(call, [request], sync, "SyncState", ("IncludesLastItemInRange", "true"))


def _ident(element: Element) -> Ident:
    name = {"OccurrenceItemId": "RecurringMasterId", "RecurringMasterItemId": "OccurrenceId"}
    return read_id(attribute(element, name.get(name_of(element), "Id")))


def _changes(
    call: Call, place: Place, point: SyncPoint, most: int, shape: Element
) -> tuple[list[tuple[str, Element]], SyncPoint]:
    """Each change by the key of its item, and the point then reached. Raises RowError."""
    owner = place.owner
    if place.folder.name == CONTACTS:
        of_contacts = call.store.contacts.changes(owner.address, point, most)
        if of_contacts is None:
            raise RowError("ErrorInvalidSyncStateData")
        properties = contact_items.read_shape(shape)
        return [
            (one.key, _gone(owner, "contact", one) if one.entry is None
             else t(one.kind, contact_element(owner, one.entry, properties, finding=True)))
            for one in of_contacts[0]
        ], of_contacts[1]  # fmt: skip
    found = call.store.changes(owner.address, place.folder.name, point, most)
    if found is None:
        raise RowError("ErrorInvalidSyncStateData")
    wanted = read_shape(shape)
    return [(one.key, _change(call, place, one, wanted)) for one in found[0]], found[1]


def _gone(owner: Mailbox, kind: Literal["item", "contact"], change: Change[T]) -> Element:
    ident = write_id(Ident(kind, owner.address, change.key))
    return t(change.kind, t("ItemId", Id=ident, ChangeKey=change_key(change.version)))


def _change(call: Call, place: Place, change: Change[Entry], wanted: frozenset[str]) -> Element:
    if change.entry is None:
        return _gone(place.owner, "item", change)
    look = look_at(call, place.owner, as_stored(place.owner, change.entry).shown)
    if change.kind == "ReadFlagChange":
        return t(change.kind, item_id(look), t("IsRead", yes(change.entry.read)))
    return t(change.kind, item_element(look, wanted, call.hidden, finding=True))
