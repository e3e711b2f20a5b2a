"""Laws that hold on any day, whatever happens on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.random_days import NAMES, random_day
from tests.scenarios.running import run

# Whoever sees a subject is seen through one of these.
DETAILED = ("Workgroup", "Friends and Family")


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Some days, the same each time."""
    directory = tmp_path_factory.mktemp("days")
    files = [directory / f"{seed}.toml" for seed in range(12)]
    for seed, file in enumerate(files):
        file.write_text(random_day(seed))
    return files


@pytest.fixture(scope="module")
def told(days: list[Path]) -> list[dict[str, Any]]:
    """What a run of the days tells."""
    return run(days, as_json=True).objects


def test_who_sees_a_subject_was_given_a_level_that_may(told: list[dict[str, Any]]) -> None:
    seen = [one for one in told if one["viewer"] and one["subject"]]
    assert seen
    assert all(one["reason"].removesuffix(".").endswith(DETAILED) for one in seen)


def test_blocked_sees_offline(told: list[dict[str, Any]]) -> None:
    seen = [one for one in told if one["reason"].endswith("Blocked.")]
    assert seen
    assert {one["shows"] for one in seen} <= {"Offline", "Presence unknown"}


def test_each_object_tells_something_new(told: list[dict[str, Any]], days: list[Path]) -> None:
    last: dict[tuple[str, str, str], dict[str, object]] = {}
    for one in told:
        key = (one["file"], one["who"], one["viewer"])
        shown = {
            name: one[name]
            for name in ("availability", "activity", "shows", "colour", "subject", "out_of_office")
        }
        assert last.get(key) != shown
        last[key] = shown
    assert len(last) == len(days) * len(NAMES) ** 2


def test_any_day_gives_the_same_output_over_the_wire(days: list[Path]) -> None:
    assert run(days[:3], as_json=True, wire=True) == run(days[:3], as_json=True)
