"""A running client behind its session: no change of a person is lost, whatever happens at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from lyncdesk.calendars.memory import MemoryCalendar
from lyncdesk.client import events as ev
from lyncdesk.client.live import LiveSession
from lyncdesk.client.options import Account
from lyncdesk.client.parts import Parts
from lyncdesk.client.passwords import password_key
from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.refusals import Refusals, mark_key
from lyncdesk.client.releases import Compared, Newest
from lyncdesk.client.state import Health
from lyncdesk.client.view_types import Action, Notice
from lyncdesk.client.views.main import notice
from lyncdesk.client.words import Words
from lyncdesk.machine.credentials import MemoryStore
from lyncdesk.machine.settings_store import MemorySettingsStore
from lyncdesk.pools.directory import Directory
from lyncdesk.pools.embedded import EmbeddedPool
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus
from tests.unit.client.driving import meeting
from tests.unit.session_parts import FixedClock, MemoryExchange
from tests.unit.strategies import NOW
from tests.waiting import until

ANNA, BEN, EVA = (f"{name}@litware.example" for name in ("anna", "ben", "eva"))
ACCOUNT = Account(ANNA, server="https://mail.litware.example/EWS/Exchange.asmx")
SETTINGS = f'contacts = []\n[account]\naddress = "{ANNA}"\nserver = "{ACCOUNT.server}"\n'
REFUSED = Problem.of("refused-password", server="mail.litware.example")


class FullDisk(MemorySettingsStore):
    """A store that reads but cannot write any more once ``full`` is set."""

    full = False

    def save(self, values: Mapping[str, object]) -> None:
        if self.full:
            raise ProblemError(
                Problem.of("settings-not-saved", where="settings", what=Message.of("the disk is full"))
            )
        super().save(values)


class Client:
    """A session over twins; ``look`` lets the policy be looked after once."""

    def __init__(self, settings: str = SETTINGS, credentials: MemoryStore | None = None) -> None:
        self.store = FullDisk(settings)
        self.policy = Policy()
        self.credentials = credentials or MemoryStore()
        self.calendar = MemoryCalendar()
        self.exchange = MemoryExchange(self.calendar)
        self.looks: asyncio.Queue[None] = asyncio.Queue()
        self.looked = asyncio.Event()
        self.secrets: list[str] = []
        self.replaced = False
        self.asked_for_newer: list[str] = []
        self.session = LiveSession(
            Parts(
                store=self.store,
                read_policy=lambda: self.policy,
                credentials=self.credentials,
                exchange=self.exchange,
                pool=EmbeddedPool(Directory(Profile(address) for address in (ANNA, BEN, EVA))),
                clock=FixedClock(NOW),
                zone=lambda: "UTC",
                pool_name="embedded",
                wait=self._wait,
                secret=self.secrets.append,
                replaced=lambda: self.replaced,
                ask_newest=self._ask_newest,
                environment=lambda policy: ((Message.of("Policy"), Message.of(policy.path)),),
            )
        )

    async def _ask_newest(self, place: str, _account: Account) -> Newest:
        self.asked_for_newer.append(place)
        return Newest("99.0", Compared.NEWER)

    async def _wait(self, _seconds: float) -> None:
        self.looked.set()
        await self.looks.get()

    @property
    def problems(self) -> list[str]:
        return [problem.name for problem in self.session.state.problems]

    async def look_after_policy(self, text: str, *wrong: str) -> None:
        self.policy = parse_policy(text, "policy.toml")
        assert [problem.name for problem in self.policy.problems] == [*wrong]
        self.looked.clear()
        self.looks.put_nowait(None)
        await self.looked.wait()
        await self.session.drained()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    running = Client()
    running.session.start(lambda _state: None)
    await running.session.drained()
    yield running
    await running.session.stop()


async def test_options_and_account_saved_at_the_same_time_are_both_kept(client: Client) -> None:
    other = Account(EVA, server=ACCOUNT.server)
    await asyncio.gather(
        client.session.save_options({"ignore_all_day": True}),
        client.session.save_account(other, None, keep=False),
        client.session.save_options({"language": "de"}),
    )
    await client.session.drained()
    options = client.session.state.options
    assert (options.ignore_all_day, options.account.address, options.language) == (True, EVA, "de")
    stored, _ = client.store.load()
    assert (stored["ignore_all_day"], stored["language"]) == (True, "de")


async def test_two_contacts_added_at_the_same_time_are_both_kept(client: Client) -> None:
    await asyncio.gather(client.session.add_contact(BEN), client.session.add_contact(EVA))
    await client.session.drained()
    assert set(client.session.state.options.contacts) == {BEN, EVA}


async def test_a_relationship_given_just_before_options_are_saved_is_kept(client: Client) -> None:
    client.session.post(ev.Give(BEN, Relationship.WORKGROUP))
    client.session.post(ev.NoteWritten("Back at noon"))
    await client.session.save_options({"ignore_all_day": True})
    await client.session.drained()
    options = client.session.state.options
    assert (options.gives, options.note) == ({BEN: Relationship.WORKGROUP}, "Back at noon")


async def test_a_new_policy_does_not_take_back_what_a_full_disk_could_not_keep(client: Client) -> None:
    client.store.full = True
    await client.session.save_options({"ignore_all_day": True})
    await client.look_after_policy('WebServicePollInterval = "00:10:00"')
    state = client.session.state
    assert state.options.interval == timedelta(minutes=10)
    assert state.options.ignore_all_day
    assert [problem.name for problem in state.problems] == ["settings-not-saved"]


async def test_what_the_person_does_at_the_moment_of_a_new_policy_is_kept(client: Client) -> None:
    looking = asyncio.ensure_future(client.look_after_policy('WebServicePollInterval = "00:10:00"'))
    await asyncio.sleep(0)
    client.session.post(ev.NoteWritten("Back at noon"))
    await looking
    options = client.session.state.options
    assert (options.interval, options.note) == (timedelta(minutes=10), "Back at noon")


async def test_while_the_policy_stays_as_it_is_the_settings_are_not_read_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.look_after_policy("")
    loads = 0
    load = client.store.load

    def counted() -> tuple[dict[str, object], tuple[Problem, ...]]:
        nonlocal loads
        loads += 1
        return load()

    monkeypatch.setattr(client.store, "load", counted)
    await client.look_after_policy("")
    assert loads == 0
    await client.look_after_policy('WebServicePollInterval = "00:10:00"')
    assert loads == 1


async def test_configuration_information_tells_of_the_policy_in_force_and_reads_none(client: Client) -> None:
    row = Message.of("Policy")
    await client.look_after_policy("IdleThreshold = 10")
    client.policy = Policy("another.toml")
    assert dict(client.session.environment())[row] == Message.of("policy.toml")


async def test_what_was_wrong_with_a_policy_is_told_until_it_is_mended(client: Client) -> None:
    await client.look_after_policy("Unheard = 1", "policy-invalid")
    assert client.problems == ["policy-invalid"]
    await client.look_after_policy("")
    assert client.problems == []


async def test_a_full_disk_is_told_until_there_is_room_again(client: Client) -> None:
    client.store.full = True
    await client.session.save_options({"ignore_all_day": True})
    await client.session.drained()
    assert client.problems == ["settings-not-saved"]
    client.store.full = False
    await client.session.save_options({"ignore_all_day": False})
    await client.session.drained()
    assert client.problems == []


async def test_another_account_is_another_person_at_the_server_that_the_administrator_set(
    client: Client,
) -> None:
    await client.look_after_policy('ExchangeServerUrl = "https://set.example"')
    await client.session.save_account(Account(EVA, server="https://typed.example"), "right", keep=True)
    await client.session.drained()
    state = client.session.state
    assert (state.options.account.server, state.profile.address) == ("https://set.example", EVA)
    assert await client.credentials.get(password_key(state.options.account)) == ("right",)


async def test_a_stored_password_goes_to_another_server_of_the_same_login_and_to_nobody_else(
    client: Client,
) -> None:
    await client.credentials.set(password_key(ACCOUNT), "stored")
    moved, other = replace(ACCOUNT, server="https://other.example"), replace(ACCOUNT, address=EVA)
    for account in (ACCOUNT, moved, other):
        await client.session.test_connection(account, None, lambda _step: None)
    assert client.exchange.tried == ["stored", "stored", None]
    await client.session.save_account(other, None, keep=True)
    assert await client.credentials.get(password_key(other)) == (None,)


async def test_a_password_that_is_to_be_kept_no_longer_is_used_until_the_program_ends(client: Client) -> None:
    key = password_key(client.session.state.options.account)
    await client.session.save_account(ACCOUNT, "right", keep=True)
    assert await client.credentials.get(key) == ("right",)
    await client.session.save_account(ACCOUNT, None, keep=False)
    assert await client.credentials.get(key) == (None,)
    assert client.session._passwords.of_this_run == ("right",)


async def test_an_account_is_known_by_one_address_however_it_is_typed(client: Client) -> None:
    await client.session.save_account(Account(" Eva@Litware.example"), "right", keep=True)
    await client.session.drained()
    assert client.session.state.options.account.address == EVA


async def test_no_password_gets_into_the_log_be_it_tried_typed_or_stored(client: Client) -> None:
    await client.credentials.set(password_key(ACCOUNT), "stored")
    await client.session.test_connection(ACCOUNT, None, lambda _step: None)
    await client.session.test_connection(ACCOUNT, "tried", lambda _step: None)
    await client.session.enter_password("typed", keep=False)
    assert client.secrets == ["stored", "tried", "typed"]


async def test_an_account_that_is_saved_as_it_was_keeps_its_connection(client: Client) -> None:
    other = replace(ACCOUNT, user_name="anna")
    for account in (ACCOUNT, other, other):
        await client.session.save_account(account, None, keep=True)
    assert client.exchange.connected == [ACCOUNT, other]


async def test_nobody_is_followed_twice_and_no_more_than_the_policy_allows(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = EmbeddedPool.add_contact

    async def takes_its_time(pool: EmbeddedPool, address: str) -> None:
        await asyncio.sleep(0)
        await at_once(pool, address)

    monkeypatch.setattr(EmbeddedPool, "add_contact", takes_its_time)
    await client.look_after_policy("MaximumNumberOfContacts = 1")
    await asyncio.gather(client.session.add_contact(BEN), client.session.add_contact(f" {BEN.upper()}"))
    problems = [await client.session.add_contact(address) for address in (EVA, BEN)]
    await client.session.drained()
    assert client.session.state.options.contacts == (BEN,)
    assert problems == [Problem.of("too-many-contacts", limit=1), None]


async def test_who_is_followed_no_more_is_in_no_group(client: Client) -> None:
    await client.session.save_options({"contacts": (BEN, EVA), "groups": {"Team": (BEN, EVA)}})
    await client.session.remove_contact(f" {BEN.upper()}")
    await client.session.drained()
    options = client.session.state.options
    assert (options.contacts, options.groups) == ((EVA,), {"Team": (EVA,)})


async def test_a_password_that_may_not_be_saved_is_neither_kept_nor_taken_from_the_keyring(
    client: Client,
) -> None:
    await client.credentials.set(password_key(ACCOUNT), "from the keyring")
    await client.look_after_policy("AllowSavedPassword = false")
    assert not await client.session.test_connection(ACCOUNT, None, lambda _step: None)
    assert client.exchange.tried == [None]
    await client.session.enter_password("typed", keep=True)
    assert await client.credentials.get(password_key(ACCOUNT)) == ("from the keyring",)
    await client.session.test_connection(ACCOUNT, None, lambda _step: None)
    assert client.exchange.tried == [None, "typed"]


async def test_a_typed_password_is_sent_after_a_restart_too_if_it_was_refused(
    client: Client,
) -> None:
    key = password_key(ACCOUNT)
    await client.credentials.set(key, "right after all")
    await Refusals(client.credentials).note(key, "right after all", REFUSED)
    await client.session.enter_password("right after all", keep=True)
    assert await client.credentials.get(key, mark_key(key)) == ("right after all", None)


async def test_a_password_for_this_run_only_replaces_the_one_in_the_keyring(client: Client) -> None:
    await client.credentials.set(password_key(ACCOUNT), "refused long ago")
    await client.session.enter_password("typed", keep=False)
    assert await client.credentials.get(password_key(ACCOUNT)) == (None,)


async def test_a_refusal_that_comes_while_the_program_ends_is_remembered(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.credentials.set(password_key(ACCOUNT), "wrong")
    shown = client.session.state

    async def close() -> None:
        client.session.post(ev.SetStatus(ManualStatus.BUSY))
        client.exchange.used(ACCOUNT, "wrong", REFUSED)

    monkeypatch.setattr(client.exchange, "close", close)
    await client.session.stop()
    assert await Refusals(client.credentials).stored(password_key(ACCOUNT)) == ("wrong", REFUSED)
    assert client.session.state == shown  # to remember it, nothing that came later is applied


async def test_a_keyring_that_hangs_does_not_keep_the_program_from_ending(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lyncdesk.client.passwords._FAREWELL", 0.01)
    ended = asyncio.Event()

    async def hangs(*_accounts: str) -> tuple[str | None, ...]:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ()

    monkeypatch.setattr(client.credentials, "get", hangs)
    client.exchange.used(ACCOUNT, "wrong", REFUSED)
    await asyncio.sleep(0)
    await client.session.stop()
    assert ended.is_set()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_with_a_policy_against_saved_passwords_nothing_is_remembered_of_them(client: Client) -> None:
    key = password_key(ACCOUNT)
    await client.credentials.set(key, "wrong")
    await client.look_after_policy("AllowSavedPassword = false")
    client.exchange.used(ACCOUNT, "wrong", REFUSED)
    await client.session.enter_password("typed", keep=True)
    await client.session.stop()
    assert await client.credentials.get(key, mark_key(key)) == ("wrong", None)


async def test_what_is_said_of_another_account_is_not_remembered(client: Client) -> None:
    key = password_key(ACCOUNT)
    await client.credentials.set(key, "wrong")
    client.exchange.used(Account(ANNA, server="https://other.example"), "wrong", REFUSED)
    client.exchange.used(Account(BEN, server=ACCOUNT.server), "wrong", REFUSED)
    await client.session.stop()
    assert await client.credentials.get(mark_key(key)) == (None,)


@pytest.mark.parametrize("where", ["in the options", "when asked for it"])
async def test_a_password_typed_anew_starts_what_a_refusal_stopped(client: Client, where: str) -> None:
    client.calendar.fault = REFUSED
    client.session.post(ev.CheckNow())
    await until(lambda: client.session.state.calendar.health is Health.STOPPED, "the refusal")
    client.calendar.fault = None
    if where == "in the options":
        await client.session.save_account(ACCOUNT, "right", keep=True)
    else:
        await client.session.enter_password("right", keep=True)
    await until(lambda: client.session.state.calendar.health is Health.OK, "the next check")
    assert client.exchange.opened == [ACCOUNT]


async def test_to_save_the_account_again_is_not_to_type_its_refused_password(client: Client) -> None:
    key = password_key(ACCOUNT)
    await client.credentials.set(key, "wrong")
    await Refusals(client.credentials).note(key, "wrong", REFUSED)
    await client.session.save_account(ACCOUNT, None, keep=True)
    assert await Refusals(client.credentials).stored(key) == ("wrong", REFUSED)
    assert client.exchange.opened == []


async def test_signing_out_for_good_forgets_the_password_and_its_refusal(client: Client) -> None:
    key = password_key(ACCOUNT)
    await client.credentials.set(key, "wrong")
    await Refusals(client.credentials).note(key, "wrong", REFUSED)
    assert await client.session.forget_account() is None
    assert await client.credentials.get(key, mark_key(key)) == (None, None)
    state = client.session.state
    assert (state.options.account, state.profile.address, state.signed_in) == (Account(), "", False)
    assert ANNA not in str(client.store.load())


async def test_an_account_goes_also_where_the_keyring_keeps_its_password_and_that_is_said(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(*_accounts: str) -> None:
        client.session.post(ev.SignIn())  # while the keyring asks
        raise ProblemError(Problem.of("keyring-missing", code="locked"))

    monkeypatch.setattr(client.credentials, "forget", locked)
    assert await client.session.forget_account() == Problem.of("keyring-missing", code="locked")
    state = client.session.state
    assert (state.options.account, state.signed_in) == (Account(), False)


async def test_a_report_names_no_person_subject_place_note_or_password(client: Client) -> None:
    client.calendar.add(meeting(-5, 30, "Redundancies", location="Behind the bar"))
    await client.session.enter_password("hunter2-hunter2", keep=True)
    client.session.post(ev.CheckNow())
    client.session.post(ev.NoteWritten("In the sauna"))
    client.session.post(ev.Give(EVA, Relationship.BLOCKED))
    client.session.post(ev.ProblemFound(Problem.of("unknown-contact", address=BEN)))
    await client.session.drained()
    client.store._write(f'contacts = ["{EVA} "]\nnote = 5\n'.encode())
    await client.look_after_policy('WebServicePollInterval = "00:10:00"')
    assert client.session.state.calendar.items
    made = await client.session.report()
    for secret in ("Redundancies", "the bar", "hunter2", "sauna", "ben@", "eva@", "note = 5"):
        assert secret not in made
    for told in ("unknown-contact", "settings-broken", "Items: 1", "relationships given: 1", ACCOUNT.server):
        assert told in made


async def test_nothing_asks_for_a_newer_version_but_a_person(client: Client) -> None:
    url = "https://files.example.org/latest.json"
    for number in range(1, 6):  # also where the address is new, or the client signs in anew
        minutes = f"00:{number:02}:00"
        await client.look_after_policy(f'NewerVersionUrl = "{url}"\nWebServicePollInterval = "{minutes}"')
        client.session.post(ev.SignOut())
        client.session.post(ev.SignIn())
        client.session.post(ev.CheckNow())
        await client.session.drained()
    assert client.session.state.options.newer_version_url == url
    assert client.asked_for_newer == []
    assert (await client.session.releases.newest()).version == "99.0"
    assert client.asked_for_newer == [url]


async def test_a_program_that_was_replaced_is_told_once_and_offers_a_restart(client: Client) -> None:
    await client.look_after_policy("")
    assert client.problems == []
    client.replaced = True
    for _ in range(2):
        await client.look_after_policy("")
        assert client.problems == ["program-replaced"]
    shown = notice(client.session.state, NOW, Words())
    assert shown == Notice("LyncDesk was updated, and needs a restart.", Action.RESTART, "Restart")
