"""`simulate --explain` as it is asked for and answered: moments, keys, mistakes, expectations, the wire."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from lyncdesk.simulation.run import simulate
from lyncdesk.simulation.scenario_file import load
from tests.scenarios.explained import explain, one, step
from tests.scenarios.running import RULES, SEED
from tests.scenarios.texts import RIGHT, with_line

KEYS = {
    "file", "at", "who", "viewer", "availability", "activity", "shows", "colour", "subject", "location",
    "out_of_office", "sentence", "reasons", "read", "notice", "checked", "age_s", "next_check", "stale",
    "known", "not_known", "reset_waiting", "problems", "lync",
}  # fmt: skip
PLAYS = "this scenario plays from 2026-03-02 09:00:00 to 2026-03-02 12:00:00 (Europe/Berlin)"


# What is asked, and how it is answered


def test_every_documented_key_is_there_and_no_other(tmp_path: Path) -> None:
    assert set(one(RIGHT, tmp_path, "anna@09:31")) == KEYS
    assert set(one(RIGHT, tmp_path, "anna@09:31", see_as="ben")) == KEYS
    documented = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    section = documented[documented.index("## Moments explained") :].partition("\n## ")[0]
    assert [key for key in sorted(KEYS) if f"`{key}`" not in section] == []


@pytest.mark.parametrize("time", ["09:31", "09:31:00", "2026-03-02T09:31:00", "2026-03-02T08:31:00+00:00"])
def test_a_time_is_written_as_in_a_scenario(time: str, tmp_path: Path) -> None:
    assert one(RIGHT, tmp_path, f"anna@{time}")["at"] == "2026-03-02T09:31:00+01:00"


def test_a_time_after_midnight_is_that_of_the_night_that_is_played(tmp_path: Path) -> None:
    text = with_line('until = "12:00"', 'until = "2026-03-03T02:00:00"')
    assert one(text, tmp_path, "anna@01:30")["at"] == "2026-03-03T01:30:00+01:00"
    assert one(text, tmp_path, "anna@09:30")["at"] == "2026-03-02T09:30:00+01:00"


def test_several_moments_come_in_the_order_of_the_day(tmp_path: Path) -> None:
    ran = explain(RIGHT, tmp_path, "anna@10:10", "ben@09:10", "anna@09:10", "anna@09:10")
    told = [(line["who"], line["at"][11:16]) for line in ran.objects]
    assert told == [("anna", "09:10"), ("ben", "09:10"), ("anna", "10:10")]


@pytest.mark.parametrize(
    ("asked", "mistake"),
    [
        ("ana@09:31", '--explain ana@09:31: no person of this scenario; did you mean "anna"?'),
        ("zoe@09:31", '--explain zoe@09:31: no person of this scenario (one of "anna", "ben")'),
        (
            "anna@08:59",
            "--explain anna@08:59: " + PLAYS,
        ),
        (
            "anna@2026-03-03T09:31:00",
            "--explain anna@2026-03-03T09:31:00: " + PLAYS,
        ),
        ("anna@25:00", "--explain anna@25:00: no such time; a day goes from 00:00:00 to 23:59:59"),
        ("anna", '--explain anna: write it as PERSON@TIME, such as "anna@09:31"'),
        ("@09:31", '--explain @09:31: write it as PERSON@TIME, such as "anna@09:31"'),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_run(asked: str, mistake: str, tmp_path: Path) -> None:
    ran = explain(RIGHT, tmp_path, asked, "anna@09:31")
    assert (ran.status, ran.out, ran.err) == (2, "", f"day.toml: {mistake}\n")


def test_one_mistake_does_not_hide_another(tmp_path: Path) -> None:
    ran = explain(RIGHT, tmp_path, "ana@09:31", "anna@08:00", see_as="bne")
    assert ran.status == 2
    assert [line.split(": ")[1] for line in ran.err.splitlines()] == [
        "--see-as bne",
        "--explain ana@09:31",
        "--explain anna@08:00",
    ]


def test_expectations_are_held_all_the_same(tmp_path: Path) -> None:
    wrong = with_line('shows = "Busy"', 'shows = "Away"')
    ran = explain(wrong, tmp_path, "anna@09:31", as_json=False)
    assert ran.status == 1
    assert 'shows: expected "Away", found "Busy"' in ran.out
    assert "1 of 1 expectation failed" in ran.out
    assert "09:30:00  anna" not in ran.out, "the changes of the day are not told beside"


def test_the_printout_for_people(tmp_path: Path) -> None:
    ran = explain(RIGHT + step("09:07", 'do = "reset_status"'), tmp_path, "anna@09:10", as_json=False)
    assert ran.out.split("\n", 1)[1] == (
        "  anna at 09:10:00: Available (green)\n"
        "    You are shown as Available because nothing makes you busy.\n"
        "    Status by hand does not decide: You picked no status. There is nothing to apply.\n"
        "    Computer does not decide: The computer is in use. A computer in use does not change the"
        " presence.\n"
        "    Calendar does not decide: No item runs now. There is nothing to apply.\n"
        "    Otherwise decides: Nothing makes you busy. Nothing else holds, so you are Available.\n"
        "    The calendar was read at 9:00 and will be read again at 9:30. It is 10 minutes old.\n"
        "    Status reset. Waiting for the next calendar check at 9:30 (calendar as of 9:00).\n"
        "    Not known yet: “Call”, an appointment marked Busy, 9:00 to 9:45, was added at 9:05; no check has"
        " seen it; the next is at 9:30.\n"
        "  1 expectation, all hold\n\n"
    )


def test_over_the_wire_the_same_is_told(tmp_path: Path) -> None:
    text = RIGHT + step("09:07", 'do = "out_of_office"\nnote = "Back"')
    asked = ["anna@09:10", "anna@09:31", "anna@10:10"]
    assert explain(text, tmp_path, *asked, wire=True).out == explain(text, tmp_path, *asked).out


@pytest.mark.parametrize("file", [*SEED, *RULES], ids=lambda file: file.stem)
def test_every_shipped_day_can_be_explained_at_each_expectation_and_tells_what_was_found(file: Path) -> None:
    moments = {(e.who, e.viewer, e.at) for e in load(str(file)).expectations}
    for who, viewer, at in sorted(moments):
        out, err = io.StringIO(), io.StringIO()
        asked = f"{who}@{at.isoformat()}"
        simulate([str(file)], json=True, wire=False, out=out, err=err, explain=[asked], see_as=viewer or None)
        assert err.getvalue() == ""
        told = json.loads(out.getvalue().splitlines()[0])
        expected = {
            check.key: check.expected
            for e in load(str(file)).expectations
            if (e.who, e.viewer, e.at) == (who, viewer, at)
            for check in e.checks
            if check.key in ("shows", "subject", "location", "availability", "reset_waiting", "stale")
        }
        assert {key: told[key] for key in expected} == expected
