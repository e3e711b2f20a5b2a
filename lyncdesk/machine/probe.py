"""The machine under us: idle, locked, asleep, waking, network and clock, from whatever this system offers.

At rest it wakes at most once in ten seconds: while the machine is in use it sleeps until there could be
idleness worth telling, and only while it is idle does it ask often, or is told.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from lyncdesk.client.words import N_
from lyncdesk.machine import clock
from lyncdesk.machine.jolts import NETWORK_RETURNED, WOKE, Beat, jolts
from lyncdesk.machine.sensors import (
    Asleep,
    IdleSource,
    Locked,
    NetworkReturned,
    Sign,
    UnavailableError,
    Watcher,
)
from lyncdesk.presence.inputs import Machine

log = logging.getLogger(__name__)

# Idleness is told well before the shortest threshold (5 minutes) is reached.
NOTICE = timedelta(minutes=4)
# How soon after coming back a person shows as active, where the system does not tell by itself.
IDLE_POLL = timedelta(seconds=12)
# How soon a set clock, a sleep that nobody announced, or another zone is noticed.
BEAT = timedelta(seconds=30)

NO_IDLE = N_(
    "This desktop does not tell idle time, so nobody sees you as Inactive or Away unless you lock it."
)

NO_LOCK = N_("This desktop does not tell when it is locked.")

OnMachine = Callable[[Machine], None]
OnJolt = Callable[[str], None]


def zone_now() -> object:
    """Something that changes when the computer's time zone does, and not with summer time."""
    link = Path("/etc/localtime")
    with suppress(OSError):
        if link.is_symlink():
            return os.environ.get("TZ"), str(link.readlink())
        return os.environ.get("TZ"), link.stat().st_mtime_ns
    return os.environ.get("TZ")


@dataclass(frozen=True, slots=True)
class Senses:
    """What a probe uses. ``locked`` is asked at each beat where a system tells the lock only to who asks."""

    idle: Sequence[IdleSource] = ()
    watchers: Sequence[Watcher] = ()
    locked: Callable[[], bool | None] | None = None
    limits: tuple[str, ...] = ()


