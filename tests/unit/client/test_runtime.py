"""The runtime of one client: in order, on time, and nothing left behind, whatever its neighbours do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import pytest

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.asking import Asking
from lyncdesk.client.options import Options
from lyncdesk.client.ports import (
    CalendarAnswer,
    ContactsAnswer,
    ContactsAsked,
    ItemKey,
    ProblemError,
    RightNotGivenError,
    Window,
    Written,
)
from lyncdesk.client.problems import Problem
from lyncdesk.client.runtime import Runtime
from lyncdesk.client.state import ContactReading, State
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.items import Item, ShowAs
from lyncdesk.presence.publication import Profile, Publication, Seen
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.rights import Level, Right, Rights
from lyncdesk.presence.states import ManualStatus, Presence
from lyncdesk.simulation.clock import VirtualClock
from tests.unit.client.driving import ADDRESS, PROFILE, meeting, options
from tests.unit.strategies import MINUTE, NOW, at

BEN, EVA = "ben@litware.example", "eva@litware.example"


class HandClock:
    """A clock whose time the test moves."""

    def __init__(self) -> None:
        self.time = NOW
        self.waiting: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self.time

    async def wait_until(self, moment: datetime) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((moment, future))
        try:
            await future
        finally:
            self.waiting = [entry for entry in self.waiting if entry[1] is not future]

    async def to(self, minutes: float) -> None:
        """Move time, and let everything that is due happen at its own moment."""
        end = at(minutes)
        await settled()
        while (wake := min((moment for moment, _ in self.waiting), default=None)) is not None and wake <= end:
            self.time = max(self.time, wake)
            for moment, future in self.waiting:
                if moment <= self.time and not future.done():
                    future.set_result(None)
            await settled()
        self.time = end


class Source:
    """A calendar; ``gate`` holds answers back, ``fault`` is raised."""

    def __init__(self, *items: Item) -> None:
        self.items = items
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Exception | None = None
        self.asked: list[Window] = []
        self.written: list[tuple[ItemKey, ShowAs, bool]] = []
        self.cancelled = 0
        self.done = 0  # writes

    async def fetch(self, window: Window, next_due_in: timedelta | None = None) -> CalendarAnswer:
        self.asked.append(window)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.fault is not None:
            raise self.fault
        return CalendarAnswer(self.items)

    async def change_show_as(self, key: ItemKey, show_as: ShowAs, *, series: bool = False) -> Written:
        self.written.append((key, show_as, series))
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.done += 1
        return Written(ItemKey(key.id, "k2"))

    async def close(self) -> None:
        pass


class Pool:
    """Remembers what it was asked, in order; ``gate`` makes publishing slow."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Exception | None = None
        self.unknown: set[str] = set()
        self.on_seen: Callable[[Seen], None] = lambda _: None

    async def sign_in(self, address: str, on_seen: Callable[[Seen], None]) -> None:
        self.on_seen = on_seen
        self.log.append(f"in {address}")

    async def publish(self, publication: Publication, gives: Mapping[str, Relationship]) -> None:
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.log.append(publication.presence.text)

    async def add_contact(self, address: str) -> None:
        if address in self.unknown:
            raise ProblemError(Problem.of("unknown-contact", address=address))
        self.log.append(f"add {address}")

    async def follow(self, addresses: Iterable[str]) -> tuple[Problem, ...]:
        found: list[Problem] = []
        for address in addresses:
            try:
                await self.add_contact(address)
            except ProblemError as error:
                found.append(error.problem)
        return tuple(found)

    async def remove_contact(self, address: str) -> None:
        raise AssertionError("the runtime removes nobody")

    async def search(self, text: str) -> tuple[Seen, ...]:
        raise AssertionError("the runtime searches nobody")

    async def sign_out(self) -> None:
        self.log.append("out")
        if self.fault is not None:
            raise self.fault


AS_THEY_ARE = Rights(people={BEN: Right(Level.REVIEWER)})


