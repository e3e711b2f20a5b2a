"""What a running client keeps of what it shows, when it keeps it, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from itertools import pairwise

import pytest

from lyncdesk.calendars.memory import MemoryCalendar
from lyncdesk.client import events as ev
from lyncdesk.client.history import HEARTBEAT, Ended, Entry, Past, Span, timeline
from lyncdesk.client.live import LiveSession
from lyncdesk.client.options import Account
from lyncdesk.client.parts import Parts
from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.words import Words
from lyncdesk.machine.history_memory import MemoryHistory
from lyncdesk.machine.settings_store import MemorySettingsStore
from lyncdesk.pools.directory import Directory
from lyncdesk.pools.embedded import EmbeddedPool
from lyncdesk.presence.inputs import Machine
from lyncdesk.presence.items import Kind
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.states import ManualStatus
from tests.unit.client.driving import meeting
from tests.unit.session_parts import FixedClock, MemoryExchange
from tests.unit.strategies import NOW
from tests.waiting import until

ANNA, BEN = "anna@litware.example", "ben@litware.example"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Disk(MemoryHistory):
    """A history that can refuse, and tells how often it was made, closed and written to."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False
        self.closed = 0
        self.writes = 0
        self.aside: tuple[Problem, ...] = ()

    async def keep(self, account: str, entries: Sequence[Entry]) -> tuple[Problem, ...]:
        if self.full:
            raise ProblemError(
                Problem.of("history-not-kept", where="disk", what=Message.of("the disk is full"))
            )
        self.writes += 1
        await super().keep(account, entries)
        told, self.aside = self.aside, ()
        return told

    async def close(self) -> None:
        self.closed += 1


class Client:
    """A session over twins; ``beat`` lets a minute of its heart pass."""

    def __init__(self, settings: str = "keep_history = true") -> None:
        self.disk = Disk()
        self.opened = 0
        self.clock = FixedClock(NOW)
        self.calendar = MemoryCalendar()
        self.policy = Policy()
        self.hearts: asyncio.Queue[None] = asyncio.Queue()
        self.looks: asyncio.Queue[None] = asyncio.Queue()
        text = f'{settings}\n[account]\naddress = "{ANNA}"\nserver = "https://mail.litware.example/EWS"\n'
        self.session = LiveSession(
            Parts(
                store=MemorySettingsStore(text),
                read_policy=lambda: self.policy,
                credentials=MemoryExchange.no_credentials(),
                exchange=MemoryExchange(self.calendar),
                pool=EmbeddedPool(Directory(Profile(address) for address in (ANNA, BEN))),
                clock=self.clock,
                zone=lambda: "UTC",
                pool_name="embedded",
                wait=self._wait,
                history=self._make,
            )
        )

    def _make(self) -> Disk:
        self.opened += 1
        return self.disk

    async def _wait(self, seconds: float) -> None:
        await (self.hearts if seconds == HEARTBEAT.total_seconds() else self.looks).get()

    async def settle(self) -> None:
        """Everything that was posted is applied, and what is to be kept is."""
        await self.session.drained()
        await until(lambda: not self.session._recorder._waiting or self.disk.full, "everything kept")
        await self.session.drained()

    async def at(self, minutes: float, *events: ev.Event) -> None:
        self.clock.set(NOW + minutes * MINUTE)
        for event in events:
            self.session.post(event)
        await self.settle()

    async def beat(self, minutes: float) -> None:
        self.clock.set(NOW + minutes * MINUTE)
        self.hearts.put_nowait(None)
        await until(self.hearts.empty, "a heartbeat")
        await asyncio.sleep(0)
        await self.settle()

    async def kept(self, account: str = ANNA) -> Past:
        """What outlived a program that was killed now."""
        return await self.disk.read(account, NOW - 100 * DAY, NOW + 100 * DAY)

    async def spans(self, account: str = ANNA) -> list[tuple[float, float, str, str]]:
        return [told(span) for span in (await self.kept(account)).spans]

    @property
    def problems(self) -> list[str]:
        return [problem.name for problem in self.session.state.problems]


def told(span: Span) -> tuple[float, float, str, str]:
    return (
        (span.start - NOW) / MINUTE,
        (span.end - NOW) / MINUTE,
        span.shown.presence.text,
        span.ended.value,
    )


async def started(client: Client) -> Client:
    client.session.start(lambda _state: None)
    await client.settle()
    return client


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    running = Client()
    running.calendar.add(meeting(10, 20))
    yield await started(running)
    await running.session.stop()


