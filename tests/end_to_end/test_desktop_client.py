"""The whole way, as a person goes it: first start, the keyring, the tray's colour, and an appointment by EWS.

A real screen, a real GNOME keyring, the embedded Exchange as its own process, and exchangelib as the
other client
that puts an appointment into the calendar.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.client.options import Account
from lyncdesk.client.passwords import password_key
from lyncdesk.client.refusals import mark_key
from lyncdesk.machine.credentials import KeyringStore
from lyncdesk.starting import child_environment
from tests.desktop import Desktop
from tests.exchange_program import exchange
from tests.user_session import LYNCDESK, Program
from tests.waiting import wait_for

GREEN, ORANGE = "#2e9e3f", "#e8710a"
CROSS = "#c42b1c"
ADDRESS, PASSWORD = "anna@brightwater.example", "right horse battery"
ORG = f'[people.anna]\naddress = "{ADDRESS}"\npassword = "{PASSWORD}"\nname = "Anna Keller"\nzone = "UTC"\n'
ADD_NOW = """
import sys, warnings
warnings.simplefilter("ignore")
from datetime import datetime, timedelta, timezone
from exchangelib import Account, CalendarItem, Configuration, Credentials, DELEGATE, EWSDateTime
url, address, password = sys.argv[1:]
config = Configuration(service_endpoint=url, credentials=Credentials(address, password), auth_type="basic")
account = Account(address, config=config, autodiscover=False, access_type=DELEGATE)
now = datetime.now(timezone.utc)
start, end = (EWSDateTime.from_datetime(now + timedelta(minutes=m)) for m in (-5, 60))
CalendarItem(folder=account.calendar, subject="Dentist, tell nobody", start=start, end=end,
             legacy_free_busy_status="Busy").save()
"""

pytestmark = pytest.mark.desktop


@dataclass
class World:
    """A desktop with a keyring, an Exchange on loopback, and an empty home."""

    desktop: Desktop
    url: str
    env: dict[str, str]
    command: Sequence[str] = LYNCDESK

    def lyncdesk(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *arguments], env=self.env, capture_output=True, text=True, timeout=60, check=False
        )

    def status(self) -> dict[str, Any]:
        result = self.lyncdesk("status", "--json")
        found: dict[str, Any] = json.loads(result.stdout) if result.returncode == 0 else {}
        return found

    def wait_for_check(self) -> dict[str, Any]:
        return wait_for(
            lambda: s if (s := self.status()).get("calendar_as_of") else None, "the first calendar check"
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Desktop(keyring=True) as desktop, exchange(desktop, tmp_path, ORG) as url:
        # The keyring belongs to the desktop's own session; the home is that of a new user.
        yield World(desktop, url, desktop.environment(tmp_path / "home"))


def connect(world: World) -> None:
    """Fill in the first page by keyboard, as a person does, and wait for the main window."""
    desktop = world.desktop
    _first_page(desktop)
    _fill_in(world, PASSWORD)
    wait_for(lambda: desktop.windows("^LyncDesk$"), "the main window", seconds=60)


def _fill_in(world: World, password: str) -> None:
    """Address, "Use this address" instead of having it found, the server, and the password."""
    desktop = world.desktop
    desktop.type(ADDRESS)
    desktop.key("Tab", "Down")
    desktop.type(world.url)
    desktop.key("Tab", "Tab")
    desktop.type(password)
    desktop.key("Return")


def _first_page(desktop: Desktop) -> None:
    wait_for(lambda: desktop.active_window() in desktop.windows("^Welcome to LyncDesk$"), "the first page")


def _is_on_screen(desktop: Desktop, colour: str) -> bool:
    seen = desktop.screenshot().getcolors(1 << 24) or []
    return any(f"#{bytes(pixel).hex()}" == colour for _, pixel in seen if isinstance(pixel, tuple))


def settings_text(world: World) -> str:
    return (Path(world.env["XDG_CONFIG_HOME"]) / "lyncdesk" / "settings.toml").read_text(encoding="utf-8")


def test_the_first_start_connects_and_the_second_needs_no_password(world: World) -> None:
    with world.desktop.program(LYNCDESK, env=world.env) as first:
        connect(world)
        world.desktop.wait_for_icon(lambda icon: icon.colour == GREEN, pid=first.process.pid)
        assert world.wait_for_check()["shows"] == "Available"
    assert "Traceback" not in first.text
    # The password is in the keyring and nowhere else.
    assert ADDRESS in settings_text(world)
    assert not any(PASSWORD in text for text in _texts(Path(world.env["HOME"])))
    with world.desktop.program(LYNCDESK, env=world.env) as second:
        world.desktop.wait_for_icon(lambda icon: icon.colour == GREEN, pid=second.process.pid)
        assert world.wait_for_check()["problems"] == []


def test_a_wrong_password_saves_nothing_and_is_told_on_the_page(world: World) -> None:
    desktop = world.desktop
    with desktop.program(LYNCDESK, env=world.env):
        _first_page(desktop)
        _fill_in(world, "wrong pony")
        wait_for(lambda: _is_on_screen(desktop, CROSS), "the step that failed")
        assert world.status()["signed_in"] is False
        assert desktop.windows("^Welcome to LyncDesk$")
        settings = Path(world.env["XDG_CONFIG_HOME"]) / "lyncdesk" / "settings.toml"
        assert not settings.exists() or ADDRESS not in settings.read_text(encoding="utf-8")


def test_an_appointment_added_over_ews_turns_the_icon_orange_after_the_check_and_not_before(
    world: World,
) -> None:
    with world.desktop.program(LYNCDESK, env=world.env) as client:
        connect(world)
        as_of = world.wait_for_check()["calendar_as_of"]
        subprocess.run(
            [sys.executable, "-c", ADD_NOW, world.url, ADDRESS, PASSWORD],
            check=True,
            timeout=60,
            capture_output=True,
        )
        # Reset Status asks nobody, so the appointment stays unknown.
        assert json.loads(world.lyncdesk("reset", "--json").stdout)["reset_waiting"] is True
        before = world.status()
        assert (before["shows"], before["calendar_as_of"]) == ("Available", as_of)
        world.desktop.wait_for_icon(lambda icon: icon.colour == GREEN, pid=client.process.pid)

        world.lyncdesk("check-now")
        world.desktop.wait_for_icon(lambda icon: icon.colour == ORANGE, pid=client.process.pid)
        after = wait_for(lambda: s if (s := world.status())["shows"] == "Busy" else None, "Busy")
        assert after["reset_waiting"] is False
        explained = json.loads(world.lyncdesk("explain", "--json").stdout)
        assert "Dentist, tell nobody" in explained["sentence"]
        _subject_is_in_no_file(world, client)


def _subject_is_in_no_file(world: World, client: Program) -> None:
    assert "Dentist" not in client.text
    assert not any("Dentist" in text for text in _texts(Path(world.env["HOME"])))


def _texts(folder: Path) -> Iterator[str]:
    """Every file below, as text: settings, logs, whatever was written."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes().decode("latin-1")


