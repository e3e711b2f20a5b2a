"""Finding the server by an address, over real sockets, TLS and a real name server."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from lyncdesk.client.found import Found, How
from lyncdesk.client.options import Account
from lyncdesk.client.ports import ItemKey, ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.words import Words
from lyncdesk.exchange.finding_result import Misses
from lyncdesk.exchange.gate import PasswordGate
from lyncdesk.exchange.servers import MOVED, Servers
from lyncdesk.exchange.session import ExchangeSession
from lyncdesk.exchange.steps import decode_step
from lyncdesk.exchange.translate import Translated
from lyncdesk.presence.items import ShowAs
from tests.exchange.client import discovery_servers as said
from tests.exchange.client import raw_server as raw
from tests.exchange.client.discovery_servers import (
    ADDRESS,
    basic,
    behind_a_password,
    by_path,
    sends_to,
    signed,
)
from tests.exchange.client.raw_server import Behaviour
from tests.exchange.client.sessions import NOW, PASSWORD, WINDOW, Passwords
from tests.exchange.client.small_world import Organisation
from tests.exchange.server.wire import checked_exchange

pytestmark = pytest.mark.asyncio(loop_scope="module")
EWS = "https://mail.corp.example/EWS/Exchange.asmx"
INSIDE = "https://inside.corp.example/EWS/Exchange.asmx"
CALENDAR = raw.calendar(raw.ITEM)
DIRECTS = raw.answers(said.soap(external=EWS))
SAYS_MAIL = by_path(svc=behind_a_password(DIRECTS))
INSIDE_TOLD = raw.answers(said.soap(external=INSIDE))
MAIL = by_path(ews=behind_a_password(CALENDAR))
SRV = "_autodiscover._tcp.corp.example"


@pytest.fixture
def corp(corp_at_hand: Organisation) -> Organisation:
    return corp_at_hand


class Connection:
    """A session in the organisation's world, and what it told."""

    def __init__(self, session: ExchangeSession, servers: Servers) -> None:
        self.session = session
        self.servers = servers
        self.steps: list[ConnectionStep] = []

    def part(self, part: Mapping[str, object]) -> None:
        if "step" in part:
            self.steps.append(decode_step(part["step"]))

    @property
    def ended(self) -> list[ConnectionStep]:
        return [step for step in self.steps if step.result is not StepResult.RUNNING]

    @property
    def text(self) -> str:
        words = Words()
        lines = ((words(step.tried), step.came_back and words(step.came_back)) for step in self.ended)
        return "\n".join(f"{tried}: {came}" for tried, came in lines)

    async def find(self) -> Found | Problem:
        try:
            return await self.session.find(self.part)
        except ProblemError as error:
            return error.problem

    async def check(self) -> str:
        try:
            answer = await self.session.check(WINDOW)
        except ProblemError as error:
            return error.problem.name
        return f"items: {len(answer.items)}"


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@asynccontextmanager
async def connected(
    corp: Organisation,
    *,
    gate: PasswordGate | None = None,
    told: list[Found] | None = None,
    ticks: Ticks | None = None,
    account: Account | None = None,
) -> AsyncIterator[Connection]:
    servers = Servers(now=lambda: NOW, monotonic=ticks or time.monotonic)
    session = ExchangeSession(
        account or corp.account(),
        Passwords(),
        monotonic=time.monotonic,
        worker=corp.worker,
        gate=gate,
        servers=servers,
        on_found=told.append if told is not None else lambda _found: None,
    )
    try:
        yield Connection(session, servers)
    finally:
        await session.close()


async def found(corp: Organisation, **fields: str) -> tuple[Found | Problem, Connection]:
    async with connected(corp, account=corp.account(**fields)) as connection:
        return await connection.find(), connection


# the ways


