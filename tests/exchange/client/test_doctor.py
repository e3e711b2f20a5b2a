"""Test connection step by step, over real sockets: what was tried, what came back, what to do about it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from lyncdesk.calendars.account import ExchangeAccounts
from lyncdesk.client.found import How
from lyncdesk.client.options import Account
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.words import Words
from lyncdesk.exchange.doctor_steps import TRIED
from lyncdesk.exchange.process import ExchangeWorker
from tests.exchange.client import discovery_servers as said
from tests.exchange.client import raw_server as raw
from tests.exchange.client.certificates import DAY
from tests.exchange.client.discovery_servers import ADDRESS, behind_a_password, by_path, signed
from tests.exchange.client.raw_server import RawServer, Visit
from tests.exchange.client.sessions import NOW, PASSWORD
from tests.exchange.client.small_world import Organisation
from tests.exchange.client.thin_servers import BARE, EVENTS, HOURS, MERGED, SERIES, serves, view
from tests.exchange.server.wire import checked_exchange
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
EWS = "https://mail.corp.example/EWS/Exchange.asmx"
INSIDE = "https://inside.corp.example/EWS/Exchange.asmx"
OK, LIMITED, FAILED, SKIPPED = StepResult.OK, StepResult.LIMITED, StepResult.FAILED, StepResult.SKIPPED
CHAIN = list(TRIED)
FULL = by_path(ews=behind_a_password(serves()))
WITHOUT_DETAILS = by_path(ews=behind_a_password(serves(BARE)))


@pytest.fixture
def corp(corp_at_hand: Organisation) -> Organisation:
    return corp_at_hand


class Patient:
    """One program's connection, and the steps that its tests told."""

    def __init__(self, worker: ExchangeWorker) -> None:
        self.exchange = ExchangeAccounts(
            now=lambda: NOW, monotonic=time.monotonic, zone="Europe/Berlin", worker=worker
        )
        self.steps: list[ConnectionStep] = []
        self.words = Words()

    async def test(self, account: Account, password: str | None = PASSWORD) -> bool:
        self.steps = []
        return await self.exchange.test(account, password, self.steps.append)

    @property
    def ended(self) -> dict[str, ConnectionStep]:
        return {step.name: step for step in self.steps if step.result is not StepResult.RUNNING}

    @property
    def results(self) -> dict[str, StepResult]:
        return {name: step.result for name, step in self.ended.items()}

    def came(self, name: str) -> str:
        step = self.ended[name]
        return self.words(step.came_back) if step.came_back is not None else ""

    def remedy(self, name: str) -> str:
        step = self.ended[name]
        return self.words(step.remedy) if step.remedy is not None else ""

    @property
    def failure(self) -> tuple[str, str]:
        """The step that failed, and its problem."""
        [step] = [step for step in self.ended.values() if step.result is FAILED]
        assert step.problem is not None
        return step.name, step.problem.name

    def told(self) -> str:
        """Everything, as a person could read it."""
        lines = []
        for step in self.steps:
            texts = (step.tried, step.came_back, step.remedy, step.problem and step.problem.cause)
            lines.append(" | ".join(self.words(text) for text in texts if text))
        return "\n".join(lines)


@asynccontextmanager
async def patient(corp: Organisation) -> AsyncIterator[Patient]:
    made = Patient(corp.worker)
    yield made
    made.exchange._hurry.set()
    await asyncio.gather(*made.exchange._leaving)


async def examined(
    corp: Organisation, account: Account, password: str | None = PASSWORD
) -> tuple[bool, Patient]:
    async with patient(corp) as made:
        return await made.test(account, password), made


# a server that works


