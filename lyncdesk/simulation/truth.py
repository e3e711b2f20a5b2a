"""What is really in the calendars of a scenario, and what of it a check has seen: a simulator knows both.

:class:`WatchedCalendars` stands before the calendars of a run and notes what passes; it changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from lyncdesk.client.ports import CalendarAnswer, CalendarSource, ItemKey, Window, Written
from lyncdesk.exchange.answers import overlaps
from lyncdesk.presence.items import Item, ShowAs
from lyncdesk.simulation.scenario import Person
from lyncdesk.simulation.scenario_calendars import Calendars

T = TypeVar("T")


class Became(StrEnum):
    """What happened to something in a calendar."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    REPLIES_ON = "replies-on"
    REPLIES_OFF = "replies-off"


@dataclass(frozen=True, slots=True)
class NotSeen:
    """Something that no check has seen: what became of it, when (None = before the run), and the item as it
    is now, or was before it was removed; None for automatic replies, whose ``note`` is then told.
    """

    what: Became
    since: datetime | None
    item: Item | None = None
    note: str = ""


@dataclass(slots=True)
class _Mailbox:
    """One person's calendar as it is and as the last good check found it, and when what was changed since."""

    items: dict[str, Item]
    found: dict[str, Item]
    changed: dict[str, datetime]
    note: str | None = None
    found_note: str | None = None
    note_changed: datetime | None = None


class WatchedCalendars:
    """The calendars of a run, watched. ``clock`` tells what time it is in the scenario."""

    def __init__(self, calendars: Calendars, clock: Callable[[], datetime]) -> None:
        self._calendars = calendars
        self._clock = clock
        self._mailboxes: dict[str, _Mailbox] = defaultdict(lambda: _Mailbox({}, {}, {}))

    def not_seen(self, who: str, now: datetime, *, read: bool) -> tuple[NotSeen, ...]:
        """What no check has seen, of what runs at ``now`` or was changed during the run.

        ``read`` is False while the person's client holds no calendar at all.
        """
        return tuple(sorted(self._not_seen(self._mailboxes[who], now, read), key=_order))

    def _not_seen(self, mailbox: _Mailbox, now: datetime, read: bool) -> Iterator[NotSeen]:
        found = mailbox.found if read else {}
        for key in mailbox.items | found:
            is_now, was = mailbox.items.get(key), found.get(key)
            item, since = is_now or was, mailbox.changed.get(key)
            runs = any(one is not None and one.runs_at(now) for one in (is_now, was))
            if item is not None and is_now != was and (since is not None or runs):
                what = Became.ADDED if was is None else Became.CHANGED if is_now else Became.REMOVED
                yield NotSeen(what, since, item)
        found_note = mailbox.found_note if read else None
        if mailbox.note != found_note:
            what = Became.REPLIES_ON if mailbox.note is not None else Became.REPLIES_OFF
            yield NotSeen(what, mailbox.note_changed, note=mailbox.note or "")

    def _seen(self, who: str, window: Window) -> None:
        mailbox = self._mailboxes[who]
        mailbox.found = {key: item for key, item in mailbox.items.items() if overlaps(item, window)}
        # What lies outside of the days that are asked for stays unseen, and when it was changed is kept.
        mailbox.changed = {key: at for key, at in mailbox.changed.items() if key in mailbox.items}
        for key in mailbox.found:
            mailbox.changed.pop(key, None)
        mailbox.found_note, mailbox.note_changed = mailbox.note, None

    # --- what the calendars of a run are asked for ---

    def open(self, person: Person) -> CalendarSource:
        """See :class:`Calendars`."""
        self._mailboxes[person.who].items = {item.id: item for item in person.items}
        source = self._calendars.open(person)
        return _WatchedSource(source, lambda window: self._seen(person.who, window))

    def finish(self, work: Coroutine[Any, Any, T], now: datetime) -> T:
        """See :class:`Calendars`."""
        return self._calendars.finish(work, now)

    def add(self, who: str, item: Item) -> None:
        """See :class:`Calendars`."""
        self._calendars.add(who, item)
        self._put(who, item)

    def change(self, who: str, item: Item) -> None:
        """See :class:`Calendars`."""
        self._calendars.change(who, item)
        self._put(who, item)

    def remove(self, who: str, item: Item) -> None:
        """See :class:`Calendars`."""
        self._calendars.remove(who, item)
        mailbox = self._mailboxes[who]
        del mailbox.items[item.id]
        mailbox.changed[item.id] = self._clock()

    def reply(self, who: str, note: str | None) -> None:
        """See :class:`Calendars`."""
        self._calendars.reply(who, note)
        mailbox = self._mailboxes[who]
        mailbox.note, mailbox.note_changed = note, self._clock()

    def fail(self, who: str, problem: str | None) -> None:
        """See :class:`Calendars`."""
        self._calendars.fail(who, problem)

    def enter_password(self, who: str) -> None:
        """See :class:`Calendars`."""
        self._calendars.enter_password(who)

    def _put(self, who: str, item: Item) -> None:
        mailbox = self._mailboxes[who]
        mailbox.items[item.id] = item
        # Of what was added and changed since, the moment at which it was added counts.
        if item.id in mailbox.found or item.id not in mailbox.changed:
            mailbox.changed[item.id] = self._clock()


def _order(one: NotSeen) -> tuple[bool, float, str]:
    """Times first, in their order; what was there before the run ahead of them."""
    return (one.since is not None, one.since.timestamp() if one.since else 0, one.item.id if one.item else "")


class _WatchedSource:
    """A calendar source that tells of each check that succeeds."""

    def __init__(self, source: CalendarSource, seen: Callable[[Window], None]) -> None:
        self._source = source
        self._seen = seen

    async def fetch(self, window: Window, next_due_in: timedelta | None = None) -> CalendarAnswer:
        answer = await self._source.fetch(window, next_due_in)
        self._seen(window)
        return answer

    async def change_show_as(self, key: ItemKey, show_as: ShowAs, *, series: bool = False) -> Written:
        return await self._source.change_show_as(key, show_as, series=series)

    async def close(self) -> None:
        await self._source.close()
