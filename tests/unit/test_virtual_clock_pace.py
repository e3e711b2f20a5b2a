"""The pace of virtual time while it is held or jumps: real time of then counts for nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tests.real_time import RealTime
from tests.unit.test_virtual_clock import START, at, clock_on, rounds, running


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
