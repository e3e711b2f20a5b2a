"""Negotiate with a real KDC: the worker, MIT's acceptor, and how often a password is refused."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import pytest_asyncio

from lyncdesk.client.ports import ProblemError
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange.session import ExchangeSession
from tests.exchange.client.certificates import Authority
from tests.exchange.client.raw_server import RawServer, Visit
from tests.exchange.client.sessions import AGES, NOW, WINDOW, Passwords, session_for
from tests.exchange.client.sign_in_servers import Guard, binding_to, let_in
from tests.kerberos.kdc import REALM, Realm

LOGIN = f"anna@{REALM}"
SERVICE = "HTTP/localhost"
PASSWORD = "what anna types in the morning"


@pytest.fixture
def realm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Realm]:
    """A realm with Anna and a web server, in which the test and the worker live."""
    made = Realm(tmp_path)
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    with made:
        made.person("anna", PASSWORD)
        made.service(SERVICE)
        yield made


@pytest_asyncio.fixture
async def worker(realm: Realm) -> AsyncIterator[ExchangeWorker]:
    """A worker that lives in the realm."""
    del realm
    worker = ExchangeWorker(grace=AGES)  # one that starts anew would live in what the test changed
    yield worker
    await worker.close()


class Passage:
    """Anna's way to a server that takes Negotiate alone, without a password unless one is given."""

    def __init__(self, worker: ExchangeWorker, password: str = "", *, way: str = "negotiate") -> None:
        self._worker = worker
        self._password = password
        self._way = way
        self.guard = Guard(("negotiate",), LOGIN, PASSWORD)

    def session(self, server: RawServer, **account: str) -> AbstractAsyncContextManager[ExchangeSession]:
        """A session of Anna's."""
        told = {"server": server.url("localhost"), "user_name": LOGIN, "authentication": self._way}
        passwords = Passwords(self._password)
        return session_for(server.account(**told | account), worker=self._worker, password=passwords)

    async def problems(self, checks: int = 2) -> list[str]:
        """What each of so many checks ends with."""
        with RawServer(self.guard) as server:
            async with self.session(server) as session:
                return [await problem_of(session) for _ in range(checks)]


class Refusing:
    """A server with another clock than everybody else, which says so as Kerberos does, or ``instead``."""

    def __init__(self, instead: bytes) -> None:
        self._instead = instead
        self.refused = 0

    def __call__(self, visit: Visit) -> None:
        """Answer one request."""
        from gssapi.raw import GSSError, accept_sec_context

        shown = visit.request.partition(b"\r\nAuthorization: Negotiate ")[2].partition(b"\r\n")[0]
        said = "Negotiate"
        if shown:
            with pytest.raises(GSSError) as refusal:
                accept_sec_context(base64.b64decode(shown))
            self.refused += 1
            said += f" {base64.b64encode(self._instead or refusal.value.token).decode()}"
        visit.answers(b"", "401 Unauthorized", f"WWW-Authenticate: {said}")


async def problem_of(session: ExchangeSession) -> str:
    try:
        await session.check(WINDOW)
    except ProblemError as error:
        return f"{error.problem.name}: {dict(error.problem.values).get('code', '')}".removesuffix(": ")
    return "fine"


async def test_a_ticket_lets_one_in_without_any_password(realm: Realm, worker: ExchangeWorker) -> None:
    realm.sign_in("anna", PASSWORD)
    passage = Passage(worker)
    with RawServer(passage.guard) as server:
        async with passage.session(server) as session:
            assert [item.subject for item in (await session.check(WINDOW)).items] == ["Budget"]
            await session.examine(WINDOW, NOW, lambda _step: None)
        assert not any(PASSWORD.encode() in request for request in server.requests)
    assert (passage.guard.counted["refused"], passage.guard.ways) == (0, {"negotiate"})
    assert passage.guard.counted["let in"] >= 2
    assert f"{SERVICE}@{REALM}" in realm.tickets()


@pytest.mark.parametrize("way", ["negotiate", "automatic"])
async def test_a_password_gets_a_ticket_and_does_not_reach_the_server(
    realm: Realm, worker: ExchangeWorker, way: str
) -> None:
    del realm
    passage = Passage(worker, PASSWORD, way=way)
    assert await passage.problems() == ["fine", "fine"]
    assert (passage.guard.counted["refused"], passage.guard.counted["leg"]) == (0, 0)  # NTLM takes a leg


@pytest.mark.parametrize("right", [True, False], ids=["its own connection", "another's"])
async def test_a_ticket_is_bound_to_the_encrypted_connection(
    realm: Realm, worker: ExchangeWorker, tmp_path: Path, right: bool
) -> None:
    realm.sign_in("anna", PASSWORD)
    authority, passage = Authority(tmp_path), Passage(worker)
    with RawServer(passage.guard, authority.server()) as server:
        passage.guard.binding = binding_to(authority.last if right else b"somebody between")
        async with passage.session(server, ca_file=str(authority.file)) as session:
            expected = "fine" if right else "ticket-refused: HTTP 401"
            assert await problem_of(session) == expected


async def test_a_password_that_the_domain_refuses_is_refused_once_and_nowhere_else(
    realm: Realm, worker: ExchangeWorker
) -> None:
    passage = Passage(worker, "mistyped")
    assert await passage.problems() == ["refused-password", "refused-password"]
    assert realm.refusals() == 1
    assert dict(passage.guard.counted) == {"anonymous": 1}  # Exchange has seen no password at all


