"""A time of day is the next moment at which a clock shows it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.clock_times import next_at, time_of_day

BERLIN = ZoneInfo("Europe/Berlin")
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
NOWS = st.integers(0, 365 * 86_400).map(
    lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)


@given(TIMES, NOWS, ZONES.map(ZoneInfo))
def test_it_is_the_first_minute_after_now_whose_clock_shows_it(
    at: time, now: datetime, zone: ZoneInfo
) -> None:
    found = next_at(at, now, zone)
    assert now < found <= now + timedelta(hours=25)
    skipped = found.astimezone(zone).time() != at
    whole = found.replace(second=0, microsecond=0) if not skipped else found
    minutes = (whole - now) // timedelta(minutes=1)
    between = (whole - timedelta(minutes=n) for n in range(1, minutes + 1))
    assert not any(one > now and one.astimezone(zone).time() == at for one in between)


def berlin(month: int, day: int, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "at", "found"),
    [
        (berlin(3, 4, 10), time(14, 30), berlin(3, 4, 14, 30)),
        (berlin(3, 4, 10), time(10), berlin(3, 5, 10)),
        (berlin(3, 4, 23, 59), time(0), berlin(3, 5, 0)),
        # The clock is put forward from 2:00 to 3:00: 2:30 is not shown that night.
        (berlin(3, 29, 1), time(2, 30), berlin(3, 29, 3, 30)),
        # It is put back from 3:00 to 2:00: 2:30 is shown twice.
        (berlin(10, 25, 1), time(2, 30), berlin(10, 25, 2, 30, 0)),
        (berlin(10, 25, 2, 30, 0), time(2, 30), berlin(10, 25, 2, 30, 1)),
        (berlin(10, 25, 2, 30, 1), time(2, 30), berlin(10, 26, 2, 30)),
    ],
)
def test_days_end_and_clocks_change(now: datetime, at: time, found: datetime) -> None:
    assert next_at(at, now, BERLIN) == found


@pytest.mark.parametrize(
    ("text", "meant"),
    [("8:00", time(8)), ("08:00", time(8)), ("17:30", time(17, 30)), ("0:05:09", time(0, 5, 9))],
)
def test_a_time_of_day_is_read_as_people_write_it(text: str, meant: time) -> None:
    assert time_of_day(text) == meant


@pytest.mark.parametrize("text", ["", "8", "24:00", "7:60", "8.30", "8:3", "٨:٠٠", "8:00+01:00", "noon"])
def test_what_is_no_time_of_day_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="is no time of day"):
        time_of_day(text)
