"""The marks of a drawing: calendar checks, steps as flags, and expectations that held or did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from lyncdesk.simulation.day_axis import Axis
from lyncdesk.simulation.day_record import CalendarCheck, Comparison, Happening
from lyncdesk.simulation.day_strips import clock, iso
from lyncdesk.simulation.day_symbols import DARK, FAILED, MUTED, STEP, WHITE
from lyncdesk.simulation.svg import kind, number, rect, text, titled, width

T = TypeVar("T")

# Marks nearer than this are drawn as one.
_CHECKS_APART, _MARKS_APART, _FLAGS_APART = 3.0, 10.0, 2.0
FLAG, _FLAG_ROWS = 14.0, 4
_FLAG_TEXT = 9.5


def _groups(marks: Sequence[tuple[float, T]], apart: float) -> Iterator[list[tuple[float, T]]]:
    group: list[tuple[float, T]] = []
    for mark in marks:
        if group and mark[0] - group[-1][0] >= apart:
            yield group
            group = []
        group.append(mark)
    if group:
        yield group


# --- checks ---


def checks(sent: Sequence[CalendarCheck], axis: Axis, y: float) -> Iterator[str]:
    """Calendar checks as ticks, many as a bar; those that failed as crosses over them."""
    for group in _groups([(axis.x(one.at), one) for one in sent], _CHECKS_APART):
        (first, start), (last, end) = group[0], group[-1]
        good = sum(not one.problem for _, one in group)
        if good:
            said = f"Calendar check at {clock(axis, start.at)}"
            if len(group) > 1:
                said = f"{len(group)} calendar checks, {clock(axis, start.at)} to {clock(axis, end.at)}"
            tick = rect(first - 0.8, y, last - first + 1.6, 7, MUTED)
            yield titled(said, [tick], kind("check", at=iso(axis, start.at), count=str(good)))
    failed = [(axis.x(one.at), one) for one in sent if one.problem]
    for group in _groups(failed, _MARKS_APART):
        (x, start), (_, end) = group[0], group[-1]
        problems = ", ".join(dict.fromkeys(one.problem for _, one in group))
        said = f"Calendar check at {clock(axis, start.at)} failed: {problems}"
        if len(group) > 1:
            span = f"{clock(axis, start.at)} to {clock(axis, end.at)}"
            said = f"{len(group)} calendar checks failed, {span}: {problems}"
        told = kind("check failed", at=iso(axis, start.at), count=str(len(group)))
        yield titled(said, [cross(x, y + 3.5)], told)


def cross(x: float, y: float) -> str:
    """The mark of a check that failed."""
    ends = [(x - 3.5, y - 3.5), (x + 3.5, y + 3.5), (x + 3.5, y - 3.5), (x - 3.5, y + 3.5)]
    a, b, c, d = (f"{number(px)} {number(py)}" for px, py in ends)
    return f'<path d="M{a}L{b}M{c}L{d}" stroke="{FAILED}" stroke-width="2" fill="none"/>'


# --- expectations ---


def comparisons(held: Sequence[Comparison], axis: Axis, y: float) -> Iterator[str]:
    """Expectations as small diamonds at the height ``y``: hollow where all hold, else filled and larger."""
    for group in _groups([(axis.x(one.at), one) for one in held], _MARKS_APART):
        wrong = [one for _, one in group if not one.holds]
        said = "; ".join(comparison(one, axis) for one in wrong[:5]) or _as_expected(group, axis)
        told = kind("expectation failed" if wrong else "expectation", at=iso(axis, group[0][1].at))
        yield titled(said, [diamond(group[0][0], y, holds=not wrong)], told)


def comparison(one: Comparison, axis: Axis) -> str:
    """An expectation that does not hold, in words."""
    return (
        f"Not as expected at {clock(axis, one.at)} (line {one.line}): {one.key}:"
        f" expected {one.expected[:100]}, found {one.found[:100]}"
    )


def _as_expected(group: Sequence[tuple[float, Comparison]], axis: Axis) -> str:
    start, end = group[0][1].at, group[-1][1].at
    span = clock(axis, start) if start == end else f"{clock(axis, start)} to {clock(axis, end)}"
    return f"As expected at {span}: {', '.join(dict.fromkeys(one.key for _, one in group))}"


def diamond(x: float, y: float, *, holds: bool) -> str:
    """The mark of an expectation."""
    half = 3.5 if holds else 5.5
    points = ((x, y - half), (x + half, y), (x, y + half), (x - half, y))
    place = " ".join(f"{number(px)},{number(py)}" for px, py in points)
    if holds:
        return f'<polygon points="{place}" fill="{WHITE}" stroke="{DARK}"/>'
    bang = rect(x - 0.8, y - 3.2, 1.6, 3.8, WHITE) + rect(x - 0.8, y + 1.4, 1.6, 1.6, WHITE)
    return f'<polygon points="{place}" fill="{FAILED}"/>{bang}'


# --- steps ---


def flag_rows(happened: Sequence[tuple[int, Happening]], axis: Axis) -> int:
    """How many rows of flags there are."""
    return max((row + 1 for row, *_ in _flags(happened, axis)), default=0)


def flags(happened: Sequence[tuple[int, Happening]], axis: Axis, bottom: float, foot: float) -> Iterator[str]:
    """Steps as flags with their numbers over ``bottom``, each with a pole down to ``foot``."""
    for row, left, wide, x, said, group in _flags(happened, axis):
        top = bottom - (row + 1) * FLAG
        title = "; ".join(f"{step}. {clock(axis, one.at)} {one.says}" for step, one in group[:5])
        pole = f'<path d="M{number(x)} {number(top)}V{number(foot)}" stroke="{STEP}" stroke-width="1.2"/>'
        box = rect(left, top, wide, FLAG - 1, STEP)
        label = text(left + wide / 2, top + 9.8, said, _FLAG_TEXT, WHITE, anchor="middle", bold=True)
        told = kind("step", at=iso(axis, group[0][1].at), steps=" ".join(str(step) for step, _ in group))
        yield titled(title, [pole, box, label], told)


def _flags(
    happened: Sequence[tuple[int, Happening]], axis: Axis
) -> Iterator[tuple[int, float, float, float, str, Sequence[tuple[int, Happening]]]]:
    """Row, left edge, width, pole, label and steps of each flag: none lies over another."""
    full = [float("-inf")] * _FLAG_ROWS
    waiting: list[tuple[int, Happening]] = []
    marks = [(axis.x(one.at), (step, one)) for step, one in happened]
    groups = list(_groups(marks, _FLAGS_APART))
    for place, group in enumerate(groups):
        x = group[0][0]
        waiting += [one for _, one in group]
        said = _numbers([step for step, _ in waiting])
        wide = max(FLAG, width(said, _FLAG_TEXT, bold=True) + 5)
        left = min(x, axis.right + 14 - wide)
        row = next((row for row, edge in enumerate(full) if edge <= left), None)
        if row is None and place < len(groups) - 1:
            continue  # there is no room: it stands on the next flag that has some
        row = 0 if row is None else row
        full[row] = left + wide + 1
        yield row, left, wide, x, said, tuple(waiting)
        waiting = []


def _numbers(steps: Sequence[int]) -> str:
    first, last = steps[0], steps[-1]
    if first == last:
        return f"{first}"
    return f"{first}–{last}" if last - first == len(steps) - 1 else f"{first}…{last}"