async def test_the_domain_itself_is_asked_first(corp: Organisation) -> None:
    corp.host("corp.example", SAYS_MAIL)
    corp.host("autodiscover.corp.example", SAYS_MAIL)
    corp.host("mail.corp.example", MAIL)
    result, _ = await found(corp)
    via = "https://corp.example/autodiscover/autodiscover.svc"
    assert result == Found(ADDRESS, EWS, How.DOMAIN, via, NOW, external=EWS)
    assert corp.servers["autodiscover.corp.example:443"].requests == []


async def test_then_autodiscover_before_the_domain(corp: Organisation) -> None:
    corp.host("corp.example", said.nothing)
    corp.host("autodiscover.corp.example", SAYS_MAIL)
    corp.host("mail.corp.example", MAIL)
    result, connection = await found(corp)
    assert isinstance(result, Found)
    assert (result.how, result.chosen) == (How.AUTODISCOVER, EWS)
    # The web server of the domain, which may be anybody's, has seen no password.
    assert signed(corp.servers["corp.example:443"].requests) == []
    assert "Asking corp.example for your server (SOAP): nothing there" in connection.text
    assert f"Asking autodiscover.corp.example for your server (SOAP): it names {EWS}" in connection.text
    # Looking where there is nothing is no failure, and no success either.
    assert [step.result for step in connection.ended[:3]] == [
        StepResult.NOTHING,
        StepResult.NOTHING,
        StepResult.OK,
    ]


async def test_a_host_that_knows_only_the_older_question_is_asked_that(corp: Organisation) -> None:
    told = raw.answers(said.pox(("EXCH", INSIDE), ("EXPR", EWS)))
    corp.host("autodiscover.corp.example", by_path(xml=behind_a_password(told)))
    corp.host("mail.corp.example", MAIL)
    result, _ = await found(corp)
    via = "https://autodiscover.corp.example/autodiscover/autodiscover.xml"
    assert result == Found(ADDRESS, EWS, How.AUTODISCOVER, via, NOW, internal=INSIDE, external=EWS)


async def test_a_redirect_over_plain_http_leads_to_https_and_never_carries_the_password(
    corp: Organisation,
) -> None:
    target = "https://mail.corp.example/autodiscover/autodiscover.xml"
    corp.host("autodiscover.corp.example", sends_to(target), port=80)
    told = behind_a_password(raw.answers(said.pox(("EXPR", EWS))))
    corp.host("mail.corp.example", by_path(xml=told, ews=behind_a_password(CALENDAR)))
    result, connection = await found(corp)
    assert isinstance(result, Found)
    assert (result.how, result.via, result.chosen) == (How.REDIRECT, target, EWS)
    [plain] = corp.servers["autodiscover.corp.example:80"].requests
    assert plain.startswith(b"GET /autodiscover/autodiscover.xml HTTP/1.1")
    assert b"anna" not in plain
    assert b"Authorization" not in plain
    assert f"it redirects to {target}" in connection.text


async def test_hosts_in_dns_are_asked_by_priority(corp: Organisation) -> None:
    corp.names.records[SRV] = [
        "20 0 443 last.corp.example.",
        "5 0 8443 mail.corp.example.",
        "1 0 443 gone.corp.example.",
    ]
    corp.host(
        "mail.corp.example", by_path(svc=behind_a_password(raw.answers(said.soap(external=EWS)))), port=8443
    )
    corp.host("mail.corp.example", MAIL)
    last = corp.host("last.corp.example", SAYS_MAIL)
    result, connection = await found(corp)
    assert isinstance(result, Found)
    assert (result.how, result.via) == (
        How.SRV,
        "https://mail.corp.example:8443/autodiscover/autodiscover.svc",
    )
    assert last.requests == []
    asked = [step.tried.values for step in connection.ended]
    order = [dict(values).get("host") for values in asked]
    assert order[-2:] == ["gone.corp.example", "mail.corp.example:8443"]
    assert corp.names.queries == [SRV]


