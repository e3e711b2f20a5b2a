"""Chance by name: the same on every machine, and the same for numbers and arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.capacity.draws import (
    ONE,
    PLAIN,
    Weighted,
    around,
    draws,
    mixed,
    part_key,
    person_key,
    poisson,
    within,
)
from lyncdesk.capacity.many.drawing import ARRAYS

seeds = st.integers(0, 2**63 - 1)
persons = st.integers(0, 2**40)
halves = st.integers(0, ONE - 1)


def test_the_finisher_is_that_of_splitmix64() -> None:
    # The first numbers of SplitMix64 with the seed 1234567, as published with it.
    stride, state, found = 0x9E3779B97F4A7C15, 1234567, []
    for _ in range(3):
        state = (state + stride) % 2**64
        found.append(mixed(state))
    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_a_draw_never_changes() -> None:
    # Whoever changes these changes every result that anybody noted.
    key = person_key(1, 999_999)
    assert key == 14626698061849809398
    assert draws(PLAIN, key, 3) == (1490522855, 1851430705)


@given(seeds, persons, st.integers(0, 3), st.integers(0, 100), st.integers(0, 20))
def test_numbers_and_arrays_are_drawn_alike(
    seed: int, person: int, part: int, number: int, what: int
) -> None:
    one = part_key(person_key(seed, person), part, number)
    many = part_key(person_key(seed, np.array([person], np.uint64)), part, np.array([number], np.uint64))
    assert many.tolist() == [one]
    assert [half.tolist() for half in draws(ARRAYS, many, what)] == [
        [half] for half in draws(PLAIN, one, what)
    ]


@given(halves, halves, st.integers(1, 86_400_000))
def test_what_is_made_of_draws_stays_in_its_bounds_and_in_63_bits(a: int, b: int, length: int) -> None:
    assert 0 <= within(a, length) < length
    assert -length <= around((a, b), length) <= length
    assert within(np.array([a]), length).tolist() == [within(a, length)]
    assert around((np.array([a]), np.array([b])), length).tolist() == [around((a, b), length)]


@given(st.dictionaries(st.integers(-1000, 1000), st.integers(0, 50), min_size=1), halves)
def test_a_table_gives_values_by_their_weights(weights: dict[int, int], draw: int) -> None:
    if not sum(weights.values()):
        weights[next(iter(weights))] = 1
    table = Weighted.of(weights)
    value = PLAIN.pick(table, draw)
    assert weights[value] > 0
    assert ARRAYS.pick(table, np.array([draw])).tolist() == [value]
    assert table.limits[-1] == ONE


@pytest.mark.parametrize("mean", [0, 0.5, 2, 7.5, 50])
def test_poisson_has_its_mean_and_its_variance(mean: float) -> None:
    table = poisson(mean)
    chances = [high - low for low, high in zip((0, *table.limits), table.limits, strict=False)]
    found = sum(value * chance for value, chance in zip(table.values, chances, strict=True)) / ONE
    spread = (
        sum((value - found) ** 2 * chance for value, chance in zip(table.values, chances, strict=True)) / ONE
    )
    assert found == pytest.approx(mean, abs=1e-6)
    assert spread == pytest.approx(mean, abs=1e-5)


def test_draws_are_even_and_do_not_know_each_other() -> None:
    keys = person_key(3, np.arange(100_000, dtype=np.uint64))
    first, second = draws(ARRAYS, keys, 0)
    other = draws(ARRAYS, keys, 1)[0]
    tenths = np.bincount(first * 10 >> 32, minlength=10)
    assert abs(tenths - 10_000).max() < 500  # five standard deviations
    for pair in ((first, second), (first, other), (first[1:], first[:-1])):
        assert abs(np.corrcoef(*pair)[0, 1]) < 0.016
