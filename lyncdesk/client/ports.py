"""What the client needs of the world, as small ports named for the need.

Each has an in-memory twin that ships with the product; one contract suite runs over twin and real adapter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from lyncdesk.client.problems import Problem
from lyncdesk.presence.freebusy import WorkingHours
from lyncdesk.presence.inputs import Machine, OutOfOffice
from lyncdesk.presence.items import Item, ShowAs
from lyncdesk.presence.publication import Profile, Publication, Seen
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.rights import Right, Rights

if TYPE_CHECKING:
    from lyncdesk.client.history import Entry, Past


class ProblemError(Exception):
    """A port could not do its work; ``problem`` says what, why and what to do.

    ``back_off`` is the server's own wish, if it gave one: no request earlier than that. ``requests`` were
    sent before it was given up, as far as that is known.
    """

    def __init__(self, problem: Problem, back_off: timedelta | None = None, requests: int = 0) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.back_off = back_off
        self.requests = requests


class Clock(Protocol):
    """Wall time of one person's world, real or virtual."""

    def now(self) -> datetime:
        """The current instant, aware, UTC."""

    async def wait_until(self, moment: datetime) -> None:
        """Return once ``now() >= moment``; may return early (the caller looks again)."""


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that a check asks for, half open, aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a check cost on the way: bytes of HTTP, packed as they travel and without what TLS adds, and the
    real time from the first byte of each request to the last of its answer.
    """

    sent: int = 0
    received: int = 0
    waited: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """What one calendar check brought.

    ``details`` is False when the server left out what tells an appointment from a meeting (the seed's
    comments).
    ``complete`` is False when recurring items may be missing, because neither server nor client could take
    them apart.
    ``requests`` counts the requests that were sent, ``duration`` is real time spent, ``server`` a build
    or "".
    ``out_of_office`` None means that replies are off; ``out_of_office_told`` False, that nothing was told.
    ``limits`` names what the server could not do, in words for the Connection tab. ``sign_in`` is the way of
    signing in that the server took (of AUTHENTICATIONS), "" where that is not known. ``traffic`` is None
    where nothing travels; ``without`` names the problem with which a part failed that a check can do without.
    """

    items: tuple[Item, ...]
    out_of_office: OutOfOffice | None = None
    details: bool = True
    complete: bool = True
    working_hours: WorkingHours | None = None
    requests: int = 1
    duration: timedelta = timedelta()
    server: str = ""
    limits: tuple[str, ...] = ()
    out_of_office_told: bool = True
    sign_in: str = ""
    traffic: Traffic | None = None
    without: str = ""


@dataclass(frozen=True, slots=True)
class ItemKey:
    """One state of one item: what the server calls it, and the key that each change of it replaces."""

    id: str
    change_key: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a write left: the key of what was written (of a whole series, its master), which a next write
    needs. ``former`` is the show-as of before where only the server knew it.
    """

    key: ItemKey
    former: ShowAs | None = None


class CalendarSource(Protocol):
    """Where items come from, and where a changed Show As goes back to."""

    async def fetch(self, window: Window, next_due_in: timedelta | None = None) -> CalendarAnswer:
        """Read the calendar once; ``next_due_in`` tells how soon it will be asked again.

        Raises:
            ProblemError: when nothing trustworthy came back; never an empty answer instead.
        """

    async def change_show_as(self, key: ItemKey, show_as: ShowAs, *, series: bool = False) -> Written:
        """Write another show-as to an item, or to the whole series that it belongs to; tells nobody.

        Raises:
            ProblemError: ``item-changed`` and ``item-gone`` when the item is not in the state that ``key``
                names; nothing was written then. After others it may have been: a check tells.
        """

    async def close(self) -> None:
        """Give back everything the source holds (processes, connections)."""


class Pool(Protocol):
    """Where presence goes and contacts come from."""

    async def sign_in(self, address: str, on_seen: Callable[[Seen], None]) -> None:
        """Start to receive contacts; ``on_seen`` is called on the caller's loop for each contact's news."""

    async def publish(self, publication: Publication, gives: Mapping[str, Relationship]) -> None:
        """Publish one's presence; what a viewer may not see is filtered before it is sent to the viewer."""

    async def add_contact(self, address: str) -> None:
        """Follow a person; unknown addresses raise ProblemError ``unknown-contact``."""

    async def follow(self, addresses: Iterable[str]) -> tuple[Problem, ...]:
        """Follow those who are on the contact list already; what is wrong with single ones comes back."""

    async def remove_contact(self, address: str) -> None:
        """Follow a person no more."""

    async def search(self, text: str) -> tuple[Seen, ...]:
        """People of the directory whose name or address holds ``text``, at most 50."""

    async def sign_out(self) -> None:
        """Withdraw the presence (others see Offline) and receive nothing more."""


