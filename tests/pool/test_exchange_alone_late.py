"""The contact list without a pool: late answers, a clock that is set, what is asked beside the calendars."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from lyncdesk.client.ports import ProblemError, RightNotGivenError
from lyncdesk.client.problems import Problem
from lyncdesk.pools.exchange_alone import ExchangeAlonePool
from lyncdesk.pools.people import MemoryPeople, MemoryPerson
from lyncdesk.presence.publication import Profile, Seen, Told
from lyncdesk.presence.rights import Level, Right, Rights
from tests.pool.exchange_alone_world import BEN, EVA, World, meeting, running
from tests.unit.session_parts import FixedClock
from tests.unit.strategies import MINUTE, NOW, at

LONG = timedelta(hours=4)
TIMES, DETAILS = Right(Level.TIMES), Right(Level.DETAILS)


async def test_another_account_drops_what_was_known_of_calendars_and_keeps_the_names() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(-5, 20))
        await world.sign_in(BEN)
        await world.read(rights=True)
        world.pool.forget()
        seen = world.seen()
        assert (seen.profile.name, seen.presence.text, seen.told) == (
            "Ben Smith",
            "Presence unknown",
            Told.NOT_YET,
        )
        assert (seen.valid_until, seen.stale) == (None, False)
        told = len(world.told)
        await world.to(30)
        assert len(world.told) == told


async def removed(world: World) -> None:
    await world.pool.remove_contact(BEN)


async def added_anew(world: World) -> None:
    await world.pool.remove_contact(BEN)
    await world.pool.follow([BEN])


async def another_account(world: World) -> None:
    world.pool.forget()


async def signed_out(world: World) -> None:
    await world.pool.sign_out()


MEANWHILE = [removed, added_anew, another_account, signed_out]


@pytest.mark.parametrize("happens", MEANWHILE)
async def test_an_answer_that_comes_late_is_for_nobody(
    happens: Callable[[World], Awaitable[None]],
) -> None:
    async with running() as world:
        world.people.change(BEN, meeting(-5, 5))
        await world.sign_in(BEN)
        world.meanwhile(lambda: happens(world))
        await world.pool.read(world.asked())
        assert "Budget" not in repr(world.told)
        assert {text for _, text in world.shown()} == {"Presence unknown"}


@pytest.mark.parametrize("happens", MEANWHILE)
async def test_a_failure_that_comes_late_tells_nothing_of_before(
    happens: Callable[[World], Awaitable[None]],
) -> None:
    async with running() as world:
        world.people.change(BEN, meeting(0, 400))
        await world.sign_in(BEN)
        await world.pool.read(world.asked(LONG))
        await world.to(240)
        told: list[tuple[float, Seen]] = []

        async def fails() -> None:
            await happens(world)
            told.extend(world.told)
            world.people.fault = Problem.of("timed-out")

        world.meanwhile(fails)
        with pytest.raises(ProblemError):
            await world.pool.read(world.asked(LONG))
        assert world.told == told


async def test_who_is_added_while_the_account_changes_is_read_of_the_new_one_alone() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(-5, 5))
        await world.sign_in()
        await world.pool.search("ben")
        world.meanwhile(lambda: another_account(world))
        await world.pool.add_contact(BEN)
        assert (world.seen().told, world.seen().profile.name) == (Told.NOT_YET, "Ben Smith")


async def test_who_was_found_for_another_account_is_looked_up_anew() -> None:
    async with running() as world:
        await world.sign_in()
        await world.pool.search("ben")
        world.pool.forget()
        before = world.people.requests
        await world.pool.add_contact(BEN)
        assert world.people.requests == before + 2


@pytest.mark.parametrize("happens", [another_account, signed_out])
async def test_who_is_found_late_is_looked_up_anew(happens: Callable[[World], Awaitable[None]]) -> None:
    async with running() as world:
        await world.sign_in()
        search = world.people.search

        async def late(text: str) -> tuple[Profile, ...]:
            await happens(world)
            return await search(text)

        world.people.search = late  # type: ignore[method-assign]
        (found,) = await world.pool.search("ben")
        assert found.profile.address == BEN
        before = world.people.requests
        await world.pool.add_contact(BEN)
        assert world.people.requests == before + 2


async def test_who_is_added_is_known_as_of_then_and_not_of_the_last_read() -> None:
    async with running() as world:
        await world.sign_in(BEN)
        await world.read()
        await world.to(10)
        await world.pool.add_contact(EVA)
        assert (world.seen(EVA).calendar_as_of, world.seen(BEN).calendar_as_of) == (at(10), NOW)


async def test_who_was_added_while_the_person_signed_out_is_not_told() -> None:
    async with running() as world:
        await world.sign_in()
        world.meanwhile(lambda: signed_out(world))
        await world.pool.add_contact(BEN)
        await world.sign_in()
        assert await world.read() == (0, 0, 0)
        assert world.told == []


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        (removed, ["aki", "eva", "anna"]),
        (added_anew, ["aki", "ben", "eva", "anna"]),
        (another_account, ["aki"]),
        (signed_out, ["aki"]),
    ],
)
async def test_names_are_looked_up_no_longer_than_somebody_waits_for_them(
    happens: Callable[[World], Awaitable[None]], expected: list[str]
) -> None:
    async with running() as world:
        await world.sign_in("aki@litware.example", BEN, EVA)
        look_up = world.people.look_up
        asked: list[str] = []

        async def late(address: str) -> Profile | None:
            asked.append(address.partition("@")[0])
            if len(asked) == 1:
                await happens(world)
            return await look_up(address)

        world.people.look_up = late  # type: ignore[method-assign]
        answer = await world.pool.read(world.asked(rights=True))
        assert asked == expected
        assert (answer.rights is not None) == ("anna" in expected)
        assert answer.requests == world.people.requests


async def test_the_name_of_who_is_removed_while_it_is_looked_up_is_nobody_s() -> None:
    async with running() as world:
        await world.sign_in(BEN)
        look_up = world.people.look_up

        async def late(address: str) -> Profile | None:
            await removed(world)
            return await look_up(address)

        world.people.look_up = late  # type: ignore[method-assign]
        await world.pool.read(world.asked(rights=True))
        assert world.profiles.get(BEN) is None


# a clock that is set


class OnSetClock:
    """A pool on a clock that is set by hand, with two contacts: Ben read at 0, Eva's read failed since."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.people = MemoryPeople(
            MemoryPerson(Profile(a, n, zone=""), (meeting(-60, 40),)) for a, n in ((BEN, "Ben"), (EVA, "Eva"))
        )
        self.pool = ExchangeAlonePool(self.people, self.clock)
        self.told: dict[str, Seen] = {}

    async def begin(self) -> None:
        await self.pool.sign_in("anna@litware.example", self.on_seen)
        await self.pool.follow([BEN, EVA])

    def on_seen(self, seen: Seen) -> None:
        self.told[seen.profile.address] = seen

    async def read(self) -> None:
        await self.pool.read(World.asked(self))  # type: ignore[arg-type]

    def age(self, address: str) -> timedelta:
        as_of = self.told[address].calendar_as_of
        assert as_of is not None
        return self.clock.now() - as_of


