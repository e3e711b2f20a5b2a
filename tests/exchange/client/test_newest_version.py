"""Asking a place for a newer version: over real TLS, of servers that are kind, sloppy or hostile."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from lyncdesk.client.options import Account
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.releases import Compared, Newest
from lyncdesk.client.words import Words
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange.releases import ask_newest
from lyncdesk.exchange.wire import NEWEST_RELEASE
from tests.exchange.client import raw_server as raw
from tests.exchange.client.certificates import Authority
from tests.exchange.client.proxy import Proxy
from tests.exchange.client.raw_server import DEAF, Behaviour, RawServer, Visit
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
RUNNING = "0.2.0"


class Lent(ExchangeWorker):
    """A worker that the tests of this module share: who asks closes it, and it goes on."""

    async def close(self) -> None:
        """Not yet."""

    async def end(self) -> None:
        await super().close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lent() -> AsyncIterator[Lent]:
    worker = Lent(grace=3600)
    # It starts here, so that no test is blamed for it.
    nowhere = {"endpoint": "-", "ca_file": ""}
    assert (await worker.request(NEWEST_RELEASE, nowhere, {"running": RUNNING}, deadline=60)).failure
    yield worker
    await worker.end()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server(authority: Authority) -> Iterator[RawServer]:
    with RawServer(raw.hangs, authority.server()) as server:
        yield server


def place(server: RawServer, path: str = "latest.json") -> str:
    return f"https://localhost:{server.port}/{path}"


class Asker:
    """Asks a server of this module for what lies there."""

    def __init__(self, server: RawServer, authority: Authority, worker: Lent) -> None:
        self.server = server
        self.account = Account("anna@example.com", "anna", ca_file=str(authority.file))
        self._worker = worker

    async def __call__(self, behaviour: Behaviour) -> Newest:
        self.server.behaviour = behaviour
        url = place(self.server)
        return await ask_newest(url, self.account, running=RUNNING, worker=lambda: self._worker)


@pytest.fixture
def ask(server: RawServer, authority: Authority, lent: Lent) -> Asker:
    return Asker(server, authority, lent)


async def why(ask: Asker, behaviour: Behaviour) -> str:
    """The reason in words; the rest of the problem is always the same."""
    with pytest.raises(ProblemError) as caught:
        await ask(behaviour)
    problem = caught.value.problem
    assert problem.name == "version-unknown"
    cause = Words()(problem.cause)
    assert cause.startswith("localhost was asked. ")
    return cause.removeprefix("localhost was asked. ")


def says(**told: object) -> Behaviour:
    return raw.answers(json.dumps(told).encode())


async def test_a_newer_version_is_told_with_its_date_and_page(ask: Asker) -> None:
    page = "https://intranet.example.org/lyncdesk"
    newest = await ask(says(version="0.3.0", date="2026-11-27", page=page, more={"x": [1]}))
    assert newest == Newest("0.3.0", Compared.NEWER, date=date(2026, 11, 27), page=page)


@pytest.mark.parametrize(
    ("version", "compared", "preview"),
    [
        ("0.2.1", Compared.NEWER, False),
        ("0.10.0", Compared.NEWER, False),  # not as text, in which it would be older
        ("1", Compared.NEWER, False),
        ("0.3.0rc1", Compared.NEWER, True),
        ("0.2.0", Compared.SAME, False),
        ("v0.2", Compared.SAME, False),
        ("0.2.0rc1", Compared.OLDER, True),
        ("0.1.9", Compared.OLDER, False),
    ],
)
async def test_versions_are_compared_as_versions(
    ask: Asker, version: str, compared: Compared, preview: bool
) -> None:
    newest = await ask(says(version=version))
    assert (newest.compared, newest.preview) == (compared, preview)
    assert (newest.date, newest.page) == (None, "")


@pytest.mark.parametrize("page", ["http://example.org/", "javascript:alert(1)", "https://a b/", 7, None])
@pytest.mark.parametrize("day", ["yesterday", 20261127, None])
async def test_what_is_sloppy_beside_the_version_is_left_out(ask: Asker, page: object, day: object) -> None:
    newest = await ask(says(version="0.3.0", date=day, page=page))
    assert newest == Newest("0.3.0", Compared.NEWER)


async def test_it_is_one_question_that_tells_nothing(ask: Asker) -> None:
    await ask(raw.answers(b'{"version": "0.3.0"}', "200 OK", "Set-Cookie: you=known; Path=/"))
    [request] = ask.server.requests
    head, *lines = request.decode().strip().split("\r\n")
    assert head == "GET /latest.json HTTP/1.1"
    told = dict(line.split(": ", 1) for line in lines)
    assert sorted(told) == ["Accept", "Accept-Encoding", "Host", "User-Agent"]
    assert told["User-Agent"] == "LyncDesk"  # not even the version that runs
    assert b"anna" not in request


BOMB = gzip.compress(b'{"version": "0.3.0", "more": "' + b"x" * 2**20 + b'"}')


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (raw.answers(b"<html>Sign in</html>"), "What came is no JSON object."),
        (raw.answers(b'["0.3.0"]'), "What came is no JSON object."),
        (raw.answers(b"[" * 60_000), "What came is no JSON object."),
        (raw.answers(b'{"version": "\xff"}'), "What came is no JSON object."),
        (raw.answers(b""), "What came is no JSON object."),
        (says(date="2026-11-27"), "What came names no version."),
        (says(version=["0.3.0"]), "What came names no version."),
        (says(version="newest"), "What came as a version is none."),
        (says(version=""), "What came as a version is none."),
        (says(version="1" * 61), "What came as a version is none."),
        (says(version="9" * 5000), "What came as a version is none."),
        (says(version="0.3.0", more="x" * 70_000), "What came is too long for an answer to this."),
        (
            raw.answers(BOMB, "200 OK", "Content-Encoding: gzip"),
            "What came is too long for an answer to this.",
        ),
        (raw.answers(b"", "404 Not Found"), "It answered HTTP 404."),
        (raw.refuses('Basic realm="x"'), "It answered HTTP 401."),
        (raw.answers(b'{"version": "9"}', "500 Internal Server Error"), "It answered HTTP 500."),
        (
            raw.answers(b"", "302 Found", "Location: https://elsewhere.example/latest.json"),
            "It sends to elsewhere.example, which was not asked.",
        ),
        (
            raw.answers(b"", "302 Found", "Location: http://localhost/latest.json"),
            "It sends to localhost, which was not asked.",
        ),
        (
            raw.answers(b"", "301 Moved Permanently", "Location: /latest.json"),
            "It sends from one address to the next.",
        ),
        (lambda visit: visit.connection.close(), "It could not be reached, or closed the connection."),
        (lambda visit: visit.says(b"SSH-2.0-OpenSSH_9\r\n"), "What came is no answer of a web server."),
        (DEAF, "It could not be reached, or closed the connection."),
    ],
)
async def test_what_is_no_answer_is_told_by_its_reason(ask: Asker, behaviour: Behaviour, reason: str) -> None:
    assert await why(ask, behaviour) == reason


async def test_a_redirect_on_the_same_host_is_taken(ask: Asker) -> None:
    def moved(visit: Visit) -> None:
        if visit.request.startswith(b"GET /new.json "):
            visit.answers(b'{"version": "0.3.0"}')
        else:
            visit.answers(
                b"", "307 Temporary Redirect", "Location: new.json", "Set-Cookie: you=known; Path=/"
            )

    assert (await ask(moved)).version == "0.3.0"
    assert len(ask.server.requests) == 2
    assert b"Cookie" not in ask.server.requests[1]


@pytest.mark.parametrize("name", ["LocalHost", "localhost"])
async def test_a_host_is_the_same_however_it_is_written(ask: Asker, name: str) -> None:
    def moved(visit: Visit) -> None:
        if visit.request.startswith(b"GET /new.json "):
            visit.answers(b'{"version": "0.3.0"}')
        else:
            visit.answers(b"", "302 Found", f"Location: https://{name}:{ask.server.port}/new.json")

    assert (await ask(moved)).version == "0.3.0"


@pytest.mark.parametrize("elsewhere", ["https://localhost/latest.json", "https://localhost:1/latest.json"])
async def test_another_port_is_somebody_else(ask: Asker, elsewhere: str) -> None:
    moved = raw.answers(b"", "302 Found", f"Location: {elsewhere}")
    assert await why(ask, moved) == "It sends to localhost, which was not asked."


async def test_who_does_not_prove_who_it_is_is_not_asked(
    server: RawServer, authority: Authority, tmp_path: Path
) -> None:
    server.behaviour = says(version="0.3.0")
    stranger = Authority(tmp_path / "other")
    with pytest.raises(ProblemError) as caught:
        await ask_newest(place(server), Account(ca_file=str(stranger.file)), running=RUNNING)
    assert "The server's certificate is not trusted." in Words()(caught.value.problem.cause)
    assert not any(b"latest.json" in request for request in server.requests)


@pytest.mark.parametrize("url", ["http://localhost/", "ftp://x/", "https://a:b@x/", "latest.json", ""])
async def test_what_cannot_be_asked_starts_nothing(url: str) -> None:
    def no_worker() -> ExchangeWorker:
        raise AssertionError("a worker was started")

    with pytest.raises(ProblemError) as caught:
        await ask_newest(url, Account(), worker=no_worker)
    assert caught.value.problem.name == "version-unknown"


async def test_the_way_leads_through_the_proxy_of_the_computer_or_of_the_account(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = authority.server(host="files.example.org")
    account = Account(ca_file=str(authority.file))
    with Proxy().running() as proxy, RawServer(says(version="0.3.0"), context) as server:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("https_proxy", proxy.url)
        proxy.target = ("127.0.0.1", server.port)
        newest = await ask_newest("https://files.example.org/latest.json", account, running=RUNNING)
        assert newest.version == "0.3.0"
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody: the account's own counts
        account = replace(account, proxy=proxy.url)
        assert (await ask_newest("https://files.example.org/latest.json", account)).version == "0.3.0"
        proxy.says = "403 Forbidden"
        with pytest.raises(ProblemError) as caught:
            await ask_newest("https://files.example.org/latest.json", account, running=RUNNING)
        assert "refused to connect: HTTP 403." in Words()(caught.value.problem.cause)


async def test_a_login_that_the_person_keeps_for_the_host_is_not_sent(
    server: RawServer, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login anna password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.behaviour = says(version="0.3.0")
    await ask_newest(place(server), Account(ca_file=str(authority.file)), running=RUNNING)
    [request] = server.requests
    assert b"authorization" not in request.lower()


async def test_giving_up_leaves_no_process(server: RawServer, authority: Authority) -> None:
    """The guards of all tests look for what is left of processes."""
    server.behaviour = raw.hangs
    asking = asyncio.create_task(
        ask_newest(place(server), Account(ca_file=str(authority.file)), running=RUNNING)
    )
    await until(lambda: server.requests, "the request")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
