"""The windows of those one sits in as, over the real sample organisation and its real clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from lyncdesk.client.events import Give
from lyncdesk.client.reading import decision
from lyncdesk.client.view_types import Action
from lyncdesk.presence.items import Item, Kind
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.session import SampleSession
from lyncdesk.ui.about_status import AboutStatus
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.options_dialog import OptionsDialog
from lyncdesk.ui.simulation.guests import MOST, Guest, beside
from lyncdesk.ui.simulation_window import SimulationWindow
from tests.sample_world import HOUR, ME, a_world, parts
from tests.ui.names import doubled_letters, nameless
from tests.ui.parts import WORDS

BEN = "ben.okafor@brightwater.example"
JONAS = "jonas.weber@brightwater.example"


class Room:
    """One's own client, and the Simulation window over its world."""

    def __init__(self, qtbot: QtBot, home: Path) -> None:
        self._qtbot = qtbot
        self.world = a_world()
        self.bridge = Bridge(lambda: SampleSession(self.world, lambda world: parts(world, home)))
        self.bridge.start()
        self.until(lambda: self.bridge.state is not None and self.bridge.state.calendar.as_of is not None)
        self.window = SimulationWindow(self.bridge, self.world, WORDS, IndicatorIcons(), self._own)
        qtbot.addWidget(self.window)
        self.window.open(self.window.sit_in)
        self.tab = self.window.sit_in

    def _own(self) -> QRect:
        return QRect(100, 50, 320, 640)

    def until(self, fits: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(fits, timeout=60_000)

    def jump(self) -> None:
        """To just after one's own next check."""
        self.window.time.jumps.jump_to_check()
        self.until(lambda: not self.window.time.jumps.running)

    def profile(self, address: str) -> Profile:
        return next(one for one in self.world.people() if one.address == address)

    def choose(self, address: str) -> None:
        self.tab.people.setCurrentRow([one.address for one in self.world.people()].index(address) - 1)

    def sit_in(self, address: str) -> Guest:
        self.choose(address)
        press(self.tab.sit_button)
        guest = self.window.guests.guest(self.profile(address))
        assert guest is not None
        self.until(lambda: guest.windows.main.header.name.text() != "")
        return guest


def press(button: QAbstractButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def room(qtbot: QtBot, home: Path) -> Iterator[Room]:
    made = Room(qtbot, home)
    yield made
    made.window.close()
    assert made.bridge.stop(30)


def test_the_window_is_that_persons_own_and_cannot_be_mistaken_for_ones_own(room: Room) -> None:
    guest = room.sit_in(BEN)
    main = guest.windows.main
    assert main.isVisible()
    assert main.windowTitle() == "Ben Okafor – LyncDesk (sitting in)"
    assert main.header.name.text() == "Ben Okafor"
    assert main.simulation.isVisible()
    assert main.simulation.text().startswith("You sit in as Ben Okafor")
    assert main.pos() == QPoint(100 + 320 + 12, 50)  # beside one's own
    assert not main.no_tray.isVisible()
    assert nameless(main) == []
    assert doubled_letters(main) == []
    assert guest._commands.exit.text().replace("&", "") == "Stop sitting in"
    assert "(you sit in)" in room.tab.people.currentItem().text()


def test_every_window_of_the_seat_tells_whose_it_is_and_has_nothing_of_an_account(room: Room) -> None:
    guest = room.sit_in(BEN)
    for action in guest.windows._acts:
        if action is not Action.SIGN_IN:
            guest.windows.act(action)
    others = guest.windows._others
    assert sorted(window.windowTitle() for window in others.values()) == [
        "Ben Okafor – About my status (sitting in)",
        "Ben Okafor – LyncDesk – Options (sitting in)",
    ]
    options, about = others["OptionsDialog"], others["AboutStatus"]
    assert isinstance(options, OptionsDialog)
    assert isinstance(about, AboutStatus)
    assert [options.list.item(row).text() for row in range(options.list.count())] == ["Personal", "Status"]
    texts = {button.text().replace("&", "") for button in about.findChildren(QAbstractButton)}
    assert not {"Test connection", "Save report for support ..."} & texts
    assert {"Check calendar now", "Copy"} <= texts
    names = {button.text() for button in options.findChildren(QAbstractButton)}
    assert not [name for name in names if "log on" in name or "notice" in name]
    with pytest.raises(RuntimeError, match="no connection to test"):
        _ = about.connection.test
    for window in others.values():
        assert nameless(window) == []


def test_the_owner_gives_workgroup_and_the_viewers_card_shows_the_subject(room: Room) -> None:
    main = room.sit_in(JONAS).windows.main
    now = room.world.clock.now()
    item = Item(now, now + 2 * HOUR, kind=Kind.MEETING, subject="Secret plan")
    room.bridge.call(room.world.add_item, ME, item)
    room.jump()

    def lines() -> tuple[str, ...]:
        card = main.card_of(ME)
        return card.detail.lines if card is not None else ()

    room.until(lambda: bool(lines()) and "In a meeting" in str(main.card_of(ME)))
    assert "Secret plan" not in "".join(lines())
    room.bridge.post(Give(JONAS, Relationship.WORKGROUP))
    room.until(lambda: "Secret plan" in "".join(lines()))
    room.bridge.post(Give(JONAS, Relationship.COLLEAGUES))
    room.until(lambda: "Secret plan" not in "".join(lines()))


def test_a_status_chosen_at_the_seat_is_seen_in_ones_own_list_and_habits_rest(room: Room) -> None:
    guest = room.sit_in(BEN)

    def mine() -> str:
        state = room.bridge.state
        return state.contacts[BEN].presence.text if state is not None else ""

    guest._commands.statuses[ManualStatus.BE_RIGHT_BACK].trigger()
    room.until(lambda: mine() == "Be right back")
    room.until(lambda: "Habits rest" in guest.windows.main.simulation.text())
    room.until(guest._commands.statuses[ManualStatus.BE_RIGHT_BACK].isChecked)
    guest._commands.reset.trigger()
    room.until(lambda: mine() != "Be right back")
    room.until(lambda: "Status reset" in guest.windows.main.notice.text.text())


def test_options_of_the_seat_are_that_persons_own(room: Room) -> None:
    guest = room.sit_in(BEN)
    guest.windows.open_options()
    options = guest.windows._others["OptionsDialog"]
    assert isinstance(options, OptionsDialog)
    switch = next(one for one in options.findChildren(QAbstractButton) if "free/busy" in one.text())
    switch.click()
    options._ok()
    room.until(lambda: not room.world.states()[BEN].options.share_free_busy)
    room.until(options.isHidden)
    own = room.bridge.state
    assert own is not None
    assert own.options.share_free_busy


def test_the_title_bar_icon_follows_the_person(room: Room) -> None:
    guest = room.sit_in(BEN)
    room.until(lambda: not guest.windows.main.windowIcon().isNull())
    before = guest.windows.main.windowIcon().cacheKey()
    guest._commands.statuses[ManualStatus.DO_NOT_DISTURB].trigger()
    room.until(lambda: guest.windows.main.windowIcon().cacheKey() != before)


def test_closing_a_window_leaves_the_seat(room: Room) -> None:
    guest = room.sit_in(BEN)
    guest._commands.statuses[ManualStatus.BUSY].trigger()
    room.until(lambda: guest.seat.led)
    guest.windows.main.close()
    assert room.window.guests.guest(room.profile(BEN)) is None
    room.until(lambda: not guest.seat.led)
    assert "(you sit in)" not in room.tab.people.currentItem().text()
    assert not room.tab.leave_button.isEnabled()
    again = room.sit_in(BEN)
    assert again is not guest
    state = room.world.states()[BEN]
    assert decision(state, room.world.clock.now()).presence.text == "Busy"  # as it was left


def test_only_so_many_windows_as_one_can_look_at(room: Room) -> None:
    people = [profile.address for profile in room.world.people()[1 : MOST + 2]]
    for address in people[:MOST]:
        room.sit_in(address)
    room.choose(people[MOST])
    assert not room.tab.sit_button.isEnabled()
    assert room.tab.bound.isVisible()
    room.tab.sit_in()
    assert room.window.guests.guest(room.profile(people[MOST])) is None
    room.choose(people[0])  # but back to one that is open
    assert room.tab.sit_button.isEnabled()
    press(room.tab.leave_button)
    room.choose(people[MOST])
    assert room.tab.sit_button.isEnabled()
    assert not room.tab.bound.isVisible()


def test_closing_the_simulation_window_ends_all_of_it(room: Room) -> None:
    guests = [room.sit_in(address) for address in (BEN, JONAS)]
    guests[0].windows.open_options()
    mains = [guest.windows.main for guest in guests]
    room.window.close()
    assert not any(main.isVisible() for main in mains)
    assert room.window.guests.guest(room.profile(BEN)) is None
    assert guests[0].windows._others == {}


def test_the_keyboard_alone_opens_and_closes_a_window(room: Room) -> None:
    room.tab.people.setFocus()
    QTest.keyClick(room.tab.people, Qt.Key.Key_Home)
    QTest.keyClick(room.tab.people, Qt.Key.Key_Down)
    QTest.keyClick(room.tab.people, Qt.Key.Key_Return)
    profile = room.tab.profile
    assert profile is not None
    assert room.window.guests.guest(profile) is not None
    QTest.keyClick(room.tab.leave_button, Qt.Key.Key_Space)
    assert room.window.guests.guest(profile) is None


RECTS = st.builds(
    QRect, st.integers(-50, 1500), st.integers(0, 700), st.integers(200, 700), st.integers(300, 900)
)


@given(
    st.lists(RECTS, min_size=1, max_size=5),
    st.builds(QSize, st.integers(200, 600), st.integers(300, 900)),
    st.builds(QRect, st.just(0), st.integers(0, 40), st.integers(1000, 3000), st.integers(700, 1400)),
)
def test_a_window_is_placed_on_the_screen_where_it_fits_beside_the_others(
    taken: list[QRect], size: QSize, screen: QRect
) -> None:
    placed = QRect(beside(taken, size, screen), size)
    assert screen.left() <= placed.left()
    assert placed.right() <= screen.right()
