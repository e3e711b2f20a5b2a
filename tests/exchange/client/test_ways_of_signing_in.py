"""Which way of signing in is taken, and where credentials never go."""

import base64

import pytest
import requests

from lyncdesk.exchange.signing_in import SigningIn, UnsafeAddressError, chosen
from lyncdesk.exchange.translate import translate
from lyncdesk.exchange.transport import Counter, HttpAnswerError, adapter_class
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
        answer = session.post(server.url(), b"x", auth=SigningIn("anna", password, "negotiate"), timeout=10)
        assert server.attempts == 1
    assert answer.status_code == (200 if let_in else 401)
    [asked] = ticket.asked
    assert (asked["people"], asked["hostname"], asked["service"]) == (people, "127.0.0.1", "HTTP")
    if not let_in:
        assert translate(HttpAnswerError.of(answer)).problem == "refused-password"
