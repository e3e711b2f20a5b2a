"""Virtual time keeps its pace: nothing of it is lost, gained or turned back by whoever awaits or jumps."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tests.real_time import RealTime
from tests.unit.test_virtual_clock import START, at, clock_on, rounds, running


async def test_who_awaits_what_is_over_does_not_turn_time_back() -> None:
    real = RealTime()
    clock = clock_on(real)
    real.seconds += 5.0
    assert clock.now() == at(5)
    waiting = asyncio.ensure_future(clock.wait_until(at(1)))
    await asyncio.sleep(0)
    assert clock.now() == at(5)
    async with running(clock):
        await waiting
        assert clock.now() == at(5)


async def test_time_has_passed_though_nobody_asked_before_a_moment_was_awaited() -> None:
    real = RealTime()
    clock = clock_on(real)
    async with running(clock):
        real.seconds += 10.0
        await clock.wait_until(at(5))
        assert clock.now() == at(10)


def test_time_has_passed_though_nobody_asked_before_the_speed_changed() -> None:
    real = RealTime()
    clock = clock_on(real)
    real.seconds += 10.0
    clock.set_speed(0.0)
    clock.set_speed(600.0)
    real.seconds += 1.0
    assert clock.now() == at(20)


async def test_what_a_jump_to_something_took_does_not_count_as_time() -> None:
    real = RealTime()
    clock = clock_on(real, 0.0)
    woken: list[bool] = []

    async def slowly() -> None:
        await clock.wait_until(at(5))
        clock.set_speed(60.0)
        real.seconds += 100.0
        woken.append(True)

    async with running(clock):
        task = asyncio.ensure_future(slowly())
        assert await clock.jump_until(lambda: bool(woken), at(600))
        assert clock.now() == at(5)
        real.seconds += 1.0
        assert clock.now() == at(6)
        await task


async def test_what_a_jump_that_was_given_up_took_does_not_count_as_time() -> None:
    real = RealTime()
    clock = clock_on(real, 0.0)
    jumps: list[asyncio.Future[None]] = []

    async def slowly() -> None:
        await clock.wait_until(at(5))
        clock.set_speed(60.0)
        real.seconds += 100.0
        jumps[0].cancel()

    async with running(clock):
        task = asyncio.ensure_future(slowly())
        jumps.append(asyncio.ensure_future(clock.jump(at(600))))
        with suppress(asyncio.CancelledError):
            await jumps[0]
        await task
        await rounds(50)
        assert clock.now() == at(5)
        real.seconds += 1.0
        assert clock.now() == at(6)


async def test_a_pace_chosen_while_time_is_held_counts_from_where_it_stands() -> None:
    real = RealTime()
    clock = clock_on(real, 60.0)
    async with running(clock):
        with clock.hold():
            real.seconds += 100.0
            clock.set_speed(600.0)
            real.seconds += 100.0
            assert clock.now() == START
        real.seconds += 1.0
        assert clock.now() == at(10)


async def test_while_a_jump_is_under_way_real_time_moves_nothing() -> None:
    real = RealTime()
    clock = clock_on(real, 60.0)
    jump = asyncio.ensure_future(clock.jump(at(10)))  # nothing delivers: the clock does not run
    await rounds(100)
    real.seconds += 3600.0
    assert clock.now() == START
    jump.cancel()
    with suppress(asyncio.CancelledError):
        await jump
    real.seconds += 1.0
    assert clock.now() == at(1)  # an hour of the jump that was given up is not made up for
