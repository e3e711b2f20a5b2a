"""The embedded Exchange as others use it: people, their entries, faults, and a server on loopback."""

import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server import autodiscover, autodiscover_pox, autodiscover_soap
from lyncdesk.exchange_server.autodiscover import Directions
from lyncdesk.exchange_server.contacts import Contact
from lyncdesk.exchange_server.core import Answer, Core, Counters, Logged
from lyncdesk.exchange_server.editions import AS_2007
from lyncdesk.exchange_server.errors import TEXTS
from lyncdesk.exchange_server.fault import Fault
from lyncdesk.exchange_server.faults import AUTODISCOVER, EVERYTHING, Faults
from lyncdesk.exchange_server.listening import Limits
from lyncdesk.exchange_server.logins import USUAL, Door, read_schemes
from lyncdesk.exchange_server.model import Entry, Mailbox, OofSettings, WorkingHours
from lyncdesk.exchange_server.sharing import Shared, rights_of
from lyncdesk.exchange_server.store import Listener, Store
from lyncdesk.exchange_server.thin import read_thin
from lyncdesk.exchange_server.web import PATH, Site, Visit, WebServer

LOOPBACK = "127.0.0.1"
_NO_PHONES: Mapping[str, str] = MappingProxyType({})
_LIMITS = Limits()
_HOURS = WorkingHours()
_NO_OOF = OofSettings()
_SERVICE_PAGE = b"<html><head><title>AutodiscoverService Service</title></head><body></body></html>"
_METHODS = ("GET", "HEAD", "POST")
_NO_SUCH_METHOD = Answer(405, b"", headers=(("Allow", "POST"),))


