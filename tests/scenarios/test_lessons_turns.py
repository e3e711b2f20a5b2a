"""Lessons: wrong turns, and the ways on, back and out, in the running sample organisation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from lyncdesk.client import events as ev
from lyncdesk.client.reading import decision
from lyncdesk.machine import clock as real_clock
from lyncdesk.presence.items import Item, ShowAs
from lyncdesk.presence.states import ManualStatus
from tests.scenarios.lesson_world import ANNA, BEN, WORDS, a_class, at

HOUR = timedelta(hours=1)


async def test_an_appointment_that_began_earlier_or_is_free_does_not_count_as_one_for_right_now(
    tmp_path: Path,
) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        await learner.guide.begin("02_right_now")
        now = learner.world.clock.now()
        await learner.world.add_item(ANNA, Item(now, now + HOUR, ShowAs.FREE))
        await learner.world.add_item(ANNA, Item(now + HOUR, now + 2 * HOUR))
        await learner.world.add_item(BEN, Item(now, now + HOUR))
        learner.guide.look()
        assert not learner.view().done


async def test_a_wrong_turn_is_told_with_the_way_back(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        for event, told, point in (
            (ev.SignOut(), "You are signed out", "main.sign_in"),
            (ev.SetStatus(ManualStatus.BUSY), "You have set Busy by hand", "main.reset_status"),
        ):
            await learner.guide.begin("02_right_now")
            await learner.guide.do()
            await learner.done()
            learner.guide.on()
            learner.session.post(event)
            await learner.session.drained()
            view = learner.view()
            assert told in view.wrong
            assert view.point == point
            await learner.guide.again()
            view = learner.view()
            assert (view.number, view.wrong, view.point) == (1, "", "simulation.right_now")
            assert learner.state.signed_in
            assert learner.state.manual is None
        await learner.guide.begin("03_reset_status")
        await learner.session.save_options({"update_presence": False})
        await learner.session.drained()
        view = learner.view()
        assert "Your calendar is not used any more" in view.wrong
        assert view.point == "options.update_presence"


async def test_an_item_that_was_over_or_removed_before_the_check_is_told(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        await learner.guide.begin("02_right_now")
        now = learner.world.clock.now()
        short = Item(now, now + timedelta(minutes=10), subject="Short talk")
        await learner.world.add_item(ANNA, short)
        await learner.done()
        learner.guide.on()
        await learner.world.jump(now + timedelta(minutes=11))
        assert "“Short talk” was over at 10:27" in learner.view().wrong
        learner.guide.back()
        await learner.world.add_item(ANNA, replace(short, end=now + HOUR, subject="Longer talk"))
        await learner.done()
        learner.guide.on()
        assert learner.view().wrong == ""
        found = learner.world.items(ANNA, now, now + HOUR)
        await learner.world.remove_item(ANNA, next(one.id for one in found if one.subject == "Longer talk"))
        assert "“Longer talk” is not in the calendar any more" in learner.view().wrong


async def test_a_step_can_be_skipped_and_repeated_and_what_was_done_before_does_not_count_twice(
    tmp_path: Path,
) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        await learner.guide.begin("02_right_now")
        learner.guide.on()
        assert learner.view().number == 2
        learner.guide.back()
        learner.guide.back()
        assert learner.view().number == 1
        await learner.guide.do()
        await learner.done()
        learner.guide.back()
        assert not learner.view().done
        await learner.guide.do()
        assert learner.view().done


async def test_what_was_done_stays_told_as_it_was_then(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False) as learner:
        await learner.guide.begin("02_right_now")
        await learner.guide.do()
        said = (await learner.done()).said
        await learner.world.jump_to_next_check()
        await learner.session.drained()
        assert decision(learner.state, learner.world.clock.now()).presence.text == "Busy"
        assert learner.view().said == said


async def test_the_calendars_are_afterwards_as_they_were(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("12:40"), wire=False) as learner:
        now = learner.world.clock.now()

        def day() -> set[tuple[object, ...]]:
            span = (now - 12 * HOUR, now + 36 * HOUR)
            return {
                (who, i.subject, i.start, i.end, i.show_as)
                for who in (ANNA, BEN)
                for i in learner.world.items(who, *span)
            }

        before = day()
        for name in ("02_right_now", "05_always_busy", "08_no_details"):
            await learner.guide.begin(name)
            await learner.guide.do()
            assert day() != before
        await learner.guide.end()
        assert day() == before
        assert learner.guide.view(WORDS) is None


async def test_fast_time_misses_no_step(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17"), wire=False, monotonic=real_clock.monotonic) as learner:
        await learner.guide.begin("06_appointments")
        learner.world.set_speed(6000)
        await learner.done()
        assert "are shown as Busy now" in learner.view().said