async def test_by_itself_nothing_is_kept_and_no_place_for_it_is_made() -> None:
    client = await started(Client(""))
    await client.at(1, ev.SetStatus(ManualStatus.BUSY))
    await client.session.stop()
    assert (client.opened, client.disk.writes) == (0, 0)


async def test_each_change_is_kept_at_once_with_its_reasons(client: Client) -> None:
    await client.at(10, ev.Tick())
    await client.at(20, ev.Tick())
    past = await client.kept()
    assert [told(span) for span in past.spans[-3:]] == [
        (0, 10, "Available", ""),
        (10, 20, "In a meeting", ""),
        (20, 20, "Available", ""),
    ]
    shown = past.spans[-2].shown
    assert shown.item is not None
    assert (shown.item.subject, shown.item.kind) == ("Budget review", Kind.MEETING)
    assert any("Budget review" in Words()(reason.said) for reason in shown.reasons)


async def test_the_first_moment_before_signing_in_is_not_told_as_offline(client: Client) -> None:
    assert "Offline" not in {text for _, _, text, _ in await client.spans()}
    await client.at(5, ev.SignOut())
    assert (await client.spans())[-1] == (5, 5, "Offline", "")


async def test_what_does_not_change_is_not_kept_again_whatever_else_happens(client: Client) -> None:
    before = client.disk.writes
    for minute in range(1, 9):
        await client.at(minute, ev.MachineChanged(Machine("pc")), ev.NoteWritten(f"note {minute}"))
    assert len(await client.spans()) <= 2
    assert client.disk.writes - before <= 1


async def test_heartbeats_tell_how_long_it_lasted(client: Client) -> None:
    await client.beat(1)
    await client.beat(2)
    assert (await client.spans())[-1][:2] == (0, 2)
    # Killed now, started again an hour later: between them nobody says that anything was shown.
    past = await client.kept()
    later = timeline(past, NOW, NOW + 60 * MINUTE)
    assert [(s.start, s.shown is not None, s.at_most, s.why) for s in later[-2:]] == [
        (NOW + 2 * MINUTE, True, True, Ended.KILLED),
        (NOW + 2 * MINUTE + HEARTBEAT, False, False, Ended.KILLED),
    ]


async def test_the_end_of_the_program_is_kept(client: Client) -> None:
    client.clock.set(NOW + 7 * MINUTE)
    await client.session.stop()
    assert (await client.spans())[-1] == (0, 7, "Available", "exit")
    assert client.disk.closed == 1


async def test_switching_it_off_and_on_keeps_a_gap(client: Client) -> None:
    client.clock.set(NOW + 3 * MINUTE)
    await client.session.save_options({"keep_history": False})
    await client.settle()
    await until(lambda: client.disk.closed, "the place given back")
    await client.at(4, ev.SetStatus(ManualStatus.BUSY))
    await client.at(5, ev.SetStatus(ManualStatus.AVAILABLE))
    assert (await client.spans())[-1] == (0, 3, "Available", "off")
    client.clock.set(NOW + 6 * MINUTE)
    await client.session.save_options({"keep_history": True})
    await client.settle()
    assert (await client.spans())[-1] == (6, 6, "Available", "")
    assert client.opened == 2


async def test_the_administrator_can_forbid_it_and_order_it() -> None:
    client = Client()
    client.policy = parse_policy("KeepHistory = false", "policy.toml")
    await started(client)
    await client.at(1, ev.SetStatus(ManualStatus.BUSY))
    assert client.opened == 0
    client.policy = parse_policy("KeepHistory = true", "policy.toml")
    client.looks.put_nowait(None)
    await until(lambda: client.session.state.options.keep_history, "the policy")
    await client.settle()
    assert (await client.spans())[-1][2] == "Busy"
    await client.session.stop()


async def test_checks_are_kept_with_what_came_of_them(client: Client) -> None:
    client.calendar.fault = Problem.of("timed-out")
    await client.at(30, ev.Tick())
    await until(lambda: client.session.state.calendar.failures, "a failed check")
    await client.settle()
    client.calendar.fault = None
    await client.at(31, ev.Tick())
    await until(lambda: not client.session.state.calendar.failures, "a check")
    await client.settle()
    checks = (await client.kept()).checks
    assert [((check.first - NOW) / MINUTE, check.problem) for check in checks] == [
        (0, ""),
        (30, "timed-out"),
        (31, ""),
    ]


