"""The probe: what it reports, how seldom it wakes, and that it never takes ignorance for activity."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from lyncdesk.client.ports import MachineProbe
from lyncdesk.machine.clock import Readings
from lyncdesk.machine.jolts import Beat, jolts
from lyncdesk.machine.probe import BEAT, IDLE_POLL, NO_IDLE, NO_LOCK, NOTICE, MemoryMachine, Probe, Senses
from lyncdesk.machine.sensors import Asleep, Locked, NetworkReturned, Sign, UnavailableError
from lyncdesk.presence.inputs import Machine

START = datetime(2026, 12, 9, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class World:
    """Virtual time: the probe's waits end at once, and a script says what the world does meanwhile."""

    def __init__(self) -> None:
        self.passed = timedelta()
        self.wall = timedelta()  # how far the wall clock was set
        self.slept = timedelta()
        self.touched = timedelta()
        self.zone = "Europe/Berlin"
        self.waits: list[float] = []
        self.script: list[tuple[timedelta, Callable[[], None]]] = []
        self.end = timedelta()
        self.ended = asyncio.Event()

    def now(self) -> datetime:
        return START + self.passed + self.wall

    def readings(self) -> Readings:
        steady = 1000 + self.passed.total_seconds()
        return Readings(self.now().timestamp(), steady, steady - self.slept.total_seconds())

    def at(self, passed: timedelta, act: Callable[[], None]) -> None:
        self.script.append((passed, act))

    def sleep(self, length: timedelta) -> None:
        self.passed += length
        self.slept += length

    async def wait(self, changed: asyncio.Event, seconds: float) -> None:
        """Pass the time until the wait ends or something is due that sets the event."""
        self.waits.append(seconds)
        end = self.passed + timedelta(seconds=seconds)
        while self.script and self.script[0][0] <= end and not changed.is_set():
            due, act = self.script.pop(0)
            self.passed = max(due, self.passed)
            act()
            await asyncio.sleep(0)
        if not changed.is_set():
            self.passed = max(self.passed, end)
        if self.passed >= self.end:
            self.ended.set()
        await asyncio.sleep(0)


@dataclass(eq=False)
class Source:
    """A way to tell idleness in that world."""

    world: World
    there: bool = True
    tells_return: bool = False
    asked: int = 0
    closed: bool = False
    changed: Callable[[], None] = field(default=lambda: None)

    async def open(self, changed: Callable[[], None]) -> None:
        if not self.there:
            raise UnavailableError("not here")
        self.changed = changed

    async def idle(self) -> timedelta:
        if not self.there:
            raise UnavailableError("gone")
        self.asked += 1
        return self.world.passed - self.world.touched

    async def close(self) -> None:
        self.closed = True


class Watcher:
    """Something that listens to the system, in the hands of the test."""

    tell: Callable[[Sign], None]
    limit: Callable[[str], None]

    async def run(self, tell: Callable[[Sign], None], limit: Callable[[str], None]) -> None:
        self.tell, self.limit = tell, limit
        await asyncio.Event().wait()


@dataclass
class Heard:
    machines: list[Machine] = field(default_factory=list)
    at: list[timedelta] = field(default_factory=list)
    jolts: list[str] = field(default_factory=list)


def probe(world: World, *sources: Source, watchers: Sequence[Watcher] = (), **senses: object) -> Probe:
    all_ = Senses(idle=sources, watchers=watchers, **senses)  # type: ignore[arg-type]
    return Probe(
        all_, name="pc", now=world.now, readings=world.readings, zone=lambda: world.zone, wait=world.wait
    )


async def run(world: World, probe: MachineProbe, length: timedelta) -> Heard:
    heard = Heard()

    def hear(machine: Machine) -> None:
        heard.machines.append(machine)
        heard.at.append(world.passed)

    world.end, world.ended = length, asyncio.Event()
    task = asyncio.ensure_future(probe.run(hear, heard.jolts.append))
    await asyncio.wait(
        [task, ended := asyncio.ensure_future(world.ended.wait())], return_when="FIRST_COMPLETED"
    )
    ended.cancel()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return heard


def touch(world: World) -> Callable[[], None]:
    def act() -> None:
        world.touched = world.passed

    return act


# Idleness


