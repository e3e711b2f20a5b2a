"""Durations: what a person may write, and that nothing is lost on the way back."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.durations import format_duration, parse_duration, short_duration

WHOLE_SECONDS = st.integers(0, 900_000 * 3600).map(lambda seconds: timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:30:00", 1800),
        ("08:00:00", 28800),
        ("24:00:00", 86400),
        ("0:00:01", 1),
        ("30m", 1800),
        ("1h30m", 5400),
        ("45s", 45),
        ("90m", 5400),
        ("1h0m5s", 3605),
        (" 30M ", 1800),
        ("0s", 0),
    ],
)
def test_every_form_of_the_rules_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "30",
        "m",
        "1:30",
        "00:60:00",
        "00:00:60",
        "-30m",
        "1.5h",
        "30m1h",
        "1h 30m",
        "30min",
        "٣٠m",
        "9" * 30 + "h",
    ],
)
def test_anything_else_is_one_error_that_says_what_was_read_and_what_to_write(text: str) -> None:
    with pytest.raises(
        ValueError, match="is not a duration; write it like 30m, 1h30m, 45s or 00:30:00"
    ) as caught:
        parse_duration(text)
    assert f'"{text}"' in str(caught.value)


@given(WHOLE_SECONDS)
def test_both_written_forms_read_back_as_the_same_duration(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration
    assert parse_duration(short_duration(duration)) == duration


def test_the_short_form_leaves_out_what_is_zero() -> None:
    assert [short_duration(timedelta(seconds=s)) for s in (0, 45, 1800, 5400, 3605)] == [
        "0s",
        "45s",
        "30m",
        "1h30m",
        "1h5s",
    ]


@pytest.mark.parametrize("write", [format_duration, short_duration])
def test_a_negative_duration_is_refused(write) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="never negative"):
        write(timedelta(seconds=-1))
