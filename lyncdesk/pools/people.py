"""What a contact list without a pool needs of a mail server, as a port, and its twin in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from lyncdesk.client.ports import ContactsAsked, ProblemError, RightNotGivenError, Window
from lyncdesk.client.problems import Problem
from lyncdesk.presence.items import Item, Kind
from lyncdesk.presence.known_calendar import READ, KnownCalendar
from lyncdesk.presence.publication import Profile, Told, person
from lyncdesk.presence.rights import Level, Right, Rights

FOUND_AT_MOST = 50
# How many calendars one request asks for.
BATCH = 100

OnCalendars = Callable[[Mapping[str, KnownCalendar]], None]


class People(Protocol):
    """The people of an organisation, as its mail server knows them."""

    async def search(self, text: str) -> tuple[Profile, ...]:
        """People of the directory and of the mailbox's own contacts whose name or address fits, by name, at
        most 50. Groups are none.

        Raises:
            ProblemError: when neither could be searched.
        """

    async def look_up(self, address: str) -> Profile | None:
        """Who has this address; None where the directory knows nobody.

        Raises:
            ProblemError: when the directory could not be asked.
        """

    async def calendars(self, addresses: Sequence[str], asked: ContactsAsked, on_read: OnCalendars) -> int:
        """Read the calendars in requests of 100; ``on_read`` is called with what each brought, where the
        calendar of each person is there or says why it is not. Returns the number of requests.

        Raises:
            ProblemError: when a request failed; what came before it was told.
        """

    async def rights(self) -> Rights:
        """What others may see of one's own calendar.

        Raises:
            ProblemError: when that could not be read.
        """

    async def give(self, address: str, right: Right | None, expected: Right | None) -> Rights:
        """See :meth:`lyncdesk.client.ports.ContactSource.give`."""


@dataclass(frozen=True, slots=True)
class MemoryPerson:
    """A person of :class:`MemoryPeople`. ``told`` is what the server lets out of the calendar."""

    profile: Profile
    items: tuple[Item, ...] = ()
    told: Told = Told.DETAILS
    code: str = ""
    aliases: tuple[str, ...] = ()


class MemoryPeople:
    """The :class:`People` of an organisation in memory, for tests and simulations.

    ``fault`` is raised by every request while it is set (with ``back_off``); ``requests`` counts requests,
    those for calendars in ``batches`` with how many they asked for.
    """

    def __init__(self, people: Iterable[MemoryPerson] = ()) -> None:
        self._people = {person(one.profile.address): one for one in people}
        self.fault: Problem | None = None
        self.back_off: timedelta | None = None
        self.requests = 0
        self.batches: list[int] = []
        self.permissions = Rights(Right(Level.TIMES))

    def put(self, one: MemoryPerson) -> None:
        """Add or replace a person."""
        self._people[person(one.profile.address)] = one

    def change(self, address: str, *items: Item, told: Told | None = None, code: str = "") -> None:
        """Give a person this calendar.

        Raises:
            KeyError: for somebody unknown.
        """
        old = self._people[person(address)]
        self.put(replace(old, items=items, told=told or old.told, code=code))

    async def search(self, text: str) -> tuple[Profile, ...]:
        """By a part of the name or of the address."""
        self._request()
        wanted = text.strip().casefold()
        found = [
            one.profile
            for address, one in self._people.items()
            if wanted and (wanted in address or wanted in one.profile.name.casefold())
        ]
        return by_name(found)

    async def look_up(self, address: str) -> Profile | None:
        """The person with this address."""
        self._request()
        found = self._person(address)
        return found.profile if found is not None else None

    async def calendars(self, addresses: Sequence[str], asked: ContactsAsked, on_read: OnCalendars) -> int:
        """The calendars as they are."""
        batches = [addresses[first : first + BATCH] for first in range(0, len(addresses), BATCH)]
        for batch in batches:
            self._request()
            self.batches.append(len(batch))
            on_read({address: self._calendar(address, asked.window, asked.started) for address in batch})
        return len(batches)

    async def rights(self) -> Rights:
        """The permissions as they are."""
        self._request()
        return self.permissions

    async def give(self, address: str, right: Right | None, expected: Right | None) -> Rights:
        """Change one of them."""
        self._request()
        address = person(address)
        if self.permissions.own(address) != expected:
            raise RightNotGivenError(Problem.of("right-changed"), rights=self.permissions)
        if right is not None and address not in self._people:
            raise RightNotGivenError(
                Problem.of("right-refused", code="ErrorInvalidUserInfo"), rights=self.permissions
            )
        people = {who: one for who, one in self.permissions.people.items() if who != address}
        self.permissions = replace(
            self.permissions, people=people | ({address: right} if right is not None else {})
        )
        return self.permissions

    def _request(self) -> None:
        self.requests += 1
        if self.fault is not None:
            raise ProblemError(self.fault, self.back_off)

    def _person(self, address: str) -> MemoryPerson | None:
        address = person(address)
        also = (one for one in self._people.values() if address in one.aliases)
        return self._people.get(address) or next(also, None)

    def _calendar(self, address: str, window: Window, as_of: datetime) -> KnownCalendar:
        one = self._person(address)
        if one is None:
            return KnownCalendar.of(Told.NO_MAILBOX, as_of, code="ErrorMailRecipientNotFound")
        found = (item for item in one.items if item.start < window.end and item.end > window.start)
        items = tuple(_as_told(item, one.told) for item in found) if one.told in READ else ()
        return KnownCalendar.of(one.told, as_of, items, code=one.code)


def _as_told(item: Item, told: Told) -> Item:
    """What a server lets out of an item: of a private one, and where no details are shared, its times."""
    private = item.private and told is Told.DETAILS
    if told is Told.DETAILS and not private:
        return item
    return replace(item, kind=Kind.UNKNOWN, subject="", location="", private=private)


def by_name(profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    """People in the order in which a search shows them, at most 50."""
    ordered = sorted(profiles, key=lambda one: (one.shown_name.casefold(), one.address))
    return tuple(ordered[:FOUND_AT_MOST])
