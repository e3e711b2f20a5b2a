"""Where Lync would have shown something else: each row told where it holds, nothing where it does not."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from lyncdesk.client.words import Words
from lyncdesk.presence.aggregate import decide
from lyncdesk.presence.inputs import Inputs, Machine, Manual, OutOfOffice, Rules, picked
from lyncdesk.presence.items import Item, Kind, Response, ShowAs
from lyncdesk.presence.lync import MAY, WOULD, differences, seen_differences
from lyncdesk.presence.states import (
    AVAILABLE,
    BUSY,
    BUSY_INACTIVE,
    IN_A_MEETING,
    ManualStatus,
    Presence,
)
from tests.unit.strategies import INPUTS, NOW, at

WORDS = Words()
DESK = Item(at(-30), at(30), subject="Desk work")
MEETING = replace(DESK, kind=Kind.MEETING, subject="Budget review")
UNKNOWN = replace(DESK, kind=Kind.UNKNOWN)
AWAY_ITEM = replace(DESK, show_as=ShowAs.OOF, subject="Fair")
LOCKED, IDLE = Machine(locked=True), Machine(idle_since=at(-7))
REPLIES = OutOfOffice("Back on Monday")
IGNORING, MEETING_WHILE_AWAY = Rules(ignore_all_day=True), Rules(meeting_while_away=True)


def inputs(*items: Item, by_hand: ManualStatus | None = None, **fields: Any) -> Inputs:
    manual = Manual(by_hand, at(-60)) if by_hand is not None else None
    return Inputs(items=items, manual=manual, **fields)


def told(asked: Inputs, **more: Any) -> list[tuple[str, str]]:
    found = differences(asked, NOW, **more)
    return [(one.name, WORDS(one.shows)) for one in found]


# Each row: what makes it, what LyncDesk shows, what Lync would have shown.
DIFFERS = [
    ("all-day", inputs(replace(MEETING, all_day=True), rules=IGNORING), "Available", "In a meeting"),
    (
        "all-day",
        inputs(replace(AWAY_ITEM, all_day=True), rules=IGNORING),
        "Available",
        "Available, out of office",
    ),
    ("overlap", inputs(replace(MEETING, all_day=True), DESK, rules=IGNORING), "Busy", "In a meeting"),
    ("not-attended", inputs(replace(MEETING, cancelled=True)), "Available", "In a meeting"),
    ("not-attended", inputs(replace(DESK, response=Response.DECLINED)), "Available", "Busy"),
    ("not-attended", inputs(replace(AWAY_ITEM, cancelled=True)), "Available", "Available, out of office"),
    ("kind-not-told", inputs(UNKNOWN), "Busy", "In a meeting"),
    ("kind-not-told", inputs(replace(UNKNOWN, private=True)), "Busy", "In a meeting"),
    ("kind-not-told", inputs(UNKNOWN, machines=(IDLE,)), "Busy (inactive)", "In a meeting"),
    (
        "away-in-a-meeting",
        inputs(MEETING, rules=MEETING_WHILE_AWAY, machines=(LOCKED,)),
        "In a meeting",
        "Away",
    ),
    (
        "away-in-a-meeting",
        inputs(MEETING, rules=MEETING_WHILE_AWAY, machines=(LOCKED,), out_of_office=REPLIES),
        "In a meeting",
        "Out of office",
    ),
    ("busy-inactive", inputs(DESK, machines=(IDLE,)), "Busy (inactive)", "Busy"),
    ("busy-inactive", inputs(by_hand=ManualStatus.BUSY, machines=(IDLE,)), "Busy (inactive)", "Busy"),
    ("overlap", inputs(DESK, MEETING), "In a meeting", "Busy"),
    ("overlap", inputs(UNKNOWN, DESK), "Busy", "In a meeting"),
    ("out-of-office-over-busy", inputs(MEETING, AWAY_ITEM), "In a meeting", "Available"),
    (
        "out-of-office-text",
        inputs(by_hand=ManualStatus.BE_RIGHT_BACK, out_of_office=REPLIES),
        "Be right back",
        "Out of office",
    ),
    ("out-of-office-text", inputs(AWAY_ITEM, by_hand=ManualStatus.OFF_WORK), "Off work", "Out of office"),
    ("out-of-office-text", inputs(AWAY_ITEM, by_hand=ManualStatus.APPEAR_AWAY), "Away", "Out of office"),
]


@pytest.mark.parametrize(("name", "asked", "ours", "theirs"), DIFFERS)
def test_each_deliberate_difference_is_told(name: str, asked: Inputs, ours: str, theirs: str) -> None:
    assert decide(asked, NOW).presence.text == ours
    assert told(asked) == [(name, theirs)]


def test_every_row_of_the_table_has_its_case() -> None:
    rows = {row.name for row in (*WOULD, *MAY)}
    assert rows == {name for name, *_ in DIFFERS} | {"status-ended"}


def test_a_status_whose_chosen_time_is_over_would_have_stayed() -> None:
    ended = picked(ManualStatus.BUSY, at(-60), until=at(-1))
    assert told(inputs(), ended=ended) == [("status-ended", "Busy")]
    assert told(inputs(MEETING), ended=ended) == [("status-ended", "Busy")]
    away = picked(ManualStatus.BE_RIGHT_BACK, at(-60 * 72), until=at(-1))
    assert told(inputs(), ended=away) == [("status-ended", "Be right back")]


def test_a_status_is_told_as_ended_before_the_engine_dropped_it_too() -> None:
    asked = Inputs(manual=picked(ManualStatus.DO_NOT_DISTURB, at(-60), until=at(-1)))
    assert told(asked) == [("status-ended", "Do not disturb")]


def test_what_ends_after_24_hours_ended_in_lync_too() -> None:
    assert told(inputs(), ended=picked(ManualStatus.BUSY, at(-24 * 60))) == []
    assert told(inputs(), ended=picked(ManualStatus.BUSY, at(-24 * 60), until=at(-60))) == []


def test_a_status_that_still_holds_is_the_same_in_lync() -> None:
    assert told(Inputs(manual=picked(ManualStatus.BUSY, at(-60), until=at(60)))) == []


# Each row: where LyncDesk does as Lync did, whatever people may expect.
SAME = {
    "Free": inputs(replace(MEETING, show_as=ShowAs.FREE)),
    "Tentative appointment": inputs(replace(DESK, show_as=ShowAs.TENTATIVE)),
    "Tentative meeting": inputs(replace(MEETING, show_as=ShowAs.TENTATIVE)),
    "Working elsewhere": inputs(replace(MEETING, show_as=ShowAs.WORKING_ELSEWHERE)),
    "Out of office": inputs(AWAY_ITEM),
    "Show As not told": inputs(replace(MEETING, show_as=ShowAs.NO_DATA)),
    "appointment": inputs(DESK),
    "meeting": inputs(MEETING),
    "private meeting": inputs(replace(MEETING, private=True)),
    "private appointment": inputs(replace(DESK, private=True)),
    "unknown kind that is Free": inputs(replace(UNKNOWN, show_as=ShowAs.FREE)),
    "unknown kind that is over": inputs(replace(UNKNOWN, start=at(-60), end=NOW)),
    "two meetings": inputs(MEETING, replace(MEETING, subject="Stand-up", start=at(-10))),
    "two appointments": inputs(DESK, replace(DESK, subject="Mail", start=at(-10))),
    "meeting over tentative": inputs(MEETING, replace(DESK, show_as=ShowAs.TENTATIVE)),
    "unanswered": inputs(replace(MEETING, show_as=ShowAs.TENTATIVE, response=Response.NONE)),
    "declined and Free": inputs(replace(MEETING, show_as=ShowAs.FREE, response=Response.DECLINED)),
    "all day, not ignored": inputs(replace(MEETING, all_day=True)),
    "all day and Free, ignored": inputs(replace(MEETING, all_day=True, show_as=ShowAs.FREE), rules=IGNORING),
    "all day, ignored, under a status": inputs(
        replace(MEETING, all_day=True), by_hand=ManualStatus.BUSY, rules=IGNORING
    ),
    "automatic replies": inputs(out_of_office=REPLIES),
    "automatic replies, away": inputs(out_of_office=REPLIES, machines=(LOCKED,)),
    "away in a meeting": inputs(MEETING, machines=(LOCKED,)),
    "in use, meeting while away": inputs(MEETING, rules=MEETING_WHILE_AWAY),
    "inactive": inputs(machines=(IDLE,)),
    "in a meeting, inactive": inputs(MEETING, machines=(IDLE,)),
    "Do not disturb in a meeting": inputs(MEETING, by_hand=ManualStatus.DO_NOT_DISTURB),
    "Busy by hand, unknown kind": inputs(UNKNOWN, by_hand=ManualStatus.BUSY),
    "Busy by hand, away": inputs(by_hand=ManualStatus.BUSY, machines=(LOCKED,)),
    "Available by hand": inputs(MEETING, by_hand=ManualStatus.AVAILABLE),
    "Be right back": inputs(MEETING, by_hand=ManualStatus.BE_RIGHT_BACK),
    "Available by hand, out of office": inputs(by_hand=ManualStatus.AVAILABLE, out_of_office=REPLIES),
    "signed out": inputs(UNKNOWN, AWAY_ITEM, signed_in=False),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_where_lync_shows_the_same_nothing_is_told(name: str) -> None:
    asked = SAME[name]
    if name == "Available by hand":  # the meeting began before the choice, so the choice holds
        asked = replace(asked, manual=Manual(ManualStatus.AVAILABLE, at(-10)))
    assert told(asked) == []


@pytest.mark.parametrize(("show_as", "kind"), list(product(ShowAs, Kind)))
def test_of_the_mapping_only_busy_of_unknown_kind_differs(show_as: ShowAs, kind: Kind) -> None:
    differs = show_as is ShowAs.BUSY and kind is Kind.UNKNOWN
    assert [name for name, _ in told(inputs(replace(DESK, show_as=show_as, kind=kind)))] == (
        ["kind-not-told"] if differs else []
    )


def test_two_differences_at_once_name_the_same_state() -> None:
    asked = inputs(replace(UNKNOWN, all_day=True), rules=IGNORING)
    assert told(asked) == [("all-day", "In a meeting"), ("kind-not-told", "In a meeting")]


def test_differences_that_cancel_each_other_out_are_not_told() -> None:
    asked = inputs(UNKNOWN, rules=MEETING_WHILE_AWAY, machines=(LOCKED,))
    assert decide(asked, NOW).presence.text == "Away"
    assert told(asked) == []


@pytest.mark.parametrize("state", ["In a meeting", "Available"])
def test_old_data_are_shown_by_lync_without_a_word(state: str) -> None:
    asked = inputs(*([MEETING] if state == "In a meeting" else []))
    assert told(asked, old=True) == [("old-data", state)]
    assert WORDS(differences(asked, NOW, old=True)[0].told) == (
        f"Lync would have shown {state} without a word about old or missing calendar data."
    )


def test_every_sentence_names_what_lync_shows() -> None:
    for name, asked, _, theirs in DIFFERS:
        found = next(one for one in differences(asked, NOW) if one.name == name)
        assert theirs in WORDS(found.told)
        assert ("may have" in WORDS(found.told)) == (name in {row.name for row in MAY})


@given(INPUTS)
def test_nothing_is_told_twice_and_what_is_told_is_another_state(asked: Inputs) -> None:
    ours = decide(asked, NOW).presence
    found = differences(asked, NOW)
    assert len({one.name for one in found}) == len(found)
    for one in found:
        assert WORDS(one.shows) != ours.text


def test_a_viewer_is_told_from_what_was_sent_alone() -> None:
    idle = Presence(BUSY_INACTIVE)
    assert [one.name for one in seen_differences(idle)] == ["busy-inactive"]
    assert [one.name for one in seen_differences(idle, old=True)] == ["busy-inactive", "old-data"]
    for presence in (Presence(BUSY), Presence(BUSY_INACTIVE, IN_A_MEETING), Presence(AVAILABLE)):
        assert seen_differences(presence) == ()


def test_each_difference_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "lync.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)
    assert rows == [*(row.name for row in (*WOULD, *MAY)), "old-data"]
