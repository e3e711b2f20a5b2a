"""What every address book with calendars does: the twin in memory, and Exchange over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol

import pytest
import pytest_asyncio

from lyncdesk.client.options import Account
from lyncdesk.client.ports import ContactsAsked, ProblemError, Window
from lyncdesk.client.problems import Problem
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange.session import ExchangeSession
from lyncdesk.exchange_server.contacts import Contact
from lyncdesk.exchange_server.model import Entry
from lyncdesk.pools.exchange_people import ExchangePeople
from lyncdesk.pools.people import MemoryPeople, MemoryPerson, People
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.known_calendar import KnownCalendar
from lyncdesk.presence.publication import Profile, Told
from tests.exchange.client.sessions import PASSWORD, Passwords, warm_worker
from tests.exchange.server.wire import CheckedExchange

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASKED = ContactsAsked(NOW, Window(NOW - timedelta(days=1), NOW + timedelta(days=3)), HOUR / 2)
ANNA = "anna@litware.example"


class World(Protocol):
    """An organisation and a way to ask about it."""

    @property
    def people(self) -> People:
        """What is under test."""

    def add(
        self, profile: Profile, *items: Item, told: Told = Told.DETAILS, aliases: tuple[str, ...] = ()
    ) -> None:
        """Take in a person whose calendar tells so much."""

    def fail(self, problem: str | None) -> None:
        """Fail everything from now on; None = work again."""


class MemoryWorld:
    """The twin."""

    def __init__(self) -> None:
        self.people = MemoryPeople()

    def add(
        self, profile: Profile, *items: Item, told: Told = Told.DETAILS, aliases: tuple[str, ...] = ()
    ) -> None:
        self.people.put(MemoryPerson(profile, items, told, aliases=aliases))

    def fail(self, problem: str | None) -> None:
        self.people.fault = Problem.of(problem) if problem else None
        self.people.back_off = timedelta(seconds=90) if problem == "server-busy" else None


_SHARING = {
    Told.DETAILS: "FreeBusyTimeAndSubjectAndLocation",
    Told.TIMES: "FreeBusyTimeOnly",
    Told.NOT_SHARED: "None",
}
_FAULTS = {
    "server-busy": "server-busy",
    "server-error": "http-500-html",
    "refused-password": "refused-password",
}


class ExchangeWorld:
    """The embedded Exchange, the worker, and a mailbox that asks. The schemas look at every request."""

    def __init__(self, exchange: CheckedExchange, url: str, worker: ExchangeWorker, number: int) -> None:
        self._exchange = exchange
        self._place = f"world{number}.example"
        self._me = f"me@{self._place}"
        exchange.add_person(self._me, PASSWORD, name="Me Myself")
        self._session = ExchangeSession(
            Account(self._me, server=url, authentication="basic"),
            Passwords(),
            monotonic=lambda: 0.0,
            worker=worker,
        )
        self.people = ExchangePeople(lambda: self._session)

    def add(
        self, profile: Profile, *items: Item, told: Told = Told.DETAILS, aliases: tuple[str, ...] = ()
    ) -> None:
        exchange = self._exchange
        exchange.add_person(
            profile.address,
            "theirs",
            name=profile.name,
            aliases=aliases,
            title=profile.title,
            company=profile.company,
            phones={
                kind: number
                for kind, number in (
                    ("work", profile.work_phone),
                    ("mobile", profile.mobile_phone),
                    ("home", profile.home_phone),
                )
                if number
            },
        )
        for item in items:
            exchange.add_entry(
                profile.address,
                Entry(
                    item.subject,
                    item.start,
                    item.end,
                    item.location,
                    item.show_as.value,
                    {Kind.MEETING: True, Kind.APPOINTMENT: False, Kind.UNKNOWN: None}[item.kind],
                    "Private" if item.private else "Normal",
                ),
            )
        exchange.share(profile.address, _SHARING[told])  # type: ignore[arg-type]

    def fail(self, problem: str | None) -> None:
        self._exchange.faults.clear(self._me)
        if problem is not None:
            self._exchange.faults.set(_FAULTS[problem], user=self._me)

    def know(self, *contacts: Contact) -> None:
        """Put people into the mailbox's own contacts."""
        for contact in contacts:
            self._exchange.add_contact(self._me, contact)

    def break_free_busy(self, address: str) -> None:
        """Let this person's calendar fail by itself."""
        self._exchange.break_free_busy(address)

    @contextmanager
    def thin(self, name: str) -> Iterator[None]:
        """Do without what this names; such answers need not be what the schema allows."""
        self._exchange.be_thin(name)
        try:
            yield
        finally:
            self._exchange.be_thin("")
            self._exchange.found = [one for one in self._exchange.found if one.startswith("request")]

    async def close(self) -> None:
        assert self._exchange.found == []
        self._exchange.faults.clear(self._me)
        await self._session.close()


