"""Answers of real Exchange servers, as published, served over a socket and read as a check reads them."""

import os
from datetime import UTC, datetime, time, timedelta

import pytest

from lyncdesk.client.ports import CalendarAnswer, ProblemError, Window
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.presence.freebusy import WorkingHours
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import Behaviour, RawServer, Visit
from tests.exchange.client.sessions import SOON, session_for
from tests.exchange.server.wire import RECORDINGS

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        not RECORDINGS.is_dir() and os.environ.get("CI") != "true",
        reason="the published recordings are not beside the repository",
    ),
]


def recording(name: str) -> bytes:
    return (RECORDINGS / f"{name}.xml").read_bytes()


def plays(find: bytes, oof: bytes = b"", availability: bytes = b"") -> Behaviour:
    def serve(visit: Visit) -> None:
        if visit.is_about("GetUserAvailabilityRequest"):
            visit.answers(availability)
        elif visit.is_about("GetUserOofSettingsRequest"):
            visit.answers(oof or recording("GetUserOofSettings"))
        else:
            visit.answers(find)

    return serve


async def check(
    worker: ExchangeWorker, behaviour: Behaviour, window: Window, *, working_hours: bool = False
) -> CalendarAnswer | ProblemError:
    with RawServer(behaviour) as server:
        async with session_for(server.account(), worker=worker) as session:
            try:
                return await session.check(window, working_hours=working_hours, next_due_in=SOON)
            except ProblemError as error:
                return error


async def test_expanded_occurrences_are_read(worker: ExchangeWorker) -> None:
    window = Window(datetime(2014, 7, 1, tzinfo=UTC), datetime(2014, 8, 1, tzinfo=UTC))
    answer = await check(worker, plays(recording("FindItem.occurrences")), window)
    assert isinstance(answer, CalendarAnswer)
    assert [(i.start, i.subject, i.location) for i in answer.items] == [
        (datetime(2014, 7, day, 15, 30, tzinfo=UTC), "Swim Team Practice", "Neighborhood Swimming Pool")
        for day in (2, 9, 16, 23, 30)
    ]
    assert answer.server == "8.0.685.8"  # of the last answer, that for the automatic replies
    assert answer.out_of_office is None
    # the published sample asked for neither kind nor sensitivity
    assert answer.details is False


async def test_a_page_that_is_not_the_last_is_never_taken_for_the_whole(worker: ExchangeWorker) -> None:
    window = Window(datetime(2013, 8, 21, tzinfo=UTC), datetime(2013, 8, 25, tzinfo=UTC))
    answer = await check(worker, plays(recording("FindItem.appointments")), window)
    assert isinstance(answer, ProblemError)
    assert answer.problem.name == "too-many-items"


async def test_the_same_page_as_the_last_is_read(worker: ExchangeWorker) -> None:
    window = Window(datetime(2013, 8, 21, tzinfo=UTC), datetime(2013, 8, 25, tzinfo=UTC))
    find = recording("FindItem.appointments").replace(b'LastItemInRange="false"', b'LastItemInRange="true"')
    answer = await check(worker, plays(find), window)
    assert isinstance(answer, CalendarAnswer)
    assert [(i.start.hour, i.subject) for i in answer.items][:2] == [
        (19, "Contoso devs team meeting"),
        (20, "Daily status meeting"),
    ]


async def test_automatic_replies_that_are_on_are_read(worker: ExchangeWorker) -> None:
    window = Window(datetime(2014, 7, 1, tzinfo=UTC), datetime(2014, 8, 1, tzinfo=UTC))
    oof = recording("GetUserOofSettings").replace(b">Disabled<", b">Scheduled<")
    answer = await check(worker, plays(recording("FindItem.occurrences"), oof), window)
    assert isinstance(answer, CalendarAnswer)
    assert answer.out_of_office is not None
    assert answer.out_of_office.note == "I am out of office. This is my internal reply."
    assert answer.out_of_office.start == datetime(2006, 11, 3, 23, tzinfo=UTC)
    assert answer.out_of_office.end == datetime(2006, 11, 4, 23, tzinfo=UTC)


