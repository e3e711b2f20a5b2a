"""A server that was found: told to the connection at the start, shown, kept, forgotten with the account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lyncdesk.calendars.memory import MemoryCalendar
from lyncdesk.client import events as ev
from lyncdesk.client import views
from lyncdesk.client.found import Found, How, found_from, found_values
from lyncdesk.client.live import LiveSession
from lyncdesk.client.options import Account
from lyncdesk.client.parts import Parts
from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.client.reading import problems
from lyncdesk.client.settings import settings_text
from lyncdesk.client.words import Words
from lyncdesk.machine.credentials import MemoryStore
from lyncdesk.machine.settings_store import MemorySettingsStore
from lyncdesk.pools.exchange_alone import ExchangeAlonePool
from lyncdesk.pools.people import MemoryPeople
from tests.unit.client.driving import Driven, meeting
from tests.unit.session_parts import FixedClock, MemoryExchange, no_wait
from tests.unit.strategies import NOW

ANNA = "anna@litware.example"
IN, OUT = (f"https://{host}.litware.example/EWS/Exchange.asmx" for host in ("in", "out"))
FOUND = Found(
    ANNA,
    OUT,
    How.AUTODISCOVER,
    "https://autodiscover.litware.example/autodiscover/autodiscover.svc",
    NOW,
    internal=IN,
    external=OUT,
)
ROWS = ("EWS Internal URL", "EWS External URL", "How the server was found", "Server in use")


class Client:
    """A session over twins, from the text of a settings file."""

    def __init__(self, text: str) -> None:
        self.store = MemorySettingsStore(text)
        self.exchange = MemoryExchange(MemoryCalendar())
        self.session = LiveSession(
            Parts(
                store=self.store,
                read_policy=Policy,
                credentials=MemoryStore(),
                exchange=self.exchange,
                pool=ExchangeAlonePool(MemoryPeople(), FixedClock(NOW)),
                clock=FixedClock(NOW),
                zone=lambda: "UTC",
                pool_name="exchange-alone",
                wait=no_wait,
            )
        )

    async def started(self) -> Client:
        self.session.start(lambda _state: None)
        await self.session.drained()
        return self

    @property
    def stored(self) -> dict[str, Found]:
        return found_from(self.store.load()[0])


async def test_what_is_found_is_kept_shown_and_known_at_the_next_start() -> None:
    first = await Client(f'language = "de"\n[account]\naddress = "{ANNA}"\n').started()
    assert first.exchange.known == ()
    first.exchange.on_found(FOUND)
    await first.session.drained()
    assert first.session.state.found == first.stored == {ANNA: FOUND}
    await first.session.save_options({"ignore_all_day": True})  # which saves the rest and leaves this alone
    await first.session.stop()
    second = await Client(settings_text(first.store.load()[0])).started()
    assert second.exchange.known == (FOUND,)
    assert second.session.state.found == {ANNA: FOUND}
    assert second.session.state.problems == ()
    assert second.session.state.options.language == "de"
    await second.session.stop()


async def test_what_is_found_for_another_address_is_kept_beside_it() -> None:
    client = await Client(f'[account]\naddress = "{ANNA}"\n').started()
    other = replace(FOUND, address="eva@litware.example")
    for one in (FOUND, other):
        client.exchange.on_found(one)
        await client.session.drained()
    assert client.session.state.found == client.stored == {ANNA: FOUND, other.address: other}
    await client.session.stop()


async def test_it_is_forgotten_with_the_account() -> None:
    text = settings_text({"account": {"address": ANNA}, "found": found_values({ANNA: FOUND})})
    client = await Client(text).started()
    await client.session.forget_account()
    await client.session.drained()
    assert (client.stored, client.session.state.found) == ({}, {})
    await client.session.stop()


def client_with(account: Account, *found: Found) -> Driven:
    client = Driven().signed_in()
    client.choose(account=account)
    for one in found:
        client.do(ev.ServerFound(one))
    return client


def rows(client: Driven) -> tuple[str, ...]:
    told = dict(views.connection(client.state, client.now, Words(), ()).rows)
    return tuple(told[name] for name in ROWS)


def test_the_rows_tell_both_addresses_and_which_is_in_use() -> None:
    assert rows(client_with(Account(ANNA), FOUND)) == (
        IN,
        OUT,
        "Autodiscover at autodiscover.litware.example",
        OUT,
    )


def test_what_somebody_wrote_behind_an_address_is_not_shown() -> None:
    secret = replace(FOUND, chosen=f"{OUT}?token=Secret", external=f"{OUT}?token=Secret")
    assert rows(client_with(Account(ANNA), secret)) == rows(client_with(Account(ANNA), FOUND))


def test_before_anything_is_found_the_rows_say_so() -> None:
    assert rows(client_with(Account(ANNA))) == ("not found yet",) * 4


def test_an_account_with_a_server_is_not_said_to_be_found() -> None:
    account = Account(ANNA, server="https://typed/EWS/Exchange.asmx")
    assert rows(client_with(account, FOUND)) == (
        account.server,
        account.server,
        "typed in Options > Account",
        account.server,
    )


@pytest.mark.parametrize(
    ("how", "text"),
    [
        (How.GIVEN, "Autodiscover at autodiscover.litware.example, the address that was set"),
        (How.DOMAIN, "Autodiscover at autodiscover.litware.example, the domain of the address"),
        (How.REDIRECT, "Autodiscover at autodiscover.litware.example, to which the domain redirects"),
        (How.SRV, "Autodiscover at autodiscover.litware.example, which the domain names in DNS (SRV)"),
    ],
)
def test_each_way_has_its_words(how: How, text: str) -> None:
    assert rows(client_with(Account(ANNA), replace(FOUND, how=how)))[2] == text


def test_a_later_finding_takes_the_place_of_an_earlier_one() -> None:
    later = replace(FOUND, chosen=IN, at=NOW + timedelta(hours=1))
    assert client_with(Account(ANNA), FOUND, later).state.found == {ANNA: later}


def test_finding_a_server_plans_no_check_and_publishes_nothing() -> None:
    client = client_with(Account(ANNA))
    before = client.state
    client.do(ev.ServerFound(FOUND))
    assert replace(client.state, found={}) == before


def test_missing_details_name_the_server_in_use() -> None:
    client = client_with(Account(ANNA), FOUND)
    client.answer()  # to the account before
    client.answer(meeting(-5, 60), details=False)
    [problem] = [one for one in problems(client.state) if one.name == "details-missing"]
    assert dict(problem.values)["server"] == "out.litware.example"


def test_the_administrator_may_say_where_to_ask() -> None:
    start = "https://autodiscover.host.example/autodiscover/autodiscover.xml"
    policy = parse_policy(f'ExchangeServerUrl = "{start}"', "policy.toml")
    assert policy.problems == ()
    assert policy.mandatory_fields()["account.server"] == start
