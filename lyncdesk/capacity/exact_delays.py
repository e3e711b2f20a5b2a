"""How late others saw each change of a day that was played: see ``docs/capacity.md``.

What the calendar says is asked of the rules of presence, when others knew it is read off what was published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from lyncdesk.capacity.days import Day, DayChange, Placed, Stretch
from lyncdesk.capacity.exact_play import Played, Shown, items_of, moment_of, shown
from lyncdesk.presence.aggregate import decide
from lyncdesk.presence.inputs import Inputs


class Fate(Enum):
    """What became of a change: others saw it, or it was over by then; they saw that the person is not there
    instead; or there was nothing to see.
    """

    SEEN = auto()
    MISSED = auto()
    AWAY = auto()
    HIDDEN = auto()


@dataclass(frozen=True, slots=True)
class Followed:
    """A change, the moment from which others should see it, and how late they did, in milliseconds."""

    change: DayChange
    fate: Fate
    onset: int | None = None
    delay: int | None = None


def followed(day: Day, played: Played) -> Iterator[Followed]:
    """What became of each change of a day, in their order."""
    for number, change in enumerate(day.changes):
        yield _followed(day, played, number, change)


def _followed(day: Day, played: Played, number: int, change: DayChange) -> Followed:
    onset, over = next(differs(change), (None, 0))
    if onset is None or not _differs(day, number, onset):
        return Followed(change, Fate.HIDDEN, onset)
    known = played.known_from(change.at)
    if onset >= day.sign_out or known is None:
        return Followed(change, Fate.AWAY, onset)
    if known <= onset:
        return Followed(change, Fate.SEEN, onset, 0)
    if any(start < known and onset < end for start, end in day.asleep):
        return Followed(change, Fate.AWAY, onset)
    return Followed(change, Fate.SEEN if known < over else Fate.MISSED, onset, known - onset)


def differs(change: DayChange) -> Iterator[Stretch]:
    """The stretches from the change on in which the item says something else than it would without it."""
    versions = [placed for placed in (change.before, change.after) if placed is not None]
    edges = {change.at, *(edge for placed in versions for edge in (placed.start, placed.end))}
    open_since = None
    for edge in sorted(edge for edge in edges if edge >= change.at):
        same = says(change.before, edge) == says(change.after, edge)
        if open_since is not None and same:
            yield open_since, edge
        open_since = None if same else edge if open_since is None else open_since


def says(placed: Placed | None, moment: int) -> Shown:
    """What a calendar with this item alone makes of somebody who is there."""
    return _decided([] if placed is None else [placed], moment)


def calendar_at(day: Day, moment: int, without: int | None = None) -> list[Placed]:
    """The calendar as it is at a moment; ``without``: as if the change of this number had not been made."""
    calendar = list(day.items)
    for number, change in enumerate(day.changes):
        if change.at > moment or number == without:
            continue
        if change.before is not None:
            calendar.remove(change.before)
        if change.after is not None:
            calendar.append(change.after)
    return calendar


def _differs(day: Day, number: int, moment: int) -> bool:
    """Whether a change makes a difference to the state of somebody who is there."""
    return _decided(calendar_at(day, moment), moment) != _decided(calendar_at(day, moment, number), moment)


def _decided(calendar: list[Placed], moment: int) -> Shown:
    return shown(decide(Inputs(items=items_of(calendar)), moment_of(moment)).presence)
