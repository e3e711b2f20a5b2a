"""What came of a day at one interval: the one type that both ways fill, and what it is worked out from.

Everything is counted in whole numbers (checks, changes, milliseconds), so that both ways, and every machine,
come to the same. How each number is defined stands in ``docs/capacity.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lyncdesk.capacity.model import CHANGE_KINDS, DAY, SECOND

SECONDS = DAY // SECOND
MINUTES = SECONDS // 60
# The delays that a plot shows: as many steps from the least to the greatest.
STEPS = 100
# The minutes that begin less than five minutes from an hour mark.
HOUR_MARKS = frozenset(minute for minute in range(MINUTES) if minute % 60 < 5 or minute % 60 >= 55)


class Way(StrEnum):
    """How a day was reckoned."""

    EXACT = "exact"
    VECTORISED = "vectorised"


@dataclass(frozen=True, slots=True)
class Load:
    """What happened in the course of a day, counted by the second; times are seconds from midnight.

    ``peak`` is the most in any one second, first reached at ``peak_at``; ``minute`` the most in any one whole
    minute, first at ``minute_at``. ``by_minute`` has one count for each minute of the day.
    """

    total: int
    peak: int
    peak_at: int
    minute: int
    minute_at: int
    by_minute: tuple[int, ...]

    @property
    def mean(self) -> float:
        """In a second, over all 24 hours."""
        return round(self.total / SECONDS, 6)

    def most_in(self, minutes: Iterable[int]) -> int:
        """The most in any one of these minutes, which count from midnight."""
        return max((self.by_minute[minute] for minute in minutes), default=0)


@dataclass(frozen=True, slots=True)
class Delays:
    """How late changes of one kind were seen.

    ``seen`` changes were seen; their delays, in milliseconds: ``total`` together, and ``steps`` the shortest,
    the one that a hundredth does not exceed, and so on to the longest (empty if none was seen). ``missed`` of
    them were over by then, so that others never saw them. Beside them: ``away`` changes were followed by no
    check before the client slept or signed out (others see Away or Offline then), and ``hidden`` ones made no
    difference that others could see.
    """

    seen: int
    total: int
    steps: tuple[int, ...]
    missed: int
    away: int
    hidden: int

    @property
    def changes(self) -> int:
        """All changes of the kind."""
        return self.seen + self.away + self.hidden

    @property
    def mean(self) -> float | None:
        """In seconds; None if no change was seen."""
        return round(self.total / self.seen / 1000, 3) if self.seen else None

    def percentile(self, hundredths: int) -> float | None:
        """The delay, in seconds, that so many hundredths of the changes do not exceed; 100 is the longest."""
        return self.steps[hundredths] / 1000 if self.steps else None


@dataclass(frozen=True, slots=True)
class Result:
    """A day of ``users`` people at an interval of ``interval`` seconds.

    ``checks`` are sent as LyncDesk sends them; ``jittered`` if each client waited a part of an interval,
    drawn once, between its first check and its rhythm. ``presence`` are the changes of the text that others
    see. ``delays`` has one entry for each kind of change, in their order. ``signed_in`` is the most people
    that were signed in at once.
    """

    users: int
    interval: int
    way: Way
    checks: Load
    jittered: Load
    presence: Load
    delays: tuple[Delays, ...]
    signed_in: int

    @property
    def changes(self) -> int:
        """All changes of calendars."""
        return sum(delays.changes for delays in self.delays)

    def by_kind(self) -> Mapping[str, Delays]:
        """The delays by the name of their kind."""
        return dict(zip(CHANGE_KINDS, self.delays, strict=True))


def load_of(by_second: Sequence[int]) -> Load:
    """What a count for each second of the day amounts to."""
    counts = list(by_second)
    if len(counts) != SECONDS:
        raise ValueError("a day has a count for each of its seconds")
    by_minute = tuple(sum(counts[start : start + 60]) for start in range(0, SECONDS, 60))
    peak, minute = max(counts), max(by_minute)
    return Load(
        sum(by_minute),
        peak,
        counts.index(peak),
        minute,
        by_minute.index(minute) * 60,
        by_minute,
    )


def delays_of(ordered: Sequence[int], total: int, missed: int, away: int, hidden: int) -> Delays:
    """What delays in milliseconds, shortest first, amount to; ``total`` is their sum.

    A step is the least delay that so many hundredths of all do not exceed (nearest rank).
    """
    number = len(ordered)
    ranks = (max(1, -(-number * step // STEPS)) for step in range(STEPS + 1))
    steps = tuple(int(ordered[rank - 1]) for rank in ranks) if number else ()
    return Delays(number, int(total), steps, missed, away, hidden)