class Contacts:
    """Where contacts are asked for; writes what it is asked into the pool's log."""

    def __init__(self, log: list[str]) -> None:
        self.log = log

    async def read(self, asked: ContactsAsked) -> ContactsAnswer:
        self.log.append("read")
        return ContactsAnswer()

    async def give(self, address: str, right: Right | None, expected: Right | None) -> Rights:
        raise RightNotGivenError(Problem.of("right-changed"), MINUTE, AS_THEY_ARE)

    def forget(self) -> None:
        self.log.append("forget")

    def clock_set(self) -> None:
        self.log.append("reckon")


class World:
    """A runtime with everything around it."""

    def __init__(self, *items: Item, asks: bool = False, **fields: Any) -> None:
        self.clock, self.source, self.pool = HandClock(), Source(*items), Pool()
        self.states: list[State] = []
        self.written: list[tuple[Options, Manual | None]] = []
        self.held: list[str] = []
        self.runtime = Runtime(
            State(PROFILE, options(**fields), reading=ContactReading(used=asks)),
            self.source,
            self.pool,
            self.clock,
            lambda chosen, manual: self.written.append((chosen, manual)),
            self.states.append,
            self.hold,
            Contacts(self.pool.log) if asks else None,
        )

    @contextmanager
    def hold(self) -> Iterator[None]:
        self.held.append("held")
        yield
        self.held.append(self.state.calendar.health.value)

    @property
    def state(self) -> State:
        return self.runtime.state

    async def do(self, *events: ev.Event) -> None:
        for event in events:
            self.runtime.post(event)
        await settled()


async def settled() -> None:
    """Let the loop go round until all that can happen without time has happened."""
    for _ in range(12):
        await asyncio.sleep(0)


@asynccontextmanager
async def world(*items: Item, **fields: Any) -> Any:
    made = World(*items, **fields)
    made.runtime.start()
    try:
        yield made
    finally:
        await made.runtime.stop()


async def test_contacts_are_asked_for_once_the_pool_is_joined_and_it_hears_what_makes_them_old() -> None:
    async with world(asks=True, contacts=(BEN,)) as one:
        one.pool.gate.clear()
        await one.do(ev.SignIn())
        assert one.pool.log == [f"in {ADDRESS}", f"add {BEN}"]
        one.pool.gate.set()
        await settled()
        assert one.pool.log[-1] == "read"
        await one.do(ev.Jolted("clock-jumped"))
        assert [said for said in one.pool.log if said in {"reckon", "read"}] == ["read", "reckon", "read"]
        await one.do(ev.OptionsChanged(options(contacts=(BEN,), use_exchange=False)))
        assert "forget" in one.pool.log


async def test_a_permission_that_was_not_given_is_told_with_those_that_hold() -> None:
    one = World(asks=True)
    asking = Asking(one.source, Contacts([]), settled, lambda: True)
    answer = await asking.answer(ef.GiveRight(7, BEN, None, None))
    assert answer == ev.RightNotGiven(7, Problem.of("right-changed"), MINUTE, AS_THEY_ARE)


async def test_events_are_applied_in_order_and_every_state_is_shown() -> None:
    async with world() as one:
        await one.do(*(ev.NoteWritten(str(number)) for number in range(5)))
        assert [state.options.note for state in one.states] == ["0", "1", "2", "3", "4"]
        assert [chosen.note for chosen, _ in one.written] == ["0", "1", "2", "3", "4"]


async def test_what_is_posted_before_the_start_is_applied_after_it() -> None:
    one = World()
    one.runtime.post(ev.SignIn())
    await settled()
    assert not one.state.signed_in
    one.runtime.start()
    one.runtime.start()
    await one.runtime.drained()
    assert (one.state.signed_in, len(one.source.asked)) == (True, 1)
    await one.runtime.stop()


