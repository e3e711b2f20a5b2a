"""What the calendar says at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyncdesk.presence.items import (
    MAPPING,
    Item,
    Kind,
    Outcome,
    Response,
    ShowAs,
    calendar_at,
    details_missing,
    outcome,
    show_as_from,
)
from tests.unit.strategies import ITEMS, MOMENTS, NOW, at

AVAILABLE, NOTHING, MARK = Outcome(3500), Outcome(), Outcome(out_of_office=True)
BUSY, MEETING = Outcome(6500), Outcome(6500, "in-a-meeting")

# show-as, what an appointment, a meeting and an item of unknown kind make of it.
CELLS = {
    "Free": (AVAILABLE, AVAILABLE, AVAILABLE),
    "Tentative": (AVAILABLE, AVAILABLE, AVAILABLE),
    "Busy": (BUSY, MEETING, BUSY),
    "OOF": (MARK, MARK, MARK),
    "WorkingElsewhere": (AVAILABLE, AVAILABLE, AVAILABLE),
    "NoData": (NOTHING, NOTHING, NOTHING),
}
KINDS = ("appointment", "meeting", "unknown")


def item(start: float = -10, end: float = 10, **fields: Any) -> Item:
    return replace(Item(at(start), at(end)), **fields)


@pytest.mark.parametrize(
    ("show_as", "kind", "made"),
    [(word, kind, made) for word, row in CELLS.items() for kind, made in zip(KINDS, row, strict=True)],
)
def test_each_show_as_makes_of_each_kind_what_the_tables_say(show_as: str, kind: str, made: Outcome) -> None:
    found = item(show_as=ShowAs(show_as), kind=Kind(kind))
    assert outcome(found) == made
    assert calendar_at([found], NOW).outcome == (Outcome() if made.availability is None else made)


def test_the_mapping_has_eighteen_cells_and_no_more() -> None:
    assert sum(len(row) for row in MAPPING.values()) == len(CELLS) * len(KINDS) == 18


@pytest.mark.parametrize("word", [None, "", "busy", "Elsewhere", "4"])
def test_an_absent_or_unknown_word_counts_for_nothing(word: str | None) -> None:
    assert show_as_from(word) is ShowAs.NO_DATA


@pytest.mark.parametrize("word", list(ShowAs))
def test_every_word_of_the_server_is_understood(word: ShowAs) -> None:
    assert show_as_from(word.value) is word


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        (at(-10) - timedelta(microseconds=1), False),
        (at(-10), True),
        (at(10) - timedelta(microseconds=1), True),
        (at(10), False),
    ],
)
def test_an_item_counts_from_its_start_until_just_before_its_end(moment: datetime, counts: bool) -> None:
    assert (calendar_at([item()], moment).winner is not None) is counts


def test_an_item_without_length_never_counts() -> None:
    assert calendar_at([item(0, 0)], NOW).running == ()


# Each line beats the one below it.
ORDER = [
    item(kind=Kind.MEETING, subject="a meeting before an appointment"),
    item(-5, 20, subject="the later start"),
    item(-10, 5, subject="the earlier end"),
    item(-10, 10, subject="A subject", id="9"),
    item(-10, 10, subject="B subject", id="1"),
    item(-10, 10, subject="B subject", id="2"),
    item(-1, 1, show_as=ShowAs.FREE, kind=Kind.MEETING, subject="the highest number"),
]


@pytest.mark.parametrize("place", range(len(ORDER) - 1))
def test_overlaps_are_decided_by_number_kind_start_end_subject_and_id_in_this_order(place: int) -> None:
    better, worse = ORDER[place : place + 2]
    assert calendar_at([worse, better], NOW).winner == better
    assert calendar_at([better, worse], NOW).winner == better


@settings(max_examples=1500)
@given(ITEMS, MOMENTS, st.booleans(), st.randoms(use_true_random=False))
def test_the_answer_never_depends_on_the_order_of_the_list(
    items: tuple[Item, ...], now: datetime, ignore: bool, random: object
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert calendar_at(shuffled, now, ignore_all_day=ignore) == calendar_at(items, now, ignore_all_day=ignore)


def test_items_that_tie_in_everything_named_still_have_one_order() -> None:
    twins = [item(location="Room 1"), item(location="Room 2"), item(kind=Kind.UNKNOWN), item(private=True)]
    assert calendar_at(twins, NOW) == calendar_at(twins[::-1], NOW)


def test_out_of_office_is_independent_of_what_wins() -> None:
    busy, oof = item(kind=Kind.MEETING), item(show_as=ShowAs.OOF, subject="Fair")
    moment = calendar_at([oof, busy], NOW)
    assert (moment.winner, moment.oof, moment.outcome) == (busy, oof, MEETING)


def test_the_card_shows_the_winning_busy_item_else_a_running_out_of_office_item_else_none() -> None:
    busy, oof, free = item(), item(show_as=ShowAs.OOF), item(show_as=ShowAs.FREE)
    tentative = item(show_as=ShowAs.TENTATIVE)
    assert calendar_at([free, oof, busy], NOW).card == busy
    assert calendar_at([free, oof], NOW).card == oof
    assert calendar_at([free, tentative], NOW).card is None


def test_the_card_counts_the_further_items_that_it_could_show() -> None:
    busy, oof, free = item(), item(show_as=ShowAs.OOF), item(show_as=ShowAs.FREE)
    lists: list[list[Item]] = [[], [free], [busy], [busy, free], [busy, oof, item(-1, 1)]]
    assert [calendar_at(some, NOW).more for some in lists] == [0, 0, 0, 0, 2]


def test_all_day_items_follow_the_table_unless_they_are_ignored() -> None:
    day = item(-600, 840, all_day=True)
    assert calendar_at([day], NOW).outcome == BUSY
    assert calendar_at([day], NOW, ignore_all_day=True).outcome == NOTHING
    assert calendar_at([day, item()], NOW, ignore_all_day=True).winner == item()


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ({"cancelled": True}, AVAILABLE),
        ({"response": Response.DECLINED}, AVAILABLE),
        ({"response": Response.DECLINED, "show_as": ShowAs.OOF}, AVAILABLE),
        ({"response": Response.NONE}, BUSY),
        ({"response": Response.TENTATIVE}, BUSY),
        ({"response": Response.ORGANIZER}, BUSY),
        ({"private": True}, BUSY),
    ],
)
def test_cancelled_and_declined_items_count_as_free_and_others_as_they_are_marked(
    fields: dict[str, Any], made: Outcome
) -> None:
    assert outcome(item(**fields)) == made


def test_an_item_that_began_before_it_was_added_counts_once_it_is_known() -> None:
    assert calendar_at([item(-600, 30)], NOW).outcome == BUSY


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"kind": Kind.UNKNOWN}, True),
        ({"kind": Kind.UNKNOWN, "private": True}, False),
        ({"kind": Kind.APPOINTMENT}, False),
        ({"kind": Kind.MEETING}, False),
    ],
)
def test_details_are_missing_when_an_item_that_is_not_private_comes_without_its_kind(
    fields: dict[str, Any], missing: bool
) -> None:
    assert details_missing([item(kind=Kind.MEETING), item(**fields)]) is missing


def test_an_item_needs_zones_and_an_end_that_is_not_before_its_start() -> None:
    with pytest.raises(ValueError, match="zone"):
        Item(NOW.replace(tzinfo=None), NOW)
    with pytest.raises(ValueError, match="end before"):
        Item(NOW, at(-1))
