"""Only a server that proves who it is gets a password."""

import ssl
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from lyncdesk.client.options import Account
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.words import Words
from lyncdesk.exchange.process import ExchangeWorker
from tests.exchange.client import raw_server as raw
from tests.exchange.client.certificates import DAY, Authority
from tests.exchange.client.proxy import Proxy
from tests.exchange.client.raw_server import RawServer
from tests.exchange.client.sessions import code_of, name_of, outcome_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
WORKING = raw.calendar(raw.ITEM)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_the_administrators_file_of_issuers_makes_an_own_authority_trusted(
    worker: ExchangeWorker, authority: Authority
) -> None:
    with RawServer(WORKING, authority.server()) as server:
        for host in ("localhost", "127.0.0.1"):
            account = server.account(server=server.url(host), ca_file=str(authority.file))
            assert name_of(await outcome_of(account, worker)) == "fine"


async def test_an_unknown_issuer_gets_nothing(worker: ExchangeWorker, authority: Authority) -> None:
    with RawServer(WORKING, authority.server()) as server:
        assert name_of(await outcome_of(server.account(), worker)) == "certificate-untrusted"
        assert server.requests == []


async def test_environment_variables_have_no_say_in_whom_we_trust(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority.file))
    worker = ExchangeWorker()
    with RawServer(WORKING, authority.server()) as server:
        assert name_of(await outcome_of(server.account(), worker)) == "certificate-untrusted"
    await worker.close()


async def test_what_is_on_this_computer_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """There a password may go without encryption; by way of a proxy everybody could read it."""
    with Proxy().running() as proxy, RawServer(WORKING) as server:
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        worker = ExchangeWorker()
        assert name_of(await outcome_of(server.account(server=server.url()), worker)) == "fine"
        await worker.close()
        assert proxy.asked == []


async def told(worker: ExchangeWorker, server: RawServer, account: Account) -> tuple[str, str]:
    """The problem, and its cause in words; no password and no address of a mailbox was sent."""
    outcome = await outcome_of(account, worker)
    assert isinstance(outcome, ProblemError)
    assert server.attempts == 0
    assert not any(b"anna" in request for request in server.requests)
    return outcome.problem.name, Words()(outcome.problem.cause)


@pytest.mark.parametrize(
    ("begins", "ends", "problem", "shown"),
    [(-3, -1, "certificate-expired", -1), (0.5, 1, "certificate-early", 0.5)],
    ids=["expired", "not yet valid"],
)
async def test_a_certificate_that_is_not_valid_today_is_told_with_its_date(
    worker: ExchangeWorker, authority: Authority, begins: float, ends: float, problem: str, shown: float
) -> None:
    context = authority.server(begins_in=begins * DAY, ends_in=ends * DAY)
    with RawServer(WORKING, context) as server:
        name, cause = await told(worker, server, server.account(ca_file=str(authority.file)))
    assert name == problem
    assert f"{authority.made + shown * DAY:%Y-%m-%d}" in cause


@pytest.mark.parametrize(
    ("begins", "ends", "server_days", "problem"),
    [
        (-3, -1, -2, "clock-wrong"),
        (1, 3, 2, "clock-wrong"),
        (-3, -1, 0, "certificate-expired"),
        (1, 3, 0, "certificate-early"),
        (-3, -1, -5, "certificate-expired"),
    ],
)
async def test_the_servers_own_clock_tells_whether_ours_is_wrong(
    worker: ExchangeWorker,
    authority: Authority,
    begins: float,
    ends: float,
    server_days: float,
    problem: str,
) -> None:
    its_time = datetime.now(UTC) + server_days * DAY
    says = raw.answers(b"", "401 Unauthorized", f"Date: {format_datetime(its_time, usegmt=True)}")
    context = authority.server(begins_in=begins * DAY, ends_in=ends * DAY)
    with RawServer(says, context) as server:
        name, cause = await told(worker, server, server.account(ca_file=str(authority.file)))
    assert name == problem
    if problem == "clock-wrong":
        assert f"{its_time:%Y-%m-%d %H:%M}" in cause


