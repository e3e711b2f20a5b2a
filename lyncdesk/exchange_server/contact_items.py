"""Contacts in the operations on items: what GetItem, FindItem, CreateItem, UpdateItem and DeleteItem do with
them. A contact that is deleted is gone, wherever it should have been moved.
"""

from collections.abc import Iterable

from lyncdesk.exchange_server.answers import Call
from lyncdesk.exchange_server.contact_fields import (
    FIELDS,
    INDEXED,
    ROWS,
    contact_element,
    indexed_by,
    read_entries,
    set_indexed,
    write_property,
)
from lyncdesk.exchange_server.contacts import FOLDER, Contact
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.folders import page
from lyncdesk.exchange_server.ids import Ident, read_id, version_of
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    children,
    choice_of,
    integer,
    m,
    name_of,
    need,
    only,
    t,
    unexpected,
    yes,
)
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.paths import PATHS, SHAPE_PARTS, path_of
from lyncdesk.exchange_server.places import BY_NAME, Place, find_place

CHANGES = ("SetItemField", "AppendToItemField", "DeleteItemField")
_ID_ONLY = frozenset({"item:ItemId"})
_UNSUPPORTED = (
    "FractionalPageItemView", "SeekToConditionPageItemView", "GroupBy",
    "DistinguishedGroupBy", "QueryString", "Restriction", "SortOrder",
)  # fmt: skip


def is_contact(element: Element) -> bool:
    """Whether an id element is that of a contact."""
    if name_of(element) != "ItemId":
        return False
    try:
        return read_id(attribute(element, "Id")).kind == "contact"
    except RowError:
        return False


def read_shape(element: Element) -> frozenset[str]:
    """The properties of contacts that an ItemShape asks for; the id always comes."""
    found = only(element, *SHAPE_PARTS)
    base = choice_of(need(found, "BaseShape", element), ("IdOnly", "Default", "AllProperties"))
    shapes = {
        "IdOnly": set(_ID_ONLY),
        "Default": {row.uri for row in ROWS if row.default},
        "AllProperties": {row.uri for row in ROWS},
    }
    wanted = shapes[base] | _ID_ONLY
    more = found.get("AdditionalProperties")
    for path in children(more, *PATHS) if more is not None else ():
        if name_of(path) == "IndexedFieldURI":
            name, _key = indexed_by(path)
            wanted.add(f"contacts:{name}")
        else:
            wanted.add(path_of(path))
    return frozenset(wanted)


def _found(call: Call, element: Element) -> tuple[Mailbox, Contact]:
    ident: Ident = read_id(attribute(element, "Id"))
    owner = call.mailbox(ident.address)
    if owner.address != call.user:
        raise RowError("ErrorAccessDenied")
    contact = call.store.contacts.get(owner.address, ident.key)
    if contact is None:
        raise RowError("ErrorItemNotFound")
    return owner, contact


def get(call: Call, element: Element, shape: Element) -> Element:
    """The Items of GetItem for the id of a contact."""
    owner, contact = _found(call, element)
    return m("Items", contact_element(owner, contact, read_shape(shape)))


def create(call: Call, element: Element, target: Element | None) -> Element:
    """The Items of CreateItem for a Contact element; `target` is the SavedItemFolderId."""
    place = Place(call.mailbox(call.user), BY_NAME[FOLDER])
    if target is not None and len(target):
        place = find_place(call, target[0])
    if place.owner.address != call.user:
        raise RowError("ErrorAccessDenied")
    if place.folder.name != FOLDER:
        raise RowError("ErrorInvalidFolderTypeForOperation", "A contact belongs into a contacts folder.")
    contact = Contact()
    for child in children(element):
        contact = write_property(contact, child)
    stored = call.store.contacts.add(place.owner.address, contact)
    return m("Items", contact_element(place.owner, stored, _ID_ONLY))


