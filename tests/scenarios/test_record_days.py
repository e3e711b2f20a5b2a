"""A day that clients have lived through is written down as a scenario that runs, and shows the same."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyncdesk.client import day_log
from lyncdesk.client.day_log import DayLog
from lyncdesk.client.recording_day import draft
from lyncdesk.presence.items import Item, Kind
from lyncdesk.simulation.recorder import recorded
from tests.sample_world import HOUR, MINUTE, a_world, anna_in, at
from tests.scenarios.drawing import day_of
from tests.scenarios.random_days import random_day
from tests.scenarios.recorded_days import lived, record
from tests.scenarios.running import RULES, SEED, run
from tests.scenarios.texts import RIGHT, after

ROOT = Path(__file__).parents[2]
DAYS = [*SEED, *RULES]


def held(text: str, folder: Path) -> None:
    """The text is a scenario all of whose expectations hold."""
    file = folder / "recorded.toml"
    file.write_text(text, encoding="utf-8")
    ran = run([file])
    assert (ran.status, ran.err) == (0, "")
    assert "[[expect]]" in text


def own(text: str) -> list[list[tuple[datetime, str]]]:
    """When everybody's own client shows something else."""
    days = []
    for strip in day_of(text).strips:
        if not strip.viewer:
            turns = [(span.start, span.presence.text) for span in strip.spans]
            days.append([turn for n, turn in enumerate(turns) if not n or turn[1] != turns[n - 1][1]])
    return days


def recorded_as_it_was(text: str) -> str:
    """The recording of everybody's day, which shows the same at the same moments, from where each log begins
    on.
    """
    people, until = lived(text)
    told = recorded(draft(people, until, subjects=False, names=False))
    assert "Left out: at" not in told
    begins = [one.log.turns[0].at for one in people]
    shown = own(text)
    for old, new, begin in zip(shown, own(told)[: len(shown)], begins, strict=True):
        assert [turn for turn in new if turn[0] > begin] == [turn for turn in old if turn[0] > begin]
    return told


@pytest.mark.parametrize("file", DAYS, ids=lambda file: file.stem)
def test_the_day_of_every_scenario_is_recorded_as_it_was(file: Path, tmp_path: Path) -> None:
    held(recorded_as_it_was(file.read_text()), tmp_path)


@pytest.mark.parametrize("seed", range(4))
def test_a_random_day_of_three_people_is_recorded_as_it_was(seed: int, tmp_path: Path) -> None:
    held(recorded_as_it_was(random_day(seed)), tmp_path)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), who=st.integers(0, 2))