@pytest.mark.parametrize(
    "says",
    [
        lambda visit: visit.connection.close(),
        raw.answers(b"", "401 Unauthorized", "Date: yesterday"),
        raw.answers(b"", "401 Unauthorized", "Date: Mon, 02 Mar 2026 10:00:30"),
        lambda visit: visit.says(b"x" * 100_000),
    ],
    ids=["nothing", "no date", "a date without zone", "no HTTP"],
)
async def test_a_server_that_does_not_tell_its_time_is_told_by_ours(
    worker: ExchangeWorker, authority: Authority, says: raw.Behaviour
) -> None:
    context = authority.server(begins_in=-3 * DAY, ends_in=-DAY)
    with RawServer(says, context) as server:
        name, _ = await told(worker, server, server.account(ca_file=str(authority.file)))
    assert name == "certificate-expired"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_certificate_for_another_name_is_told_with_the_name(
    worker: ExchangeWorker, authority: Authority, host: str
) -> None:
    with RawServer(WORKING, authority.server(host="mail.example.com")) as server:
        account = server.account(server=server.url(host), ca_file=str(authority.file))
        name, cause = await told(worker, server, account)
    assert name == "certificate-host-name"
    assert "was issued for mail.example.com." in cause


async def test_who_issued_an_untrusted_certificate_is_told(
    worker: ExchangeWorker, authority: Authority
) -> None:
    with RawServer(WORKING, authority.server()) as server:
        name, cause = await told(worker, server, server.account())
    assert name == "certificate-untrusted"
    assert "was issued by Test authority, whom" in cause


async def test_a_self_signed_certificate_is_told_as_that(
    worker: ExchangeWorker, authority: Authority
) -> None:
    with RawServer(WORKING, authority.server(self_signed=True)) as server:
        assert (await told(worker, server, server.account()))[0] == "certificate-self-signed"


async def test_a_port_without_encryption_gets_nothing(worker: ExchangeWorker) -> None:
    with RawServer(raw.answers(b"", "400 Bad Request")) as server:
        account = server.account(server=server.url().replace("http:", "https:"))
        assert name_of(await outcome_of(account, worker)) == "not-encrypted"
        assert server.requests == []


async def test_a_server_without_a_common_cipher_gets_nothing(
    worker: ExchangeWorker, authority: Authority
) -> None:
    context = authority.server()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")  # which a key of this kind cannot serve
    with RawServer(WORKING, context) as server:
        outcome = await outcome_of(server.account(ca_file=str(authority.file)), worker)
        assert name_of(outcome) == "encryption-failed"
        assert server.requests == []


async def test_a_server_that_hangs_up_in_the_handshake_is_told_as_that(worker: ExchangeWorker) -> None:
    def hang_up(visit: raw.Visit) -> None:
        visit.connection.close()

    with RawServer(hang_up) as server:
        account = server.account(server=server.url().replace("http:", "https:"))
        assert name_of(await outcome_of(account, worker)) == "encryption-failed"


@pytest.mark.parametrize(
    ("content", "code"), [(None, "No such file or directory"), ("no certificate", "it holds no certificates")]
)
async def test_a_file_of_issuers_that_cannot_be_used_is_named_and_nothing_is_sent(
    worker: ExchangeWorker, authority: Authority, tmp_path: Path, content: str | None, code: str
) -> None:
    file = tmp_path / "issuers.pem"
    if content is not None:
        file.write_text(content)
    with RawServer(WORKING, authority.server()) as server:
        outcome = await outcome_of(server.account(ca_file=str(file)), worker)
        assert (name_of(outcome), code_of(outcome)) == ("ca-file", code)
        assert server.requests == []


@pytest.mark.parametrize("server", ["http://mail.example.com/EWS/Exchange.asmx", "http://10.0.0.1"])
async def test_a_password_never_leaves_this_computer_unencrypted(worker: ExchangeWorker, server: str) -> None:
    outcome = await outcome_of(Account("anna@example.com", server=server), worker)
    assert name_of(outcome) == "insecure-address"