class Exchange:
    """A simulated Exchange server.

    `now` tells its time and may be virtual; it must answer with aware datetimes. Everything may be called
    from any thread. `faults` makes it fail to order, `autodiscover` says where it sends people, `counters`
    tells what it was asked. `thin` names what it does without, see `be_thin`.
    """

    def __init__(
        self, now: Callable[[], datetime], limits: Limits = _LIMITS, thin: str | Iterable[str] = ()
    ) -> None:
        self.store = Store(now)
        self.faults = Faults()
        self.autodiscover = Directions()
        self.counters = Counters()
        self._core = Core(self.store, self.counters)
        self._limits = limits
        self.be_thin(thin)
        self._server: WebServer | None = None

    def be_thin(self, names: str | Iterable[str]) -> None:
        """Have the traits, or those of the profiles, that are named (`thin.TRAITS`, `thin.PROFILES`).

        No names make it whole again. Raises ValueError.
        """
        self._core.thin = read_thin(names)

    # --- people and entries ---

    def add_person(
        self,
        address: str,
        password: str,
        *,
        name: str = "",
        aliases: tuple[str, ...] = (),
        title: str = "",
        company: str = "",
        phones: Mapping[str, str] = _NO_PHONES,
        zone: str = "UTC",
        working_hours: WorkingHours = _HOURS,
        oof: OofSettings = _NO_OOF,
        sharing: Shared = "FreeBusyTimeOnly",
    ) -> Mailbox:
        """Take in a person with a mailbox. `zone` is an IANA name; `phones` has the keys work, mobile, home.

        Raises ValueError for an address that is taken, zoneinfo.ZoneInfoNotFoundError for an unknown zone.
        """
        ZoneInfo(zone)
        return self.store.add_mailbox(
            Mailbox(
                address, password, name, aliases, title, company, phones, zone, working_hours, oof, sharing
            )
        )

    def add_entry(self, address: str, entry: Entry) -> Entry:
        """Put an entry into a person's calendar; the answer has its `key`. Raises KeyError, ValueError."""
        return self.store.add(address, _checked(entry))

    def change_entry(self, address: str, key: str, **changes: Any) -> Entry:
        """Change attributes of an entry. Raises KeyError, ValueError, TypeError."""
        return self.store.change(address, key, lambda entry: _checked(replace(entry, **changes)))

    def remove_entry(self, address: str, key: str) -> Entry:
        """Take an entry out of a calendar. Raises KeyError."""
        return self.store.remove(address, key)

    def entries(self, address: str) -> tuple[Entry, ...]:
        """A person's calendar: single entries and masters of series. Raises KeyError."""
        return self.store.entries(address)

    def add_contact(self, address: str, contact: Contact) -> Contact:
        """Put a contact into a person's contacts; the answer has its `key`. Raises KeyError."""
        owner = self.store.mailbox(address)
        if owner is None:
            raise KeyError(address)
        return self.store.contacts.add(owner.address, contact)

    def contacts(self, address: str) -> tuple[Contact, ...]:
        """A person's contacts. Raises KeyError."""
        owner = self.store.mailbox(address)
        if owner is None:
            raise KeyError(address)
        return self.store.contacts.of(owner.address)

    def set_oof(self, address: str, oof: OofSettings) -> None:
        """Set a person's automatic replies. Raises KeyError."""
        self.store.change_mailbox(address, lambda mailbox: replace(mailbox, oof=oof))

    def break_free_busy(self, address: str, code: str = "ErrorFreeBusyGenerationFailed") -> None:
        """Fail when anybody asks for a person's free/busy; an empty code mends it. Raises KeyError."""
        if code and code not in TEXTS:
            raise KeyError(code)
        self.store.change_mailbox(address, lambda mailbox: replace(mailbox, free_busy_error=code))

    def share(self, owner: str, level: Shared, viewer: str | None = None) -> None:
        """What `viewer`, or everybody, may do with the owner's calendar. Raises KeyError."""
        rights_of(level)

        def change(mailbox: Mailbox) -> Mailbox:
            version = mailbox.shared_version + 1
            if viewer is None:
                return replace(mailbox, sharing=level, shared_version=version)
            people = {**mailbox.shared_with, viewer.casefold(): level}
            return replace(mailbox, shared_with=people, shared_version=version)

        self.store.change_mailbox(owner, change)

    def on_change(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(address)` after each change of a mailbox; the answer is the function that ends
        this.
        """
        return self.store.on_change(listener)

    # --- requests ---

    def sign_in(self, user: str, password: str) -> str | None:
        """The address of the person, or None, which is counted as a refused login."""
        address = self.store.sign_in(user, password)
        if address is None:
            self.counters.refuse(user.casefold())
        return address

    def handle(self, user: str, request: bytes) -> bytes:
        """The bytes of the answer to a request of a person who has signed in, faults included.

        A fault that never answers gives no bytes at all.
        """
        answer = self.answer(user, request)
        return answer.body if answer else b""

    def answer(self, user: str, request: bytes) -> Answer | None:
        """The answer over HTTP; None when a fault wants none."""
        fault = self.faults.take(user, lambda: self._core.operation(request))
        if fault is None:
            return self._core.handle(user, request)
        if fault.silent:
            return None
        return self._instead(user, fault) or fault.spoil(self._core.handle(user, request, fault))

    def _instead(self, user: str, fault: Fault) -> Answer | None:
        if fault.refuse:
            self.counters.refuse(user)
        return fault.instead

    # --- the server ---

    def _open(self, method: str, path: str) -> Answer | None:
        """The answer to who has not signed in: a path that is not there, a method that nothing takes, the
        address where Autodiscover really is.
        """
        path = path.casefold()
        old = self._core.thin.edition == AS_2007
        if path not in {PATH.casefold(), *autodiscover.PATHS} or (old and path == autodiscover.SOAP_PATH):
            return Answer(404, b"")
        if method not in _METHODS:
            return _NO_SUCH_METHOD
        target = self.autodiscover.redirect_to
        if target and method != "POST" and path in autodiscover.PATHS:
            return Answer(302, b"", headers=(("Location", target),))
        fault = self.faults.take_for_strangers(AUTODISCOVER if path in autodiscover.PATHS else EVERYTHING)
        return fault.instead if fault else None

    def _serve(self, visit: Visit) -> Answer | None:
        """The answer to who has."""
        path = visit.path.casefold()
        found = AUTODISCOVER if path in autodiscover.PATHS else lambda: self._core.operation(visit.body)
        if not visit.fresh and self.faults.refuses(visit.user, found):
            return Answer(401, b"")  # the connection is known no more; nobody has tried a password
        if path in autodiscover.PATHS:
            fault = self.faults.take_of(visit.user, AUTODISCOVER)
            if fault is None:
                return self._autodiscovered(visit, path)
            if fault.silent:
                return None
            return self._instead(visit.user, fault) or fault.spoil(self._autodiscovered(visit, path))
        if visit.method != "POST":
            return _NO_SUCH_METHOD
        return self.answer(visit.user, visit.body)

    def _autodiscovered(self, visit: Visit, path: str) -> Answer:
        now = self.store.now()
        if path == autodiscover.SOAP_PATH:
            if visit.method != "POST":
                return Answer(200, _SERVICE_PAGE, "text/html; charset=utf-8")
            operation = "GetUserSettings"
            answer, codes = autodiscover_soap.answer(self.store, self.autodiscover, visit.body, visit.base)
        else:
            operation = "Autodiscover"
            answer, codes = autodiscover_pox.answer(
                self.store, self.autodiscover, visit.body, visit.base, now, self._core.thin.edition
            )
        self.counters.count(visit.user, Logged(now, operation, codes))
        return answer

    def start(
        self,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        schemes: Iterable[str] = USUAL,
    ) -> str:
        """Listen, and answer with the URL. Port 0 takes a free one.

        `schemes` are the ways to sign in: Basic, NTLM, Negotiate (which carries NTLM here), in the order in
        which they are offered. It listens on this computer alone: what guards made-up people guards nobody.
        Raises OSError, RuntimeError, ValueError.
        """
        if self._server is not None:
            raise RuntimeError("the server is running")
        offered = read_schemes(schemes)
        door = Door(self.sign_in, self.store.person, self.counters.refuse, self.store.now, offered)
        site = Site(door, self.store.now, lambda: self.faults.skew, self._open, self._serve)
        server = WebServer(LOOPBACK, port, site, tls, self._limits)
        server.start()
        self._server = server
        return server.url

    @property
    def url(self) -> str | None:
        """Where it listens; None when it does not."""
        return self._server.url if self._server else None

    def stop(self) -> None:
        """Stop listening; every thread has ended afterwards. Calling it again does no harm."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()


def _checked(entry: Entry) -> Entry:
    """The entry, if it makes sense. Raises ValueError."""
    if entry.start.tzinfo is None or entry.end.tzinfo is None:
        raise ValueError("an entry's start and end must be aware datetimes")
    if entry.end < entry.start:
        raise ValueError("an entry's end must not lie before its start")
    return entry
