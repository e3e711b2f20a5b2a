"""My day goes back in days: buttons, keys, what is shown of the past, and the way back to today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from lyncdesk.client.history import Ended, Past, Shown, Span
from lyncdesk.client.options import Account
from lyncdesk.client.problems import Problem
from lyncdesk.client.trail_types import Passed
from lyncdesk.presence.aggregate import decide
from lyncdesk.presence.inputs import Inputs
from lyncdesk.presence.message import Message
from lyncdesk.presence.reasons import Source
from lyncdesk.presence.states import AVAILABLE, BUSY, IN_A_MEETING, Colour, Presence
from lyncdesk.ui.indicators import INKS
from lyncdesk.ui.main_window import MainWindow
from tests.ui.builders import NOW, RecordingBridge, berlin, main_view
from tests.ui.names import nameless
from tests.ui.parts import tell
from tests.ui.test_main_window import SIGNED_IN, Make, around, make, show

__all__ = ["around", "make"]  # fixtures

DAY = timedelta(days=1)
FREE = Shown(Presence(AVAILABLE), Source.NOTHING)
MEETING = Shown(Presence(BUSY, IN_A_MEETING), Source.CALENDAR)
# Monday 2 March and Friday 27 February; NOW is Tuesday 3 March, 10:02.
PAST = Past(
    (
        Span(berlin(8) - 4 * DAY, berlin(12) - 4 * DAY, FREE, Ended.EXIT),
        Span(berlin(8) - DAY, berlin(10) - DAY, FREE),
        Span(berlin(10) - DAY, berlin(11) - DAY, replace(MEETING, stale=True)),
        Span(berlin(11) - DAY, berlin(12) - DAY, FREE, Ended.EXIT),
        Span(berlin(13) - DAY, berlin(19) - DAY, FREE, Ended.EXIT),
    ),
    (),
    berlin(8) - 4 * DAY,
)
KEPT = replace(SIGNED_IN, options=replace(SIGNED_IN.options, keep_history=True))


@pytest.fixture
def window(make: Make) -> MainWindow:
    bridge = RecordingBridge()
    bridge.recording.history = PAST
    made = make(bridge)
    tell(bridge, KEPT)
    settle(made)
    return made


def settle(window: MainWindow) -> None:
    show(window, main_view())


def recording(window: MainWindow) -> RecordingBridge:
    bridge = window._bridge
    assert isinstance(bridge, RecordingBridge)
    return bridge


def shown_day(window: MainWindow) -> date:
    strip = window.day.strip._strip
    assert strip is not None
    return strip.start.date()


def test_without_a_history_there_is_no_way_back(make: Make) -> None:
    bridge = RecordingBridge()
    made = make(bridge)
    tell(bridge, SIGNED_IN)
    settle(made)
    assert not made.day.pager.isVisible()
    QTest.keyClick(made.day.strip, Qt.Key.Key_PageUp)
    assert "past" not in [call[0] for call in bridge.asked]


def test_the_day_before_shows_what_was_really_shown(window: MainWindow) -> None:
    pager = window.day.pager
    assert pager.isVisible()
    assert (pager.previous.isEnabled(), pager.today.isEnabled(), pager.following.isEnabled()) == (
        True,
        False,
        False,
    )
    pager.previous.click()
    assert shown_day(window) == date(2026, 3, 2)
    assert window.day.past.text() == "Monday, 2 Mar, as it was shown"
    strip = window.day.strip._strip
    assert strip is not None
    assert [(part.text, part.stale, part.unknown) for part in strip.parts] == [
        ("LyncDesk was not running", False, True),
        ("Available", False, False),
        ("In a meeting", True, False),
        ("Available", False, False),
        ("LyncDesk was not running", False, True),
        ("Available", False, False),
    ]
    assert all(button.isEnabled() for button in (pager.previous, pager.today, pager.following))


def test_of_time_that_nobody_knows_nothing_is_drawn_but_it_can_be_read(window: MainWindow) -> None:
    window.day.pager.previous.click()
    QCoreApplication.processEvents()
    strip = window.day.strip
    day = strip._strip
    assert day is not None
    image = strip.grab().toImage()
    gap = strip.part_rect(day.parts[4])
    inks = {INKS[colour].fill.name() for colour in Colour}
    assert {
        image.pixelColor(x, round(gap.center().y())).name()
        for x in range(int(gap.left()) + 2, int(gap.right()) - 2)
    }.isdisjoint(inks)
    strip.setFocus()
    for key in (Qt.Key.Key_Home, *[Qt.Key.Key_Right] * 4):
        QTest.keyClick(strip, key)
    assert strip.accessibleDescription() == "LyncDesk was not running, 12:00 to 13:00"


def test_page_up_and_page_down_go_through_the_days(window: MainWindow) -> None:
    strip = window.day.strip
    for _ in range(4):
        QTest.keyClick(strip, Qt.Key.Key_PageUp)
    assert shown_day(window) == date(2026, 2, 27)
    QTest.keyClick(strip, Qt.Key.Key_PageUp)
    assert shown_day(window) == date(2026, 2, 27)  # nothing older is kept
    assert not window.day.pager.previous.isEnabled()
    QTest.keyClick(strip, Qt.Key.Key_PageDown)
    assert window.day.past.text().startswith("Saturday, 28 Feb. Nothing is known of this day")
    for _ in range(5):
        QTest.keyClick(strip, Qt.Key.Key_PageDown)
    assert shown_day(window) == date(2026, 3, 3)
    assert not window.day.past.isVisible()


def test_today_comes_back_as_it_is_by_then(window: MainWindow) -> None:
    window.day.pager.previous.click()
    later = main_view(day=replace(main_view().day, now=NOW + timedelta(minutes=5)))
    show(window, later)
    assert shown_day(window) == date(2026, 3, 2)  # what goes on does not take the past away
    window.day.pager.today.click()
    strip = window.day.strip._strip
    assert strip == later.day
    assert window.day.pager.previous.isEnabled()


def test_a_button_that_goes_off_gives_the_focus_on(window: MainWindow) -> None:
    window.activateWindow()
    pager = window.day.pager
    pager.previous.setFocus()
    pager.previous.click()
    pager.following.setFocus()
    pager.following.click()
    assert pager.previous.hasFocus() or not window.isActiveWindow()


def test_what_was_said_of_one_day_does_not_stay_over_the_next(window: MainWindow, qtbot: QtBot) -> None:
    strip = window.day.strip
    QTest.keyClick(strip, Qt.Key.Key_PageUp)
    QTest.keyClick(strip, Qt.Key.Key_Home)
    assert QToolTip.text().startswith("LyncDesk was not running, 7:00 to 8:00")
    QTest.keyClick(strip, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_switching_the_history_off_goes_back_to_today(window: MainWindow) -> None:
    window.day.pager.previous.click()
    tell(recording(window), SIGNED_IN)
    settle(window)
    assert shown_day(window) == date(2026, 3, 3)
    assert not window.day.pager.isVisible()


def test_a_history_that_cannot_be_read_is_said(window: MainWindow) -> None:
    recording(window).recording.problem = Problem.of(
        "history-not-kept", where="/h.sqlite", what=Message.of("another program uses it")
    )
    window.day.pager.previous.click()
    assert window.day.past.text() == (
        "Monday, 2 Mar. The history could not be read: /h.sqlite: another program uses it."
    )
    assert window.day.pager.today.isEnabled()


def test_an_empty_history_says_so_and_ends_there(window: MainWindow) -> None:
    recording(window).recording.history = Past()
    window.day.pager.previous.click()
    assert "Nothing is known of this day" in window.day.past.text()
    assert not window.day.pager.previous.isEnabled()


def test_everything_has_a_name(window: MainWindow) -> None:
    window.day.pager.previous.click()
    assert not nameless(window)


def test_today_before_the_program_was_started_is_as_the_history_has_it(make: Make) -> None:
    bridge = RecordingBridge()
    busy = Span(berlin(8), berlin(9), Shown(Presence(BUSY), Source.MANUAL), Ended.EXIT)
    bridge.recording.history = Past((busy,), (), busy.start)
    made = make(bridge)
    decided = decide(Inputs(), berlin(9, 30))
    started = replace(KEPT, trail=(Passed(berlin(9, 30), decided, Inputs()),))

    def drawn() -> list[str]:
        settle(made)
        made.refresh()
        day = made.day.strip._strip
        assert day is not None
        return [part.text for part in day.parts if part.start == berlin(8) and part.end == berlin(9)]

    tell(bridge, started)
    assert drawn() == ["Busy"]
    assert ("past", berlin(1) - timedelta(hours=1), berlin(9, 30)) in bridge.asked
    assert made._reasons_at(berlin(8, 30))[0].endswith("you were shown as Busy.")
    bridge.recording.history = Past()  # it was deleted
    settle(made)
    assert drawn() == []
    bridge.recording.history = Past((busy,), (), busy.start)
    assert drawn() == ["Busy"]
    tell(bridge, replace(started, options=SIGNED_IN.options))
    assert drawn() == [], "no history is kept any more"
    assert made.past.of_today is None


def test_what_one_account_showed_is_not_drawn_for_another(make: Make) -> None:
    bridge = RecordingBridge()
    busy = Span(berlin(8), berlin(9), Shown(Presence(BUSY), Source.MANUAL), Ended.EXIT)
    bridge.recording.history = Past((busy,), (), busy.start)
    made = make(bridge)
    started = replace(KEPT, trail=(Passed(berlin(9, 30), decide(Inputs(), NOW), Inputs()),))

    def known() -> Past | None:
        return made.past.of_today

    tell(bridge, started)
    settle(made)
    assert known() == bridge.recording.history
    bridge.recording.problem = Problem.of("history-not-kept", where="f", what=Message.of("the disk is full"))
    tell(bridge, replace(started, options=replace(KEPT.options, account=Account("ben@litware.example"))))
    settle(made)
    assert known() is None
    made.past._earlier((KEPT.options.account.address, NOW.date()), PAST)
    assert known() is None, "it was under way when the account changed"


def test_what_came_of_the_week_asks_once_to_be_shown(window: MainWindow) -> None:
    asked: list[bool] = []
    window.past.learnt.connect(lambda: asked.append(True))
    for _ in range(2):
        window.past._week(PAST)
    assert asked == [True]


def test_what_the_history_has_is_shown_as_soon_as_it_is_there(window: MainWindow) -> None:
    window.day.fold.click()
    settle(window)
    assert window.day.week.totals.text() == "Shown as Busy 1 of 36 working hours, 1 of them alone."


def test_the_totals_of_the_week_rest_on_the_history(window: MainWindow) -> None:
    window.day.fold.click()
    settle(window)
    assert ("past", berlin(1) - timedelta(hours=25), NOW) in recording(window).asked
    window.refresh()
    assert window.day.week.totals.text() == "Shown as Busy 1 of 36 working hours, 1 of them alone."
    recording(window).recording.history = Past(PAST.spans[-1:], (), PAST.spans[-1].start)
    for _ in range(2):
        settle(window)
        window.refresh()
    assert window.day.week.totals.text() == (
        "Shown as Busy 0 of 36 working hours, 0 of them alone.\n"
        "Of 5 past working hours no history was kept: they count as the calendar has them."
    )
    tell(recording(window), SIGNED_IN)
    settle(window)
    window.refresh()
    assert "Without a history the past counts as the calendar has it." in window.day.week.totals.text()
