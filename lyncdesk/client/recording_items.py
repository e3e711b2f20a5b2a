"""A calendar as a recording tells it: which items there were, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from lyncdesk.client.recording_calendar import MAXIMUM_ITEMS, item_values, untold
from lyncdesk.client.recording_text import Times
from lyncdesk.presence.items import Item

_DAY = timedelta(days=1)
_ALWAYS: Mapping[str, object] = {"all_day": False, "private": False, "cancelled": False, "location": ""}


class Content:
    """The items of one calendar that matter for the day, by what a scenario calls them.

    Times are those of ``times``, days those of their ``owner``. ``subjects`` are told if asked, locations
    with them; else items have numbers.
    """

    def __init__(
        self, times: Times, owner: Times, start: datetime, *, subjects: bool, ignore_all_day: bool
    ) -> None:
        self._ignore_all_day = ignore_all_day
        self._times = times
        self._owner = owner
        self._start = start
        self._end = times.midnight(times.today + _DAY)
        self._subjects = subjects
        self._items: dict[str, Item] = {}
        self._names: dict[str, str] = {}
        self._numbers = 0
        self.begun = False
        self.replies = False
        self.left_out: list[str] = []

    def begin(self, items: Iterable[Item]) -> list[dict[str, object]]:
        """The items of before the run."""
        self.begun = True
        self._items = self._of_the_day(items)
        return [self._values(key, item) for key, item in self._items.items()]

    def turned(self, items: Iterable[Item]) -> Iterator[dict[str, object]]:
        """The steps that make the calendar this one."""
        self.begun = True
        before, self._items = self._items, self._of_the_day(items)
        for key in (key for key in before if key not in self._items):
            yield {"do": "remove", "item": {"subject": self._names[key]}}
        for key, item in self._items.items():
            if key not in before:
                yield {"do": "add", "item": self._values(key, item)}
            elif self._told(item) != self._told(before[key]):
                old = self._names[key]
                to = {**_ALWAYS, **self._values(key, item, anew=item.subject != before[key].subject)}
                yield {"do": "change", "item": {"subject": old}, "to": to}

    def _of_the_day(self, items: Iterable[Item]) -> dict[str, Item]:
        found: dict[str, Item] = {}
        for item in sorted(items, key=lambda one: (one.start, one.end, one.id)):
            if item.end <= self._start or item.start >= self._end or len(found) >= MAXIMUM_ITEMS:
                continue
            why = untold(item, self._owner, ignore_all_day=self._ignore_all_day)
            if why:
                self.left_out += [why] if why not in self.left_out else []
                continue
            found[item.id or f"{item.start} {item.end} {item.subject}"] = item
        return found

    def _values(self, key: str, item: Item, *, anew: bool = False) -> dict[str, object]:
        if key not in self._names or (anew and self._subjects):
            self._names[key] = self._name(item)
        values: dict[str, object] = {"subject": self._names[key]}
        if self._subjects and item.location:
            values["location"] = item.location
        for name, value in item_values(item, self._times, self._owner).items():
            values[name] = value.isoformat() if isinstance(value, date | datetime) else value
        return values

    def _name(self, item: Item) -> str:
        """What the item is called, unlike any other of the day."""
        self._numbers += 1
        name = item.subject if self._subjects and item.subject else f"Item {self._numbers}"
        taken = set(self._names.values())
        if name not in taken:
            return name
        return next(f"{name} ({n})" for n in range(2, len(taken) + 3) if f"{name} ({n})" not in taken)

    def _told(self, item: Item) -> tuple[object, ...]:
        """What a scenario tells of an item."""
        words = (item.subject, item.location) if self._subjects else ()
        return (
            item.start,
            item.end,
            item.show_as,
            item.kind,
            item.private,
            item.all_day,
            item.cancelled,
            item.response,
            words,
        )
