"""Real time as a test wants it."""

from __future__ import annotations

import asyncio


class RealTime:
    """Real time that passes only while somebody sleeps, and is late as real sleeps are."""

    def __init__(self, lateness: float = 0.0) -> None:
        self.seconds = 1000.0
        self.sleeps: list[float] = []
        self._lateness = lateness

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        # Two rounds, so that whoever wants to change the clock meanwhile comes first.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.seconds += seconds + self._lateness
