"""Parts for a session in tests: the shipped twins, and a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from lyncdesk.client.found import Found
from lyncdesk.client.options import Account
from lyncdesk.client.parts import Password
from lyncdesk.client.ports import CalendarSource
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep
from lyncdesk.machine.credentials import MemoryStore


async def no_wait(_seconds: float) -> None:
    """Never: nothing is looked after."""
    await asyncio.Event().wait()


class FixedClock:
    """A clock that moves only when it is set."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now
        self._moved.set()

    async def wait_until(self, moment: datetime) -> None:
        while self._now < moment:
            self._moved.clear()
            await self._moved.wait()


class MemoryExchange:
    """The connection to an Exchange in memory; remembers for whom the gate was opened, and what was tried."""

    def __init__(self, calendar: CalendarSource) -> None:
        self._calendar = calendar
        self.connected: list[Account] = []
        self.passwords: list[Password] = []
        self.opened: list[Account] = []
        self.tried: list[str | None] = []
        self.refused: list[tuple[Account, str, Problem]] = []
        self.closed = False

    def source(self, account: Account, password: Password) -> CalendarSource:
        self.connected.append(account)
        self.passwords.append(password)
        return self._calendar

    async def test(
        self, account: Account, password: str | None, on_step: Callable[[ConnectionStep], None]
    ) -> bool:
        self.tried.append(password)
        return password == "right"

    def know(self, found: Iterable[Found], on_found: Callable[[Found], None]) -> None:
        self.known, self.on_found = tuple(found), on_found

    def watch_passwords(self, used: Callable[[Account, str, Problem | None], None]) -> None:
        self.used = used

    def password_refused(self, account: Account, password: str, problem: Problem) -> None:
        self.refused.append((account, password, problem))

    def password_entered(self, account: Account, password: str) -> None:
        self.opened.append(account)

    async def close(self) -> None:
        self.closed = True

    @staticmethod
    def no_credentials() -> MemoryStore:
        return MemoryStore()
