"""The virtual desktop itself, tried with the smallest tray program: what it shows must be there."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PIL import Image

from tests.desktop import Desktop
from tests.session_bus import MenuRow
from tests.waiting import wait_for

TRAY_PROGRAM = [sys.executable, "-m", "tests.tools.tray_program"]
ORANGE = "#ff8c00"


def labels(rows: tuple[MenuRow, ...]) -> list[str]:
    return [row.label for row in rows]


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_an_icon_in_the_tray_is_found_with_its_colour_and_answers_a_click(desktop: Desktop) -> None:
    with desktop.program(TRAY_PROGRAM) as program:
        icon = desktop.wait_for_icon(pid=program.process.pid)
        assert icon.colour == ORANGE
        assert desktop.windows("^Tray program$") == []
        desktop.click(*icon.centre)
        (window,) = wait_for(lambda: desktop.windows("^Tray program$"), "the window")
        assert desktop.title(window) == "Tray program"
        assert min(desktop.geometry(window)[2:]) > 40
    wait_for(lambda: not desktop.tray_icons(program.process.pid), "the icon's end")


def test_keys_reach_the_window_that_has_the_focus(desktop: Desktop) -> None:
    with desktop.program(TRAY_PROGRAM) as program:
        desktop.click(*desktop.wait_for_icon(pid=program.process.pid).centre)
        wait_for(lambda: desktop.active_window() in desktop.windows("^Tray program$"), "the focus")
        desktop.type("abc")
        desktop.key("Return")
        wait_for(lambda: "typed abc" in program.text, "the text")


def test_a_row_of_the_menu_is_chosen_with_the_pointer(desktop: Desktop) -> None:
    with desktop.program(TRAY_PROGRAM) as program:
        icon = desktop.wait_for_icon(pid=program.process.pid)
        before = set(desktop.popups())
        desktop.click(*icon.centre, button=3)
        (menu,) = wait_for(lambda: set(desktop.popups()) - before, "the menu")
        x, y, width, _ = desktop.geometry(menu)
        desktop.click(x + width // 2, y + 12)
        wait_for(lambda: "hello" in program.text, "what the row does")


def test_the_screenshot_shows_the_icon(desktop: Desktop, tmp_path: Path) -> None:
    with desktop.program(TRAY_PROGRAM) as program:
        icon = desktop.wait_for_icon(pid=program.process.pid)
        desktop.screenshot(tmp_path / "shot.png")
        with Image.open(tmp_path / "shot.png") as shot:
            assert shot.size == (1280, 800)
            assert shot.getpixel(icon.centre) == (0xFF, 0x8C, 0x00)


@pytest.mark.desktop
def test_a_notifier_host_sees_colour_tooltip_and_menu_and_uses_them() -> None:
    with Desktop(tray="none", watcher=True) as desktop, desktop.program(TRAY_PROGRAM) as program:
        item = desktop.wait_for_item()
        assert (item.colour, item.tooltip) == (ORANGE, "Tray program")
        hello, leave = desktop.notifier.menu(item)
        assert labels((hello, leave)) == ["Say hello", "Quit"]
        desktop.notifier.choose(item, hello)
        wait_for(lambda: "hello" in program.text, "what the row does")
        desktop.notifier.activate(item)
        wait_for(lambda: desktop.windows("^Tray program$"), "the window")
        desktop.notifier.choose(item, leave)
        wait_for(lambda: program.process.poll() is not None, "the program's end")
        wait_for(lambda: not desktop.notifier.items(), "the item's end")


@pytest.mark.desktop
def test_the_keyring_is_unlocked_and_keeps_a_secret() -> None:
    script = "import keyring; keyring.set_password('s', 'u', 'p'); print(keyring.get_password('s', 'u'))"
    with Desktop(tray="none", keyring=True) as desktop:
        done = subprocess.run(
            [sys.executable, "-c", script], env=desktop.env, capture_output=True, text=True, check=False
        )
        assert (done.stdout, done.stderr) == ("p\n", "")


@pytest.mark.desktop
def test_without_a_keyring_nothing_starts_one() -> None:
    script = "import keyring; print(keyring.get_keyring().priority)"
    with Desktop(tray="none") as desktop:
        done = subprocess.run(
            [sys.executable, "-c", script], env=desktop.env, capture_output=True, text=True, check=False
        )
        assert done.stdout == "0\n"


@pytest.mark.desktop
def test_the_desktop_ends_with_all_that_it_started() -> None:
    with Desktop(size=(640, 480), tray="none") as desktop:
        display = desktop.env["DISPLAY"]
        home = Path(desktop.env["HOME"])
        assert desktop.screenshot().size == (640, 480)
        # The program outlives SIGTERM and its child is left to it: neither may survive.
        stubborn = "trap '' TERM; sleep 1000 & echo $!; wait"
        with desktop.program(["sh", "-c", stubborn], patience=0.2) as program:
            child = int(wait_for(lambda: program.text, "the child"))
    wait_for(lambda: has_ended(child), "the child's end")  # which it was given; to die takes a moment
    assert not home.exists()
    assert not Path(f"/tmp/.X11-unix/X{display[1:]}").exists()
