"""Runs the engine: the inbox, the timer, the effects, and the owner of every task of one client.

One :class:`Runtime` is one signed-in person. It never decides; :func:`lyncdesk.client.engine.step` does.
Everything
runs on one asyncio loop; ``post`` is for that loop (other threads use ``call_soon_threadsafe``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import datetime
from typing import Final

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.asking import Asking, Question, what
from lyncdesk.client.day_log import DayLog
from lyncdesk.client.engine import next_wake, step
from lyncdesk.client.options import Options
from lyncdesk.client.ports import (
    CalendarSource,
    Clock,
    ContactSource,
    Pool,
    ProblemError,
)
from lyncdesk.client.state import State
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.publication import Seen

log = logging.getLogger(__name__)


@contextmanager
def _told(doing: str, thing: object) -> Iterator[None]:
    """Log what goes wrong within, and go on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the fence around one event
        log.error("could not %s %s: %s", doing, type(thing).__name__, what(error))


# How many seconds the end of the program, or of a source, waits for what is being written: what is cut off
# may have been done or not.
_LAST_WRITE: Final = 2.0
Remembers = Callable[[Options, Manual | None], None]


class Runtime:
    """One client. ``on_state`` is called with each new State; ``remember`` writes what outlives the program.

    ``hold`` is entered while the calendar is asked or changed: in virtual time it keeps time from moving
    meanwhile. ``contacts`` is there where the pool's contacts have to be asked for. ``day`` is what the
    client has been through today.
    """

    def __init__(
        self,
        state: State,
        source: CalendarSource,
        pool: Pool,
        clock: Clock,
        remember: Remembers = lambda _options, _manual: None,
        on_state: Callable[[State], None] = lambda _state: None,
        hold: Callable[[], AbstractContextManager[object]] = nullcontext,
        contacts: ContactSource | None = None,
    ) -> None:
        self.state = state
        self._pool = pool
        self._clock = clock
        self._remember = remember
        self._on_state = on_state
        self._hold = hold
        self._contacts = contacts
        self._inbox: asyncio.Queue[ev.Event] = asyncio.Queue()
        self._outbox: asyncio.Queue[ef.Effect] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writes: set[asyncio.Task[None]] = set()
        self._pool_problems: set[str] = set()
        self._wake_at: datetime | None = None
        self._timer: asyncio.Task[None] | None = None
        self._running = False
        self.day = DayLog()
        self._asking = Asking(source, contacts, self._outbox.join, lambda: self._running)

    def start(self) -> None:
        """Begin on the running loop. Idempotent."""
        if not self._running:
            self._running = True
            self.day.changed(self.state, self._clock.now())
            self._begin(self._run())
            self._begin(self._deliver())

    def post(self, event: ev.Event) -> None:
        """Give the client an event; it is applied in order, at the clock's time when its turn comes."""
        self._inbox.put_nowait(event)

    def use_source(self, source: CalendarSource) -> CalendarSource:
        """Read the calendar from ``source`` from the next check on; returns the old one, for its owner
        to close.
        """
        old, self._asking.source = self._asking.source, source
        return old

    def settle(self) -> None:
        """Apply at once what has been posted, in order; the State is then as new as it can be. Nothing is
        applied any more once the client has ended.

        Not to be called by what is told of a State: that is within an event.
        """
        while self._running and not self._inbox.empty():
            event = self._inbox.get_nowait()
            try:
                self._apply(event)
            finally:
                self._inbox.task_done()

    async def written(self) -> None:
        """Return when what is being written has been, or has had its moment for it."""
        if self._writes:
            await asyncio.wait(self._writes, timeout=_LAST_WRITE)

    async def drained(self) -> None:
        """Return when every posted event has been applied and the pool has all that was published."""
        await self._inbox.join()
        await self._outbox.join()

    async def stop(self) -> None:
        """Withdraw from the pool and end every task; what is being written gets a moment for it.

        Idempotent; nothing is called afterwards.
        """
        if not self._running:
            return
        self._running = False
        await self.written()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        with _told("leave the pool after", self):
            try:
                await self._pool.sign_out()
            except ProblemError as error:
                log.info("the pool could not be left in order: %s", error.problem.name)

    # the heart

    async def _run(self) -> None:
        while True:
            event = await self._inbox.get()
            try:
                self._apply(event)
            finally:
                self._inbox.task_done()

    def _apply(self, event: ev.Event) -> None:
        # What cannot be applied or carried out must not end the client, nor keep the rest from being done:
        # it is told, and the next one comes.
        now = self._clock.now()
        with _told("apply", event):
            self.state, effects = step(self.state, event, now)
            for effect in effects:
                with _told("carry out", effect):
                    self._carry_out(effect)
        with _told("wake up after", event):
            self._set_timer(next_wake(self.state, now))
        with _told("note the day after", event):
            self.day.changed(self.state, now)
        with _told("show the state after", event):
            self._on_state(self.state)

    def _set_timer(self, wake: datetime | None) -> None:
        if wake == self._wake_at and self._timer is not None and not self._timer.done():
            return
        if self._timer is not None:
            self._timer.cancel()
        self._wake_at = wake
        self._timer = self._spawn(self._sleep(wake)) if wake is not None else None

    async def _sleep(self, wake: datetime) -> None:
        while self._clock.now() < wake:
            await self._clock.wait_until(wake)
        self._wake_at = None
        self.post(ev.Tick())

    # effects

    def _carry_out(self, effect: ef.Effect) -> None:
        match effect:
            case ef.FetchCalendar() | ef.ChangeShowAs() | ef.ReadContacts() | ef.GiveRight():
                held = ExitStack()
                held.enter_context(self._hold())
                # Not within the task: one that is cancelled before its first step runs nothing at all.
                task = self._spawn(self._ask(effect))
                task.add_done_callback(lambda _: held.close())
                if isinstance(effect, ef.ChangeShowAs | ef.GiveRight):
                    self._writes.add(task)
                    task.add_done_callback(self._writes.discard)
            case ef.ForgetContacts():
                if self._contacts is not None:
                    self._contacts.forget()
            case ef.ReckonContacts():
                if self._contacts is not None:
                    self._contacts.clock_set()
            case ef.Remember():
                self._remember(effect.options, effect.manual)
            case _:
                self._outbox.put_nowait(effect)

    async def _ask(self, effect: Question) -> None:
        self.post(await self._asking.answer(effect))
        await self._inbox.join()  # what holds the time meanwhile lasts until the answer has been applied

    async def _deliver(self) -> None:
        """Pool effects, one after the other, so that a publication never overtakes an older one."""
        while True:
            effect = await self._outbox.get()
            try:
                with _told("hand to the pool", effect):
                    await self._deliver_one(effect)
            finally:
                self._outbox.task_done()

    async def _deliver_one(self, effect: ef.Effect) -> None:
        match effect:
            case ef.JoinPool(contacts):
                await self._pool_does(self._pool.sign_in(self.state.profile.address, self._seen))
                for problem in await self._pool.follow(contacts):
                    self.post(ev.ProblemFound(problem))
            case ef.Publish(publication, gives):
                await self._pool_does(self._pool.publish(publication, gives))
            case ef.Withdraw():
                await self._pool_does(self._pool.sign_out())

    async def _pool_does(self, work: Awaitable[None]) -> None:
        """Tell what goes wrong, and when it goes well again."""
        try:
            await work
        except ProblemError as error:
            self._pool_problems.add(error.problem.name)
            self.post(ev.ProblemFound(error.problem))
        else:
            while self._pool_problems:
                self.post(ev.ProblemGone(self._pool_problems.pop()))

    def _seen(self, seen: Seen) -> None:
        self.post(ev.ContactSeen(seen))

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        _ = self._spawn(work)

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
