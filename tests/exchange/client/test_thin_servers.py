"""Servers that are old, or thin, or not Exchange: each works as far as it can; what is missing is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarAnswer, ProblemError
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange_server.model import Entry, OofSettings, Pattern, Recurrence
from lyncdesk.exchange_server.thin import BY_NAME, PROFILES
from lyncdesk.presence.items import Item, Kind, Response, ShowAs
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import Behaviour, RawServer, Visit
from tests.exchange.client.sessions import NOW, PASSWORD, SOON, WINDOW, session_for
from tests.exchange.client.thin_servers import HOURS, view
from tests.exchange.server.wire import CheckedExchange, checked_exchange

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
OOF_OFF = raw.ENVELOPE % raw.OOF_OFF
NOT_HERE = raw.fault(b"ErrorInvalidOperation")
DENIED = raw.failed(b"FindItem", b"ErrorAccessDenied")
EVENT = b"""<t:CalendarEventArray><t:CalendarEvent><t:StartTime>%s</t:StartTime><t:EndTime>%s</t:EndTime>
<t:BusyType>Busy</t:BusyType></t:CalendarEvent></t:CalendarEventArray>"""
USED = "The calendar may not be opened; its free/busy information is used."


def server(items: bytes = b"", availability: bytes = NOT_HERE, oof: bytes = OOF_OFF) -> Behaviour:
    """FindItem, GetUserAvailability and GetUserOofSettings answer like this; everything else is not known."""
    known = {
        "FindItem": items or raw.found(),
        "GetUserAvailabilityRequest": availability,
        "GetUserOofSettingsRequest": oof,
    }

    def answer(visit: Visit) -> None:
        body = next((body for name, body in known.items() if visit.is_about(name)), NOT_HERE)
        visit.answers(body, "500 Internal Server Error" if b"Fault>" in body else "200 OK")

    return answer


async def checked(
    worker: ExchangeWorker, behaviour: Behaviour, *, working_hours: bool = False
) -> tuple[CalendarAnswer | str, RawServer]:
    """What a check brings (the name of the problem), and the server."""
    with RawServer(behaviour) as one:
        async with session_for(one.account(), worker=worker) as session:
            try:
                return await session.check(WINDOW, working_hours=working_hours, next_due_in=SOON), one
            except ProblemError as error:
                return error.problem.name, one


async def answered(
    worker: ExchangeWorker, behaviour: Behaviour, *, working_hours: bool = False
) -> CalendarAnswer:
    found, _ = await checked(worker, behaviour, working_hours=working_hours)
    assert isinstance(found, CalendarAnswer), found
    return found


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (b"2026-03-02T05:00:00-04:00", b"2026-03-02T06:00:00-04:00"),
        (b"2026-03-02T10:00:00+0100", b"2026-03-02T11:00:00+0100"),
        (b"2026-03-02T09:00:00", b"2026-03-02T10:00:00"),
        (b"2026-03-02T09:00:00.0000000Z", b"2026-03-02T10:00:00.000Z"),
        (b" 2026-03-02T09:00:00Z\n", b"2026-03-02T10:00Z"),
    ],
)
async def test_times_come_with_and_without_offsets_and_fractions(
    worker: ExchangeWorker, start: bytes, end: bytes
) -> None:
    item = raw.ITEM.replace(b"2026-03-02T09:00:00Z", start).replace(b"2026-03-02T10:00:00Z", end)
    [found] = (await answered(worker, server(raw.found(item)))).items
    assert (found.start, found.end) == (NINE, NINE + timedelta(hours=1))
    [event] = (await answered(worker, server(DENIED, view(EVENT % (start, end))))).items
    assert (event.start, event.end, event.show_as) == (found.start, found.end, ShowAs.BUSY)


async def test_a_day_ends_at_24_oclock_for_some(worker: ExchangeWorker) -> None:
    item = raw.ITEM.replace(b"2026-03-02T10:00:00Z", b"2026-03-02T24:00:00Z")
    [found] = (await answered(worker, server(raw.found(item)))).items
    assert found.end == datetime(2026, 3, 3, tzinfo=UTC)


async def test_automatic_replies_with_fractions_have_their_times(worker: ExchangeWorker) -> None:
    scheduled = b"""<t:OofState>Scheduled</t:OofState><t:Duration><t:StartTime>2026-03-02T09:00:00.123-05:00
