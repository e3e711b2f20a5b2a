"""`simulate --see-as`: the whole day as one person's client showed it, and nothing that it did not know."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.simulation.run import simulate
from tests.scenarios.explained import step
from tests.scenarios.running import RULES, SEED, Ran, run
from tests.scenarios.texts import RIGHT, with_line

KEYS = {
    "file", "at", "who", "viewer", "availability", "activity", "shows", "colour", "subject", "out_of_office",
    "reason", "location", "calendar", "checked", "stale",
}  # fmt: skip
LONG = with_line('until = "12:00"', 'until = "16:00"')


def day(tmp_path: Path, text: str, who: str, *, as_json: bool = True, wire: bool = False) -> Ran:
    file = tmp_path / "day.toml"
    file.write_text(text, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    status = simulate([str(file)], json=as_json, wire=wire, out=out, err=err, see_as=who)
    return Ran(status, out.getvalue(), err.getvalue())


def contact(ran: Ran, who: str) -> list[tuple[str, str, str, str]]:
    return [
        (o["at"][11:16], o["shows"], o["subject"], o["location"])
        for o in ran.objects
        if o["who"] == who and "expectation" not in o
    ]


def test_the_contacts_of_a_day_with_what_was_shared(tmp_path: Path) -> None:
    assert contact(day(tmp_path, RIGHT, "ben"), "anna") == [
        ("09:00", "Presence unknown", "", ""),
        ("09:05", "Available", "", ""),
        ("09:30", "Busy", "Call", ""),
        ("09:45", "Available", "", ""),
        ("10:00", "In a meeting", "Budget review", "Room 4"),
        ("11:00", "Available", "", ""),
    ]


def test_what_was_not_shared_is_not_there(tmp_path: Path) -> None:
    text = with_line('gives = { ben = "Workgroup" }', 'gives = { ben = "Colleagues" }')
    ran = day(tmp_path, text, "ben")
    assert {(subject, location) for _, _, subject, location in contact(ran, "anna")} == {("", "")}
    assert "Budget review" not in ran.out
    assert "Room 4" not in ran.out
    blocked = day(
        tmp_path,
        with_line('shows = "Busy"', 'shows = "Offline"', text.replace("Colleagues", "Blocked")),
        "ben",
    )
    assert [shows for _, shows, _, _ in contact(blocked, "anna")] == ["Presence unknown", "Offline"]


def test_ones_own_presence_is_ones_own(tmp_path: Path) -> None:
    ran = day(tmp_path, RIGHT, "anna")
    own = [o for o in ran.objects if o["who"] == "anna"]
    assert {o["viewer"] for o in own} == {""}
    assert [o["shows"] for o in own] == ["Available", "Busy", "Available", "In a meeting", "Available"]
    assert own[1]["reason"].startswith("“Call”, an appointment marked Busy")


def test_a_contacts_object_has_every_key_and_tells_no_relationship(tmp_path: Path) -> None:
    ran = day(tmp_path, RIGHT, "ben")
    assert {frozenset(o) for o in ran.objects} == {frozenset(KEYS)}
    assert "Workgroup" not in ran.out
    seen = next(o for o in ran.objects if o["who"] == "anna" and o["at"][11:16] == "09:30")
    assert (seen["reason"], seen["calendar"]) == ("", "Busy until 9:45")
    assert seen["checked"] == "2026-03-02T09:30:00+01:00"


def test_what_gets_old_is_told_when_it_does(tmp_path: Path) -> None:
    text = LONG + step("11:10", 'do = "sleep"')
    ran = day(tmp_path, text, "ben")
    old = [(o["at"][11:16], o["shows"]) for o in ran.objects if o["who"] == "anna" and o["stale"]]
    assert old == [("12:00", "Away")], "two intervals after the check of 11:00, though nothing happens then"
    assert "[old calendar data]" in day(tmp_path, text, "ben", as_json=False).out


def test_who_sleeps_sees_nothing_until_waking(tmp_path: Path) -> None:
    asleep = LONG + step("09:50", 'do = "sleep"', "ben")
    seen = contact(day(tmp_path, asleep, "ben"), "anna")
    assert [at for at, *_ in seen if at > "09:50"] == []
    woken = contact(day(tmp_path, asleep + step("10:20", 'do = "wake"', "ben"), "ben"), "anna")
    assert [(at, subject) for at, _, subject, _ in woken if at > "09:50"] == [
        ("10:20", "Budget review"),
        ("11:00", ""),
    ]


def test_others_are_not_told_of_each_other(tmp_path: Path) -> None:
    ran = day(tmp_path, RIGHT, "ben", as_json=False)
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert lines[1:3] == ["  09:00:00  ben   Offline (grey)", "  09:00:00  anna  Presence unknown (grey)"]
    assert lines[-2:] == ["  1 expectation, all hold", ""]
    assert '  10:00:00  anna  In a meeting (orange)  "Budget review"  Room 4' in lines


def test_a_person_who_is_not_there_is_a_mistake_with_the_nearest_name(tmp_path: Path) -> None:
    ran = day(tmp_path, RIGHT, "bne")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.endswith('day.toml: --see-as bne: no person of this scenario; did you mean "ben"?\n')


def test_a_drawing_holds_no_more_than_the_person_knew(tmp_path: Path) -> None:
    text = with_line('gives = { ben = "Workgroup" }', 'gives = { ben = "Colleagues" }')
    drawn = picture(text, tmp_path, "ben")
    assert "In a meeting" in drawn
    for secret in ("Budget review", "Call", "Room 4", "Colleagues"):
        assert secret not in drawn
    assert picture(text, tmp_path, None).count("Budget review") > 0
    workgroup = picture(RIGHT, tmp_path, "ben")
    assert "Budget review" in workgroup
    assert "Workgroup" not in workgroup, "a client is not told what rank its person has"
    assert "Ben" in workgroup


def test_the_drawing_of_ones_own_day_holds_ones_own_steps_and_checks(tmp_path: Path) -> None:
    assert "Call" in picture(RIGHT, tmp_path, "anna")


def picture(text: str, tmp_path: Path, who: str | None) -> str:
    file, drawn = tmp_path / "day.toml", tmp_path / "day.svg"
    file.write_text(text, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    assert simulate([str(file)], json=False, wire=False, out=out, err=err, svg=drawn, see_as=who) == 0
    return drawn.read_text(encoding="utf-8")


def test_over_the_wire_the_same_is_seen(tmp_path: Path) -> None:
    assert day(tmp_path, RIGHT, "ben", wire=True).out == day(tmp_path, RIGHT, "ben").out


def _shown(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["at"], one["shows"], one["subject"], one["out_of_office"]


@pytest.mark.parametrize("file", [*SEED, *RULES], ids=lambda file: file.stem)
def test_each_change_of_a_whole_day_that_a_viewer_saw_is_in_the_viewers_day_and_no_other(file: Path) -> None:
    whole = run([file], as_json=True).objects
    for who in sorted({o["who"] for o in whole}):
        out, err = io.StringIO(), io.StringIO()
        simulate([str(file)], json=True, wire=False, out=out, err=err, see_as=who)
        ran = Ran(0, out.getvalue(), err.getvalue())
        for other in sorted({o["who"] for o in ran.objects}):
            viewer = "" if other == who else who
            mine = [_shown(o) for o in ran.objects if o["who"] == other]
            # The location and what gets old are told here too; the rest is what the whole day tells.
            changes = [m for i, m in enumerate(mine) if i == 0 or m[1:] != mine[i - 1][1:]]
            theirs = [_shown(o) for o in whole if (o["who"], o["viewer"]) == (other, viewer)]
            told = [t for i, t in enumerate(theirs) if i == 0 or t[1:] != theirs[i - 1][1:]]
            assert changes == told
