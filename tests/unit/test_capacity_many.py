"""The vectorised way: held against each day by itself, against itself, and against noted numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import accumulate
from operator import add

import pytest

from lyncdesk.capacity.days import STRETCH, Day, first_wait, people
from lyncdesk.capacity.draws import PLAIN, Weighted, part_key, person_key
from lyncdesk.capacity.many import reckoning
from lyncdesk.capacity.many.drawing import Chunk, draw
from lyncdesk.capacity.many.reckoning import reckon
from lyncdesk.capacity.model import DAY, SECOND, DayModel
from lyncdesk.capacity.model_file import built_in, read
from lyncdesk.capacity.results import SECONDS, Result, delays_of, load_of
from lyncdesk.resource_files import resource

SEED = 8


@pytest.fixture(scope="module")
def model() -> DayModel:
    """People in three zones, so that days go over midnight."""
    text = resource("capacity", "working_day.toml").read_text(encoding="utf-8")
    zones = '{ "0h" = 2, "6h" = 1, "15h" = 1 }'
    return read(text.replace('{ "0h" = 1 }', zones), "zones.toml")


def checks_of(day: Day, interval: int) -> tuple[list[int], list[int]]:
    """When one client checks, without and with jitter: each stretch awake written out."""
    edges = [day.sign_in, *(edge for stretch in day.asleep for edge in stretch), day.sign_out]
    plain: list[int] = []
    jittered: list[int] = []
    key = person_key(SEED, day.person)
    for number, (start, end) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        plain += range(start, end, interval)
        wait = first_wait(PLAIN, part_key(key, STRETCH, number), interval)
        jittered += [*([start] if start < end else []), *range(start + wait, end, interval)]
    return plain, jittered


@pytest.mark.parametrize("interval", [1, 97, 600, 1800, 28_800])
def test_checks_are_those_of_each_day_by_itself(model: DayModel, interval: int) -> None:
    users = 40 if interval == 1 else 300
    [found] = reckon(model, SEED, users, [interval])
    counted: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    coming = [0] * (2 * SECONDS + 1)
    for day in people(model, SEED, range(users)):
        for moments, counter in zip(checks_of(day, interval * SECOND), counted, strict=True):
            counter.update((moment - day.zone) % DAY // SECOND for moment in moments)
        coming[(day.sign_in - day.zone + DAY) // SECOND] += 1
        coming[(day.sign_out - day.zone + DAY) // SECOND] -= 1
    assert found.checks == load_of([counted[0][second] for second in range(SECONDS)])
    assert found.jittered == load_of([counted[1][second] for second in range(SECONDS)])
    staying = list(accumulate(coming))  # the day before, and the day
    assert found.signed_in == max(map(add, staying[:SECONDS], staying[SECONDS:-1]))


def test_neither_chunks_nor_company_change_a_result(model: DayModel) -> None:
    alone = reckon(model, SEED, 1000, [900])
    assert alone == reckon(model, SEED, 1000, [900], chunk=137)
    assert alone[0] == reckon(model, SEED, 1000, [60, 900, 7200], chunk=999)[1]
    assert alone[0] != reckon(model, SEED + 1, 1000, [900])[0]


def test_what_is_held_at_once_changes_no_result(model: DayModel, monkeypatch: pytest.MonkeyPatch) -> None:
    intervals = [300, 900, 1800]
    whole = reckon(model, SEED, 300, intervals)
    drawn: list[range] = []

    def draw_noted(model: DayModel, numbers: Weighted, seed: int, persons: range) -> Chunk:
        drawn.append(persons)
        return draw(model, numbers, seed, persons)

    monkeypatch.setattr(reckoning, "draw", draw_noted)
    monkeypatch.setattr(reckoning, "_MOST_DELAYS", 1300)  # of 600 changes: two intervals at once
    monkeypatch.setattr(reckoning, "_MOST_PAIRS", 4000)
    assert reckon(model, SEED, 300, intervals) == whole
    assert drawn == 2 * [range(111), range(111, 222), range(222, 300)]


def test_a_result_never_changes() -> None:
    # Whole numbers only: these hold on every machine. Whoever changes one changes what people have noted.
    [found] = reckon(built_in(), 1, 2000, [1800])
    assert noted(found) == NOTED


def noted(found: Result) -> tuple[object, ...]:
    loads = tuple(
        (load.total, load.peak, load.peak_at) for load in (found.checks, found.jittered, found.presence)
    )
    return loads, tuple((d.seen, d.total, d.missed, d.away, d.hidden) for d in found.delays), found.signed_in


NOTED: tuple[object, ...] = (
    ((33513, 6, 30731), (34956, 7, 32727), (22857, 502, 36000)),
    (
        (674, 626643757, 61, 53, 384),
        (739, 30714157, 0, 292, 427),
        (333, 77553368, 25, 113, 227),
        (220, 80743219, 27, 78, 168),
    ),
    1830,
)


def test_without_presence_the_rest_is_the_same(model: DayModel) -> None:
    [whole], [part] = (reckon(model, SEED, 500, [900], presence=each) for each in (True, False))
    assert whole.presence.total > 0
    assert part == replace(whole, presence=load_of([0] * SECONDS))


@pytest.mark.parametrize("number", [0, 50])
def test_no_changes_and_very_many(number: float) -> None:
    model = built_in()
    model = replace(model, changes=replace(model.changes, number=number))
    [found] = reckon(model, SEED, 50, [1800])
    assert found.changes == sum(len(day.changes) for day in people(model, SEED, range(50)))
    assert all(delays.changes > 0 for delays in found.delays) is (number > 0)
    assert all(delays.mean is None for delays in found.delays) is (number == 0)


def test_somebody_alone_who_is_not_at_work() -> None:
    model = built_in()
    model = replace(model, people=replace(model.people, at_work=0.0))
    [found] = reckon(model, SEED, 3, [1800])
    assert (found.checks.total, found.presence.total, found.changes, found.signed_in) == (0, 0, 0, 0)


def test_what_loads_and_delays_say_of_themselves() -> None:
    seconds = [0] * SECONDS
    seconds[59], seconds[60], seconds[61], seconds[36_000] = 4, 3, 3, 4
    load = load_of(seconds)
    assert (load.total, load.mean) == (14, 0.000162)
    assert (load.peak, load.peak_at, load.minute, load.minute_at) == (4, 59, 6, 60)
    assert (load.most_in({0, 600}), load.most_in({2}), load.most_in(())) == (4, 0, 0)
    delays = delays_of([0, 0, 0, 1000], 1000, missed=1, away=2, hidden=3)
    assert (delays.changes, delays.mean) == (9, 0.25)
    assert [delays.percentile(each) for each in (0, 50, 75, 76, 95, 100)] == [0, 0, 0, 1, 1, 1]
    nothing = delays_of([], 0, 0, 0, 0)
    assert (nothing.mean, nothing.percentile(95)) == (None, None)
    with pytest.raises(ValueError, match="each of its seconds"):
        load_of([1])
