"""The desktop client with a watch on Qt's thread: a timer that tells how late it comes while a check runs.

    python tests/benchmarks/watched_client.py CHECKS

Once the first check is over and everything is shown, it asks for one check after the other and prints a JSON
line for each, the first one of a while with nothing going on. A stall is told twice: as it was, and without
the time in which this thread, or the one that it may have waited for, could have run and had no processor:
other programs took it.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
import time
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

from lyncdesk.cli.desktop import run_desktop
from lyncdesk.client.events import CheckNow
from lyncdesk.client.state import State
from lyncdesk.ui.desktop import Desktop

THREADS = ("MainThread", "lyncdesk-client")
BEAT_MS = 1
SETTLE_MS = 2500  # what a check leads to has been shown by then, and the worker has ended


class Watch(QObject):
    """Beats on Qt's thread."""

    def __init__(self, desktop: Desktop, checks: int) -> None:
        super().__init__()
        self._bridge = desktop._bridge
        self._checks = checks
        self._as_of: datetime | None = None
        ids = [thread.native_id for thread in threading.enumerate() if thread.name in THREADS]
        self._schedules = [os.open(f"/proc/self/task/{number}/schedstat", os.O_RDONLY) for number in ids]
        self._read = ctypes.create_string_buffer(64)
        # Python's own reading gives the interpreter away and waits for it again, which is what is measured.
        self._pread = ctypes.PyDLL(None).pread
        self._last, self._waited = time.perf_counter(), self._waiting()
        self._longest = self._own = 0.0
        self._items = 0
        self._number = -1
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._bridge.state_changed.connect(self._changed)
        self._timer.start()

    def _waiting(self) -> float:
        """Seconds for which the threads have waited for a processor."""
        waited = 0
        for schedule in self._schedules:
            length = self._pread(schedule, self._read, 64, 0)
            waited += int(self._read.raw[:length].split()[1])
        return waited / 1e9

    def _beat(self) -> None:
        now, waited = time.perf_counter(), self._waiting()
        late = now - self._last - BEAT_MS / 1000
        self._longest = max(self._longest, late)
        self._own = max(self._own, late - (waited - self._waited))
        self._last, self._waited = now, waited

    def _changed(self, state: State) -> None:
        as_of = state.calendar.as_of
        if as_of is not None and as_of != self._as_of:
            self._as_of = as_of
            self._items = len(state.calendar.items)
            QTimer.singleShot(SETTLE_MS, self, self._next)

    def _next(self) -> None:
        if self._number >= 0:
            figures: dict[str, Any] = {
                "items": self._items,
                "ms": self._longest * 1000,
                "own": self._own * 1000,
            }
            print(json.dumps(figures), flush=True)
        self._number += 1
        if self._number == 0:
            # With nothing going on, to tell what the machine itself does.
            self._forget()
            QTimer.singleShot(SETTLE_MS, self, self._calm)
        elif self._number > self._checks:
            self._timer.stop()
            print("done", flush=True)
        else:
            self._forget()
            self._bridge.post(CheckNow())

    def _calm(self) -> None:
        self._items = 0
        self._next()

    def _forget(self) -> None:
        self._longest = self._own = 0.0
        self._last, self._waited = time.perf_counter(), self._waiting()


def main() -> int:
    """Run the client until somebody ends it."""
    begin = Desktop.begin
    watches = []

    def watched(desktop: Desktop) -> None:
        begin(desktop)
        watches.append(Watch(desktop, int(sys.argv[1])))

    Desktop.begin = watched  # type: ignore[assignment,method-assign]
    return run_desktop(minimised=False)


if __name__ == "__main__":
    sys.exit(main())
