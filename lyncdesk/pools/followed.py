"""Those who are followed by their calendars: what was read, until when that is good, what was told last.

Each is told anew at the boundaries of the items that are known, to the second. Nothing is asked for here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lyncdesk.client import checks
from lyncdesk.client.ports import Clock
from lyncdesk.presence.known_calendar import KnownCalendar, next_change, seen_at
from lyncdesk.presence.publication import Profile, Seen, Told
from lyncdesk.presence.rights import Rights


@dataclass(slots=True)
class Followed:
    """A contact under the ``address`` of the contact list.

    The address of ``profile`` is another where the list has an alias: it is the one by which the server
    knows the person. ``next`` is the next moment at which something changes by time alone.
    """

    address: str
    profile: Profile
    calendar: KnownCalendar | None = None
    valid_until: datetime | None = None
    told: Seen | None = None
    next: datetime | None = None

    def named(self, profile: Profile) -> None:
        """The address book said who this is."""
        self.profile = replace(profile, zone=self.profile.zone)

    def take(self, calendar: KnownCalendar, interval: timedelta, now: datetime) -> None:
        """Lay what was read over what was known. A bad moment of the server does not cost what was good."""
        old = self.calendar
        if calendar.told is Told.NOTHING and old is not None and old.is_read:
            self.missed(interval)
            return
        # The clock may have been set back since the read began.
        as_of = min(calendar.as_of, now)
        self.calendar = replace(calendar, as_of=as_of)
        self.valid_until = checks.good_until(as_of, interval, failed=False)
        hours = calendar.working_hours
        if hours is not None:
            self.profile = replace(self.profile, zone=hours.zone)

    def missed(self, interval: timedelta) -> None:
        """A read brought nothing of this person: what is known of the calendar is old sooner."""
        if self.calendar is None or self.valid_until is None:
            return
        soon = checks.good_until(self.calendar.as_of, interval, failed=True)
        self.valid_until = min(self.valid_until, soon)

    def set_back(self, by: timedelta) -> None:
        """The clock was set back: what is known is as old as it was."""
        if self.calendar is not None:
            self.calendar = replace(self.calendar, as_of=self.calendar.as_of - by)
        if self.valid_until is not None:
            self.valid_until -= by

    def without_calendar(self) -> Followed:
        """The same person as one who was added anew: a read that is under way is not of this one."""
        return replace(self, calendar=None, valid_until=None)

    def news(self, now: datetime) -> Seen | None:
        """How this person is now; None where that was told already."""
        old = self.told
        profile = replace(self.profile, address=self.address)
        seen = seen_at(profile, self.calendar, now, valid_until=self.valid_until)
        edges = (next_change(self.calendar, now), self.valid_until)
        self.next = min((edge for edge in edges if edge is not None and edge > now), default=None)
        if old is not None and replace(old, revision=0) == seen:
            return None
        self.told = replace(seen, revision=old.revision + 1 if old is not None else 1)
        return self.told


class FollowedPeople:
    """Everybody who is followed, by the address of the contact list. ``on_seen``: who is told, None = nobody.

    Owns the timer of the next boundary. Everything runs on one loop.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._people: dict[str, Followed] = {}
        self.on_seen: Callable[[Seen], None] | None = None
        self._timer: asyncio.Task[None] | None = None
        self._wake_at: datetime | None = None

    def __iter__(self) -> Iterator[Followed]:
        return iter(tuple(self._people.values()))

    def __contains__(self, contact: Followed) -> bool:
        """Whether it is this very one: who was removed, or added anew, meanwhile is not."""
        return self._people.get(contact.address) is contact

    def get(self, address: str) -> Followed | None:
        """The contact with this address."""
        return self._people.get(address)

    def add(self, contact: Followed) -> None:
        """Follow somebody, or somebody anew, of whose calendar nothing is known yet."""
        self._people[contact.address] = contact
        self.tell(contact)

    def remove(self, address: str) -> None:
        """Follow a person no more."""
        self._people.pop(address, None)

    def take(self, read: Iterable[tuple[Followed, KnownCalendar]], interval: timedelta) -> None:
        """These were read; who is not followed any more does not count."""
        for contact, calendar in read:
            if contact in self:
                contact.take(calendar, interval, self._clock.now())
                self.tell(contact)
        self._set_timer()

    def missed(self, contacts: Iterable[Followed], interval: timedelta) -> None:
        """These were to be read, and nothing came."""
        for contact in contacts:
            if contact in self:
                contact.missed(interval)
                self.tell(contact)
        self._set_timer()

    def tell(self, contact: Followed) -> None:
        """Tell how a contact is now, if that is news."""
        if self.on_seen is not None and (seen := contact.news(self._clock.now())) is not None:
            self.on_seen(seen)

    def forget(self) -> None:
        """Drop what is known of calendars; what is still under way is for nobody."""
        self._people = {address: contact.without_calendar() for address, contact in self._people.items()}
        self._tell_all()

    def clock_set(self) -> None:
        """What is known was read in the past, whatever the clock says now."""
        now = self._clock.now()
        read_at = (contact.calendar.as_of for contact in self if contact.calendar is not None)
        ahead = max(read_at, default=now) - now
        if ahead > timedelta():
            for contact in self:
                contact.set_back(ahead)
        self._tell_all()

    def as_listed(self, rights: Rights) -> Rights:
        """Permissions under the addresses of the contact list, too; the server tells each under one."""
        known = ((contact.address, rights.own(contact.profile.address)) for contact in self)
        listed = {address: right for address, right in known if right is not None}
        return replace(rights, people={**rights.people, **listed})

    async def end(self) -> None:
        """Tell nothing more, and know nobody any more. Once more is no mistake."""
        self.on_seen = None
        self._people.clear()
        timer, self._timer, self._wake_at = self._timer, None, None
        if timer is not None:
            timer.cancel()
            await asyncio.gather(timer, return_exceptions=True)

    def _tell_all(self) -> None:
        for contact in self:
            self.tell(contact)
        self._set_timer()

    def _set_timer(self) -> None:
        wake = min((contact.next for contact in self if contact.next is not None), default=None)
        if wake == self._wake_at and self._timer is not None and not self._timer.done():
            return
        if self._timer is not None:
            self._timer.cancel()
        self._wake_at = wake
        self._timer = asyncio.get_running_loop().create_task(self._sleep(wake)) if wake is not None else None

    async def _sleep(self, wake: datetime) -> None:
        while (now := self._clock.now()) < wake:
            await self._clock.wait_until(wake)
        self._timer = None
        for contact in self:
            if contact.next is not None and contact.next <= now:
                self.tell(contact)
        self._set_timer()
