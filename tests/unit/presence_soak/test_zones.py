"""Days that are not 24 hours long: the window of a check, working hours, the Calendar line."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyncdesk.client.checks import window
from lyncdesk.presence.freebusy import CalendarLine, Line, Stretch, WorkingHours, calendar_line
from lyncdesk.presence.items import ShowAs
from tests.unit.strategies import ZONES

# A zone, its day of the change, and how many hours that day has.
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29), 23.0),
    ("Europe/Berlin", date(2026, 10, 25), 25.0),
    ("America/New_York", date(2026, 3, 8), 23.0),
    ("America/New_York", date(2026, 11, 1), 25.0),
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ("Asia/Tokyo", date(2026, 3, 29), 24.0),
]
HOUR = timedelta(hours=1)


def local(zone: str, day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(("zone", "day", "length"), CHANGES)
def test_the_days_of_this_list_are_as_long_as_it_says(zone: str, day: date, length: float) -> None:
    assert (local(zone, day + timedelta(days=1)) - local(zone, day)) / HOUR == length


@pytest.mark.parametrize(("zone", "day", "length"), CHANGES)
@pytest.mark.parametrize("before", range(-1, 4))
def test_a_check_asks_for_yesterday_midnight_to_four_days_later_by_local_time(
    zone: str, day: date, length: float, before: int
) -> None:
    asked = window(local(zone, day - timedelta(days=before), 12), zone)
    assert asked.start == local(zone, day - timedelta(days=before + 1))
    assert asked.end == local(zone, day - timedelta(days=before - 3))
    inside = asked.start <= local(zone, day) < asked.end
    assert (asked.end.astimezone(UTC) - asked.start.astimezone(UTC)) / HOUR == 4 * 24 + (length - 24) * inside


@settings(max_examples=1500)
@given(
    st.integers(0, 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(ZONES),
)
def test_now_lies_in_the_second_day_of_the_window(now: datetime, zone: str) -> None:
    asked = window(now, zone)
    today = now.astimezone(ZoneInfo(zone)).date()
    assert local(zone, today) <= now < local(zone, today + timedelta(days=1))
    assert (asked.start, asked.end) == (
        local(zone, today - timedelta(days=1)),
        local(zone, today + timedelta(days=3)),
    )


@pytest.mark.parametrize(("zone", "day", "length"), CHANGES)
def test_working_hours_begin_and_end_by_the_clock_on_the_wall(zone: str, day: date, length: float) -> None:
    works = WorkingHours(zone, frozenset(range(7)), time(1), time(17))
    spans = list(works.spans(local(zone, day, 12), 2))
    assert spans[0] == (local(zone, day, 1), local(zone, day, 17))
    # All these changes come after 1:00 and before 17:00.
    assert (spans[0][1] - spans[0][0]) / HOUR == 16 + (length - 24)


@pytest.mark.parametrize(("zone", "day", "length"), CHANGES)
def test_the_calendar_line_tells_the_next_working_morning_across_the_change(
    zone: str, day: date, length: float
) -> None:
    works = WorkingHours(zone, frozenset(range(7)), time(8), time(17))
    evening = local(zone, day - timedelta(days=1), 20)
    line = calendar_line([], evening, zone, works)
    assert line == CalendarLine(Line.OUTSIDE_HOURS, local(zone, day, 8))
    assert line.until is not None
    assert (line.until - evening) / HOUR == 12 + (length - 24)


@pytest.mark.parametrize(("zone", "day", "length"), CHANGES)
def test_the_rest_of_the_day_ends_at_local_midnight_however_long_the_day(
    zone: str, day: date, length: float
) -> None:
    midnight = local(zone, day + timedelta(days=1))
    last = Stretch(midnight - timedelta(minutes=1), midnight, ShowAs.BUSY)
    following = Stretch(midnight, midnight + HOUR, ShowAs.BUSY)
    morning = local(zone, day)
    assert calendar_line([last], morning, zone) == CalendarLine(Line.FREE, last.start)
    assert calendar_line([following], morning, zone) == CalendarLine(Line.FREE_ALL_DAY)