async def at_rest() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_on_a_clock_that_was_set_back_what_is_known_is_as_old_as_it_was() -> None:
    world = OnSetClock()
    await world.begin()
    await world.read()
    world.clock.set(at(50))
    world.people.change(EVA, told=Told.NOTHING)
    await world.read()
    assert [world.age(one) for one in (BEN, EVA)] == [0 * MINUTE, 50 * MINUTE]
    assert world.told[BEN].presence.text == "Free in calendar"
    world.clock.set(at(20))
    world.pool.clock_set()
    assert [world.age(one) for one in (BEN, EVA)] == [0 * MINUTE, 50 * MINUTE]
    assert world.told[BEN].valid_until == at(80) + timedelta(microseconds=1)
    assert [seen.stale for seen in world.told.values()] == [False, False]
    # What the calendars say is said of the hour that the clock shows, and of those to come.
    assert world.told[BEN].presence.text == "In a meeting"
    world.clock.set(at(31))
    await at_rest()
    assert (world.told[BEN].stale, world.told[EVA].stale) == (False, True)
    world.clock.set(at(40))
    await at_rest()
    assert world.told[BEN].presence.text == "Free in calendar"
    await world.pool.sign_out()


async def test_on_a_clock_that_was_set_forward_all_is_as_it_is_then() -> None:
    world = OnSetClock()
    await world.begin()
    await world.read()
    assert world.told[BEN].presence.text == "In a meeting"
    world.clock.set(at(61))
    world.pool.clock_set()
    assert (world.told[BEN].presence.text, world.told[BEN].stale) == ("Free in calendar", True)
    assert world.age(BEN) == 61 * MINUTE
    await world.pool.sign_out()


async def test_a_read_during_which_the_clock_was_set_back_was_not_made_in_the_future() -> None:
    async with running() as world:
        await world.sign_in(BEN)
        ahead = world.asked()
        late = type(ahead)(at(90), ahead.window, ahead.interval)
        await world.pool.read(late)
        assert world.seen().calendar_as_of == NOW
        assert world.seen().valid_until == at(60) + timedelta(microseconds=1)


# what is asked beside the calendars


def me(world: World) -> None:
    world.people.put(MemoryPerson(Profile("anna@litware.example", "Anna Keller", zone="")))


