"""Fields for a day and for a time of day that take what is typed, as it is typed.

Qt lets digits that are typed over the whole field go nowhere: 08:30 over 11:00 would become 11:30. Where a
full part has led on to the next already, the separator leads on once more: 24/12/2026 would lose its month.
Here every common separator leads from the part that was typed to the one after it.
"""

from __future__ import annotations

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDateEdit, QDateTimeEdit, QTimeEdit

_SEPARATORS = frozenset(".:/- ")


def _typed(field: QDateTimeEdit, text: str, typed_in: int) -> tuple[int, bool]:
    """Prepare the field for what is typed; which part it is typed in, -1 = none, and whether that was all."""
    if text.isdigit():
        line = field.lineEdit()
        if line.hasSelectedText() and line.selectedText() == line.text():
            # Where the half of the day is written first, it is no digit that is meant.
            first = int(field.sectionAt(0) is QDateTimeEdit.Section.AmPmSection)
            field.setSelectedSection(field.sectionAt(first))
        return field.currentSectionIndex(), False
    if text and text in _SEPARATORS and typed_in >= 0:
        following = typed_in + 1
        if following < field.sectionCount():
            field.setSelectedSection(field.sectionAt(following))
        return -1, True
    return (-1 if text else typed_in), False


class TimeField(QTimeEdit):
    """A time of day."""

    _typed_in = -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type."""
        self._typed_in, all_done = _typed(self, event.text(), self._typed_in)
        if not all_done:
            super().keyPressEvent(event)


class DayField(QDateEdit):
    """A day, typed or chosen from a calendar."""

    _typed_in = -1

    def __init__(self) -> None:
        super().__init__()
        self.setCalendarPopup(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type."""
        self._typed_in, all_done = _typed(self, event.text(), self._typed_in)
        if not all_done:
            super().keyPressEvent(event)
