"""Options > Advanced > History: the switch, the question when it goes off, and deleting."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox
from pytestqt.qtbot import QtBot

from lyncdesk.client.options import Options, Origin
from lyncdesk.client.problems import Problem
from lyncdesk.presence.message import Message
from lyncdesk.ui.options_window import OptionsPage
from tests.ui.builders import state
from tests.ui.names import doubled_letters, nameless
from tests.ui.parts import tell
from tests.ui.test_options import OPTIONS, Button, Desk

ON = replace(OPTIONS, keep_history=True)


def desk_of(qtbot: QtBot, options: Options) -> Desk:
    desk = Desk(qtbot, options)
    desk.window.list.setCurrentRow(OptionsPage.ADVANCED)
    return desk


def question(desk: Desk) -> QMessageBox:
    (box,) = desk.window.findChildren(QMessageBox)
    return box


def answer(desk: Desk, text: str) -> None:
    box = question(desk)
    (button,) = (one for one in box.buttons() if one.text().replace("&", "") == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def calls(desk: Desk) -> list[str]:
    return [call[0] for call in desk.bridge.asked]


def test_it_is_off_at_first_and_says_what_is_kept_where_and_how_long(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, OPTIONS)
    section = desk.window.advanced.history
    assert not section.keep.isChecked()
    about = section.about.text()
    for part in ("subjects of your items", "90 days", "data/lyncdesk/history.sqlite"):
        assert part in about
    assert not nameless(desk.window)
    assert not doubled_letters(desk.window)


def test_switching_it_on_asks_nothing(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, OPTIONS)
    desk.window.advanced.history.keep.click()
    desk.press(Button.Apply)
    assert not desk.window.findChildren(QMessageBox)
    assert desk.saved == [{"keep_history": True}]


@pytest.mark.parametrize(("chosen", "deleted"), [("Delete", True), ("Keep", False)])
@pytest.mark.parametrize("button", [Button.Ok, Button.Apply])
def test_switching_it_off_asks_what_becomes_of_what_was_kept(
    qtbot: QtBot, chosen: str, deleted: bool, button: QDialogButtonBox.StandardButton
) -> None:
    desk = desk_of(qtbot, ON)
    desk.window.advanced.history.keep.click()
    desk.press(button)
    assert calls(desk) == []  # nothing happens before the answer
    answer(desk, chosen)
    assert desk.saved == [{"keep_history": False}]
    assert calls(desk) == ["save_options", *(["delete_history"] if deleted else [])]
    assert desk.window.isVisible() is (button is Button.Apply)


def test_escape_keeps_what_was_kept(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, ON)
    desk.window.advanced.history.keep.click()
    desk.press(Button.Apply)
    QTest.keyClick(question(desk), Qt.Key.Key_Escape)
    assert calls(desk) == ["save_options"]


def test_each_switching_off_is_asked_about(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, ON)
    for _ in range(2):
        desk.window.advanced.history.keep.click()
        desk.press(Button.Apply)
        answer(desk, "Delete")
        desk.bridge.asked.clear()
        qtbot.waitUntil(lambda: not desk.window.findChildren(QMessageBox))
        desk.window.advanced.history.keep.click()
        desk.press(Button.Apply)
        tell(desk.bridge, state(options=ON))
    assert calls(desk) == ["save_options"]


def test_deleting_asks_first_and_says_what_became_of_it(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, ON)
    section = desk.window.advanced.history
    section.delete.click()
    answer(desk, "Keep")
    assert calls(desk) == []
    qtbot.waitUntil(lambda: not desk.window.findChildren(QMessageBox))
    section.delete.click()
    answer(desk, "Delete")
    assert calls(desk) == ["delete_history"]
    assert section.message.text() == "The history was deleted."
    desk.window.reject()
    desk.window.open_page(OptionsPage.ADVANCED)
    assert not section.message.isVisible()


def test_what_could_not_be_deleted_is_said(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, ON)
    desk.bridge.recording.problem = Problem.of(
        "history-not-deleted", where="/h.sqlite", what=Message.of("it may not be written to")
    )
    desk.window.advanced.history.delete.click()
    answer(desk, "Delete")
    assert "/h.sqlite: it may not be written to." in desk.window.advanced.history.message.text()


def test_what_the_administrator_set_is_locked_and_it_can_still_be_deleted(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, replace(OPTIONS, origins={"keep_history": Origin.POLICY}))
    section = desk.window.advanced.history
    assert not section.keep.isEnabled()
    assert section.keep.toolTip() == "Set by your administrator"
    assert section.delete.isEnabled()


def test_forgetting_an_account_says_that_its_history_goes(qtbot: QtBot) -> None:
    desk = Desk(qtbot, ON)
    desk.window.account.forget.click()
    assert "history is deleted" in question(desk).informativeText()
