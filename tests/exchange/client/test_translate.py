"""Each exception that can arrive means one problem."""

import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import requests
import urllib3
from exchangelib import errors
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.problems import PROBLEMS, Problem
from lyncdesk.exchange import reading
from lyncdesk.exchange.address import AddressError, endpoint_of, server_name
from lyncdesk.exchange.doctor import _CURABLE
from lyncdesk.exchange.exchange_codes import CODES
from lyncdesk.exchange.finding_result import TELLING
from lyncdesk.exchange.gate import REFUSALS
from lyncdesk.exchange.http_answers import HttpAnswerError
from lyncdesk.exchange.servers import MOVED
from lyncdesk.exchange.translate import TABLE, chain, translate
from lyncdesk.exchange.zones import Change, ZoneRules, zone_named

ENDPOINT = "https://mail.example.com:444/EWS/Exchange.asmx"


def test_every_row_leads_to_a_problem_that_exists() -> None:
    named = (
        {row.problem for row in TABLE if row.problem}
        | set(CODES.values())
        | REFUSALS
        | _CURABLE
        | MOVED
        | set(TELLING)
    )
    assert named <= set(PROBLEMS)


def test_every_code_that_exchangelib_knows_is_spelt_as_it_knows_it() -> None:
    unknown_to_it = {"ErrorCannotFindUser"}  # of servers that are not Exchange
    assert {code for code in CODES if not hasattr(errors, code)} == unknown_to_it


def test_every_response_code_has_a_problem() -> None:
    for code in (name for name in dir(errors) if name.startswith("Error")):
        error = getattr(errors, code)("words of the server about Budget")
        found = translate(error, ENDPOINT)
        assert found.problem == CODES.get(code, "server-error")
        assert found.values == {"server": "mail.example.com:444", "code": code}


def raised(*errors_from_inside: BaseException) -> BaseException:
    """The last exception, which came up while the ones before were being handled."""
    for inner, outer in pairwise(errors_from_inside):
        outer.__context__ = inner
    return errors_from_inside[-1]


def unverified(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    return error


def tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "handshake")
    error.reason = reason
    return error


def as_requests_wraps(error: Exception) -> BaseException:
    pool = urllib3.HTTPSConnectionPool("mail.example.com")
    retry = urllib3.exceptions.MaxRetryError(pool, "/", urllib3.exceptions.SSLError(error))
    pool.close()
    return raised(requests.exceptions.SSLError(retry), errors.TransportError(str(retry)))


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (10, "certificate-expired"),
        (0x800B0101, "certificate-expired"),  # Windows
        (-67818, "certificate-expired"),  # macOS
        (62, "certificate-host-name"),
        (64, "certificate-host-name"),
        (0x800B010F, "certificate-host-name"),
        (-67602, "certificate-host-name"),
        (9, "certificate-early"),
        (18, "certificate-self-signed"),
        (23, "certificate-unusable"),
        (19, "certificate-untrusted"),
        (20, "certificate-untrusted"),
        (0x800B0109, "certificate-untrusted"),
        (-67843, "certificate-untrusted"),
    ],
)
def test_a_certificate_is_judged_alike_on_every_system(code: int, problem: str) -> None:
    assert translate(as_requests_wraps(unverified(code)), ENDPOINT).problem == problem


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("WRONG_VERSION_NUMBER", "not-encrypted"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "encryption-failed"),
        ("UNSUPPORTED_PROTOCOL", "encryption-old"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "encryption-old"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "client-certificate"),
    ],
)
def test_a_failed_handshake_is_told_apart_from_a_plain_port(reason: str, problem: str) -> None:
    assert translate(as_requests_wraps(tls(reason)), ENDPOINT).problem == problem


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: requests.exceptions.ProxyError(OSError("Tunnel connection failed: 407")), "proxy-password"),
        (lambda: requests.exceptions.ProxyError(OSError("Tunnel connection failed: 502")), "proxy-refused"),
        (
            lambda: raised(ConnectionRefusedError(111, "x"), requests.exceptions.ProxyError("p")),
            "proxy-failed",
        ),
        (lambda: OSError(101, "Network is unreachable"), "connection-refused"),
        (lambda: requests.exceptions.InvalidURL("label too long"), "server-address"),
        (lambda: requests.exceptions.ConnectTimeout("x"), "timed-out"),
        (lambda: errors.UnauthorizedError("no"), "refused-password"),
        (lambda: errors.MalformedResponseError("No Body"), "broken-answer"),
        (lambda: errors.SOAPError("SOAP error code: x string: y"), "server-error"),
        (
            lambda: errors.TransportError("Unknown ResponseCode in ResponseMessage: ErrorNew (x)"),
            "server-error",
        ),
    ],
)
def test_what_the_libraries_raise(make: Callable[[], BaseException], problem: str) -> None:
    assert translate(make(), ENDPOINT).problem == problem


