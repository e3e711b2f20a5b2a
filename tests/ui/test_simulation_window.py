"""The Simulation window: anybody's calendar, changed through the simulation, and the virtual time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, QRect, Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialogButtonBox
from pytestqt.qtbot import QtBot

from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.simulation.item_editor import ItemEditor
from lyncdesk.ui.simulation.time_bar import SPEEDS
from lyncdesk.ui.simulation_window import SimulationWindow
from tests.ui.builders import ANNA, ME, NOW, ZONE, RecordingBridge, berlin, state
from tests.ui.names import doubled_letters, nameless
from tests.ui.parts import WORDS, Sample, knowing, tell

BERLIN = ZoneInfo(ZONE)


class Desk:
    """The window over a sample organisation in memory."""

    def __init__(self, qtbot: QtBot) -> None:
        self.sample = Sample()
        self.sample.fill()
        self.bridge: RecordingBridge = knowing(state())
        self.window = SimulationWindow(self.bridge, self.sample, WORDS, IndicatorIcons(), QRect)
        qtbot.addWidget(self.window)
        self.window.open()
        self.outlook = self.window.outlook
        self.time = self.window.time

    def rows(self) -> list[list[str]]:
        tree = self.outlook.list
        rows = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
        return [[row.text(column) for column in range(5)] for row in rows if row is not None]

    def choose(self, subject: str) -> None:
        row = [row[1] for row in self.rows()].index(subject)
        self.outlook.list.setCurrentIndex(self.outlook.list.model().index(row, 0))

    def subjects(self, address: str = ME) -> list[str]:
        return [item.subject for item in self.sample.calendars[address]]


def press(button: QAbstractButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_a_banner_says_that_nothing_is_real(desk: Desk) -> None:
    assert desk.window.banner.isVisible()
    assert "Nothing is real" in desk.window.banner.text()


# --- Outlook ---


def test_the_day_that_is_today_moves_on_at_midnight_and_another_one_stays(desk: Desk) -> None:
    desk.sample.world = replace(desk.sample.world, now=NOW + timedelta(days=1))
    desk.outlook.refresh()
    assert desk.outlook.day.date() == QDate(2026, 3, 4)
    press(desk.outlook.back)
    desk.sample.world = replace(desk.sample.world, now=NOW + timedelta(days=2))
    desk.outlook.refresh()
    assert desk.outlook.day.date() == QDate(2026, 3, 3)


def test_the_day_is_listed_as_outlook_would_all_day_items_first(desk: Desk) -> None:
    assert desk.rows()[:3] == [
        ["All day", "Birthday", "Free", "Appointment", ""],
        ["10:00 – 11:00", "Budget review", "Busy", "Meeting", "Room 12"],
        ["13:00 – 14:00", "Lunch with the auditors", "Tentative", "Meeting", "Town"],
    ]
    assert ["15:00 – 16:00", "Dentist (private)", "Out of office", "Appointment", ""] in desk.rows()


def test_another_persons_calendar_is_shown_by_that_persons_clock(desk: Desk) -> None:
    desk.sample.calendars[ANNA] = [Item(berlin(16), berlin(17), subject="Breakfast", id="a")]
    desk.outlook.person.setCurrentIndex(1)
    assert [row[:2] for row in desk.rows()] == [["10:00 – 11:00", "Breakfast"]]
    assert "America/New_York" in desk.outlook.hint.text()
    assert "Anna Bedecs's next calendar check" in desk.outlook.hint.text()


def test_other_days_can_be_looked_at_and_today_is_one_press_away(desk: Desk) -> None:
    press(desk.outlook.on)
    assert desk.outlook.day.date() == QDate(2026, 3, 4)
    assert desk.rows() == []
    press(desk.outlook.today)
    assert desk.outlook.day.date() == QDate(2026, 3, 3)
    press(desk.outlook.back)
    assert desk.outlook.day.date() == QDate(2026, 3, 2)


def test_an_appointment_for_right_now_is_one_press(desk: Desk) -> None:
    press(desk.outlook.on)
    press(desk.outlook.right_now)
    (item,) = [item for item in desk.sample.calendars[ME] if item.subject == "Appointment for right now"]
    assert (item.start, item.end - item.start) == (NOW, timedelta(hours=1))
    assert (item.show_as, item.kind) == (ShowAs.BUSY, Kind.APPOINTMENT)
    assert ["10:02 – 11:02", "Appointment for right now", "Busy", "Appointment", ""] in desk.rows()


def test_a_new_item_is_added_as_it_was_typed(qtbot: QtBot, desk: Desk) -> None:
    desk.outlook.person.setCurrentIndex(1)
    press(desk.outlook.add_button)
    editor = desk.outlook.editor
    assert editor is not None
    assert editor.windowTitle() == "New item"
    QTest.keyClicks(editor.subject, "Interview")
    editor.location.setText("Lobby")
    editor.start.time.setTime(QTime(14, 0))
    editor.end.time.setTime(QTime(14, 45))
    editor.show_as.setCurrentIndex(editor.show_as.findText("Tentative"))
    press(editor.meeting)
    editor.private.setChecked(True)
    press(editor.buttons.button(QDialogButtonBox.StandardButton.Ok))
    (item,) = desk.sample.calendars[ANNA]
    assert (item.subject, item.location, item.private) == ("Interview", "Lobby", True)
    assert (item.show_as, item.kind) == (ShowAs.TENTATIVE, Kind.MEETING)
    assert item.start.astimezone(ZoneInfo("America/New_York")).strftime("%d %H:%M") == "03 14:00"
    assert item.end - item.start == timedelta(minutes=45)
    assert [row[1] for row in desk.rows()] == ["Interview (private)"]


def test_a_chosen_item_is_changed_with_enter_and_keeps_what_was_not_touched(desk: Desk) -> None:
    desk.choose("Budget review")
    before = next(item for item in desk.sample.calendars[ME] if item.subject == "Budget review")
    QTest.keyClick(desk.outlook.list, Qt.Key.Key_Return)
    editor = desk.outlook.editor
    assert editor is not None
    editor.show_as.setCurrentIndex(editor.show_as.findText("Free"))
    editor.accept()
    after = next(item for item in desk.sample.calendars[ME] if item.id == before.id)
    assert after.show_as is ShowAs.FREE
    assert (after.start, after.end, after.subject, after.location) == (
        before.start,
        before.end,
        before.subject,
        before.location,
    )
    assert desk.outlook.chosen is not None
    assert desk.outlook.chosen.id == before.id


def test_a_chosen_item_is_removed_with_delete(desk: Desk) -> None:
    desk.choose("Train")
    QTest.keyClick(desk.outlook.list, Qt.Key.Key_Delete)
    assert "Train" not in desk.subjects()
    assert "Train" not in [row[1] for row in desk.rows()]


def test_nothing_chosen_can_be_neither_changed_nor_removed(desk: Desk) -> None:
    desk.outlook.list.clearSelection()
    assert not desk.outlook.change_button.isEnabled()
    assert not desk.outlook.remove_button.isEnabled()
    QTest.keyClick(desk.outlook.list, Qt.Key.Key_Delete)
    assert len(desk.subjects()) == 6


def test_cancelling_changes_nothing(desk: Desk) -> None:
    desk.choose("Train")
    press(desk.outlook.change_button)
    assert desk.outlook.editor is not None
    desk.outlook.editor.subject.setText("Plane")
    QTest.keyClick(desk.outlook.editor, Qt.Key.Key_Escape)
    assert "Train" in desk.subjects()


def test_what_changes_elsewhere_is_shown_and_the_choice_stays(desk: Desk) -> None:
    desk.choose("Train")
    desk.sample.calendars[ME].append(Item(berlin(8), berlin(9), subject="From elsewhere", id="x"))
    tell(desk.bridge, state())
    assert "From elsewhere" in [row[1] for row in desk.rows()]
    assert desk.outlook.chosen is not None
    assert desk.outlook.chosen.subject == "Train"


def test_a_change_that_fails_is_told(desk: Desk) -> None:
    desk.sample.broken = OSError("mailbox is gone")
    press(desk.outlook.right_now)
    assert "mailbox is gone" in desk.outlook.message.text()


# --- the editor ---


def editor_of(qtbot: QtBot, item: Item) -> ItemEditor:
    editor = ItemEditor(item, BERLIN, WORDS)
    qtbot.addWidget(editor)
    editor.show()
    return editor


MEETING = Item(berlin(10), berlin(11), ShowAs.OOF, Kind.MEETING, "Trip", "Town", private=True, id="1")


def test_the_editor_gives_back_what_it_was_given(qtbot: QtBot) -> None:
    assert editor_of(qtbot, MEETING).item() == MEETING


@pytest.mark.parametrize("days", [1, 3])
def test_an_all_day_item_ends_at_the_midnight_after_its_last_day(qtbot: QtBot, days: int) -> None:
    midnight = berlin(1) - timedelta(hours=1)
    item = Item(midnight, midnight + timedelta(days=days), ShowAs.FREE, subject="Fair", all_day=True, id="1")
    editor = editor_of(qtbot, item)
    assert editor.end.day.date() == QDate(2026, 3, 2 + days)
    assert not editor.start.time.isEnabled()
    assert editor.item() == item


def test_moving_the_start_moves_the_end_along(qtbot: QtBot) -> None:
    editor = editor_of(qtbot, MEETING)
    editor.start.time.setTime(QTime(14, 30))
    assert editor.item().end == berlin(15, 30)


def test_an_end_before_the_start_is_not_accepted_and_says_so(qtbot: QtBot) -> None:
    editor = editor_of(qtbot, MEETING)
    editor.end.time.setTime(QTime(9, 0))
    assert not editor.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
    assert editor.wrong.text() == "The end has to be after the start."
    editor.end.time.setTime(QTime(12, 0))
    assert editor.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()


def test_the_clock_change_is_respected(qtbot: QtBot) -> None:
    start = Item(berlin(1), berlin(2)).start.replace(month=3, day=29)  # summer time begins that night
    item = Item(start - timedelta(hours=1), start + timedelta(hours=23), all_day=True, id="1")
    editor = editor_of(qtbot, item)
    whole = editor.item()
    assert whole.end - whole.start == timedelta(hours=23)


# --- the time ---


def test_the_time_and_the_next_check_are_shown_by_ones_own_clock(desk: Desk) -> None:
    assert desk.time.clock.text() == "10:02"
    assert desk.time.next.text() == "Next check of your calendar: 10:32"


@pytest.mark.parametrize("number", range(len(SPEEDS)))
def test_each_speed_is_one_press_and_shows_itself(desk: Desk, number: int) -> None:
    press(desk.time.speeds.button(number))
    assert desk.sample.world.speed == SPEEDS[number][0]
    assert desk.time.speeds.checkedId() == number
    assert [button.font().bold() for button in desk.time.speeds.buttons()].index(True) == number


def test_the_jump_leads_to_after_the_next_check(qtbot: QtBot, desk: Desk) -> None:
    with qtbot.waitSignal(desk.time.jumps.jumped):
        press(desk.time.jumps.to_check)
    assert desk.sample.jumps == 1
    assert desk.time.clock.text() == "10:32"
    assert desk.time.next.text() == "Next check of your calendar: 11:02"
    assert desk.time.jumps.to_check.isEnabled()


def test_a_jump_that_fails_is_told(desk: Desk) -> None:
    desk.sample.broken = RuntimeError("stuck")
    press(desk.time.jumps.to_check)
    assert "stuck" in desk.time.jumps.trouble.text()
    assert desk.time.jumps.to_check.isEnabled()


def test_without_a_planned_check_there_is_nothing_to_jump_to(desk: Desk) -> None:
    desk.sample.world = type(desk.sample.world)(NOW, 1, None)
    tell(desk.bridge, state())
    assert not desk.time.jumps.to_check.isEnabled()
    assert desk.time.next.text() == "No check of your calendar is planned."


@pytest.mark.parametrize(("speed", "planned"), [(0, False), (1, True), (600, True)])
def test_nothing_wakes_while_time_stands_still_or_nobody_looks(
    desk: Desk, speed: float, planned: bool
) -> None:
    desk.sample.set_speed(speed)
    desk.time.refresh()
    assert desk.time._timer.isActive() is planned
    desk.window.hide()
    assert not desk.time._timer.isActive()


def test_the_faster_the_time_the_sooner_one_looks_again_but_never_more_than_ten_times_a_second(
    desk: Desk,
) -> None:
    waits = []
    for speed in (1, 10, 60, 600, 100_000):
        desk.sample.set_speed(speed)
        desk.time.refresh()
        waits.append(desk.time._timer.interval())
    assert waits == sorted(waits, reverse=True)
    assert waits[0] > 50_000
    assert waits[-1] == 100


def test_every_control_has_a_name_and_a_letter_of_its_own(qtbot: QtBot, desk: Desk) -> None:
    assert nameless(desk.window) == []
    assert doubled_letters(desk.window) == []
    editor = editor_of(qtbot, MEETING)
    assert nameless(editor) == []
    assert doubled_letters(editor) == []
