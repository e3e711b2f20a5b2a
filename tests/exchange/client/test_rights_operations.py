"""Permissions of the calendar over EWS: everybody else's stay as they were, and nobody is written over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from lxml import etree

from lyncdesk.client.options import Account
from lyncdesk.client.ports import ProblemError, RightNotGivenError
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange_server.sharing import Rights as Single
from lyncdesk.pools.exchange_people import ExchangePeople
from lyncdesk.presence.known_calendar import KnownCalendar
from lyncdesk.presence.publication import Told
from lyncdesk.presence.rights import Level, Right
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import ENVELOPE, Behaviour, RawServer, Visit
from tests.exchange.client.sessions import ASKED, NOW, PASSWORD, session_for
from tests.exchange.server.wire import NAMES, CheckedExchange, checked_exchange, violations

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANNA, BEN, EVA, LEA = (f"{name}@example.com" for name in ("anna", "ben", "eva", "lea"))
TIMES, DETAILS = Right(Level.TIMES), Right(Level.DETAILS)


# over the embedded Exchange


@asynccontextmanager
async def organisation(worker: ExchangeWorker) -> AsyncIterator[tuple[CheckedExchange, ExchangePeople]]:
    with checked_exchange(lambda: NOW) as exchange:
        for address in (ANNA, BEN, EVA, LEA):
            exchange.add_person(address, PASSWORD)
        account = Account(ANNA, server=exchange.start(), authentication="basic")
        async with session_for(account, worker=worker) as session:
            yield exchange, ExchangePeople(lambda: session)


async def seen_by_ben(exchange: CheckedExchange, worker: ExchangeWorker) -> Told:
    """How much of Anna's calendar Ben's client is told."""
    found: dict[str, KnownCalendar] = {}
    account = Account(BEN, server=exchange.url or "", authentication="basic")
    async with session_for(account, worker=worker) as session:
        await ExchangePeople(lambda: session).calendars((ANNA,), ASKED, found.update)
    return found[ANNA].told


def entries(exchange: CheckedExchange) -> dict[str, object]:
    box = exchange.store.mailbox(ANNA)
    assert box is not None
    return {"Default": box.sharing, "Anonymous": box.anonymous, **box.shared_with}


async def test_a_permission_is_given_seen_by_the_other_and_undone_and_everybody_else_s_stays(
    worker: ExchangeWorker,
) -> None:
    async with organisation(worker) as (exchange, people):
        exchange.share(ANNA, "FreeBusyTimeOnly")
        exchange.share(ANNA, "Editor", EVA)
        custom = Single("FullDetails", create=True, edit="Owned")
        exchange.share(ANNA, custom, LEA)
        before = entries(exchange)
        rights = await people.rights()
        assert (rights.default, rights.own(EVA), rights.own(BEN)) == (TIMES, Right(Level.EDITOR), None)
        assert set(rights.people) == {EVA, LEA}
        lea = rights.own(LEA)
        assert lea is not None
        assert (lea.level, dict(lea.parts)["EditItems"]) == (Level.CUSTOM, "Owned")
        rights = await people.give(BEN, DETAILS, None)
        assert rights.own(BEN) == DETAILS
        assert entries(exchange) == before | {BEN: "FreeBusyTimeAndSubjectAndLocation"}
        assert await seen_by_ben(exchange, worker) is Told.DETAILS
        rights = await people.give(BEN, None, DETAILS)
        assert rights.own(BEN) is None
        assert await seen_by_ben(exchange, worker) is Told.TIMES
        assert entries(exchange) == before


async def test_a_custom_permission_is_put_back_as_it_was(worker: ExchangeWorker) -> None:
    async with organisation(worker) as (exchange, people):
        custom = Single("TimeAndSubjectAndLocation", create=True, visible=True, delete="All")
        exchange.share(ANNA, custom, BEN)
        before = entries(exchange)
        former = (await people.rights()).own(BEN)
        await people.give(BEN, TIMES, former)
        assert entries(exchange)[BEN] == "FreeBusyTimeOnly"
        await people.give(BEN, former, TIMES)
        assert entries(exchange) == before


async def test_what_somebody_changed_meanwhile_is_told_and_left_alone(worker: ExchangeWorker) -> None:
    async with organisation(worker) as (exchange, people):
        exchange.share(ANNA, "Reviewer", BEN)
        before = entries(exchange)
        for right, expected in ((DETAILS, None), (None, DETAILS), (DETAILS, TIMES)):
            with pytest.raises(RightNotGivenError) as caught:
                await people.give(BEN, right, expected)
            assert caught.value.problem.name == "right-changed"
            assert caught.value.rights is not None
            assert caught.value.rights.own(BEN) == Right(Level.REVIEWER)
        assert entries(exchange) == before


async def test_who_is_not_of_the_organisation_gets_nothing_and_the_server_s_word_is_told(
    worker: ExchangeWorker,
) -> None:
    async with organisation(worker) as (exchange, people):
        before = entries(exchange)
        with pytest.raises(ProblemError) as caught:
            await people.give("stranger@elsewhere.example", TIMES, None)
        assert caught.value.problem.name == "right-refused"
        assert dict(caught.value.problem.values)["code"] == "ErrorInvalidUserInfo"
        assert entries(exchange) == before


# over servers that say exactly what a test wants

OWN = (
    b"<t:CalendarPermission><t:UserId><t:SID>S-1-5-21-7</t:SID><t:PrimarySmtpAddress>%s</t:PrimarySmtpAddress>"
    b"<t:DisplayName>B &amp; B</t:DisplayName></t:UserId><t:CanCreateItems>false</t:CanCreateItems>"
    b"<t:ReadItems>TimeOnly</t:ReadItems><t:CalendarPermissionLevel>%s</t:CalendarPermissionLevel>"
    b"</t:CalendarPermission>"
)
DEFAULT = (
    b"<t:CalendarPermission><t:UserId><t:DistinguishedUser>Default</t:DistinguishedUser></t:UserId>"
    b"<t:ReadItems>TimeOnly</t:ReadItems><t:CalendarPermissionLevel>FreeBusyTimeOnly"
    b"</t:CalendarPermissionLevel></t:CalendarPermission>"
)
UNKNOWN = b"<t:UnknownEntries><t:UnknownEntry>S-1-5-21-1</t:UnknownEntry></t:UnknownEntries>"


def folder(*permissions: bytes, unknown: bytes = b"") -> bytes:
    return ENVELOPE % (
        b"<m:GetFolderResponse><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass='Success'>"
        b"<m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:CalendarFolder>"
        b"<t:FolderId Id='AAMk' ChangeKey='AgAA'/><t:PermissionSet><t:CalendarPermissions>%s"
        b"</t:CalendarPermissions>%s</t:PermissionSet></t:CalendarFolder></m:Folders>"
        b"</m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>"
        % (b"".join(permissions), unknown)
    )


DONE = ENVELOPE % (
    b"<m:UpdateFolderResponse><m:ResponseMessages><m:UpdateFolderResponseMessage ResponseClass='Success'>"
    b"<m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:CalendarFolder><t:FolderId Id='AAMk' "
    b"ChangeKey='AgAB'/></t:CalendarFolder></m:Folders></m:UpdateFolderResponseMessage>"
    b"</m:ResponseMessages></m:UpdateFolderResponse>"
)


def answering(read: bytes, written: bytes = DONE, then: bytes = b"") -> Behaviour:
    """Answers reads with ``read``, those after a write with ``then``."""
    wrote = False

    def answer(visit: Visit) -> None:
        nonlocal wrote
        if visit.is_about("UpdateFolder"):
            wrote = True
            visit.answers(written)
        else:
            visit.answers(then if wrote and then else read)

    return answer


@asynccontextmanager
async def asking(
    worker: ExchangeWorker, behaviour: Behaviour
) -> AsyncIterator[tuple[RawServer, ExchangePeople]]:
    with RawServer(behaviour) as server:
        async with session_for(server.account(), worker=worker) as session:
            yield server, ExchangePeople(lambda: session)


def sent(server: RawServer) -> etree._Element:
    """The write, which the schema accepts."""
    (request,) = [one for one in server.requests if b":UpdateFolder" in one]
    envelope = request.partition(b"\r\n\r\n")[2]
    assert violations(envelope) == []
    return etree.fromstring(envelope)


async def test_a_write_names_the_state_that_was_read_and_every_other_entry_as_it_came(
    worker: ExchangeWorker,
) -> None:
    custom = (OWN % (b"eva@example.com", b"Custom")).replace(b"</t:ReadItems>", b"</t:ReadItems>")
    read = folder(DEFAULT, OWN % (b"lea@example.com", b"Editor"), custom)
    async with asking(worker, answering(read)) as (server, people):
        await people.give(BEN, DETAILS, None)
        root = sent(server)
    folder_id = root.find(".//t:FolderId", NAMES)
    assert folder_id is not None
    assert (folder_id.get("Id"), folder_id.get("ChangeKey")) == ("AAMk", "AgAA")
    told = [
        (
            one.findtext(".//t:PrimarySmtpAddress", None, NAMES)
            or one.findtext(".//t:DistinguishedUser", "", NAMES),
            one.findtext(".//t:SID", None, NAMES),
            [etree.QName(child).localname for child in one],
            one.findtext("t:CalendarPermissionLevel", None, NAMES),
        )
        for one in root.iterfind(".//t:CalendarPermission", NAMES)
    ]
    alone = ["UserId", "CalendarPermissionLevel"]
    whole = ["UserId", "CanCreateItems", "ReadItems", "CalendarPermissionLevel"]
    assert told == [
        ("Default", None, alone, "FreeBusyTimeOnly"),
        ("lea@example.com", "S-1-5-21-7", alone, "Editor"),
        ("eva@example.com", "S-1-5-21-7", whole, "Custom"),
        (BEN, None, alone, "FreeBusyTimeAndSubjectAndLocation"),
    ]


async def test_who_has_an_entry_already_keeps_the_name_by_which_the_server_knows_him(
    worker: ExchangeWorker,
) -> None:
    read = folder(DEFAULT, OWN % (b"Ben@Example.com", b"FreeBusyTimeOnly"))
    async with asking(worker, answering(read)) as (server, people):
        await people.give(BEN, DETAILS, TIMES)
        root = sent(server)
    assert root.findtext(".//t:SID", None, NAMES) == "S-1-5-21-7"
    assert [one.text for one in root.iterfind(".//t:CalendarPermissionLevel", NAMES)] == [
        "FreeBusyTimeOnly",
        "FreeBusyTimeAndSubjectAndLocation",
    ]


async def test_entries_of_nobody_are_counted_and_never_sent(worker: ExchangeWorker) -> None:
    read = folder(DEFAULT, unknown=UNKNOWN)
    async with asking(worker, answering(read)) as (server, people):
        assert (await people.rights()).unknown == 1
        await people.give(BEN, DETAILS, None)
        assert sent(server).find(".//t:UnknownEntries", NAMES) is None


async def test_an_entry_without_an_address_is_nobody_s_and_goes_back_as_it_came(
    worker: ExchangeWorker,
) -> None:
    nameless = (OWN % (b"", b"Editor")).replace(b"<t:PrimarySmtpAddress></t:PrimarySmtpAddress>", b"")
    async with asking(worker, answering(folder(DEFAULT, nameless))) as (server, people):
        assert (await people.rights()).people == {}
        await people.give(BEN, DETAILS, None)
        assert [one.text for one in sent(server).iterfind(".//t:SID", NAMES)] == ["S-1-5-21-7"]


@pytest.mark.parametrize(
    "code",
    [b"ErrorIrresolvableConflict", b"ErrorInvalidChangeKey", b"ErrorStaleObject", b"ErrorChangeKeyRequired"],
)
async def test_a_server_that_saw_another_change_is_asked_what_holds_now(
    worker: ExchangeWorker, code: bytes
) -> None:
    after = folder(DEFAULT, OWN % (b"ben@example.com", b"Editor"))
    conflict = answering(folder(DEFAULT), raw.failed(b"UpdateFolder", code), after)
    async with asking(worker, conflict) as (_, people):
        with pytest.raises(RightNotGivenError) as caught:
            await people.give(BEN, DETAILS, None)
    assert caught.value.problem.name == "right-changed"
    assert caught.value.rights is not None
    assert caught.value.rights.own(BEN) == Right(Level.EDITOR)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (b"ErrorServerBusy", "server-busy"),
        (b"ErrorExceededConnectionCount", "server-busy"),
        (b"ErrorMailboxMoveInProgress", "mailbox-moved"),
        (b"ErrorMailboxFailover", "mailbox-moved"),
    ],
)
async def test_a_server_that_is_busy_did_not_refuse_the_permission(
    worker: ExchangeWorker, code: bytes, problem: str
) -> None:
    busy = raw.failed(b"UpdateFolder", code)
    async with asking(worker, answering(folder(DEFAULT), busy)) as (_, people):
        with pytest.raises(ProblemError) as caught:
            await people.give(BEN, DETAILS, None)
    assert caught.value.problem.name == problem


async def test_an_answer_that_tells_of_no_write_is_none(worker: ExchangeWorker) -> None:
    nothing = ENVELOPE % b"<m:UpdateFolderResponse><m:ResponseMessages/></m:UpdateFolderResponse>"
    async with asking(worker, answering(folder(DEFAULT), nothing)) as (_, people):
        with pytest.raises(ProblemError) as caught:
            await people.give(BEN, DETAILS, None)
    assert caught.value.problem.name == "broken-answer"


async def test_what_was_written_counts_as_given_whatever_the_last_question_ends_with(
    worker: ExchangeWorker,
) -> None:
    async with asking(worker, answering(folder(DEFAULT), DONE, b"<html>")) as (_, people):
        rights = await people.give(BEN, DETAILS, None)
    assert (rights.own(BEN), rights.default) == (DETAILS, TIMES)


@pytest.mark.parametrize(
    "answer",
    [
        folder().replace(b"PermissionSet", b"Nothing"),
        folder(DEFAULT).replace(b"CalendarPermissionLevel", b"Other"),
        folder(*[OWN % (b"lea@example.com", b"Editor")] * 5001),
        folder(DEFAULT).replace(b" Id='AAMk'", b""),
        raw.failed(b"GetFolder", b"ErrorFolderNotFound"),
    ],
)
async def test_permissions_that_make_no_sense_are_a_problem_and_nothing_is_written(
    worker: ExchangeWorker, answer: bytes
) -> None:
    async with asking(worker, answering(answer)) as (server, people):
        with pytest.raises(ProblemError):
            await people.rights()
        with pytest.raises(ProblemError):
            await people.give(BEN, DETAILS, None)
        assert not [one for one in server.requests if b":UpdateFolder" in one]


async def test_a_level_of_a_newer_server_is_somebody_elses(worker: ExchangeWorker) -> None:
    async with asking(worker, answering(folder(OWN % (b"ben@example.com", b"Whisperer")))) as (_, people):
        assert (await people.rights()).own(BEN) == Right(Level.CUSTOM)