async def test_free_busy_of_2013_is_read_where_the_calendar_may_not_be_opened(
    worker: ExchangeWorker,
) -> None:
    window = Window(datetime(2014, 2, 12, tzinfo=UTC), datetime(2014, 2, 16, tzinfo=UTC))
    # the published answer is for two mailboxes; a check asks for its own
    whole = recording("GetUserAvailability.exchange2013")
    first = whole[: whole.index(b"</FreeBusyResponse>") + len(b"</FreeBusyResponse>")]
    own = first + whole[whole.index(b"</FreeBusyResponseArray>") :]
    denied = raw.failed(b"FindItem", b"ErrorAccessDenied")
    answer = await check(worker, plays(denied, availability=own), window, working_hours=True)
    assert isinstance(answer, CalendarAnswer)
    assert [(i.start.hour, i.end.hour, i.show_as, i.kind) for i in answer.items] == [
        (8, 10, "Free", "unknown"),
        (11, 12, "Busy", "unknown"),
    ]
    assert answer.details is False
    assert answer.working_hours == WorkingHours("America/Los_Angeles", frozenset(range(5)), time(8), time(17))
    assert answer.requests == 3


@pytest.mark.parametrize(
    "name", ["GetUserAvailability.recipient-not-found", "GetUserAvailability.exchange2007"]
)
async def test_without_free_busy_of_its_own_the_denied_calendar_is_the_problem(
    worker: ExchangeWorker, name: str
) -> None:
    window = Window(datetime(2012, 4, 29, tzinfo=UTC), datetime(2012, 5, 3, tzinfo=UTC))
    denied = raw.failed(b"FindItem", b"ErrorAccessDenied")
    answer = await check(worker, plays(denied, availability=recording(name)), window)
    assert isinstance(answer, ProblemError)
    assert answer.problem.name == "access-denied"


@pytest.mark.parametrize("digit", ["4", "5"])
async def test_free_busy_that_has_no_data_is_not_taken_for_free(worker: ExchangeWorker, digit: str) -> None:
    window = Window(datetime(2012, 4, 29, tzinfo=UTC), datetime(2012, 5, 3, tzinfo=UTC))
    view = b"<t:FreeBusyViewType>MergedOnly</t:FreeBusyViewType><t:MergedFreeBusy>%s</t:MergedFreeBusy>"
    own = raw.ENVELOPE % (
        b"<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray><m:FreeBusyResponse>"
        b'<m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        b"</m:ResponseMessage><m:FreeBusyView>" + view % (digit.encode() * 384) + b"</m:FreeBusyView>"
        b"</m:FreeBusyResponse></m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>"
    )
    denied = raw.failed(b"FindItem", b"ErrorAccessDenied")
    answer = await check(worker, plays(denied, availability=own), window)
    assert isinstance(answer, ProblemError)
    assert answer.problem.name == "access-denied"


@pytest.mark.parametrize(
    ("name", "problem", "code"),
    [
        ("Fault.server-busy", "server-busy", "ErrorServerBusy"),
        ("Fault.schema-validation", "server-error", "ErrorSchemaValidation"),
        ("ResolveNames", "not-exchange", "another service"),
    ],
)
async def test_published_faults_have_their_problem(
    worker: ExchangeWorker, name: str, problem: str, code: str
) -> None:
    window = Window(datetime(2014, 7, 1, tzinfo=UTC), datetime(2014, 7, 1, tzinfo=UTC) + timedelta(days=5))
    with RawServer(raw.answers(recording(name), "500 Internal Server Error")) as server:
        async with session_for(server.account(), worker=worker) as session:
            with pytest.raises(ProblemError) as caught:
                await session.check(window, next_due_in=SOON)
    assert (caught.value.problem.name, dict(caught.value.problem.values)["code"]) == (problem, code)
    assert caught.value.back_off is None
