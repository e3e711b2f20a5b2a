"""Scenarios over the wire: every calendar check is real EWS over loopback HTTP, through exchangelib.

One embedded Exchange and one worker process serve a whole run. What is seen must be the same as in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from lyncdesk.calendars.exchange import ExchangeCalendar
from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarAnswer, CalendarSource, ItemKey, ProblemError, Window, Written
from lyncdesk.client.problems import Problem
from lyncdesk.exchange.gate import PasswordGate
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange.session import DEADLINE, ExchangeSession
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.model import OofSettings
from lyncdesk.machine.clock import monotonic
from lyncdesk.presence.items import Item, ShowAs
from lyncdesk.simulation.mailboxes import changed_entry, entry_of
from lyncdesk.simulation.scenario import Person
from lyncdesk.simulation.scenario_calendars import Calendars

T = TypeVar("T")

# How a problem is brought about: by a fault of the embedded Exchange, or by an address that leads astray. A
# problem in neither table (a name that is not found, a certificate) is told without a request.
FAULTS = {
    "refused-password": "refused-password",
    "timed-out": "timed-out",
    "server-busy": "server-busy",
    "server-error": "http-500-html",
    "no-mailbox": "non-existent-mailbox",
    "mailbox-moved": "mailbox-moved",
    "broken-answer": "truncated-body",
    "details-missing": "details-missing",
}
ADDRESSES: dict[str, Callable[[str], str]] = {
    "not-exchange": lambda url: url.replace("/EWS/", "/owa/"),
    "not-encrypted": lambda url: url.replace("http:", "https:"),
    "insecure-address": lambda _url: "http://exchange.invalid/EWS/Exchange.asmx",
    "connection-refused": lambda _url: "http://127.0.0.1:1/EWS/Exchange.asmx",
}
# Virtual time stands while a check runs, so a server that never answers need not be waited for long.
_PATIENCE = timedelta(milliseconds=300)
# The next check comes at once, whatever the virtual time between them, so the worker stays.
_SOON = timedelta(seconds=10)
_PASSWORD = "of a scenario"  # noqa: S105 - guards nothing: the server lives for one run, on loopback


class Wire:
    """The embedded Exchange and the worker process of one run."""

    def __init__(self) -> None:
        self._now = datetime(2000, 1, 1, tzinfo=UTC)
        self._exchange = Exchange(lambda: self._now)
        self._runner = asyncio.Runner()
        self._worker: ExchangeWorker | None = None
        self._scenarios = 0

    def __enter__(self) -> Self:
        self._exchange.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._worker is not None:
                self._runner.run(self._worker.close())
        finally:
            self._exchange.stop()
            self._runner.close()

    @contextmanager
    def calendars(self) -> Iterator[Calendars]:
        """The calendars of one scenario: mailboxes that no other scenario has."""
        self._scenarios += 1
        calendars = WireCalendars(self, f"scenario{self._scenarios}.example")
        try:
            yield calendars
        finally:
            calendars.close()

    @property
    def exchange(self) -> Exchange:
        """The server."""
        return self._exchange

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something to its end on the loop of the run."""
        return self._runner.run(work)

    def session(self, address: str, gate: PasswordGate, problem: str = "") -> ExchangeSession:
        """A conversation through the one worker: with the server, or with what brings about ``problem``."""
        if self._worker is None:
            self._worker = ExchangeWorker()
        url = ADDRESSES.get(problem, str)(self._exchange.url or "")
        deadline = _PATIENCE if problem == "timed-out" else DEADLINE
        return ExchangeSession(
            Account(address, server=url),
            _password,
            monotonic=monotonic,
            worker=self._worker,
            gate=gate,
            deadline=deadline,
        )

    def tell_time(self, now: datetime) -> None:
        """What time the server has from now on."""
        self._now = now


async def _password() -> str:
    return _PASSWORD


