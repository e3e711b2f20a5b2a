"""The client signs in the way the server offers, and sends a refused password no second time."""

import asyncio
import base64
import time
from pathlib import Path

import pytest
import spnego

from lyncdesk.client.ports import ProblemError
from lyncdesk.exchange.gate import PasswordGate
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange.session import ExchangeSession
from tests.exchange.client import raw_server as raw
from tests.exchange.client.certificates import Authority
from tests.exchange.client.raw_server import RawServer, Visit
from tests.exchange.client.sessions import (
    NOW,
    PASSWORD,
    SOON,
    WINDOW,
    Passwords,
    examined,
    session_for,
)
from tests.exchange.client.sign_in_servers import Guard, binding_to, let_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
LOGIN = "EXAMPLE\\anna"
# What a server offers, and the way that is taken.
OFFERS = {
    "basic": ("basic",),
    "ntlm": ("ntlm",),
    "negotiate": ("negotiate",),
    "ntlm before basic": ("basic", "ntlm"),
    "ntlm before negotiate": ("negotiate", "ntlm"),
    "basic before negotiate": ("negotiate", "basic"),
}
TAKEN = {name: name.split()[0] for name in OFFERS}


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    let_in(monkeypatch, tmp_path, LOGIN, PASSWORD)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def guard(*offers: str) -> Guard:
    return Guard(offers, LOGIN, PASSWORD)


async def problem_of(session: ExchangeSession) -> str:
    try:
        await session.check(WINDOW, next_due_in=SOON)
    except ProblemError as error:
        return error.problem.name
    return "fine"


@pytest.mark.parametrize("authentication", ["automatic", "chosen"])
@pytest.mark.parametrize("offer", OFFERS)
async def test_the_right_password_is_let_in(worker: ExchangeWorker, offer: str, authentication: str) -> None:
    way = TAKEN[offer]
    server = guard(*OFFERS[offer])
    chosen = way if authentication == "chosen" else authentication
    with RawServer(server) as at:
        account = at.account(user_name=LOGIN, authentication=chosen)
        async with session_for(account, worker=worker) as session:
            assert [await problem_of(session), await examined(session)] == ["fine", "fine"]
    assert server.ways == {way}
    assert server.counted["refused"] == 0


@pytest.mark.parametrize("restart", [False, True], ids=["one worker", "a new worker each time"])
@pytest.mark.parametrize("authentication", ["automatic", "chosen"])
@pytest.mark.parametrize("offer", OFFERS)
async def test_a_wrong_password_is_refused_once_whatever_asks(
    worker: ExchangeWorker, offer: str, authentication: str, restart: bool
) -> None:
    server, gate = guard(*OFFERS[offer]), PasswordGate()
    chosen = TAKEN[offer] if authentication == "chosen" else authentication
    wrong = Passwords("wrong")
    worker = ExchangeWorker() if restart else worker
    with RawServer(server) as at:
        account = at.account(user_name=LOGIN, authentication=chosen)
        names: list[str] = []
        # Two sessions at once, then one after the other, each with a check and Test connection.
        async with (
            session_for(account, worker=worker, gate=gate, password=wrong) as one,
            session_for(account, worker=worker, gate=gate, password=wrong) as other,
        ):
            names += await asyncio.gather(problem_of(one), examined(other), problem_of(other), examined(one))
        for _ in range(2):
            if restart:
                await worker.close()
                worker = ExchangeWorker()
            async with session_for(account, worker=worker, gate=gate, password=wrong) as session:
                names += [await examined(session), await problem_of(session)]
        if restart:
            await worker.close()
    assert names == ["refused-password"] * 8
    assert server.counted["refused"] == 1
    assert server.counted["let in"] == 0
    assert server.ways == {TAKEN[offer]}


@pytest.mark.parametrize(
    ("offers", "authentication", "refused"),
    [
        (("bearer",), "automatic", 0),
        (("digest", "bearer"), "automatic", 0),
        (("basic",), "ntlm", 0),
        (("ntlm", "basic"), "negotiate", 0),
        (("ntlm", "negotiate"), "basic", 1),
    ],
)
async def test_a_way_that_is_not_offered_is_told_and_no_other_is_tried(
    worker: ExchangeWorker, offers: tuple[str, ...], authentication: str, refused: int
) -> None:
    server = guard(*offers)
    with RawServer(server) as at:
        account = at.account(user_name=LOGIN, authentication=authentication)
        async with session_for(account, worker=worker) as session:
            assert await problem_of(session) == "sign-in-method"
            assert await problem_of(session) == "sign-in-method"
            with pytest.raises(ProblemError) as told:
                await session.examine(WINDOW, NOW, lambda _step: None)
    assert dict(told.value.problem.values)["code"] == ", ".join(
        sorted(Guard.written(offers), key=str.casefold)
    )
    assert (server.counted["refused"], server.counted["let in"]) == (refused, 0)
    assert server.counted["anonymous"] == 1 - refused


