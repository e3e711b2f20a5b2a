"""`simulate --record`: the day of a running client, or of the sample organisation, as a scenario."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from lyncdesk import bootstrap
from lyncdesk.cli.control import not_there
from lyncdesk.cli.exits import DONE, WRONG_USE, fail, warn
from lyncdesk.client.live import LiveSession
from lyncdesk.client.recording_day import draft
from lyncdesk.client.recording_story import Values
from lyncdesk.control.client import NoClientError, ask
from lyncdesk.control.days import put_together
from lyncdesk.control.protocol import ControlError
from lyncdesk.machine.logs import Logs
from lyncdesk.machine.paths import Paths
from lyncdesk.simulation.recorder import recorded

TO_THE_SCREEN = ("", "-")


def run_record(arguments: argparse.Namespace) -> int:
    """Write the day as a scenario, to a file that is not there yet or to standard output."""
    to = arguments.record
    if to not in TO_THE_SCREEN and Path(to).exists():
        return fail(f"{to} is there already; give the name of a new file", WRONG_USE)
    try:
        told = _lived(arguments) if arguments.length is not None else _asked(arguments)
    except NoClientError:
        also = ", or let one live for a while with --for" if arguments.demo else ""
        return not_there(demo=arguments.demo, also=also)
    except ControlError as error:
        return fail(str(error), WRONG_USE)
    text = recorded(told)
    left_out = sum(line.startswith("# Left out") for line in text.splitlines())
    if to in TO_THE_SCREEN:
        sys.stdout.write(text)
    else:
        with Path(to).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    if left_out:
        things = "1 thing" if left_out == 1 else f"{left_out} things"
        warn(f"{things} could not be told; comments at the beginning say what")
    return DONE


def _asked(arguments: argparse.Namespace) -> dict[str, object]:
    request = {"command": "record", "subjects": arguments.subjects, "names": arguments.names}

    def asked(*, demo: bool) -> dict[str, object]:
        return put_together(ask(bootstrap.control_path(demo=demo), request, follow=True))

    try:
        return asked(demo=arguments.demo)
    except NoClientError:
        if arguments.demo:
            raise
        told = asked(demo=True)
    warn("no LyncDesk of your own runs; this is the day of the running sample organisation")
    return told


def _lived(arguments: argparse.Namespace) -> Values:
    """The day of a sample organisation of its own, which lives as fast as it can and then is gone."""
    with tempfile.TemporaryDirectory(prefix="lyncdesk-") as folder:
        return asyncio.run(
            _live(Path(folder), arguments.length, subjects=arguments.subjects, names=arguments.names)
        )


async def _live(folder: Path, length: timedelta, *, subjects: bool, names: bool) -> Values:
    place = Paths(folder, folder, folder, folder)
    world = bootstrap.sample_world(0)
    session: LiveSession | None = None
    try:
        await world.start()
        session = LiveSession(bootstrap.sample_parts(world, place, None, Logs(place.log, place.crashes)))
        session.start(lambda _state: None)
        await session.drained()
        await world.jump(world.begins + length)
        await session.drained()
        return draft(session.recorded(), session.now(), subjects=subjects, names=names)
    finally:
        if session is not None:
            await session.stop()
        await world.stop()
