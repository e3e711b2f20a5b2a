"""My day in the main window: the strip, which can go back in days, and the week that unfolds under it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QToolTip, QVBoxLayout, QWidget

from lyncdesk.client.day_types import DayStrip, Week
from lyncdesk.client.words import Words
from lyncdesk.ui.day_pager import DayPager
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.strip import DayStripWidget, ReasonsOf
from lyncdesk.ui.week import MenuOf, WeekPanel
from lyncdesk.ui.widgets import QuietLabel


class MyDay(QWidget):
    """``unfolded(bool)`` tells when the week was opened or closed, ``posted(Event)`` what is changed in it.

    ``menu_of`` gives what an item of it can be shown as, ``reasons_of`` the reasons of a moment; ``grown()``
    tells that it needs more room.
    """

    unfolded = Signal(bool)
    posted = Signal(object)
    grown = Signal()

    def __init__(
        self,
        icons: IndicatorIcons,
        words: Words,
        menu_of: MenuOf = lambda _: None,
        reasons_of: ReasonsOf = lambda _: (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.fold = QToolButton()
        self.fold.setText(words("My day"))
        self.fold.setAccessibleDescription(words("Shows the week as others see it"))
        self.fold.setCheckable(True)
        self.fold.setAutoRaise(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.fold.toggled.connect(self._toggled)
        self.pager = DayPager(words)
        self.past = QuietLabel()
        self.past.hide()
        self.strip = DayStripWidget(words, words("My day"), reasons_of=reasons_of)
        self._today: DayStrip | None = None
        self.week = WeekPanel(icons, words, menu_of)
        self.week.posted.connect(self.posted)
        self.week.grown.connect(self.grown)
        self.week.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.fold)
        head.addStretch(1)
        head.addWidget(self.pager)
        column.addLayout(head)
        column.addWidget(self.past)
        column.addWidget(self.strip)
        column.addWidget(self.week, 1)
        self._toggled(False)

    @property
    def is_unfolded(self) -> bool:
        """Whether the week is shown."""
        return self.fold.isChecked()

    def show_day(self, day: DayStrip) -> None:
        """Show this day, which is today; in the place of a past one once that is left."""
        self._today = day
        if self.past.isHidden():
            self.strip.show_strip(day)

    def show_past(self, day: DayStrip | None, text: str) -> None:
        """Show a past day with a text above it, or the text alone; None and "" go back to today."""
        QToolTip.hideText()  # it tells of the day that goes
        self.past.setText(text)
        if bool(text) is self.past.isHidden():
            self.past.setVisible(bool(text))
            self.grown.emit()
        shown = day if text else self._today
        if shown is not None:
            self.strip.show_strip(shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page up and Page down go through the days."""
        step = {Qt.Key.Key_PageUp: self.pager.previous, Qt.Key.Key_PageDown: self.pager.following}.get(
            Qt.Key(event.key())
        )
        if step is None or self.pager.isHidden():
            super().keyPressEvent(event)
        else:
            step.click()

    def show_week(self, week: Week) -> None:
        """Show this week, where it is unfolded."""
        self.week.show_week(week)

    def _toggled(self, unfolded: bool) -> None:
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        if not unfolded and self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            arrow = Qt.ArrowType.LeftArrow
        self.fold.setArrowType(arrow)
        self.week.setVisible(unfolded)
        vertical = QSizePolicy.Policy.Expanding if unfolded else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        self.unfolded.emit(unfolded)
