"""My day and the week, as others see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyncdesk.client import events as ev
from lyncdesk.client import views
from lyncdesk.client.day_types import DayStrip
from lyncdesk.client.state import Calendar, Health, State
from lyncdesk.client.words import Words
from lyncdesk.presence.aggregate import decide
from lyncdesk.presence.freebusy import WorkingHours
from lyncdesk.presence.inputs import Inputs, OutOfOffice
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.states import Colour, ManualStatus
from tests.unit.client.driving import PROFILE, Driven, meeting, options, running
from tests.unit.strategies import ITEMS, MINUTE, NOW, at

WORDS = Words(zone=ZoneInfo("Europe/Berlin"))
DAYS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Tokyo", date(2026, 7, 1)),
]


def strip(client: Driven) -> DayStrip:
    return views.strip(client.state, client.now, WORDS)


def told(client: Driven) -> list[str]:
    return strip(client).summary.split("; ")


def read(zone: str, now: datetime, *items: Item) -> State:
    """A State whose calendar was read just now."""
    calendar = Calendar(items, as_of=now, health=Health.OK, next_check=now + timedelta(minutes=30))
    return State(Profile(PROFILE.address, zone=zone), options(), signed_in=True, calendar=calendar)


def test_each_stretch_is_what_others_will_see() -> None:
    client = running(
        meeting(-30, 30),
        Item(at(30), at(60), subject="Desk work"),
        Item(at(90), at(120), ShowAs.TENTATIVE),
    )
    assert told(client) == [
        "Available, 7:00 to 9:30",
        "In a meeting, 9:30 to 10:30",
        "Busy, 10:30 to 11:00",
        "Available, 11:00 to 19:00",
    ]
    assert (strip(client).last_check, strip(client).next_check) == (NOW, at(30))


def test_a_stretch_tells_its_item_and_its_reason() -> None:
    part = strip(running(meeting(-30, 30))).parts[1]
    assert part.label.splitlines() == [
        "In a meeting, 9:30 to 10:30",
        "Budget review",
        "You are shown as In a meeting because of “Budget review”, a meeting marked Busy, 9:30 to 10:30.",
    ]


def test_a_status_by_hand_colours_from_its_choice_until_its_end() -> None:
    client = running(meeting(-30, 30))
    client.do(ev.SetStatus(ManualStatus.BE_RIGHT_BACK, at(15)))
    assert told(client)[1:4] == [
        "In a meeting, 9:30 to 10:00",
        "Be right back, 10:00 to 10:15",
        "In a meeting, 10:15 to 10:30",
    ]


def test_available_by_hand_colours_until_the_next_busy_item_that_ends_it() -> None:
    client = running(meeting(-30, 30), meeting(60, 90), Item(at(-900), at(-890)))
    client.do(ev.SetStatus(ManualStatus.AVAILABLE))
    assert told(client)[1:] == [
        "In a meeting, 9:30 to 10:00",
        "Available, 10:00 to 10:30",
        "Available, 10:30 to 11:00",
        "In a meeting, 11:00 to 11:30",
        "Available, 11:30 to 19:00",
    ]


def test_automatic_replies_mark_the_stretch_in_which_they_are_on() -> None:
    client = Driven().signed_in()
    client.answer(out_of_office=OutOfOffice(start=at(60), end=at(120)))
    marks = [(p.start, p.end, p.out_of_office) for p in strip(client).parts]
    assert marks == [(at(-180), at(60), False), (at(60), at(120), True), (at(120), at(540), False)]


def test_what_lies_after_the_last_good_check_is_hatched_once_the_data_are_stale() -> None:
    client = running(meeting(-30, 30))
    assert not any(part.stale for part in strip(client).parts)
    client.until(61)
    assert [(p.start, p.stale) for p in strip(client).parts] == [
        (at(-180), False),
        (at(-30), False),
        (NOW, True),
        (at(30), True),
    ]
    assert strip(client).parts[-1].label.endswith("The calendar data is old.")


def test_a_day_with_nothing_outside_is_drawn_from_7_to_19_and_a_wider_one_by_whole_hours() -> None:
    def bounds(*items: Item) -> list[str]:
        drawn = strip(running(*items))
        return [
            WORDS.time(moment.astimezone(ZoneInfo("Europe/Berlin"))) for moment in (drawn.start, drawn.end)
        ]

    assert bounds() == bounds(meeting(0, 60)) == ["7:00", "19:00"]
    assert bounds(meeting(-225, -200), meeting(600, 610)) == ["6:00", "21:00"]
    assert bounds(meeting(-900, -500)) == ["0:00", "19:00"]
    assert bounds(meeting(-600, 840, all_day=True)) == ["7:00", "19:00"]
    assert bounds(meeting(-225, -200, show_as=ShowAs.FREE)) == ["7:00", "19:00"]


def test_signed_out_there_is_nothing_to_show() -> None:
    client = running(meeting(0, 60))
    client.do(ev.SignOut())
    assert (strip(client).parts, strip(client).summary) == ((), "")


@settings(max_examples=40)
@given(ITEMS, st.integers(0, 12 * 60))
def test_the_strip_shows_at_every_moment_what_the_decision_says(
    items: tuple[Item, ...], minutes: int
) -> None:
    client = running(*items)
    drawn = strip(client)
    moment = drawn.start + minutes * MINUTE
    part = next((p for p in drawn.parts if p.start <= moment < p.end), drawn.parts[-1])
    if moment < drawn.end:
        decided = decide(Inputs(items=items), moment).presence
        assert (part.colour, part.shape, part.out_of_office) == (
            decided.colour,
            decided.shape,
            decided.out_of_office,
        )
    assert [p.end for p in drawn.parts] == [*(p.start for p in drawn.parts[1:]), drawn.end]


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_on_a_day_of_23_or_25_hours_the_strip_runs_from_7_to_19_by_the_clock_on_the_wall(
    zone: str, day: date
) -> None:
    local = ZoneInfo(zone)
    for hour in (0, 4, 12, 23):
        now = datetime.combine(day, time(hour, 59), local).astimezone(UTC)
        drawn = views.strip(read(zone, now), now, Words(zone=local))
        assert [d.astimezone(local).isoformat()[:16] for d in (drawn.start, drawn.end)] == [
            f"{day}T07:00",
            f"{day}T19:00",
        ]


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_a_day_filled_from_midnight_to_midnight_stays_within_itself(zone: str, day: date) -> None:
    local = ZoneInfo(zone)
    first, last = (datetime.combine(day + timedelta(days=n), time(), local).astimezone(UTC) for n in (0, 1))
    items = (
        Item(first, first + timedelta(minutes=30)),
        Item(last - timedelta(minutes=30), last + timedelta(hours=2)),
    )
    now = first + timedelta(hours=12)
    drawn = views.strip(read(zone, now, *items), now, Words(zone=local))
    assert (drawn.start, drawn.end) == (first, last)


# the week


def test_the_week_holds_each_day_with_what_each_item_makes_of_the_presence() -> None:
    client = running(
        meeting(0, 60),
        meeting(60, 120, show_as=ShowAs.OOF, subject="Fair"),
        meeting(120, 180, show_as=ShowAs.WORKING_ELSEWHERE, subject=""),
        meeting(24 * 60, 25 * 60, cancelled=True),
        meeting(-600, 840, all_day=True, show_as=ShowAs.FREE, subject="Birthday"),
    )
    week = views.week(client.state, client.now, WORDS)
    assert [day.title for day in week.days] == [
        "Tuesday, 3 Mar",
        "Today, Wednesday, 4 Mar",
        "Thursday, 5 Mar",
        "Friday, 6 Mar",
    ]
    assert [day.today for day in week.days] == [False, True, False, False]
    today = [(i.when, i.subject, i.show_as, i.makes) for i in week.days[1].items]
    assert today == [
        ("all day", "Birthday", "Free", "Available"),
        ("10:00–11:00", "Budget review", "Busy", "In a meeting"),
        ("11:00–12:00", "Fair", "Out of office", "Available, out of office"),
        ("12:00–13:00", "Without subject", "Working elsewhere", "Available"),
    ]
    assert [(i.show_as, i.makes, i.colour) for i in week.days[2].items] == [
        ("Free", "Available", Colour.GREEN)
    ]


def totals(*items: Item, **fields: object) -> str:
    client = Driven(State(PROFILE, replace(options(), **fields)))  # type: ignore[arg-type]
    client.signed_in()
    client.answer(*items, working_hours=WorkingHours("Europe/Berlin"))
    return views.week(client.state, client.now, WORDS).totals


def test_the_totals_count_busy_working_hours_once_and_those_alone() -> None:
    assert totals() == "Shown as Busy 0 of 36 working hours, 0 of them alone."
    assert totals(meeting(0, 60), Item(at(30), at(120)), Item(at(90), at(120), subject="Again")) == (
        "Shown as Busy 2 of 36 working hours, 1 of them alone."
    )


def test_the_totals_leave_out_what_does_not_make_busy_and_what_lies_outside_working_hours() -> None:
    assert (
        totals(
            meeting(0, 60, show_as=ShowAs.TENTATIVE),
            meeting(0, 60, show_as=ShowAs.OOF),
            meeting(0, 60, cancelled=True),
            meeting(8 * 60, 9 * 60),
            meeting(6.5 * 60, 8 * 60),
        )
        == "Shown as Busy 0.5 of 36 working hours, 0 of them alone."
    )


def test_an_item_of_unknown_kind_counts_as_busy_and_not_as_alone() -> None:
    assert (
        totals(meeting(0, 60, kind=Kind.UNKNOWN)) == "Shown as Busy 1 of 36 working hours, 0 of them alone."
    )


def test_all_day_items_count_unless_they_are_ignored() -> None:
    day = Item(at(-600), at(840), all_day=True)
    assert totals(day).startswith("Shown as Busy 9 of 36")
    assert totals(day, ignore_all_day=True).startswith("Shown as Busy 0 of 36")


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_the_week_has_four_days_of_the_calendar_across_a_change(zone: str, day: date) -> None:
    now = datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)
    week = views.week(read(zone, now), now, WORDS)
    assert [one.day for one in week.days] == [day + timedelta(days=n) for n in range(-1, 3)]


def test_before_the_first_answer_no_stretch_looks_as_if_somebody_had_said_it() -> None:
    client = Driven().signed_in()
    strip = views.strip(client.state, client.now, WORDS)
    assert strip.parts
    assert all(part.stale and "has not been read yet" in part.label for part in strip.parts)
    client.answer()
    strip = views.strip(client.state, client.now, WORDS)
    assert not any(part.stale for part in strip.parts)
