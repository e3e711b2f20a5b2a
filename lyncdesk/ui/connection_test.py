"""Test connection: the steps as they happen, what came back, how long it took, what to do about a failure.

The same panel serves Configuration information, Options > Account and the first start. It saves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from lyncdesk.client.options import Account
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.views import trouble
from lyncdesk.client.words import N_, Words
from lyncdesk.ui.bridge import Bridge, Call
from lyncdesk.ui.theme import is_dark
from lyncdesk.ui.widgets import MessageLine, QuietLabel, TroubleBox, label

# Result -> its words, and the colours of its sign on light and on dark ground.
_RESULTS: dict[StepResult, tuple[str, str, str]] = {
    StepResult.RUNNING: (N_("in progress"), "#0067c0", "#60b0ff"),
    StepResult.OK: (N_("done"), "#107c10", "#6ccb5f"),
    StepResult.LIMITED: (N_("works with a limit"), "#8a5a00", "#f5b942"),
    StepResult.FAILED: (N_("failed"), "#c42b1c", "#ff8a80"),
    StepResult.SKIPPED: (N_("left out"), "#707070", "#a0a0a0"),
}


_LOOK = N_(
    "Check the server address, and the network or VPN, then test again. If both are right, tell your"
    " administrator."
)
_LATER = N_("Test again in a while. If it lasts, tell your administrator.")
# What the client answers by trying again by itself; a test does not, so there is something to do.
_INSTEAD_OF_WAITING: Mapping[str, str] = {
    "connection-refused": _LOOK,
    "timed-out": _LOOK,
    "server-busy": _LATER,
    "server-error": _LATER,
    "mailbox-moved": _LATER,
    "broken-answer": _LATER,
    "worker-failed": _LATER,
}


class StepSign(QWidget):
    """How a step ended: a tick, a cross, a dash, or dots while it runs. Shape and name, not colour alone."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.result = StepResult.RUNNING
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_result(StepResult.RUNNING)

    def set_result(self, result: StepResult) -> None:
        """Show this result."""
        self.result = result
        self.setAccessibleName(self._words(_RESULTS[result][0]))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a line of text."""
        side = self.fontMetrics().height()
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sign."""
        _, light, dark = _RESULTS[self.result]
        side = float(min(self.width(), self.height()))
        colour = QColor(dark if is_dark(self.palette()) else light)
        path = QPainterPath()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(
                colour, side * 0.14, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            )
            painter.setPen(pen)
            match self.result:
                case StepResult.OK:
                    path.moveTo(side * 0.18, side * 0.54)
                    path.lineTo(side * 0.42, side * 0.78)
                    path.lineTo(side * 0.84, side * 0.26)
                case StepResult.LIMITED:
                    path.moveTo(side * 0.5, side * 0.18)
                    path.lineTo(side * 0.5, side * 0.58)
                    path.moveTo(side * 0.5, side * 0.82)
                    path.lineTo(side * 0.5, side * 0.83)
                case StepResult.FAILED:
                    path.moveTo(side * 0.22, side * 0.22)
                    path.lineTo(side * 0.78, side * 0.78)
                    path.moveTo(side * 0.78, side * 0.22)
                    path.lineTo(side * 0.22, side * 0.78)
                case StepResult.SKIPPED:
                    path.moveTo(side * 0.22, side * 0.5)
                    path.lineTo(side * 0.78, side * 0.5)
                case StepResult.RUNNING:
                    for x in (0.2, 0.5, 0.8):
                        path.moveTo(side * x, side * 0.5)
                        path.lineTo(side * x + 0.01, side * 0.5)
            painter.drawPath(path)


class StepRow:
    """The widgets of one step."""

    def __init__(self, grid: QGridLayout, row: int, words: Words) -> None:
        self._words = words
        self.sign = StepSign(words)
        self.tried = label()
        self.took = QuietLabel(wrap=False)
        self.came_back = QuietLabel()
        grid.addWidget(self.sign, row * 2, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.tried, row * 2, 1)
        grid.addWidget(self.took, row * 2, 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.came_back, row * 2 + 1, 1, 1, 2)

    def show_step(self, step: ConnectionStep) -> None:
        """Show what is known of the step now."""
        self.sign.set_result(step.result)
        tried = self._words(step.tried)
        self.tried.setText(tried)
        self.tried.setAccessibleName(f"{tried} – {self.sign.accessibleName()}")
        self.took.setText(_took(step.duration, self._words))
        told = " ".join(self._words(text) for text in (step.came_back, step.remedy) if text is not None)
        self.came_back.setText(told)
        self.came_back.setVisible(bool(told))

    def remove(self) -> None:
        """Take the widgets away."""
        for widget in (self.sign, self.tried, self.took, self.came_back):
            widget.hide()
            widget.deleteLater()


def _took(duration: timedelta | None, words: Words) -> str:
    if duration is None:
        return ""
    milliseconds = duration // timedelta(milliseconds=1)
    if milliseconds < 1000:
        return words("{n} ms", n=milliseconds)
    return words("{n} s", n=words.tenths(milliseconds / 1000))


class ConnectionTest(QWidget):
    """The steps of a test, with Stop while it runs.

    ``problem`` is that of the step that failed. ``finished(ok)`` comes once for each test that was not
    stopped. A window that starts it with a button of its own hides ``start_button``.
    """

    finished = Signal(bool)
    running_changed = Signal(bool)

    def __init__(
        self,
        bridge: Bridge,
        words: Words,
        account: Callable[[], tuple[Account, str | None]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._account = account
        self._handle: Call | None = None
        self.running = False
        self._number = 0
        self._steps: dict[str, StepRow] = {}
        self.trouble_box: TroubleBox | None = None
        self.problem: Problem | None = None
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
        self._column.addWidget(self.outcome)

    @property
    def step_rows(self) -> tuple[StepRow, ...]:
        """The steps so far, in order."""
        return tuple(self._steps.values())

    def start(self) -> None:
        """Test the account that the window holds now."""
        if self.running:
            return
        self.clear()
        account, password = self._account()
        self._number += 1
        number = self._number
        self._set_running(True)
        self._handle = self._bridge.call(
            self._bridge.session.test_connection,
            account,
            password,
            self._bridge.relay(lambda step: self._show_step(number, step)),
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
        self.problem = None
        if self.trouble_box is not None:
            self.trouble_box.hide()
            self.trouble_box.deleteLater()
            self.trouble_box = None
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
        self._steps[step.name].show_step(step)
        if step.problem is not None and self.problem is None:
            self.problem = step.problem
            told = trouble(step.problem, self._words)
            instead = _INSTEAD_OF_WAITING.get(step.problem.name)
            if instead is not None:
                told = replace(told, remedy=self._words(instead))
            self.trouble_box = TroubleBox(told)
            if (
                self.trouble_box.button is not None
            ):  # the window that holds this test is where one would mend it
                self.trouble_box.button.hide()
            self._column.addWidget(self.trouble_box)

    def _ended(self, number: int, *, ok: bool) -> None:
        if number != self._number:
            return
        self.outcome.say(self._words("The connection works.") if ok else "")
        self._set_running(False)
        self.finished.emit(ok)

    def _broke(self, number: int, error: Exception) -> None:
        if number != self._number:
            return
        self._handle = None
        self.outcome.say(
            self._words("The test could not be carried out: {error}", error=type(error).__name__)
        )
        self._set_running(False)
        self.finished.emit(False)