async def test_one_signs_in_by_user_name_and_asks_for_the_address(corp: Organisation) -> None:
    login = "CORP\\anna"
    corp.host("corp.example", by_path(svc=behind_a_password(DIRECTS, basic(login))))
    corp.host("mail.corp.example", by_path(ews=behind_a_password(CALENDAR, basic(login))))
    async with connected(corp, account=corp.account(user_name=login)) as connection:
        assert await connection.check() == "items: 1"
    told = [request.partition(b"\r\n\r\n") for request in signed(corp.requests())]
    assert len(told) == 3  # Autodiscover, the items, automatic replies
    assert all(basic(login) in head for head, _, _ in told)
    assert all(ADDRESS.encode() in body and b"CORP" not in body for _, _, body in told)


async def test_a_record_that_says_that_there_is_no_such_service_is_no_host(corp: Organisation) -> None:
    corp.names.records[SRV] = ["0 0 0 .", "0 0 443 192.0.2.1."]
    _, connection = await found(corp)
    assert connection.text.endswith(f"Looking up {SRV} in DNS: no entry")


async def test_an_address_of_autodiscover_that_was_set_is_asked_alone(corp: Organisation) -> None:
    start = "https://autodiscover.host.example/autodiscover/autodiscover.xml"
    url = "https://ews.host.example/EWS/Exchange.asmx"
    told = behind_a_password(raw.answers(said.pox(("EXPR", url))))
    corp.host("autodiscover.host.example", by_path(xml=told))
    corp.host("ews.host.example", MAIL)
    own = corp.host("corp.example", SAYS_MAIL)
    result, _ = await found(corp, server=start)
    assert result == Found(ADDRESS, url, How.GIVEN, start, NOW, external=url, asked=start)
    assert own.requests == []


async def test_of_two_addresses_the_one_that_answers_is_taken(corp: Organisation) -> None:
    told = raw.answers(said.soap(internal=INSIDE, external="https://outside.corp.example/EWS/Exchange.asmx"))
    corp.host("corp.example", by_path(svc=behind_a_password(told)))
    corp.host("inside.corp.example", MAIL)
    result, _ = await found(corp)
    assert isinstance(result, Found)
    assert result.chosen == result.internal == INSIDE
    assert result.external == "https://outside.corp.example/EWS/Exchange.asmx"


@pytest.mark.parametrize("path", ["/autodiscover/autodiscover.svc", "/autodiscover/autodiscover.xml"])
@pytest.mark.parametrize("authentication", ["automatic", "basic"])
async def test_the_embedded_exchange_tells_where_it_is(
    corp: Organisation, path: str, authentication: str
) -> None:
    with checked_exchange(lambda: NOW) as server:
        server.add_person(ADDRESS, PASSWORD, name="Anna")
        url = server.start()
        start = url.replace("/EWS/Exchange.asmx", path)
        account = Account(ADDRESS, server=start, authentication=authentication)
        async with connected(corp, account=account) as connection:
            result = await connection.find()
            assert await connection.check() == "items: 0"
    assert result == Found(ADDRESS, url, How.GIVEN, start, NOW, internal=url, external=url, asked=start)


# what is not done


async def test_a_redirect_out_of_the_organisation_waits_for_a_person(corp: Organisation) -> None:
    elsewhere = corp.host("autodiscover.host.example", SAYS_MAIL)
    target = "https://autodiscover.host.example/autodiscover/autodiscover.xml"
    corp.host("autodiscover.corp.example", sends_to(target), port=80)
    result, connection = await found(corp)
    assert isinstance(result, Problem)
    assert result.name == "server-elsewhere"
    assert target in Words()(result.remedy)
    assert elsewhere.requests == []
    [limited] = [step for step in connection.ended if step.result is StepResult.LIMITED]
    assert limited.came_back is not None
    assert target in Words()(limited.came_back)
    assert limited.remedy == result.remedy


