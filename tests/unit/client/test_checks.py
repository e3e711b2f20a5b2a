"""When to ask the calendar, as functions of a calendar and the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyncdesk.client.checks import (
    after_new_interval,
    is_stale,
    next_after_failure,
    regular_after,
    retry_delay,
    stale_from,
)
from lyncdesk.client.problems import PROBLEMS, Problem, Retry
from lyncdesk.client.state import Calendar
from tests.unit.strategies import MINUTE, NOW, at

HALF_HOUR = 30 * MINUTE
TICK = timedelta(microseconds=1)


def failed(failures: int = 1, problem: str = "timed-out", **fields: object) -> Calendar:
    calendar = Calendar(anchor=NOW, as_of=NOW, failures=failures, failed_at=NOW, problem=Problem.of(problem))
    return replace(calendar, **fields)  # type: ignore[arg-type]


@settings(max_examples=50)
@given(st.integers(1, 8 * 3600), st.integers(-3600, 10**6))
def test_the_next_regular_check_is_the_first_of_anchor_and_n_intervals_that_lies_ahead(
    seconds: int, after: int
) -> None:
    interval, now = timedelta(seconds=seconds), NOW + timedelta(seconds=after)
    planned = regular_after(NOW, interval, now)
    assert planned > now
    assert planned >= NOW
    assert not (planned - NOW) % interval
    assert planned - interval <= now or planned == NOW


def test_retries_wait_1_2_4_8_and_then_15_minutes() -> None:
    assert [retry_delay(n) / MINUTE for n in range(1, 8)] == [1, 2, 4, 8, 15, 15, 15]
    assert retry_delay(10**6) == 15 * MINUTE


@pytest.mark.parametrize(("failures", "expected"), [(1, 21), (2, 22), (3, 24), (4, 28), (5, 30), (9, 30)])
def test_the_next_check_after_a_failure_is_the_retry_or_the_regular_one_if_that_is_earlier(
    failures: int, expected: int
) -> None:
    assert next_after_failure(failed(failures), HALF_HOUR, at(20)) == at(expected)


@pytest.mark.parametrize("seconds", [1, 10, 59, 61])
def test_a_check_is_never_sent_within_a_minute_of_a_failure_however_short_the_interval(seconds: int) -> None:
    planned = next_after_failure(failed(), timedelta(seconds=seconds), at(0.5))
    assert planned == at(1.5)


def test_a_check_is_never_sent_before_the_servers_own_back_off() -> None:
    assert next_after_failure(failed(back_off_until=at(90)), HALF_HOUR, at(20)) == at(90)
    assert next_after_failure(failed(back_off_until=at(20.5)), HALF_HOUR, at(20)) == at(21)


def test_what_is_not_worth_a_retry_waits_for_the_regular_check() -> None:
    names = [row.name for row in PROBLEMS.values() if row.retry is Retry.NO]
    assert names
    for name in names:
        assert next_after_failure(failed(problem=name), HALF_HOUR, at(2)) == at(30)


def test_what_needs_the_person_plans_no_check() -> None:
    for name in ("refused-password", "no-password"):
        assert next_after_failure(failed(problem=name), HALF_HOUR, at(2)) is None


@pytest.mark.parametrize(
    ("interval", "now", "expected"),
    [(60, 10, 60), (15, 10, 15), (5, 10, 10), (60, 70, 70)],
)
def test_a_new_interval_counts_from_the_anchor_and_is_due_at_once_if_that_has_passed(
    interval: int, now: int, expected: int
) -> None:
    calendar = Calendar(anchor=NOW, next_check=at(30), as_of=NOW)
    assert after_new_interval(calendar, interval * MINUTE, at(now)) == at(expected)


def test_a_new_interval_neither_hastens_nor_puts_off_what_a_failure_planned() -> None:
    calendar = failed(failures=3, failed_at=at(20), next_check=at(24))
    assert after_new_interval(calendar, 60 * MINUTE, at(23)) == at(24)
    assert after_new_interval(calendar, MINUTE, at(20.5)) == at(21)
    waiting = replace(calendar, back_off_until=at(50))
    assert after_new_interval(waiting, MINUTE, at(23)) == at(50)


def test_a_new_interval_plans_nothing_where_nothing_is_planned() -> None:
    assert after_new_interval(failed(next_check=None), MINUTE, at(90)) is None


@pytest.mark.parametrize(("interval", "limit"), [(30, 60), (60, 120), (1, 5), (2, 5), (3, 6)])
def test_data_are_stale_once_older_than_two_intervals_and_than_five_minutes(
    interval: int, limit: int
) -> None:
    calendar = Calendar(as_of=NOW)
    assert not is_stale(calendar, interval * MINUTE, at(limit))
    assert is_stale(calendar, interval * MINUTE, at(limit) + TICK)
    assert stale_from(calendar, interval * MINUTE) == at(limit) + TICK


@pytest.mark.parametrize(("interval", "limit"), [(60, 90), (30, 60), (20, 40), (240, 270)])
def test_after_a_failure_data_are_stale_once_older_than_the_interval_and_half_an_hour(
    interval: int, limit: int
) -> None:
    calendar = failed()
    assert not is_stale(calendar, interval * MINUTE, at(limit))
    assert is_stale(calendar, interval * MINUTE, at(limit) + TICK)


def test_data_that_never_came_are_stale_once_a_check_has_failed() -> None:
    assert not is_stale(Calendar(), HALF_HOUR, at(900))
    assert is_stale(failed(as_of=None), HALF_HOUR, NOW)
