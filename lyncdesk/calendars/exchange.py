"""The calendar of an Exchange mailbox, over Exchange Web Services."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lyncdesk.client.ports import CalendarAnswer, ItemKey, Window, Written
from lyncdesk.exchange.session import ExchangeSession
from lyncdesk.presence.freebusy import WorkingHours
from lyncdesk.presence.items import ShowAs


class ExchangeCalendar:
    """A CalendarSource over an Exchange session, which it closes with itself.

    ``working_hours`` are asked for until they came once: they cost a request and hardly ever change.
    """

    def __init__(
        self,
        session: ExchangeSession,
        *,
        working_hours: bool = False,
    ) -> None:
        self._session = session
        self._wants_hours = working_hours
        self._hours: WorkingHours | None = None

    async def fetch(self, window: Window, next_due_in: timedelta | None = None) -> CalendarAnswer:
        """Read the calendar once; the worker process stays if the next check comes soon.

        Raises:
            ProblemError: when nothing trustworthy came back.
        """
        wanted = self._wants_hours and self._hours is None
        answer = await self._session.check(window, working_hours=wanted, next_due_in=next_due_in)
        self._hours = answer.working_hours or self._hours
        return replace(answer, working_hours=self._hours)

    async def change_show_as(self, key: ItemKey, show_as: ShowAs, *, series: bool = False) -> Written:
        """Write another show-as to an item or its whole series.

        Raises:
            ProblemError: when it was not written, or nobody knows whether it was.
        """
        return await self._session.change_show_as(key, show_as, series=series)

    async def close(self) -> None:
        """End what is running."""
        await self._session.close()
