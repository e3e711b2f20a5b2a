"""Makes a scenario file of the draft of a day: writes it, runs it, and mends what came out otherwise.

A client's checks take time, fail after a while, and come from more than the rhythm; in a scenario they take
none. So the draft is run, and where a check of the day does not come by itself, one is asked for. What then
still is not as it was shown is told in a comment, so that the file says nothing that it does not keep.
"""

from __future__ import annotations

import io
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lyncdesk.client.recording_story import EARLIER
from lyncdesk.client.recording_text import Table, Times, instant, seconds
from lyncdesk.simulation.day_record import Comparison, Day, DayRecorder
from lyncdesk.simulation.run import Run
from lyncdesk.simulation.scenario_calendars import memory_calendars
from lyncdesk.simulation.scenario_file import read
from lyncdesk.simulation.scenario_report import TextReport
from lyncdesk.simulation.scenario_times import pinned_zones
from lyncdesk.simulation.stepper import Stepper

Values = dict[str, Any]
# Each round asks for the first check of everybody that is missing.
_ROUNDS = 1000
_FILE = "recorded.toml"
_WHEN = ("at", "signs_in", "checked")


def recorded(draft: Mapping[str, Any]) -> str:
    """The scenario: TOML text in the language of `docs/scenarios.md`, which runs and holds.

    Raises:
        WrongScenarioError: the draft cannot be told in the language, which is a mistake of LyncDesk.
    """
    with pinned_zones():
        writer = _Writer(draft)
        asked: dict[str, set[int]] = {who: set() for who in writer.checks}
        for _ in range(_ROUNDS):
            sent = _sent(writer.text())
            missing = {
                who: found
                for who in writer.checks
                if (found := writer.missing(sent.get(who, ()), who, asked[who]))
            }
            if not missing:
                break
            for who, found in missing.items():
                asked[who].update(found)
                writer.ask(who, found)
        writer.leave_out(one for one in _run(writer.text()).comparisons if not one.holds)
        return writer.text()


def _sent(text: str) -> dict[str, list[int]]:
    """When everybody's checks are sent."""
    sent: dict[str, list[int]] = {}

    def note(who: str, at: datetime, _problem: str) -> None:
        sent.setdefault(who, []).append(seconds(at))

    with memory_calendars() as calendars:
        Stepper(read(text, _FILE), calendars, (), lambda _now: None, note).run()
    return sent


def _run(text: str) -> Day:
    scenario = read(text, _FILE)
    recorder = DayRecorder(scenario)
    with memory_calendars() as calendars:
        Run(scenario, calendars, TextReport(io.StringIO()), recorder=recorder).run()
    return recorder.day()


class _Writer:
    """The draft while it becomes a scenario."""

    def __init__(self, draft: Mapping[str, Any]) -> None:
        self._draft = draft
        self._times = Times(instant(draft["until"]), draft["zone"])
        self._steps: list[Values] = list(draft["steps"])
        self._expected: list[Values] = [dict(one) for one in draft["expected"]]
        self._left_out: list[str] = list(draft["left_out"])
        self.checks: Mapping[str, Sequence[int]] = draft["checks"]

    # --- what is mended ---

    def missing(self, sent: Sequence[int], who: str, asked: Container[int]) -> list[int]:
        """The first check that the scenario does not come to by itself, and that was not asked for yet; all
        of them for somebody who checks at other intervals.
        """
        found = []
        place = 0
        for at in self.checks[who]:
            while place < len(sent) and sent[place] <= at - EARLIER:
                place += 1
            there = place < len(sent) and sent[place] < at + EARLIER
            if at not in asked and not there and self._draft["start"] <= at <= self._draft["until"]:
                found.append(at)
                if who not in self._draft["asking"]:
                    break
        return found

    def ask(self, who: str, moments: Sequence[int]) -> None:
        """Let a person ask for checks."""
        self._steps += [{"at": at, "who": who, "do": "check_now"} for at in moments]
        self._steps.sort(key=lambda step: step["at"])

    def leave_out(self, failed: Iterator[Comparison]) -> None:
        """Expect nothing that does not come about, and say so."""
        for wrong in failed:
            for one in self._expected:
                if (one["at"], one["who"], one.get("viewer", "")) == (
                    seconds(wrong.at),
                    wrong.who,
                    wrong.viewer,
                ):
                    one.pop(wrong.key, None)
            if wrong.key != "checked":
                seen = f" as {wrong.viewer} saw it" if wrong.viewer else ""
                at = self._written(seconds(wrong.at))
                self._left_out.append(
                    f"at {at}{seen} {wrong.who}'s {wrong.key} was {wrong.expected}; here it is {wrong.found}"
                )
        self._expected = [one for one in self._expected if set(one) - {"at", "who", "viewer"}]

    # --- the text ---

    def text(self) -> str:
        """The file as it is now."""
        return "\n".join(line for table in self._tables() for line in table.lines()) + "\n"

    def _tables(self) -> Iterator[Table]:
        draft = self._draft
        top = {
            "title": f"{draft['title']}, {self._times.at.astimezone(self._times.zone):%Y-%m-%d %H:%M:%S}",
            "zone": self._times.zone_name,
            "date": self._times.today,
            "start": self._written(draft["start"]),
            "until": self._written(draft["until"]),
        }
        yield Table("", top, tuple(f"Left out: {what}." for what in self._left_out))
        if draft["policy"]:
            yield Table("[policy]", draft["policy"])
        if draft["recommended"]:
            yield Table("[policy.recommended]", draft["recommended"], ("or chosen by the person",))
        for one in draft["people"]:
            who = one["who"]
            yield Table(f"[people.{who}]", self._dated(one, leave=("who", "items")))
            for item in one.get("items", ()):
                yield Table(f"[[people.{who}.items]]", item)
        for step in self._steps:
            yield Table("[[steps]]", self._dated(step))
        for one in self._expected:
            yield Table("[[expect]]", self._dated(one))

    def _dated(self, values: Mapping[str, Any], leave: Sequence[str] = ()) -> Values:
        return {
            key: self._written(value) if key in _WHEN and isinstance(value, int) else value
            for key, value in values.items()
            if key not in leave
        }

    def _written(self, at: int) -> Any:
        return self._times.written(instant(at))