Make = Callable[[], ExchangeWorld]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange_worlds() -> AsyncIterator[Make]:
    exchange = CheckedExchange(lambda: NOW)
    url = exchange.start()
    numbers = count(1)
    try:
        async with warm_worker() as worker:
            yield lambda: ExchangeWorld(exchange, url, worker, next(numbers))
    finally:
        exchange.stop()


@asynccontextmanager
async def exchange(make: Make) -> AsyncIterator[World]:
    made = make()
    yield made
    await made.close()


@asynccontextmanager
async def memory(_make: Make) -> AsyncIterator[World]:
    yield MemoryWorld()


WORLDS = {"memory": memory, "exchange": exchange}


@pytest_asyncio.fixture(loop_scope="module", params=WORLDS)
async def world(request: pytest.FixtureRequest, exchange_worlds: Make) -> AsyncIterator[World]:
    async with WORLDS[request.param](exchange_worlds) as made:
        yield made


_NAMES = count(1)


def profile(name: str, **words: str) -> Profile:
    """Somebody new, so that the worlds of a module do not meet."""
    number = next(_NAMES)
    address = f"{name.split(maxsplit=1)[0].casefold()}{number}@litware.example"
    return replace(Profile(address, f"{name}{number}", zone=""), **words)  # type: ignore[arg-type]


def item(start: timedelta = -HOUR, length: timedelta = 2 * HOUR, **fields: object) -> Item:
    made = Item(NOW + start, NOW + start + length, subject="Budget", location="Room 4", kind=Kind.MEETING)
    return replace(made, **fields)  # type: ignore[arg-type]


async def read(world: World, *addresses: str) -> dict[str, KnownCalendar]:
    found: dict[str, KnownCalendar] = {}
    await world.people.calendars(addresses, ASKED, found.update)
    return found


async def test_search_finds_people_with_all_that_the_card_shows(world: World) -> None:
    eva = profile(
        "Eva Langley",
        title="Engineer",
        company="Litware",
        work_phone="+49 30 1",
        mobile_phone="+49 170 2",
    )
    world.add(eva)
    world.add(profile("Ben Smith"))
    assert await world.people.search(eva.name[:5] + eva.name[5:].upper()) == (eva,)
    assert await world.people.search(eva.address) == (eva,)


async def test_search_comes_by_name_and_without_a_hit_is_empty(world: World) -> None:
    second, first = profile("Zora Zander"), profile("Zora Abel")
    world.add(second)
    world.add(first)
    found = await world.people.search("zora")
    assert [one for one in found if one in (first, second)] == [first, second]
    assert await world.people.search("no such person at all") == ()


async def test_an_address_is_looked_up_whatever_its_case(world: World) -> None:
    eva = profile("Eva Lang")
    world.add(eva)
    assert await world.people.look_up(eva.address.upper()) == eva
    assert await world.people.look_up("nobody@litware.example") is None
    # The beginning of an address is another address.
    assert await world.people.look_up(eva.address.partition("@")[0]) is None


