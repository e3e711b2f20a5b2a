"""The running sample organisation: embedded Exchange, embedded pool, virtual time, and everybody but oneself.

The signed-in person is a client like any other and is made elsewhere, from what the world hands out: clock,
pool, profile, account and password. That client reads its calendar from the embedded Exchange over real EWS;
the others read the same mailboxes without the wire.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from lyncdesk.client.clock_times import next_at
from lyncdesk.client.events import Event
from lyncdesk.client.lesson_types import Lessons
from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import Clock, Pool
from lyncdesk.client.session import Jumped, PresenceChange, WorldTime
from lyncdesk.client.settings import values_from
from lyncdesk.client.state import State
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.pools.embedded import Directory, EmbeddedPool
from lyncdesk.presence.items import Item
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Profile, person
from lyncdesk.simulation.administrator import Administrator
from lyncdesk.simulation.changes import changes, on_screen
from lyncdesk.simulation.clock import VirtualClock
from lyncdesk.simulation.inhabitants import Inhabitant, OnState, options_of
from lyncdesk.simulation.lessons import People
from lyncdesk.simulation.lessons_guide import LessonGuide
from lyncdesk.simulation.lessons_place import WorldPlace
from lyncdesk.simulation.mailboxes import add_item, change_item, items_between, remove_item, take_in
from lyncdesk.simulation.organisation import Organisation
from lyncdesk.simulation.seat import InhabitantSeat

# So long everybody else has been there when one comes, so that some checks have been made, and failed.
LEAD = timedelta(hours=3)
# So far a jump to the next change looks: whoever changes at all does so within a day.
CHANGE_WITHIN = timedelta(hours=24)
# How long a run lasts: a time, until a time of day by the signed-in person's clock, or for ever.
Length: TypeAlias = timedelta | time | None
_OPENS, _CLOSES, _MORNING = time(7), time(18), time(8, 55)


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    loop.call_soon_threadsafe(call)


def beginning(real_now: datetime, zone: str) -> datetime:
    """When one comes: now, or at 8:55 of the same day where now is not between 7:00 and 18:00."""
    local = real_now.astimezone(ZoneInfo(zone))
    if _OPENS <= local.time() < _CLOSES:
        return real_now.astimezone(UTC)
    return datetime.combine(local.date(), _MORNING, local.tzinfo).astimezone(UTC)


class World:
    """The sample organisation, and the controls of it (:class:`lyncdesk.client.session.Simulation`).

    ``begins`` is the virtual time at which one comes. ``real_now`` is the real time, ``monotonic`` (seconds)
    and ``sleep`` pace the virtual one. ``lessons`` are folders of a trainer's own. Everything runs on the
    loop that calls :meth:`start`.
    """

    def __init__(
        self,
        organisation: Organisation,
        *,
        real_now: datetime,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        speed: float = 1.0,
        lessons: Iterable[Path] = (),
    ) -> None:
        self._organisation = organisation
        self._me = organisation.me
        self.begins = beginning(real_now, self._me.profile.zone)
        self._moved = self.begins != real_now
        self._speed = speed
        self._clock = VirtualClock(self.begins - LEAD, monotonic=monotonic, sleep=sleep, speed=0)
        self._clock_task: asyncio.Task[None] | None = None
        self.exchange = Exchange(now=self._clock.now)
        self.directory = Directory()
        self.password = secrets.token_urlsafe(12)
        self._listeners: list[OnState] = []
        self._my_state: Callable[[], State] | None = None
        self._inhabitants: dict[str, Inhabitant] = {}
        self.administrator = Administrator()
        people = People(self._me.address, {one.key: one.address for one in organisation.members})
        self.guide = LessonGuide(WorldPlace(self), people, lessons)
        self._forget_changes: Callable[[], None] = lambda: None
        for member in organisation.members:
            today = self.begins.astimezone(ZoneInfo(member.profile.zone)).date()
            mine = self.password if member is self._me else secrets.token_urlsafe(12)
            take_in(self.exchange, member, mine, today)
            self.directory.add(member.profile, member.aliases)
        for member in organisation.others:
            self._inhabitants[member.address] = Inhabitant(
                member, self.exchange, self.pool(), self._clock, self._tell
            )

    # --- what the signed-in person's client is made of ---

    @property
    def clock(self) -> Clock:
        """Virtual time."""
        return self._clock

    def hold(self) -> AbstractContextManager[None]:
        """Keeps virtual time from moving, for as long as a calendar check is in flight."""
        return self._clock.hold()

    def pool(self) -> Pool:
        """A way into the pool for one more client."""
        return EmbeddedPool(self.directory)

    @property
    def profile(self) -> Profile:
        """The signed-in person."""
        return self._me.profile

    @property
    def account(self) -> Account:
        """The person's account at the embedded Exchange; its address is another each time.

        Raises:
            RuntimeError: before the start and after the end.
        """
        url = self.exchange.url
        if url is None:
            raise RuntimeError("the sample organisation has not been started")
        return Account(self._me.address, server=url)

    @property
    def options(self) -> Options:
        """What the person has chosen so far, without the account: contacts, groups, given relationships."""
        return replace(options_of(self._me), account=Account())

    @property
    def defaults(self) -> Mapping[str, object]:
        """The same as the values of a settings store that is still empty."""
        return values_from(self.options, None)

    @property
    def opening(self) -> Message:
        """What time it is in the sample organisation when one comes, and why, in words."""
        if self._moved:
            return Message.of(
                "It is {time} in the sample organisation, because at night there is little to see.",
                time=self.begins,
            )
        return Message.of("It is {time} in the sample organisation, as it is now.", time=self.begins)

    def end(self, length: Length) -> datetime | None:
        """When a run of this length is over; None = never."""
        match length:
            case timedelta():
                return self.begins + length
            case time():
                return next_at(length, self.begins, ZoneInfo(self._me.profile.zone))
            case None:
                return None

    def attach(self, state: Callable[[], State]) -> None:
        """Tell where the State of the signed-in person's client is to be found."""
        self._my_state = state

    # --- life ---

    async def start(self) -> None:
        """Let everybody else live from some hours before ``begins``, and stop at that moment."""
        if self._clock_task is not None:
            raise RuntimeError("the sample organisation runs already")
        self._clock_task = asyncio.get_running_loop().create_task(self._clock.run())
        self.exchange.start()
        loop = asyncio.get_running_loop()
        # What is written over the wire comes on the server's threads.
        self._forget_changes = self.exchange.on_change(lambda _address: _soon(loop, self.guide.look))
        for inhabitant in self._inhabitants.values():
            inhabitant.start()
        await self._clock.jump(self.begins)
        self._clock.set_speed(self._speed)

    async def stop(self) -> None:
        """End every task, thread and connection. Idempotent. Stop the person's own client before."""
        self._forget_changes()
        await self.guide.stop()
        for inhabitant in self._inhabitants.values():
            await inhabitant.stop()
        task, self._clock_task = self._clock_task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.exchange.stop()

    def on_state(self, listener: OnState) -> None:
        """Call ``listener(address, state)`` with each new State of everybody else."""
        self._listeners.append(listener)

    def states(self) -> Mapping[str, State]:
        """What everybody else's client knows, by address."""
        return {address: inhabitant.state for address, inhabitant in self._inhabitants.items()}

    def post_to(self, address: str, event: Event) -> None:
        """Give somebody else's client an event. Raises KeyError for an unknown address."""
        self._inhabitants[person(address)].post(event)

    def _tell(self, address: str, state: State) -> None:
        self.guide.look()
        for listener in self._listeners:
            listener(address, state)

    # --- the controls ---

    def people(self) -> tuple[Profile, ...]:
        """Everybody, the signed-in person first."""
        return tuple(member.profile for member in self._organisation.members)

    def items(self, address: str, start: datetime, end: datetime) -> tuple[Item, ...]:
        """A person's calendar, as Outlook would show it. Raises KeyError for an unknown address."""
        return items_between(self.exchange, person(address), start, end)

    async def add_item(self, address: str, item: Item) -> None:
        """Add an item. Raises KeyError for an unknown address."""
        address = person(address)
        zone = next((one.zone for one in self.people() if one.address == address), "UTC")
        add_item(self.exchange, address, item, zone)

    async def change_item(self, address: str, item_id: str, item: Item) -> None:
        """Replace an item, of a series this one occurrence. Raises KeyError when there is none."""
        change_item(self.exchange, person(address), item_id, item)

    async def remove_item(self, address: str, item_id: str) -> None:
        """Remove an item, of a series this one occurrence. Raises KeyError when there is none."""
        remove_item(self.exchange, person(address), item_id)

    def time(self) -> WorldTime:
        """The virtual time. Safe in any thread."""
        state = self._my_state() if self._my_state is not None else None
        return WorldTime(
            self._clock.now(), self._clock.speed, state.calendar.next_check if state is not None else None
        )

    def set_speed(self, speed: float) -> None:
        """0 pauses, 1 is real time, 60 a minute a second. Raises ValueError for less than 0."""
        self._clock.set_speed(speed)

    async def jump_to_next_check(self) -> None:
        """Let time run to just after the signed-in person's next check; at once where none is planned."""
        moment = self.time().next_check
        if moment is not None:
            await self._clock.jump(moment)

    async def jump_to_next_change(self) -> Jumped:
        """Let time run until somebody on the screen shows something else, for a day at most."""
        await self._clock.settle()  # what is due now belongs to what is shown before
        before = on_screen(self._on_screen(), self._clock.now())

        def found() -> tuple[PresenceChange, ...]:
            return changes(before, on_screen(self._on_screen(), self._clock.now()))

        await self._clock.jump_until(lambda: bool(found()), self._clock.now() + CHANGE_WITHIN)
        return Jumped(self._clock.now(), found())

    def lessons(self) -> Lessons:
        """The guide through lessons."""
        return self.guide

    async def jump(self, moment: datetime) -> None:
        """Let time run to a moment, as fast as it can."""
        await self._clock.jump(moment)

    def sit_in(self, address: str) -> InhabitantSeat:
        """A seat at another person's client. Raises KeyError for the signed-in person and for strangers."""
        return InhabitantSeat(self._inhabitants[person(address)], self._clock)

    def _on_screen(self) -> Iterator[State]:
        """The States of those whose windows are open, the signed-in person first."""
        if self._my_state is not None:
            yield self._my_state()
        for inhabitant in self._inhabitants.values():
            if inhabitant.watched:
                yield inhabitant.state