async def test_known_items_and_checks_come_at_their_own_moments_without_an_event() -> None:
    async with world(meeting(10, 20)) as one:
        await one.do(ev.SignIn())
        await one.clock.to(60)
        assert one.pool.log[1:] == [
            "Available",
            "Available",
            "In a meeting",
            "Available",
            "Available",
            "Available",
        ]
        assert len(one.source.asked) == 3
        assert one.state.calendar.as_of == at(60)


async def test_an_earlier_moment_takes_the_place_of_a_later_one_that_was_awaited() -> None:
    async with world() as one:
        await one.do(ev.SignIn())
        await one.do(ev.SetStatus(ManualStatus.BUSY, at(3)))
        assert [moment for moment, _ in one.clock.waiting] == [at(3)]
        await one.clock.to(3)
        assert (one.state.manual, one.pool.log[-1]) == (None, "Available")


async def test_a_publication_never_overtakes_an_older_one_nor_signing_in_or_out() -> None:
    async with world(contacts=(BEN, EVA)) as one:
        one.pool.gate.clear()
        await one.do(ev.SignIn(), ev.SetStatus(ManualStatus.BUSY), ev.SetStatus(ManualStatus.BE_RIGHT_BACK))
        await one.do(ev.SignOut(), ev.SignIn())
        assert one.pool.log == [f"in {ADDRESS}", f"add {BEN}", f"add {EVA}"]
        one.pool.gate.set()
        await one.runtime.drained()
        joins = [f"in {ADDRESS}", f"add {BEN}", f"add {EVA}"]
        told = [text for text, _ in groupby(one.pool.log)]
        assert told == [*joins, "Available", "Busy", "Be right back", "out", *joins, "Be right back"]


async def test_news_of_contacts_reach_the_state() -> None:
    async with world(contacts=(BEN,)) as one:
        await one.do(ev.SignIn())
        ben = Seen(Profile(BEN), Presence(6500))
        one.pool.on_seen(ben)
        await settled()
        assert one.state.contacts == {BEN: ben}


async def test_a_contact_whom_nobody_knows_is_told_and_does_not_cost_the_others() -> None:
    async with world(contacts=(BEN, EVA)) as one:
        one.pool.unknown = {BEN}
        await one.do(ev.SignIn())
        assert one.pool.log[:2] == [f"in {ADDRESS}", f"add {EVA}"]
        assert one.state.problems == (Problem.of("unknown-contact", address=BEN),)


async def test_a_problem_of_the_pool_is_told_until_publishing_goes_well_again() -> None:
    async with world() as one:
        await one.do(ev.SignIn())
        one.pool.fault = ProblemError(Problem.of("timed-out"))
        await one.do(ev.SetStatus(ManualStatus.BUSY))
        assert [problem.name for problem in one.state.problems] == ["timed-out"]
        one.pool.fault = None
        await one.do(ev.SetStatus(ManualStatus.BE_RIGHT_BACK))
        assert (one.state.problems, one.pool.log[-1]) == ((), "Be right back")


@pytest.mark.expect_logs("could not hand to the pool Publish: RuntimeError at test_runtime.py")
async def test_a_pool_that_breaks_does_not_end_the_client() -> None:
    async with world() as one:
        await one.do(ev.SignIn())
        one.pool.fault = RuntimeError("Secret-Subject")
        await one.do(ev.SetStatus(ManualStatus.BUSY))
        one.pool.fault = None
        await one.do(ev.SetStatus(ManualStatus.BE_RIGHT_BACK))
        assert one.pool.log[-1] == "Be right back"


async def test_a_check_that_fails_is_told_with_the_servers_wish_and_tried_again() -> None:
    async with world(meeting(-5, 60)) as one:
        one.source.fault = ProblemError(Problem.of("server-busy"), 7 * MINUTE)
        await one.do(ev.SignIn())
        assert one.state.calendar.problem == Problem.of("server-busy")
        one.source.fault = None
        await one.clock.to(6.9)
        assert len(one.source.asked) == 1
        await one.clock.to(7)
        assert (len(one.source.asked), one.pool.log[-1]) == (2, "In a meeting")


