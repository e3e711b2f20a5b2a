"""What every calendar source does. The memory calendar, and Exchange over a real socket, pass the same tests.

A further source joins by a row in ``WORLDS``.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, product
from typing import Protocol
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from lyncdesk.calendars.exchange import ExchangeCalendar
from lyncdesk.calendars.memory import MemoryCalendar
from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarSource, ItemKey, ProblemError, Window, Written
from lyncdesk.client.problems import Problem
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange.session import ExchangeSession
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.model import Entry, OofSettings, Pattern, Recurrence
from lyncdesk.presence.inputs import OutOfOffice
from lyncdesk.presence.items import Item, Kind, Recurring, Response, ShowAs
from lyncdesk.simulation.mailboxes import MailboxCalendar
from tests.exchange.client.sessions import NOW, PASSWORD, SOON, Passwords, warm_worker
from tests.exchange.server.wire import checked_exchange

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WINDOW = Window(NOW - DAY, NOW + 4 * DAY)
BUSY_FOR = timedelta(seconds=90)


class World(Protocol):
    """A mailbox, a source that reads it, and ways to disturb both."""

    @property
    def source(self) -> CalendarSource:
        """The source under test."""

    def add(self, item: Item) -> str:
        """Put an item in; its id."""

    def change(self, item_id: str, item: Item) -> None:
        """Make it this item."""

    def remove(self, item_id: str) -> None:
        """Take it out."""

    def reply(self, out_of_office: OutOfOffice | None) -> None:
        """Switch automatic replies."""

    def withhold_details(self) -> None:
        """Tell no kind, subject or location from now on."""

    def fail(self, problem: str | None) -> None:
        """Fail every check from now on; None = work again."""

    def add_series(self, item: Item, days: int) -> None:
        """Put a daily series in that begins with this item."""


class MemoryWorld:
    """The twin."""

    def __init__(self) -> None:
        self.source = self.calendar = MemoryCalendar()

    def add(self, item: Item) -> str:
        return self.calendar.add(item).id

    def change(self, item_id: str, item: Item) -> None:
        names = ("start", "end", "show_as", "kind", "subject", "location", "private", "all_day", "cancelled")
        self.calendar.change(item_id, **{name: getattr(item, name) for name in names})

    def remove(self, item_id: str) -> None:
        self.calendar.remove(item_id)

    def reply(self, out_of_office: OutOfOffice | None) -> None:
        self.calendar.out_of_office = out_of_office

    def withhold_details(self) -> None:
        self.calendar.details = False

    def fail(self, problem: str | None) -> None:
        self.calendar.fault = Problem.of(problem) if problem else None
        self.calendar.back_off = BUSY_FOR if problem == "server-busy" else None

    def add_series(self, item: Item, days: int) -> None:
        for day in range(days):
            later = replace(item, start=item.start + day * DAY, end=item.end + day * DAY)
            self.calendar.add(replace(later, recurring=Recurring.OCCURRENCE, series="series"))


KNOWN = (Kind.APPOINTMENT, Kind.MEETING)
RESPONSES = {
    Response.ORGANIZER: "Organizer",
    Response.ACCEPTED: "Accept",
    Response.TENTATIVE: "Tentative",
    Response.DECLINED: "Decline",
    Response.NONE: "NoResponseReceived",
}
FAULTS = {
    "server-busy": "server-busy",
    "server-error": "http-500-html",
    "broken-answer": "truncated-body",
    "mailbox-moved": "mailbox-moved",
    "no-mailbox": "non-existent-mailbox",
    "refused-password": "refused-password",
}


def entry_of(item: Item) -> Entry:
    """The item as the embedded Exchange keeps it."""
    return Entry(
        subject=item.subject,
        start=item.start,
        end=item.end,
        location=item.location,
        show_as=item.show_as.value,
        meeting={Kind.MEETING: True, Kind.APPOINTMENT: False}.get(item.kind),
        sensitivity="Private" if item.private else "Normal",
        all_day=item.all_day,
        cancelled=item.cancelled,
        response=RESPONSES[item.response],
        zone="Europe/Berlin",
    )


class ExchangeWorld:
    """A mailbox of the embedded Exchange, over HTTP and the worker process."""

    def __init__(self, exchange: Exchange, url: str, worker: ExchangeWorker, number: int) -> None:
        self._exchange = exchange
        self._keys: dict[str, str] = {}
        self.address = f"anna{number}@example.com"
        exchange.add_person(self.address, PASSWORD, zone="Europe/Berlin")
        clock = iter(range(10**9))
        self.session = ExchangeSession(
            Account(self.address, server=url),
            Passwords(),
            monotonic=lambda: float(next(clock)),
            worker=worker,
        )
        self.source: CalendarSource = ExchangeCalendar(self.session)

    def add(self, item: Item) -> str:
        return self._exchange.add_entry(self.address, entry_of(item)).key

    def change(self, item_id: str, item: Item) -> None:
        entry = entry_of(item)
        names = (
            "start",
            "end",
            "show_as",
            "meeting",
            "subject",
            "location",
            "sensitivity",
            "all_day",
            "cancelled",
        )
        self._exchange.change_entry(self.address, item_id, **{name: getattr(entry, name) for name in names})

    def remove(self, item_id: str) -> None:
        self._exchange.remove_entry(self.address, item_id)

    def reply(self, out_of_office: OutOfOffice | None) -> None:
        if out_of_office is None:
            settings = OofSettings(internal="Not sent")
        else:
            state = "Scheduled" if out_of_office.start else "Enabled"
            settings = OofSettings(
                state,
                start=out_of_office.start,
                end=out_of_office.end,
                internal=f"<html><body><p>{out_of_office.note}</p></body></html>",
                external="Other words",
            )
        self._exchange.set_oof(self.address, settings)

    def withhold_details(self) -> None:
        self._exchange.faults.set("details-missing", user=self.address)

    def fail(self, problem: str | None) -> None:
        if problem is None:
            self._exchange.faults.clear(self.address)
            self.session.password_entered()
        else:
            self._exchange.faults.set(FAULTS[problem], user=self.address)

    def add_series(self, item: Item, days: int) -> None:
        daily = Recurrence(Pattern("daily"), item.start.date(), count=days)
        self._exchange.add_entry(self.address, replace(entry_of(item), recurrence=daily))


class MailboxWorld(ExchangeWorld):
    """The same mailbox without the wire, as everybody else in the sample organisation reads it."""

    def __init__(self) -> None:
        self._exchange = Exchange(lambda: NOW)
        self.address = "anna@example.com"
        self._exchange.add_person(self.address, PASSWORD, zone="Europe/Berlin")
        self.calendar = MailboxCalendar(self._exchange, self.address)
        self.source = self.calendar

    def reply(self, out_of_office: OutOfOffice | None) -> None:
        super().reply(out_of_office)
        if out_of_office is not None:
            mailbox = self._exchange.store.mailbox(self.address)
            assert mailbox is not None
            self._exchange.set_oof(self.address, replace(mailbox.oof, internal=out_of_office.note))

    def withhold_details(self) -> None:
        self.calendar.details = False

    def fail(self, problem: str | None) -> None:
        self.calendar.fault = Problem.of(problem) if problem else None
        self.calendar.back_off = BUSY_FOR if problem == "server-busy" else None


MakeExchange = Callable[[], ExchangeWorld]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange_worlds() -> AsyncIterator[MakeExchange]:
    numbers = count(1)
    with checked_exchange(lambda: NOW) as exchange:
        url = exchange.start(schemes=("Basic",))
        async with warm_worker() as worker:
            yield lambda: ExchangeWorld(exchange, url, worker, next(numbers))


WORLDS: dict[str, Callable[[MakeExchange], World]] = {
    "memory": lambda _: MemoryWorld(),
    "mailbox": lambda _: MailboxWorld(),
    "exchange": lambda make: make(),
}


@pytest_asyncio.fixture(params=list(WORLDS), loop_scope="module")
async def world(request: pytest.FixtureRequest, exchange_worlds: MakeExchange) -> AsyncIterator[World]:
    world = WORLDS[request.param](exchange_worlds)
    yield world
    await world.source.close()


def item(start: timedelta = HOUR, length: timedelta = HOUR, **fields: object) -> Item:
    """An appointment relative to NOW, with times to the minute as Exchange keeps them."""
    begin = NOW + start
    return replace(Item(begin, begin + length, subject="Budget", location="Room 1"), **fields)  # type: ignore[arg-type]


def bare(items: tuple[Item, ...]) -> list[Item]:
    """Items without what the server gives them."""
    return [replace(i, id="", change_key="") for i in items]


async def items_of(world: World, window: Window = WINDOW) -> list[Item]:
    return bare((await world.source.fetch(window, SOON)).items)


async def test_an_empty_calendar_is_an_answer(world: World) -> None:
    answer = await world.source.fetch(WINDOW, SOON)
    assert (answer.items, answer.out_of_office, answer.details, answer.limits) == ((), None, True, ())


@pytest.mark.parametrize(("show_as", "kind"), list(product(ShowAs, KNOWN)))
async def test_each_show_as_and_kind_comes_as_it_is(world: World, show_as: ShowAs, kind: Kind) -> None:
    made = item(show_as=show_as, kind=kind)
    world.add(made)
    assert await items_of(world) == [made]


@pytest.mark.parametrize(
    "fields",
    [
        {"private": True},
        {"cancelled": True},
        {"kind": Kind.MEETING, "response": Response.DECLINED},
        {"kind": Kind.MEETING, "response": Response.TENTATIVE},
        {"kind": Kind.MEETING, "response": Response.ORGANIZER},
        {"kind": Kind.MEETING, "response": Response.NONE},
        {"subject": "", "location": ""},
        {"subject": "<b>&amp; ü 漢字 🎉</b>", "location": '"R\'2" \\ /'},
        {"subject": "x" * 255},
    ],
)
async def test_every_field_comes_as_it_is(world: World, fields: dict[str, object]) -> None:
    made = replace(item(), **fields)  # type: ignore[arg-type]
    world.add(made)
    assert await items_of(world) == [made]


async def test_all_day_items_keep_the_instants_of_their_midnights(world: World) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    made = replace(
        item(all_day=True),
        start=datetime(2026, 3, 2, tzinfo=berlin).astimezone(UTC),
        end=datetime(2026, 3, 3, tzinfo=berlin).astimezone(UTC),
    )
    world.add(made)
    assert await items_of(world) == [made]


EDGES = {
    "ends before": (WINDOW.start - 2 * HOUR, WINDOW.start - HOUR, False),
    "ends at the start": (WINDOW.start - HOUR, WINDOW.start, False),
    "reaches in": (WINDOW.start - HOUR, WINDOW.start + timedelta(minutes=1), True),
    "spans": (WINDOW.start - DAY, WINDOW.end + DAY, True),
    "starts at the start": (WINDOW.start, WINDOW.start + HOUR, True),
    "no length, inside": (NOW, NOW, True),
    "no length, at the start": (WINDOW.start, WINDOW.start, True),
    "no length, at the end": (WINDOW.end, WINDOW.end, False),
    "reaches out": (WINDOW.end - timedelta(minutes=1), WINDOW.end + HOUR, True),
    "starts at the end": (WINDOW.end, WINDOW.end + HOUR, False),
}


@pytest.mark.parametrize("edge", EDGES)
async def test_a_window_holds_what_overlaps_it(world: World, edge: str) -> None:
    start, end, inside = EDGES[edge]
    made = replace(item(), start=start, end=end)
    world.add(made)
    assert await items_of(world) == ([made] if inside else [])


async def test_items_come_by_start_then_end(world: World) -> None:
    made = [item(3 * HOUR), item(HOUR, 2 * HOUR), item(HOUR, HOUR), item(-2 * HOUR, 6 * HOUR)]
    for one in made:
        world.add(one)
    assert await items_of(world) == sorted(made, key=lambda i: (i.start, i.end))


async def test_the_zone_in_which_a_window_is_given_does_not_matter(world: World) -> None:
    world.add(item())
    kiritimati = ZoneInfo("Pacific/Kiritimati")
    moved = Window(WINDOW.start.astimezone(kiritimati), WINDOW.end.astimezone(kiritimati))
    assert await items_of(world, moved) == await items_of(world)


async def test_what_is_added_changed_and_removed_shows_at_the_next_fetch(world: World) -> None:
    key = world.add(item())
    [before] = (await world.source.fetch(WINDOW, SOON)).items
    changed = item(2 * HOUR, kind=Kind.MEETING, subject="Plans")
    world.change(key, changed)
    [after] = (await world.source.fetch(WINDOW, SOON)).items
    assert bare((after,)) == [replace(changed, response=after.response)]
    assert before.id == after.id != ""
    assert before.change_key != after.change_key != ""
    world.remove(key)
    assert await items_of(world) == []


async def test_two_items_that_are_alike_are_two(world: World) -> None:
    world.add(item())
    world.add(item())
    first, second = (await world.source.fetch(WINDOW, SOON)).items
    assert first.id != second.id


@pytest.mark.parametrize(
    "reply",
    [
        OutOfOffice("Back on Monday & well"),
        OutOfOffice("On holiday", NOW - DAY, NOW + 3 * DAY),
        OutOfOffice("", NOW + DAY, NOW + 2 * DAY),
    ],
)
async def test_automatic_replies_come_with_their_times_and_plain_words(
    world: World, reply: OutOfOffice
) -> None:
    world.reply(reply)
    assert (await world.source.fetch(WINDOW, SOON)).out_of_office == reply
    world.reply(None)
    assert (await world.source.fetch(WINDOW, SOON)).out_of_office is None


async def test_withheld_details_make_kinds_unknown_and_are_said(world: World) -> None:
    world.add(item(kind=Kind.MEETING))
    world.add(item(2 * HOUR, private=True, show_as=ShowAs.OOF))
    world.withhold_details()
    answer = await world.source.fetch(WINDOW, SOON)
    expected = [
        item(kind=Kind.UNKNOWN, subject="", location=""),
        item(2 * HOUR, private=True, show_as=ShowAs.OOF, kind=Kind.UNKNOWN, subject="", location=""),
    ]
    assert bare(answer.items) == expected
    assert answer.details is False


async def test_private_items_without_a_kind_are_no_missing_details(world: World) -> None:
    world.add(item(private=True))
    world.withhold_details()
    assert (await world.source.fetch(WINDOW, SOON)).details is True


async def test_one_item_without_its_kind_is_enough(world: World) -> None:
    world.add(item(kind=Kind.MEETING))
    world.add(item(2 * HOUR, kind=Kind.UNKNOWN))
    answer = await world.source.fetch(WINDOW, SOON)
    assert [i.kind for i in answer.items] == [Kind.MEETING, Kind.UNKNOWN]
    assert answer.details is False


@pytest.mark.parametrize("problem", FAULTS)
async def test_a_failure_is_a_problem_never_an_empty_answer_and_passes(world: World, problem: str) -> None:
    world.add(item())
    world.fail(problem)
    with pytest.raises(ProblemError) as caught:
        await world.source.fetch(WINDOW, SOON)
    assert caught.value.problem.name == problem
    assert caught.value.back_off == (BUSY_FOR if problem == "server-busy" else None)
    world.fail(None)
    assert await items_of(world) == [item()]


async def fetched(world: World) -> tuple[Item, ...]:
    return (await world.source.fetch(WINDOW, SOON)).items


def shown(items: tuple[Item, ...]) -> list[tuple[ShowAs, Recurring]]:
    return [(i.show_as, i.recurring) for i in items]


async def write(world: World, found: Item, show_as: ShowAs, *, series: bool = False) -> Written:
    return await world.source.change_show_as(ItemKey(found.id, found.change_key), show_as, series=series)


async def refused(world: World, found: Item, *, series: bool = False) -> str:
    """The name of the problem with which a write ends."""
    with pytest.raises(ProblemError) as caught:
        await write(world, found, ShowAs.FREE, series=series)
    return caught.value.problem.name


@pytest.mark.parametrize("show_as", [one for one in ShowAs if one is not ShowAs.NO_DATA])
async def test_a_show_as_is_written_and_leaves_everything_else(world: World, show_as: ShowAs) -> None:
    made = item(kind=Kind.MEETING, private=True, response=Response.ACCEPTED)
    world.add(made)
    world.add(item(2 * HOUR))
    before, other = await fetched(world)
    written = await write(world, before, show_as)
    after, same = await fetched(world)
    assert after == replace(before, show_as=show_as, change_key=written.key.change_key)
    assert written.key.id == before.id
    assert written.key.change_key != before.change_key
    assert same == other


async def test_the_key_of_a_write_is_good_for_the_next_one(world: World) -> None:
    world.add(item())
    [before] = await fetched(world)
    written = await write(world, before, ShowAs.FREE)
    again = await world.source.change_show_as(written.key, ShowAs.OOF)
    assert shown(await fetched(world)) == [(ShowAs.OOF, Recurring.NO)]
    assert again.key != written.key


async def test_nobodys_change_is_written_over(world: World) -> None:
    key = world.add(item())
    [before] = await fetched(world)
    world.change(key, item(show_as=ShowAs.TENTATIVE))
    assert await refused(world, before) == "item-changed"
    assert shown(await fetched(world)) == [(ShowAs.TENTATIVE, Recurring.NO)]


async def test_an_item_that_is_gone_is_told(world: World) -> None:
    key = world.add(item())
    [before] = await fetched(world)
    world.remove(key)
    assert await refused(world, before) == "item-gone"


async def test_a_write_whose_answer_is_damaged_was_done_and_a_fetch_tells(
    exchange_worlds: MakeExchange,
) -> None:
    real = exchange_worlds()
    real.add(item())
    [before] = await fetched(real)
    real.fail("broken-answer")
    assert await refused(real, before) == "broken-answer"
    real.fail(None)
    assert shown(await fetched(real)) == [(ShowAs.FREE, Recurring.NO)]
    await real.source.close()


@pytest.mark.parametrize("problem", [problem for problem in FAULTS if problem != "broken-answer"])
async def test_what_fails_a_check_fails_a_write_and_nothing_is_written(world: World, problem: str) -> None:
    world.add(item())
    [before] = await fetched(world)
    world.fail(problem)
    assert await refused(world, before) == problem
    world.fail(None)
    assert await fetched(world) == (before,)


async def test_one_occurrence_is_written_alone(world: World) -> None:
    world.add_series(item(), 3)
    before = await fetched(world)
    assert shown(before) == [(ShowAs.BUSY, Recurring.OCCURRENCE)] * 3
    assert len({one.series for one in before}) == 1
    assert before[0].series != ""
    written = await write(world, before[1], ShowAs.FREE)
    after = await fetched(world)
    plain = (ShowAs.BUSY, Recurring.OCCURRENCE)
    assert shown(after) == [plain, (ShowAs.FREE, Recurring.EXCEPTION), plain]
    assert ItemKey(after[1].id, after[1].change_key) == written.key
    assert [one.series for one in after] == [one.series for one in before]


async def test_a_whole_series_is_written_and_its_master_tells_what_was_before(world: World) -> None:
    world.add_series(item(), 4)
    found = await fetched(world)
    await write(world, found[3], ShowAs.TENTATIVE)
    found = await fetched(world)
    written = await write(world, found[1], ShowAs.FREE, series=True)
    assert written.former is ShowAs.BUSY
    plain, alone = (ShowAs.FREE, Recurring.OCCURRENCE), (ShowAs.TENTATIVE, Recurring.EXCEPTION)
    assert shown(await fetched(world)) == [plain, plain, plain, alone]
    back = await world.source.change_show_as(written.key, ShowAs.BUSY)
    assert shown(await fetched(world))[:3] == [(ShowAs.BUSY, Recurring.OCCURRENCE)] * 3
    assert back.key.id == written.key.id


async def test_a_series_is_left_alone_when_the_occurrence_is_not_as_it_was(world: World) -> None:
    world.add_series(item(), 3)
    seen = await fetched(world)
    await write(world, seen[0], ShowAs.OOF)
    assert await refused(world, seen[0], series=True) == "item-changed"
    assert [one.show_as for one in await fetched(world)] == [ShowAs.OOF, ShowAs.BUSY, ShowAs.BUSY]


async def test_a_series_that_changed_since_its_key_was_given_is_left_alone(world: World) -> None:
    world.add_series(item(), 3)
    seen = await fetched(world)
    written = await write(world, seen[0], ShowAs.FREE, series=True)
    await write(world, (await fetched(world))[1], ShowAs.OOF)
    with pytest.raises(ProblemError) as caught:
        await world.source.change_show_as(written.key, ShowAs.BUSY)
    assert caught.value.problem.name == "item-changed"
    assert [one.show_as for one in await fetched(world)] == [ShowAs.FREE, ShowAs.OOF, ShowAs.FREE]


async def test_closing_twice_does_no_harm(world: World) -> None:
    await world.source.close()
    await world.source.close()


def anything(dice: random.Random) -> Item:
    """Any item near the window."""
    start = timedelta(minutes=dice.randrange(-3 * 1440, 6 * 1440, 5))
    return item(
        start,
        timedelta(minutes=dice.choice([0, 5, 30, 60, 1440, 5 * 1440])),
        show_as=dice.choice(list(ShowAs)),
        kind=dice.choice(list(Kind)),
        subject=dice.choice(["", "Budget", "Plans"]),
        private=dice.random() < 0.2,
        cancelled=dice.random() < 0.1,
        response=dice.choice(list(Response)),
    )


async def test_twin_and_exchange_answer_the_same(exchange_worlds: MakeExchange) -> None:
    dice = random.Random(7)
    twin, real = MemoryWorld(), exchange_worlds()
    for _ in range(150):
        made = anything(dice)
        twin.add(made)
        real.add(made)

    def as_set(items: tuple[Item, ...]) -> list[str]:
        return sorted(map(repr, bare(items)))

    for hours in (1, 7, 24, 120):
        window = Window(NOW, NOW + hours * HOUR)
        mine, theirs = await twin.source.fetch(window, SOON), await real.source.fetch(window, SOON)
        assert as_set(mine.items) == as_set(theirs.items)
        assert mine.details == theirs.details
    await real.source.close()


async def test_a_mailbox_whose_calendar_may_not_be_opened_is_read_by_its_free_busy(
    exchange_worlds: MakeExchange,
) -> None:
    real = exchange_worlds()
    made = item(kind=Kind.MEETING)
    real.add(made)
    real.add(item(2 * HOUR, private=True))
    real._exchange.faults.set("find-item-denied", user=real.address)
    answer = await real.source.fetch(WINDOW, SOON)
    meeting, private = answer.items
    assert bare((meeting,)) == [replace(made, response=Response.NONE)]
    assert (private.private, private.show_as) == (True, ShowAs.BUSY)
    assert answer.details is True
    assert answer.limits == ("The calendar may not be opened; its free/busy information is used.",)
    await real.source.close()


async def test_working_hours_are_asked_for_until_they_came(exchange_worlds: MakeExchange) -> None:
    real = exchange_worlds()
    source = ExchangeCalendar(real.session, working_hours=True)
    answers = [await source.fetch(WINDOW, SOON) for _ in range(2)]
    assert [answer.requests for answer in answers] == [4, 2]  # one to learn how to sign in, one for the hours
    for answer in answers:
        assert answer.working_hours is not None
        assert answer.working_hours.zone == "Europe/Berlin"
    await source.close()
