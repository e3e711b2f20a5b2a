"""Runs the engine: the inbox, the timer, the effects, and the owner of every task of one client.

One :class:`Runtime` is one signed-in person. It never decides; :func:`lyncdesk.client.engine.step` does.
Everything
runs on one asyncio loop; ``post`` is for that loop (other threads use ``call_soon_threadsafe``).
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from lyncdesk.client import events as ev
from lyncdesk.client.engine import next_wake, step
from lyncdesk.client.options import Options
from lyncdesk.client.ports import (
    CalendarSource,
    Clock,
    ContactsAnswer,
    ContactSource,
    Pool,
    ProblemError,
    RightNotGivenError,
)
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import State
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.publication import Seen

log = logging.getLogger(__name__)


def _what(error: BaseException) -> str:
    """The kind of an error and where it arose; its own words may hold a subject, so they are not told."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"{type(error).__name__} at {where}"


@contextmanager
def _told(doing: str, thing: object) -> Iterator[None]:
    """Log what goes wrong within, and go on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the fence around one event
        log.error("could not %s %s: %s", doing, type(thing).__name__, _what(error))


# What is asked of a server and answered by an event, and how the log calls it.
_Question = ev.FetchCalendar | ev.ChangeShowAs | ev.ReadContacts | ev.GiveRight
_ASKED: dict[type[_Question], str] = {
    ev.FetchCalendar: "calendar check",
    ev.ChangeShowAs: "change of the calendar",
    ev.ReadContacts: "read of the contacts",
    ev.GiveRight: "change of a permission",
}


def _failure(effect: _Question, problem: Problem, back_off: timedelta | None = None) -> ev.Event:
    match effect:
        case ev.FetchCalendar(started):
            return ev.CheckFailed(started, problem, back_off)
        case ev.ChangeShowAs(number):
            return ev.ShowAsNotWritten(number, problem, back_off)
        case ev.ReadContacts(asked):
            return ev.ContactsFailed(asked.started, problem, back_off)
        case ev.GiveRight(number):
            return ev.RightNotGiven(number, problem, back_off)


# How many seconds the end of the program waits for what is being written: nobody would tell the person
# any more that it was not.
_LAST_WRITE: Final = 2.0
Remembers = Callable[[Options, Manual | None], None]


class Runtime:
    """One client. ``on_state`` is called with each new State; ``remember`` writes what outlives the program.

    ``hold`` is entered while the calendar is asked or changed: in virtual time it keeps time from moving
    meanwhile. ``contacts`` is there where the pool's contacts have to be asked for.
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
        self._source = source
        self._pool = pool
        self._clock = clock
        self._remember = remember
        self._on_state = on_state
        self._hold = hold
        self._contacts = contacts
        self._inbox: asyncio.Queue[ev.Event] = asyncio.Queue()
        self._outbox: asyncio.Queue[ev.Effect] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writes: set[asyncio.Task[None]] = set()
        self._pool_problems: set[str] = set()
        self._wake_at: datetime | None = None
        self._timer: asyncio.Task[None] | None = None
        self._running = False

    def start(self) -> None:
        """Begin on the running loop. Idempotent."""
        if not self._running:
            self._running = True
            self._begin(self._run())
            self._begin(self._deliver())

    def post(self, event: ev.Event) -> None:
        """Give the client an event; it is applied in order, at the clock's time when its turn comes."""
        self._inbox.put_nowait(event)

    def use_source(self, source: CalendarSource) -> CalendarSource:
        """Read the calendar from ``source`` from the next check on; returns the old one, for its owner
        to close.
        """
        old, self._source = self._source, source
        return old

    def settle(self) -> None:
        """Apply at once what has been posted, in order; the State is then as new as it can be.

        Not to be called by what is told of a State: that is within an event.
        """
        while not self._inbox.empty():
            event = self._inbox.get_nowait()
            try:
                self._apply(event)
            finally:
                self._inbox.task_done()

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
        if self._writes:
            await asyncio.wait(self._writes, timeout=_LAST_WRITE)
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

    def _carry_out(self, effect: ev.Effect) -> None:
        match effect:
            case ev.FetchCalendar() | ev.ChangeShowAs() | ev.ReadContacts() | ev.GiveRight():
                held = ExitStack()
                held.enter_context(self._hold())
                # Not within the task: one that is cancelled before its first step runs nothing at all.
                task = self._spawn(self._ask(effect))
                task.add_done_callback(lambda _: held.close())
                if isinstance(effect, ev.ChangeShowAs | ev.GiveRight):
                    self._writes.add(task)
                    task.add_done_callback(self._writes.discard)
            case ev.ForgetContacts():
                if self._contacts is not None:
                    self._contacts.forget()
            case ev.ReckonContacts():
                if self._contacts is not None:
                    self._contacts.clock_set()
            case ev.Remember():
                self._remember(effect.options, effect.manual)
            case _:
                self._outbox.put_nowait(effect)

    async def _ask(self, effect: _Question) -> None:
        self.post(await self._answer(effect))
        await self._inbox.join()  # what holds the time meanwhile lasts until the answer has been applied

    async def _answer(self, effect: _Question) -> ev.Event:
        """What the source makes of it; whatever goes wrong there is a failure like any other."""
        try:
            return await self._done(effect)
        except ProblemError as error:
            return _failure(effect, error.problem, error.back_off)
        except asyncio.CancelledError:
            if not self._running:
                raise
            # The source was closed under it. Without an answer no other check would ever be sent.
            return _failure(effect, Problem.of("worker-failed", code="the connection was closed"))
        except Exception as error:  # noqa: BLE001 - an adapter's mistake is a failure like any other
            log.error("a %s ended in an unexpected error: %s", _ASKED[type(effect)], _what(error))
            return _failure(effect, Problem.of("worker-failed", code="unexpected error"))

    async def _done(self, effect: _Question) -> ev.Event:
        match effect:
            case ev.FetchCalendar(started, window, next_due_in):
                return ev.CalendarChecked(started, await self._source.fetch(window, next_due_in))
            case ev.ChangeShowAs(number, key, show_as, series):
                written = await self._source.change_show_as(key, show_as, series=series)
                return ev.ShowAsWritten(number, written)
            case ev.ReadContacts(asked):
                await self._outbox.join()  # only who has joined the pool has contacts to be read
                answer = await self._contacts.read(asked) if self._contacts is not None else ContactsAnswer()
                return ev.ContactsRead(asked.started, answer)
            case ev.GiveRight():
                return await self._give(effect)

    async def _give(self, effect: ev.GiveRight) -> ev.Event:
        if self._contacts is None:
            raise RuntimeError("nobody takes permissions here")
        try:
            rights = await self._contacts.give(effect.address, effect.right, effect.expected)
        except RightNotGivenError as error:
            return ev.RightNotGiven(effect.number, error.problem, error.back_off, error.rights)
        return ev.RightGiven(effect.number, rights)

    async def _deliver(self) -> None:
        """Pool effects, one after the other, so that a publication never overtakes an older one."""
        while True:
            effect = await self._outbox.get()
            try:
                with _told("hand to the pool", effect):
                    await self._deliver_one(effect)
            finally:
                self._outbox.task_done()

    async def _deliver_one(self, effect: ev.Effect) -> None:
        match effect:
            case ev.JoinPool(contacts):
                await self._pool_does(self._pool.sign_in(self.state.profile.address, self._seen))
                for problem in await self._pool.follow(contacts):
                    self.post(ev.ProblemFound(problem))
            case ev.Publish(publication, gives):
                await self._pool_does(self._pool.publish(publication, gives))
            case ev.Withdraw():
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
