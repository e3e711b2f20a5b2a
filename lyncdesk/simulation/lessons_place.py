"""The running sample organisation as lessons use it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from lyncdesk.client.events import Event
from lyncdesk.client.policy import Policy
from lyncdesk.client.state import State
from lyncdesk.presence.items import Item
from lyncdesk.simulation.clock import TURNS

if TYPE_CHECKING:
    from lyncdesk.simulation.world import World

_FAULT = "details-missing"


class WorldPlace:
    """See :class:`lyncdesk.simulation.lessons_acts.Place`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        """The virtual time."""
        return self._world.clock.now()

    def items(self, address: str, start: datetime, end: datetime) -> tuple[Item, ...]:
        """A person's calendar."""
        return self._world.items(address, start, end)

    async def add_item(self, address: str, item: Item) -> None:
        """Add an item."""
        await self._world.add_item(address, item)

    async def change_item(self, address: str, item_id: str, item: Item) -> None:
        """Replace an item."""
        await self._world.change_item(address, item_id, item)

    async def remove_item(self, address: str, item_id: str) -> None:
        """Remove an item."""
        await self._world.remove_item(address, item_id)

    def post_to(self, address: str, event: Event) -> None:
        """Give somebody else's client an event."""
        self._world.post_to(address, event)

    def states(self) -> Mapping[str, State]:
        """What everybody else's client knows."""
        return self._world.states()

    def set_speed(self, speed: float) -> None:
        """How fast time runs."""
        self._world.set_speed(speed)

    async def jump(self, moment: datetime) -> None:
        """Let time run to a moment."""
        await self._world.jump(moment)

    async def jump_to_next_check(self) -> None:
        """Let time run to just after the person's next check."""
        await self._world.jump_to_next_check()

    async def rest(self) -> None:
        """Return when all that was set off has reached everybody; time stands meanwhile."""
        # First whatever is due at this very moment: a boundary that has come, say.
        await self._world.jump(self._world.clock.now())
        with self._world.hold():
            for _ in range(TURNS):
                await asyncio.sleep(0)

    def hide_details(self, address: str, *, hidden: bool) -> None:
        """A fault of the embedded Exchange, for this person alone."""
        faults = self._world.exchange.faults
        if hidden:
            faults.set(_FAULT, user=address)
        else:
            faults.clear(address)

    def set_policy(self, policy: Policy) -> None:
        """What the administrator sets."""
        self._world.administrator.set(policy)
