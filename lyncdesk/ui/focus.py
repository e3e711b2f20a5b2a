"""Where the keyboard is can always be seen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def show_focus(application: QApplication) -> None:
    """Draw the keyboard's focus wherever it goes, as long as the application lasts.

    Qt and many styles draw it only after Tab was pressed, and forget that with each step made otherwise:
    after a letter with Alt, or in a window that has just opened, nobody would see where the keyboard is.
    """
    application.focusChanged.connect(_mark)


def _mark(_before: QWidget | None, now: QWidget | None) -> None:
    if now is not None:
        now.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
