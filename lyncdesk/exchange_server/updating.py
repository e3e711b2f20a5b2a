"""UpdateItem: an entry, a whole series, or one occurrence of it, and what happens when somebody else was
faster.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lyncdesk.exchange_server import contact_items, extended, meetings
from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.changing import changed, marked
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.fields import NOT_KEPT
from lyncdesk.exchange_server.ids import version_of
from lyncdesk.exchange_server.item_ids import ITEM_IDS, Found, as_stored, find
from lyncdesk.exchange_server.item_reading import Look
from lyncdesk.exchange_server.item_writing import merge
from lyncdesk.exchange_server.items import DISPOSITIONS, ID_ONLY, INVITATIONS
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
from lyncdesk.exchange_server.message_fields import FIELDS, WRITABLE
from lyncdesk.exchange_server.model import Entry
from lyncdesk.exchange_server.paths import PATHS, item_element, path_of
from lyncdesk.exchange_server.recurrence import occurrence

UPDATES = (*INVITATIONS, "SendOnlyToChanged", "SendToChangedAndSaveCopy")
RESOLUTIONS = ("NeverOverwrite", "AutoResolve", "AlwaysOverwrite")
CALENDAR_ITEM = ("CalendarItem",)
CHANGES = ("SetItemField", "AppendToItemField", "DeleteItemField")


@dataclass(frozen=True, slots=True)
class Update:
    """What an ItemChange wants: the attributes to set, and the properties they belong to."""

    values: Mapping[str, Any]
    fields: frozenset[str]


def _read_update(updates: Element, kinds: tuple[str, ...]) -> Update:
    values: dict[str, Any] = {}
    fields: set[str] = set()
    for change in children(updates, *CHANGES):
        parts = list(change)
        if not parts or name_of(parts[0]) not in PATHS:
            raise unexpected(parts[0] if parts else change, change)
        uri = path_of(parts[0])
        field = FIELDS.get(uri)
        fields.add(uri)
        if kinds != CALENDAR_ITEM and uri not in WRITABLE and not uri.startswith(extended.PREFIX):
            raise RowError("ErrorInvalidPropertySet", f"{uri}.")
        match name_of(change):
            case "AppendToItemField":
                raise RowError("ErrorInvalidPropertyAppend", f"{uri}.")
            case "DeleteItemField":
                # What is never kept is always deleted: exchangelib deletes all it has no value for.
                if uri not in NOT_KEPT:
                    merge(values, _cleared(uri))
            case _:
                if len(parts) != 2 or name_of(parts[1]) not in kinds or len(parts[1]) != 1:
                    raise RowError("ErrorIncorrectUpdatePropertyCount")
                if uri.startswith(extended.PREFIX):
                    merge(values, _extended(parts[1][0], uri))
                    continue
                if field is None or field.write is None:
                    raise RowError("ErrorInvalidPropertySet", f"{uri}.")
                if name_of(parts[1][0]) != field.element:
                    raise RowError("ErrorUpdatePropertyMismatch", f"{uri}.")
                merge(values, field.write(parts[1][0]))
    values.pop("organizer", None)  # comes with MimeContent; who called a meeting stays who called it
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
    """UpdateItem."""
    found = only(request, "SavedItemFolderId", "ItemChanges")
    resolution = attribute(request, "ConflictResolution", RESOLUTIONS)
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
        item = find(call, ids[0], "edit")
        message = item.stored.message
        if not send and message is None:
            raise RowError("ErrorSendMeetingInvitationsOrCancellationsRequired")
        kinds = ("Message", "MeetingMessage", message.kind) if message else CALENDAR_ITEM
        wanted = _read_update(need(parts, "Updates", element), kinds)
        version = _version(ids[0].get("ChangeKey"), resolution)
        fields = marked(wanted.fields, item.shown.original)

        before: list[Entry] = []

        def change(stored: Entry) -> Entry:
            before.append(stored)
            if version is not None and version != stored.version:
                _resolve(call, item, version, fields, resolution)
            after = changed(stored, item.shown.original, wanted.values)
            meetings.check_sender(call, item.owner, send, stored, after)
            return after

        signed = call.signed(item.owner)
        try:
            stored = call.store.change(item.owner.address, item.stored.key, change, fields, signed)
        except KeyError:
            raise RowError("ErrorItemNotFound") from None
        if message is None:
            stored = meetings.tell(call, item.owner, before[0], stored, send, item.shown.original)
        after = occurrence(stored, item.shown.original) if item.shown.original else None
        look = Look(item.owner, after) if after else as_stored(item.owner, stored).look
        yield m("Items", item_element(look, ID_ONLY))
        yield m("ConflictResults", t("Count", "0"))

    return rows(call, children(need(found, "ItemChanges", request), "ItemChange"), update, "Items")


def _version(key: str | None, resolution: str) -> int | None:
    """The version that the client has seen; None when it does not mind. Raises RowError."""
    if not key:
        if resolution == "AlwaysOverwrite":
            return None
        raise RowError("ErrorChangeKeyRequiredForWriteOperations")
    version = version_of(key)
    if version < 0:
        raise RowError("ErrorInvalidChangeKey")
    return None if resolution == "AlwaysOverwrite" else version


def _resolve(call: Call, item: Found, version: int, fields: frozenset[str], resolution: str) -> None:
    """A stale change key is a conflict; AutoResolve lets it pass when the others changed other properties,
    or the same of another occurrence. Raises RowError.
    """
    since = call.store.changed_since(item.owner.address, item.stored.key, version)
    if resolution == "NeverOverwrite" or not since:
        raise RowError("ErrorIrresolvableConflict")
    pairs = ((mine.rpartition(" "), theirs.rpartition(" ")) for mine in fields for theirs in since)
    for (mine, _, my_uri), (theirs, _, their_uri) in pairs:
        # What an occurrence has is the master's until it gets its own.
        if my_uri == their_uri and (mine == theirs or not mine or not theirs):
            raise RowError("ErrorIrresolvableConflict")
