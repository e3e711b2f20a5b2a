"""Each lesson that ships, really played: the running sample organisation, Anna's client over real EWS."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.lesson_types import LessonView
from lyncdesk.presence.items import Item
from lyncdesk.simulation.lessons_library import library
from lyncdesk.simulation.organisation_file import sample_organisation
from tests.scenarios.lesson_world import ANNA, BEN, Class, a_class, at
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
        (ONE_SENT, NOW_BUSY, "waits no longer than 5 minutes"),
        (NOTHING_SENT,),
    ),
    "05_always_busy": (
        ("shown as Free", NOTHING_SENT, "You are shown as Busy, as before"),
        (ONE_SENT, "You were shown as Busy and are shown as Available now", f"{ALL} Available"),
    ),
    "06_appointments": (
        (NOW_BUSY, "because of “Write the offer”, an appointment", NOTHING_SENT, f"{ALL} Busy"),
        ("You were shown as Busy and are shown as Available now", f"{ALL} Available"),
    ),
    "07_meetings": (
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
