"""Test connection behind a proxy: the way leads through it, and its refusal is told as its own."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from lyncdesk.client.session import StepResult
from tests.exchange.client.discovery_servers import behind_a_password, by_path
from tests.exchange.client.proxy import HANGS_UP, Proxy
from tests.exchange.client.small_world import Organisation
from tests.exchange.client.test_doctor import examined
from tests.exchange.client.thin_servers import serves


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    made = Proxy()
    with made.running():
        monkeypatch.setenv("HTTPS_PROXY", made.url)
        yield made


EWS = "https://mail.corp.example/EWS/Exchange.asmx"


async def test_every_step_goes_through_the_proxy(corp: Organisation, proxy: Proxy) -> None:
    server = corp.host("mail.corp.example", by_path(ews=behind_a_password(serves())))
    corp.worker = corp.world.worker()
    proxy.target = ("127.0.0.1", server.port)
    works, told = await examined(corp, corp.account(server=EWS))
    await corp.worker.close()
    assert works, told.told()
    assert set(told.results.values()) == {StepResult.OK}
    host, port = proxy.url.removeprefix("http://").split(":")
    assert told.came("name") == f"by the proxy {host}:{port}: 127.0.0.1"
    assert told.came("connection") == f"127.0.0.1, port {port}"
    assert told.came("encryption").startswith("TLS 1.3; the certificate is for mail.corp.example")
    assert all(head.startswith(b"CONNECT mail.corp.example:443 ") for head in proxy.asked)


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        ("407 Proxy Authentication Required", "proxy-password"),
        ("403 Forbidden", "proxy-refused"),
        (HANGS_UP, "proxy-failed"),
    ],
)
async def test_a_proxy_that_does_not_let_through_is_told_as_such(
    corp: Organisation, proxy: Proxy, says: str, problem: str
) -> None:
    server = corp.host("mail.corp.example", by_path(ews=behind_a_password(serves())))
    corp.worker = corp.world.worker()
    proxy.says = says
    works, told = await examined(corp, corp.account(server=EWS))
    await corp.worker.close()
    assert not works
    assert told.failure == ("encryption", problem)
    assert server.requests == []


@pytest.mark.parametrize("known", [True, False], ids=["with its password", "without"])
async def test_a_proxy_with_a_password_takes_the_one_that_the_computer_was_told_and_no_other(
    corp: Organisation, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """As in HTTPS_PROXY=http://anna:sesame@proxy:8080. The person's own is for Exchange alone."""
    server = corp.host("mail.corp.example", by_path(ews=behind_a_password(serves())))
    corp.worker = corp.world.worker()
    proxy.target = ("127.0.0.1", server.port)
    proxy.wants = b"Basic " + base64.b64encode(b"anna:sesame")
    if known:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//anna:sesame@"))
    works, told = await examined(corp, corp.account(server=EWS))
    await corp.worker.close()
    assert works is known, told.told()
    if not known:
        assert told.failure == ("encryption", "proxy-password")
        assert not any(b"authorization" in head.lower() for head in proxy.asked)
    assert "sesame" not in told.told()


async def test_the_proxy_of_the_account_is_taken_in_a_session_that_knows_of_none(
    corp: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What starts with the desktop has no variables of a shell; what it has instead does not count."""
    server = corp.host("mail.corp.example", by_path(ews=behind_a_password(serves())))
    with Proxy().running() as proxy:
        monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", "mail.corp.example")
        corp.worker = corp.world.worker()
        proxy.target = ("127.0.0.1", server.port)
        works, told = await examined(corp, corp.account(server=EWS, proxy=proxy.url))
        await corp.worker.close()
        assert works, told.told()
        assert len(proxy.asked) > 2
        assert {head.split(b" ")[1] for head in proxy.asked} == {b"mail.corp.example:443"}


async def test_an_account_without_a_proxy_goes_past_that_of_the_computer(
    corp: Organisation, proxy: Proxy
) -> None:
    server = corp.host("mail.corp.example", by_path(ews=behind_a_password(serves())))
    corp.worker = corp.world.worker()
    works, told = await examined(corp, corp.account(server=EWS, proxy="none"))
    assert works, told.told()
    assert proxy.asked == []
    # And the next that asks goes by the computer's again.
    proxy.target = ("127.0.0.1", server.port)
    works, told = await examined(corp, corp.account(server=EWS))
    await corp.worker.close()
    assert works, told.told()
    assert proxy.asked != []
