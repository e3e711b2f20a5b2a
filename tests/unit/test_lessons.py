"""The rules of lessons without a world: conditions, and what is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from lyncdesk.client.options import Options
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import Calendar, CheckRecord, State
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import Profile, Seen, SeenItem
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import BUSY, ManualStatus, Presence
from lyncdesk.simulation.lessons import Condition, Gift, Step
from lyncdesk.simulation.lessons_conditions import CONDITIONS, LookedAt, Sight, Wanted, fulfilled
from lyncdesk.simulation.lessons_facts import Facts
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
        (
            True,
            [
                facts(calendar(as_of=NOW)),
                facts(calendar(checks_sent=4, history=(CheckRecord(NOW, MINUTE),))),  # while time stands
            ],
            [
                facts(calendar(checks_sent=4, history=(CheckRecord(NOW, MINUTE, "timed-out"),))),
                facts(calendar(checks_sent=4, history=(CheckRecord(NOW, MINUTE),), checking_since=NOW)),
                facts(),
                facts(calendar(checks_sent=4, as_of=READ.as_of)),
            ],
        ),
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


def test_what_only_came_into_sight_as_time_went_on_was_neither_added_nor_removed() -> None:
    """A calendar is looked at from a day before to two days after the moment."""
    old, far = replace(CALL, id="old"), replace(CALL, id="far", start=NOW + 49 * HOUR, end=NOW + 50 * HOUR)
    later = facts(items=(far,), now=NOW + 30 * HOUR)
    for name in ("added", "removed"):
        step = Step("x", until=(Condition(name, Wanted()),))
        assert not fulfilled(step, facts(items=(old,)), later)


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


def test_checks_within_a_minute_are_told_to_the_second() -> None:
    often = replace(
        calendar(checks_sent=4, history=(CheckRecord(NOW, MINUTE),), next_check=NOW + MINUTE / 4),
        options=replace(OWN.options, interval=MINUTE / 4),
    )
    assert said("{sent}", facts(often)) == "One check was sent, at 09:02:30. The next is at 09:02:45."


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
