"""Days of many people, drawn into arrays by the formulas of :mod:`lyncdesk.capacity.days`.

All is of whole numbers, so neither the size of a chunk nor the machine changes a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lyncdesk.capacity.days import (
    BREAK,
    CHANGE,
    ITEM,
    STRETCH,
    Changed,
    change,
    frame,
    morning_item,
    short_break,
)
from lyncdesk.capacity.draws import Number, Weighted, part_key, person_key
from lyncdesk.capacity.model import MOVED, REMOVED, DayModel

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Bits: TypeAlias = NDArray[np.uint64]

# A person's moment as one number, which sorts by person, then time; items may reach into the next day.
LONGEST = 1 << 28
NEVER = 1 << 40


class Arrays:
    """:class:`lyncdesk.capacity.draws.Arithmetic` of arrays."""

    def halves(self, bits: Number) -> tuple[Number, Number]:
        """The upper and the lower 32 bits."""
        return (bits >> 32).astype(np.int64), (bits & 0xFFFFFFFF).astype(np.int64)

    def choose(self, condition: Number, yes: Number, no: Number) -> Number:
        """``yes`` where the condition holds, else ``no``."""
        return np.where(condition, yes, no)

    def pick(self, table: Weighted, draw: Number) -> Number:
        """The value of ``table`` that each draw falls on."""
        values = np.array(table.values, dtype=np.int64)
        return values[np.searchsorted(np.array(table.limits, dtype=np.int64), draw, side="right")]


ARRAYS = Arrays()


@dataclass(frozen=True, slots=True)
class Stretches:
    """Half open stretches of time, each of a person (a number within the chunk)."""

    person: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Items:
    """Items that show as something, by person.

    ``brought`` and ``taken`` number the change that brings an item, or takes it away, else -1.
    """

    stretches: Stretches
    rank: Ints
    brought: Ints
    taken: Ints


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of calendars: when, of which kind, and for whom.

    ``due`` is when others should see it (NEVER: no such moment), ``over`` when that difference ends;
    ``hidden``: nobody could see one.
    """

    person: Ints
    at: Ints
    kind: Ints
    due: Ints
    over: Ints
    hidden: Flags


@dataclass(frozen=True, slots=True)
class Chunk:
    """The days of the people at work among some; all moments are milliseconds of their own midnight.

    ``awake`` are stretches signed in with the computer awake, by person and time; ``wait_key`` is the key of
    each one's jitter. ``away`` are those asleep and those locked.
    """

    zone: Ints
    signed_in: Stretches
    awake: Stretches
    wait_key: Bits
    away: Stretches
    items: Items
    changes: Changes


def draw(model: DayModel, numbers: Weighted, seed: int, persons: range) -> Chunk:
    """The days of ``persons``; ``numbers`` is how many changes somebody makes."""
    keys = person_key(seed, np.arange(persons.start, persons.stop, dtype=np.uint64))
    drawn = frame(ARRAYS, model, numbers, keys)
    working = drawn.at_work
    keys = keys[working]
    everybody = np.arange(len(keys))
    signed_in = Stretches(everybody, drawn.sign_in[working], drawn.sign_out[working])
    stay = signed_in.end - signed_in.start

    person, number = _numbered(drawn.items[working])
    placed, falls, wakes = morning_item(ARRAYS, model, _parts(keys, ITEM, person, number))
    leaves, returns, sleeps, locks = (each[working] for each in drawn.lunch)
    lunch = Stretches(everybody, leaves, returns)
    asleep = _joined(signed_in, _those(lunch, sleeps), Stretches(person, falls, wakes))
    breaking, each = _numbered(drawn.breaks[working])
    pauses = short_break(
        ARRAYS, model, _parts(keys, BREAK, breaking, each), signed_in.start[breaking], stay[breaking]
    )
    locked = _joined(signed_in, _those(lunch, locks), Stretches(breaking, *pauses))
    awake = _awake(signed_in, asleep)
    stretch = _numbered(np.bincount(awake.person, minlength=len(keys)))

    changing, each = _numbered(drawn.changes[working])
    made = change(
        ARRAYS, model, _parts(keys, CHANGE, changing, each), signed_in.start[changing], stay[changing]
    )
    morning = Items(Stretches(person, placed.start, placed.end), placed.rank, *_none_of(person))
    items = _shown(morning, changing, made)
    due, over = _due(made)
    return Chunk(
        drawn.zone[working],
        signed_in,
        awake,
        _parts(keys, STRETCH, *stretch),
        _together(asleep, locked),
        items,
        Changes(changing, made.at, made.kind, due, over, _hidden(items, changing, made, due)),
    )


def _parts(keys: Bits, part: int, person: Ints, number: Ints) -> Bits:
    found: Bits = part_key(keys[person], part, number.astype(np.uint64))
    return found


def _numbered(counts: Ints) -> tuple[Ints, Ints]:
    """Of so many things of each person: the person of each, and its number among that person's."""
    person = np.repeat(np.arange(len(counts)), counts)
    return person, np.arange(len(person)) - np.repeat(np.cumsum(counts) - counts, counts)