def update(call: Call, element: Element, updates: Element, resolution: str) -> Iterable[Element]:
    """The parts of UpdateItem's answer for the id of a contact."""
    owner, contact = _found(call, element)
    key = element.get("ChangeKey")
    changes = list(children(updates, *CHANGES))

    def make(stored: Contact) -> Contact:
        if resolution != "AlwaysOverwrite":
            if not key:
                raise RowError("ErrorChangeKeyRequiredForWriteOperations")
            if version_of(key) != stored.version:
                raise RowError("ErrorIrresolvableConflict")
        for change in changes:
            stored = _changed(stored, change)
        return stored

    try:
        stored = call.store.contacts.change(owner.address, contact.key, make)
    except KeyError:
        raise RowError("ErrorItemNotFound") from None
    yield m("Items", contact_element(owner, stored, _ID_ONLY))
    yield m("ConflictResults", t("Count", "0"))


def _changed(contact: Contact, change: Element) -> Contact:
    parts = list(change)
    if not parts or name_of(parts[0]) not in PATHS:
        raise unexpected(parts[0] if parts else change, change)
    path, how = parts[0], name_of(change)
    uri = path_of(path)
    name, key = indexed_by(path) if name_of(path) == "IndexedFieldURI" else ("", "")
    row = FIELDS.get(uri)
    if how == "AppendToItemField":
        raise RowError("ErrorInvalidPropertyAppend", f"{uri}.")
    if how == "DeleteItemField":
        if name:
            return set_indexed(contact, name, key, None)
        # What is never kept is always deleted: exchangelib deletes all it has no value for.
        return row.write(contact, None) if row is not None and row.write is not None else contact
    if len(parts) != 2 or name_of(parts[1]) != "Contact" or len(parts[1]) != 1:
        raise RowError("ErrorIncorrectUpdatePropertyCount")
    value = parts[1][0]
    if name:
        entries = list(value)
        if name_of(value) != name or [entry.get("Key") for entry in entries] != [key]:
            raise RowError("ErrorUpdatePropertyMismatch", f"{name}.")
        return read_entries(contact, value)
    if row is None or row.write is None or row.element in INDEXED:
        raise RowError("ErrorInvalidPropertySet", f"{uri}.")
    if name_of(value) != row.element:
        raise RowError("ErrorUpdatePropertyMismatch", f"{uri}.")
    return write_property(contact, value)


def delete(call: Call, element: Element) -> None:
    """DeleteItem for the id of a contact."""
    owner, contact = _found(call, element)
    try:
        call.store.contacts.remove(owner.address, contact.key)
    except KeyError:
        raise RowError("ErrorItemNotFound") from None


def find(call: Call, place: Place, request: Element, *, listed: bool) -> Element:
    """The RootFolder of FindItem in a contacts folder, ordered by what the contacts are filed as."""
    parts = {name_of(child): child for child in request}
    if "CalendarView" in parts:
        raise RowError("ErrorCalendarFolderIsInvalidForCalendarView")
    for name in _UNSUPPORTED:
        if name in parts:
            raise RowError("ErrorUnsupportedQueryFilter", f"{name} in a contacts folder.")
    wanted = read_shape(need(parts, "ItemShape", request))
    inside = call.store.contacts.of(place.owner.address) if listed else ()
    ordered = sorted(inside, key=lambda contact: contact.file_as.casefold())
    view = parts.get("ContactsView")
    if view is not None:
        first, last = (view.get(name, "").casefold() for name in ("InitialName", "FinalName"))
        names = [contact.name.casefold() for contact in ordered]
        ordered = [
            contact
            for contact, name in zip(ordered, names, strict=True)
            if name >= first and (not last or name <= last or name.startswith(last))
        ]
        most = integer(view.get("MaxEntriesReturned", "1000"), "'MaxEntriesReturned' attribute", view)
        if most <= 0:
            raise RowError("ErrorInvalidPagingMaxRows")
        shown, start, end = ordered[:most], 0, min(most, len(ordered))
    else:
        paged = parts.get("IndexedPageItemView")
        start, end = (0, len(ordered)) if paged is None else page(paged, len(ordered))
        shown = ordered[start:end]
    elements = (contact_element(place.owner, contact, wanted, finding=True) for contact in shown)
    return m(
        "RootFolder",
        t("Items", *elements),
        IndexedPagingOffset=str(end),
        TotalItemsInView=str(len(ordered)),
        IncludesLastItemInRange=yes(end >= len(ordered)),
    )
