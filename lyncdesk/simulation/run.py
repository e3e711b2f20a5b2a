"""Runs scenario files, holds every expectation, and says what was seen: the work of `lyncdesk simulate`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TextIO

from lyncdesk.client.state import State
from lyncdesk.simulation.day_record import DayRecorder
from lyncdesk.simulation.explain_wishes import wishes
from lyncdesk.simulation.scenario import Scenario
from lyncdesk.simulation.scenario_calendars import Calendars, memory_calendars
from lyncdesk.simulation.scenario_file import WrongScenarioError
from lyncdesk.simulation.scenario_library import find
from lyncdesk.simulation.scenario_report import Failure, JsonReport, Report, TextReport
from lyncdesk.simulation.scenario_sight import FOUND, Shown, Sight
from lyncdesk.simulation.scenario_tables import Mistake
from lyncdesk.simulation.scenario_times import pinned_zones
from lyncdesk.simulation.stepper import Stepper
from lyncdesk.simulation.truth import WatchedCalendars
from lyncdesk.simulation.watchers import FailuresAlone, Watcher, watchers

# Exit statuses.
ALL_HOLD, SOME_FAIL, WRONG_FILE = 0, 1, 2

_DRAWN_OVER = "this is a scenario to be run; give another file to draw into"

Watch = Callable[[Scenario, WatchedCalendars], tuple[Watcher, ...]]
MakeCalendars = Callable[[], AbstractContextManager[Calendars]]


class Run:
    """One scenario being watched."""

    def __init__(
        self,
        scenario: Scenario,
        calendars: Calendars,
        report: Report,
        watch: Watch | None = None,
        recorder: DayRecorder | None = None,
    ) -> None:
        self._scenario = scenario
        self._report = report
        self._recorder = recorder
        self._last: dict[tuple[str, str], Shown] = {}
        self._states: dict[str, State] = {}
        self._expected = sum(len(one.checks) for one in scenario.expectations)
        self._failed = 0
        self._watchers: tuple[Watcher, ...] = ()
        if watch is not None:
            calendars = watched = WatchedCalendars(calendars, lambda: self._stepper.now)
            self._watchers = watch(scenario, watched)
        looks = [one.at for one in scenario.expectations]
        looks += [moment for watcher in self._watchers for moment in watcher.looks]
        on_check = recorder.checked if recorder is not None else None
        self._stepper = Stepper(scenario, calendars, looks, self._look, on_check)

    def run(self) -> int:
        """Play it; the number of comparisons that failed."""
        self._report.begin(self._scenario)
        self._stepper.run()
        self._report.end(self._expected, self._failed)
        return self._failed

    def _look(self, now: datetime) -> None:
        for sight in self._sights(now):
            viewer = sight.viewer.person.who if sight.viewer is not None else ""
            key, shown = (sight.owner.person.who, viewer), sight.shown()
            if self._recorder is not None:
                self._recorder.seen(sight)
            if self._last.get(key) != shown:
                self._last[key] = shown
                self._report.changed(sight)
        for one in self._scenario.expectations:
            if one.at == now:
                clients = self._stepper.clients
                sight = Sight(clients[one.who], clients[one.viewer] if one.viewer else None, now)
                for check in one.checks:
                    found = FOUND[check.key](sight)
                    if self._recorder is not None:
                        self._recorder.compared(sight, check, found)
                    if found != check.expected:
                        self._failed += 1
                        self._report.failed(Failure(sight, check, found))
        for watcher in self._watchers:
            self._stepper.look_at(watcher.look(self._stepper.clients, now))

    def _sights(self, now: datetime) -> Iterator[Sight]:
        """The looks through which something else may be seen: nothing changes without a new State."""
        clients = tuple(self._stepper.clients.values())
        new = {
            who for who, client in self._stepper.clients.items() if self._states.get(who) is not client.state
        }
        self._states = {who: client.state for who, client in self._stepper.clients.items()}
        for owner in clients:
            if owner.person.who in new:
                yield Sight(owner, None, now)
            for viewer in clients:
                if viewer is not owner and viewer.person.who in new:
                    yield Sight(owner, viewer, now)


def simulate(
    files: Sequence[str],
    *,
    json: bool,
    wire: bool,
    out: TextIO,
    err: TextIO,
    svg: Path | None = None,
    explain: Sequence[str] = (),
    see_as: str | None = None,
) -> int:
    """Run scenario files one after the other; what is seen goes to ``out``, mistakes of the files to ``err``.

    ``json`` prints one object a line; ``wire`` reads every calendar over EWS; ``svg`` is where a drawing of
    the days is written, one below another. ``explain`` names moments (``PERSON@TIME``) that are explained
    instead of the changes of the day; ``see_as`` is the person through whose client the day, or these
    moments, are seen. Returns the exit status: 0 all expectations hold, 1 some do not, 2 a file or what is
    asked of it is wrong (then nothing is run), or the drawing cannot be written.
    """
    with pinned_zones():
        scenarios, mistakes = _load(files)
        if svg is not None and any(_is_same(svg, file) for file in files):
            mistakes.append(Mistake(str(svg), 0, _DRAWN_OVER))
        asked = []
        for scenario in scenarios:
            found, wrong = wishes(scenario, explain, see_as)
            asked.append(found)
            mistakes.extend(wrong)
        if mistakes:
            err.writelines(f"{mistake}\n" for mistake in mistakes)
            return WRONG_FILE
        report: Report = JsonReport(out) if json else TextReport(out)
        if explain or see_as is not None:
            report = FailuresAlone(report)
        failed = 0
        recorders = [DayRecorder(one, see_as or "") if svg is not None else None for one in scenarios]
        with _calendars(wire=wire) as make:
            for scenario, found, recorder in zip(scenarios, asked, recorders, strict=True):
                with make() as calendars:
                    watch = partial(watchers, found, out=out, as_json=json) if found else None
                    failed += Run(scenario, calendars, report, watch, recorder).run()
        if svg is not None:
            from lyncdesk.simulation.day_picture import draw

            picture = draw([recorder.day() for recorder in recorders if recorder is not None])
            try:
                svg.write_bytes(picture.encode())
            except OSError as error:
                err.write(f"{Mistake(str(svg), 0, f'cannot be written: {error.strerror or error}')}\n")
                return WRONG_FILE
    return SOME_FAIL if failed else ALL_HOLD


def _is_same(one: Path, other: str) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False  # one of them is not there


def _load(files: Sequence[str]) -> tuple[list[Scenario], list[Mistake]]:
    scenarios: list[Scenario] = []
    mistakes: list[Mistake] = []
    for file in files:
        try:
            scenarios.append(find(file))
        except WrongScenarioError as error:
            mistakes.extend(error.mistakes)
    return scenarios, mistakes


@contextmanager
def _calendars(*, wire: bool) -> Iterator[MakeCalendars]:
    """What makes the calendars of each scenario; a server and a worker process serve the whole run."""
    if not wire:
        yield memory_calendars
        return
    from lyncdesk.simulation.wire import Wire

    with Wire() as server:
        yield server.calendars
