"""Other people over EWS from servers that say exactly what a test wants: rows, gaps, groups, refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest

from lyncdesk.client.ports import ProblemError
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.pools.exchange_people import ExchangePeople
from lyncdesk.presence.items import Kind, ShowAs
from lyncdesk.presence.known_calendar import KnownCalendar
from lyncdesk.presence.publication import Profile, Told
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import ENVELOPE, Behaviour, RawServer, Visit
from tests.exchange.client.sessions import ASKED, WINDOW, session_for, warm_worker
from tests.exchange.server.wire import RECORDINGS, needed
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

BEN, EVA, LEA = "ben@example.com", "eva@example.com", "lea@example.com"
GOOD = (
    b'<m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage>'
)
HOURS = b"""<t:WorkingHours><t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias>
<t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>
</t:StandardTime><t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder>
<t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone><t:WorkingPeriodArray>
<t:WorkingPeriod><t:DayOfWeek>Monday Tuesday</t:DayOfWeek><t:StartTimeInMinutes>480</t:StartTimeInMinutes>
<t:EndTimeInMinutes>1020</t:EndTimeInMinutes></t:WorkingPeriod></t:WorkingPeriodArray></t:WorkingHours>"""


def refused(code: bytes) -> bytes:
    """A row with an error."""
    return (
        b"<m:FreeBusyResponse><m:ResponseMessage ResponseClass='Error'><m:MessageText>No.</m:MessageText>"
        b"<m:ResponseCode>%s</m:ResponseCode></m:ResponseMessage><m:FreeBusyView><t:FreeBusyViewType>None"
        b"</t:FreeBusyViewType></m:FreeBusyView></m:FreeBusyResponse>" % code
    )


def row(kind: bytes, *events: bytes, digits: bytes = b"", hours: bytes = b"") -> bytes:
    """A row that is there."""
    merged = b"<t:MergedFreeBusy>%s</t:MergedFreeBusy>" % digits if digits else b""
    array = b"<t:CalendarEventArray>%s</t:CalendarEventArray>" % b"".join(events) if events else b""
    return (
        b"<m:FreeBusyResponse>%s<m:FreeBusyView><t:FreeBusyViewType>%s</t:FreeBusyViewType>%s%s%s"
        b"</m:FreeBusyView></m:FreeBusyResponse>" % (GOOD, kind, merged, array, hours)
    )


def event(start: bytes, end: bytes, details: bytes = b"", busy: bytes = b"Busy") -> bytes:
    return (
        b"<t:CalendarEvent><t:StartTime>%s</t:StartTime><t:EndTime>%s</t:EndTime><t:BusyType>%s</t:BusyType>"
        b"%s</t:CalendarEvent>" % (start, end, busy, details)
    )


def details(meeting: bytes = b"true", private: bytes = b"false", subject: bytes = b"Budget") -> bytes:
    return (
        b"<t:CalendarEventDetails><t:ID>00</t:ID><t:Subject>%s</t:Subject><t:Location>Room 4</t:Location>"
        b"<t:IsMeeting>%s</t:IsMeeting><t:IsPrivate>%s</t:IsPrivate></t:CalendarEventDetails>"
        % (subject, meeting, private)
    )


NINE, TEN = b"2026-03-02T09:00:00", b"2026-03-02T10:00:00"
ITEM = event(NINE, TEN, details())


def availability(*rows: bytes) -> bytes:
    return ENVELOPE % (
        b"<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray>%s</m:FreeBusyResponseArray>"
        b"</m:GetUserAvailabilityResponse>" % b"".join(rows)
    )


async def calendars(
    worker: ExchangeWorker, answer: bytes | Behaviour, *addresses: str
) -> dict[str, KnownCalendar]:
    found: dict[str, KnownCalendar] = {}
    with RawServer(raw.answers(answer) if isinstance(answer, bytes) else answer) as server:
        async with session_for(server.account(), worker=worker) as session:
            await ExchangePeople(lambda: session).calendars(addresses, ASKED, found.update)
    return found


CODES = [
    (b"ErrorMailRecipientNotFound", Told.NO_MAILBOX),
    (b"ErrorCannotFindUser", Told.NO_MAILBOX),
    (b"ErrorNonExistentMailbox", Told.NO_MAILBOX),
    (b"ErrorInvalidSmtpAddress", Told.NO_MAILBOX),
    (b"ErrorFreeBusyDLLimitReached", Told.NO_MAILBOX),
    (b"ErrorNoFreeBusyAccess", Told.NOT_SHARED),
    (b"ErrorAccessDenied", Told.NOT_SHARED),
    (b"ErrorNoCalendar", Told.NOT_SHARED),
    (b"ErrorServerBusy", Told.NOTHING),
    (b"ErrorFreeBusyGenerationFailed", Told.NOTHING),
    (b"ErrorProxyRequestProcessingFailed", Told.NOTHING),
    (b"ErrorMailboxMoveInProgress", Told.NOTHING),
    (b"ErrorThatNobodyKnows", Told.NOTHING),
    (b"&lt;script&gt;", Told.NOTHING),
    (b"", Told.NOTHING),
]


@pytest.mark.parametrize(("code", "told"), CODES)
async def test_an_error_of_one_person_stays_with_that_person(
    worker: ExchangeWorker, code: bytes, told: Told
) -> None:
    known = await calendars(
        worker, availability(row(b"Detailed", ITEM), refused(code), row(b"FreeBusy")), BEN, EVA, LEA
    )
    assert [known[one].told for one in (BEN, EVA, LEA)] == [Told.DETAILS, told, Told.TIMES]
    assert len(known[BEN].items) == 1
    assert "<" not in known[EVA].code


ODD = {
    "no message": b"<m:FreeBusyResponse/>",
    "no view": b"<m:FreeBusyResponse>%s</m:FreeBusyResponse>" % GOOD,
    "an unreadable start": row(b"Detailed", event(b"soon", TEN)),
    "an end before the start": row(b"Detailed", event(TEN, NINE)),
    "no type and nothing else": b"<m:FreeBusyResponse>%s<m:FreeBusyView/></m:FreeBusyResponse>" % GOOD,
    "the type None": row(b"None"),
    "merged only without digits": row(b"MergedOnly"),
    "no data in each slot": row(b"MergedOnly", digits=b"5" * 480),
    "no data in each slot, as before 2013": row(b"FreeBusyMerged", digits=b"4" * 480),
    "far too many items": row(b"Detailed", *[ITEM] * 1001),
}


@pytest.mark.parametrize("what", ODD)
async def test_a_view_that_says_nothing_costs_nobody_else(worker: ExchangeWorker, what: str) -> None:
    known = await calendars(worker, availability(ODD[what], row(b"Detailed", ITEM)), EVA, BEN)
    assert (known[EVA].told, known[EVA].items) == (Told.NOTHING, ())
    assert known[BEN].told is Told.DETAILS


async def test_details_come_whole_with_working_hours_and_their_zone(worker: ExchangeWorker) -> None:
    known = await calendars(worker, availability(row(b"DetailedMerged", ITEM, hours=HOURS)), BEN)
    (item,) = known[BEN].items
    assert (item.start.isoformat(), item.end.isoformat()) == (
        "2026-03-02T09:00:00+00:00",
        "2026-03-02T10:00:00+00:00",
    )
    assert (item.kind, item.show_as, item.subject, item.location) == (
        Kind.MEETING,
        ShowAs.BUSY,
        "Budget",
        "Room 4",
    )
    hours = known[BEN].working_hours
    assert hours is not None
    assert (hours.zone, hours.days) == ("Europe/Berlin", frozenset({0, 1}))


async def test_times_with_an_offset_are_the_same_instants(worker: ExchangeWorker) -> None:
    told = event(b"2026-03-02T10:00:00+01:00", b"2026-03-02T05:00:00-05:00")
    (item,) = (await calendars(worker, availability(row(b"FreeBusy", told)), BEN))[BEN].items
    assert (item.start.hour, item.end.hour) == (9, 10)


@pytest.mark.parametrize(
    "told",
    [
        details(private=b"true"),
        details(private=b"1"),
        details(private=b""),  # whether it is private was not told
    ],
)
async def test_nothing_of_a_private_item_leaves_the_worker(worker: ExchangeWorker, told: bytes) -> None:
    known = await calendars(worker, availability(row(b"Detailed", event(NINE, TEN, told))), BEN)
    (item,) = known[BEN].items
    assert (item.private, item.kind, item.subject, item.location) == (True, Kind.UNKNOWN, "", "")


async def test_details_without_a_kind_are_no_guess(worker: ExchangeWorker) -> None:
    known = await calendars(
        worker, availability(row(b"Detailed", event(NINE, TEN, details(meeting=b"")))), BEN
    )
    (item,) = known[BEN].items
    assert (item.kind, item.private) == (Kind.UNKNOWN, False)


async def test_merged_digits_are_items_where_there_is_nothing_else(worker: ExchangeWorker) -> None:
    digits = b"0" * 4 + b"22" + b"31" + b"0" * 40
    known = await calendars(worker, availability(row(b"MergedOnly", digits=digits)), BEN)
    assert known[BEN].told is Told.NO_DETAILS
    start = WINDOW.start
    quarter = timedelta(minutes=15)
    slots = [((i.start - start) // quarter, (i.end - start) // quarter, i.show_as) for i in known[BEN].items]
    assert slots == [(4, 6, ShowAs.BUSY), (6, 7, ShowAs.OOF), (7, 8, ShowAs.TENTATIVE)]


async def test_digits_and_items_of_an_unnamed_view_are_times_without_details(worker: ExchangeWorker) -> None:
    unnamed = row(b"", event(NINE, TEN)).replace(b"<t:FreeBusyViewType></t:FreeBusyViewType>", b"")
    digits = row(b"DetailedMerged", digits=b"0222" + b"0" * 92)
    known = await calendars(worker, availability(unnamed, digits), BEN, EVA)
    assert [(one.told, len(one.items)) for one in known.values()] == [(Told.NO_DETAILS, 1)] * 2


async def test_a_free_day_may_come_without_any_events(worker: ExchangeWorker) -> None:
    known = await calendars(
        worker, availability(row(b"DetailedMerged", digits=b"0" * 96), row(b"Detailed")), BEN, EVA
    )
    assert [(one.told, one.items) for one in known.values()] == [(Told.DETAILS, ())] * 2


async def test_the_published_answers_are_read(worker: ExchangeWorker) -> None:
    folder = needed(RECORDINGS)
    answer = (folder / "GetUserAvailability.exchange2013.xml").read_bytes()
    known = await calendars(worker, answer, BEN, EVA)
    assert [known[one].told for one in (BEN, EVA)] == [Told.TIMES, Told.TIMES]
    assert [len(known[one].items) for one in (BEN, EVA)] == [2, 4]
    hours = known[EVA].working_hours
    assert hours is not None
    assert hours.zone == "America/Los_Angeles"
    answer = (folder / "GetUserAvailability.recipient-not-found.xml").read_bytes()
    assert (await calendars(worker, answer, BEN))[BEN].told is Told.NO_MAILBOX


@pytest.mark.parametrize("count", [1, 3])
async def test_answers_for_other_than_the_people_who_were_asked_for_are_damaged(
    worker: ExchangeWorker, count: int
) -> None:
    with pytest.raises(ProblemError) as caught:
        await calendars(worker, availability(*[row(b"Detailed", ITEM)] * count), BEN, EVA)
    assert caught.value.problem.name == "broken-answer"


async def test_a_server_that_is_busy_for_everybody_is_busy(worker: ExchangeWorker) -> None:
    with pytest.raises(ProblemError) as caught:
        await calendars(worker, availability(*[refused(b"ErrorServerBusy")] * 2), BEN, EVA)
    assert caught.value.problem.name == "server-busy"


async def test_what_earlier_requests_brought_stays_when_a_later_one_fails(worker: ExchangeWorker) -> None:
    count = 0

    def first_only(visit: Visit) -> None:
        nonlocal count
        count += 1
        if count == 1:
            visit.answers(availability(*[row(b"Detailed", ITEM)] * 100))
        else:
            visit.answers(
                raw.fault(b"ErrorServerBusy", b"<t:Value Name='BackOffMilliseconds'>90000</t:Value>")
            )

    found: dict[str, KnownCalendar] = {}
    people = [f"person{number}@example.com" for number in range(150)]
    with RawServer(first_only) as server:
        async with session_for(server.account(), worker=worker) as session:
            with pytest.raises(ProblemError) as caught:
                await ExchangePeople(lambda: session).calendars(people, ASKED, found.update)
    assert (caught.value.problem.name, caught.value.back_off) == ("server-busy", timedelta(seconds=90))
    assert len(found) == 100
    assert count == 2


async def test_a_refused_password_ends_at_the_first_of_many_requests(worker: ExchangeWorker) -> None:
    people = [f"person{number}@example.com" for number in range(250)]

    def take(_part: Mapping[str, KnownCalendar]) -> None:
        raise AssertionError("nothing came")

    with RawServer(raw.REFUSES) as server:
        async with session_for(server.account(), worker=worker) as session:
            asked = ExchangePeople(lambda: session)
            for _ in range(2):
                with pytest.raises(ProblemError) as caught:
                    await asked.calendars(people, ASKED, take)
                assert caught.value.problem.name == "refused-password"
            with pytest.raises(ProblemError):
                await asked.search("eva")
            assert len(server.requests) == 1


# the address book


def mailbox(name: bytes, address: bytes, kind: bytes = b"Mailbox", contact: bytes = b"") -> bytes:
    return (
        b"<t:Resolution><t:Mailbox><t:Name>%s</t:Name><t:EmailAddress>%s</t:EmailAddress><t:RoutingType>SMTP"
        b"</t:RoutingType><t:MailboxType>%s</t:MailboxType></t:Mailbox>%s</t:Resolution>"
        % (name, address, kind, contact)
    )


def resolved(*rows: bytes, kind: bytes = b"Success", code: bytes = b"NoError") -> bytes:
    return ENVELOPE % (
        b"<m:ResolveNamesResponse><m:ResponseMessages><m:ResolveNamesResponseMessage ResponseClass='%s'>"
        b"<m:ResponseCode>%s</m:ResponseCode><m:ResolutionSet>%s</m:ResolutionSet>"
        b"</m:ResolveNamesResponseMessage></m:ResponseMessages></m:ResolveNamesResponse>"
        % (kind, code, b"".join(rows))
    )


NOBODY = raw.failed(b"ResolveNames", b"ErrorNameResolutionNoResults")
CONTACT = b"""<t:Contact><t:DisplayName>Eva  Lang</t:DisplayName><t:EmailAddresses>
<t:Entry Key="EmailAddress1">SMTP:Eva@Example.com</t:Entry><t:Entry Key="EmailAddress2">X500:/o=Org</t:Entry>
<t:Entry Key="EmailAddress3">smtp:lang@example.com</t:Entry></t:EmailAddresses>
<t:PhoneNumbers><t:Entry Key="BusinessPhone">+49 30 1</t:Entry><t:Entry Key="MobilePhone">+49 170 2</t:Entry>
</t:PhoneNumbers><t:JobTitle>Engineer</t:JobTitle><t:CompanyName>Example</t:CompanyName></t:Contact>"""
OWN = b"""<t:Contact><t:ItemId Id="c1"/><t:DisplayName>Lea Roth</t:DisplayName><t:EmailAddresses>
<t:Entry Key="EmailAddress1">lea.eva@elsewhere.example</t:Entry></t:EmailAddresses></t:Contact>"""
PRIVATE_EVA = b"""<t:Contact><t:DisplayName>Evi</t:DisplayName><t:EmailAddresses><t:Entry Key="EmailAddress1">
EVA@example.com</t:Entry></t:EmailAddresses><t:PhoneNumbers><t:Entry Key="HomePhone">+49 5</t:Entry>
</t:PhoneNumbers></t:Contact>"""


def books(directory: bytes, contacts: bytes) -> Behaviour:
    return lambda visit: visit.answers(directory if visit.is_about("ResolveNames") else contacts)


async def search(worker: ExchangeWorker, behaviour: Behaviour, text: str = "eva") -> tuple[Profile, ...]:
    with RawServer(behaviour) as server:
        async with session_for(server.account(), worker=worker) as session:
            return await ExchangePeople(lambda: session).search(text)


async def test_people_come_from_both_books_and_who_is_in_both_once(worker: ExchangeWorker) -> None:
    found = await search(
        worker,
        books(
            resolved(mailbox(b"Eva Lang", b"Eva@Example.com", contact=CONTACT)), raw.found(OWN, PRIVATE_EVA)
        ),
    )
    assert found == (
        Profile(
            "eva@example.com",
            "Eva Lang",
            "Engineer",
            "Example",
            work_phone="+49 30 1",
            mobile_phone="+49 170 2",
            home_phone="+49 5",
            zone="",
        ),
        Profile("lea.eva@elsewhere.example", "Lea Roth", zone=""),
    )


@pytest.mark.parametrize(
    "kind", [b"PublicDL", b"PrivateDL", b"PublicFolder", b"GroupMailbox", b"ImplicitContact"]
)
async def test_groups_and_folders_are_no_people(worker: ExchangeWorker, kind: bytes) -> None:
    rows = (mailbox(b"Everybody", b"all@example.com", kind), mailbox(b"Ben", b"ben@example.com"))
    several = resolved(*rows, kind=b"Warning", code=b"ErrorNameResolutionMultipleResults")
    assert [one.name for one in await search(worker, books(several, raw.found()))] == ["Ben"]


async def test_who_has_no_smtp_address_cannot_be_asked_about(worker: ExchangeWorker) -> None:
    rows = resolved(mailbox(b"Old", b"/o=Org/cn=old"), mailbox(b"Odd", b"a b@example.com"))
    assert await search(worker, books(rows, raw.found())) == ()


@pytest.mark.parametrize(
    "contacts",
    [
        raw.failed(b"FindItem", b"ErrorAccessDenied"),
        raw.fault(b"ErrorInvalidRequest"),
        b"<html>no</html>",
        b"",
    ],
)
async def test_contacts_that_cannot_be_searched_do_not_cost_the_directory(
    worker: ExchangeWorker, contacts: bytes
) -> None:
    found = await search(worker, books(resolved(mailbox(b"Ben", b"ben@example.com")), contacts))
    assert [one.name for one in found] == ["Ben"]


async def test_a_directory_that_cannot_be_searched_does_not_cost_the_contacts(worker: ExchangeWorker) -> None:
    found = await search(worker, books(raw.failed(b"ResolveNames", b"ErrorAccessDenied"), raw.found(OWN)))
    assert [one.name for one in found] == ["Lea Roth"]


async def test_where_neither_can_be_searched_the_directory_says_why(worker: ExchangeWorker) -> None:
    with pytest.raises(ProblemError) as caught:
        await search(worker, books(raw.failed(b"ResolveNames", b"ErrorAccessDenied"), b""))
    assert caught.value.problem.name == "access-denied"


async def test_nobody_in_either_book_is_no_failure(worker: ExchangeWorker) -> None:
    assert await search(worker, books(NOBODY, raw.found())) == ()


async def test_a_name_is_sent_as_text_whatever_it_holds(worker: ExchangeWorker) -> None:
    with RawServer(books(NOBODY, raw.found())) as server:
        async with session_for(server.account(), worker=worker) as session:
            assert await ExchangePeople(lambda: session).search("<a>&\"'") == ()
        sent = b"".join(server.requests)
    assert b"&lt;a&gt;&amp;" in sent
    assert b"<a>" not in sent


async def test_an_alias_is_the_same_person(worker: ExchangeWorker) -> None:
    with RawServer(books(resolved(mailbox(b"Eva", b"eva@example.com", contact=CONTACT)), b"")) as server:
        async with session_for(server.account(), worker=worker) as session:
            people = ExchangePeople(lambda: session)
            found = [await people.look_up(one) for one in ("Lang@example.com", "lan@example.com")]
    assert [one.address if one else None for one in found] == ["eva@example.com", None]


async def test_an_address_that_the_directory_does_not_know_is_nobody_s(worker: ExchangeWorker) -> None:
    with RawServer(books(NOBODY, b"")) as server:
        async with session_for(server.account(), worker=worker) as session:
            assert await ExchangePeople(lambda: session).look_up("lan@example.com") is None


async def test_the_published_answer_of_the_directory_is_read(worker: ExchangeWorker) -> None:
    answer = (needed(RECORDINGS) / "ResolveNames.xml").read_bytes()
    assert await search(worker, books(answer, raw.found())) == (
        Profile("user2@example.com", "User2", zone=""),
    )


async def test_a_session_that_is_closed_meanwhile_ends_the_question_as_a_failure() -> None:
    # With a worker of its own, because that does not outlive the question.
    with RawServer(raw.hangs) as server:
        async with warm_worker() as worker, session_for(server.account(), worker=worker) as session:
            people = ExchangePeople(lambda: session)
            question = asyncio.create_task(people.calendars((BEN,), ASKED, lambda _: None))
            await until(lambda: server.requests, "the question")
            await session.close()
            with pytest.raises(ProblemError) as caught:
                await question
    assert caught.value.problem.name == "worker-failed"


async def test_a_server_that_does_not_search_contacts_gives_all_and_they_are_searched_here(
    worker: ExchangeWorker,
) -> None:
    others = [
        OWN.replace(b"lea.eva", b"number%d" % n).replace(b"Lea Roth", b"Number %d" % n) for n in range(60)
    ]

    def answer(visit: Visit) -> None:
        if visit.is_about("ResolveNames"):
            visit.answers(NOBODY)
        elif visit.is_about("Restriction"):
            visit.answers(raw.failed(b"FindItem", b"ErrorUnsupportedQueryFilter"))
        else:
            visit.answers(raw.found(*others, OWN))

    assert [one.name for one in await search(worker, answer, "LEA  roth")] == ["Lea Roth"]


async def test_words_have_an_end_and_so_has_the_list(worker: ExchangeWorker) -> None:
    many = [OWN.replace(b"lea.eva", b"number%d" % n).replace(b"Lea Roth", b"N" * 400) for n in range(60)]
    found = await search(worker, books(NOBODY, raw.found(*many)), "nnn")
    assert (len(found), {len(one.name) for one in found}) == (50, {300})


async def test_a_search_sends_a_refused_password_once(worker: ExchangeWorker) -> None:
    with RawServer(raw.answers(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')) as server:
        async with session_for(server.account(), worker=worker) as session:
            with pytest.raises(ProblemError) as caught:
                await ExchangePeople(lambda: session).search("eva")
        assert (caught.value.problem.name, len(server.requests)) == ("refused-password", 1)


@pytest.mark.parametrize("who", ["directory", "contacts"])
async def test_a_busy_server_is_not_searched_further(worker: ExchangeWorker, who: str) -> None:
    busy = {"directory": raw.failed(b"ResolveNames", b"ErrorServerBusy"), "contacts": NOBODY}[who]
    with RawServer(books(busy, raw.failed(b"FindItem", b"ErrorServerBusy"))) as server:
        async with session_for(server.account(), worker=worker) as session:
            with pytest.raises(ProblemError) as caught:
                await ExchangePeople(lambda: session).search("eva")
            assert caught.value.problem.name == "server-busy"
            # Nor are all contacts fetched of one that does not want to search them.
            assert len([one for one in server.requests if b"FindItem" in one]) == (who == "contacts")


async def test_a_server_that_ignores_what_is_searched_for_shows_nobody_else(worker: ExchangeWorker) -> None:
    stranger = OWN.replace(b"lea.eva", b"stranger").replace(b"Lea Roth", b"A Stranger")
    found = await search(worker, books(NOBODY, raw.found(stranger, OWN)))
    assert [one.name for one in found] == ["Lea Roth"]