async def test_a_disk_that_takes_nothing_is_told_once_and_what_was_missed_comes_later(client: Client) -> None:
    client.disk.full = True
    await client.at(1, ev.SetStatus(ManualStatus.BUSY))
    await client.at(2, ev.SetStatus(ManualStatus.DO_NOT_DISTURB))
    await until(lambda: "history-not-kept" in client.problems, "the problem")
    assert client.problems.count("history-not-kept") == 1
    client.disk.full = False
    await client.beat(3)
    assert "history-not-kept" not in client.problems
    shown = [(start, text) for start, _, text, _ in await client.spans()]
    assert shown.index((1, "Busy")) < shown.index((2, "Do not disturb"))


async def test_who_switches_it_off_hears_no_more_of_a_disk_that_takes_nothing(client: Client) -> None:
    client.disk.full = True
    await client.at(1, ev.SetStatus(ManualStatus.BUSY))
    await until(lambda: "history-not-kept" in client.problems, "the problem")
    await client.session.save_options({"keep_history": False})
    await until(lambda: client.disk.closed, "the place given back")
    await client.session.drained()
    assert client.problems == []


async def test_a_file_that_was_put_aside_is_told(client: Client) -> None:
    client.disk.aside = (Problem.of("history-broken", where="f", what=Message.of("it is damaged"), kept="g"),)
    await client.at(1, ev.SetStatus(ManualStatus.BUSY))
    assert "history-broken" in client.problems
    assert await client.session.delete_history() is None
    await client.settle()
    assert "history-broken" not in client.problems


async def test_asking_for_the_past_includes_what_is_shown_now(client: Client) -> None:
    client.clock.set(NOW + 9 * MINUTE)
    past = await client.session.past(NOW - DAY, NOW + DAY)
    assert told(past.spans[-1])[:3] == (0, 9, "Available")


async def test_what_was_kept_can_be_asked_for_after_it_was_switched_off(client: Client) -> None:
    await client.session.save_options({"keep_history": False})
    await client.settle()
    await until(lambda: client.disk.closed, "the place given back")
    assert (await client.session.past(NOW - DAY, NOW + DAY)).spans
    assert client.disk.closed == client.opened == 2


async def test_deleting_while_it_is_kept_begins_anew(client: Client) -> None:
    await client.at(5, ev.SetStatus(ManualStatus.BUSY))
    client.clock.set(NOW + 6 * MINUTE)
    assert await client.session.delete_history() is None
    await client.settle()
    assert await client.spans() == [(6, 6, "Busy", "")]


async def test_forgetting_the_account_deletes_its_history_and_no_other(client: Client) -> None:
    await client.at(1, ev.SetStatus(ManualStatus.BUSY))
    other = Account(BEN, server="https://mail.litware.example/EWS")
    await client.session.save_account(other, None, keep=False)
    await client.settle()
    assert (await client.spans(ANNA))[-1][3] == "off"
    assert (await client.spans(BEN))[-1][2] == "Busy"
    await client.session.forget_account()
    await client.settle()
    assert await client.spans(BEN) == []
    assert len(await client.spans(ANNA)) > 0
    await client.at(9, ev.Tick())
    assert await client.spans(BEN) == []


async def test_a_clock_that_is_set_back_loses_nothing(client: Client) -> None:
    await client.at(10, ev.Tick())
    await client.beat(15)
    client.clock.set(NOW - 30 * MINUTE)
    await client.at(-30, ev.Jolted("clock-jumped"))
    await client.beat(-20)
    past = await client.kept()
    seen = timeline(past, NOW - 40 * MINUTE, NOW + 15 * MINUTE)
    texts = [(stretch.shown.presence.text if stretch.shown else "") for stretch in seen]
    assert texts[0] == ""
    assert "In a meeting" in texts
    assert all(a.end == b.start for a, b in pairwise(seen))


async def test_a_long_failure_keeps_what_came_last(client: Client) -> None:
    client.disk.full = True
    for minute in range(1200):
        status = ManualStatus.BUSY if minute % 2 else ManualStatus.DO_NOT_DISTURB
        client.clock.set(NOW + minute * MINUTE / 60)
        client.session.post(ev.SetStatus(status))
        await client.session.drained()
    client.disk.full = False
    await client.beat(1199.5 / 60)
    spans = await client.spans()
    assert 900 < len(spans) <= 1003
    # The last span is that the trouble was over.
    assert spans[-2][0] == pytest.approx(1199 / 60)


def test_the_heartbeat_is_seldom_enough_to_rest() -> None:
    """It wakes threads about four times; at rest the client may wake 0.2 times a second, for everything, and
    does so 0.11 times without a history.
    """
    assert 4 / HEARTBEAT.total_seconds() < 0.09
