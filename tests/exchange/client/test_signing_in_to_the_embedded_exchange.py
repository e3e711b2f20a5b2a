"""Signing in to an Exchange that shares no code with the client, and counts what it refuses itself."""

from collections.abc import Iterator

import pytest

from lyncdesk.client.options import Account
from lyncdesk.client.ports import ProblemError
from lyncdesk.exchange.gate import PasswordGate
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange_server.exchange import Exchange
from tests.exchange.client.sessions import NOW, PASSWORD, SOON, WINDOW, Passwords, session_for
from tests.exchange.server.wire import checked_exchange

pytestmark = pytest.mark.asyncio(loop_scope="module")
ADDRESS = "anna@example.com"
OFFERS = (
    ("Basic",),
    ("NTLM",),
    ("Negotiate",),
    ("Basic", "NTLM"),
    ("Negotiate", "NTLM", "Basic"),
    ("Negotiate", "Basic"),
)


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with checked_exchange(lambda: NOW) as exchange:
        exchange.add_person(ADDRESS, PASSWORD)
        yield exchange


@pytest.mark.parametrize("login", ["", "EXAMPLE\\anna"])
@pytest.mark.parametrize("schemes", OFFERS, ids="+".join)
async def test_automatic_signs_in_and_a_wrong_password_is_one_refused_login(
    worker: ExchangeWorker, exchange: Exchange, schemes: tuple[str, ...], login: str
) -> None:
    account = Account(ADDRESS, user_name=login, server=exchange.start(schemes=schemes))
    gate = PasswordGate()
    async with session_for(account, worker=worker, gate=gate) as session:
        for _ in range(2):
            answer = await session.check(WINDOW, next_due_in=SOON)
            assert answer.out_of_office_told
    assert exchange.counters.refused == 0
    for _ in range(2):
        async with session_for(account, worker=worker, gate=gate, password=Passwords("wrong")) as session:
            for _ in range(2):
                with pytest.raises(ProblemError) as caught:
                    await session.check(WINDOW, next_due_in=SOON)
                assert caught.value.problem.name == "refused-password"
    assert exchange.counters.refused == 1


@pytest.mark.parametrize("way", ["Basic", "NTLM", "Negotiate"])
async def test_each_chosen_way_signs_in(worker: ExchangeWorker, exchange: Exchange, way: str) -> None:
    url = exchange.start(schemes=("Negotiate", "NTLM", "Basic"))
    account = Account(ADDRESS, server=url, authentication=way.lower())
    async with session_for(account, worker=worker) as session:
        assert (await session.check(WINDOW, next_due_in=SOON)).out_of_office_told
    assert exchange.counters.refused == 0
