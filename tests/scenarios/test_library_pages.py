"""Every scenario that ships has a page with its story and its picture, and both are up to date."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from lyncdesk.simulation.scenario_library import shipped
from lyncdesk.simulation.scenario_times import pinned_zones
from tests.tools import scenario_pages
from tests.tools.scenario_pages import FILE, PICTURES, SECTIONS, picture, told, whole

HOW = "bring it up to date with: python -m tests.tools.scenario_pages"


def test_every_scenario_that_ships_has_one_page() -> None:
    assert sorted(chain(*SECTIONS.values())) == sorted(shipped())


def test_the_pages_are_those_of_the_scenarios() -> None:
    with pinned_zones():
        assert FILE.read_text(encoding="utf-8") == whole(), HOW


def test_there_is_no_picture_without_a_scenario() -> None:
    assert sorted(file.stem for file in PICTURES.iterdir()) == sorted(shipped()), HOW


@pytest.mark.parametrize("name", shipped())
def test_the_picture_is_that_of_the_scenario_to_the_byte(name: str) -> None:
    assert (PICTURES / f"{name}.svg").read_bytes() == picture(shipped()[name]), HOW


@pytest.mark.parametrize("name", shipped())
def test_a_scenario_tells_its_story_and_where_to_look(name: str) -> None:
    one = told(name, shipped()[name])
    assert sum(not paragraph.startswith("> ") for paragraph in one.story) >= 2
    assert len(one.points) >= 3
    assert [at for at, _ in one.points] == sorted(at for at, _ in one.points)


def test_a_page_says_what_its_file_says(tmp_path: Path) -> None:
    file = tmp_path / "day.toml"
    file.write_text(
        """\
# "A question"
# "and another one
# over two lines."
#
# What happens: Options > Personal.
title = "A night"
zone = "Europe/Berlin"
date = 2026-10-25
start = 2026-10-24T22:00:00
until = "04:00"
[people.anna]
# What she does twice.
[[steps]]
at = 2026-10-25T02:30:15+01:00
who = "anna"
do = "lock"
# She shows this
# all the time.
[[expect]]
at = "01:00"
who = "anna"
shows = "Available"
""",
        encoding="utf-8",
    )
    with pinned_zones():
        said = scenario_pages.page(told("day", file))
    assert said == (
        """\
<a id="day"></a>

### A night

> "A question"

> "and another one over two lines."

What happens: Options \\> Personal.

![The day in a picture: A night](scenarios/day.svg)

What to look at:

- **25 October 1:00** She shows this all the time.
- **25 October 2:30:15 CET** What she does twice.

Run it with `lyncdesk simulate day`; [the file](../resources/scenarios/day.toml).
"""
    )
