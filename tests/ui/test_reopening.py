"""Whoever opens LyncDesk again on macOS sees its window, and nobody else does."""

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.ui.reopening import Reopening

ACTIVE = Qt.ApplicationState.ApplicationActive


class Asked:
    def __init__(self, app: QApplication, started_ms: int = 0) -> None:
        self.owner = QObject()
        self.times = 0
        Reopening(app, self.owner, started_ms).asked.connect(self._count)

    def _count(self) -> None:
        self.times += 1


@pytest.fixture
def asked(qapp: QApplication, qtbot: QtBot) -> Asked:
    made = Asked(qapp)
    qtbot.wait(1)  # its timer is due at once
    return made


def test_activated_without_a_window_it_is_asked_for(qapp: QApplication, asked: Asked) -> None:
    qapp.applicationStateChanged.emit(ACTIVE)
    assert asked.times == 1
    # Also where it was active already, which macOS tells again.
    qapp.applicationStateChanged.emit(ACTIVE)
    assert asked.times == 2


def test_left_it_is_not(qapp: QApplication, asked: Asked) -> None:
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert asked.times == 0


def test_a_window_of_its_own_that_comes_up_is_no_wish_for_another(
    qapp: QApplication, asked: Asked, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    asked.times = 0
    qapp.applicationStateChanged.emit(ACTIVE)
    assert asked.times == 0


def test_the_start_itself_is_no_wish(qapp: QApplication, qtbot: QtBot) -> None:
    asked = Asked(qapp, started_ms=60_000)
    qtbot.wait(1)
    qapp.applicationStateChanged.emit(ACTIVE)
    assert asked.times == 0
