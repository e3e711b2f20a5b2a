"""The contact list: a tree of groups that hovers, opens cards and asks for menus; its words when empty."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QStackedWidget, QTreeView, QWidget

from lyncdesk.client.view_types import ContactRow
from lyncdesk.client.words import Words
from lyncdesk.ui.contact_groups import Group, View
from lyncdesk.ui.contact_model import ContactModel
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.row_delegate import RowDelegate, item_view_looks

_OPENING_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})


class ContactTree(QTreeView):
    """The tree.

    ``hovered(address, rect)`` and ``hover_left()`` follow the pointer; ``opened(address, rect)`` is a click,
    Enter or Space; ``menu_asked(row, place)`` a right click or the menu key; ``removal_asked(row)`` the
    Delete key. Places are global.
    """

    hovered = Signal(str, QRect)
    hover_left = Signal()
    opened = Signal(str, QRect)
    menu_asked = Signal(object, QPoint)
    removal_asked = Signal(object)

    def __init__(
        self, model: ContactModel, icons: IndicatorIcons, words: Words, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._contacts = model
        self._folded: set[str] = set()
        self._unfolding = False
        self.setModel(model)
        self.setItemDelegate(RowDelegate(icons, self))
        self.setHeaderHidden(True)
        self.setIndentation(12)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setAnimated(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(words("Contacts"))
        item_view_looks(self)
        self.entered.connect(self._entered)
        self.viewportEntered.connect(self.hover_left)
        self.clicked.connect(self._clicked)
        self.expanded.connect(lambda index: self._fold(index, folded=False))
        self.collapsed.connect(lambda index: self._fold(index, folded=True))
        model.modelReset.connect(self.unfold)
        model.rowsInserted.connect(lambda parent: None if parent.isValid() else self.unfold())
        self.unfold()

    def unfold(self) -> None:
        """Show every group's contacts, but for those that the person folded."""
        self._unfolding = True
        for number in range(self._contacts.rowCount()):
            index = self._contacts.index(number, 0)
            group = self._contacts.at(index)
            if isinstance(group, Group):
                self.setExpanded(index, group.key not in self._folded)
        self._unfolding = False

    def current_contact(self) -> ContactRow | None:
        """The contact that the keyboard is on."""
        return self._contacts.row_at(self.currentIndex())

    def choose_first(self) -> None:
        """Put the keyboard on the first contact."""
        first = self._contacts.index(0, 0, self._contacts.index(0, 0))
        if first.isValid():
            self.setCurrentIndex(first)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open a card or fold a group, Delete asks to remove."""
        index = self.currentIndex()
        row = self._contacts.row_at(index)
        if Qt.Key(event.key()) in _OPENING_KEYS and index.isValid():
            if row is None:
                self.setExpanded(index, not self.isExpanded(index))
            else:
                self.opened.emit(row.address, self._global_rect(index))
        elif event.key() == Qt.Key.Key_Delete and row is not None:
            self.removal_asked.emit(row)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By mouse at the pointer, by keyboard at the row."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        row = self._contacts.row_at(index)
        if row is not None:
            place = event.globalPos() if by_mouse else self._global_rect(index).center()
            self.menu_asked.emit(row, place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a heading folds it."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        on_heading = index.isValid() and self._contacts.row_at(index) is None
        if on_heading and event.button() is Qt.MouseButton.LeftButton and self._in_row(index, event):
            self.setExpanded(index, not self.isExpanded(index))

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer left."""
        super().leaveEvent(event)
        self.hover_left.emit()

    def _in_row(self, index: QModelIndex, event: QMouseEvent) -> bool:
        # The triangle before it folds by itself.
        return self.visualRect(index).contains(event.position().toPoint())

    def _entered(self, index: QModelIndex) -> None:
        row = self._contacts.row_at(index)
        if row is None:
            self.hover_left.emit()
        else:
            self.hovered.emit(row.address, self._global_rect(index))

    def _clicked(self, index: QModelIndex) -> None:
        row = self._contacts.row_at(index)
        if row is not None:
            self.opened.emit(row.address, self._global_rect(index))

    def _fold(self, index: QModelIndex, *, folded: bool) -> None:
        group = self._contacts.at(index)
        if self._unfolding or not isinstance(group, Group):
            return
        if folded:
            self._folded.add(group.key)
        else:
            self._folded.discard(group.key)

    def _global_rect(self, index: QModelIndex) -> QRect:
        rect = self.visualRect(index)
        return QRect(self.viewport().mapToGlobal(rect.topLeft()), rect.size())


class ContactList(QStackedWidget):
    """The tree, or the words that say why it is empty."""

    def __init__(self, icons: IndicatorIcons, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._rows: tuple[ContactRow, ...] = ()
        self._filter = ""
        self._nobody = ""
        self.model = ContactModel(words, self)
        self.tree = ContactTree(self.model, icons, words)
        self.empty = QLabel()
        self.empty.setWordWrap(True)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.empty.setMargin(24)
        self.addWidget(self.tree)
        self.addWidget(self.empty)
        self._choose_page()

    def show_contacts(self, rows: tuple[ContactRow, ...], nobody: str) -> None:
        """Show these contacts, or the words ``nobody`` where there are none."""
        self._rows = rows
        self._nobody = nobody
        self.model.show_contacts(rows)
        self._choose_page()

    def group_by(self, view: View) -> None:
        """Group them so."""
        self.model.group_by(view)

    def filter(self, text: str) -> None:
        """Show only what matches."""
        self._filter = text.strip()
        self.model.filter(self._filter)
        self._choose_page()

    def _choose_page(self) -> None:
        if self.model.shown:
            self.setCurrentWidget(self.tree)
            return
        self.empty.setText(
            self._words("Nobody in your contact list matches “{text}”.", text=self._filter)
            if self._rows or self._filter
            else self._nobody
        )
        self.setCurrentWidget(self.empty)
