"""Each lesson that ships, really played: the running sample organisation, Anna's client over real EWS."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
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
from tests.waiting import until

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


T = r"\d+:\d\d"
NOTHING_SENT = rf"No check was sent; the next is at {T}\."
ONE_SENT = rf"One check was sent, at {T}\. The next is at {T}\."
STILL_FREE = r"You are shown as Available, as before\."
NOW_BUSY = r"You were shown as Available and are shown as Busy now\."
ALL = r"All \d+ people who follow you see you as"
DENIED = r"{} shares no details of this with you\."
MEETING = rf"“Budget review – Room 4 – {T} to {T}”"

# What each step says once it is done, at whatever hour; "" = a step to be read.
SAYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "01_turn_on": (
        ("This switch is the integration",),
        (
            r"No check was sent, and none is planned\.",
            "You were shown as Busy and are shown as Available now",
            f"{ALL} Available",
        ),
        (ONE_SENT, NOW_BUSY, f"{ALL} Busy"),
    ),
    "02_right_now": (
        (
            rf"“Appointment for right now”, an appointment from {T} to {T}, shown as Busy",
            NOTHING_SENT,
            STILL_FREE,
            f"{ALL} Available",
        ),
        (ONE_SENT, NOW_BUSY, "because of “Appointment for right now”", f"{ALL} Busy"),
        (),
    ),
    "03_reset_status": (
        ("are shown as Do not disturb now", r"Urgent interruptions only \("),
        (NOTHING_SENT,),
        (
            "You were shown as Do not disturb and are shown as Available now",
            NOTHING_SENT,
            "because nothing makes you busy",
        ),
        (ONE_SENT, NOW_BUSY, "because of “Appointment for right now”", f"{ALL} Busy"),
    ),
    "04_interval": (
        ("The interval is 5 minutes", NOTHING_SENT),
        (NOTHING_SENT, STILL_FREE),
        ("Others see it after", ONE_SENT, NOW_BUSY),
        (NOTHING_SENT,),
    ),
    "05_always_busy": (
        ("shown as Free", NOTHING_SENT, "You are shown as Busy, as before"),
        (ONE_SENT, "You were shown as Busy and are shown as Available now", f"{ALL} Available"),
    ),
    "06_appointments": (
        (),
        (NOW_BUSY, "because of “Write the offer”, an appointment", NOTHING_SENT, f"{ALL} Busy"),
        ("You were shown as Busy and are shown as Available now", f"{ALL} Available"),
    ),
    "07_meetings": (
        (),
        ("are shown as In a meeting now", "“Budget review”, a meeting", NOTHING_SENT, f"{ALL} In a meeting"),
        ("You were shown as In a meeting and are shown as Available now", f"{ALL} Available"),
    ),
    "08_no_details": (
        (DENIED.format("Ben"),),
        ("no calendar was asked", MEETING),
        ("On Ben Okafor's screen your card says",),
    ),
    "09_began_before": (
        (rf"a meeting from {T} to {T}, shown as Busy", NOTHING_SENT, STILL_FREE),
        (ONE_SENT, "are shown as In a meeting now", f"{ALL} In a meeting"),
    ),
    "10_set_presence": (
        ("are shown as Be right back now", "your card says: “Be right back”", MEETING),
        ("exactly what is sent",),
    ),
    "11_everything_in_a_meeting": (
        ("an item of unknown kind marked Busy", r"Exchange sends no details of your items\."),
        ("the address matters",),
        (ONE_SENT, r"No problem is told\.", "“Write the offer”, an appointment marked Busy"),
    ),
    "12_subject_and_location": (
        (DENIED.format("Anna"), NOTHING_SENT),
        (MEETING, NOTHING_SENT),
        (DENIED.format("Anna"),),
    ),
    "13_call_forwarding": ((), ()),
}


async def play(learner: Class, name: str, *, idle: bool = False) -> list[LessonView]:
    """Each step of a lesson once it is done, or read. ``idle``: before each a minute passes in which others
    live, and nothing of the lesson happens.
    """
    await learner.guide.begin(name)
    told = []
    while True:
        view = learner.view()
        assert (view.said, view.wrong) == ("", ""), f"{name}, step {view.number}, before anything was done"
        if view.doing or view.watch:
            if idle:
                await learner.world.jump(learner.world.clock.now() + timedelta(minutes=1))
                await learner.session.drained()
            assert not learner.view().done, f"{name}: step {view.number} was done by nobody"
            view = await act(learner, view)
        assert view.done
        told.append(view)
        if view.is_last:
            return told
        learner.guide.on()


def test_every_lesson_is_held_to_its_words() -> None:
    assert tuple(SAYS) == NAMES


@pytest.mark.parametrize(
    "real_now",
    [at("10:17"), at("17:50"), at("11:00", SATURDAY)],
    ids=["morning", "evening", "weekend"],
)
async def test_each_lesson_says_what_happened_and_why_one_after_the_other_at_any_hour(
    real_now: datetime, tmp_path: Path
) -> None:
    async with a_class(tmp_path, real_now) as learner:
        for name, steps in SAYS.items():
            told = await play(learner, name, idle=name[:2] in {"02", "03", "06", "09", "11"})
            assert len(told) == len(steps)
            for view, wanted in zip(told, steps, strict=True):
                assert bool(view.said) is bool(wanted)
                for one in wanted:
                    assert re.search(one, view.said), f"{name}, step {view.number}: {one}\n{view.said}"
        await learner.guide.end()
        assert not learner.world.administrator.read().mandatory
        assert learner.world.states()[BEN].options.gives[ANNA].value == "Workgroup"


async def test_what_is_told_is_what_was_counted(tmp_path: Path) -> None:
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
        learner.session.post(ev.CheckNow())  # not what the lesson asked for, and told as it was
        learner.guide.on()
        await until(lambda: learner.state.calendar.checks_sent == sent + 1, "the check")
        said = (await learner.done()).said
        assert "One check was sent, at 10:17. The next is at 10:47." in said
        await learner.guide.begin("04_interval")
        await learner.guide.do()
        await learner.done()
        assert learner.state.options.locked("interval")


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


async def test_a_wrong_turn_is_told_with_the_way_back(tmp_path: Path) -> None:
    async with a_class(tmp_path, at("10:17")) as learner:
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
            await play(learner, name)
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