@pytest.mark.parametrize("first", ["https", "soap", "pox", "srv"])
async def test_no_other_kind_of_redirect_leaves_the_organisation_either(
    corp: Organisation, first: str
) -> None:
    elsewhere = corp.host("mail.host.example", SAYS_MAIL)
    target = "https://mail.host.example/autodiscover/autodiscover.svc"
    soap = said.soap_user("RedirectUrl", f"<RedirectTarget>{target}</RedirectTarget>")
    pox = said.pox_account("<Action>redirectAddr</Action><RedirectAddr>anna@host.example</RedirectAddr>")
    behaviours = {
        "https": sends_to(target),
        "soap": by_path(svc=behind_a_password(raw.answers(soap))),
        "pox": by_path(xml=behind_a_password(raw.answers(pox))),
    }
    if first == "srv":
        corp.names.records[SRV] = ["0 0 443 mail.host.example."]
    else:
        corp.host("autodiscover.corp.example", behaviours[first])
    result, _ = await found(corp)
    assert isinstance(result, Problem)
    assert (result.name, elsewhere.requests) == ("server-elsewhere", [])


async def test_a_redirect_without_encryption_is_not_followed(corp: Organisation) -> None:
    target = corp.host("mail.corp.example", SAYS_MAIL, port=80)
    for port in (80, 443):
        url = "http://mail.corp.example/autodiscover/autodiscover.svc"
        corp.host("autodiscover.corp.example", sends_to(url), port=port)
    result, connection = await found(corp)
    assert isinstance(result, Problem)
    assert (result.name, target.requests) == ("server-not-found", [])
    assert "it leads to an address without encryption, which was not asked" in connection.text


@pytest.mark.parametrize("target", ["https://[x/a.svc", "https://autodiscover.corp.example:99999/a.svc"])
async def test_a_redirect_to_no_address_leaves_the_other_ways(corp: Organisation, target: str) -> None:
    soap = said.soap_user("RedirectUrl", f"<RedirectTarget>{target}</RedirectTarget>")
    pox = said.pox_account(f"<Action>redirectUrl</Action><RedirectUrl>{target}</RedirectUrl>")
    told = by_path(svc=behind_a_password(raw.answers(soap)), xml=behind_a_password(raw.answers(pox)))
    corp.host("corp.example", sends_to(target))
    corp.host("autodiscover.corp.example", told)
    corp.names.records[SRV] = ["0 0 443 mail.corp.example."]
    corp.host("mail.corp.example", SAYS_MAIL)
    _, connection = await found(corp)
    assert connection.text.count("it leads to no address") == 2
    assert f"it names {EWS}" in connection.text


async def test_ten_redirects_are_enough(corp: Organisation) -> None:
    count = 0

    def on_and_on(visit: raw.Visit) -> None:
        nonlocal count
        count += 1
        sends_to(f"/autodiscover/{count}.svc")(visit)

    corp.host("corp.example", on_and_on)
    result, connection = await found(corp)
    assert isinstance(result, Problem)
    assert (result.name, count) == ("server-not-found", 11)
    assert "too many redirects" in connection.text


async def test_redirects_in_a_circle_end(corp: Organisation) -> None:
    here, there = (
        f"https://{host}.corp.example/autodiscover/autodiscover.svc" for host in ("autodiscover", "b")
    )
    one = corp.host("autodiscover.corp.example", sends_to(there))
    corp.host("b.corp.example", sends_to(here))
    result, connection = await found(corp)
    assert isinstance(result, Problem)
    assert result.name == "server-not-found"
    assert len(one.requests) <= 3
    assert "which was asked already" in connection.text


