"""Lessons in the program's own windows, followed by pressing what they point at; one over real EWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.client.events import CheckNow, Give, SignIn, SignOut
from lyncdesk.client.lesson_types import CONTROLS, OF_A_CONTACT, LessonView
from lyncdesk.client.views import tray
from lyncdesk.presence.items import Item
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.organisation_file import sample_organisation
from lyncdesk.simulation.session import SampleSession
from lyncdesk.simulation.world import World
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.options_window import OptionsWindow
from lyncdesk.ui.simulation.lessons_controls import Controls
from lyncdesk.ui.simulation_window import SimulationWindow
from lyncdesk.ui.windows import Windows
from tests.scenarios.lesson_world import ANNA, BEN, WORDS, at, parts, standing


class Program:
    """The desktop client of the sample organisation, without its tray."""

    def __init__(self, qtbot: QtBot, home: Path, *, wire: bool = False) -> None:
        self.bot = qtbot
        self.world = World(sample_organisation(), real_now=at("10:17"), monotonic=standing)
        self.bridge = Bridge(lambda: SampleSession(self.world, lambda world: parts(world, home, wire=wire)))
        icons = IndicatorIcons()
        self.commands = Commands(WORDS, icons)
        self.windows = Windows(
            self.bridge,
            WORDS,
            icons,
            self.commands,
            QSettings(str(home / "places.ini"), QSettings.Format.IniFormat),
            has_tray=lambda: True,
            session_ends=lambda: False,
            simulation=lambda: self.world,
            open_sample=lambda: None,
        )
        self.commands.posted.connect(self.bridge.post)
        self.commands.acted.connect(self.windows.act)
        self.bridge.state_changed.connect(
            lambda state: self.commands.show_view(tray(state, self.bridge.now(), WORDS))
        )
        self.bridge.start()
        qtbot.waitUntil(self._has_read)
        self.windows.open_main()
        self.windows.open_simulation()
        (self.simulation,) = (one for one in self.windows.made() if isinstance(one, SimulationWindow))
        self.lessons = self.simulation.lessons
        self.coach = self.lessons.coach

    def _has_read(self) -> bool:
        state = self.bridge.state
        return state is not None and state.calendar.as_of is not None

    def end(self) -> None:
        self.windows.end()
        assert self.bridge.stop(seconds=20)

    def begin(self, name: str) -> None:
        """Choose a lesson and begin it."""
        self.simulation.open(self.lessons)
        self.bot.waitUntil(lambda: self.lessons.list.count() > 0)
        row = next(n for n, one in enumerate(self.lessons._rows) if one.name == name)
        self.lessons.list.setCurrentRow(row)
        press(self.lessons.start_button)
        self.until(lambda: self.is_at(1))

    @property
    def step(self) -> LessonView | None:
        """The step that is shown."""
        return self.lessons._step

    def is_at(self, number: int) -> bool:
        """Whether this step is shown, and nothing is being prepared."""
        return self.step is not None and self.step.number == number and not self.step.busy

    def points_at(self) -> str:
        """The control that the step points at."""
        return self.step.point if self.step is not None else ""

    def is_done(self) -> bool:
        """Whether it is said what happened."""
        return self.step is not None and bool(self.step.said)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for it."""
        self.bot.waitUntil(holds)

    def follow(self) -> QWidget:
        """The control that the frame is around, after Show me."""
        assert self.coach.where.text().startswith("Where: ")
        press(self.coach.show_button)
        self.until(lambda: _name(self.lessons.pointer.widget) == self.points_at())
        widget = self.lessons.pointer.widget
        assert widget is not None
        assert widget.accessibleDescription().startswith("The lesson points here: ")
        return widget

    def done(self) -> str:
        """What is said once the step is done; then the next one begins."""
        self.until(self.is_done)
        assert self.lessons.pointer.frame is None
        said = self.coach.said.text()
        press(self.coach.on_button)
        self.until(lambda: not self.is_done())
        return said


def _name(widget: QWidget | None) -> str:
    return widget.objectName() if widget is not None else ""


def press(button: QWidget) -> None:
    assert isinstance(button, QAbstractButton)
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def program(qtbot: QtBot, home: Path) -> Iterator[Program]:
    running = Program(qtbot, home)
    yield running
    running.end()


@pytest.fixture
def wired(qtbot: QtBot, home: Path) -> Iterator[Program]:
    running = Program(qtbot, home, wire=True)
    yield running
    running.end()


