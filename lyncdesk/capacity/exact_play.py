"""One person's day, played through the client's own engine.

A person is one client, a State and :func:`lyncdesk.client.engine.step`, as in the sample organisation and in
scenarios. Nothing of what a client does is known here: when it checks, what it shows and what it publishes is
read off the effects of the engine. At one moment calendars and computers change first, then time does its
work (boundaries of items, checks), so that every stretch is half open: a check finds what changed at its very
moment, and none is sent at the moment of falling asleep or signing out. A check takes no time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Final, NamedTuple

from lyncdesk.capacity.days import Day, DayChange, Placed
from lyncdesk.capacity.model import SHOW_AS
from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.engine import step
from lyncdesk.client.options import Options
from lyncdesk.client.ports import CalendarAnswer
from lyncdesk.client.state import State
from lyncdesk.presence.inputs import Machine
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.states import BUSY, OFFLINE, Presence

# Every person's own midnight, in the engine's time; no rule of the client knows one day from another.
MIDNIGHT: Final = datetime(2026, 3, 2, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
# A moment that needs more rounds than this never comes to rest; that is a mistake of the engine.
_ROUNDS: Final = 100
_SHOW_AS: Final = tuple(map(ShowAs, SHOW_AS))


class Shown(NamedTuple):
    """A state as others tell it from others: its number, and whether it is In a meeting.

    The out-of-office mark stands beside a state, and its words replace those of Away: neither makes another.
    """

    availability: int
    activity: str = ""


OFFLINE_SHOWN: Final = Shown(OFFLINE)


def shown(presence: Presence) -> Shown:
    """What of a presence makes its state."""
    return Shown(presence.availability, presence.activity if presence.availability == BUSY else "")


def moment_of(milliseconds: int) -> datetime:
    """The engine's time of a moment of a person's day."""
    return MIDNIGHT + milliseconds * _MS


def item_of(placed: Placed, number: int) -> Item:
    """An item of the model as a calendar tells it."""
    return Item(
        moment_of(placed.start),
        moment_of(placed.end),
        _SHOW_AS[placed.show_as],
        Kind.MEETING if placed.meeting else Kind.APPOINTMENT,
        all_day=bool(placed.all_day),
        cancelled=bool(placed.cancelled),
        id=str(number),
    )


def items_of(calendar: Iterable[Placed]) -> tuple[Item, ...]:
    """The items of a calendar, in the order in which every calendar source tells them."""
    items = (item_of(placed, number) for number, placed in enumerate(calendar))
    return tuple(sorted(items, key=lambda item: (item.start, item.end, item.id)))


@dataclass(frozen=True, slots=True)
class Told:
    """What others saw from the moment ``at`` on, of a calendar as of ``as_of`` (None: of none)."""

    at: int
    shown: Shown
    as_of: int | None


@dataclass(slots=True)
class Played:
    """What a client did in the course of a day; all times are milliseconds from the person's midnight.

    ``checks`` are the moments at which one was sent, ``anchors`` those of them at which a rhythm began.
    ``told`` is what others saw, one at most for each moment, the last; ``published`` counts all that was
    sent to the pool, ``steps`` the steps of the engine.
    """

    checks: list[int] = field(default_factory=list)
    anchors: list[int] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    published: int = 0
    steps: int = 0

    def changes(self) -> Iterator[int]:
        """When what others saw became another state; it is Offline before all."""
        before = OFFLINE_SHOWN
        for told in self.told:
            if told.shown != before:
                yield told.at
            before = told.shown

    def shown_at(self, moment: int) -> Shown:
        """What others saw at a moment."""
        told = (told.shown for told in reversed(self.told) if told.at <= moment)
        return next(told, OFFLINE_SHOWN)

    def known_from(self, change: int) -> int | None:
        """From when on others saw a calendar that was read at or after a change; None: never."""
        told = (told.at for told in self.told if told.as_of is not None and told.as_of >= change)
        return next(told, None)


def play(day: Day, interval: timedelta) -> Played:
    """Play one person's day with this interval between checks."""
    client = _Client(day, interval)
    if day.sign_in < day.sign_out:
        client.live(day)
    return client.played