ONLINE = "https://outlook.office365.com/EWS/Exchange.asmx"


@pytest.mark.parametrize(
    ("answer", "endpoint", "problem"),
    [
        (HttpAnswerError(403), ENDPOINT, "not-allowed"),
        (HttpAnswerError(403), ONLINE, "exchange-online"),
        (HttpAnswerError(401, schemes=frozenset({"bearer"})), ONLINE, "exchange-online"),
        (HttpAnswerError(401, schemes=frozenset({"basic", "ntlm"})), ENDPOINT, "refused-password"),
        (HttpAnswerError(401, schemes=frozenset({"negotiate"})), ENDPOINT, "sign-in-method"),
        (HttpAnswerError(456), ENDPOINT, "account-locked"),
        (
            HttpAnswerError(302, location="/ews/genericerrorpage.htm?aspxerrorpath=/ews/x"),
            ENDPOINT,
            "server-error",
        ),
        (HttpAnswerError(302, location="/owa"), ENDPOINT, "web-page"),
        (HttpAnswerError(301, location="/elsewhere"), ENDPOINT, "not-exchange"),
        (HttpAnswerError(302, location="/owa/auth/expiredpassword.aspx"), ENDPOINT, "password-expired"),
        (HttpAnswerError(302, location="/owa/auth/expiredpassword.aspx", tried=""), ENDPOINT, "web-page"),
        (HttpAnswerError(403, wants_certificate=True), ENDPOINT, "client-certificate"),
        (HttpAnswerError(418), ENDPOINT, "not-exchange"),
        (HttpAnswerError(599), ENDPOINT, "server-error"),
    ],
)
def test_each_status_has_its_problem(answer: HttpAnswerError, endpoint: str, problem: str) -> None:
    assert translate(answer, endpoint).problem == problem


def test_a_mistake_of_our_own_names_its_place_and_no_content() -> None:
    try:
        int("the subject of an item")
    except ValueError as error:
        found = translate(error, ENDPOINT)
    assert found.problem == "worker-failed"
    assert str(found.values["code"]).startswith("ValueError in test_translate.py:")


def test_a_chain_that_bites_its_tail_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__context__, second.__cause__ = second, first
    assert len(tuple(chain(first))) == 2


@pytest.mark.parametrize("name", sorted({row.problem for row in TABLE if row.problem}))
def test_the_words_of_every_problem_can_be_filled(name: str) -> None:
    problem = Problem.of(name, server="mail", code="x")
    for message in (problem.title, problem.cause, problem.remedy):
        assert message.template


# --- addresses ---


@pytest.mark.parametrize(
    ("typed", "endpoint"),
    [
        ("mail.example.com", "https://mail.example.com/EWS/Exchange.asmx"),
        (" https://mail.example.com/ ", "https://mail.example.com/EWS/Exchange.asmx"),
        ("mail.example.com:444", "https://mail.example.com:444/EWS/Exchange.asmx"),
        ("https://mail.example.com/other/ews.asmx", "https://mail.example.com/other/ews.asmx"),
        ("http://localhost:8080", "http://localhost:8080/EWS/Exchange.asmx"),
        ("http://127.0.0.1:80/x", "http://127.0.0.1:80/x"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
    ],
)
def test_an_address_may_be_typed_in_short(typed: str, endpoint: str) -> None:
    assert endpoint_of(typed) == endpoint


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "server-address"),
        ("https://", "server-address"),
        ("ftp://mail.example.com", "server-address"),
        ("mail example com", "server-address"),
        ("https://anna:secret@mail.example.com", "server-address"),
        ("https://mail.example.com:99999", "server-address"),
        ("https://[::1", "server-address"),
        ("http://mail.example.com", "insecure-address"),
        ("http://127.0.0.1.example.com", "insecure-address"),
    ],
)
def test_an_address_that_cannot_be_used_is_said(typed: str, problem: str) -> None:
    with pytest.raises(AddressError) as caught:
        endpoint_of(typed)
    assert caught.value.problem.name == problem
    assert "secret" not in repr(caught.value.problem)


