"""Each lesson that ships, really played: the running sample organisation, Anna's client over real EWS."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.lesson_types import LessonView
from lyncdesk.client.reading import decision
from lyncdesk.presence.items import Item, ShowAs
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.lessons_library import library
from lyncdesk.simulation.organisation_file import sample_organisation
from tests.scenarios.lesson_world import ANNA, BEN, WORDS, Class, a_class, at

NAMES = tuple(lesson.name for lesson in library([one.key for one in sample_organisation().members]).lessons)
SATURDAY = date(2026, 3, 7)
HOUR = timedelta(hours=1)


async def act(learner: Class, view: LessonView) -> LessonView:
    """What the step asks for, done: looked at, or by the button."""
    for control, who in view.watch:
        learner.guide.looked(control, who)
    if view.doing:
        await learner.guide.do()
    return await learner.done()


async def played(learner: Class, name: str) -> list[LessonView]:
    """Each step of a lesson once it is done, or read."""
    await learner.guide.begin(name)
    told = []
    while True:
        view = learner.view()
        assert (view.said, view.wrong) == ("", ""), f"{name}, step {view.number}, before anything was done"
        if view.doing or view.watch:
            assert not view.done
            view = await act(learner, view)
        assert view.done
        told.append(view)
        if view.is_last:
            return told
        learner.guide.on()


@pytest.mark.parametrize(
    "real_now",
    [at("07:05"), at("10:17"), at("15:20"), at("17:59"), at("23:30"), at("11:00", SATURDAY)],
    ids=["early", "morning", "afternoon", "evening", "night", "weekend"],
)
async def test_every_lesson_can_be_played_one_after_the_other_at_any_hour(
    real_now: object, tmp_path: Path
) -> None:
    async with a_class(tmp_path, real_now) as learner:  # type: ignore[arg-type]
        for name in NAMES:
            steps = await played(learner, name)
            assert all("{" not in step.say + step.said and " - " not in step.said for step in steps)
        await learner.guide.end()


@pytest.mark.parametrize("name", NAMES)
async def test_no_step_is_done_by_doing_nothing(name: str, tmp_path: Path) -> None:
    """Held back from the deed, every step stays open, also while others live on around it."""
    async with a_class(tmp_path, at("10:17")) as learner:
        await learner.guide.begin(name)
        while True:
            view = learner.view()
            if view.doing or view.watch:
                # A minute in which everybody else lives, and nothing of the lesson happens.
                await learner.world.jump(learner.world.clock.now() + timedelta(minutes=1))
                await learner.session.drained()
                learner.guide.look()
                assert not learner.view().done, f"step {view.number} was done by nobody"
                await act(learner, learner.view())
            if view.is_last:
                break
            learner.guide.on()


async def test_an_appointment_for_right_now_is_told_as_it_happens(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        await learner.guide.begin("02_right_now")
        sent = learner.state.calendar.checks_sent
        assert learner.view().say == (
            "You are shown as Available. Your calendar was read at 10:17; the next check is at 10:47. Add an"
            " appointment for right now."
        )
        now = learner.world.clock.now()
        await learner.world.add_item(ANNA, Item(now, now + HOUR, subject="My own words"))
        said = (await learner.done()).said
        assert learner.state.calendar.checks_sent == sent
        assert "“My own words”, an appointment from 10:17 to 11:17, shown as Busy" in said
        assert "No check was sent; the next is at 10:47." in said
        assert "You are shown as Available, as before." in said
        assert re.search(r"All \d+ people who follow you see you as Available\.", said)
        learner.guide.on()
        await learner.world.jump_to_next_check()
        said = (await learner.done()).said
        assert "One check was sent, at 10:47. The next is at 11:17." in said
        assert "You were shown as Available and are shown as Busy now." in said
        assert re.search(r"All \d+ people who follow you see you as Busy\.", said)
        assert learner.state.calendar.checks_sent == sent + 1


async def test_reset_status_sends_nothing_and_the_next_check_brings_what_waits(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("15:20")) as learner:
        steps = await played(learner, "03_reset_status")
        picked, added, reset, checked = (step.said for step in steps)
        assert "Urgent interruptions only (Ben Okafor" in picked
        assert "No check was sent; the next is at 15:50." in added
        assert "You were shown as Do not disturb and are shown as Available now." in reset
        assert "No check was sent; the next is at 15:50." in reset
        assert "because nothing makes you busy" in reset
        assert "One check was sent, at 15:50." in checked
        assert "because of “Appointment for right now”" in checked


async def test_the_interval_is_the_administrators_and_moves_the_next_check(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        shorter, _, seen, longer = (step.said for step in await played(learner, "04_interval"))
        assert "No check was sent; the next is at 10:22." in shorter
        assert learner.state.options.locked("interval")
        assert "Others see it after" in seen
        assert "One check was sent, at 10:22." in seen
        assert "the next is at 14:17" in longer
        await learner.guide.end()
        assert not learner.world.administrator.read().mandatory


async def test_switching_off_withdraws_and_switching_on_reads_at_once(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        _, off, on = (step.said for step in await played(learner, "01_turn_on"))
        assert "No check was sent, and none is planned." in off
        assert "You were shown as Busy and are shown as Available now." in off
        assert "One check was sent, at 10:17." in on
        assert "You were shown as Available and are shown as Busy now." in on


async def test_details_are_for_whom_the_owner_puts_into_workgroup(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        hidden, given, mine = (step.said for step in await played(learner, "08_no_details"))
        assert "Ben shares no details of this with you." in hidden
        assert "Budget review – Room 4" in given
        assert "On Ben Okafor's screen your card says" in mine
        await learner.guide.end()
        states = learner.world.states()
        assert states[BEN].options.gives[ANNA].value == "Workgroup"  # as the organisation has it


async def test_an_exchange_without_details_is_busy_and_a_problem_and_mends_at_the_next_check(
    tmp_path: Path,
) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        broken, _, mended = (step.said for step in await played(learner, "11_everything_in_a_meeting"))
        assert "an item of unknown kind marked Busy" in broken
        assert "Exchange sends no details of your items." in broken
        assert "No problem is told." in mended
        assert "“Write the offer”, an appointment marked Busy" in mended


async def test_a_status_by_hand_keeps_the_meeting_on_the_card(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        first, _ = (step.said for step in await played(learner, "10_set_presence"))
        assert "your card says: “Be right back”, and in its details: “Budget review – Room 4" in first


async def test_the_owners_switch_hides_subject_and_location(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        off, on, colleague = (step.said for step in await played(learner, "12_subject_and_location"))
        assert "Anna shares no details of this with you." in off
        assert "Budget review – Room 4" in on
        assert "Anna shares no details of this with you." in colleague


@pytest.mark.parametrize(("name", "busy"), [("06_appointments", "Busy"), ("07_meetings", "In a meeting")])
async def test_the_mapping_shows_itself_without_a_check(name: str, busy: str, tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        _, runs, tentative = await played(learner, name)
        assert f"You were shown as Available and are shown as {busy} now." in runs.said
        assert "No check was sent; the next is at 10:47." in runs.said
        assert f"You were shown as {busy} and are shown as Available now." in tentative.said


async def test_an_item_that_began_before_counts_from_the_check_that_saw_it(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        added, checked = (step.said for step in await played(learner, "09_began_before"))
        assert "from 9:32 to 11:17" in added
        assert "You are shown as Available, as before." in added
        assert "You were shown as Available and are shown as In a meeting now." in checked


async def test_marking_ones_own_work_as_free_makes_available_at_the_next_check(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        changed, checked = (step.said for step in await played(learner, "05_always_busy"))
        assert "You are shown as Busy, as before." in changed
        assert "You were shown as Busy and are shown as Available now." in checked


# --- wrong turns, and the ways on, back and out ---


async def test_an_appointment_that_began_earlier_or_is_free_does_not_count_as_one_for_right_now(
    tmp_path: Path,
) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        await learner.guide.begin("02_right_now")
        now = learner.world.clock.now()
        await learner.world.add_item(ANNA, Item(now, now + HOUR, ShowAs.FREE))
        await learner.world.add_item(ANNA, Item(now + HOUR, now + 2 * HOUR))
        await learner.world.add_item(BEN, Item(now, now + HOUR))
        learner.guide.look()
        assert not learner.view().done


@pytest.mark.parametrize(
    ("event", "told", "point"),
    [
        (ev.SignOut(), "You are signed out", "main.sign_in"),
        (ev.SetStatus(ManualStatus.BUSY), "You have set Busy by hand", "main.reset_status"),
    ],
)
async def test_a_wrong_turn_is_told_with_the_way_back(
    event: ev.Event, told: str, point: str, tmp_path: Path
) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
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


async def test_switching_the_calendar_off_is_told_with_the_way_back(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        await learner.guide.begin("03_reset_status")
        await learner.session.save_options({"update_presence": False})
        await learner.session.drained()
        view = learner.view()
        assert "Your calendar is not used any more" in view.wrong
        assert view.point == "options.update_presence"


async def test_an_item_that_was_over_or_removed_before_the_check_is_told(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
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
    async with a_class(tmp_path, at("10:17")) as learner:
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
    async with a_class(tmp_path, at("10:17")) as learner:
        await learner.guide.begin("02_right_now")
        await learner.guide.do()
        said = (await learner.done()).said
        await learner.world.jump_to_next_check()
        await learner.session.drained()
        assert decision(learner.state, learner.world.clock.now()).presence.text == "Busy"
        assert learner.view().said == said


async def test_the_calendars_are_afterwards_as_they_were(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("12:40")) as learner:
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
            await played(learner, name)
            assert day() != before
        await learner.guide.end()
        assert day() == before
        assert learner.guide.view(WORDS) is None


async def test_fast_time_misses_no_step(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
        await learner.guide.begin("06_appointments")
        learner.guide.on()
        learner.world.set_speed(6000)
        await learner.done()
        assert "are shown as Busy now" in learner.view().said
