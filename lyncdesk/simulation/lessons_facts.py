"""What the world knows at a moment: all that a lesson looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lyncdesk.client.state import State
from lyncdesk.presence.items import Item
from lyncdesk.presence.publication import Seen
from lyncdesk.simulation.lessons import People

# A control that the person had before the eyes, and the address of the contact whose it is ("" = nobody's).
Glance = tuple[str, str]


def window(now: datetime) -> tuple[datetime, datetime]:
    """What of a calendar a lesson looks at."""
    return now - timedelta(days=1), now + timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Facts:
    """A moment of the sample organisation.

    ``state`` is what the person's own client knows, ``others`` everybody else's by address. ``items`` are
    calendars as Outlook shows them, by address: what is in them need not be known to any client yet.
    ``looked`` is what the person has looked at since the step began.
    """

    now: datetime
    people: People
    state: State
    others: Mapping[str, State] = field(default_factory=dict, hash=False)
    items: Mapping[str, tuple[Item, ...]] = field(default_factory=dict, hash=False)
    looked: frozenset[Glance] = frozenset()

    def state_of(self, who: str) -> State:
        """What somebody's client knows; "" is the person's own."""
        return self.others[self.people.address(who)] if who else self.state

    def calendar(self, who: str) -> tuple[Item, ...]:
        """Somebody's calendar as Outlook shows it."""
        return self.items.get(self.people.address(who), ())

    def followers(self) -> tuple[State, ...]:
        """The clients that are signed in and follow the person."""
        return tuple(
            state for state in self.others.values() if state.signed_in and self.people.me in state.contacts
        )

    def seen(self, who: str, by: str) -> Seen | None:
        """What ``by`` was sent of ``who``; None = nothing."""
        return self.state_of(by).contacts.get(self.people.address(who))

    def covers(self, item: Item) -> bool:
        """Whether this moment knows if such an item is in a calendar."""
        start, end = window(self.now)
        return item.start < end and item.end > start

    def find(self, address: str, item_id: str) -> Item | None:
        """An item of a calendar."""
        return next((item for item in self.items.get(address, ()) if item.id == item_id), None)
