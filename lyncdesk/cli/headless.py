"""The sample organisation without a screen."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from zoneinfo import ZoneInfo

from lyncdesk import bootstrap
from lyncdesk.cli.exits import DONE, WRONG_USE, fail
from lyncdesk.cli.socket import control_socket
from lyncdesk.client.live import LiveSession
from lyncdesk.client.options import Options
from lyncdesk.client.session import Hooks
from lyncdesk.control.client import listens
from lyncdesk.machine.logs import Logs
from lyncdesk.machine.paths import paths
from lyncdesk.simulation.demo import demo_headless
from lyncdesk.simulation.world import Length


def run_headless(speed: float, length: Length) -> int:
    """Print each change of presence as it happens; ``length`` is time of the organisation."""
    return asyncio.run(_run(speed, length))


async def _run(speed: float, length: Length) -> int:
    place = bootstrap.prepare(paths(demo=True))
    if listens(place.socket):
        return fail("the sample organisation runs already; end it with “lyncdesk quit --demo”", WRONG_USE)
    world = bootstrap.sample_world(speed)
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("the sample organisation needs a running loop")
    beside = control_socket(place, Hooks(None, task.cancel))
    _end_by_signals(task.cancel)
    words = bootstrap.words_for(Options(), ZoneInfo(world.profile.zone))
    logs = Logs(place.log, place.crashes)
    try:
        logs.start()
        return await demo_headless(
            world,
            lambda: LiveSession(bootstrap.sample_parts(world, place, beside, logs)),
            length,
            sys.stdout,
            words,
        )
    except asyncio.CancelledError:
        return DONE  # asked to end
    finally:
        logs.stop()


def _end_by_signals(end: Callable[[], object]) -> None:
    if sys.platform != "win32":
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end)
