"""What every pool does, whatever carries it. A further pool joins by a row in ``WORLDS``.

News may take a while on a real network, so the tests wait for what must come, and prove an absence by
something that was sent later and has come.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol

import pytest

from lyncdesk.client.ports import Pool, ProblemError
from lyncdesk.pools.embedded import Directory, EmbeddedPool
from lyncdesk.presence.publication import Profile, Publication, Seen
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import AVAILABLE, BUSY, DO_NOT_DISTURB, Presence
from tests.pool.publications import ANNA, BEN, LENA, WORDS, profile, publication
from tests.waiting import LONG_ENOUGH


class PoolWorld(Protocol):
    """A running pool with the three people of these tests in it."""

    def pool(self) -> Pool:
        """A pool for one more client."""


class EmbeddedWorld:
    """Everybody in this process."""

    def __init__(self) -> None:
        self._directory = Directory([profile(ANNA), Profile(BEN, "Ben Ode"), Profile(LENA, "Lena Brandt")])

    def pool(self) -> Pool:
        return EmbeddedPool(self._directory)


@asynccontextmanager
async def embedded() -> AsyncIterator[PoolWorld]:
    yield EmbeddedWorld()


WORLDS = {"embedded": embedded}


class Client:
    """One signed-in person and everything it was told."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.got: list[Seen] = []
        self._news = asyncio.Event()

    def on_seen(self, seen: Seen) -> None:
        self.got.append(seen)
        self._news.set()

    async def sign_in(self, address: str, contacts: Iterable[str] = ()) -> None:
        await self.pool.sign_in(address, self.on_seen)
        for contact in contacts:
            await self.pool.add_contact(contact)

    async def until(self, fits: Callable[[Seen], bool]) -> Seen:
        async with asyncio.timeout(LONG_ENOUGH):
            while not (self.got and fits(self.got[-1])):
                self._news.clear()
                await self._news.wait()
        return self.got[-1]

    async def shows(self, text: str) -> Seen:
        return await self.until(lambda seen: seen.presence.text == text)


class People:
    """Clients of the tests, signed out at the end."""

    def __init__(self, world: PoolWorld) -> None:
        self._world = world
        self._clients: list[Client] = []

    async def __call__(self, address: str, *contacts: str) -> Client:
        client = Client(self._world.pool())
        self._clients.append(client)
        await client.sign_in(address, contacts)
        return client

    async def sign_out(self) -> None:
        for client in self._clients:
            await client.pool.sign_out()


@pytest.fixture(params=WORLDS)
async def people(request: pytest.FixtureRequest) -> AsyncIterator[People]:
    async with WORLDS[request.param]() as world:
        people = People(world)
        yield people
        await people.sign_out()


FREE = publication(Presence(AVAILABLE), item=None, more=0)
IN_A_MEETING = publication(Presence(BUSY, "in-a-meeting"))


async def test_a_contact_who_never_signed_in_is_offline(people: People) -> None:
    ben = await people(BEN, ANNA)
    seen = await ben.shows("Offline")
    assert seen.profile.address == ANNA


async def test_what_is_published_reaches_those_who_follow(people: People) -> None:
    anna, ben = await people(ANNA), await people(BEN, ANNA)
    await anna.pool.publish(IN_A_MEETING, {})
    seen = await ben.shows("In a meeting")
    assert seen.until == IN_A_MEETING.until
    assert seen.busy == IN_A_MEETING.busy
    assert seen.calendar_as_of == IN_A_MEETING.calendar_as_of


async def test_who_follows_later_gets_what_holds_now(people: People) -> None:
    anna = await people(ANNA)
    await anna.pool.publish(IN_A_MEETING, {})
    ben = await people(BEN)
    await ben.pool.add_contact(ANNA)
    await ben.shows("In a meeting")


async def test_who_does_not_follow_hears_nothing(people: People) -> None:
    anna, ben, lena = await people(ANNA), await people(BEN, ANNA), await people(LENA)
    await anna.pool.publish(IN_A_MEETING, {})
    await ben.shows("In a meeting")
    assert lena.got == []


@pytest.mark.parametrize(
    ("relationship", "subject", "until", "text"),
    [
        (Relationship.EXTERNAL, False, False, "In a meeting"),
        (Relationship.COLLEAGUES, False, True, "In a meeting"),
        (Relationship.WORKGROUP, True, True, "In a meeting"),
        (Relationship.FRIENDS_AND_FAMILY, True, True, "In a meeting"),
        (Relationship.BLOCKED, False, False, "Offline"),
    ],
)
async def test_a_viewer_gets_what_the_owner_s_relationship_allows(
    people: People, relationship: Relationship, subject: bool, until: bool, text: str
) -> None:
    anna = await people(ANNA)
    await anna.pool.publish(IN_A_MEETING, {BEN: relationship})
    ben = await people(BEN, ANNA)
    seen = await ben.shows(text)
    assert (WORDS["subject"] in repr(seen), seen.until is not None) == (subject, until)


