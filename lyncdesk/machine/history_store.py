"""The history on disk: see :class:`lyncdesk.client.ports.HistoryStore`.

One thread owns the file (:mod:`lyncdesk.machine.history_file`), so that a slow disk stops nothing else.
SQLite is loaded in it, and only when there is something to do.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, TypeVar

from lyncdesk.client.history import Entry, Past
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.presence.message import Message

if TYPE_CHECKING:
    from lyncdesk.machine.history_file import HistoryFile

log = logging.getLogger(__name__)
T = TypeVar("T")
# How many seconds the end of the program waits for a disk that does not answer.
_LAST_WRITE: Final = 1.0


class SqliteHistory:
    """The history in ``path``; ``now`` dates what is put aside. Its methods are for one running loop."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._file: HistoryFile | None = None

    async def keep(self, account: str, entries: Sequence[Entry]) -> tuple[Problem, ...]:
        """Keep all of these."""
        kept = tuple(entries)
        return await self._do(lambda file: file.keep(account, kept))

    async def read(self, account: str, start: datetime, end: datetime) -> Past:
        """What is kept of this time."""
        return await self._do(lambda file: file.read(account, start, end))

    async def forget(self, account: str | None = None) -> None:
        """Delete it."""
        await self._do(lambda file: file.forget(account))

    async def close(self) -> None:
        """End the thread."""
        thread = self._thread
        if thread is None:
            return
        try:
            async with asyncio.timeout(_LAST_WRITE):
                await self._do(lambda file: file.close())
        except (TimeoutError, ProblemError):
            log.info("the history was not closed in order")
        self._thread = None
        self._jobs.put(None)
        thread.join(_LAST_WRITE)

    async def _do(self, work: Callable[[HistoryFile], T]) -> T:
        """Do this in the thread, after all that was given before, even where nobody waits for it any more."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def tell(result: T | None, error: BaseException | None) -> None:
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result)  # type: ignore[arg-type]

        def job() -> None:
            result: T | None = None
            failed: BaseException | None = None
            try:
                result = work(self._opened())
            except Exception as error:  # noqa: BLE001 - it is told to the one who asked
                failed = error
            with suppress(RuntimeError):  # the loop has ended, and with it who asked
                loop.call_soon_threadsafe(tell, result, failed)

        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="lyncdesk-history", daemon=True)
            self._thread.start()
        self._jobs.put(job)
        return await answer

    # --- in the thread

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _opened(self) -> HistoryFile:
        if self._file is None:
            try:
                from lyncdesk.machine.history_file import HistoryFile
            except ImportError as error:
                what = Message.of("this Python has no SQLite")
                raise ProblemError(
                    Problem.of("history-not-kept", where=str(self._path), what=what)
                ) from error
            self._file = HistoryFile(self._path, self._now)
        return self._file
