"""The contacts of a mailbox: what one is, and where they are kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import RLock
from types import MappingProxyType
from typing import Protocol

from lyncdesk.exchange_server.history import Change, Event, EventKind, History, SyncPoint
from lyncdesk.exchange_server.quota import not_too_long, room_for_another

FOLDER = "contacts"
EMAILS = ("EmailAddress1", "EmailAddress2", "EmailAddress3")
PHONES = (
    "AssistantPhone", "BusinessFax", "BusinessPhone", "BusinessPhone2", "Callback", "CarPhone",
    "CompanyMainPhone", "HomeFax", "HomePhone", "HomePhone2", "Isdn", "MobilePhone", "OtherFax",
    "OtherTelephone", "Pager", "PrimaryPhone", "RadioPhone", "Telex", "TtyTddPhone", "BusinessMobile",
    "IPPhone", "Mms", "Msn",
)  # fmt: skip
_NOTHING: Mapping[str, str] = MappingProxyType({})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact. `texts` by the names of the schema's elements (GivenName, JobTitle ...), `emails` and
    `phones` by their keys there. `key`, `version`, `created` and `modified` are given by the shelf.
    """

    texts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    emails: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    phones: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    categories: tuple[str, ...] = ()
    key: str = ""
    version: int = 0
    created: datetime = _EPOCH
    modified: datetime = _EPOCH

    @property
    def name(self) -> str:
        """What it is shown as."""
        texts = self.texts
        both = " ".join(filter(None, (texts.get("GivenName"), texts.get("Surname"))))
        first = next(iter(self.emails.values()), "")
        return texts.get("DisplayName") or both or texts.get("CompanyName") or first

    @property
    def file_as(self) -> str:
        """What it is sorted by: Keller, Anna."""
        texts = self.texts
        both = ", ".join(filter(None, (texts.get("Surname"), texts.get("GivenName"))))
        return texts.get("FileAs") or both or self.name


def _fitting(contact: Contact) -> None:
    parts = (contact.texts, contact.emails, contact.phones)
    not_too_long((*(text for part in parts for text in part.values()), *contact.categories))


class House(Protocol):
    """What the shelf shares with the rest of the store."""

    now: Callable[[], datetime]
    lock: RLock

    def tell(self, address: str) -> None: ...

    def next_version(self) -> int: ...

    def begun(self, point: SyncPoint) -> SyncPoint | None: ...


class Shelf:
    """The contacts of all mailboxes, by address. Safe to use from several threads."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = house.lock
        self._made = 0
        self._contacts: dict[str, dict[str, Contact]] = {}
        self._histories: dict[str, History] = {}

    def history(self, address: str) -> History:
        """The past of a mailbox's contacts; called with the lock."""
        return self._histories.setdefault(address, History())

    def changes(
        self, address: str, point: SyncPoint, most: int
    ) -> tuple[list[Change[Contact]], SyncPoint] | None:
        """What a client that has come to `point` has to be told of the contacts, and where it is then; None
        when that is not known any more.
        """
        with self._lock:
            begun = self._house.begun(point)
            if begun is None:
                return None
            return self.history(address).changes_since(FOLDER, self.of(address), begun, most)

    def _event(self, kind: EventKind, contact: Contact) -> Event:
        return Event(contact.version, self._house.now(), kind, contact.key, FOLDER)

    def of(self, address: str) -> tuple[Contact, ...]:
        """The contacts of a mailbox, in the order in which they came."""
        with self._lock:
            return tuple(self._contacts.get(address, {}).values())

    def get(self, address: str, key: str) -> Contact | None:
        """One contact."""
        with self._lock:
            return self._contacts.get(address, {}).get(key)

    def add(self, address: str, contact: Contact) -> Contact:
        """Take in a contact; the answer has its key and version. Raises RowError."""
        with self._lock:
            room_for_another(self.of(address))
            _fitting(contact)
            self._made += 1
            at = self._house.now()
            key, version = f"{self._made:08x}", self._house.next_version()
            contact = replace(contact, key=key, version=version, created=at, modified=at)
            self._contacts.setdefault(address, {})[key] = contact
            self.history(address).entered(self._event("Created", contact))
        self._house.tell(address)
        return contact

    def change(self, address: str, key: str, make: Callable[[Contact], Contact]) -> Contact:
        """Replace a contact by what `make` makes of it; what that raises changes nothing. Raises KeyError."""
        with self._lock:
            inside = self._contacts.get(address, {})
            made = make(inside[key])
            _fitting(made)
            version = self._house.next_version()
            inside[key] = made = replace(made, key=key, version=version, modified=self._house.now())
            self.history(address).changed(self._event("Modified", made), ())
        self._house.tell(address)
        return made

    def remove(self, address: str, key: str) -> Contact:
        """Take a contact out for good. Raises KeyError."""
        with self._lock:
            gone = self._contacts.get(address, {}).pop(key)
            gone = replace(gone, version=self._house.next_version())
            self.history(address).left(self._event("Deleted", gone))
        self._house.tell(address)
        return gone
