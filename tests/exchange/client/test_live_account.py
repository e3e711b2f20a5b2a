"""The account of a running client over the real worker and gate: changed, tested, refused, in any order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from lyncdesk.calendars.account import ExchangeAccounts
from lyncdesk.client import events as ev
from lyncdesk.client.live import LiveSession
from lyncdesk.client.options import Account
from lyncdesk.client.parts import Parts
from lyncdesk.client.passwords import password_key
from lyncdesk.client.policy import Policy
from lyncdesk.client.state import Health, State
from lyncdesk.machine.credentials import MemoryStore
from lyncdesk.machine.settings_store import MemorySettingsStore
from lyncdesk.pools.exchange_alone import ExchangeAlonePool
from lyncdesk.pools.exchange_people import ExchangePeople
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import RawServer, Visit
from tests.exchange.client.sessions import NOW, PASSWORD
from tests.unit.session_parts import FixedClock, no_wait

REFUSED = raw.answers(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')
WORKING = raw.calendar(raw.ITEM)


class Client:
    """A client with an account, and a way to wait for what its State says."""

    def __init__(self, account: Account, credentials: MemoryStore) -> None:
        self.credentials = credentials
        self.store = MemorySettingsStore(
            f'[account]\naddress = "{account.address}"\nserver = "{account.server}"\n'
        )
        self.clock = FixedClock(NOW)
        self.changed = asyncio.Event()
        self.exchange = ExchangeAccounts(now=self.clock.now, monotonic=time.monotonic, zone="UTC")
        self.session = LiveSession(
            Parts(
                store=self.store,
                read_policy=Policy,
                credentials=self.credentials,
                exchange=self.exchange,
                pool=ExchangeAlonePool(ExchangePeople(self.exchange.latest), self.clock),
                clock=self.clock,
                zone=lambda: "UTC",
                pool_name="exchange-alone",
                wait=no_wait,
            )
        )

    async def until(self, told: Callable[[State], bool]) -> State:
        async with asyncio.timeout(30):
            while not told(self.session.state):
                self.changed.clear()
                await self.changed.wait()
        return self.session.state


@asynccontextmanager
async def client(
    account: Account, password: str = PASSWORD, credentials: MemoryStore | None = None
) -> AsyncIterator[Client]:
    """A client that runs; its password is in the store, which may be that of an earlier run."""
    running = Client(account, credentials or MemoryStore())
    if credentials is None:
        await running.credentials.set(password_key(account), password)
    running.session.start(lambda _state: running.changed.set())
    try:
        yield running
    finally:
        await running.session.stop()


def stopped(state: State) -> bool:
    return state.calendar.health is Health.STOPPED and state.calendar.checking_since is None


async def test_an_account_changed_while_a_check_is_in_flight_is_checked_at_once() -> None:
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()

    def silent(visit: Visit) -> None:
        loop.call_soon_threadsafe(asked.set)
        visit.over.wait()

    with RawServer(silent) as hanging, RawServer(WORKING) as working:
        async with client(hanging.account()) as running:
            await asked.wait()
            await running.session.save_account(working.account(), PASSWORD, keep=True)
            state = await running.until(lambda state: state.calendar.health is Health.OK)
            assert (len(state.calendar.items), state.calendar.checking_since) == (1, None)
            assert state.calendar.next_check is not None


async def test_a_stored_password_that_was_refused_is_not_sent_by_test_connection() -> None:
    with RawServer(REFUSED) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            steps: list[str] = []
            for _ in range(2):
                assert not await running.session.test_connection(
                    running.session.state.options.account,
                    None,
                    lambda step: steps.append(step.problem.name if step.problem is not None else ""),
                )
            assert "refused-password" in steps
            assert server.attempts == 1


async def test_a_stored_password_that_was_refused_is_not_sent_after_a_restart_until_it_is_typed() -> None:
    let_in: set[str] = set()

    def answer(visit: Visit) -> None:
        (WORKING if let_in else REFUSED)(visit)

    with RawServer(answer) as server:
        async with client(server.account()) as running:
            problem = (await running.until(stopped)).calendar.problem
            credentials = running.credentials
        for _ in range(2):
            async with client(server.account(), credentials=credentials) as running:
                state = await running.until(stopped)
                assert state.calendar.problem == problem
                assert not await running.session.test_connection(
                    state.options.account, None, lambda _step: None
                )
                assert server.attempts == 1
        let_in.add("anna")
        async with client(server.account(), credentials=credentials) as running:
            await running.until(stopped)
            await running.session.enter_password(PASSWORD, keep=True)
            await running.until(lambda state: state.calendar.health is Health.OK)
        async with client(server.account(), credentials=credentials) as running:
            await running.until(lambda state: state.calendar.health is Health.OK)


async def test_a_password_that_was_changed_in_the_keyring_is_tried_and_so_is_one_of_another_server() -> None:
    with RawServer(REFUSED) as server, RawServer(WORKING) as other:
        async with client(server.account()) as running:
            await running.until(stopped)
            credentials = running.credentials
        await credentials.set(password_key(server.account()), "changed")
        async with client(server.account(), credentials=credentials) as running:
            await running.until(stopped)
            assert server.attempts == 2
            await running.session.save_account(other.account(), None, keep=True)
            await running.until(lambda state: state.calendar.health is Health.OK)


async def test_a_stored_password_that_works_after_all_is_sent_after_a_restart() -> None:
    answers = [REFUSED]

    def answer(visit: Visit) -> None:
        answers[0](visit)

    with RawServer(answer) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            credentials = running.credentials
            answers[0] = WORKING
            # Typed for Test connection, and not kept anew: the very same one.
            assert await running.session.test_connection(
                running.session.state.options.account, PASSWORD, lambda _step: None
            )
        async with client(server.account(), credentials=credentials) as running:
            await running.until(lambda state: state.calendar.health is Health.OK)


async def test_a_password_typed_for_test_connection_is_an_act_of_the_person_and_sent_once() -> None:
    with RawServer(REFUSED) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            await running.session.test_connection(
                running.session.state.options.account, PASSWORD, lambda _step: None
            )
            assert server.attempts == 2


async def test_a_typed_password_that_was_refused_is_not_sent_by_pressing_test_again() -> None:
    with RawServer(REFUSED) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            account = running.session.state.options.account
            for anew in (True, False, False):
                assert not await running.session.test_connection(
                    account, "mistyped", lambda _step: None, anew=anew
                )
            assert server.attempts == 2  # the stored one, and the typed one once


async def test_saving_an_account_without_typing_a_password_does_not_send_the_refused_one_again() -> None:
    with RawServer(REFUSED) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            account = running.session.state.options.account
            await running.session.save_account(account, None, keep=True)
            await running.session.save_account(replace(account, ca_file=""), None, keep=True)
            running.session.post(ev.CheckNow())
            await running.session.drained()
            assert stopped(running.session.state)
            assert server.attempts == 1


async def test_a_second_wrong_password_does_not_set_the_first_one_free() -> None:
    with RawServer(REFUSED) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            account = running.session.state.options.account
            await running.session.test_connection(account, "another wrong one", lambda _step: None)
            await running.session.test_connection(account, None, lambda _step: None)
            assert server.attempts == 2


async def test_a_server_that_moved_is_asked_with_the_password_that_stayed() -> None:
    with RawServer(REFUSED) as old, RawServer(WORKING) as new:
        async with client(old.account()) as running:
            await running.until(stopped)
            await running.session.save_account(new.account(), None, keep=True)
            await running.until(lambda state: state.calendar.health is Health.OK)
            assert await running.credentials.get(password_key(new.account())) == (PASSWORD,)


async def test_what_another_server_says_of_a_password_in_a_test_says_nothing_about_the_account() -> None:
    with RawServer(WORKING) as server, RawServer(REFUSED) as other:
        async with client(server.account()) as running:
            await running.until(lambda state: state.calendar.health is Health.OK)
            elsewhere = replace(server.account(), server=other.account().server)
            assert not await running.session.test_connection(elsewhere, None, lambda _step: None)
            assert other.attempts == 1
            credentials = running.credentials
        async with client(server.account(), credentials=credentials) as running:
            await running.until(lambda state: state.calendar.health is Health.OK)


async def test_a_password_that_is_taken_along_to_a_server_which_refused_it_is_not_sent_there_again() -> None:
    with RawServer(WORKING) as server, RawServer(REFUSED) as other:
        elsewhere = replace(server.account(), server=other.account().server)
        async with client(server.account()) as running:
            await running.until(lambda state: state.calendar.health is Health.OK)
            assert not await running.session.test_connection(elsewhere, None, lambda _step: None)
            await running.session.save_account(elsewhere, None, keep=True)
            await running.until(stopped)
            credentials = running.credentials
        async with client(elsewhere, credentials=credentials) as running:
            await running.until(stopped)
        assert other.attempts == 1


async def test_an_account_that_comes_back_without_a_typed_password_is_not_asked_with_the_refused_one() -> (
    None
):
    with RawServer(REFUSED) as server, RawServer(WORKING) as other:
        elsewhere = replace(server.account(), server=other.account().server)
        async with client(server.account()) as running:
            await running.until(stopped)
            await running.session.save_account(elsewhere, None, keep=True)
            await running.until(lambda state: state.calendar.health is Health.OK)
            await running.session.save_account(server.account(), None, keep=True)
            await running.until(stopped)
            credentials = running.credentials
        async with client(server.account(), credentials=credentials) as running:
            await running.until(stopped)
        assert server.attempts == 1
