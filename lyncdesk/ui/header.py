"""The top of the main window: who I am, what I am shown as, my note, and the gear."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFocusEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from lyncdesk.client.events import NoteWritten, SetStatus
from lyncdesk.client.view_types import DurationChoice, Main
from lyncdesk.client.words import Words
from lyncdesk.presence.states import ManualStatus
from lyncdesk.ui.buttons import DrawnButton, ElidingButton, draw_gear
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.mnemonics import letters, with_mnemonics
from lyncdesk.ui.theme import is_dark
from lyncdesk.ui.widgets import BoldLine, Portrait


class NoteLine(QLineEdit):
    """The note: Enter or leaving the line writes it, Escape takes the typing back."""

    written = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._note = ""
        self.setFrame(False)
        self.setPlaceholderText(words("What is going on today?"))
        self.setAccessibleName(words("Note for others"))
        self.setMaxLength(500)
        self._ground(seen=False)
        self.editingFinished.connect(self._write)

    def show_note(self, note: str, *, locked: bool) -> None:
        """Show the note; what is being typed is left alone."""
        self._note = note
        if not (self.hasFocus() and self.isModified()):
            self.setText(note)
            self.setCursorPosition(0)
        reason = self._words("Set by your administrator") if locked else ""
        self.setEnabled(not locked)
        self.setToolTip(reason or note)
        self.setAccessibleDescription(reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter writes, Escape takes back."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setText(self._note)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A line to type in looks like one."""
        super().focusInEvent(event)
        self._ground(seen=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the beginning of a long note again."""
        super().focusOutEvent(event)
        self._ground(seen=False)
        self.setCursorPosition(0)

    def _ground(self, *, seen: bool) -> None:
        palette = QPalette()
        if not seen:
            palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)

    def _write(self) -> None:
        text = self.text().strip()
        if self.isModified() and text != self._note:
            self._note = text
            self.written.emit(text)
        self.setModified(False)


class StatusMenu(QMenu):
    """The statuses and Reset Status of the tray menu, and for how long the one chosen by hand shall last."""

    lasting = Signal(object)

    def __init__(self, commands: Commands, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._statuses = list(commands.statuses.values())
        self._durations: tuple[DurationChoice, ...] | None = None
        self.addActions(self._statuses)
        self.addSeparator()
        self.how_long = QMenu(self)
        self._group = QActionGroup(self.how_long)
        self._group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        self.addMenu(self.how_long)
        self.addAction(commands.reset)
        shared = [action.text() for action in (*self._statuses, commands.reset)]
        self.how_long.setTitle(with_mnemonics([words("How long")], letters(shared))[0])
        self.setAccessibleName(words("My status"))

    def show_durations(self, durations: tuple[DurationChoice, ...], *, enabled: bool) -> None:
        """These ends can be chosen; ``enabled`` while a status by hand is."""
        self.how_long.setEnabled(enabled)
        if durations == self._durations:
            return
        self._durations = durations
        self.how_long.clear()
        for choice, text in zip(
            durations, with_mnemonics([choice.text for choice in durations]), strict=True
        ):
            self.how_long.addAction(self._row(text, choice.until))

    def _row(self, text: str, until: datetime | None) -> QAction:
        action = QAction(text, self.how_long)
        action.triggered.connect(lambda _checked=False: self.lasting.emit(until))
        return action


class Header(QWidget):
    """``posted(Event)`` is what the person chose or wrote; ``status_opening`` comes before the menu shows."""

    posted = Signal(object)
    status_opening = Signal()

    def __init__(
        self,
        commands: Commands,
        words: Words,
        icons: IndicatorIcons,
        menu: QMenu,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._icons = icons
        self._chosen: ManualStatus | None = None
        self._view: Main | None = None
        self.portrait = Portrait(56)
        self.name = BoldLine(larger=1.5)
        self.status = ElidingButton()
        self.status.setObjectName("main.status")
        # Not InstantPopup, whose arrow many styles draw into a corner.
        self.status.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.status.clicked.connect(self.status.showMenu)
        self.status_menu = StatusMenu(commands, words, self)
        self.status_menu.aboutToShow.connect(self.status_opening)
        self.status_menu.lasting.connect(self._last_until)
        self.status.setMenu(self.status_menu)
        self.note = NoteLine(words)
        self.note.written.connect(lambda text: self.posted.emit(NoteWritten(text)))
        self.gear = DrawnButton(draw_gear, words("Options"))
        self.gear.setObjectName("main.options")
        self.gear.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.gear.clicked.connect(commands.options.trigger)
        self.gear.setMenu(menu)
        self._lay_out()
        self._align_name()

    def show_view(self, view: Main) -> None:
        """Show who I am and how I am."""
        self._view = view
        self._chosen = next((choice.status for choice in view.statuses if choice.chosen), None)
        self.portrait.show_person(view.name, view.initials, view.picture, view.indicator)
        self.name.setText(view.name)
        self.name.setToolTip(view.address)
        self.status.say(view.status, self._words("My status: {status}", status=view.status))
        self._draw_status()
        self.status_menu.show_durations(view.durations, enabled=self._chosen is not None)
        self.note.show_note(view.note, locked=view.note_locked)

    def changeEvent(self, event: QEvent) -> None:
        """Follow dark and light, and the writing direction."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._align_name()
        if event.type() is QEvent.Type.PaletteChange and self._view is not None:
            self._draw_status()

    def _align_name(self) -> None:
        # A label follows the direction of its text, but a name of any script belongs beside the picture.
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        self.name.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)

    def _draw_status(self) -> None:
        if self._view is not None:
            self.status.setIcon(self._icons.icon(self._view.indicator, dark=is_dark(self.palette())))

    def _last_until(self, until: datetime | None) -> None:
        if self._chosen is not None:
            self.posted.emit(SetStatus(self._chosen, until))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.gear)
        status = QHBoxLayout()
        status.addWidget(self.status)
        status.addStretch(1)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addLayout(top)
        texts.addLayout(status)
        texts.addWidget(self.note)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.portrait, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
