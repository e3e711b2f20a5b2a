"""The world of the soak: a calendar that changes, a server that fails at random, a worker that is struck.

Everything random comes from one seeded generator, so that a run can be repeated.
"""

from __future__ import annotations

import os
import random
import signal
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from lyncdesk.exchange_server import FAULTS, Entry, Exchange, Pattern, Recurrence
from lyncdesk.exchange_server.core import Answer, Core, Counters
from lyncdesk.exchange_server.fault import Fault
from lyncdesk.exchange_server.sharing import Sharing
from lyncdesk.exchange_server.store import Store
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.simulation.mailboxes import entry_of, items_between
from tests.benchmarks import processes
from tests.exchange.server.wire import SCHEMAS, schema, violations
from tests.ports import kept

ADDRESS = "anna@soak.example"
ZONE = "Europe/Berlin"
BEGINS = datetime(2026, 3, 2, 7, tzinfo=UTC)
_LINGERING = ("half-open", "slow", "endless")
# The answer does not come, or not to its end: each of these costs real seconds, so they come seldom.
SLOW = tuple(sorted(fault.name for fault in FAULTS if fault.silent or fault.manner in _LINGERING))
QUICK = tuple(sorted({fault.name for fault in FAULTS} - {*SLOW}))
_MOST_ITEMS = 40
# More than fit into one request, and one of them has no mailbox.
COLLEAGUES = tuple(f"colleague{number}@soak.example" for number in range(110))
NOBODY = "nobody@soak.example"


class JudgedCore(Core):
    """Answers as ever, and the schemas look over its shoulder: ``found`` is what they have against what it is
    asked, and against what it answers where it is not made to fail.
    """

    def __init__(self, store: Store, counters: Counters) -> None:
        super().__init__(store, counters)
        self.found: list[str] = []

    def handle(self, user: str, request: bytes, fault: Fault | None = None) -> Answer:
        """See the base class."""
        answer = super().handle(user, request, fault)
        judged = {"request": request} if fault else {"request": request, "answer": answer.body}
        self.found += [f"{what}: {problem}" for what, text in judged.items() for problem in violations(text)]
        return answer