@dataclass(frozen=True, slots=True)
class ContactsAsked:
    """One read of the contacts' calendars: which time, and what makes its answer old.

    ``started`` is the moment of the read, ``interval`` the rhythm of the reads; ``next_due_in`` tells how
    soon the next one comes. ``rights`` asks as well for what others may see of one's own calendar, and for
    what else need not be asked each time: who one is, and who contacts are whose names are not known.
    """

    started: datetime
    window: Window
    interval: timedelta
    next_due_in: timedelta | None = None
    rights: bool = False


@dataclass(frozen=True, slots=True)
class ContactsAnswer:
    """What one read brought: of how many people a calendar, of how many none, in how many requests.

    ``rights`` were asked for and came, or ``rights_problem`` says why not. ``me`` is who the address book
    says that the person is, once that is known. ``back_off`` is the server's wish where it was too busy for
    what was asked beside the calendars.
    """

    read: int = 0
    unreadable: int = 0
    requests: int = 0
    rights: Rights | None = None
    rights_problem: Problem | None = None
    me: Profile | None = None
    back_off: timedelta | None = None


class RightNotGivenError(ProblemError):
    """A permission was not changed. ``rights`` are the permissions as they are, where they are known."""

    def __init__(
        self, problem: Problem, back_off: timedelta | None = None, rights: Rights | None = None
    ) -> None:
        super().__init__(problem, back_off)
        self.rights = rights


class ContactSource(Protocol):
    """Where nobody publishes: a pool whose contacts have to be asked for."""

    async def read(self, asked: ContactsAsked) -> ContactsAnswer:
        """Read the calendars of everybody who is followed; news are told as of every contact.

        Raises:
            ProblemError: when not everybody could be read. What was known stays, and what came counts.
        """

    async def give(self, address: str, right: Right | None, expected: Right | None) -> Rights:
        """Give a person this permission on one's calendar, None = none of the person's own; all other
        permissions stay as they are. Returns what holds then.

        Raises:
            ProblemError: ``right-changed`` where the person's own permission is not as ``expected`` (any
                more) and nothing was written; others where it was not, or nobody knows whether it was.
        """

    def forget(self) -> None:
        """Drop what is known of calendars: it is no longer wanted, or was another account's."""

    def clock_set(self) -> None:
        """Reckon anew what is known: on a clock that was set back it would count as newer than it is."""


class CredentialStore(Protocol):
    """Where passwords live: the system's keyring, or this run's memory."""

    async def get(self, *accounts: str) -> tuple[str | None, ...]:
        """The password of each account (server and user name), None where there is none; in one question."""

    async def set(self, account: str, password: str) -> None:
        """Keep the password."""

    async def forget(self, *accounts: str) -> None:
        """Remove the password of each account, where there is one."""


class MachineProbe(Protocol):
    """What the machine under us does: idle, locked, asleep, waking, network and clock."""

    async def run(self, on_machine: Callable[[Machine], None], on_jolt: Callable[[str], None]) -> None:
        """Report until cancelled.

        ``on_machine`` is called with each change; ``on_jolt`` with ``"woke"``, ``"clock-jumped"``,
        ``"network-returned"`` or ``"zone-changed"``.
        """

    def limits(self) -> tuple[str, ...]:
        """What cannot be told on this machine and why, in words for the Connection tab ("" tuple =
        nothing).
        """


class SettingsStore(Protocol):
    """One person's settings and manual status on disk."""

    def load(self) -> tuple[dict[str, object], tuple[Problem, ...]]:
        """The stored values and what was wrong with them (a broken file is kept aside)."""

    def save(self, values: Mapping[str, object]) -> None:
        """Replace the file atomically; keys this version does not know are kept."""


class HistoryStore(Protocol):
    """What a person was shown as, when and why; bounded, the oldest goes first (client/history.py)."""

    async def keep(self, account: str, entries: Sequence[Entry]) -> tuple[Problem, ...]:
        """Keep all of these, in this order; when it returns, they outlive the program.

        Returns ``history-broken`` when what was kept before could not be read and was put aside for it.

        Raises:
            ProblemError: ``history-not-kept``; none of them is kept then, and they may be given again.
        """

    async def read(self, account: str, start: datetime, end: datetime) -> Past:
        """What is kept of [start, end), and the checks from two days before it on.

        Raises:
            ProblemError: ``history-not-kept``.
        """

    async def forget(self, account: str | None = None) -> None:
        """Delete what is kept of an account, None = of all, and everything that was put aside.

        Raises:
            ProblemError: ``history-not-deleted``; some of it may be gone.
        """

    async def close(self) -> None:
        """Give back the file and the thread. What has been kept stays. Idempotent."""
