"""Changing the Show As of an item: its menu, the question before it is written, and what became of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from lyncdesk.client.day_types import ChangeLine, ShowAsChoice, ShowAsMenu
from lyncdesk.client.events import ShowAsPicked
from lyncdesk.client.view_types import Action, Notice
from lyncdesk.client.words import Words
from lyncdesk.ui.mnemonics import plain, with_mnemonics
from lyncdesk.ui.notice_bar import NoticeBar
from lyncdesk.ui.widgets import Panel, label


def show_as_menu(view: ShowAsMenu, parent: QWidget, on_choice: Callable[[ShowAsChoice], None]) -> QMenu:
    """The menu of an item; where nothing can be changed it says why. It is gone once it has closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAccessibleName(view.title)
    menu.setToolTipsVisible(True)
    group = QActionGroup(menu)
    if view.locked:
        # Not disabled like the choices under it, or hardly anybody could read it.
        menu.addAction(plain(view.locked))
        menu.addSeparator()
    texts = with_mnemonics([choice.text for choice in view.choices])
    for choice, text in zip(view.choices, texts, strict=True):
        action = QAction(text, group)
        action.setCheckable(True)
        action.setChecked(choice.chosen)
        action.setEnabled(not view.locked)
        action.triggered.connect(lambda _checked=False, which=choice: on_choice(which))
        menu.addAction(action)
    return menu


class ShowAsQuestion(Panel):
    """Asks before a Show As is written. ``answered(ShowAsPicked | None)``: written like this, or left alone.

    ``item`` is the item that it asks about, "" while it asks nothing.
    """

    answered = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.item = ""
        self._choice: ShowAsChoice | None = None
        self.text = label()
        self.one, self.whole, self.cancel = QPushButton(), QPushButton(), QPushButton(plain(words("Cancel")))
        self.one.clicked.connect(lambda _checked=False: self._answer(series=False))
        self.whole.clicked.connect(lambda _checked=False: self._answer(series=True))
        self.cancel.clicked.connect(lambda _checked=False: self._leave())
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 6, 9, 8)
        column.addWidget(self.text)
        row = QHBoxLayout()
        for button in (self.one, self.whole, self.cancel):
            button.setAutoDefault(True)
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.hide()

    def ask(self, item: str, choice: ShowAsChoice) -> None:
        """Ask about this choice for this item."""
        self.item, self._choice = item, choice
        self.text.setText(choice.question)
        self.setAccessibleName(choice.question)
        for button, text in ((self.one, choice.one), (self.whole, choice.whole)):
            button.setText(plain(text))
            button.setAccessibleDescription(f"{choice.question} {choice.note}".strip())
            button.setVisible(bool(text))
        self.whole.setToolTip(choice.note)
        # An item that says so already is only asked about for the rest of its series.
        self.one.setVisible(not choice.chosen)
        self.show()
        (self.whole if choice.chosen else self.one).setFocus(Qt.FocusReason.OtherFocusReason)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def dismiss(self) -> None:
        """Ask no more: what it asked about is not there any more, or has been answered."""
        self.item, self._choice = "", None
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves everything as it is."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return
        super().keyPressEvent(event)

    def _answer(self, *, series: bool) -> None:
        choice, item = self._choice, self.item
        self.dismiss()
        if choice is not None:
            self.answered.emit(ShowAsPicked(item, choice.show_as, series))

    def _leave(self) -> None:
        self.dismiss()
        self.answered.emit(None)


class ChangedLine(NoticeBar):
    """What became of the last change. ``undone`` is its button."""

    undone = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.acted.connect(lambda _action: self.undone.emit())

    def show_line(self, line: ChangeLine | None) -> None:
        """Show this; None hides it."""
        if line is None:
            self.show_notice(None)
            return
        action = Action.UNDO if line.undo else None
        self.show_notice(Notice(line.text, action, line.undo, line.warning))
