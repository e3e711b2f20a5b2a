"""The sample organisation without a screen: each change of presence as a line."""

from __future__ import annotations

import asyncio
import io
from datetime import datetime, time
from functools import partial
from pathlib import Path

import pytest

from lyncdesk.client.live import LiveSession
from lyncdesk.simulation.demo import demo_headless
from lyncdesk.simulation.world import Length, World
from tests.real_time import RealTime
from tests.sample_world import HOUR, MINUTE, a_world, at, parts


async def test_without_a_screen_each_change_is_a_line_with_its_moment_and_reason(home: Path) -> None:
    real, out = RealTime(), io.StringIO()
    world = a_world(at("09:10"), monotonic=real.monotonic, sleep=real.sleep, speed=600.0)
    result = await demo_headless(world, lambda: LiveSession(parts(world, home)), 50 * MINUTE + MINUTE, out)
    lines = out.getvalue().splitlines()
    assert result == 0
    assert lines[0].startswith("It is 9:10 in the sample organisation")
    assert len(lines) > 20
    assert "09:30:00  Anna Keller      In a meeting: “Stand-up”, a meeting marked Busy, 9:30 to 9:45" in lines
    assert "09:45:00  Anna Keller      Available: nothing makes busy" in lines
    assert (
        "10:00:00  Anna Keller      Busy: “Budget review”, an appointment marked Busy, 10:00 to 11:00"
        in lines
    )
    assert [line for line in lines if "Farah Haddad" in line and "(calendar as of" in line]
    moments = [line[:8] for line in lines[1:]]
    assert moments == sorted(moments)


async def test_nobody_is_told_as_available_before_the_first_check_has_looked(home: Path) -> None:
    real, out = RealTime(), io.StringIO()
    world = a_world(at("10:10"), monotonic=real.monotonic, sleep=real.sleep, speed=600.0)
    await demo_headless(world, lambda: LiveSession(parts(world, home)), MINUTE, out)
    told = [line for line in out.getvalue().splitlines() if "Anna Keller" in line]
    assert len(told) == 1
    assert "Busy: “Budget review”" in told[0]


@pytest.mark.parametrize(
    ("length", "end"),
    [
        (None, None),
        (90 * MINUTE, at("10:25")),
        (time(17, 30), at("17:30")),
        (time(8), at("08:00") + 24 * HOUR),
    ],
)
def test_a_run_ends_after_a_time_or_at_a_time_of_day(length: Length, end: datetime | None) -> None:
    assert a_world().end(length) == end


def _client(world: World, home: Path) -> LiveSession:
    home.mkdir()
    return LiveSession(parts(world, home))


async def test_without_a_screen_the_lines_are_the_same_at_any_speed_until_a_time(home: Path) -> None:
    runs = []
    for speed in (1.0, 600.0):
        real, out = RealTime(0.03), io.StringIO()
        world = a_world(monotonic=real.monotonic, sleep=real.sleep, speed=speed)
        await demo_headless(world, partial(_client, world, home / str(speed)), time(10, 1), out)
        runs.append(out.getvalue().splitlines())
    assert runs[0] == runs[1]
    assert len(runs[0]) > 20
    assert runs[0][-1] < "10:01:01"


async def test_without_a_reader_the_run_ends(home: Path) -> None:
    class Closed(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    world = a_world()
    assert await demo_headless(world, lambda: LiveSession(parts(world, home)), None, Closed()) == 0
    assert world.exchange.url is None


class Watched(io.StringIO):
    """Knows when the signed-in person was written of."""

    def __init__(self) -> None:
        super().__init__()
        self.written = asyncio.Event()

    def write(self, text: str) -> int:
        if "Anna Keller" in text:
            self.written.set()
        return super().write(text)


async def test_a_run_that_is_cancelled_leaves_nothing_behind(home: Path) -> None:
    world = a_world()
    out = Watched()
    task = asyncio.ensure_future(demo_headless(world, lambda: LiveSession(parts(world, home)), None, out))
    async with asyncio.timeout(60):
        await out.written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.exchange.url is None
