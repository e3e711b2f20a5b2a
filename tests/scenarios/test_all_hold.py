"""Every scenario that ships and every scenario of the rules: in memory, and as real EWS."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.scenarios.running import RULES, SEED, Ran, run

ALL = [*SEED, *RULES]

# What the article states, and the scenario that shows it.
STATEMENTS = {
    "the switch in Options": "switch_in_options",
    "an appointment added for right now waits for the next check": "added_for_right_now",
    "Reset Status waits for the next check": "reset_status_waits",
    "a longer interval": "longer_interval",
    "a shorter interval": "shorter_interval",
    "the table for appointments": "mapping_appointments",
    "the table for meetings": "mapping_meetings",
    "always busy": "always_busy",
    "details for Workgroup and Friends and Family, and for nobody else": "details_for_workgroup",
    "a meeting that began before it was added": "began_before_added",
    "a status set by hand still shows the meeting": "status_by_hand_keeps_meeting",
    "everything In a meeting, with its diagnosis": "everything_in_a_meeting",
    "what free/busy has said all along comes to light": "show_as_comes_to_light",
    "only In a meeting or Busy, and no subject": "subject_not_visible",
}
# Days that people ask about again and again.
CLASSICS = {
    "back-to-back meetings": "back_to_back_meetings",
    "overlapping tentative": "overlapping_tentative",
    "all-day training": "all_day_training",
    "working across midnight": "working_across_midnight",
    "working across the change of the clocks, in spring": "clocks_go_forward",
    "working across the change of the clocks, in autumn": "clocks_go_back",
    "travelling between zones": "travelling_between_zones",
    "sleeping laptop": "sleeping_laptop",
    "Exchange down for two hours": "exchange_down_for_two_hours",
    "throttled Monday morning": "throttled_monday_morning",
    "blocked contact": "blocked_contact",
    "the 24-hour end of Do not disturb": "do_not_disturb_ends_after_24_hours",
    "a hot interval of 1 s": "hot_interval_of_one_second",
}


@cache
def alone(file: Path) -> Ran:
    """A run of one scenario by itself."""
    return run([file])


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)
def test_every_expectation_holds_in_memory(file: Path) -> None:
    ran = alone(file)
    assert (ran.status, ran.err) == (0, ""), ran.out


def test_every_statement_of_the_article_and_every_classic_has_its_scenario() -> None:
    assert {*STATEMENTS.values(), *CLASSICS.values()} <= {file.stem for file in SEED}


@pytest.mark.parametrize(
    "files", [SEED[::3], SEED[1::3], SEED[2::3], RULES], ids=["library", "library, more", "the rest", "rules"]
)
def test_real_ews_gives_the_same_output_to_the_byte(files: list[Path]) -> None:
    in_memory = run(files, as_json=True)
    over_the_wire = run(files, as_json=True, wire=True)
    assert over_the_wire == in_memory
    assert in_memory.status == 0


def test_the_same_files_give_the_same_output_again_whatever_ran_before() -> None:
    assert run(ALL).out == "".join(alone(file).out for file in ALL)