async def test_a_machine_in_use_is_reported_once_and_hardly_ever_asked() -> None:
    world = World()
    source = Source(world)
    for minute in range(61):
        world.at(minute * MINUTE, touch(world))
    heard = await run(world, probe(world, source), 60 * MINUTE)
    assert heard.machines == [Machine("pc")]
    assert source.asked <= 60 / 3
    assert len(world.waits) <= 3600 / 20


async def test_idleness_is_reported_with_its_beginning_before_any_threshold_can_be_reached() -> None:
    world = World()
    world.at(10 * MINUTE, touch(world))
    heard = await run(world, probe(world, Source(world)), 20 * MINUTE)
    assert heard.machines[-1] == Machine("pc", idle_since=START + 10 * MINUTE)
    assert heard.at[-1] - 10 * MINUTE < 5 * MINUTE


async def test_one_idleness_is_one_report_and_coming_back_is_noticed_within_seconds() -> None:
    world = World()
    back = 90 * MINUTE
    world.at(back, touch(world))
    heard = await run(world, probe(world, Source(world)), 91 * MINUTE)
    assert [machine.idle_since for machine in heard.machines] == [None, START, None]
    assert heard.at[-1] - back <= IDLE_POLL


async def test_at_rest_the_probe_wakes_at_most_once_in_ten_seconds() -> None:
    world = World()
    await run(world, probe(world, Source(world)), 600 * MINUTE)
    assert len(world.waits) <= 0.1 * 600 * 60


async def test_where_the_system_tells_the_return_idleness_is_not_asked_for_again_and_again() -> None:
    world = World()
    source = Source(world, tells_return=True)

    def come_back() -> None:
        touch(world)()
        source.changed()

    world.at(60 * MINUTE, come_back)
    heard = await run(world, probe(world, source), 61 * MINUTE)
    assert [machine.idle_since for machine in heard.machines] == [None, START, None]
    assert source.asked < 20
    assert len(world.waits) <= 60 * 60 / BEAT.total_seconds() + 20


async def test_the_first_way_that_exists_is_used_and_all_are_given_back() -> None:
    world = World()
    sources = [Source(world, there=False), Source(world), Source(world)]
    machine = probe(world, *sources)
    await run(world, machine, 10 * MINUTE)
    assert [source.asked > 0 for source in sources] == [False, True, False]
    assert all(source.closed for source in sources)
    assert NO_IDLE not in machine.limits()


async def test_a_way_that_ends_is_replaced_by_the_next() -> None:
    world = World()
    first, second = Source(world), Source(world)
    world.at(10 * MINUTE, lambda: setattr(first, "there", False))
    heard = await run(world, probe(world, first, second), 20 * MINUTE)
    assert second.asked > 0
    assert heard.machines[-1].idle_since == START


async def test_without_any_way_it_is_a_limit_and_never_silently_active() -> None:
    world = World()
    machine = probe(world, Source(world, there=False))
    heard = await run(world, machine, 600 * MINUTE)
    assert NO_IDLE in machine.limits()
    assert heard.machines == [Machine("pc")]
    assert len(world.waits) <= 600 * 60 / BEAT.total_seconds() + 5


async def test_when_the_last_way_ends_the_machine_counts_as_in_use_and_it_is_a_limit() -> None:
    world = World()
    source = Source(world)
    world.at(10 * MINUTE, lambda: setattr(source, "there", False))
    machine = probe(world, source)
    heard = await run(world, machine, 20 * MINUTE)
    assert [m.idle_since for m in heard.machines] == [None, START, None]
    assert NO_IDLE in machine.limits()


# Lock, sleep, network


async def test_the_machine_is_locked_while_any_witness_says_so() -> None:
    world, watcher = World(), Watcher()
    signs = [
        Locked("logind", False),
        Locked("screen saver", True),
        Locked("logind", True),
        Locked("screen saver", False),
        Locked("logind", None),
    ]
    for minute, sign in enumerate(signs, 1):
        world.at(minute * MINUTE, lambda sign=sign: watcher.tell(sign))  # type: ignore[misc]
    machine = probe(world, Source(world, there=False), watchers=[watcher])
    heard = await run(world, machine, 10 * MINUTE)
    assert [m.locked for m in heard.machines] == [False, True, False]


async def test_nobody_telling_of_the_lock_is_a_limit() -> None:
    world, watcher = World(), Watcher()
    machine = probe(world, watchers=[watcher])
    await run(world, machine, MINUTE)
    assert NO_LOCK in machine.limits()
    watcher.tell(Locked("logind", False))
    assert NO_LOCK not in machine.limits()