async def test_every_step_to_a_server_that_works(corp: Organisation) -> None:
    corp.host("mail.corp.example", FULL)
    works, told = await examined(corp, corp.account(server=EWS, authentication="automatic"))
    assert works
    assert told.results == dict.fromkeys(["account", *CHAIN], OK)
    assert told.came("account") == f"{ADDRESS} at {EWS}"
    assert told.came("name") == "127.0.0.1"
    assert told.came("connection").startswith("127.0.0.1, port ")
    ends = told.came("encryption")
    assert ends.startswith(
        "TLS 1.3; the certificate is for mail.corp.example, issued by Test authority, valid"
    )
    assert told.came("service") == "it offers Basic; LyncDesk takes Basic"
    assert told.came("sign-in") == "accepted (Basic)"
    assert told.came("version") == "Exchange 2016, build 15.1.2507.6; asked as Exchange2013"
    assert told.came("mailbox") == f"{ADDRESS} is there"
    assert told.came("calendar") == "items: 1"
    assert told.came("details") == "kinds and subjects come: meetings are told from appointments"
    assert told.came("free-busy") == "events: 1, with merged free/busy (DetailedMerged)"
    assert told.came("working-hours") == "they come, in the zone Europe/Berlin"
    assert told.came("out-of-office") == "switched off"
    assert told.came("time-zones") == "zones: 2"
    # A server that lacks nothing is not compared with others.
    assert corp.names.queries == []


async def test_each_step_is_told_when_it_begins_and_when_it_ends_with_its_duration(
    corp: Organisation,
) -> None:
    corp.host("mail.corp.example", FULL)
    _, told = await examined(corp, corp.account(server=EWS))
    order = [(step.name, step.result is StepResult.RUNNING) for step in told.steps]
    assert order == [(name, running) for name in ("account", *CHAIN) for running in (True, False)]
    for step in told.ended.values():
        assert step.duration is not None
        assert timedelta() <= step.duration < timedelta(seconds=60)
    assert sum((step.duration for step in told.ended.values() if step.duration), timedelta()) > timedelta()


async def test_the_embedded_exchange_passes(corp: Organisation) -> None:
    with checked_exchange(lambda: NOW) as server:
        server.add_person(ADDRESS, PASSWORD, name="Anna", zone="Europe/Berlin")
        works, told = await examined(corp, Account(ADDRESS, server=server.start()))
    assert works, told.told()
    assert set(told.results.values()) == {OK}
    assert told.came("encryption") == "not encrypted: this server is on this computer"
    assert told.came("details") == "there is no item in these days to see it by"
    assert "LyncDesk takes NTLM" in told.came("service")
    assert told.came("sign-in") == "accepted (NTLM)"


async def test_no_subject_place_or_password_is_in_what_is_told(corp: Organisation) -> None:
    replies = raw.ENVELOPE % raw.OOF_OFF.replace(
        b"<t:OofState>Disabled</t:OofState>",
        b"<t:OofState>Enabled</t:OofState><t:InternalReply><t:Message>Away</t:Message></t:InternalReply>",
    )
    for items in ((), (BARE, raw.ITEM)):
        corp.host("mail.corp.example", by_path(ews=behind_a_password(serves(*items, oof=replies))))
        _, told = await examined(corp, corp.account(server=EWS))
        assert told.came("out-of-office") == "switched on, or planned"
        for secret in ("Budget", "Room 1", "Away", PASSWORD):
            assert secret not in told.told()
            assert secret not in repr(told.steps)


# thin servers


