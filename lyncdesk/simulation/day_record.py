"""What a run of a scenario was: who showed and saw what, when was checked, what was done and expected.

Plain values for the drawing (:mod:`lyncdesk.simulation.day_picture`), which knows nothing of clients. Texts
are in English, as all that `lyncdesk simulate` says; instants are in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from lyncdesk.client import checks
from lyncdesk.client.reading import stale
from lyncdesk.presence.states import Presence
from lyncdesk.simulation.day_words import step_words
from lyncdesk.simulation.scenario import Check, Scenario
from lyncdesk.simulation.scenario_sight import Sight, written


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch in which somebody showed or saw the same. ``old``: it rested on old calendar data."""

    start: datetime
    end: datetime
    presence: Presence
    subject: str = ""
    reason: str = ""
    old: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """The day of ``who`` as ``viewer`` saw it; "" = as the person's own client showed it."""

    who: str
    viewer: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class CalendarCheck:
    """A calendar check that was sent; ``problem`` is how it ended, "" = well."""

    at: datetime
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """A step, as a sentence."""

    at: datetime
    who: str
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was expected and what was found, both as a scenario would write them, and whether it ``holds``."""

    at: datetime
    who: str
    viewer: str
    line: int
    key: str
    expected: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A whole run. ``names`` are those of the people, in the order of the file; ``zone`` an IANA name."""

    title: str
    zone: str
    start: datetime
    until: datetime
    names: Mapping[str, str]
    strips: tuple[Strip, ...]
    checks: Mapping[str, tuple[CalendarCheck, ...]]
    happenings: tuple[Happening, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(slots=True)
class _Open:
    """A stretch that has not ended; from ``old_from`` on its data are old."""

    span: Span
    old_from: datetime | None

    def ended(self, end: datetime) -> tuple[Span, ...]:
        span = replace(self.span, end=end)
        if self.old_from is None or self.old_from > end:
            return (span,)
        if self.old_from <= span.start:
            return (replace(span, old=True),)
        old = (replace(span, start=self.old_from, old=True),) if self.old_from < end else ()
        return (replace(span, end=self.old_from), *old)


@dataclass(slots=True)
class DayRecorder:
    """Takes down a run; with ``see_as`` no more of it than this person's client knew."""

    scenario: Scenario
    see_as: str = ""
    _open: dict[tuple[str, str], _Open] = field(default_factory=dict)
    _spans: dict[tuple[str, str], list[Span]] = field(default_factory=dict)
    _checks: dict[str, list[CalendarCheck]] = field(default_factory=dict)
    _comparisons: list[Comparison] = field(default_factory=list)

    def seen(self, sight: Sight) -> None:
        """Somebody looks."""
        if not self._is_meant(sight):
            return
        key = (sight.owner.person.who, sight.viewer.person.who if sight.viewer is not None else "")
        presence, item, old_from = sight.presence, sight.item, _old_from(sight)
        subject, now = item.subject if item is not None else "", sight.now
        last = self._open.get(key)
        if last is not None and (last.span.presence, last.span.subject) == (presence, subject):
            was = last.old_from is not None and last.old_from <= now
            if was == (old_from is not None and old_from <= now):
                last.old_from = last.old_from if was else old_from
                return
        if last is not None:
            self._spans[key] += last.ended(now)
        self._spans.setdefault(key, [])
        # A client is not told why somebody else is shown so.
        reason = sight.reason() if not self.see_as or sight.viewer is None else ""
        self._open[key] = _Open(Span(now, now, presence, subject, reason), old_from)

    def checked(self, who: str, at: datetime, problem: str) -> None:
        """A check has ended."""
        if self.see_as in ("", who):
            self._checks.setdefault(who, []).append(CalendarCheck(at, problem))

    def compared(self, sight: Sight, check: Check, found: object) -> None:
        """An expectation was held against what there is."""
        if not self._is_meant(sight):
            return
        zone = ZoneInfo(self.scenario.zone)
        expected, seen = (
            json.dumps(written(value, zone), ensure_ascii=False) for value in (check.expected, found)
        )
        viewer = sight.viewer.person.who if sight.viewer is not None else ""
        self._comparisons.append(
            Comparison(
                sight.now,
                sight.owner.person.who,
                viewer,
                check.line,
                check.key,
                expected,
                seen,
                found == check.expected,
            )
        )

    def _is_meant(self, sight: Sight) -> bool:
        looker = sight.viewer or sight.owner
        return self.see_as in ("", looker.person.who)

    def day(self) -> Day:
        """All of it, once the run is over."""
        scenario = self.scenario
        names = {person.who: person.name for person in scenario.people}
        zone = ZoneInfo(scenario.zone)
        strips = tuple(
            Strip(who, viewer, (*spans, *self._open[who, viewer].ended(scenario.until)))
            for (who, viewer), spans in self._spans.items()
        )
        own = (step for step in scenario.steps if self.see_as in ("", step.who))
        steps = sorted(own, key=lambda step: step.at)
        return Day(
            scenario.title,
            scenario.zone,
            scenario.start,
            scenario.until,
            names,
            strips,
            {who: tuple(found) for who, found in self._checks.items()},
            tuple(Happening(step.at, step.who, step_words(step, names, zone)) for step in steps),
            tuple(self._comparisons),
        )


def _old_from(sight: Sight) -> datetime | None:
    """From when what is seen counts as old, if nothing else is heard."""
    seen, state = sight.seen, sight.owner.state
    if seen is not None:
        return sight.now if seen.stale else seen.valid_until
    if stale(state, sight.now):
        return sight.now
    if not (state.signed_in and state.options.calendar_in_use):
        return None
    return checks.stale_from(state.calendar, state.options.interval)
