"""The question whether to restart: asked once, answered either way, gone with the program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from lyncdesk.ui.restart import RestartQuestion
from tests.ui.parts import WORDS


@pytest.fixture
def question(qtbot: QtBot) -> Iterator[RestartQuestion]:
    made = RestartQuestion(WORDS)
    yield made
    made.close()


def box(question: RestartQuestion) -> QMessageBox:
    question.ask()
    assert question.box is not None
    return question.box


def test_it_says_what_happened_and_restart_is_what_return_does(
    qtbot: QtBot, question: RestartQuestion
) -> None:
    shown = box(question)
    assert shown.text() == "LyncDesk was updated, and needs a restart."
    assert [button.text().replace("&", "") for button in shown.buttons()] == ["Restart", "Later"]
    with qtbot.waitSignal(question.wanted):
        QTest.keyClick(shown, Qt.Key.Key_Return)
    assert question.box is None


def test_later_and_escape_leave_things_as_they_are(qtbot: QtBot, question: RestartQuestion) -> None:
    with qtbot.assertNotEmitted(question.wanted):
        QTest.keyClick(box(question), Qt.Key.Key_Escape)
        assert question.box is None
        QTest.mouseClick(box(question).buttons()[1], Qt.MouseButton.LeftButton)
    assert question.box is None


def test_it_is_asked_once_at_a_time(question: RestartQuestion) -> None:
    first = box(question)
    assert box(question) is first
