"""What both ways must come to where the answer is known without them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from math import sqrt
from typing import Any

import pytest

from lyncdesk.capacity.cost import Cost
from lyncdesk.capacity.days import Day, people
from lyncdesk.capacity.exact import reckon_exactly
from lyncdesk.capacity.many.reckoning import reckon
from lyncdesk.capacity.model import CHANGE_KINDS, MINUTE, SECOND, DayModel
from lyncdesk.capacity.model_file import built_in
from lyncdesk.capacity.results import SECONDS, Result
from tests.capacity.models import PLAIN_DAY, at_once, model_with, only

Way = Callable[[DayModel, int, int], Result]
SEED = 77


def exactly(model: DayModel, users: int, interval: int) -> Result:
    """Some tens of people, by the engine."""
    return reckon_exactly(model, SEED, max(1, users // 250), interval)


def vectorised(model: DayModel, users: int, interval: int) -> Result:
    """All of them."""
    (found,) = reckon(model, SEED, users, [interval])
    return found


both = pytest.mark.parametrize("way", [exactly, vectorised])
# A change of a minute at any moment, so many that chance evens out; none hides another for long.
_MOMENTS: dict[str, Any] = {"changes.number": 12, "changes.length": {"1m": 1}, "changes.began": 0}


@both
@pytest.mark.parametrize("minutes", [30, 60])
def test_a_change_at_a_random_moment_is_seen_after_half_an_interval(way: Way, minutes: int) -> None:
    interval = minutes * 60
    delays = way(only("added_for_now", **_MOMENTS), 10_000, interval).delays[0]
    assert delays.seen > 400
    # Evenly between 0 and the interval: the deviation of one is interval / sqrt(12), that of a quantile
    # sqrt(p (1 - p)).
    error = interval / sqrt(12 * delays.seen)
    assert delays.mean == pytest.approx(interval / 2, abs=4 * error)
    for percent in (50, 95):
        spread = interval * sqrt(percent / 100 * (1 - percent / 100) / delays.seen)
        assert delays.percentile(percent) == pytest.approx(percent / 100 * interval, abs=4 * spread)
    assert interval * (1 - 20 / delays.seen) < (delays.percentile(100) or 0) < interval
    # What lasts a minute is over before a check in all but one minute of each interval.
    assert delays.missed / delays.seen == pytest.approx(
        1 - 1 / minutes, abs=4 * sqrt(1 / minutes / delays.seen)
    )


@both
@pytest.mark.parametrize("interval", [900, 1800])
def test_what_is_known_an_interval_ahead_is_seen_in_time(way: Way, interval: int) -> None:
    ahead = {"changes.added_least": f"{interval}s", "changes.added_most": "6h", "changes.number": 4}
    delays = way(only("added_ahead", **ahead), 4_000, interval).delays[1]
    assert delays.seen > 20
    assert (delays.mean, delays.percentile(100), delays.missed) == (0, 0, 0)


@both
def test_what_is_known_half_an_interval_ahead_is_late_by_at_most_the_other_half(way: Way) -> None:
    ahead = {"changes.added_least": "15m", "changes.added_most": "15m", "changes.number": 4}
    delays = way(only("added_ahead", **ahead), 20_000, 1800).delays[1]
    # It begins 15 to 30 minutes after it was added, on a quarter of an hour.
    assert 0 < (delays.percentile(100) or 0) < 900
    assert delays.percentile(50) == 0


@both
@pytest.mark.parametrize("kind", CHANGE_KINDS)
def test_no_change_that_is_seen_is_as_old_as_the_interval(way: Way, kind: str) -> None:
    model = model_with({"changes.kinds": {kind: 1}, "changes.number": 6})
    delays = way(model, 6_000, 1800).by_kind()[kind]
    assert delays.seen > 10
    assert (delays.percentile(100) or 0) < 1800


def _stretches(day: Day) -> list[tuple[int, int]]:
    """When a client is awake and signed in."""
    edges = [day.sign_in, *(edge for stretch in day.asleep for edge in stretch), day.sign_out]
    return list(zip(edges[::2], edges[1::2], strict=True)) if day.sign_in < day.sign_out else []


@both
@pytest.mark.parametrize("interval", [1200, 1800, 8 * 3600])
def test_checks_are_one_and_one_for_each_interval_of_each_stretch_awake(way: Way, interval: int) -> None:
    found = way(built_in(), 6_000, interval)
    stretches = [one for day in people(built_in(), SEED, range(found.users)) for one in _stretches(day)]
    assert found.checks.total == sum(1 + (end - start - 1) // (interval * SECOND) for start, end in stretches)
    # Which is the time awake by the interval, and half a check more for each stretch that is long enough.
    if interval == 1200:
        awake = sum(end - start for start, end in stretches) / SECOND
        expected = awake / interval + len(stretches) / 2
        assert found.checks.total == pytest.approx(expected, rel=0.06 if way is exactly else 0.02)
    assert found.checks.mean == round(found.checks.total / SECONDS, 6)


@both
def test_little_s_law_holds_for_people_and_for_checks(way: Way) -> None:
    """So many at once, on average, as come in a second times how long each stays."""
    model, interval = built_in(), 1800
    found = way(model, 8_000, interval)
    stays = [day.sign_out - day.sign_in for day in people(model, SEED, range(found.users))]
    assert sum(stays) / SECOND / SECONDS <= found.signed_in <= sum(1 for stay in stays if stay)
    service = timedelta(milliseconds=250)
    cost = Cost(service, 2.0, 10_000)
    at_work = found.checks.total * service.total_seconds()  # seconds of work in a day
    assert cost.at_once(found.checks.total / SECONDS) == pytest.approx(at_work / SECONDS, abs=0.000_001)


@both
def test_who_signs_in_together_checks_together_unless_there_is_jitter(way: Way) -> None:
    still = {**PLAIN_DAY, "stay.length": "8h", "stay.spread": "0s", "changes.number": 0}
    found = way(model_with(still, waves=at_once("08:00")), 10_000, 1800)
    users = found.users
    assert (found.checks.peak, found.checks.peak_at, found.checks.total) == (users, 8 * 3600, 16 * users)
    assert [n for n in found.checks.by_minute if n] == [users] * 16
    # With jitter the first check stays; the others spread over the interval.
    assert found.jittered.by_minute[480] > users
    echoes = found.jittered.by_minute[481 : 481 + 28]
    mean = users / 30
    assert all(abs(count - mean) < 6 * sqrt(mean) for count in echoes)
    assert found.signed_in == users


@both
def test_a_known_day_is_seen_as_it_is(way: Way) -> None:
    meeting = {
        **PLAIN_DAY,
        "stay.length": "8h",
        "stay.spread": "0s",
        "changes.number": 0,
        "morning.number": {"1": 1},
        "morning.hour": {"10": 1},
        "morning.minute": {"0": 1},
        "morning.length": {"30m": 1},
        "morning.show_as": {"Busy": 1},
        "morning.all_day": 0,
        "morning.cancelled": 0,
        "morning.walking": 0,
    }
    found = way(model_with(meeting, waves=at_once("08:00")), 2_000, 8 * 3600)
    users = found.users
    assert {n: count for n, count in enumerate(found.presence.by_minute) if count} == {
        8 * 60: users,  # Available
        10 * 60: users,  # In a meeting, to the second, with no check near it
        10 * 60 + 30: users,
        16 * 60: users,  # Offline
    }


@both
def test_without_jolts_every_unit_of_delay_is_a_unit_of_interval(way: Way) -> None:
    """The same people at half the interval: half the delay, twice the regular checks."""
    model = only("added_for_now", **_MOMENTS)
    long, brief = way(model, 6_000, 3600), way(model, 6_000, 1800)
    error = 3600 / sqrt(12 * long.delays[0].seen)
    assert (long.delays[0].mean or 0) == pytest.approx(2 * (brief.delays[0].mean or 0), abs=8 * error)
    stays = [(day.sign_out - day.sign_in) // MINUTE for day in people(model, SEED, range(long.users))]
    assert brief.checks.total - long.checks.total == pytest.approx(sum(stays) / 60, rel=0.05)