def test_an_appointment_for_right_now_followed_by_what_the_frame_is_around(wired: Program) -> None:
    program = wired
    program.begin("02_right_now")
    QTest.qWait(250)  # nobody does anything
    assert not program.is_done()
    press(program.follow())
    said = program.done()
    assert "No check was sent; the next is at 10:47." in said
    assert "You are shown as Available, as before." in said
    press(program.follow())
    said = program.done()
    assert "One check was sent, at 10:47. The next is at 11:17." in said
    assert "You were shown as Available and are shown as Busy now." in said
    press(program.coach.on_button)  # the last step is there to be read
    program.until(program.coach.isHidden)


def test_the_switch_in_the_options_by_keyboard_alone(program: Program) -> None:
    program.begin("01_turn_on")
    press(program.follow())  # the gear
    options = next(one for one in program.windows.made() if isinstance(one, OptionsWindow))
    program.until(options.isVisible)
    assert "This switch is the integration." in program.done()
    for sent in ("No check was sent, and none is planned.", "One check was sent, at 10:17."):
        box = program.follow()
        assert isinstance(box, QCheckBox)
        assert options.focusWidget() is box  # Show me brings the keyboard there
        QTest.keyClick(box, Qt.Key.Key_Space)
        QTest.keyClick(options, Qt.Key.Key_Return)
        assert sent in program.done()


def test_the_status_menu_is_pointed_at_and_in_it_the_row(program: Program) -> None:
    program.begin("03_reset_status")
    program.commands.statuses[ManualStatus.DO_NOT_DISTURB].trigger()
    assert "Urgent interruptions only (Ben Okafor" in program.done()
    program.simulation.outlook.add_right_now()
    program.done()
    assert program.points_at() == "main.reset_status"
    pointer, header = program.lessons.pointer, program.windows.main.header
    program.until(lambda: pointer.widget is header.status)
    menu = header.status_menu
    menu.popup(header.status.mapToGlobal(QPoint(0, header.status.height())))
    program.until(lambda: pointer.widget is menu)
    assert pointer.frame is not None
    row = menu.actionGeometry(program.commands.reset)
    assert pointer.frame.geometry().contains(row.center())
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=pointer.frame.geometry().center())
    said = program.done()
    assert "You were shown as Do not disturb and are shown as Available now." in said
    assert "No check was sent" in said


def test_the_details_on_the_card_are_noticed_when_the_calendar_line_has_the_keyboard(
    program: Program,
) -> None:
    program.begin("08_no_details")
    press(program.coach.show_button)
    main = program.windows.main
    tree = main.contacts.list.tree
    program.until(lambda: program.lessons.pointer.widget is tree.viewport())
    QTest.keyClick(tree, Qt.Key.Key_Return)
    program.until(main.card.isVisible)
    assert not program.is_done()  # the card alone does not show the details
    main.card.view.calendar.setFocus()
    program.until(program.is_done)
    assert "Ben shares no details of this with you." in program.coach.said.text()


def test_every_control_that_lessons_can_point_at_is_in_the_real_windows(program: Program) -> None:
    controls = Controls(program.windows)
    found: dict[str, QWidget] = {}

    def look(name: str) -> None:
        who = BEN if name in OF_A_CONTACT else ""
        controls.open(name, who)
        program.until(lambda: controls.find_exactly(name, who) is not None)
        spot = controls.find_exactly(name, who)
        assert spot is not None
        assert spot.widget.rect().intersects(spot.rect)
        found[name] = spot.widget

    async def item() -> None:
        now = program.world.clock.now()
        await program.world.add_item(BEN, Item(now, now + timedelta(hours=1), subject="Budget review"))
        program.world.post_to(BEN, Give(ANNA, Relationship.COLLEAGUES))
        program.world.post_to(BEN, CheckNow())

    program.bridge.call(item)
    special = {"main.reset_status", "main.sign_in", "card.details", "card.ask"}
    for name in CONTROLS:
        if name not in special:
            look(name)
    header = program.windows.main.header
    header.status_menu.popup(header.status.mapToGlobal(QPoint()))
    program.until(lambda: controls.find_exactly("main.reset_status") is not None)
    header.status_menu.close()
    controls.open("card.details", BEN)
    program.windows.main.card.view.calendar.setFocus()
    look_for = ("card.details", "card.ask")
    program.until(lambda: all(controls.find_exactly(name, BEN) is not None for name in look_for))
    assert controls.find_exactly("card.details", ANNA) is None
    program.windows.main.card.close()
    program.bridge.post(SignOut())
    program.until(lambda: controls.find_exactly("main.sign_in") is not None)
    program.bridge.post(SignIn())
    QApplication.processEvents()
    assert set(found) | special == set(CONTROLS)
