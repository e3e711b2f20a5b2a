"""What a client asks the world to do; the runtime does it, and answers with an event where one is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lyncdesk.client.options import Options
from lyncdesk.client.ports import ContactsAsked, ItemKey, Window
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.items import ShowAs
from lyncdesk.presence.publication import Publication
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.rights import Right


@dataclass(frozen=True, slots=True)
class FetchCalendar:
    """Ask the calendar source for ``window``; answer with CalendarChecked or CheckFailed carrying
    ``started``.
    """

    started: datetime
    window: Window
    next_due_in: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ReadContacts:
    """Ask for the contacts' calendars; answer with ContactsRead or ContactsFailed carrying ``started``."""

    asked: ContactsAsked


@dataclass(frozen=True, slots=True)
class GiveRight:
    """Write a permission of one's calendar; answer with RightGiven or RightNotGiven carrying ``number``."""

    number: int
    address: str
    right: Right | None
    expected: Right | None


@dataclass(frozen=True, slots=True)
class ForgetContacts:
    """Drop what is known of the contacts' calendars."""


@dataclass(frozen=True, slots=True)
class ReckonContacts:
    """Reckon anew how old what is known of the contacts' calendars is: the clock may have been set."""


@dataclass(frozen=True, slots=True)
class ChangeShowAs:
    """Write a show-as to the calendar source; answer with ShowAsWritten or ShowAsNotWritten carrying
    ``number``.
    """

    number: int
    key: ItemKey
    show_as: ShowAs
    series: bool = False


@dataclass(frozen=True, slots=True)
class Publish:
    """Send this to the pool."""

    publication: Publication
    gives: Mapping[str, Relationship]


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Leave the pool: others see Offline, nothing more is received."""


@dataclass(frozen=True, slots=True)
class JoinPool:
    """Enter the pool and follow the contacts."""

    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remember:
    """Write what outlives the program: the options of the person and the manual status."""

    options: Options
    manual: Manual | None


Effect = (
    FetchCalendar
    | ChangeShowAs
    | ReadContacts
    | GiveRight
    | ForgetContacts
    | ReckonContacts
    | Publish
    | Withdraw
    | JoinPool
    | Remember
)
Effects = tuple[Effect, ...]