@pytest.mark.parametrize(
    ("behaviour", "step", "came", "remedy"),
    [
        (
            serves(raw.ITEM, BARE),
            "details",
            "1 of 2 items without their kind, so meetings are shown as Busy; 1 of 2 items without subject",
            "Another address of the server often cures this.",
        ),
        (
            serves(raw.ITEM.replace(b"<t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus>", b"")),
            "details",
            "1 of 1 items without Show As, which count as nothing",
            "",
        ),
        (
            serves(SERIES),
            "calendar",
            "items: 1. This server does not take recurring items apart, so LyncDesk does.",
            "",
        ),
        (
            serves(free_busy=view(EVENTS, HOURS)),
            "free-busy",
            "events: 1, and no merged free/busy (DetailedMerged): this server does not work it out",
            "",
        ),
        (
            serves(free_busy=raw.fault(b"ErrorInvalidRequest")),
            "free-busy",
            "",
            "Your calendar is shown all the same",
        ),
        (
            serves(free_busy=view(MERGED, EVENTS)),
            "working-hours",
            "Exchange's answer was damaged. (no working hours came)",
            "The usual working hours are taken.",
        ),
        (
            serves(oof=raw.failed(b"GetUserOofSettings", b"ErrorInvalidRequest")),
            "out-of-office",
            "",
            "Out of Office is not shown",
        ),
        (
            serves(zones=raw.fault(b"ErrorInvalidRequest")),
            "time-zones",
            "",
            "Nothing is missed: LyncDesk asks for all times in UTC.",
        ),
        (serves(version=False), "version", "it does not tell; asked as Exchange2013", ""),
        (
            serves(calendar=raw.failed(b"FindItem", b"ErrorAccessDenied")),
            "calendar",
            "free/busy only: the calendar itself may not be opened",
            "Ask your Exchange administrator",
        ),
    ],
)
async def test_what_a_server_leaves_out_is_said_and_no_failure(
    corp: Organisation, behaviour: raw.Behaviour, step: str, came: str, remedy: str
) -> None:
    with RawServer(behaviour) as server:
        works, told = await examined(corp, server.account())
    assert works, told.told()
    assert told.results[step] is LIMITED
    assert told.came(step).startswith(came)
    assert told.remedy(step).startswith(remedy)
    others = {name for name, result in told.results.items() if result is LIMITED} - {step}
    # Without free/busy there are no working hours in it, and without items no details.
    assert others <= {"free-busy": {"working-hours"}, "calendar": {"details"}}.get(step, set())


# failures


