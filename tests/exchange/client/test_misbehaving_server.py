"""Whatever a server does, the person is told the one problem that it is, and the next check works."""

import base64
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from lyncdesk.client.ports import CalendarAnswer, ProblemError
from lyncdesk.client.words import Words
from lyncdesk.exchange.process import ExchangeWorker
from tests.exchange.client import odd_worker as odd
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import RawServer, Visit
from tests.exchange.client.sessions import (
    PASSWORD,
    SOON,
    WINDOW,
    code_of,
    name_of,
    outcome_of,
    session_for,
    warm_worker,
)
from tests.exchange.client.situations import (
    BACK_OFF,
    HTML,
    SITUATIONS,
    WORKING,
    Situation,
    World,
    drips,
    drips_headers,
    world,
)
from tests.exchange.client.thin_servers import SERIES

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE = timedelta(seconds=1)  # of the tests in which nothing ever comes
ENOUGH = timedelta(seconds=60)


@pytest_asyncio.fixture(loop_scope="module")
async def own_worker() -> AsyncIterator[ExchangeWorker]:
    """For tests that cost their worker its life."""
    async with warm_worker() as worker:
        yield worker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world for the situations that cost it nothing."""
    async with world(tmp_path_factory.mktemp("world")) as made:
        yield made


async def goes_through(where: World, situation: Situation) -> None:
    deadline = PATIENCE if situation.slow else ENOUGH
    where.enter(situation)
    try:
        outcome = await outcome_of(
            where.account(situation), where.worker, deadline=deadline, password=where.passwords
        )
    finally:
        where.recover()  # so that no test after this one is blamed
    assert name_of(outcome) == situation.problem
    assert isinstance(outcome, ProblemError)
    for words in (outcome.problem.title, outcome.problem.cause, outcome.problem.remedy):
        assert "{" not in Words()(words)
    assert name_of(await outcome_of(where.account(Situation("")), where.worker)) == "fine"


@pytest.mark.parametrize("name", [name for name in SITUATIONS if not SITUATIONS[name].costs])
async def test_each_situation_has_its_problem_and_the_next_check_works(shared: World, name: str) -> None:
    await goes_through(shared, SITUATIONS[name])


@pytest.mark.parametrize("name", [name for name in SITUATIONS if SITUATIONS[name].costs])
async def test_each_situation_that_costs_processes_has_its_problem_and_the_next_check_works(
    tmp_path: Path, name: str
) -> None:
    situation = SITUATIONS[name]
    async with world(tmp_path, proxied=situation.proxy != "") as own:
        await goes_through(own, situation)
        # A worker that hangs, or whose server does not finish, is replaced; nothing else costs one its life.
        ends = situation.slow or situation.worker in odd.COSTS_ITS_LIFE
        assert own.worker.report().killed == ends


async def test_the_worker_itself_gives_up_on_silence(worker: ExchangeWorker) -> None:
    with RawServer(raw.hangs) as server:
        call = {"endpoint": server.url(), "address": "a@b.c", "login": "a", "password": "b", "timeout": 0.3}
        day = {"start": "2026-03-02T00:00:00+00:00", "end": "2026-03-03T00:00:00+00:00", "limit": 1}
        outcome = await worker.request("check", call, day, deadline=60, next_due_in=20)
    assert outcome.failure is not None
    assert outcome.failure.problem.name == "timed-out"
    assert worker.pid is not None


@pytest.mark.parametrize("drip", [drips, drips_headers])
async def test_the_worker_itself_gives_up_on_what_drips(worker: ExchangeWorker, drip: raw.Behaviour) -> None:
    pid = worker.pid
    with RawServer(drip) as server:
        call = {"endpoint": server.url(), "address": "a@b.c", "login": "a", "password": "b", "longest": 0.5}
        arguments = {"start": WINDOW.start.isoformat(), "end": WINDOW.end.isoformat(), "limit": 10}
        outcome = await worker.request("check", call, arguments, deadline=60, next_due_in=20)
    assert outcome.failure is not None
    assert outcome.failure.problem.name == "timed-out"
    assert worker.pid == pid


async def test_a_proxy_that_asks_for_ntlm_gets_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, proxied=True) as own:
        situation = Situation(
            "proxy-password", proxy="407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM"
        )
        for authentication in ("automatic", "ntlm", "negotiate"):
            asked = replace(situation, account={"authentication": authentication})
            own.enter(asked)
            assert name_of(await outcome_of(own.account(asked), own.worker)) == "proxy-password"
        assert own.proxy is not None
        assert not any(b"uthorization" in head for head in own.proxy.asked)


async def test_a_mailbox_that_moved_is_asked_as_if_nothing_were_known(worker: ExchangeWorker) -> None:
    password = base64.b64encode(f"anna@example.com:{PASSWORD}".encode())

    def basic(visit: Visit) -> None:
        if b"Basic " + password in visit.request:
            WORKING(visit)
        else:
            visit.answers(b"", "401 Unauthorized", "WWW-Authenticate: Basic")

    with RawServer(basic) as server:
        account = server.account(authentication="automatic")
        async with session_for(account, worker=worker) as session:
            requests = []
            for behaviour in (basic, basic, SITUATIONS["mailbox moving"].server, basic, basic):
                server.behaviour = behaviour
                with suppress(ProblemError):
                    requests.append((await session.check(WINDOW, next_due_in=SOON)).requests)
    assert requests == [3, 2, 3, 2]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 120", 120),
        ("Retry-After: Mon, 02 Mar 2026 10:02:00 GMT\r\nDate: Mon, 02 Mar 2026 10:00:30 GMT", 90),
        ("Retry-After: Mon, 02 Mar 2026 10:00:00 GMT\r\nDate: Mon, 02 Mar 2026 10:00:30 GMT", None),
        ("Retry-After: soon", None),
        ("X-None: 1", None),
    ],
)
async def test_the_servers_own_back_off_is_kept(
    worker: ExchangeWorker, header: str, seconds: int | None
) -> None:
    with RawServer(raw.answers(HTML, "503 Service Unavailable", header)) as server:
        outcome = await outcome_of(server.account(), worker)
    assert isinstance(outcome, ProblemError)
    assert outcome.back_off == (timedelta(seconds=seconds) if seconds else None)


@pytest.mark.parametrize(
    "body",
    [
        raw.fault(b"ErrorServerBusy", BACK_OFF),
        raw.failed(b"FindItem", b"ErrorServerBusy", b"<m:MessageXml>" + BACK_OFF + b"</m:MessageXml>"),
    ],
)
async def test_exchanges_own_back_off_is_kept_wherever_it_stands(worker: ExchangeWorker, body: bytes) -> None:
    with RawServer(raw.answers(body)) as server:
        outcome = await outcome_of(server.account(), worker)
    assert isinstance(outcome, ProblemError)
    assert (outcome.problem.name, outcome.back_off) == ("server-busy", timedelta(seconds=297.749))


@pytest.mark.parametrize("milliseconds", [b"999999999999", b"9" * 5000])
async def test_no_server_keeps_a_calendar_unread_for_more_than_a_day(
    worker: ExchangeWorker, milliseconds: bytes
) -> None:
    body = raw.fault(b"ErrorServerBusy", BACK_OFF.replace(b"297749", milliseconds))
    with RawServer(raw.answers(body)) as server:
        outcome = await outcome_of(server.account(), worker)
    assert isinstance(outcome, ProblemError)
    assert (outcome.problem.name, outcome.back_off) == ("server-busy", timedelta(days=1))


async def test_an_item_for_ever_has_times_that_every_zone_can_count(worker: ExchangeWorker) -> None:
    item = raw.ITEM.replace(b"2026-03-02T09:00:00Z", b"0001-01-01T00:00:00Z")
    item = item.replace(b"2026-03-02T10:00:00Z", b"9999-12-31T23:59:59Z")
    with RawServer(raw.calendar(item)) as server:
        outcome = await outcome_of(server.account(), worker)
    assert isinstance(outcome, CalendarAnswer)
    (found,) = outcome.items
    assert (found.start.year, found.end.year) == (1970, 2100)


async def test_replies_that_could_not_be_read_are_told_as_unknown_and_not_as_off(
    worker: ExchangeWorker,
) -> None:
    told = []
    for oof in (HTML, raw.ENVELOPE % raw.OOF_OFF):
        with RawServer(raw.calendar(raw.ITEM, oof=oof)) as server:
            outcome = await outcome_of(server.account(), worker)
        assert isinstance(outcome, CalendarAnswer)
        told.append((outcome.out_of_office, outcome.out_of_office_told, len(outcome.items)))
    assert told == [(None, False, 1), (None, True, 1)]


async def test_a_redirect_names_where_to_but_not_its_query(worker: ExchangeWorker) -> None:
    with RawServer(SITUATIONS["redirected elsewhere"].server) as server:
        code = code_of(await outcome_of(server.account(), worker))
    assert code == "HTTP 301 to www.example.com/welcome"


@pytest.mark.parametrize(
    "location", ["http://[x", "https://mail.example.com:99999/", "/\x85", "/" + "x" * 3000]
)
async def test_a_redirect_to_nothing_that_is_an_address_is_a_redirect_all_the_same(
    worker: ExchangeWorker, location: str
) -> None:
    def serve(visit: Visit) -> None:
        visit.answers(b"", "302 Found", f"Location: {location}")

    with RawServer(serve) as server:
        outcome = await outcome_of(server.account(), worker)
    assert (name_of(outcome), code_of(outcome)) == ("not-exchange", "HTTP 302")


async def test_forbidden_characters_in_a_subject_do_not_cost_the_answer(worker: ExchangeWorker) -> None:
    odd = raw.ITEM.replace(b"Budget", b"Bud&#x1F;get\x0b &amp; more")
    with RawServer(raw.calendar(odd, raw.ITEM)) as server:
        outcome = await outcome_of(server.account(), worker)
    assert isinstance(outcome, CalendarAnswer)
    assert sorted(item.subject for item in outcome.items) == ["Bud?get? & more", "Budget"]


async def test_out_of_office_that_cannot_be_read_does_not_lose_the_items(worker: ExchangeWorker) -> None:
    with RawServer(raw.calendar(raw.ITEM, oof=raw.fault(b"ErrorUnableToGetUserOofSettings"))) as server:
        outcome = await outcome_of(server.account(), worker)
    assert isinstance(outcome, CalendarAnswer)
    assert len(outcome.items) == 1
    assert outcome.limits == ("Automatic replies could not be read. Exchange reported an error.",)


async def test_out_of_office_that_never_comes_does_not_lose_the_items(own_worker: ExchangeWorker) -> None:
    def serve(visit: Visit) -> None:
        if visit.is_about("FindItem"):
            visit.answers(raw.found(raw.ITEM))
        else:
            raw.hangs(visit)

    with RawServer(raw.calendar(raw.ITEM)) as server:
        assert name_of(await outcome_of(server.account(), own_worker)) == "fine"
        server.behaviour = serve
        for patience in (PATIENCE, 8 * PATIENCE, ENOUGH):  # as long as this machine takes for the items
            outcome = await outcome_of(server.account(), own_worker, deadline=patience)
            if isinstance(outcome, CalendarAnswer):
                break
    assert isinstance(outcome, CalendarAnswer)
    assert len(outcome.items) == 1
    assert outcome.limits == ("Not everything came. Exchange did not answer.",)


async def test_a_server_of_2010_is_asked_in_its_own_version_and_that_is_remembered(
    worker: ExchangeWorker,
) -> None:
    def serve(visit: Visit) -> None:
        if b'RequestServerVersion Version="Exchange2010"' not in visit.request:
            visit.answers(raw.fault(b"ErrorInvalidServerVersion"), "500 Internal Server Error")
        else:
            raw.calendar(raw.ITEM)(visit)

    with RawServer(serve) as server:
        async with session_for(server.account(), worker=worker) as session:
            assert (await session.check(WINDOW)).requests == 3
            assert (await session.check(WINDOW)).requests == 2


async def test_what_the_server_does_not_tell_is_never_guessed(worker: ExchangeWorker) -> None:
    times = b"<t:Start>2026-03-02T09:00:00Z</t:Start><t:End>2026-03-02T10:00:00Z</t:End>"
    bare = b"<t:CalendarItem>" + times + b"</t:CalendarItem>"
    with RawServer(raw.calendar(bare)) as server:
        outcome = await outcome_of(server.account(), worker)
    assert isinstance(outcome, CalendarAnswer)
    [item] = outcome.items
    assert (item.show_as, item.kind, item.private, item.all_day) == ("NoData", "unknown", True, False)
    assert outcome.details is False


@pytest.mark.parametrize("word", [b"Elsewhere", b"", b"busy"])
async def test_an_unknown_show_as_is_no_data(worker: ExchangeWorker, word: bytes) -> None:
    odd = raw.ITEM.replace(b">Busy<", b">" + word + b"<")
    with RawServer(raw.calendar(odd)) as server:
        outcome = await outcome_of(server.account(), worker)
    assert isinstance(outcome, CalendarAnswer)
    assert outcome.items[0].show_as == "NoData"


async def test_a_series_of_which_the_server_tells_no_more_is_named_as_a_limit(worker: ExchangeWorker) -> None:
    with RawServer(raw.calendar(SERIES)) as server:
        outcome = await outcome_of(server.account(), worker)
    assert isinstance(outcome, CalendarAnswer)
    assert (len(outcome.items), outcome.complete) == (1, False)
    assert outcome.limits == (
        "This server does not take recurring items apart, so LyncDesk does.",
        "Some recurring items could not be taken apart: only their first day is shown.",
    )
