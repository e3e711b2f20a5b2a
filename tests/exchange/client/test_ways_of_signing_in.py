"""Which way of signing in is taken, and where credentials never go."""

import base64

import pytest
import requests

from lyncdesk.exchange.http_answers import HttpAnswerError
from lyncdesk.exchange.kerberos import KerberosError, ask_for_ticket
from lyncdesk.exchange.signing_in import SigningIn, UnsafeAddressError, chosen
from lyncdesk.exchange.translate import translate
from lyncdesk.exchange.transport import Counter, adapter_class
from tests.exchange.client.raw_server import RawServer, Visit


@pytest.mark.parametrize("way", ["basic", "ntlm", "negotiate"])
def test_credentials_never_leave_this_computer_unencrypted(way: str) -> None:
    request = requests.Request("POST", "http://mail.example.com/EWS/Exchange.asmx")
    request.auth = SigningIn("EXAMPLE\\anna", "secret", way)
    with pytest.raises(UnsafeAddressError) as caught:
        request.prepare()
    assert translate(caught.value).problem == "insecure-address"


@pytest.mark.parametrize(
    ("offered", "way"),
    [
        ("", "basic"),
        ("basic", "basic"),
        ("ntlm", "ntlm"),
        ("negotiate", "negotiate"),
        ("basic ntlm negotiate", "ntlm"),
        ("basic negotiate", "basic"),
        ("negotiate ntlm", "ntlm"),
        ("digest bearer", None),
    ],
)
def test_what_is_taken_of_what_is_offered(offered: str, way: str | None) -> None:
    assert chosen("automatic", frozenset(offered.split())) == way


class Ticket:
    """Stands for Kerberos, which needs a domain: one token that proves the person."""

    complete = False
    negotiated_protocol = "kerberos"

    def __init__(self) -> None:
        self.asked: list[dict[str, object]] = []

    def __call__(self, *people: object, **how: object) -> "Ticket":
        self.asked.append({"people": people, **how})
        return self

    def step(self, token: bytes | None = None, *, channel_bindings: object = None) -> bytes:
        del token, channel_bindings
        return b"a ticket"


@pytest.mark.parametrize(("password", "people"), [("", (None, None)), ("secret", ("anna", "secret"))])
@pytest.mark.parametrize("let_in", [True, False])
def test_a_ticket_of_kerberos_is_shown_once_with_or_without_a_password(
    monkeypatch: pytest.MonkeyPatch, password: str, people: tuple[object, object], let_in: bool
) -> None:
    ticket = Ticket()
    monkeypatch.setattr("spnego.client", ticket)
    monkeypatch.setattr("lyncdesk.exchange.signing_in.has_kerberos", lambda: True)

    def serve(visit: Visit) -> None:
        shown = b"Negotiate " + base64.b64encode(b"a ticket")
        if let_in and shown in visit.request:
            visit.answers(b"in")
        else:
            visit.answers(b"", "401 Unauthorized", "WWW-Authenticate: Negotiate")

    with RawServer(serve) as server, requests.Session() as session:
        session.trust_env = False
        session.mount("http://", adapter_class(None, Counter())())
        auth = SigningIn("anna", password, "negotiate")
        if let_in:
            assert session.post(server.url(), b"x", auth=auth, timeout=10).status_code == 200
        else:
            # No password was refused, so this is not one that must not be sent again.
            with pytest.raises(HttpAnswerError) as told:
                session.post(server.url(), b"x", auth=auth, timeout=10)
            assert translate(told.value, server.url()).problem == "ticket-refused"
        assert server.attempts == 1
    # Kerberos is asked by itself first: Negotiate would go on with NTLM where it refuses the password.
    assert [asked["protocol"] for asked in ticket.asked] == ["kerberos", "negotiate"]
    for asked in ticket.asked:
        assert (asked["people"], asked["hostname"], asked["service"]) == (people, "127.0.0.1", "HTTP")


class Krb5Error(Exception):
    """As the library krb5 has it."""

    def __init__(self, words: str, err_code: int) -> None:
        super().__init__(f"{words} {err_code}")
        self.err_code = err_code


class GSSError(Exception):
    """As the library gssapi has it, within an error of pyspnego."""

    def __init__(self, words: str, min_code: int) -> None:
        super().__init__(f"Major (851968): Unspecified GSS failure., Minor ({min_code}): {words}")
        self.base_error = BaseOfGSSError(str(self), min_code)


class BaseOfGSSError(Exception):
    def __init__(self, words: str, min_code: int) -> None:
        super().__init__(words)
        self.min_code = min_code


@pytest.mark.parametrize(
    ("error", "password", "problem", "code"),
    [
        (Krb5Error("Decrypt integrity check failed", -1765328353), "x", "refused-password", ""),
        (Krb5Error("Preauthentication failed", -1765328360), "x", "refused-password", ""),
        (Krb5Error("Client's credentials have been revoked", -1765328366), "x", "account-locked", ""),
        (Krb5Error("Password has expired", -1765328361), "x", "password-expired", ""),
        (GSSError("Preauthentication failed", 2529638936), "x", "refused-password", ""),
        (GSSError("Ticket expired", 2529638944), "", "no-ticket", "Ticket expired"),
        (GSSError("Clock skew too great", 2529638949), "", "no-ticket", "Clock skew too great"),
        (GSSError("x" * 5000, 2529638949), "", "no-ticket", "x" * 200),
        (ImportError("no library"), "", "no-ticket", "no library"),
    ],
)
def test_what_kerberos_refuses_is_not_sent_to_the_server(
    monkeypatch: pytest.MonkeyPatch, error: Exception, password: str, problem: str, code: str
) -> None:
    def fails(*_people: object, **_how: object) -> Ticket:
        raise error

    monkeypatch.setattr("spnego.client", fails)
    with pytest.raises(KerberosError) as told:
        ask_for_ticket("anna", password, "mail.example.com")
    found = translate(told.value, "https://mail.example.com/")
    assert (found.problem, found.values.get("code", "")) == (problem, code)


@pytest.mark.parametrize("number", [-1765328378, -1765328230, -1765328228, -1765328347, 0])
def test_a_password_that_kerberos_did_not_try_may_be_one_of_ntlm(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fails(*_people: object, **_how: object) -> Ticket:
        raise Krb5Error("no such person, realm or KDC", number)

    monkeypatch.setattr("spnego.client", fails)
    assert not ask_for_ticket("anna", "secret", "mail.example.com")
