"""Views that are worked out beside Qt's thread: of many that are wanted, the last is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

from lyncdesk.ui.bridge import SeatBridge

# In the sample organisation time can bring hundreds of States a second, which nobody could see apart; to draw
# each would only keep time from going on.
SAMPLE_REST_MS = 80

T = TypeVar("T")


class Newest(Generic[T]):
    """Works out a view on the client's thread, again and again, one at a time; the last one asked for is
    shown.

    In the sample organisation it rests for a moment after each.

    ``job`` is called on Qt's thread and gives what to compute, None for nothing; ``show`` gets the result
    there. Nothing is asked any more once ``owner``, whose view it is, is gone (None = the bridge).
    """

    def __init__(
        self,
        bridge: SeatBridge,
        job: Callable[[], Callable[[], T] | None],
        show: Callable[[T], None],
        owner: QObject | None = None,
    ) -> None:
        self._bridge = bridge
        self._owner = bridge if owner is None else owner
        self._job = job
        self._show = show
        self._busy = False
        self._again = False

    def ask(self) -> None:
        """Something changed."""
        if self._busy:
            self._again = True
            return
        job = self._job()
        if job is not None:
            self._busy = True
            self._bridge.work_out(job, self._made, self._failed)

    def _made(self, result: T) -> None:
        self._rest()
        self._show(result)

    def _failed(self, error: Exception) -> None:
        self._rest()
        raise error

    def _rest(self) -> None:
        if self._bridge.is_ready and self._bridge.seat.is_simulation:
            QTimer.singleShot(SAMPLE_REST_MS, self._owner, self._rested)
        else:
            self._rested()

    def _rested(self) -> None:
        self._busy = False
        if self._again:
            self._again = False
            self.ask()
