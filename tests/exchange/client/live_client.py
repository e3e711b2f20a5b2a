"""A whole client that runs over the real worker and gate, with a clock that a test moves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lyncdesk.calendars.account import ExchangeAccounts
from lyncdesk.client.live import LiveSession
from lyncdesk.client.options import Account
from lyncdesk.client.parts import Parts
from lyncdesk.client.passwords import password_key
from lyncdesk.client.policy import Policy
from lyncdesk.client.settings import settings_text
from lyncdesk.client.state import State
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.machine.credentials import MemoryStore
from lyncdesk.machine.settings_store import MemorySettingsStore
from lyncdesk.pools.exchange_alone import ExchangeAlonePool
from lyncdesk.pools.exchange_people import ExchangePeople
from lyncdesk.pools.profiles import MemoryProfiles
from tests.exchange.client.sessions import NOW, PASSWORD, PATIENCE
from tests.unit.session_parts import FixedClock, no_wait


class Client:
    """A client with Exchange and nothing else, and a way to wait for what its State says."""

    def __init__(
        self,
        store: MemorySettingsStore,
        credentials: MemoryStore,
        profiles: MemoryProfiles,
        worker: ExchangeWorker | None,
    ) -> None:
        self.credentials = credentials
        self.clock = FixedClock(NOW)
        self._changed = asyncio.Event()
        exchange = ExchangeAccounts(now=self.clock.now, monotonic=time.monotonic, zone="UTC", worker=worker)
        pool = ExchangeAlonePool(ExchangePeople(exchange.latest), self.clock, profiles)
        self.session = LiveSession(
            Parts(
                store=store,
                read_policy=Policy,
                credentials=credentials,
                exchange=exchange,
                pool=pool,
                contacts=pool,
                clock=self.clock,
                zone=lambda: "UTC",
                pool_name="exchange-alone",
                wait=no_wait,
            )
        )

    def start(self) -> None:
        self.session.start(lambda _state: self._changed.set())

    @property
    def state(self) -> State:
        return self.session.state

    async def until(self, told: Callable[[State], bool]) -> State:
        """Wait until the State says so, and return it."""
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while not told(self.state):
                self._changed.clear()
                await self._changed.wait()
        return self.state


def settings_for(account: Account, *contacts: str) -> MemorySettingsStore:
    """Settings with what this account has, the way of signing in and the authorities where they are given."""
    values = {name: getattr(account, name) for name in ("address", "server", "authentication", "ca_file")}
    given = {name: value for name, value in values.items() if value}
    return MemorySettingsStore(settings_text({"contacts": list(contacts), "account": given}))


@asynccontextmanager
async def running_client(
    account: Account,
    *,
    store: MemorySettingsStore | None = None,
    credentials: MemoryStore | None = None,
    profiles: MemoryProfiles | None = None,
    worker: ExchangeWorker | None = None,
) -> AsyncIterator[Client]:
    """A client of the account, which is in its settings unless others are given.

    Its password is in the store of credentials, unless that of an earlier run is given.
    """
    kept = credentials or MemoryStore()
    if credentials is None:
        await kept.set(password_key(account), PASSWORD)
    running = Client(store or settings_for(account), kept, profiles or MemoryProfiles(), worker)
    running.start()
    try:
        yield running
    finally:
        await running.session.stop()
