"""Whatever a server does, the person is told the one problem that it is, and the next check works."""

import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarAnswer, ProblemError
from lyncdesk.exchange.process import ExchangeWorker
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import Behaviour, RawServer, Visit
from tests.exchange.client.sessions import WINDOW, code_of, name_of, outcome_of, session_for, warm_worker

pytestmark = pytest.mark.asyncio(loop_scope="module")

HTML = b"<!DOCTYPE html><html><body>Sign in to Outlook</body></html>"
WHOLE = raw.found(raw.ITEM, raw.ITEM)
HALF = WHOLE[: len(WHOLE) // 2]
PATIENCE = timedelta(seconds=1)  # of the tests in which nothing ever comes


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[ExchangeWorker]:
    async with warm_worker() as worker:
        yield worker


@pytest_asyncio.fixture(loop_scope="module")
async def own_worker() -> AsyncIterator[ExchangeWorker]:
    """For tests that cost their worker its life."""
    async with warm_worker() as worker:
        yield worker


def ends_within_body(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(WHOLE), HALF))
    visit.connection.shutdown(socket.SHUT_RDWR)


def closes_without_answer(visit: Visit) -> None:
    visit.connection.shutdown(socket.SHUT_RDWR)


def resets(visit: Visit) -> None:
    visit.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    visit.connection.close()


def endless(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    while not visit.over.is_set():
        visit.says(chunk)


def hangs(visit: Visit) -> None:
    visit.over.wait()


def half_open(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(WHOLE), HALF))
    visit.over.wait()


def drips(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(WHOLE))
    for byte in WHOLE:
        visit.says(bytes([byte]))
        if visit.over.wait(0.05):
            return


