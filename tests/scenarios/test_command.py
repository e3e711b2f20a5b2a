"""`lyncdesk simulate` as a person types it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.running import RULES, SEED
from tests.scenarios.texts import RIGHT, with_line

ROOT = Path(__file__).parents[2]


def simulate(
    *arguments: str | Path, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command of this tree, in the folder ``cwd``."""
    command = [sys.executable, "-m", "lyncdesk", "simulate", *map(str, arguments)]
    path = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **path, **environment},
        capture_output=True,
        timeout=60,
        check=False,
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


def test_the_scenarios_that_ship_are_listed_and_run_by_their_names_from_anywhere(tmp_path: Path) -> None:
    listed = simulate("--list")
    assert (listed.returncode, listed.stderr) == (0, b"")
    named = dict(re.split("  +", line, maxsplit=1) for line in listed.stdout.decode().splitlines())
    assert list(named) == [file.stem for file in SEED]
    ran = simulate("reset_status_waits", cwd=tmp_path)
    assert ran.returncode == 0
    assert ran.stdout.decode().startswith(f"{named['reset_status_waits']} (reset_status_waits)\n")


def test_a_file_comes_before_a_shipped_scenario_of_its_name(day: Path, tmp_path: Path) -> None:
    (tmp_path / "always_busy").write_bytes(day.read_bytes())
    assert simulate("always_busy", cwd=tmp_path).stdout.startswith(b"A day (always_busy)")


def test_a_name_that_is_nearly_right_is_told_the_right_one() -> None:
    wrong = simulate("reset_status_wait")
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    said = (
        'reset_status_wait: cannot be read: No such file or directory; did you mean "reset_status_waits"?\n'
    )
    assert wrong.stderr.decode() == said


def test_no_scenario_at_all_is_wrong_use() -> None:
    wrong = simulate()
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert b"name a scenario, or let --list name those that ship" in wrong.stderr


def test_a_drawing_is_written_whether_or_not_all_holds_and_not_where_a_file_is_wrong(
    day: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "day.svg"
    plain = simulate(day)
    drawn = simulate(day, "--svg", picture)
    assert (drawn.returncode, drawn.stdout, drawn.stderr) == (0, plain.stdout, b"")
    right = picture.read_bytes()
    day.write_text(with_line('shows = "Busy"', 'shows = "Away"'))
    assert simulate(day, "--svg", picture).returncode == 1
    failed = picture.read_bytes()
    assert b"expected &quot;Away&quot;, found &quot;Busy&quot;" in failed
    assert b"expected &quot;" not in right
    day.write_text(with_line('shows = "Busy"', 'shows = "Bussy"'))
    assert simulate(day, "--svg", picture).returncode == 2
    assert picture.read_bytes() == failed


def test_a_scenario_is_never_drawn_over_and_a_place_that_cannot_be_written_is_named(
    day: Path, tmp_path: Path
) -> None:
    before = day.read_bytes()
    over = simulate(day, "--svg", day)
    assert (over.returncode, over.stdout) == (2, b"")
    assert over.stderr.decode() == f"{day}: this is a scenario to be run; give another file to draw into\n"
    assert day.read_bytes() == before
    nowhere = simulate(day, "--svg", tmp_path / "no" / "day.svg")
    assert nowhere.returncode == 2
    said = f"{tmp_path / 'no' / 'day.svg'}: cannot be written: No such file or directory\n"
    assert nowhere.stderr.decode() == said


def test_a_terminal_that_cannot_show_a_letter_gets_it_escaped(day: Path) -> None:
    day.write_text(with_line('title = "A day"', 'title = "Ein schöner Tag"'), encoding="utf-8")
    ran = simulate(day, PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.startswith(b"Ein sch\\xf6ner Tag (")


def test_zone_language_and_hash_seed_of_the_machine_do_not_change_a_byte(day: Path, tmp_path: Path) -> None:
    files = [day.rename(tmp_path / "a day.toml"), *RULES[:12], *SEED[:4]]
    seen = []
    for number, machine in enumerate(
        (
            {"TZ": "Europe/Berlin", "PYTHONHASHSEED": "1", "LC_ALL": "C"},
            {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "2", "LC_ALL": "de_DE.UTF-8", "PYTHONTZPATH": ""},
            {"TZ": "Pacific/Chatham", "PYTHONHASHSEED": "3", "LANG": "tr_TR.UTF-8", "LANGUAGE": "de"},
        )
    ):
        picture = tmp_path / f"{number}.svg"
        text = simulate("--svg", picture, *files, cwd=tmp_path, **machine)
        told = simulate("--json", *files, cwd=tmp_path, **machine)
        assert (text.returncode, told.returncode) == (0, 0)
        seen.append((text.stdout, told.stdout, picture.read_bytes()))
        assert told.stdout.isascii()
    assert seen[0] == seen[1] == seen[2]
