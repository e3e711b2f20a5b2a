"""What a run records for its drawing is what it printed."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.simulation.day_record import Day, Span, Strip
from tests.scenarios.drawing import day_of
from tests.scenarios.random_days import random_day
from tests.scenarios.running import RULES, SEED, run
from tests.scenarios.texts import after, with_line

DAYS = [*SEED, *RULES]


def shown(span: Span) -> tuple[object, ...]:
    return span.presence, span.subject


def strip_of(day: Day, who: str, viewer: str = "") -> Strip:
    [found] = [one for one in day.strips if (one.who, one.viewer) == (who, viewer)]
    return found


def changes(day: Day) -> dict[tuple[str, str], list[tuple[datetime, object]]]:
    """The moments at which a strip shows something else, whether or not its data were old."""
    found: dict[tuple[str, str], list[tuple[datetime, object]]] = {}
    for one in day.strips:
        turns = found[one.who, one.viewer] = []
        for before, span in zip((None, *one.spans), one.spans, strict=False):
            if before is None or shown(before) != shown(span):
                turns.append((span.start, span.presence.text))
    return found


def printed(objects: list[dict[str, Any]]) -> dict[tuple[str, str], list[tuple[datetime, object]]]:
    found = defaultdict(list)
    for one in objects:
        if "expectation" not in one:
            found[one["who"], one["viewer"]].append((datetime.fromisoformat(one["at"]), one["shows"]))
    return found


@pytest.mark.parametrize("file", DAYS, ids=lambda file: file.stem)
def test_strips_turn_when_the_output_says_so(file: Path) -> None:
    assert changes(day_of(file.read_text())) == printed(run([file], as_json=True).objects)


@pytest.mark.parametrize("seed", range(8))
def test_strips_of_random_days_turn_when_the_output_says_so(seed: int, tmp_path: Path) -> None:
    file = tmp_path / "day.toml"
    file.write_text(random_day(seed))
    day = day_of(file.read_text())
    assert changes(day) == printed(run([file], as_json=True).objects)
    for one in day.strips:
        assert one.spans[0].start == day.start
        assert one.spans[-1].end == day.until
        for before, span in zip(one.spans, one.spans[1:], strict=False):
            assert before.end == span.start > before.start


@pytest.mark.parametrize("file", DAYS, ids=lambda file: file.stem)
def test_what_an_expectation_calls_stale_is_old_in_the_strip_and_checks_are_all_there(file: Path) -> None:
    day = day_of(file.read_text())
    for one in day.comparisons:
        assert one.holds
        spans = strip_of(day, one.who, one.viewer).spans
        running = [span for span in spans if span.start <= one.at < span.end] or spans[-1:]
        if one.key == "stale":
            assert running[0].old is (one.expected == "true")
        if one.key == "checks":
            assert len([c for c in day.checks.get(one.who, ()) if c.at <= one.at]) == int(one.expected)
        if one.key == "shows":
            assert f'"{running[0].presence.text}"' == one.expected


def test_data_turn_old_for_a_viewer_whom_nobody_tells() -> None:
    day = day_of(after('signs_in = "09:05"', '[[steps]]\nat = "10:05"\nwho = "anna"\ndo = "sleep"'))
    seen, own = strip_of(day, "anna", "ben").spans, strip_of(day, "ben").spans
    assert [span.old for span in seen][-1]
    assert not any(span.old for span in own)


def test_a_failed_check_carries_its_problem() -> None:
    step = '[[steps]]\nat = "09:10"\nwho = "anna"\ndo = "exchange_fails"\nproblem = "timed-out"'
    day = day_of(after('signs_in = "09:05"', step))
    assert [one.problem for one in day.checks["anna"]][:2] == ["", "timed-out"]
    assert {one.problem for one in day.checks["ben"]} == {""}


def test_an_expectation_that_does_not_hold_is_kept_with_both_values() -> None:
    day = day_of(with_line('shows = "Busy"', 'shows = "Busy"\nsubject = "Lunch"'))
    assert [(one.key, one.holds, one.expected, one.found, one.line) for one in day.comparisons] == [
        ("shows", True, '"Busy"', '"Busy"', 34),
        ("subject", False, '"Lunch"', '"Call"', 35),
    ]