class Probe:
    """:class:`lyncdesk.client.ports.MachineProbe` over the senses of this system."""

    def __init__(
        self,
        senses: Senses,
        *,
        name: str = "",
        now: Callable[[], datetime] = clock.now,
        readings: Callable[[], clock.Readings] = clock.readings,
        zone: Callable[[], object] = zone_now,
        wait: Callable[[asyncio.Event, float], Awaitable[None]] | None = None,
    ) -> None:
        self._senses = senses
        self._now = now
        self._readings = readings
        self._zone = zone
        self._wait = wait or _wait
        self._limits: list[str] = list(senses.limits)
        self._machine = Machine(name or platform.node() or "this computer")
        self._witnesses: dict[str, bool | None] = {}
        self._source: IdleSource | None = None
        self._changed = asyncio.Event()
        self._on_machine: OnMachine = lambda _: None
        self._on_jolt: OnJolt = lambda _: None
        self._beat: Beat | None = None

    def limits(self) -> tuple[str, ...]:
        """What cannot be told here, each a text to translate."""
        told = any(locked is not None for locked in self._witnesses.values())
        return tuple(self._limits) if told else (*self._limits, NO_LOCK)

    async def run(self, on_machine: OnMachine, on_jolt: OnJolt) -> None:
        """Report until cancelled; the first report comes at once."""
        self._on_machine, self._on_jolt = on_machine, on_jolt
        self._limits = list(self._senses.limits)
        on_machine(self._machine)
        try:
            async with asyncio.TaskGroup() as group:
                for watcher in self._senses.watchers:
                    group.create_task(watcher.run(self._hear, self._limit))
                group.create_task(self._look())
        finally:
            for source in self._senses.idle:
                await source.close()

    def _limit(self, text: str) -> None:
        if text not in self._limits:
            self._limits.append(text)

    # what the system says

    def _hear(self, sign: Sign) -> None:
        match sign:
            case Locked(witness, locked):
                self._witnesses[witness] = locked
                self._report(locked=any(self._witnesses.values()))
            case Asleep(asleep):
                if self._machine.asleep and not asleep:
                    self._beat = None  # so that the clocks do not tell the same sleep once more
                    self._changed.set()
                    # First, or the check that came due during sleep would be sent, and then that of waking.
                    self._on_jolt(WOKE)
                self._report(asleep=asleep)
            case NetworkReturned():
                self._on_jolt(NETWORK_RETURNED)

    def _report(self, **changes: object) -> None:
        machine = replace(self._machine, **changes)  # type: ignore[arg-type]
        if machine != self._machine:
            self._machine = machine
            self._on_machine(machine)

    # what must be looked at

    async def _look(self) -> None:
        await self._next_source()
        due = self._readings().steady
        while True:
            self._look_at_clocks()
            if self._senses.locked is not None:
                self._hear(Locked("asked", self._senses.locked()))
            steady = self._readings().steady
            changed = self._changed.is_set()
            self._changed.clear()
            if self._source is not None and (changed or steady >= due):
                due = steady + (await self._look_for_idleness()).total_seconds()
            pause = BEAT.total_seconds() if self._source is None else min(BEAT.total_seconds(), due - steady)
            if self._beat is not None:
                self._beat = replace(self._beat, asked=pause)
            await self._wait(self._changed, max(pause, 0.1))

    def _look_at_clocks(self) -> None:
        now = Beat(self._readings(), self._zone())
        for jolt in jolts(self._beat, now) if self._beat is not None else ():
            log.info("the machine: %s", jolt)
            if self._beat is not None and self._beat.zone != now.zone:
                clock.use_new_zone()
            self._changed.set()
            self._on_jolt(jolt)
        self._beat = now

    async def _look_for_idleness(self) -> timedelta:
        """Ask, report, and tell when to ask again."""
        while self._source is not None:
            try:
                idle = await self._source.idle()
            except UnavailableError as error:
                log.info("idle time is told no longer: %s", error)
                await self._next_source()
                continue
            if idle < NOTICE:
                self._report(idle_since=None)
                return max(NOTICE - idle, timedelta(seconds=1))
            self._report(idle_since=self._since(idle))
            return 10 * BEAT if self._source.tells_return else IDLE_POLL
        return BEAT

    def _since(self, idle: timedelta) -> datetime:
        since = self._now() - idle
        known = self._machine.idle_since
        # Two looks at one idleness differ by the time that looking takes; that is no news.
        return known if known is not None and abs(since - known) < timedelta(seconds=5) else since

    async def _next_source(self) -> None:
        """Use the next way to tell idleness that exists here, or say that there is none."""
        ways = list(self._senses.idle)
        for source in ways[ways.index(self._source) + 1 :] if self._source in ways else ways:
            try:
                await source.open(self._changed.set)
            except UnavailableError as error:
                log.debug("no idle time from %s: %s", type(source).__name__, error)
                continue
            log.info("idle time comes from %s", type(source).__name__)
            self._source = source
            self._changed.set()
            return
        self._source = None
        self._report(idle_since=None)
        self._limit(NO_IDLE)


async def _wait(changed: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await changed.wait()


class MemoryMachine:
    """A machine without a machine: what tests, the demo and scenarios set is what it is."""

    def __init__(self, machine: Machine | None = None, limits: tuple[str, ...] = ()) -> None:
        self.machine = machine or Machine()
        self._limits = limits
        self._on_machine: OnMachine | None = None
        self._on_jolt: OnJolt | None = None

    def limits(self) -> tuple[str, ...]:
        """What it was told that it cannot tell."""
        return self._limits

    async def run(self, on_machine: OnMachine, on_jolt: OnJolt) -> None:
        """Report until cancelled; the first report comes at once."""
        self._on_machine, self._on_jolt = on_machine, on_jolt
        try:
            on_machine(self.machine)
            await asyncio.Event().wait()
        finally:
            self._on_machine = self._on_jolt = None

    def set(self, **changes: object) -> None:
        """Change ``idle_since``, ``locked`` or ``asleep``; waking is a jolt too."""
        before, self.machine = self.machine, replace(self.machine, **changes)  # type: ignore[arg-type]
        if before.asleep and not self.machine.asleep:
            self.jolt(WOKE)
        if self._on_machine is not None and self.machine != before:
            self._on_machine(self.machine)

    def jolt(self, name: str) -> None:
        """Tell of a jolt."""
        if self._on_jolt is not None:
            self._on_jolt(name)
