"""The laws of the decision: nothing changes before ``next_change``, and no order of anything matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lyncdesk.presence.aggregate import decide, next_change, shown_until
from lyncdesk.presence.inputs import Inputs
from lyncdesk.presence.items import Item, ShowAs
from lyncdesk.presence.reasons import Source, Verdict
from tests.unit.strategies import INPUTS, MINUTE, MOMENTS, NOW, PARTS, items

TICK = timedelta(microseconds=1)


def before_the_change(inputs: Inputs, now: datetime, part: float) -> datetime:
    """A moment from ``now`` until just before the next change."""
    change = next_change(inputs, now)
    last = change - TICK if change is not None else now + timedelta(days=400)
    return min(last, now + part * (last - now))


@settings(max_examples=60)
@given(INPUTS, MOMENTS, PARTS)
def test_nothing_about_a_presence_or_its_reasons_changes_before_next_change(
    inputs: Inputs, now: datetime, part: float
) -> None:
    later = before_the_change(inputs, now, part)
    assert decide(inputs, later) == decide(inputs, now)
    assert shown_until(inputs, later) == shown_until(inputs, now)
    assert next_change(inputs, later) == next_change(inputs, now)


@settings(max_examples=40)
@given(INPUTS, MOMENTS, st.randoms(use_true_random=False))
def test_the_order_of_items_and_computers_never_matters(
    inputs: Inputs, now: datetime, random: object
) -> None:
    items, machines = list(inputs.items), list(inputs.machines)
    random.shuffle(items)  # type: ignore[attr-defined]
    random.shuffle(machines)  # type: ignore[attr-defined]
    shuffled = replace(inputs, items=tuple(items), machines=tuple(machines))
    assert decide(shuffled, now) == decide(inputs, now)
    assert shown_until(shuffled, now) == shown_until(inputs, now)


@settings(max_examples=40)
@given(INPUTS, MOMENTS)
def test_exactly_one_input_wins_and_it_is_the_one_that_decided(inputs: Inputs, now: datetime) -> None:
    decision = decide(inputs, now)
    assert [r.source for r in decision.reasons if r.verdict is Verdict.WON] == [decision.source]
    assert len({r.source for r in decision.reasons}) == len(decision.reasons)


def busy_now(inputs: Inputs, item: Item) -> Inputs:
    """The same person, at the desk, with a Busy item that runs."""
    item = replace(item, start=NOW - MINUTE, end=max(item.end, NOW + MINUTE), show_as=ShowAs.BUSY)
    return replace(inputs, signed_in=True, machines=(), items=(*inputs.items, item))


@settings(max_examples=40)
@given(st.builds(busy_now, INPUTS, items()))
def test_what_is_shown_lasts_until_the_moment_that_is_told_and_changes_then(inputs: Inputs) -> None:
    decided, until = decide(inputs, NOW), shown_until(inputs, NOW)
    if until is None:
        assert decided.source is not Source.CALENDAR
        return
    assert until > NOW
    assert decide(inputs, until - TICK).presence.text == decided.presence.text
    assert decide(inputs, until).presence.text != decided.presence.text
