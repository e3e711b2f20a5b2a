"""The drawing of a day can be read: by people, by those who do not see it, and by every reader of XML."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray
from PySide6.QtSvg import QSvgRenderer

from lyncdesk.presence.states import AVAILABLE, BUSY, Colour, Presence
from lyncdesk.simulation import svg
from lyncdesk.simulation.day_picture import MOST_LINES, MOST_STRIPS, WIDTH, draw
from lyncdesk.simulation.day_record import CalendarCheck, Comparison, Day, Happening, Span, Strip
from lyncdesk.simulation.day_symbols import FAILED, INKS, OUT_OF_OFFICE, STEP
from tests.scenarios.drawing import SVG, day_of, drawn, texts, titles, words
from tests.scenarios.random_days import random_day
from tests.scenarios.running import RULES, SEED
from tests.scenarios.texts import RIGHT, with_line

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def a_day(**more: object) -> Day:
    spans = (Span(at(0), at(7200), Presence(AVAILABLE)),)
    values: dict[str, object] = {
        "title": "A day",
        "zone": "UTC",
        "start": START,
        "until": at(7200),
        "names": {"anna": "Anna Keller"},
        "strips": (Strip("anna", "", spans),),
        "checks": {},
        "happenings": (),
        "comparisons": (),
    }
    return Day(**(values | more))  # type: ignore[arg-type]


def parsed(*days: Day) -> ET.Element:
    return ET.fromstring(draw(days))


def strips_of(root: ET.Element) -> list[tuple[str, str]]:
    """Whose strips there are, and who looks."""
    return [
        (one.get("data-who", ""), one.get("data-viewer", ""))
        for one in root.iter(f"{SVG}g")
        if one.get("class") == "strip"
    ]


def box(one: ET.Element) -> tuple[float, float]:
    """Where a line of text begins and ends at most."""
    wide = svg.width(one.text or "", float(one.get("font-size", "0")), bold=one.get("font-weight") == "bold")
    x = float(one.get("x", "0"))
    return (x - wide / 2, x + wide / 2) if one.get("text-anchor") == "middle" else (x, x + wide)


@pytest.mark.parametrize("files", [SEED, RULES], ids=["seed", "rules"])
def test_every_scenario_has_its_strips_its_steps_and_no_clipped_text(
    files: list[Path], tmp_path: Path
) -> None:
    for file in files:
        root = drawn([file], tmp_path / "day.svg")
        day = day_of(file.read_text())
        said = words(root)
        named = [title for title in titles(root) if ", seen by " in title]
        who = [*day.names]
        assert sorted(strips_of(root)) == sorted((a, b if b != a else "") for a in who for b in who)
        for one in day.strips:
            if one.viewer:
                assert f"{day.names[one.who]}, seen by {day.names[one.viewer]}" in named
        assert said.count("shows") == len(day.names)
        for number, step in enumerate(day.happenings, 1):
            assert any(line.startswith(f"{number}. ") and step.says[:40] in line for line in said)
        height = float(root.get("height", "0"))
        for line in texts(root):
            left, right = box(line)
            assert left >= 0, line.text
            assert right <= WIDTH, line.text
            assert 0 < float(line.get("y", "0")) <= height - 4


@pytest.mark.parametrize("seed", range(6))
def test_random_days_are_drawn_without_text_over_text_and_in_bounds(seed: int) -> None:
    root = parsed(day_of(random_day(seed)))
    lines = [(float(one.get("y", "0")), *box(one), one.text) for one in texts(root)]
    for a, b in itertools.combinations(lines, 2):
        if abs(a[0] - b[0]) < 6:
            # Widths are upper bounds, so a little may seem to overlap.
            assert a[2] <= b[1] + 4 or b[2] <= a[1] + 4, (a, b)


def test_flags_never_lie_over_each_other() -> None:
    steps = tuple(Happening(at(60 * n), "anna", "does") for n in range(100))
    root = parsed(a_day(happenings=steps))
    flags = [one for one in root.iter(f"{SVG}rect") if one.get("fill") == STEP][:-1]  # the last is the key
    boxes = [tuple(float(one.get(key, "0")) for key in ("x", "y", "width", "height")) for one in flags]
    assert len(boxes) > 30
    for (ax, ay, aw, ah), (bx, by, bw, bh) in itertools.combinations(boxes, 2):
        assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay
    said = " ".join(titles(root))
    assert all(f"{n}. " in said or n > 5 for n in range(1, 101))
    assert f"and {100 - MOST_LINES} more steps" in words(root)


# --- what the marks mean ---


def test_what_was_not_as_expected_is_marked_and_told_with_its_line() -> None:
    root = parsed(day_of(with_line('shows = "Busy"', 'shows = "Busy"\nsubject = "Lunch"')))
    marks = [one for one in root.iter(f"{SVG}polygon") if one.get("fill") == FAILED]
    assert len(marks) == 2  # one in the strip, one in the legend
    [line] = [one for one in texts(root) if "line 35" in (one.text or "")]
    assert line.get("fill") == FAILED
    assert 'subject: expected "Lunch", found "Call"' in (line.text or "")
    assert "not as expected" in words(root)
    held = parsed(day_of(RIGHT))
    assert not [one for one in held.iter(f"{SVG}polygon") if one.get("fill") == FAILED]
    assert "not as expected" not in words(held)


def test_checks_are_ticks_and_failed_ones_crosses() -> None:
    sent = (CalendarCheck(at(0)), CalendarCheck(at(1800), "timed-out"), CalendarCheck(at(3600)))
    root = parsed(a_day(checks={"anna": sent}))
    said = Counter(title.partition(" at ")[0] for title in titles(root))
    assert said["Calendar check"] == 3
    assert "Calendar check at 08:30 failed: timed-out" in titles(root)
    crosses = [one for one in root.iter(f"{SVG}path") if one.get("stroke") == FAILED]
    assert len(crosses) == 2  # and one in the legend


def test_old_data_is_hatched_and_out_of_office_has_its_mark() -> None:
    old = Span(at(0), at(3600), Presence(BUSY), old=True)
    out = Span(at(3600), at(7200), Presence(AVAILABLE, out_of_office=True))
    root = parsed(a_day(strips=(Strip("anna", "", (old, out)),)))
    fills = Counter(one.get("fill") for one in root.iter(f"{SVG}rect"))
    assert fills["url(#old)"] == 2  # the stretch and the legend
    assert fills[f"{OUT_OF_OFFICE}"] == 2
    assert {"old calendar data", "out of office", "Available, out of office"} <= set(words(root))
    plain = parsed(a_day())
    assert not {"url(#old)", OUT_OF_OFFICE} & {one.get("fill") for one in plain.iter(f"{SVG}rect")}


def test_each_stretch_says_what_it_is_when_pointed_at_and_the_whole_says_it_in_words() -> None:
    root = parsed(day_of(RIGHT))
    assert (
        "In a meeting, 10:00 to 11:00. “Budget review”. “Budget review”, a meeting marked Busy,"
        " 10:00 to 11:00. A meeting marked Busy makes you In a meeting."
    ) in titles(root)
    named = {one.get("id"): one.text or "" for one in root}
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == ["title", "desc"]
    assert named["title"] == "A day"
    assert (
        "Anna Keller, seen by Ben: Presence unknown 09:00 to 09:05; Available 09:05 to 09:30;"
        in named["desc"]
    )
    assert "0 of 1 expectations failed." in named["desc"]


def test_what_happens_at_the_very_end_is_seen() -> None:
    spans = (Span(at(0), at(7200), Presence(AVAILABLE)), Span(at(7200), at(7200), Presence(BUSY)))
    root = parsed(a_day(strips=(Strip("anna", "", spans),)))
    [bar] = [one for one in root.iter(f"{SVG}rect") if one.get("fill") == INKS[Colour.ORANGE].fill][:-1]
    assert float(bar.get("width", "0")) > 8
    moment = parsed(a_day(until=START, strips=(Strip("anna", "", (Span(START, START, Presence(BUSY)),)),)))
    assert any(title.startswith("Busy, 08:00 to 08:00") for title in titles(moment))


# --- bounds ---


def test_days_of_an_interval_of_a_second_stay_small_and_hide_no_failure() -> None:
    sent = tuple(CalendarCheck(at(n), "timed-out" if n == 40_000 else "") for n in range(86_400))
    spans = tuple(
        Span(at(n), at(n + 10), Presence(BUSY if n % 20 else AVAILABLE)) for n in range(0, 86_400, 10)
    )
    text = draw([a_day(until=at(86_400), checks={"anna": sent}, strips=(Strip("anna", "", spans),))])
    assert len(text) < 500_000
    root = ET.fromstring(text)
    assert "Calendar check at 2 Mar 19:06:40 failed: timed-out" in titles(root)
    assert any(title.startswith("86400 calendar checks, 2 Mar 08:00 to 3 Mar ") for title in titles(root))
    told = {title.rpartition(": ")[2] for title in titles(root) if " stretches, " in title}
    assert told == {"Available, Busy", "Busy, Available"}


def test_of_very_many_people_those_of_whom_something_is_expected_are_drawn() -> None:
    names = {f"p{n:02}": f"Person {n:02}" for n in range(30)}

    def spans(n: int) -> tuple[Span, ...]:
        return Span(at(0), at(n), Presence(AVAILABLE)), Span(at(n), at(7200), Presence(BUSY))

    pairs = [(who, viewer) for who in names for viewer in ("", *names) if who != viewer]
    strips = tuple(Strip(who, viewer, spans(n + 1)) for n, (who, viewer) in enumerate(pairs))
    held = (Comparison(at(60), "p29", "p28", 3, "shows", '"Busy"', '"Available"', False),)
    root = parsed(a_day(names=names, strips=strips, comparisons=held))
    said = words(root)
    assert f"{len(pairs) - MOST_STRIPS} more strips are not drawn." in said
    assert said.count("shows") == 30
    assert "Person 29, seen by Person 28" in titles(root)


def test_viewers_who_saw_the_same_share_a_strip_in_a_very_full_picture_alone() -> None:
    viewers = {f"p{n:02}": f"Person {n:02}" for n in range(MOST_STRIPS)}
    names = {"anna": "Anna", **viewers}
    same = (Span(at(0), at(7200), Presence(AVAILABLE), reason="Anna gives it."),)
    other = (replace(same[0], subject="Lunch"),)
    shown = (Strip("anna", "", same), Strip("anna", "p00", other))
    alike = tuple(Strip("anna", who, same) for who in [*viewers][1:])
    just = parsed(a_day(names=names, strips=(*shown, *alike)[:MOST_STRIPS]))
    assert len(strips_of(just)) == MOST_STRIPS
    held = (Comparison(at(60), "anna", "p07", 3, "shows", '"Busy"', '"Available"', False),)
    full = parsed(a_day(names=names, strips=(*shown, *alike), comparisons=held))
    assert strips_of(full) == [("anna", ""), ("anna", "p00"), ("anna", " ".join([*viewers][1:]))]
    assert "Available, 08:00 to 10:00. Anna gives it." in titles(full)
    assert len([one for one in full.iter(f"{SVG}polygon") if one.get("fill") == FAILED]) == 2
    assert any(line.startswith("Anna, seen by Person 07: Not as expected at 08:01") for line in words(full))
    everybody = parsed(a_day(names=names, strips=(shown[0], Strip("anna", "p00", same), *alike)))
    assert "seen by everybody else" in words(everybody)


def test_programs_find_each_strip_check_step_and_expectation_by_its_class() -> None:
    root = parsed(day_of(RIGHT))
    pairs = [("anna", ""), ("anna", "ben"), ("ben", ""), ("ben", "anna")]
    assert strips_of(root) == pairs
    said = {
        name: [one.get("data-at") for one in root.iter(f"{SVG}g") if one.get("class") == name]
        for name in ("check", "step", "expectation")
    }
    halves = [f"{9 + n // 2:02}:{30 * (n % 2):02}" for n in range(7)]
    ben = [f"{9 + n // 2:02}:{5 + 30 * (n % 2):02}" for n in range(6)]
    assert said == {
        "check": [f"2026-03-02T{clock}:00+01:00" for clock in (*halves, *ben)],
        "step": ["2026-03-02T09:05:00+01:00"],
        "expectation": ["2026-03-02T09:31:00+01:00"],
    }


# --- XML and bytes ---


@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=80))
def test_whatever_people_write_the_drawing_is_xml_and_nothing_is_clipped(a: str, b: str, c: str) -> None:
    spans = (Span(at(0), at(7200), Presence(BUSY), b, c),)
    day = a_day(
        title=a,
        names={"anna": b, "ben": c},
        strips=(Strip("anna", "ben", spans),),
        happenings=(Happening(at(60), "anna", f"{a} {b}"),),
        comparisons=(Comparison(at(60), "anna", "ben", 3, "shows", a, c, False),),
    )
    root = parsed(day)
    for one in texts(root):
        assert box(one)[1] <= WIDTH
    # Qt's reader, which programs for looking at pictures use, takes it too.
    assert QSvgRenderer(QByteArray(draw([day]).encode())).isValid()


def test_the_same_days_are_the_same_bytes_and_a_second_one_stands_below() -> None:
    day, other = day_of(RIGHT), day_of(with_line('title = "A day"', 'title = "Another"'))
    assert draw([day]) == draw([day_of(RIGHT)])
    both = parsed(day, other)
    heights = {one.text: float(one.get("y", "0")) for one in texts(both) if one.get("font-size") == "16"}
    assert heights["Another"] > heights["A day"] + 200
    assert both.findtext(f"{SVG}title") == "A day; Another"


@pytest.mark.parametrize("value", [0.0, -0.04, 12.25, 12.0, -3.0, 1e3, 0.05, -0.31])
def test_a_number_is_written_with_one_digit_at_most(value: float) -> None:
    written = svg.number(value)
    assert abs(float(written) - value) <= 0.051
    assert not written.endswith(".0")
    assert written != "-0"
