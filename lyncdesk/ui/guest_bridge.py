"""The way to a seat that lives on another client's thread: the main window of somebody one sits in as."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject

from lyncdesk.client.session import Seat
from lyncdesk.client.state import State
from lyncdesk.ui.bridge import Bridge, SeatBridge
from lyncdesk.ui.client_thread import ClientThread


class GuestClient:
    """A :class:`lyncdesk.ui.bridge.Client` on the thread of ``host``; what was begun for it ends with it."""

    def __init__(self, host: ClientThread, seat: Seat, on_state: Callable[[State], None]) -> None:
        self._host = host
        self._seat = seat
        self._on_state = on_state
        self._keys: set[object] = set()

    def seat(self) -> Seat | None:
        """The seat; it is there from the beginning."""
        return self._seat

    def start(self) -> None:
        """Take the seat."""
        self._host.soon(lambda: self._seat.start(self._on_state))

    def soon(self, work: Callable[[], None]) -> None:
        """Call this on the loop."""
        self._host.soon(work)

    def begin(self, key: object, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run this on the loop."""
        self._keys.add(key)

        async def run() -> None:
            try:
                await work()
            finally:
                self._keys.discard(key)

        self._host.begin(key, run)

    def cancel(self, key: object) -> None:
        """End what was begun by this key."""
        self._host.cancel(key)

    def stop(self, _seconds: float) -> bool:
        """End what was begun, and leave the seat; nobody waits for it."""
        for key in tuple(self._keys):
            self._host.cancel(key)
        self._host.begin(object(), self._seat.stop)
        return True


class GuestBridge(SeatBridge):
    """The way to ``seat`` over the thread of ``host``. ``start`` takes it, ``stop`` leaves it."""

    def __init__(self, host: Bridge, seat: Seat, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = GuestClient(host.thread_of_client, seat, self._on_state)
