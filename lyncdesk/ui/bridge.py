"""Between Qt's thread and the client's loop: one background thread, one queued signal.

The thread owns an asyncio loop and makes the session there. States are handed over latest-only: however many
come while Qt is busy, Qt sees the last. After :meth:`Bridge.stop` nothing arrives any more.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any, ParamSpec, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal

from lyncdesk.client.events import Event
from lyncdesk.client.session import Session
from lyncdesk.client.state import State

P = ParamSpec("P")
T = TypeVar("T")

STOP_SECONDS = 4.0
_LAST_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Call:
    """A coroutine under way on the client's loop. After :meth:`cancel` neither callback is called."""

    def __init__(self, cancel_task: Callable[[Call], None]) -> None:
        self.cancelled = False
        self._cancel_task = cancel_task

    def cancel(self) -> None:
        """End it. Harmless when it has ended."""
        if not self.cancelled:
            self.cancelled = True
            self._cancel_task(self)


class Bridge(QObject):
    """Owns the background thread and the session in it.

    ``state_changed(State)`` comes on Qt's thread; ``ready()`` once the session exists, ``failed(exception)``
    instead when it could not be made. ``post``, ``call`` and ``relay`` are for Qt's thread; events posted
    before the session exists wait for it.
    """

    state_changed = Signal(object)
    ready = Signal()
    failed = Signal(object)
    _arrived = Signal()

    def __init__(self, make_session: Callable[[], Session], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_session = make_session
        self._session: Session | None = None
        self._state: State | None = None
        self._lock = threading.Lock()
        self._inbox: deque[Callable[[], None]] = deque()
        self._newest: State | None = None
        self._on_the_way = False
        self._stopped = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._early: list[Callable[[], None]] = []
        self._end: asyncio.Event | None = None
        self._main: asyncio.Task[None] | None = None
        self._tasks: dict[Call, asyncio.Task[None]] = {}
        self._thread: threading.Thread | None = None
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    # --- Qt's side

    @property
    def session(self) -> Session:
        """The session. Raises RuntimeError before ``ready``."""
        if self._session is None:
            raise RuntimeError("the session is not there yet; wait for Bridge.ready")
        return self._session

    @property
    def is_ready(self) -> bool:
        """Whether the session exists."""
        return self._session is not None

    @property
    def state(self) -> State | None:
        """The State that came last, None before the first."""
        return self._state

    def now(self) -> datetime:
        """The time of the client's world."""
        return self.session.now()

    def start(self) -> None:
        """Start the thread; the session is made in it."""
        self._thread = threading.Thread(target=self._run, name="lyncdesk-client", daemon=True)
        self._thread.start()

    def post(self, event: Event) -> None:
        """Give the client an event."""
        self._soon(lambda: self.session.post(event))

    def call(
        self,
        function: Callable[..., Coroutine[Any, Any, T]],
        *args: object,
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        **kwargs: object,
    ) -> Call:
        """Run ``function(*args)`` on the client's loop; ``done(result)`` or ``failed(error)`` come on Qt's.

        An error that nobody asked for goes to the log.
        """
        call = Call(self._cancel)

        def answer(work: Callable[[], None]) -> None:
            self._to_qt(lambda: None if call.cancelled else work())

        async def run() -> None:
            try:
                result = await function(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked has to hear of it
                if failed is None:
                    name = getattr(function, "__qualname__", repr(function))
                    _log.error("%s failed", name, exc_info=error)
                else:
                    answer(partial(failed, error))
            else:
                if done is not None:
                    answer(partial(done, result))

        def begin() -> None:
            if not call.cancelled:
                task = asyncio.ensure_future(run())
                self._tasks[call] = task
                task.add_done_callback(lambda _: self._tasks.pop(call, None))

        self._soon(begin)
        return call

    def work_out(
        self,
        make: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> Call:
        """Compute something on the client's thread that would stall Qt's; ``done(result)`` comes on Qt's."""

        async def run() -> T:
            return make()

        return self.call(run, done=done, failed=failed)

    def relay(self, callback: Callable[P, None]) -> Callable[P, None]:
        """A stand-in for ``callback`` that may be called on the client's loop and acts on Qt's thread."""

        def relayed(*args: P.args, **kwargs: P.kwargs) -> None:
            self._to_qt(lambda: callback(*args, **kwargs))

        return relayed

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """End the session and the thread; nothing arrives afterwards. Idempotent.

        Waits ``seconds`` at most, then a second more for what had to be cancelled. Returns whether the thread
        ended; one that did not can do no harm but to hold its resources until the process ends.
        """
        with self._lock:
            self._stopped = True
            self._inbox.clear()
            self._newest = None
        QCoreApplication.removePostedEvents(self, QEvent.Type.MetaCall.value)
        thread = self._thread
        if thread is None:
            return True
        self._wake(self._set_end)
        thread.join(seconds)
        if thread.is_alive():
            _log.warning("The client did not end within %g s; its work is cancelled.", seconds)
            self._wake(self._cancel_main)
            thread.join(_LAST_SECONDS)
        if thread.is_alive():
            _log.error("The client's thread does not end; it is left behind.")
            return False
        self._thread = None
        return True

    def _deliver(self) -> None:
        with self._lock:
            state, self._newest = self._newest, None
            work, self._inbox = self._inbox, deque()
            self._on_the_way = False
        if self._stopped:
            return
        try:
            if state is not None:
                self._state = state
                self.state_changed.emit(state)
            while work and not self._stopped:
                work.popleft()()
        finally:
            # A callback that raised must not take the others with it.
            if work and not self._stopped:
                with self._lock:
                    self._inbox.extendleft(reversed(work))
                self._announce()

    # --- any thread

    def _to_qt(self, work: Callable[[], None]) -> None:
        with self._lock:
            if self._stopped:
                return
            self._inbox.append(work)
        self._announce()

    def _announce(self) -> None:
        with self._lock:
            if self._on_the_way or self._stopped:
                return
            self._on_the_way = True
        self._arrived.emit()

    def _soon(self, work: Callable[[], None]) -> None:
        """Run on the loop, after all that was given before; dropped after the end."""
        with self._lock:
            if self._stopped:
                return
            if self._loop is None:
                self._early.append(work)
                return
        self._wake(work)

    def _wake(self, work: Callable[[], None]) -> None:
        with self._lock:
            loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(work)
            except RuntimeError:
                _log.debug("the client's loop has ended")

    def _cancel(self, call: Call) -> None:
        def cancel() -> None:
            if task := self._tasks.get(call):
                task.cancel()

        self._soon(cancel)

    # --- the loop's thread

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._live())
        except asyncio.CancelledError:
            _log.debug("the client was cancelled")
        except Exception as error:  # noqa: BLE001 - told on the screen, with the log for the rest
            _log.exception("The client could not go on")
            self._to_qt(partial(self.failed.emit, error))
        finally:
            with self._lock:
                self._loop = None

    async def _live(self) -> None:
        self._main = asyncio.current_task()
        self._end = asyncio.Event()
        session = self._session = self._make_session()
        try:
            session.start(self._on_state)
            self._to_qt(self.ready.emit)
            with self._lock:
                self._loop = asyncio.get_running_loop()
                early, self._early = self._early, []
                stopped = self._stopped
            if not stopped:
                for work in early:
                    work()
                await self._end.wait()
        finally:
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await session.stop()

    def _on_state(self, state: State) -> None:
        with self._lock:
            if self._stopped:
                return
            self._newest = state
        self._announce()

    def _set_end(self) -> None:
        if self._end is not None:
            self._end.set()

    def _cancel_main(self) -> None:
        if self._main is not None:
            self._main.cancel()
