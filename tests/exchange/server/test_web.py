"""The HTTP side: logins, limits, hostile and slow clients, TLS, and an end that leaves nothing behind."""

import base64
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from lyncdesk.exchange_server.certificate import make, server_context
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.listening import Limits
from lyncdesk.exchange_server.web import PATH
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import MONDAY, CheckedExchange, envelope, find_item

REQUEST = envelope(find_item())
SMALL = Limits(body=5000, connections=3)
HASTY = Limits(tick=0.02, ticks=3)


def login(user: str = ANNA, password: str = "secret") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture(params=[SMALL])
def small(request: pytest.FixtureRequest) -> Iterator[Exchange]:
    """A server with limits that a test can reach."""
    exchange = Exchange(lambda: MONDAY, request.param)
    exchange.add_person(ANNA, "secret")
    exchange.start()
    yield exchange
    exchange.stop()


def place(exchange: Exchange) -> tuple[str, int]:
    parts = urlsplit(exchange.url or "")
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def send(exchange: Exchange, data: bytes) -> bytes:
    """What comes back for raw bytes, until the server closes."""
    with socket.create_connection(place(exchange), timeout=10) as connection:
        with suppress(OSError):  # the server may have had enough by then
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    found = b""
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionError:
            return found
        if not part:
            return found
        found += part


