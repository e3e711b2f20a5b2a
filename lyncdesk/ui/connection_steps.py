"""The steps of Test connection as widgets: a sign, what was tried, what came back, how long it took, and what
to do about a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.views import took, trouble
from lyncdesk.client.views.doctor import RESULTS, remedy_after_test
from lyncdesk.client.words import Words
from lyncdesk.ui.theme import is_dark
from lyncdesk.ui.widgets import QuietLabel, TroubleBox, label

# The colours of a result's sign, on light and on dark ground.
_COLOURS: Mapping[StepResult, tuple[str, str]] = {
    StepResult.RUNNING: ("#0067c0", "#60b0ff"),
    StepResult.OK: ("#107c10", "#6ccb5f"),
    StepResult.LIMITED: ("#8a5a00", "#f5b942"),
    StepResult.NOTHING: ("#707070", "#a0a0a0"),
    StepResult.FAILED: ("#c42b1c", "#ff8a80"),
    StepResult.SKIPPED: ("#707070", "#a0a0a0"),
}


class StepSign(QWidget):
    """How a step ended: a tick, a cross, a ring where nothing was found, a dash, or dots while it runs.

    Shape and name, not colour alone.
    """

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.result = StepResult.RUNNING
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_result(StepResult.RUNNING)

    def set_result(self, result: StepResult) -> None:
        """Show this result."""
        self.result = result
        self.setAccessibleName(self._words(RESULTS[result]))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a line of text."""
        side = self.fontMetrics().height()
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sign."""
        side = float(min(self.width(), self.height()))
        colour = QColor(_COLOURS[self.result][is_dark(self.palette())])
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
                case StepResult.NOTHING:
                    path.addEllipse(side * 0.22, side * 0.22, side * 0.56, side * 0.56)
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
    """The widgets of one step. ``box`` tells of its problem, where it has one."""

    _ROWS = 3

    def __init__(self, grid: QGridLayout, row: int, words: Words) -> None:
        self._words = words
        self._grid = grid
        self._row = row * self._ROWS
        self._problem: Problem | None = None
        self.sign = StepSign(words)
        self.tried = label()
        self.took = QuietLabel(wrap=False)
        self.came_back = QuietLabel()
        self.box: TroubleBox | None = None
        grid.addWidget(self.sign, self._row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.tried, self._row, 1)
        grid.addWidget(self.took, self._row, 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.came_back, self._row + 1, 1, 1, 2)

    @property
    def problem(self) -> Problem | None:
        """What the step failed with."""
        return self._problem

    @property
    def text(self) -> str:
        """The step as a line of text."""
        parts = (self.tried.accessibleName(), self.took.text(), self.came_back.text())
        told = (self.box.accessibleName(), self.box.accessibleDescription()) if self.box is not None else ()
        return " ".join(part for part in (*parts, *told) if part).replace("\n", " ")

    def show_step(self, step: ConnectionStep) -> None:
        """Show what is known of the step now."""
        self.sign.set_result(step.result)
        tried = self._words(step.tried)
        self.tried.setText(tried)
        self.tried.setAccessibleName(f"{tried} – {self.sign.accessibleName()}")
        self.took.setText(took(step.duration, self._words) if step.duration is not None else "")
        told = "\n".join(self._words(text) for text in (step.came_back, step.remedy) if text is not None)
        self.came_back.setText(told)
        self.came_back.setVisible(bool(told))
        self._show_problem(step.problem)

    def _show_problem(self, problem: Problem | None) -> None:
        self._problem = problem
        if self.box is not None:
            drop(self.box)
            self.box = None
        if problem is None:
            return
        remedy = remedy_after_test(problem, self._words)
        # No button: the window that holds the test is where one would mend it.
        told = replace(trouble(problem, self._words), remedy=remedy, action=None, action_text="")
        self.box = TroubleBox(told)
        self._grid.addWidget(self.box, self._row + 2, 1, 1, 2)

    def remove(self) -> None:
        """Take the widgets away."""
        for widget in (self.sign, self.tried, self.took, self.came_back, self.box):
            if widget is not None:
                drop(widget)


def drop(widget: QWidget) -> None:
    """Take a widget away for good."""
    widget.hide()
    widget.deleteLater()