async def test_another_address_of_the_mailbox_begins_the_search_anew(corp: Organisation) -> None:
    moved = said.pox_account(
        "<Action>redirectAddr</Action><RedirectAddr>anna@new.corp.example</RedirectAddr>"
    )
    corp.host("corp.example", by_path(xml=behind_a_password(raw.answers(moved))))
    new = corp.host("new.corp.example", SAYS_MAIL)
    corp.host("mail.corp.example", MAIL)
    result, _ = await found(corp)
    assert isinstance(result, Found)
    assert (result.address, result.chosen) == (ADDRESS, EWS)
    assert b"<a:Mailbox>anna@new.corp.example</a:Mailbox>" in new.requests[0]


async def test_addresses_that_send_to_each_other_end(corp: Organisation) -> None:
    def to(address: str) -> Behaviour:
        body = said.soap_user("RedirectAddress", f"<RedirectTarget>{address}</RedirectTarget>")
        return by_path(svc=behind_a_password(raw.answers(body)))

    corp.host("corp.example", to("anna@new.corp.example"))
    corp.host("new.corp.example", to(ADDRESS))
    result, _ = await found(corp)
    assert isinstance(result, Problem)
    assert result.name == "server-not-found"
    assert len(corp.requests()) < 10


# passwords


async def test_a_refused_password_reaches_one_server_once_and_ends_everything(corp: Organisation) -> None:
    wrong = behind_a_password(raw.answers(said.soap(external=EWS)), b"nobody knows it")
    for host in ("corp.example", "autodiscover.corp.example", "mail.corp.example"):
        corp.host(host, wrong)
    corp.host("autodiscover.corp.example", sends_to(EWS), port=80)
    corp.names.records[SRV] = ["0 0 443 mail.corp.example."]
    gate = PasswordGate()
    for _ in range(2):
        async with connected(corp, gate=gate) as connection:
            result = await connection.find()
            assert isinstance(result, Problem)
            assert result.name == "refused-password"
            assert await connection.check() == "refused-password"
    assert len(signed(corp.requests())) == 1
    assert corp.names.queries == []


async def test_a_password_that_the_found_server_refuses_is_not_used_to_search_again(
    corp: Organisation,
) -> None:
    corp.host("corp.example", SAYS_MAIL)
    mail = corp.host("mail.corp.example", said.behind_a_password(CALENDAR, b"nobody knows it"))
    gate = PasswordGate()
    async with connected(corp, gate=gate) as connection:
        assert await connection.check() == "refused-password"
        before = len(corp.requests())
        assert await connection.check() == "refused-password"
        assert isinstance(await connection.find(), Problem)
        assert len(corp.requests()) == before
    # And naming that server by hand does not send it a second time.
    async with connected(corp, gate=gate, account=corp.account(server=EWS)) as connection:
        assert await connection.check() == "refused-password"
    assert len(signed(mail.requests)) == 1


async def test_the_person_may_try_again(corp: Organisation) -> None:
    server = corp.host("corp.example", raw.REFUSES)
    corp.host("mail.corp.example", MAIL)
    async with connected(corp) as connection:
        assert await connection.check() == "refused-password"
        server.behaviour = SAYS_MAIL
        connection.session.password_entered()
        assert await connection.check() == "items: 1"


# The web server of a domain need not have anything to do with Exchange.
@pytest.mark.parametrize(
    ("host", "problem"),
    [("autodiscover.corp.example", "certificate-host-name"), ("corp.example", "server-not-found")],
)
async def test_no_password_is_sent_to_a_host_that_does_not_prove_who_it_is(
    corp: Organisation, host: str, problem: str
) -> None:
    impostor = corp.host(host, SAYS_MAIL, certified="somebody.example")
    result, _ = await found(corp)
    assert isinstance(result, Problem)
    assert (result.name, impostor.requests) == (problem, [])


@pytest.mark.parametrize("host", ["autodiscover.corp.example", "corp.example"])
async def test_a_way_of_signing_in_that_is_not_possible_costs_no_attempt(
    corp: Organisation, host: str
) -> None:
    server = corp.host(host, raw.refuses("Bearer"))
    result, _ = await found(corp)
    assert isinstance(result, Problem)
    assert result.name == "sign-in-method"
    assert signed(server.requests) == []


