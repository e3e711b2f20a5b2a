"""The model of working days: what may be set, in plain values. Its file is read by :mod:`model_file`.

Times and lengths are whole milliseconds; times of day count from local midnight. What each value does is said
in ``resources/capacity/working_day.toml``, and how a day comes out of them in ``docs/capacity.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

from lyncdesk.capacity.draws import Weighted

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
QUARTER = 15 * MINUTE

MOST_CHANGES = 50
MOST_CONTACTS = 1_000

# The kinds of change, in the order in which everything tells them.
ADDED_FOR_NOW, ADDED_AHEAD, MOVED, REMOVED = range(4)
CHANGE_KINDS = ("added_for_now", "added_ahead", "moved", "removed")

# How an item stands in the calendar: a show-as, and whether it is a meeting.
SHOW_AS = ("Free", "Tentative", "Busy", "OOF", "WorkingElsewhere")


@dataclass(frozen=True, slots=True)
class Spread:
    """Around ``at``, at most ``spread`` away, the middle likeliest."""

    at: int
    spread: int


@dataclass(frozen=True, slots=True)
class People:
    """Who is there: the share at work, zones (ahead of the first, in ms), contacts of each person."""

    at_work: float
    zones: Weighted
    contacts: int


@dataclass(frozen=True, slots=True)
class Waves:
    """When people sign in: one draw picks a wave in both tables."""

    at: Weighted
    spread: Weighted


@dataclass(frozen=True, slots=True)
class Lunch:
    """The long break: of a computer left alone, a share sleeps, a share is locked."""

    at: Spread
    length: Spread
    sleeps: float
    locks: float


@dataclass(frozen=True, slots=True)
class Breaks:
    """Short breaks, in which the computer is locked."""

    number: Weighted
    length: Weighted


@dataclass(frozen=True, slots=True)
class Standing:
    """How items stand in a calendar: length, show-as (its index in SHOW_AS), the share that are meetings."""

    length: Weighted
    show_as: Weighted
    meetings: float


@dataclass(frozen=True, slots=True)
class Morning:
    """What stands in the calendar when the day begins.

    ``walking``: the share of meetings to which the computer is carried asleep: from up to ``before`` before
    the start to up to ``after`` after it.
    """

    number: Weighted
    hour: Weighted
    minute: Weighted
    standing: Standing
    all_day: float
    cancelled: float
    walking: float
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """How long before its start an item is changed: from ``least`` to ``most``, the sooner the likelier.

    ``least`` may be negative: the item has begun.
    """

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What is changed during the day, and how much of it; ``later`` is the share of moves to a later time."""

    number: float
    kinds: Weighted
    standing: Standing
    began: float
    began_before: int
    added: Ahead
    moved: Ahead
    removed: Ahead
    shift: Weighted
    later: float


@dataclass(frozen=True, slots=True)
class DayModel:
    """A working day of people who are alike but for chance."""

    people: People
    waves: Waves
    stay: Spread
    lunch: Lunch
    breaks: Breaks
    morning: Morning
    changes: Changes

    @property
    def changes_each(self) -> float:
        """How many changes a person makes on average, at work or not."""
        return self.people.at_work * self.changes.number

    def sign_in_minutes(self) -> frozenset[int]:
        """The minutes of the first zone's day around the middles of the waves, in every zone.

        Half of a wave's spread to each side: three quarters of its people sign in then.
        """
        found: set[int] = set()
        for at, spread in zip(self.waves.at.values, self.waves.spread.values, strict=True):
            for zone in self.people.zones.values:
                first, last = (at - spread // 2 - zone) // MINUTE, (at + spread // 2 - zone) // MINUTE
                found.update(minute % (DAY // MINUTE) for minute in range(first, last + 1))
        return frozenset(found)
