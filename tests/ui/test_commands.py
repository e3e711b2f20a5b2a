"""The commands that tray menu and main window share: what they post, and that nothing is touched in vain."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from lyncdesk.client.events import CheckNow, Event, ResetStatus, SetStatus, SignOut
from lyncdesk.client.view_types import Action
from lyncdesk.client.words import Words
from lyncdesk.presence.states import ManualStatus
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.first_icon import first_icon
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.mnemonics import letters
from lyncdesk.ui.tray import Tray
from tests.ui.builders import indicator, status_choices, tray_view


class Heard:
    """What the commands told."""

    def __init__(self, commands: Commands) -> None:
        self.posted: list[Event] = []
        self.acted: list[Action] = []
        self.asked: list[str] = []
        commands.posted.connect(self.posted.append)
        commands.acted.connect(self.acted.append)
        commands.open_asked.connect(lambda: self.asked.append("open"))
        commands.exit_asked.connect(lambda: self.asked.append("exit"))


@pytest.fixture
def commands(qapp: object) -> Commands:
    made = Commands(Words(), IndicatorIcons())
    made.show_view(tray_view())
    return made


def label(action: QAction) -> str:
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def rows(tray: Tray) -> list[str]:
    return ["-" if row.isSeparator() else label(row) for row in tray.menu.actions() if row.isVisible()]


def test_the_menu_has_the_rows_of_the_screen_in_their_order(qtbot: QtBot, commands: Commands) -> None:
    tray = Tray()
    tray.fill(commands, IndicatorIcons())
    assert rows(tray) == [
        "In a meeting until 11:00. Calendar as of 10:02, next check 10:32.",
        "Check calendar now",
        "Why am I shown as In a meeting?",
        "-",
        "Available",
        "Busy",
        "Do not disturb",
        "Be right back",
        "Off work",
        "Appear away",
        "Reset Status",
        "-",
        "Open LyncDesk",
        "Options...",
        "Configuration information",
        "Sign out",
        "Exit",
    ]
    with qtbot.waitSignal(commands.acted) as acted:
        commands.status_line.trigger()
    assert acted.args == [Action.CONNECTION]


def test_every_row_has_a_letter_of_its_own(commands: Commands) -> None:
    tray = Tray()
    tray.fill(commands, IndicatorIcons())
    usable = [row for row in tray.menu.actions() if not row.isSeparator() and row.isEnabled()]
    found = letters([row.text() for row in usable])
    assert len(set(found)) == len(usable)


@pytest.mark.parametrize("status", ManualStatus)
def test_a_status_is_posted_and_its_mark_waits_for_the_client(
    commands: Commands, status: ManualStatus
) -> None:
    heard = Heard(commands)
    commands.statuses[status].trigger()
    assert heard.posted == [SetStatus(status)]
    assert [s for s, action in commands.statuses.items() if action.isChecked()] == []
    commands.show_view(tray_view(statuses=status_choices(status)))
    assert [s for s, action in commands.statuses.items() if action.isChecked()] == [status]


def test_picking_the_chosen_status_again_posts_it_and_keeps_its_mark(commands: Commands) -> None:
    commands.show_view(tray_view(statuses=status_choices(ManualStatus.BUSY)))
    heard = Heard(commands)
    commands.statuses[ManualStatus.BUSY].trigger()
    assert heard.posted == [SetStatus(ManualStatus.BUSY)]
    assert commands.statuses[ManualStatus.BUSY].isChecked()


def test_the_other_rows_do_what_they_say(commands: Commands) -> None:
    commands.show_view(tray_view(can_reset=True))
    heard = Heard(commands)
    for action in (commands.check_now, commands.reset, commands.sign):
        action.trigger()
    assert heard.posted == [CheckNow(), ResetStatus(), SignOut()]
    for action in (commands.why, commands.options, commands.connection):
        action.trigger()
    assert heard.acted == [Action.WHY, Action.OPTIONS, Action.CONNECTION]
    commands.open.trigger()
    commands.exit.trigger()
    assert heard.asked == ["open", "exit"]


def test_signed_out_there_is_no_status_to_pick_and_sign_in_instead_of_out(commands: Commands) -> None:
    commands.show_view(tray_view(signed_in=False, can_reset=False))
    assert label(commands.sign) == "Sign in"
    assert not any(action.isEnabled() for action in commands.statuses.values())
    assert not commands.reset.isEnabled()
    heard = Heard(commands)
    commands.sign.trigger()
    assert (heard.posted, heard.acted) == ([], [Action.SIGN_IN])


def test_check_calendar_now_is_gone_where_the_policy_took_it_away(commands: Commands) -> None:
    commands.show_view(tray_view(check_now=False))
    assert not commands.check_now.isVisible()
    assert not commands.check_now.isEnabled()
    commands.show_view(tray_view(can_check_now=False))
    assert commands.check_now.isVisible()
    assert not commands.check_now.isEnabled()


def test_a_view_that_changes_nothing_touches_nothing(commands: Commands) -> None:
    touched: list[str] = []
    for action in commands.findChildren(QAction):
        action.changed.connect(partial(touched.append, action.text()))
    commands.show_view(tray_view())
    assert touched == []
    line = "Available. Calendar as of 10:32, next check 11:02."
    commands.show_view(tray_view(status_line=line, tooltip=line))
    assert len(touched) == 1


def test_before_anything_is_known_only_opening_options_and_ending_are_possible(qapp: object) -> None:
    fresh = Commands(Words(), IndicatorIcons())
    able = {label(action) for action in fresh.findChildren(QAction) if action.isEnabled()}
    assert able == {"Open LyncDesk", "Options...", "Configuration information", "Exit"}


@pytest.mark.qt_log_ignore("systemTrayWindowChanged")  # the offscreen platform knows no tray
def test_an_icon_that_shows_the_same_is_not_painted_again(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    icons = IndicatorIcons()
    tray = Tray()
    tray.show(first_icon(), "LyncDesk")
    tray.fill(Commands(Words(), icons), icons)
    painted: list[object] = []
    monkeypatch.setattr(QSystemTrayIcon, "setIcon", lambda _self, icon: painted.append(icon))
    tray.show_view(tray_view())
    tray.show_view(tray_view(tooltip="Another second"))
    tray.show_view(tray_view(indicator=indicator("In a meeting", stale=True)))
    tray.hide()
    assert len(painted) == 2
