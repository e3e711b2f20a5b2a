"""The desktop client and the sample organisation, with or without windows."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from lyncdesk import bootstrap
from lyncdesk.client.live import LiveSession
from lyncdesk.client.options import Options
from lyncdesk.client.session import Hooks
from lyncdesk.client.words import Words
from lyncdesk.control.server import ControlServer
from lyncdesk.machine.paths import Paths
from lyncdesk.machine.zone import local_zone


def control_server(session: LiveSession, place: Paths, hooks: Hooks) -> ControlServer:
    """The socket by which the command line reaches this client."""
    zone = ZoneInfo(session.state.profile.zone)
    return ControlServer(
        place.socket,
        session,
        lambda: session.state,
        session.drained,
        Words(zone=zone),
        hooks.show,
        hooks.quit,
    )


def run_desktop(*, minimised: bool) -> int:
    """Show the desktop client; returns when it has ended."""
    from lyncdesk.ui.application import run

    place = bootstrap.prepared(demo=False)
    options, _ = bootstrap.options_in_force()
    return run(
        lambda hooks: bootstrap.live_session(place, lambda session: control_server(session, place, hooks)),
        bootstrap.words_for(options, local_zone()),
        place.runtime,
        minimised=minimised or options.start_minimised,
    )


def run_demo(speed: float, length: timedelta | None, *, headless: bool) -> int:
    """Show or print the sample organisation."""
    place = bootstrap.prepared(demo=True)
    if headless:
        return asyncio.run(_headless(place, speed, length))
    from lyncdesk.simulation.session import SampleSession
    from lyncdesk.ui.application import run

    options, _ = bootstrap.options_in_force(demo=True)
    return run(
        lambda hooks: SampleSession(
            bootstrap.sample_world(speed),
            lambda world: bootstrap.sample_parts(
                world, place, lambda session: control_server(session, place, hooks)
            ),
        ),
        bootstrap.words_for(options, local_zone()),
        place.runtime,
        minimised=False,
    )


async def _headless(place: Paths, speed: float, length: timedelta | None) -> int:
    from lyncdesk.simulation.demo import demo_headless

    world = bootstrap.sample_world(speed)
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("the sample organisation needs a running loop")
    quits = Hooks(None, task.cancel)
    _end_by_signals(task.cancel)
    words = bootstrap.words_for(Options(), world.profile.zone)
    try:
        return await demo_headless(
            world,
            lambda: LiveSession(
                bootstrap.sample_parts(world, place, lambda session: control_server(session, place, quits))
            ),
            length,
            sys.stdout,
            words,
        )
    except asyncio.CancelledError:
        return 0  # asked to end


def _end_by_signals(end: Callable[[], object]) -> None:
    if sys.platform != "win32":
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end)
