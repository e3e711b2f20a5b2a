"""Both ways to reckon a day come to the same, to the last check, change and millisecond of delay.

They share the days and nothing else: one plays them through the engine, the other works them out with numpy.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from statistics import mean, stdev
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyncdesk.capacity.exact import reckon_exactly
from lyncdesk.capacity.many.reckoning import reckon
from lyncdesk.capacity.model import CHANGE_KINDS, DayModel
from lyncdesk.capacity.model_file import built_in
from lyncdesk.capacity.results import Result, Way
from tests.capacity.models import at_once, model_with, only, strange_models

MINUTE, HOUR = 60, 3600


def agree(model: DayModel, seed: int, users: int, interval: int) -> Result:
    """Both ways agree on these people's day; gives what they found."""
    exact = reckon_exactly(model, seed, users, interval)
    (vectorised,) = reckon(model, seed, users, [interval])
    assert exact.way is Way.EXACT
    assert replace(exact, way=Way.VECTORISED) == vectorised
    return exact


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    model=strange_models(),
    seed=st.integers(0, 2**63 - 1),
    users=st.integers(1, 8),
    interval=st.sampled_from((7 * MINUTE, 30 * MINUTE, 31 * MINUTE + 1, 2 * HOUR, 8 * HOUR)),
)
def test_the_two_ways_agree_on_any_people_of_any_model(
    model: DayModel, seed: int, users: int, interval: int
) -> None:
    agree(model, seed, users, interval)


@pytest.mark.parametrize("interval", [15 * MINUTE, 30 * MINUTE, 8 * HOUR], ids=lambda s: f"{s // 60}m")
def test_the_two_ways_agree_on_hundreds_of_working_days(interval: int) -> None:
    found = agree(built_in(), 2026, 250, interval)
    assert all(delays.seen for delays in found.delays)
    assert sum(delays.hidden for delays in found.delays) > 10
    assert sum(delays.away for delays in found.delays) > 10
    assert any(delays.missed for delays in found.delays)


# A stay of seconds, with many changes and checks at whole milliseconds: much happens at the very same moment.
_CROWDED: dict[str, Any] = {
    "people.at_work": 1,
    "waves": at_once("09:59:58"),
    "stay.length": "5s",
    "stay.spread": "0s",
    "breaks.number": {"2": 1},
    "breaks.length": {"1s": 1},
    "morning.hour": {"10": 1},
    "morning.minute": {"0": 1},
    "morning.walking": 0.5,
    "morning.walking_before": "1s",
    "morning.walking_after": "1s",
    "changes.number": 40,
    "changes.length": {"1s": 1},
    "changes.began": 0.5,
    "changes.began_before": "2s",
}


def test_the_two_ways_agree_at_an_interval_of_a_second() -> None:
    found = agree(model_with(_CROWDED), 3, 60, 1)
    assert found.checks.total > 60 * 3
    assert found.delays[0].missed == 0


def test_the_two_ways_agree_where_checks_changes_and_boundaries_meet() -> None:
    # Everything on whole seconds: items begin at 10:00:00, as does a check of everybody who did not sleep.
    found = agree(model_with(_CROWDED, **{"changes.number": 0}), 4, 40, 1)
    assert found.checks.peak == 40
    assert found.presence.peak > 20


@pytest.mark.parametrize("users", [1, 2, 5])
def test_the_two_ways_agree_on_people_to_whom_nothing_happens(users: int) -> None:
    agree(model_with({"people.at_work": 0}), 1, users, 30 * MINUTE)
    agree(model_with({"changes.number": 0, "morning.number": {"0": 1}}), 1, users, 30 * MINUTE)


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_chunks_do_not_matter(chunk: int) -> None:
    whole = reckon(built_in(), 9, 150, [30 * MINUTE, 60 * MINUTE])
    assert reckon(built_in(), 9, 150, [30 * MINUTE, 60 * MINUTE], chunk=chunk) == whole


def test_other_people_of_the_same_model_are_alike() -> None:
    """Not the same people: by chance alone, the few differ from the many by a few standard errors at most."""
    model, interval = only("added_for_now", **{"changes.number": 6}), 30 * MINUTE
    few = [reckon_exactly(model, seed, 12, interval) for seed in range(10)]
    (many,) = reckon(model, 4711, 60_000, [interval])
    for what in (
        lambda found: found.checks.total / found.users,
        lambda found: found.presence.total / found.users,
        lambda found: found.delays[0].mean,
    ):
        values = [what(found) for found in few]
        error = stdev(values) / sqrt(len(values))
        assert abs(mean(values) - what(many)) < 5 * error
    assert [delays.changes for delays in many.delays][1:] == [0] * (len(CHANGE_KINDS) - 1)
