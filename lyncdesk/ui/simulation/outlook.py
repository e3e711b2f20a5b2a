"""Outlook, for the sample organisation: anybody's calendar, to be looked at and changed."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from lyncdesk.client.session import Simulation
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item, Kind, Response, precedence
from lyncdesk.presence.publication import Profile
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.controls import button
from lyncdesk.ui.simulation.item_editor import ItemEditor, to_date, to_qdate
from lyncdesk.ui.simulation.item_list import ItemList, show_as_icon
from lyncdesk.ui.simulation.moment_fields import DayField
from lyncdesk.ui.widgets import MessageLine, QuietLabel

# Longer than the usual interval, or it would be over before the check that brings it.
RIGHT_NOW = timedelta(hours=1)
_A_DAY = timedelta(days=1)


class OutlookTab(QWidget):
    """Anybody's day. Nobody's presence changes before that person's next check."""

    def __init__(
        self, bridge: Bridge, simulation: Simulation, words: Words, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._simulation = simulation
        self._words = words
        self._people: tuple[Profile, ...] = ()
        self._items: tuple[Item, ...] = ()
        self._day: date | None = None
        self._today: date | None = None
        self.editor: ItemEditor | None = None
        self.person = QComboBox()
        self.person.setAccessibleName(words("Whose calendar"))
        whose = QLabel(words("Calendar of:"))
        whose.setBuddy(self.person)
        self.back = _arrow(words("The day before"))
        self.on = _arrow(words("The day after"))
        self.today = button(words("Today"), self._to_today)
        self.day = DayField()
        self.day.setAccessibleName(words("Day"))
        self.list = ItemList(self.change, self.remove, words)
        self.right_now = button(words("Appointment for right now"), self.add_right_now)
        self.add_button = button(words("New ..."), self.add)
        self.change_button = button(words("Change ..."), self.change)
        self.remove_button = button(words("Remove"), self.remove)
        for control, name in (
            (self.right_now, "simulation.right_now"),
            (self.add_button, "simulation.new_item"),
            (self.change_button, "simulation.change_item"),
            (self.remove_button, "simulation.remove_item"),
            (self.list, "simulation.items"),
        ):
            control.setObjectName(name)
        self.message = MessageLine(warning=True)
        self.hint = QuietLabel()
        self._lay_out(whose)
        self.person.currentIndexChanged.connect(lambda _: self.refresh())
        self.day.dateChanged.connect(lambda _: self._day_chosen())
        self.back.clicked.connect(lambda: self.day.setDate(self.day.date().addDays(-1)))
        self.on.clicked.connect(lambda: self.day.setDate(self.day.date().addDays(1)))
        self.list.itemSelectionChanged.connect(self._adapt)
        bridge.state_changed.connect(self.refresh)

    def _lay_out(self, whose: QLabel) -> None:
        who = QHBoxLayout()
        who.addWidget(whose)
        who.addWidget(self.person, 1)
        when = QHBoxLayout()
        for widget in (self.back, self.day, self.on, self.today):
            when.addWidget(widget)
        when.addStretch(1)
        when.addWidget(self.right_now)
        what = QHBoxLayout()
        for widget in (self.add_button, self.change_button, self.remove_button):
            what.addWidget(widget)
        what.addStretch(1)
        column = QVBoxLayout(self)
        column.addLayout(who)
        column.addLayout(when)
        column.addWidget(self.list, 1)
        column.addLayout(what)
        column.addWidget(self.hint)
        column.addWidget(self.message)

    @property
    def profile(self) -> Profile | None:
        """Whose calendar is shown."""
        row = self.person.currentIndex()
        return self._people[row] if 0 <= row < len(self._people) else None

    @property
    def zone(self) -> ZoneInfo:
        """That person's zone; times are shown by that person's clock."""
        profile = self.profile
        return ZoneInfo(profile.zone if profile is not None and profile.zone else "UTC")

    def refresh(self, _state: object = None) -> None:
        """Show the calendar as it is now; what was chosen stays chosen."""
        if not self.isVisible():
            return
        self._show_people()
        profile = self.profile
        if profile is None:
            return
        today = self._simulation.time().now.astimezone(self.zone).date()
        stays_today = self._day == self._today and today != self._today
        self._today = today
        if self._day is None or stays_today:  # midnight came, or a jump led past it
            self._to_today()
            return
        start = datetime.combine(self._day, time(), self.zone)
        end = datetime.combine(self._day + _A_DAY, time(), self.zone)
        found = self._simulation.items(profile.address, start, end)
        items = tuple(
            sorted(found, key=lambda item: (not item.all_day, item.start, item.end, precedence(item)))
        )
        if items != self._items or self.list.topLevelItemCount() != len(items):
            self._show_items(items, start, end)
        hint = (
            self._words("Your presence follows at your next calendar check, not at once.")
            if self.person.currentIndex() == 0
            else self._words(
                "{name}'s presence follows at {name}'s next calendar check, not at once.",
                name=profile.shown_name,
            )
        )
        times = self._words("Times are by the clock of {zone}.", zone=profile.zone or "UTC")
        self.hint.setText(f"{hint} {times}")
        self._adapt()

    def _show_people(self) -> None:
        people = self._simulation.people()
        if people == self._people:
            return
        chosen = self.profile
        self._people = people
        self.person.blockSignals(True)
        self.person.clear()
        for number, person in enumerate(people):
            name = self._words("{name} (you)", name=person.shown_name) if number == 0 else person.shown_name
            self.person.addItem(f"{name}, {person.title}" if person.title else name)
        addresses = [person.address for person in people]
        if chosen is not None and chosen.address in addresses:
            self.person.setCurrentIndex(addresses.index(chosen.address))
        self.person.blockSignals(False)

    def _show_items(self, items: tuple[Item, ...], start: datetime, end: datetime) -> None:
        chosen = self.chosen
        self._items = items
        self.list.blockSignals(True)
        self.list.clear()
        for item in items:
            when = self._when(item, start, end)
            words = self._words
            subject = self._subject(item)
            kind = words("Meeting") if item.kind is Kind.MEETING else words("Appointment")
            row = QTreeWidgetItem(
                [when, subject, words("{show_as}", show_as=item.show_as), kind, item.location]
            )
            row.setIcon(0, show_as_icon(item.show_as, self.palette()))
            row.setToolTip(1, subject)
            self.list.addTopLevelItem(row)
            if chosen is not None and item.id == chosen.id:
                self.list.setCurrentItem(row)
        self.list.blockSignals(False)

    def _subject(self, item: Item) -> str:
        words = self._words
        subject = item.subject or words("Without subject")
        # Marked Busy, and yet nobody is shown as Busy because of it.
        if item.cancelled:
            subject = words("Cancelled: {subject}", subject=subject)
        elif item.response is Response.DECLINED:
            subject = words("Declined: {subject}", subject=subject)
        return words("{subject} (private)", subject=subject) if item.private else subject

    def _when(self, item: Item, start: datetime, end: datetime) -> str:
        if item.all_day or (item.start <= start and item.end >= end):
            return self._words("All day")
        begins, ends = item.start.astimezone(self.zone), item.end.astimezone(self.zone)
        return f"{self._words.time(begins)} – {self._words.time(ends)}"

    @property
    def chosen(self) -> Item | None:
        """The item that is chosen."""
        row = next((self.list.indexOfTopLevelItem(each) for each in self.list.selectedItems()), -1)
        return self._items[row] if 0 <= row < len(self._items) else None

    def _adapt(self) -> None:
        there = self.chosen is not None
        self.change_button.setEnabled(there)
        self.remove_button.setEnabled(there)

    def _day_chosen(self) -> None:
        self._day = to_date(self.day.date())
        self.refresh()

    def _to_today(self) -> None:
        today = self._simulation.time().now.astimezone(self.zone).date()
        self._day = today
        self.day.setDate(to_qdate(today))
        self.refresh()

    def add_right_now(self) -> None:
        """An appointment, Busy, from this minute on: the seed's question."""
        profile = self.profile
        if profile is None:
            return
        start = self._simulation.time().now.replace(second=0, microsecond=0)
        item = Item(start, start + RIGHT_NOW, subject=self._words("Appointment for right now"))
        self._to_today()
        self._do(self._simulation.add_item, profile.address, item)

    def add(self) -> None:
        """A new item on the day that is shown."""
        day = self._day
        if day is None:
            return
        now = self._simulation.time().now.astimezone(self.zone)
        hour = now.hour + 1 if day == now.date() and now.hour < 23 else 9
        start = datetime.combine(day, time(hour), self.zone).astimezone(self._simulation.time().now.tzinfo)
        self._edit(Item(start, start + RIGHT_NOW))

    def change(self) -> None:
        """Change the chosen item."""
        if self.chosen is not None:
            self._edit(self.chosen)

    def remove(self) -> None:
        """Remove the chosen item."""
        item, profile = self.chosen, self.profile
        if item is not None and profile is not None:
            self._do(self._simulation.remove_item, profile.address, item.id)

    def _edit(self, item: Item) -> None:
        profile = self.profile
        if profile is None:
            return
        self.editor = ItemEditor(item, self.zone, self._words, self)
        self.editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.editor.accepted.connect(lambda: self._edited(profile.address, item))
        self.editor.open()

    def _edited(self, address: str, before: Item) -> None:
        if self.editor is None:
            return
        item = self.editor.item()
        if before.id:
            self._do(self._simulation.change_item, address, before.id, item)
        else:
            self._do(self._simulation.add_item, address, item)

    def _do(self, function: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
        self.message.say("")
        self._bridge.call(function, *args, done=lambda _: self.refresh(), failed=self._failed)

    def _failed(self, error: Exception) -> None:
        self.message.say(
            self._words(
                "The calendar could not be changed: {error}", error=str(error) or type(error).__name__
            )
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is there now."""
        super().showEvent(event)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self.back.setArrowType(Qt.ArrowType.RightArrow if mirrored else Qt.ArrowType.LeftArrow)
        self.on.setArrowType(Qt.ArrowType.LeftArrow if mirrored else Qt.ArrowType.RightArrow)
        self.day.setDisplayFormat(self.locale().dateFormat(QLocale.FormatType.ShortFormat))
        self.refresh()


def _arrow(name: str) -> QToolButton:
    made = QToolButton()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setAutoRaise(True)
    return made
