"""Who looks on while a scenario runs, and tells what was asked for: moments with their reasons, or the day as
one person saw it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol, TextIO
from zoneinfo import ZoneInfo

from lyncdesk.client import views
from lyncdesk.client.reading import stale
from lyncdesk.client.state import State
from lyncdesk.client.views.contacts import is_old
from lyncdesk.simulation.explain_report import write_explanation
from lyncdesk.simulation.explain_wishes import Wishes
from lyncdesk.simulation.explaining import Listening, explained
from lyncdesk.simulation.scenario import Scenario
from lyncdesk.simulation.scenario_report import Failure, Report, when
from lyncdesk.simulation.scenario_sight import Shown, Sight
from lyncdesk.simulation.stepper import Client
from lyncdesk.simulation.truth import WatchedCalendars


class Watcher(Protocol):
    """Somebody who looks on."""

    @property
    def looks(self) -> tuple[datetime, ...]:
        """When the watcher wants to look, whatever happens then."""

    def look(self, clients: Mapping[str, Client], now: datetime) -> Iterable[datetime]:
        """Look, when all of a moment has happened; comes back with further moments to look at."""


def watchers(
    asked: Wishes, scenario: Scenario, truth: WatchedCalendars, *, out: TextIO, as_json: bool
) -> tuple[Watcher, ...]:
    """Who tells what is asked: the moments explained if there are any, else the whole day of one person."""
    if asked.explain:
        return (Explainer(scenario, asked, truth, out, as_json=as_json),)
    return (SeenDay(scenario, asked.see_as, out, as_json=as_json),)


class Explainer:
    """Tells moments with their reasons: those of the persons' own clients, or of who looks at their cards."""

    def __init__(
        self,
        scenario: Scenario,
        asked: Wishes,
        truth: WatchedCalendars,
        out: TextIO,
        *,
        as_json: bool,
    ) -> None:
        self._scenario = scenario
        self._asked = asked.explain
        self._see_as = asked.see_as
        self._truth = truth
        self._out = out
        self._as_json = as_json
        self._listening = Listening()

    @property
    def looks(self) -> tuple[datetime, ...]:
        """See :class:`Watcher`."""
        return tuple(wish.at for wish in self._asked)

    def look(self, clients: Mapping[str, Client], now: datetime) -> Iterable[datetime]:
        """See :class:`Watcher`."""
        self._listening.look(clients, now)
        for wish in self._asked:
            if wish.at == now:
                viewer = clients[self._see_as] if self._see_as not in ("", wish.who) else None
                sight = Sight(clients[wish.who], viewer, now)
                read = sight.owner.state.calendar.as_of is not None
                not_seen = self._truth.not_seen(wish.who, now, read=read)
                heard = self._listening.heard.get((wish.who, self._see_as or wish.who))
                told = explained(sight, not_seen, heard)
                write_explanation(told, self._scenario, self._out, as_json=self._as_json)
        return ()


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What one person sees of somebody; a line whenever it changes."""

    shown: Shown
    location: str
    stale: bool


class SeenDay:
    """The whole day as one person's own client showed it: the person's own presence and every contact's."""

    looks: tuple[datetime, ...] = ()

    def __init__(self, scenario: Scenario, who: str, out: TextIO, *, as_json: bool) -> None:
        self._scenario = scenario
        self._who = who
        self._out = out
        self._as_json = as_json
        self._last: dict[str, Glimpse] = {}
        self._state: State | None = None
        self._width = max(len(person.who) for person in scenario.people)

    def look(self, clients: Mapping[str, Client], now: datetime) -> Iterable[datetime]:
        """See :class:`Watcher`."""
        viewer = clients[self._who]
        if viewer.machine.asleep and viewer.state is self._state:
            return ()  # a computer that sleeps shows nothing, whatever gets old meanwhile
        self._state = viewer.state
        for sight in self._sights(clients, now):
            who, glimpse = sight.owner.person.who, _glimpse(sight)
            if self._last.get(who) != glimpse:
                self._last[who] = glimpse
                self._out.write(self._object(sight, glimpse) if self._as_json else self._line(sight, glimpse))
        return self._turns(clients, now)

    def _sights(self, clients: Mapping[str, Client], now: datetime) -> Iterator[Sight]:
        viewer = clients[self._who]
        yield Sight(viewer, None, now)
        yield from (Sight(owner, viewer, now) for owner in clients.values() if owner is not viewer)

    def _turns(self, clients: Mapping[str, Client], now: datetime) -> Iterator[datetime]:
        """When what is known of others is no longer promised, which no event tells."""
        for seen in clients[self._who].state.contacts.values():
            if seen.valid_until is not None and seen.valid_until > now:
                yield seen.valid_until

    def _line(self, sight: Sight, glimpse: Glimpse) -> str:
        shown = glimpse.shown
        mark = ", out of office" if shown.out_of_office and shown.shows != "Out of office" else ""
        details = "".join(
            f"  {part}" for part in (f'"{shown.subject}"' if shown.subject else "", glimpse.location) if part
        )
        old = "  [old calendar data]" if glimpse.stale else ""
        who = f"{sight.owner.person.who:{self._width}}"
        told = f"{shown.shows}{mark} ({shown.colour}){details}{old}"
        return f"  {when(sight.now, self._scenario)}  {who}  {told}\n"

    def _object(self, sight: Sight, glimpse: Glimpse) -> str:
        zone = ZoneInfo(self._scenario.zone)
        own, now = sight.viewer is None, sight.now
        seen = sight.seen
        checked = seen.calendar_as_of if seen is not None else sight.owner.state.calendar.as_of
        calendar = ""
        if sight.viewer is not None:
            calendar = views.card(sight.owner.person.address, sight.viewer.state, now, sight.words).calendar
        told = {
            "file": self._scenario.file,
            "at": now.astimezone(zone).isoformat(),
            "who": sight.owner.person.who,
            "viewer": "" if own else self._who,
            **asdict(glimpse.shown),
            # Through which relationship one is shown somebody is not known to the client that shows it.
            "reason": sight.reason() if own else "",
            "location": glimpse.location,
            "calendar": calendar,
            "checked": checked.astimezone(zone).isoformat() if checked is not None else None,
            "stale": glimpse.stale,
        }
        return json.dumps(told) + "\n"


def _glimpse(sight: Sight) -> Glimpse:
    seen, item = sight.seen, sight.item
    old = is_old(seen, sight.now) if seen is not None else stale(sight.owner.state, sight.now)
    return Glimpse(sight.shown(), item.location if item is not None else "", old)


class FailuresAlone:
    """A report that tells no changes, where something else tells the day."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def begin(self, scenario: Scenario) -> None:
        """See :class:`Report`."""
        self._report.begin(scenario)

    def changed(self, sight: Sight) -> None:
        """Nothing is printed."""

    def failed(self, failure: Failure) -> None:
        """See :class:`Report`."""
        self._report.failed(failure)

    def end(self, expected: int, failed: int) -> None:
        """See :class:`Report`."""
        self._report.end(expected, failed)
