"""Writes the library in docs/scenarios.md, and its pictures: ``python -m tests.tools.scenario_pages``.

All words of a page stand in the scenario's file: its title, the comment at its head, which is the story, and
the comments above steps and expectations, which say what to look at.
"""

from __future__ import annotations

import io
import re
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lyncdesk.simulation.run import ALL_HOLD, simulate
from lyncdesk.simulation.scenario import Scenario
from lyncdesk.simulation.scenario_file import load
from lyncdesk.simulation.scenario_library import shipped
from lyncdesk.simulation.scenario_times import pinned_zones

DOCS = Path(__file__).parents[2] / "docs"
FILE = DOCS / "scenarios.md"
PICTURES = DOCS / "scenarios"

# What stands before it in the page is written by hand.
BEGIN = "<!-- Made by `python -m tests.tools.scenario_pages` from here on; a test fails when out of date. -->"

_HEAD = """
## The library

The scenarios that LyncDesk ships with, in `resources/scenarios/`. Each is a day with its story, its picture
and the moments at which to look. Trainers can show them, and the lessons of the Simulation window rest on
some of them. Whoever is asked "Why was I shown as Busy?" may find the answer in one. And each is a test that
every version of LyncDesk passes.

In a picture each strip is what one person shows, or what others see on that person's card. Below a strip are
the calendar checks, above it the steps.

To add one, put its file there, give it a place in `tests/tools/scenario_pages.py`, and run `make pages`.
"""
SECTIONS: dict[str, tuple[str, ...]] = {
    "What the article says": (
        "switch_in_options",
        "added_for_right_now",
        "reset_status_waits",
        "longer_interval",
        "shorter_interval",
        "always_busy",
        "show_as_comes_to_light",
        "mapping_appointments",
        "mapping_meetings",
        "details_for_workgroup",
        "details_for_workgroup_alone",
        "subject_not_visible",
        "began_before_added",
        "status_by_hand_keeps_meeting",
        "everything_in_a_meeting",
        "kind_not_told",
    ),
    "The classics": (
        "back_to_back_meetings",
        "overlapping_tentative",
        "all_day_training",
        "working_across_midnight",
        "clocks_go_forward",
        "clocks_go_back",
        "travelling_between_zones",
        "sleeping_laptop",
        "exchange_down_for_two_hours",
        "throttled_monday_morning",
        "blocked_contact",
        "do_not_disturb_ends_after_24_hours",
        "hot_interval_of_one_second",
    ),
}
_WIDTH = 140
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a scenario's file says in words. ``points`` are moments with what to look at, in their order."""

    name: str
    scenario: Scenario
    story: tuple[str, ...]
    points: tuple[tuple[datetime, str], ...]


def told(name: str, file: Path) -> Told:
    """Read a scenario's words."""
    scenario = load(str(file))
    lines = file.read_text(encoding="utf-8").splitlines()
    blocks = dict(_comments(lines))
    moments = [(step.at, step.line) for step in scenario.steps]
    moments += [(one.at, one.line) for one in scenario.expectations]
    points = [(at, " ".join(blocks[line])) for at, line in sorted(moments) if line in blocks]
    story = "\n".join(next(iter(blocks.values()))) if lines[0].startswith("#") else ""
    return Told(name, scenario, tuple(_paragraphs(story)), tuple(points))


def _comments(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The comments of a file, each with the number of the line below it."""
    block: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.startswith("#"):
            block.append(line.removeprefix("#").strip())
        elif block:
            yield number, block
            block = []


def _paragraphs(story: str) -> Iterator[str]:
    """The paragraphs; what is quoted from the article becomes quotations, one for each pair of quotes."""
    for paragraph in story.split("\n\n"):
        if paragraph.startswith('"') and paragraph.endswith('"'):
            yield from (f"> {_words(one)}" for one in re.split(r'(?<=")\n(?=")', paragraph))
        else:
            yield _words(paragraph)


def _words(text: str) -> str:
    return " ".join(text.split()).replace(" > ", r" \> ")


def _clock(moment: datetime, scenario: Scenario) -> str:
    """A moment as the scenario's people read it; with its day, and with its zone where it comes twice."""
    zone = ZoneInfo(scenario.zone)
    first, last, local = (at.astimezone(zone) for at in (scenario.start, scenario.until, moment))
    said = f"{local.hour}:{local:%M:%S}" if local.second else f"{local.hour}:{local:%M}"
    if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        said = f"{said} {local:%Z}"
    return said if first.date() == last.date() else f"{local.day} {_MONTHS[local.month - 1]} {said}"


def page(one: Told) -> str:
    """One scenario."""
    title, name = one.scenario.title, one.name
    parts = [f'<a id="{name}"></a>\n\n### {title}']
    parts += [_wrapped(paragraph) for paragraph in one.story]
    parts.append(f"![The day in a picture: {title}](scenarios/{name}.svg)")
    parts.append("What to look at:")
    parts.append(
        "\n".join(
            _wrapped(f"- **{_clock(at, one.scenario)}** {_words(text)}", "  ") for at, text in one.points
        )
    )
    parts.append(f"Run it with `lyncdesk simulate {name}`; [the file](../resources/scenarios/{name}.toml).")
    return "\n\n".join(parts) + "\n"


def _wrapped(text: str, below: str = "") -> str:
    below = "> " if text.startswith("> ") else below
    return textwrap.fill(
        text, _WIDTH, subsequent_indent=below, break_long_words=False, break_on_hyphens=False
    )


def library() -> str:
    """The whole part of docs/scenarios.md that is made."""
    files = shipped()
    parts = [BEGIN, "\n", _HEAD]
    for title, names in SECTIONS.items():
        entries = [f"- [{load(str(files[name])).title}](#{name})\n" for name in names]
        parts += [f"\n{title}:\n\n", *entries]
    for names in SECTIONS.values():
        parts += [f"\n{page(told(name, files[name]))}" for name in names]
    return "".join(parts)


def picture(file: Path) -> bytes:
    """A scenario's day, as `lyncdesk simulate --svg` draws it."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "day.svg"
        silent = io.StringIO()
        if simulate([str(file)], json=True, wire=False, out=silent, err=silent, svg=drawn) != ALL_HOLD:
            raise ValueError(f"{file} does not hold: {silent.getvalue()}")
        return drawn.read_bytes()


def whole() -> str:
    """docs/scenarios.md as it has to be."""
    return FILE.read_text(encoding="utf-8").partition(BEGIN)[0] + library()


def write() -> None:
    """Bring the page and the pictures up to date; a picture without a scenario goes."""
    with pinned_zones():
        FILE.write_text(whole(), encoding="utf-8")
    PICTURES.mkdir(exist_ok=True)
    files = shipped()
    for old in PICTURES.glob("*.svg"):
        if old.stem not in files:
            old.unlink()
    for name, file in files.items():
        (PICTURES / f"{name}.svg").write_bytes(picture(file))


if __name__ == "__main__":
    write()
