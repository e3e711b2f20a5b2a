"""A timer at the pace of the client's world, for what grows older while nothing happens."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from lyncdesk.ui.bridge import SeatBridge

# Ages and the now-line move by the minute; in the sample organisation a minute can be a tenth of a second.
AGE_TICK_MS = 20_000
SIMULATION_TICK_MS = 1_000
# Oftener a window need not be drawn: at 600 times the pace the now-line moves by less than a pixel meanwhile.
FASTEST_TICK_MS = 200
_MINUTE_MS = 60_000


class Ticking(QTimer):
    """Calls ``then`` each ``slow_ms``; in the sample organisation about as often as its minutes pass.

    It looks at the pace each time, so that a change of it is followed within a second.
    """

    def __init__(
        self,
        bridge: SeatBridge,
        then: Callable[[], object],
        parent: QObject,
        *,
        slow_ms: int = AGE_TICK_MS,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._then = then
        self._slow_ms = slow_ms
        self.timeout.connect(self._ticked)

    def begin(self) -> None:
        """Tick from now on."""
        self.start(self._pace())

    def _ticked(self) -> None:
        pace = self._pace()
        if pace != self.interval():
            self.setInterval(pace)
        self._then()

    def _pace(self) -> int:
        if not self._bridge.is_ready or not self._bridge.seat.is_simulation:
            return self._slow_ms
        speed = self._bridge.seat.speed
        minute = round(_MINUTE_MS / speed) if speed > 0 else SIMULATION_TICK_MS
        return max(FASTEST_TICK_MS, min(SIMULATION_TICK_MS, minute))
