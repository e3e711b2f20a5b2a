"""Faults as a client meets them over a socket: answers that are none, and connections that break."""

import http.client
import re
import socket
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from lyncdesk.exchange_server.autodiscover import POX_PATH, SOAP_PATH
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.fault import Fault
from lyncdesk.exchange_server.faults import FAULTS, Order, read_order
from lyncdesk.exchange_server.listening import Limits
from lyncdesk.exchange_server.main import OPERATIONS
from lyncdesk.exchange_server.model import Entry
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.test_autodiscover import plain, settings
from tests.exchange.server.test_availability import availability
from tests.exchange.server.wire import MONDAY, CheckedExchange, ask, codes, envelope, find_item, texts

REQUEST = envelope(find_item("calendar:Start"))
ME = (ANNA, "secret")


def post(exchange: Exchange, auth: tuple[str, str] | None = ME, body: bytes = REQUEST) -> requests.Response:
    return requests.post(exchange.url or exchange.start(), body, auth=auth, timeout=10, allow_redirects=False)


@pytest.mark.parametrize(
    ("name", "status", "head", "body"),
    [
        ("http-400", 400, {}, b"<html>"),
        ("http-403", 403, {"Content-Length": "0"}, b""),
        ("http-404", 404, {}, b"<html>"),
        ("http-407", 407, {"Proxy-Authenticate": 'Basic realm="proxy"'}, b"<html>"),
        ("http-429", 429, {"Retry-After": "120"}, b"<html>"),
        ("http-502", 502, {}, b"<html>"),
        ("http-503", 503, {}, b"<html>"),
        ("http-503-later", 503, {"Retry-After": "120"}, b"<html>"),
        ("http-504", 504, {}, b"<html>"),
        ("web-page", 200, {"Content-Type": "text/html; charset=utf-8"}, b"<form action='/owa"),
        ("to-web-mail", 302, {"Location": "/owa/auth/logon.aspx"}, b""),
        ("empty-body", 200, {"Content-Length": "0"}, b""),
        ("bodyless", 200, {"Content-Type": "text/xml; charset=utf-8"}, b"Envelope"),
        ("foreign-soap", 200, {"Content-Type": "text/xml; charset=utf-8"}, b"urn:another:service"),
        ("account-locked", 401, {}, b"The referenced account is currently locked out"),
    ],
)
def test_an_answer_that_is_not_of_ews(
    exchange: CheckedExchange, name: str, status: int, head: dict[str, str], body: bytes
) -> None:
    exchange.faults.set(name, times=1)
    exchange.check_requests = False
    answer = post(exchange)
    exchange.found.clear()  # what comes is not meant to satisfy any schema
    assert (answer.status_code, body in answer.content) == (status, True)
    assert {key: answer.headers[key] for key in head} == head
    assert exchange.counters.refused == (status == 401)
    assert post(exchange).status_code == 200


STRANGE = [fault.name for fault in FAULTS if fault.strangers]


@pytest.mark.parametrize("name", [name for name in STRANGE if name != "hung-up"])
def test_some_faults_come_before_anybody_is_asked_who_they_are(exchange: CheckedExchange, name: str) -> None:
    assert post(exchange, None).status_code == 401
    exchange.faults.set(name)
    assert post(exchange, None).status_code != 401
    assert exchange.seen == 0


@pytest.mark.parametrize("user", [None, ANNA])
def test_a_connection_is_closed_without_an_answer(exchange: CheckedExchange, user: str | None) -> None:
    exchange.start()
    exchange.faults.set("hung-up", user=user)
    with pytest.raises(requests.ConnectionError):
        post(exchange)
    exchange.faults.clear()
    assert post(exchange).status_code == 200


def test_a_connection_is_closed_in_the_middle_of_the_answer(exchange: CheckedExchange) -> None:
    whole = len(post(exchange).content)
    exchange.faults.set("cut-off")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead") as caught:
        post(exchange)
    assert f"({whole // 2} bytes read, {whole - whole // 2} more expected)" in str(caught.value)