FAILURES: dict[str, tuple[Callable[[RawServer], Account], raw.Behaviour, tuple[str, str]]] = {
    "no address": (lambda s: Account(ADDRESS, server="ftp://x"), serves(), ("account", "server-address")),
    "no name": (
        lambda s: Account(ADDRESS, server="https://gone.corp.example"),
        serves(),
        ("name", "name-not-found"),
    ),
    "nobody there": (
        lambda s: Account(ADDRESS, server="http://127.0.0.1:1"),
        serves(),
        ("connection", "connection-refused"),
    ),
    "no file": (
        lambda s: s.account(server=f"https://127.0.0.1:{s.port}", ca_file="/none"),
        serves(),
        ("account", "ca-file"),
    ),
    "no encryption": (
        lambda s: s.account(server=f"https://127.0.0.1:{s.port}"),
        lambda visit: visit.says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        ("encryption", "not-encrypted"),
    ),
    "no Exchange": (RawServer.account, raw.answers(b"<html>", "404 Not Found"), ("service", "not-exchange")),
    "a page to sign in": (RawServer.account, raw.answers(b"<html>"), ("service", "web-page")),
    "another way of signing in": (
        RawServer.account,
        raw.answers(b"", "401 Unauthorized", "WWW-Authenticate: Bearer"),
        ("service", "sign-in-method"),
    ),
    "refused": (RawServer.account, raw.REFUSES, ("sign-in", "refused-password")),
    "no mailbox": (
        RawServer.account,
        serves(calendar=raw.failed(b"FindItem", b"ErrorNonExistentMailbox")),
        ("mailbox", "no-mailbox"),
    ),
    "moving": (
        RawServer.account,
        serves(calendar=raw.failed(b"FindItem", b"ErrorMailboxMoveInProgress")),
        ("mailbox", "mailbox-moved"),
    ),
    "closed": (
        RawServer.account,
        serves(
            calendar=raw.failed(b"FindItem", b"ErrorAccessDenied"),
            free_busy=raw.fault(b"ErrorInvalidRequest"),
        ),
        ("calendar", "access-denied"),
    ),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failure_is_told_at_its_step_and_the_rest_is_left_out(corp: Organisation, name: str) -> None:
    account_of, behaviour, expected = FAILURES[name]
    with RawServer(behaviour) as server:
        works, told = await examined(corp, account_of(server))
    assert not works
    assert told.failure == expected
    order = ["account", *CHAIN]
    at = order.index(expected[0])
    assert list(told.results)[: len(order)] == order
    assert [told.results[step] for step in order[:at]] == [OK] * at
    assert {told.results[step] for step in order[at + 1 :]} == {SKIPPED}


async def test_a_refused_password_reaches_the_server_once_however_often_one_tests(corp: Organisation) -> None:
    with RawServer(raw.REFUSES) as server:
        async with patient(corp) as told:
            for _ in range(3):
                assert not await told.test(server.account())
                assert told.failure == ("sign-in", "refused-password")
            assert told.came("sign-in") == "refused before, and not sent again"
        assert len(signed(server.requests)) == 1


async def test_a_refusal_late_in_the_test_ends_it(corp: Organisation) -> None:
    def turning(visit: Visit) -> None:
        (raw.REFUSES if visit.is_about("GetUserAvailabilityRequest") else serves())(visit)

    with RawServer(turning) as server:
        works, told = await examined(corp, server.account())
        assert not works
        assert told.failure == ("free-busy", "refused-password")
        assert told.results["time-zones"] is SKIPPED


async def test_without_a_password_everything_is_tried_that_needs_none(corp: Organisation) -> None:
    with RawServer(behind_a_password(serves())) as server:
        works, told = await examined(corp, server.account(), None)
        assert not works
        assert told.failure == ("sign-in", "no-password")
        assert [told.results[name] for name in ("name", "connection", "service")] == [OK] * 3
        assert "Basic" in str(told.came("service"))
        assert told.results["calendar"] is SKIPPED
        assert (len(server.requests), signed(server.requests)) == (1, [])


async def test_a_search_without_a_password_ends_where_one_is_wanted(corp: Organisation) -> None:
    directions(corp)
    works, told = await examined(corp, corp.account(), None)
    assert not works
    assert told.failure is not None
    assert told.failure[1] == "no-password"
    assert signed(corp.requests()) == []


@pytest.mark.parametrize(
    "account",
    [
        Account("anna@corp.onmicrosoft.com"),
        Account(ADDRESS, server="https://outlook.office365.com/EWS/Exchange.asmx"),
    ],
)
async def test_exchange_online_is_recognised_at_the_first_step(corp: Organisation, account: Account) -> None:
    works, told = await examined(corp, account)
    assert not works
    assert told.failure == ("account", "exchange-online")
    assert corp.names.queries == []


# certificates


async def test_a_certificate_that_ends_soon_is_a_limit(corp: Organisation) -> None:
    corp.host("mail.corp.example", FULL)
    account = corp.account(server=EWS)
    corp_now = corp.authority.made
    made = Patient(corp.worker)
    made.exchange._now = lambda: corp_now
    assert await made.test(account)
    assert made.results["encryption"] is LIMITED
    assert made.remedy("encryption").startswith("Tell the administrator of the server")


async def test_what_is_wrong_with_a_certificate_is_told_with_its_names_and_days(corp: Organisation) -> None:
    server = corp.host("mail.corp.example", FULL, certified="other.example")
    works, told = await examined(corp, corp.account(server=EWS))
    assert not works
    assert told.failure == ("encryption", "certificate-host-name")
    assert "other.example" in told.told()
    assert server.requests == []


async def test_an_expired_certificate_says_until_when_it_was_valid(corp: Organisation) -> None:
    server = RawServer(FULL, corp.authority.server(begins_in=-3 * DAY, ends_in=-DAY))
    with server:
        account = corp.account(server=server.url("localhost"))
        works, told = await examined(corp, account)
    assert not works
    assert told.failure == ("encryption", "certificate-expired")
    assert f"{corp.authority.made - DAY:%Y-%m-%d}" in told.told()
    assert signed(server.requests) == []


# finding, and other addresses


def directions(corp: Organisation, *, internal: str = "", external: str = "") -> None:
    answer = behind_a_password(raw.answers(said.soap(internal=internal, external=external)))
    corp.host("corp.example", by_path(svc=answer))


async def test_a_server_that_is_to_be_found_is_found_step_by_step(corp: Organisation) -> None:
    directions(corp, external=EWS)
    corp.host("mail.corp.example", FULL)
    corp.names.records["_autodiscover._tcp.corp.example"] = ["0 0 443 mail.corp.example."]
    works, told = await examined(corp, corp.account())
    assert works, told.told()
    assert told.came("account") == f"{ADDRESS}, whose server is to be found"
    assert told.came("find-1") == f"it names {EWS}"
    assert told.came("find") == f"{EWS}, told by https://corp.example/autodiscover/autodiscover.svc"
    assert "mail.corp.example:443 (0, 0) (priority, weight)" in told.told()
    assert all(told.results[name] is OK for name in CHAIN)


async def test_what_the_doctor_found_is_used_by_the_next_check(corp: Organisation) -> None:
    directions(corp, external=EWS)
    corp.host("mail.corp.example", FULL)
    async with patient(corp) as made:
        assert await made.test(corp.account())
        found = made.exchange._servers.of(corp.account())
    assert found is not None
    assert (found.chosen, found.how) == (EWS, How.DOMAIN)


async def test_of_the_addresses_that_were_found_the_one_with_details_is_used(corp: Organisation) -> None:
    directions(corp, internal=INSIDE, external=EWS)
    corp.host("mail.corp.example", WITHOUT_DETAILS)
    corp.host("inside.corp.example", FULL)
    async with patient(corp) as made:
        assert await made.test(corp.account())
        found = made.exchange._servers.of(corp.account())
    assert made.results["details"] is LIMITED
    assert made.came("other-1") == "kinds and subjects come: meetings are told from appointments"
    assert made.came("choice") == f"{INSIDE} delivers kinds and subjects, and is used from now on"
    assert found is not None
    assert (found.chosen, found.internal, found.external) == (INSIDE, INSIDE, EWS)


async def test_if_the_address_that_was_set_lacks_details_the_one_that_has_them_is_named(
    corp: Organisation,
) -> None:
    directions(corp, internal=INSIDE, external="https://third.corp.example/EWS/Exchange.asmx")
    corp.host("mail.corp.example", WITHOUT_DETAILS)
    corp.host("third.corp.example", WITHOUT_DETAILS)
    corp.host("inside.corp.example", FULL)
    works, told = await examined(corp, corp.account(server=EWS))
    assert works
    assert told.came("other-1").startswith("1 of 1 items without their kind")
    assert told.came("other-2").startswith("kinds and subjects come")
    assert told.results["choice"] is LIMITED
    assert told.remedy("choice") == f"Enter {INSIDE} as server address."


async def test_a_host_that_only_dns_names_is_asked_for_details_too(corp: Organisation) -> None:
    corp.names.records["_autodiscover._tcp.corp.example"] = [
        "0 0 443 inside.corp.example.",
        "0 0 443 inside.host.example.",
    ]
    corp.host("mail.corp.example", WITHOUT_DETAILS)
    corp.host("inside.corp.example", FULL)
    stranger = corp.host("inside.host.example", FULL)
    _, told = await examined(corp, corp.account(server=EWS))
    assert told.remedy("choice") == f"Enter {INSIDE} as server address."
    assert stranger.requests == []


async def test_an_address_that_does_not_work_at_all_is_compared_as_well(corp: Organisation) -> None:
    directions(corp, external=INSIDE)
    corp.host("inside.corp.example", FULL)
    corp.host("mail.corp.example", said.nothing)
    works, told = await examined(corp, corp.account(server=EWS))
    assert not works
    assert told.failure == ("service", "not-exchange")
    assert told.remedy("choice") == f"Enter {INSIDE} as server address."


async def test_an_address_that_is_not_reached_from_here_is_no_failure(corp: Organisation) -> None:
    directions(corp, internal=INSIDE, external=EWS)
    corp.host("mail.corp.example", FULL)
    works, told = await examined(corp, corp.account())
    assert works
    assert told.came("other-1") == "not from here: The server's name could not be found."
    assert told.came("choice") == f"{EWS} delivers all that is needed"


async def test_over_finding_and_testing_a_wrong_password_is_sent_once(corp: Organisation) -> None:
    for host in ("corp.example", "autodiscover.corp.example", "mail.corp.example", "inside.corp.example"):
        corp.host(host, raw.REFUSES)
    corp.names.records["_autodiscover._tcp.corp.example"] = ["0 0 443 mail.corp.example."]
    async with patient(corp) as made:
        for _ in range(2):
            assert not await made.test(corp.account())
            assert made.failure[1] == "refused-password"
        assert len(signed(corp.requests())) == 1
        assert made.results["name"] is SKIPPED


async def test_an_address_that_refused_when_it_was_typed_is_not_given_the_password_when_it_is_found(
    corp: Organisation,
) -> None:
    directions(corp, external=EWS)
    mail = corp.host("mail.corp.example", raw.REFUSES)
    async with patient(corp) as made:
        for server in (EWS, ""):
            assert not await made.test(corp.account(server=server))
            assert made.failure[1] == "refused-password"
    assert len(signed(mail.requests)) == 1


async def test_why_a_password_is_not_sent_is_told_as_it_was_the_first_time(corp: Organisation) -> None:
    directions(corp, external=EWS)
    locked = raw.refuses('Basic realm="x"', body=b"The referenced account is currently locked out")
    mail = corp.host("mail.corp.example", locked)
    async with patient(corp) as made:
        for server in ("", EWS):
            assert not await made.test(corp.account(server=server))
            assert made.failure[1] == "account-locked"
    assert len(signed(mail.requests)) == 1


async def test_another_address_that_refuses_is_given_the_password_once_and_the_connection_still_works(
    corp: Organisation,
) -> None:
    directions(corp, internal=INSIDE, external=EWS)
    corp.host("mail.corp.example", WITHOUT_DETAILS)
    inside = corp.host("inside.corp.example", raw.REFUSES)
    async with patient(corp) as made:
        for _ in range(2):
            assert await made.test(corp.account()), made.told()
        source = made.exchange.source(corp.account(), _given)
        await source.close()
    assert len(signed(inside.requests)) == 1


async def test_a_search_that_refuses_does_not_shut_out_the_address_that_was_set(corp: Organisation) -> None:
    domain = corp.host("corp.example", raw.REFUSES)
    corp.host("mail.corp.example", WITHOUT_DETAILS)
    async with patient(corp) as made:
        for _ in range(2):
            assert await made.test(corp.account(server=EWS)) or made.failure[1] == "refused-password"
        assert made.results["details"] is LIMITED
    assert len(signed(domain.requests)) == 1


async def _given() -> str | None:
    return PASSWORD


# Stop, and a worker that dies

PATIENCE = "lyncdesk.calendars.account._PATIENCE"


async def test_stop_ends_the_test_at_once_while_no_password_is_on_its_way(
    corp: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PATIENCE, 3600)  # whoever waits for an answer waits too long
    corp.worker = corp.world.worker()
    with RawServer(raw.hangs) as server:
        async with patient(corp) as made:
            task = asyncio.create_task(made.test(server.account()))
            await until(lambda: server.requests, "the first request")
            before = len(made.steps)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with asyncio.timeout(60):
                await asyncio.gather(*made.exchange._leaving)
            assert len(made.steps) == before
    await corp.worker.close()


async def test_a_refusal_that_comes_just_after_stop_is_not_missed(
    corp: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PATIENCE, 60)  # as slow as the machine may be

    def late(visit: Visit) -> None:
        if b"\r\nAuthorization:" in visit.request:
            visit.over.wait()
        raw.REFUSES(visit)

    with RawServer(late) as server:
        async with patient(corp) as made:
            task = asyncio.create_task(made.test(server.account()))
            await until(lambda: server.attempts, "the password")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            server.behaviour = raw.REFUSES
            await asyncio.gather(*made.exchange._leaving)
            assert not await made.test(server.account())
            assert made.failure == ("sign-in", "refused-password")
        assert len(signed(server.requests)) == 1


async def test_a_worker_that_dies_fails_the_step_that_ran(corp: Organisation) -> None:
    import os
    import signal

    corp.worker = corp.world.worker()

    def kill(visit: Visit) -> None:
        assert corp.worker.pid is not None
        os.kill(corp.worker.pid, signal.SIGKILL)

    with RawServer(kill) as server:
        works, told = await examined(corp, server.account())
    await corp.worker.close()
    assert not works
    assert told.failure == ("service", "worker-failed")
    assert told.results["time-zones"] is SKIPPED
