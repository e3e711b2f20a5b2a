"""The contact list as a Qt model: which contacts are shown, and what is said of each."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, Qt

from lyncdesk.client.view_types import ContactRow
from lyncdesk.client.words import Words
from lyncdesk.ui.contact_groups import Group, View, beside_and_below, grouped
from lyncdesk.ui.group_tree import GroupTree, Index
from lyncdesk.ui.row_delegate import BESIDE_ROLE, INDICATOR_ROLE, SECOND_ROLE


class ContactModel(GroupTree):
    """The contacts that match a filter, grouped as the person wants them."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._all: tuple[ContactRow, ...] = ()
        self._view = View.GROUPS
        self._filter = ""

    def show_contacts(self, rows: tuple[ContactRow, ...]) -> None:
        """Show these contacts."""
        if rows != self._all:
            self._all = rows
            self._lay()

    def group_by(self, view: View) -> None:
        """Group them so from now on."""
        if view is not self._view:
            self._view = view
            self._lay(anew=True)

    def filter(self, text: str) -> None:
        """Show only contacts with every word of ``text`` in name, address, group or presence."""
        if text != self._filter:
            self._filter = text
            self._lay()

    def _lay(self, *, anew: bool = False) -> None:
        self.lay(grouped(self._all, self._view, self._filter, self._words), anew=anew)

    @property
    def shown(self) -> int:
        """How many contacts are shown."""
        return sum(len(group.rows) for group in self.groups)

    def index_of(self, address: str) -> QModelIndex:
        """The index of a contact; invalid where it is not shown."""
        for number, group in enumerate(self.groups):
            for position, row in enumerate(group.rows):
                if row.address == address:
                    return self.index(position, 0, self.index(number, 0))
        return QModelIndex()

    def row_at(self, index: Index) -> ContactRow | None:
        """The contact at an index, None for a heading."""
        found = self.at(index)
        return found if isinstance(found, ContactRow) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What the delegate paints and a screen reader says."""
        found = self.at(index)
        if isinstance(found, ContactRow):
            return _of_contact(found, role)
        return _of_heading(found, role) if found is not None else None


def _of_heading(group: Group, role: int) -> object:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return f"{group.title} ({len(group.rows)})"
        case Qt.ItemDataRole.AccessibleTextRole:
            return f"{group.title}, {len(group.rows)}"
    return None


def _of_contact(row: ContactRow, role: int) -> object:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return row.name
        case Qt.ItemDataRole.AccessibleTextRole:
            marks = row.indicator.text if row.indicator.text not in row.text else ""
            return ", ".join(text for text in (row.name, row.text, row.calendar, marks) if text)
        case _ if role == INDICATOR_ROLE:
            return row.indicator
        case _ if role == SECOND_ROLE:
            return beside_and_below(row)[1]
        case _ if role == BESIDE_ROLE:
            return beside_and_below(row)[0]
    return None