async def test_choosing_another_way_is_an_act_of_the_person(worker: ExchangeWorker) -> None:
    server, gate = guard("ntlm"), PasswordGate()
    with RawServer(server) as at:
        for authentication, expected in (("basic", "sign-in-method"), ("automatic", "fine")):
            account = at.account(user_name=LOGIN, authentication=authentication)
            async with session_for(account, worker=worker, gate=gate) as session:
                assert await problem_of(session) == expected
    assert server.counted["refused"] == 1


async def test_choosing_another_way_does_not_set_a_refused_password_free(worker: ExchangeWorker) -> None:
    server, gate = guard("ntlm", "basic"), PasswordGate()
    with RawServer(server) as at:
        for authentication in ("ntlm", "basic", "automatic"):
            account = at.account(user_name=LOGIN, authentication=authentication)
            async with session_for(account, worker=worker, gate=gate, password=Passwords("wrong")) as session:
                assert await problem_of(session) == "refused-password"
    assert server.counted["refused"] == 1


async def test_what_the_server_offers_is_asked_once_and_then_remembered(worker: ExchangeWorker) -> None:
    server = guard("basic")
    with RawServer(server) as at:
        account = at.account(user_name=LOGIN, authentication="automatic")
        async with session_for(account, worker=worker) as session:
            counts = [(await session.check(WINDOW, next_due_in=SOON)).requests for _ in range(3)]
    assert counts == [3, 2, 2]
    assert (server.counted["anonymous"], server.counted["let in"]) == (1, 6)


async def test_ntlm_signs_a_connection_in_once_and_uses_it_for_the_whole_check(
    worker: ExchangeWorker,
) -> None:
    server = guard("ntlm")
    with RawServer(server) as at:
        account = at.account(user_name=LOGIN, authentication="automatic")
        async with session_for(account, worker=worker) as session:
            answer = await session.check(WINDOW, next_due_in=SOON)
    assert answer.requests == 4
    assert server.counted == {"anonymous": 1, "leg": 1, "let in": 1, "on a signed-in connection": 1}


async def test_a_server_that_begins_to_take_other_ways_is_asked_anew(worker: ExchangeWorker) -> None:
    gate = PasswordGate()
    with RawServer(guard("ntlm")) as at:
        account = at.account(user_name=LOGIN, authentication="automatic")
        async with session_for(account, worker=worker, gate=gate) as session:
            assert await problem_of(session) == "fine"
            at.behaviour = guard("basic")  # what was known needed no credentials to find out
            assert await problem_of(session) == "fine"
            at.behaviour = only_ntlm = guard("ntlm")
            assert await problem_of(session) == "sign-in-method"
            assert await problem_of(session) == "sign-in-method"
            assert only_ntlm.counted == {"refused": 1}
            session.password_entered()
            assert await problem_of(session) == "fine"


async def test_who_asks_for_no_credentials_gets_none(worker: ExchangeWorker) -> None:
    with RawServer(raw.calendar(raw.ITEM)) as at:
        account = at.account(user_name=LOGIN, authentication="automatic")
        async with session_for(account, worker=worker) as session:
            assert await problem_of(session) == "fine"
        assert at.attempts == 0
    for behaviour in (raw.answers(b"<html>"), raw.answers(b"", "403 Forbidden"), raw.answers(b"")):
        with RawServer(behaviour) as at:
            account = at.account(user_name=LOGIN, authentication="automatic")
            async with session_for(account, worker=worker) as session:
                assert await problem_of(session) != "fine"
            assert at.attempts == 0


@pytest.mark.parametrize("way", ["NTLM", "Negotiate"])
async def test_a_server_that_does_not_take_up_what_it_offers_gets_no_password(
    worker: ExchangeWorker, way: str
) -> None:
    deaf = raw.answers(b"", "401 Unauthorized", f"WWW-Authenticate: {way}")
    with RawServer(deaf) as at:
        account = at.account(user_name=LOGIN, authentication="automatic")
        async with session_for(account, worker=worker) as session:
            expected = "sign-in-method" if way == "NTLM" else "kerberos-missing"
            assert await problem_of(session) == expected
        assert at.attempts == 1  # which says what the client can, and proves nothing


@pytest.mark.parametrize("token", ["!", "TlRMTVNTUAAC", "oQcwBaADCgEC"], ids=["none", "cut", "rejected"])
async def test_a_challenge_that_makes_no_sense_is_not_answered(worker: ExchangeWorker, token: str) -> None:
    def serve(visit: Visit) -> None:
        offered = f"Negotiate {token}" if b"Authorization" in visit.request else "Negotiate"
        visit.answers(b"", "401 Unauthorized", f"WWW-Authenticate: {offered}")

    with RawServer(serve) as at:
        account = at.account(user_name=LOGIN, authentication="automatic")
        async with session_for(account, worker=worker) as session:
            assert await problem_of(session) == "kerberos-missing"
        assert at.attempts == 1


