"""Scenarios over the wire: the checks are real EWS, and a scripted problem is the one that comes back."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from lyncdesk.client.problems import PROBLEMS
from lyncdesk.simulation.run import Run
from lyncdesk.simulation.scenario_file import load
from lyncdesk.simulation.scenario_report import TextReport
from lyncdesk.simulation.wire import ADDRESSES, FAULTS, Wire
from tests.scenarios.running import run
from tests.scenarios.texts import RIGHT, with_line


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A scenario with two people."""
    file = tmp_path / "day.toml"
    file.write_text(RIGHT)
    return file


def test_every_check_is_one_request_for_items_through_one_worker_process(day: Path) -> None:
    with Wire() as wire:
        for _ in range(2):
            with wire.calendars() as calendars:
                assert Run(load(str(day)), calendars, TextReport(io.StringIO())).run() == 0
        # Anna checks at 9:00 and every half hour until 12:00, Ben from 9:05 on.
        assert wire.exchange.counters.requests["FindItem"] == 2 * (7 + 6)
        assert wire.exchange.counters.refused == 0
        assert wire._worker is not None
        assert wire._worker.report().starts == 1


FAILING = with_line('do = "add"', 'do = "exchange_fails"\nproblem = "PROBLEM"').replace(
    'item = { subject = "Call", start = "09:00", end = "09:45" }\n', ""
)
FAILING = with_line('viewer = "ben"', "", with_line('shows = "Busy"', 'problem = "PROBLEM"', FAILING))
FAILING = with_line('until = "12:00"', "", FAILING)
NAMES = list(PROBLEMS)
ABOUT_EXCHANGE = NAMES[: NAMES.index("details-missing") + 1]


def test_every_problem_of_exchange_can_be_scripted_and_is_the_one_that_is_shown(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.toml" for name in ABOUT_EXCHANGE]
    for file in files:
        file.write_text(FAILING.replace("PROBLEM", file.stem))
    in_memory, over_the_wire = run(files, as_json=True), run(files, as_json=True, wire=True)
    assert over_the_wire == in_memory
    assert in_memory.status == 0, in_memory.out


def test_scripted_faults_are_problems_of_the_table_and_faults_of_the_server() -> None:
    assert {*FAULTS, *ADDRESSES} <= set(PROBLEMS)
    with Wire() as wire:
        for fault in FAULTS.values():
            wire.exchange.faults.set(fault)
