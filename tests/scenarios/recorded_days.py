"""Days that were lived through by clients, for tests: a scenario is run, and each client keeps its log."""

from __future__ import annotations

from datetime import datetime

from lyncdesk.client.day_log import DayLog, Recorded
from lyncdesk.client.recording_day import draft
from lyncdesk.simulation.recorder import recorded
from lyncdesk.simulation.scenario_calendars import memory_calendars
from lyncdesk.simulation.scenario_file import read
from lyncdesk.simulation.scenario_times import pinned_zones
from lyncdesk.simulation.stepper import Client, Stepper


class LoggedStepper(Stepper):
    """A run in which each client keeps the log of its day, as one at work does."""

    logs: dict[str, DayLog]

    def _step(self, client: Client, event: object) -> None:
        if not hasattr(self, "logs"):
            self.logs = {}
        log = self.logs.setdefault(client.person.who, DayLog())
        if not log.turns:
            log.changed(client.state, self.now)
        super()._step(client, event)  # type: ignore[arg-type]
        log.changed(client.state, self.now)


def lived(text: str, until: datetime | None = None) -> tuple[list[Recorded], datetime]:
    """Everybody's day of a scenario."""
    with pinned_zones(), memory_calendars() as calendars:
        scenario = read(text, "day.toml")
        stepper = LoggedStepper(scenario, calendars, [scenario.until], lambda _: None)
        stepper.run()
        people = [
            Recorded(stepper.logs.get(who, DayLog()), client.state) for who, client in stepper.clients.items()
        ]
        return people, scenario.until


def record(text: str, *, who: int | None = None, subjects: bool = False, names: bool = False) -> str:
    """The scenario that everybody's client, or one client alone, writes after the day of another scenario."""
    people, until = lived(text)
    chosen = people if who is None else [people[who]]
    return recorded(draft(chosen, until, subjects=subjects, names=names))
