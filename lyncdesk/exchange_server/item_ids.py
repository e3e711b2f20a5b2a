"""Which item of the store a request names."""

from dataclasses import dataclass

from lyncdesk.exchange_server.answers import Call
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.folders import BY_NAME, Place, allow
from lyncdesk.exchange_server.ids import Ident, read_id
from lyncdesk.exchange_server.item_reading import Look
from lyncdesk.exchange_server.markup import Element, attribute, integer, name_of
from lyncdesk.exchange_server.model import Entry, Mailbox, Shown
from lyncdesk.exchange_server.recurrence import occurrence, originals

ITEM_IDS = ("ItemId", "OccurrenceItemId", "RecurringMasterItemId")
_FARTHEST = 10_000  # occurrences are counted this far


@dataclass(frozen=True, slots=True)
class Found:
    """An item that a request names: whose it is, and what of the store it is."""

    owner: Mailbox
    stored: Entry
    shown: Shown

    @property
    def look(self) -> Look:
        return Look(self.owner, self.shown)


def _stored(call: Call, ident: Ident) -> tuple[Mailbox, Entry]:
    if ident.kind != "item":
        raise RowError("ErrorCannotUseFolderIdForItemId")
    owner = call.mailbox(ident.address)
    entry = call.store.entry(owner.address, ident.key)
    if entry is None:
        raise RowError("ErrorItemNotFound")
    allow(call, Place(owner, BY_NAME[entry.folder]))
    return owner, entry


def as_stored(owner: Mailbox, entry: Entry) -> Found:
    """The entry or the whole series."""
    return Found(owner, entry, Shown(entry, "RecurringMaster" if entry.recurrence else "Single"))


def look_at(call: Call, owner: Mailbox, shown: Shown) -> Look:
    """An item as it is answered; a message knows the meeting that it is about."""
    message = shown.entry.message
    return Look(owner, shown, call.store.entry(owner.address, message.about) if message else None)


def by_id(call: Call, text: str) -> Found:
    """The item of an id. Raises RowError."""
    ident = read_id(text)
    owner, entry = _stored(call, ident)
    if ident.original is None:
        return as_stored(owner, entry)
    shown = occurrence(entry, ident.original)
    if shown is None:
        raise RowError("ErrorItemNotFound")
    return Found(owner, entry, shown)


def find(call: Call, element: Element) -> Found:
    """The item that an id element names. Raises RowError."""
    match name_of(element):
        case "OccurrenceItemId":
            owner, entry = _stored(call, read_id(attribute(element, "RecurringMasterId")))
            if entry.recurrence is None:
                raise RowError("ErrorCalendarCannotUseIdForOccurrenceId")
            index = integer(attribute(element, "InstanceIndex"), "'InstanceIndex' attribute", element)
            return Found(owner, entry, _numbered(entry, index))
        case "RecurringMasterItemId":
            ident = read_id(attribute(element, "OccurrenceId"))
            owner, entry = _stored(call, ident)
            if ident.original is None:
                raise RowError("ErrorCalendarCannotUseIdForRecurringMasterId")
            return as_stored(owner, entry)
    return by_id(call, attribute(element, "Id"))


def _numbered(master: Entry, index: int) -> Shown:
    """The occurrence with a number, counting from 1 and counting the deleted ones too."""
    for number, original in enumerate(originals(master), 1):
        if number == index:
            shown = occurrence(master, original)
            if shown is None:
                raise RowError("ErrorCalendarOccurrenceIsDeletedFromRecurrence")
            return shown
        if number > _FARTHEST or index < 1:
            break
    raise RowError("ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange")