@pytest.mark.parametrize(
    ("name", "how", "problem"),
    [
        ("locked", ("-allow_tix",), "account-locked"),
        ("former", ("-expire", "2020-01-01"), "account-locked"),
        ("expired", ("-pwexpire", "2020-01-01"), "password-expired"),
        ("new", ("+needchange",), "password-expired"),
    ],
)
async def test_what_the_domain_says_of_the_person_is_told(
    realm: Realm, worker: ExchangeWorker, name: str, how: tuple[str, ...], problem: str
) -> None:
    realm.person(name, PASSWORD, *how)
    passage = Passage(worker, PASSWORD)
    with RawServer(passage.guard) as server:
        async with passage.session(server, user_name=f"{name}@{REALM}") as session:
            assert [await problem_of(session), await problem_of(session)] == [problem, problem]
    assert dict(passage.guard.counted) == {"anonymous": 1}


@pytest.mark.parametrize("login", ["LITWARE\\anna", "anna@elsewhere.example"])
async def test_who_is_no_person_of_the_domain_may_still_be_one_of_the_server_by_ntlm(
    realm: Realm, worker: ExchangeWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    del realm
    let_in(monkeypatch, tmp_path, login, PASSWORD)
    passage = Passage(worker, PASSWORD)
    with RawServer(passage.guard) as server:
        async with passage.session(server, user_name=login) as session:
            assert await problem_of(session) == "fine"
    assert (passage.guard.counted["leg"], passage.guard.counted["refused"]) == (1, 0)


async def test_without_a_ticket_it_is_told_and_looked_for_again(realm: Realm, worker: ExchangeWorker) -> None:
    passage = Passage(worker)
    with RawServer(passage.guard) as server:
        async with passage.session(server) as session:
            found = [await problem_of(session)]
            realm.sign_in("anna", PASSWORD)
            found.append(await problem_of(session))
            realm.let_tickets_expire()
            found.append(await problem_of(session))
            realm.sign_in("anna", PASSWORD)
            found.append(await problem_of(session))
    assert [problem.partition(" (")[0] for problem in found] == [
        "no-ticket: No Kerberos credentials available",
        "fine",
        "no-ticket: Ticket expired",
        "fine",
    ]
    assert passage.guard.counted["refused"] == 0


async def test_a_server_that_the_domain_does_not_know_is_told(realm: Realm, worker: ExchangeWorker) -> None:
    realm.remove(SERVICE)
    realm.sign_in("anna", PASSWORD)
    [problem] = await Passage(worker).problems(1)
    assert problem.startswith("no-ticket: Server HTTP/localhost@")
    assert "not found in Kerberos database" in problem


async def test_a_domain_that_does_not_answer_is_told(realm: Realm, worker: ExchangeWorker) -> None:
    realm.sign_in("anna", PASSWORD)
    realm.stop()
    [problem] = await Passage(worker).problems(1)
    assert problem.startswith("no-ticket: Cannot contact any KDC")


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["without a password", "of the password"])
async def test_a_ticket_that_the_server_does_not_take_is_no_refused_password(
    realm: Realm, worker: ExchangeWorker, password: str
) -> None:
    realm.sign_in("anna", PASSWORD)
    realm.new_key(SERVICE)
    passage = Passage(worker, password)
    assert await passage.problems() == ["ticket-refused: HTTP 401"] * 2
    assert passage.guard.counted["refused"] == 2  # so none was kept back
    assert realm.refusals() == 0


async def test_a_domain_that_says_nothing_is_asked_once_before_ntlm(
    realm: Realm, worker: ExchangeWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(monkeypatch, tmp_path, LOGIN, PASSWORD)
    passage = Passage(worker, PASSWORD)
    with realm.without_an_answer() as asked:
        assert await passage.problems(1) == ["fine"]
    assert len(set(asked)) == 1  # each question has a number of its own; the library may repeat it
    assert (passage.guard.counted["leg"], passage.guard.counted["refused"]) == (1, 0)


@pytest.mark.parametrize("instead", [b"", b"no word of Kerberos"], ids=["in its words", "in no words"])
async def test_a_server_that_says_why_it_does_not_take_a_ticket_refuses_no_password(
    realm: Realm, worker: ExchangeWorker, monkeypatch: pytest.MonkeyPatch, instead: bytes
) -> None:
    realm.sign_in("anna", PASSWORD)
    passage, refusing = Passage(worker), Refusing(instead)
    with RawServer(passage.guard) as server:
        async with passage.session(server) as session:
            assert await problem_of(session) == "fine"  # the worker keeps the right time
            monkeypatch.setenv("KRB5_CONFIG", str(realm.settings_at_another_time()))
            server.behaviour = refusing
            told = [await problem_of(session), await problem_of(session)]
    assert told == ["ticket-refused: HTTP 401"] * 2
    assert refusing.refused == 2


async def test_a_domain_with_another_clock_is_told(realm: Realm, worker: ExchangeWorker) -> None:
    realm.sign_in("anna", PASSWORD)
    realm.stop()
    realm.start(realm.settings_at_another_time())
    [problem] = await Passage(worker).problems(1)
    assert problem in ("no-ticket: Clock skew too great", "no-ticket: Ticket not yet valid")
