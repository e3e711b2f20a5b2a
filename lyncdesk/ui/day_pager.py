"""The buttons that go back in days: the day before, today, the day after."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from lyncdesk.client.words import Words


class DayPager(QWidget):
    """``stepped(days)`` tells by how many days to go, ``today_asked()`` that today is wanted again.

    Hidden until somebody shows it: there is not always a past to go to.
    """

    stepped = Signal(int)
    today_asked = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.previous = self._arrow(Qt.ArrowType.LeftArrow, words("The day before"))
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.today = QToolButton()
        self.today.setText(words("Today"))
        self.today.setAutoRaise(True)
        self.today.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.today.clicked.connect(self.today_asked)
        self.following = self._arrow(Qt.ArrowType.RightArrow, words("The day after"))
        self.following.clicked.connect(lambda: self.stepped.emit(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (self.previous, self.today, self.following):
            row.addWidget(button)
        self._turn()
        self.hide()

    @staticmethod
    def _arrow(arrow: Qt.ArrowType, name: str) -> QToolButton:
        made = QToolButton()
        made.setArrowType(arrow)
        made.setAutoRaise(True)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.setAccessibleName(name)
        made.setToolTip(name)
        return made

    def _turn(self) -> None:
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            self.previous.setArrowType(Qt.ArrowType.RightArrow)
            self.following.setArrowType(Qt.ArrowType.LeftArrow)

    def allow(self, *, back: bool, forth: bool) -> None:
        """Whether there is a day before and a day after. The focus moves on from a button that is off."""
        had = [button.hasFocus() for button in (self.previous, self.today, self.following)]
        self.previous.setEnabled(back)
        self.today.setEnabled(forth)
        self.following.setEnabled(forth)
        if any(had) and not any(
            kept and button.isEnabled()
            for kept, button in zip(had, (self.previous, self.today, self.following), strict=True)
        ):
            (self.previous if back else self.following).setFocus(Qt.FocusReason.OtherFocusReason)