def test_half_of_an_answer_comes_and_then_nothing_more(exchange: CheckedExchange) -> None:
    whole = len(post(exchange).content)
    exchange.faults.set("half-open")
    parts = urlsplit(exchange.url or "")
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("POST", parts.path, REQUEST, {"Authorization": requests.auth._basic_auth_str(*ME)})
    answer = connection.getresponse()
    assert len(answer.read(whole // 2)) == whole // 2
    assert connection.sock
    connection.sock.settimeout(0.2)
    with pytest.raises(TimeoutError):
        answer.read(1)
    connection.close()


def test_a_slow_answer_comes_byte_by_byte() -> None:
    exchange = Exchange(lambda: MONDAY, Limits(drip=0.001))
    exchange.add_person(*ME)
    try:
        exchange.start()
        whole = post(exchange).content
        exchange.faults.set("slow", times=1)
        answer = requests.post(exchange.url or "", REQUEST, auth=ME, timeout=10, stream=True)
        assert answer.raw.read(1) == whole[:1]
        assert answer.raw.read() == whole[1:]
        exchange.faults.set(Fault("two", "slow and by hand", manner="slow"), times=1)
        assert post(exchange).content == whole
    finally:
        exchange.stop()


@pytest.mark.parametrize("name", ["slow", "half-open", "endless", "timed-out"])
def test_no_answer_outlives_the_server(exchange: CheckedExchange, name: str) -> None:
    exchange.start()
    exchange.faults.set(name)
    parts = urlsplit(exchange.url or "")
    assert parts.hostname
    head = f"POST {parts.path} HTTP/1.1\r\nAuthorization: {requests.auth._basic_auth_str(*ME)}\r\n"
    with socket.create_connection((parts.hostname, parts.port or 0), timeout=10) as connection:
        connection.sendall(head.encode() + f"Content-Length: {len(REQUEST)}\r\n\r\n".encode() + REQUEST)
        if name != "timed-out":
            assert connection.recv(1)
        exchange.stop()


def test_an_endless_answer_goes_on(exchange: CheckedExchange) -> None:
    exchange.start()
    exchange.faults.set("endless")
    with requests.post(exchange.url or "", REQUEST, auth=ME, timeout=10, stream=True) as answer:
        assert answer.headers["Content-Type"].startswith("text/xml")
        assert sum(len(answer.raw.read(2**20)) for _ in range(8)) == 8 * 2**20
    exchange.found.clear()


def test_an_answer_without_the_end_of_its_body_is_no_xml(exchange: CheckedExchange) -> None:
    whole = post(exchange).content
    exchange.faults.set("malformed-body")
    exchange.check_requests = False
    answer = Exchange.answer(exchange, ANNA, REQUEST)
    assert answer is not None
    assert answer.body == whole.replace(b"</s:Body>", b"")


def test_starts_that_are_no_times(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY))
    exchange.faults.set("garbled-times")
    answer = ask(exchange, ANNA, find_item("calendar:Start", "calendar:End"))
    assert [one.text for one in answer.iter("{*}Start")] == ["soon"]
    assert [one.text for one in answer.iter("{*}End")] == ["2026-03-02T08:00:00Z"]
    assert len(exchange.found) == 1
    exchange.found.clear()


@pytest.mark.parametrize(("name", "hours"), [("clock-ahead", 5), ("clock-behind", -5)])
def test_a_wrong_clock_shows_in_the_date_alone(exchange: CheckedExchange, name: str, hours: int) -> None:
    right = parsedate_to_datetime(post(exchange).headers["Date"])
    exchange.faults.set(name)
    for auth in (ME, None):
        wrong = parsedate_to_datetime(post(exchange, auth).headers["Date"])
        assert (wrong - right).total_seconds() == hours * 3600
    exchange.faults.set(name, times=1)
    assert parsedate_to_datetime(post(exchange).headers["Date"]) != right
    assert parsedate_to_datetime(post(exchange).headers["Date"]) == right


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("server-busy-brief", "ErrorServerBusy"),
        ("server-busy-open", "ErrorServerBusy"),
        ("too-many-connections", "ErrorExceededConnectionCount"),
        ("took-too-long", "ErrorTimeoutExpired"),
        ("account-disabled", "ErrorAccountDisabled"),
        ("password-expired", "ErrorPasswordExpired"),
        ("password-change-required", "ErrorPasswordChangeRequired"),
        ("access-denied", "ErrorAccessDenied"),
        ("mailbox-store-unavailable", "ErrorMailboxStoreUnavailable"),
        ("schema-version", "ErrorInvalidSchemaVersionForMailboxVersion"),
        ("server-version", "ErrorInvalidServerVersion"),
        ("internal-error", "ErrorInternalServerError"),
        ("internal-error-brief", "ErrorInternalServerTransientError"),
        ("unheard-of-fault", "ErrorUnheardOf"),
    ],
)
def test_errors_that_the_schema_knows_how_to_tell(exchange: CheckedExchange, name: str, code: str) -> None:
    exchange.faults.set(name)
    assert codes(ask(exchange, ANNA, find_item())) == [code]


def test_a_code_that_no_client_knows(exchange: CheckedExchange) -> None:
    exchange.faults.set("unheard-of-code")
    assert codes(ask(exchange, ANNA, find_item())) == ["ErrorUnheardOf"]
    (violation,) = (one for one in exchange.found if "ErrorUnheardOf" in one and "enumeration" in one)
    assert violation.startswith("answer: ")
    exchange.found.clear()


def test_busy_for_how_long_is_told_where_it_is_known(exchange: CheckedExchange) -> None:
    for name, told in (("server-busy-brief", ["1000"]), ("server-busy-open", [])):
        exchange.faults.set(name)
        assert texts(ask(exchange, ANNA, find_item()), "detail/t:MessageXml/t:Value") == told


# --- for one operation, for one mailbox, for Autodiscover ---


