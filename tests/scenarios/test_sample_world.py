"""The sample organisation alive: whole days, the signed-in person over real EWS, and the controls of time."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.live import LiveSession
from lyncdesk.client.ports import Window
from lyncdesk.client.reading import decision, stale
from lyncdesk.client.session import Simulation
from lyncdesk.client.state import State
from lyncdesk.presence.items import Item, Kind, calendar_at
from lyncdesk.presence.states import FREE_IN_CALENDAR, STATES, UNKNOWN, ManualStatus
from lyncdesk.simulation.demo import demo_headless
from lyncdesk.simulation.mailboxes import MailboxCalendar
from lyncdesk.simulation.organisation_file import sample_organisation
from lyncdesk.simulation.world import Length, World, beginning
from tests.real_time import RealTime
from tests.sample_world import BERLIN, HOUR, ME, MINUTE, NIGHT, WEDNESDAY, a_world, anna_in, at, living, parts


def shown(state: State, now: datetime) -> str:
    return decision(state, now).presence.text


# --- when one comes ---


@pytest.mark.parametrize(
    ("real", "begins"),
    [("06:59", "08:55"), ("07:00", "07:00"), ("17:59", "17:59"), ("18:00", "08:55"), ("00:00", "08:55")],
)
def test_one_comes_now_or_in_the_morning_of_the_same_day(real: str, begins: str) -> None:
    assert beginning(at(real).astimezone(UTC), "Europe/Berlin") == at(begins)


async def test_the_world_tells_which_time_it_chose() -> None:
    morning, night = a_world(at("09:30")), a_world(NIGHT)
    assert morning.begins == at("09:30")
    assert "as it is now" in morning.opening.template
    assert "at night" in night.opening.template
    assert dict(night.opening.values)["time"] == at("08:55")


async def test_when_one_comes_everybody_has_lived_for_a_while() -> None:
    async with living(a_world()) as world:
        now = world.clock.now()
        assert now == at("08:55")
        states = world.states()
        signed_in = [state for state in states.values() if state.signed_in]
        assert len(signed_in) >= 12
        assert all(state.calendar.as_of is not None for state in signed_in)
        assert len({state.calendar.next_check for state in signed_in}) >= 10
        assert len({shown(state, now) for state in states.values()}) >= 5
        assert [state.profile.name for state in signed_in if stale(state, now)] == ["Farah Haddad"]


# --- a whole day ---


async def test_in_a_day_every_state_is_seen_by_the_signed_in_person_and_every_cell_is_lived_through() -> None:
    seen: set[str] = set()
    cells: set[tuple[str, str]] = set()
    async with living(a_world()) as world:

        def look(_address: str, state: State) -> None:
            now = world.clock.now()
            seen.add(world.directory.seen(state.profile.address, world.profile.address).presence.text)
            if state.signed_in:
                running = calendar_at(state.calendar.items, now).running
                cells.update((item.counts_as.value, item.kind.value) for item in running)

        world.on_state(look)
        await world.jump(world.begins + 24 * HOUR)
        assert world.clock.now() == world.begins + 24 * HOUR
        look_again = {
            world.directory.seen(address, world.profile.address).presence.text for address in world.states()
        }
    unseen = {row.text for row in STATES if row.availability != UNKNOWN and row.activity != FREE_IN_CALENDAR}
    assert unseen - seen - look_again == set()
    # Tentative without attendees stands in the signed-in person's own calendar.
    assert {"Free", "Tentative", "Busy", "OOF", "WorkingElsewhere", "NoData"} == {cell[0] for cell in cells}
    assert len(cells) == 17


async def test_a_day_is_the_same_at_any_speed() -> None:
    async def lived(
        world: World, pass_time: Callable[[World], Coroutine[Any, Any, None]]
    ) -> list[tuple[datetime, str, str]]:
        days: list[tuple[datetime, str, str]] = []
        async with living(world):

            def look(address: str, state: State) -> None:
                now = world.clock.now()
                line = (address, shown(state, now))
                if line not in [one[1:] for one in days[-40:] if one[1] == address][-1:]:
                    days.append((now, *line))

            world.on_state(look)
            await pass_time(world)
        return [one for one in days if world.begins < one[0] < world.begins + 6 * HOUR]

    real = RealTime(lateness=0.05)
    jumped = await lived(a_world(), lambda world: world.jump(world.begins + 6 * HOUR))
    paced = await lived(
        a_world(monotonic=real.monotonic, sleep=real.sleep, speed=600.0),
        lambda world: _asleep_until(world, world.begins + 6 * HOUR),
    )
    assert sorted(jumped) == sorted(paced)
    assert len(jumped) > 40


async def _asleep_until(world: World, moment: datetime) -> None:
    await world.clock.wait_until(moment)


async def test_nobody_s_presence_changes_before_that_person_s_own_next_check() -> None:
    async with living(a_world()) as world:
        now = world.clock.now()
        people = [
            state for state in world.states().values() if state.signed_in and state.calendar.failures == 0
        ]
        for state in people:
            await world.add_item(
                state.profile.address, Item(now - MINUTE, now + 5 * HOUR, kind=Kind.MEETING, subject="Added")
            )

        def knows(address: str) -> bool:
            return any(item.subject == "Added" for item in world.states()[address].calendar.items)

        checks: dict[datetime, list[str]] = {}
        for state in people:
            assert state.calendar.next_check is not None
            checks.setdefault(state.calendar.next_check, []).append(state.profile.address)
        assert len(checks) >= 10
        for moment, addresses in sorted(checks.items()):
            await world.jump(moment - timedelta(seconds=1))
            assert not any(knows(address) for address in addresses)
            await world.jump(moment)
            assert all(knows(address) for address in addresses)


# --- the signed-in person ---


async def test_the_signed_in_person_reads_over_the_wire_what_the_others_would_read_without(
    home: Path,
) -> None:
    world = a_world()
    async with anna_in(world, home) as anna:
        calendar = anna.state.calendar
        assert world.exchange.counters.requests["FindItem"] >= 1
        assert calendar.server
        assert calendar.as_of is not None
        start = datetime.combine(WEDNESDAY - timedelta(days=1), time(), BERLIN)
        twin = await MailboxCalendar(world.exchange, world.profile.address).fetch(
            Window(start, start + timedelta(days=4))
        )

        def plain(items: tuple[Item, ...]) -> list[Item]:
            return sorted(
                (replace(item, id="", change_key="") for item in items),
                key=lambda item: (item.start, item.subject),
            )

        assert plain(calendar.items) == plain(twin.items)
        assert len(calendar.items) > 20
        assert {seen.profile.address for seen in anna.state.contacts.values()} == set(world.states())


async def test_an_appointment_for_right_now_waits_for_the_signed_in_person_s_next_check(home: Path) -> None:
    world = a_world()
    async with anna_in(world, home) as anna:
        now = world.clock.now()
        await world.add_item(world.profile.address, Item(now, now + 2 * HOUR, subject="Added"))
        assert "Added" in [item.subject for item in world.items(world.profile.address, now, now + MINUTE)]
        planned = world.time().next_check
        assert planned is not None
        await world.jump(planned - timedelta(seconds=1))
        assert anna.shows() == "Available"
        await world.jump_to_next_check()
        assert world.clock.now() == planned
        assert anna.state.calendar.as_of == planned
        assert anna.shows() == "Busy"
        (item,) = [
            item for item in world.items(world.profile.address, now, now + MINUTE) if item.subject == "Added"
        ]
        await world.change_item(world.profile.address, item.id, replace(item, kind=Kind.MEETING))
        assert anna.shows() == "Busy"
        await world.jump_to_next_check()
        assert anna.shows() == "In a meeting"
        await world.remove_item(world.profile.address, item.id)
        await world.jump_to_next_check()
        assert item.subject not in [one.subject for one in anna.state.calendar.items]


async def test_time_holds_while_a_check_is_in_flight(home: Path) -> None:
    real = RealTime()
    world = a_world(monotonic=real.monotonic, sleep=real.sleep, speed=600.0)
    async with anna_in(world, home) as anna:
        for _ in range(3):
            await anna.until(lambda state: state.calendar.checking_since is not None)
            started = anna.state.calendar.checking_since
            assert started == world.clock.now()
            real.seconds += 3600.0  # 25 days at this speed
            state = await anna.until(lambda state: state.calendar.checking_since is None)
            assert state.calendar.as_of == started
            assert world.clock.now() < started + HOUR


async def test_the_others_see_what_the_signed_in_person_does_and_no_more_than_they_may(home: Path) -> None:
    world = a_world()
    async with anna_in(world, home) as anna:
        await world.jump(at("13:20"))
        ben, lena = (
            world.directory.seen(world.profile.address, name)
            for name in ("ben.okafor@brightwater.example", "lena.brandt@hallgrove.example")
        )
        assert (ben.presence.text, ben.item and ben.item.subject) == (
            "In a meeting",
            "Design review: display of the FM-3",
        )
        assert (lena.presence.text, lena.item, lena.busy) == ("In a meeting", None, ())
        anna.session.post(ev.SetStatus(ManualStatus.DO_NOT_DISTURB))
        await anna.session.drained()
        await world.jump(world.clock.now())  # the others have heard
        state = world.states()["ben.okafor@brightwater.example"]
        assert state.contacts[world.profile.address].presence.text == "Urgent interruptions only"
        await anna.session.stop()
        assert (
            world.directory.seen(world.profile.address, "lena.brandt@hallgrove.example").presence.text
            == "Offline"
        )


async def test_who_blocked_the_signed_in_person_is_offline_all_day(home: Path) -> None:
    world = a_world()
    async with anna_in(world, home) as anna:
        viktor = "viktor.szabo@brightwater.example"
        assert shown(world.states()[viktor], world.clock.now()) == "Busy"
        first = anna.state.contacts[viktor]
        await world.jump(world.begins + 3 * HOUR)
        assert anna.state.contacts[viktor] == first
        assert (first.presence.text, first.profile.title, first.busy) == ("Offline", "", ())


# --- the controls ---


async def test_speed_pause_and_jump_are_told_by_the_time() -> None:
    async with living(a_world()) as world:
        assert world.time().speed == 0
        assert world.time().next_check is None
        await world.jump_to_next_check()  # none is planned
        assert world.time().now == world.begins
        world.set_speed(60)
        assert world.time().speed == 60
        world.set_speed(0)
        await world.jump(world.begins + HOUR)
        assert world.time().now >= world.begins + HOUR
        assert world.time().speed == 0


async def test_no_change_on_the_screen_is_passed_over_by_jumps_from_change_to_change(home: Path) -> None:
    """What the jumps stopped at is all that a listener to every State of the client saw."""
    world = a_world(at("09:00"))
    async with anna_in(world, home) as anna:
        texts: dict[datetime, dict[str, tuple[str, bool]]] = {}

        def note(state: State) -> None:
            now = world.clock.now()
            own = decision(state, now).presence
            contacts = {address: seen.presence for address, seen in state.contacts.items()}
            shown = {ME: own, **contacts}
            texts[now] = {who: (p.text, p.out_of_office) for who, p in shown.items()}

        note(anna.state)
        anna.heard.append(note)
        stops: list[tuple[datetime, set[str]]] = []
        while world.clock.now() < at("18:00"):
            jumped = await world.jump_to_next_change()
            assert jumped.at == world.clock.now()
            assert all(change.before != change.after for change in jumped.changes)
            stops.append((jumped.at, {change.profile.address for change in jumped.changes}))
    moments = sorted(texts)
    expected = [
        (now, who)
        for before, now in pairwise(moments)
        if (who := {one for one, shown in texts[now].items() if shown != texts[before].get(one, shown)})
    ]
    assert stops == expected
    assert len(stops) > 15
    assert any(ME in who for _, who in stops)
    assert any(len(who) > 2 for _, who in stops)


async def test_a_day_without_any_change_ends_the_jump_to_the_next_one(home: Path) -> None:
    world = a_world()
    async with anna_in(world, home) as anna:
        anna.session.post(ev.SignOut())
        await anna.session.drained()
        begun = world.clock.now()
        jumped = await world.jump_to_next_change()
        assert jumped.changes == ()
        assert world.clock.now() == begun + 24 * HOUR


async def test_the_signed_in_person_is_the_first_of_all_people() -> None:
    world: Simulation = a_world()
    assert world.people()[0] == sample_organisation().me.profile
    assert len(world.people()) == len({profile.address for profile in world.people()}) == 16
    with pytest.raises(KeyError):
        world.items("nobody@brightwater.example", NIGHT, NIGHT)
    with pytest.raises(KeyError):
        await world.remove_item(world.people()[0].address, "nothing")


async def test_a_world_starts_once_and_stops_as_often_as_wanted() -> None:
    world = a_world()
    await world.stop()
    with pytest.raises(RuntimeError, match="not been started"):
        _ = world.account
    await world.start()
    with pytest.raises(RuntimeError, match="runs already"):
        await world.start()
    await world.stop()
    await world.stop()
    assert world.exchange.url is None


# --- without a screen ---


async def test_without_a_screen_each_change_is_a_line_with_its_moment_and_reason(home: Path) -> None:
    real, out = RealTime(), io.StringIO()
    world = a_world(at("09:10"), monotonic=real.monotonic, sleep=real.sleep, speed=600.0)
    result = await demo_headless(world, lambda: LiveSession(parts(world, home)), 50 * MINUTE + MINUTE, out)
    lines = out.getvalue().splitlines()
    assert result == 0
    assert lines[0].startswith("It is 9:10 in the sample organisation")
    assert len(lines) > 20
    assert "09:30:00  Anna Keller      In a meeting: “Stand-up”, a meeting marked Busy, 9:30 to 9:45" in lines
    assert "09:45:00  Anna Keller      Available: nothing makes busy" in lines
    assert (
        "10:00:00  Anna Keller      Busy: “Budget review”, an appointment marked Busy, 10:00 to 11:00"
        in lines
    )
    assert [line for line in lines if "Farah Haddad" in line and "(calendar as of" in line]
    moments = [line[:8] for line in lines[1:]]
    assert moments == sorted(moments)


@pytest.mark.parametrize(
    ("length", "end"),
    [
        (None, None),
        (90 * MINUTE, at("10:25")),
        (time(17, 30), at("17:30")),
        (time(8), at("08:00") + 24 * HOUR),
    ],
)
def test_a_run_ends_after_a_time_or_at_a_time_of_day(length: Length, end: datetime | None) -> None:
    assert a_world().end(length) == end


def _client(world: World, home: Path) -> LiveSession:
    home.mkdir()
    return LiveSession(parts(world, home))


async def test_without_a_screen_the_lines_are_the_same_at_any_speed_until_a_time(home: Path) -> None:
    runs = []
    for speed in (1.0, 600.0):
        real, out = RealTime(0.03), io.StringIO()
        world = a_world(monotonic=real.monotonic, sleep=real.sleep, speed=speed)
        await demo_headless(world, partial(_client, world, home / str(speed)), time(10, 1), out)
        runs.append(out.getvalue().splitlines())
    assert runs[0] == runs[1]
    assert len(runs[0]) > 20
    assert runs[0][-1] < "10:01:01"


async def test_without_a_reader_the_run_ends(home: Path) -> None:
    class Closed(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    world = a_world()
    assert await demo_headless(world, lambda: LiveSession(parts(world, home)), None, Closed()) == 0
    assert world.exchange.url is None


class Watched(io.StringIO):
    """Knows when the signed-in person was written of."""

    def __init__(self) -> None:
        super().__init__()
        self.written = asyncio.Event()

    def write(self, text: str) -> int:
        if "Anna Keller" in text:
            self.written.set()
        return super().write(text)


async def test_a_run_that_is_cancelled_leaves_nothing_behind(home: Path) -> None:
    world = a_world()
    out = Watched()
    task = asyncio.ensure_future(demo_headless(world, lambda: LiveSession(parts(world, home)), None, out))
    async with asyncio.timeout(60):
        await out.written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.exchange.url is None
