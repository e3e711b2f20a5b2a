"""What must hold after each check of the soak, told in its own words and not by the client's code."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from lyncdesk.calendars.account import ExchangeAccounts
from lyncdesk.client.options import Account
from lyncdesk.client.parts import Password
from lyncdesk.client.ports import (
    CalendarAnswer,
    CalendarSource,
    ContactsAnswer,
    ContactsAsked,
    ItemKey,
    ProblemError,
    Window,
    Written,
)
from lyncdesk.client.state import State
from lyncdesk.pools.exchange_alone import ExchangeAlonePool
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import Seen
from tests.benchmarks import processes

_READS_KEPT = 50
_INTERVAL = timedelta(minutes=30)
Simple = frozenset[tuple[object, ...]]


class WatchedAccounts(ExchangeAccounts):
    """A connection to Exchange whose calendar readings are watched."""

    watch: Watch

    def source(self, account: Account, password: Password) -> CalendarSource:
        """A source that tells the watch of its checks."""
        return WatchedSource(super().source(account, password), self.watch)


class WatchedSource:
    """Tells the watch when a check begins and ends."""

    def __init__(self, inner: CalendarSource, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    async def fetch(self, window: Window, next_due_in: timedelta | None = None) -> CalendarAnswer:
        """See the port."""
        self._watch.begins(window)
        try:
            return await self._inner.fetch(window, next_due_in)
        finally:
            self._watch.ends()

    async def change_show_as(self, key: ItemKey, show_as: ShowAs, *, series: bool = False) -> Written:
        """See the port."""
        return await self._inner.change_show_as(key, show_as, series=series)

    async def close(self) -> None:
        """See the port."""
        await self._inner.close()


class WatchedPool(ExchangeAlonePool):
    """The contact list, whose reads are watched."""

    watch: Watch

    async def read(self, asked: ContactsAsked) -> ContactsAnswer:
        """See the base class."""
        self.watch.reads_contacts(asked)
        try:
            return await super().read(asked)
        except ProblemError:
            self.watch.failed_reads += 1
            raise
        finally:
            self.watch.ends()


class Truth(Protocol):
    """What the calendars hold."""

    def truth(self, start: datetime, end: datetime) -> tuple[Item, ...]:
        """The person's own."""

    def colleagues(self, start: datetime, end: datetime) -> dict[str, tuple[Item, ...]]:
        """Those of the contacts, by address."""


COSTS = ("megabytes of the client and the server", "threads", "processes")
# A worker that ends may still be there beside the next one; the rest is what one check may need for a moment.
MORE_AT_MOST = (32.0, 6, 2)


@dataclass(frozen=True, slots=True)
class Sample:
    """What the client's processes held at a moment."""

    checks: int
    own_mb: float
    worker_mb: float
    threads: int
    processes: int


