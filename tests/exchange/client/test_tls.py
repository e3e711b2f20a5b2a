"""Only a server that proves who it is gets a password."""

import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from lyncdesk.client.options import Account
from lyncdesk.exchange.process import ExchangeWorker
from tests.exchange.client import raw_server as raw
from tests.exchange.client.certificates import DAY, Authority
from tests.exchange.client.raw_server import RawServer
from tests.exchange.client.sessions import code_of, name_of, outcome_of, warm_worker

pytestmark = pytest.mark.asyncio(loop_scope="module")
WORKING = raw.calendar(raw.ITEM)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[ExchangeWorker]:
    async with warm_worker() as worker:
        yield worker


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


@pytest.mark.parametrize(
    ("begins_in", "ends_in"), [(-3 * DAY, -DAY), (DAY / 2, DAY)], ids=["expired", "not yet valid"]
)
async def test_a_certificate_that_is_not_valid_today_gets_nothing(
    worker: ExchangeWorker, authority: Authority, begins_in: timedelta, ends_in: timedelta
) -> None:
    with RawServer(WORKING, authority.server(begins_in=begins_in, ends_in=ends_in)) as server:
        account = server.account(ca_file=str(authority.file))
        assert name_of(await outcome_of(account, worker)) == "certificate-expired"
        assert server.requests == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_certificate_for_another_name_gets_nothing(
    worker: ExchangeWorker, authority: Authority, host: str
) -> None:
    with RawServer(WORKING, authority.server(host="mail.example.com")) as server:
        account = server.account(server=server.url(host), ca_file=str(authority.file))
        assert name_of(await outcome_of(account, worker)) == "certificate-host-name"
        assert server.requests == []


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