class _Client:
    """One person's client in the person's day."""

    def __init__(self, day: Day, interval: timedelta) -> None:
        self.played = Played()
        self._now = day.sign_in
        self._machine = Machine()
        self._state = State(Profile(f"person{day.person}@example.com"), Options(interval=interval))
        self._calendar = list(day.items)
        self._answer = CalendarAnswer(items_of(self._calendar))

    def live(self, day: Day) -> None:
        """Live the day."""
        for moment, happenings in groupby(_agenda(day), key=lambda happening: happening.at):
            self._wait_until(moment)
            for happening in happenings:
                happening.what(self)
            self._settle()

    # --- time ---

    def _wait_until(self, moment: int) -> None:
        """Let time pass, with all that it does before ``moment``."""
        while (wake := self._wake()) is not None and wake < moment:
            self._now = wake
            self._do(ev.Tick())
        self._now = moment

    def _settle(self) -> None:
        """What is due at this very moment."""
        for _ in range(_ROUNDS):
            if self._wake() != self._now:
                return
            self._do(ev.Tick())
        raise AssertionError(f"the engine does not come to rest at {self._now} ms")

    def _wake(self) -> int | None:
        """When time alone changes something; a computer that sleeps waits for nothing."""
        due = self._state.quiet_until
        if due is None or self._machine.asleep or not self._state.signed_in:
            return None
        return -((MIDNIGHT - due) // _MS)  # data grow stale a microsecond after a whole one

    # --- what happens ---

    def change(self, change: DayChange) -> None:
        """The calendar changes; the client does not learn of it."""
        if change.before is not None:
            self._calendar.remove(change.before)
        if change.after is not None:
            self._calendar.append(change.after)
        self._answer = CalendarAnswer(items_of(self._calendar))

    def sign_in(self) -> None:
        """The person signs in."""
        self._do(ev.SignIn())

    def sign_out(self) -> None:
        """The person signs out."""
        self._do(ev.SignOut())

    def sleep(self) -> None:
        """The computer falls asleep."""
        self._compute(replace(self._machine, asleep=True))

    def wake(self) -> None:
        """It wakes. The jolt comes first: then the rhythm is set anew once, with one check."""
        self._do(ev.Jolted("woke"))
        self._compute(replace(self._machine, asleep=False))

    def lock(self) -> None:
        """The computer is locked."""
        self._compute(replace(self._machine, locked=True))

    def unlock(self) -> None:
        """The computer is unlocked."""
        self._compute(replace(self._machine, locked=False))

    def _compute(self, machine: Machine) -> None:
        self._machine = machine
        self._do(ev.MachineChanged(machine))

    # --- events and effects ---

    def _do(self, event: ev.Event) -> None:
        now = moment_of(self._now)
        self._state, effects = step(self._state, event, now)
        self.played.steps += 1
        started = None
        for effect in effects:
            match effect:
                case ef.FetchCalendar():
                    started = effect.started
                case ef.Publish(publication):
                    as_of = publication.calendar_as_of
                    read = (as_of - MIDNIGHT) // _MS if as_of is not None else None
                    self._tell(Told(self._now, shown(publication.presence), read))
                case ef.Withdraw():
                    self._tell(Told(self._now, OFFLINE_SHOWN, None))
        if started is not None:
            self.played.checks.append(self._now)
            if self._state.calendar.anchor == now:
                self.played.anchors.append(self._now)
            self._do(ev.CalendarChecked(started, self._answer))

    def _tell(self, told: Told) -> None:
        self.played.published += 1
        if self.played.told and self.played.told[-1].at == told.at:
            self.played.told.pop()
        self.played.told.append(told)


@dataclass(frozen=True, slots=True)
class _Happening:
    at: int
    what: Callable[[_Client], None]


def _agenda(day: Day) -> list[_Happening]:
    """What happens in a day in order; at one moment calendars change before people sign in."""
    found = [_Happening(change.at, partial(_Client.change, change=change)) for change in day.changes]
    found.append(_Happening(day.sign_in, _Client.sign_in))
    found.append(_Happening(day.sign_out, _Client.sign_out))
    for start, end in day.asleep:
        found += [_Happening(start, _Client.sleep), _Happening(end, _Client.wake)]
    for start, end in day.locked:
        found += [_Happening(start, _Client.lock), _Happening(end, _Client.unlock)]
    return sorted(found, key=lambda happening: happening.at)