async def test_a_lock_that_must_be_asked_for_is_noticed_within_a_beat() -> None:
    world = World()
    locked = False

    def lock() -> None:
        nonlocal locked
        locked = True

    world.at(5 * MINUTE, lock)
    machine = probe(world, Source(world), locked=lambda: locked)
    heard = await run(world, machine, 5 * MINUTE + BEAT)
    assert heard.machines[-1].locked
    assert NO_LOCK not in machine.limits()


async def test_a_sleep_that_is_announced_is_reported_and_waking_is_one_jolt() -> None:
    world, watcher = World(), Watcher()

    def nap() -> None:
        watcher.tell(Asleep(True))
        world.sleep(60 * MINUTE)
        watcher.tell(Asleep(False))

    world.at(10 * MINUTE, nap)
    heard = await run(world, probe(world, Source(world, there=False), watchers=[watcher]), 80 * MINUTE)
    assert [m.asleep for m in heard.machines] == [False, True, False]
    assert heard.jolts == ["woke"]


async def test_a_sleep_that_nobody_announced_is_noticed_by_the_clocks() -> None:
    world = World()
    world.at(10 * MINUTE, lambda: world.sleep(60 * MINUTE))
    heard = await run(world, probe(world), 80 * MINUTE)
    assert heard.jolts == ["woke"]


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_is_set_is_a_jolt(hours: int) -> None:
    world = World()
    world.at(10 * MINUTE, lambda: setattr(world, "wall", timedelta(hours=hours)))
    heard = await run(world, probe(world), 20 * MINUTE)
    assert heard.jolts == ["clock-jumped"]


async def test_another_time_zone_is_a_jolt() -> None:
    world = World()
    world.at(10 * MINUTE, lambda: setattr(world, "zone", "America/New_York"))
    heard = await run(world, probe(world), 20 * MINUTE)
    assert heard.jolts == ["zone-changed"]


async def test_the_networks_return_is_a_jolt_and_what_a_watcher_cannot_know_a_limit() -> None:
    world, watcher = World(), Watcher()
    world.at(MINUTE, lambda: watcher.tell(NetworkReturned()))
    world.at(MINUTE, lambda: watcher.limit("no more"))
    world.at(MINUTE, lambda: watcher.limit("no more"))
    machine = probe(world, watchers=[watcher])
    heard = await run(world, machine, 2 * MINUTE)
    assert heard.jolts == ["network-returned"]
    assert machine.limits().count("no more") == 1


def beat(wall: float, steady: float, awake: float, zone: str = "x", asked: float = 30.0) -> Beat:
    return Beat(Readings(wall, steady, awake), zone, asked)


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (beat(1030, 130, 130), ()),
        (beat(1034, 130, 130), ()),  # a clock being disciplined
        (beat(1090, 190, 190), ()),  # a busy machine
        (beat(1700, 800, 130), ("woke",)),
        (beat(1700, 800, 800), ("woke",)),  # no clock that stands still
        (beat(5000, 130, 130), ("clock-jumped",)),
        (beat(500, 130, 130), ("clock-jumped",)),
        (beat(9000, 800, 130, "y"), ("woke", "clock-jumped", "zone-changed")),
    ],
)
def test_what_happened_to_time_between_two_looks(after: Beat, found: tuple[str, ...]) -> None:
    assert jolts(beat(1000, 100, 100), after) == found


# The twin


async def test_the_twin_reports_what_it_is_set_to() -> None:
    twin = MemoryMachine(limits=("nothing",))
    heard = Heard()
    twin.set(locked=True)
    task = asyncio.ensure_future(twin.run(heard.machines.append, heard.jolts.append))
    await asyncio.sleep(0)
    twin.set(locked=False)
    twin.set(locked=False)
    twin.set(asleep=True)
    twin.set(asleep=False)
    twin.jolt("network-returned")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    twin.set(idle_since=START)
    assert heard.machines == [Machine(locked=True), Machine(), Machine(asleep=True), Machine()]
    assert heard.jolts == ["woke", "network-returned"]
    assert twin.limits() == ("nothing",)


def test_the_shortest_threshold_cannot_be_missed() -> None:
    assert timedelta(minutes=5) > NOTICE + BEAT
