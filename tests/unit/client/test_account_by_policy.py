"""An account that the administrator names: who signs in by what, and what happens when the policy changes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from lyncdesk.client.options import Account, Origin
from lyncdesk.client.passwords import password_key
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.client.problems import Problem
from lyncdesk.client.reading import asks_for_account
from lyncdesk.client.settings import settings_text
from lyncdesk.client.sign_in_names import SignedIn, for_person
from lyncdesk.machine.credentials import MemoryStore
from tests.unit.client.test_live import Client as OneClient
from tests.waiting import until

ANNA, KELLER = "anna@litware.example", "anna.keller@litware.example"
OLD, NEW = "https://old.litware.example/EWS/Exchange.asmx", "https://new.litware.example/EWS/Exchange.asmx"
SET = f'AccountAddress = "{{user}}@litware.example"\nExchangeServerUrl = "{OLD}"\n'


class Client(OneClient):
    """A client of somebody called anna, with no settings of her own, and a policy."""

    def __init__(
        self, policy: str, before: Client | None = None, credentials: MemoryStore | None = None
    ) -> None:
        settings = settings_text(before.store.load()[0]) if before is not None else ""
        super().__init__(settings, before.credentials if before is not None else credentials)
        self.user = "anna"
        self.set(policy)

    def set(self, policy: str) -> None:
        """What the administrator wrote."""
        self.policy = for_person(parse_policy(policy, "policy.toml"), lambda: SignedIn(self.user))

    async def look(self, policy: str) -> None:
        """Let the client look after a policy that was changed."""
        self.set(policy)
        self.looked.clear()
        self.looks.put_nowait(None)
        await self.looked.wait()
        await self.session.drained()

    @property
    def account(self) -> Account:
        return self.session.state.options.account

    @property
    def asked(self) -> Account:
        """Whose calendar is read."""
        return self.exchange.connected[-1]

    async def password(self) -> str | None:
        """What would be sent for the account in use."""
        return await self.exchange.passwords[-1]()

    async def start(self) -> None:
        self.session.start(lambda _state: None)
        await self.session.drained()


@pytest.fixture
async def started() -> AsyncIterator[list[Client]]:
    running: list[Client] = []
    yield running
    for one in running:
        await one.session.stop()


async def test_an_account_that_was_set_signs_in_by_itself(started: list[Client]) -> None:
    started.append(client := Client(SET))
    await client.start()
    assert (client.account.address, client.account.server) == (ANNA, OLD)
    assert client.session.state.signed_in
    assert client.asked == client.account
    # Nothing of it is the person's, so it stands in no file of theirs.
    assert not client.store.load()[0].get("account")


async def test_an_address_that_a_script_wrote_into_the_settings_signs_in_under_the_policys_server(
    started: list[Client],
) -> None:
    """For organisations whose addresses are not made of the names that people sign in with."""
    started.append(client := Client(f'ExchangeServerUrl = "{OLD}"\nExchangeAuthentication = "negotiate"'))
    client.store.save({"account": {"address": KELLER}})
    await client.start()
    assert client.asked == Account(KELLER, server=OLD, authentication="negotiate")
    assert client.session.state.signed_in
    assert asks_for_account(client.session.state) is False


async def test_an_account_that_is_recommended_waits_for_a_word_of_the_person_and_is_theirs_then(
    started: list[Client],
) -> None:
    started.append(client := Client(f"[recommended]\n{SET}"))
    await client.start()
    assert (client.account.address, client.session.state.signed_in) == (ANNA, False)
    assert asks_for_account(client.session.state) is True
    await client.session.save_account(client.account, "right", keep=False)
    await client.session.drained()
    assert client.session.state.signed_in
    assert asks_for_account(client.session.state) is False
    assert client.session.state.options.origins["account.address"] is Origin.PERSON
    assert client.store.load()[0]["account"] == {"address": ANNA}
    # A server that is recommended goes on following the administrator.
    await client.look(f"[recommended]\n{SET.replace(OLD, NEW)}")
    assert client.asked == Account(ANNA, server=NEW)


async def test_a_forgotten_account_that_was_recommended_is_offered_again(started: list[Client]) -> None:
    started.append(client := Client(f"[recommended]\n{SET}"))
    await client.start()
    await client.session.save_account(Account(KELLER, server=NEW), "right", keep=True)
    await client.session.forget_account()
    await client.session.drained()
    assert (client.account, client.session.state.signed_in) == (Account(ANNA, server=OLD), False)
    assert asks_for_account(client.session.state) is True
    assert not client.store.load()[0].get("account")
    assert "password_of" not in client.store.load()[0]


async def test_a_policy_that_comes_to_a_client_without_an_account_signs_it_in(started: list[Client]) -> None:
    started.append(client := Client(""))
    await client.start()
    assert asks_for_account(client.session.state) is True
    await client.look(SET)
    assert client.session.state.signed_in
    assert client.session.state.profile.address == ANNA
    assert client.asked == Account(ANNA, server=OLD)


async def test_a_person_who_signed_out_stays_so_under_another_server(started: list[Client]) -> None:
    from lyncdesk.client.events import SignOut

    started.append(client := Client(SET))
    await client.start()
    client.session.post(SignOut())
    await client.look(SET.replace(OLD, NEW))
    assert not client.session.state.signed_in
    assert client.asked.server == NEW


class Locked(MemoryStore):
    """A keyring that asks before it opens; counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def get(self, *accounts: str) -> tuple[str | None, ...]:
        self.asked += 1
        return await super().get(*accounts)


