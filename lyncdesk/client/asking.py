"""What is asked of a server on behalf of a client, and the event that answers it, whatever happens."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.ports import (
    CalendarSource,
    ContactsAnswer,
    ContactSource,
    ProblemError,
    RightNotGivenError,
)
from lyncdesk.client.problems import Problem

log = logging.getLogger(__name__)

# What is answered by an event, and how the log calls it.
Question = ef.FetchCalendar | ef.ChangeShowAs | ef.ReadContacts | ef.GiveRight
_ASKED: dict[type[Question], str] = {
    ef.FetchCalendar: "calendar check",
    ef.ChangeShowAs: "change of the calendar",
    ef.ReadContacts: "read of the contacts",
    ef.GiveRight: "change of a permission",
}


def _failure(effect: Question, problem: Problem, back_off: timedelta | None = None) -> ev.Event:
    match effect:
        case ef.FetchCalendar(started):
            return ev.CheckFailed(started, problem, back_off)
        case ef.ChangeShowAs(number):
            return ev.ShowAsNotWritten(number, problem, back_off)
        case ef.ReadContacts(asked):
            return ev.ContactsFailed(asked.started, problem, back_off)
        case ef.GiveRight(number):
            return ev.RightNotGiven(number, problem, back_off)


def what(error: BaseException) -> str:
    """The kind of an error and where it arose; its own words may hold a subject, so they are not told."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"{type(error).__name__} at {where}"


class Asking:
    """Asks the calendar's and the contacts' source of one client. ``source`` may be replaced at any time.

    ``joined`` waits until the pool knows what it was told, ``running`` says whether the client still runs.
    """

    def __init__(
        self,
        source: CalendarSource,
        contacts: ContactSource | None,
        joined: Callable[[], Awaitable[None]],
        running: Callable[[], bool],
    ) -> None:
        self.source = source
        self._contacts = contacts
        self._joined = joined
        self._running = running

    async def answer(self, effect: Question) -> ev.Event:
        """What the source makes of it; whatever goes wrong there is a failure like any other."""
        try:
            return await self._done(effect)
        except ProblemError as error:
            return _failure(effect, error.problem, error.back_off)
        except asyncio.CancelledError:
            if not self._running():
                raise
            # The source was closed under it. Without an answer no other check would ever be sent.
            return _failure(effect, Problem.of("worker-failed", code="the connection was closed"))
        except Exception as error:  # noqa: BLE001 - an adapter's mistake is a failure like any other
            log.error("a %s ended in an unexpected error: %s", _ASKED[type(effect)], what(error))
            return _failure(effect, Problem.of("worker-failed", code="unexpected error"))

    async def _done(self, effect: Question) -> ev.Event:
        match effect:
            case ef.FetchCalendar(started, window, next_due_in):
                return ev.CalendarChecked(started, await self.source.fetch(window, next_due_in))
            case ef.ChangeShowAs(number, key, show_as, series):
                written = await self.source.change_show_as(key, show_as, series=series)
                return ev.ShowAsWritten(number, written)
            case ef.ReadContacts(asked):
                await self._joined()  # only who has joined the pool has contacts to be read
                answer = await self._contacts.read(asked) if self._contacts is not None else ContactsAnswer()
                return ev.ContactsRead(asked.started, answer)
            case ef.GiveRight():
                return await self._give(effect)

    async def _give(self, effect: ef.GiveRight) -> ev.Event:
        if self._contacts is None:
            raise RuntimeError("nobody takes permissions here")
        try:
            rights = await self._contacts.give(effect.address, effect.right, effect.expected)
        except RightNotGivenError as error:
            return ev.RightNotGiven(effect.number, error.problem, error.back_off, error.rights)
        return ev.RightGiven(effect.number, rights)