async def test_rights_and_who_one_is_are_two_requests_more_also_without_a_contact() -> None:
    async with running() as world:
        me(world)
        await world.sign_in()
        answer = await world.pool.read(world.asked(rights=True))
        assert (answer.read, answer.requests, world.people.requests) == (0, 2, 2)
        assert answer.rights == world.people.permissions
        assert answer.me is not None
        assert answer.me.name == "Anna Keller"


class Fails:
    """Lets one method of the address book fail."""

    def __init__(self, world: World, method: str, name: str, back_off: timedelta | None = None) -> None:
        self.calls = 0
        self._error = ProblemError(Problem.of(name), back_off)
        setattr(world.people, method, self)

    async def __call__(self, *_: object) -> object:
        self.calls += 1
        raise self._error


async def test_what_fails_beside_the_calendars_costs_nobody_and_the_server_s_wish_is_told() -> None:
    async with running() as world:
        await world.sign_in(BEN)
        world.profiles.keep(BEN, Profile(BEN))
        names = Fails(world, "look_up", "server-busy", 5 * MINUTE)
        answer = await world.pool.read(world.asked(rights=True))
        assert world.seen().presence.text == "Free in calendar"
        assert (answer.read, answer.requests, answer.back_off) == (1, 2, 5 * MINUTE)
        assert (answer.rights, answer.rights_problem) == (None, None)  # which were not asked for any more
        assert names.calls == 1


async def test_an_address_book_that_cannot_be_asked_does_not_keep_the_permissions_unread() -> None:
    async with running() as world:
        await world.sign_in(BEN)
        names = Fails(world, "look_up", "server-error")
        answer = await world.pool.read(world.asked(rights=True))
        assert (answer.rights, answer.me, answer.rights_problem) == (world.people.permissions, None, None)
        assert (answer.requests, names.calls) == (4, 2)


async def test_permissions_that_cannot_be_read_are_a_problem_and_one_request() -> None:
    async with running() as world:
        await world.sign_in()
        Fails(world, "rights", "access-denied")
        answer = await world.pool.read(world.asked(rights=True))
        assert (answer.rights, answer.rights_problem) == (None, Problem.of("access-denied"))
        assert (answer.requests, world.people.requests) == (1, 0)


@pytest.mark.parametrize("method", ["look_up", "rights"])
async def test_what_only_the_person_can_mend_is_told_whatever_was_asked(method: str) -> None:
    async with running() as world:
        await world.sign_in(BEN)
        Fails(world, method, "refused-password")
        with pytest.raises(ProblemError) as caught:
            await world.pool.read(world.asked(rights=True))
        assert caught.value.problem.name == "refused-password"
        assert world.seen().presence.text == "Free in calendar"


async def test_one_who_kept_an_old_calendar_was_not_read() -> None:
    async with running() as world:
        world.profiles.keep(BEN, Profile(BEN, "Ben"))
        await world.sign_in(BEN)
        assert await world.read() == (1, 0, 1)
        world.people.change(BEN, told=Told.NOTHING)
        assert await world.read() == (0, 1, 1)


# who is on the list under an alias

ALIAS = "benny@litware.example"


def with_alias() -> MemoryPerson:
    profile = Profile(BEN, "Ben Smith", "Engineer", "Litware", zone="")
    return MemoryPerson(profile, (meeting(-5, 20),), aliases=(ALIAS,))


async def test_who_is_added_by_an_alias_is_told_under_it_and_has_name_and_presence() -> None:
    async with running(with_alias()) as world:
        await world.sign_in()
        await world.pool.add_contact(ALIAS)
        seen = world.seen(ALIAS)
        assert (seen.profile.name, seen.presence.text) == ("Ben Smith", "In a meeting")
        assert [seen.profile.address for _, seen in world.told] == [ALIAS] * len(world.told)
        assert world.profiles.get(ALIAS) == with_alias().profile


@pytest.mark.parametrize("remembered", [True, False])
async def test_a_permission_is_given_to_the_person_behind_the_alias(remembered: bool) -> None:
    async with running(with_alias()) as world:
        if remembered:
            world.profiles.keep(ALIAS, with_alias().profile)
        world.people.permissions = Rights(TIMES, {BEN: TIMES, EVA: TIMES})
        await world.sign_in(ALIAS)
        await world.read()
        answer = await world.pool.read(world.asked(rights=True))
        assert answer.rights is not None
        assert (answer.rights.own(ALIAS), answer.rights.own(EVA)) == (TIMES, TIMES)
        rights = await world.pool.give(ALIAS, DETAILS, TIMES)
        assert rights.own(ALIAS) == DETAILS
        assert world.people.permissions == Rights(TIMES, {BEN: DETAILS, EVA: TIMES})
        with pytest.raises(RightNotGivenError) as caught:
            await world.pool.give(ALIAS, None, TIMES)
        assert caught.value.rights is not None
        assert caught.value.rights.own(ALIAS) == DETAILS
        rights = await world.pool.give(ALIAS, None, DETAILS)
        assert rights.own(ALIAS) is None