def drips_headers(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not visit.over.wait(0.05):
        visit.says(b".")


def gzip_bomb(visit: Visit) -> None:
    import gzip

    body = gzip.compress(b" " * (40 * 2**20))
    visit.answers(body, "200 OK", "Content-Encoding: gzip")


CASES: dict[str, tuple[Behaviour, str]] = {
    "password refused": (
        raw.answers(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'),
        "refused-password",
    ),
    "password refused, no scheme named": (raw.answers(b"", "401 Unauthorized"), "refused-password"),
    "only other ways of signing in": (
        raw.answers(b"", "401 Unauthorized", "WWW-Authenticate: Negotiate, NTLM"),
        "sign-in-method",
    ),
    "account locked": (
        raw.answers(
            b"The referenced account is currently locked out", "401 Unauthorized", "WWW-Authenticate: Basic"
        ),
        "account-locked",
    ),
    "redirected to a web page": (
        raw.answers(b"", "302 Found", "Location: https://mail.example.com/owa/auth.aspx?secret=1"),
        "not-exchange",
    ),
    "web page": (raw.answers(HTML), "not-exchange"),
    "not found": (raw.answers(HTML, "404 Not Found"), "not-exchange"),
    "forbidden": (raw.answers(HTML, "403 Forbidden"), "access-denied"),
    "busy": (raw.answers(HTML, "503 Service Unavailable"), "server-busy"),
    "throttled": (raw.answers(HTML, "429 Too Many Requests"), "server-busy"),
    "broken inside": (raw.answers(HTML, "500 Internal Server Error"), "server-error"),
    "bad gateway": (raw.answers(HTML, "502 Bad Gateway"), "server-error"),
    "gateway timeout": (raw.answers(HTML, "504 Gateway Timeout"), "timed-out"),
    "empty": (raw.answers(b""), "broken-answer"),
    "cut, with the right length": (raw.answers(HALF), "broken-answer"),
    "cut, connection ended": (ends_within_body, "broken-answer"),
    "garbage in the middle": (
        raw.answers(WHOLE.replace(b"</t:Location>", b"</t:Lo<cation>", 1)),
        "broken-answer",
    ),
    "unreadable start": (raw.answers(WHOLE.replace(b"2026-03-02T09:00:00Z", b"soon", 1)), "broken-answer"),
    "no start": (
        raw.answers(WHOLE.replace(b"<t:Start>2026-03-02T09:00:00Z</t:Start>", b"", 1)),
        "broken-answer",
    ),
    "end before start": (raw.answers(WHOLE.replace(b"2026-03-02T10", b"2026-03-02T08", 1)), "broken-answer"),
    "document type": (
        raw.answers(WHOLE.replace(b"<s:Envelope", b'<!DOCTYPE x [<!ENTITY a "b">]><s:Envelope', 1)),
        "broken-answer",
    ),
    "bytes that are no HTTP": (
        lambda visit: visit.says(b"\x15\x03\x01\x00\x02\x02\x46 nonsense\r\n\r\n"),
        "not-exchange",
    ),
    "closed without an answer": (closes_without_answer, "connection-refused"),
    "connection reset": (resets, "connection-refused"),
    "endless body": (endless, "broken-answer"),
    "compressed bomb": (gzip_bomb, "broken-answer"),
    "another service": (raw.answers(raw.ENVELOPE % b"<x:Hello xmlns:x='urn:x'/>"), "not-exchange"),
    "fault": (
        raw.answers(raw.fault(b"ErrorInternalServerError"), "500 Internal Server Error"),
        "server-error",
    ),
    "fault, unknown code": (
        raw.answers(raw.fault(b"ErrorOfTomorrow"), "500 Internal Server Error"),
        "server-error",
    ),
    "fault, wrong version": (raw.answers(raw.fault(b"ErrorInvalidServerVersion")), "server-error"),
    "row, unknown code": (raw.answers(raw.failed(b"FindItem", b"ErrorOfTomorrow")), "server-error"),
    "row, no mailbox": (raw.answers(raw.failed(b"FindItem", b"ErrorNonExistentMailbox")), "no-mailbox"),
    "row, moving": (raw.answers(raw.failed(b"FindItem", b"ErrorMailboxMoveInProgress")), "mailbox-moved"),
    "row, too many": (raw.answers(raw.failed(b"FindItem", b"ErrorExceededFindCountLimit")), "too-many-items"),
    "row, password expired": (
        raw.answers(raw.failed(b"FindItem", b"ErrorPasswordExpired")),
        "password-expired",
    ),
    "truncated view": (raw.answers(raw.found(raw.ITEM, last=b"false")), "too-many-items"),
    "answer of another operation": (raw.answers(raw.ENVELOPE % raw.OOF_OFF), "not-exchange"),
    "items missing": (raw.answers(raw.found(raw.ITEM).replace(b"t:Items", b"t:Groups")), "broken-answer"),
}
SLOW: dict[str, Behaviour] = {
    "never answers": hangs,
    "stops within the body": half_open,
    "drips": drips,
    "drips headers": drips_headers,
}


@pytest.mark.parametrize("name", CASES)
async def test_each_misbehaviour_has_its_problem_and_the_next_check_works(
    worker: ExchangeWorker, name: str
) -> None:
    behaviour, problem = CASES[name]
    with RawServer(behaviour) as server:
        assert name_of(await outcome_of(server.account(), worker)) == problem
        server.behaviour = raw.calendar(raw.ITEM)
        assert name_of(await outcome_of(server.account(), worker)) == "fine"


@pytest.mark.parametrize("name", SLOW)
async def test_a_server_that_does_not_finish_costs_one_process_and_the_next_check_works(
    own_worker: ExchangeWorker, name: str
) -> None:
    with RawServer(raw.calendar(raw.ITEM)) as server:
        assert name_of(await outcome_of(server.account(), own_worker)) == "fine"
        killed = own_worker.report().killed
        server.behaviour = SLOW[name]
        assert name_of(await outcome_of(server.account(), own_worker, deadline=PATIENCE)) == "timed-out"
        assert own_worker.report().killed == killed + 1
        server.behaviour = raw.calendar(raw.ITEM)
        assert name_of(await outcome_of(server.account(), own_worker)) == "fine"


async def test_the_worker_itself_gives_up_on_silence(worker: ExchangeWorker) -> None:
    with RawServer(hangs) as server:
        call = {"endpoint": server.url(), "address": "a@b.c", "login": "a", "password": "b", "timeout": 0.3}
        day = {"start": "2026-03-02T00:00:00+00:00", "end": "2026-03-03T00:00:00+00:00", "limit": 1}
        outcome = await worker.request("check", call, day, deadline=60, next_due_in=20)
    assert outcome.failure is not None
    assert outcome.failure.problem.name == "timed-out"
    assert worker.pid is not None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 120", 120),
        ("Retry-After: Mon, 02 Mar 2026 10:02:00 GMT\r\nDate: Mon, 02 Mar 2026 10:00:30 GMT", 90),
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


BUSY_VALUE = b'<t:Value Name="Policy">EWS</t:Value><t:Value Name="BackOffMilliseconds">297749</t:Value>'


@pytest.mark.parametrize(
    "body",
    [
        raw.fault(b"ErrorServerBusy", BUSY_VALUE),
        raw.failed(b"FindItem", b"ErrorServerBusy", b"<m:MessageXml>" + BUSY_VALUE + b"</m:MessageXml>"),
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
    body = raw.fault(b"ErrorServerBusy", BUSY_VALUE.replace(b"297749", milliseconds))
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
    with RawServer(CASES["redirected to a web page"][0]) as server:
        code = code_of(await outcome_of(server.account(), worker))
    assert code == "HTTP 302 to mail.example.com/owa/auth.aspx"


async def test_nobody_listens(worker: ExchangeWorker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    account = Account("anna@example.com", server=f"http://127.0.0.1:{port}")
    assert name_of(await outcome_of(account, worker)) == "connection-refused"


async def test_a_name_that_does_not_exist(worker: ExchangeWorker) -> None:
    account = Account("anna@example.com", server="https://mail.does-not-exist.invalid")
    assert name_of(await outcome_of(account, worker)) == "name-not-found"


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
            hangs(visit)

    with RawServer(raw.calendar(raw.ITEM)) as server:
        assert name_of(await outcome_of(server.account(), own_worker)) == "fine"
        server.behaviour = serve
        outcome = await outcome_of(server.account(), own_worker, deadline=PATIENCE)
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


async def test_a_series_that_the_server_does_not_expand_is_named_as_a_limit(worker: ExchangeWorker) -> None:
    master = raw.ITEM.replace(
        b"<t:MyResponseType>", b"<t:CalendarItemType>RecurringMaster</t:CalendarItemType><t:MyResponseType>"
    )
    with RawServer(raw.calendar(master)) as server:
        outcome = await outcome_of(server.account(), worker)
    assert isinstance(outcome, CalendarAnswer)
    assert outcome.limits == ("This server does not expand recurring items; some may be missing.",)
