"""Which item of the store a request names, and what of it the caller may see."""

from dataclasses import dataclass, replace

from lyncdesk.exchange_server.answers import Call
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.ids import Ident, read_id
from lyncdesk.exchange_server.item_reading import Look
from lyncdesk.exchange_server.markup import Element, attribute, integer, name_of
from lyncdesk.exchange_server.model import Entry, Mailbox, Shown
from lyncdesk.exchange_server.places import BY_NAME, Place, rights_in
from lyncdesk.exchange_server.recurrence import occurrence, originals
from lyncdesk.exchange_server.sharing import EVERYTHING, Right

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


def _stored(call: Call, ident: Ident, right: Right) -> tuple[Mailbox, Entry]:
    if ident.kind != "item":
        raise RowError("ErrorCannotUseFolderIdForItemId")
    owner = call.mailbox(ident.address)
    entry = call.store.entry(owner.address, ident.key)
    if entry is None:
        raise RowError("ErrorItemNotFound")
    if right not in _allowed(call, owner, entry):
        raise RowError("ErrorAccessDenied")
    return owner, entry


def _allowed(call: Call, owner: Mailbox, entry: Entry) -> frozenset[Right]:
    """What the caller may do with an item; with a private one of somebody else, no more than know of it."""
    if owner.address == call.user:
        return EVERYTHING
    allowed = rights_in(call, Place(owner, BY_NAME[entry.folder])).over(mine=entry.creator == call.user)
    return allowed & {"read"} if entry.private else allowed


def as_stored(owner: Mailbox, entry: Entry) -> Found:
    """The entry or the whole series."""
    return Found(owner, entry, Shown(entry, "RecurringMaster" if entry.recurrence else "Single"))


def look_at(call: Call, owner: Mailbox, shown: Shown) -> Look:
    """An item as it is answered to the caller; a message knows the meeting that it is about."""
    message = shown.entry.message
    about = call.store.entry(owner.address, message.about) if message else None
    allowed = _allowed(call, owner, shown.entry)
    if "private" not in allowed:
        shown = replace(shown, entry=_guarded(shown.entry))
    return Look(owner, shown, about, allowed)


def _guarded(entry: Entry) -> Entry:
    """The entry as others may see it: a private one tells its time only."""
    if entry.changed:
        changed = (replace(one, entry=_guarded(one.entry)) for one in entry.changed)
        entry = replace(entry, changed=tuple(changed))
    if not entry.private:
        return entry
    return replace(
        entry, subject="Private Appointment", location="", body="", categories=(), required=(), optional=(),
        resources=(), organizer=None, extras={}, extended={},
    )  # fmt: skip


def by_id(call: Call, text: str, right: Right = "read") -> Found:
    """The item of an id, if the caller may do with it what is asked. Raises RowError."""
    ident = read_id(text)
    owner, entry = _stored(call, ident, right)
    if ident.original is None:
        return as_stored(owner, entry)
    return _part(call, owner, entry, occurrence(entry, ident.original), right)


def _part(call: Call, owner: Mailbox, entry: Entry, shown: Shown | None, right: Right) -> Found:
    """One occurrence, which may be private in a series that is not."""
    if shown is None:
        raise RowError("ErrorItemNotFound")
    if right not in _allowed(call, owner, shown.entry):
        raise RowError("ErrorAccessDenied")
    return Found(owner, entry, shown)


def find(call: Call, element: Element, right: Right = "read") -> Found:
    """The item that an id element names, if the caller may do with it what is asked. Raises RowError."""
    match name_of(element):
        case "OccurrenceItemId":
            owner, entry = _stored(call, read_id(attribute(element, "RecurringMasterId")), right)
            if entry.recurrence is None:
                raise RowError("ErrorCalendarCannotUseIdForOccurrenceId")
            index = integer(attribute(element, "InstanceIndex"), "'InstanceIndex' attribute", element)
            return _part(call, owner, entry, _numbered(entry, index), right)
        case "RecurringMasterItemId":
            ident = read_id(attribute(element, "OccurrenceId"))
            owner, entry = _stored(call, ident, right)
            if ident.original is None:
                raise RowError("ErrorCalendarCannotUseIdForRecurringMasterId")
            return as_stored(owner, entry)
    return by_id(call, attribute(element, "Id"), right)


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