class WireCalendar:
    """One person's way to a mailbox of the embedded Exchange."""

    def __init__(self, wire: Wire, address: str) -> None:
        self.address = address
        self.problem: str | None = None
        self.keys: dict[str, str] = {}
        self._wire = wire
        self._gate = PasswordGate()
        self._session = wire.session(address, self._gate)

    async def fetch(self, window: Window, next_due_in: timedelta | None = None) -> CalendarAnswer:  # noqa: ARG002
        """Read the mailbox once. The time until the next check is virtual and says nothing to the worker.

        Raises:
            ProblemError: when nothing trustworthy came back.
        """
        async with self._calendar() as calendar:
            return await calendar.fetch(window, _SOON)

    async def change_show_as(self, key: ItemKey, show_as: ShowAs, *, series: bool = False) -> Written:
        """Write it over the wire.

        Raises:
            ProblemError: when it was not written, or nobody knows whether it was.
        """
        async with self._calendar() as calendar:
            return await calendar.change_show_as(key, show_as, series=series)

    @asynccontextmanager
    async def _calendar(self) -> AsyncIterator[ExchangeCalendar]:
        """The mailbox, or what brings about the problem that the scenario wants."""
        if self.problem is None:
            yield ExchangeCalendar(self._session)
            return
        if self.problem not in FAULTS and self.problem not in ADDRESSES:
            raise ProblemError(Problem.of(self.problem))
        calendar = ExchangeCalendar(self._wire.session(self.address, self._gate, self.problem))
        try:
            yield calendar
        finally:
            await calendar.close()

    def password_entered(self) -> None:
        """The password may be sent once more."""
        self._session.password_entered()

    async def close(self) -> None:
        """End what is running."""
        await self._session.close()


class WireCalendars:
    """The mailboxes of one scenario."""

    def __init__(self, wire: Wire, domain: str) -> None:
        self._wire = wire
        self._domain = domain
        self._sources: dict[str, WireCalendar] = {}
        self._zones: dict[str, str] = {}

    def open(self, person: Person) -> CalendarSource:
        """See :class:`Calendars`."""
        address = f"{person.who.casefold()}@{self._domain}"
        self._wire.exchange.add_person(address, _PASSWORD, name=person.name, zone=person.zone)
        source = self._sources[person.who] = WireCalendar(self._wire, address)
        self._zones[person.who] = person.zone
        for item in person.items:
            self.add(person.who, item)
        return source

    def finish(self, work: Coroutine[Any, Any, T], now: datetime) -> T:
        """See :class:`Calendars`."""
        self._wire.tell_time(now)
        return self._wire.run(work)

    def add(self, who: str, item: Item) -> None:
        """See :class:`Calendars`."""
        source = self._sources[who]
        entry = self._wire.exchange.add_entry(source.address, entry_of(item, self._zones[who]))
        source.keys[item.id] = entry.key

    def change(self, who: str, item: Item) -> None:
        """See :class:`Calendars`."""
        source = self._sources[who]
        self._wire.exchange.store.change(
            source.address, source.keys[item.id], lambda entry: changed_entry(entry, item)
        )

    def remove(self, who: str, item: Item) -> None:
        """See :class:`Calendars`."""
        source = self._sources[who]
        self._wire.exchange.remove_entry(source.address, source.keys.pop(item.id))

    def reply(self, who: str, note: str | None) -> None:
        """See :class:`Calendars`."""
        oof = OofSettings() if note is None else OofSettings("Enabled", internal=note, external=note)
        self._wire.exchange.set_oof(self._sources[who].address, oof)

    def fail(self, who: str, problem: str | None) -> None:
        """See :class:`Calendars`."""
        source = self._sources[who]
        source.problem = problem
        self._wire.exchange.faults.clear(source.address)
        if problem in FAULTS:
            self._wire.exchange.faults.set(FAULTS[problem], user=source.address)

    def enter_password(self, who: str) -> None:
        """See :class:`Calendars`."""
        self._sources[who].password_entered()

    def close(self) -> None:
        """End what is running for this scenario."""
        for source in self._sources.values():
            self._wire.run(source.close())
