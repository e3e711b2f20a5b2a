"""Measuring an Exchange politely: how often, how far apart, and when it ends."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lyncdesk.capacity.measure import CHECKS, FEWEST, LEAST_REST, Measured, Sample, measure, percentile
from lyncdesk.capacity.measure_report import measured_json, measured_lines
from lyncdesk.client.ports import CalendarAnswer, ItemKey, ProblemError, Traffic, Window, Written
from lyncdesk.client.problems import Problem
from lyncdesk.client.words import Words
from lyncdesk.presence.items import ShowAs

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BUSY = ProblemError(Problem.of("server-busy", server="mail"), timedelta(seconds=90), 1)
Script = list[CalendarAnswer | ProblemError]


def answer(milliseconds: int, **fields: Any) -> CalendarAnswer:
    waited = timedelta(milliseconds=milliseconds)
    return CalendarAnswer(
        (), requests=2, duration=10 * waited, traffic=Traffic(100, 900, waited), server="15.1", **fields
    )


class Scripted:
    """A calendar that answers by a script, in a time that passes only by waiting and answering."""

    def __init__(self, script: Script) -> None:
        self.script = list(script)
        self.now = NOW
        self.asked: list[tuple[datetime, Window, timedelta | None]] = []
        self.ended = NOW
        self.rests: list[float] = []
        self.under_way = 0

    async def fetch(self, window: Window, next_due_in: timedelta | None = None) -> CalendarAnswer:
        self.under_way += 1
        assert self.under_way == 1
        self.asked.append((self.now, window, next_due_in))
        await asyncio.sleep(0)
        told = self.script.pop(0)
        self.under_way -= 1
        if isinstance(told, ProblemError):
            raise told
        assert told.traffic is not None
        self.now += told.traffic.waited
        return told

    async def change_show_as(self, key: ItemKey, show_as: ShowAs, *, series: bool = False) -> Written:
        raise AssertionError("nothing is written")

    async def close(self) -> None:
        raise AssertionError("its owner closes it")

    async def wait(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += timedelta(seconds=seconds)

    def measured(self, checks: int = CHECKS) -> Measured:
        return asyncio.run(
            measure(self, "Europe/Berlin", now=lambda: self.now, wait=self.wait, checks=checks)
        )


def test_it_asks_a_few_times_with_rests_between_and_keeps_the_first_apart() -> None:
    calendar = Scripted([answer(500), *(answer(100 + n) for n in range(CHECKS - 1)), BUSY])
    found = calendar.measured()
    assert (found.checks, found.requests, found.problem) == (CHECKS, 2 * CHECKS, None)
    assert len(calendar.asked) == CHECKS
    assert len(calendar.rests) == CHECKS - 1
    assert found.first == Sample(timedelta(milliseconds=500), 2, 100, 900)
    assert found.service == timedelta(milliseconds=103)
    assert found.service_p95 == timedelta(milliseconds=106)
    assert (found.requests_per_check, found.bytes_per_check, found.server) == (2.0, 1000, "15.1")
    assert found.took == calendar.now - NOW
    assert found.is_usable
    assert [until for _, _, until in calendar.asked][-1] is None  # the worker may end


@pytest.mark.parametrize(
    ("milliseconds", "rest"), [(10, 2.0), (500, 2.0), (600, 2.4), (3000, 12.0), (50_000, 25.0)]
)
def test_a_slow_server_gets_longer_rests(milliseconds: int, rest: float) -> None:
    calendar = Scripted([answer(milliseconds)] * 3)
    calendar.measured(checks=3)
    assert calendar.rests == [rest, rest]


def test_every_check_asks_for_the_days_that_a_check_of_that_moment_asks_for() -> None:
    calendar = Scripted([answer(100)] * 3)
    calendar.now = datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC)  # a second before midnight in Berlin
    calendar.measured(checks=2)
    assert [window.start.day for _, window, _ in calendar.asked] == [1, 2]


@pytest.mark.parametrize("before", range(CHECKS))
def test_the_first_problem_ends_it_and_nothing_is_sent_after(before: int) -> None:
    calendar = Scripted([*[answer(100)] * before, BUSY, *[answer(100)] * 20])
    found = calendar.measured()
    assert len(calendar.asked) == before + 1
    assert len(calendar.rests) == before
    assert (found.problem, found.back_off) == (BUSY.problem, timedelta(seconds=90))
    assert found.requests == 2 * before + BUSY.requests  # what was refused was sent all the same
    assert found.checks == before
    assert found.is_usable is (before > FEWEST)


@pytest.mark.parametrize("name", ["server-busy", "timed-out", "server-error", "refused-password"])
def test_a_part_that_failed_ends_it_as_well(name: str) -> None:
    calendar = Scripted([answer(100), answer(100, without=name), *[answer(100)] * 20])
    found = calendar.measured()
    assert len(calendar.asked) == 2
    assert found.problem == Problem.of(name)
    assert found.checks == 1  # what was cut short is no measure of a check
    assert (found.requests, found.sent, found.received) == (4, 200, 1800)  # but it was sent


@pytest.mark.parametrize("name", ["access-denied", "not-allowed", "no-mailbox", "version-mismatch"])
def test_what_is_never_told_does_not_end_it(name: str) -> None:
    calendar = Scripted([answer(100, without=name)] * CHECKS)
    assert calendar.measured().checks == CHECKS


def test_a_source_without_traffic_is_measured_by_its_duration() -> None:
    bare = CalendarAnswer((), requests=3, duration=timedelta(milliseconds=70))
    calendar = Scripted([])

    async def fetch(window: Window, next_due_in: timedelta | None = None) -> CalendarAnswer:
        return bare

    calendar.fetch = fetch  # type: ignore[method-assign]
    assert calendar.measured(checks=2).regular == (Sample(timedelta(milliseconds=70), 3, 0, 0),)


def test_a_rest_is_never_shorter_than_the_least() -> None:
    assert timedelta(seconds=2) <= LEAST_REST


@pytest.mark.parametrize(
    ("count", "percent", "rank"),
    [
        (1, 95, 1),
        (7, 95, 7),
        (20, 95, 19),
        (21, 95, 20),
        (100, 95, 95),
        (100, 50, 50),
        (3, 0, 1),
        (3, 100, 3),
    ],
)
def test_a_percentile_is_the_nearest_rank(count: int, percent: int, rank: int) -> None:
    values = [timedelta(seconds=n) for n in range(count, 0, -1)]
    assert percentile(values, percent) == timedelta(seconds=rank)


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 95)


def test_it_is_told_what_was_sent_and_why_it_ended() -> None:
    calendar = Scripted([*[answer(120)] * 5, BUSY])
    found = calendar.measured()
    asked, takes, *why = measured_lines(found, "mail.example.org", Words())
    assert asked == (
        "Asked mail.example.org: checks of one calendar 5, requests 11, bytes sent 500, bytes received 4500,"
        " in 11 s; nothing was changed."
    )
    assert takes == (
        "A check takes 0.120 s there (median; 95 in 100 at most 0.120 s, the first one 0.120 s), 2 requests"
        " and 1000 bytes, the way to the server included."
    )
    assert why == [
        "It ended early: Exchange is busy. mail asked to be left alone for a while.",
        "The server asked to be left alone for 90 s: do not measure before.",
    ]
    assert measured_json(found, "mail.example.org") == {
        "server": "mail.example.org",
        "build": "15.1",
        "checks": 5,
        "requests": 11,
        "bytes_sent": 500,
        "bytes_received": 4500,
        "took_s": 10.6,
        "service_s": 0.12,
        "service_p95_s": 0.12,
        "first_s": 0.12,
        "requests_per_check": 2.0,
        "bytes_per_check": 1000,
        "problem": "server-busy",
        "back_off_s": 90.0,
    }


def test_nothing_measured_is_told_as_nothing() -> None:
    found = Scripted([BUSY]).measured()
    told = measured_json(found, "mail")
    assert (told["checks"], told["service_s"], told["first_s"], told["bytes_per_check"]) == (
        0,
        None,
        None,
        None,
    )
    assert len(list(measured_lines(found, "mail", Words()))) == 3
