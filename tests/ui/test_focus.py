"""Where the keyboard is can be seen, however it came there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.ui import focus
from lyncdesk.ui.focus import show_focus


class Window(QWidget):
    """Two check boxes."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.first, self.second = QCheckBox("First"), QCheckBox("&Second")
        column = QVBoxLayout(self)
        column.addWidget(self.first)
        column.addWidget(self.second)
        qtbot.addWidget(self)
        self.show()
        self.activateWindow()
        qtbot.waitUntil(self.first.hasFocus)


@pytest.fixture(autouse=True)
def _shown(qapp: QApplication) -> Iterator[None]:
    show_focus(qapp)
    yield
    qapp.focusChanged.disconnect(focus._mark)


@pytest.mark.parametrize("reason", [r for r in Qt.FocusReason if r is not Qt.FocusReason.NoFocusReason])
def test_the_focus_is_drawn_for_whatever_reason_it_came(qtbot: QtBot, reason: Qt.FocusReason) -> None:
    window = Window(qtbot)
    without = window.second.grab().toImage()
    window.second.setFocus(reason)
    assert window.second.grab().toImage() != without


def test_the_focus_is_drawn_in_a_window_that_has_just_opened(qtbot: QtBot) -> None:
    window = Window(qtbot)
    with_focus = window.first.grab().toImage()
    window.second.setFocus()
    assert window.first.grab().toImage() != with_focus


def test_the_focus_is_drawn_after_a_letter_with_alt(qtbot: QtBot) -> None:
    window = Window(qtbot)
    window.second.setChecked(True)
    without = window.second.grab().toImage()
    window.second.setChecked(False)
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(window.second.isChecked)
    assert window.second.hasFocus()
    qtbot.waitUntil(lambda: not window.second.isDown())
    assert window.second.grab().toImage() != without
