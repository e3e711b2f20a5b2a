"""Where the calendars of a scenario live: in memory, or (``wire``) in the embedded Exchange."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from lyncdesk.calendars.memory import MemoryCalendar
from lyncdesk.client.ports import CalendarSource
from lyncdesk.client.problems import Problem
from lyncdesk.presence.inputs import OutOfOffice
from lyncdesk.presence.items import Item
from lyncdesk.simulation.scenario import Person

T = TypeVar("T")


class Calendars(Protocol):
    """The calendars of everybody, as their owners and the administrator of Exchange can change them."""

    def open(self, person: Person) -> CalendarSource:
        """Take in a person with the items of before the run; returns the person's way to the calendar."""

    def finish(self, work: Coroutine[Any, Any, T], now: datetime) -> T:
        """Run a source's coroutine to its end; ``now`` is what time it is in the scenario."""

    def add(self, who: str, item: Item) -> None:
        """Add an item."""

    def change(self, who: str, item: Item) -> None:
        """Replace the item with the same id."""

    def remove(self, who: str, item: Item) -> None:
        """Remove the item with the same id."""

    def reply(self, who: str, note: str | None) -> None:
        """Switch automatic replies on with a note, or off (None)."""

    def fail(self, who: str, problem: str | None) -> None:
        """Let every check of the person end with a problem from now on; None ends this."""

    def enter_password(self, who: str) -> None:
        """The person typed the password again, which the server accepts once nothing fails any more."""


# How long a busy Exchange asks to be left alone in a scenario; the embedded Exchange asks for the same.
BACK_OFF = timedelta(seconds=90)
REFUSED = "refused-password"


@contextmanager
def memory_calendars() -> Iterator[Calendars]:
    """The calendars of one scenario in memory."""
    yield MemoryCalendars()


class MemoryCalendars:
    """Each calendar in memory: no input or output, so a day takes milliseconds."""

    def __init__(self) -> None:
        self._sources: dict[str, MemoryCalendar] = {}
        # How many checks came before the fault was set, and what holds once the password is entered anew.
        self._checks: dict[str, int] = {}
        self._waiting: dict[str, str | None] = {}

    def open(self, person: Person) -> CalendarSource:
        """See :class:`Calendars`."""
        source = self._sources[person.who] = MemoryCalendar(person.items)
        return source

    def finish(self, work: Coroutine[Any, Any, T], now: datetime) -> T:  # noqa: ARG002 - asks nobody
        """Run a coroutine that never waits, without a loop."""
        try:
            work.send(None)
        except StopIteration as end:
            result: T = end.value
            return result
        work.close()
        raise AssertionError("a calendar in memory never waits")

    def add(self, who: str, item: Item) -> None:
        """See :class:`Calendars`."""
        self._sources[who].add(item)

    def change(self, who: str, item: Item) -> None:
        """See :class:`Calendars`."""
        self._sources[who].remove(item.id)
        self._sources[who].add(item)

    def remove(self, who: str, item: Item) -> None:
        """See :class:`Calendars`."""
        self._sources[who].remove(item.id)

    def reply(self, who: str, note: str | None) -> None:
        """See :class:`Calendars`."""
        self._sources[who].out_of_office = OutOfOffice(note) if note is not None else None

    def fail(self, who: str, problem: str | None) -> None:
        """See :class:`Calendars`."""
        if self._refused(who):
            self._waiting[who] = problem
        else:
            self._set(who, problem)

    def enter_password(self, who: str) -> None:
        """See :class:`Calendars`."""
        if self._refused(who):
            self._set(who, self._waiting.pop(who, REFUSED))

    def _refused(self, who: str) -> bool:
        """Whether a check met a refusal: then that password is not sent again before the person acts."""
        source = self._sources[who]
        return source.fault == Problem.of(REFUSED) and source.checks > self._checks[who]

    def _set(self, who: str, problem: str | None) -> None:
        source = self._sources[who]
        # A server that leaves out details answers; every other problem is no answer.
        source.details = problem != "details-missing"
        source.fault = Problem.of(problem) if problem is not None and source.details else None
        source.back_off = BACK_OFF if problem == "server-busy" else None
        self._checks[who] = source.checks
