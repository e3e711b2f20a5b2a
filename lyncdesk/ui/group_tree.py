"""Groups of contacts as a tree for Qt: a new one is laid over the old one, row by row.

What stayed is left alone, so that selection, scroll position and folded groups survive each of the many small
changes of a day. Only a tree that is another one altogether is laid out anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lyncdesk.client.view_types import ContactRow
from lyncdesk.ui.contact_groups import Group

Index = QModelIndex | QPersistentModelIndex
# Made once, because a view asks for them a thousand times when a row comes or goes.
_USABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_UNUSABLE = Qt.ItemFlag.NoItemFlags
_ROOT = QModelIndex()
# More moves than this in one group, and laying out anew is cheaper than moving.
_MANY_MOVES = 40


class GroupTree(QAbstractItemModel):
    """Groups, and under each its contacts. Column 0 alone. What is said of them is another's matter.

    A contact's index carries the ``number`` of its group: unlike a pointer, it outlives the group.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.groups: list[Group] = []
        self._last_number = 0

    def lay(self, wanted: list[Group], *, anew: bool = False) -> None:
        """Show these groups from now on; ``anew``: they have nothing to do with those of before."""
        if anew or not self.groups:
            self.beginResetModel()
            self.groups = wanted
            for group in wanted:
                self._number(group)
            self.endResetModel()
            return
        self._lay_groups(wanted)
        for place, group in enumerate(wanted):
            mine = self.groups[place]
            heading = self.index(place, 0)
            counted = len(mine.rows)
            self._lay_rows(heading, mine, group.rows)
            if counted != len(mine.rows) or mine.title != group.title:
                mine.title = group.title
                self.dataChanged.emit(heading, heading)

    def at(self, index: Index) -> Group | ContactRow | None:
        """The group or the contact at an index, None where it is no more."""
        if not index.isValid():
            return None
        number = index.internalId()
        if not number:
            return self.groups[index.row()]
        return next((group.rows[index.row()] for group in self.groups if group.number == number), None)

    # --- Qt asks ---

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        """A contact's index carries the number of its group, a heading's none."""
        if parent is None or not parent.isValid():
            valid = 0 <= row < len(self.groups) and column == 0
            return self.createIndex(row, column, 0) if valid else _ROOT
        if parent.internalId() == 0:
            group = self.groups[parent.row()]
            if 0 <= row < len(group.rows):
                return self.createIndex(row, column, group.number)
        return _ROOT

    def parent(self, child: Index | None = None) -> QModelIndex:  # type: ignore[override]
        """The heading of a contact."""
        number = child.internalId() if child is not None and child.isValid() else 0
        if number:
            for place, group in enumerate(self.groups):
                if group.number == number:
                    return self.createIndex(place, 0, 0)
        return _ROOT

    def rowCount(self, parent: Index | None = None) -> int:
        """Groups, or the contacts of one."""
        if parent is None or not parent.isValid():
            return len(self.groups)
        return len(self.groups[parent.row()].rows) if parent.internalId() == 0 else 0

    def columnCount(self, _parent: Index | None = None) -> int:
        """One."""
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything can be chosen; headings as well, so that the keyboard can fold them."""
        return _USABLE if index.isValid() else _UNUSABLE

    # --- a new tree over the old one ---

    def _number(self, group: Group) -> Group:
        self._last_number += 1
        group.number = self._last_number
        return group

    def _lay_groups(self, wanted: Sequence[Group]) -> None:
        keys = {group.key for group in wanted}
        for number in reversed(range(len(self.groups))):
            if self.groups[number].key not in keys:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self.groups[number]
                self.endRemoveRows()
        # The order of groups that stay does not change: it follows from their keys.
        for number, group in enumerate(wanted):
            if number >= len(self.groups) or self.groups[number].key != group.key:
                self.beginInsertRows(QModelIndex(), number, number)
                self.groups.insert(number, self._number(Group(group.key, group.title)))
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
