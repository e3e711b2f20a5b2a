"""Calendar items and what they make of a presence.

Source: the project's presence rules, section 3, and the seed's two mapping tables. Intervals are half open:
an item counts while ``start <= now < end``; times are aware.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lyncdesk.presence.states import AVAILABLE, BUSY, IN_A_MEETING


class ShowAs(StrEnum):
    """EWS ``LegacyFreeBusyStatus``; on screens "Show As"."""

    FREE = "Free"
    TENTATIVE = "Tentative"
    BUSY = "Busy"
    OOF = "OOF"
    WORKING_ELSEWHERE = "WorkingElsewhere"
    NO_DATA = "NoData"

    @property
    def label(self) -> str:
        """The English words on screens."""
        return _LABELS.get(self, str(self.value))


_LABELS = {
    ShowAs.OOF: "Out of office",
    ShowAs.WORKING_ELSEWHERE: "Working elsewhere",
    ShowAs.NO_DATA: "No data",
}


def show_as_from(word: str | None) -> ShowAs:
    """The show-as for a word of a server; absent and unknown words are NoData, never a guess."""
    try:
        return ShowAs(word or "NoData")
    except ValueError:
        return ShowAs.NO_DATA


class Kind(StrEnum):
    """Without or with attendees (EWS ``IsMeeting``); unknown is a third value, never a guess."""

    APPOINTMENT = "appointment"
    MEETING = "meeting"
    UNKNOWN = "unknown"


class Response(StrEnum):
    """What the person answered to an invitation."""

    ORGANIZER = "organizer"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    NONE = "none"


class Recurring(StrEnum):
    """Whether an item belongs to a series (EWS ``CalendarItemType``), and was changed by itself there."""

    NO = "no"
    OCCURRENCE = "occurrence"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Item:
    """One calendar entry as a calendar source returned it.

    ``start`` and ``end`` are aware instants; ``private`` is True for every sensitivity other than Normal
    and for one that the server did not tell. ``id`` and ``change_key`` are the server's, "" where it has
    none. Items with the same ``series`` belong together; it is "" outside a series, and where the server
    does not tell.

    Raises:
        ValueError: for naive times, or an end before the start.
    """

    start: datetime
    end: datetime
    show_as: ShowAs = ShowAs.BUSY
    kind: Kind = Kind.APPOINTMENT
    subject: str = ""
    location: str = ""
    private: bool = False
    all_day: bool = False
    cancelled: bool = False
    response: Response = Response.ACCEPTED
    id: str = ""
    change_key: str = ""
    recurring: Recurring = Recurring.NO
    series: str = ""

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an item needs times with a zone")
        if self.end < self.start:
            raise ValueError("an item cannot end before it starts")

    def runs_at(self, now: datetime) -> bool:
        """Whether the item covers ``now`` (half open)."""
        return self.start <= now < self.end

    @property
    def counts_as(self) -> ShowAs:
        """The show-as that counts: cancelled and declined items count as Free."""
        return ShowAs.FREE if self.cancelled or self.response is Response.DECLINED else self.show_as


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one item contributes: a number or None (nothing), an activity token, the out-of-office mark."""

    availability: int | None = None
    activity: str = ""
    out_of_office: bool = False


_FREE, _NOTHING, _OOF = Outcome(AVAILABLE), Outcome(), Outcome(out_of_office=True)
_BUSY, _MEETING = Outcome(BUSY), Outcome(BUSY, IN_A_MEETING)

# The two tables of the seed and their extension: show-as -> (appointment, meeting, unknown kind).
MAPPING: dict[ShowAs, dict[Kind, Outcome]] = {
    show_as: dict(zip((Kind.APPOINTMENT, Kind.MEETING, Kind.UNKNOWN), row, strict=True))
    for show_as, row in {
        ShowAs.FREE: (_FREE, _FREE, _FREE),
        ShowAs.TENTATIVE: (_FREE, _FREE, _FREE),
        ShowAs.BUSY: (_BUSY, _MEETING, _BUSY),
        ShowAs.OOF: (_OOF, _OOF, _OOF),
        ShowAs.WORKING_ELSEWHERE: (_FREE, _FREE, _FREE),
        ShowAs.NO_DATA: (_NOTHING, _NOTHING, _NOTHING),
    }.items()
}


