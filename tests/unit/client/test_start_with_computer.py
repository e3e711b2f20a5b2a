"""The option to start with the computer shows what the computer does, whoever switched that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from lyncdesk.calendars.memory import MemoryCalendar
from lyncdesk.client.live import LiveSession
from lyncdesk.client.parts import Parts
from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.machine.credentials import MemoryStore
from lyncdesk.machine.settings_store import MemorySettingsStore
from lyncdesk.pools.directory import Directory
from lyncdesk.pools.embedded import EmbeddedPool
from lyncdesk.presence.publication import Profile
from tests.unit.session_parts import FixedClock, MemoryExchange
from tests.unit.strategies import NOW
from tests.waiting import until

ANNA = "anna@litware.example"


class Computer:
    """One that starts the client or not, and a client on it; ``looks`` says that the policy may be read."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self.switched: list[tuple[bool, bool]] = []
        self.policy = Policy()
        self.looks: asyncio.Queue[None] = asyncio.Queue()
        self.store = MemorySettingsStore(
            f'[account]\naddress = "{ANNA}"\nserver = "https://mail.litware.example"'
        )
        self.session = LiveSession(
            Parts(
                store=self.store,
                read_policy=lambda: self.policy,
                credentials=MemoryStore(),
                exchange=MemoryExchange(MemoryCalendar()),
                pool=EmbeddedPool(Directory([Profile(ANNA)])),
                clock=FixedClock(NOW),
                zone=lambda: "UTC",
                pool_name="embedded",
                wait=self._wait,
                autostart=self._switch,
                is_autostarted=lambda: self.on,
            )
        )

    def _switch(self, on: bool, minimised: bool) -> None:
        self.on = on
        self.switched.append((on, minimised))

    async def _wait(self, _seconds: float) -> None:
        await self.looks.get()

    @property
    def shown(self) -> bool:
        return self.session.state.options.start_with_computer


@pytest.fixture
async def computer(request: pytest.FixtureRequest) -> AsyncIterator[Computer]:
    made = Computer(on=request.param)
    made.session.start(lambda _state: None)
    await made.session.drained()
    yield made
    await made.session.stop()


@pytest.mark.parametrize("computer", [True], indirect=True)
async def test_what_an_installer_switched_on_is_shown_and_can_be_switched_off(computer: Computer) -> None:
    assert computer.shown
    await computer.session.save_options({"start_with_computer": False})
    await computer.session.drained()
    assert not computer.shown
    assert computer.switched == [(False, False)]


@pytest.mark.parametrize("computer", [True], indirect=True)
async def test_another_option_leaves_what_an_installer_switched_on(computer: Computer) -> None:
    await computer.session.save_options({"start_minimised": True})
    await computer.session.save_options({"ignore_all_day": True})
    await computer.session.drained()
    assert computer.shown
    assert computer.switched == [(True, True)]


async def test_what_a_task_manager_switched_off_is_shown_as_off_though_the_settings_say_on() -> None:
    computer = Computer(on=False)
    computer.store.save({"start_with_computer": True})
    computer.session.start(lambda _state: None)
    await computer.session.drained()
    assert not computer.shown
    await computer.session.stop()


@pytest.mark.parametrize("computer", [True], indirect=True)
async def test_a_new_policy_changes_nothing_about_it(computer: Computer) -> None:
    computer.policy = parse_policy('WebServicePollInterval = "00:10:00"', "policy.toml")
    computer.looks.put_nowait(None)
    await until(lambda: computer.session.state.options.locked("interval"), "the policy is in force")
    assert computer.shown
