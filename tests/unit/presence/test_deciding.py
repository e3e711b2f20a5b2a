"""What many items say over a day is what each moment by itself says."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.presence.items import Item, calendar_at, deciding
from tests.unit.strategies import MOMENTS, at, items

DAYS = st.lists(items(), max_size=8)
EDGES = st.lists(MOMENTS, unique=True).map(sorted)


@given(DAYS, EDGES)
def test_at_every_moment_the_same_items_run_and_decide(day: list[Item], edges: list[datetime]) -> None:
    found = list(deciding(day, edges))
    assert [moment for moment, _ in found] == edges
    for moment, said in found:
        alone = calendar_at(day, moment)
        assert said.running == alone.running
        assert (said.winner, said.oof) == (alone.winner, alone.oof)


@given(DAYS)
def test_moments_that_say_the_same_make_the_same_of_a_presence(day: list[Item]) -> None:
    found = list(deciding(day, [at(5 * n) for n in range(-12, 25)]))
    for (earlier, before), (later, after) in pairwise(found):
        if after.says_the_same_as(before):
            one, other = calendar_at(day, earlier), calendar_at(day, later)
            assert (one.outcome, one.card, one.oof) == (other.outcome, other.card, other.oof)