async def test_a_new_relationship_is_felt_at_once(people: People) -> None:
    anna, ben = await people(ANNA), await people(BEN, ANNA)
    await anna.pool.publish(IN_A_MEETING, {})
    assert (await ben.shows("In a meeting")).item is None
    await anna.pool.publish(IN_A_MEETING, {BEN: Relationship.WORKGROUP})
    seen = await ben.until(lambda seen: seen.item is not None)
    assert seen.item is not None
    assert seen.item.subject == WORDS["subject"]
    await anna.pool.publish(IN_A_MEETING, {BEN: Relationship.BLOCKED})
    await ben.shows("Offline")


async def test_only_a_workgroup_contact_may_interrupt(people: People) -> None:
    anna, ben = await people(ANNA), await people(BEN, ANNA)
    await anna.pool.publish(publication(Presence(DO_NOT_DISTURB)), {})
    assert not (await ben.shows("Do not disturb")).may_interrupt
    await anna.pool.publish(publication(Presence(DO_NOT_DISTURB)), {BEN: Relationship.WORKGROUP})
    assert (await ben.shows("Urgent interruptions only")).may_interrupt


async def test_what_is_the_same_for_a_viewer_is_not_sent_again(people: People) -> None:
    anna, ben = await people(ANNA), await people(BEN, ANNA)
    gives = {BEN: Relationship.EXTERNAL}
    await anna.pool.publish(FREE, gives)
    await ben.shows("Available")
    count = len(ben.got)
    await anna.pool.publish(replace(FREE, revision=1), gives)
    await anna.pool.publish(replace(FREE, revision=2, note="only for colleagues"), gives)
    await anna.pool.publish(replace(IN_A_MEETING, revision=3), gives)
    await ben.shows("In a meeting")
    assert len(ben.got) == count + 1


async def test_revisions_grow(people: People) -> None:
    anna, ben = await people(ANNA), await people(BEN, ANNA)
    for revision, one in enumerate((FREE, IN_A_MEETING, FREE)):
        await anna.pool.publish(replace(one, revision=revision), {})
        await ben.shows(one.presence.text)
    revisions = [seen.revision for seen in ben.got]
    assert revisions == sorted(set(revisions))


async def test_who_signed_out_is_offline_for_others(people: People) -> None:
    anna, ben = await people(ANNA), await people(BEN, ANNA)
    await anna.pool.publish(IN_A_MEETING, {BEN: Relationship.WORKGROUP})
    await ben.shows("In a meeting")
    await anna.pool.sign_out()
    seen = await ben.shows("Offline")
    assert (seen.item, seen.busy, seen.note) == (None, (), "")


async def test_who_signed_out_hears_nothing_more_and_publishes_nothing_more(people: People) -> None:
    anna, ben, lena = await people(ANNA), await people(BEN, ANNA), await people(LENA, ANNA, BEN)
    await ben.shows("Offline")
    await ben.pool.sign_out()
    await ben.pool.sign_out()
    await ben.pool.publish(replace(FREE, profile=Profile(BEN, "Ben Ode")), {})
    count = len(ben.got)
    await anna.pool.publish(IN_A_MEETING, {})
    await lena.shows("In a meeting")
    assert len(ben.got) == count
    assert {seen.presence.text for seen in lena.got if seen.profile.address == BEN} == {"Offline"}


async def test_who_signs_in_again_is_back(people: People) -> None:
    anna, ben = await people(ANNA), await people(BEN, ANNA)
    await anna.pool.publish(FREE, {})
    await ben.shows("Available")
    await anna.pool.sign_out()
    await ben.shows("Offline")
    await anna.sign_in(ANNA)
    await anna.pool.publish(FREE, {})
    await ben.shows("Available")


async def test_a_removed_contact_is_heard_no_more(people: People) -> None:
    anna, ben, lena = await people(ANNA), await people(BEN, ANNA), await people(LENA, ANNA)
    await ben.shows("Offline")
    await ben.pool.remove_contact(ANNA)
    await ben.pool.remove_contact(ANNA)
    count = len(ben.got)
    await anna.pool.publish(FREE, {})
    await lena.shows("Available")
    assert len(ben.got) == count


async def test_a_contact_nobody_knows_is_named_in_the_problem(people: People) -> None:
    ben = await people(BEN)
    with pytest.raises(ProblemError) as caught:
        await ben.pool.add_contact("nobody@brightwater.example")
    assert caught.value.problem.name == "unknown-contact"
    assert "nobody@brightwater.example" in dict(caught.value.problem.values).values()


async def test_search_finds_people_by_name_and_address_as_the_viewer_may_see_them(people: People) -> None:
    anna, lena = await people(ANNA), await people(LENA)
    await anna.pool.publish(publication(Presence(BUSY), profile=profile(ANNA)), {})
    (found,) = await lena.pool.search("ANNA@")
    assert found.profile.address == ANNA
    assert WORDS["work_phone"] not in repr(found)
    assert [seen.profile.name for seen in await lena.pool.search("ben o")] == ["Ben Ode"]
    assert await lena.pool.search("no such person") == ()


async def test_a_publication_of_somebody_unknown_to_the_directory_is_no_failure(people: People) -> None:
    nora = await people("nora@brightwater.example")
    await nora.pool.publish(Publication(Profile("nora@brightwater.example", "Nora"), Presence(AVAILABLE)), {})
    ben = await people(BEN)
    assert [seen.profile.name for seen in await ben.pool.search("nora")] == ["Nora"]
