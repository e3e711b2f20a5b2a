"""The drawing of days: one strip for each person and viewer, with checks, steps and expectations, as SVG.

A pure function of what runs recorded (:mod:`lyncdesk.simulation.day_record`): the same bytes for the same
days. It is drawn on white, so that it can be read on a dark page too, and is bounded whatever happened:
what is too narrow or too much to be drawn is put together, and told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from lyncdesk.simulation import day_marks as marks
from lyncdesk.simulation.day_axis import Axis
from lyncdesk.simulation.day_legend import legend
from lyncdesk.simulation.day_record import Comparison, Day, Span, Strip
from lyncdesk.simulation.day_strips import STUB, clock, look, one_day, strip
from lyncdesk.simulation.day_symbols import BAND, FAILED, HAIR, MUTED, WHITE
from lyncdesk.simulation.svg import INK, SMALL, escape, kind, number, rect, text, titled, wrapped

WIDTH = 1000.0
_MARGIN, _LABELS, _TEXT = 14.0, 176.0, 12.0
# What is drawn at most; the rest is counted.
MOST_STRIPS, MOST_LINES = 40, 60
_HATCH = "old"
_FONT = 'font-family="Segoe UI, Noto Sans, DejaVu Sans, Helvetica, Arial, sans-serif"'
_ROLE = 'role="img" aria-labelledby="title desc"'
_TILE = 'width="6" height="6" patternUnits="userSpaceOnUse"'


def draw(days: Sequence[Day]) -> str:
    """One SVG document, the days one below another."""
    drawn: list[str] = []
    y = _MARGIN
    for place, day in enumerate(days):
        if place:
            drawn.append(rect(_MARGIN, y + 4, WIDTH - 2 * _MARGIN, 1, HAIR))
            y += 20
        one = _DayPicture(day, y)
        drawn += one.elements()
        y = one.y
    height = number(y + _MARGIN)
    title = "; ".join(day.title for day in days)[:500]
    told = " ".join(_told(day) for day in days)[:8000]
    size = f'viewBox="0 0 {number(WIDTH)} {height}" width="{number(WIDTH)}" height="{height}"'
    lines = f'<path d="M-1 1L1 -1M0 6L6 0M5 7L7 5" stroke="{WHITE}" stroke-width="1.6"/>'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {_ROLE} {_FONT}>',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(told)}</desc>',
            f'<defs><pattern id="{_HATCH}" {_TILE}>{lines}</pattern></defs>',
            rect(0, 0, WIDTH, y + _MARGIN, WHITE),
            *drawn,
            "</svg>",
            "",
        ]
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A strip that is drawn: that of a person's own client, or of a viewer's card of the person; in a very
    full picture of all ``viewers`` who saw the same.
    """

    who: str
    viewers: tuple[str, ...]
    spans: tuple[Span, ...]

    def of(self, one: Comparison) -> bool:
        return one.who == self.who and (one.viewer in self.viewers or not (one.viewer or self.viewers))


def _rows(day: Day) -> tuple[list[_Row], int]:
    """The strips that are drawn, by person, and how many are left out: what nothing is expected of first."""
    seen: dict[tuple[object, ...], list[Strip]] = {}
    full = len(day.strips) > MOST_STRIPS
    for one in day.strips:
        looks = tuple((span.start, span.presence, span.subject, span.old) for span in one.spans)
        who_sees = (one.who, bool(one.viewer), looks) if full else (one.who, one.viewer)
        seen.setdefault(who_sees, []).append(one)
    rows = [_row(strips) for strips in seen.values()]
    ranked = sorted(rows, key=lambda row: (not any(map(row.of, day.comparisons)), bool(row.viewers)))
    order = {who: place for place, who in enumerate(day.names)}
    kept = sorted(
        ranked[:MOST_STRIPS], key=lambda row: (order[row.who], [order[viewer] for viewer in row.viewers])
    )
    return kept, len(rows) - len(kept)


def _row(strips: Sequence[Strip]) -> _Row:
    """One row for strips that look the same; each stretch has the reasons of all."""
    spans = (
        replace(one[0], reason=" ".join(dict.fromkeys(span.reason for span in one)))
        for one in zip(*(strip.spans for strip in strips), strict=True)
    )
    return _Row(strips[0].who, tuple(one.viewer for one in strips if one.viewer), tuple(spans))


def _named(day: Day, who: str, viewers: Sequence[str]) -> str:
    seen = ", ".join(day.names[viewer] for viewer in viewers)
    return f"{day.names[who]}, seen by {seen}" if seen else day.names[who]


def _told(day: Day) -> str:
    """A day in words, for those who do not see it."""
    axis = _axis(day)
    said = []
    for row in _rows(day)[0]:
        spans = "; ".join(
            f"{look(span)}{' (old data)' if span.old else ''}"
            f" {clock(axis, span.start)} to {clock(axis, span.end)}"
            for span in row.spans[:20]
        )
        more = "; and more" if len(row.spans) > 20 else ""
        said.append(f"{_named(day, row.who, row.viewers)}: {spans}{more}.")
    wrong = sum(not one.holds for one in day.comparisons)
    return " ".join([*said, f"{wrong} of {len(day.comparisons)} expectations failed."])


def _axis(day: Day) -> Axis:
    left = _MARGIN + _LABELS
    return Axis(day.start, day.until, left, WIDTH - _MARGIN - STUB, ZoneInfo(day.zone))


