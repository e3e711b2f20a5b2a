"""curl, which has an NTLM of its own, signs in to the embedded Exchange and asks it as Outlook does."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from lyncdesk.exchange_server.autodiscover import POX_PATH, legacy_dn
from lyncdesk.exchange_server.autodiscover_pox import OUTLOOK, REQUEST
from lyncdesk.exchange_server.web import PATH
from tests.exchange.server.wire import envelope, find_item
from tests.strangers.clients import need_curl
from tests.strangers.conftest import ANNA, Certificate, VisitedExchange
from tests.waiting import LONG_ENOUGH

NAMES = {"o": OUTLOOK}


@pytest.fixture
def exchange(certificate: Certificate) -> Iterator[VisitedExchange]:
    """Anna's, over TLS, with every way to sign in."""
    need_curl()
    server = VisitedExchange()
    server.add_person(ANNA, "secret", name="Anna Keller")
    server.start(tls=certificate.context, schemes=("NTLM", "Basic"))
    yield server
    server.stop()
    assert server.found == []


class Curl(NamedTuple):
    """curl with a body to send, its answers in a folder."""

    exchange: VisitedExchange
    certificate: Certificate
    folder: Path

    def __call__(self, user: str, how: str, body: bytes, *paths: str) -> list[tuple[int, int]]:
        """The status of the answer at each path, and how many connections were made for it."""
        assert self.exchange.url
        base = self.exchange.url.removesuffix(PATH)
        settings = f'user = "{user}"\n'.replace("\\", "\\\\")  # a backslash is written as two there
        command: list[str | bytes] = [
            *("curl", "--disable", "--silent", "--show-error", "--noproxy", "*", how),
            *("--max-time", str(LONG_ENOUGH)),
            *("--cacert", str(self.certificate.file), "--header", "Content-Type: text/xml; charset=utf-8"),
            *("--data-binary", body, "--write-out", "%{http_code} %{num_connects}\\n", "--config", "-"),
        ]
        for path in paths:
            command += [base + path, "--output", str(self.file)]
        ran = subprocess.run(command, input=settings.encode(), capture_output=True, check=True)
        rows = (line.split() for line in ran.stdout.decode().splitlines())
        return [(int(status), int(made)) for status, made in rows]

    @property
    def file(self) -> Path:
        return self.folder / "answer.xml"

    def answer(self) -> etree._Element:
        return etree.fromstring(self.file.read_bytes())


@pytest.fixture
def curl(exchange: VisitedExchange, certificate: Certificate, tmp_path: Path) -> Curl:
    return Curl(exchange, certificate, tmp_path)


ITEMS = envelope(find_item())


@pytest.mark.parametrize("user", [ANNA, "anna", "EXAMPLE\\anna", "EXAMPLE\\ANNA"])
def test_it_signs_in_by_ntlm_under_each_name(exchange: VisitedExchange, curl: Curl, user: str) -> None:
    assert curl(f"{user}:secret", "--ntlm", ITEMS, PATH) == [(200, 1)]
    assert curl.answer().findtext(".//{*}ResponseCode") == "NoError"
    assert exchange.counters.requests == {"FindItem": 1}
    assert exchange.counters.refused == 0


def test_a_connection_that_signed_in_is_used_again(exchange: VisitedExchange, curl: Curl) -> None:
    assert curl(f"{ANNA}:secret", "--ntlm", ITEMS, *[PATH] * 3) == [(200, 1), (200, 0), (200, 0)]
    assert exchange.counters.requests == {"FindItem": 3}


@pytest.mark.parametrize("how", ["--ntlm", "--basic", "--anyauth"])
@pytest.mark.parametrize(
    "login", [f"{ANNA}:Secret", f"{ANNA}:", "EXAMPLE\\anna:secret ", "ben@example.com:secret"]
)
def test_a_wrong_password_is_refused_and_counted(
    exchange: VisitedExchange, curl: Curl, how: str, login: str
) -> None:
    assert curl(login, how, ITEMS, PATH) == [(401, 1)]
    assert curl.file.read_bytes() == b""
    assert exchange.counters.refused == exchange.counters.refused_of(login.partition(":")[0]) == 1
    assert exchange.counters.requests == {}


def test_it_chooses_among_what_is_offered(exchange: VisitedExchange, curl: Curl) -> None:
    exchange.stop()
    exchange.start(tls=curl.certificate.context, schemes=("NTLM", "Basic"))
    assert curl(f"{ANNA}:secret", "--anyauth", ITEMS, PATH) == [(200, 1)]
    exchange.stop()
    exchange.start(tls=curl.certificate.context, schemes=("Basic",))
    assert curl(f"{ANNA}:secret", "--ntlm", ITEMS, PATH) == [(401, 1)]
    assert curl(f"{ANNA}:secret", "--anyauth", ITEMS, PATH) == [(200, 1)]


# --- Autodiscover, with the requests of Outlook ---


def asked(*elements: str) -> bytes:
    inside = "".join(elements)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="{REQUEST}"><Request>{inside}'
        f"<AcceptableResponseSchema>{OUTLOOK}</AcceptableResponseSchema></Request></Autodiscover>"
    ).encode()


def test_outlook_s_requests_find_the_server(exchange: VisitedExchange, curl: Curl) -> None:
    """A new profile knows an address, one that is there already its DN as well, a repair the DN alone."""
    box = exchange.store.mailbox(ANNA)
    assert box is not None
    address, name = f"<EMailAddress>{ANNA}</EMailAddress>", f"<LegacyDN>{legacy_dn(box)}</LegacyDN>"
    old = "<LegacyDN>/o=Example/cn=before</LegacyDN>"
    for elements in ((address,), (address, name), (old, address), (name,)):
        assert curl(f"{ANNA}:secret", "--ntlm", asked(*elements), POX_PATH) == [(200, 1)]
        root = curl.answer()
        assert root.findtext(".//o:Account/o:Action", None, NAMES) == "settings"
        assert root.findtext(".//o:AutoDiscoverSMTPAddress", None, NAMES) == ANNA
        urls = [one.text for one in root.iterfind(".//o:EwsUrl", NAMES)]
        assert urls == [exchange.url] * 2


@pytest.mark.parametrize(("name", "code"), [("/o=Example/cn=nobody", "500"), ("", "600")])
def test_a_dn_of_nobody_finds_nothing(curl: Curl, name: str, code: str) -> None:
    assert curl(f"{ANNA}:secret", "--ntlm", asked(f"<LegacyDN>{name}</LegacyDN>"), POX_PATH) == [(200, 1)]
    assert curl.answer().findtext(".//{*}ErrorCode") == code


def test_a_dn_of_two_finds_neither(exchange: VisitedExchange, curl: Curl) -> None:
    box = exchange.add_person("anna@example.org", "x")
    name = f"<LegacyDN>{legacy_dn(box)}</LegacyDN>"
    assert curl(f"{ANNA}:secret", "--ntlm", asked(name), POX_PATH) == [(200, 1)]
    assert curl.answer().findtext(".//{*}ErrorCode") == "500"


def test_autodiscover_tells_nothing_for_a_wrong_password(exchange: VisitedExchange, curl: Curl) -> None:
    body = asked(f"<EMailAddress>{ANNA}</EMailAddress>")
    assert curl(f"{ANNA}:Secret", "--ntlm", body, POX_PATH) == [(401, 1)]
    assert curl.file.read_bytes() == b""
    assert exchange.counters.refused_of(ANNA) == 1
