"""Qt's end of the way to the client: its words are delivered on Qt's thread, by one queued signal.

States are handed over latest-only: however many come while Qt is busy, Qt sees the last. After
:meth:`Bridge.stop` nothing arrives any more. The other end is :mod:`lyncdesk.ui.client_thread`.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal

from lyncdesk.client.events import Event
from lyncdesk.client.session import Seat, Session
from lyncdesk.client.state import State
from lyncdesk.ui.client_thread import ClientThread

P = ParamSpec("P")
T = TypeVar("T")

STOP_SECONDS = 4.0
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


class Client(Protocol):
    """Where a seat lives: its loop, on a thread of its own. See :class:`ClientThread`."""

    def seat(self) -> Seat | None:
        """The seat, once it exists."""

    def start(self) -> None:
        """Begin."""

    def soon(self, work: Callable[[], None]) -> None:
        """Call this on the loop."""

    def begin(self, key: object, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run this on the loop, known by ``key``."""

    def cancel(self, key: object) -> None:
        """End what was begun by this key."""

    def stop(self, seconds: float) -> bool:
        """End."""


class SeatBridge(QObject):
    """Qt's end of the way to one seat, whosever it is.

    ``state_changed(State)`` comes on Qt's thread. ``post``, ``call`` and ``relay`` are for Qt's thread;
    events posted before the seat exists wait for it.
    """

    state_changed = Signal(object)
    _arrived = Signal()
    _client: Client

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state: State | None = None
        self._lock = threading.Lock()
        self._inbox: deque[Callable[[], None]] = deque()
        self._newest: State | None = None
        self._on_the_way = False
        self._stopped = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    # --- Qt's thread

    @property
    def seat(self) -> Seat:
        """The seat. Raises RuntimeError before it exists."""
        seat = self._client.seat()
        if seat is None:
            raise RuntimeError("the session is not there yet; wait for Bridge.ready")
        return seat

    @property
    def is_ready(self) -> bool:
        """Whether the seat exists."""
        return self._client.seat() is not None

    @property
    def state(self) -> State | None:
        """The State that came last, None before the first."""
        return self._state

    def now(self) -> datetime:
        """The time of the client's world."""
        return self.seat.now()

    def start(self) -> None:
        """Begin."""
        self._client.start()

    def post(self, event: Event) -> None:
        """Give the client an event."""
        self._client.soon(lambda: self.seat.post(event))

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
        call = Call(self._client.cancel)

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

        self._client.begin(call, run)
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
        return self._client.stop(seconds)

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

    def _on_state(self, state: State) -> None:
        with self._lock:
            if self._stopped:
                return
            self._newest = state
        self._announce()


class Bridge(SeatBridge):
    """The way to the person's own client: owns the background thread and the session in it.

    ``ready()`` comes once the session exists, ``failed(exception)`` instead when it could not be made.
    """

    ready = Signal()
    failed = Signal(object)

    def __init__(self, make_session: Callable[[], Session], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = self._thread = ClientThread(
            make_session,
            on_state=self._on_state,
            on_ready=self.relay(self.ready.emit),
            on_failed=self.relay(self.failed.emit),
        )

    @property
    def seat(self) -> Seat:
        """The session."""
        return self.session

    @property
    def session(self) -> Session:
        """The session. Raises RuntimeError before ``ready``."""
        session = self._thread.session
        if session is None:
            raise RuntimeError("the session is not there yet; wait for Bridge.ready")
        return session

    @property
    def thread_of_client(self) -> ClientThread:
        """The thread, for what lives on its loop beside the session."""
        return self._thread
