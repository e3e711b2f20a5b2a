"""What a test may not leave behind: threads, child processes, event loops, tasks, unexpected log records.

`tests/conftest.py` takes `Traces` when a test's wider fixtures stand, and asks for what is new once every
fixture of the test has ended. What is ending on its own gets a moment to do so; the moment costs nothing when
there is nothing to wait for.
"""

import asyncio
import logging
import re
import sys
import threading
import time
import weakref
from asyncio import base_events, runners
from collections.abc import Callable, Iterable
from functools import wraps
from multiprocessing import resource_tracker
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

GRACE_SECONDS = 3.0


class Traces:
    """The threads and child processes that exist now."""

    def __init__(self) -> None:
        self._threads = _threads()
        self._children = child_processes()

    def left_behind(self) -> list[str]:
        """Describe each thread and child process that is new since then and does not end by itself."""
        deadline = time.monotonic() + GRACE_SECONDS
        while (found := self._new()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return found

    def _new(self) -> list[str]:
        threads = [f"thread {thread.name}" for thread in _threads() - self._threads]
        processes = [_describe(pid) for pid in child_processes() - self._children - {_tracker()}]
        return sorted(threads) + sorted(processes)


def _threads() -> frozenset[threading.Thread]:
    return frozenset(thread for thread in threading.enumerate() if not _somebody_elses(thread))


def _somebody_elses(thread: threading.Thread) -> bool:
    # A dummy stands for a thread of somebody else (Qt's, for one) that once called into Python.
    # pytest-timeout has one for each test where there is no SIGALRM: on Windows.
    return isinstance(thread, threading._DummyThread) or thread.name.startswith("pytest_timeout ")


def child_processes() -> frozenset[int]:
    """Return the ids of this process's children, ended ones that nobody has waited for included."""
    tasks = Path("/proc/self/task")
    try:
        texts = [(thread / "children").read_text() for thread in tasks.iterdir()]
    except OSError:  # not Linux, or a thread ended just now
        return frozenset(child.pid for child in psutil.Process().children())
    return frozenset(int(pid) for text in texts for pid in text.split())


def _tracker() -> int | None:
    # multiprocessing starts this helper once per process and keeps it.
    pid: int | None = vars(resource_tracker._resource_tracker).get("_pid")
    return pid


def _describe(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        return f"process {pid} ({process.status()}): {' '.join(process.cmdline()) or process.name()}"
    except psutil.Error:
        return f"process {pid}"


class LoopWatch:
    """Sees every event loop made and every task that a loop still owned when it was wound up."""

    def __init__(self) -> None:
        self._loops: list[weakref.ref[base_events.BaseEventLoop]] = []
        self._tasks: list[str] = []
        self._undo: list[Callable[[], None]] = []

    def start(self) -> None:
        """Watch from now on."""
        self._wrap(base_events.BaseEventLoop, "__init__", after=self._made)
        self._wrap(base_events.BaseEventLoop, "close", before=self._winding_up)
        self._wrap(runners, "_cancel_all_tasks", before=self._winding_up)

    def stop(self) -> None:
        """Put asyncio back as it was."""
        while self._undo:
            self._undo.pop()()

    def forget(self) -> None:
        """Begin anew: what was made before belongs to somebody else."""
        self._loops.clear()
        self._tasks.clear()

    def left_behind(self) -> list[str]:
        """Describe each task that was pending at the end of its loop, and each loop that is still open."""
        alive = [loop for loop in (reference() for reference in self._loops) if loop is not None]
        return self._tasks + [f"event loop {loop!r}" for loop in alive if not loop.is_closed()]

    def _made(self, loop: base_events.BaseEventLoop) -> None:
        if not _made_by_the_plugin():
            self._loops.append(weakref.ref(loop))

    def _winding_up(self, loop: base_events.BaseEventLoop) -> None:
        if not loop.is_closed():
            self._tasks.extend(f"pending task {task!r}" for task in asyncio.all_tasks(loop))

    def _wrap(
        self,
        owner: Any,
        name: str,
        *,
        before: Callable[[Any], None] = lambda _: None,
        after: Callable[[Any], None] = lambda _: None,
    ) -> None:
        original = getattr(owner, name)

        @wraps(original)
        def watched(first: Any, *args: Any, **kwargs: Any) -> Any:
            before(first)
            result = original(first, *args, **kwargs)
            after(first)
            return result

        setattr(owner, name, watched)
        self._undo.append(lambda: setattr(owner, name, original))


def _made_by_the_plugin() -> bool:
    """Whether pytest-asyncio made the loop for a fixture's scope: it closes it when that scope ends.

    One of a module's scope may be made during a test, and then outlives it.
    """
    frame: FrameType | None = sys._getframe(1)
    for _ in range(12):
        if frame is None:
            return False
        if frame.f_code.co_name == "_scoped_runner":
            return True
        frame = frame.f_back
    return False


class LogWatch(logging.Handler):
    """Keeps the records of WARNING or more."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._messages: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record."""
        self._messages.append((f"{record.levelname} {record.name}", record.getMessage()))

    def forget(self) -> None:
        """Begin anew."""
        self._messages.clear()

    def surprises(self, expected: Iterable[str]) -> list[str]:
        """Describe each record that no pattern of `expected` matches, each pattern that matched nothing."""
        patterns = [re.compile(pattern) for pattern in expected]
        unexpected = [
            f"unexpected log record: {source}: {message}"
            for source, message in self._messages
            if not any(pattern.search(message) for pattern in patterns)
        ]
        missing = [
            f"expected a log record like {pattern.pattern!r}, none came"
            for pattern in patterns
            if not any(pattern.search(message) for _, message in self._messages)
        ]
        return unexpected + missing