@given(st.text(max_size=40))
def test_whatever_is_typed_gives_an_address_or_a_problem(typed: str) -> None:
    try:
        assert server_name(endpoint_of(typed))
    except AddressError as error:
        seen = error.problem.name
    else:
        seen = "insecure-address"
    assert seen in ("server-address", "insecure-address")


# --- reading ---


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T09:00:00Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T09:00:00", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T09:00:00-04:00", datetime(2026, 3, 2, 13, tzinfo=UTC)),
        ("2026-03-02T09:00:00+0100", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("2026-03-02T09:00:00.1234567Z", datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)),
        (" 2026-03-02T09:00:00Z\n", datetime(2026, 3, 2, 9, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_every_form_that_servers_send(text: str, moment: datetime) -> None:
    assert reading.instant(text) == moment


@pytest.mark.parametrize(
    "text", [None, "", "soon", "2026-03-02", "2026-13-02T09:00:00Z", "0001-01-01T00:00:00+10:00"]
)
def test_anything_else_is_no_time(text: str | None) -> None:
    with pytest.raises(reading.DamagedAnswerError):
        reading.instant(text)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("I am away.", "I am away."),
        (
            "<head><style>p {color: red}</style></head><body><p>Away.</p>\n<p>Ask&nbsp;Ben.</p></body>",
            "Away.\nAsk Ben.",
        ),
        ("<div>One<br>two</div><script>x()</script>", "One\ntwo"),
        ("a &lt; b", "a < b"),
        ("", ""),
        ("x" * 5000, "x" * 2000),
    ],
)
def test_automatic_replies_become_plain_words(reply: str, words: str) -> None:
    assert reading.plain_text(reply) == words


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reading_fail_in_an_unknown_way(content: bytes) -> None:
    with suppress(reading.DamagedAnswerError, reading.NotSoapError):
        reading.envelope(content)


WHOLE = b"<s:Envelope xmlns:s='urn:s'><s:Body><a>1</a><b>2</b></s:Body></s:Envelope>\n"


@given(st.integers(0, len(WHOLE) - 2))
def test_no_part_of_an_answer_is_taken_for_the_whole(length: int) -> None:
    reading.envelope(WHOLE)
    with pytest.raises((reading.DamagedAnswerError, reading.NotSoapError)):
        reading.envelope(WHOLE[:length])


# --- zones ---

NAMES = (
    "Etc/UTC",
    "Asia/Kolkata",
    "Europe/Berlin",
    "Europe/London",
    "America/Los_Angeles",
    "Australia/Sydney",
)
CENTRAL_EUROPE = ZoneRules(-60, Change(0, 10, 5, "Sunday", time(3)), Change(-60, 3, 5, "Sunday", time(2)))
PACIFIC = ZoneRules(480, Change(0, 11, 1, "Sunday", time(2)), Change(-60, 3, 2, "Sunday", time(2)))
SYDNEY = ZoneRules(-600, Change(0, 4, 1, "Sunday", time(3)), Change(-60, 10, 1, "Sunday", time(2)))


@pytest.mark.parametrize(
    ("rules", "name"),
    [
        (ZoneRules(0), "Etc/UTC"),
        (ZoneRules(-330), "Asia/Kolkata"),
        (CENTRAL_EUROPE, "Europe/Berlin"),
        (PACIFIC, "America/Los_Angeles"),
        (SYDNEY, "Australia/Sydney"),
        (ZoneRules(300), "Etc/GMT+5"),
        (ZoneRules(-540), "Etc/GMT-9"),
        (ZoneRules(7), None),
        (ZoneRules(-60, Change(0, 6, 1, "Sunday", time(3)), Change(-60, 3, 5, "Sunday", time(2))), None),
    ],
)
@pytest.mark.parametrize("year", [2025, 2026, 2030])
def test_a_zone_is_found_by_its_rules(rules: ZoneRules, name: str | None, year: int) -> None:
    assert zone_named(rules, year, NAMES) == name


@given(st.integers(0, 365 * 24 * 2))
def test_rules_and_the_zone_that_they_describe_agree_at_every_half_hour(half_hours: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=30) * half_hours
    for rules, name in (
        (CENTRAL_EUROPE, "Europe/Berlin"),
        (PACIFIC, "America/Los_Angeles"),
        (SYDNEY, "Australia/Sydney"),
    ):
        assert rules.offset_at(moment) == moment.astimezone(ZoneInfo(name)).utcoffset()


def test_the_computers_own_zone_is_preferred_among_equals() -> None:
    assert zone_named(CENTRAL_EUROPE, 2026, ["Europe/Paris", *NAMES]) == "Europe/Paris"
