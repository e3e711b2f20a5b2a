"""Jumps in the sample organisation: one at a time, told in words, stopped by a button, from the keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest
from PySide6.QtCore import QRect, Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.client.session import Jumped, PresenceChange
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.states import AWAY, BUSY, IN_A_MEETING, Presence
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.simulation.jumps import Jumps
from lyncdesk.ui.simulation_window import SimulationWindow
from lyncdesk.ui.ticking import AGE_TICK_MS, FASTEST_TICK_MS, SIMULATION_TICK_MS, Ticking
from tests.ui.builders import ANNA, ME, NOW, RecordingBridge, RecordingSession, berlin, state
from tests.ui.parts import WORDS, Sample, knowing

THREE = "A is now In a meeting; B is now In a meeting; C is now In a meeting"
FREE, MEETING = Presence(3500), Presence(BUSY, IN_A_MEETING)


class Desk:
    """The jumps in their window, over a sample organisation in memory whose calls end at once."""

    def __init__(self, qtbot: QtBot) -> None:
        self.sample = Sample()
        self.window = SimulationWindow(knowing(state()), self.sample, WORDS, IndicatorIcons(), QRect)
        qtbot.addWidget(self.window)
        self.window.open()
        self.jumps: Jumps = self.window.time.jumps

    def type(self, hour: int, minute: int) -> None:
        self.jumps.at.setTime(QTime(hour, minute))


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def person(name: str) -> Profile:
    return Profile(f"{name}@litware.example", name)


def change(profile: Profile, after: Presence) -> PresenceChange:
    return PresenceChange(profile, FREE, after)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((change(Profile(ANNA, "Anna"), MEETING),), "Jumped to 10:30: Anna is now In a meeting."),
        (
            (change(Profile(ME, "Kim"), FREE), change(Profile(ANNA, "Anna"), Presence(AWAY, "", True))),
            "Jumped to 10:30: you are now Available; Anna is now Away, out of office.",
        ),
        (
            tuple(change(person(name), MEETING) for name in "ABCD"),
            f"Jumped to 10:30: {THREE}; and 1 more.",
        ),
        (
            tuple(change(person(name), MEETING) for name in "ABCDE"),
            f"Jumped to 10:30: {THREE}; and 2 more.",
        ),
        ((), "Nobody’s presence changed within a day. It is 10:30 there now."),
    ],
)
def test_who_changed_is_said_with_the_moment(
    desk: Desk, changes: tuple[PresenceChange, ...], said: str
) -> None:
    desk.sample.changes = changes
    QTest.mouseClick(desk.jumps.to_change, Qt.MouseButton.LeftButton)
    assert desk.jumps.message.text() == said
    assert desk.window.time.clock.text() == "10:30"


def test_the_moment_of_the_change_is_said_although_time_went_on(desk: Desk) -> None:
    async def late() -> Jumped:
        desk.sample.world = replace(desk.sample.world, now=berlin(10, 45))
        return Jumped(berlin(10, 30), (change(person("A"), MEETING),))

    desk.sample.jump_to_next_change = late  # type: ignore[method-assign]
    desk.jumps.jump_to_change()
    assert desk.jumps.message.text().startswith("Jumped to 10:30")


def test_a_time_of_today_and_one_that_is_over_today(desk: Desk) -> None:
    assert desk.jumps.at.time() == QTime(11, 0)  # the next full hour, until somebody types
    assert desk.jumps.day.text() == ""
    desk.type(14, 30)
    assert desk.jumps.day.text() == ""
    desk.type(9, 0)
    assert desk.jumps.day.text() == "That is tomorrow."
    assert desk.jumps.to_time.accessibleDescription() == "That is tomorrow."
    QTest.mouseClick(desk.jumps.to_time, Qt.MouseButton.LeftButton)
    assert desk.sample.world.now == berlin(9, 0, day=4)
    assert desk.jumps.message.text() == "Jumped to 9:00."


def test_a_typed_time_is_gone_to_with_enter_and_stays(desk: Desk) -> None:
    desk.jumps.at.setFocus()
    desk.type(14, 30)
    QTest.keyClick(desk.jumps.at, Qt.Key.Key_Return)
    assert desk.sample.world.now == berlin(14, 30)
    assert desk.jumps.at.time() == QTime(14, 30)
    assert desk.jumps.day.text() == "That is tomorrow."


def test_the_proposed_time_moves_on_until_somebody_types(desk: Desk) -> None:
    desk.sample.world = replace(desk.sample.world, now=berlin(12, 40))
    desk.window.time.refresh()
    assert desk.jumps.at.time() == QTime(13, 0)
    desk.type(18, 0)
    desk.sample.world = replace(desk.sample.world, now=berlin(15, 40))
    desk.window.time.refresh()
    assert desk.jumps.at.time() == QTime(18, 0)


def test_the_buttons_tell_what_they_run_to(desk: Desk) -> None:
    assert "you, one of your contacts, or somebody you sit in as" in desk.jumps.to_change.toolTip()


def test_a_jump_that_fails_is_told_and_the_next_one_takes_the_words_away(desk: Desk) -> None:
    desk.sample.broken = RuntimeError("stuck")
    desk.jumps.jump_to_change()
    assert "stuck" in desk.jumps.trouble.text()
    desk.sample.broken = None
    desk.jumps.jump_to_time()
    assert desk.jumps.trouble.text() == ""
    assert desk.jumps.message.text() == "Jumped to 11:00."


# --- a jump that takes its time, on the client's own thread ---


class Endless(Sample):
    """Time runs on and on until it is stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.given_up = Event()

    async def jump_to_next_change(self) -> Jumped:
        try:
            while True:
                self.world = replace(self.world, now=self.world.now + timedelta(minutes=1))
                await asyncio.sleep(0.001)
        finally:
            self.given_up.set()


