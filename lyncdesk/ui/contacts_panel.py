"""The lower part of the main window: search, view choice, contact list, directory, a contact's menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from lyncdesk.client.events import Give
from lyncdesk.client.view_types import Card, ContactRow, Given
from lyncdesk.client.words import Words
from lyncdesk.presence.relationships import Relationship
from lyncdesk.ui.bridge import SeatBridge
from lyncdesk.ui.contact_groups import VIEW_TEXTS, View
from lyncdesk.ui.contact_list import ContactList
from lyncdesk.ui.directory import DirectoryPanel
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.mnemonics import with_mnemonics
from lyncdesk.ui.question import ask

_TO_THE_LIST = frozenset({Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter})


class SearchLine(QLineEdit):
    """The search: Down or Enter goes to the list, Escape empties it."""

    left_down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if Qt.Key(event.key()) in _TO_THE_LIST:
            self.left_down.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class ContactsPanel(QWidget):
    """``opened``, ``hovered``, ``hover_left`` are the list's; ``view_changed(View)`` the person's choice."""

    opened = Signal(str, QRect)
    hovered = Signal(str, QRect)
    hover_left = Signal()
    posted = Signal(object)
    view_changed = Signal(object)

    def __init__(
        self,
        bridge: SeatBridge,
        words: Words,
        icons: IndicatorIcons,
        card_of: Callable[[str], Card | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._card_of = card_of
        self._known: frozenset[str] = frozenset()
        self.search = SearchLine()
        self.search.setPlaceholderText(words("Find someone"))
        self.search.setAccessibleName(words("Find someone"))
        self.search.setClearButtonEnabled(True)
        self.view = QComboBox()
        self.view.setAccessibleName(words("Sort contacts by"))
        for view, text in VIEW_TEXTS.items():
            self.view.addItem(words(text), view)
        self.list = ContactList(icons, words)
        self.directory = DirectoryPanel(bridge, words, icons)
        self.search.textChanged.connect(self._search)
        self.search.left_down.connect(self._to_the_list)
        self.view.currentIndexChanged.connect(self._view_chosen)
        tree = self.list.tree
        tree.opened.connect(self.opened)
        tree.hovered.connect(self.hovered)
        tree.hover_left.connect(self.hover_left)
        tree.menu_asked.connect(self._open_menu)
        tree.removal_asked.connect(self._ask_to_remove)
        line = QHBoxLayout()
        line.addWidget(self.search, 1)
        line.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        column.addWidget(self.list, 1)
        column.addWidget(self.directory)

    def show_contacts(
        self, rows: tuple[ContactRow, ...], nobody: str = "", *, finds_people: bool = True
    ) -> None:
        """Show these contacts, or the words ``nobody`` where there are none. Where nobody can be found either
        there is nothing to search.
        """
        self._known = frozenset(row.address for row in rows)
        useful = bool(rows) or finds_people
        self.search.setVisible(useful)
        self.view.setVisible(useful)
        self.list.show_contacts(rows, nobody)
        self._ask_directory()

    def choose_view(self, view: View) -> None:
        """Group the list so, as the person chose it another time."""
        self.view.setCurrentIndex(self.view.findData(view))

    def menu_for(self, row: ContactRow) -> QMenu:
        """What can be done to a contact."""
        menu = QMenu(self)
        names = with_mnemonics(
            [
                self._words("Open contact card"),
                self._words("Change privacy relationship"),
                self._words("Remove from contact list"),
            ]
        )
        card = QAction(names[0], menu)
        card.triggered.connect(lambda: self.opened.emit(row.address, self._rect_of(row)))
        menu.addAction(card)
        menu.setDefaultAction(card)
        menu.addMenu(self._relationships(row, names[1], menu))
        menu.addSeparator()
        remove = QAction(names[2], menu)
        remove.triggered.connect(lambda: self._ask_to_remove(row))
        menu.addAction(remove)
        return menu

    def _relationships(self, row: ContactRow, title: str, parent: QMenu) -> QMenu:
        menu = QMenu(title, parent)
        card = self._card_of(row.address)
        if card is None or card.gives.locked:
            menu.setEnabled(False)
            if card is not None:
                parent.setToolTipsVisible(True)
                menu.menuAction().setToolTip(card.gives.locked)
            return menu
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        choices = card.gives.choices
        texts = with_mnemonics([text for _, text, _ in choices])
        for (relationship, _, sees), text in zip(choices, texts, strict=True):
            action = QAction(text, menu)
            action.setToolTip(sees)
            action.setCheckable(True)
            action.setChecked(relationship is card.gives.relationship)
            action.setEnabled(relationship not in card.gives.denied)
            action.triggered.connect(
                lambda _checked=False, given=relationship: self._give(row, card.gives, given)
            )
            group.addAction(action)
            menu.addAction(action)
        return menu

    def _give(self, row: ContactRow, gives: Given, relationship: Relationship) -> None:
        question = gives.question(relationship)
        if relationship is gives.relationship and question:
            return
        if not question:
            self.posted.emit(Give(row.address, relationship))
            return
        words = self._words
        title, answers = words("Change privacy relationship"), (words("Change"), words("Cancel"))
        ask(self, title, question, answers, lambda: self.posted.emit(Give(row.address, relationship)))

    def _open_menu(self, row: ContactRow, place: QPoint) -> None:
        self.hover_left.emit()
        menu = self.menu_for(row)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _ask_to_remove(self, row: ContactRow) -> None:
        words = self._words
        ask(
            self,
            words("Remove from contact list"),
            words("Remove {name} from your contact list?", name=row.name),
            (words("Remove"), words("Keep")),
            lambda: self._remove(row),
            words("The privacy relationship that you gave stays as it is."),
        )

    def _remove(self, row: ContactRow) -> None:
        self._bridge.call(self._bridge.seat.remove_contact, row.address)

    def _rect_of(self, row: ContactRow) -> QRect:
        tree = self.list.tree
        rect = tree.visualRect(self.list.model.index_of(row.address))
        return QRect(tree.viewport().mapToGlobal(rect.topLeft()), rect.size())

    def _search(self, text: str) -> None:
        self.hover_left.emit()
        self.list.filter(text)
        self._ask_directory()

    def _ask_directory(self) -> None:
        self.directory.look_for(self.search.text(), self._known, found=self.list.model.shown > 0)

    def _to_the_list(self) -> None:
        if self.list.model.shown:
            self.list.tree.setFocus(Qt.FocusReason.OtherFocusReason)
            self.list.tree.choose_first()
        elif self.directory.list.count():
            self.directory.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _view_chosen(self, _index: int) -> None:
        view = self.view.currentData()
        self.list.group_by(view)
        self.view_changed.emit(view)
