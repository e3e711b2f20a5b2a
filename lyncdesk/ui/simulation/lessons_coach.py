"""The lesson that goes on: what to do next, what happened, and how to get on, back, or out of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from lyncdesk.client.lesson_types import LessonView
from lyncdesk.client.words import Words
from lyncdesk.ui.controls import button
from lyncdesk.ui.mnemonics import plain
from lyncdesk.ui.widgets import MessageLine, Panel, QuietLabel, bold, label


class Coach(Panel):
    """Shows a lesson's step. Its signals are what the person wants; ``seen(bool)``: it can be seen, or no
    longer.
    """

    back = Signal()
    on = Signal()
    again = Signal()
    end = Signal()
    do = Signal()
    show_me = Signal()
    seen = Signal(bool)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._words = words
        self._view: LessonView | None = None
        self.title = bold()
        self.say = label(selectable=True)
        self.where = QuietLabel()
        self.wrong = MessageLine(warning=True)
        self.said = MessageLine()
        self.show_button = button(words("Show me"), self.show_me.emit)
        self.do_button = button(words("Do it for me"), self.do.emit)
        self.on_button = button(words("Next step"), self.on.emit)
        self.back_button = button(words("Step back"), self.back.emit)
        self.again_button = button(words("Start again"), self.again.emit)
        self.end_button = button(words("End the lesson"), self.end.emit)
        self._buttons = (
            self.show_button,
            self.do_button,
            self.on_button,
            self.back_button,
            self.again_button,
            self.end_button,
        )
        column = QVBoxLayout(self)
        for text in (self.title, self.say, self.where, self.wrong, self.said):
            column.addWidget(text)
        column.addLayout(_rows(self._buttons))
        self.hide()

    def show_view(self, view: LessonView | None) -> bool:
        """Show this step; None = no lesson goes on. Whether the texts of the buttons have changed."""
        before, self._view = self._view, view
        if view == before:
            return False
        self.setVisible(view is not None)
        if view is None:
            return False
        words = self._words
        self.title.setText(
            words("{title}: step {n} of {count}", title=view.title, n=view.number, count=view.count)
        )
        self.say.setText(words("Preparing the lesson ...") if view.busy else view.say)
        self.where.setText(words("Where: {where}", where=view.where) if view.where else "")
        self.where.setVisible(bool(view.where))
        self.wrong.say(view.wrong)
        self.said.say(view.said)
        self._offer(view)
        self._announce(before, view)
        return True

    def _offer(self, view: LessonView) -> None:
        words = self._words
        self.show_button.setVisible(bool(view.point))
        self.do_button.setVisible(bool(view.doing))
        if view.doing:
            self.do_button.setText(plain(view.doing))
        on = words("Finish") if view.is_last else words("Next step")
        self.on_button.setText(plain(on if view.done else words("Skip this step")))
        for each in self._buttons:
            each.setEnabled(not view.busy)
        self.back_button.setEnabled(not view.busy and view.number > 1)

    def showEvent(self, event: QShowEvent) -> None:
        """It can be seen."""
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """It cannot be seen any more."""
        super().hideEvent(event)
        self.seen.emit(False)

    def _announce(self, before: LessonView | None, view: LessonView) -> None:
        """Tell it to who hears the screen, wherever the keyboard is."""
        news = [
            text
            for name in ("say", "wrong", "said")
            if (text := getattr(view, name)) and (before is None or text != getattr(before, name))
        ]
        if news:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, " ".join(news)))


def _rows(buttons: tuple[QPushButton, ...]) -> QVBoxLayout:
    rows = QVBoxLayout()
    for part in (buttons[:3], buttons[3:]):
        row = QHBoxLayout()
        for each in part:
            row.addWidget(each)
        row.addStretch(1)
        rows.addLayout(row)
    return rows
