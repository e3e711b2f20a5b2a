"""The Simulation window in use: what is typed arrives, keys keep their meaning, nothing is old."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QDate, QRect, Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QTabWidget
from pytestqt.qtbot import QtBot

from lyncdesk.presence.items import Item, Kind, Response
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.mnemonics import letters
from lyncdesk.ui.simulation.moment_fields import DayField, TimeField
from lyncdesk.ui.simulation_window import SimulationWindow
from tests.ui.builders import ME, RecordingBridge, berlin, state
from tests.ui.lesson_parts import STEP
from tests.ui.names import doubled_letters
from tests.ui.parts import WORDS, Sample, knowing


class Desk:
    """The window over a sample organisation in memory; time stands still."""

    def __init__(self, qtbot: QtBot) -> None:
        self.sample = Sample()
        self.sample.set_speed(0)
        self.bridge: RecordingBridge = knowing(state())
        self.window = SimulationWindow(self.bridge, self.sample, WORDS, IndicatorIcons(), QRect)
        qtbot.addWidget(self.window)
        self.window.open()
        qtbot.waitUntil(self.window.isActiveWindow)

    def subjects(self) -> list[str]:
        tree = self.window.outlook.list
        rows = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
        return [row.text(1) for row in rows if row is not None]

    def texts(self) -> dict[str, str]:
        """Each button and tab, and the letter it has."""
        tabs = self.window.tabs
        coach = set(self.window.lessons.coach.findChildren(QPushButton))
        texts = [each.text() for each in self.window.findChildren(QPushButton) if each not in coach]
        texts += [tabs.tabText(number) for number in range(tabs.count())]
        return {text.replace("&", ""): "".join(letters([text])) for text in texts}


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


# --- what is typed ---


@pytest.mark.parametrize(
    ("form", "typed", "meant"),
    [
        ("H:mm", "08:30", (8, 30)),
        ("HH:mm", "8:30", (8, 30)),
        ("HH:mm", "0830", (8, 30)),
        ("H.mm", "0:15", (0, 15)),
        ("h:mm AP", "5:30 PM", (17, 30)),
        ("AP h:mm", "8:30", (8, 30)),
    ],
)
def test_a_time_typed_over_the_whole_field_is_that_time(
    qtbot: QtBot, form: str, typed: str, meant: tuple[int, int]
) -> None:
    field = TimeField()
    qtbot.addWidget(field)
    field.setDisplayFormat(form)
    field.setTime(QTime(11, 0))
    field.show()
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.time().hour(), field.time().minute()) == meant


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("dd/MM/yyyy", "24/12/2026"),
        ("dd.MM.yyyy", "24122026"),
        ("yyyy-MM-dd", "2026-12-24"),
        ("M/d/yyyy", "12/24/2026"),
    ],
)
def test_a_day_typed_over_the_whole_field_is_that_day(qtbot: QtBot, form: str, typed: str) -> None:
    field = DayField()
    qtbot.addWidget(field)
    field.setDisplayFormat(form)
    field.setDate(QDate(2026, 11, 23))
    field.show()
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.date() == QDate(2026, 12, 24)


# --- keys ---


def test_no_letter_changes_hands_while_a_lesson_goes_on(desk: Desk) -> None:
    """Alt+N for Next step, once more pressed a step later, must not jump in time."""
    desk.window.open(desk.window.lessons)
    before = desk.texts()
    lessons = desk.window.lessons
    lessons.start()
    on = lessons.coach.on_button
    offered = set()
    for step in (
        STEP,
        replace(STEP, done=True, doing="", point="", said="It is there."),
        replace(STEP, number=2, doing="Let Ben put you in Workgroup"),
        replace(STEP, number=2, done=True, doing="", point="", said="It is gone."),
    ):
        desk.sample.teacher.shown = step
        lessons.look()
        offered.add(on.text().replace("&", ""))
        assert desk.texts() == before
        # Finish can do without: End the lesson does the same.
        assert letters([on.text()]) or on.text() == "Finish"
        assert doubled_letters(desk.window) == []
    assert offered == {"Skip this step", "Next step", "Finish"}


def test_a_tab_chosen_by_its_letter_has_the_keyboard_and_the_list_is_next(desk: Desk) -> None:
    tabs: QTabWidget = desk.window.tabs
    desk.window.outlook.right_now.setFocus()
    (letter,) = letters([tabs.tabText(2)])
    QTest.keyClick(desk.window, Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.AltModifier)
    assert tabs.currentWidget() is desk.window.sit_in
    assert tabs.tabBar().hasFocus()
    QTest.keyClick(tabs.tabBar(), Qt.Key.Key_Tab)
    assert desk.window.sit_in.people.hasFocus()


def test_a_pace_that_was_clicked_has_the_keyboard(desk: Desk) -> None:
    fast = desk.window.time.speeds.button(3)
    QTest.mouseClick(fast, Qt.MouseButton.LeftButton)
    assert fast.hasFocus()


# --- what is shown is as it is ---


def test_what_a_lesson_puts_back_is_shown_at_once_also_while_time_stands_still(desk: Desk) -> None:
    desk.sample.calendars[ME] = [Item(berlin(10), berlin(11), subject="Of the lesson", id="1")]
    desk.window.outlook.refresh()
    assert desk.subjects() == ["Of the lesson"]
    desk.window.lessons.start()
    desk.sample.calendars[ME] = []
    desk.sample.set_speed(1)
    QTest.mouseClick(desk.window.lessons.coach.end_button, Qt.MouseButton.LeftButton)
    assert desk.subjects() == []
    assert desk.window.time.speeds.checkedId() == 1


def test_what_was_cancelled_or_declined_says_so_for_nobody_is_busy_because_of_it(desk: Desk) -> None:
    meeting = Item(berlin(10), berlin(11), kind=Kind.MEETING, subject="Steering committee")
    desk.sample.calendars[ME] = [
        replace(meeting, id="1", cancelled=True),
        replace(meeting, id="2", response=Response.DECLINED, private=True),
    ]
    desk.window.outlook.refresh()
    assert sorted(desk.subjects()) == [
        "Cancelled: Steering committee",
        "Declined: Steering committee (private)",
    ]
