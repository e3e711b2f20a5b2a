"""The tray in a real X session: an XEmbed tray, a StatusNotifierWatcher, late ones, and none at all."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.desktop import Desktop, TrayIcon
from tests.session_bus import MenuRow
from tests.user_session import Program
from tests.waiting import wait_for

ORANGE, RED, GREEN = "#e8710a", "#dc3c41", "#2e9e3f"
ROWS = [
    "Check calendar now",
    "Why am I shown as In a meeting?",
    "Available",
    "Busy",
    "Do not disturb",
    "Be right back",
    "Off work",
    "Appear away",
    "Reset Status",
    "Open LyncDesk",
    "Options...",
    "Configuration information",
    "Sign out",
    "Exit",
]


@contextmanager
def client(desktop: Desktop, home: Path, *options: str) -> Iterator[Program]:
    command = [sys.executable, "-m", "tests.tools.desktop_client", str(home), *options]
    with desktop.program(command) as program:
        wait_for(lambda: "ready" in program.text, "the client")
        yield program


def icon(desktop: Desktop, colour: str) -> TrayIcon:
    # Qt marks every window as embeddable; only icons are small.
    return desktop.wait_for_icon(lambda icon: icon.height < 64 and icon.colour == colour)


def row(rows: tuple[MenuRow, ...], label: str) -> MenuRow:
    return next(row for row in rows if row.label == label)


def told(program: Program, text: str) -> str:
    wait_for(lambda: text in program.text, text)
    return program.text


def ended(program: Program) -> int:
    return program.process.wait(60)


def window(desktop: Desktop) -> int:
    return wait_for(lambda: next(iter(desktop.windows("^LyncDesk$")), 0), "the main window")


def test_the_icon_is_orange_in_a_meeting_and_follows_what_is_picked_in_its_menu(
    desktop: Desktop, home: Path
) -> None:
    with client(desktop, home, "--minimised") as program:
        place = icon(desktop, ORANGE)
        desktop.click(*place.centre, button=3)
        wait_for(desktop.popups, "the menu")
        desktop.key("d")
        told(program, "posted SetStatus(status=<ManualStatus.DO_NOT_DISTURB")
        icon(desktop, RED)
        assert desktop.windows("LyncDesk") == []


def test_a_left_click_opens_the_window_and_another_hides_it(desktop: Desktop, home: Path) -> None:
    with client(desktop, home, "--minimised"):
        place = icon(desktop, ORANGE)
        desktop.click(*place.centre)
        x, y, width, height = desktop.geometry(window(desktop))
        # Or the two clicks on the icon would be a double click.
        desktop.click(x + width // 2, y + height * 3 // 4)
        desktop.click(*place.centre)
        wait_for(lambda: not desktop.windows("^LyncDesk$"), "the window to hide")


def test_control_with_a_right_click_opens_configuration_information(desktop: Desktop, home: Path) -> None:
    with client(desktop, home, "--minimised"):
        place = icon(desktop, ORANGE)
        # Held until it is there: the client asks for the key when it hears of the click.
        with desktop.held("ctrl"):
            desktop.click(*place.centre, button=3)
            wait_for(lambda: desktop.windows("About my status"), "Configuration information")
        wait_for(lambda: not desktop.popups(), "the menu to close")


def test_closing_the_window_hides_it_and_the_client_goes_on(desktop: Desktop, home: Path) -> None:
    with client(desktop, home) as program:
        opened = window(desktop)
        wait_for(lambda: desktop.active_window() == opened, "the keyboard")
        desktop.key("alt+F4")
        wait_for(lambda: not desktop.windows("^LyncDesk$"), "the window to hide")
        desktop.click(*icon(desktop, ORANGE).centre)
        window(desktop)
        assert program.process.poll() is None


def test_a_second_start_shows_the_window_of_the_first_and_ends_well(desktop: Desktop, home: Path) -> None:
    with client(desktop, home, "--minimised"):
        icon(desktop, ORANGE)
        command = [sys.executable, "-m", "tests.tools.desktop_client", str(home)]
        with desktop.program(command) as second:
            assert ended(second) == 0
            assert "ready" not in second.text
        window(desktop)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_the_client_in_order(desktop: Desktop, home: Path, number: signal.Signals) -> None:
    with client(desktop, home, "--minimised") as program:
        icon(desktop, ORANGE)
        program.process.send_signal(number)
        assert ended(program) == 0
        assert "stopped" in program.text
        assert "ended 0" in program.text


def test_a_client_that_cannot_withdraw_ends_all_the_same(desktop: Desktop, home: Path) -> None:
    with client(desktop, home, "--minimised", "--stubborn") as program:
        icon(desktop, ORANGE)
        program.process.terminate()
        assert ended(program) == 0
        assert "did not end within" in program.text


def test_an_error_that_nobody_caught_is_told_in_the_window_and_the_client_goes_on(
    desktop: Desktop, home: Path
) -> None:
    with client(desktop, home, "--broken-check") as program:
        window(desktop)
        place = icon(desktop, ORANGE)
        desktop.click(*place.centre, button=3)
        wait_for(desktop.popups, "the menu")
        desktop.key("c")
        told(program, "ERROR An error that nobody caught")
        assert program.process.poll() is None


def test_a_status_notifier_host_gets_the_icon_the_words_and_the_menu_in_its_order(home: Path) -> None:
    with Desktop(tray="none", watcher=True) as desktop, client(desktop, home, "--minimised") as program:
        item = desktop.wait_for_item(lambda item: item.colour == ORANGE)
        assert item.tooltip.startswith("In a meeting until")
        rows = desktop.notifier.menu(item)
        assert rows[0].label == item.tooltip
        assert rows[0].enabled, "a disabled row can hardly be read"
        assert [row.label for row in rows[1:]] == ROWS
        desktop.notifier.choose(item, row(rows, "Available"))
        item = desktop.wait_for_item(lambda item: item.colour == GREEN)
        again = desktop.notifier.menu(item)
        assert [row.id for row in again] == [row.id for row in rows], "rows are changed in place"
        assert [row.label for row in again if row.checked] == ["Available"]
        desktop.notifier.activate(item)
        window(desktop)
        desktop.notifier.choose(item, row(again, "Exit"))
        assert ended(program) == 0


def test_a_watcher_that_comes_late_gets_the_icon(home: Path) -> None:
    with Desktop(tray="none") as desktop, ExitStack() as stack, client(desktop, home, "--minimised"):
        desktop.start_watcher(stack)
        item = desktop.wait_for_item(lambda item: item.colour == ORANGE)
        assert len(desktop.notifier.items()) == 1
        assert [row.label for row in desktop.notifier.menu(item)][1:] == ROWS


def test_a_watcher_that_restarts_gets_the_icon_again(home: Path) -> None:
    with Desktop(tray="none") as desktop, client(desktop, home, "--minimised"):
        for _ in range(2):
            with ExitStack() as stack:
                desktop.start_watcher(stack)
                desktop.wait_for_item(lambda item: item.colour == ORANGE)


def test_an_xembed_tray_that_comes_late_gets_the_icon(home: Path) -> None:
    with Desktop(tray="none") as desktop, ExitStack() as stack, client(desktop, home, "--minimised"):
        desktop.start_tray(stack)
        icon(desktop, ORANGE)


def test_without_a_tray_the_window_opens_and_closing_it_only_minimises_it(home: Path) -> None:
    with Desktop(tray="none") as desktop, client(desktop, home) as program:
        opened = window(desktop)
        wait_for(lambda: desktop.active_window() == opened, "the keyboard")
        desktop.key("alt+F4")
        wait_for(lambda: not desktop.windows("^LyncDesk$"), "the window to be minimised")
        assert program.process.poll() is None
        with ExitStack() as stack:
            desktop.start_watcher(stack)
            item = desktop.wait_for_item(lambda item: item.colour == ORANGE)
            desktop.notifier.activate(item)
            window(desktop)
        program.process.terminate()
        assert ended(program) == 0


def test_without_an_account_the_first_start_page_opens(desktop: Desktop, home: Path) -> None:
    with client(desktop, home, "--no-account"):
        wait_for(lambda: desktop.windows("Welcome to LyncDesk"), "the first start page")
        assert desktop.windows("^LyncDesk$") == []


def test_at_login_nobody_without_an_account_is_asked_for_one_before_the_icon_is_clicked(home: Path) -> None:
    options = ("--no-account", "--at-login", "--impatient")
    with Desktop(tray="none", watcher=True) as desktop, client(desktop, home, *options):
        # It knows by then that there is nobody.
        item = desktop.wait_for_item(lambda item: item.tooltip not in {"", "LyncDesk"})
        assert desktop.windows("LyncDesk") == []
        desktop.notifier.activate(item)
        wait_for(lambda: desktop.windows("Welcome to LyncDesk"), "the first start page")
        assert desktop.windows("^LyncDesk$") == []


def test_at_login_without_an_account_and_without_a_tray_it_ends(home: Path) -> None:
    with Desktop(tray="none") as desktop:
        with client(desktop, home, "--no-account", "--at-login", "--impatient") as program:
            assert ended(program) == 0
            assert desktop.windows("LyncDesk") == []
        with client(desktop, home, "--at-login", "--impatient") as program:
            window(desktop)


def test_a_client_that_cannot_start_says_so_in_its_window(desktop: Desktop, home: Path) -> None:
    with desktop.program(
        [sys.executable, "-m", "tests.tools.desktop_client", str(home), "--broken"]
    ) as program:
        window(desktop)
        told(program, "the settings cannot be read")
        assert program.process.poll() is None
