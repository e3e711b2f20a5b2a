"""The interval to choose for a ceiling, over results that are made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.capacity.advice import advice_json, advice_lines
from lyncdesk.capacity.cost import Cost
from lyncdesk.capacity.recommendation import CANDIDATES, FEW, Ceiling, Recommendation, recommend, worst_delay
from lyncdesk.capacity.results import SECONDS, Delays, Result, Way, delays_of, load_of
from lyncdesk.client.words import Words

COST = Cost(timedelta(milliseconds=50), 2.0, 1000)
WAVE = 50  # checks in the second in which most sign in, whatever the interval
_EMPTY = load_of([0] * SECONDS)


@cache
def result(interval: int) -> Result:
    """7200 people who check evenly, and a wave of them; nobody sees a change after four hours."""
    seconds = [0] * SECONDS
    seconds[30_000] = max(WAVE, 7200 // interval)
    delay = delays_of([interval * 950] * (FEW if interval <= 4 * 3600 else 0), 0, 0, 1, 0)
    nothing = Delays(0, 0, (), 0, 0, 7)
    return Result(
        7200, interval, Way.EXACT, load_of(seconds), _EMPTY, _EMPTY, (delay, nothing, nothing, nothing), 0
    )


class Reckoner:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, intervals: Sequence[int]) -> list[Result]:
        self.asked += intervals
        return [result(interval) for interval in intervals]


def best(ceiling: Ceiling, *, at_once: bool) -> int | None:
    found = recommend(ceiling, COST, Reckoner(), at_once=at_once).best
    return found.interval if found is not None else None


both_ways = pytest.mark.parametrize("at_once", [True, False])


def test_candidates_are_what_a_policy_takes_in_order() -> None:
    assert (CANDIDATES[0], CANDIDATES[-1]) == (1, 8 * 3600)
    assert all(before < after for before, after in pairwise(CANDIDATES))
    document = Path(__file__).parents[2] / "docs" / "capacity.md"
    assert f"({len(CANDIDATES)} of them: 1s, 2s, 3s, 5s ... 8h)" in document.read_text(encoding="utf-8")


@both_ways
@pytest.mark.parametrize(
    ("requests", "delay", "expected"),
    [
        (480, None, 30),  # 7200 / 30 = 240 checks of two requests
        (479, None, 45),
        (99_999, None, 1),
        (100, None, 180),  # the wave alone asks 100
        (99, None, None),
        (None, "950", 1000 // 60 * 60 - 60),
        (None, "1", 1),
        (None, "0.5", None),
        (None, "99999", 4 * 3600),  # beyond it nobody sees a change, which is not early
        (480, "30", 30),
        (480, "28", None),
    ],
)
def test_the_interval_for_a_ceiling(
    at_once: bool, requests: float | None, delay: str | None, expected: int | None
) -> None:
    ceiling = Ceiling(requests, timedelta(seconds=float(delay)) if delay else None)
    assert best(ceiling, at_once=at_once) == expected


@given(st.integers(1, 20_000), st.integers(1, 40_000))
def test_both_searches_find_the_same(requests: int, delay: int) -> None:
    for ceiling in (
        Ceiling(requests, None),
        Ceiling(None, timedelta(seconds=delay)),
        Ceiling(requests, timedelta(seconds=delay)),
    ):
        assert best(ceiling, at_once=True) == best(ceiling, at_once=False)


def test_halving_reckons_few() -> None:
    one, all_of = Reckoner(), Reckoner()
    recommend(Ceiling(480, timedelta(minutes=5)), COST, one, at_once=False)
    recommend(Ceiling(480, timedelta(minutes=5)), COST, all_of, at_once=True)
    assert len(one.asked) == len(set(one.asked)) <= 12
    assert all_of.asked == list(CANDIDATES)


def test_a_kind_without_changes_says_nothing() -> None:
    assert worst_delay(result(60)) == 57
    assert worst_delay(result(5 * 3600)) is None


def told(ceiling: Ceiling) -> list[str]:
    found = recommend(ceiling, COST, Reckoner(), at_once=True)
    return list(advice_lines(found, ceiling, COST, Words()))


def test_what_is_said_of_an_interval() -> None:
    assert told(Ceiling(480)) == [
        "Ceiling: at most 480 requests in any second.",
        "Recommended: 30s: 480 requests in the busiest second, 95 in 100 changes seen within 28s.",
    ]


def test_what_rests_on_few_changes_says_so() -> None:
    few = result(600)
    rare = replace(few.delays[0], seen=FEW - 1)
    for delays, said in (((few.delays[0], rare), True), ((few.delays[0], few.delays[1]), False)):
        of_few = replace(few, delays=(*delays, *few.delays[2:]))
        for found in (Recommendation(of_few, None, None), Recommendation(None, of_few, few)):
            last = list(advice_lines(found, Ceiling(480), COST, Words()))[-1]
            note = (
                "Of one kind only 399 changes were seen, so chance has a part in these delays. --changes"
                " 20000 measures more."
            )
            assert (last == note) is said


NONE = "No interval from 1s to 8h keeps that."
WAVES = (
    "People who sign in or wake at the same time ask more by themselves, whatever the interval: their first"
    " check is sent at once."
)
SHORTEST = (
    "The shortest within the ceiling of requests is 30s: 480 requests in the busiest second, 95 in 100"
    " changes seen within 28s."
)
LONGEST = (
    "The longest within the ceiling of delay is 20s: 720 requests in the busiest second, 95 in 100"
    " changes seen within 19s."
)


def test_what_is_said_where_there_is_none() -> None:
    assert told(Ceiling(99))[1:] == [NONE, WAVES]
    assert told(Ceiling(480, timedelta(seconds=20)))[2:] == [NONE, SHORTEST, LONGEST]
    short = "No interval is short enough for the ceiling of delay."
    assert told(Ceiling(None, timedelta(milliseconds=500)))[1:] == [NONE, short]


def test_the_same_for_programs() -> None:
    ceiling = Ceiling(480, timedelta(seconds=20))
    found = recommend(ceiling, COST, Reckoner(), at_once=True)
    assert advice_json(found, ceiling, COST) == {
        "ceiling_requests": 480,
        "ceiling_delay_s": 20,
        "recommended": None,
        "shortest_within_requests": {
            "interval_s": 30,
            "requests_per_s_peak": 480,
            "delay_s_p95": 28.5,
            "fewest_seen": FEW,
        },
        "longest_within_delay": {
            "interval_s": 20,
            "requests_per_s_peak": 720,
            "delay_s_p95": 19,
            "fewest_seen": FEW,
        },
    }
    assert advice_json(Recommendation(None, None, None), Ceiling(), COST)["ceiling_delay_s"] is None
