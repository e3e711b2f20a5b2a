"""Both ways to reckon a day come to the same, to the last check, change and millisecond of delay.

They share the days and nothing else: one plays them through the engine, the other works them out with numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import sqrt
from statistics import mean, stdev
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lyncdesk.capacity.exact import reckon_exactly
from lyncdesk.capacity.many.reckoning import reckon
from lyncdesk.capacity.model import CHANGE_KINDS, DayModel
from lyncdesk.capacity.model_file import built_in
from lyncdesk.capacity.results import Result, Way
from tests.capacity.models import at_once, model_with, only, strange_models

MINUTE, HOUR = 60, 3600
# Looking for a smaller example would take minutes: people are told apart by their number anyhow.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def agree(model: DayModel, seed: int, users: int, interval: int, sample: int | None = None) -> Result:
    """Both ways agree on these people's day; gives what they found."""
    exact = reckon_exactly(model, seed, users, interval, sample=sample)
    (vectorised,) = reckon(model, seed, users, [interval], sample=sample)
    assert exact.way is Way.EXACT
    assert replace(exact, way=Way.VECTORISED) == vectorised
    return exact


@settings(max_examples=25, deadline=None, phases=_PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(
    model=strange_models(),
    seed=st.integers(0, 2**63 - 1),
    users=st.integers(1, 5),
    interval=st.sampled_from((7 * MINUTE, 30 * MINUTE, 31 * MINUTE + 1, 2 * HOUR, 8 * HOUR)),
)
def test_the_two_ways_agree_on_any_people_of_any_model(
    model: DayModel, seed: int, users: int, interval: int
) -> None:
    agree(model, seed, users, interval)


@pytest.mark.parametrize(("minutes", "users"), [(10, 20), (30, 100), (60, 100), (480, 100)])
def test_the_two_ways_agree_on_hundreds_of_working_days(minutes: int, users: int) -> None:
    found = agree(built_in(), 2026, users, minutes * MINUTE)
    assert sum(delays.seen for delays in found.delays) > users / 4
    assert sum(delays.hidden for delays in found.delays) > users / 8
    assert sum(delays.away for delays in found.delays) > users / 20
    assert sum(delays.missed for delays in found.delays) > 0 or minutes < 30


@pytest.mark.parametrize("sample", [1, 7, 33, 60])
def test_the_two_ways_take_the_same_sample(sample: int) -> None:
    # Twelve people make 22 changes, so that a sample ends within them or with others.
    found = agree(built_in(), 2026, 12, 60 * MINUTE, sample)
    assert found.changes == sample
    whole = agree(built_in(), 2026, 12, 60 * MINUTE)
    assert 7 < whole.changes < 33
    assert replace(found, delays=whole.delays) == whole


# A stay of seconds, with a check in each: much happens at the very same moment.
_CROWDED: dict[str, Any] = {
    "people.at_work": 1,
    "waves": at_once("10:00"),
    "stay.length": "6s",
    "stay.spread": "0s",
    "lunch.at": "10:00",
    "lunch.spread": "5s",
    "lunch.length": "2s",
    "lunch.length_spread": "1s",
    "breaks.number": {"2": 1},
    "breaks.length": {"1s": 1},
    "morning.hour": {"10": 1},
    "morning.minute": {"0": 1},
    "morning.length": {"1s": 1, "2s": 1, "4s": 1},
    "changes.length": {"1s": 1, "2s": 1},
    "changes.show_as": {"Busy": 1},
    "changes.began": 0.5,
    "changes.began_before": "2s",
    "changes.running": "2s",
}


def test_the_two_ways_agree_at_an_interval_of_a_second() -> None:
    found = agree(model_with(_CROWDED, **{"changes.number": 20}), 3, 60, 1)
    assert found.checks.total > 60 * 4
    assert found.delays[0].seen > 40
    assert found.delays[0].hidden > 200  # others add for that moment too


def test_the_two_ways_agree_where_boundaries_and_checks_meet_in_one_moment() -> None:
    # All sign in at 10:00:00, and at whole seconds from there they check, and items begin and end.
    found = agree(model_with(_CROWDED, **{"changes.number": 0, "breaks.number": {"0": 1}}), 4, 60, 1)
    assert found.checks.peak == found.signed_in == 60
    assert found.presence.by_minute[600] > 3 * 60


@pytest.mark.parametrize("users", [1, 2, 5])
def test_the_two_ways_agree_on_people_to_whom_nothing_happens(users: int) -> None:
    agree(model_with({"people.at_work": 0}), 1, users, 30 * MINUTE)
    agree(model_with({"changes.number": 0, "morning.number": {"0": 1}}), 1, users, 30 * MINUTE)


@pytest.mark.parametrize("sample", [None, 50, 1000])
@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_chunks_do_not_matter(chunk: int, sample: int | None) -> None:
    whole = reckon(built_in(), 9, 150, [30 * MINUTE, 60 * MINUTE], sample=sample)
    assert reckon(built_in(), 9, 150, [30 * MINUTE, 60 * MINUTE], sample=sample, chunk=chunk) == whole


def test_other_people_of_the_same_model_are_alike() -> None:
    """Not the same people: by chance alone, the few differ from the many by a few standard errors at most."""
    model, interval = only("added_for_now", **{"changes.number": 6}), 30 * MINUTE
    few = [reckon_exactly(model, seed, 12, interval) for seed in range(10)]
    (many,) = reckon(model, 4711, 20_000, [interval])
    told: tuple[Callable[[Result], float], ...] = (
        lambda found: found.checks.total / found.users,
        lambda found: found.presence.total / found.users,
        lambda found: found.delays[0].mean or 0.0,
    )
    for what in told:
        values = [what(found) for found in few]
        error = stdev(values) / sqrt(len(values))
        assert abs(mean(values) - what(many)) < 5 * error
    assert [delays.changes for delays in many.delays][1:] == [0] * (len(CHANGE_KINDS) - 1)
