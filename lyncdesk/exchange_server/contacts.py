"""The contacts of a mailbox: what one is, and where they are kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import RLock
from types import MappingProxyType

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


class Shelf:
    """The contacts of all mailboxes, by address. Safe to use from several threads.

    `now` tells the time of the server; `tell` hears the address of a mailbox after each change.
    """

    def __init__(self, now: Callable[[], datetime], tell: Callable[[str], None]) -> None:
        self._now = now
        self._tell = tell
        self._lock = RLock()
        self._version = 0
        self._contacts: dict[str, dict[str, Contact]] = {}

    def of(self, address: str) -> tuple[Contact, ...]:
        """The contacts of a mailbox, in the order in which they came."""
        with self._lock:
            return tuple(self._contacts.get(address, {}).values())

    def get(self, address: str, key: str) -> Contact | None:
        """One contact."""
        with self._lock:
            return self._contacts.get(address, {}).get(key)

    def add(self, address: str, contact: Contact) -> Contact:
        """Take in a contact; the answer has its key and version."""
        with self._lock:
            self._version += 1
            at = self._now()
            key = f"{self._version:08x}"
            contact = replace(contact, key=key, version=self._version, created=at, modified=at)
            self._contacts.setdefault(address, {})[key] = contact
        self._tell(address)
        return contact

    def change(self, address: str, key: str, make: Callable[[Contact], Contact]) -> Contact:
        """Replace a contact by what `make` makes of it; what that raises changes nothing. Raises KeyError."""
        with self._lock:
            inside = self._contacts.get(address, {})
            made = make(inside[key])
            self._version += 1
            inside[key] = made = replace(made, key=key, version=self._version, modified=self._now())
        self._tell(address)
        return made

    def remove(self, address: str, key: str) -> Contact:
        """Take a contact out for good. Raises KeyError."""
        with self._lock:
            gone = self._contacts.get(address, {}).pop(key)
        self._tell(address)
        return gone