def test_a_fault_of_one_operation_leaves_the_others_alone(exchange: CheckedExchange) -> None:
    exchange.faults.set("server-busy", operation="FindItem")
    assert codes(ask(exchange, ANNA, availability(ANNA))) == ["NoError"]
    assert codes(ask(exchange, ANNA, find_item())) == ["ErrorServerBusy"]
    exchange.faults.set("mailbox-moved", times=1)
    assert codes(ask(exchange, ANNA, find_item())) == ["ErrorServerBusy"]
    assert codes(ask(exchange, ANNA, availability(ANNA))) == ["ErrorMailboxMoveInProgress"]
    exchange.faults.set("access-denied", user=ANNA, operation="FindItem")
    assert codes(ask(exchange, ANNA, find_item())) == ["ErrorAccessDenied"]
    assert codes(ask(exchange, BEN, find_item())) == ["ErrorServerBusy"]
    exchange.check_requests = False
    assert post(exchange, body=b"hello").status_code == 500


def test_one_mailbox_may_fail_beside_others(exchange: CheckedExchange) -> None:
    exchange.break_free_busy(BEN)
    assert codes(ask(exchange, ANNA, availability(ANNA, BEN))) == ["NoError", "ErrorFreeBusyGenerationFailed"]
    exchange.break_free_busy(BEN, "ErrorProxyRequestProcessingFailed")
    assert codes(ask(exchange, ANNA, availability(BEN))) == ["ErrorProxyRequestProcessingFailed"]
    exchange.break_free_busy(BEN, "")
    assert codes(ask(exchange, ANNA, availability(BEN))) == ["NoError"]
    with pytest.raises(KeyError):
        exchange.break_free_busy(BEN, "ErrorOfNobody")


@pytest.mark.parametrize(("path", "body"), [(SOAP_PATH, settings(ANNA)), (POX_PATH, plain(ANNA))])
def test_autodiscover_fails_by_itself(exchange: CheckedExchange, path: str, body: bytes) -> None:
    url = exchange.start().replace("/EWS/Exchange.asmx", path)

    def status(auth: tuple[str, str] | None = ME) -> int:
        return requests.post(url, body, auth=auth, timeout=10).status_code

    exchange.faults.set("http-500-html")
    assert (status(), post(exchange).status_code) == (200, 500)
    exchange.faults.clear()
    exchange.faults.set("http-500-html", operation="Autodiscover", times=1)
    assert (post(exchange).status_code, status(), status()) == (200, 500, 200)
    exchange.faults.set("http-502", operation="Autodiscover")
    assert (status(None), status(), post(exchange, None).status_code) == (502, 502, 401)
    exchange.faults.clear()
    exchange.faults.set("refused-password")
    assert (status(), exchange.counters.refused) == (401, 1)
    exchange.faults.clear()
    exchange.faults.set("timed-out", operation="Autodiscover")
    with pytest.raises(requests.ReadTimeout):
        requests.post(url, body, auth=ME, timeout=0.2)


# --- orders ---


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("http-503", Order("http-503")),
        ("http-503:2", Order("http-503", "*", 2)),
        ("find-item:server-busy", Order("server-busy", "FindItem")),
        ("GetUserAvailability:timed-out:3", Order("timed-out", "GetUserAvailability", 3)),
        ("find-item:find-item-denied", Order("find-item-denied", "FindItem")),
        ("get-item:access-denied", Order("access-denied", "GetItem")),
        ("autodiscover:web-page:1", Order("web-page", "Autodiscover", 1)),
    ],
)
def test_an_order_is_read(text: str, order: Order) -> None:
    assert read_order(text, OPERATIONS) == order


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http-5O3", 'there is no fault "http-5O3"; did you mean "http-503"?'),
        ("http-503:0", '"http-503:0" is for no request at all'),
        ("http-503:-1", 'there is no fault "-1"; list names them'),
        ("find-itm:http-503", 'there is no operation "find-itm"; did you mean "FindItem"?'),
        ("http-503:1" + "0" * 9, f'there is no fault "1{"0" * 9}"; list names them'),
        ("", 'there is no fault ""; list names them'),
        ("autodiscover:server-busy", '"server-busy" does nothing to Autodiscover'),
        ("autodiscover:access-denied", '"access-denied" does nothing to Autodiscover'),
        ("autodiscover:details-missing", '"details-missing" does nothing to Autodiscover'),
        ("get-item:find-item-denied", '"find-item-denied" does nothing to GetItem'),
        ("2", 'there is no fault "2"; list names them'),
        ("a:b:http-503:2", 'there is no operation "a:b"; there are GetFolder,'),
    ],
)
def test_an_order_that_makes_no_sense_is_told_why(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_order(text, OPERATIONS)


def test_the_documentation_names_every_fault() -> None:
    page = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
    for fault in FAULTS:
        assert f"| `{fault.name}` | {fault.about} |" in page
    assert page.count("\n| `") >= len(FAULTS)
