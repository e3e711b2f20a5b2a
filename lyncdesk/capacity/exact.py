"""The exact way: every person's day through the client's own engine. Good for some thousands of people.

The days are those of the vectorised way (:mod:`lyncdesk.capacity.days`), and so is what is counted
(``docs/capacity.md``); how a client behaves is the engine's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import accumulate, count, islice

from lyncdesk.capacity.days import STRETCH, Day, first_wait, people
from lyncdesk.capacity.draws import PLAIN, part_key, person_key
from lyncdesk.capacity.exact_delays import Fate, Followed, followed
from lyncdesk.capacity.exact_play import Played, play
from lyncdesk.capacity.model import CHANGE_KINDS, DAY, SECOND, DayModel
from lyncdesk.capacity.results import SECONDS, Delays, Result, Way, delays_of, load_of


def reckon_exactly(
    model: DayModel,
    seed: int,
    users: int,
    interval: int,
    on_person: Callable[[int], object] = lambda _: None,
    *,
    sample: int | None = None,
) -> Result:
    """The day of ``users`` people at an interval of so many seconds.

    Delays are those of all changes, or with a ``sample`` of the first so many by person and time; where the
    people make fewer, others are played for the rest, which the model must allow.
    ``on_person`` is called with the number of people whose days are over: it takes some hundredths of a
    second for each, and one for each check or so where the interval is short.
    """
    tally = Tally(interval, seed, sample)
    for day in people(model, seed, count()):
        others = day.person >= users
        if others and not tally.left:
            break
        if day.changes or not others:
            tally.take(day, play(day, timedelta(seconds=interval)), load=not others)
        on_person(day.person + 1)
    return tally.result()


class Tally:
    """Adds up the days of people."""

    def __init__(self, interval: int, seed: int, sample: int | None = None) -> None:
        self.users = 0
        self.left = sample or 0  # how many changes are still to be measured, where not all are
        self._all = sample is None
        self._interval = interval
        self._seed = seed
        self._checks = [0] * SECONDS
        self._jittered = [0] * SECONDS
        self._presence = [0] * SECONDS
        self._coming = [0] * SECONDS  # how many more are signed in than the second before
        self._staying = 0
        self._followed: list[list[Followed]] = [[] for _ in CHANGE_KINDS]

    def take(self, day: Day, played: Played, *, load: bool = True) -> None:
        """Count one person's day: what it costs with ``load``, and the delays of its changes."""
        if load:
            self._count(day, played)
        measured = list(islice(followed(day, played), None if self._all else self.left))
        self.left -= 0 if self._all else len(measured)
        for one in measured:
            self._followed[one.change.kind].append(one)

    def _count(self, day: Day, played: Played) -> None:
        self.users += 1
        _count(self._checks, day, played.checks)
        _count(self._jittered, day, jittered(day, played, self._seed, self._interval * SECOND))
        _count(self._presence, day, played.changes())
        _count(self._coming, day, [day.sign_in])
        _count(self._coming, day, [day.sign_out], -1)
        # A stay that goes beyond the end of the day goes on at its beginning.
        self._staying += (day.sign_out - day.zone) // DAY - (day.sign_in - day.zone) // DAY

    def result(self) -> Result:
        """What was counted."""
        return Result(
            self.users,
            self._interval,
            Way.EXACT,
            load_of(self._checks),
            load_of(self._jittered),
            load_of(self._presence),
            tuple(map(_delays, self._followed)),
            max(self._signed_in()),
        )

    def _signed_in(self) -> Iterator[int]:
        """How many are signed in at the end of each second."""
        return accumulate(self._coming[1:], initial=self._staying + self._coming[0])


def jittered(day: Day, played: Played, seed: int, interval: int) -> Iterator[int]:
    """When the checks would be sent if each client waited a part of the interval (ms) between the check that
    begins a rhythm and the next.
    """
    key = person_key(seed, day.person)
    ends = (*(start for start, _ in day.asleep), day.sign_out) if day.sign_in < day.sign_out else ()
    for number, (begins, ends_at) in enumerate(zip(played.anchors, ends, strict=True)):
        yield begins
        yield from range(
            begins + first_wait(PLAIN, part_key(key, STRETCH, number), interval), ends_at, interval
        )


def _delays(changes: list[Followed]) -> Delays:
    fates = Counter(one.fate for one in changes)
    ordered = sorted(one.delay for one in changes if one.delay is not None)
    return delays_of(ordered, sum(ordered), fates[Fate.MISSED], fates[Fate.AWAY], fates[Fate.HIDDEN])


def _count(by_second: list[int], day: Day, moments: Iterable[int], each: int = 1) -> None:
    for moment in moments:
        by_second[(moment - day.zone) // SECOND % SECONDS] += each