@pytest.mark.expect_logs("a calendar check ended in an unexpected error: KeyError at test_runtime.py")
async def test_an_adapters_mistake_is_a_failed_check_whose_own_words_are_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with world() as one:
        one.source.fault = KeyError("Secret-Subject")
        await one.do(ev.SignIn())
        assert one.state.calendar.problem == Problem.of("worker-failed", code="unexpected error")
        assert one.state.calendar.next_check == at(1)
        assert "Secret" not in caplog.text


BUDGET = meeting(-5, 60, id="budget", change_key="k1")
FREE = ev.ShowAsPicked("budget", ShowAs.FREE)


async def test_a_picked_show_as_goes_to_the_source_and_what_it_left_comes_back_while_time_is_held() -> None:
    async with world(BUDGET) as one:
        await one.do(ev.SignIn())
        one.source.gate.clear()
        await one.do(FREE)
        assert (one.pool.log[-1], one.held) == ("Available", ["held", "ok", "held"])
        one.source.gate.set()
        await settled()
        assert one.source.written == [(ItemKey("budget", "k1"), ShowAs.FREE, False)]
        assert [item.change_key for item in one.state.calendar.items] == ["k2"]
        assert one.held == ["held", "ok", "held", "ok"]
        assert len(one.source.asked) == 1


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (ProblemError(Problem.of("item-changed")), Problem.of("item-changed")),
        pytest.param(
            KeyError("Secret-Subject"),
            Problem.of("worker-failed", code="unexpected error"),
            marks=pytest.mark.expect_logs(
                "a (change of the calendar|calendar check) ended in an unexpected error: KeyError"
            ),
        ),
    ],
)
async def test_a_show_as_that_cannot_be_written_is_put_back_and_told(
    fault: Exception, problem: Problem, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(BUDGET) as one:
        await one.do(ev.SignIn())
        one.source.fault = fault
        one.source.gate.clear()
        await one.do(FREE)
        assert one.pool.log[-1] == "Available"
        one.source.gate.set()
        await settled()
        assert one.pool.log[-1] == "In a meeting"
        failed = one.state.calendar.not_written
        assert failed is not None
        assert (failed.problem, len(one.source.asked)) == (problem, 2)
        assert "Secret" not in caplog.text


async def test_another_source_is_asked_from_the_next_check_on() -> None:
    async with world(meeting(-5, 60)) as one:
        await one.do(ev.SignIn())
        other = Source()
        assert one.runtime.use_source(other) is one.source
        await one.do(ev.CheckNow())
        assert (len(one.source.asked), len(other.asked), one.state.calendar.items) == (1, 1, ())


async def test_time_is_held_from_the_question_until_the_answer_has_been_applied() -> None:
    async with world() as one:
        one.source.gate.clear()
        await one.do(ev.SignIn())
        assert one.held == ["held"]
        one.source.gate.set()
        await settled()
        assert one.held == ["held", "ok"]


async def test_time_is_given_back_when_a_check_ends_before_it_began() -> None:
    one = World()
    one.runtime.start()
    one.runtime.post(ev.SignIn())
    for _ in range(12):
        if not one.held:
            await asyncio.sleep(0)
    await one.runtime.stop()
    assert (one.held, one.source.asked) == (["held", "starting"], [])


async def test_stopping_cancels_what_is_in_flight_withdraws_and_calls_nobody_afterwards() -> None:
    one = World(contacts=(BEN,))
    one.runtime.start()
    one.source.gate.clear()
    await one.do(ev.SignIn())
    before = asyncio.all_tasks()
    assert len(before) > 1
    await one.runtime.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert (one.source.cancelled, one.pool.log[-1], len(one.held)) == (1, "out", 2)
    shown, log = len(one.states), list(one.pool.log)
    one.runtime.post(ev.SetStatus(ManualStatus.BUSY))
    one.pool.on_seen(Seen(Profile(BEN), Presence(6500)))
    await one.clock.to(90)
    await one.runtime.stop()
    assert (len(one.states), one.pool.log) == (shown, log)


async def test_what_is_being_written_is_written_before_the_program_ends() -> None:
    item = meeting(0, 60, id="i", change_key="k1")
    one = World(item)
    one.runtime.start()
    await one.do(ev.SignIn())
    one.source.gate.clear()
    one.runtime.post(ev.ShowAsPicked("i", ShowAs.FREE))
    await settled()
    stopping = asyncio.create_task(one.runtime.stop())
    await settled()
    assert (one.source.done, stopping.done()) == (0, False)
    one.source.gate.set()
    await stopping
    assert one.source.done == 1


async def test_a_write_that_hangs_does_not_keep_the_program_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lyncdesk.client.runtime._LAST_WRITE", 0.01)
    one = World(meeting(0, 60, id="i", change_key="k1"))
    one.runtime.start()
    await one.do(ev.SignIn())
    one.source.gate.clear()
    one.runtime.post(ev.ShowAsPicked("i", ShowAs.FREE))
    await settled()
    await one.runtime.stop()
    assert (one.source.written[-1][0].id, one.source.done) == ("i", 0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_stopping_what_never_started_does_nothing() -> None:
    one = World()
    await one.runtime.stop()
    assert one.pool.log == []


async def test_a_pool_that_cannot_be_left_in_order_does_not_keep_the_program_from_ending() -> None:
    one = World()
    one.runtime.start()
    await one.do(ev.SignIn())
    one.pool.fault = ProblemError(Problem.of("timed-out"))
    await one.runtime.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.expect_logs("could not carry out Remember: OSError at test_runtime.py")
async def test_what_cannot_be_remembered_costs_neither_the_check_nor_the_publication() -> None:
    one = World(manual_expiry=30 * MINUTE)

    def full(_options: Options, _manual: Manual | None) -> None:
        raise OSError("no space left")

    one.runtime = Runtime(State(PROFILE, options()), one.source, one.pool, one.clock, full, one.states.append)
    one.runtime.start()
    await one.do(ev.SignIn(), ev.SetStatus(ManualStatus.BUSY, at(30)))
    await one.clock.to(30)
    assert (len(one.source.asked), one.pool.log[-1]) == (2, "Available")
    await one.runtime.stop()


@pytest.mark.expect_logs("could not show the state after SignIn: ZeroDivisionError at test_runtime.py")
async def test_a_surface_that_breaks_does_not_stop_the_client() -> None:
    one = World()

    def broken(state: State) -> None:
        one.states.append(state)
        if len(one.states) == 1:
            _ = 1 // 0

    one.runtime = Runtime(State(PROFILE, options()), one.source, one.pool, one.clock, on_state=broken)
    one.runtime.start()
    await one.do(ev.SignIn())
    await one.clock.to(30)
    assert len(one.source.asked) == 2
    await one.runtime.stop()


@pytest.mark.expect_logs("could not apply Surprise: KeyError at engine.py")
async def test_an_event_that_cannot_be_applied_does_not_end_the_client() -> None:
    class Surprise:
        pass

    async with world() as one:
        await one.do(ev.SignIn())
        one.runtime.post(Surprise())
        await one.clock.to(30)
        assert len(one.source.asked) == 2


async def test_a_day_of_virtual_time_runs_with_every_check_at_its_own_minute() -> None:
    clock = VirtualClock(NOW, monotonic=lambda: 0.0, speed=0)
    one = World(meeting(600, 660))
    one.runtime = Runtime(State(PROFILE, options()), one.source, one.pool, clock, hold=clock.hold)
    running = asyncio.ensure_future(clock.run())
    one.runtime.start()
    one.runtime.post(ev.SignIn())
    await one.runtime.drained()
    await clock.jump(at(24 * 60))
    assert len(one.source.asked) == 49
    assert one.state.calendar.as_of == at(24 * 60)
    assert [text for text, _ in groupby(one.pool.log[1:])] == ["Available", "In a meeting", "Available"]
    await one.runtime.stop()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
