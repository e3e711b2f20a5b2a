"""From what the worker sends to the client's values.

What does not fit raises ValueError, TypeError or KeyError.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from sys import intern
from typing import Any

from lyncdesk.client.ports import ItemKey, Window, Written
from lyncdesk.presence.freebusy import WorkingHours
from lyncdesk.presence.inputs import OutOfOffice
from lyncdesk.presence.items import Item, Kind, Recurring, Response, ShowAs


def overlaps(item: Item, window: Window) -> bool:
    """Whether an item belongs to a window as CalendarView has it: begins before its end, ends after start.

    An item without length belongs to the window that holds its moment.
    """
    if item.start == item.end:
        return window.start <= item.start < window.end
    return item.start < window.end and item.end > window.start


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items as every calendar source returns them: by start, then end, then id."""
    return tuple(sorted(items, key=lambda item: (item.start, item.end, item.id)))


def items_from(rows: Any, window: Window) -> tuple[Item, ...]:
    """The items of the window from the worker's rows."""
    return in_order(item for item in map(_item, rows) if overlaps(item, window))


# What every system's clocks and zones can count; an item "for ever" ends at the edge.
_EARLIEST, _LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2100, 12, 30, tzinfo=UTC)


def countable(text: str) -> datetime:
    """An instant of the worker, within what every system can count."""
    return min(max(datetime.fromisoformat(text), _EARLIEST), _LATEST)


def _item(row: list[Any]) -> Item:
    start, end, show_as, kind, subject, location, private, all_day, cancelled, response, *rest = row
    id_, change_key, recurring, series = rest
    return Item(
        start=countable(start),
        end=countable(end),
        show_as=ShowAs(show_as),
        kind=Kind(kind),
        subject=str(subject),
        location=str(location),
        private=private is True,
        all_day=all_day is True,
        cancelled=cancelled is True,
        response=Response(response),
        id=str(id_),
        change_key=str(change_key),
        recurring=Recurring(recurring),
        series=intern(str(series)),  # long, and the same for many items
    )


def written_from(values: Any) -> Written:
    """What a write left, from the worker's values."""
    id_, change_key, former = values
    if not id_ or not change_key:
        raise ValueError("an item needs an id and a change key")
    return Written(ItemKey(str(id_), str(change_key)), None if former is None else ShowAs(former))


def out_of_office_from(values: Any) -> OutOfOffice | None:
    """Automatic replies from the worker's values; None if they are off."""
    if values is None:
        return None
    note, start, end = values
    return OutOfOffice(str(note), *(countable(text) if text else None for text in (start, end)))


def working_hours_from(values: Any) -> WorkingHours | None:
    """Working hours from the worker's values; an end at midnight is 00:00."""
    if values is None:
        return None
    start, end = (divmod(int(values[name]) % (24 * 60), 60) for name in ("start", "end"))
    return WorkingHours(str(values["zone"]), frozenset(values["days"]), time(*start), time(*end))
