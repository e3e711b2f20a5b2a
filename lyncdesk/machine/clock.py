"""The real clocks, and the only place that reads them. Everybody else is given a time, or what tells one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A wait never sleeps longer at a stretch: a clock that was set, or a machine that slept, is noticed by then.
SLICE = timedelta(seconds=60)


def now() -> datetime:
    """The current instant, aware, UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never run backwards; for deadlines."""
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Readings:
    """Three clocks at one moment, in seconds.

    ``wall`` can be set; ``steady`` never jumps and runs on while the machine sleeps; ``awake`` never jumps
    and stands still meanwhile. Where a system has no clock that stands still, ``awake`` equals ``steady``.
    """

    wall: float
    steady: float
    awake: float


def _clocks() -> tuple[Callable[[], float], Callable[[], float]]:
    if hasattr(time, "CLOCK_BOOTTIME"):  # Linux
        return lambda: time.clock_gettime(time.CLOCK_BOOTTIME), time.monotonic
    if hasattr(time, "CLOCK_UPTIME_RAW"):  # macOS: its CLOCK_MONOTONIC runs on while the machine sleeps
        return (
            lambda: time.clock_gettime(time.CLOCK_MONOTONIC),
            lambda: time.clock_gettime(time.CLOCK_UPTIME_RAW),
        )
    return time.monotonic, time.monotonic  # Windows: runs on while the machine sleeps


def readings() -> Readings:
    """What the three clocks say now."""
    steady, awake = _clocks()
    return Readings(time.time(), steady(), awake())


class SystemClock:
    """The computer's own time, as :class:`lyncdesk.client.ports.Clock` wants it."""

    def now(self) -> datetime:
        """The current instant, aware, UTC."""
        return now()

    async def wait_until(self, moment: datetime) -> None:
        """Return once ``now() >= moment``, whatever is done to the clock meanwhile.

        A clock that is set forward, or a machine that wakes, ends the wait within :data:`SLICE`.
        """
        while (left := moment - now()) > timedelta():  # noqa: ASYNC110 - nothing tells of a jump
            await asyncio.sleep(min(left, SLICE).total_seconds())


def use_new_zone() -> None:
    """Make the C library read the computer's time zone anew, where it does not do so by itself."""
    if hasattr(time, "tzset"):
        time.tzset()


def utc_offset() -> timedelta:
    """How far local time is ahead of UTC now."""
    return timedelta(seconds=time.localtime().tm_gmtoff)
