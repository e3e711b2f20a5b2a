"""Virtual time: in order, without drift, and never past a moment that somebody awaits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.simulation.clock import VirtualClock
from tests.real_time import RealTime

START = datetime(2026, 3, 4, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@asynccontextmanager
async def running(clock: VirtualClock) -> AsyncIterator[None]:
    task = asyncio.ensure_future(clock.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def clock_on(real: RealTime, speed: float = 60.0) -> VirtualClock:
    return VirtualClock(START, monotonic=real.monotonic, sleep=real.sleep, speed=speed)


def at(minutes: float) -> datetime:
    return START + minutes * MINUTE


async def collect(clock: VirtualClock, moments: list[float]) -> list[tuple[int, datetime]]:
    """Await all moments at once; the answer is who was woken, in order, and what the clock said then."""
    woken: list[tuple[int, datetime]] = []

    async def one(number: int, moment: float) -> None:
        await clock.wait_until(at(moment))
        woken.append((number, clock.now()))

    await asyncio.gather(*(one(number, moment) for number, moment in enumerate(moments)))
    return woken


async def rounds(number: int) -> None:
    """Let the loop go round."""
    for _ in range(number):
        await asyncio.sleep(0)


def play(work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await work()

    asyncio.run(main())


MOMENTS = st.lists(st.integers(0, 20).map(lambda n: n * 0.5), min_size=1, max_size=12)
SPEEDS = st.sampled_from([0.1, 1.0, 10.0, 60.0, 600.0])


@given(MOMENTS, SPEEDS, st.sampled_from([0.0, 0.3, 1000.0]))
def test_everybody_is_woken_at_the_very_moment_in_order_of_time_and_call(
    moments: list[float], speed: float, lateness: float
) -> None:
    async def work() -> None:
        clock = clock_on(RealTime(lateness), speed)
        async with running(clock):
            woken = await collect(clock, moments)
        expected = sorted((at(moment), number) for number, moment in enumerate(moments))
        assert woken == [(number, moment) for moment, number in expected]

    play(work)


@given(MOMENTS, SPEEDS)
def test_a_jump_wakes_everybody_at_the_very_moment_and_ends_where_it_was_to_end(
    moments: list[float], speed: float
) -> None:
    async def work() -> None:
        real = RealTime()
        clock = clock_on(real, 0.0)
        async with running(clock):
            waiting = asyncio.ensure_future(collect(clock, moments))
            await asyncio.sleep(0)
            await clock.jump(at(60))
            assert clock.now() == at(60)
            woken = await waiting
        assert woken == [(n, m) for m, n in sorted((at(m), n) for n, m in enumerate(moments))]
        assert real.sleeps == []

    play(work)


@given(SPEEDS, st.lists(st.floats(0.001, 5.0), min_size=1, max_size=20))
def test_time_does_not_drift_however_late_the_sleeps_are(speed: float, lateness: list[float]) -> None:
    async def work() -> None:
        real = RealTime()
        clock = clock_on(real, speed)
        async with running(clock):
            for late in lateness:
                await clock.wait_until(clock.now() + MINUTE)
                real.seconds += late
        passed = (clock.now() - START).total_seconds()
        assert passed == pytest.approx((real.seconds - 1000.0) * speed, abs=1e-3)

    play(work)


@given(st.lists(st.tuples(SPEEDS | st.just(0.0), st.floats(0.0, 3.0)), min_size=1, max_size=12))
def test_a_change_of_speed_counts_from_that_moment_on_and_never_turns_time_back(
    legs: list[tuple[float, float]],
) -> None:
    real = RealTime()
    clock = clock_on(real, 1.0)
    expected, said = 0.0, START
    for speed, seconds in legs:
        clock.set_speed(speed)
        real.seconds += seconds
        expected += speed * seconds
        assert clock.now() >= said
        said = clock.now()
    assert (said - START).total_seconds() == pytest.approx(expected, abs=1e-3)
    assert clock.speed == legs[-1][0]


@given(MOMENTS, st.lists(st.tuples(SPEEDS | st.just(0.0), st.floats(0.0, 2.0)), max_size=6))
def test_no_moment_is_missed_while_the_speed_changes(
    moments: list[float], legs: list[tuple[float, float]]
) -> None:
    async def work() -> None:
        real = RealTime()
        clock = clock_on(real, 1.0)
        async with running(clock):
            waiting = asyncio.ensure_future(collect(clock, moments))
            for speed, seconds in legs:
                clock.set_speed(speed)
                await rounds(5)
                real.seconds += seconds
            clock.set_speed(600.0)
            woken = await waiting
        assert woken == [(n, m) for m, n in sorted((at(m), n) for n, m in enumerate(moments))]

    play(work)


async def test_who_is_woken_has_its_turn_before_time_goes_on() -> None:
    real = RealTime()
    clock = clock_on(real, 600.0)
    seen: list[datetime] = []

    async def chain() -> None:
        await clock.wait_until(at(1))
        real.seconds += 3600.0  # so slow a machine that hours are due already
        for _ in range(8):
            await asyncio.sleep(0)
            seen.append(clock.now())

    async with running(clock):
        await asyncio.gather(chain(), clock.wait_until(at(2)))
    assert set(seen) == {at(1)}


async def test_time_holds_while_somebody_holds_it_and_does_not_catch_up_afterwards() -> None:
    real = RealTime()
    clock = clock_on(real, 600.0)
    done = asyncio.Event()
    seen: list[datetime] = []

    async def check() -> None:
        await clock.wait_until(at(10))
        with clock.hold():
            with clock.hold():
                await done.wait()
            seen.append(clock.now())

    async def other() -> None:
        await clock.wait_until(at(11))
        seen.append(clock.now())

    async with running(clock):
        both = asyncio.gather(check(), other())
        await rounds(200)
        real.seconds += 50.0  # 500 minutes at this speed
        assert clock.now() == at(10)
        done.set()
        await both
        assert seen == [at(10), at(11)]
        assert clock.now() < at(12)


async def test_a_jump_waits_for_a_check_that_it_set_off() -> None:
    real = RealTime()
    clock = clock_on(real, 0.0)
    done = asyncio.Event()
    seen: list[datetime] = []

    async def check() -> None:
        await clock.wait_until(at(10))
        with clock.hold():
            await done.wait()
            seen.append(clock.now())

    async with running(clock):
        task = asyncio.ensure_future(check())
        jump = asyncio.ensure_future(clock.jump(at(10)))
        await rounds(200)
        assert not jump.done()
        done.set()
        await jump
        assert seen == [at(10)]
        await task


async def test_paused_time_wakes_nobody_and_sleeps_never() -> None:
    real = RealTime()
    clock = clock_on(real, 0.0)
    async with running(clock):
        waiting = asyncio.ensure_future(clock.wait_until(at(0.001)))
        await rounds(50)
        real.seconds += 10_000.0
        assert clock.now() == START
        assert not waiting.done()
        assert real.sleeps == []
        clock.set_speed(1.0)
        await waiting


async def test_a_moment_that_is_over_wakes_at_once_even_in_a_pause() -> None:
    clock = clock_on(RealTime(), 0.0)
    async with running(clock):
        await clock.wait_until(START - MINUTE)
        await clock.wait_until(START)
        await clock.jump(START - MINUTE)
        assert clock.now() == START


async def test_a_jump_passes_over_nobody_who_was_only_just_set_going() -> None:
    clock = clock_on(RealTime(), 0.0)
    woken: list[datetime] = []

    async def late() -> None:
        await rounds(3)
        await clock.wait_until(at(1))
        woken.append(clock.now())

    async with running(clock):
        task = asyncio.ensure_future(late())
        await clock.jump(at(5))
        assert woken == [at(1)]
        await task


@given(MOMENTS, st.integers(0, 11), SPEEDS | st.just(0.0))
def test_a_jump_to_what_happens_ends_at_the_very_moment_and_wakes_nobody_after_it(
    moments: list[float], which: int, speed: float
) -> None:
    async def work() -> None:
        clock = clock_on(RealTime(), speed)
        woken: list[float] = []

        async def one(moment: float) -> None:
            await clock.wait_until(at(moment))
            woken.append(moment)

        wanted = moments[which % len(moments)]
        async with running(clock):
            everybody = [asyncio.ensure_future(one(moment)) for moment in moments]
            await asyncio.sleep(0)
            assert await clock.jump_until(lambda: wanted in woken, at(60))
            seen = list(woken)
            assert clock.now() == at(wanted)
            assert seen == sorted(moment for moment in moments if moment <= wanted)
            await clock.jump(at(60))
            await asyncio.gather(*everybody)

    play(work)


async def test_a_jump_to_what_never_happens_ends_at_its_bound_and_says_so() -> None:
    clock = clock_on(RealTime(), 0.0)
    async with running(clock):
        await clock.jump(at(3))
        waiting = asyncio.ensure_future(collect(clock, [5, 30, 59.5, 61]))
        assert not await clock.jump_until(lambda: False, at(60))
        assert clock.now() == at(60)
        await clock.jump(at(61))
        await waiting


async def test_a_jump_to_what_has_happened_already_moves_no_time() -> None:
    clock = clock_on(RealTime(), 0.0)
    async with running(clock):
        assert await clock.jump_until(lambda: True, at(60))
        assert clock.now() == START


async def test_what_is_undone_within_a_moment_did_not_happen() -> None:
    """Only what lasts beyond its moment can be seen by anybody."""
    clock = clock_on(RealTime(), 0.0)
    flag: list[bool] = []

    async def set_and_take_back() -> None:
        await clock.wait_until(at(5))
        flag.append(True)
        await clock.wait_until(at(5))
        flag.clear()
        await clock.wait_until(at(7))
        flag.append(True)

    async with running(clock):
        task = asyncio.ensure_future(set_and_take_back())
        await asyncio.sleep(0)
        assert await clock.jump_until(lambda: bool(flag), at(60))
        assert clock.now() == at(7)
        await task


async def test_a_jump_to_what_happens_waits_for_a_check_of_that_moment() -> None:
    clock = clock_on(RealTime(), 0.0)
    done = asyncio.Event()
    seen: list[datetime] = []

    async def check() -> None:
        await clock.wait_until(at(10))
        with clock.hold():
            await done.wait()
            seen.append(clock.now())

    async with running(clock):
        task = asyncio.ensure_future(check())
        jump = asyncio.ensure_future(clock.jump_until(lambda: bool(seen), at(60)))
        await rounds(200)
        assert not jump.done()
        done.set()
        assert await jump
        assert clock.now() == at(10)
        await task


async def check_that_hangs(clock: VirtualClock, over: asyncio.Event) -> None:
    """Holds time from the fifth second on, until it is over."""
    await clock.wait_until(at(5))
    with clock.hold():
        await over.wait()


async def test_a_jump_to_what_happens_can_be_given_up() -> None:
    real = RealTime()
    clock = clock_on(real, 0.0)
    never = asyncio.Event()
    async with running(clock):
        task = asyncio.ensure_future(check_that_hangs(clock, never))
        jump = asyncio.ensure_future(clock.jump_until(lambda: False, at(600)))
        await rounds(100)
        jump.cancel()
        with suppress(asyncio.CancelledError):
            await jump
        never.set()
        await task
        await rounds(50)
        assert clock.now() == at(5)
        await clock.jump(at(6))  # and nothing of the other jump is left behind
        assert clock.now() == at(6)


async def test_a_question_that_fails_ends_its_jump_and_not_time() -> None:
    clock = clock_on(RealTime(), 0.0)
    asked: list[datetime] = []

    def broken() -> bool:
        asked.append(clock.now())
        if clock.now() > START:
            raise KeyError("nobody")
        return False

    async with running(clock):
        waiting = asyncio.ensure_future(collect(clock, [5, 7]))
        await asyncio.sleep(0)
        with pytest.raises(KeyError, match="nobody"):
            await clock.jump_until(broken, at(60))
        assert asked == [START, at(5)]
        await clock.jump(at(7))
        assert [moment for _, moment in await waiting] == [at(5), at(7)]


async def test_time_goes_on_at_the_old_speed_after_a_jump() -> None:
    real = RealTime()
    clock = clock_on(real, 60.0)
    async with running(clock):
        await clock.jump(at(600))
        real.seconds += 2.0
        assert clock.now() == at(602)


async def test_two_jumps_end_each_at_its_own_moment() -> None:
    clock = clock_on(RealTime(), 0.0)
    ends: list[datetime] = []

    async def jump(minutes: float) -> None:
        await clock.jump(at(minutes))
        ends.append(clock.now())

    async with running(clock):
        await asyncio.gather(jump(9), jump(4))
    assert ends == [at(4), at(9)]


async def test_a_jump_that_is_given_up_leaves_time_where_it_has_come() -> None:
    real = RealTime()
    clock = clock_on(real, 60.0)
    never = asyncio.Event()
    async with running(clock):
        task = asyncio.ensure_future(check_that_hangs(clock, never))
        jump = asyncio.ensure_future(clock.jump(at(600)))
        await rounds(100)
        assert clock.now() == at(5)
        jump.cancel()
        with suppress(asyncio.CancelledError):
            await jump
        real.seconds += 1.0
        assert clock.now() == at(5)
        never.set()
        await task
        await rounds(50)
        real.seconds += 1.0
        assert clock.now() == at(6)


async def test_who_no_longer_waits_does_not_keep_time_from_passing() -> None:
    real = RealTime()
    clock = clock_on(real, 60.0)
    async with running(clock):
        waiting = asyncio.ensure_future(clock.wait_until(at(1)))
        await asyncio.sleep(0)
        real.seconds += 30.0
        assert clock.now() == at(1)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        await rounds(50)
        assert clock.now() == at(30)


async def test_every_thread_may_ask_for_the_time() -> None:
    """Readers elsewhere never see time turn back while it runs, holds and jumps."""
    loop = asyncio.get_running_loop()
    clock = VirtualClock(START, monotonic=loop.time, speed=600.0)
    ending = False
    wrong: list[tuple[datetime, datetime]] = []

    def read() -> None:
        said = clock.now()
        while not ending:
            now = clock.now()
            if now < said:
                wrong.append((said, now))
            said = now

    threads = [Thread(target=read) for _ in range(3)]
    async with running(clock):
        for thread in threads:
            thread.start()
        for minutes in range(1, 30):
            await clock.jump(at(minutes * 10))
            with clock.hold():
                await asyncio.sleep(0)
            await clock.wait_until(at(minutes * 10 + 0.1))
    ending = True
    for thread in threads:
        thread.join()
    assert wrong == []
    assert clock.now() >= at(290)


@pytest.mark.parametrize("speed", [-1.0, float("inf"), float("nan")])
def test_a_speed_that_makes_no_sense_is_refused(speed: float) -> None:
    real = RealTime()
    with pytest.raises(ValueError, match="a speed is"):
        clock_on(real, speed)
    with pytest.raises(ValueError, match="a speed is"):
        clock_on(real).set_speed(speed)