def head(**headers: str) -> bytes:
    lines = [
        f"POST {PATH} HTTP/1.1",
        "Host: x",
        *(f"{name.replace('_', '-')}: {text}" for name, text in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_it_listens_on_this_computer_alone(exchange: CheckedExchange) -> None:
    url = exchange.start()
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/EWS/Exchange.asmx")
    assert exchange.url == url


@pytest.mark.parametrize(
    "user", [ANNA, "ANNA@example.com", "anna", "EXAMPLE\\anna", "EXAMPLE\\Anna@example.com"]
)
def test_a_person_signs_in_by_any_of_their_names(exchange: CheckedExchange, user: str) -> None:
    answer = requests.post(exchange.start(), REQUEST, auth=(user, "secret"), timeout=10)
    assert answer.status_code == 200
    assert len(exchange.counters.log(ANNA)) == 1


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        login(password="Secret"),
        login(password=""),
        login(user=BEN),
        login(user="nobody"),
        "Basic !!!",
        "Basic " + base64.b64encode(b"anna@example.com").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        "Bearer token",
        "NTLM TlRMTVNTUAABAAAA",
        "",
    ],
)
def test_nobody_else_gets_in(exchange: CheckedExchange, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = requests.post(exchange.start(), REQUEST, headers=headers, timeout=10)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert exchange.seen == 0


def test_a_password_may_be_any_text(exchange: CheckedExchange) -> None:
    exchange.add_person("eve@example.com", "pä:ß wörd ✓")
    authorization = login("eve@example.com", "pä:ß wörd ✓")
    assert requests.post(exchange.start(), REQUEST, headers={"Authorization": authorization}, timeout=10).ok


def test_a_local_part_that_two_people_have_signs_in_neither(exchange: CheckedExchange) -> None:
    exchange.add_person("anna@example.org", "secret")
    assert requests.post(exchange.start(), REQUEST, auth=("anna", "secret"), timeout=10).status_code == 401


def test_a_connection_is_used_again(exchange: CheckedExchange) -> None:
    exchange.start()
    connection = http.client.HTTPConnection(*place(exchange), timeout=10)
    for _ in range(3):
        connection.request("POST", PATH, REQUEST, {"Authorization": login()})
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Content-Type")) == (200, "text/xml; charset=utf-8")
        assert answer.read().endswith(b"Envelope>")
    connection.close()


def test_soap_faults_travel_with_status_500(exchange: CheckedExchange) -> None:
    exchange.check_requests = False
    answer = requests.post(exchange.start(), b"hello", auth=(ANNA, "secret"), timeout=10)
    assert answer.status_code == 500
    assert b"ErrorInvalidRequest" in answer.content


@pytest.mark.parametrize(
    ("method", "stranger", "code"),
    [
        ("GET", 401, 405),
        ("HEAD", 401, 405),
        ("PUT", 405, 405),
        ("DELETE", 405, 405),
        ("OPTIONS", 405, 405),
        ("BREW", 501, 501),
    ],
)
def test_there_is_nothing_but_post(exchange: CheckedExchange, method: str, stranger: int, code: int) -> None:
    url = exchange.start()
    assert requests.request(method, url, timeout=10).status_code == stranger
    assert requests.request(method, url, auth=(ANNA, "secret"), timeout=10).status_code == code


def test_there_is_nothing_elsewhere(exchange: CheckedExchange) -> None:
    url = exchange.start().replace("Exchange.asmx", "Other.asmx")
    assert requests.post(url, REQUEST, auth=(ANNA, "secret"), timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("request_bytes", "code"),
    [
        (head(Authorization=login()), 411),
        (head(Authorization=login(), Transfer_Encoding="chunked") + b"0\r\n\r\n", 411),
        (head(Authorization=login(), Content_Length="5001"), 413),
        (head(Authorization=login(), Content_Length="9" * 30), 413),
        (head(Authorization=login(), Content_Length="-1"), 400),
        (head(Authorization=login(), Content_Length="ten"), 400),
        (head(Authorization=login(), Content_Length="٣"), 400),
        (head(Authorization=login(), Content_Length="5").replace(b"Host", b"Content-Length: 6\r\nHost"), 400),
        (b"POST /" + b"x" * 70000 + b" HTTP/1.1\r\n\r\n", 414),
        (head(**{f"X{number}": "y" for number in range(200)}), 431),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused_before_it_is_read(
    small: Exchange, request_bytes: bytes, code: int
) -> None:
    answer = send(small, request_bytes)
    assert status(answer) == code if answer.startswith(b"HTTP") else code == 400
    assert small.counters.requests == {}


def test_an_unfinished_body_ends_the_connection(small: Exchange) -> None:
    assert send(small, head(Authorization=login(), Content_Length="100") + b"<half") == b""


@pytest.mark.parametrize("small", [HASTY], indirect=True)
def test_a_client_that_dawdles_is_shown_the_door(small: Exchange) -> None:
    with socket.create_connection(place(small), timeout=10) as connection:
        connection.sendall(head(Authorization=login(), Content_Length="100"))
        connection.settimeout(0.05)
        assert any(_gone(connection) for _ in range(1000))


def _gone(connection: socket.socket) -> bool:
    """Send one more byte; tell whether the server has had enough."""
    try:
        connection.sendall(b"x")
        return not connection.recv(1)
    except TimeoutError:
        return False
    except ConnectionError:
        return True


@pytest.mark.parametrize("small", [HASTY], indirect=True)
def test_an_idle_connection_ends(small: Exchange) -> None:
    with socket.create_connection(place(small), timeout=10) as connection:
        assert read_all(connection) == b""


def test_too_many_connections_are_turned_away_and_the_others_served(small: Exchange) -> None:
    idle = [socket.create_connection(place(small), timeout=10) for _ in range(SMALL.connections)]
    try:
        with pytest.raises(requests.ConnectionError):
            requests.post(small.url or "", REQUEST, auth=(ANNA, "secret"), timeout=10)
    finally:
        for connection in idle:
            connection.close()


def test_many_clients_at_once_all_get_their_own_answer(exchange: CheckedExchange) -> None:
    url = exchange.start()

    def post(number: int) -> int:
        who = ((ANNA, "secret"), (BEN, "hush"))[number % 2]
        return requests.post(url, REQUEST, auth=who, timeout=10).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(post, range(32))) == {200}
    assert [len(exchange.counters.log(who)) for who in (ANNA, BEN)] == [16, 16]


def test_stopping_ends_every_thread_and_connection(exchange: CheckedExchange) -> None:
    before = threading.active_count()
    exchange.start()
    with socket.create_connection(place(exchange), timeout=10) as connection:
        connection.sendall(b"POST ")
        exchange.stop()
        assert threading.active_count() == before
        assert read_all(connection) == b""
    assert exchange.url is None
    exchange.stop()


def test_a_stopped_server_starts_again(exchange: CheckedExchange) -> None:
    first = exchange.start()
    with pytest.raises(RuntimeError):
        exchange.start()
    port = place(exchange)[1]
    exchange.stop()
    assert exchange.start(port) == first


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing(exchange: CheckedExchange) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        exchange.start(taken.getsockname()[1])
    assert exchange.url is None


def test_tls_with_the_certificate_made_on_the_spot(exchange: CheckedExchange) -> None:
    certificate, key = make(MONDAY)
    exchange.start(tls=server_context(certificate, key))
    assert (exchange.url or "").startswith("https://127.0.0.1:")
    trusting = ssl.create_default_context(cadata=certificate)
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    for name in (None, "localhost"):
        host, port = place(exchange)
        connection = http.client.HTTPSConnection(name or host, port, context=trusting, timeout=10)
        connection.request("POST", PATH, REQUEST, {"Authorization": login()})
        assert connection.getresponse().status == 200
        connection.close()
    doubting = http.client.HTTPSConnection(*place(exchange), context=ssl.create_default_context(), timeout=10)
    with pytest.raises(ssl.SSLCertVerificationError):
        doubting.connect()
    doubting.close()


def test_a_client_that_speaks_no_tls_hurts_nobody(exchange: CheckedExchange) -> None:
    certificate, key = make(MONDAY)
    exchange.start(tls=server_context(certificate, key))
    assert send(exchange, b"hello, is this http?\r\n\r\n") in {b"", b"\x15\x03\x03\x00\x02\x02\x46"}
    with socket.create_connection(place(exchange), timeout=10) as silent:
        trusting = ssl.create_default_context(cadata=certificate)
        connection = http.client.HTTPSConnection(*place(exchange), context=trusting, timeout=10)
        connection.request("POST", PATH, REQUEST, {"Authorization": login()})
        assert connection.getresponse().status == 200
        connection.close()
        silent.close()


def test_nothing_of_an_item_is_counted_or_logged(exchange: CheckedExchange) -> None:
    url = exchange.start()
    requests.post(url, envelope(find_item("item:Subject")), auth=(ANNA, "secret"), timeout=10)
    (logged,) = exchange.counters.log(ANNA)
    assert (logged.at, logged.operation, logged.codes) == (MONDAY, "FindItem", ("NoError",))
    told: dict[str, Any] = dict(exchange.counters.requests)
    assert json.dumps(told) == '{"FindItem": 1}'
