"""What the colours, shapes and marks of a drawing mean; of what occurs in it, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from lyncdesk.presence.states import STATES, StateRow
from lyncdesk.simulation.day_marks import cross, diamond
from lyncdesk.simulation.day_record import Day
from lyncdesk.simulation.day_symbols import INKS, MUTED, OUT_OF_OFFICE, STEP, WHITE, shape
from lyncdesk.simulation.svg import SMALL, rect, text, width

_ROW, _KEY = 20.0, 22.0

# What draws a key at a place (the left end and the middle of its height), and what it means.
Key = tuple[Callable[[float, float], str], str]


def legend(day: Day, y: float, left: float, right: float, hatch: str) -> tuple[list[str], float]:
    """The keys in as many rows as they need, and where the next thing comes."""
    drawn: list[str] = []
    x = left
    for draw, means in _keys(day, hatch):
        wide = _KEY + width(means, SMALL) + 12
        if x + wide > right and x > left:
            x, y = left, y + _ROW
        drawn += [draw(x, y + _ROW / 2), text(x + _KEY, y + _ROW / 2 + 3.8, means)]
        x += wide
    return drawn, y + _ROW


def _keys(day: Day, hatch: str) -> Iterator[Key]:
    spans = [span for strip in day.strips for span in strip.spans]
    shown = {span.presence.row for span in spans}
    for row in STATES:
        if row in shown:
            yield partial(_state, row), row.text
    checks = [check for sent in day.checks.values() for check in sent]
    marks: tuple[tuple[bool, Callable[[float, float], str], str], ...] = (
        (
            any(span.presence.out_of_office for span in spans),
            lambda x, y: rect(x, y - 2, 18, 4, OUT_OF_OFFICE, f' stroke="{WHITE}"'),
            "out of office",
        ),
        (
            any(span.old for span in spans),
            lambda x, y: rect(x, y - 7, 18, 14, MUTED) + rect(x, y - 7, 18, 14, f"url(#{hatch})"),
            "old calendar data",
        ),
        (
            any(not check.problem for check in checks),
            lambda x, y: rect(x + 8, y - 3.5, 1.6, 7, MUTED),
            "calendar check",
        ),
        (any(check.problem for check in checks), lambda x, y: cross(x + 9, y), "calendar check that failed"),
        (
            bool(day.happenings),
            _flag,
            "step, see below",
        ),
        (
            any(one.holds for one in day.comparisons),
            lambda x, y: diamond(x + 9, y, holds=True),
            "as expected",
        ),
        (
            any(not one.holds for one in day.comparisons),
            lambda x, y: diamond(x + 9, y, holds=False),
            "not as expected",
        ),
    )
    yield from ((draw, means) for occurs, draw, means in marks if occurs)


def _state(row: StateRow, x: float, y: float) -> str:
    ink = INKS[row.colour]
    return rect(x, y - 7, 18, 14, ink.fill, f' stroke="{ink.edge}"') + shape(
        row.shape, x + 3.5, y - 5.5, 11, ink.on
    )


def _flag(x: float, y: float) -> str:
    return rect(x + 2, y - 6.5, 14, 13, STEP) + text(
        x + 9, y + 3.3, "1", 9.5, WHITE, anchor="middle", bold=True
    )
