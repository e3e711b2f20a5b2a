"""The people of the sample organisation: each is a client without a screen, and has habits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile

from lyncdesk.client import events as ev
from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import Pool
from lyncdesk.client.problems import Problem
from lyncdesk.client.runtime import Runtime
from lyncdesk.client.state import State
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.presence.inputs import Machine, Manual, picked
from lyncdesk.simulation.clock import VirtualClock
from lyncdesk.simulation.mailboxes import MailboxCalendar
from lyncdesk.simulation.organisation import Doing, Habit, Member, occurrences

log = logging.getLogger(__name__)

# Every habit comes back within a week, so what was done before does not matter any more.
_A_WEEK = timedelta(days=7)
OnState = Callable[[str, State], None]


def options_of(member: Member) -> Options:
    """What the person has chosen, and the check rhythm."""
    return Options(
        account=Account(member.address),
        interval=member.check_interval,
        contacts=member.contacts,
        groups=member.groups,
        gives=member.gives,
        note=member.note,
    )


class Inhabitant:
    """One person: the same engine as the desktop client, over a calendar that is read without the wire.

    While somebody else leads it, who sits in as the person, habits pass without effect.
    """

    def __init__(
        self, member: Member, exchange: Exchange, pool: Pool, clock: VirtualClock, on_state: OnState
    ) -> None:
        self.member = member
        self.calendar = MailboxCalendar(exchange, member.address)
        self.pool = pool
        self._clock = clock
        self._on_state = on_state
        self._watchers: dict[object, Callable[[State], None]] = {}
        self._leaders: set[object] = set()
        self._runtime = Runtime(
            State(member.profile, options_of(member), pool="embedded"),
            self.calendar,
            pool,
            clock,
            on_state=self._tell,
            hold=clock.hold,
        )
        self._life: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """What this person's client knows."""
        return self._runtime.state

    def settled(self) -> State:
        """The same, with everything that was posted."""
        self._runtime.settle()
        return self._runtime.state

    def post(self, event: ev.Event) -> None:
        """Give this person's client an event."""
        self._runtime.post(event)

    @property
    def led(self) -> bool:
        """Whether somebody else decides over the status. Safe in any thread."""
        return bool(self._leaders)

    @property
    def watched(self) -> bool:
        """Whether somebody sits here."""
        return bool(self._watchers)

    def watch(self, who: object, watcher: Callable[[State], None]) -> None:
        """Tell ``watcher`` the State as it is and each new one."""
        self._watchers[who] = watcher
        watcher(self.state)

    def lead(self, who: object) -> None:
        """``who`` decides over the status from now on."""
        if who in self._watchers:
            self._leaders.add(who)

    def leave(self, who: object) -> None:
        """``who`` neither watches nor leads any more."""
        self._watchers.pop(who, None)
        self._leaders.discard(who)

    def _tell(self, state: State) -> None:
        self._on_state(self.member.address, state)
        for watcher in tuple(self._watchers.values()):
            watcher(state)

    def start(self) -> None:
        """Begin to live, on the running loop."""
        self._runtime.start()
        self._life = asyncio.get_running_loop().create_task(self._live(self._clock.now()))

    async def stop(self) -> None:
        """Leave the pool and end every task. Idempotent."""
        life, self._life = self._life, None
        if life is not None:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)
        await self._runtime.stop()

    async def _live(self, begin: datetime) -> None:
        try:
            arrival = begin + self.member.check_offset
            await self._until(arrival)
            for event in self._as_of(arrival):
                self._runtime.post(event)
            for moment, happening in self._agenda(begin, arrival):
                await self._until(moment)
                happening()
        except Exception:
            log.exception("%s lives no more", self.member.key)

    async def _until(self, moment: datetime) -> None:
        while self._clock.now() < moment:
            await self._clock.wait_until(moment)

    def _agenda(self, begin: datetime, arrival: datetime) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """What is still to come, in order."""
        breaks = begin + self.member.works_for if self.member.calendar_fails else None
        for moment, habit in occurrences(self.member.habits, self.member.profile.zone, arrival):
            if breaks is not None and breaks <= moment:
                yield breaks, self._break
                breaks = None
            yield moment, partial(self._by_habit, habit)
        if breaks is not None:
            yield breaks, self._break

    def _by_habit(self, habit: Habit) -> None:
        if not self.led:
            self._runtime.post(_event(habit, self._clock.now()))

    def _break(self) -> None:
        self.calendar.fault = Problem.of(self.member.calendar_fails)

    def _as_of(self, now: datetime) -> Iterator[ev.Event]:
        """What this person has done by now, put together from the habits of a week."""
        signed_in = all(habit.doing is not Doing.SIGN_IN for habit in self.member.habits)
        machine, manual = Machine(), None
        done = takewhile(
            lambda one: one[0] <= now,
            occurrences(self.member.habits, self.member.profile.zone, now - _A_WEEK),
        )
        for moment, habit in done:
            if habit.doing in (Doing.SIGN_IN, Doing.SIGN_OUT):
                signed_in = habit.doing is Doing.SIGN_IN
            manual = _manual(manual, habit, moment)
            machine = _machine(machine, habit, moment)
        if machine != Machine():
            yield ev.MachineChanged(machine)
        if manual is not None:
            yield ev.RestoreManual(manual)
        if signed_in:
            yield ev.SignIn()


def _manual(manual: Manual | None, habit: Habit, moment: datetime) -> Manual | None:
    if habit.doing is Doing.SET_STATUS:
        return picked(habit.status, moment)
    return None if habit.doing is Doing.RESET_STATUS else manual


_MACHINES: dict[Doing, Callable[[datetime], Machine]] = {
    Doing.LEAVE: lambda moment: Machine(idle_since=moment),
    Doing.LOCK: lambda moment: Machine(idle_since=moment, locked=True),
    Doing.RETURN: lambda _moment: Machine(),
}


def _machine(machine: Machine, habit: Habit, moment: datetime) -> Machine:
    return _MACHINES[habit.doing](moment) if habit.doing in _MACHINES else machine


def _event(habit: Habit, now: datetime) -> ev.Event:
    match habit.doing:
        case Doing.SIGN_IN:
            return ev.SignIn()
        case Doing.SIGN_OUT:
            return ev.SignOut()
        case Doing.SET_STATUS:
            return ev.SetStatus(habit.status)
        case Doing.RESET_STATUS:
            return ev.ResetStatus()
        case Doing.LEAVE | Doing.LOCK | Doing.RETURN:
            return ev.MachineChanged(_MACHINES[habit.doing](now))
