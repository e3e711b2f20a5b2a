"""How far somebody is in a lesson, and wrong turns; without a world."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lyncdesk.client.problems import Problem
from lyncdesk.client.state import Health
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.lessons import Condition, Lesson, Step
from lyncdesk.simulation.lessons_conditions import Wanted
from lyncdesk.simulation.lessons_needs import NEEDS, Subject, wrong_turn
from lyncdesk.simulation.lessons_progress import Progress, at_step, done, is_done, view
from tests.unit.lesson_facts import (
    CALL,
    ME,
    NOW,
    OWN,
    WORDS,
    calendar,
    facts,
    options,
)

BEFORE = facts()
MANUAL = Manual(ManualStatus.BUSY, NOW)


STEP = Step("Add one.", "It is there. {sent}", until=(Condition("added", Wanted()),), needs=("signed in",))
LESSON = Lesson("x", "A title", "A question?", (STEP, Step("Read this.")))


def test_a_step_is_done_once_and_stays_done_as_it_was_told() -> None:
    progress = Progress(LESSON, BEFORE)
    assert not is_done(progress, facts())
    then = facts(items=(CALL,))
    assert is_done(progress, then)
    progress = done(progress, then)
    assert not is_done(progress, then)
    later = facts(calendar(checks_sent=9, as_of=NOW), items=())
    assert view(progress, later, WORDS).said == "It is there. No check was sent; the next is at 9:31."
    assert progress.subject == Subject(ME, CALL)


def test_another_step_begins_with_what_is_so_then() -> None:
    progress = done(Progress(LESSON, BEFORE), facts(items=(CALL,)))
    back = at_step(progress, 0, facts(items=(CALL,)))
    assert not is_done(back, facts(items=(CALL,)))
    assert at_step(progress, 7, facts()).number == 1
    assert at_step(progress, -1, facts()).number == 0


def test_what_came_while_a_step_was_read_counts_for_the_next_one() -> None:
    lesson = Lesson("x", "A title", "A question?", (Step("Read this."), STEP, STEP))
    came = facts(items=(CALL,))
    read = at_step(Progress(lesson, BEFORE), 1, came)
    assert is_done(read, came)
    assert read.begun == BEFORE
    told = done(read, came)
    assert not is_done(at_step(told, 2, came), came)
    assert is_done(
        at_step(told, 2, facts(items=(CALL, replace(CALL, id="2")))),
        facts(items=(CALL, replace(CALL, id="2"))),
    )
    skipped = at_step(Progress(lesson, BEFORE, 1), 2, came)
    assert not is_done(skipped, came)
    assert skipped.begun == came


def test_a_step_to_be_read_can_be_left_at_once() -> None:
    shown = view(at_step(Progress(LESSON, BEFORE), 1, facts()), facts(), WORDS)
    assert (shown.done, shown.said, shown.is_last) == (True, "", True)


def test_a_wrong_turn_points_to_the_way_back_until_the_step_is_done() -> None:
    progress = Progress(LESSON, BEFORE)
    out = facts(replace(OWN, signed_in=False))
    assert view(progress, out, WORDS).point == "main.sign_in"
    assert "You are signed out" in view(progress, out, WORDS).wrong
    progress = done(progress, facts(items=(CALL,)))
    assert view(progress, out, WORDS).wrong == ""


SUBJECT = Subject(ME, CALL)
STOPPED = calendar(health=Health.STOPPED, problem=Problem.of("refused-password", server="x", code="401"))
TURNS = {
    "signed in": (facts(replace(OWN, signed_in=False)), "signed out"),
    "calendar": (facts(options(update_presence=False)), "not used any more"),
    "reads": (facts(STOPPED), "refused your password"),
    "no status": (facts(replace(OWN, manual=MANUAL)), "You have set Busy by hand"),
    "status": (facts(), "by hand is gone"),
    "item": (facts(), "“Call” is not in the calendar any more"),
}
RIGHT = facts(replace(OWN, manual=MANUAL), items=(CALL,))


@pytest.mark.parametrize("need", NEEDS)
def test_each_need_is_told_where_it_is_not_met_and_only_there(need: str) -> None:
    wrong, told = TURNS[need]
    turn = wrong_turn((need,), wrong, SUBJECT)
    assert turn is not None
    assert told in WORDS(turn.told)
    right = facts(items=(CALL,)) if need == "no status" else RIGHT
    assert wrong_turn((need,), right, SUBJECT) is None


def test_an_item_that_is_over_is_told() -> None:
    turn = wrong_turn(("item",), facts(items=(CALL,), now=CALL.end), SUBJECT)
    assert turn is not None
    assert "was over at 10:02" in WORDS(turn.told)
