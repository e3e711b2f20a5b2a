"""What a run prints, and how it ends."""

from __future__ import annotations

import importlib.resources
import zoneinfo
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lyncdesk.presence.items import MAPPING, Kind, Outcome, ShowAs
from lyncdesk.presence.states import BUSY, IN_A_MEETING
from tests.scenarios.running import SEED, run
from tests.scenarios.texts import RIGHT, with_line

KEYS = ["file", "at", "who", "viewer", "availability", "activity", "shows", "colour", "subject"]
KEYS += ["out_of_office", "reason"]
CALL = "“Call”, an appointment marked Busy, 9:00 to 9:45. An appointment marked Busy makes you Busy."
FAILED = ["file", "at", "who", "viewer", "line", "expectation", "expected", "found", "reasons"]


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A scenario in which everything holds."""
    file = tmp_path / "day.toml"
    file.write_text(RIGHT)
    return file


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """A scenario with one expectation that does not hold."""
    file = tmp_path / "failing.toml"
    file.write_text(with_line('shows = "Busy"', 'shows = "Busy"\nsubject = "Lunch"'))
    return file


def test_a_run_in_which_all_holds_ends_with_0_and_says_so(day: Path) -> None:
    ran = run([day])
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"A day ({day})",
        "  09:00:00  anna            Available (green)",
        "  09:00:00  ben sees anna   Presence unknown (grey)",
        "  09:00:00  ben             Offline (grey)",
        "  09:00:00  anna sees ben   Offline (grey)",
        "  09:05:00  ben sees anna   Available (green)",
        "  09:05:00  ben             Available (green)",
        "  09:05:00  anna sees ben   Available (green)",
        '  09:30:00  anna            Busy (orange)  "Call"',
        '  09:30:00  ben sees anna   Busy (orange)  "Call"',
        "  09:45:00  anna            Available (green)",
        "  09:45:00  ben sees anna   Available (green)",
        '  10:00:00  anna            In a meeting (orange)  "Budget review"',
        '  10:00:00  ben sees anna   In a meeting (orange)  "Budget review"',
        "  11:00:00  anna            Available (green)",
        "  11:00:00  ben sees anna   Available (green)",
        "  1 expectation, all hold",
        "",
    ]


def test_a_failed_expectation_is_told_with_file_line_expected_found_and_the_reasons(failing: Path) -> None:
    ran = run([failing])
    assert (ran.status, ran.err) == (1, "")
    lines = ran.out.splitlines()
    place = lines.index(f'{failing}:35: at 09:31:00, ben sees anna: subject: expected "Lunch", found "Call"')
    assert lines[place + 1 : place + 5] == [
        "    manual status, lost: You picked no status. There is nothing to apply.",
        "    computer, lost: The computer is in use. A computer in use does not change the presence.",
        f"    calendar, won: {CALL}",
        "    relationship: Anna Keller gives Ben Workgroup.",
    ]
    assert lines[-2] == "  1 of 2 expectations failed"


def test_one_failing_scenario_does_not_keep_the_others_from_running(day: Path, failing: Path) -> None:
    ran = run([failing, day])
    assert ran.status == 1
    assert ran.out.endswith("  1 expectation, all hold\n\n")


def test_json_has_one_object_for_each_change_with_stable_keys(day: Path) -> None:
    objects = run([day], as_json=True).objects
    assert all(list(one) == KEYS for one in objects)
    assert [one for one in objects if one["at"] == "2026-03-02T09:30:00+01:00"] == [
        {
            "file": str(day),
            "at": "2026-03-02T09:30:00+01:00",
            "who": "anna",
            "viewer": "",
            "availability": 6500,
            "activity": "",
            "shows": "Busy",
            "colour": "orange",
            "subject": "Call",
            "out_of_office": False,
            "reason": CALL,
        },
        {
            "file": str(day),
            "at": "2026-03-02T09:30:00+01:00",
            "who": "anna",
            "viewer": "ben",
            "availability": 6500,
            "activity": "",
            "shows": "Busy",
            "colour": "orange",
            "subject": "Call",
            "out_of_office": False,
            "reason": "Anna Keller gives Ben Workgroup.",
        },
    ]


def test_json_has_one_object_for_each_failed_expectation(failing: Path) -> None:
    ran = run([failing], as_json=True)
    assert ran.status == 1
    [failed] = [one for one in ran.objects if "expectation" in one]
    assert list(failed) == FAILED
    assert (failed["line"], failed["expectation"], failed["expected"], failed["found"]) == (
        35,
        "subject",
        "Lunch",
        "Call",
    )
    assert failed["reasons"][-1] == "relationship: Anna Keller gives Ben Workgroup."


def test_nothing_that_a_viewer_may_not_see_is_printed_for_the_viewer(day: Path) -> None:
    day.write_text(with_line('gives = { ben = "Workgroup" }', 'gives = { ben = "Colleagues" }'))
    objects = run([day], as_json=True).objects
    assert "Budget review" in str([one for one in objects if not one["viewer"]])
    assert "Budget review" not in str([one for one in objects if one["viewer"]])


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("shows", '"Away"'),
        ("colour", '"red"'),
        ("shape", '"bar"'),
        ("availability", "3500"),
        ("activity", '"in-a-meeting"'),
        ("subject", '"Budget review"'),
        ("location", '"Room 4"'),
        ("calendar", '"Free"'),
        ("local_time", '"Local time 8:31"'),
        ("out_of_office", "true"),
        ("checked", '"09:00"'),
        ("stale", "true"),
    ],
)
def test_every_comparison_of_a_card_can_fail(day: Path, key: str, wrong: str) -> None:
    day.write_text(with_line('shows = "Busy"', f"{key} = {wrong}"))
    ran = run([day])
    assert ran.status == 1
    expected = wrong.replace("09:00", "2026-03-02T09:00:00")
    assert f"{day}:34: at 09:31:00, ben sees anna: {key}: expected {expected}, found " in ran.out


@pytest.mark.parametrize(
    ("key", "wrong", "right"),
    [
        ("next_check", '""', '"10:00"'),
        ("checks", "1", "2"),
        ("reset_waiting", "true", "false"),
        ("problem", '"timed-out"', '""'),
        ("checked", '"09:00"', '"09:30"'),
        ("stale", "true", "false"),
        ("calendar", '"Free"', '"Busy until 9:45"'),
    ],
)
def test_every_comparison_of_a_client_can_fail(day: Path, key: str, wrong: str, right: str) -> None:
    text = with_line('viewer = "ben"', "")
    day.write_text(with_line('shows = "Busy"', f"{key} = {wrong}", text))
    assert run([day]).status == 1
    day.write_text(with_line('shows = "Busy"', f"{key} = {right}", text))
    assert run([day]).status == 0


def test_the_zone_data_of_the_machine_do_not_matter(day: Path, tmp_path: Path) -> None:
    # A machine on which Berlin has the time of Tokyo.
    tokyo = importlib.resources.files("tzdata") / "zoneinfo" / "Asia" / "Tokyo"
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").write_bytes(tokyo.read_bytes())
    expected = run([day], as_json=True)
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        berlin = datetime(2026, 3, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
        assert berlin.utcoffset() == timedelta(hours=9)
        assert run([day], as_json=True) == expected
        [place] = zoneinfo.TZPATH
        assert place == str(tmp_path)
    finally:
        zoneinfo.reset_tzpath(to=before)
        zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.parametrize(
    ("scenario", "kind"), [("mapping_appointments", Kind.APPOINTMENT), ("mapping_meetings", Kind.MEETING)]
)
@pytest.mark.parametrize("show_as", [one for one in ShowAs if one is not ShowAs.NO_DATA])
def test_a_wrong_row_of_the_mapping_fails_its_scenario(
    scenario: str, kind: Kind, show_as: ShowAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = next(file for file in SEED if file.stem == scenario)
    right = MAPPING[show_as][kind]
    wrong = Outcome(BUSY) if right != Outcome(BUSY) else Outcome(BUSY, IN_A_MEETING)
    monkeypatch.setitem(MAPPING[show_as], kind, wrong)
    assert run([file]).status == 1


def test_steps_of_a_file_without_expectations_still_show_what_would_be_seen(day: Path) -> None:
    day.write_text(RIGHT.split("[[expect]]", maxsplit=1)[0])
    ran = run([day])
    assert ran.status == 0
    assert "In a meeting" in ran.out
    assert "0 expectations, all hold" in ran.out


def test_a_scenario_of_several_days_tells_the_day(day: Path) -> None:
    day.write_text(with_line('until = "12:00"', "until = 2026-03-03T09:00:00"))
    assert "  2026-03-02 09:30:00  anna" in run([day]).out


def test_the_out_of_office_mark_is_told_to_those_who_may_see_it(tmp_path: Path) -> None:
    file = tmp_path / "away.toml"
    file.write_text(
        """
