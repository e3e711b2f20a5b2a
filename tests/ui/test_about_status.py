"""About my status: Why, As others see me, and Connection."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.client import views
from lyncdesk.client.events import CheckNow
from lyncdesk.client.options import Account, Options
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.state import Calendar, ContactReading, Health, State
from lyncdesk.client.view_types import Action
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.message import Message
from lyncdesk.presence.relationships import Relationship
from lyncdesk.ui.about_connection import ConnectionTab
from lyncdesk.ui.about_seen import SeenTab
from lyncdesk.ui.about_status import AboutStatus, Tab
from lyncdesk.ui.about_why import WhyTab
from tests.ui.builders import ANNA, NOW, RecordingBridge, berlin, contact, state
from tests.ui.names import doubled_letters, nameless
from tests.ui.parts import NOT_SHARED, WORDS, card, connection, knowing, tell, why
from tests.ui.squeezed import squeezed

ACCOUNT = Account("kim.akers@litware.example", "", "https://mail.litware.example/EWS/Exchange.asmx")


def in_a_meeting() -> State:
    item = Item(berlin(10), berlin(11), ShowAs.BUSY, Kind.MEETING, "Budget review", "Room 12", id="1")
    calendar = Calendar(
        (item,), as_of=NOW, health=Health.OK, anchor=NOW, next_check=NOW + timedelta(minutes=30)
    )
    return state(
        signed_in=True, calendar=calendar, options=Options(account=ACCOUNT, contacts=(ANNA,)), since=NOW
    )


def _same(found: list[str], expected: list[str]) -> None:
    assert found == expected


# --- Why ---


def test_why_shows_the_sentence_and_every_reason_with_its_verdict(qtbot: QtBot) -> None:
    tab = WhyTab(WORDS)
    qtbot.addWidget(tab)
    tab.show_why(why())
    assert tab.sentence.text() == why().sentence
    assert [(row[0], row[2]) for row in tab.table.rows()] == [
        ("Calendar", "decides"),
        ("Computer", "does not decide"),
        ("Out of office", "adds a mark"),
    ]
    assert tab.read.text() == why().read


def test_what_lync_would_have_shown_stands_there_only_where_it_differs(qtbot: QtBot) -> None:
    tab = WhyTab(WORDS)
    qtbot.addWidget(tab)
    tab.show()
    tab.show_why(why())
    assert tab.lync.isVisible()
    tab.show_why(why(lync=""))
    assert not tab.lync.isVisible()


def test_rows_that_are_chosen_can_be_copied(qtbot: QtBot) -> None:
    tab = WhyTab(WORDS)
    qtbot.addWidget(tab)
    tab.show_why(why())
    tab.table.selectRow(0)
    QTest.keyClick(tab.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("Calendar\tBusy: 'Budget review'\tdecides")


def test_the_table_is_as_high_as_its_rows_and_wraps(qtbot: QtBot) -> None:
    tab = WhyTab(WORDS)
    qtbot.addWidget(tab)
    tab.resize(700, 500)
    tab.show()
    tab.show_why(why())
    wide = tab.table.height()
    tab.resize(380, 500)
    assert tab.table.height() > wide
    assert not tab.table.verticalScrollBar().isVisible()


# --- As others see me ---


def test_a_relationship_or_a_contact_can_be_the_viewer(qtbot: QtBot) -> None:
    tab = SeenTab(WORDS)
    qtbot.addWidget(tab)
    assert tab.viewer.currentText() == "Colleagues"
    tab.show_viewers(tuple(Relationship), (contact(relationship=Relationship.WORKGROUP),))
    with qtbot.waitSignal(tab.chosen):
        tab.viewer.setCurrentIndex(tab.viewer.findText("Anna Bedecs (Workgroup)"))
    assert tab.relationship is Relationship.WORKGROUP


def test_the_chosen_contact_stays_chosen_when_given_something_else(qtbot: QtBot) -> None:
    tab = SeenTab(WORDS)
    qtbot.addWidget(tab)
    tab.show_viewers(tuple(Relationship), (contact(),))
    tab.viewer.setCurrentIndex(tab.viewer.count() - 1)
    tab.show_viewers(tuple(Relationship), (contact(relationship=Relationship.BLOCKED),))
    assert tab.viewer.currentText() == "Anna Bedecs (Blocked)"
    assert tab.relationship is Relationship.BLOCKED


def test_the_chosen_relationship_stays_chosen(qtbot: QtBot) -> None:
    tab = SeenTab(WORDS)
    qtbot.addWidget(tab)
    tab.viewer.setCurrentIndex(tab.viewer.findText("External"))
    tab.show_viewers(tuple(Relationship), (contact(),))
    assert tab.relationship is Relationship.EXTERNAL


def test_ones_own_card_has_nobody_to_ask_and_nothing_to_give(qtbot: QtBot) -> None:
    tab = SeenTab(WORDS)
    qtbot.addWidget(tab)
    tab.show()
    tab.show_seen(card(detail=NOT_SHARED), (), ())
    assert tab.card.detail.isVisible()
    assert not tab.card.detail.ask.isVisible()
    assert not tab.card.gives.isVisible()


def test_what_hides_the_rest_is_said_and_only_the_reasons_that_the_viewer_may_know(qtbot: QtBot) -> None:
    tab = SeenTab(WORDS)
    qtbot.addWidget(tab)
    tab.show()
    tab.show_seen(card(), ("You do not share subject and location.",), why().rows[:1])
    assert tab.hint.isVisible()
    assert tab.hint.text() == "You do not share subject and location."
    assert [row[0] for row in tab.reasons.rows()] == ["Calendar"]
    tab.show_seen(card(), (), ())
    assert not tab.hides.isVisible()
    assert not tab.reasons.isVisible()


# --- Connection ---


@pytest.fixture
def bridge() -> RecordingBridge:
    return RecordingBridge()


class Files:
    """Answers the question where to save."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.proposal = ""

    def __call__(self, _parent: QWidget, _title: str, proposal: str) -> str:
        self.proposal = proposal
        return self.name


