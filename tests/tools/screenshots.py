"""Takes the pictures of the README from the real program: ``python -m tests.tools.screenshots [FOLDER]``.

The sample organisation runs on a virtual desktop at a set time on a Monday; what is pictured is brought
about as a
person would: an appointment in the calendar, the menu, the command line.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lyncdesk.presence.items import Item, Kind
from tests.desktop import Desktop
from tests.homes import home_environment
from tests.user_session import LYNCDESK, ROOT
from tests.waiting import wait_for

MONDAY = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)


def take(folder: Path) -> None:
    """Take every picture."""
    with Desktop(size=(1000, 760)) as desktop:
        home = Path(desktop.env["HOME"])
        env = desktop.env | home_environment(home)
        command = [sys.executable, "-m", "tests.tools.screenshots", "--program"]
        with desktop.program(command, env=env):
            Shooting(desktop, env, folder).all()


class Shooting:
    """The pictures, in the order in which they come about."""

    def __init__(self, desktop: Desktop, env: dict[str, str], folder: Path) -> None:
        self._desktop = desktop
        self._env = env
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def ask(self, *arguments: str) -> str:
        result = subprocess.run(
            [*LYNCDESK, *arguments, "--demo"],
            env=self._env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return result.stdout

    def shoot(self, name: str, window: int | None = None) -> None:
        """Picture one window, without its frame."""
        self._rest()
        found = window if window is not None else self._window("^LyncDesk$")
        x, y, width, height = self._desktop.geometry(found)
        picture = self._desktop.screenshot().crop((x, y, x + width, y + height))
        picture.save(self._folder / f"{name}.png")

    def all(self) -> None:
        main = wait_for(lambda: next(iter(self._desktop.windows("^LyncDesk$")), None), "the window")
        wait_for(lambda: "Calendar as of" in self.ask("status"), "the first check")
        self._desktop.move(900, 700)
        self.shoot("available", main)
        wait_for(lambda: "In a meeting" in self.ask("check-now") + self.ask("status"), "the meeting")
        self.shoot("in-a-meeting", main)
        self.ask("set", "do-not-disturb", "--for", "1h")
        self.shoot("do-not-disturb", main)
        self.ask("set", "be-right-back")
        self.shoot("be-right-back", main)
        self.ask("reset")
        self.shoot("status-reset", main)
        self._why(main)
        self._card(main)

    def _why(self, main: int) -> None:
        # The notice under the header offers it: "Status reset. ... Why?"
        x, y, _, _ = self._desktop.geometry(main)
        self._desktop.click(x + 264, y + 150)
        about = wait_for(lambda: next(iter(self._desktop.windows("^About my status$")), None), "the reasons")
        self.shoot("why", about)
        self._desktop.key("alt+c", "alt+t")
        self._settle()
        self.shoot("connection", about)
        self._desktop.key("Escape")

    def _card(self, main: int) -> None:
        """Hover over the first contact, then over the Calendar line of the card."""
        x, y, _, _ = self._desktop.geometry(main)
        for step in range(6):
            self._desktop.move(x + 120, y + 332 + step)
        (card, *_) = wait_for(self._desktop.popups, "the card")
        self._rest()
        cx, cy, _, _ = self._desktop.geometry(card)
        for step in range(3):
            self._desktop.move(cx + 130 + step, cy + 91)
            self._rest()
        self.shoot("contact-card", card)

    def _settle(self) -> None:
        """Wait until nothing moves on the screen any more."""
        before = None
        while (now := self._desktop.screenshot().tobytes()) != before:
            before = now
            for _ in range(3):
                self._rest()

    def _window(self, title: str) -> int:
        return wait_for(lambda: next(iter(self._desktop.windows(title)), None), title)

    @staticmethod
    def _rest() -> None:
        threading.Event().wait(1.2)


def program() -> int:
    """The sample organisation on a Monday morning, with a meeting that Anna's client has not seen yet."""
    from lyncdesk import bootstrap
    from lyncdesk.cli import desktop as cli_desktop
    from lyncdesk.simulation.world import World

    bootstrap.clock.now = lambda: MONDAY  # type: ignore[attr-defined]
    start = World.start

    async def started(world: World) -> None:
        await start(world)
        asyncio.get_running_loop().call_later(4, lambda: _soon(world))

    def _soon(world: World) -> None:
        now = world.clock.now().replace(second=0, microsecond=0)
        item = Item(
            now, now + timedelta(minutes=50), kind=Kind.MEETING, subject="Launch plan", location="Room 4"
        )
        _tasks.append(asyncio.ensure_future(world.add_item(world.profile.address, item)))

    World.start = started  # type: ignore[method-assign, assignment]
    return cli_desktop.run_demo(1.0, None)


_tasks: list[asyncio.Future[None]] = []


if __name__ == "__main__":
    if "--program" in sys.argv:
        sys.exit(program())
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
