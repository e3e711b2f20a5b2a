"""Days of people, drawn from the model: the formulas, and what one person's day is in plain values.

Each formula is over numbers or arrays of them alike (:mod:`lyncdesk.capacity.draws`). Times are milliseconds
from the person's own midnight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lyncdesk.capacity.draws import (
    PLAIN,
    Arithmetic,
    Number,
    Weighted,
    around,
    draws,
    part_key,
    person_key,
    poisson,
    share,
    within,
)
from lyncdesk.capacity.model import (
    ADDED_AHEAD,
    ADDED_FOR_NOW,
    DAY,
    HOUR,
    MINUTE,
    MOVED,
    QUARTER,
    REMOVED,
    SHOW_AS,
    Ahead,
    DayModel,
    Standing,
)

# What is drawn for a person, and the parts of a day that are drawn by number.
_AT_WORK, _SIGN_IN, _WAVE, _STAY, _LUNCH, _LUNCH_LENGTH, _LUNCH_KIND, _NUMBERS, _MORE_NUMBERS = range(9)
ITEM, BREAK, CHANGE, STRETCH = range(4)
# What is drawn for an item, a break and a change.
_WHEN, _STANDING, _KIND, _RARE, _WALK, _SLEEP, _WAIT = range(7)
_MOMENT, _CHANGED, _BEGAN, _LEAD, _SHIFT = range(10, 15)

BUSY = SHOW_AS.index("Busy")


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a day: numbers, or arrays of them. ``lunch`` is from, to, sleeps, locks."""

    at_work: Number
    zone: Number
    sign_in: Number
    sign_out: Number
    lunch: tuple[Number, Number, Number, Number]
    items: Number
    breaks: Number
    changes: Number


