"""A calendar in memory: the twin of an Exchange mailbox, for simulations, demo and tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from lyncdesk.client.ports import CalendarAnswer, ItemKey, ProblemError, Window, Written
from lyncdesk.client.problems import Problem
from lyncdesk.exchange.answers import in_order, overlaps
from lyncdesk.presence.freebusy import WorkingHours
from lyncdesk.presence.inputs import OutOfOffice
from lyncdesk.presence.items import Item, Kind, Recurring, ShowAs, details_missing

_MASTER = "series "


class MemoryCalendar:
    """A CalendarSource that is also the mailbox.

    ``fault`` is raised by every check while it is set (with ``back_off``); ``details`` False leaves out of
    every item what a server that withholds details leaves out; ``checks`` counts the checks, failed ones
    included.
    """

    def __init__(
        self,
        items: Iterable[Item] = (),
        *,
        out_of_office: OutOfOffice | None = None,
        working_hours: WorkingHours | None = None,
    ) -> None:
        self._numbers = count(1)
        self._items: dict[str, Item] = {}
        self.out_of_office = out_of_office
        self.working_hours = working_hours
        self.fault: Problem | None = None
        self.back_off: timedelta | None = None
        self.details = True
        self.checks = 0
        self.replace(items)

    @property
    def items(self) -> tuple[Item, ...]:
        """What the mailbox holds, whatever a check would tell of it."""
        return in_order(self._items.values())

    def add(self, item: Item) -> Item:
        """Put an item into the calendar; it comes back with an id, as the mailbox keeps it.

        Raises:
            ValueError: if its id is taken.
        """
        if item.id in self._items:
            raise ValueError(f"the calendar has an item {item.id} already")
        number = next(self._numbers)
        kept = replace(item, id=item.id or f"item-{number}", change_key=item.change_key or f"change-{number}")
        self._items[kept.id] = kept
        return kept

    def remove(self, item_id: str) -> Item:
        """Take an item away.

        Raises:
            KeyError: if there is none with this id.
        """
        return self._items.pop(item_id)

    def change(self, item_id: str, **fields: Any) -> Item:
        """Change fields of an item, which gets a new change key.

        Raises:
            KeyError: if there is none with this id.
            ValueError: if it would end before it starts.
        """
        kept = replace(self._items[item_id], change_key=f"change-{next(self._numbers)}", **fields)
        self._items[item_id] = kept
        return kept

    def replace(self, items: Iterable[Item]) -> None:
        """Hold these items and no others."""
        self._items = {}
        for item in items:
            self.add(item)

    async def fetch(
        self,
        window: Window,
        next_due_in: timedelta | None = None,  # noqa: ARG002 - nothing here waits for the next check
    ) -> CalendarAnswer:
        """The items that overlap the window, by start.

        Raises:
            ProblemError: while there is a fault.
        """
        self.checks += 1
        if self.fault is not None:
            raise ProblemError(self.fault, self.back_off)
        items = tuple(item for item in self.items if overlaps(item, window))
        if not self.details:
            items = tuple(map(without_details, items))
        return CalendarAnswer(
            items=items,
            out_of_office=self.out_of_office,
            details=not details_missing(items),
            working_hours=self.working_hours,
        )

    async def change_show_as(self, key: ItemKey, show_as: ShowAs, *, series: bool = False) -> Written:
        """Write another show-as; a series is its occurrences that were not changed by themselves.

        Raises:
            ProblemError: while there is a fault, and for an item that is not in this state.
        """
        if self.fault is not None:
            raise ProblemError(self.fault, self.back_off)
        if key.id.startswith(_MASTER):
            return self._change_series(key, show_as)
        item = self._items.get(key.id)
        if item is None:
            raise ProblemError(Problem.of("item-gone"))
        if item.change_key != key.change_key:
            raise ProblemError(Problem.of("item-changed"))
        if series:
            return self._change_series(self._master(item.series), show_as)
        recurring = item.recurring if item.recurring is Recurring.NO else Recurring.EXCEPTION
        kept = self.change(item.id, show_as=show_as, recurring=recurring)
        return Written(ItemKey(kept.id, kept.change_key))

    def _members(self, series: str) -> list[Item]:
        return [item for item in self.items if item.series == series and item.recurring is not Recurring.NO]

    def _master(self, series: str) -> ItemKey:
        """A series has the state of all its members."""
        return ItemKey(_MASTER + series, " ".join(item.change_key for item in self._members(series)))

    def _change_series(self, master: ItemKey, show_as: ShowAs) -> Written:
        series = master.id.removeprefix(_MASTER)
        plain = [item for item in self._members(series) if item.recurring is Recurring.OCCURRENCE]
        if not plain:
            raise ProblemError(Problem.of("item-gone"))
        if master != self._master(series):
            raise ProblemError(Problem.of("item-changed"))
        for item in plain:
            self.change(item.id, show_as=show_as)
        return Written(self._master(series), plain[0].show_as)

    async def close(self) -> None:
        """Nothing to give back."""


def without_details(item: Item) -> Item:
    """What a server that withholds details tells of an item: times, show-as, whether it is private."""
    return replace(item, kind=Kind.UNKNOWN, subject="", location="")
