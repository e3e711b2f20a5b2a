"""Drawings of scenarios for tests: made as `lyncdesk simulate --svg` makes them, and read as XML."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from lyncdesk.simulation.day_record import Day, DayRecorder
from lyncdesk.simulation.run import Run, simulate
from lyncdesk.simulation.scenario_calendars import memory_calendars
from lyncdesk.simulation.scenario_file import read
from lyncdesk.simulation.scenario_report import TextReport
from lyncdesk.simulation.scenario_times import pinned_zones

SVG = "{http://www.w3.org/2000/svg}"


def drawn(files: Iterable[Path], to: Path) -> ET.Element:
    """The drawing that the command makes of files."""
    simulate(
        [str(file) for file in files], json=False, wire=False, out=io.StringIO(), err=io.StringIO(), svg=to
    )
    return ET.fromstring(to.read_text(encoding="utf-8"))


def day_of(text: str, name: str = "day.toml") -> Day:
    """What a run of a scenario recorded."""
    with pinned_zones(), memory_calendars() as calendars:
        scenario = read(text, name)
        recorder = DayRecorder(scenario)
        Run(scenario, calendars, TextReport(io.StringIO()), recorder=recorder).run()
        return recorder.day()


def texts(root: ET.Element) -> Iterator[ET.Element]:
    """The lines of text that are to be seen."""
    yield from root.iter(f"{SVG}text")


def words(root: ET.Element) -> list[str]:
    """What they say."""
    return ["".join(one.itertext()) for one in texts(root)]


def titles(root: ET.Element) -> list[str]:
    """What things say of themselves when pointed at."""
    return [one.text or "" for one in root.iter(f"{SVG}title")]
