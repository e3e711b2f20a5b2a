"""The sample organisation alive: whole days, the signed-in person over real EWS, and the controls of time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.ports import Window
from lyncdesk.client.reading import decision, stale
from lyncdesk.client.state import State
from lyncdesk.presence.items import Item, Kind, calendar_at
from lyncdesk.presence.states import FREE_IN_CALENDAR, STATES, UNKNOWN, ManualStatus
from lyncdesk.simulation.mailboxes import MailboxCalendar
from lyncdesk.simulation.world import World, beginning
from tests.real_time import RealTime
from tests.sample_world import BERLIN, HOUR, MINUTE, NIGHT, WEDNESDAY, a_world, anna_in, at, living


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