def tab_of(qtbot: QtBot, bridge: RecordingBridge, files: Files | None = None) -> ConnectionTab:
    tab = ConnectionTab(bridge, WORDS, lambda: ACCOUNT, choose=files or Files())
    qtbot.addWidget(tab)
    tab.show()
    return tab


def test_troubles_stand_above_the_rows_with_what_to_do(qtbot: QtBot, bridge: RecordingBridge) -> None:
    tab = tab_of(qtbot, bridge)
    tab.show_connection(connection())
    (box,) = tab.boxes
    assert box.accessibleName() == "Exchange refused your password."
    assert box.y() < tab.table.y()
    assert box.button is not None
    with qtbot.waitSignal(tab.acted) as acted:
        QTest.mouseClick(box.button, Qt.MouseButton.LeftButton)
    assert acted.args == [Action.ENTER_PASSWORD]
    tab.show_connection(connection(troubles=()))
    assert tab.boxes == []


def test_the_rows_are_shown_in_order_and_copied_with_the_troubles(
    qtbot: QtBot, bridge: RecordingBridge
) -> None:
    tab = tab_of(qtbot, bridge)
    tab.show_connection(connection())
    assert [row[0] for row in tab.table.rows()][:3] == [
        "EWS Internal URL",
        "EWS External URL",
        "EWS Information",
    ]
    QTest.mouseClick(tab.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text.startswith("Exchange refused your password. The server mail.litware.example")
    assert "EWS Internal URL: https://mail.litware.example/EWS/Exchange.asmx" in text


CHECKS = (
    ("10:02", "412 ms", "3", "12", "done"),
    ("9:32", "1.4 s", "-", "-", "Exchange did not answer."),
)


def test_the_last_checks_stand_below_the_rows_and_are_copied(qtbot: QtBot, bridge: RecordingBridge) -> None:
    tab = tab_of(qtbot, bridge)
    tab.show_connection(connection())
    assert not tab.checks.isVisible()
    assert not tab.checks_title.isVisible()
    tab.show_connection(connection(checks=CHECKS))
    qtbot.waitUntil(lambda: tab.table.geometry().bottom() < tab.checks.geometry().top())
    assert [tuple(row) for row in tab.checks.rows()] == list(CHECKS)
    tab.copy.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[-4:] == [
        "Last checks:",
        "Sent\tTook\tRequests\tItems\tWhat came of it",
        "10:02\t412 ms\t3\t12\tdone",
        "9:32\t1.4 s\t-\t-\tExchange did not answer.",
    ]


def test_the_steps_of_a_test_are_copied_as_they_are_read(qtbot: QtBot, bridge: RecordingBridge) -> None:
    refused = Problem.of("refused-password", server="mail.litware.example")
    bridge.recording.steps = (
        ConnectionStep("name", Message.of("Looking up the server"), StepResult.OK, Message.of("192.0.2.1")),
        ConnectionStep("sign-in", Message.of("Signing in"), StepResult.FAILED, problem=refused),
    )
    tab = tab_of(qtbot, bridge)
    tab.show_connection(connection())
    tab.test.start_button.click()
    tab.copy.click()
    text = QGuiApplication.clipboard().text()
    steps = text.partition("Test connection:\n")[2].splitlines()
    assert steps[0] == "Looking up the server – done 192.0.2.1"
    assert steps[1].startswith("Signing in – failed Exchange refused your password. The server")
    assert "Enter your password again" in steps[1]


def test_stop_stays_in_view_beside_the_other_buttons(qtbot: QtBot, bridge: RecordingBridge) -> None:
    tab = tab_of(qtbot, bridge)
    tab.test._set_running(True)
    assert tab.test.stop_button.isVisible()
    assert tab.test.stop_button.parentWidget() is tab.copy.parentWidget()
    assert not tab._area.isAncestorOf(tab.test.stop_button)


@pytest.mark.parametrize(("there", "can"), [(True, True), (True, False), (False, False)])
def test_check_now_is_there_where_allowed_and_works_where_it_can(
    qtbot: QtBot, bridge: RecordingBridge, there: bool, can: bool
) -> None:
    tab = tab_of(qtbot, bridge)
    tab.show_connection(connection(check_now=there, can_check_now=can))
    assert tab.check.isVisible() is there
    assert tab.check.isEnabled() is can
    QTest.mouseClick(tab.check, Qt.MouseButton.LeftButton)
    assert bridge.posted == ([CheckNow()] if there and can else [])


def test_the_test_takes_the_account_in_force_and_the_stored_password(
    qtbot: QtBot, bridge: RecordingBridge
) -> None:
    tab = tab_of(qtbot, bridge)
    QTest.mouseClick(tab.test.start_button, Qt.MouseButton.LeftButton)
    assert bridge.asked == [("test_connection", ACCOUNT, None)]


def test_the_report_is_saved_where_the_person_says(
    qtbot: QtBot, bridge: RecordingBridge, tmp_path: Path
) -> None:
    tab = tab_of(qtbot, bridge, Files(str(tmp_path / "report.txt")))
    QTest.mouseClick(tab.report, Qt.MouseButton.LeftButton)
    assert (tmp_path / "report.txt").read_text() == "report"
    assert "report.txt" in tab.said.text()


def test_a_report_that_cannot_be_saved_says_why(
    qtbot: QtBot, bridge: RecordingBridge, tmp_path: Path
) -> None:
    tab = tab_of(qtbot, bridge, Files(str(tmp_path / "no" / "report.txt")))
    QTest.mouseClick(tab.report, Qt.MouseButton.LeftButton)
    assert "No such file or directory" in tab.said.text()


def test_no_answer_where_to_save_saves_nothing(qtbot: QtBot, bridge: RecordingBridge) -> None:
    files = Files("")
    tab = tab_of(qtbot, bridge, files)
    QTest.mouseClick(tab.report, Qt.MouseButton.LeftButton)
    assert tab.said.text() == ""
    # Wherever the program was started.
    assert Path(files.proposal).is_absolute()
    assert Path(files.proposal).name == "lyncdesk-report.txt"


# --- the window ---


def test_the_window_shows_what_the_views_say(qtbot: QtBot) -> None:
    known = in_a_meeting()
    bridge = knowing(known)
    window = AboutStatus(bridge, WORDS, lambda: True)
    qtbot.addWidget(window)
    window.open_tab(Tab.WHY)
    assert window.why.sentence.text() == views.why(known, NOW, WORDS).sentence
    window.open_tab(Tab.CONNECTION)
    assert ["Tray", "shows the icon"] in window.connection.table.rows()
    window.open_tab(Tab.SEEN)
    window.seen.viewer.setCurrentIndex(window.seen.viewer.findText("Workgroup"))
    assert "Budget review" in window.seen.card.detail.accessibleName()
    window.seen.viewer.setCurrentIndex(window.seen.viewer.findText("Colleagues"))
    assert "Budget review" not in window.seen.card.detail.accessibleName()
    assert window.seen.hint.text() == "\n".join(views.what_hides(known, Relationship.COLLEAGUES, WORDS))


def test_the_connection_tab_says_that_a_desktop_has_no_tray(qtbot: QtBot) -> None:
    window = AboutStatus(knowing(in_a_meeting()), WORDS, lambda: False)
    qtbot.addWidget(window)
    window.open_tab(Tab.CONNECTION)
    assert ["Tray", "this desktop has none"] in window.connection.table.rows()


@pytest.mark.parametrize("tab", list(Tab))
@pytest.mark.parametrize("size", [QSize(620, 620), QSize(1000, 400), QSize(400, 300)])
def test_no_part_of_a_tab_lies_over_another_or_is_cut_at_any_size(
    qtbot: QtBot, tab: Tab, size: QSize
) -> None:
    window = AboutStatus(knowing(in_a_meeting()), WORDS, lambda: True)
    qtbot.addWidget(window)
    window.resize(size)
    window.open_tab(tab)
    page = (window.why, window.seen, window.connection)[tab]
    qtbot.waitUntil(lambda: _same(squeezed(page), []))


def test_the_steps_of_a_test_stand_above_the_rows(qtbot: QtBot) -> None:
    window = AboutStatus(knowing(in_a_meeting()), WORDS, lambda: True)
    qtbot.addWidget(window)
    window.open_tab(Tab.CONNECTION)
    tab = window.connection
    assert not tab.test.isVisible()
    QTest.mouseClick(tab.test.start_button, Qt.MouseButton.LeftButton)
    tab.test._show_step(1, ConnectionStep("sign-in", Message.of("Sign in"), StepResult.OK))
    (step,) = tab.test.step_rows
    qtbot.waitUntil(step.tried.isVisible)
    qtbot.waitUntil(lambda: _same(squeezed(tab), []))
    assert tab.test.geometry().bottom() < tab.table.geometry().top()
    window.reject()
    assert tab.test.step_rows == ()


def test_the_window_follows_the_client_while_it_is_visible_and_rests_while_not(qtbot: QtBot) -> None:
    known = in_a_meeting()
    bridge = knowing(known)
    window = AboutStatus(bridge, WORDS, lambda: True)
    qtbot.addWidget(window)
    window.open_tab(Tab.WHY)
    assert window._tick.isActive()
    before = window.why.title.text()
    tell(bridge, replace(known, calendar=replace(known.calendar, items=())))
    assert window.why.title.text() != before
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert not window._tick.isActive()
    shown = window.why.title.text()
    tell(bridge, known)
    assert window.why.title.text() == shown


def test_the_test_of_the_connection_tab_uses_the_account_in_force(qtbot: QtBot) -> None:
    bridge = knowing(in_a_meeting())
    window = AboutStatus(bridge, WORDS, lambda: True)
    qtbot.addWidget(window)
    window.open_tab(Tab.CONNECTION)
    window.connection.test.start()
    assert bridge.asked == [("test_connection", ACCOUNT, None)]


def test_a_trouble_offers_its_action_to_the_program(qtbot: QtBot) -> None:
    stopped = Calendar(health=Health.STOPPED, problem=Problem.of("refused-password"))
    bridge = knowing(replace(in_a_meeting(), calendar=stopped))
    window = AboutStatus(bridge, WORDS, lambda: True)
    qtbot.addWidget(window)
    window.open_tab(Tab.CONNECTION)
    button = window.connection.boxes[0].button
    assert button is not None
    with qtbot.waitSignal(window.acted) as acted:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert acted.args == [Action.ENTER_PASSWORD]


@pytest.mark.parametrize("tab", list(Tab))
def test_every_control_has_a_name_and_a_letter_of_its_own(qtbot: QtBot, tab: Tab) -> None:
    window = AboutStatus(knowing(in_a_meeting()), WORDS, lambda: True)
    qtbot.addWidget(window)
    window.open_tab(tab)
    assert nameless(window) == []
    assert doubled_letters(window) == []


def test_with_exchange_alone_one_looks_only_from_what_its_permissions_can_give(qtbot: QtBot) -> None:
    known = state(signed_in=True, options=Options(), reading=ContactReading(used=True))
    window = AboutStatus(knowing(known), WORDS, lambda: True)
    qtbot.addWidget(window)
    window.open_tab(Tab.SEEN)
    names = [window.seen.viewer.itemText(row) for row in range(window.seen.viewer.count())]
    assert names == ["Colleagues", "Workgroup"]
    assert window.seen.viewer.currentText() == "Colleagues"
    assert "Your status is not shown" in window.seen.hint.text()
    assert window.seen.reasons.isHidden()
