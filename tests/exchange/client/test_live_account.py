"""The account of a running client over the real worker and gate: changed, tested, refused, in any order."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from lyncdesk.client import events as ev
from lyncdesk.client.options import Account
from lyncdesk.client.passwords import password_key
from lyncdesk.client.state import Health, State
from lyncdesk.machine.credentials import MemoryStore
from tests.exchange.client import raw_server as raw
from tests.exchange.client.live_client import Client, running_client
from tests.exchange.client.raw_server import RawServer, Visit
from tests.exchange.client.sessions import PASSWORD
from tests.waiting import until

WORKING = raw.calendar(raw.ITEM)


def client(account: Account, credentials: MemoryStore | None = None) -> AbstractAsyncContextManager[Client]:
    """A client that asks the server first how to sign in."""
    return running_client(replace(account, authentication="automatic"), credentials=credentials)


def stopped(state: State) -> bool:
    return state.calendar.health is Health.STOPPED and state.calendar.checking_since is None


async def test_an_account_changed_while_a_check_is_in_flight_is_checked_at_once() -> None:
    with RawServer(raw.hangs) as hanging, RawServer(WORKING) as working:
        async with client(hanging.account()) as running:
            await until(lambda: hanging.requests, "the check")
            await running.session.save_account(working.account(), PASSWORD, keep=True)
            state = await running.until(lambda state: state.calendar.health is Health.OK)
            assert (len(state.calendar.items), state.calendar.checking_since) == (1, None)
            assert state.calendar.next_check is not None


async def test_a_stored_password_that_was_refused_is_not_sent_by_test_connection() -> None:
    with RawServer(raw.REFUSES) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            steps: list[str] = []
            for _ in range(2):
                assert not await running.session.test_connection(
                    running.state.options.account,
                    None,
                    lambda step: steps.append(step.problem.name if step.problem is not None else ""),
                )
            assert "refused-password" in steps
            assert server.attempts == 1


async def test_a_stored_password_that_was_refused_is_not_sent_after_a_restart_until_it_is_typed() -> None:
    let_in: set[str] = set()

    def answer(visit: Visit) -> None:
        (WORKING if let_in else raw.REFUSES)(visit)

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
    with RawServer(raw.REFUSES) as server, RawServer(WORKING) as other:
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
    answers = [raw.REFUSES]

    def answer(visit: Visit) -> None:
        answers[0](visit)

    with RawServer(answer) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            credentials = running.credentials
            answers[0] = WORKING
            # Typed for Test connection, and not kept anew: the very same one.
            assert await running.session.test_connection(
                running.state.options.account, PASSWORD, lambda _step: None
            )
        async with client(server.account(), credentials=credentials) as running:
            await running.until(lambda state: state.calendar.health is Health.OK)


async def test_a_password_typed_for_test_connection_is_an_act_of_the_person_and_sent_once() -> None:
    with RawServer(raw.REFUSES) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            await running.session.test_connection(running.state.options.account, PASSWORD, lambda _step: None)
            assert server.attempts == 2


async def test_a_typed_password_that_was_refused_is_not_sent_by_pressing_test_again() -> None:
    with RawServer(raw.REFUSES) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            account = running.state.options.account
            for anew in (True, False, False):
                assert not await running.session.test_connection(
                    account, "mistyped", lambda _step: None, anew=anew
                )
            assert server.attempts == 2  # the stored one, and the typed one once


async def test_saving_an_account_without_typing_a_password_does_not_send_the_refused_one_again() -> None:
    with RawServer(raw.REFUSES) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            account = running.state.options.account
            await running.session.save_account(account, None, keep=True)
            await running.session.save_account(replace(account, ca_file=""), None, keep=True)
            running.session.post(ev.CheckNow())
            await running.session.drained()
            assert stopped(running.state)
            assert server.attempts == 1


async def test_a_second_wrong_password_does_not_set_the_first_one_free() -> None:
    with RawServer(raw.REFUSES) as server:
        async with client(server.account()) as running:
            await running.until(stopped)
            account = running.state.options.account
            await running.session.test_connection(account, "another wrong one", lambda _step: None)
            await running.session.test_connection(account, None, lambda _step: None)
            assert server.attempts == 2


async def test_a_server_that_moved_is_asked_with_the_password_that_stayed() -> None:
    with RawServer(raw.REFUSES) as old, RawServer(WORKING) as new:
        async with client(old.account()) as running:
            await running.until(stopped)
            await running.session.save_account(new.account(), None, keep=True)
            await running.until(lambda state: state.calendar.health is Health.OK)
            assert await running.credentials.get(password_key(new.account())) == (PASSWORD,)


async def test_what_another_server_says_of_a_password_in_a_test_says_nothing_about_the_account() -> None:
    with RawServer(WORKING) as server, RawServer(raw.REFUSES) as other:
        async with client(server.account()) as running:
            await running.until(lambda state: state.calendar.health is Health.OK)
            elsewhere = replace(server.account(), server=other.account().server)
            assert not await running.session.test_connection(elsewhere, None, lambda _step: None)
            assert other.attempts == 1
            credentials = running.credentials
        async with client(server.account(), credentials=credentials) as running:
            await running.until(lambda state: state.calendar.health is Health.OK)


async def test_a_password_that_is_taken_along_to_a_server_which_refused_it_is_not_sent_there_again() -> None:
    with RawServer(WORKING) as server, RawServer(raw.REFUSES) as other:
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
    with RawServer(raw.REFUSES) as server, RawServer(WORKING) as other:
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
