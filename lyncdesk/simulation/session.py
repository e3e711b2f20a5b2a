"""The signed-in person of the sample organisation: the desktop client's own session, in another world."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from lyncdesk.client import events as ev
from lyncdesk.client.live import LiveSession
from lyncdesk.client.parts import Parts
from lyncdesk.client.state import State
from lyncdesk.simulation.world import Length, World

log = logging.getLogger(__name__)


class SampleSession(LiveSession):
    """A :class:`~lyncdesk.client.live.LiveSession` that owns the world it lives in.

    ``parts`` makes the client's parts once the world runs, as the account's address is known only then.
    Events that are posted before wait for it. ``over`` is called when ``length`` of virtual time is over.
    """

    def __init__(
        self,
        world: World,
        parts: Callable[[World], Parts],
        length: Length = None,
        over: Callable[[], object] = lambda: None,
    ) -> None:
        self.world = world
        self._length = length
        self._over = over
        self._make_parts = parts
        self._early: list[ev.Event] = []
        self._beginning: asyncio.Task[None] | None = None
        self._begun = asyncio.Event()

    @property
    def is_simulation(self) -> bool:
        """It is."""
        return True

    @property
    def speed(self) -> float:
        """The pace of virtual time. Safe in any thread."""
        return self.world.time().speed

    def now(self) -> datetime:
        """Virtual time. Safe in any thread."""
        return self.world.clock.now()

    def start(self, on_state: Callable[[State], None]) -> None:
        """Begin the world, then the client."""
        self._beginning = asyncio.get_running_loop().create_task(self._begin(on_state))

    async def _begin(self, on_state: Callable[[State], None]) -> None:
        try:
            await self.world.start()
        except OSError:
            log.exception("the sample organisation could not be started")
            return
        super().__init__(self._make_parts(self.world))
        early, self._early = self._early, []
        self._begun.set()
        super().start(self._told_to_guide(on_state))
        self.world.attach(lambda: self.state)
        self.world.guide.learn(self)
        for event in early:
            self.post(event)
        end = self.world.end(self._length)
        if end is not None:
            await self.world.clock.wait_until(end)
            self._over()

    def _told_to_guide(self, on_state: Callable[[State], None]) -> Callable[[State], None]:
        def tell(state: State) -> None:
            on_state(state)
            self.world.guide.look()

        return tell

    def post(self, event: ev.Event) -> None:
        """Give the client an event."""
        if self._begun.is_set():
            super().post(event)
        else:
            self._early.append(event)

    async def drained(self) -> None:
        """Return when the client has begun and every posted event has been applied."""
        await self._begun.wait()
        await super().drained()

    async def stop(self) -> None:
        """End the client, then its world. Idempotent."""
        if self._beginning is not None:
            self._beginning.cancel()
            await asyncio.gather(self._beginning, return_exceptions=True)
        if self._begun.is_set():
            await super().stop()
        await self.world.stop()
