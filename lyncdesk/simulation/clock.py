"""Virtual time: it runs at any speed, stands still, or jumps, and never passes over an awaited moment.

The clock is a discrete-event one with a pace. Who awaits a moment is woken exactly at it; only when
everything that this set off has come to rest does time move on. So a day at full speed brings the same states
at the same moments as the same day at walking pace.
"""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock
from typing import TypeAlias

# So often the loop goes round before a moment counts as over. What a woken client sets off (timer, inbox,
# publication, the inboxes of those who follow) takes fewer than ten rounds; what takes longer (input and
# output) holds the clock.
TURNS = 24

# When, in the order of the calls, and how it is told. (No two have the same number, so no more is compared.)
_Awaited: TypeAlias = tuple[datetime, int, asyncio.Future[None]]
# Tells whether what a jump is to end at has happened.
Happened: TypeAlias = Callable[[], bool]


class VirtualClock:
    """A :class:`lyncdesk.client.ports.Clock` whose time is made.

    ``now`` is the paced time, but never later than the earliest moment that is awaited and not yet delivered,
    and never earlier than what it said before. ``speed`` is virtual seconds per real second; 0 stands still
    and wakes nobody. Real time comes from ``monotonic`` (seconds, any origin) and ``sleep``.

    Everything runs on one loop, in which :meth:`run` has to run; ``now`` and ``speed`` answer in any thread.
    Time does not move during :meth:`hold`, so who holds the clock must not wait for it.
    """

    def __init__(
        self,
        start: datetime,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        speed: float = 1.0,
    ) -> None:
        _check_speed(speed)
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = Lock()
        # Paced time is `_origin + (monotonic() - _mark) * speed` while time runs.
        self._origin = start.astimezone(UTC)
        self._mark = monotonic()
        self._speed = speed
        self._said = self._origin
        self._waiting: list[_Awaited] = []
        self._jumps: list[_Awaited] = []
        self._ends: dict[asyncio.Future[None], Happened] = {}
        self._numbers = count()
        self._holds = 0
        self._held_at = self._mark
        self._delivering = False
        self._changed = asyncio.Event()

    # --- what everybody may ask ---

    def now(self) -> datetime:
        """The virtual instant, UTC. Safe in any thread."""
        with self._lock:
            return self._now()

    @property
    def speed(self) -> float:
        """Virtual seconds per real second; 0 = paused. Safe in any thread."""
        with self._lock:
            return self._speed

    async def wait_until(self, moment: datetime) -> None:
        """Return once ``now() >= moment``; in the order of the moments, then of the calls."""
        await self._until(self._waiting, moment)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Stop time for as long as the context lasts; afterwards it goes on from where it stood."""
        with self._lock:
            if not self._holds:
                self._now()
                self._held_at = self._monotonic()
            self._holds += 1
        try:
            yield
        finally:
            with self._lock:
                self._holds -= 1
                if not self._holds:
                    # Real time that was held does not count, so there is nothing to catch up with.
                    self._mark += self._monotonic() - self._held_at
            self._changed.set()

    # --- the controls ---

    def set_speed(self, speed: float) -> None:
        """Go on from now at another pace.

        Raises:
            ValueError: for a negative or endless speed.
        """
        _check_speed(speed)
        with self._lock:
            self._now()
            self._pace_from_here()
            self._speed = speed
        self._changed.set()

    async def jump(self, moment: datetime) -> None:
        """Let time run to ``moment`` as fast as it can, paused or not; then go on at the same speed.

        Everybody who awaits a moment up to then is woken at it, and all has come to rest when this returns.
        Time never goes back: a moment that is over is reached already. Cancelling leaves time where it is.
        """
        # Who has just been set going must have said what it waits for, or the jump would pass over it.
        await self._turns()
        await self._until(self._jumps, moment)

    async def jump_until(self, happened: Happened, latest: datetime) -> bool:
        """Jump as :meth:`jump` does, to the first moment after which ``happened()``, at last to ``latest``.

        ``happened`` is asked when everything of a moment has come to rest, and of no moment between those
        that somebody awaits: in virtual time nothing happens there. Returns whether it has happened.
        """
        await self.settle()
        if not happened():
            await self._until(self._jumps, latest, happened)
        return happened()

    async def settle(self) -> None:
        """Return when everything of the present moment has come to rest."""
        await self._turns()
        await self._until(self._jumps, self.now())

    # --- the heart ---

    async def run(self) -> None:
        """Move time until cancelled."""
        while True:
            self._changed.clear()
            delay = self._delay()
            if delay is None:
                await self._changed.wait()
            elif delay > 0:
                await self._pause(delay)
            else:
                await self._deliver()

    def _now(self) -> datetime:
        # While a jump is under way, and while something comes to rest, only _deliver moves time.
        if not (self._delivering or self._holds or self._jumps):
            paced = self._paced()
            if self._waiting:
                paced = min(paced, self._waiting[0][0])
            self._said = max(self._said, paced)
        return self._said

    def _paced(self) -> datetime:
        if not self._speed:
            return self._said
        return self._origin + timedelta(seconds=(self._monotonic() - self._mark) * self._speed)

    def _pace_from_here(self) -> None:
        self._origin = self._said
        self._mark = self._held_at = self._monotonic()

    def _delay(self) -> float | None:
        """Real seconds until something is due: 0 = now, None = not before something changes."""
        with self._lock:
            if self._holds:
                return None
            if self._jumps:
                return 0
            if not self._waiting:
                return None
            ahead = (self._waiting[0][0] - max(self._said, self._paced())).total_seconds()
            if ahead <= 0:
                return 0
            return ahead / self._speed if self._speed else None

    async def _deliver(self) -> None:
        """Wake who awaits the earliest moment, or end the earliest jump, and let all come to rest."""
        with self._lock:
            jump = bool(self._jumps) and (not self._waiting or self._jumps[0][0] < self._waiting[0][0])
            moment, _, future = (self._jumps if jump else self._waiting).pop(0)
            self._said = max(self._said, moment)
            if jump:
                self._pace_from_here()
            self._delivering = not jump
        try:
            if not future.done():
                future.set_result(None)
            await self._rest()
        finally:
            with self._lock:
                self._delivering = False
        if not jump:
            self._end_jumps()

    def _end_jumps(self) -> None:
        """End the jumps to something that has happened, once the whole moment is over."""
        with self._lock:
            if self._waiting and self._waiting[0][0] <= self._said:
                return
        asking = [entry for entry in self._jumps if entry[2] in self._ends and not entry[2].done()]
        over = [entry for entry in asking if self._is_over(entry[2])]
        with self._lock:
            # At once: time must not go on to the next moment before those who jumped have had their turn.
            for entry in over:
                self._jumps.remove(entry)
                if not entry[2].done():
                    entry[2].set_result(None)
            if over:
                self._pace_from_here()

    def _is_over(self, jump: asyncio.Future[None]) -> bool:
        try:
            return self._ends[jump]()
        except Exception as error:  # noqa: BLE001 - the one who jumps has to hear of it, and time goes on
            jump.set_exception(error)
            return True

    async def _rest(self) -> None:
        await self._turns()
        while self._holds:
            self._changed.clear()
            await self._changed.wait()
            await self._turns()

    async def _turns(self) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def _pause(self, delay: float) -> None:
        """Sleep, but no longer than until something changes."""
        both = {
            asyncio.ensure_future(self._sleep(delay)),
            asyncio.ensure_future(self._changed.wait()),
        }
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in both:
                one.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _until(self, queue: list[_Awaited], moment: datetime, happened: Happened | None = None) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if happened is not None:
            self._ends[future] = happened
        entry = (moment.astimezone(UTC), next(self._numbers), future)
        with self._lock:
            # What time it is must be settled before the new moment keeps time from moving past it.
            self._now()
            insort(queue, entry)
        self._changed.set()
        try:
            await future
        finally:
            self._ends.pop(future, None)
            with self._lock:
                if entry in queue:
                    queue.remove(entry)
                    if queue is self._jumps:
                        self._pace_from_here()
            self._changed.set()


def _check_speed(speed: float) -> None:
    if not 0 <= speed < float("inf"):
        raise ValueError(f"a speed is 0 (paused) or more, and has an end; {speed} is not")
