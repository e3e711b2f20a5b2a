"""Test connection: the steps as they happen, what came back, how long it took, what to do about a failure.

The same panel serves Configuration information, Options > Account and the first start. It saves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from lyncdesk.client.found import is_automatic
from lyncdesk.client.options import Account
from lyncdesk.client.problems import Problem, first_problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.views.doctor import server_offered
from lyncdesk.client.words import N_, Words
from lyncdesk.ui.bridge import Bridge, Call
from lyncdesk.ui.connection_steps import StepRow, drop
from lyncdesk.ui.controls import button
from lyncdesk.ui.widgets import MessageLine, TroubleBox


class ConnectionTest(QWidget):
    """The steps of a test, with Stop while it runs.

    ``problem`` is the first, in the order of the problem table, of those that steps failed with.
    ``finished(ok)`` comes once for each test that was not stopped. A window that starts it with a button of
    its own hides ``start_button``. In a window that scrolls, the newest step is kept in view until the person
    scrolls; such a window puts ``stop_button`` where it does not scroll away.

    ``end`` is what the window says after the end, to be kept in view as well.
    ``take_server`` is called when the person takes an address that would cure what is wrong; without it there
    is no button for that.
    """

    finished = Signal(bool)
    running_changed = Signal(bool)

    def __init__(
        self,
        bridge: Bridge,
        words: Words,
        account: Callable[[], tuple[Account, str | None]],
        *,
        take_server: Callable[[str], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._take_server = take_server
        self._bridge = bridge
        self._words = words
        self._account = account
        self._handle: Call | None = None
        self.running = False
        self._number = 0
        self._typed_anew = True
        self._steps: dict[str, StepRow] = {}
        self._newest: StepRow | None = None
        self._follows = False
        self._watched = False
        self._limited = False
        self.end: QWidget | None = None
        self.problem: Problem | None = None
        self.offer: QPushButton | None = None
        self.start_button = QPushButton(words("Test connection"))
        self.start_button.setAutoDefault(False)
        self.start_button.clicked.connect(self.start)
        self.stop_button = QPushButton(words("Stop"))
        self.stop_button.setAutoDefault(False)
        self.stop_button.setAccessibleName(words("Stop the connection test"))
        self.stop_button.clicked.connect(self.stop)
        self.stop_button.hide()
        self.outcome = MessageLine()
        buttons = QHBoxLayout()
        buttons.addWidget(self.start_button)
        buttons.addWidget(self.stop_button)
        buttons.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setVerticalSpacing(2)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(buttons)
        self._column.addLayout(self._grid)
        self._offers = QHBoxLayout()
        self._offers.addStretch(1)
        self._column.addLayout(self._offers)
        self._column.addWidget(self.outcome)

    @property
    def step_rows(self) -> tuple[StepRow, ...]:
        """The steps so far, in order."""
        return tuple(self._steps.values())

    @property
    def trouble_box(self) -> TroubleBox | None:
        """The words about ``problem``."""
        return next((row.box for row in self.step_rows if row.box and row.problem == self.problem), None)

    def password_typed(self) -> None:
        """The person typed in the password's field: what stands there may be sent, even if it was refused."""
        self._typed_anew = True

    def start(self) -> None:
        """Test the account that the window holds now."""
        if self.running:
            return
        self.clear()
        account, password = self._account()
        self._number += 1
        number = self._number
        self._follows = True
        anew, self._typed_anew = self._typed_anew, False
        self._set_running(True)
        self._handle = self._bridge.call(
            self._bridge.session.test_connection,
            account,
            password,
            self._bridge.relay(lambda step: self._show_step(number, step)),
            anew=anew,
            done=lambda ok: self._ended(number, ok=ok),
            failed=lambda error: self._broke(number, error),
        )

    def stop(self) -> None:
        """Stop the test; nothing of it arrives any more."""
        if not self.running or self._handle is None:
            return
        self._handle.cancel()
        self._number += 1
        for row in self._steps.values():
            if row.sign.result is StepResult.RUNNING:
                row.sign.set_result(StepResult.SKIPPED)
        self.outcome.say(self._words("Stopped. Nothing was saved."))
        self._set_running(False)

    def clear(self) -> None:
        """Forget the steps of the last test."""
        for row in self._steps.values():
            row.remove()
        self._steps = {}
        self._newest = None
        self._limited = False
        self.problem = None
        if self.offer is not None:
            drop(self.offer)
            self.offer = None
        self.outcome.say("")

    def _set_running(self, running: bool) -> None:
        self.running = running
        self.start_button.setEnabled(not self.running)
        self.stop_button.setVisible(self.running)
        self.running_changed.emit(self.running)

    def _show_step(self, number: int, step: ConnectionStep) -> None:
        if number != self._number:
            return
        if step.name not in self._steps:
            self._steps[step.name] = StepRow(self._grid, len(self._steps), self._words)
        row = self._steps[step.name]
        row.show_step(step)
        self._limited = self._limited or step.result is StepResult.LIMITED
        if step.problem is not None:
            found = (step.problem,) if self.problem is None else (self.problem, step.problem)
            self.problem = first_problem(found)
        server = server_offered(step)
        if server and self._take_server is not None:
            self._offer(server, self._take_server)
        self._newest = row
        self._follow()

    def _offer(self, server: str, take: Callable[[str], None]) -> None:
        """A button for the address; the last that is offered counts."""
        host = urlsplit(server).netloc
        if is_automatic(server):
            text, name = N_("Ask {host}"), N_("Let {host} tell which server is yours")
        else:
            text, name = N_("Use {host}"), N_("Use {host} as your server")
        if self.offer is not None:
            drop(self.offer)
        self.offer = button(
            self._words(text, host=host), lambda: take(server), name=self._words(name, host=host)
        )
        self._offers.insertWidget(0, self.offer)
        # As it stands, and not behind everything that the window had before.
        self.setTabOrder(self.start_button, self.offer)

    # what is seen of a long list

    def _follow(self) -> None:
        """Keep in view what is new; once more when its words have their places."""
        area = self._area()
        if area is None or not self._follows:
            return
        for widget in self._new():
            if widget is not None and widget.isVisible():
                area.ensureWidgetVisible(widget, 0, 12)

    def _new(self) -> tuple[QWidget | None, ...]:
        """The newest step; after the end what came of the test, the failure last, as it counts most."""
        if self.running:
            row = self._newest
            return (row.tried, row.came_back, row.box) if row is not None else ()
        return (self.offer, self.outcome, self.end, self.trouble_box)

    def _area(self) -> QScrollArea | None:
        widget = self.parentWidget()
        while widget is not None and not isinstance(widget, QScrollArea):
            widget = widget.parentWidget()
        if widget is not None and not self._watched:
            self._watched = True
            widget.verticalScrollBar().actionTriggered.connect(self._scrolled)
            widget.verticalScrollBar().rangeChanged.connect(self._follow)
        return widget

    def _scrolled(self) -> None:
        """The person looks at something else."""
        self._follows = False

    def _ended(self, number: int, *, ok: bool) -> None:
        if number != self._number:
            return
        works = N_("The connection works, with a limit.") if self._limited else N_("The connection works.")
        self.outcome.say(self._words(works) if ok else "")
        self._set_running(False)
        self.finished.emit(ok)
        self._follow()

    def _broke(self, number: int, error: Exception) -> None:
        if number != self._number:
            return
        self._handle = None
        self.outcome.say(
            self._words("The test could not be carried out: {error}", error=type(error).__name__)
        )
        self._set_running(False)
        self.finished.emit(False)