class Watch:
    """Looks at each State. ``wrong`` collects what must not be; ``checks`` and ``problems`` count."""

    def __init__(
        self,
        now: Callable[[], datetime],
        world: Truth,
        refused: Callable[[], int],
    ) -> None:
        self._now = now
        self._world = world
        self._refused = refused
        self.wrong: list[str] = []
        self.checks = 0
        self.problems: Counter[str] = Counter()
        self.stale_states = 0
        self.samples: list[Sample] = []
        self._first: tuple[float, int, int] | None = None
        self.reads = self.failed_reads = 0
        self._contacts: dict[datetime, dict[str, tuple[Item, ...]]] = {}
        self._in_flight = 0
        self._asked: tuple[Item, ...] = ()
        self._known: tuple[Item, ...] = ()
        self._reading: tuple[datetime | None, int] | None = None
        self._failures = 0
        self._allowed = 1
        self._last: State | None = None

    # the check itself

    def begins(self, window: Window) -> None:
        """A check is sent."""
        self.checks += 1
        self._in_flight += 1
        if self._in_flight > 1:
            self._say("two checks, or a check and a reading of contacts, at once")
        self._asked = self._world.truth(window.start, window.end)

    def reads_contacts(self, asked: ContactsAsked) -> None:
        """The contacts' calendars are asked for."""
        self.reads += 1
        self._in_flight += 1
        self._contacts[asked.started] = self._world.colleagues(asked.window.start, asked.window.end)
        for old in list(self._contacts)[:-_READS_KEPT]:
            del self._contacts[old]

    def ends(self) -> None:
        """Its answer has come."""
        self._in_flight -= 1
        if self._refused() > self._allowed:
            self._say("a refused password reached the server again")

    def person_acts(self) -> None:
        """The person enters a password: one more refusal may come of it."""
        self._allowed = self._refused() + 1

    # what is shown

    def __call__(self, state: State) -> None:
        """Look at a State."""
        now, calendar = self._now(), state.calendar
        before, self._last = self._last, state
        if not state.signed_in or calendar.as_of is None:
            self._known, self._reading = (), None  # nothing of before is kept when the person signs out
        if not state.signed_in:
            return
        # Two checks can be made at one moment: the number of requests tells them apart.
        read = (calendar.as_of, calendar.requests)
        if read != self._reading and calendar.as_of is not None and not calendar.failures:
            self._reading, self._known = read, calendar.items
            self._read(state)
        elif calendar.items != self._known:
            self._say("items changed without a check")
        if calendar.failures > self._failures:
            self.problems[calendar.problem.name if calendar.problem else "nothing told"] += 1
            if calendar.problem is None:
                self._say("a check failed and no problem is told")
        self._failures = calendar.failures
        self._shown(state, now)
        for address, seen in state.contacts.items():
            self._contact(address, seen, now)
        planned = calendar.next_check is not None or calendar.checking_since is not None
        if not planned and (calendar.problem is None or calendar.problem.row.retry != "never"):
            self._say("no check is planned, and nothing says why")
        if before is not None and calendar.checks_sent > before.calendar.checks_sent + 1:
            self._say("checks were sent that nobody saw")

    def _read(self, state: State) -> None:
        """A check succeeded: what the client holds is what the calendar held."""
        calendar = state.calendar
        if any("free/busy" in limit for limit in calendar.limits):
            same = _taken(calendar.items) == _taken(self._asked)
        elif not calendar.details:
            same = _times(calendar.items) == _times(self._asked)
        else:
            same = _simple(calendar.items) == _simple(self._asked)
        if not same:
            self._say(f"the client holds {len(calendar.items)} items, the calendar {len(self._asked)} others")

    def _shown(self, state: State, now: datetime) -> None:
        calendar = state.calendar
        text = state.published.presence.text if state.published is not None else ""
        running = [item for item in calendar.items if item.start <= now < item.end]
        busy = [item for item in running if item.show_as is ShowAs.BUSY]
        meeting = any(item.kind is Kind.MEETING for item in busy)
        expected = "In a meeting" if meeting else "Busy" if busy else "Available"
        if text != expected:
            self._say(f"shows {text!r} instead of {expected!r}")
        stale = _stale(calendar.as_of, calendar.failures, now)
        self.stale_states += stale
        if state.published is not None and state.published.stale != stale:
            self._say(f"the stale mark is {state.published.stale} instead of {stale}")
        if stale and calendar.problem is None and not calendar.checking_since:
            self._say("stale without a problem")

    def _contact(self, address: str, seen: Seen, now: datetime) -> None:
        """A contact is shown as the calendar was when it was read, and never as Available."""
        text = seen.presence.text
        if text == "Available":
            self._say("a contact is shown as Available")
        known = self._contacts.get(seen.calendar_as_of) if seen.calendar_as_of is not None else None
        if known is None or address not in known:
            return
        if any(now in (item.start, item.end) for item in known[address]):
            return  # at the very moment one's own news come before those of the contacts
        busy = [i for i in known[address] if i.start <= now < i.end and i.show_as is ShowAs.BUSY]
        possible = {"Busy", "In a meeting"} if busy else {"Free in calendar"}
        if text not in possible and not seen.stale:
            self._say(f"a contact is shown as {text!r} instead of {possible}")
        # At the very moment the news of some contacts come before those of others.
        if seen.valid_until is None or (now != seen.valid_until and seen.stale != (now > seen.valid_until)):
            self._say(f"{address} is marked stale: {seen.stale}, but good until {seen.valid_until}")

    def _say(self, what: str) -> None:
        self.wrong.append(f"{self._now():%d %b %H:%M:%S}, check {self.checks}: {what}")

    # what it costs

    def holds(self) -> None:
        """Hold memory, threads and processes to a bound over those of the first time that one looked."""
        own = os.getpid()
        found = (processes.memory([own]).uss, processes.threads([own]), len(processes.family(own)) - 1)
        self._first = self._first or found
        for what, first, more, now in zip(COSTS, self._first, MORE_AT_MOST, found, strict=True):
            if now > first + more:
                self._say(f"{what}: {now:.0f}, at first {first:.0f}")

    def sample(self, worker: int | None) -> None:
        """Note memory, threads and processes, between two checks."""
        gc.collect()
        own = os.getpid()
        family = processes.family(own)
        self.samples.append(
            Sample(
                self.checks,
                processes.memory([own]).uss,
                processes.memory([worker]).uss if worker in family and worker is not None else 0.0,
                processes.threads([own]),
                len(family) - 1,
            )
        )


def _stale(as_of: datetime | None, failures: int, now: datetime) -> bool:
    if as_of is None:
        return failures > 0
    age = now - as_of
    return age > max(2 * _INTERVAL, timedelta(minutes=5)) or (
        failures > 0 and age > _INTERVAL + timedelta(minutes=30)
    )


def _simple(items: tuple[Item, ...]) -> Simple:
    return frozenset(
        (i.start, i.end, i.show_as, i.kind, i.subject, i.location, i.private, i.all_day) for i in items
    )


def _times(items: tuple[Item, ...]) -> Simple:
    return frozenset((i.start, i.end, i.show_as) for i in items)


def _taken(items: tuple[Item, ...]) -> Simple:
    wanted = (ShowAs.BUSY, ShowAs.TENTATIVE, ShowAs.OOF)
    return frozenset((i.start, i.end, i.show_as) for i in items if i.show_as in wanted)
