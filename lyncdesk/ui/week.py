"""The week as others see it: items with their Show As and what each makes of the presence, and the totals."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from lyncdesk.client.view_types import Indicator, Week, WeekDay, WeekItem
from lyncdesk.client.words import Words
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.row_delegate import INDICATOR_ROLE, SECOND_ROLE, RowDelegate, item_view_looks
from lyncdesk.ui.widgets import QuietLabel


class WeekPanel(QWidget):
    """The days with their items, and the totals under them."""

    def __init__(self, icons: IndicatorIcons, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._week: Week | None = None
        self.tree = QTreeWidget()
        self.tree.setItemDelegate(RowDelegate(icons, self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(6)
        self.tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.tree.setAccessibleName(words("The week, as others see it"))
        item_view_looks(self.tree)
        self.totals = QuietLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree, 1)
        column.addWidget(self.totals)

    def show_week(self, week: Week) -> None:
        """Show this week; the row that the keyboard is on stays."""
        if week == self._week:
            return
        self._week = week
        place = self._place()
        self.tree.clear()
        self.tree.addTopLevelItems([self._day(day) for day in week.days])
        self.tree.expandAll()
        self._go_to(place)
        self.totals.setText(week.totals)
        self.totals.setVisible(bool(week.totals))

    def _day(self, day: WeekDay) -> QTreeWidgetItem:
        heading = QTreeWidgetItem([day.title])
        if not day.items:
            heading.setText(0, self._words("{day}: nothing", day=day.title))
        heading.addChildren([self._item(item) for item in day.items])
        return heading

    def _item(self, item: WeekItem) -> QTreeWidgetItem:
        row = QTreeWidgetItem([f"{item.when}  {item.subject}"])
        second = self._words("{show_as}, shown as {state}", show_as=item.show_as, state=item.makes)
        place = f"{second} \u00b7 {item.location}" if item.location else second
        row.setData(0, INDICATOR_ROLE, Indicator(item.colour, item.shape, item.makes))
        row.setData(0, SECOND_ROLE, place)
        row.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{item.when}, {item.subject}, {place}")
        row.setToolTip(
            0, "\n".join(text for text in (item.when, item.subject, item.location, second) if text)
        )
        return row

    def _place(self) -> tuple[int, int] | None:
        item = self.tree.currentItem()
        if item is None:
            return None
        parent = item.parent()
        if parent is None:
            return self.tree.indexOfTopLevelItem(item), -1
        return self.tree.indexOfTopLevelItem(parent), parent.indexOfChild(item)

    def _go_to(self, place: tuple[int, int] | None) -> None:
        day = self.tree.topLevelItem(place[0]) if place is not None else None
        if place is not None and day is not None:
            self.tree.setCurrentItem(day.child(place[1]) or day)
