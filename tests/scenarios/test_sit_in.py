"""Sitting in as somebody of the sample organisation: a client by hand instead of by habit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.options import Origin
from lyncdesk.client.reading import decision
from lyncdesk.client.session import Simulation, SitIn
from lyncdesk.client.state import State
from lyncdesk.presence.items import Item, Kind
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.world import World
from tests.sample_world import HOUR, ME, a_world, anna_in, at, living

BEN = "ben.okafor@brightwater.example"
JONAS = "jonas.weber@brightwater.example"
KAMALA = "kamala.rao@brightwater.example"


class Sitting:
    """A seat that somebody took, and the States that were told there."""

    def __init__(self, world: World, address: str) -> None:
        self.told: list[State] = []
        self.world = world
        self.seat: SitIn = world.sit_in(address)
        self.seat.start(self.told.append)

    @property
    def state(self) -> State:
        return self.told[-1]

    def shows(self) -> str:
        return decision(self.state, self.world.clock.now()).presence.text

    def led(self) -> bool:
        return self.seat.led

    async def does(self, event: ev.Event) -> None:
        self.seat.post(event)
        await self.world.jump(self.world.clock.now())


def in_use(state: State) -> bool:
    return all(machine.idle_since is None and not machine.locked for machine in state.machines)


def history(world: World, address: str) -> list[tuple[datetime, str]]:
    """Each change of what somebody shows, as it comes."""
    seen: list[tuple[datetime, str]] = []

    def look(who: str, state: State) -> None:
        text = decision(state, world.clock.now()).presence.text
        if who == address and (not seen or seen[-1][1] != text):
            seen.append((world.clock.now(), text))

    world.on_state(look)
    return seen


async def test_who_only_sits_there_changes_nothing() -> None:
    """To look on is no act: the day is the same as without anybody who looks."""
    days = []
    for looks_on in (False, True):
        async with living(a_world()) as world:
            seen = history(world, BEN)
            if looks_on:
                sitting = Sitting(world, BEN)
                await world.jump(world.begins + 4 * HOUR)
                assert not sitting.led()
                await sitting.seat.stop()
            await world.jump(world.begins + 8 * HOUR)
            days.append(seen)
    assert days[0] == days[1]
    assert len(days[0]) > 4


async def test_the_seat_shows_exactly_what_the_client_knows() -> None:
    async with living(a_world()) as world:
        sitting = Sitting(world, KAMALA)
        assert sitting.state is world.states()[KAMALA]
        await world.jump(world.begins + HOUR)
        assert sitting.state is world.states()[KAMALA]
        assert sitting.state.profile == sitting.seat.profile
        assert sitting.seat.now() == world.clock.now()
        assert (sitting.seat.is_simulation, sitting.seat.speed) == (True, 0.0)


async def test_habits_rest_from_the_first_status_by_hand_until_one_leaves() -> None:
    """Ben does not want to be disturbed at 14:15 by habit, and resets it at 15:30."""
    async with living(a_world()) as world:
        usual = history(world, BEN)
        await world.jump(at("15:00"))
        assert ("Do not disturb" in [text for _, text in usual]) is True
    async with living(a_world()) as world:
        sitting = Sitting(world, BEN)
        await sitting.does(ev.SetStatus(ManualStatus.BE_RIGHT_BACK))
        assert sitting.led()
        assert sitting.shows() == "Be right back"
        await world.jump(at("15:00"))
        assert sitting.shows() == "Be right back"
        await sitting.seat.stop()
        assert not sitting.led()
        await world.jump(at("15:29"))
        assert decision(world.states()[BEN], world.clock.now()).presence.text == "Be right back"
        await world.jump(at("15:30"))
        assert world.states()[BEN].manual is None


@pytest.mark.parametrize(
    "event",
    [ev.CheckNow(), ev.Give(ME, Relationship.BLOCKED), ev.NoteWritten("Here today")],
    ids=["check", "relationship", "note"],
)
async def test_what_is_no_status_leaves_habits_alone(event: ev.Event) -> None:
    async with living(a_world()) as world:
        sitting = Sitting(world, BEN)
        await sitting.does(event)
        assert not sitting.led()


async def test_who_decides_uses_the_computer() -> None:
    """A person who is away by habit is there at once, or a status by hand would not be seen."""
    async with living(a_world()) as world:
        await world.jump(at("12:30"))
        noor = "noor.el-sayed@brightwater.example"
        sitting = Sitting(world, noor)
        assert not in_use(sitting.state)
        await sitting.does(ev.SetStatus(ManualStatus.AVAILABLE))
        assert in_use(sitting.state)
        assert sitting.shows() == "Available"


async def test_two_who_sit_at_one_client_lead_it_until_the_last_leader_leaves() -> None:
    async with living(a_world()) as world:
        one, other = Sitting(world, BEN), Sitting(world, BEN)
        await one.does(ev.ResetStatus())
        assert other.led()
        await other.seat.stop()
        assert one.led()
        await one.seat.stop()
        await one.seat.stop()
        assert not one.led()


async def test_who_left_hears_nothing_and_leads_nobody_any_more() -> None:
    async with living(a_world()) as world:
        sitting = Sitting(world, BEN)
        await sitting.seat.stop()
        heard = len(sitting.told)
        await sitting.does(ev.SetStatus(ManualStatus.BUSY))
        assert len(sitting.told) == heard
        assert not sitting.led()


async def test_reset_status_at_the_seat_sends_no_request_and_waits_for_the_check() -> None:
    async with living(a_world()) as world:
        sitting = Sitting(world, BEN)
        await sitting.does(ev.SetStatus(ManualStatus.DO_NOT_DISTURB))
        before = sitting.state.calendar
        await sitting.does(ev.ResetStatus())
        assert sitting.state.reset_waiting
        assert sitting.state.calendar.as_of == before.as_of
        assert before.next_check is not None
        await world.jump(before.next_check)
        assert not sitting.state.reset_waiting


# --- owner and viewer ---


async def test_the_owner_gives_workgroup_and_the_viewer_sees_the_subject_at_once(home: Path) -> None:
    world = a_world()
    async with anna_in(world, home) as anna:
        sitting = Sitting(world, JONAS)
        now = world.clock.now()
        await world.add_item(ME, Item(now, now + HOUR, kind=Kind.MEETING, subject="Secret plan"))
        await world.jump_to_next_check()

        def seen() -> tuple[str, str]:
            contact = sitting.state.contacts[ME]
            assert contact == world.directory.seen(ME, JONAS)  # exactly what the pool delivered
            return contact.presence.text, contact.item.subject if contact.item is not None else ""

        assert seen() == ("In a meeting", "")
        assert "Secret plan" not in repr(sitting.state.contacts)
        for relationship, expected in (
            (Relationship.WORKGROUP, ("In a meeting", "Secret plan")),
            (Relationship.BLOCKED, ("Offline", "")),
            (Relationship.COLLEAGUES, ("In a meeting", "")),
        ):
            anna.session.post(ev.Give(JONAS, relationship))
            await anna.session.drained()
            await world.jump(world.clock.now())
            assert seen() == expected


async def test_what_is_done_at_the_seat_is_seen_by_the_signed_in_person(home: Path) -> None:
    world = a_world()
    async with anna_in(world, home) as anna:
        sitting = Sitting(world, BEN)
        await sitting.does(ev.SetStatus(ManualStatus.DO_NOT_DISTURB))
        assert anna.state.contacts[BEN].presence.text == "Urgent interruptions only"
        await sitting.does(ev.Give(ME, Relationship.COLLEAGUES))
        assert anna.state.contacts[BEN].presence.text == "Do not disturb"
        await sitting.seat.save_options({"share_free_busy": False})
        await world.jump(world.clock.now())
        assert anna.state.contacts[BEN].busy == ()
        await sitting.does(ev.SignOut())
        assert anna.state.contacts[BEN].presence.text == "Offline"


async def test_what_an_administrator_set_stays_as_it_is_at_the_seat_too() -> None:
    async with living(a_world()) as world:
        sitting = Sitting(world, BEN)
        await world.jump(world.clock.now())
        before = sitting.state.options
        set_by_policy = replace(before, origins={**before.origins, "share_free_busy": Origin.POLICY})
        await sitting.does(ev.OptionsChanged(set_by_policy))
        await sitting.seat.save_options({"share_free_busy": False, "share_details": False})
        await world.jump(world.clock.now())
        after = sitting.state.options
        assert (after.share_free_busy, after.share_details) == (True, False)


async def test_contacts_of_the_seat_are_that_persons_own() -> None:
    async with living(a_world()) as world:
        sitting = Sitting(world, JONAS)
        found = [one.profile.address for one in await sitting.seat.search("Okafor")]
        assert found == [BEN]
        assert await sitting.seat.add_contact(BEN) is None
        await world.jump(world.clock.now())
        assert sitting.state.contacts[BEN] == world.directory.seen(BEN, JONAS)
        await sitting.seat.remove_contact(BEN)
        await world.jump(world.clock.now())
        assert BEN not in sitting.state.contacts
        problem = await sitting.seat.add_contact("nobody@brightwater.example")
        assert problem is not None
        assert problem.name == "unknown-contact"


async def test_a_jump_to_the_next_change_ends_at_one_of_somebody_one_sits_in_as(home: Path) -> None:
    """Viktor has blocked the signed-in person, who sees Offline all day; at his own seat he is seen."""
    viktor = "viktor.szabo@brightwater.example"
    world = a_world()
    async with anna_in(world, home):
        sitting = Sitting(world, viktor)
        changed: list[str] = []
        while world.clock.now() < at("18:00"):
            jumped = await world.jump_to_next_change()
            changed += [one.after.text for one in jumped.changes if one.profile.address == viktor]
        assert changed
        assert "Offline" not in changed
        await sitting.seat.stop()
        while world.clock.now() < at("20:00"):
            jumped = await world.jump_to_next_change()
            assert viktor not in [one.profile.address for one in jumped.changes]


async def test_nobody_sits_in_as_oneself_or_a_stranger() -> None:
    world: Simulation = a_world()
    for address in (ME, "nobody@brightwater.example"):
        with pytest.raises(KeyError):
            world.sit_in(address)


async def test_the_calendar_of_the_seat_is_told_to_be_read_without_the_network() -> None:
    async with living(a_world()) as world:
        ((_, told),) = Sitting(world, BEN).seat.environment()
        assert "without the network" in told.template
