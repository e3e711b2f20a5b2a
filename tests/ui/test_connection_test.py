"""Test connection: steps as they happen, Stop, what failed and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from lyncdesk.client.options import Account
from lyncdesk.client.problems import PROBLEMS, Problem
from lyncdesk.client.session import ConnectionStep, Session, StepResult
from lyncdesk.presence.message import Message
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.connection_test import ConnectionTest
from tests.ui.builders import RecordingBridge, RecordingSession
from tests.ui.parts import WORDS

ACCOUNT = Account("kim@litware.example", "", "https://mail.litware.example")
REFUSED = Problem.of("refused-password", server="mail.litware.example")
RESOLVE = ConnectionStep(
    "resolve",
    Message.of("Find {host}", host="mail.litware.example"),
    StepResult.OK,
    Message.of("192.0.2.1"),
    timedelta(milliseconds=12),
)
SIGN_IN = ConnectionStep("sign-in", Message.of("Sign in"), StepResult.RUNNING)
FAILED = ConnectionStep(
    "sign-in", Message.of("Sign in"), StepResult.FAILED, Message.of("401"), timedelta(seconds=1.42), REFUSED
)
LEFT_OUT = ConnectionStep("read", Message.of("Read the calendar"), StepResult.SKIPPED)


class SlowSession(RecordingSession):
    """Takes one step, then waits for something that never comes."""

    cancelled = False

    async def test_connection(
        self, account: Account, password: str | None, on_step: Callable[[ConnectionStep], None]
    ) -> bool:
        on_step(RESOLVE)
        on_step(SIGN_IN)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return True


def make(qtbot: QtBot, bridge: Bridge) -> ConnectionTest:
    panel = ConnectionTest(bridge, WORDS, lambda: (ACCOUNT, "secret"))
    qtbot.addWidget(panel)
    panel.show()
    return panel


@pytest.fixture
def slow() -> Iterator[Bridge]:
    session = SlowSession()
    bridge = Bridge(lambda: cast("Session", session))
    bridge.start()
    yield bridge
    assert bridge.stop()
    assert session.cancelled


def test_steps_show_what_was_tried_what_came_back_and_how_long_it_took(qtbot: QtBot) -> None:
    bridge = RecordingBridge()
    bridge.recording.steps = (RESOLVE, SIGN_IN, FAILED, LEFT_OUT)
    bridge.recording.problem = REFUSED
    panel = make(qtbot, bridge)
    with qtbot.waitSignal(panel.finished) as finished:
        QTest.mouseClick(panel.start_button, Qt.MouseButton.LeftButton)
    assert finished.args == [False]
    assert bridge.asked == [("test_connection", ACCOUNT, "secret")]
    assert [(row.tried.text(), row.came_back.text(), row.took.text()) for row in panel.step_rows] == [
        ("Find mail.litware.example", "192.0.2.1", "12 ms"),
        ("Sign in", "401", "1.4 s"),
        ("Read the calendar", "", ""),
    ]
    assert [row.sign.accessibleName() for row in panel.step_rows] == ["done", "failed", "left out"]


def test_the_step_that_failed_tells_why_and_what_to_do(qtbot: QtBot) -> None:
    bridge = RecordingBridge()
    bridge.recording.steps = (FAILED,)
    bridge.recording.problem = REFUSED
    panel = make(qtbot, bridge)
    panel.start()
    assert panel.trouble_box is not None
    assert panel.trouble_box.accessibleName() == "Exchange refused your password."
    assert "Enter your password again" in panel.trouble_box.accessibleDescription()


@pytest.mark.parametrize("name", sorted(PROBLEMS))
def test_no_test_says_that_there_is_nothing_to_do_or_that_it_will_be_tried_again(
    qtbot: QtBot, name: str
) -> None:
    bridge = RecordingBridge()
    problem = Problem.of(name, server="mail.litware.example")
    bridge.recording.steps = (replace(FAILED, problem=problem),)
    bridge.recording.problem = problem
    panel = make(qtbot, bridge)
    panel.start()
    assert panel.trouble_box is not None
    told = panel.trouble_box.accessibleDescription()
    assert "Nothing to do" not in told
    assert "LyncDesk tries again" not in told


def test_a_test_that_succeeds_says_so_and_a_new_one_begins_anew(qtbot: QtBot) -> None:
    bridge = RecordingBridge()
    bridge.recording.steps = (FAILED,)
    bridge.recording.problem = REFUSED
    panel = make(qtbot, bridge)
    panel.start()
    bridge.recording.steps, bridge.recording.problem = (RESOLVE,), None
    panel.start()
    assert panel.outcome.text() == "The connection works."
    assert panel.trouble_box is None
    assert len(panel.step_rows) == 1


def test_stop_ends_a_test_that_hangs_and_nothing_of_it_comes_later(qtbot: QtBot, slow: Bridge) -> None:
    qtbot.waitUntil(lambda: slow.is_ready)
    panel = make(qtbot, slow)
    assert not panel.stop_button.isVisible()
    QTest.mouseClick(panel.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel.step_rows) == 2)
    assert not panel.start_button.isEnabled()
    with qtbot.assertNotEmitted(panel.finished):
        QTest.mouseClick(panel.stop_button, Qt.MouseButton.LeftButton)
    assert not panel.running
    assert not panel.stop_button.isVisible()
    assert panel.outcome.text() == "Stopped. Nothing was saved."
    assert panel.step_rows[1].sign.result is StepResult.SKIPPED


def test_a_step_of_a_stopped_test_is_not_shown(qtbot: QtBot) -> None:
    panel = make(qtbot, RecordingBridge())
    panel.start()
    panel._number += 1
    panel._show_step(panel._number - 1, FAILED)
    assert panel.step_rows == ()


def test_an_error_that_nobody_foresaw_ends_the_test_in_words(qtbot: QtBot) -> None:
    class Broken(RecordingSession):
        async def test_connection(self, *_: object) -> bool:
            raise RuntimeError("boom")

    panel = make(qtbot, RecordingBridge(Broken()))
    with qtbot.waitSignal(panel.finished) as finished:
        panel.start()
    assert finished.args == [False]
    assert "RuntimeError" in panel.outcome.text()
