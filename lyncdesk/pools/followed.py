"""What is known of one contact whose calendar is read: until when it is good, and how the contact is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lyncdesk.client import checks
from lyncdesk.presence.known_calendar import KnownCalendar, next_change, seen_at
from lyncdesk.presence.publication import Profile, Seen, Told


@dataclass(slots=True)
class Followed:
    """One who is followed: what was read of the calendar, until when that is good, what was told last.

    ``next`` is the next moment at which something changes by time alone.
    """

    profile: Profile
    calendar: KnownCalendar | None = None
    valid_until: datetime | None = None
    told: Seen | None = None
    next: datetime | None = None

    def forgotten(self) -> Followed:
        """The same person, as if added anew: a read that is under way is of no use for this one."""
        return replace(self, calendar=None, valid_until=None)

    def take(self, calendar: KnownCalendar, interval: timedelta) -> None:
        """Lay what was read over what was known. A bad moment of the server does not cost what was good."""
        old = self.calendar
        if calendar.told is Told.NOTHING and old is not None and old.is_read:
            self.missed(interval)
            return
        self.calendar = calendar
        self.valid_until = checks.good_until(calendar.as_of, interval, failed=False)
        if calendar.working_hours is not None:
            self.profile = replace(self.profile, zone=calendar.working_hours.zone)

    def missed(self, interval: timedelta) -> None:
        """A read brought nothing of this person: what is known of the calendar is old sooner."""
        if self.calendar is not None:
            soon = checks.good_until(self.calendar.as_of, interval, failed=True)
            self.valid_until = min(soon, self.valid_until or soon)

    def news(self, now: datetime) -> Seen | None:
        """How the contact is seen at ``now``, if that is not what was told last; it counts as told then."""
        old = self.told
        seen = seen_at(self.profile, self.calendar, now, valid_until=self.valid_until)
        edges = (next_change(self.calendar, now), self.valid_until)
        self.next = min((edge for edge in edges if edge is not None and edge > now), default=None)
        if old is not None and replace(old, revision=0) == seen:
            return None
        self.told = replace(seen, revision=old.revision + 1 if old is not None else 1)
        return self.told
