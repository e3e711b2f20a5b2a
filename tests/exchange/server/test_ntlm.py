"""NTLM and Negotiate: real clients of both, what is counted as refused, and messages that are none."""

import base64
import http.client
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import exchangelib
import pytest
import requests
import spnego
from exchangelib.errors import UnauthorizedError
from exchangelib.protocol import BaseProtocol, CachingProtocol
from hypothesis import given
from hypothesis import strategies as some
from requests_ntlm import HttpNtlmAuth

from lyncdesk.exchange_server import ntlm
from lyncdesk.exchange_server import spnego as tokens
from lyncdesk.exchange_server.certificate import make, server_context
from lyncdesk.exchange_server.logins import Door, Login, read_schemes
from lyncdesk.exchange_server.old_ciphers import Rc4, md4
from lyncdesk.exchange_server.web import PATH
from tests.exchange.server.conftest import ANNA, BEN, make_account
from tests.exchange.server.wire import MONDAY, CheckedExchange, envelope, find_item

REQUEST = envelope(find_item())
TYPE_1 = ntlm.SIGNATURE + b"\x01\x00\x00\x00" + (ntlm.UNICODE | ntlm.EXTENDED).to_bytes(4, "little")


def header(data: bytes, scheme: str = "NTLM") -> dict[str, str]:
    return {"Authorization": f"{scheme} {base64.b64encode(data).decode()}"}


@pytest.fixture
def connection(exchange: CheckedExchange) -> Iterator[http.client.HTTPConnection]:
    """One connection to a server that offers everything."""
    parts = urlsplit(exchange.start(schemes=("Negotiate", "NTLM", "Basic")))
    found = http.client.HTTPConnection(parts.netloc, timeout=10)
    yield found
    found.close()


