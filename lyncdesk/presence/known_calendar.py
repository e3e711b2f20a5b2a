"""A person of whom only the calendar is known: what Exchange alone tells of colleagues.

The calendar is known, the person is not: Busy and In a meeting as for everybody, otherwise Free in calendar,
never Available. Source: the project's presence rules, section 7, "Exchange alone". Pure, with the law of all
presences: nothing changes before :func:`next_change`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lyncdesk.presence.aggregate import shown_until
from lyncdesk.presence.freebusy import Stretch, WorkingHours, stretches
from lyncdesk.presence.inputs import CalendarUse, Inputs
from lyncdesk.presence.items import CalendarMoment, Item, Kind, calendar_at
from lyncdesk.presence.publication import Profile, Seen, SeenItem, Told
from lyncdesk.presence.states import BUSY, FREE_IN_CALENDAR, UNKNOWN, Presence

# How much of a calendar must be told for it to say something about a person.
READ = frozenset({Told.DETAILS, Told.TIMES, Told.NO_DETAILS})


@dataclass(frozen=True, slots=True)
class KnownCalendar:
    """What one read brought of a person's calendar.

    ``as_of`` is the start of the read, ``told`` how much came, ``code`` the server's word where nothing did.
    An item whose kind is unknown and that is not private came without details. ``busy`` are the stretches
    of the items, cut once because cutting them is the dearest part.
    """

    told: Told
    as_of: datetime
    items: tuple[Item, ...] = ()
    busy: tuple[Stretch, ...] = ()
    working_hours: WorkingHours | None = None
    code: str = ""

    @classmethod
    def of(
        cls,
        told: Told,
        as_of: datetime,
        items: tuple[Item, ...] = (),
        working_hours: WorkingHours | None = None,
        code: str = "",
    ) -> KnownCalendar:
        """Make one from its items."""
        return cls(told, as_of, items, stretches(items), working_hours, code)

    @property
    def is_read(self) -> bool:
        """Whether it says anything about the person."""
        return self.told in READ


def seen_at(
    profile: Profile,
    calendar: KnownCalendar | None,
    now: datetime,
    *,
    valid_until: datetime | None = None,
    revision: int = 0,
) -> Seen:
    """The person as seen at ``now``; None: the calendar has not been read yet.

    What is known is stale from ``valid_until`` on.
    """
    stale = valid_until is not None and now >= valid_until
    if calendar is None or not calendar.is_read:
        told = Told.NOT_YET if calendar is None else calendar.told
        return Seen(profile, Presence(UNKNOWN), revision, valid_until=valid_until, stale=stale, told=told)
    moment = calendar_at(calendar.items, now)
    oof = moment.oof is not None
    busy = moment.outcome.availability == BUSY
    item = _item(moment.card)
    return Seen(
        profile,
        Presence(BUSY, moment.outcome.activity, oof) if busy else Presence(UNKNOWN, FREE_IN_CALENDAR, oof),
        revision,
        valid_until=valid_until,
        until=_until(calendar, now) if busy else None,
        item=item,
        more=moment.more if item is not None else 0,
        calendar=True,
        busy=calendar.busy,
        working_hours=calendar.working_hours,
        calendar_as_of=calendar.as_of,
        stale=stale,
        told=_told(calendar, moment),
    )


def next_change(calendar: KnownCalendar | None, now: datetime) -> datetime | None:
    """The first moment after ``now`` at which :func:`seen_at` can answer differently by the calendar."""
    if calendar is None:
        return None
    edges = (edge for item in calendar.items for edge in (item.start, item.end))
    return min((edge for edge in edges if edge > now), default=None)


def _until(calendar: KnownCalendar, now: datetime) -> datetime | None:
    return shown_until(Inputs(items=calendar.items, calendar=CalendarUse.READ), now)


def _item(item: Item | None) -> SeenItem | None:
    if item is None or _bare(item):
        return None
    if item.private:
        return SeenItem(item.start, item.end, private=True, show_as=item.counts_as)
    return SeenItem(item.start, item.end, item.subject, item.location, False, item.kind, item.counts_as)


def _bare(item: Item) -> bool:
    """Whether an item came without details."""
    return item.kind is Kind.UNKNOWN and not item.private


def _told(calendar: KnownCalendar, moment: CalendarMoment) -> Told:
    """A calendar that comes with details may hold an item that did not."""
    bare = moment.card is not None and _bare(moment.card)
    return Told.NO_DETAILS if bare and calendar.told is Told.DETAILS else calendar.told
