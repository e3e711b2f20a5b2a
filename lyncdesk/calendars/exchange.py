"""The calendar of an Exchange mailbox, read over Exchange Web Services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from lyncdesk.client.ports import CalendarAnswer, Window
from lyncdesk.exchange.session import ExchangeSession
from lyncdesk.presence.freebusy import WorkingHours


def _unknown() -> timedelta | None:
    return None


class ExchangeCalendar:
    """A CalendarSource over an Exchange session, which it closes with itself.

    ``next_due_in`` tells when the next check is expected, so that the worker process stays if that is soon.
    ``working_hours`` are asked for until they came once: they cost a request and hardly ever change.
    """

    def __init__(
        self,
        session: ExchangeSession,
        *,
        next_due_in: Callable[[], timedelta | None] = _unknown,
        working_hours: bool = False,
    ) -> None:
        self._session = session
        self._next_due_in = next_due_in
        self._wants_hours = working_hours
        self._hours: WorkingHours | None = None

    async def fetch(self, window: Window) -> CalendarAnswer:
        """Read the calendar once.

        Raises:
            ProblemError: when nothing trustworthy came back.
        """
        wanted = self._wants_hours and self._hours is None
        answer = await self._session.check(window, working_hours=wanted, next_due_in=self._next_due_in())
        self._hours = answer.working_hours or self._hours
        return replace(answer, working_hours=self._hours)

    async def close(self) -> None:
        """End what is running."""
        await self._session.close()