async def test_an_alias_leads_to_the_person_and_has_the_person_s_calendar(world: World) -> None:
    eva = profile("Eva Lang")
    alias = f"alias-of-{eva.address}"
    world.add(eva, item(), aliases=(alias,))
    assert await world.people.look_up(alias) == eva
    known = await read(world, alias)
    assert (known[alias].told, len(known[alias].items)) == (Told.DETAILS, 1)


@pytest.mark.parametrize("kind", [Kind.MEETING, Kind.APPOINTMENT])
@pytest.mark.parametrize("show_as", [ShowAs.BUSY, ShowAs.TENTATIVE, ShowAs.OOF, ShowAs.WORKING_ELSEWHERE])
async def test_items_come_with_details_where_they_are_shared(
    world: World, kind: Kind, show_as: ShowAs
) -> None:
    eva = profile("Eva Lang")
    world.add(eva, item(kind=kind, show_as=show_as))
    known = (await read(world, eva.address))[eva.address]
    assert (known.told, known.as_of) == (Told.DETAILS, NOW)
    (found,) = known.items
    assert (found.start, found.end) == (NOW - HOUR, NOW + HOUR)
    assert (found.kind, found.show_as, found.subject, found.location) == (kind, show_as, "Budget", "Room 4")
    assert not found.private


async def test_a_private_item_comes_with_its_times_alone(world: World) -> None:
    eva = profile("Eva Lang")
    world.add(eva, item(private=True))
    (found,) = (await read(world, eva.address))[eva.address].items
    assert (found.private, found.kind, found.subject, found.location) == (True, Kind.UNKNOWN, "", "")
    assert found.start == NOW - HOUR


async def test_free_busy_alone_comes_without_details(world: World) -> None:
    eva = profile("Eva Lang")
    world.add(eva, item(), item(3 * HOUR, private=True), told=Told.TIMES)
    known = (await read(world, eva.address))[eva.address]
    assert known.told is Told.TIMES
    assert [(i.kind, i.subject, i.private) for i in known.items] == [(Kind.UNKNOWN, "", False)] * 2


async def test_an_empty_calendar_is_an_answer(world: World) -> None:
    eva = profile("Eva Lang")
    world.add(eva)
    known = (await read(world, eva.address))[eva.address]
    assert (known.told, known.items, known.is_read) == (Told.DETAILS, (), True)


async def test_each_person_has_an_answer_of_their_own(world: World) -> None:
    eva, ben, lea = profile("Eva Lang"), profile("Ben Smith"), profile("Lea Roth")
    world.add(eva, item())
    world.add(ben, item(), told=Told.NOT_SHARED)
    world.add(lea, item(), told=Told.TIMES)
    known = await read(world, eva.address, "nobody@litware.example", ben.address, lea.address)
    assert [known[one].told for one in known] == [
        Told.DETAILS,
        Told.NO_MAILBOX,
        Told.NOT_SHARED,
        Told.TIMES,
    ]
    assert known[ben.address].items == ()


async def test_two_hundred_and_fifty_people_are_three_requests(world: World) -> None:
    eva = profile("Eva Lang")
    world.add(eva, item())
    addresses = [f"ghost{number}@litware.example" for number in range(249)] + [eva.address]
    batches: list[int] = []
    found: dict[str, KnownCalendar] = {}

    def take(part: object) -> None:
        assert isinstance(part, dict)
        batches.append(len(part))
        found.update(part)

    assert await world.people.calendars(addresses, ASKED, take) == 3
    assert batches == [100, 100, 50]
    assert found[eva.address].items != ()
    assert len(found) == 250


@pytest.mark.parametrize("problem", ["server-busy", "server-error", "refused-password"])
async def test_a_failure_is_a_problem_with_the_servers_wish(world: World, problem: str) -> None:
    world.fail(problem)
    for asks in (
        lambda: world.people.search("eva"),
        lambda: world.people.look_up(ANNA),
        lambda: read(world, ANNA),
    ):
        with pytest.raises(ProblemError) as caught:
            await asks()
        assert caught.value.problem.name == problem
        assert (caught.value.back_off is not None) is (problem == "server-busy")


