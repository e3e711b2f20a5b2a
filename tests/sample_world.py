"""The sample organisation as tests want it: at a set time, paused, its signed-in person over real EWS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from lyncdesk.calendars.account import ExchangeAccounts
from lyncdesk.client.live import LiveSession
from lyncdesk.client.parts import Parts
from lyncdesk.client.policy import Policy
from lyncdesk.client.reading import decision
from lyncdesk.client.state import State
from lyncdesk.machine import clock as real_clock
from lyncdesk.machine.credentials import MemoryStore
from lyncdesk.machine.settings_store import FileSettingsStore
from lyncdesk.simulation.organisation_file import sample_organisation
from lyncdesk.simulation.world import World

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = date(2026, 3, 4)
NIGHT = datetime.combine(WEDNESDAY, time(22), BERLIN)
ME = "anna.keller@brightwater.example"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(clock: str, day: date = WEDNESDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BERLIN)


def a_world(
    real_now: datetime = NIGHT,
    *,
    monotonic: Callable[[], float] = real_clock.monotonic,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    speed: float = 0.0,
) -> World:
    return World(sample_organisation(), real_now=real_now, monotonic=monotonic, sleep=sleep, speed=speed)


@asynccontextmanager
async def living(world: World) -> AsyncIterator[World]:
    try:
        await world.start()
        yield world
    finally:
        await world.stop()


def parts(world: World, home: Path) -> Parts:
    """The desktop client's own parts, in the sample organisation."""
    account = world.account
    return Parts(
        store=FileSettingsStore(home / "settings.toml", real_clock.now),
        read_policy=Policy,
        credentials=MemoryStore(),
        exchange=ExchangeAccounts(
            now=real_clock.now, monotonic=real_clock.monotonic, zone=world.profile.zone
        ),
        pool=world.pool(),
        clock=world.clock,
        zone=lambda: world.profile.zone,
        pool_name="embedded",
        wait=asyncio.sleep,
        command_line={"account.address": account.address, "account.server": account.server},
        defaults=world.defaults,
        profile=world.profile,
        password=world.password,
        hold=world.hold,
        is_simulation=True,
    )


class Anna:
    """The signed-in person's client, whose calendar comes over the wire."""

    def __init__(self, world: World, home: Path) -> None:
        self.session = LiveSession(parts(world, home))
        self._world = world
        self._changed = asyncio.Event()
        self.heard: list[Callable[[State], None]] = []

    def _on_state(self, state: State) -> None:
        self._changed.set()
        for listener in self.heard:
            listener(state)

    async def begin(self) -> None:
        self.session.start(self._on_state)
        self._world.attach(lambda: self.session.state)
        await self.until(lambda state: state.calendar.as_of is not None)

    async def until(self, fits: Callable[[State], bool]) -> State:
        async with asyncio.timeout(60):
            while not fits(self.session.state):
                self._changed.clear()
                await self._changed.wait()
        return self.session.state

    @property
    def state(self) -> State:
        return self.session.state

    def shows(self) -> str:
        return decision(self.state, self._world.clock.now()).presence.text


@asynccontextmanager
async def anna_in(world: World, home: Path) -> AsyncIterator[Anna]:
    async with living(world):
        anna = Anna(world, home)
        try:
            await anna.begin()
            yield anna
        finally:
            await anna.session.stop()
