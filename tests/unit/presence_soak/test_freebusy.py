"""Free/busy: stretches, slots, working hours and the Calendar line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyncdesk.presence.freebusy import (
    DAYS,
    SLOT,
    SLOTS,
    CalendarLine,
    Line,
    Stretch,
    WorkingHours,
    block_start,
    calendar_line,
    decode_merged,
    decode_slots,
    encode_slots,
    stretches,
)
from lyncdesk.presence.items import Item, Kind, ShowAs
from tests.unit.strategies import ITEMS, MOMENTS, NOW, at

BUSY = Stretch(at(30), at(60), ShowAs.BUSY, Kind.MEETING)
CODES = {"FREE": 0, "TENTATIVE": 1, "BUSY": 2, "OOF": 3, "WORKING_ELSEWHERE": 0, "NO_DATA": 0}


# stretches


@settings(max_examples=1500)
@given(ITEMS, st.booleans())
def test_stretches_are_in_order_apart_and_each_moment_has_the_strongest_item(
    items: tuple[Item, ...], ignore: bool
) -> None:
    found = stretches(items, ignore_all_day=ignore)
    assert all(one.end <= following.start for one, following in pairwise(found))
    assert all(one.start < one.end for one in found)
    rank = ["OOF", "BUSY", "TENTATIVE", "WORKING_ELSEWHERE"]
    for minutes in range(-60, 130, 5):
        running = {i.counts_as.name for i in items if i.runs_at(at(minutes)) and not (ignore and i.all_day)}
        best = next((name for name in rank if name in running), None)
        stretch = next((s for s in found if s.start <= at(minutes) < s.end), None)
        assert (stretch.show_as.name if stretch is not None else None) == best


@settings(max_examples=1500)
@given(ITEMS, st.randoms(use_true_random=False))
def test_stretches_never_depend_on_the_order_of_the_items(items: tuple[Item, ...], random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stretches(shuffled) == stretches(items)


def test_a_busy_stretch_is_a_meeting_where_a_meeting_runs() -> None:
    desk, meeting = Item(at(0), at(60)), Item(at(20), at(40), kind=Kind.MEETING)
    assert [(s.start, s.end, s.kind) for s in stretches([desk, meeting])] == [
        (at(0), at(20), Kind.APPOINTMENT),
        (at(20), at(40), Kind.MEETING),
        (at(40), at(60), Kind.APPOINTMENT),
    ]


def test_touching_stretches_of_one_kind_become_one() -> None:
    assert stretches([Item(at(0), at(20)), Item(at(20), at(40)), Item(at(10), at(30))]) == (
        Stretch(at(0), at(40), ShowAs.BUSY, Kind.APPOINTMENT),
    )


# slots


def test_half_an_hour_free_and_half_an_hour_busy_is_a0() -> None:
    assert encode_slots([Stretch(at(30), at(60), ShowAs.BUSY)], NOW, 4) == b"\xa0"


def test_a_block_is_four_days_of_quarter_hours_from_yesterday_midnight_utc() -> None:
    assert (4, timedelta(minutes=15), 384) == (DAYS, SLOT, SLOTS)
    assert len(encode_slots([], NOW)) == 96
    berlin = datetime(2026, 3, 4, 0, 30, tzinfo=UTC)
    assert block_start(berlin) == datetime(2026, 3, 3, tzinfo=UTC)
    assert block_start(NOW).tzinfo is UTC


@pytest.mark.parametrize("show_as", list(ShowAs))
def test_each_show_as_has_its_two_bits_and_working_elsewhere_is_free(show_as: ShowAs) -> None:
    code = CODES[show_as.name]
    assert encode_slots([Stretch(NOW, at(60), show_as)], NOW, 4) == bytes([code * 0b01010101])


def test_a_slot_takes_the_highest_of_what_touches_it() -> None:
    parts = [
        Stretch(at(0), at(1), ShowAs.BUSY),
        Stretch(at(14), at(16), ShowAs.OOF),
        Stretch(at(2), at(50), ShowAs.TENTATIVE),
    ]
    assert encode_slots(parts, NOW, 4) == bytes([0b01_01_11_11])
    assert encode_slots(parts[::-1], NOW, 4) == encode_slots(parts, NOW, 4)


def test_what_lies_outside_the_block_is_cut_off() -> None:
    around = [
        Stretch(at(-90), at(-30), ShowAs.BUSY),
        Stretch(at(-30), at(15), ShowAs.BUSY),
        Stretch(at(45), at(900), ShowAs.OOF),
    ]
    assert encode_slots(around, NOW, 4) == bytes([0b11_00_00_10])
    assert encode_slots([Stretch(at(60), at(90), ShowAs.BUSY)], NOW, 4) == b"\0"


@settings(max_examples=1500)
@given(st.binary(min_size=1, max_size=96))
def test_slots_survive_the_way_there_and_back(block: bytes) -> None:
    assert encode_slots(decode_slots(block, NOW), NOW, 4 * len(block)) == block


@settings(max_examples=1500)
@given(ITEMS)
def test_a_slot_is_never_weaker_than_any_item_in_it(items: tuple[Item, ...]) -> None:
    start = at(-60)
    block = decode_slots(encode_slots(stretches(items), start), start)
    for item in items:
        for stretch in block:
            if stretch.start < item.end and item.start < stretch.end and item.start < item.end:
                inside = [s for s in block if s.start < item.end and item.start < s.end]
                strongest = max(CODES[s.show_as.name] for s in inside)
                assert strongest >= CODES[item.counts_as.name]


def test_merged_free_busy_of_a_server_becomes_stretches() -> None:
    assert decode_merged("0224300", NOW, timedelta(minutes=30)) == (
        Stretch(at(30), at(90), ShowAs.BUSY),
        Stretch(at(120), at(150), ShowAs.OOF),
    )
    assert decode_merged("", NOW, SLOT) == ()


# working hours and the line


def hours(**changes: object) -> WorkingHours:
    return replace(WorkingHours("UTC"), **changes)  # type: ignore[arg-type]


def test_a_free_person_is_free_until_the_next_stretch_that_blocks_today() -> None:
    tentative = Stretch(at(10), at(20), ShowAs.TENTATIVE)
    assert calendar_line([tentative, BUSY], NOW, "UTC") == CalendarLine(Line.FREE, at(30))


def test_a_person_with_nothing_before_midnight_is_free_for_the_rest_of_the_day() -> None:
    tomorrow = Stretch(at(24 * 60), at(25 * 60), ShowAs.BUSY)
    assert calendar_line([tomorrow], NOW, "UTC") == CalendarLine(Line.FREE_ALL_DAY)
    assert calendar_line([], NOW, "UTC") == CalendarLine(Line.FREE_ALL_DAY)
    # 21:00 UTC is today in Berlin and tomorrow in Tokyo.
    late = [Stretch(at(12 * 60), at(13 * 60), ShowAs.BUSY)]
    assert calendar_line(late, NOW, "Europe/Berlin").line is Line.FREE
    assert calendar_line(late, NOW, "Asia/Tokyo").line is Line.FREE_ALL_DAY


@pytest.mark.parametrize(
    ("show_as", "kind", "line"),
    [
        (ShowAs.BUSY, Kind.MEETING, Line.MEETING),
        (ShowAs.BUSY, Kind.APPOINTMENT, Line.BUSY),
        (ShowAs.BUSY, Kind.UNKNOWN, Line.BUSY),
        (ShowAs.OOF, Kind.MEETING, Line.OUT_OF_OFFICE),
        (ShowAs.TENTATIVE, Kind.MEETING, Line.TENTATIVE),
        (ShowAs.WORKING_ELSEWHERE, Kind.APPOINTMENT, Line.ELSEWHERE),
    ],
)
def test_a_stretch_that_runs_is_told_with_its_end(show_as: ShowAs, kind: Kind, line: Line) -> None:
    assert calendar_line([Stretch(at(-5), at(5), show_as, kind)], NOW, "UTC") == CalendarLine(line, at(5))


def test_stretches_that_follow_each_other_and_say_the_same_are_told_as_one() -> None:
    first = Stretch(at(-5), at(5), ShowAs.BUSY, Kind.APPOINTMENT)
    then = Stretch(at(5), at(20), ShowAs.BUSY, Kind.UNKNOWN)
    meeting = Stretch(at(20), at(30), ShowAs.BUSY, Kind.MEETING)
    assert calendar_line([first, then, meeting], NOW, "UTC") == CalendarLine(Line.BUSY, at(20))


def test_outside_working_hours_the_next_working_day_is_told() -> None:
    friday = datetime(2026, 3, 6, 18, tzinfo=UTC)
    assert calendar_line([], friday, "UTC", hours()) == CalendarLine(
        Line.OUTSIDE_HOURS, datetime(2026, 3, 9, 8, tzinfo=UTC)
    )
    assert calendar_line([], friday, "UTC", hours(days=frozenset())) == CalendarLine(Line.OUTSIDE_HOURS)


def test_what_blocks_wins_over_working_hours_and_what_does_not_yields_to_them() -> None:
    night = datetime(2026, 3, 4, 22, tzinfo=UTC)
    around = (night - timedelta(hours=1), night + timedelta(hours=1))
    assert calendar_line([Stretch(*around, ShowAs.BUSY)], night, "UTC", hours()).line is Line.BUSY
    assert (
        calendar_line([Stretch(*around, ShowAs.TENTATIVE)], night, "UTC", hours()).line is Line.OUTSIDE_HOURS
    )


def test_working_hours_that_pass_midnight_belong_to_the_day_on_which_they_begin() -> None:
    nights = hours(start=time(22), end=time(6), days=frozenset({4}))
    saturday = datetime(2026, 3, 7, 5, tzinfo=UTC)
    assert calendar_line([], saturday, "UTC", nights).line is Line.FREE_ALL_DAY
    assert calendar_line([], saturday + timedelta(hours=1), "UTC", nights).line is Line.OUTSIDE_HOURS


@settings(max_examples=1500)
@given(ITEMS, MOMENTS, st.booleans())
def test_the_line_never_tells_an_end_that_is_over(
    items: tuple[Item, ...], now: datetime, works: bool
) -> None:
    line = calendar_line(stretches(items), now, "UTC", hours() if works else None)
    assert line.until is None or line.until > now