def _those(stretches: Stretches, which: Flags) -> Stretches:
    return Stretches(stretches.person[which], stretches.start[which], stretches.end[which])


def _together(*parts: Stretches) -> Stretches:
    return Stretches(
        np.concatenate([part.person for part in parts]),
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
    )


def _joined(signed_in: Stretches, *parts: Stretches) -> Stretches:
    """The stretches that lie within the time signed in, joined where they touch; by person and time."""
    given = _together(*parts)
    fits = (signed_in.start[given.person] < given.start) & (given.end < signed_in.end[given.person])
    given = _those(given, fits & (given.start < given.end))
    start, end = given.person * LONGEST + given.start, given.person * LONGEST + given.end
    order = np.argsort(start, kind="stable")
    start, end = start[order], np.maximum.accumulate(end[order])
    first = np.flatnonzero(np.concatenate([np.ones(min(1, len(start)), bool), start[1:] > end[:-1]]))
    start, end = start[first], end[np.concatenate([first[1:] - 1, [len(end) - 1]])] if len(first) else end
    return Stretches(start // LONGEST, start % LONGEST, end % LONGEST)


def _awake(signed_in: Stretches, asleep: Stretches) -> Stretches:
    begins = [signed_in.person * LONGEST + signed_in.start, asleep.person * LONGEST + asleep.end]
    ends = [signed_in.person * LONGEST + signed_in.end, asleep.person * LONGEST + asleep.start]
    start, end = (np.sort(np.concatenate(moments)) for moments in (begins, ends))
    return Stretches(start // LONGEST, start % LONGEST, end % LONGEST)


def _none_of(things: Ints) -> tuple[Ints, Ints]:
    none = np.full(len(things), -1)
    return none, none


def _shown(morning: Items, changing: Ints, made: Changed) -> Items:
    """All items that show as something: those of the morning, and those that changes bring and take."""
    numbers = np.arange(len(changing))
    brings = np.flatnonzero(made.kind != REMOVED)
    takes = np.flatnonzero((made.kind == MOVED) | (made.kind == REMOVED))
    stretches = _together(
        morning.stretches,
        Stretches(changing[brings], made.after.start[brings], made.after.end[brings]),
        Stretches(changing[takes], made.before.start[takes], made.before.end[takes]),
    )
    rank = np.concatenate([morning.rank, made.after.rank[brings], made.before.rank[takes]])
    brought = np.concatenate([morning.brought, numbers[brings], _none_of(takes)[0]])
    taken = np.concatenate([morning.taken, _none_of(brings)[0], numbers[takes]])
    shown = np.flatnonzero(rank > 0)
    shown = shown[np.argsort(stretches.person[shown], kind="stable")]
    return Items(_those(stretches, shown), rank[shown], brought[shown], taken[shown])  # type: ignore[arg-type]


def _due(made: Changed) -> tuple[Ints, Ints]:
    """When others should first see each change (NEVER: at no moment), and when that difference ends."""
    length = made.after.end - made.after.start
    moved = made.kind == MOVED
    only = np.where(made.kind == REMOVED, made.before.start, made.after.start)
    early = np.where(moved, np.minimum(made.before.start, made.after.start), only)
    late = np.where(moved, np.maximum(made.before.start, made.after.start), only + length)
    # Of what is moved the old and the new stretch differ in two: where the one is, and where the other is.
    first_ends = np.minimum(early + length, late)
    second, ends = np.maximum(early + length, late), np.where(moved, late + length, late)
    first = np.maximum(made.at, early)
    then = np.maximum(made.at, second)
    due = np.where(first < first_ends, first, np.where(then < ends, then, NEVER))
    over = np.where((first < first_ends) & (first_ends < second), first_ends, ends)
    return due, over


def _hidden(items: Items, changing: Ints, made: Changed, due: Ints) -> Flags:
    """Which changes nobody could see: at the moment at which others should, another item shows as much."""
    rank = made.after.rank
    at = np.append(made.at, 0)  # of items that no change brings or takes, which are number -1
    stretches = items.stretches
    begins = np.where(items.brought >= 0, np.maximum(stretches.start, at[items.brought]), stretches.start)
    ends = np.where(items.taken >= 0, np.minimum(stretches.end, at[items.taken]), stretches.end)
    first = np.searchsorted(items.stretches.person, changing, side="left")
    counts = np.searchsorted(items.stretches.person, changing, side="right") - first
    number, beside = _numbered(counts)
    other = first[number] + beside
    covers = (
        (items.rank[other] >= rank[number]) & (begins[other] <= due[number]) & (due[number] < ends[other])
    )
    covers &= (items.brought[other] != number) & (items.taken[other] != number)
    covered = np.bincount(number[covers], minlength=len(changing)) > 0
    hidden: Flags = covered | (rank == 0) | (due == NEVER)
    return hidden
