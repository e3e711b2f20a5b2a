"""What holds for every window: names for those who hear it, and letters that belong to one control each."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLabel, QTabBar, QTabWidget, QWidget

from lyncdesk.ui.mnemonics import letters


def nameless(window: QWidget) -> list[str]:
    """Each control of the window that the keyboard can reach and that has no name for a screen reader."""
    found = []
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() is Qt.FocusPolicy.NoFocus or not widget.isVisibleTo(window):
            continue
        if isinstance(widget, QTabBar | QTabWidget) or widget.objectName().startswith("qt_"):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name):
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def doubled_letters(window: QWidget) -> list[str]:
    """Letters that two controls of the window that are visible now both answer to."""
    texts = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window):
            continue
        match widget:
            case QTabWidget():
                texts += [widget.tabText(index) for index in range(widget.count())]
            case QAbstractButton():
                texts.append(widget.text())
            case QLabel() if widget.buddy() is not None:
                texts.append(widget.text())
    found = letters(texts)
    return sorted({letter for letter in found if found.count(letter) > 1})
