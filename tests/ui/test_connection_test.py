"""Test connection: steps as they happen, Stop, what failed and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.client.options import Account
from lyncdesk.client.problems import OF_CHECKS, PROBLEMS, Problem, first_problem
from lyncdesk.client.session import ConnectionStep, Session, StepResult
from lyncdesk.client.views.doctor import server_offered, step_json, step_lines
from lyncdesk.presence.message import Message
from lyncdesk.ui.bridge import Bridge, Call
from lyncdesk.ui.connection_steps import StepSign
from lyncdesk.ui.connection_test import ConnectionTest
from lyncdesk.ui.controls import scrolling
from lyncdesk.ui.theme import GRAPHIC_CONTRAST, contrast
from tests.ui.builders import RecordingBridge, RecordingSession
from tests.ui.parts import WORDS
from tests.ui.squeezed import squeezed

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
        self,
        account: Account,
        password: str | None,
        on_step: Callable[[ConnectionStep], None],
        *,
        anew: bool = True,
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
    nothing = replace(RESOLVE, name="find-1", result=StepResult.NOTHING)
    bridge.recording.steps = (nothing, RESOLVE, SIGN_IN, FAILED, LEFT_OUT)
    bridge.recording.problem = REFUSED
    panel = make(qtbot, bridge)
    with qtbot.waitSignal(panel.finished) as finished:
        QTest.mouseClick(panel.start_button, Qt.MouseButton.LeftButton)
    assert finished.args == [False]
    assert bridge.asked == [("test_connection", ACCOUNT, "secret")]
    assert [(row.tried.text(), row.came_back.text(), row.took.text()) for row in panel.step_rows[1:]] == [
        ("Find mail.litware.example", "192.0.2.1", "12 ms"),
        ("Sign in", "401", "1.4 s"),
        ("Read the calendar", "", ""),
    ]
    signs = [row.sign for row in panel.step_rows]
    assert [sign.accessibleName() for sign in signs] == ["found nothing", "done", "failed", "left out"]
    shapes = [
        bytes(sign.grab().toImage().convertToFormat(QImage.Format.Format_Mono).bits()) for sign in signs
    ]
    assert len(set(shapes)) == len(signs)


def test_the_step_that_failed_tells_why_and_what_to_do(qtbot: QtBot) -> None:
    bridge = RecordingBridge()
    bridge.recording.steps = (FAILED,)
    bridge.recording.problem = REFUSED
    panel = make(qtbot, bridge)
    panel.start()
    assert panel.trouble_box is not None
    assert panel.trouble_box.accessibleName() == "Exchange refused your password."
    assert "Enter your password again" in panel.trouble_box.accessibleDescription()


@pytest.mark.parametrize("name", OF_CHECKS)
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
    on_the_command_line = " ".join(step_lines(bridge.recording.steps[0], WORDS))
    as_json = str(step_json(bridge.recording.steps[0], WORDS)["remedy"])
    for text in (told, on_the_command_line, as_json):
        assert "Nothing to do" not in text
        assert "LyncDesk tries again" not in text
    assert as_json in told


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
    session = cast("SlowSession", slow.session)
    qtbot.waitUntil(lambda: session.cancelled)


def test_of_several_failures_the_first_of_the_table_is_the_one_to_mend(qtbot: QtBot) -> None:
    bridge = RecordingBridge()
    late = Problem.of("timed-out", server="mail.litware.example")
    bridge.recording.steps = (FAILED, replace(FAILED, name="later", problem=late))
    bridge.recording.problem = REFUSED
    panel = make(qtbot, bridge)
    panel.start()
    assert panel.problem == first_problem((late, REFUSED))
    told = panel.trouble_box
    panel.clear()
    bridge.recording.steps = tuple(reversed(bridge.recording.steps))
    panel.start()
    assert told is not None
    assert panel.problem == first_problem((late, REFUSED))
    assert panel.trouble_box is not None


@pytest.mark.parametrize(("text", "window"), [("#000000", "#efefef"), ("#ffffff", "#2b2b2b")])
@pytest.mark.parametrize("result", StepResult)
def test_each_sign_can_be_told_from_its_ground(
    qtbot: QtBot, result: StepResult, text: str, window: str
) -> None:
    sign = StepSign(WORDS)
    qtbot.addWidget(sign)
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.WindowText, QColor(text))
    palette.setColor(QPalette.ColorRole.Window, QColor(window))
    sign.setPalette(palette)
    sign.resize(40, 40)
    sign.set_result(result)
    image = sign.grab().toImage()
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert max(contrast(QColor(one), QColor(window)) for one in colours) >= GRAPHIC_CONTRAST


def test_a_step_of_a_stopped_test_is_not_shown(qtbot: QtBot) -> None:
    panel = make(qtbot, RecordingBridge())
    panel.start()
    panel._number += 1
    panel._show_step(panel._number - 1, FAILED)
    assert panel.step_rows == ()


def test_a_password_that_stands_in_its_field_since_the_last_test_is_not_taken_for_typed(qtbot: QtBot) -> None:
    session = RecordingSession()
    panel = make(qtbot, RecordingBridge(session))
    for typed in (True, False, True):
        if typed:
            panel.password_typed()
        with qtbot.waitSignal(panel.finished):
            panel.start()
    assert session.typed_anew == [True, False, True]


def test_an_error_that_nobody_foresaw_ends_the_test_in_words(qtbot: QtBot) -> None:
    class Broken(RecordingSession):
        async def test_connection(self, *_: object, **__: object) -> bool:
            raise RuntimeError("boom")

    panel = make(qtbot, RecordingBridge(Broken()))
    with qtbot.waitSignal(panel.finished) as finished:
        panel.start()
    assert finished.args == [False]
    assert "RuntimeError" in panel.outcome.text()


BUSY = Problem.of("server-error", server="mail.litware.example", code="ErrorInternalServerError")
REPLIES = ConnectionStep("replies", Message.of("Automatic replies"), StepResult.FAILED, problem=BUSY)
LIMITED = ConnectionStep(
    "details",
    Message.of("Reading the items"),
    StepResult.LIMITED,
    Message.of("Items: 12, without details"),
    remedy=Message.of("Use another address."),
)


def _same(found: list[str], expected: list[str]) -> None:
    assert found == expected


def test_each_step_that_failed_says_under_itself_what_to_do(qtbot: QtBot) -> None:
    bridge = RecordingBridge()
    bridge.recording.steps = (REPLIES, FAILED)
    bridge.recording.problem = REFUSED
    panel = make(qtbot, bridge)
    panel.resize(500, 600)
    panel.start()
    qtbot.waitUntil(lambda: panel.step_rows[1].tried.y() > panel.step_rows[0].tried.y() > 0)
    qtbot.waitUntil(lambda: _same(squeezed(panel), []))
    boxes = [row.box for row in panel.step_rows]
    assert [box and box.accessibleName() for box in boxes] == [
        "Exchange reported an error.",
        "Exchange refused your password.",
    ]
    for row, box in zip(panel.step_rows, boxes, strict=True):
        assert box is not None
        assert row.tried.geometry().bottom() < box.geometry().top()
        assert box.button is None
    # The first in the order of the problem table counts, whichever step came first.
    assert panel.problem == REFUSED
    assert panel.trouble_box is boxes[1]


def test_a_step_that_is_told_anew_keeps_its_place_and_drops_what_no_longer_holds(qtbot: QtBot) -> None:
    panel = make(qtbot, RecordingBridge())
    panel.start()
    panel._show_step(panel._number, FAILED)
    panel._show_step(panel._number, replace(FAILED, result=StepResult.OK, problem=None))
    (row,) = panel.step_rows
    assert row.box is None
    assert row.sign.accessibleName() == "done"


def test_a_limit_is_told_with_what_to_do_and_the_outcome_says_so(qtbot: QtBot) -> None:
    bridge = RecordingBridge()
    bridge.recording.steps = (LIMITED,)
    panel = make(qtbot, bridge)
    panel.start()
    (row,) = panel.step_rows
    assert row.came_back.text() == "Items: 12, without details\nUse another address."
    assert panel.outcome.text() == "The connection works, with a limit."
    assert row.text == (
        "Reading the items – works with a limit Items: 12, without details Use another address."
    )


def test_a_line_of_text_for_a_step_that_failed_tells_why_and_what_to_do(qtbot: QtBot) -> None:
    bridge = RecordingBridge()
    bridge.recording.steps = (FAILED,)
    bridge.recording.problem = REFUSED
    panel = make(qtbot, bridge)
    panel.start()
    (row,) = panel.step_rows
    assert row.text.startswith("Sign in – failed 1.4 s 401 Exchange refused your password. The server mail.")
    assert "Enter your password again." in row.text


class Scrolled:
    """A small window that scrolls, with a test in it of which steps come one by one."""

    def __init__(self, qtbot: QtBot) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        self.panel = ConnectionTest(HangingBridge(), WORDS, lambda: (ACCOUNT, None))
        column.addWidget(self.panel)
        column.addStretch(1)
        self.area = scrolling(content)
        qtbot.addWidget(self.area)
        self.area.resize(300, 200)
        self.area.show()
        self.panel.start()
        self._qtbot = qtbot

    def steps(self, first: int, last: int) -> None:
        for number in range(first, last):
            name = f"step {number}"
            step = ConnectionStep(name, Message.of(name), StepResult.OK, Message.of("came back"))
            self.panel._show_step(self.panel._number, step)

    def sees(self, number: int) -> bool:
        """Whether the step has its place, and that place is in view."""
        words = self.panel.step_rows[number].came_back
        return words.height() < 60 and not words.visibleRegion().isEmpty()


class HangingBridge(RecordingBridge):
    """Starts what is asked for and never ends it."""

    def call(self, *_: object, **__: object) -> Call:
        return Call(lambda _: None)


def test_the_newest_of_many_steps_is_kept_in_view(qtbot: QtBot) -> None:
    window = Scrolled(qtbot)
    window.steps(0, 12)
    qtbot.waitUntil(lambda: window.sees(11))
    qtbot.waitUntil(lambda: not window.sees(0))
    window.steps(12, 25)
    qtbot.waitUntil(lambda: window.sees(24))


def test_who_scrolls_away_is_left_there(qtbot: QtBot) -> None:
    window = Scrolled(qtbot)
    window.steps(0, 12)
    qtbot.waitUntil(lambda: window.sees(11))
    bar = window.area.verticalScrollBar()
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    window.steps(12, 25)
    qtbot.waitUntil(lambda: bar.maximum() > 600)
    assert window.sees(0)
    assert not window.sees(24)


def test_at_the_end_of_many_steps_the_failure_is_in_view(qtbot: QtBot) -> None:
    window = Scrolled(qtbot)
    window.panel._show_step(window.panel._number, FAILED)
    window.steps(0, 25)
    qtbot.waitUntil(lambda: window.sees(24))
    window.panel._ended(window.panel._number, ok=False)
    box = window.panel.trouble_box
    assert box is not None
    qtbot.waitUntil(lambda: not box.visibleRegion().isEmpty())


ELSEWHERE = Problem.of("server-elsewhere", domain="litware.example", server="mail.hoster.example")


@pytest.mark.parametrize(
    "step",
    [
        replace(LIMITED, remedy=ELSEWHERE.remedy),
        ConnectionStep("find", Message.of("Asking"), StepResult.FAILED, problem=ELSEWHERE),
    ],
)
def test_the_server_that_the_organisation_refers_to_is_one_press_away(
    qtbot: QtBot, step: ConnectionStep
) -> None:
    taken: list[str] = []
    bridge = RecordingBridge()
    bridge.recording.steps = (step, step)
    panel = ConnectionTest(bridge, WORDS, lambda: (ACCOUNT, None), take_server=taken.append)
    qtbot.addWidget(panel)
    panel.show()
    panel.start()
    assert panel.offer is not None
    assert panel.offer.text() == "Ask mail.hoster.example"
    qtbot.waitUntil(panel.offer.isVisible)
    shown = [one.text() for one in panel.findChildren(QPushButton) if one.isVisible()]
    assert shown == ["Test connection", "Ask mail.hoster.example"]
    assert panel.start_button.nextInFocusChain() is panel.offer
    panel.offer.click()
    assert taken == ["https://mail.hoster.example/autodiscover/autodiscover.xml"]
    panel.clear()
    assert panel.offer is None


def test_another_address_of_the_mailbox_that_delivers_more_is_one_press_away(qtbot: QtBot) -> None:
    better = "https://ews.litware.example/EWS/Exchange.asmx"
    advice = Message.of("Enter {server} as server address.", server=better)
    taken: list[str] = []
    bridge = RecordingBridge()
    bridge.recording.steps = (replace(LIMITED, remedy=ELSEWHERE.remedy), replace(LIMITED, remedy=advice))
    panel = ConnectionTest(bridge, WORDS, lambda: (ACCOUNT, None), take_server=taken.append)
    qtbot.addWidget(panel)
    panel.show()
    panel.start()
    assert panel.offer is not None
    assert panel.offer.text() == "Use ews.litware.example"
    panel.offer.click()
    assert taken == [better]


@pytest.mark.parametrize("name", sorted(set(PROBLEMS) - {"server-elsewhere"}))
def test_an_address_that_is_only_told_is_not_offered(name: str) -> None:
    problem = Problem.of(name, server="https://mail.litware.example/EWS/Exchange.asmx")
    assert server_offered(replace(FAILED, problem=problem)) == ""


def test_nobody_is_offered_a_server_where_it_cannot_be_entered(qtbot: QtBot) -> None:
    bridge = RecordingBridge()
    bridge.recording.steps = (replace(LIMITED, remedy=ELSEWHERE.remedy), LIMITED)
    panel = make(qtbot, bridge)
    panel.start()
    assert panel.offer is None


def test_a_limit_tells_the_command_line_its_own_remedy_and_only_an_address_is_offered() -> None:
    remedy = Message.of(
        "Enter {server} as server address in Options > Account.", server="mail.litware.example"
    )
    limited = replace(LIMITED, remedy=remedy)
    assert step_json(limited, WORDS)["remedy"] == WORDS(remedy)
    assert server_offered(limited) == ""
