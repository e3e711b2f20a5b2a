"""The desktop client and the sample organisation with windows.

The tray icon is painted first: until then nothing is imported that it does not need.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from lyncdesk.machine.files import private_folder
from lyncdesk.machine.paths import paths
from lyncdesk.ui.application import Program, run

if TYPE_CHECKING:
    from lyncdesk.client.session import Hooks, Session, Simulation
    from lyncdesk.client.words import Words


def run_desktop(*, minimised: bool) -> int:
    """Show the desktop client; returns when it has ended."""
    place = paths()

    def make(hooks: Hooks) -> Session:
        from lyncdesk import bootstrap
        from lyncdesk.cli.socket import control_socket

        bootstrap.prepare(place)
        return bootstrap.live_session(place, control_socket(place, hooks))

    program = Program(
        "lyncdesk",
        make,
        lambda: _words(demo=False),
        private_folder(place.runtime),
        place.config / "windows.ini",
        minimised=minimised,
        open_sample=_open_sample,
    )
    return run(program)


def run_demo(speed: float, length: timedelta | None) -> int:
    """Show the sample organisation; returns when it has ended."""
    place = paths(demo=True)

    def make(hooks: Hooks) -> Session:
        from lyncdesk import bootstrap
        from lyncdesk.cli.socket import control_socket

        bootstrap.prepare(place)
        return bootstrap.sample_session(place, speed, control_socket(place, hooks))

    def simulation(session: Session) -> Simulation | None:
        from lyncdesk.simulation.session import SampleSession

        return session.world if isinstance(session, SampleSession) else None

    program = Program(
        "lyncdesk-demo",
        make,
        lambda: _words(demo=True),
        private_folder(place.runtime),
        place.config / "windows.ini",
        simulation=simulation,
        length=length,
    )
    return run(program)


def _words(*, demo: bool) -> Words:
    from lyncdesk import bootstrap

    options, _ = bootstrap.options_in_force(demo=demo)
    return bootstrap.words_for(options, bootstrap.persons_zone(demo=demo))


def _open_sample() -> None:
    """Start the sample organisation as a program of its own."""
    subprocess.Popen([sys.executable, "-m", "lyncdesk", "demo"], start_new_session=True)
