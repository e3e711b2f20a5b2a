"""An embedded Exchange with two people, judged by the published schemas, and exchangelib as its client."""

from collections.abc import Iterator
from typing import Any

import exchangelib
import pytest
from exchangelib.protocol import CachingProtocol
from exchangelib.version import Build, Version

from tests.exchange.server.wire import CheckedExchange

ANNA = "anna@example.com"
BEN = "ben@example.com"


@pytest.fixture
def exchange() -> Iterator[CheckedExchange]:
    """Anna in Berlin, Ben in London. Every request and answer of the test has to satisfy the schemas."""
    server = CheckedExchange()
    server.add_person(
        ANNA,
        "secret",
        name="Anna Keller",
        title="Head of Finance",
        company="Example",
        phones={"work": "+49 30 1", "mobile": "+49 170 1"},
        zone="Europe/Berlin",
    )
    server.add_person(BEN, "hush", name="Ben Carter", zone="Europe/London")
    yield server
    server.stop()
    assert server.found == []


@pytest.fixture
def account(exchange: CheckedExchange) -> Iterator[Any]:
    """Anna's account in unmodified exchangelib, over a socket."""
    CachingProtocol.clear_cache()
    found = make_account(exchange)
    yield found
    found.protocol.close()
    CachingProtocol.clear_cache()


def make_account(
    exchange: CheckedExchange,
    address: str = ANNA,
    password: str = "secret",
    auth_type: str = exchangelib.BASIC,
) -> Any:
    """An account of exchangelib as the client uses it: nothing is asked before the first request."""
    configuration = exchangelib.Configuration(
        service_endpoint=exchange.url or exchange.start(),
        credentials=exchangelib.Credentials(address, password),
        auth_type=auth_type,
        version=Version(Build(15, 2, 2562, 17)),
    )
    return exchangelib.Account(address, config=configuration, access_type=exchangelib.DELEGATE)
