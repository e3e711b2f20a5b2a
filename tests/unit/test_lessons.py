"""The rules of lessons without a world: conditions, what is said, wrong turns, and how far somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from lyncdesk.client.options import Options
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import Calendar, CheckRecord, Health, State
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import Profile, Seen, SeenItem
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import BUSY, ManualStatus, Presence
from lyncdesk.simulation.lessons import Condition, Gift, Lesson, Step
from lyncdesk.simulation.lessons_conditions import CONDITIONS, LookedAt, Sight, Wanted, fulfilled
from lyncdesk.simulation.lessons_facts import Facts
from lyncdesk.simulation.lessons_needs import NEEDS, Subject, wrong_turn
from lyncdesk.simulation.lessons_progress import Progress, at_step, done, is_done, view
from lyncdesk.simulation.lessons_words import OF_SOMEBODY, PLACES, Told, say
from tests.unit.lesson_facts import (
    BEN,
    BENS,
    CALL,
    HOUR,
    ME,
    MINUTE,
    NOW,
    OWN,
    PEOPLE,
    READ,
    WORDS,
    bens,
    calendar,
    facts,
    options,
)

BEFORE = facts()
MANUAL = Manual(ManualStatus.BUSY, NOW)
SEEN = SeenItem(CALL.start, CALL.end, "Call")
MISSING = calendar(items=(CALL,), details=False)
KNOWN = replace(OWN, contacts={BEN: Seen(Profile(BEN), Presence(BUSY), item=SEEN)})
GIVES = {BEN: Relationship.WORKGROUP}
WAITS = facts(replace(OWN, reset_waiting=True))
BEN_SEES_BUSY, BEN_SEES_CALL = facts(ben=bens(Presence(BUSY))), facts(ben=bens(Presence(BUSY), SEEN))

# Each condition with moments at which it holds, and with some at which it does not.
ROWS: Mapping[str, tuple[tuple[object, list[Facts], list[Facts]], ...]] = {
    "added": (
        (
            Wanted(show_as=ShowAs.BUSY, kind=Kind.APPOINTMENT, runs=True, began=False, private=False),
            [facts(items=(replace(CALL, start=NOW),))],
            [
                facts(),
                facts(items=(CALL,), now=NOW + 2 * HOUR),
                facts(items=(replace(CALL, show_as=ShowAs.FREE),)),
                facts(items=(replace(CALL, kind=Kind.MEETING),)),
                facts(items=(replace(CALL, private=True),)),
                facts(items=(replace(CALL, start=NOW - 10 * MINUTE),)),
            ],
        ),
        (Wanted(began=True), [facts(items=(replace(CALL, start=NOW - HOUR),))], [facts(items=(CALL,))]),
    ),
    "changed": ((Wanted(show_as=ShowAs.FREE), [], [facts(), facts(items=(CALL,))]),),
    "removed": ((Wanted(), [], [facts(), facts(items=(CALL,))]),),
    "checked": (
        (True, [facts(calendar(as_of=NOW))], [facts(), facts(calendar(checks_sent=4, as_of=READ.as_of))]),
        (False, [facts()], [facts(calendar(as_of=NOW))]),
    ),
    "reset": (
        (True, [WAITS, facts(replace(OWN, reset_unplanned=True))], [facts()]),
        (False, [facts()], [WAITS]),
    ),
    "status": (
        ("Busy", [facts(replace(OWN, manual=MANUAL))], [facts()]),
        ("", [facts()], [facts(replace(OWN, manual=MANUAL))]),
    ),
    "shows": (("Busy", [facts(calendar(items=(CALL,)))], [facts(), facts(replace(OWN, signed_in=False))]),),
    "calendar": (
        (True, [facts()], [facts(options(update_presence=False)), facts(options(use_exchange=False))]),
        (False, [facts(options(update_presence=False))], [facts()]),
    ),
    "shares_details": ((False, [facts(options(share_details=False))], [facts()]),),
    "interval": ((5 * MINUTE, [facts(options(interval=5 * MINUTE))], [facts()]),),
    "gives": (
        (Gift("", "ben", Relationship.WORKGROUP), [facts(options(gives=GIVES))], [facts()]),
        (Gift("", "ben", Relationship.COLLEAGUES), [facts()], [facts(options(gives=GIVES))]),
        (
            Gift("ben", "", Relationship.WORKGROUP),
            [facts(ben=replace(BENS, options=Options(gives={ME: Relationship.WORKGROUP})))],
            [facts(), facts(options(gives=GIVES))],
        ),
    ),
    "seen_by": (
        (Sight("ben", "Busy"), [BEN_SEES_BUSY], [facts(), facts(ben=replace(BENS, contacts={}))]),
        (Sight("ben", None, "Call"), [BEN_SEES_CALL], [BEN_SEES_BUSY]),
        (Sight("ben", None, ""), [BEN_SEES_BUSY], [BEN_SEES_CALL]),
    ),
    "contact": ((Sight("ben", "Busy", "Call"), [facts(KNOWN)], [facts()]),),
    "problem": (
        ("details-missing", [facts(MISSING)], [facts()]),
        ("", [facts()], [facts(MISSING)]),
    ),
    "looks_at": (
        (
            LookedAt("card.details", "ben"),
            [facts(looked=frozenset({("card.details", BEN)}))],
            [facts(), facts(looked=frozenset({("card.details", ""), ("card.calendar", BEN)}))],
        ),
    ),
}  # fmt: skip


def test_every_condition_is_tested() -> None:
    assert set(ROWS) == set(CONDITIONS)


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_holds_where_it_should_and_only_there(name: str) -> None:
    for value, holding, failing in ROWS[name]:
        step = Step("Do it.", until=(Condition(name, value),))
        assert all(fulfilled(step, BEFORE, one) for one in holding)
        assert not any(fulfilled(step, BEFORE, one) for one in failing)
        assert failing


def test_an_item_that_was_there_before_was_changed_or_removed_by_its_content_alone() -> None:
    there = facts(items=(CALL,))
    changed = Step("x", until=(Condition("changed", Wanted(show_as=ShowAs.FREE)),))
    removed = Step("x", until=(Condition("removed", Wanted()),))
    assert fulfilled(changed, there, facts(items=(replace(CALL, show_as=ShowAs.FREE),)))
    assert not fulfilled(changed, there, facts(items=(replace(CALL, change_key="2"),)))
    assert fulfilled(removed, there, facts())
    assert not fulfilled(removed, there, there)


def test_all_conditions_of_a_step_must_hold() -> None:
    step = Step("x", until=(Condition("calendar", True), Condition("checked", True)))
    assert not fulfilled(step, BEFORE, facts())
    assert fulfilled(step, BEFORE, facts(calendar(as_of=NOW)))


def test_a_step_that_waits_for_nothing_is_never_fulfilled() -> None:
    assert not fulfilled(Step("Read this."), BEFORE, BEFORE)


# --- what is said ---


def said(text: str, now: Facts, before: Facts = BEFORE, item: Item | None = None, who: str = "ben") -> str:
    return say(text, Told(Step(text, who=who), before, now, item), WORDS)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (OWN, "No check was sent; the next is at 9:31."),
        (calendar(next_check=None), "No check was sent, and none is planned."),
        (
            calendar(checks_sent=4, history=(CheckRecord(NOW, MINUTE),)),
            "One check was sent, at 9:02. The next is at 9:31.",
        ),
        (
            calendar(checks_sent=5, history=(CheckRecord(NOW, MINUTE),), next_check=None),
            "2 checks were sent, the last at 9:02. No further one is planned.",
        ),
    ],
)
def test_how_many_checks_were_sent_is_counted(state: State, told: str) -> None:
    assert said("{sent}", facts(state)) == told


def test_what_is_shown_is_told_with_what_was() -> None:
    assert said("{shown}", facts()) == "You are shown as Available, as before."
    assert said("{shown}", facts(calendar(items=(CALL,)))) == (
        "You were shown as Available and are shown as Busy now."
    )


def test_who_sees_what_is_what_each_was_sent() -> None:
    clara = replace(
        BENS, profile=Profile("c@litware.example", "Clara"), contacts={ME: Seen(Profile(ME), Presence(BUSY))}
    )
    assert said("{others}", facts()) == "The one person who follows you sees you as Available."
    both = Facts(NOW, PEOPLE, OWN, {BEN: BENS, "c": clara})
    assert said("{others}", both) == "Others see you as: Available (Ben Okafor); Busy (Clara)."
    assert (
        said("{others}", facts(ben=replace(BENS, signed_in=False))) == "Nobody who follows you is signed in."
    )


def test_a_problem_is_told_with_its_remedy() -> None:
    assert said("{problem}", facts()) == "No problem is told."
    told = said("{problem}", facts(MISSING))
    assert told.startswith(WORDS(Problem.of("details-missing").title))
    assert len(told) > len(WORDS(Problem.of("details-missing").title))


def test_every_place_is_filled_at_any_moment() -> None:
    nothing = replace(OWN, signed_in=False, calendar=Calendar())
    for name in PLACES:
        for now in (facts(), facts(nothing)):
            text = said(f"{{{name}}}", now)
            assert text
            assert "{" not in text
            assert name not in OF_SOMEBODY or "Ben Okafor" in text


def test_what_a_person_wrote_is_no_template() -> None:
    item = replace(CALL, subject="{sent} {nothing}")
    assert "“{sent} {nothing}”, an appointment" in said("{item}", facts(), item=item)


# --- how far somebody is ---

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