class Challenger:
    """A server that answers whatever it is shown with a challenge; ``proofs`` counts answers to one."""

    def __init__(self, way: str, *more: str) -> None:
        self._way = way
        self._more = more  # headers
        self._challenge = ""
        self.proofs = 0

    def __call__(self, visit: Visit) -> None:
        """Answer one request."""
        shown = visit.request.partition(f"\r\nAuthorization: {self._way} ".encode())[2]
        if not shown:
            raw.refuses(self._way)(visit)
            return
        token = base64.b64decode(shown.partition(b"\r\n")[0])
        if b"NTLMSSP\0\1" in token:
            acceptor = spnego.server(
                protocol=self._way.lower(), options=spnego.NegotiateOptions.use_negotiate
            )
            self._challenge = base64.b64encode(acceptor.step(token) or b"").decode()
        self.proofs += b"NTLMSSP\0\3" in token
        offer = f"WWW-Authenticate: {self._way} {self._challenge}"
        visit.answers(b"", "401 Unauthorized", offer, *self._more)


# Negotiate does not know that it is at its end; what it sends then proves nothing, and is bounded.
@pytest.mark.parametrize(("way", "attempts"), [("NTLM", 2), ("Negotiate", 8)])
async def test_a_refusal_with_another_challenge_is_not_answered_with_another_proof(
    worker: ExchangeWorker, way: str, attempts: int
) -> None:
    server = Challenger(way)
    with RawServer(server) as at:
        account = at.account(user_name=LOGIN, authentication="automatic")
        async with session_for(account, worker=worker) as session:
            assert [await problem_of(session), await problem_of(session)] == ["refused-password"] * 2
        assert at.attempts == attempts
    assert server.proofs == 1


async def test_a_challenge_after_which_the_connection_ends_is_answered_over_no_other(
    worker: ExchangeWorker,
) -> None:
    server = Challenger("NTLM", "Connection: close")

    def ends(visit: Visit) -> None:
        server(visit)
        if b"Authorization" in visit.request:
            visit.connection.close()

    with RawServer(ends) as at:
        account = at.account(user_name=LOGIN, authentication="automatic")
        async with session_for(account, worker=worker) as session:
            assert await problem_of(session) == "connection-refused"
    assert server.proofs == 0


# Seconds between the challenge and the end: the client may see it before the proof, within it, or only by it.
@pytest.mark.parametrize("later", [0.0, 0.002, 0.004, 0.006, 0.01, 0.02])
async def test_a_connection_that_ends_while_signing_in_costs_no_attempt(
    worker: ExchangeWorker, later: float
) -> None:
    server = guard("ntlm")

    def ends(visit: Visit) -> None:
        server(visit)
        if b"Authorization" in visit.request:
            time.sleep(later)
            visit.connection.close()

    with RawServer(ends) as at:
        account = at.account(user_name=LOGIN, authentication="automatic")
        async with session_for(account, worker=worker) as session:
            assert await problem_of(session) == "connection-refused"
            assert (server.counted["leg"], server.counted["refused"], server.counted["let in"]) == (1, 0, 0)
            at.behaviour = server
            assert await problem_of(session) == "fine"


async def test_a_balancer_that_keeps_a_connection_by_its_cookie_is_followed(worker: ExchangeWorker) -> None:
    server = guard("ntlm")
    seen = []

    def serve(visit: Visit) -> None:
        seen.append(b"Cookie: node=7" in visit.request)
        if not seen[-1]:
            lines = ("WWW-Authenticate: NTLM", "Set-Cookie: node=7; path=/")
            visit.answers(b"", "401 Unauthorized", *lines)
        else:
            server(visit)

    with RawServer(serve) as at:
        account = at.account(user_name=LOGIN, authentication="automatic")
        async with session_for(account, worker=worker) as session:
            assert await problem_of(session) == "fine"
    assert seen[:3] == [False, True, True]


@pytest.mark.parametrize("authentication", ["automatic", "basic", "ntlm", "negotiate"])
async def test_without_a_password_nothing_is_proven(worker: ExchangeWorker, authentication: str) -> None:
    server = guard("basic", "ntlm", "negotiate")
    with RawServer(server) as at:
        account = at.account(user_name=LOGIN, authentication=authentication)
        async with session_for(account, worker=worker, password=Passwords(None)) as session:
            assert await problem_of(session) == "no-password"
    # Negotiate could do without, where the computer has a ticket for the person.
    assert server.counted == ({"anonymous": 1} if authentication == "negotiate" else {})


async def test_ntlm_is_bound_to_the_certificate_of_the_server(
    worker: ExchangeWorker, authority: Authority
) -> None:
    context = authority.server()
    for certificate, expected in ((authority.last, "fine"), (b"of somebody in between", "refused-password")):
        server = guard("ntlm")
        server.binding = binding_to(certificate)
        with RawServer(server, context) as at:
            account = at.account(user_name=LOGIN, authentication="automatic", ca_file=str(authority.file))
            async with session_for(account, worker=worker) as session:
                assert await problem_of(session) == expected
