"""The client's thread: an asyncio loop, and the session that lives on it. It knows nothing of Qt."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from lyncdesk.client.session import Session
from lyncdesk.client.state import State

_LAST_SECONDS = 1.0
_log = logging.getLogger(__name__)


class ClientThread:
    """Owns the thread, the session and what is under way on its loop.

    ``on_state``, ``on_ready`` and ``on_failed`` are called on that thread, the methods by any other. What
    is given before the session exists waits for it, and what is given after the end is dropped.
    """

    def __init__(
        self,
        make_session: Callable[[], Session],
        on_state: Callable[[State], None],
        on_ready: Callable[[], None],
        on_failed: Callable[[Exception], None],
    ) -> None:
        self.session: Session | None = None
        self._make_session = make_session
        self._on_state = on_state
        self._on_ready = on_ready
        self._on_failed = on_failed
        self._lock = threading.Lock()
        self._stopped = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._early: list[Callable[[], None]] = []
        self._end = asyncio.Event()
        self._main: asyncio.Task[None] | None = None
        self._tasks: dict[object, asyncio.Task[None]] = {}
        self._thread: threading.Thread | None = None

    def seat(self) -> Session | None:
        """The session, once it exists."""
        return self.session

    def start(self) -> None:
        """Start the thread; the session is made in it."""
        self._thread = threading.Thread(target=self._run, name="lyncdesk-client", daemon=True)
        self._thread.start()

    def soon(self, work: Callable[[], None]) -> None:
        """Call this on the loop, after all that was given before."""
        with self._lock:
            if self._stopped:
                return
            if self._loop is None:
                self._early.append(work)
                return
        self._wake(work)

    def begin(self, key: object, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run this on the loop as a task of its own, known by ``key``; it is to catch its own errors."""

        def make_task() -> None:
            task = asyncio.ensure_future(work())
            self._tasks[key] = task
            task.add_done_callback(lambda _: self._tasks.pop(key, None))

        self.soon(make_task)

    def cancel(self, key: object) -> None:
        """End what was begun by this key. Harmless when it has ended."""

        def cancel() -> None:
            if task := self._tasks.get(key):
                task.cancel()

        self.soon(cancel)

    def stop(self, seconds: float) -> bool:
        """End the session and the thread; see :meth:`lyncdesk.ui.bridge.Bridge.stop`. Idempotent."""
        with self._lock:
            self._stopped = True
        thread = self._thread
        if thread is None:
            return True
        self._wake(self._end.set)
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

    def _wake(self, work: Callable[[], None]) -> None:
        with self._lock:
            loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(work)
            except RuntimeError:
                _log.debug("the client's loop has ended")

    # --- on the loop's thread

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._live())
        except asyncio.CancelledError:
            _log.debug("the client was cancelled")
        except Exception as error:  # noqa: BLE001 - told on the screen, with the log for the rest
            _log.exception("The client could not go on")
            self._on_failed(error)
        finally:
            with self._lock:
                self._loop = None

    async def _live(self) -> None:
        self._main = asyncio.current_task()
        session = self.session = self._make_session()
        try:
            session.start(self._on_state)
            self._on_ready()
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

    def _cancel_main(self) -> None:
        if self._main is not None:
            self._main.cancel()
