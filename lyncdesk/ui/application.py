"""Starting the desktop client: the icon first, everything else after.

Until the icon is painted only Qt, the drawing of indicators and this module are imported. Then come the
client's thread, and each window when it is first wanted.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QCoreApplication, QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from lyncdesk.starting import DESKTOP_ID
from lyncdesk.ui.first_icon import first_icon
from lyncdesk.ui.instance import Instance, activation_token
from lyncdesk.ui.tray import Tray

if TYPE_CHECKING:
    from pathlib import Path

    from lyncdesk.client.session import Hooks, Session, Simulation
    from lyncdesk.client.words import Words
    from lyncdesk.ui.desktop import Desktop

DONE, NOT_ANSWERED = 0, 3
# Qt's thread waits this long for the client's to hand over the interpreter; the default is 5 ms, measurably
# more.
SWITCH_SECONDS = 0.002
# By then everything that a client at rest needs has been imported.
STARTED_MS = 5_000


def _no_simulation(_session: Session) -> Simulation | None:
    return None


def _tell(line: str) -> None:
    if sys.stderr is not None:  # a program without a console on Windows has none
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


@dataclass(frozen=True, slots=True)
class Program:
    """What the composition root hands over. Nothing is made before it is called.

    ``name`` tells programs apart that may run side by side (the client, the sample organisation).
    ``make_session`` is called on the client's own loop, ``make_words`` once, after the icon is painted.
    ``runtime`` is the user's own directory for lock and socket and exists; ``places`` the file that
    remembers where windows were. ``minimised``: no window at start. ``open_sample`` starts the sample
    organisation. ``last_words`` tells why it ends at once. ``replaced`` tells whether another version was put
    in this one's place; ``restart`` starts the program again, after the end of this one.
    """

    # What Qt's loop ends with when the program is to be started again.
    RESTART: ClassVar[int] = 64

    name: str
    make_session: Callable[[Hooks], Session]
    make_words: Callable[[], Words]
    runtime: Path
    places: Path
    minimised: bool = False
    simulation: Callable[[Session], Simulation | None] = _no_simulation
    open_sample: Callable[[], None] = lambda: None
    last_words: Callable[[str], None] = _tell
    replaced: Callable[[], bool] = lambda: False
    restart: Callable[[], None] = lambda: None


def run(program: Program, argv: Sequence[str] = ()) -> int:
    """Run the desktop client to its end; the exit status. A second start shows the first one's window."""
    gc.disable()  # a third of the start would go into looking through modules that stay
    sys.setswitchinterval(SWITCH_SECONDS)
    _name_for_windows()
    app = _application(argv, program.last_words)
    app.setApplicationName("LyncDesk")
    app.setDesktopFileName(DESKTOP_ID)
    app.setQuitOnLastWindowClosed(False)
    QCoreApplication.setQuitLockEnabled(False)
    instance = Instance(program.runtime, program.name)
    if not instance.claim():
        return _show_the_other(instance)
    tray = Tray()
    try:
        status = _run(program, app, instance, tray)
    finally:
        tray.hide()
        instance.release()
    if status != program.RESTART:
        return status
    program.restart()
    return DONE


def _application(argv: Sequence[str], last_words: Callable[[str], None]) -> QApplication:
    """Make Qt's application. Where no window can be opened Qt aborts: say why in one line and end instead."""
    said: list[str] = []

    def hear(kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtFatalMsg:
            said.append(text)
            return
        why = "; ".join(line.strip(" .\n") for line in said or [text])
        last_words(f"lyncdesk: no window can be opened ({why}); try “lyncdesk demo --headless”")
        os._exit(NOT_ANSWERED)

    qInstallMessageHandler(hear)
    try:
        app = QApplication(["lyncdesk", *argv])
    finally:
        qInstallMessageHandler(None)
    for line in said:
        _tell(line)
    return app


def _run(program: Program, app: QApplication, instance: Instance, tray: Tray) -> int:
    started: list[Desktop] = []
    errors: list[Exception] = []

    def begin() -> None:
        # An error in here would end in Qt's hands, which print it and leave an icon that does nothing.
        try:
            from lyncdesk.ui.desktop import Desktop

            started.append(Desktop(app, program, instance, tray))
            started[0].begin()
        except Exception as error:  # noqa: BLE001 - raised again below
            errors.append(error)
            app.exit()
        gc.enable()
        # What the start made stays. To look through it again and again would stop all threads for 15 ms.
        QTimer.singleShot(STARTED_MS, app, gc.freeze)

    tray.painted.connect(begin)
    tray.show(first_icon(), "LyncDesk")
    try:
        status = app.exec()
    finally:
        for desktop in started:
            desktop.end()
    if errors:
        raise errors[0]
    return status


def _show_the_other(instance: Instance) -> int:
    if instance.ask_to_show(activation_token()):
        return DONE
    _tell("lyncdesk: LyncDesk is running already but does not answer; end it and start again")
    return NOT_ANSWERED


def _name_for_windows() -> None:
    """Windows groups windows and notifications by this name; without it everything belongs to Python."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(DESKTOP_ID)
