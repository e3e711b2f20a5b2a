"""LyncDesk as apt installs it in a clean root file system, and a person who works there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.desktop import Desktop, TrayIcon
from tests.packaging.root_fs import USER, Done, RootFs
from tests.user_session import Program
from tests.waiting import wait_for

ADDRESS, PASSWORD = "anna@brightwater.example", "right horse battery"
ORG = f'[people.anna]\naddress = "{ADDRESS}"\npassword = "{PASSWORD}"\nname = "Anna Keller"\nzone = "UTC"\n'
GREEN, ORANGE = "#2e9e3f", "#e8710a"
RUNTIME = f"/home/{USER}/run"
BUS = f"unix:path={RUNTIME}/bus"
SLOW = 300.0  # seconds in which anything has come that comes at all

# A keyring as after a login: unlocked, its password that of the login.
_SESSION = """
dbus-daemon --session --nofork --nopidfile --print-address --address="$DBUS_SESSION_BUS_ADDRESS" &
while ! [ -S "${DBUS_SESSION_BUS_ADDRESS#unix:path=}" ]; do sleep 0.1; done
printf 'login\\n' | exec gnome-keyring-daemon --foreground --unlock --components=secrets
"""


@dataclass
class Office:
    """A root file system, a screen outside of it, and a person's session inside."""

    root: RootFs
    desktop: Desktop
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.env = {
            "DISPLAY": self.desktop.env["DISPLAY"],
            "XDG_RUNTIME_DIR": RUNTIME,
            "DBUS_SESSION_BUS_ADDRESS": BUS,
            "XDG_SESSION_TYPE": "x11",
            "NO_AT_BRIDGE": "1",
        }
        self.root.run("install", "-d", "-o", USER, "-g", USER, "-m", "700", RUNTIME)

    def run(self, *command: str, given: str = "", status: int | None = 0) -> Done:
        """Run a program in the session, to its end."""
        return self.root.run(*command, user=USER, given=given, status=status, **self.env)

    @contextmanager
    def program(self, *command: str) -> Iterator[Program]:
        """Run a program in the session for as long as the block lasts."""
        with self.desktop.program(self.root.command(*command, user=USER, **self.env)) as program:
            yield program

    @contextmanager
    def session(self) -> Iterator[None]:
        """Bus and keyring."""
        with self.program("sh", "-c", _SESSION) as session:
            wait_for(lambda: self._keyring() or session.process.poll() is not None, "the keyring", SLOW)
            assert session.process.poll() is None, session.text
            yield

    def _keyring(self) -> bool:
        asked = '{"do": "get", "service": "nobody", "accounts": ["nobody"]}'
        said = self.run("lyncdesk", "-m", "lyncdesk.machine.keyring_helper", given=asked, status=None).text
        return '"passwords"' in said

    @contextmanager
    def exchange(self) -> Iterator[str]:
        """An Exchange server inside, by the installed program; its address."""
        home = self.root.path / "home" / USER
        (home / "org.toml").write_text(ORG, encoding="utf-8")
        ready = home / "ready"
        ready.unlink(missing_ok=True)
        with self.program(
            "lyncdesk", "exchange-server", "--org", "org.toml", "--ready-file", "ready"
        ) as server:
            url = wait_for(
                lambda: (ready.exists() and ready.read_text().strip()) or server.process.poll() is not None,
                "the server",
                SLOW,
            )
            assert isinstance(url, str), server.text
            yield url

    def status(self, *options: str) -> dict[str, Any]:
        """What the running client tells of itself; nothing while there is none."""
        done = self.run("lyncdesk", "status", "--json", *options, status=None)
        found: dict[str, Any] = json.loads(done.text) if done.status == 0 else {}
        return found

    def icon(self, colour: str) -> TrayIcon:
        """Wait until the tray shows an icon of this colour."""

        def found() -> TrayIcon | None:
            icons = (icon for icon in self.desktop.tray_icons() if icon.width <= 32)
            return next((icon for icon in icons if icon.colour == colour), None)

        return wait_for(found, f"an icon of {colour} in the tray", SLOW)

    def sign_in(self, url: str) -> None:
        """Fill in the first page as a person does: address, “Use this address”, the server, the password."""
        desktop = self.desktop
        wait_for(
            lambda: desktop.active_window() in desktop.windows("^Welcome to LyncDesk$"),
            "the first page",
            SLOW,
        )
        desktop.type(ADDRESS)
        desktop.key("Tab", "Down")
        desktop.type(url)
        desktop.key("Tab", "Tab")
        desktop.type(PASSWORD)
        desktop.key("Return")
        wait_for(lambda: desktop.windows("^LyncDesk$"), "the main window", SLOW)

    def quit(self, program: Program) -> None:
        """End the client as a person does, and see that it has ended well."""
        self.run("lyncdesk", "quit")
        assert program.process.wait(SLOW) == 0, program.text
        assert "Traceback" not in program.text


def texts(folder: Path) -> Iterator[str]:
    """Every file below, as text."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path.read_bytes().decode("latin-1")