class LongDesk:
    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.sample = Endless()
        self.bridge = Bridge(lambda: RecordingSession(simulation=True))
        self.bridge.start()
        self.until(lambda: self.bridge.is_ready)
        self.window = SimulationWindow(self.bridge, self.sample, WORDS, IndicatorIcons(), QRect)
        qtbot.addWidget(self.window)
        self.window.open()
        self.jumps = self.window.time.jumps

    def until(self, fits: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(fits)


@pytest.fixture
def long(qtbot: QtBot) -> Iterator[LongDesk]:
    made = LongDesk(qtbot)
    yield made
    made.window.close()
    assert made.bridge.stop()


def test_while_a_jump_runs_the_time_is_shown_and_only_stop_can_be_pressed(long: LongDesk) -> None:
    long.jumps.jump_to_change()
    assert long.jumps.running
    others: list[QWidget] = [long.jumps.to_check, long.jumps.to_change, long.jumps.to_time, long.jumps.at]
    assert not any(each.isEnabled() for each in (*others, *long.window.time.speeds.buttons()))
    assert long.jumps.stop_button.isEnabled()
    first = long.window.time.clock.text()
    long.until(lambda: long.window.time.clock.text() > max(first, "10:30"))
    long.jumps.jump_to_time()  # one at a time
    QTest.mouseClick(long.jumps.stop_button, Qt.MouseButton.LeftButton)
    long.until(lambda: not long.jumps.running)
    assert long.sample.given_up.is_set()
    stopped = WORDS.time(long.sample.world.now.astimezone(WORDS.zone))
    assert long.jumps.message.text() == f"Stopped at {stopped}."
    assert long.window.time.clock.text() == stopped
    assert all(each.isEnabled() for each in (*others, *long.window.time.speeds.buttons()))
    assert not long.jumps.stop_button.isEnabled()


def test_the_keyboard_goes_to_stop_and_comes_back(long: LongDesk) -> None:
    long.window.activateWindow()
    long.jumps.to_change.setFocus()
    QTest.keyClick(long.jumps.to_change, Qt.Key.Key_Space)
    assert long.jumps.stop_button.hasFocus()
    QTest.keyClick(long.jumps.stop_button, Qt.Key.Key_Space)
    long.jumps.stop()  # once more is no mistake
    long.until(lambda: not long.jumps.running)
    assert long.jumps.to_change.hasFocus()


def test_the_next_jump_after_a_stopped_one_is_a_new_one(long: LongDesk) -> None:
    long.jumps.jump_to_change()
    long.jumps.stop()
    long.until(lambda: not long.jumps.running)
    long.jumps.jump_to_time()
    long.until(lambda: not long.jumps.running)
    assert long.jumps.message.text().startswith("Jumped to")


# --- what grows older while nothing happens ---


@pytest.mark.parametrize(
    ("simulation", "speed", "milliseconds"),
    [
        (False, 1.0, AGE_TICK_MS),
        (True, 0.0, SIMULATION_TICK_MS),
        (True, 1.0, SIMULATION_TICK_MS),
        (True, 60.0, SIMULATION_TICK_MS),
        (True, 120.0, 500),
        (True, 600.0, FASTEST_TICK_MS),
        (True, 1e9, FASTEST_TICK_MS),
    ],
)
def test_ages_are_looked_at_as_often_as_minutes_pass_there(
    qtbot: QtBot, simulation: bool, speed: float, milliseconds: int
) -> None:
    session = RecordingSession(simulation=simulation)
    session.speed = speed
    owner = QWidget()
    qtbot.addWidget(owner)
    tick = Ticking(RecordingBridge(session), lambda: None, owner)
    tick.begin()
    assert tick.interval() == milliseconds
    tick.stop()


def test_another_pace_is_followed_at_the_next_tick(qtbot: QtBot) -> None:
    session = RecordingSession(simulation=True)
    owner = QWidget()
    qtbot.addWidget(owner)
    ticks: list[datetime] = []
    tick = Ticking(RecordingBridge(session), lambda: ticks.append(NOW), owner)
    tick.begin()
    session.speed = 600.0
    qtbot.waitUntil(lambda: len(ticks) >= 2)
    assert tick.interval() == FASTEST_TICK_MS
    tick.stop()
