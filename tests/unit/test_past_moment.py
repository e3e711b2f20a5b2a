"""A moment of the past as people write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.past_moment import past_moment

BERLIN = ZoneInfo("Europe/Berlin")
# A Friday, 10:47 in Berlin.
NOW = datetime(2026, 11, 27, 9, 47, tzinfo=UTC)


def moment(text: str, now: datetime = NOW) -> str:
    return past_moment(text, now, BERLIN).astimezone(BERLIN).strftime("%a %Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10:15", "Fri 2026-11-27 10:15:00"),
        ("9:05", "Fri 2026-11-27 09:05:00"),
        ("10:15:30", "Fri 2026-11-27 10:15:30"),
        ("today 0:00", "Fri 2026-11-27 00:00:00"),
        ("yesterday 10:15", "Thu 2026-11-26 10:15:00"),
        ("  Yesterday   23:59 ", "Thu 2026-11-26 23:59:00"),
        ("monday 10:15", "Mon 2026-11-23 10:15:00"),
        ("Mon 10:15", "Mon 2026-11-23 10:15:00"),
        ("friday 10:15", "Fri 2026-11-27 10:15:00"),
        ("friday 10:48", "Fri 2026-11-20 10:48:00"),  # that of today is yet to come
        ("saturday 8:00", "Sat 2026-11-21 08:00:00"),
        ("2026-11-26 10:15", "Thu 2026-11-26 10:15:00"),
        ("2026-11-26T10:15:20", "Thu 2026-11-26 10:15:20"),
        ("2026-11-26T10:15Z", "Thu 2026-11-26 11:15:00"),
        ("2026-11-26T10:15+05:30", "Thu 2026-11-26 05:45:00"),
        ("25 min ago", "Fri 2026-11-27 10:22:00"),
        ("25m ago", "Fri 2026-11-27 10:22:00"),
        ("1 hour ago", "Fri 2026-11-27 09:47:00"),
        ("2 days ago", "Wed 2026-11-25 10:47:00"),
        ("90 seconds ago", "Fri 2026-11-27 10:45:30"),
        ("0 s ago", "Fri 2026-11-27 10:47:00"),
    ],
)
def test_what_people_write(text: str, expected: str) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "monday",
        "10",
        "24:00",
        "10:60",
        "10.15",
        "gestern 10:15",
        "mond 10:15",
        "2026-02-30 10:15",
        "2026-11-26",
        "26.11.2026 10:15",
        "2026-11-26 10:15 +99:99",
        "2026-11-26T10:15+99:99",
        "0000-00-00 10:15",
        "25 parsecs ago",
        "999999 days ago",
        "-5 min ago",
        "٣:١٥",
        "yesterday 10:15 " + "x" * 500,
    ],
)
def test_anything_else_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="is no moment; write 10:15, yesterday 10:15") as caught:
        past_moment(text, NOW, BERLIN)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", ["10:48", "today 23:00", "2026-11-28 8:00", "2027-01-01T00:00Z"])
def test_what_is_yet_to_come_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is yet to come"):
        past_moment(text, NOW, BERLIN)


def test_a_time_that_was_skipped_by_the_clocks_is_refused() -> None:
    with pytest.raises(ValueError, match="no 2:30 on that day: the clocks were set forward"):
        past_moment("2026-03-29 2:30", NOW, BERLIN)


def test_a_time_that_came_twice_is_the_first_unless_an_offset_tells() -> None:
    first = past_moment("2026-10-25 2:30", NOW, BERLIN)
    second = past_moment("2026-10-25 2:30+01:00", NOW, BERLIN)
    assert second - first == timedelta(hours=1)


@given(st.text(max_size=80) | st.from_regex(r"\A[a-z0-9:T +-]{0,30}\Z"))
def test_no_text_is_a_surprise(text: str) -> None:
    try:
        found = past_moment(text, NOW, BERLIN)
    except ValueError:
        return
    assert found <= NOW
