"""The report of a client that lives is a scenario that runs as it is, in memory and over the wire."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from lyncdesk.client import events as ev
from lyncdesk.presence.items import Item, Kind
from lyncdesk.presence.states import ManualStatus
from tests.sample_world import HOUR, MINUTE, a_world, anna_in, at
from tests.scenarios.running import run


async def test_the_report_of_a_day_in_the_sample_organisation_holds_at_each_moment(home: Path) -> None:
    world = a_world()
    texts: dict[str, str] = {}
    shown: set[str] = set()
    async with anna_in(world, home) as anna:
        for clock in ("09:40", "11:20", "13:20"):
            await world.jump(at(clock))
            texts[clock] = await anna.session.report()
            shown.add(anna.shows())
        now = world.clock.now()
        secret = Item(
            now - MINUTE,
            now + 2 * HOUR,
            kind=Kind.MEETING,
            subject="Redundancies",
            location="Behind the bar",
        )
        await world.add_item(world.profile.address, secret)
        await world.jump_to_next_check()
        anna.session.post(ev.SetStatus(ManualStatus.BE_RIGHT_BACK, now + HOUR))
        await anna.session.drained()
        texts["by hand"] = await anna.session.report()
        shown.add(anna.shows())
        anna.session.post(ev.ResetStatus())
        await anna.session.drained()
        texts["reset"] = await anna.session.report()
        shown.add(anna.shows())
        await world.jump(world.clock.now() + timedelta(seconds=1))
        known = {item.subject for item in anna.state.calendar.items if len(item.subject) > 3}
        password = world.password
    assert {"Be right back", "In a meeting"} <= shown
    assert "Redundancies" in known
    files = []
    for name, text in texts.items():
        assert not [word for word in (*known, "Behind the bar", password) if word in text]
        assert "Anna" not in text.replace("anna.keller", "")
        files.append(home / f"{name}.txt")
        files[-1].write_text(text)
    plain = run(files)
    assert (plain.status, plain.err) == (0, "")
    over = await asyncio.to_thread(run, files, wire=True)  # it has a loop of its own
    assert (over.status, over.out) == (0, plain.out)
