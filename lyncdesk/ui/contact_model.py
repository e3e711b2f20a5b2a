"""The contact list as a Qt model: groups with their contacts, changed row by row.

A new list is laid over the old one: what stayed is left alone, so that selection, scroll position and folded
groups survive each of the many small changes of a day. Only a list that is another one altogether is laid
out anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lyncdesk.client.view_types import ContactRow
from lyncdesk.client.words import Words
from lyncdesk.ui.contact_groups import GROUPINGS, View, beside_and_below, matches
from lyncdesk.ui.row_delegate import BESIDE_ROLE, INDICATOR_ROLE, SECOND_ROLE

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
GROUP_ROLE = Qt.ItemDataRole.UserRole + 2
# Made once, because a view asks for them a thousand times when a row comes or goes.
_USABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_UNUSABLE = Qt.ItemFlag.NoItemFlags
_ROOT = QModelIndex()
# More moves than this in one group, and laying out anew is cheaper than moving.
_MANY_MOVES = 40


@dataclass(eq=False, slots=True)
class Group:
    """A heading and its contacts. Their indexes carry ``number``: unlike a pointer, it outlives the group."""

    key: str
    title: str
    number: int = 0
    rows: list[ContactRow] = field(default_factory=list)


class ContactModel(QAbstractItemModel):
    """Groups, and under each its contacts. Column 0 alone."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._groups: list[Group] = []
        self._all: tuple[ContactRow, ...] = ()
        self._view = View.GROUPS
        self._filter = ""
        self._last_number = 0

    # --- what is shown ---

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

    @property
    def shown(self) -> int:
        """How many contacts are shown."""
        return sum(len(group.rows) for group in self._groups)

    def index_of(self, address: str) -> QModelIndex:
        """The index of a contact; invalid where it is not shown."""
        for number, group in enumerate(self._groups):
            for position, row in enumerate(group.rows):
                if row.address == address:
                    return self.index(position, 0, self.index(number, 0))
        return QModelIndex()

    def row_at(self, index: Index) -> ContactRow | None:
        """The contact at an index, None for a heading."""
        found = index.data(ROW_ROLE) if index.isValid() else None
        return found if isinstance(found, ContactRow) else None

    # --- Qt's side ---

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        """A contact's index carries the number of its group, a heading's none."""
        if parent is None or not parent.isValid():
            valid = 0 <= row < len(self._groups) and column == 0
            return self.createIndex(row, column, 0) if valid else _ROOT
        if parent.internalId() == 0:
            group = self._groups[parent.row()]
            if 0 <= row < len(group.rows):
                return self.createIndex(row, column, group.number)
        return _ROOT

    def parent(self, child: Index | None = None) -> QModelIndex:  # type: ignore[override]
        """The heading of a contact."""
        number = child.internalId() if child is not None and child.isValid() else 0
        if number:
            for place, group in enumerate(self._groups):
                if group.number == number:
                    return self.createIndex(place, 0, 0)
        return _ROOT

    def rowCount(self, parent: Index | None = None) -> int:
        """Groups, or the contacts of one."""
        if parent is None or not parent.isValid():
            return len(self._groups)
        return len(self._groups[parent.row()].rows) if self._is_group(parent) else 0

    def columnCount(self, _parent: Index | None = None) -> int:
        """One."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What the delegate paints and a screen reader says."""
        if not index.isValid():
            return None
        number = index.internalId()
        if number:
            for group in self._groups:
                if group.number == number:
                    return self._contact_data(group.rows[index.row()], role)
            return None
        heading = self._groups[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{heading.title} ({len(heading.rows)})"
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{heading.title}, {len(heading.rows)}"
            case _ if role == GROUP_ROLE:
                return heading
        return None

    def _contact_data(self, row: ContactRow, role: int) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.name
            case Qt.ItemDataRole.AccessibleTextRole:
                marks = row.indicator.text if row.indicator.text not in row.text else ""
                return ", ".join(text for text in (row.name, row.text, row.calendar, marks) if text)
            case _ if role == ROW_ROLE:
                return row
            case _ if role == INDICATOR_ROLE:
                return row.indicator
            case _ if role == SECOND_ROLE:
                return beside_and_below(row)[1]
            case _ if role == BESIDE_ROLE:
                return beside_and_below(row)[0]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything can be chosen; headings as well, so that the keyboard can fold them."""
        return _USABLE if index.isValid() else _UNUSABLE

    def _is_group(self, index: Index) -> bool:
        return index.internalId() == 0

    # --- laying a new list over the old one ---

    def _wanted(self) -> list[Group]:
        grouping = GROUPINGS[self._view]
        parts = self._filter.casefold().split()
        groups: dict[str, Group] = {}
        for row in self._all:
            if parts and not matches(row, parts):
                continue
            key = grouping.key(row)
            if key not in groups:
                groups[key] = Group(key, grouping.heading(key, self._words))
            groups[key].rows.append(row)
        for group in groups.values():
            group.rows.sort(key=grouping.sort)  # type: ignore[arg-type]
        return sorted(groups.values(), key=lambda group: grouping.order(group.key))  # type: ignore[arg-type, return-value]

    def _lay(self, *, anew: bool = False) -> None:
        wanted = self._wanted()
        if anew or not self._groups:
            self.beginResetModel()
            self._groups = wanted
            for group in wanted:
                self._number(group)
            self.endResetModel()
            return
        self._lay_groups(wanted)
        root = QModelIndex()
        for number, group in enumerate(wanted):
            mine = self._groups[number]
            counted = len(mine.rows)
            self._lay_rows(self.index(number, 0, root), mine, group.rows)
            if counted != len(mine.rows) or mine.title != group.title:
                mine.title = group.title
                heading = self.index(number, 0, root)
                self.dataChanged.emit(heading, heading)

    def _number(self, group: Group) -> Group:
        self._last_number += 1
        group.number = self._last_number
        return group

    def _lay_groups(self, wanted: Sequence[Group]) -> None:
        keys = {group.key for group in wanted}
        for number in reversed(range(len(self._groups))):
            if self._groups[number].key not in keys:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self._groups[number]
                self.endRemoveRows()
        # The order of groups that stay does not change: it follows from their keys.
        for number, group in enumerate(wanted):
            if number >= len(self._groups) or self._groups[number].key != group.key:
                self.beginInsertRows(QModelIndex(), number, number)
                self._groups.insert(number, self._number(Group(group.key, group.title)))
                self.endInsertRows()

    def _lay_rows(self, parent: QModelIndex, group: Group, wanted: list[ContactRow]) -> None:
        addresses = {row.address for row in wanted}
        self._remove(parent, group, addresses)
        present = {row.address for row in group.rows}
        kept = [row.address for row in wanted if row.address in present]
        moved = sum(a != b.address for a, b in zip(kept, group.rows, strict=True))
        if moved > _MANY_MOVES:
            self._lay_anew(group, kept)
        else:
            self._move(parent, group, kept)
        self._insert(parent, group, wanted)
        self._change(parent, group, wanted)

    def _remove(self, parent: QModelIndex, group: Group, keep: set[str]) -> None:
        last = len(group.rows) - 1
        while last >= 0:
            if group.rows[last].address in keep:
                last -= 1
                continue
            first = last
            while first > 0 and group.rows[first - 1].address not in keep:
                first -= 1
            self.beginRemoveRows(parent, first, last)
            del group.rows[first : last + 1]
            self.endRemoveRows()
            last = first - 1

    def _move(self, parent: QModelIndex, group: Group, order: list[str]) -> None:
        position = 0
        while position < len(order):
            here = group.rows[position].address
            if here == order[position]:
                position += 1
                continue
            # One that goes down would otherwise look like all the others going up.
            if position + 1 < len(order) and group.rows[position + 1].address == order[position]:
                target = order.index(here, position) + 1
                self.beginMoveRows(parent, position, position, parent, target)
                group.rows.insert(target - 1, group.rows.pop(position))
            else:
                addresses = [row.address for row in group.rows]
                source = addresses.index(order[position], position)
                self.beginMoveRows(parent, source, source, parent, position)
                group.rows.insert(position, group.rows.pop(source))
            self.endMoveRows()

    def _lay_anew(self, group: Group, order: list[str]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = [index for index in self.persistentIndexList() if index.internalId() == group.number]
        places = {address: place for place, address in enumerate(order)}
        after = [
            self.createIndex(places[group.rows[index.row()].address], 0, group.number) for index in before
        ]
        group.rows.sort(key=lambda row: places[row.address])
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _insert(self, parent: QModelIndex, group: Group, wanted: list[ContactRow]) -> None:
        position = 0
        while position < len(wanted):
            present = position < len(group.rows) and group.rows[position].address == wanted[position].address
            if present:
                position += 1
                continue
            stays = group.rows[position].address if position < len(group.rows) else None
            last = position
            while last + 1 < len(wanted) and wanted[last + 1].address != stays:
                last += 1
            self.beginInsertRows(parent, position, last)
            group.rows[position:position] = wanted[position : last + 1]
            self.endInsertRows()
            position = last + 1

    def _change(self, parent: QModelIndex, group: Group, wanted: list[ContactRow]) -> None:
        changed = [place for place, row in enumerate(wanted) if group.rows[place] != row]
        for place in changed:
            group.rows[place] = wanted[place]
        # Neighbours at once: a list that changes as a whole would otherwise be told a thousand times.
        for _, run in groupby(enumerate(changed), lambda pair: pair[1] - pair[0]):
            places = [place for _, place in run]
            self.dataChanged.emit(self.index(places[0], 0, parent), self.index(places[-1], 0, parent))
