"""The Lessons tab, the step under the tabs, and the frame that points; over lessons in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.client.lesson_types import LessonView
from lyncdesk.client.words import Words
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.simulation.lessons_controls import Spot
from lyncdesk.ui.simulation.lessons_pointer import Pointer, colour_of_frame
from lyncdesk.ui.simulation_window import SimulationWindow
from lyncdesk.ui.theme import GRAPHIC_CONTRAST, contrast
from tests.ui.builders import RecordingBridge, state
from tests.ui.lesson_parts import OUT_OF_SCOPE, RIGHT_NOW, STEP, RecordingLessons
from tests.ui.names import doubled_letters, nameless
from tests.ui.parts import Sample, knowing
from tests.ui.squeezed import squeezed
from tests.ui.test_windows import WITH_ACCOUNT, Made


class Room:
    """The Simulation window with the Lessons tab in front."""

    def __init__(self, qtbot: QtBot, wrong: tuple[str, ...] = ()) -> None:
        self.sample = Sample()
        self.teacher = self.sample.teacher
        self.teacher.wrong = wrong
        self.bridge: RecordingBridge = knowing(state())
        self.window = SimulationWindow(self.bridge, self.sample, Words(), IndicatorIcons(), QRect)
        qtbot.addWidget(self.window)
        self.tab = self.window.lessons
        self.coach = self.tab.coach
        self.window.open(self.tab)

    def titles(self) -> list[str]:
        return [self.tab.list.item(row).text() for row in range(self.tab.list.count())]


def press(button: QAbstractButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return Room(qtbot)


def test_the_lessons_are_listed_with_the_question_and_what_is_prepared(room: Room) -> None:
    assert room.titles() == [RIGHT_NOW.title, OUT_OF_SCOPE.title]
    assert RIGHT_NOW.question in room.tab.question.text()
    assert room.tab.about.text() == RIGHT_NOW.about
    assert room.tab.before.text() == "\n".join(RIGHT_NOW.before)
    room.tab.list.setCurrentRow(1)
    assert OUT_OF_SCOPE.question in room.tab.question.text()
    assert not room.tab.before.isVisible()
    assert room.coach.isHidden()


def test_mistakes_of_a_trainers_lessons_are_told_and_hide_no_good_one(qtbot: QtBot) -> None:
    room = Room(qtbot, ("~/lessons/mine.toml:3: pont: did you mean “point”?",))
    assert "~/lessons/mine.toml:3" in room.tab.mistakes.text()
    assert room.titles() == [RIGHT_NOW.title, OUT_OF_SCOPE.title]
    qtbot.waitUntil(lambda: squeezed(room.window) == [])


@pytest.mark.parametrize("how", ["button", "enter"])
def test_a_lesson_begins_by_mouse_or_keyboard_and_its_step_stays_under_every_tab(
    room: Room, how: str
) -> None:
    if how == "enter":
        QTest.keyClick(room.tab.list, Qt.Key.Key_Return)
    else:
        press(room.tab.start_button)
    assert room.teacher.asked == ["begin 02_right_now"]
    assert room.coach.isVisible()
    assert room.coach.title.text() == "An appointment for right now: step 1 of 2"
    assert room.coach.say.text() == STEP.say
    assert room.coach.where.text() == f"Where: {STEP.where}"
    room.window.tabs.setCurrentWidget(room.window.outlook)
    assert room.coach.say.isVisible()


def test_each_button_asks_for_what_it_says(room: Room) -> None:
    press(room.tab.start_button)
    room.teacher.shown = replace(STEP, number=2, count=3)
    room.tab.look()
    room.teacher.asked.clear()
    coach = room.coach
    for button in (coach.back_button, coach.again_button, coach.do_button, coach.on_button):
        press(button)
    assert room.teacher.asked == ["back", "again", "do", "on"]
    press(coach.end_button)
    assert room.teacher.asked[-1] == "end"
    assert coach.isHidden()


def text(button: QPushButton) -> str:
    return button.text().replace("&", "")


def test_what_was_done_is_told_and_the_way_on_says_so(room: Room) -> None:
    press(room.tab.start_button)
    assert text(room.coach.on_button) == "Skip this step"
    room.teacher.shown = replace(
        STEP, said="No check was sent; the next is at 10:32.", done=True, doing="", point=""
    )
    room.tab.look()
    assert room.coach.said.text() == "No check was sent; the next is at 10:32."
    assert text(room.coach.on_button) == "Next step"
    assert room.coach.do_button.isHidden()
    assert room.coach.show_button.isHidden()
    room.teacher.shown = replace(room.teacher.shown, number=2)
    room.tab.look()
    assert text(room.coach.on_button) == "Finish"
    press(room.coach.on_button)
    assert room.teacher.asked[-1] == "end"


def test_a_wrong_turn_is_told_as_a_warning(room: Room) -> None:
    press(room.tab.start_button)
    room.teacher.shown = replace(STEP, wrong="You are signed out. Sign in to go on.", point="main.sign_in")
    room.tab.look()
    assert room.coach.wrong.isVisible()
    assert room.coach.wrong.text() == "You are signed out. Sign in to go on."


def test_while_the_world_is_prepared_nothing_can_be_pressed(room: Room) -> None:
    press(room.tab.start_button)
    room.teacher.shown = replace(STEP, busy=True, point="", doing="")
    room.tab.look()
    assert room.coach.say.text() == "Preparing the lesson ..."
    assert not room.coach.on_button.isEnabled()
    assert not room.coach.end_button.isEnabled()


def test_a_lesson_that_cannot_go_on_is_told(room: Room) -> None:
    room.teacher.broken = OSError("mailbox is gone")
    press(room.tab.start_button)
    assert "mailbox is gone" in room.tab.message.text()


def test_nothing_wakes_while_no_lesson_goes_on_or_nobody_looks(room: Room) -> None:
    assert not room.tab._timer.isActive()
    press(room.tab.start_button)
    assert room.tab._timer.isActive()
    room.window.hide()
    assert not room.tab._timer.isActive()
    room.window.open()
    assert room.tab._timer.isActive()
    press(room.coach.end_button)
    assert not room.tab._timer.isActive()


@pytest.mark.parametrize("size", [9, 15, 22])
def test_every_control_has_a_name_a_letter_and_room(qtbot: QtBot, qapp: QApplication, size: int) -> None:
    before = qapp.font()
    larger = qapp.font()
    larger.setPointSize(size)
    qapp.setFont(larger)
    try:
        room = Room(qtbot)
        press(room.tab.start_button)
        room.teacher.shown = replace(STEP, wrong="You are signed out. Sign in to go on.")
        room.tab.look()
        qtbot.waitUntil(lambda: squeezed(room.window) == [])
        assert nameless(room.window) == []
        assert doubled_letters(room.window) == []
    finally:
        qapp.setFont(before)


# --- pointing ---


@pytest.fixture
def made(qtbot: QtBot, home: Path) -> Iterator[Made]:
    made = Made(home, WITH_ACCOUNT, simulation=True)
    made.windows.open_simulation()
    yield made
    made.windows.end()


def simulation(made: Made) -> SimulationWindow:
    (window,) = made.of(SimulationWindow)
    assert isinstance(window, SimulationWindow)
    return window


def start(qtbot: QtBot, made: Made, **changes: object) -> SimulationWindow:
    window = simulation(made)
    window.open(window.lessons)
    press(window.lessons.start_button)
    show(qtbot, window, replace(STEP, **changes))  # type: ignore[arg-type]
    return window


def show(qtbot: QtBot, window: SimulationWindow, view: LessonView) -> None:
    """Let this be the step. In the sample organisation the windows rest between two looks."""
    window.lessons._lessons.shown = view  # type: ignore[attr-defined]
    window.lessons.look()
    qtbot.waitUntil(lambda: window.lessons._step is view)


def pointed_at(window: SimulationWindow) -> QWidget | None:
    return window.lessons.pointer.widget


def frame_of(window: SimulationWindow) -> QRect:
    frame = window.lessons.pointer.frame
    assert frame is not None
    return frame.geometry()


def test_the_frame_leads_from_the_tab_to_the_control_behind_it(qtbot: QtBot, made: Made) -> None:
    window = start(qtbot, made)
    bar = window.tabs.tabBar()
    assert pointed_at(window) is window.tabs
    assert frame_of(window).contains(bar.mapTo(window, bar.tabRect(0).center()))
    press(window.lessons.coach.show_button)
    assert window.tabs.currentWidget() is window.outlook
    button = window.outlook.right_now
    qtbot.waitUntil(lambda: pointed_at(window) is button)
    assert frame_of(window).contains(QRect(button.mapTo(window, button.rect().topLeft()), button.size()))
    assert button.accessibleDescription().startswith(f"The lesson points here: {STEP.say}")
    assert QApplication.focusWidget() is button or window.focusWidget() is button


def test_the_frame_takes_no_click_and_goes_with_the_step(qtbot: QtBot, made: Made) -> None:
    window = start(qtbot, made)
    window.tabs.setCurrentWidget(window.outlook)
    qtbot.waitUntil(lambda: pointed_at(window) is window.outlook.right_now)
    frame = window.lessons.pointer.frame
    assert frame is not None
    assert frame.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert window.childAt(frame.geometry().center()) is window.outlook.right_now
    before = window.outlook.right_now.accessibleDescription()
    show(qtbot, window, replace(STEP, said="Done.", done=True, point=""))
    assert window.lessons.pointer.frame is None
    assert window.outlook.right_now.accessibleDescription() != before


def test_a_closed_window_is_opened_by_show_me(qtbot: QtBot, made: Made) -> None:
    window = start(qtbot, made, point="options.update_presence")
    assert window.lessons.pointer.frame is None  # neither the options nor the main window are open
    press(window.lessons.coach.show_button)
    name = "options.update_presence"
    qtbot.waitUntil(lambda: (widget := pointed_at(window)) is not None and widget.objectName() == name)
    widget = pointed_at(window)
    assert widget is not None
    assert widget.isVisible()


def test_what_a_step_waits_to_be_looked_at_is_told_once_it_can_be_seen(qtbot: QtBot, made: Made) -> None:
    window = start(qtbot, made, point="about.connection", watch=(("about.connection", ""),))
    teacher = window.lessons._lessons
    assert isinstance(teacher, RecordingLessons)
    assert teacher.seen == set()
    press(window.lessons.coach.show_button)
    qtbot.waitUntil(lambda: teacher.seen == {("about.connection", "")})


def test_a_control_that_is_destroyed_takes_the_frame_along(qtbot: QtBot) -> None:
    pointer, window = Pointer(), QWidget()
    button = QPushButton("x", window)
    window.show()
    pointer.point(Spot(button, button.rect()), "here")
    window.deleteLater()
    QApplication.sendPostedEvents(window, 52)  # QEvent.DeferredDelete
    assert pointer.frame is None
    pointer.rest()


@pytest.mark.parametrize(("ground", "ink"), [("white", "black"), ("#202020", "white"), ("#777777", "black")])
def test_the_frame_differs_from_any_ground(ground: str, ink: str) -> None:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, ground)
    palette.setColor(QPalette.ColorRole.WindowText, ink)
    found = colour_of_frame(palette)
    assert contrast(found, palette.color(QPalette.ColorRole.Window)) >= GRAPHIC_CONTRAST