@pytest.mark.parametrize("problem", ["no-ticket", "ticket-refused", "kerberos-missing"])
async def test_what_is_wrong_with_a_ticket_is_told_whoever_asks_for_one(problem: str) -> None:
    misses = Misses()
    misses.add(Translated(problem), How.DOMAIN)
    misses.add(Translated("timed-out"), How.AUTODISCOVER)
    assert misses.what_to_tell("corp.example").problem == problem


async def test_passwords_of_a_netrc_file_go_nowhere(corp: Organisation, home: Path) -> None:
    (home / ".netrc").write_text("default login anna password of-the-file\n")
    (home / ".netrc").chmod(0o600)
    server = corp.host("autodiscover.corp.example", said.nothing)
    async with corp.world.warm_worker() as corp.worker:  # one that is at home there
        await found(corp)
    assert server.requests
    assert signed(server.requests) == []


# Exchange Online


@pytest.mark.parametrize("way", ["address", "redirect", "redirected address", "server"])
async def test_exchange_online_is_recognised_before_it_gets_anything(corp: Organisation, way: str) -> None:
    fields = {}
    online = "https://outlook.office365.com/EWS/Exchange.asmx"
    if way == "address":
        fields = {"address": "anna@corp.onmicrosoft.com"}
    elif way == "redirect":
        url = "https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml"
        corp.host("autodiscover.corp.example", sends_to(url), port=80)
    elif way == "server":
        corp.host("corp.example", by_path(svc=behind_a_password(raw.answers(said.soap(external=online)))))
    else:
        moved = "<Action>redirectAddr</Action><RedirectAddr>anna@corp.mail.onmicrosoft.com</RedirectAddr>"
        corp.host("corp.example", by_path(xml=behind_a_password(raw.answers(said.pox_account(moved)))))
    result, _ = await found(corp, **fields)
    assert isinstance(result, Problem)
    assert result.name == "exchange-online"


# nothing there


async def test_an_organisation_that_tells_of_no_server(corp: Organisation) -> None:
    corp.host("corp.example", said.nothing)
    result, connection = await found(corp)
    assert isinstance(result, Problem)
    assert (result.name, dict(result.values)["server"]) == ("server-not-found", "corp.example")
    assert f"Looking up {SRV} in DNS: no entry" in connection.text


async def test_without_any_name_the_network_is_to_blame(corp: Organisation) -> None:
    result, _ = await found(corp)
    assert isinstance(result, Problem)
    assert (result.name, dict(result.values)["server"]) == ("name-not-found", "corp.example")


async def test_an_address_that_cannot_be_a_domain_is_asked_nowhere(corp: Organisation) -> None:
    corp.host("corp.example", SAYS_MAIL)
    result, _ = await found(corp, address="anna@corp.example/x")
    assert isinstance(result, Problem)
    assert (result.name, corp.requests(), corp.names.queries) == ("server-not-found", [], [])


async def test_a_name_server_that_is_silent_is_told(corp: Organisation) -> None:
    corp.names.silent = True
    result, connection = await found(corp)
    assert isinstance(result, Problem)
    assert "no answer: no name server answered" in connection.text


# kept, and found anew


async def test_the_server_is_found_once_and_then_known(corp: Organisation) -> None:
    domain = corp.host("corp.example", SAYS_MAIL)
    corp.host("mail.corp.example", MAIL)
    told: list[Found] = []
    async with connected(corp, told=told) as connection:
        for _ in range(3):
            assert await connection.check() == "items: 1"
    assert [one.chosen for one in told] == [EWS]
    assert len(signed(domain.requests)) == 1


