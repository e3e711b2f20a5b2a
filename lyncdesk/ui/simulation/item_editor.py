"""Add or change an item of somebody's calendar, in that person's own zone, as Outlook would."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, Qt, QTime
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.ui.controls import Form, give_mnemonics
from lyncdesk.ui.simulation.moment_fields import DayField, TimeField
from lyncdesk.ui.widgets import QuietLabel

SHOW_AS = (ShowAs.FREE, ShowAs.TENTATIVE, ShowAs.BUSY, ShowAs.OOF, ShowAs.WORKING_ELSEWHERE)
_A_DAY = timedelta(days=1)
_Button = QDialogButtonBox.StandardButton


def to_qdate(day: date) -> QDate:
    """The day as Qt writes it."""
    return QDate(day.year, day.month, day.day)


def to_date(day: QDate) -> date:
    """The day as Python writes it."""
    return date(day.year(), day.month(), day.day())


class MomentEdit(QWidget):
    """A day and a time of day."""

    def __init__(self, words: Words, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.day = DayField()
        self.day.setAccessibleName(words("{name}, day", name=name))
        self.time = TimeField()
        self.time.setAccessibleName(words("{name}, time", name=name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.day)
        row.addWidget(self.time)
        row.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # or a label's letter would not lead here
        self.setFocusProxy(self.day)

    def show_moment(self, local: datetime) -> None:
        """Show this moment."""
        self.day.setDate(to_qdate(local.date()))
        self.time.setTime(QTime(local.hour, local.minute))

    def moment(self) -> datetime:
        """The moment by the wall clock, without a zone."""
        at = self.time.time()
        return datetime.combine(to_date(self.day.date()), time(at.hour(), at.minute()))


class ItemEditor(QDialog):
    """Edits one item; ``item`` gives it back."""

    def __init__(self, item: Item, zone: ZoneInfo, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = item
        self._zone = zone
        self._words = words
        self.setWindowTitle(words("Change item") if item.id else words("New item"))
        self.subject = QLineEdit(item.subject)
        self.location = QLineEdit(item.location)
        self.start = MomentEdit(words, words("Start"))
        self.end = MomentEdit(words, words("End"))
        self.all_day = QCheckBox(words("All-day"))
        self.show_as = QComboBox()
        for value in SHOW_AS:
            self.show_as.addItem(words("{show_as}", show_as=value), value.value)
        self.appointment = QRadioButton(words("Appointment (nobody is invited)"))
        self.meeting = QRadioButton(words("Meeting (others are invited)"))
        kinds = QButtonGroup(self)
        kinds.addButton(self.appointment)
        kinds.addButton(self.meeting)
        self.private = QCheckBox(words("Private"))
        self.wrong = QuietLabel()
        self.buttons = QDialogButtonBox(_Button.Ok | _Button.Cancel)
        self.buttons.button(_Button.Ok).setText(words("OK"))
        self.buttons.button(_Button.Cancel).setText(words("Cancel"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._show()
        self._length = self._end() - self._start()
        self.start.day.dateChanged.connect(self._start_moved)
        self.start.time.timeChanged.connect(self._start_moved)
        self.end.day.dateChanged.connect(self._end_moved)
        self.end.time.timeChanged.connect(self._end_moved)
        self.all_day.toggled.connect(self._adapt)
        self._adapt()
        give_mnemonics(self)
        self.subject.setFocus()

    def _lay_out(self) -> None:
        words = self._words
        form = Form()
        form.add(words("Subject:"), self.subject)
        form.add(words("Location:"), self.location)
        form.add(words("Start:"), self.start)
        form.add(words("End:"), self.end)
        form.add_note(self.all_day)
        form.add(words("Show As:"), self.show_as)
        form.add_note(self.appointment)
        form.add_note(self.meeting)
        form.add_note(self.private)
        form.wide(self.wrong)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(self.buttons)
        self.setMinimumWidth(420)

    def _show(self) -> None:
        item = self._item
        start, end = item.start.astimezone(self._zone), item.end.astimezone(self._zone)
        # An all-day item ends at the midnight after its last day; people name the last day.
        self.start.show_moment(start)
        self.end.show_moment(end - _A_DAY if item.all_day and end > start else end)
        self.all_day.setChecked(item.all_day)
        self.show_as.setCurrentIndex(max(0, self.show_as.findData(item.show_as.value)))
        self.meeting.setChecked(item.kind is Kind.MEETING)
        self.appointment.setChecked(item.kind is not Kind.MEETING)
        self.private.setChecked(item.private)

    def item(self) -> Item:
        """The item as it stands in the dialog."""
        return replace(
            self._item,
            subject=self.subject.text().strip(),
            location=self.location.text().strip(),
            start=self._start(),
            end=self._end(),
            all_day=self.all_day.isChecked(),
            show_as=ShowAs(self.show_as.currentData()),
            kind=Kind.MEETING if self.meeting.isChecked() else Kind.APPOINTMENT,
            private=self.private.isChecked(),
        )

    def _start(self) -> datetime:
        return self._moment(self.start.moment(), timedelta())

    def _end(self) -> datetime:
        return self._moment(self.end.moment(), _A_DAY)

    def _moment(self, local: datetime, over: timedelta) -> datetime:
        if self.all_day.isChecked():
            local = datetime.combine(local.date(), time()) + over
        return local.replace(tzinfo=self._zone).astimezone(self._item.start.tzinfo)

    def _start_moved(self) -> None:
        # As in Outlook: the item moves as a whole.
        end = (self._start() + self._length).astimezone(self._zone)
        if self._length >= timedelta():
            self.end.show_moment(end - _A_DAY if self.all_day.isChecked() else end)
        self._adapt()

    def _end_moved(self) -> None:
        self._length = self._end() - self._start()
        self._adapt()

    def _adapt(self) -> None:
        whole = self.all_day.isChecked()
        self.start.time.setEnabled(not whole)
        self.end.time.setEnabled(not whole)
        self._length = self._end() - self._start()
        right = self._length > timedelta()
        self.buttons.button(_Button.Ok).setEnabled(right)
        self.wrong.setText("" if right else self._words("The end has to be after the start."))
