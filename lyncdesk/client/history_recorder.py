"""Keeps the local history of one client, if the person wants one: what was shown, when, and why.

Each change is kept at once. A sign of life now and then tells how long it lasted, so that a client that was
killed is not told as one that showed the same for ever.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

from lyncdesk.client import events as ev
from lyncdesk.client.history import (
    HEARTBEAT,
    Alive,
    Began,
    Checked,
    Ended,
    Entry,
    Past,
    Shown,
    Stopped,
    shown_at,
)
from lyncdesk.client.ports import HistoryStore, ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import CheckRecord, State
from lyncdesk.presence.publication import person

if TYPE_CHECKING:
    from lyncdesk.client.parts import Parts

T = TypeVar("T")

# What waits for a disk that does not take it; beyond that the oldest is lost.
_MOST_WAITING: Final = 1000
_LAST_SECONDS: Final = 1.0


class Recorder:
    """The history of one client; it owns its store, and two tasks while a history is kept.

    ``state`` is the client's State as it is; ``post`` gives it an event.
    """

    def __init__(self, parts: Parts, state: Callable[[], State], post: Callable[[ev.Event], None]) -> None:
        self._parts = parts
        self._state = state
        self._post = post
        self._store: HistoryStore | None = None
        self._account = ""  # whose history is being kept, "" = nobody's
        self._before: State | None = None
        self._shown: Shown | None = None
        self._checks: tuple[CheckRecord, ...] = ()
        self._waiting: deque[tuple[str, Entry]] = deque(maxlen=_MOST_WAITING)
        self._wanted = asyncio.Event()
        self._lock = asyncio.Lock()
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._failing = False

    # what happens

    def changed(self, state: State) -> None:
        """A new State is shown. Costs nothing while no history is kept."""
        account = person(state.options.account.address) if state.options.keep_history else ""
        if self._parts.history is None or account == self._account == "":
            return
        now = self._parts.clock.now()
        if account != self._account:
            self._turn_to(account, now)
        if not account or (self._shown is None and not state.signed_in):
            return  # at the start nobody is signed in yet, for a moment
        if self._before is None or not _says_the_same(self._before, state, now):
            self._before = state
            self._note_checks(state)
            shown = shown_at(state, now)
            if shown != self._shown:
                self._shown = shown
                self._note(Began(now, shown))

    def _turn_to(self, account: str, now: datetime) -> None:
        if self._account:
            self._note(Stopped(now, Ended.OFF))
        self._account = account
        self._before = self._shown = None
        self._checks = ()
        if account and not self._tasks:
            make = asyncio.get_running_loop().create_task
            self._tasks = (make(self._write()), make(self._beat()))

    def _note_checks(self, state: State) -> None:
        as_of, checks = state.calendar.as_of, state.calendar.history
        if self._shown is None:
            # Earlier checks are not its business, but that the calendar was read is.
            if as_of is not None:
                self._note(Checked(as_of))
        elif checks is not self._checks:
            for check in checks:
                if check not in self._checks and check.used:
                    self._note(Checked(check.started, check.problem))
        self._checks = checks

    def _note(self, entry: Entry) -> None:
        last = self._waiting[-1] if self._waiting else None
        if isinstance(entry, Alive) and last is not None and isinstance(last[1], Alive):
            self._waiting.pop()
        self._waiting.append((self._account, entry))
        self._wanted.set()

    # keeping it

    async def _write(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._flush()
            if not self._account:
                # What could not be kept until then is not tried for ever: no history is wanted any more.
                self._waiting.clear()
                self._kept()
                self._tasks[1].cancel()
                self._tasks = ()
                await self._close()
                return

    async def _beat(self) -> None:
        while True:
            await self._parts.wait(HEARTBEAT.total_seconds())  # real ones
            if self._shown is not None:
                self._note(Alive(self._parts.clock.now()))
            self._wanted.set()

    async def _flush(self) -> None:
        """Have everything kept that waits for it; what could not be waits for the next sign of life."""
        async with self._lock:
            while self._waiting:
                account = self._waiting[0][0]
                entries = []
                while self._waiting and self._waiting[0][0] == account:
                    entries.append(self._waiting.popleft()[1])
                try:
                    problems = await self._opened().keep(account, entries)
                except ProblemError as error:
                    self._waiting.extendleft((account, entry) for entry in reversed(entries))
                    self._tell(error.problem)
                    return
                self._kept()
                for problem in problems:
                    self._post(ev.ProblemFound(problem))

    def _kept(self) -> None:
        if self._failing:
            self._failing = False
            self._post(ev.ProblemGone("history-not-kept"))

    def _tell(self, problem: Problem) -> None:
        if not self._failing:
            self._failing = True
            self._post(ev.ProblemFound(problem))

    def _opened(self) -> HistoryStore:
        if self._store is None:
            if self._parts.history is None:
                raise RuntimeError("this client has no place for a history")
            self._store = self._parts.history()
        return self._store

    async def _close(self) -> None:
        async with self._lock:
            store, self._store = self._store, None
            if store is not None:
                await store.close()

    # what is asked for

    async def past(self, start: datetime, end: datetime) -> Past:
        """What is kept of this time, what is shown now included.

        Raises:
            ProblemError: it cannot be read.
        """
        account = person(self._state().options.account.address)
        if self._parts.history is None or not account:
            return Past()
        if self._shown is not None:
            self._note(Alive(self._parts.clock.now()))
            await self._flush()
        return await self._with_store(lambda store: store.read(account, start, end))

    async def delete(self) -> Problem | None:
        """Delete all of it. What is shown now is kept from here on, if a history is."""
        return await self._forget(None)

    async def forget(self, account: str) -> Problem | None:
        """Delete what is kept of an account."""
        return await self._forget(person(account))

    async def _forget(self, account: str | None) -> Problem | None:
        if self._parts.history is None or account == "":
            return None
        await self._flush()  # or it would come after
        async with self._lock:
            self._waiting.clear()
        try:
            await self._with_store(lambda store: store.forget(account))
        except ProblemError as error:
            return error.problem
        if self._shown is not None:
            self._note(Alive(self._parts.clock.now()))
        for name in ("history-broken", "history-not-deleted"):
            self._post(ev.ProblemGone(name))
        return None

    async def _with_store(self, work: Callable[[HistoryStore], Awaitable[T]]) -> T:
        try:
            return await work(self._opened())
        finally:
            if not self._tasks:
                await self._close()

    async def stop(self) -> None:
        """The program ends: keep that, and let go of everything. Idempotent."""
        tasks, self._tasks = self._tasks, ()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._shown is not None:
            self._note(Stopped(self._parts.clock.now()))
            self._shown = None
        self._account = ""
        try:
            async with asyncio.timeout(_LAST_SECONDS):
                await self._flush()
        except TimeoutError:
            self._waiting.clear()
        await self._close()


def _says_the_same(before: State, state: State, now: datetime) -> bool:
    """Whether a State shows for certain what the one before it showed: nothing of one's own has changed, and
    time alone changes nothing yet.
    """
    return (
        before.calendar is state.calendar
        and before.options is state.options
        and before.manual is state.manual
        and before.machines is state.machines
        and before.problems is state.problems
        and before.signed_in is state.signed_in
        and before.reset_waiting is state.reset_waiting
        and before.reading.problem is state.reading.problem
        and before.quiet_until is not None
        and now < before.quiet_until
    )