@dataclass(slots=True)
class _DayPicture:
    """One day, drawn from the height ``y`` on; ``y`` is where the next thing comes."""

    day: Day
    y: float

    def elements(self) -> Iterator[str]:
        """All of it, from the top to the bottom."""
        day, axis = self.day, _axis(self.day)
        yield from self._heading(axis)
        yield from self._hours(axis)
        top = self.y
        body: list[str] = []
        kept, left_out = _rows(day)
        for who in dict.fromkeys(one.who for one in kept):
            body += self._person(who, [one for one in kept if one.who == who], axis)
        yield from self._grid(axis, top)
        yield from body
        if left_out:
            yield from self._line(f"{left_out} more strips are not drawn.", MUTED)
        self.y += 6
        drawn, self.y = legend(day, self.y, _MARGIN, WIDTH - _MARGIN, _HATCH)
        yield from drawn
        yield from self._lists(axis)

    def _line(self, what: str, fill: str = INK, size: float = _TEXT, *, most: int = 2) -> Iterator[str]:
        for line in wrapped(what, size, WIDTH - 2 * _MARGIN, most):
            self.y += size + 4
            yield text(_MARGIN, self.y - 4, line, size, fill)

    def _heading(self, axis: Axis) -> Iterator[str]:
        day = self.day
        for line in wrapped(day.title, 16, (WIDTH - 2 * _MARGIN) / 1.12, 2):
            self.y += 20
            yield text(_MARGIN, self.y - 5, line, 16, bold=True)
        start, until = (moment.astimezone(axis.zone) for moment in (day.start, day.until))
        days = f"{start:%Y-%m-%d}" if one_day(axis) else f"{start:%Y-%m-%d} to {until:%Y-%m-%d}"
        yield from self._line(f"{days}, {day.zone}", MUTED)
        self.y += 6

    def _hours(self, axis: Axis) -> Iterator[str]:
        ticks = list(axis.ticks())
        for tick in ticks:
            x = min(axis.x(tick.at), WIDTH - _MARGIN - 12)
            yield text(x, self.y + 10, tick.text, SMALL, MUTED, anchor="middle")
            if tick.below:
                yield text(x, self.y + 22, tick.below, SMALL, MUTED, anchor="middle")
        self.y += 27 if any(tick.below for tick in ticks) else 15

    def _grid(self, axis: Axis, top: float) -> Iterator[str]:
        places = "".join(
            f"M{number(axis.x(tick.at))} {number(top)}V{number(self.y)}" for tick in axis.ticks()
        )
        if places:
            yield f'<path d="{places}" stroke="{HAIR}" stroke-width="1"/>'

    def _person(self, who: str, rows: Sequence[_Row], axis: Axis) -> Iterator[str]:
        day = self.day
        happened = [(place, one) for place, one in enumerate(day.happenings, 1) if one.who == who]
        name = list(wrapped(day.names[who], 13, (_LABELS - 8) / 1.12, 2))
        above = max(marks.flag_rows(happened, axis) * marks.FLAG, len(name) * 15 + 3)
        bottom = self.y + above
        for place, line in enumerate(reversed(name)):
            yield text(_MARGIN, bottom - 4 - place * 15, line, 13, bold=True)
        body: list[str] = []
        self.y = bottom + 1
        for row in rows:
            body += self._row(row, axis)
        # Their poles go behind the strips: what stands there is to be read.
        yield from marks.flags(happened, axis, bottom, self.y - 4)
        yield from body
        self.y += 6

    def _row(self, row: _Row, axis: Axis) -> Iterator[str]:
        day = self.day
        said = "shows"
        if row.viewers:
            everybody = len(row.viewers) == len(day.names) - 1 > 1
            seen_by = (day.names[viewer] for viewer in row.viewers)
            said = "seen by everybody else" if everybody else f"seen by {', '.join(seen_by)}"
        lines = list(wrapped(said, _TEXT, _LABELS - 8, 2))
        middle = self.y + BAND - 8 - (len(lines) - 1) * 6.5
        label = [text(_MARGIN, middle + place * 13, line, _TEXT) for place, line in enumerate(lines)]
        yield titled(
            _named(day, row.who, row.viewers),
            [*label, *strip(row.spans, axis, self.y, _HATCH)],
            kind("strip", who=row.who, viewer=" ".join(row.viewers)),
        )
        self.y += BAND + 2
        sent = day.checks.get(row.who, ()) if not row.viewers else ()
        if sent:
            yield from marks.checks(sent, axis, self.y)
            self.y += 9
        held = sorted(filter(row.of, day.comparisons), key=lambda one: one.at)
        if held:
            yield from marks.comparisons(held, axis, self.y + 5)
            self.y += 12
        self.y += 4

    def _lists(self, axis: Axis) -> Iterator[str]:
        """The steps by their numbers, and what was not as expected."""
        day = self.day
        self.y += 4
        yield from self._many(
            [
                f"{place}.  {clock(axis, one.at)}  {one.says}"
                for place, one in enumerate(day.happenings[:MOST_LINES], 1)
            ],
            len(day.happenings),
            "steps",
        )
        wrong = [one for one in day.comparisons if not one.holds]
        told = []
        for one in wrong[:MOST_LINES]:
            whose = _named(day, one.who, [one.viewer] if one.viewer else [])
            told.append(f"{whose}: {marks.comparison(one, axis)}")
        yield from self._many(told, len(wrong), "expectations that failed", FAILED)

    def _many(self, lines: Sequence[str], count: int, what: str, fill: str = INK) -> Iterator[str]:
        for line in lines:
            yield from self._line(line, fill)
        if count > len(lines):
            yield from self._line(f"and {count - len(lines)} more {what}", fill)
