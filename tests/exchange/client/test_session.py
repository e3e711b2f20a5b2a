"""Passwords, Test connection, and what a check costs."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarAnswer, ProblemError
from lyncdesk.exchange.gate import PasswordGate
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange.session import ExchangeSession
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import RawServer, Visit
from tests.exchange.client.sessions import (
    PASSWORD,
    SOON,
    WINDOW,
    Passwords,
    examined,
    session_for,
)
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
WORKING = raw.calendar(raw.ITEM)


async def problem_of(session: ExchangeSession) -> str:
    try:
        await session.check(WINDOW, next_due_in=SOON)
    except ProblemError as error:
        return error.problem.name
    return "fine"


async def test_one_refused_attempt_reaches_the_server_however_many_wait(worker: ExchangeWorker) -> None:
    with RawServer(raw.REFUSES) as server:
        async with session_for(server.account(), worker=worker) as session:
            names = await asyncio.gather(*(problem_of(session) for _ in range(5)))
            names.append(await examined(session))
        assert names == ["refused-password"] * 6
        assert len(server.requests) == 1


async def test_a_refusal_holds_for_every_session_of_the_gate_and_survives_the_worker() -> None:
    gate = PasswordGate()
    with RawServer(raw.REFUSES) as server:
        for _ in range(3):
            async with session_for(server.account(), gate=gate) as session:
                assert await problem_of(session) == "refused-password"
        assert len(server.requests) == 1


async def test_a_new_password_opens_the_gate(worker: ExchangeWorker) -> None:
    passwords = Passwords("old")
    with RawServer(raw.REFUSES) as server:
        async with session_for(server.account(), worker=worker, password=passwords) as session:
            assert await problem_of(session) == "refused-password"
            server.behaviour = WORKING
            assert await problem_of(session) == "refused-password"
            passwords.password = "new"
            assert await problem_of(session) == "fine"


async def test_the_same_password_is_tried_again_only_after_the_person_acted(worker: ExchangeWorker) -> None:
    with RawServer(raw.REFUSES) as server:
        async with session_for(server.account(), worker=worker) as session:
            assert await problem_of(session) == "refused-password"
            server.behaviour = WORKING
            session.password_entered()
            assert await problem_of(session) == "fine"


async def test_another_login_or_server_has_a_gate_of_its_own(worker: ExchangeWorker) -> None:
    gate = PasswordGate()
    with RawServer(raw.REFUSES) as server, RawServer(WORKING) as other:
        for account, expected in (
            (server.account(), "refused-password"),
            (server.account(user_name="EXAMPLE\\anna"), "refused-password"),
            (other.account(), "fine"),
        ):
            async with session_for(account, worker=worker, gate=gate) as session:
                assert await problem_of(session) == expected
        assert len(server.requests) == 2


async def test_one_server_and_login_have_one_gate_however_they_are_written(worker: ExchangeWorker) -> None:
    gate = PasswordGate()
    with RawServer(raw.REFUSES) as server:
        usual = server.account()
        for account in (
            usual,
            replace(usual, server=usual.server.replace("EWS/Exchange", "ews/exchange")),
            replace(usual, user_name=usual.login.upper()),
        ):
            async with session_for(account, worker=worker, gate=gate) as session:
                assert await problem_of(session) == "refused-password"
        assert len(server.requests) == 1


async def test_a_caller_that_gives_up_does_not_make_the_gate_miss_the_refusal(worker: ExchangeWorker) -> None:
    def slow(visit: Visit) -> None:
        visit.over.wait()
        raw.REFUSES(visit)

    with RawServer(slow) as server:
        async with session_for(server.account(), worker=worker) as session:
            check = asyncio.create_task(problem_of(session))
            await until(lambda: server.requests, "the check")
            check.cancel()
            await asyncio.gather(check, return_exceptions=True)
            server.behaviour = WORKING  # lets the slow answer go, which is a refusal
            assert await problem_of(session) == "refused-password"
        assert len(server.requests) == 1


async def test_a_refusal_after_the_items_ends_the_check(worker: ExchangeWorker) -> None:
    def serve(visit: Visit) -> None:
        (WORKING if visit.is_about("FindItem") else raw.REFUSES)(visit)

    with RawServer(serve) as server:
        async with session_for(server.account(), worker=worker) as session:
            assert await problem_of(session) == "refused-password"
            assert await problem_of(session) == "refused-password"
        assert len(server.requests) == 2


async def test_without_a_password_nothing_is_sent(worker: ExchangeWorker) -> None:
    with RawServer(WORKING) as server:
        for password in (None, ""):
            async with session_for(server.account(), worker=worker, password=Passwords(password)) as session:
                assert await problem_of(session) == "no-password"
        assert server.requests == []


async def test_a_check_is_one_find_item_and_one_request_for_automatic_replies(worker: ExchangeWorker) -> None:
    with RawServer(WORKING) as server:
        async with session_for(server.account(), worker=worker) as session:
            answer = await session.check(WINDOW, next_due_in=SOON)
        operations = [request.count(b"m:FindItem ") for request in server.requests]
        assert (answer.requests, operations) == (2, [1, 0])
        first = server.requests[0]
        assert b'MaxEntriesReturned="5000"' in first
        assert b'<t:TimeZoneDefinition Id="UTC"/>' in first
        assert b"ExchangeImpersonation" not in first
        assert answer.server == "15.1.2507.6"


async def test_the_password_is_sent_as_utf8(worker: ExchangeWorker) -> None:
    import base64

    with RawServer(WORKING) as server:
        async with session_for(server.account(user_name="ÄNNA"), worker=worker) as session:
            assert await problem_of(session) == "fine"
        pair = base64.b64encode(f"ÄNNA:{PASSWORD}".encode())
        assert all(b"Authorization: Basic " + pair in request for request in server.requests)


async def test_closing_a_session_leaves_a_shared_worker_alone(worker: ExchangeWorker) -> None:
    with RawServer(WORKING) as server:
        async with session_for(server.account(), worker=worker) as session:
            assert await problem_of(session) == "fine"
        assert worker.pid is not None


async def test_closing_a_session_ends_a_check_that_hangs() -> None:
    with RawServer(raw.hangs) as server:
        async with session_for(server.account()) as session:
            check = asyncio.create_task(problem_of(session))
            await until(lambda: server.requests, "the check")
        assert (await asyncio.gather(check, return_exceptions=True))[0] is not None


async def test_an_address_without_a_mailbox_name_is_said_before_anything_is_sent(
    worker: ExchangeWorker,
) -> None:
    with RawServer(WORKING) as server:
        async with session_for(server.account(address="anna"), worker=worker) as session:
            assert await problem_of(session) == "server-address"
        assert server.requests == []


async def test_exchange_online_is_told_before_a_password_is_sent_there(worker: ExchangeWorker) -> None:
    account = Account("anna@example.com", server="outlook.office365.com")
    starts = worker.report().starts
    async with session_for(account, worker=worker) as session:
        assert await problem_of(session) == "exchange-online"
        assert await examined(session) == "exchange-online"
    assert worker.report().starts == starts


async def test_the_limit_of_items_is_never_silent(worker: ExchangeWorker) -> None:
    with RawServer(raw.answers(raw.found(raw.ITEM, raw.ITEM, last=b"false"))) as server:
        async with session_for(server.account(), worker=worker, limit=2) as session:
            with pytest.raises(ProblemError) as caught:
                await session.check(WINDOW, next_due_in=SOON)
    assert caught.value.problem.name == "too-many-items"
    assert dict(caught.value.problem.values)["limit"] == "2"


async def test_durations_are_real_time_of_the_given_clock(worker: ExchangeWorker) -> None:
    ticks = iter([100.0, 100.25])
    with RawServer(WORKING) as server:
        session = ExchangeSession(server.account(), Passwords(), monotonic=lambda: next(ticks), worker=worker)
        answer = await session.check(WINDOW, next_due_in=SOON)
        await session.close()
    assert isinstance(answer, CalendarAnswer)
    assert answer.duration == timedelta(seconds=0.25)
