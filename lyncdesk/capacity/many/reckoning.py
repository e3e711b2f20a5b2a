"""What a day of many people amounts to, at several intervals at once: the people are drawn once.

The rules are those of ``docs/capacity.md``; :mod:`lyncdesk.capacity.exact` finds the same by playing days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from lyncdesk.capacity.days import first_wait
from lyncdesk.capacity.draws import poisson
from lyncdesk.capacity.many.drawing import ARRAYS, LONGEST, NEVER, Changes, Chunk, Flags, Ints, draw
from lyncdesk.capacity.model import CHANGE_KINDS, DAY, SECOND, DayModel
from lyncdesk.capacity.results import SECONDS, Delays, Result, Way, delays_of, load_of

# What is held at once: pairs of a change with an item of the same person, and delays of all intervals.
_MOST_PAIRS, _MOST_DELAYS = 2_000_000, 400_000_000
_LARGEST_CHUNK = 50_000
# The zones shift a day into the one before, an interval leads into the one after.
_DAYS = 3
# What begins (even) or ends (odd), and what that adds to the four counts that one number holds.
_BUSY, _MEETING, _AWAY, _SIGNED_IN = 0, 2, 4, 6
_FIELD = 12
_COUNT = (1 << _FIELD) - 1
_ADDS = np.array([sign << _FIELD * field for field in range(4) for sign in (1, -1)], dtype=np.int64)


def reckon(
    model: DayModel,
    seed: int,
    users: int,
    intervals: Sequence[int],
    *,
    presence: bool = True,
    sample: int | None = None,
    chunk: int | None = None,
    on_part: Callable[[float], object] = lambda _: None,
) -> tuple[Result, ...]:
    """The day of ``users`` people at each of the intervals, in whole seconds.

    Without ``presence`` its changes are not counted, which is half of the work. Delays are those of all
    changes, or with a ``sample`` of the first so many by person and time; where the people make fewer, others
    are drawn for the rest, which the model must allow. ``chunk`` is how many people are drawn at once, None =
    as many as the memory is meant for; it changes no result. ``on_part`` is told the part that is done.
    """
    together = max(1, int(_MOST_DELAYS / (1 + max(users * model.changes.number, sample or 0))))
    results: list[Result] = []
    for first in range(0, len(intervals), together):
        some = intervals[first : first + together]
        tallies = [_Tally(interval, presence=presence) for interval in some]
        most = 0
        for done, signed_in in _taken(model, seed, users, _Sample(sample), chunk or _fitting(model), tallies):
            most = signed_in
            on_part((first + done * len(some)) / len(intervals))
        results += (tally.result(users, most) for tally in tallies)
    return tuple(results)


def _fitting(model: DayModel) -> int:
    changes = model.changes.number
    pairs = (changes + 1) * (1.5 * changes + max(model.morning.number.values) + 1)
    return max(1, min(_LARGEST_CHUNK, int(_MOST_PAIRS / pairs)))


def _taken(
    model: DayModel, seed: int, users: int, sample: _Sample, chunk: int, tallies: Sequence[_Tally]
) -> Iterator[tuple[float, int]]:
    """Adds the people to the tallies; gives which part is done, and how many are signed in at most."""
    numbers = poisson(model.changes.number)
    signed_in = np.zeros(_DAYS * SECONDS, dtype=np.int64)
    first = most = 0
    while first < users or sample.left:
        others = first >= users
        size = min(chunk, 1 + int(sample.left / model.changes_each) if others else users - first)
        days = draw(model, numbers, seed, range(first, first + size))
        measured = sample.take(days.changes)
        for tally in tallies:
            tally.take(days, measured, load=not others)
        first += size
        if not others:
            come, go = (_by_second(at - days.zone) for at in (days.signed_in.start, days.signed_in.end))
            signed_in += come - go
            most = int(_folded(np.cumsum(signed_in)).max())
        yield first / (max(users, first) + (sample.left / model.changes_each if sample.left else 0)), most


class _Sample:
    """Which changes are measured: all (None), or the first ``size`` by person and time."""

    def __init__(self, size: int | None) -> None:
        self._all = size is None
        self.left = size or 0  # how many changes of further people are needed

    def take(self, changes: Changes) -> Flags:
        """Which of the changes of the next people are among them."""
        measured = np.ones(len(changes.at), dtype=bool)
        if not self._all:
            measured[np.lexsort((changes.at, changes.person))[self.left :]] = False
            self.left -= int(np.count_nonzero(measured))
        return measured


def _by_second(moments: Ints) -> Ints:
    """How many of the moments (ms, from a day before to a day after) lie in each second."""
    return np.bincount((moments + DAY) // SECOND, minlength=_DAYS * SECONDS)


def _folded(by_second: Ints) -> Ints:
    """The days laid over each other, as if every day were alike."""
    folded: Ints = by_second.reshape(_DAYS, SECONDS).sum(axis=0)
    return folded


def _rhythm(began: Ints, stopped: Ints, interval: int) -> Ints:
    """Checks by the second: those that begin, and those of an interval before that do not stop."""
    length = -(-len(began) // interval) * interval
    steps = np.zeros(length, dtype=np.int64)
    steps[: len(began)] = began - stopped
    return np.cumsum(steps.reshape(-1, interval), axis=0).reshape(-1)[: len(began)]


class _Tally:
    """One interval (seconds), summed up over the chunks."""

    def __init__(self, interval: int, *, presence: bool) -> None:
        self._interval = interval
        self._with_presence = presence
        self._step = interval * SECOND
        # Checks at the beginning of stretches awake; rhythms that begin and stop, without and with jitter.
        self._firsts, self._stops, self._begins, self._ends, self._presence = (
            np.zeros(_DAYS * SECONDS, dtype=np.int64) for _ in range(5)
        )
        self._delays: list[list[Ints]] = [[] for _ in CHANGE_KINDS]
        self._missed, self._away, self._hidden = (
            np.zeros(len(CHANGE_KINDS), dtype=np.int64) for _ in range(3)
        )

    def take(self, days: Chunk, measured: Flags, *, load: bool) -> None:
        """Add the days of some people: what they cost with ``load``, the delays of ``measured`` changes."""
        known = self._known(days)
        self._see(days, known, measured)
        if not load:
            return
        self._checks(days)
        if self._with_presence:
            self._presence += _presence(days, known)

    def _checks(self, days: Chunk) -> None:
        zone, start, end = days.zone[days.awake.person], days.awake.start, days.awake.end
        self._firsts += _by_second(start - zone)
        self._stops += _by_second(self._stop(start, end) - zone)
        second = start + first_wait(ARRAYS, days.wait_key, self._step)
        goes_on = second < end
        zone, second, end = zone[goes_on], second[goes_on], end[goes_on]
        self._begins += _by_second(second - zone)
        self._ends += _by_second(self._stop(second, end) - zone)

    def _stop(self, first: Ints, end: Ints) -> Ints:
        """The first moment of the rhythm at which no check is sent any more."""
        return first + ((end - first - 1) // self._step + 1) * self._step

    def _known(self, days: Chunk) -> Ints:
        """The first check at or after each change, NEVER if there is none."""
        changes, awake = days.changes, days.awake
        key = awake.person * LONGEST
        within = np.searchsorted(key + awake.end, changes.person * LONGEST + changes.at, side="right")
        # After a person's last stretch comes that of the next; after everybody's there is none.
        person = np.append(awake.person, -1)
        start, end = np.append(awake.start, NEVER), np.append(awake.end, NEVER)
        begins = start[within]
        steps = np.maximum(0, -((begins - changes.at) // self._step))
        check = begins + steps * self._step
        following = np.where(check < end[within], within, np.minimum(within + 1, len(start) - 1))
        check = np.where(check < end[within], check, start[following])
        found: Ints = np.where(person[following] == changes.person, check, NEVER)
        return found

    def _see(self, days: Chunk, known: Ints, measured: Flags) -> None:
        """Sort the changes into seen and not, and keep the delays of those that are."""
        changes, awake = days.changes, days.awake
        # The end of the stretch in which the change was made, or the change itself if the computer slept.
        key = changes.person * LONGEST + changes.at
        within = np.searchsorted(awake.person * LONGEST + awake.end, key, side="right")
        within = np.minimum(within, len(awake.end) - 1)
        until = np.where(awake.start[within] <= changes.at, awake.end[within], changes.at)
        signed_out = days.signed_in.end[changes.person]
        shown = measured & ~changes.hidden
        seen = shown & (changes.due < signed_out) & (known < NEVER)
        seen &= (changes.due >= known) | (known < until)
        self._hidden += _by_kind(changes.kind, measured & changes.hidden)
        self._away += _by_kind(changes.kind, shown & ~seen)
        self._missed += _by_kind(changes.kind, seen & (known >= changes.over))
        delay = np.maximum(0, known - changes.due).astype(np.int32)
        for kind, kept in enumerate(self._delays):
            kept.append(delay[seen & (changes.kind == kind)])

    def result(self, users: int, signed_in: int) -> Result:
        """What was summed up."""
        plain = _rhythm(self._firsts, self._stops, self._interval)
        jittered = self._firsts + _rhythm(self._begins, self._ends, self._interval)
        checks, jitter, presence = (
            load_of(_folded(counts).tolist()) for counts in (plain, jittered, self._presence)
        )
        delays = tuple(self._seen(kind) for kind in range(len(CHANGE_KINDS)))
        return Result(users, self._interval, Way.VECTORISED, checks, jitter, presence, delays, signed_in)

    def _seen(self, kind: int) -> Delays:
        ordered = np.sort(np.concatenate(self._delays[kind])) if self._delays[kind] else np.zeros(0, np.int32)
        counts = (int(count[kind]) for count in (self._missed, self._away, self._hidden))
        return delays_of(ordered, int(ordered.sum(dtype=np.int64)), *counts)  # type: ignore[arg-type]


def _by_kind(kind: Ints, which: Flags) -> Ints:
    return np.bincount(kind[which], minlength=len(CHANGE_KINDS))


def _presence(days: Chunk, known: Ints) -> Ints:
    """Changes of the text that others see, by the second."""
    items, stretches = days.items, days.items.stretches
    never = np.append(known, 0)  # of items that no change brings or takes, which are number -1
    start = np.where(items.brought >= 0, np.maximum(stretches.start, never[items.brought]), stretches.start)
    end = np.where(items.taken >= 0, np.minimum(stretches.end, never[items.taken]), stretches.end)
    lasts = np.flatnonzero(start < end)
    held = np.where(items.rank[lasts] == 1, _BUSY, _MEETING)
    away, signed = np.full(len(days.away.person), _AWAY), np.full(len(days.zone), _SIGNED_IN)
    person = np.concatenate([stretches.person[lasts], days.away.person, days.signed_in.person])
    what = np.concatenate([held, away, signed])
    begins = np.concatenate([start[lasts], days.away.start, days.signed_in.start])
    ends = np.concatenate([end[lasts], days.away.end, days.signed_in.end])
    # One number for each event, which sorts by person and time and tells what it is.
    place = person * LONGEST
    first, last = ((place + np.clip(each, 0, LONGEST - 1)) * 8 + what for each in (begins, ends))
    events = np.sort(np.concatenate([first, last + 1]))
    counts = np.cumsum(_ADDS[events & 7])
    place = events >> 3
    final = np.flatnonzero(np.append(place[1:] != place[:-1], True)[: len(place)])
    return _transitions(days, counts[final], place[final])


def _transitions(days: Chunk, counts: Ints, place: Ints) -> Ints:
    busy, meeting, away, signed_in = (counts >> _FIELD * field & _COUNT for field in range(4))
    # Offline, Away, Available, Busy, In a meeting; in this order the latter wins, but for the first two.
    shown = np.where(meeting > 0, 4, np.where(busy > 0, 3, 2))
    shown = np.where(signed_in > 0, np.where(away > 0, 1, shown), 0)
    # Everybody's day ends Offline, so it does not matter that the one before may be somebody else's.
    changed = np.flatnonzero(np.diff(shown, prepend=0))
    place = place[changed]
    return _by_second(place % LONGEST - days.zone[place // LONGEST])
