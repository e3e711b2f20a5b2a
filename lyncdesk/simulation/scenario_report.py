"""What a run of scenarios prints: for people, or one JSON object a line; the same bytes for the same run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol, TextIO
from zoneinfo import ZoneInfo

from lyncdesk.presence.states import OUT_OF_OFFICE
from lyncdesk.simulation.scenario import Check, Scenario
from lyncdesk.simulation.scenario_sight import Sight, written


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that does not hold."""

    sight: Sight
    check: Check
    found: object


class Report(Protocol):
    """Where a run tells what happens."""

    def begin(self, scenario: Scenario) -> None:
        """A scenario begins."""

    def changed(self, sight: Sight) -> None:
        """Somebody shows or sees something else."""

    def failed(self, failure: Failure) -> None:
        """An expectation does not hold."""

    def end(self, expected: int, failed: int) -> None:
        """The scenario is over; the numbers are comparisons."""


class TextReport:
    """For people: the day as it passes, what does not hold, and a line that says how it went."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._scenario: Scenario | None = None
        self._width = 0

    def begin(self, scenario: Scenario) -> None:
        """The title."""
        self._scenario = scenario
        names = [person.who for person in scenario.people]
        longest = max((len(name) for name in names), default=0)
        self._width = 2 * longest + len(" sees ") if len(names) > 1 else longest
        self._out.write(f"{scenario.title} ({scenario.file})\n")

    def changed(self, sight: Sight) -> None:
        """One line."""
        shown = sight.shown()
        subject = f'  "{shown.subject}"' if shown.subject else ""
        who = f"{_who(sight):{self._width}}"
        mark = ", out of office" if shown.out_of_office and shown.activity != OUT_OF_OFFICE else ""
        self._out.write(f"  {self._time(sight.now)}  {who}  {shown.shows}{mark} ({shown.colour}){subject}\n")

    def failed(self, failure: Failure) -> None:
        """File, line, expected, found, and the reasons."""
        scenario, sight = self._known(), failure.sight
        zone = ZoneInfo(scenario.zone)
        expected = json.dumps(written(failure.check.expected, zone), ensure_ascii=False)
        found = json.dumps(written(failure.found, zone), ensure_ascii=False)
        self._out.write(
            f"{scenario.file}:{failure.check.line}: at {self._time(sight.now)}, {_who(sight)}:"
            f" {failure.check.key}: expected {expected}, found {found}\n"
        )
        for reason in sight.reasons():
            self._out.write(f"    {reason}\n")

    def end(self, expected: int, failed: int) -> None:
        """How it went."""
        what = "1 expectation" if expected == 1 else f"{expected} expectations"
        self._out.write(f"  {failed} of {what} failed\n\n" if failed else f"  {what}, all hold\n\n")

    def _known(self) -> Scenario:
        if self._scenario is None:
            raise RuntimeError("the report of a scenario begins with begin()")
        return self._scenario

    def _time(self, moment: datetime) -> str:
        return when(moment, self._known())


class JsonReport:
    """One object a line, as `docs/scenarios.md` describes them."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._file = ""
        self._zone = ZoneInfo("UTC")

    def begin(self, scenario: Scenario) -> None:
        """Nothing is printed."""
        self._file = scenario.file
        self._zone = ZoneInfo(scenario.zone)

    def changed(self, sight: Sight) -> None:
        """An object for a change."""
        self._write({**self._head(sight), **asdict(sight.shown()), "reason": sight.reason()})

    def failed(self, failure: Failure) -> None:
        """An object for an expectation that does not hold."""
        self._write(
            {
                **self._head(failure.sight),
                "line": failure.check.line,
                "expectation": failure.check.key,
                "expected": written(failure.check.expected, self._zone),
                "found": written(failure.found, self._zone),
                "reasons": failure.sight.reasons(),
            }
        )

    def end(self, expected: int, failed: int) -> None:
        """Nothing is printed."""

    def _head(self, sight: Sight) -> dict[str, object]:
        viewer = sight.viewer.person.who if sight.viewer is not None else ""
        return {
            "file": self._file,
            "at": sight.now.astimezone(self._zone).isoformat(),
            "who": sight.owner.person.who,
            "viewer": viewer,
        }

    def _write(self, what: dict[str, object]) -> None:
        self._out.write(json.dumps(what) + "\n")  # ASCII: the same bytes whatever the terminal speaks


def when(moment: datetime, scenario: Scenario) -> str:
    """A moment as a report writes it: in the zone of the scenario, with its day where there are several."""
    zone = ZoneInfo(scenario.zone)
    local = moment.astimezone(zone)
    if scenario.start.astimezone(zone).date() == scenario.until.astimezone(zone).date():
        return f"{local:%H:%M:%S}"
    return f"{local:%Y-%m-%d %H:%M:%S}"


def _who(sight: Sight) -> str:
    owner = sight.owner.person.who
    return owner if sight.viewer is None else f"{sight.viewer.person.who} sees {owner}"