# what only a server has


async def test_people_of_the_mailbox_s_own_contacts_are_found_by_any_part_of_what_is_known(
    exchange_worlds: Make,
) -> None:
    async with exchange(exchange_worlds) as world:
        assert isinstance(world, ExchangeWorld)
        world.know(
            Contact(
                {
                    "GivenName": "Dora",
                    "Surname": "Steinbrecher",
                    "CompanyName": "Quarry & Sons",
                    "JobTitle": "Mason",
                },
                {"EmailAddress1": "dora@quarry.example"},
                {"BusinessPhone": "+1 2"},
            ),
            Contact({"GivenName": "Without", "Surname": "Steinaddress"}),
        )
        dora = Profile(
            "dora@quarry.example",
            "Dora Steinbrecher",
            "Mason",
            "Quarry & Sons",
            work_phone="+1 2",
            zone="",
        )
        for text in ("dora st", "steinbr", "STEIN", "quarry & s", "dora@quarry"):
            assert await world.people.search(text) == (dora,), text


async def test_who_is_in_the_contacts_of_somebody_else_is_not_found(exchange_worlds: Make) -> None:
    async with exchange(exchange_worlds) as one, exchange(exchange_worlds) as other:
        assert isinstance(one, ExchangeWorld)
        one.know(Contact({"GivenName": "Secretfriend"}, {"EmailAddress1": "secret@friend.example"}))
        assert await other.people.search("secretfriend") == ()


# What is said of free/busy and of names; the rest is about one's own items.
THIN = (
    "no-merged-free-busy",
    "no-working-hours",
    "no-free-busy-details",
    "no-kinds",
    "no-time-zones",
    "cannot-find-user",
    "offset-times",
    "plain-offset-times",
    "as-2007",
    "exchange-2007",
    "other",
)


@pytest.mark.parametrize("thin", THIN)
async def test_servers_that_are_old_or_thin_tell_what_they_can(exchange_worlds: Make, thin: str) -> None:
    async with exchange(exchange_worlds) as world:
        assert isinstance(world, ExchangeWorld)
        eva = profile("Eva Lang")
        world.add(eva, item())
        with world.thin(thin):
            known = await read(world, eva.address, "nobody@litware.example")
            assert known["nobody@litware.example"].told is Told.NO_MAILBOX
            (found,) = known[eva.address].items
            assert (found.start, found.end, found.show_as) == (NOW - HOUR, NOW + HOUR, ShowAs.BUSY)
            assert await world.people.search(eva.name) == (eva,)


async def test_a_server_without_an_address_book_still_knows_the_contacts(exchange_worlds: Make) -> None:
    async with exchange(exchange_worlds) as world:
        assert isinstance(world, ExchangeWorld)
        world.know(Contact({"GivenName": "Dora"}, {"EmailAddress1": "dora@quarry.example"}))
        with world.thin("no-names"):
            assert [one.name for one in await world.people.search("dora")] == ["Dora"]
            with pytest.raises(ProblemError) as caught:
                await world.people.look_up("dora@quarry.example")
            assert caught.value.problem.name == "server-error"


async def test_one_mailbox_that_is_broken_costs_none_of_the_ninety_nine_others(exchange_worlds: Make) -> None:
    async with exchange(exchange_worlds) as world:
        assert isinstance(world, ExchangeWorld)
        people = [profile(f"Person{number} Of") for number in range(100)]
        for one in people:
            world.add(one, item())
        world.break_free_busy(people[41].address)
        known = await read(world, *(one.address for one in people))
        told = [known[one.address].told for one in people]
        assert told.count(Told.DETAILS) == 99
        assert (told[41], known[people[41].address].code) == (Told.NOTHING, "ErrorFreeBusyGenerationFailed")
