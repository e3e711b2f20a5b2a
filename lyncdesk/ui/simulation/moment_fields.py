"""Fields for a day and for a time of day that take what is typed, as it is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDateEdit, QDateTimeEdit, QTimeEdit

_SEPARATORS = frozenset(".:/- ")


class _Typing(QObject):
    """Sees what is typed into a field before the field does.

    Qt lets digits that are typed over the whole field go nowhere: 08:30 over 11:00 would become 11:30. And
    where a full part has led on to the next already, the separator leads on once more: 24/12/2026 would lose
    its month. Here every common separator leads from the part that was typed to the one after it.
    """

    def __init__(self, field: QDateTimeEdit) -> None:
        super().__init__(field)
        self._field = field
        self._typed_in = -1
        field.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Whether nothing is left to be done for the field."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        field, text = self._field, event.text()
        if text.isdigit():
            line = field.lineEdit()
            if line.hasSelectedText() and line.selectedText() == line.text():
                # Where the half of the day is written first, it is no digit that is meant.
                first = int(field.sectionAt(0) is QDateTimeEdit.Section.AmPmSection)
                field.setSelectedSection(field.sectionAt(first))
            self._typed_in = field.currentSectionIndex()
        elif text and text in _SEPARATORS and self._typed_in >= 0:
            following = self._typed_in + 1
            if following < field.sectionCount():
                field.setSelectedSection(field.sectionAt(following))
            self._typed_in = -1
            return True
        elif text:
            self._typed_in = -1
        return False


class TimeField(QTimeEdit):
    """A time of day."""

    def __init__(self) -> None:
        super().__init__()
        self._typing = _Typing(self)


class DayField(QDateEdit):
    """A day, typed or chosen from a calendar."""

    def __init__(self) -> None:
        super().__init__()
        self.setCalendarPopup(True)
        self._typing = _Typing(self)
