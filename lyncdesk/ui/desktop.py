"""The running desktop client: the bridge, the tray, the windows, and the ways it can end."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QLocale,
    QObject,
    QSettings,
    QSocketNotifier,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtGui import QSessionManager
from PySide6.QtWidgets import QApplication

from lyncdesk.client import views
from lyncdesk.client.session import Hooks, Simulation
from lyncdesk.client.state import State
from lyncdesk.client.view_types import Action, TrayView
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.focus import show_focus
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.instance import Instance
from lyncdesk.ui.language import speak
from lyncdesk.ui.locale_times import in_the_persons_locale
from lyncdesk.ui.newest import Newest
from lyncdesk.ui.notices import Notices
from lyncdesk.ui.opening import Opening
from lyncdesk.ui.restart import RestartQuestion
from lyncdesk.ui.theme import is_dark
from lyncdesk.ui.tray import MAC, Tray, tray_available
from lyncdesk.ui.windows import Windows

if TYPE_CHECKING:
    from lyncdesk.ui.application import Program

_log = logging.getLogger(__name__)


class Desktop(QObject):
    """Wires the parts of one program and owns them. ``end`` is idempotent and ends them all."""

    # What the command line asks of the program comes on the client's thread.
    _show_wanted = Signal()
    _end_wanted = Signal()

    def __init__(self, app: QApplication, program: Program, instance: Instance, tray: Tray) -> None:
        super().__init__()
        self._app = app
        self._program = program
        self._instance = instance
        self._tray = tray
        self._icons = icons = IndicatorIcons()
        self._notices = Notices(tray.tell)
        words = program.make_words()
        speak(app, words.language)
        self._words = in_the_persons_locale(words, QLocale.system())
        hooks = Hooks(self._show_wanted.emit, self._end_wanted.emit)
        self._bridge = Bridge(lambda: program.make_session(hooks))
        self._newest = Newest(self._bridge, self._job, self._show_tray)
        self._commands = Commands(self._words, icons)
        places = QSettings(str(program.places), QSettings.Format.IniFormat)
        self._windows = Windows(
            self._bridge,
            self._words,
            icons,
            self._commands,
            places,
            has_tray=tray_available,
            session_ends=app.isSavingSession,
            simulation=self._simulation,
            open_sample=program.open_sample,
        )
        self._ended = False
        self._question = RestartQuestion(self._words, self)
        self._opening = Opening(self._windows, tray_available, minimised=program.minimised)
        self._outside = Outside()
        self._connect()

    def begin(self) -> None:
        """Start the client."""
        self._bridge.start()
        self._tray.fill(self._commands, self._icons)
        self._tray.await_hosts()
        if not self._instance.listen():
            _log.warning("A second start will not find this one: the local server could not be made.")

    def _exit(self) -> None:
        # Not quit(), which asks every window: without a tray the main window would rather be minimised.
        self._app.exit()

    def _restart(self) -> None:
        self._app.exit(self._program.RESTART)

    def end(self) -> None:
        """End windows, client and thread."""
        if self._ended:
            return
        self._ended = True
        self._opening.stop()
        self._question.close()
        self._windows.end()
        self._bridge.stop()
        self._outside.stop()

    def _connect(self) -> None:
        bridge, windows, commands, tray = self._bridge, self._windows, self._commands, self._tray
        bridge.state_changed.connect(self._show)
        bridge.failed.connect(self._failed)
        commands.posted.connect(bridge.post)
        commands.acted.connect(windows.act)
        commands.open_asked.connect(self._open)
        commands.exit_asked.connect(self._exit)
        windows.nothing_left.connect(self._exit)
        windows.restart_asked.connect(self._restart)
        self._question.wanted.connect(self._restart)
        self._opening.nothing_to_show.connect(self._exit)
        tray.toggled.connect(self._toggle)
        tray.inspected.connect(lambda: windows.act(Action.CONNECTION))
        tray.about_to_show.connect(self._newest.ask)
        tray.host_came.connect(self._opening.host_came)
        tray.notice_clicked.connect(lambda: windows.act(Action.CONNECTION))
        self._instance.show_asked.connect(self._asked_to_show)
        self._show_wanted.connect(lambda: self._asked_to_show(""))
        self._end_wanted.connect(self._exit)
        self._app.commitDataRequest.connect(_go_along)
        if MAC:
            from lyncdesk.ui.reopening import Reopening

            Reopening(self._app, self).asked.connect(self._open)
        show_focus(self._app)
        self._outside.mishap.connect(self._mishap)
        self._outside.ended.connect(self._exit)

    def _simulation(self) -> Simulation | None:
        return self._program.simulation(self._bridge.session)

    def _show(self, state: State) -> None:
        self._newest.ask()
        self._opening.follow(state)

    def _job(self) -> Callable[[], TrayView] | None:
        state = self._bridge.state
        if state is None:
            return None
        now, words = self._bridge.now(), self._words
        return lambda: views.tray(state, now, words)

    def _show_tray(self, view: TrayView) -> None:
        self._commands.use_dark(is_dark(self._tray.menu.palette()))
        self._commands.show_view(view)
        self._tray.show_view(view)
        state = self._bridge.state
        self._notices.show_view(view, wanted=state is not None and state.options.notices)
        # Task bars show the presence too.
        icon = self._icons.icon(view.indicator)
        if self._app.windowIcon().cacheKey() != icon.cacheKey():
            self._app.setWindowIcon(icon)

    def _asked_to_show(self, token: str) -> None:
        if token:
            # Qt hands it to the compositor with the next window that asks for the focus.
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        self._open()

    def _open(self) -> None:
        self._opening.show(ready=self._bridge.is_ready)

    def _toggle(self) -> None:
        self._opening.toggle(ready=self._bridge.is_ready)

    def _failed(self, error: Exception) -> None:
        self._windows.open_main()
        self._mishap(f"{type(error).__name__}: {error}")

    def _mishap(self, what: str) -> None:
        if self._program.replaced():
            self._question.ask()
            return
        self._windows.main.show_mishap(
            self._words("Something went wrong inside LyncDesk: {what} The log file tells more.", what=what)
        )


def _go_along(manager: QSessionManager) -> None:
    """The desktop logs out: nothing to save, nothing to ask, and autostart starts the program next time."""
    manager.setRestartHint(QSessionManager.RestartHint.RestartNever)


class Outside(QObject):
    """What comes from outside Qt: signals that end the program, and errors that nobody caught.

    ``ended`` is a signal of the system. ``mishap(text)`` comes on Qt's thread with the error in a few words;
    the log has it whole.
    """

    mishap = Signal(str)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        self._before_fd = signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, _only_wake) for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._hooks = sys.excepthook, threading.excepthook
        sys.excepthook = self._unhandled
        threading.excepthook = self._unhandled_in_thread
        qInstallMessageHandler(_qt_says)

    def stop(self) -> None:
        """Put everything back."""
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook = self._hooks
        self._notifier.setEnabled(False)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before_fd)
        self._reading.close()
        self._writing.close()

    def _woken(self) -> None:
        with suppress(BlockingIOError):
            numbers = self._reading.recv(64)
            if any(number in self._before for number in numbers):
                self.ended.emit()

    def _unhandled(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self.ended.emit()
            return
        _log.error("An error that nobody caught", exc_info=(kind, error, trace))
        self.mishap.emit(f"{kind.__name__}.")

    def _unhandled_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._unhandled(args.exc_type, args.exc_value, args.exc_traceback)


_LEVELS = {
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _qt_says(kind: QtMsgType, _context: object, text: str | None) -> None:
    """Qt's own messages belong into the log, where a report for support finds them."""
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.DEBUG), "%s", text or "")


def _only_wake(_number: int, _frame: FrameType | None) -> None:
    """The byte in the socket is what counts."""
