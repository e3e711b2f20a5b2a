"""The same day of the sample organisation, however its time is let pass: no moment missed or moved."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from lyncdesk.client.reading import decision, stale
from lyncdesk.client.state import State
from lyncdesk.simulation.organisation import Organisation
from lyncdesk.simulation.organisation_file import sample_organisation
from lyncdesk.simulation.world import World
from tests.real_time import RealTime
from tests.sample_world import ME, MINUTE, NIGHT, Anna, a_world, anna_in, at, living

# When, whose client, and what it showed, knew of its calendar, and saw of others.
Line: TypeAlias = tuple[datetime, str, tuple[object, ...]]
Pass: TypeAlias = Callable[[World, RealTime, datetime], Awaitable[None]]
END, A_WEEK = at("17:00"), timedelta(days=7)


def line(world: World, state: State) -> Line:
    now, calendar = world.clock.now(), state.calendar
    decided = decision(state, now)
    seen = tuple(sorted((who, one.presence, one.revision) for who, one in state.contacts.items()))
    shown = (decided.presence, decided.item and decided.item.subject, stale(state, now), state.revision)
    checks = (calendar.as_of, calendar.next_check, calendar.checking_since, calendar.failures)
    return now, state.profile.address, (*shown, *checks, seen)


async def lived(world: World, real: RealTime, end: datetime, pass_time: Pass) -> list[Line]:
    """Every State of everybody else in the order of their coming, from the beginning to ``end``."""
    lines: list[Line] = []
    async with living(world):
        world.on_state(lambda _address, state: lines.append(line(world, state)))
        await pass_time(world, real, end)
        told = tuple(lines)  # and not what the end of the world tells
    return [one for one in told if one[0] <= end]


async def by_jump(world: World, _real: RealTime, end: datetime) -> None:
    await world.jump(end)


async def by_pace(world: World, _real: RealTime, end: datetime) -> None:
    await world.clock.wait_until(end + timedelta(microseconds=1))


async def by_many_jumps(world: World, _real: RealTime, end: datetime) -> None:
    """By jumps of any length, also to moments that are over."""
    dice = random.Random(4)
    while world.clock.now() < end:
        await world.jump(world.clock.now() + dice.randint(-60, 2400) * timedelta(seconds=1))


def world_at(speed: float, lateness: float) -> tuple[World, RealTime]:
    real = RealTime(lateness)
    return a_world(NIGHT, monotonic=real.monotonic, sleep=real.sleep, speed=speed), real


@cache
def the_day(end: datetime = END) -> tuple[Line, ...]:
    """The day at the pace of real time, with sleeps that are never late: nothing could be missed."""
    return tuple(asyncio.run(lived(*world_at(1.0, 0.0), end, by_pace)))


@pytest.mark.parametrize(
    ("speed", "lateness", "pass_time"),
    [
        (1.0, 0.3, by_pace),
        (60.0, 0.05, by_pace),
        (600.0, 0.0, by_pace),
        (600.0, 0.05, by_pace),  # a screen's frame late: 30 seconds there
        (600.0, 20.0, by_pace),  # a machine that hangs: hours are due at once
        (0.0, 0.0, by_jump),
        (600.0, 0.05, by_many_jumps),
    ],
    ids=["x1", "x60", "x600", "x600 late", "x600 hanging", "jump", "jumps"],
)
def test_a_day_is_the_same_states_at_the_same_moments(speed: float, lateness: float, pass_time: Pass) -> None:
    assert len(the_day()) > 500
    assert asyncio.run(lived(*world_at(speed, lateness), END, pass_time)) == list(the_day())


LEGS = st.tuples(st.sampled_from([0.0, 1.0, 10.0, 60.0, 600.0]), st.integers(0, 40), st.integers(0, 1800))


# Each example is half a day of fifteen clients: none is looked at twice, to find a shorter one.
@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(LEGS, min_size=3, max_size=30))
def test_a_day_is_the_same_however_its_pace_is_changed(legs: list[tuple[float, int, int]]) -> None:
    """At any moment somebody presses another pace, waits, or jumps."""

    async def pass_time(world: World, real: RealTime, end: datetime) -> None:
        for speed, rounds, seconds in legs:
            world.set_speed(speed)
            for _ in range(rounds):
                await asyncio.sleep(0)
                real.seconds += 0.01
            if seconds % 3 == 0:
                await world.jump(world.clock.now() + timedelta(seconds=seconds))
        await world.jump(max(end, world.clock.now()))

    end = at("12:00")
    expected = [one for one in the_day() if one[0] <= end]
    assert asyncio.run(lived(*world_at(1.0, 0.0), end, pass_time)) == expected


# --- the signed-in person, over real EWS, during whose checks time stands still ---


async def requests(
    world: World, home: Path, end: datetime, pass_time: Pass, real: RealTime
) -> list[tuple[object, ...]]:
    """The requests at the embedded Exchange as it logged them, and what the client showed when."""
    shown: list[tuple[object, ...]] = []

    def note(anna: Anna) -> Callable[[State], None]:
        return lambda state: shown.append(line(world, state)) if world.clock.now() <= end else None

    async with anna_in(world, home) as anna:
        anna.heard.append(note(anna))
        await pass_time(world, real, end)
        log = [(one.at, one.operation) for one in world.exchange.counters.log(ME) if one.at <= end]
    return [*log, *shown]


@pytest.mark.parametrize(
    ("speed", "pass_time"),
    [(600.0, by_pace), (600.0, by_many_jumps), (0.0, by_jump)],
    ids=["x600", "jumps", "jump"],
)
async def test_the_requests_at_exchange_come_at_the_same_moments(
    home: Path, tmp_path: Path, speed: float, pass_time: Pass
) -> None:
    """At 600 times the pace a check that takes 50 ms would last half a minute, if time did not hold."""
    end = at("11:00")
    usual, real = world_at(1.0, 0.0)
    expected = await requests(usual, home, end, by_pace, real)
    assert len([one for one in expected if one[1:] == ("FindItem",)]) == 5  # 8:55 and each half hour to 10:55
    world, real = world_at(speed, 0.05)
    assert await requests(world, tmp_path, end, pass_time, real) == expected


async def test_at_600_times_real_time_every_check_is_sent_at_its_very_moment(home: Path) -> None:
    """With the computer's own clock, so with sleeps as late as they come."""
    world = a_world(at("09:00"), speed=600.0)
    async with anna_in(world, home) as anna:
        anchor = anna.state.calendar.as_of
        assert anchor is not None
        checks = [anchor]

        def note(state: State) -> None:
            as_of = state.calendar.as_of
            if as_of is not None and as_of not in checks:
                checks.append(as_of)

        anna.heard.append(note)
        await world.clock.wait_until(anchor + 91 * MINUTE)
        await anna.until(lambda _: len(checks) > 3)
        assert checks[:4] == [anchor + n * 30 * MINUTE for n in range(4)]
        sent = {one.at for one in world.exchange.counters.log(ME) if one.operation == "FindItem"}
        assert set(checks[1:]) <= sent  # the first came of signing in, at no moment that was awaited