date = 2026-03-02
until = "12:00"
[people.anna]
gives = { ben = "External" }
[[people.anna.items]]
subject = "Trip"
show_as = "OOF"
start = "09:00"
end = "10:00"
[people.ben]
[people.eva]
"""
    )
    lines = run([file]).out.splitlines()
    assert '  09:00:00  anna            Available, out of office (green)  "Trip"' in lines
    assert "  09:00:00  eva sees anna   Available, out of office (green)" in lines
    assert not [line for line in lines if line.startswith("  09:00:00  ben")]
    assert "  10:00:00  eva sees anna   Available (green)" in lines
    told = run([file], as_json=True).objects
    marks = {(one["at"][11:16], one["viewer"]): one["out_of_office"] for one in told if one["who"] == "anna"}
    assert (marks["09:00", ""], marks["09:00", "eva"], marks["10:00", "eva"]) == (True, True, False)


def test_a_scenario_without_a_start_begins_with_its_date_in_its_zone(tmp_path: Path) -> None:
    file = tmp_path / "start.toml"
    # On this day clocks in Beirut go from 00:00 to 01:00.
    file.write_text(
        """
zone = "Asia/Beirut"
date = 2026-03-29
[people.anna]
[[expect]]
at = "01:00"
who = "anna"
checks = 1
checked = "01:00"
"""
    )
    ran = run([file])
    assert (ran.status, ran.err) == (0, "")