def post(connection: http.client.HTTPConnection, headers: dict[str, str]) -> tuple[int, list[str]]:
    """The status, and what the server says of logins."""
    connection.request("POST", PATH, REQUEST, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers.get_all("WWW-Authenticate") or []


def said(headers: list[str]) -> bytes:
    """The token of the only challenge."""
    (line,) = headers
    return base64.b64decode(line.partition(" ")[2])


# --- what it is made of ---


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (b"", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        (b"abc", "a448017aaf21d8525fc10ae87aa6729d"),
        (b"abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"),
        (b"1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ],
)
def test_md4_is_that_of_rfc_1320(text: bytes, digest: str) -> None:
    assert md4(text).hex() == digest


def test_rc4_goes_on_where_it_stopped() -> None:
    stream = Rc4(b"Key")
    assert (stream(b"Plain") + stream(b"text")).hex() == "bbf316e8d940af0ad3"


def test_the_example_of_the_protocol_document_is_accepted() -> None:
    """[MS-NLMP] 4.2.4: user User, domain Domain, password Password."""
    nonce, client = bytes.fromhex("0123456789abcdef"), b"\xaa" * 8
    pairs = bytes.fromhex("02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000")
    blob = bytes.fromhex("0101000000000000") + bytes(8) + client + bytes(4) + pairs + bytes(4)
    proof = bytes.fromhex("68cd0ab851e51c96aabc927bebef6a1c")
    found = ntlm.Proof("User", "Domain", proof + blob, 0, b"", b"")
    assert ntlm.session_key(found, ntlm.Challenge(b"", nonce, b""), "Password") == bytes.fromhex(
        "8de40ccadbc14a82f15cb0ad0de95ca3"
    )
    assert ntlm.session_key(found, ntlm.Challenge(b"", nonce, b""), "password") is None
    assert ntlm.session_key(found, ntlm.Challenge(b"", bytes(8), b""), "Password") is None


@given(some.binary(max_size=300))
def test_nothing_but_a_message_is_taken_for_one(data: bytes) -> None:
    for message in (data, ntlm.SIGNATURE + b"\x03\x00\x00\x00" + data):
        with pytest.raises(ntlm.NotNtlm):
            ntlm.read_proof(message[:60])
    door = Door(lambda _user, _password: None, lambda _name: None, lambda _name: None, lambda: MONDAY)
    for start in (b"", ntlm.SIGNATURE + b"\x03\x00\x00\x00", b"\x60", b"\xa1"):
        for scheme in ("NTLM", "Negotiate", "Basic"):
            assert Login(door).read(header(start + data, scheme)["Authorization"]).user is None


@given(some.binary(max_size=70_000), some.none() | some.binary(max_size=20))
def test_what_spnego_writes_it_reads(inner: bytes, signature: bytes | None) -> None:
    found = tokens.read(tokens.write(tokens.INCOMPLETE, inner, signature))
    assert (found.inner, found.signature) == (inner, signature)


# --- real clients ---


@pytest.mark.parametrize(
    "user", [ANNA, "ANNA@example.com", "anna", "EXAMPLE\\anna", "EXAMPLE\\Anna", "example.com\\anna"]
)
@pytest.mark.parametrize("schemes", [("NTLM",), ("Negotiate",), ("Basic", "NTLM", "Negotiate")])
def test_a_person_signs_in_by_any_of_their_names(
    exchange: CheckedExchange, user: str, schemes: tuple[str, ...]
) -> None:
    url = exchange.start(schemes=schemes)
    answer = requests.post(url, REQUEST, auth=HttpNtlmAuth(user, "secret"), timeout=10)
    assert answer.status_code == 200
    assert [one.status_code for one in answer.history] == [401, 401]
    assert len(exchange.counters.log(ANNA)) == 1
    assert exchange.counters.refused == 0


@pytest.mark.parametrize("user", [ANNA, "EXAMPLE\\anna", BEN, "nobody@example.com"])
def test_a_wrong_password_is_one_refused_login(exchange: CheckedExchange, user: str) -> None:
    url = exchange.start()
    answer = requests.post(url, REQUEST, auth=HttpNtlmAuth(user, "Secret"), timeout=10)
    assert answer.status_code == 401
    assert exchange.counters.refused == exchange.counters.refused_of(user) == 1
    assert exchange.seen == 0


def test_a_password_may_be_any_text(exchange: CheckedExchange) -> None:
    exchange.add_person("eve@example.com", "pä:ß wörd ✓ 𝄞")
    auth = HttpNtlmAuth("eve@example.com", "pä:ß wörd ✓ 𝄞")
    assert requests.post(exchange.start(), REQUEST, auth=auth, timeout=10).ok


def test_over_tls_with_channel_bindings(exchange: CheckedExchange, home: Path) -> None:
    home.mkdir(exist_ok=True)
    certificate, key = make(MONDAY)
    (home / "ca.pem").write_text(certificate)
    url = exchange.start(tls=server_context(certificate, key))
    answer = requests.post(
        url,
        REQUEST,
        auth=HttpNtlmAuth(ANNA, "secret", send_cbt=True),
        verify=str(home / "ca.pem"),
        timeout=10,
    )
    assert answer.status_code == 200


def test_exchangelib_signs_in_by_ntlm(exchange: CheckedExchange) -> None:
    CachingProtocol.clear_cache()
    exchange.start(schemes=("NTLM",))
    for password, refused in (("secret", 0), ("Secret", 1)):
        account = make_account(exchange, password=password, auth_type=exchangelib.NTLM)
        if refused:
            with pytest.raises(UnauthorizedError):
                assert account.calendar
        else:
            assert account.calendar.name == "Calendar"
            assert list(account.calendar.all().only("subject")) == []
        assert exchange.counters.refused == refused
        account.protocol.close()
    CachingProtocol.clear_cache()


def test_exchangelib_finds_out_that_ntlm_is_offered(exchange: CheckedExchange) -> None:
    CachingProtocol.clear_cache()
    configuration = exchangelib.Configuration(
        service_endpoint=exchange.start(), credentials=exchangelib.Credentials(ANNA, "secret")
    )
    account = exchangelib.Account(ANNA, config=configuration, access_type=exchangelib.DELEGATE)
    assert account.calendar.name == "Calendar"
    assert account.protocol.auth_type == exchangelib.NTLM
    assert isinstance(account.protocol, BaseProtocol)
    account.protocol.close()
    CachingProtocol.clear_cache()


@pytest.mark.parametrize(("password", "status"), [("secret", 200), ("Secret", 401)])
def test_negotiate_carries_ntlm_inside_spnego(
    exchange: CheckedExchange, connection: http.client.HTTPConnection, password: str, status: int
) -> None:
    client = spnego.client(ANNA, password, "localhost", "http", protocol="negotiate",
                           options=spnego.NegotiateOptions.use_negotiate)  # fmt: skip
    token: bytes | None = client.step()
    found = (0, [""])
    for _ in range(2):
        assert token
        found = post(connection, header(token, "Negotiate"))
        if found[0] == 200 or len(found[1]) > 1:
            break
        token = client.step(said(found[1]))
    assert found[0] == status
    assert exchange.counters.refused == (status == 401)
    if status == 200:
        assert client.step(said(found[1])) is None
        assert client.complete
        assert post(connection, {})[0] == 200


# --- one connection, leg by leg ---


def legs(connection: http.client.HTTPConnection, user: str = ANNA, password: str = "secret") -> bytes:
    """The type 3 for the challenge that the connection has just got."""
    client = spnego.client(user, password, protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
    status, headers = post(connection, header(client.step() or b""))
    assert status == 401
    return client.step(said(headers)) or b""


def test_each_scheme_has_a_header_of_its_own(connection: http.client.HTTPConnection) -> None:
    assert post(connection, {}) == (401, ["Negotiate", "NTLM", 'Basic realm="Exchange", charset="UTF-8"'])


def test_the_first_leg_is_answered_with_the_challenge_alone(
    exchange: CheckedExchange, connection: http.client.HTTPConnection
) -> None:
    status, headers = post(connection, header(TYPE_1))
    told = said(headers)
    assert (status, ntlm.kind(told)) == (401, 2)
    assert "exchange.example.com".encode("utf-16-le") in told
    assert exchange.counters.refused == 0


def test_who_has_proved_it_needs_no_more_headers_on_the_connection(
    exchange: CheckedExchange, connection: http.client.HTTPConnection
) -> None:
    third = legs(connection)
    assert post(connection, header(third))[0] == 200
    assert [post(connection, {})[0] for _ in range(3)] == [200, 200, 200]
    other = http.client.HTTPConnection(connection.host, connection.port, timeout=10)
    assert post(other, {})[0] == 401
    other.close()
    assert exchange.counters.refused == 0


def test_a_proof_counts_once_and_for_its_own_challenge(
    exchange: CheckedExchange, connection: http.client.HTTPConnection
) -> None:
    third = legs(connection)
    assert post(connection, header(third))[0] == 200
    assert post(connection, header(third))[0] == 401
    assert post(connection, {})[0] == 401
    first = legs(connection)
    legs(connection)
    assert post(connection, header(first))[0] == 401
    assert exchange.counters.refused_of(ANNA) == 2


def test_a_wrong_login_ends_the_one_before(connection: http.client.HTTPConnection) -> None:
    assert post(connection, header(legs(connection)))[0] == 200
    assert post(connection, header(legs(connection, password="no")))[0] == 401
    assert post(connection, {})[0] == 401


def test_a_proof_whose_integrity_code_is_wrong_is_refused(
    exchange: CheckedExchange, connection: http.client.HTTPConnection
) -> None:
    third = bytearray(legs(connection))
    third[72] ^= 1
    assert post(connection, header(bytes(third)))[0] == 401
    assert exchange.counters.refused == 1


def test_version_1_is_refused(exchange: CheckedExchange, connection: http.client.HTTPConnection) -> None:
    third = bytearray(legs(connection))
    third[20:24] = (24).to_bytes(2, "little") * 2
    assert post(connection, header(bytes(third)))[0] == 401
    assert exchange.counters.refused == 1


@pytest.mark.parametrize(
    "authorization",
    ["NTLM", "NTLM !!!", "NTLM TlRMTVNTUAADAAAA", "Negotiate YII=", "Negotiate oQ==", "Bearer x", "Digest a"],
)
def test_what_is_no_login_is_refused_and_counted_once(
    exchange: CheckedExchange, connection: http.client.HTTPConnection, authorization: str
) -> None:
    status, headers = post(connection, {"Authorization": authorization})
    assert (status, len(headers), exchange.counters.refused) == (401, 3, 1)


def test_what_is_not_offered_is_not_accepted(exchange: CheckedExchange) -> None:
    url = exchange.start(schemes=["ntlm"])
    answer = requests.post(url, REQUEST, auth=(ANNA, "secret"), timeout=10)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "NTLM")
    assert exchange.counters.refused_of(ANNA) == 1
    exchange.stop()
    url = exchange.start(schemes=["Basic"])
    answer = requests.post(url, REQUEST, headers=header(TYPE_1), timeout=10)
    assert (answer.status_code, "NTLM" in answer.headers["WWW-Authenticate"]) == (401, False)


@pytest.mark.parametrize("operation", ["*", "FindItem"])
def test_a_password_refused_by_order_is_one_refused_login(
    exchange: CheckedExchange, connection: http.client.HTTPConnection, operation: str
) -> None:
    assert post(connection, header(legs(connection)))[0] == 200
    exchange.faults.set("refused-password", times=1, operation=operation)
    assert post(connection, {})[0] == 401
    assert exchange.counters.refused == 0
    assert post(connection, header(legs(connection)))[0] == 401
    assert exchange.counters.refused == 1
    assert post(connection, header(legs(connection)))[0] == 200


@pytest.mark.parametrize("names", [[], ["kerberos"], ["basic", "digest"], [""]])
def test_there_are_no_other_schemes(exchange: CheckedExchange, names: list[str]) -> None:
    with pytest.raises(ValueError, match="there are Basic, NTLM, Negotiate"):
        exchange.start(schemes=names)
    assert exchange.url is None
    assert read_schemes(["NTLM", "ntlm", " Basic "]) == ("ntlm", "basic")


def test_the_date_is_that_of_the_server(exchange: CheckedExchange) -> None:
    answer = requests.post(exchange.start(), REQUEST, timeout=10)
    assert answer.headers["Date"] == "Mon, 02 Mar 2026 08:00:00 GMT"


def test_a_mechanism_that_is_preferred_to_ntlm_is_declined(connection: http.client.HTTPConnection) -> None:
    kerberos = bytes.fromhex("06092a864886f712010202")
    mechanisms = tokens._write(0x30, kerberos + tokens.NTLM)
    first = tokens._write(0xA0, mechanisms) + tokens._write(0xA2, tokens._write(4, b"ticket"))
    init = tokens._write(0x60, tokens.SPNEGO + tokens._write(0xA0, tokens._write(0x30, first)))
    status, headers = post(connection, header(init, "Negotiate"))
    assert (status, tokens.read(said(headers)).inner) == (401, None)
    client = spnego.client(ANNA, "secret", protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)

    def wrapped(inner: bytes) -> dict[str, str]:
        return header(tokens.write(tokens.INCOMPLETE, inner, b"mic"), "Negotiate")

    status, headers = post(connection, wrapped(client.step() or b""))
    inner = tokens.read(said(headers)).inner
    assert (status, ntlm.kind(inner or b"")) == (401, 2)
    status, headers = post(connection, wrapped(client.step(inner) or b""))
    signature = tokens.read(said(headers)).signature
    assert status == 200
    client.verify(mechanisms, signature or b"")


def test_the_time_of_a_challenge_is_that_of_the_server() -> None:
    told = ntlm.challenge(
        TYPE_1, bytes(8), "exchange", "example.com", datetime(1601, 1, 1, 0, 0, 1, tzinfo=UTC)
    )
    assert (10_000_000).to_bytes(8, "little") in told.told
