"""An embedded Exchange with three people, and the clients of others that use it over its socket."""

import os
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from lyncdesk.exchange_server.certificate import make as make_certificate
from lyncdesk.exchange_server.certificate import server_context
from tests.exchange.server.wire import CheckedExchange
from tests.strangers.clients import HERE, PACKAGES, need_evolution, need_ews_javascript
from tests.strangers.evolution import Evolution
from tests.strangers.evolution import evolution as start_evolution
from tests.strangers.lines import Lines

ANNA = "anna@example.com"
BEN = "ben@example.com"
CARLA = "carla@example.com"
PASSWORDS = {ANNA: "secret", BEN: "hush", CARLA: "psst"}


class Certificate(NamedTuple):
    """The file that a client trusts, and what the server needs."""

    file: Path
    context: ssl.SSLContext


class VisitedExchange(CheckedExchange):
    """In the present, because the strangers live there. The schemas judge what they send as well."""

    def __init__(self) -> None:
        super().__init__(lambda: datetime.now(UTC))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of these clients share a worker process, hence what was started for them."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("strangers"))


@pytest.fixture
def exchange() -> Iterator[VisitedExchange]:
    """Anna and Carla in Berlin, Ben in London."""
    server = VisitedExchange()
    server.add_person(
        ANNA,
        PASSWORDS[ANNA],
        name="Anna Keller",
        title="Head of Finance",
        company="Example",
        phones={"work": "+49 30 1"},
        zone="Europe/Berlin",
    )
    server.add_person(BEN, PASSWORDS[BEN], name="Ben Carter", zone="Europe/London")
    server.add_person(CARLA, PASSWORDS[CARLA], name="Carla Keller", zone="Europe/Berlin")
    server.start()
    yield server
    server.stop()
    assert server.found == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for the loopback, which Node.js trusts."""
    text, key = make_certificate(datetime.now(UTC))
    file = tmp_path_factory.mktemp("certificate") / "loopback.pem"
    file.write_text(text)
    return Certificate(file, server_context(text, key))


@pytest.fixture(scope="module")
def node(certificate: Certificate) -> Iterator[Lines]:
    """Node.js with ews-javascript-api, for all tests of a module."""
    need_ews_javascript()
    environment = {
        **os.environ,
        "STRANGERS_PACKAGES": str(PACKAGES),
        "NODE_EXTRA_CA_CERTS": str(certificate.file),
    }
    with Lines(["node", str(HERE / "ews_javascript.mjs")], environment) as lines:
        yield lines


@pytest.fixture(scope="module")
def evolution() -> Iterator[Evolution]:
    """Evolution's data server, for all tests of a module."""
    need_evolution()
    with start_evolution() as evolution:
        yield evolution
