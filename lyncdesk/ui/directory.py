"""People of the directory that a search found, to be added to the contact list."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.view_types import Indicator
from lyncdesk.client.words import Words
from lyncdesk.presence.publication import Seen
from lyncdesk.presence.states import appearance
from lyncdesk.ui.bridge import Call, SeatBridge
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.mnemonics import with_mnemonics
from lyncdesk.ui.row_delegate import INDICATOR_ROLE, SECOND_ROLE, RowDelegate, item_view_looks
from lyncdesk.ui.widgets import QuietLabel, bold

PAUSE_MS = 400
_ADDRESS_ROLE = Qt.ItemDataRole.UserRole
_SHORTEST = 2
_ROWS = 3


class PeopleList(QListWidget):
    """The list. ``chosen`` is Enter or a double click."""

    chosen = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the row."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


class DirectoryPanel(QWidget):
    """Asks the directory a moment after the last key; hidden while there is nothing to say."""

    def __init__(
        self,
        bridge: SeatBridge,
        words: Words,
        icons: IndicatorIcons,
        *,
        pause_ms: int = PAUSE_MS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._text = ""
        self._known: frozenset[str] = frozenset()
        self._people: tuple[Seen, ...] = ()
        self._found_contacts = False
        self._call: Call | None = None
        self._pause = QTimer(self, singleShot=True, interval=pause_ms)
        self._pause.timeout.connect(self._ask)
        self.list = PeopleList()
        self.list.setItemDelegate(RowDelegate(icons, self.list))
        self.list.setAccessibleName(words("People in the directory"))
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        item_view_looks(self.list)
        self.list.itemDoubleClicked.connect(lambda _: self._add())
        self.list.chosen.connect(self._add)
        self.list.currentItemChanged.connect(lambda *_: self._enable())
        self.add = QPushButton(with_mnemonics([words("Add to contacts")])[0])
        self.add.setAutoDefault(False)
        self.add.clicked.connect(lambda _=False: self._add())
        self.says = QuietLabel()
        head = QHBoxLayout()
        head.addWidget(bold(words("In the directory"), wrap=False), 1)
        head.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self.says)
        self.hide()

    def look_for(self, text: str, known: frozenset[str], *, found: bool) -> None:
        """Search for ``text`` among people who are not contacts yet (``known``: their addresses). Where
        nobody is found, and no contact was (``found``), that is said.
        """
        self._known = known
        self._found_contacts = found
        if text.strip() == self._text:
            self._show()
            return
        self._text = text.strip()
        self._pause.stop()
        if self._call is not None:
            self._call.cancel()
            self._call = None
        if len(self._text) < _SHORTEST:
            self._people = ()
            self.says.setText("")
            self._show()
        else:
            self._pause.start()

    def _ask(self) -> None:
        self._people = ()
        # A server takes its time; contacts that were found by themselves need no word about it.
        self.says.setText("" if self._found_contacts else self._words("Searching the address book ..."))
        self._show()
        self._call = self._bridge.call(
            self._bridge.seat.search, self._text, done=self._found, failed=self._failed
        )

    def _found(self, people: tuple[Seen, ...]) -> None:
        self._people = people
        nobody = self._words("Nobody in the directory matches “{text}”.", text=self._text)
        self.says.setText("" if people or self._found_contacts else nobody)
        self._show()

    def _failed(self, error: Exception) -> None:
        self._people = ()
        text = self._words("The directory could not be searched.")
        if isinstance(error, ProblemError):
            text = self._words("{text} {problem}", text=text, problem=error.problem.title)
        self.says.setText(text)
        self._show()

    def _show(self) -> None:
        new = [seen for seen in self._people if seen.profile.address not in self._known]
        shown = [self.list.item(i).data(_ADDRESS_ROLE) for i in range(self.list.count())]
        if shown != [seen.profile.address for seen in new]:
            self.list.clear()
            for seen in new:
                self.list.addItem(self._item(seen))
            if new:
                self.list.setCurrentRow(0)
        row = self.list.sizeHintForRow(0) if new else 0
        self.list.setFixedHeight(row * min(len(new), _ROWS) + 2 * self.list.frameWidth())
        self.list.setVisible(bool(new))
        self.says.setVisible(bool(self.says.text()))
        self.setVisible(bool(new) or bool(self.says.text()))
        self._enable()

    def _item(self, seen: Seen) -> QListWidgetItem:
        profile = seen.profile
        row = appearance(seen.presence.availability, seen.presence.activity)
        text = self._words(row.text)
        item = QListWidgetItem(profile.shown_name)
        second = ", ".join(part for part in (profile.title, profile.company) if part) or profile.address
        item.setData(_ADDRESS_ROLE, profile.address)
        item.setData(INDICATOR_ROLE, Indicator(row.colour, row.shape, text))
        item.setData(SECOND_ROLE, second)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{profile.shown_name}, {second}")
        return item

    def _enable(self) -> None:
        self.add.setEnabled(self.list.currentItem() is not None)

    def _add(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            name, address = item.text(), item.data(_ADDRESS_ROLE)
            self._bridge.call(
                self._bridge.seat.add_contact, address, done=lambda problem: self._added(name, problem)
            )

    def _added(self, name: str, problem: Problem | None) -> None:
        if problem is None:
            text = self._words("{name} was added to your contacts.", name=name)
        else:
            text = self._words("{name} was not added: {problem}", name=name, problem=problem.title)
        self.says.setText(text)
        self._show()
