"""Whose a meeting is and who attends it, and how its items come into their mailboxes."""

from collections.abc import Callable, Iterable

from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.model import Attendee, Entry, Mailbox
from lyncdesk.exchange_server.store import Store


def attendees(entry: Entry) -> dict[str, Attendee]:
    """The attendees by address."""
    people = (*entry.required, *entry.optional, *entry.resources)
    return {person.address.casefold(): person for person in people}


def called_by(entry: Entry) -> bool:
    """Whether the owner of the calendar called the meeting."""
    return entry.response == "Organizer"


def organizer_of(owner: Mailbox, entry: Entry) -> Attendee:
    """Who called the meeting: the owner, unless the entry says otherwise."""
    return entry.organizer or Attendee(owner.address, owner.display_name, "Organizer")


def meeting_of(store: Store, address: str, uid: str, caller: str) -> Entry | None:
    """The meeting of a uid in somebody's calendar, if it is `caller` who called it: who knows a uid has no
    say in the meetings of others.
    """
    return next(
        (
            entry
            for entry in store.entries(address)
            if entry.uid == uid
            and _canonical(store, entry.organizer.address if entry.organizer else address)
            == _canonical(store, caller)
        ),
        None,
    )


def _canonical(store: Store, address: str) -> str:
    """The one address of a mailbox, or an address of nobody here as it is."""
    box = store.mailbox(address)
    return box.address if box else address.casefold()


def invited(store: Store, entry: Entry) -> dict[str, Attendee]:
    """The attendees, each mailbox once, whatever it is called."""
    return {_canonical(store, address): person for address, person in attendees(entry).items()}


def deliver(store: Store, address: str, entry: Entry) -> Entry | None:
    """Put an item into somebody's mailbox; one that is full takes no more."""
    try:
        return store.add(address, entry)
    except RowError:
        return None


def change_if_there(
    store: Store, address: str, key: str, make: Callable[[Entry], Entry], fields: Iterable[str] = ()
) -> Entry | None:
    """Change somebody's item, unless it, or the occurrence in question, has been deleted meanwhile."""
    try:
        return store.change(address, key, make, fields)
    except (KeyError, RowError):
        return None


def same(store: Store, person: Attendee, address: str) -> bool:
    """Whether a person is the owner of a mailbox, under whichever address."""
    box = store.mailbox(person.address)
    return box is not None and box.address == address


def answer(store: Store, entry: Entry, address: str) -> str:
    """What the owner of a mailbox has answered, as the meeting says."""
    found = (person.response for person in attendees(entry).values() if same(store, person, address))
    said = next(found, "")
    return said if said in {"Accept", "Tentative", "Decline"} else "NoResponseReceived"
