"""`lyncdesk simulate` as a person types it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.texts import RIGHT, with_line

ROOT = Path(__file__).parents[2]


def simulate(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command."""
    command = [sys.executable, "-m", "lyncdesk", "simulate", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, timeout=60, check=False
    )


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A scenario in which everything holds."""
    file = tmp_path / "day.toml"
    file.write_text(RIGHT, encoding="utf-8")
    return file


def test_the_exit_status_tells_whether_all_expectations_hold(day: Path) -> None:
    assert simulate(day).returncode == 0
    day.write_text(with_line('shows = "Busy"', 'shows = "Away"'))
    failed = simulate(day)
    assert (failed.returncode, failed.stderr) == (1, b"")
    assert b'shows: expected "Away", found "Busy"' in failed.stdout


def test_a_wrong_file_ends_with_2_and_tells_on_standard_error(day: Path) -> None:
    day.write_text(with_line('shows = "Busy"', 'shows = "Bussy"'))
    wrong = simulate(day)
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert wrong.stderr.decode() == f'{day}:34: shows = "Bussy": no presence; did you mean "Busy"?\n'


def test_a_terminal_that_cannot_show_a_letter_gets_it_escaped(day: Path) -> None:
    day.write_text(with_line('title = "A day"', 'title = "Ein schöner Tag"'), encoding="utf-8")
    ran = simulate(day, PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.startswith(b"Ein sch\\xf6ner Tag (")


def test_zone_language_and_hash_seed_of_the_machine_do_not_change_a_byte(day: Path) -> None:
    here = simulate("--json", day, TZ="Europe/Berlin", PYTHONHASHSEED="1")
    there = simulate(
        "--json", day, TZ="Asia/Tokyo", PYTHONHASHSEED="2", LC_ALL="de_DE.UTF-8", PYTHONTZPATH=""
    )
    assert here.stdout == there.stdout
    assert here.stdout.isascii()
