"""The Calendar line of a contact card, and the box with the details that it opens."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from lyncdesk.client.view_types import Detail
from lyncdesk.ui.mnemonics import plain
from lyncdesk.ui.theme import mixed
from lyncdesk.ui.widgets import Panel, QuietLabel, bold, label


class CalendarLine(QLabel):
    """The Calendar line: hovering over it or focusing it asks for the details."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMargin(3)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is on it."""
        super().enterEvent(event)
        self.update()
        self.wanted.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer left."""
        super().leaveEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard is on it."""
        super().focusInEvent(event)
        self.update()
        self.wanted.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard left."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground while it is pointed at, a frame while it has the keyboard."""
        if self.underMouse() or self.hasFocus():
            palette = self.palette()
            window, high = (
                palette.color(QPalette.ColorRole.Window),
                palette.color(QPalette.ColorRole.Highlight),
            )
            with QPainter(self) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(high if self.hasFocus() else Qt.PenStyle.NoPen)
                painter.setBrush(mixed(high, window, 0.12))
                painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)
        super().paintEvent(event)


class DetailBox(Panel):
    """Subject, location and time, or the one sentence why not and the button that asks for them."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 7, 10, 7)
        self._column.setSpacing(2)
        self._lines: list[QLabel] = []
        self._detail: Detail | None = None
        self.ask = QPushButton()
        self.ask.setAutoDefault(False)
        self.ask.clicked.connect(self.asked)
        self.said = QuietLabel()
        row = QHBoxLayout()
        row.addWidget(self.ask)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addWidget(self.said)

    def show_detail(self, detail: Detail) -> None:
        """Show these lines. Where they are the same, what was said under them stays."""
        if detail == self._detail:
            return
        self._detail = detail
        for old in self._lines:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        several = len(detail.lines) > 1
        self._lines = [
            bold(text) if several and row == 0 else label(text) for row, text in enumerate(detail.lines)
        ]
        for row, line in enumerate(self._lines):
            self._column.insertWidget(row, line)
            line.show()  # at once, or it would not count when the card asks for its height
        self.ask.setText(plain(detail.ask))
        self.ask.setVisible(bool(detail.ask))
        self.said.hide()
        self.setAccessibleName("\n".join(detail.lines))
