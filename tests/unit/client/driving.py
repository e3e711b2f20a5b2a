"""Drives the engine by hand: time in minutes after NOW, answers when the test gives them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.engine import decision, next_wake, step
from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import CalendarAnswer
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import State
from lyncdesk.presence.aggregate import Decision
from lyncdesk.presence.inputs import Machine
from lyncdesk.presence.items import Item, Kind
from lyncdesk.presence.publication import Profile, Publication
from tests.unit.strategies import MINUTE, NOW, at

ADDRESS = "anna@litware.example"
PROFILE = Profile(ADDRESS, "Anna Keller", zone="Europe/Berlin")
ACCOUNT = Account(ADDRESS, server="https://mail.litware.example/EWS/Exchange.asmx")
REFUSED = "refused-password"


def meeting(start: float, end: float, subject: str = "Budget review", **fields: Any) -> Item:
    """A Busy meeting."""
    return replace(Item(at(start), at(end), kind=Kind.MEETING, subject=subject), **fields)


def options(**fields: Any) -> Options:
    """Options with an account."""
    return replace(Options(account=ACCOUNT), **fields)


class Driven:
    """One client without a world. ``effects`` are all that it asked for, in order."""

    def __init__(self, state: State | None = None, **fields: Any) -> None:
        self.state = state or State(PROFILE, options(**fields))
        self.now = NOW
        self.effects: list[ef.Effect] = []

    # what happens

    def do(self, event: ev.Event) -> tuple[ef.Effect, ...]:
        """Apply an event now."""
        self.state, effects = step(self.state, event, self.now)
        self.effects.extend(effects)
        return effects

    def until(self, minutes: float) -> Driven:
        """Let time run to so many minutes after NOW, with a Tick wherever the engine wants one."""
        end = at(minutes)
        while (wake := next_wake(self.state, self.now)) is not None and wake <= end:
            self.now = wake
            self.do(ev.Tick())
        self.now = end
        return self

    def signed_in(self) -> Driven:
        """Sign in now."""
        self.do(ev.SignIn())
        return self

    def answer(self, *items: Item, **fields: Any) -> tuple[ef.Effect, ...]:
        """Let the check in flight succeed."""
        return self.do(ev.CalendarChecked(self.started, CalendarAnswer(items, **fields)))

    def fail(self, name: str = "timed-out", back_off: timedelta | None = None) -> tuple[ef.Effect, ...]:
        """Let the check in flight fail."""
        return self.do(ev.CheckFailed(self.started, Problem.of(name), back_off))

    def choose(self, **fields: Any) -> tuple[ef.Effect, ...]:
        """Change options."""
        return self.do(ev.OptionsChanged(replace(self.state.options, **fields)))

    def machine(self, **fields: Any) -> tuple[ef.Effect, ...]:
        """One computer, as it is now."""
        return self.do(ev.MachineChanged(Machine(**fields)))

    # what can be seen

    @property
    def started(self) -> datetime:
        """When the check in flight was sent."""
        started = self.state.calendar.checking_since
        assert started is not None, "no check is in flight"
        return started

    @property
    def in_flight(self) -> bool:
        """Whether a check is."""
        return self.state.calendar.checking_since is not None

    @property
    def sent(self) -> list[float]:
        """When checks were sent, in minutes."""
        return [(e.started - NOW) / MINUTE for e in self.effects if isinstance(e, ef.FetchCalendar)]

    @property
    def next(self) -> float | None:
        """When the next check is planned, in minutes."""
        planned = self.state.calendar.next_check
        return (planned - NOW) / MINUTE if planned is not None else None

    @property
    def published(self) -> list[Publication]:
        """Everything that was published."""
        return [e.publication for e in self.effects if isinstance(e, ef.Publish)]

    @property
    def shown(self) -> Decision:
        """The presence now."""
        return decision(self.state, self.now)

    @property
    def text(self) -> str:
        """Its text."""
        return self.shown.presence.text


def running(*items: Item, **fields: Any) -> Driven:
    """Signed in, with a first good check at NOW."""
    client = Driven(**fields).signed_in()
    client.answer(*items)
    return client