async def test_what_may_have_been_written_is_not_written_anew_at_another_server(corp: Organisation) -> None:
    """Whatever the answer was: it may have been done all the same."""
    domain = corp.host("corp.example", SAYS_MAIL)
    mail = corp.host("mail.corp.example", MAIL)
    inside = corp.host("inside.corp.example", MAIL)
    async with connected(corp) as connection:
        await connection.session.check(WINDOW)
        domain.behaviour = by_path(svc=behind_a_password(INSIDE_TOLD))
        mail.behaviour = said.nothing
        before = len(mail.requests)
        with pytest.raises(ProblemError) as caught:
            await connection.session.change_show_as(ItemKey("i", "k"), ShowAs.FREE, series=False)
        assert caught.value.problem.name in MOVED
        assert len(mail.requests) == before + 1
        assert inside.requests == []


async def test_a_server_that_went_away_is_found_anew_within_the_same_check(corp: Organisation) -> None:
    domain = corp.host("corp.example", SAYS_MAIL)
    mail = corp.host("mail.corp.example", MAIL)
    corp.host("new.corp.example", MAIL)
    told: list[Found] = []
    async with connected(corp, told=told) as connection:
        assert await connection.check() == "items: 1"
        mail.behaviour = said.nothing
        new = "https://new.corp.example/EWS/Exchange.asmx"
        domain.behaviour = by_path(svc=behind_a_password(raw.answers(said.soap(external=new))))
        assert await connection.check() == "items: 1"
    assert [one.chosen for one in told] == [EWS, new]


async def test_a_dead_server_is_not_searched_for_at_each_check(corp: Organisation) -> None:
    domain = corp.host("corp.example", SAYS_MAIL)
    mail = corp.host("mail.corp.example", MAIL)
    ticks = Ticks()
    async with connected(corp, ticks=ticks) as connection:
        assert await connection.check() == "items: 1"
        mail.behaviour = said.nothing
        searches = []
        for minutes in (0, 1, 3, 6, 10, 17, 30):
            ticks.seconds = timedelta(minutes=minutes).total_seconds()
            before = len(domain.requests)
            assert await connection.check() == "not-exchange"
            searches.append((minutes, len(domain.requests) > before))
        assert [minutes for minutes, searched in searches if searched] == [0, 6, 17]
        # What works again ends the rest.
        mail.behaviour = MAIL
        assert await connection.check() == "items: 1"
        mail.behaviour = said.nothing
        before = len(domain.requests)
        assert await connection.check() == "not-exchange"
        assert len(domain.requests) > before


async def test_an_address_that_was_chosen_before_is_kept_as_long_as_it_is_named(corp: Organisation) -> None:
    told = raw.answers(said.soap(internal=INSIDE, external=EWS))
    corp.host("corp.example", by_path(svc=behind_a_password(told)))
    corp.host("inside.corp.example", MAIL)
    async with connected(corp) as connection:
        first = await connection.find()
        corp.host("mail.corp.example", MAIL)
        second = await connection.find()
    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert (first.chosen, second.chosen) == (INSIDE, INSIDE)


async def test_a_search_that_finds_nothing_leaves_what_is_known(corp: Organisation) -> None:
    domain = corp.host("corp.example", SAYS_MAIL)
    mail = corp.host("mail.corp.example", MAIL)
    async with connected(corp) as connection:
        assert await connection.check() == "items: 1"
        mail.behaviour = domain.behaviour = said.nothing
        assert await connection.check() == "not-exchange"
        mail.behaviour = MAIL
        assert await connection.check() == "items: 1"


async def test_nothing_of_exchangelibs_own_autodiscover_is_used_or_left(
    corp: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temp"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(folder))
    corp.host("autodiscover.corp.example", SAYS_MAIL)
    corp.host("mail.corp.example", MAIL)
    corp.worker = corp.world.worker()  # one that starts now, and so has this folder
    async with connected(corp) as connection:
        assert await connection.check() == "items: 1"
        assert await connection.check() == "items: 1"
    await corp.worker.close()
    assert list(folder.rglob("*")) == []