def outcome(item: Item) -> Outcome:
    """What the item contributes while it runs."""
    return MAPPING[item.counts_as][item.kind]


def makes_busy(item: Item) -> bool:
    """Whether the item, while it runs, makes its owner Busy or In a meeting."""
    return outcome(item).availability == BUSY


def precedence(item: Item) -> tuple[int | bool | float | str, ...]:
    """Sort key, smallest first: highest availability, meeting, later start, earlier end, subject, id.

    What follows only tells apart items that tie in all of that, so that the answer never depends on the
    order of a list.
    """
    return (
        -(outcome(item).availability or 0),
        item.kind is not Kind.MEETING,
        -item.start.timestamp(),
        item.end.timestamp(),
        item.subject,
        item.id,
        item.location,
        item.kind,
        item.show_as,
        item.response,
        item.private,
        item.all_day,
        item.cancelled,
        item.change_key,
        item.recurring,
        item.series,
    )


@dataclass(frozen=True, slots=True)
class CalendarMoment:
    """What the calendar says at one moment.

    ``running`` are all items that count, in precedence order; ``winner`` is the item that decides the number;
    ``card`` the item that a contact card shows (the winning Busy item, else a running OOF item);
    ``more`` how many
    further running items a card could show.
    """

    running: tuple[Item, ...] = ()
    winner: Item | None = None
    outcome: Outcome = Outcome()
    oof: Item | None = None
    card: Item | None = None
    more: int = 0


@dataclass(frozen=True, slots=True)
class Deciding:
    """The items that run at one moment, in precedence order; the one that decides the number, and the one
    that gives the out-of-office mark.
    """

    running: tuple[Item, ...]
    winner: Item | None
    oof: Item | None

    def says_the_same_as(self, other: Deciding) -> bool:
        """Whether both say the same."""
        return self.winner is other.winner and self.oof is other.oof


def calendar_at(items: Iterable[Item], now: datetime, *, ignore_all_day: bool = False) -> CalendarMoment:
    """Apply section 3 to the items at ``now``."""
    running = tuple(
        sorted((i for i in items if i.runs_at(now) and not (ignore_all_day and i.all_day)), key=precedence)
    )
    made = [(item, outcome(item)) for item in running]
    winner, wins = next(((i, o) for i, o in made if o.availability is not None), (None, _NOTHING))
    oof = next((i for i, o in made if o.out_of_office), None)
    busy = winner if wins.availability == BUSY else None
    shown = sum(o.availability == BUSY or o.out_of_office for _, o in made)
    return CalendarMoment(running, winner, wins, oof, busy or oof, max(0, shown - 1))


def deciding(items: Iterable[Item], moments: Iterable[datetime]) -> Iterator[tuple[datetime, Deciding]]:
    """For each of the moments, which ascend, what the items say as far as it decides.

    :func:`calendar_at` for a whole day of many items: it looks at each of them once, and between two moments
    that say the same it differs only in what runs beside.
    """
    ranked = [(rank, item, outcome(item)) for rank, item in enumerate(sorted(items, key=precedence))]
    coming = deque(sorted(ranked, key=lambda entry: entry[1].start))
    running: list[tuple[int, Item, Outcome]] = []
    for moment in moments:
        while coming and coming[0][1].start <= moment:
            insort(running, coming.popleft())
        running = [entry for entry in running if entry[1].end > moment]
        winner = next((item for _, item, made in running if made.availability is not None), None)
        oof = next((item for _, item, made in running if made.out_of_office), None)
        yield moment, Deciding(tuple(item for _, item, _ in running), winner, oof)


def details_missing(items: Iterable[Item]) -> bool:
    """Whether the seed's failure is present: a non-private item arrived without its kind."""
    return any(item.kind is Kind.UNKNOWN and not item.private for item in items)
