"""What a person asks of a run on the command line: ``--explain PERSON@TIME`` and ``--see-as PERSON``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.simulation.scenario import Scenario
from lyncdesk.simulation.scenario_tables import Mistake, WrongValueError, nearest, one_of
from lyncdesk.simulation.scenario_times import Times


@dataclass(frozen=True, slots=True)
class Wish:
    """One moment to explain: whose presence, and when."""

    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of one scenario. ``see_as`` is who looks, "" = nobody in particular."""

    explain: tuple[Wish, ...] = ()
    see_as: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return bool(self.explain or self.see_as)


def wishes(scenario: Scenario, explain: Sequence[str], see_as: str | None) -> tuple[Wishes, list[Mistake]]:
    """What the options mean for a scenario, and every mistake in them."""
    mistakes: list[Mistake] = []
    names = [person.who for person in scenario.people]
    if see_as is not None and see_as not in names:
        mistakes.append(_mistake(scenario, f"--see-as {see_as}", _nobody(see_as, names)))
    found = []
    for text in explain:
        who, at, time = text.rpartition("@")
        try:
            if not at or not who:
                raise WrongValueError('write it as PERSON@TIME, such as "anna@09:31"')
            if who not in names:
                raise WrongValueError(_nobody(who, names))
            found.append(Wish(who, _moment(scenario, time)))
        except WrongValueError as error:
            mistakes.append(_mistake(scenario, f"--explain {text}", str(error)))
    return Wishes(
        tuple(sorted(set(found), key=lambda wish: (wish.at, names.index(wish.who)))), see_as or ""
    ), mistakes


def _mistake(scenario: Scenario, option: str, why: str) -> Mistake:
    return Mistake(scenario.file, 0, f"{option}: {why}")


def _nobody(who: str, names: Iterable[str]) -> str:
    known = list(names)
    return f"no person of this scenario{nearest(who, known) or f' (one of {one_of(known)})'}"


def _moment(scenario: Scenario, text: str) -> datetime:
    """The moment that a time means: a full date-time, or the first such time of the day of the scenario."""
    skipped: WrongValueError | None = None
    for times in _days(scenario):
        try:
            moment = times.moment(text)
        except WrongValueError as error:
            skipped = error
            continue
        if scenario.start <= moment <= scenario.until:
            return moment
    if skipped is not None:
        raise skipped
    zone = ZoneInfo(scenario.zone)
    start, until = (
        f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}" for moment in (scenario.start, scenario.until)
    )
    raise WrongValueError(f"this scenario plays from {start} to {until} ({scenario.zone})")


def _days(scenario: Scenario) -> Iterator[Times]:
    zone = ZoneInfo(scenario.zone)
    day, last = (moment.astimezone(zone).date() for moment in (scenario.start, scenario.until))
    while day <= last:
        yield Times(zone, day)
        day += timedelta(days=1)