def test_a_random_day_of_one_client_is_recorded_as_it_was(
    seed: int, who: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = record(random_day(seed), who=who)
    assert "Left out: at" not in told
    held(told, tmp_path_factory.mktemp("day"))


# --- what is in it, and what is not ---


def test_no_subject_location_note_or_name_is_in_it_unless_asked_for(tmp_path: Path) -> None:
    text = RIGHT.replace('"Budget review"', '"Redundancies \\"now\\""')
    told = record(text, who=0)
    for word in ("Redundancies", "Room 4", "Anna", "anna", "Ben", "ben", "Call"):
        assert word not in told
    assert 'subject = "Item 1"' in told
    subjects = record(text, who=0, subjects=True)
    assert 'subject = "Redundancies \\"now\\""' in subjects
    assert 'location = "Room 4"' in subjects
    assert "Anna" not in subjects
    names = record(text, names=True)
    assert 'name = "Anna Keller"' in names
    assert "[people.anna]" in names
    assert "Redundancies" not in names
    for one in (told, subjects, names):
        held(one, tmp_path)


def test_what_the_checks_brought_comes_before_them_and_no_earlier_check_finds_it() -> None:
    told = record(RIGHT, who=0)
    assert told.count("[[people.me.items]]") == 1
    place = told.index('do = "add"')
    assert 'at = "09:29:57"' in told[place - 40 : place]
    assert 'start = "09:00"' in told[place:]


def test_those_who_look_are_there_by_the_relationship_that_was_given(tmp_path: Path) -> None:
    step = '[[steps]]\nat = "09:10"\nwho = "anna"\ndo = "give"\nto = "ben"\nrelationship = "Blocked"'
    told = record(after('signs_in = "09:05"', step), who=0)
    assert "[people.in-workgroup]" in told
    assert "gives = { in-workgroup = " in told
    assert 'to = "in-workgroup"\nrelationship = "Blocked"' in told
    assert 'viewer = "in-workgroup"\nshows = "Offline"' in told
    held(told, tmp_path)


def test_a_failing_exchange_and_its_recovery_are_in_it(tmp_path: Path) -> None:
    text = next(file for file in RULES if file.stem == "stale_data").read_text()
    told = record(text, who=0)
    assert 'do = "exchange_fails"' in told
    assert 'problem = "connection-refused"' in told
    assert 'do = "exchange_recovers"' in told
    assert "stale = " in told
    held(told, tmp_path)


_ONE = """
from tests.scenarios.recorded_days import record
from tests.scenarios.random_days import random_day
"""


def test_the_same_day_is_the_same_bytes_on_every_machine(tmp_path: Path) -> None:
    program = _ONE + "import sys\nsys.stdout.buffer.write(record(random_day(7), subjects=True).encode())"
    machines = (
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "de"},
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **machine},
            capture_output=True,
            timeout=100,
            check=True,
        ).stdout
        for machine in machines
    ]
    assert told[0] == told[1]
    assert b"[[expect]]" in told[0]


# --- bounds ---


def test_of_a_day_in_which_too_much_happened_the_rest_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(day_log, "MOST_TURNS", 6)
    people, until = lived(random_day(1))
    assert max(len(one.log.turns) for one in people) <= 6
    assert any(one.log.cut for one in people)
    told = recorded(draft(people, until, subjects=False, names=False))
    assert "because too much has happened since" in told
    held(told, tmp_path)


def test_at_midnight_another_day_begins(tmp_path: Path) -> None:
    text = RIGHT.replace('until = "12:00"', "until = 2026-03-03T08:30:00")
    [anna, _], until = lived(text)
    assert anna.log.turns[0].at.astimezone().date().isoformat() in {"2026-03-02", "2026-03-03"}
    told = recorded(draft([anna], until, subjects=True, names=False))
    assert "date = 2026-03-03" in told
    assert "Budget review" not in told
    held(told, tmp_path)


def test_checks_that_bring_nothing_new_take_no_room() -> None:
    text = RIGHT.replace("00:30:00", "00:00:01")
    people, _ = lived(text)
    for one in people:
        assert len(one.log.turns) < 20
        assert len(one.log.checks) < 20
    checks = sum(run.count for run in people[0].log.checks)
    assert checks == people[0].state.calendar.checks_sent


def test_a_log_that_was_told_of_nothing_has_nothing_to_tell() -> None:
    assert DayLog().turns == []


# --- clients that live ---


async def test_the_sample_organisation_is_recorded_whole_with_all_that_people_see(home: Path) -> None:
    # Not at a full second: clients that live are never there.
    world = a_world(at("09:13") + timedelta(microseconds=654_321))
    async with anna_in(world, home) as anna:
        await world.jump(world.clock.now() + HOUR)
        now = world.clock.now()
        await world.add_item(
            world.profile.address,
            Item(now - MINUTE, now + 2 * HOUR, kind=Kind.MEETING, subject="Redundancies"),
        )
        await world.jump_to_next_check()
        people = (*anna.session.recorded(), *world.recorded())
        told = draft(people, world.clock.now(), subjects=False, names=True)
    text = recorded(told)
    assert [line for line in text.splitlines() if line.startswith("# Left out: at")] == []
    assert "Redundancies" not in text
    assert '"In a meeting"' in text
    assert text.count("\n[people.") == len(world.people())
    assert text.count("viewer = ") > 20
    held(text, home)
