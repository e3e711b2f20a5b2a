"""What every pool does for one who follows others, whether those publish or are known by their calendars.

What publishing pools do beside is in ``test_pool``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Protocol

import pytest

from lyncdesk.client.options import Account
from lyncdesk.client.ports import ContactsAsked, Pool, ProblemError, Window
from lyncdesk.exchange.session import ExchangeSession
from lyncdesk.exchange_server.model import Entry
from lyncdesk.pools.embedded import Directory, EmbeddedPool
from lyncdesk.pools.exchange_alone import ExchangeAlonePool
from lyncdesk.pools.exchange_people import ExchangePeople
from lyncdesk.pools.people import MemoryPeople, MemoryPerson, People
from lyncdesk.presence.items import Item, Kind
from lyncdesk.presence.publication import Profile, Publication, Seen
from lyncdesk.presence.states import AVAILABLE, BUSY, Presence
from tests.exchange.client.sessions import PASSWORD, Passwords
from tests.exchange.server.wire import CheckedExchange
from tests.pool.publications import ANNA, BEN
from tests.unit.session_parts import FixedClock

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = {ANNA: "Anna Keller", BEN: "Ben Ode"}


class World(Protocol):
    """Anna and Ben, and a pool through which Ben follows."""

    free: str

    @property
    def pool(self) -> Pool:
        """Ben's."""

    async def meets(self, busy: bool) -> None:
        """Anna is in a meeting from now on, or free; and Ben's client has had the occasion to hear of it."""


class Publishing:
    """Anna's client publishes."""

    free = "Available"

    def __init__(self) -> None:
        self._directory = Directory(Profile(address, name) for address, name in NAMES.items())
        self.pool = EmbeddedPool(self._directory)

    async def meets(self, busy: bool) -> None:
        presence = Presence(BUSY, "in-a-meeting") if busy else Presence(AVAILABLE)
        self._directory.publish(Publication(Profile(ANNA, NAMES[ANNA]), presence), {})


class Known(ABC):
    """Anna is known by her calendar; Ben's client reads it."""

    free = "Free in calendar"

    def __init__(self, people: People) -> None:
        self.pool = ExchangeAlonePool(people, FixedClock(NOW))

    @abstractmethod
    def change(self, busy: bool) -> None:
        """Anna has a meeting in her calendar, or nothing."""

    async def meets(self, busy: bool) -> None:
        self.change(busy)
        window = Window(NOW - 24 * HOUR, NOW + 72 * HOUR)
        await self.pool.read(ContactsAsked(NOW, window, HOUR / 2))


class KnownInMemory(Known):
    """The twin."""

    def __init__(self) -> None:
        self._people = MemoryPeople(MemoryPerson(Profile(a, name, zone="")) for a, name in NAMES.items())
        super().__init__(self._people)

    def change(self, busy: bool) -> None:
        meeting = Item(NOW - HOUR, NOW + HOUR, kind=Kind.MEETING)
        self._people.change(ANNA, *((meeting,) if busy else ()))


class KnownFromExchange(Known):
    """Over a real socket."""

    def __init__(self, exchange: CheckedExchange, session: ExchangeSession) -> None:
        self._exchange = exchange
        super().__init__(ExchangePeople(lambda: session))

    def change(self, busy: bool) -> None:
        for entry in self._exchange.entries(ANNA):
            self._exchange.remove_entry(ANNA, entry.key)
        if busy:
            self._exchange.add_entry(ANNA, Entry("Budget", NOW - HOUR, NOW + HOUR, meeting=True))


@asynccontextmanager
async def publishing() -> AsyncIterator[World]:
    yield Publishing()


@asynccontextmanager
async def in_memory() -> AsyncIterator[World]:
    yield KnownInMemory()


@asynccontextmanager
async def over_a_socket() -> AsyncIterator[World]:
    exchange = CheckedExchange(lambda: NOW)
    for address, name in NAMES.items():
        exchange.add_person(address, PASSWORD, name=name)
        exchange.share(address, "FreeBusyTimeAndSubjectAndLocation")
    session = ExchangeSession(Account(BEN, server=exchange.start()), Passwords(), monotonic=lambda: 0.0)
    try:
        yield KnownFromExchange(exchange, session)
        assert exchange.found == []
    finally:
        await session.close()
        exchange.stop()


WORLDS = {"embedded": publishing, "exchange-alone in memory": in_memory, "exchange-alone": over_a_socket}


@pytest.fixture(params=WORLDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with WORLDS[request.param]() as made:
        yield made
        await made.pool.sign_out()


class News(list[Seen]):
    """What Ben was told."""

    @property
    def text(self) -> str:
        return self[-1].presence.text


async def signed_in(world: World, *contacts: str) -> News:
    news = News()
    await world.pool.sign_in(BEN, news.append)
    assert await world.pool.follow(contacts) == ()
    return news


async def test_who_is_followed_is_told_now_and_whenever_it_changes(world: World) -> None:
    news = await signed_in(world, ANNA)
    assert [seen.profile.address for seen in news] == [ANNA]
    await world.meets(True)
    assert news.text == "In a meeting"
    await world.meets(False)
    assert news.text == world.free


async def test_who_is_added_later_is_told_as_it_is_now(world: World) -> None:
    news = await signed_in(world)
    await world.meets(True)
    assert news == []
    await world.pool.add_contact(ANNA.upper())
    assert news.text == "In a meeting"
    assert news[-1].profile.name == "Anna Keller"


async def test_revisions_grow_and_nothing_is_told_twice(world: World) -> None:
    news = await signed_in(world, ANNA)
    for busy in (True, True, False, True):
        await world.meets(busy)
    assert [seen.revision for seen in news] == sorted({seen.revision for seen in news})
    said = [replace(seen, revision=0) for seen in news]
    assert all(one != other for one, other in pairwise(said))


async def test_who_is_removed_is_told_no_more(world: World) -> None:
    news = await signed_in(world, ANNA)
    await world.pool.remove_contact(ANNA)
    await world.pool.remove_contact(ANNA)
    told = len(news)
    await world.meets(True)
    assert len(news) == told


async def test_who_signed_out_hears_nothing_more_and_signs_in_again(world: World) -> None:
    news = await signed_in(world, ANNA)
    await world.pool.sign_out()
    await world.pool.sign_out()
    told = len(news)
    await world.meets(True)
    assert len(news) == told
    again = await signed_in(world, ANNA)
    await world.meets(True)
    assert again.text == "In a meeting"


async def test_an_address_that_nobody_has_is_named_and_costs_nobody_else(world: World) -> None:
    news = await signed_in(world, ANNA)
    with pytest.raises(ProblemError) as caught:
        await world.pool.add_contact("nobody@brightwater.example")
    assert caught.value.problem.name == "unknown-contact"
    assert "nobody@brightwater.example" in dict(caught.value.problem.values).values()
    await world.meets(True)
    assert news.text == "In a meeting"


async def test_people_are_found_by_name_and_address(world: World) -> None:
    await signed_in(world)
    assert [seen.profile.name for seen in await world.pool.search("anna k")] == ["Anna Keller"]
    assert [seen.profile.address for seen in await world.pool.search("BEN@")] == [BEN]
    assert await world.pool.search("no such person") == ()
    assert await world.pool.search("  ") == ()
