"""The week as others see it: items with their Show As and what each makes of the presence, and the totals.

Each item has a menu in which its Show As is changed: by the arrow at its end, a right click, Enter or F2.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from lyncdesk.client.day_types import ShowAsChoice, ShowAsMenu, Week, WeekDay, WeekItem
from lyncdesk.client.events import Event, ShowAsUndone
from lyncdesk.client.view_types import Indicator
from lyncdesk.client.words import Words
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.row_delegate import (
    INDICATOR_ROLE,
    MENU_ROLE,
    SECOND_ROLE,
    RowDelegate,
    item_view_looks,
    menu_place,
)
from lyncdesk.ui.show_as import ChangedLine, ShowAsQuestion, show_as_menu
from lyncdesk.ui.widgets import QuietLabel

ID_ROLE = MENU_ROLE + 1
MenuOf = Callable[[str], ShowAsMenu | None]


class WeekTree(QTreeWidget):
    """The rows. ``menu_asked(item id, place on the screen)`` tells that somebody wants the menu of one."""

    menu_asked = Signal(str, QPoint)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the arrow at the end of a row opens its menu."""
        place = event.position().toPoint()
        super().mouseReleaseEvent(event)
        row = self.itemAt(place)
        left = event.button() is Qt.MouseButton.LeftButton
        if left and row is not None and row.data(0, MENU_ROLE) and self._arrow(row).contains(place):
            self._ask(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """A right click, or the key for menus on the row that the keyboard is on."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        row = self.currentItem() if by_key else self.itemAt(event.pos())
        if row is not None and row.data(0, MENU_ROLE):
            self._ask(row, None if by_key else event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and F2 open the menu of the row."""
        row = self.currentItem()
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)
        if row is not None and row.data(0, MENU_ROLE) and event.key() in keys:
            self._ask(row)
            return
        super().keyPressEvent(event)

    def _ask(self, row: QTreeWidgetItem, place: QPoint | None = None) -> None:
        if place is None:
            place = self.viewport().mapToGlobal(self._arrow(row).bottomLeft())
        self.menu_asked.emit(row.data(0, ID_ROLE), place)

    def _arrow(self, row: QTreeWidgetItem) -> QRect:
        return menu_place(self.visualItemRect(row), self.layoutDirection())


class WeekPanel(QWidget):
    """The days with their items; under them a question before a change, what became of it, and the totals.

    ``menu_of`` gives what an item can be shown as; ``posted(Event)`` is what the person decides, ``grown()``
    tells that it needs more room.
    """

    posted = Signal(object)
    grown = Signal()

    def __init__(
        self,
        icons: IndicatorIcons,
        words: Words,
        menu_of: MenuOf = lambda _: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._week: Week | None = None
        self._menu_of = menu_of
        self._scrolled = False
        self.tree = WeekTree()
        self.tree.setItemDelegate(RowDelegate(icons, self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(6)
        self.tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.tree.setAccessibleName(words("The week, as others see it"))
        item_view_looks(self.tree)
        self.tree.menu_asked.connect(self._open_menu)
        self.tree.verticalScrollBar().actionTriggered.connect(self._look_elsewhere)
        self.totals = QuietLabel()
        self.question = ShowAsQuestion(words)
        self.question.answered.connect(self._answered)
        self.changed = ChangedLine()
        self.changed.undone.connect(lambda: self.posted.emit(ShowAsUndone()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree, 1)
        column.addWidget(self.question)
        column.addWidget(self.changed)
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
        self._show_today()
        self._go_to(place)
        self.totals.setText("\n".join(text for text in (week.totals, week.rests_on) if text))
        self.changed.show_line(week.change)
        if self.question.item not in {item.id for day in week.days for item in day.items}:
            self.question.dismiss()
        self._make_room()

    def _make_room(self) -> None:
        """A question takes the place of what stands under the days, as long as it is asked."""
        asking = bool(self.question.item)
        self.totals.setVisible(bool(self.totals.text()) and not asking)
        self.changed.setVisible(self.changed.says_something and not asking)
        row = self.tree.currentItem()
        if asking and row is not None:
            self.tree.scrollToItem(row)
        self.grown.emit()

    def _open_menu(self, item: str, place: QPoint) -> None:
        menu = self._menu_of(item)
        if menu is not None:
            show_as_menu(menu, self, lambda choice: self._ask(menu, choice)).popup(place)

    def _ask(self, menu: ShowAsMenu, choice: ShowAsChoice) -> None:
        if not choice.chosen or choice.whole:
            self.question.ask(menu.item, choice)
            self._make_room()

    def _answered(self, event: Event | None) -> None:
        if event is not None:
            self.posted.emit(event)
        self._make_room()
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

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
        row.setData(0, MENU_ROLE, True)
        row.setData(0, ID_ROLE, item.id)
        row.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, self._words("Enter changes Show As"))
        row.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{item.when}, {item.subject}, {place}")
        row.setToolTip(
            0, "\n".join(text for text in (item.when, item.subject, item.location, second) if text)
        )
        return row

    def _place(self) -> tuple[int, int, str] | None:
        """The day, the row in it (-1 = the day itself) and the item that the keyboard is on."""
        row = self.tree.currentItem()
        if row is None:
            return None
        parent = row.parent()
        if parent is None:
            return self.tree.indexOfTopLevelItem(row), -1, ""
        return self.tree.indexOfTopLevelItem(parent), parent.indexOfChild(row), row.data(0, ID_ROLE)

    def showEvent(self, event: QShowEvent) -> None:
        """Open at today: what was scrolled while nothing had its size stands anywhere."""
        super().showEvent(event)
        self._scrolled = False
        QTimer.singleShot(0, self, self._show_today)

    def _look_elsewhere(self) -> None:
        self._scrolled = True

    def _show_today(self) -> None:
        """The week begins with yesterday, but nobody opens it for that. Who went elsewhere stays there."""
        if self._week is None or self._scrolled or self._place() is not None:
            return
        for number, day in enumerate(self._week.days):
            row = self.tree.topLevelItem(number)
            if day.today and row is not None:
                self.tree.scrollToItem(row, QAbstractItemView.ScrollHint.PositionAtTop)

    def _go_to(self, place: tuple[int, int, str] | None) -> None:
        if place is None:
            return
        number, child, item = place
        day = self.tree.topLevelItem(number)
        if day is not None:
            rows = [row for n in range(day.childCount()) if (row := day.child(n)) is not None]
            same = next((row for row in rows if item and row.data(0, ID_ROLE) == item), None)
            self.tree.setCurrentItem(same or day.child(child) or day)