class WatchedExchange(Exchange):
    """The embedded Exchange; ``most_at_once`` tells how many calendar readings it ever answered at once,
    ``found`` what the schemas have against what was said.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        if SCHEMAS.is_dir():
            schema()  # takes memory, and that once
        self._core = core = JudgedCore(self.store, self.counters)
        self.found = core.found
        self._counting = Lock()
        self._reading = 0
        self.most_at_once = 0

    def answer(self, user: str, request: bytes) -> Answer | None:
        """See the base class."""
        reads = b"<m:FindItem" in request
        with self._counting:
            self._reading += reads
            self.most_at_once = max(self.most_at_once, self._reading)
        try:
            return super().answer(user, request)
        finally:
            with self._counting:
                self._reading -= reads


class SoakWorld:
    """Server, calendar and password, and what becomes of them. ``happened`` counts what was done to whom."""

    def __init__(self, seed: int, now: Callable[[], datetime]) -> None:
        self.random = random.Random(seed)
        self._now = now
        self.exchange = WatchedExchange(now)
        self.password = "the first right password"
        self.happened: Counter[str] = Counter()
        self._singles: list[str] = []
        self._keeper: socket.socket | None = None  # of the port while the server is away
        self._port = 0
        self.exchange.add_person(ADDRESS, self.password, name="Anna", zone=ZONE)
        begins = BEGINS.replace(hour=9) - timedelta(days=7)
        days = Pattern("weekly", 1, ("Monday", "Wednesday", "Friday"), first_day="Monday")
        stand_up = Entry("Stand-up", begins, begins + timedelta(minutes=30), meeting=True, zone=ZONE)
        series = replace(stand_up, recurrence=Recurrence(days, begins.date()))
        self.exchange.add_entry(ADDRESS, series)
        for _ in range(_MOST_ITEMS // 2):
            self._add()
        self._meetings: dict[str, str] = {}
        for number, address in enumerate(COLLEAGUES):
            level: Sharing = "FreeBusyTimeAndSubjectAndLocation" if number % 2 else "FreeBusyTimeOnly"
            self.exchange.add_person(address, "their own", name=f"Colleague {number}", sharing=level)
            self._meetings[address] = self._meet(address)
        self.url = self._start()

    def _start(self) -> str:
        url = self.exchange.start(self._port)
        self._port = int(url.rpartition(":")[2].partition("/")[0])
        return url

    def stop(self) -> None:
        """End the server."""
        self.exchange.stop()
        if self._keeper is not None:
            self._keeper.close()

    def truth(self, start: datetime, end: datetime) -> tuple[Item, ...]:
        """What the calendar holds, from the server's own store and not over the wire."""
        return items_between(self.exchange, ADDRESS, start, end)

    def colleagues(self, start: datetime, end: datetime) -> dict[str, tuple[Item, ...]]:
        """What the colleagues' calendars hold, from the server's own store."""
        return {address: items_between(self.exchange, address, start, end) for address in COLLEAGUES}

    # what happens

    def happens(self, worker: int | None) -> None:
        """Something, or nothing, happens to the calendar, the server, or the worker process."""
        for _ in range(self.random.randrange(3)):
            self.random.choice((self._add, self._remove))()
        address = self.random.choice(COLLEAGUES)
        self.exchange.remove_entry(address, self._meetings[address])
        self._meetings[address] = self._meet(address)
        kind = self.random.random()
        if kind < 0.30:
            self._fail(self.random.choice(QUICK))
        elif kind < 0.304 and SLOW:
            self._fail(self.random.choice(SLOW), times=1)
        elif kind < 0.34:
            self._away()
        elif kind < 0.37:
            self._strike(worker, signal.SIGKILL)
        elif kind < 0.373:
            self._strike(worker, signal.SIGSTOP)
        elif kind < 0.38:
            self._new_password()
        else:
            self._all_is_well()

    def _all_is_well(self) -> None:
        self.exchange.faults.clear()
        if self._keeper is not None:
            self._start()
            self._keeper.close()
            self._keeper = None

    def _fail(self, name: str, times: int | None = None) -> None:
        self.happened[name] += 1
        self.exchange.faults.set(name, times=times or self.random.randint(1, 4))

    def _away(self) -> None:
        """The server is not there, until all is well again."""
        self.happened["server away"] += 1
        self.exchange.stop()
        if self._keeper is None:
            self._keeper = kept(self._port)

    def _strike(self, worker: int | None, how: signal.Signals) -> None:
        """The worker process ends, or stops doing anything, whatever it was about."""
        if worker is not None and worker in processes.family(os.getpid()):  # and is nobody else by now
            self.happened[f"worker {how.name}"] += 1
            with suppress(ProcessLookupError):
                os.kill(worker, how)

    def _new_password(self) -> None:
        """The administrator's rule: a new one, which the client does not know."""
        self.happened["new password"] += 1
        self.password = f"right password {self.random.random()}"
        self.exchange.store.change_mailbox(ADDRESS, lambda mailbox: replace(mailbox, password=self.password))

    def _add(self) -> None:
        if len(self._singles) >= _MOST_ITEMS:
            self._remove()
        entry = self.exchange.add_entry(ADDRESS, entry_of(self._item(), ZONE))
        self._singles.append(entry.key)

    def _remove(self) -> None:
        if self._singles:
            self.exchange.remove_entry(ADDRESS, self._singles.pop(self.random.randrange(len(self._singles))))

    def _meet(self, address: str) -> str:
        return self.exchange.add_entry(address, entry_of(self._item(), ZONE)).key

    def _item(self) -> Item:
        choose = self.random
        start = self._now().replace(second=0, microsecond=0) + timedelta(minutes=choose.randint(-600, 1800))
        return Item(
            start,
            start + timedelta(minutes=choose.choice((15, 30, 60, 150))),
            choose.choice(tuple(ShowAs)),
            choose.choice((Kind.APPOINTMENT, Kind.MEETING)),
            f"subject {choose.random()}",
            choose.choice(("", "Room 4")),
            choose.random() < 0.2,
        )
