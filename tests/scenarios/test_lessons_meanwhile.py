"""Lessons while other things go on: time, other people, impatient hands; and that all of it is put back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from lyncdesk.client import events as ev
from lyncdesk.presence.items import Item
from lyncdesk.presence.relationships import Relationship
from tests.scenarios.lesson_world import ANNA, BEN, a_class, at
from tests.waiting import until

HOUR = timedelta(hours=1)
CLARAS_LUNCH = """
title = "Clara's lunch"
question = "Does Clara eat?"

[[steps]]
say = "Add a lunch to Clara's calendar."
until = { added = { who = "clara" } }
do = { add = { who = "clara", subject = "Lunch", from = "0m", to = "1h" } }
then = "{item}"

[[steps]]
say = "Let Ben put Clara in External."
until = { gives = { who = "ben", to = "clara", relationship = "External" } }
do = { give = { who = "ben", to = "clara", relationship = "External" } }
then = "Done."
"""


async def test_what_happens_while_somebody_reads_is_told_by_the_next_step(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        await learner.guide.begin("02_right_now")
        await learner.guide.do()
        told = (await learner.done()).said
        await learner.world.jump(at("11:30"))  # it was a long coffee
        await learner.session.drained()
        assert learner.view().said == told
        learner.guide.on()
        view = await learner.done()
        assert view.say.endswith("Let time run to the next check.")
        assert "2 checks were sent, the last at 11:17. The next is at 11:47." in view.said


async def test_the_next_step_tells_what_was_to_do_as_it_is_now_unless_it_is_done(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        await learner.guide.begin("04_interval")
        await learner.guide.do()
        await learner.done()
        await learner.world.jump(at("10:30"))
        await learner.session.drained()
        learner.guide.on()
        await learner.guide.do()
        await learner.done()
        learner.guide.on()
        assert learner.view().say == "Let time run to the next check, at 10:32."
        learner.guide.back()
        learner.guide.on()
        await learner.world.jump(at("10:33"))
        await learner.session.drained()
        view = await learner.done()
        assert view.say == "Let time run to the next check, at 10:32."
        assert "You were shown as Available and are shown as Busy now." in view.said


async def test_a_lesson_of_a_trainer_notices_and_puts_back_what_is_done_to_others(tmp_path: Path) -> None:
    (tmp_path / "lunch.toml").write_text(CLARAS_LUNCH, encoding="utf-8")
    async with a_class(tmp_path, at("10:17"), [tmp_path], wire=False) as learner:
        clara = next(one for one in learner.world.states() if one.startswith("clara."))
        now = learner.world.clock.now()
        before = learner.world.items(clara, now - HOUR, now + HOUR)
        given = dict(learner.world.states()[BEN].options.gives)
        await learner.guide.begin("lunch")
        await learner.guide.do()
        assert "“Lunch”" in (await learner.done()).said
        learner.guide.on()
        await learner.guide.do()
        await learner.done()
        assert learner.world.states()[BEN].options.gives[clara] is Relationship.EXTERNAL
        await learner.guide.end()
        assert learner.world.items(clara, now - HOUR, now + HOUR) == before
        assert dict(learner.world.states()[BEN].options.gives) == given


async def test_what_one_gave_in_a_step_is_put_back(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        given = learner.state.options.gives
        assert given[BEN] is Relationship.WORKGROUP
        await learner.guide.begin("08_no_details")
        learner.guide.on()
        learner.guide.on()
        await learner.guide.do()
        await learner.done()
        assert learner.state.options.gives != given
        await learner.guide.end()
        assert learner.state.options.gives == given


async def test_a_button_that_is_pressed_twice_adds_one_item(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        await learner.guide.begin("02_right_now")
        await asyncio.gather(learner.guide.do(), learner.guide.do())
        now = learner.world.clock.now()
        found = learner.world.items(ANNA, now, now + HOUR)
        assert [one.subject for one in found].count("Appointment for right now") == 1


async def test_who_is_signed_out_by_somebody_who_sits_in_does_not_keep_a_lesson_from_beginning(
    tmp_path: Path,
) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        seat = learner.world.sit_in(BEN)
        seat.start(lambda _state: None)
        seat.post(ev.SignOut())
        await until(lambda: not learner.world.states()[BEN].signed_in, "Ben to be signed out")
        await learner.guide.begin("08_no_details")
        learner.guide.looked("card.details", BEN)
        assert "Ben shares no details of this with you." in (await learner.done()).said
        await seat.stop()


async def test_who_signs_out_while_a_lesson_is_prepared_is_told_the_way_back(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        beginning = asyncio.ensure_future(learner.guide.begin("02_right_now"))
        await until(lambda: learner.state.calendar.checking_since is not None, "the check to begin")
        learner.session.post(ev.SignOut())
        async with asyncio.timeout(60):
            await beginning
        view = learner.view()
        assert not view.busy
        assert "You are signed out" in view.wrong


async def test_steps_are_followed_in_paused_time(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        await learner.guide.begin("02_right_now")
        learner.world.set_speed(0)
        now = learner.world.clock.now()
        await learner.world.add_item(ANNA, Item(now, now + HOUR, subject="In a pause"))
        assert "No check was sent; the next is at 10:47." in (await learner.done()).said
        learner.guide.on()
        await learner.guide.do()
        assert "One check was sent, at 10:47. The next is at 11:17." in (await learner.done()).said
        assert learner.world.time().speed == 0
