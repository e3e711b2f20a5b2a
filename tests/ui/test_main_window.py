"""The main window: header, notice, footer, its life with and without a tray, keyboard, accessible names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QSettings, Qt
from PySide6.QtGui import QAccessible, QCloseEvent, QFontMetrics, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.client.events import NoteWritten, SetStatus
from lyncdesk.client.options import Account, Options
from lyncdesk.client.state import Calendar, Health
from lyncdesk.client.view_types import Action, Main, Notice
from lyncdesk.client.words import Words
from lyncdesk.presence.states import ManualStatus
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.main_window import MainWindow
from lyncdesk.ui.mnemonics import letters
from lyncdesk.ui.ticking import AGE_TICK_MS, SIMULATION_TICK_MS
from lyncdesk.ui.widgets import BoldLine, bold
from tests.ui.builders import (
    ME,
    NOW,
    RecordingBridge,
    RecordingSession,
    berlin,
    main_view,
    notice,
    state,
    status_choices,
    tray_view,
    week,
)
from tests.ui.parts import WORDS, tell

Make = Callable[..., MainWindow]
SIGNED_IN = state(
    signed_in=True,
    options=Options(account=Account(ME, server="https://mail.litware.example")),
    calendar=Calendar(as_of=NOW, health=Health.OK, anchor=NOW, next_check=NOW + timedelta(minutes=30)),
)


class Surroundings:
    """What is around the window."""

    tray = True
    logging_out = False


@pytest.fixture
def around() -> Surroundings:
    return Surroundings()


@pytest.fixture
def make(qtbot: QtBot, home: Path, around: Surroundings) -> Make:
    def made(bridge: RecordingBridge | None = None, words: Words = WORDS) -> MainWindow:
        icons = IndicatorIcons()
        commands = Commands(words, icons)
        commands.show_view(tray_view())
        window = MainWindow(
            bridge or RecordingBridge(),
            words,
            icons,
            commands,
            QSettings(str(home / "places.ini"), QSettings.Format.IniFormat),
            lambda: around.tray,
            lambda: around.logging_out,
        )
        window.commands = commands  # type: ignore[attr-defined]
        qtbot.addWidget(window)
        window.show()
        show(window, main_view())
        return window

    return made


def show(window: MainWindow, view: Main) -> None:
    """Show it and let Qt lay the window out."""
    window.show_view(view)
    for _ in range(3):
        QCoreApplication.processEvents()


def bridge_of(window: MainWindow) -> RecordingBridge:
    bridge = window._bridge
    assert isinstance(bridge, RecordingBridge)
    return bridge


# --- header ---


def test_the_header_says_who_and_how(make: Make) -> None:
    window = make()
    assert window.header.name.text() == "Kim Akers"
    assert window.header.status.full_text() == "In a meeting until 11:00"
    assert window.header.status.accessibleName() == "My status: In a meeting until 11:00"
    assert window.header.portrait.accessibleName() == "Kim Akers, In a meeting"


def test_a_long_status_gives_way_and_has_a_tooltip(make: Make) -> None:
    window = make()
    window.resize(320, 640)
    text = "Dringende Unterbrechungen nur bis übermorgen um 17:45 Uhr"
    show(window, main_view(status=text))
    button = window.header.status
    assert button.text().endswith("…")
    assert button.toolTip() == text
    assert window.width() == 320


def test_a_short_status_is_shown_whole(make: Make) -> None:
    window = make()
    window.resize(320, 640)
    show(window, main_view(note="x"))
    assert window.header.status.text() == "In a meeting until 11:00"


def test_the_status_menu_posts_the_status(make: Make) -> None:
    window = make()
    action = next(a for a in window.header.status_menu.actions() if a.text() == "&Do not disturb")
    bridge = bridge_of(window)
    window.commands.posted.connect(bridge.post)  # type: ignore[attr-defined]
    action.trigger()
    assert bridge.posted == [SetStatus(ManualStatus.DO_NOT_DISTURB)]


def test_how_long_is_asked_of_a_status_chosen_by_hand_only(make: Make) -> None:
    window = make()
    menu = window.header.status_menu
    assert not menu.how_long.isEnabled()
    show(window, main_view(statuses=status_choices(ManualStatus.BUSY)))
    assert menu.how_long.isEnabled()
    assert [a.text().replace("&", "") for a in menu.how_long.actions()] == [
        "Until I change it",
        "Until 11:00",
        "For 1 hour",
    ]
    for action in menu.how_long.actions():
        action.trigger()
    assert bridge_of(window).posted == [
        SetStatus(ManualStatus.BUSY),
        SetStatus(ManualStatus.BUSY, berlin(11)),
        SetStatus(ManualStatus.BUSY, NOW + timedelta(hours=1)),
    ]


def test_mnemonics_are_unique_in_each_menu_and_in_the_window(make: Make) -> None:
    window = make()
    show(window, main_view(statuses=status_choices(ManualStatus.BUSY)))
    for menu in window.findChildren(QMenu):
        texts = [a.text() for a in menu.actions() if not a.isSeparator()]
        assert len(set(letters(texts))) == len([t for t in texts if t]), texts
    found = letters(button.text() for button in window.findChildren(QAbstractButton) if button.isVisible())
    assert len(found) == len(set(found))


def test_a_note_is_written_with_enter(make: Make, qtbot: QtBot) -> None:
    window = make()
    note = window.header.note
    window.activateWindow()
    note.setFocus()
    qtbot.waitUntil(note.hasFocus)
    QTest.keyClicks(note, "Working from home")
    show(window, main_view(note="from another computer"))
    assert note.text() == "Working from home", "what is being typed is left alone"
    QTest.keyClick(note, Qt.Key.Key_Return)
    assert bridge_of(window).posted == [NoteWritten("Working from home")]


def test_escape_takes_the_typing_back_and_writes_nothing(make: Make, qtbot: QtBot) -> None:
    window = make()
    show(window, main_view(note="Old note"))
    note = window.header.note
    window.activateWindow()
    note.setFocus()
    qtbot.waitUntil(note.hasFocus)
    QTest.keyClicks(note, " and more")
    QTest.keyClick(note, Qt.Key.Key_Escape)
    assert note.text() == "Old note"
    window.contacts.search.setFocus()
    assert bridge_of(window).posted == []


def test_a_note_that_the_policy_forbids_is_locked_with_the_reason(make: Make) -> None:
    window = make()
    show(window, main_view(note_locked=True))
    assert not window.header.note.isEnabled()
    assert window.header.note.toolTip() == "Set by your administrator"


def test_the_note_looks_like_a_line_to_type_in_while_the_keyboard_is_in_it(qtbot: QtBot, make: Make) -> None:
    window = make()
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.contacts.search.hasFocus)
    note = window.header.note

    def ground() -> int:
        return note.palette().color(QPalette.ColorRole.Base).alpha()

    assert ground() == 0
    note.setFocus()
    assert ground() == 255
    window.contacts.search.setFocus()
    assert ground() == 0


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_the_name_stands_beside_the_picture_in_both_directions(
    make: Make, direction: Qt.LayoutDirection
) -> None:
    window = make()
    window.setLayoutDirection(direction)
    show(window, main_view(note="x"))
    name = window.header.name
    mirrored = direction is Qt.LayoutDirection.RightToLeft
    assert (name.x() < window.header.portrait.x()) == mirrored
    wanted = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
    assert name.alignment() & wanted


@pytest.mark.parametrize(("name", "fits"), [("Kim Akers", True), ("anna.keller@brightwater.example", False)])
def test_a_name_that_does_not_fit_ends_in_dots(qtbot: QtBot, name: str, *, fits: bool) -> None:
    line, cut = BoldLine(), bold(wrap=False)
    for each in (line, cut):
        qtbot.addWidget(each)
        each.setText(name)
        each.resize(120, 24)
    assert (line.grab().toImage() == cut.grab().toImage()) is fits


# --- notice ---


@pytest.mark.parametrize(
    ("shown", "button"),
    [
        (
            notice(
                "Status reset. Waiting for the next calendar check at 10:32 (calendar as of 10:02).",
                action=Action.WHY,
                action_text="Why?",
            ),
            "Why?",
        ),
        (
            notice(
                "Calendar data is 65 minutes old: Exchange did not answer. Trying again at 10:08.",
                action=Action.CONNECTION,
                action_text="Details",
                warning=True,
            ),
            "Details",
        ),
        (
            notice(
                "Exchange refused your password.", action=Action.ENTER_PASSWORD, action_text="Enter password"
            ),
            "Enter password",
        ),
        (notice("Your calendar is not used.", action=Action.TURN_ON, action_text="Turn on"), "Turn on"),
        (notice("Switched off by your administrator."), ""),
        (notice("Signing in ..."), ""),
        (notice("Signed out.", action=Action.SIGN_IN, action_text="Sign in"), "Sign in"),
    ],
)
def test_the_notice_line_has_its_words_and_its_action(make: Make, shown: Notice, button: str) -> None:
    window = make()
    acted: list[Action] = []
    window.acted.connect(acted.append)
    show(window, main_view(notice=shown))
    bar = window.notice
    assert bar.isVisible()
    assert bar.text.text() == shown.text
    assert bar.button.isVisible() == bool(button)
    if button:
        assert bar.button.text() == button
        bar.button.click()
        assert acted == [shown.action]


def test_without_a_notice_the_line_is_gone(make: Make) -> None:
    window = make()
    show(window, main_view(notice=notice()))
    show(window, main_view())
    assert not window.notice.isVisible()


def test_with_exchange_alone_it_says_that_only_you_see_the_status(make: Make) -> None:
    window = make()
    assert not window.only_you.isVisible()
    text = "Only you see this status. Colleagues see your Exchange calendar."
    show(window, main_view(only_you=text))
    assert window.only_you.isVisible()
    assert window.only_you.text() == text


def test_a_mishap_is_one_line_until_the_window_is_hidden(make: Make) -> None:
    window = make()
    window.show_mishap("Something went wrong.")
    assert window.mishap.isVisible()
    window.hide()
    window.show()
    assert not window.mishap.isVisible()


# --- my day, footer ---


def test_my_day_unfolds_to_the_week(make: Make) -> None:
    window = make()
    assert not window.day.week.isVisible()
    QTest.keyClick(window.day.fold, Qt.Key.Key_Space)
    assert window.day.week.isVisible()
    window.day.show_week(week())
    model = window.day.week.tree.model()
    days = [model.index(number, 0) for number in range(3)]
    assert [day.data() for day in days] == [
        "Today, 3 March",
        "Wednesday, 4 March: nothing",
        "Thursday, 5 March",
    ]
    item = model.index(0, 0, days[0])
    assert item.data() == "10:00-11:00  Budget review"
    assert item.data(Qt.ItemDataRole.AccessibleTextRole) == (
        "10:00-11:00, Budget review, Busy, shown as In a meeting · Room 12"
    )
    assert window.day.week.totals.text().startswith("Shown as Busy 31 of 40")


def test_a_week_shown_anew_keeps_the_row_that_the_keyboard_is_on(make: Make) -> None:
    window = make()
    window.day.fold.click()
    panel = window.day.week
    panel.show_week(week())
    model = panel.tree.model()
    panel.tree.setCurrentIndex(model.index(1, 0, model.index(0, 0)))
    panel.show_week(replace(week(), totals="Shown as Busy 32 of 40 working hours"))
    assert panel.tree.currentIndex().data() == "15:00-16:30  Writing"


def test_the_footer_opens_the_connection(make: Make) -> None:
    window = make()
    acted: list[Action] = []
    window.acted.connect(acted.append)
    assert window.footer.text() == "Calendar checked 10:02, next 10:32"
    window.footer.click()
    assert acted == [Action.CONNECTION]


# --- following the client ---


def test_it_follows_the_client_while_visible_and_rests_while_hidden(make: Make) -> None:
    window = make()
    tell(bridge_of(window), SIGNED_IN)
    assert window.footer.full_text() == "Calendar checked 10:02, next 10:32"
    assert window._tick.isActive()
    window.close()
    assert not window._tick.isActive()
    tell(bridge_of(window), state(signed_in=False))
    assert window.footer.full_text() == "Calendar checked 10:02, next 10:32"
    window.open()
    assert window.footer.full_text() == "Signed out"
    assert window._tick.isActive()


def test_ages_tick_slowly_and_faster_in_the_sample_organisation(make: Make) -> None:
    assert make()._tick.interval() == AGE_TICK_MS
    sample = make(RecordingBridge(RecordingSession(simulation=True)))
    assert sample._tick.interval() == SIMULATION_TICK_MS
    assert sample.simulation.isVisible()


def test_a_minimised_window_rests(make: Make) -> None:
    window = make()
    window.showMinimized()
    assert not window._tick.isActive()
    window.open()
    assert window._tick.isActive()


# --- its life ---


def test_closing_hides_it_where_there_is_a_tray(make: Make) -> None:
    window = make()
    window.close()
    assert not window.isVisible()
    window.toggle()
    assert window.isVisible()
    window.toggle()
    assert not window.isVisible()
    assert not window.no_tray.isVisible()


def test_without_a_tray_closing_minimises_and_a_line_says_why(make: Make, around: Surroundings) -> None:
    around.tray = False
    window = make()
    assert window.no_tray.isVisible()
    window.close()
    assert window.isVisible()
    assert window.isMinimized()
    around.tray = True
    window.open()
    show(window, main_view())
    assert not window.no_tray.isVisible(), "a tray that comes later is noticed"


def test_logging_out_is_never_held_up(make: Make, around: Surroundings) -> None:
    around.tray, around.logging_out = False, True
    window = make()
    event = QCloseEvent()
    window.closeEvent(event)
    assert event.isAccepted()


def test_it_comes_back_where_it_was_and_grouped_as_chosen(make: Make) -> None:
    first = make()
    first.setGeometry(40, 60, 410, 500)
    first.contacts.view.setCurrentIndex(1)
    first.close()
    second = make()
    assert (second.width(), second.height()) == (410, 500)
    assert second.contacts.view.currentText() == "Status"


# --- for everybody ---


def focusable(window: QWidget) -> list[QWidget]:
    return [
        w
        for w in window.findChildren(QWidget)
        if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def test_everything_that_takes_the_keyboard_has_a_name(make: Make) -> None:
    window = make()
    show(window, main_view(notice=notice(action=Action.WHY, action_text="Why?")))
    window.day.fold.click()
    window.day.show_week(week())
    nameless = []
    for widget in focusable(window):
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name):
            nameless.append(type(widget).__name__)
    assert nameless == []


def test_tab_reaches_every_part_and_comes_round(make: Make) -> None:
    window = make()
    show(window, main_view(notice=notice(action=Action.WHY, action_text="Why?")))
    window.activateWindow()
    window.header.status.setFocus()
    seen: list[QWidget] = []
    for _ in range(30):
        here = window.focusWidget()
        if here in seen:
            break
        seen.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
    wanted = {
        window.header.status,
        window.header.note,
        window.header.gear,
        window.notice.button,
        window.day.fold,
        window.day.strip,
        window.contacts.search,
        window.contacts.view,
        window.contacts.list.tree,
        window.footer,
    }
    assert wanted <= set(seen)


def test_ctrl_f_goes_to_the_search(make: Make, qtbot: QtBot) -> None:
    window = make()
    window.activateWindow()
    window.footer.setFocus()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.contacts.search.hasFocus()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("width", [320, 500])
def test_no_button_or_choice_is_clipped(make: Make, direction: Qt.LayoutDirection, width: int) -> None:
    window = make()
    window.setLayoutDirection(direction)
    window.resize(width, 640)
    show(window, main_view(notice=notice("Words " * 20, action=Action.WHY, action_text="Enter password")))
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, QAbstractButton | QComboBox | QLineEdit):
            assert widget.width() >= min(widget.minimumSizeHint().width(), 320), type(widget)
            assert widget.height() >= QFontMetrics(widget.font()).height(), type(widget)
    assert window.width() == width
