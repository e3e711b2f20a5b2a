"""The strips of a drawing: stretches with their colour, height, shape and words, and what is beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lyncdesk.client.words import Words
from lyncdesk.presence.states import OUT_OF_OFFICE as OUT
from lyncdesk.simulation.day_axis import Axis
from lyncdesk.simulation.day_record import Span
from lyncdesk.simulation.day_symbols import BAND, DARK, HAIR, INKS, OUT_OF_OFFICE, WHITE, shape
from lyncdesk.simulation.svg import SMALL, clean, rect, text, titled, width

# What happens at the end of a run is seen for so much longer in its drawing.
STUB = 14.0
_GLYPH, _LEAST = 11.0, 1.5
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch as it is drawn: one of the day's, or (``more``) several that would be too narrow."""

    span: Span
    left: float
    right: float
    more: tuple[Span, ...] = ()


def one_day(axis: Axis) -> bool:
    """Whether the drawing is of one day; the midnight at its end belongs to it."""
    last = max(axis.start, axis.until - _INSTANT)
    return axis.start.astimezone(axis.zone).date() == last.astimezone(axis.zone).date()


def clock(axis: Axis, moment: datetime) -> str:
    """A moment for people: with its day where the drawing has more than one."""
    local = moment.astimezone(axis.zone)
    time = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return time if one_day(axis) else f"{Words().date(local.date())} {time}"


def iso(axis: Axis, moment: datetime) -> str:
    """A moment for programs."""
    return moment.astimezone(axis.zone).isoformat()


# --- stretches ---


def pieces(spans: Sequence[Span], axis: Axis) -> Iterator[Piece]:
    """What is drawn: stretches too narrow to be seen are put together with their neighbours."""
    last = len(spans) - 1
    waiting: list[Span] = []
    for place, span in enumerate(spans):
        left = axis.x(waiting[0].start if waiting else span.start)
        right = axis.x(span.end) + (STUB if place == last else 0)
        waiting.append(span)
        if right - left < _LEAST and place != last:
            continue
        yield Piece(max(waiting, key=lambda one: one.end - one.start), left, right, tuple(waiting))
        waiting = []


def strip(spans: Sequence[Span], axis: Axis, y: float, hatch: str) -> Iterator[str]:
    """One strip, from the top of its band."""
    yield rect(axis.left, y, axis.right - axis.left + STUB, BAND, "#f4f4f4", f' stroke="{HAIR}"')
    for piece in pieces(spans, axis):
        yield titled(_said(piece, axis), list(_piece(piece, y, hatch)))


def look(span: Span) -> str:
    """What is shown, in words."""
    presence = span.presence
    mark = ", out of office" if presence.out_of_office and presence.activity != OUT else ""
    return f"{presence.text}{mark}"


def _said(piece: Piece, axis: Axis) -> str:
    first, last = piece.more[0], piece.more[-1]
    span = f"{clock(axis, first.start)} to {clock(axis, last.end)}"
    if len(piece.more) > 1:
        looks = list(dict.fromkeys(look(one) for one in piece.more))
        return f"{len(piece.more)} stretches, {span}: {', '.join(looks[:5])}"
    one = piece.span
    subject = f" “{one.subject[:200]}”." if one.subject else ""
    old = " Old calendar data." if one.old else ""
    return f"{look(one)}, {span}.{subject}{old} {one.reason[:400]}"


def _piece(piece: Piece, y: float, hatch: str) -> Iterator[str]:
    presence = piece.span.presence
    ink = INKS[presence.colour]
    wide, top = max(piece.right - piece.left, _LEAST), y + BAND - ink.height
    if wide > 4:
        # Neighbours of one colour stay two stretches.
        edge = f' stroke="{ink.edge}"'
        bar = (piece.left + 0.8, top + 0.5, wide - 1.6, ink.height - 1)
        yield rect(*bar, ink.fill, edge)
        if piece.span.old:
            yield rect(*bar, f"url(#{hatch})")
    else:
        yield rect(piece.left, top, wide, ink.height, ink.fill)
    if presence.out_of_office:
        yield rect(piece.left + 1, y + 0.5, max(wide - 2, 1), 4, OUT_OF_OFFICE, f' stroke="{WHITE}"')
    if wide < _GLYPH + 6:
        return
    # Words stand in the bar, or over one that is too low for them.
    low = ink.height < 14
    fill = DARK if low else ink.on
    middle = (y + BAND - ink.height - 9) if low else top + ink.height / 2
    if presence.out_of_office and ink.height == BAND:
        middle += 2
    # Whole words or none, and so that some of a hatched bar is left.
    room = wide - _GLYPH - (22 if piece.span.old else 12)
    subject = [f"{look(piece.span)} “{clean(piece.span.subject)}”"] if piece.span.subject else []
    wordings = (*subject, look(piece.span), presence.text)
    said = next((one for one in wordings if width(one, SMALL) <= room), "")
    if piece.span.old and not low:
        plate = _GLYPH + 4 + (width(said, SMALL) + 3 if said else 0)
        yield rect(piece.left + 3, middle - 7, min(plate, wide - 9), 14, ink.fill)
    yield shape(presence.shape, piece.left + 5, middle - _GLYPH / 2, _GLYPH, fill)
    if said:
        yield text(piece.left + 5 + _GLYPH + 3, middle + 3.8, said, SMALL, fill)
