"""The one-folder bundle on a desktop, as a person uses it: tray, keyring, start with the computer, report."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from lyncdesk import __version__
from tests.desktop import Desktop
from tests.end_to_end.test_desktop_client import GREEN, ORG, World, connect
from tests.exchange_program import exchange
from tests.packaging.frozen import hostile
from tests.user_session import Program
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.xdist_group("bundle"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="the bundle is made and tried on Linux"),
]


@pytest.fixture
def world(bundle: Path, tmp_path: Path) -> Iterator[World]:
    """A desktop with a keyring, the frozen embedded Exchange, a new person, and wrong things around."""
    program = str(bundle / "lyncdesk")
    with Desktop(keyring=True) as desktop, exchange(desktop, tmp_path, ORG, [program]) as url:
        env = {**desktop.environment(tmp_path / "home"), **hostile(tmp_path / "hostile")}
        yield World(desktop, url, env, [program])


def test_the_first_start_keeps_the_password_and_the_second_needs_none(world: World, bundle: Path) -> None:
    desktop, gui = world.desktop, str(bundle / "lyncdesk-gui")
    with desktop.program([gui], env=world.env) as first:
        connect(world)
        desktop.wait_for_icon(lambda icon: icon.colour == GREEN, pid=first.process.pid)
        assert world.wait_for_check()["shows"] == "Available"
        _start_with_the_computer(world, first)
        text = _report(world, first)
        assert first.text == ""
    for name in ("lyncdesk", "PySide6-Essentials", "exchangelib"):
        assert f"# {name}: {version(name)}\n" in text
    lines = _entry(world).read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith("Exec="))
    command = shlex.split(line.removeprefix("Exec="))
    assert command == [gui, "--minimised"]
    with desktop.program(command, env=world.env) as second:
        desktop.wait_for_icon(lambda icon: icon.colour == GREEN, pid=second.process.pid)
        assert world.wait_for_check()["problems"] == []
        assert desktop.windows("LyncDesk") == []
        assert second.text == ""


def _start_with_the_computer(world: World, client: Program) -> None:
    """Options > Personal, by the keyboard."""
    desktop = world.desktop
    icon = desktop.wait_for_icon(lambda _icon: True, pid=client.process.pid)
    desktop.click(*icon.centre, button=3)
    wait_for(desktop.popups, "the menu")
    desktop.key("Up", "Up", "Up", "Up", "Return")
    wait_for(lambda: desktop.active_window() in desktop.windows("Options$"), "Options")
    for key in ("alt+l", "alt+t", "Return"):
        _at_rest(desktop)
        desktop.key(key)
    wait_for(lambda: not desktop.windows("Options$"), "the end of Options")
    wait_for(_entry(world).exists, "the entry that starts it")


def _entry(world: World) -> Path:
    return Path(world.env["XDG_CONFIG_HOME"]) / "autostart/org.lyncdesk.LyncDesk.desktop"


def _at_rest(desktop: Desktop) -> None:
    """Wait until nothing on the screen changes: a window is there before all that is in it."""
    before = desktop.screenshot()

    def same() -> bool:
        nonlocal before
        time.sleep(0.3)
        before, last = desktop.screenshot(), before
        return before == last

    wait_for(same, "the screen at rest")


def _report(world: World, client: Program) -> str:
    """Configuration information > Save report for support, by the keyboard."""
    desktop, file = world.desktop, Path(world.env["HOME"]) / "report.txt"
    icon = desktop.wait_for_icon(lambda _icon: True, pid=client.process.pid)
    with desktop.held("ctrl"):
        desktop.click(*icon.centre, button=3)
        wait_for(lambda: desktop.active_window() in desktop.windows("About my status"), "the information")
    desktop.key("alt+r")
    wait_for(lambda: desktop.active_window() in desktop.windows("Save report"), "the file dialog")
    desktop.key("ctrl+a")
    desktop.type(str(file))
    desktop.key("Return")
    wait_for(file.exists, "the report")
    return wait_for(lambda: file.read_text(encoding="utf-8"), "what the report says")


def test_the_sample_organisation_is_started_from_the_first_page(world: World, bundle: Path) -> None:
    desktop = world.desktop
    with desktop.program([str(bundle / "lyncdesk-gui")], env=world.env) as client:
        wait_for(lambda: desktop.active_window() in desktop.windows("^Welcome to LyncDesk$"), "first page")
        desktop.key("alt+l")
        sample = wait_for(
            lambda: next((icon for icon in desktop.tray_icons() if icon.pid != client.process.pid), None),
            "the second icon",
        )
        desktop.wait_for_icon(pid=sample.pid)
        assert Path(f"/proc/{sample.pid}/exe").readlink() == bundle / "lyncdesk-gui"
        _starts_others_as_it_was_started(world, psutil.Process(sample.pid))
        wait_for(lambda: desktop.windows("^LyncDesk$"), "its window")
        wait_for(lambda: _as_of(world), "its first check")
        assert world.lyncdesk("quit", "--demo").returncode == 0
        wait_for(lambda: sample.pid not in [icon.pid for icon in desktop.tray_icons()], "its end")


def _as_of(world: World) -> str | None:
    """When the sample organisation's calendar was read; what it shows then depends on the time of day."""
    told = world.lyncdesk("status", "--demo", "--json")
    as_of: str | None = json.loads(told.stdout)["calendar_as_of"] if told.returncode == 0 else None
    return as_of


def _starts_others_as_it_was_started(world: World, child: psutil.Process) -> None:
    """What the program starts, a mail program too, gets none of what its own start-up needed.

    The frozen child tells what it was given: its start-up keeps that aside, and puts its own in the place.
    """
    given = child.environ()
    assert given["LD_LIBRARY_PATH"] == f"{Path(child.exe()).parent}/_internal:{given['LD_LIBRARY_PATH_ORIG']}"
    assert given["LD_LIBRARY_PATH_ORIG"] == world.env["LD_LIBRARY_PATH"]
    for name in ("QT_PLUGIN_PATH", "PYTHONPATH", "PYTHONHOME"):
        assert given[name] == world.env[name]


def test_it_speaks_german_where_the_person_does(world: World, bundle: Path) -> None:
    env = {**world.env, "LANG": "de_DE.UTF-8", "LANGUAGE": "de"}
    with world.desktop.program([str(bundle / "lyncdesk-gui")], env=env):
        wait_for(lambda: world.desktop.windows("^Willkommen bei LyncDesk$"), "the first page")
    texts = bundle / "_internal/PySide6/Qt/translations"
    assert (texts / "qtbase_de.qm").is_file()


def test_the_version_is_that_of_the_source(bundle: Path) -> None:
    assert (bundle / f"_internal/lyncdesk-{__version__}.dist-info/METADATA").is_file()