# --- a week ---


def a_few() -> Organisation:
    """Those who are signed in at all times, each with another interval; and nobody follows anybody."""
    whole = sample_organisation()
    few = [one for one in whole.others if one.key in ("clara", "noor", "haruto", "emily")]
    return Organisation(
        (whole.me, *(replace(one, contacts=(), groups={}, gives={}, habits=()) for one in few))
    )


async def test_over_a_week_every_check_is_at_its_anchor_and_whole_intervals_and_no_time_is_lost() -> None:
    real = RealTime(lateness=0.07)
    world = World(a_few(), real_now=NIGHT, monotonic=real.monotonic, sleep=real.sleep, speed=600.0)
    rhythm: dict[str, list[datetime]] = {}

    def note(address: str, state: State) -> None:
        as_of = state.calendar.as_of
        if as_of is not None and as_of not in rhythm.setdefault(address, [])[-1:]:
            rhythm[address].append(as_of)

    async with living(world):
        world.on_state(note)
        begun, real_begun = world.clock.now(), real.seconds
        await world.clock.wait_until(begun + A_WEEK)
        real.seconds += 1.0
        passed = (world.clock.now() - begun).total_seconds()
        # What a sleep was late is caught up with, never more, and never by leaving out a moment.
        assert (real.seconds - real_begun - 2.0) * 600.0 <= passed <= (real.seconds - real_begun) * 600.0
        assert len(rhythm) == 4
        for who, checks in rhythm.items():
            interval = world.states()[who].options.interval
            assert {later - one for one, later in pairwise(checks)} == {interval}
            assert A_WEEK // interval - 1 <= len(checks) <= A_WEEK // interval + 1
        assert len({world.states()[who].options.interval for who in rhythm}) == 4
