"""Days of people: what every day keeps to, and that one by one and in arrays they are the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest

from lyncdesk.capacity.days import Day, Stretch, people
from lyncdesk.capacity.draws import poisson
from lyncdesk.capacity.many.drawing import Stretches, draw
from lyncdesk.capacity.model import (
    ADDED_AHEAD,
    ADDED_FOR_NOW,
    CHANGE_KINDS,
    DAY,
    HOUR,
    MINUTE,
    MOVED,
    QUARTER,
    REMOVED,
    DayModel,
)
from lyncdesk.capacity.model_file import built_in, read
from lyncdesk.resource_files import resource

SEED = 20
PEOPLE = 600


@pytest.fixture(scope="module")
def model() -> DayModel:
    return built_in()


@pytest.fixture(scope="module")
def days(model: DayModel) -> list[Day]:
    return list(people(model, SEED, range(PEOPLE)))


def at_work(days: list[Day]) -> list[Day]:
    return [day for day in days if day.sign_out]


def test_people_are_the_same_however_many_are_drawn(model: DayModel, days: list[Day]) -> None:
    assert list(people(model, SEED, [41, 7])) == [days[41], days[7]]
    assert next(people(model, SEED + 1, [41])) != days[41]


def test_arrays_hold_the_same_days(model: DayModel, days: list[Day]) -> None:
    first, last = 100, PEOPLE
    chunk = draw(model, poisson(model.changes.number), SEED, range(first, last))
    working = at_work(days[first:last])
    assert chunk.zone.tolist() == [day.zone for day in working]
    assert of_each(chunk.signed_in, len(working)) == [[(day.sign_in, day.sign_out)] for day in working]
    assert of_each(chunk.awake, len(working)) == [awake(day) for day in working]
    assert of_each(chunk.away, len(working)) == [sorted(day.asleep + day.locked) for day in working]
    changes = zip(
        *(part.tolist() for part in (chunk.changes.person, chunk.changes.at, chunk.changes.kind)), strict=True
    )
    assert sorted(changes) == [
        (number, change.at, change.kind) for number, day in enumerate(working) for change in day.changes
    ]
    items = defaultdict(list)
    stretches = chunk.items.stretches
    for person, start, end, rank in zip(
        stretches.person.tolist(),
        stretches.start.tolist(),
        stretches.end.tolist(),
        chunk.items.rank.tolist(),
        strict=True,
    ):
        items[person].append((start, end, rank))
    assert [sorted(items[number]) for number in range(len(working))] == [shown(day) for day in working]


def of_each(stretches: Stretches, count: int) -> list[list[Stretch]]:
    found: list[list[Stretch]] = [[] for _ in range(count)]
    for person, start, end in zip(
        stretches.person.tolist(), stretches.start.tolist(), stretches.end.tolist(), strict=True
    ):
        found[person].append((start, end))
    return [sorted(each) for each in found]


def awake(day: Day) -> list[Stretch]:
    edges = [day.sign_in, *(edge for stretch in day.asleep for edge in stretch), day.sign_out]
    return list(zip(edges[::2], edges[1::2], strict=True))


def shown(day: Day) -> list[tuple[int, int, int]]:
    versions = [*day.items, *(change.after for change in day.changes if change.after is not None)]
    return sorted((max(0, item.start), max(0, item.end), item.rank) for item in versions if item.rank)


def test_stretches_lie_within_the_day_in_order_and_apart(days: list[Day]) -> None:
    for day in at_work(days):
        assert 0 <= day.sign_in < day.sign_out <= DAY
        for stretches in (day.asleep, day.locked):
            edges = [day.sign_in, *(edge for stretch in stretches for edge in stretch), day.sign_out]
            assert all(before < after for before, after in pairwise(edges))


def test_changes_are_of_their_kind(model: DayModel, days: list[Day]) -> None:
    changes = [(day, change) for day in days for change in day.changes]
    assert {change.kind for _, change in changes} == set(range(len(CHANGE_KINDS)))
    for day, change in changes:
        assert day.sign_in <= change.at < day.sign_out
        assert (change.before is None) == (change.kind in (ADDED_FOR_NOW, ADDED_AHEAD))
        assert (change.after is None) == (change.kind == REMOVED)
        assert change.before is None or change.before in day.items
        if change.kind == ADDED_FOR_NOW:
            assert change.after is not None
            assert 0 <= change.at - change.after.start < model.changes.began_before
        if change.kind == ADDED_AHEAD:
            assert change.after is not None
            assert change.after.start % QUARTER == 0
            assert 5 * MINUTE <= change.after.start - change.at <= 6 * HOUR + QUARTER
        if change.kind == MOVED:
            assert change.before is not None
            assert change.after is not None
            assert change.after.end - change.after.start == change.before.end - change.before.start
            assert abs(change.after.start - change.before.start) in model.changes.shift.values


def test_the_parts_of_the_model_come_in_their_shares(model: DayModel) -> None:
    found = list(people(model, SEED, range(6000)))
    working = at_work(found)
    assert len(working) / len(found) == pytest.approx(0.92, abs=0.015)
    number = sum(len(day.changes) for day in working)
    assert number / len(working) == pytest.approx(model.changes.number, rel=0.03)
    for_now = sum(change.kind == ADDED_FOR_NOW for day in working for change in day.changes)
    assert for_now / number == pytest.approx(0.3, abs=0.02)
    early = sum(day.sign_in < 8 * HOUR + 5 * MINUTE for day in working)
    # The wave of 7:15 is in by 8:05; that of 8:15 begins at 7:40, so 25 of its 70 minutes have passed.
    assert early / len(working) == pytest.approx(0.20 + 0.45 * (25 / 35) ** 2 / 2, abs=0.02)


def test_zones_shift_the_day(model: DayModel) -> None:
    text = resource("capacity", "working_day.toml").read_text(encoding="utf-8")
    zones = read(text.replace('{ "0h" = 1 }', '{ "0h" = 1, "9h" = 3 }'), "zones.toml")
    here, there = list(people(model, SEED, range(200))), list(people(zones, SEED, range(200)))
    assert [replace(day, zone=0) for day in there] == here
    assert {day.zone for day in there} == {0, 9 * HOUR}