async def test_who_signs_in_by_a_ticket_is_not_asked_to_unlock_a_keyring(started: list[Client]) -> None:
    policy = f'{SET}ExchangeAuthentication = "negotiate"\n'
    keyring = Locked()
    started.append(client := Client(policy, credentials=keyring))
    await client.start()
    assert await client.password() is None
    assert keyring.asked == 0
    # Once a password was typed for it, it is in use.
    await client.session.enter_password("right", keep=True)
    await client.session.stop()
    started.append(second := Client(policy, client))
    await second.start()
    assert await second.password() == "right"


@pytest.mark.parametrize("running", [True, False], ids=["meanwhile", "before the next start"])
async def test_a_stored_password_goes_along_to_another_server_of_the_same_login(
    started: list[Client], running: bool
) -> None:
    before, after = await _moved(started, SET, SET.replace(OLD, NEW), running=running)
    assert await after.password() == "right"
    kept = [await before.credentials.get(password_key(Account(ANNA, server=url))) for url in (OLD, NEW)]
    assert kept == [(None,), ("right",)]


@pytest.mark.parametrize("running", [True, False], ids=["meanwhile", "before the next start"])
async def test_a_stored_password_goes_to_no_other_login_and_is_kept_no_longer(
    started: list[Client], running: bool
) -> None:
    before, after = await _moved(started, SET, SET.replace("{user}", "{user}.keller"), running=running)
    assert after.account.address == KELLER
    assert await after.password() is None
    assert await before.credentials.get(password_key(Account(ANNA, server=OLD))) == (None,)


async def test_a_password_goes_along_where_the_address_changes_and_the_user_name_does_not(
    started: list[Client],
) -> None:
    named = SET + "AccountUserName = 'LITWARE\\{user}'\n"
    _, after = await _moved(started, named, named.replace("{user}@", "{user}.keller@"), running=False)
    assert (after.account.address, after.account.login) == (KELLER, "LITWARE\\anna")
    assert await after.password() == "right"


async def test_an_account_that_is_gone_for_a_while_loses_no_password(started: list[Client]) -> None:
    started.append(client := Client(SET))
    await client.start()
    await client.session.enter_password("right", keep=True)
    await client.look("")
    gone = client.session.state
    assert (gone.signed_in, gone.options.account) == (False, Account())
    await client.look(SET)
    assert client.session.state.signed_in
    assert await client.password() == "right"


async def test_an_account_that_is_gone_while_its_server_stays_set_loses_no_password(
    started: list[Client],
) -> None:
    started.append(client := Client(SET))
    await client.start()
    await client.session.enter_password("right", keep=True)
    await client.look(f'ExchangeServerUrl = "{OLD}"')
    assert await client.password() is None
    assert await client.credentials.get(password_key(Account(ANNA, server=OLD))) == ("right",)


async def test_a_password_that_the_keyring_had_before_the_policy_came_is_used(started: list[Client]) -> None:
    keyring = MemoryStore()
    await keyring.set(password_key(Account(ANNA, server=OLD)), "right")
    started.append(client := Client(SET, credentials=keyring))
    await client.start()
    assert await client.password() == "right"


async def test_what_was_typed_for_this_run_goes_along_to_another_server_and_to_no_other_login(
    started: list[Client],
) -> None:
    started.append(client := Client(SET))
    await client.start()
    await client.session.enter_password("right", keep=False)
    await client.look(SET.replace(OLD, NEW))
    assert await client.password() == "right"
    await client.look(SET.replace("{user}", "{user}.keller"))
    assert client.account.address == KELLER
    assert await client.password() is None


@pytest.mark.parametrize("later", ["", f"[recommended]\n{SET}"], ids=["no account", "recommended"])
async def test_for_nobody_and_for_who_has_not_agreed_yet_no_calendar_is_read(
    started: list[Client], later: str
) -> None:
    started.append(client := Client(SET))
    await client.start()
    await until(lambda: client.calendar.checks, "the first check")
    read = client.calendar.checks
    client.calendar.fault = Problem.of("server-address", server="-", code="it is empty")
    await client.look(later)
    assert not client.session.state.signed_in
    assert (client.calendar.checks, client.problems) == (read, [])


async def test_an_account_that_was_recommended_and_is_set_now_signs_in(started: list[Client]) -> None:
    started.append(client := Client(f"[recommended]\n{SET}"))
    await client.start()
    before = client.session.state.signed_in
    await client.look(SET)
    assert (before, client.session.state.signed_in) == (False, True)
    assert client.asked == Account(ANNA, server=OLD)


async def _moved(started: list[Client], before: str, after: str, *, running: bool) -> tuple[Client, Client]:
    """A client whose password was stored under one policy, and the one that lives under the next."""
    started.append(client := Client(before))
    await client.start()
    await client.session.enter_password("right", keep=True)
    if running:
        await client.look(after)
        return client, client
    await client.session.stop()
    started.append(second := Client(after, client))
    await second.start()
    return client, second
