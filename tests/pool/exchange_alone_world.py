"""A contact list without a pool, over people in memory, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from lyncdesk.client.ports import ContactsAsked, Window
from lyncdesk.pools.exchange_alone import ExchangeAlonePool
from lyncdesk.pools.people import MemoryPeople, MemoryPerson, OnCalendars
from lyncdesk.pools.profiles import MemoryProfiles
from lyncdesk.presence.items import Item, Kind
from lyncdesk.presence.publication import Profile, Seen
from lyncdesk.simulation.clock import VirtualClock
from tests.unit.strategies import MINUTE, NOW, at

BEN, EVA = "ben@litware.example", "eva@litware.example"
INTERVAL = timedelta(minutes=30)


def meeting(start: float, end: float, subject: str = "Budget", **fields: object) -> Item:
    made = Item(at(start), at(end), kind=Kind.MEETING, subject=subject, location="Room 4")
    return replace(made, **fields)  # type: ignore[arg-type]


def someone(number: int) -> MemoryPerson:
    return MemoryPerson(Profile(f"person{number}@litware.example", f"Person {number}", zone=""))


class World:
    """A pool over people in memory, on a clock that jumps; what it told, with the moment."""

    def __init__(self, clock: VirtualClock, *people: MemoryPerson) -> None:
        self.clock = clock
        self.people = MemoryPeople(
            people
            or (
                MemoryPerson(Profile(BEN, "Ben Smith", "Engineer", "Litware", zone="")),
                MemoryPerson(Profile(EVA, "Eva Lang", zone="")),
            )
        )
        self.profiles = MemoryProfiles()
        self.pool = ExchangeAlonePool(self.people, clock, self.profiles)
        self.told: list[tuple[float, Seen]] = []

    def on_seen(self, seen: Seen) -> None:
        self.told.append(((self.clock.now() - NOW) / MINUTE, seen))

    async def sign_in(self, *contacts: str) -> None:
        await self.pool.sign_in("anna@litware.example", self.on_seen)
        assert await self.pool.follow(contacts) == ()

    async def sign_in_among_friends(self, count: int) -> None:
        """With so many contacts whose names are known."""
        friends = [someone(number).profile for number in range(count)]
        for profile in friends:
            self.profiles.keep(profile.address, profile)
        await self.sign_in(*(profile.address for profile in friends))

    def asked(self, interval: timedelta = INTERVAL, *, rights: bool = False) -> ContactsAsked:
        now = self.clock.now()
        window = Window(now - timedelta(days=1), now + timedelta(days=3))
        return ContactsAsked(now, window, interval, rights=rights)

    def meanwhile(self, happens: Callable[[], Awaitable[None]]) -> None:
        """While calendars are being read, this happens before the answer comes."""
        calendars = self.people.calendars

        async def late(addresses: Sequence[str], asked: ContactsAsked, on_read: OnCalendars) -> int:
            await happens()
            return await calendars(addresses, asked, on_read)

        self.people.calendars = late  # type: ignore[method-assign]

    async def read(self, *, rights: bool = False) -> tuple[int, int, int]:
        answer = await self.pool.read(self.asked(rights=rights))
        return answer.read, answer.unreadable, answer.requests

    async def to(self, minutes: float) -> None:
        await self.clock.jump(at(minutes))

    def seen(self, address: str = BEN) -> Seen:
        return [seen for _, seen in self.told if seen.profile.address == address][-1]

    def shown(self, address: str = BEN) -> list[tuple[float, str]]:
        """When each text came."""
        return [(when, seen.presence.text) for when, seen in self.told if seen.profile.address == address]


@asynccontextmanager
async def running(*people: MemoryPerson) -> AsyncIterator[World]:
    loop = asyncio.get_running_loop()
    clock = VirtualClock(NOW, monotonic=loop.time, speed=0)
    task = loop.create_task(clock.run())
    world = World(clock, *people)
    try:
        yield world
    finally:
        await world.pool.sign_out()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
