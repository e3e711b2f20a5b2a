"""The real clock: it waits until a moment, in slices, so that no jump can make it sleep through one."""

import asyncio
from datetime import timedelta

from lyncdesk.machine import clock
from lyncdesk.machine.clock import SLICE, SystemClock


async def test_a_wait_ends_when_its_moment_has_come() -> None:
    system = SystemClock()
    moment = system.now() + timedelta(milliseconds=50)
    await system.wait_until(moment)
    assert system.now() >= moment


async def test_a_moment_that_has_passed_is_not_waited_for() -> None:
    system = SystemClock()
    waiting = asyncio.ensure_future(system.wait_until(system.now() - timedelta(days=1)))
    await asyncio.sleep(0)
    assert waiting.done()


async def test_a_wait_looks_at_the_clock_at_least_once_per_slice(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    system = SystemClock()
    start = system.now()
    times = iter([start, start + SLICE, start + timedelta(hours=9)])  # the machine slept for hours
    asked: list[float] = []

    async def sleep(seconds: float) -> None:
        asked.append(seconds)

    monkeypatch.setattr(clock, "now", lambda: next(times))
    monkeypatch.setattr(asyncio, "sleep", sleep)
    await system.wait_until(start + timedelta(hours=8))
    assert asked == [SLICE.total_seconds()] * 2


async def test_a_clock_that_is_set_back_makes_the_wait_longer(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    system = SystemClock()
    start = system.now()
    second = timedelta(seconds=1)
    times = iter([start, start - 10 * second, start + second])
    asked: list[float] = []

    async def sleep(seconds: float) -> None:
        asked.append(seconds)

    monkeypatch.setattr(clock, "now", lambda: next(times))
    monkeypatch.setattr(asyncio, "sleep", sleep)
    await system.wait_until(start + second)
    assert asked == [1, 11]


def test_time_is_aware_and_deadlines_never_run_backwards() -> None:
    assert clock.now().utcoffset() == timedelta()
    assert clock.monotonic() <= clock.monotonic()
    before, after = clock.readings(), clock.readings()
    assert before.steady <= after.steady
    assert before.awake <= after.awake


def test_the_offset_from_utc_is_that_of_the_zone() -> None:
    assert clock.utc_offset() in {timedelta(hours=1), timedelta(hours=2)}  # the tests live in Berlin
