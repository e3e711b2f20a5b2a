"""The states that people see, row by row."""

from __future__ import annotations

from itertools import combinations

import pytest

from lyncdesk.presence.states import (
    AWAY,
    BUSY,
    BUSY_INACTIVE,
    DO_NOT_DISTURB,
    FREE_IN_CALENDAR,
    IN_A_MEETING,
    MANUAL_PRESENCE,
    OFF_WORK,
    OUT_OF_OFFICE,
    STATES,
    UNKNOWN,
    URGENT_INTERRUPTIONS_ONLY,
    ManualStatus,
    Presence,
    appearance,
    availability_class,
)

ROWS = [
    ("Available", 3500, "", "green", "tick"),
    ("Inactive", 5000, "", "yellow", "half"),
    ("Busy", 6500, "", "orange", "disc"),
    ("In a meeting", 6500, "in-a-meeting", "orange", "block"),
    ("Urgent interruptions only", 6900, "urgent-interruptions-only", "red", "bar-outline"),
    ("Busy (inactive)", 7500, "", "orange", "notched"),
    ("Do not disturb", 9500, "", "red", "bar"),
    ("Be right back", 12500, "", "yellow", "arrow"),
    ("Away", 15500, "", "yellow", "clock"),
    ("Off work", 15500, "off-work", "yellow", "moon"),
    ("Offline", 18500, "", "grey", "cross"),
    ("Presence unknown", 0, "", "grey", "ring"),
    ("Free in calendar", 0, "free-in-calendar", "green outline", "dotted"),
]


@pytest.mark.parametrize(("text", "number", "activity", "colour", "shape"), ROWS)
def test_each_state_has_its_text_number_colour_and_shape(
    text: str, number: int, activity: str, colour: str, shape: str
) -> None:
    presence = Presence(number, activity)
    assert (presence.text, presence.colour, presence.shape) == (text, colour, shape)


def test_the_table_holds_these_states_and_the_words_of_out_of_office_and_no_others() -> None:
    texts = [row.text for row in STATES]
    assert sorted(texts) == sorted([row[0] for row in ROWS] + ["Out of office"])


def test_no_two_states_share_a_shape_but_the_words_of_out_of_office_are_those_of_an_away() -> None:
    shapes = {row.text: row.shape for row in STATES}
    same = {frozenset(pair) for pair in combinations(shapes, 2) if shapes[pair[0]] is shapes[pair[1]]}
    assert same == {frozenset({"Away", "Out of office"})}


@pytest.mark.parametrize(
    ("activity", "text", "least", "most"),
    [
        (IN_A_MEETING, "In a meeting", 6500, 8999),
        (URGENT_INTERRUPTIONS_ONLY, "Urgent interruptions only", 6900, 8999),
        (OFF_WORK, "Off work", 15000, 17999),
        (OUT_OF_OFFICE, "Out of office", 15000, 17999),
        (FREE_IN_CALENDAR, "Free in calendar", 0, 0),
    ],
)
def test_the_text_of_an_activity_shows_only_while_the_number_lies_in_its_gate(
    activity: str, text: str, least: int, most: int
) -> None:
    shown = {number for number in range(0, 20000, 1) if appearance(number, activity).text == text}
    assert shown == set(range(least, most + 1))


def test_a_meeting_does_not_rename_do_not_disturb_and_still_shows_on_an_inactive_computer() -> None:
    assert Presence(DO_NOT_DISTURB, IN_A_MEETING).text == "Do not disturb"
    assert Presence(BUSY_INACTIVE, IN_A_MEETING).text == "In a meeting"
    assert Presence(BUSY_INACTIVE).text == "Busy (inactive)"


@pytest.mark.parametrize(
    ("number", "published"),
    [
        (0, 0), (2999, 0), (3000, 3500), (4499, 3500), (4500, 5000), (5999, 5000),
        (6000, 6500), (7499, 6500), (7500, 7500), (8999, 7500), (9000, 9500), (11999, 9500),
        (12000, 12500), (14999, 12500), (15000, 15500), (17999, 15500), (18000, 18500), (99999, 18500),
    ],
)  # fmt: skip
def test_every_number_belongs_to_the_class_whose_range_holds_it(number: int, published: int) -> None:
    assert availability_class(number) == published


def test_an_unknown_activity_counts_as_none() -> None:
    assert appearance(BUSY, "on-a-unicycle").text == "Busy"
    assert appearance(UNKNOWN, "").text == "Presence unknown"


def test_the_menu_holds_these_six_in_this_order() -> None:
    assert [status.value for status in ManualStatus] == [
        "Available",
        "Busy",
        "Do not disturb",
        "Be right back",
        "Off work",
        "Appear away",
    ]


def test_each_choice_of_the_menu_shows_its_state_and_appear_away_shows_away() -> None:
    texts = {status.value: MANUAL_PRESENCE[status].text for status in ManualStatus}
    assert texts.pop("Appear away") == "Away"
    assert all(text == choice for choice, text in texts.items())
    assert MANUAL_PRESENCE[ManualStatus.APPEAR_AWAY].availability == AWAY
