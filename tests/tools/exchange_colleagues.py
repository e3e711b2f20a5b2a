"""Colleagues of an embedded Exchange in every state, and the settings of somebody who has Exchange alone.

As a program it pictures the contact list: ``python -m tests.tools.exchange_colleagues FOLDER``.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lyncdesk.client.options import Account
from lyncdesk.client.passwords import password_key
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.model import Entry
from lyncdesk.machine.credentials import SERVICE
from tests.desktop import Desktop
from tests.user_session import LYNCDESK
from tests.waiting import wait_for

PASSWORD = "of-the-sample"
DOMAIN = "brightwater.example"
ANNA = f"anna.keller@{DOMAIN}"


@dataclass(frozen=True)
class Colleague:
    """Somebody, what runs in the calendar from minutes before now to minutes after, and what is shared."""

    name: str
    title: str
    runs: tuple[float, float, str, bool | None, str] | None = None
    sharing: str = "FreeBusyTimeAndSubjectAndLocation"
    show_as: str = "Busy"

    @property
    def address(self) -> str:
        return self.name.casefold().replace(" ", ".") + "@" + DOMAIN


COLLEAGUES = (
    Colleague("Ben Okafor", "Head of engineering", (-20, 40, "Design review: FM-3", True, "Workshop")),
    Colleague("Clara Lindt", "Firmware engineer", (-10, 50, "Read the test report", False, "Room 2")),
    Colleague("Diego Marín", "Sales", (-30, 90, "Not told", True, "Not told"), "FreeBusyTimeOnly"),
    Colleague("Emily Stone", "Finance"),
    Colleague("Farah Haddad", "Support", (-600, 600, "Leave", False, ""), show_as="OOF"),
    Colleague("Grace Hopkins", "Sales", None, "None"),
    Colleague("Haruto Sato", "Sales", (60, 120, "Call with Berlin", True, "")),
    Colleague("Ines Castro", "Purchasing", (-5, 25, "Doctor", False, "Town")),
)
PRIVATE = "Ines Castro"


def exchange() -> Exchange:
    """An organisation with all of them, and Anna."""
    made = Exchange(lambda: datetime.now(UTC))
    made.add_person(ANNA, PASSWORD, name="Anna Keller", title="Product manager", zone="Europe/Berlin")
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    for one in COLLEAGUES:
        phones = {"work": "+49 30 23125 100", "mobile": "+49 171 39200 00"}
        made.add_person(
            one.address,
            PASSWORD,
            name=one.name,
            title=one.title,
            company="Brightwater Instruments",
            phones=phones,
            zone="Asia/Tokyo" if one.name.startswith("Haruto") else "Europe/Berlin",
        )
        made.share(one.address, one.sharing)  # type: ignore[arg-type]
        if one.runs is not None:
            start, end, subject, meeting, location = one.runs
            made.add_entry(
                one.address,
                Entry(
                    subject,
                    now + timedelta(minutes=start),
                    now + timedelta(minutes=end),
                    location,
                    one.show_as,
                    meeting,
                    "Private" if one.name == PRIVATE else "Normal",
                ),
            )
    return made


def settle_in(env: dict[str, str], url: str, *, language: str = "") -> None:
    """Anna's settings and password, as after the first start."""
    account = Account(ANNA, server=url)
    config = Path(env["XDG_CONFIG_HOME"]) / "lyncdesk"
    config.mkdir(parents=True, exist_ok=True)
    (config / "settings.toml").write_text(
        f'language = "{language}"\n[account]\naddress = "{account.address}"\nserver = "{account.server}"\n'
    )
    script = "import sys, keyring; keyring.set_password(*sys.argv[1:])"
    command = [sys.executable, "-c", script, SERVICE, password_key(account), PASSWORD]
    subprocess.run(command, env=env, check=True, timeout=60)


@contextmanager
def running(desktop: Desktop, env: dict[str, str], command: Sequence[str] = LYNCDESK) -> Iterator[int]:
    """The client with its window."""
    with desktop.program(command, env=env) as program:
        window = wait_for(
            lambda: next(iter(desktop.windows("^LyncDesk$")), None), f"the window; {program.text}"
        )
        wait_for(lambda: desktop.active_window() == window, "the window's focus")
        yield window


def ask(env: dict[str, str], *arguments: str) -> str:
    """What the running client answers."""
    done = subprocess.run(
        [*LYNCDESK, *arguments], env=env, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout


def add(desktop: Desktop, env: dict[str, str], one: Colleague) -> None:
    """Find somebody by name with the keyboard alone, and add the person."""
    desktop.key("ctrl+f", "ctrl+a")
    desktop.type(one.name.split()[0])

    def added() -> bool:
        # Down leads to who was found, and nowhere while the address book is searched.
        desktop.key("Down", "Return")
        threading.Event().wait(0.5)
        return one.address in ask(env, "contacts", "--json")

    wait_for(added, f"{one.name} on the list")


DARK = """
import sys
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
begin = QApplication.__init__
def dark(self, *arguments):
    begin(self, *arguments)
    palette = QPalette(QColor("#323232"), QColor("#2a2a2a"))
    palette.setColor(QPalette.ColorRole.Highlight, QColor("#2f6ea5"))
    self.setPalette(palette)
QApplication.__init__ = dark
from lyncdesk.cli import main
sys.exit(main())
"""


LOOKS = {
    "light": ("en", LYNCDESK),
    "dark": ("en", [sys.executable, "-c", DARK]),
    "german": ("de", LYNCDESK),
}


def pictures(folder: Path) -> None:
    """The first day, the list, cards and the question: light, dark, German."""
    folder.mkdir(parents=True, exist_ok=True)
    made = exchange()
    url = made.start()
    try:
        for name, (language, command) in LOOKS.items():
            with Desktop(size=(900, 760), keyring=True) as desktop:
                env = desktop.environment(Path(desktop.env["HOME"]) / name)
                settle_in(env, url, language=language)
                with running(desktop, env, command) as window:
                    _shoot(desktop, env, window, folder, name)
    finally:
        made.stop()


def _shoot(desktop: Desktop, env: dict[str, str], window: int, folder: Path, name: str) -> None:
    def shoot(what: str) -> None:
        threading.Event().wait(1.2)
        desktop.screenshot(folder / f"{name}-{what}.png")

    wait_for(lambda: "10:" in ask(env, "status") or "Calendar" in ask(env, "status"), "the first check")
    shoot("first-day")
    desktop.key("ctrl+f")
    desktop.type("er")
    threading.Event().wait(3)
    shoot("found")
    desktop.key("ctrl+a")
    desktop.type("nobody of this name")
    threading.Event().wait(3)
    shoot("nobody")
    for one in COLLEAGUES:
        add(desktop, env, one)
    desktop.key("ctrl+f", "ctrl+a", "Delete")
    shoot("list")
    desktop.key("Down")
    for number in range(len(COLLEAGUES)):
        desktop.key("Down", "Return")
        threading.Event().wait(0.6)
        desktop.key("Tab", "Tab")
        shoot(f"card-{number}")
        desktop.key("Escape")
    # The last card again: its last field is what the person sees.
    desktop.key("Return")
    threading.Event().wait(0.6)
    desktop.key("shift+Tab", "space")
    shoot("choices")
    desktop.key("Down", "Down", "Down", "space")
    shoot("question")
    desktop.key("shift+Tab", "space")
    threading.Event().wait(4)
    shoot("given")


if __name__ == "__main__":
    pictures(Path(sys.argv[1]))
