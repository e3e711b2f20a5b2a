"""The option of the start with the computer, about which the system has the last word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from lyncdesk.calendars.memory import MemoryCalendar
from lyncdesk.client.live import LiveSession
from lyncdesk.client.parts import Parts
from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.machine.credentials import MemoryStore
from lyncdesk.machine.settings_store import MemorySettingsStore
from lyncdesk.pools.directory import Directory
from lyncdesk.pools.embedded import EmbeddedPool
from lyncdesk.presence.message import Message
from tests.unit.session_parts import FixedClock, MemoryExchange
from tests.unit.strategies import NOW
from tests.waiting import until


class System:
    """A start at login in memory. ``refuses``: it stays as it is."""

    def __init__(self, on: bool | None) -> None:
        self.on = on
        self.refuses = False
        self.asked: list[tuple[bool, bool]] = []

    def enabled(self) -> bool | None:
        return self.on

    async def set(self, on: bool, *, minimised: bool) -> None:
        self.asked.append((on, minimised))
        if self.refuses:
            raise ProblemError(Problem.of("start-not-switched", what=Message.of("it was not allowed")))
        if self.on is not None:
            self.on = on


Start = Callable[..., LiveSession]


class Looks:
    """When the policy is looked after, and what it is then."""

    def __init__(self) -> None:
        self.policy = Policy()
        self.now = asyncio.Event()

    def read(self) -> Policy:
        return self.policy

    async def wait(self, _seconds: float) -> None:
        await self.now.wait()
        self.now.clear()


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        def make(system: System, settings: str = "", looks: Looks | None = None) -> LiveSession:
            looks = looks or Looks()
            store = MemorySettingsStore(settings)
            session = LiveSession(
                Parts(
                    store=store,
                    read_policy=looks.read,
                    credentials=MemoryStore(),
                    exchange=MemoryExchange(MemoryCalendar()),
                    pool=EmbeddedPool(Directory([])),
                    clock=FixedClock(NOW),
                    zone=lambda: "UTC",
                    pool_name="embedded",
                    wait=looks.wait,
                    autostart=system,
                )
            )
            session.start(lambda _state: None)
            stack.push_async_callback(session.stop)
            return session

        yield make


ON = "start_with_computer = true\n"


@pytest.mark.parametrize(
    ("on", "stored", "shown"),
    [
        (True, "", True),
        (False, ON, False),
        (True, ON, True),
        # the system does not tell: what it said last
        (None, ON, True),
        (None, "", False),
    ],
)
async def test_the_option_shows_what_the_system_says(
    start: Start, on: bool | None, stored: str, shown: bool
) -> None:
    assert start(System(on), stored).state.options.start_with_computer is shown


async def test_another_option_leaves_the_start_alone(start: Start) -> None:
    system = System(True)
    session = start(system, "")
    assert await session.save_options({"notices": False}) == ()
    assert system.asked == []
    await session.drained()
    assert session.state.options.start_with_computer


async def test_it_is_switched_off_and_on_and_into_the_tray(start: Start) -> None:
    system = System(True)
    session = start(system, "")
    for values in (
        {"start_with_computer": False},
        {"start_minimised": True},  # off: nothing to do
        {"start_with_computer": True},
        {"start_minimised": False},
    ):
        assert await session.save_options(values) == ()
        await session.drained()
    assert system.asked == [(False, False), (True, True), (True, False)]
    assert session.state.options.start_with_computer


async def test_what_the_system_refuses_is_told_and_the_option_stays_while_others_are_kept(
    start: Start,
) -> None:
    system = System(False)
    session = start(system, "")
    system.refuses = True
    problems = await session.save_options({"start_with_computer": True, "notices": False})
    assert [problem.name for problem in problems] == ["start-not-switched"]
    await session.drained()
    options = session.state.options
    assert (options.start_with_computer, options.notices) == (False, False)


async def test_a_new_policy_changes_nothing_about_it(start: Start) -> None:
    looks = Looks()
    session = start(System(True), "", looks)
    looks.policy = parse_policy('WebServicePollInterval = "00:10:00"', "policy.toml")
    looks.now.set()
    await until(lambda: session.state.options.locked("interval"), "the policy is in force")
    assert session.state.options.start_with_computer