def frame(arithmetic: Arithmetic, model: DayModel, changes: Weighted, key: Number) -> Frame:
    """The frame of the day whose draws begin at ``key``; ``changes`` is how many changes there are."""
    at_work, zone = draws(arithmetic, key, _AT_WORK)
    wave = draws(arithmetic, key, _WAVE)[0]
    spread = arithmetic.pick(model.waves.spread, wave)
    sign_in = arithmetic.pick(model.waves.at, wave) + around(draws(arithmetic, key, _SIGN_IN), spread)
    stay = model.stay.at + around(draws(arithmetic, key, _STAY), model.stay.spread)
    sign_out = arithmetic.choose(sign_in + stay < DAY, sign_in + stay, DAY)
    lunch = model.lunch
    leaves = lunch.at.at + around(draws(arithmetic, key, _LUNCH), lunch.at.spread)
    away = lunch.length.at + around(draws(arithmetic, key, _LUNCH_LENGTH), lunch.length.spread)
    how = draws(arithmetic, key, _LUNCH_KIND)[0]
    sleeps = how < share(lunch.sleeps)
    locks = (how >= share(lunch.sleeps)) & (how < share(lunch.sleeps + lunch.locks))
    items, breaks = draws(arithmetic, key, _NUMBERS)
    return Frame(
        at_work < share(model.people.at_work),
        arithmetic.pick(model.people.zones, zone),
        sign_in,
        sign_out,
        (leaves, leaves + away, sleeps, locks),
        arithmetic.pick(model.morning.number, items),
        arithmetic.pick(model.breaks.number, breaks),
        arithmetic.pick(changes, draws(arithmetic, key, _MORE_NUMBERS)[0]),
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """An item, or an array of each of its values. ``show_as`` is the index in SHOW_AS."""

    start: Number
    end: Number
    show_as: Number
    meeting: Number
    all_day: Number = False
    cancelled: Number = False

    @property
    def rank(self) -> Number:
        """What it makes of a presence: 2 In a meeting, 1 Busy, 0 neither; the highest that runs is shown."""
        return (self.show_as == BUSY) * (1 - self.cancelled * 1) * (1 + self.meeting * 1)


def _standing(arithmetic: Arithmetic, model: Standing, key: Number) -> tuple[Number, Number, Number]:
    length, show_as = draws(arithmetic, key, _STANDING)
    meeting = draws(arithmetic, key, _KIND)[0] < share(model.meetings)
    return arithmetic.pick(model.length, length), arithmetic.pick(model.show_as, show_as), meeting


def morning_item(arithmetic: Arithmetic, model: DayModel, key: Number) -> tuple[Placed, Number, Number]:
    """An item that stands in the calendar in the morning, and the sleep on the way to it: from, to.

    Where there is no such sleep, it ends where it begins.
    """
    morning = model.morning
    hour, minute = draws(arithmetic, key, _WHEN)
    length, show_as, meeting = _standing(arithmetic, morning.standing, key)
    all_day, cancelled = draws(arithmetic, key, _RARE)
    all_day, cancelled = all_day < share(morning.all_day), cancelled < share(morning.cancelled)
    begins = arithmetic.pick(morning.hour, hour) * HOUR + arithmetic.pick(morning.minute, minute) * MINUTE
    start = arithmetic.choose(all_day, 0, begins)
    end = arithmetic.choose(all_day, DAY, begins + length)
    placed = Placed(start, end, show_as, meeting, all_day, cancelled)
    before, after = draws(arithmetic, key, _SLEEP)
    walks = (draws(arithmetic, key, _WALK)[0] < share(morning.walking)) & (placed.rank == 2)
    walks = arithmetic.choose(all_day, False, walks)
    falls = start - 1 - within(before, morning.before)
    wakes = start + within(after, morning.after)
    return placed, falls, arithmetic.choose(walks, wakes, falls)


def short_break(
    arithmetic: Arithmetic, model: DayModel, key: Number, sign_in: Number, stay: Number
) -> tuple[Number, Number]:
    """A break in the course of the ``stay`` that begins at ``sign_in``: locked from, to."""
    moment, length = draws(arithmetic, key, _WHEN)
    locked = sign_in + (moment * stay >> 32)
    return locked, locked + arithmetic.pick(model.breaks.length, length)


def _lead(draw: Number, ahead: Ahead) -> Number:
    """From least to most, the sooner the likelier: the square of an even draw, which must fit 63 bits."""
    half = draw >> 1
    return ahead.least + ((half * half >> 30) * (ahead.most - ahead.least) >> 32)


@dataclass(frozen=True, slots=True)
class Changed:
    """A change: its moment and kind, the item before it (of what is moved or removed) and after it."""

    at: Number
    kind: Number
    before: Placed
    after: Placed


def change(arithmetic: Arithmetic, model: DayModel, key: Number, sign_in: Number, stay: Number) -> Changed:
    """A change in the course of the ``stay`` that begins at ``sign_in``."""
    changes = model.changes
    moment, kind = draws(arithmetic, key, _MOMENT)
    at = sign_in + (moment * stay >> 32)
    kind = arithmetic.pick(changes.kinds, kind)
    length, show_as, meeting = _standing(arithmetic, changes.standing, key)
    began, how_long = draws(arithmetic, key, _BEGAN)
    lead, later = draws(arithmetic, key, _LEAD)
    shift = arithmetic.pick(changes.shift, draws(arithmetic, key, _SHIFT)[0])
    shift = arithmetic.choose(later < share(changes.later), shift, -shift)
    for_now = at - arithmetic.choose(began < share(changes.began), within(how_long, changes.began_before), 0)
    # What is planned begins on a quarter of an hour; what is added ahead never before it was added.
    ahead = (at + _lead(lead, changes.added) + QUARTER - 1) // QUARTER * QUARTER
    choose = arithmetic.choose
    known = at + choose(kind == MOVED, _lead(lead, changes.moved), _lead(lead, changes.removed))
    known = (known + QUARTER // 2) // QUARTER * QUARTER
    after = choose(kind == ADDED_FOR_NOW, for_now, choose(kind == ADDED_AHEAD, ahead, known + shift))
    return Changed(
        at,
        kind,
        Placed(known, known + length, show_as, meeting),
        Placed(after, after + length, show_as, meeting),
    )


def first_wait(arithmetic: Arithmetic, key: Number, interval: int) -> Number:
    """With jitter: how long a client waits between the check that begins a stretch awake and its next one.

    From 1 ms to ``interval`` (ms); ``key`` is the part key of the person's stretch awake, counted from 0.
    """
    return 1 + within(draws(arithmetic, key, _WAIT)[0], interval)


# One person's day.

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DayChange:
    """One change of a calendar; ``kind`` is the index in CHANGE_KINDS, None = there is no such item."""

    at: int
    kind: int
    before: Placed | None
    after: Placed | None


@dataclass(frozen=True, slots=True)
class Day:
    """One person's day, half open stretches of milliseconds from the person's midnight.

    ``zone`` is how far the person's clock is ahead of the first zone. ``asleep`` and ``locked`` lie within
    the time signed in, in order, and do not touch among themselves. ``items`` are those of the calendar in
    the morning, with those that are moved or removed later; ``changes`` are in order. Somebody who is not
    at work is signed in from 0 to 0.
    """

    person: int
    zone: int
    sign_in: int
    sign_out: int
    asleep: tuple[Stretch, ...] = ()
    locked: tuple[Stretch, ...] = ()
    items: tuple[Placed, ...] = ()
    changes: tuple[DayChange, ...] = ()


def people(model: DayModel, seed: int, persons: Iterable[int]) -> Iterator[Day]:
    """The days of these persons, who count from 0; one by one, whatever their number."""
    changes = poisson(model.changes.number)
    for person in persons:
        key = person_key(seed, person)
        drawn = frame(PLAIN, model, changes, key)
        yield _day(model, person, key, drawn) if drawn.at_work else Day(person, drawn.zone, 0, 0)


def _day(model: DayModel, person: int, key: int, drawn: Frame) -> Day:
    leaves, returns, sleeps, locks = drawn.lunch
    stay = drawn.sign_out - drawn.sign_in
    asleep: list[Stretch] = []
    locked: list[Stretch] = []
    items: list[Placed] = []
    (asleep if sleeps else locked).append((leaves, returns if sleeps or locks else leaves))
    for number in range(drawn.items):
        item, falls, wakes = morning_item(PLAIN, model, part_key(key, ITEM, number))
        items.append(item)
        asleep.append((falls, wakes))
    locked += [
        short_break(PLAIN, model, part_key(key, BREAK, number), drawn.sign_in, stay)
        for number in range(drawn.breaks)
    ]
    changes = []
    for number in range(drawn.changes):
        made = change(PLAIN, model, part_key(key, CHANGE, number), drawn.sign_in, stay)
        before = made.before if made.kind in (MOVED, REMOVED) else None
        after = made.after if made.kind != REMOVED else None
        changes.append(DayChange(made.at, made.kind, before, after))
        if before is not None:
            items.append(before)
    signed_in = (drawn.sign_in, drawn.sign_out)
    changes.sort(key=lambda change: change.at)
    return Day(
        person,
        drawn.zone,
        *signed_in,
        _joined(asleep, *signed_in),
        _joined(locked, *signed_in),
        tuple(items),
        tuple(changes),
    )


def _joined(stretches: list[Stretch], sign_in: int, sign_out: int) -> tuple[Stretch, ...]:
    """Those that lie within the time signed in, joined where they touch."""
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if not sign_in < start < end < sign_out:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
