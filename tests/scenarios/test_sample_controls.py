"""The controls of time in the sample organisation: pace, and jumps that pass over nothing."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.reading import decision
from lyncdesk.client.session import Simulation
from lyncdesk.client.state import State
from lyncdesk.simulation.organisation_file import sample_organisation
from tests.sample_world import HOUR, ME, NIGHT, a_world, anna_in, at, living


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
