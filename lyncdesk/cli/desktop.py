"""The desktop client and the sample organisation with windows.

The tray icon is painted first: until then nothing is imported that it does not need.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from lyncdesk.cli.exits import DONE, WRONG_USE, fail
from lyncdesk.cli.without_terminal import say_last_words
from lyncdesk.machine.files import private_folder
from lyncdesk.machine.paths import paths
from lyncdesk.machine.program_files import ProgramFiles
from lyncdesk.starting import DESKTOP_ID, child_environment, program_command
from lyncdesk.ui.application import Program, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lyncdesk.client.session import Hooks, Session, Simulation
    from lyncdesk.client.words import Words
    from lyncdesk.machine.logs import Logs
    from lyncdesk.simulation.world import Length

_DEMO = "lyncdesk-demo"


class Common:
    """What both kinds of program share: folders, the log, words. ``end`` closes the log."""

    def __init__(self, *, demo: bool) -> None:
        self.demo = demo
        self.place = paths(demo)
        self._logs: Logs | None = None

    @property
    def logs(self) -> Logs:
        """The log; it begins when it is first wanted, after the icon is painted."""
        from lyncdesk.machine.logs import Logs

        if self._logs is None:
            self._logs = Logs(self.place.log, self.place.crashes)
            self._logs.start()
        return self._logs

    def words(self) -> Words:
        """The person's language and times."""
        from lyncdesk import bootstrap

        options, _, _ = bootstrap.options_in_force(demo=self.demo)
        self.logs.details(options.log_details)
        return bootstrap.words_for(options, bootstrap.persons_zone(demo=self.demo))

    def end(self) -> None:
        """Close the log."""
        if self._logs is not None:
            self._logs.stop()


def without_tls() -> None:
    """Keep OpenSSL out of this process.

    Only the worker of :mod:`lyncdesk.exchange` speaks TLS. asyncio would load it for nothing, 5 MB, and does
    without it where Python has none.
    """
    sys.modules["ssl"] = None  # type: ignore[assignment]


def run_desktop(*, minimised: bool, at_log_on: bool = False) -> int:
    """Show the desktop client; returns when it has ended.

    ``at_log_on``: started by the computer's entry for everybody, which this person may have switched off.
    """
    without_tls()
    if at_log_on and not _starts_with_computer():
        return DONE
    common = Common(demo=False)
    place = common.place

    def make(hooks: Hooks) -> Session:
        from lyncdesk import bootstrap
        from lyncdesk.cli.socket import control_socket

        bootstrap.prepare(place)
        return bootstrap.live_session(place, control_socket(place, hooks), common.logs)

    _introduce()
    program = Program(
        "lyncdesk",
        make,
        common.words,
        private_folder(place.runtime),
        place.config / "windows.ini",
        minimised=minimised,
        open_sample=lambda: _start("demo"),
        replaced=ProgramFiles().replaced,
        restart=_start,  # with its window: somebody asked for it and looks
        last_words=say_last_words,
    )
    try:
        return run(program)
    finally:
        common.end()


def run_demo(speed: float, length: Length, lessons: Sequence[Path] = ()) -> int:
    """Show the sample organisation; returns when it has ended, or ``length`` is over there.

    ``lessons`` are folders of a trainer's own.
    """
    common = Common(demo=True)
    place = common.place
    if place.socket.exists() and not (place.runtime / f"{_DEMO}.lock").exists():
        # One with windows holds that lock and is shown instead; this one has none to show.
        from lyncdesk.control.client import listens

        if listens(place.socket):
            text = "the sample organisation runs already, headless; end it with “lyncdesk quit --demo”"
            return fail(text, WRONG_USE)

    def make(hooks: Hooks) -> Session:
        from lyncdesk import bootstrap
        from lyncdesk.cli.socket import control_socket

        bootstrap.prepare(place)
        beside = control_socket(place, hooks)
        return bootstrap.sample_session(place, speed, beside, common.logs, length, hooks.quit, lessons)

    def simulation(session: Session) -> Simulation | None:
        from lyncdesk.simulation.session import SampleSession

        return session.world if isinstance(session, SampleSession) else None

    _introduce()
    program = Program(
        _DEMO,
        make,
        common.words,
        private_folder(place.runtime),
        place.config / "windows.ini",
        simulation=simulation,
        replaced=ProgramFiles().replaced,
        restart=lambda: _start("demo", *_as_before(speed, lessons)),
        last_words=say_last_words,
    )
    try:
        return run(program)
    finally:
        common.end()


def _as_before(speed: float, lessons: Sequence[Path]) -> tuple[str, ...]:
    """The arguments of a sample organisation of the same speed, with the same lessons, that does not end."""
    own = (word for folder in lessons for word in ("--lessons", str(folder.absolute())))
    return ("--speed", str(speed), *own)


def _introduce() -> None:
    if sys.platform == "win32":
        from lyncdesk.machine.toast_identity import introduce

        introduce(DESKTOP_ID, "LyncDesk")


def _starts_with_computer() -> bool:
    from lyncdesk import bootstrap

    return bootstrap.start_at_login().enabled() is not False


def _start(*arguments: str) -> None:
    """Start this program as one of its own."""
    import subprocess

    subprocess.Popen(program_command(*arguments), env=child_environment(), start_new_session=True)
