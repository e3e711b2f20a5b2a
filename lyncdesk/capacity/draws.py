"""Chance that is the same on every machine, in every order: each draw is a function of its name alone.

A draw is a hash (the finisher of SplitMix64) of the seed, the person, what is drawn and its number, so a day
depends neither on how many people are drawn together nor on who comes before. All arithmetic is of whole
numbers. The formulas of :mod:`lyncdesk.capacity.days` are written once over :class:`Arithmetic`: with
:data:`PLAIN` they give one day, with arrays of numpy those of many people, and both give the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import accumulate
from typing import Any, Protocol, TypeAlias

# A whole number, or an array of them. mypy cannot tell the two ways apart, and the formulas must not.
Number: TypeAlias = Any

ONE = 1 << 32  # a draw is a whole number from 0 to just below this
_ALL_BITS = (1 << 64) - 1
_STRIDES = (0x9E3779B97F4A7C15, 0xD1B54A32D192ED03)


def mixed(bits: Number) -> Number:
    """The finisher of SplitMix64: 64 bits in, 64 bits out that look like chance."""
    bits = bits & _ALL_BITS
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9 & _ALL_BITS
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB & _ALL_BITS
    return bits ^ (bits >> 31)


def person_key(seed: int, person: Number) -> Number:
    """Where the draws of a person begin; ``person`` counts from 0."""
    return mixed(person * _STRIDES[0] + mixed(seed + 1))


def part_key(key: Number, part: int, number: Number) -> Number:
    """Where the draws of one of a person's items, changes or breaks begin."""
    return mixed(key + (number * 64 + (part + 1)) * _STRIDES[1])


class Arithmetic(Protocol):
    """What differs between numbers and arrays of them."""

    def halves(self, bits: Number) -> tuple[Number, Number]:
        """The upper and the lower 32 bits."""

    def choose(self, condition: Number, yes: Number, no: Number) -> Number:
        """``yes`` where the condition holds, else ``no``."""

    def pick(self, table: Weighted, draw: Number) -> Number:
        """The value of ``table`` that the draw falls on."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """Values of which one is drawn: value n by draws below ``limits[n]`` and not below the one before."""

    values: tuple[int, ...]
    limits: tuple[int, ...]

    @classmethod
    def of(cls, weights: Mapping[int, int]) -> Weighted:
        """The values with their weights, at least one of which is not 0."""
        total = sum(weights.values())
        sums = list(accumulate(weights.values()))
        return cls(tuple(weights), tuple(reached * ONE // total for reached in sums))


class Plain:
    """One day at a time."""

    def halves(self, bits: Number) -> tuple[Number, Number]:
        """See :class:`Arithmetic`."""
        return bits >> 32, bits & (ONE - 1)

    def choose(self, condition: Number, yes: Number, no: Number) -> Number:
        """See :class:`Arithmetic`."""
        return yes if condition else no

    def pick(self, table: Weighted, draw: Number) -> Number:
        """See :class:`Arithmetic`."""
        return table.values[bisect_right(table.limits, draw)]


PLAIN = Plain()


def draws(arithmetic: Arithmetic, key: Number, what: int) -> tuple[Number, Number]:
    """Two independent draws for one purpose, each from 0 to just below :data:`ONE`."""
    return arithmetic.halves(mixed(key + ((what + 1) * _STRIDES[0] & _ALL_BITS)))


def within(draw: Number, length: int) -> Number:
    """A whole number from 0 to just below ``length``, evenly."""
    return draw * length >> 32


def around(pair: tuple[Number, Number], spread: int | Number) -> Number:
    """A whole number between -spread and spread; the middle is the likeliest (a triangle)."""
    return ((pair[0] + pair[1]) * spread >> 32) - spread


def share(part: float) -> int:
    """The limit below which a draw falls in ``part`` (0 to 1) of all cases."""
    return int(part * ONE)


def poisson(mean: float) -> Weighted:
    """How many of something that happens ``mean`` times on average and at any moment alike.

    Worked out in decimals, so that no machine's exponential differs.
    """
    with localcontext() as context:
        context.prec = 60
        average = Decimal(str(mean))
        chance = (-average).exp()
        total, number, limits = chance, 0, []
        while (limit := int(total * ONE)) < ONE - 1:
            limits.append(limit)
            number += 1
            chance *= average / number
            total += chance
    return Weighted(tuple(range(number + 1)), (*limits, ONE))