</t:StartTime><t:EndTime>2026-03-09T09:00:00.9999999Z</t:EndTime></t:Duration>"""
    oof = OOF_OFF.replace(b"<t:OofState>Disabled</t:OofState>", scheduled)
    replies = (await answered(worker, server(oof=oof))).out_of_office
    assert replies is not None
    assert replies.start == datetime(2026, 3, 2, 14, 0, 0, 123000, tzinfo=UTC)
    assert replies.end == datetime(2026, 3, 9, 9, 0, 0, 999999, tzinfo=UTC)


@pytest.mark.parametrize("oof", [NOT_HERE, raw.fault(b"ErrorCannotFindUser"), raw.fault(b"ErrorNobodyKnows")])
async def test_a_server_without_automatic_replies_has_a_calendar_all_the_same(
    worker: ExchangeWorker, oof: bytes
) -> None:
    found = await answered(worker, server(raw.found(raw.ITEM), oof=oof))
    assert (len(found.items), found.out_of_office_told, len(found.limits)) == (1, False, 1)
    assert found.limits[0].startswith("Automatic replies could not be read.")


async def test_a_server_without_working_hours_says_so_and_the_usual_ones_are_taken(
    worker: ExchangeWorker,
) -> None:
    found = await answered(worker, server(availability=view()), working_hours=True)
    assert found.working_hours is None
    assert found.limits == ("This server tells no working hours: the usual ones are taken.",)
    found = await answered(worker, server(availability=view(HOURS)), working_hours=True)
    assert found.working_hours is not None
    assert (found.working_hours.days, found.limits) == (frozenset({0, 1}), ())


@pytest.mark.parametrize(
    ("told", "odd"),
    [(b"Month>3<", b"Month>13<"), (b"02:00:00", b"soon"), (b"Bias>-60<", b"Bias>%d<" % 10**15)],
)
async def test_working_hours_in_a_zone_that_makes_no_sense_are_a_limit(
    worker: ExchangeWorker, told: bytes, odd: bytes
) -> None:
    hours = view(HOURS.replace(told, odd))
    assert hours != view(HOURS)
    found = await answered(worker, server(raw.found(raw.ITEM), hours), working_hours=True)
    assert (len(found.items), found.working_hours) == (1, None)
    assert found.limits == ("Working hours could not be read. Exchange's answer was damaged.",)


@pytest.mark.parametrize(
    "availability",
    [NOT_HERE, raw.fault(b"ErrorCannotFindUser"), view(kind=b"None")],
    ids=["not", "user", "none"],
)
async def test_a_server_without_free_busy_costs_the_working_hours_alone(
    worker: ExchangeWorker, availability: bytes
) -> None:
    behaviour = server(raw.found(raw.ITEM), availability)
    found = await answered(worker, behaviour, working_hours=True)
    assert (len(found.items), found.working_hours, len(found.limits)) == (1, None, 1)


async def test_free_busy_without_merged_digits_is_its_events(worker: ExchangeWorker) -> None:
    event = EVENT % (b"2026-03-02T09:00:00", b"2026-03-02T10:00:00")
    found = await answered(worker, server(DENIED, view(event)))
    assert ([item.start for item in found.items], found.limits) == ([NINE], (USED,))
    assert (await answered(worker, server(DENIED, view()))).items == ()  # nothing is taken


@pytest.mark.parametrize("kind", [b"None", b"MergedOnly", b""])
async def test_free_busy_that_says_nothing_is_not_free_time(worker: ExchangeWorker, kind: bytes) -> None:
    assert (await checked(worker, server(DENIED, view(HOURS, kind=kind))))[0] == "access-denied"


@pytest.mark.parametrize(
    "refusal",
    [
        raw.fault(b"ErrorInvalidServerVersion"),
        raw.fault(b"ErrorSchemaValidation").replace(
            b"<t:MessageXml>",
            b"<t:MessageXml><t:Violation>The 'Version' attribute is invalid - The value '%VERSION%' is "
            b"invalid according to its datatype 'String' - The Enumeration constraint failed.</t:Violation>",
        ),
    ],
    ids=["version", "schema"],
)
@pytest.mark.parametrize(("knows", "tried"), [("Exchange2007_SP1", 3), ("Exchange2010", 2)])
async def test_an_old_server_is_asked_in_its_own_version_and_that_is_remembered(
    worker: ExchangeWorker, refusal: bytes, knows: str, tried: int
) -> None:
    works = server(raw.found(raw.ITEM), view(HOURS))

    def old(visit: Visit) -> None:
        [version] = [
            name for name in ("Exchange2013", "Exchange2010", "Exchange2007_SP1")
            if f'Version="{name}"'.encode() in visit.request
        ]  # fmt: skip
        if version != knows:
            visit.answers(refusal.replace(b"%VERSION%", version.encode()), "500 Internal Server Error")
        else:
            works(visit)

    with RawServer(old) as one:
        async with session_for(one.account(authentication="basic"), worker=worker) as session:
            for number in (tried, 1):
                one.requests.clear()
                found = await session.check(WINDOW, working_hours=True, next_due_in=SOON)
                assert (len(found.items), found.limits) == (1, ())
                assert found.working_hours is not None
                asked = [request for request in one.requests if b":FindItem" in request]
                assert len(asked) == number


async def test_a_request_that_a_server_finds_wrong_for_another_reason_is_not_tried_in_every_version(
    worker: ExchangeWorker,
) -> None:
    with RawServer(server(raw.fault(b"ErrorSchemaValidation"))) as one:
        async with session_for(one.account(authentication="basic"), worker=worker) as session:
            with pytest.raises(ProblemError) as caught:
                await session.check(WINDOW)
        assert caught.value.problem.name == "server-error"
        assert len(one.requests) == 1


# The embedded Exchange can do without each of these things; what a check then knows, and what it says.
STAND_UP = Entry(
    "Stand-up", NOW - 30 * DAY, NOW - 30 * DAY + HOUR, "Room 2", meeting=True, zone="Europe/Berlin",
    recurrence=Recurrence(Pattern("daily"), (NOW - 30 * DAY).date()),
)  # fmt: skip
HERE = "This server does not take recurring items apart, so LyncDesk does."
NO_SHOW_AS = "This server leaves out Show As of some items: they do not count."
NO_SENSITIVITY = "This server does not tell of all items whether they are private: those count as private."
NO_HOURS = "This server tells no working hours: the usual ones are taken."
SAME = lambda item: item  # noqa: E731  a table of changes reads best in lines


@dataclass(frozen=True)
class Knows:
    """What becomes of the items, and the limits; ``hours`` and ``replies``: whether they come."""

    items: Callable[[Item], Item] = SAME
    limits: tuple[str, ...] = ()
    hours: bool = True
    replies: bool = True


def _without_kind(item: Item) -> Item:
    return replace(item, kind=Kind.UNKNOWN)


def _other(item: Item) -> Item:
    return replace(item, kind=Kind.UNKNOWN, show_as=ShowAs.NO_DATA, private=True, response=Response.NONE)


KNOWS = {
    "unexpanded-series": Knows(limits=(HERE,)),
    "no-merged-free-busy": Knows(),
    "no-working-hours": Knows(limits=(NO_HOURS,), hours=False),
    "no-free-busy-details": Knows(),
    "no-time-zones": Knows(),
    "no-automatic-replies": Knows(
        limits=("Automatic replies could not be read. Exchange reported an error.",), replies=False
    ),
    "no-names": Knows(),
    "cannot-find-user": Knows(),
    "no-kinds": Knows(_without_kind),
    "no-show-as": Knows(lambda item: replace(item, show_as=ShowAs.NO_DATA), (NO_SHOW_AS,)),
    "no-sensitivity": Knows(lambda item: replace(item, private=True), (NO_SENSITIVITY,)),
    "no-responses": Knows(lambda item: replace(item, response=Response.NONE)),
    "offset-times": Knows(),
    "plain-offset-times": Knows(),
    "item-offset-times": Knows(),
    "as-2007": Knows(),
    "exchange-2007": Knows(),
    "other": Knows(_other, (HERE, NO_SHOW_AS, NO_SENSITIVITY, NO_HOURS), hours=False),
}


async def test_everything_that_the_embedded_exchange_can_do_without_is_looked_at() -> None:
    assert set(KNOWS) == {*BY_NAME, *PROFILES}


def bare(items: tuple[Item, ...]) -> list[Item]:
    """Without what only a server that takes series apart can give to each day."""
    return [replace(item, id="", change_key="") for item in items]


def be_thin(exchange: CheckedExchange, lack: str) -> None:
    exchange.be_thin(lack)
    # That is what no schema allows.
    exchange.check_answers = "plain-offset-times" not in PROFILES.get(lack, (lack,))


@pytest.mark.parametrize("lack", KNOWS)
async def test_each_thing_that_a_server_lacks_costs_that_thing_alone(
    worker: ExchangeWorker, lack: str
) -> None:
    with checked_exchange(lambda: NOW) as exchange:
        exchange.add_person("anna@example.com", PASSWORD, zone="Europe/Berlin")
        exchange.set_oof("anna@example.com", OofSettings("Enabled", internal="Away"))
        exchange.add_entry("anna@example.com", STAND_UP)
        single = Entry("Budget", NOW, NOW + HOUR, show_as="OOF", sensitivity="Private", response="Accept")
        exchange.add_entry("anna@example.com", single)
        account = Account("anna@example.com", server=exchange.start())
        async with session_for(account, worker=worker) as session:
            whole = await session.check(WINDOW, working_hours=True, next_due_in=SOON)
        be_thin(exchange, lack)
        async with session_for(account, worker=worker) as session:
            found = await session.check(WINDOW, working_hours=True, next_due_in=SOON)
    knows = KNOWS[lack]
    assert (len(whole.items), whole.limits) == (6, ())
    assert bare(found.items) == [knows.items(item) for item in bare(whole.items)]
    assert found.limits == knows.limits
    assert found.working_hours == (whole.working_hours if knows.hours else None)
    assert found.out_of_office == (whole.out_of_office if knows.replies else None)
    assert found.out_of_office_told is knows.replies
    assert found.details is (lack not in ("no-kinds", "other"))


@pytest.mark.parametrize(
    "lack", ["no-merged-free-busy", "no-free-busy-details", "offset-times", "plain-offset-times"]
)
async def test_a_thin_server_whose_calendar_may_not_be_opened_is_read_by_its_free_busy(
    worker: ExchangeWorker, lack: str
) -> None:
    with checked_exchange(lambda: NOW) as exchange:
        exchange.add_person("anna@example.com", PASSWORD, zone="Europe/Berlin")
        exchange.add_entry("anna@example.com", STAND_UP)
        exchange.faults.set("find-item-denied", user="anna@example.com")
        account = Account("anna@example.com", server=exchange.start())
        async with session_for(account, worker=worker) as session:
            whole = await session.check(WINDOW, next_due_in=SOON)
            be_thin(exchange, lack)
            found = await session.check(WINDOW, next_due_in=SOON)
    assert len(whole.items) == 5
    assert [(i.start, i.end, i.show_as) for i in found.items] == [
        (i.start, i.end, i.show_as) for i in whole.items
    ]
    assert found.details is (lack != "no-free-busy-details")