async def test_a_forgotten_account_leaves_no_password_and_no_address_and_the_next_start_is_a_first_one(
    world: World,
) -> None:
    desktop = world.desktop
    keyring = KeyringStore(environment=lambda: {**child_environment(), **world.env})
    key = password_key(Account(ADDRESS, server=world.url))
    with desktop.program(LYNCDESK, env=world.env) as client:
        connect(world)
        desktop.wait_for_icon(lambda icon: icon.colour == GREEN, pid=client.process.pid)
        assert await keyring.get(key) == (PASSWORD,)
        _open_options(desktop, client)
        desktop.key("Down", "Down", "alt+r")  # Account, Forget this account ...
        wait_for(lambda: desktop.active_window() in desktop.windows("^Forget this account$"), "the question")
        desktop.key("alt+f")
        _first_page(desktop)
        assert desktop.windows("Options$") == []
        assert await keyring.get(key, mark_key(key)) == (None, None)
        assert ADDRESS not in settings_text(world)
        assert world.status()["signed_in"] is False
    assert "Traceback" not in client.text
    with desktop.program(LYNCDESK, env=world.env):
        _first_page(desktop)
        assert world.status()["problems"] == []


def _open_options(desktop: Desktop, client: Program) -> None:
    """By the tray's menu, from its end: Exit, Sign out, Configuration information, Options."""
    icon = desktop.wait_for_icon(lambda _icon: True, pid=client.process.pid)
    desktop.click(*icon.centre, button=3)
    wait_for(desktop.popups, "the menu")
    desktop.key("Up", "Up", "Up", "Up", "Return")
    wait_for(lambda: desktop.active_window() in desktop.windows("Options$"), "Options")


def test_a_second_start_shows_the_first_ones_window_and_ends(world: World) -> None:
    with world.desktop.program(LYNCDESK, env=world.env):
        wait_for(lambda: world.desktop.windows("^Welcome to LyncDesk$"), "the first page")
        second = subprocess.run(
            LYNCDESK, env=world.env, capture_output=True, text=True, timeout=60, check=False
        )
        assert (second.returncode, second.stdout) == (0, "")
