"""What one client has been through today, in memory: enough to write the day down as a scenario.

Only what turned is kept: States in which something else holds than before, without what is known of others,
and the calendar checks. It begins anew at local midnight, and where it would grow too long. Nothing of it
outlives the program, and nothing is written unless somebody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.client.state import CheckRecord, ContactReading, Giving, State

MOST_TURNS, MOST_RUNS = 4000, 4000
# Checks of the same outcome that follow each other this regularly are one run.
_LATE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Turn:
    """From ``at`` on this State held."""

    at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Checks:
    """Calendar checks, one interval after the other, that ended alike; ``problem`` "" = well."""

    first: datetime
    last: datetime
    count: int = 1
    problem: str = ""

    def moments(self) -> Sequence[datetime]:
        """When each was sent."""
        if self.count == 1:
            return (self.first,)
        every = (self.last - self.first) / (self.count - 1)
        return tuple(self.first + every * n for n in range(self.count))


@dataclass(slots=True)
class DayLog:
    """The day of one client; :meth:`changed` is told of each new State, :meth:`day` gives what is kept."""

    turns: list[Turn] = field(default_factory=list)
    checks: list[Checks] = field(default_factory=list)
    cut: bool = False  # whether something of today had to go
    _last: State | None = None

    def changed(self, state: State, now: datetime) -> None:
        """Another State holds from ``now`` on."""
        last, self._last = self._last, state
        if last is None:
            self.turns = [Turn(now, _thin(state, None))]
            return
        if _is_another_day(self.turns[0].at, now, state.profile.zone):
            self._begin_anew(last, now, cut=False)
        record = state.calendar.history[-1:]
        if record and record != last.calendar.history[-1:]:
            self._note_check(record[0], state.options.interval)
        if not _says_the_same(last, state):
            if len(self.turns) >= MOST_TURNS or len(self.checks) >= MOST_RUNS:
                self._begin_anew(last, now, cut=True)
            self.turns.append(Turn(now, _thin(state, self.turns[-1].state)))

    def _begin_anew(self, state: State, now: datetime, *, cut: bool) -> None:
        self.turns = [Turn(now, _thin(state, self.turns[-1].state))]
        self.checks = []
        self.cut = cut

    def _note_check(self, record: CheckRecord, interval: timedelta) -> None:
        last = self.checks[-1] if self.checks else None
        regular = last is not None and abs(record.started - last.last - interval) <= _LATE
        if last is not None and regular and last.problem == record.problem:
            self.checks[-1] = replace(last, last=record.started, count=last.count + 1)
        else:
            self.checks.append(Checks(record.started, record.started, problem=record.problem))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A client whose day can be told: what it went through, and its State now."""

    log: DayLog
    state: State


def _is_another_day(before: datetime, now: datetime, zone: str) -> bool:
    local = ZoneInfo(zone)
    return before.astimezone(local).date() != now.astimezone(local).date()


def _says_the_same(before: State, after: State) -> bool:
    """Whether nothing that a scenario could tell is different, but for a check that brought nothing new."""
    old, new = before.calendar, after.calendar
    return (
        before.signed_in == after.signed_in
        and before.manual is after.manual
        and before.machines is after.machines
        and before.options is after.options
        and before.profile is after.profile
        and before.since == after.since
        and before.problems is after.problems
        and (before.reset_waiting, before.reset_unplanned) == (after.reset_waiting, after.reset_unplanned)
        and (old.as_of is None) == (new.as_of is None)
        and (old.problem, old.details, old.out_of_office) == (new.problem, new.details, new.out_of_office)
        and (old.items is new.items or old.items == new.items)
    )


def _thin(state: State, before: State | None) -> State:
    """The State without what is known of others and what it remembers itself, and with the items that are
    kept already.
    """
    items = state.calendar.items
    if before is not None and items is not before.calendar.items:
        kept = {item: item for item in before.calendar.items}
        items = tuple(kept.get(item, item) for item in items)
    calendar = replace(state.calendar, items=items, history=state.calendar.history[-1:])
    return replace(
        state, calendar=calendar, contacts={}, reading=ContactReading(), giving=Giving(), found={}, trail=()
    )
