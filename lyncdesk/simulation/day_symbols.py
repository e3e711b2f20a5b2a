"""How a drawing shows states: colours, heights, and one shape for each, readable without the colour.

Sources: the project's presence rules, section 2, for which shape and colour a state has; colours and heights
are those of the day strip on screen, and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lyncdesk.presence.states import Colour, Shape
from lyncdesk.simulation.svg import INK, number


@dataclass(frozen=True, slots=True)
class Ink:
    """``fill`` and ``edge`` of a stretch, and what can be read on it."""

    fill: str
    edge: str
    on: str
    height: float


BAND = 26.0
DARK, BLACK, WHITE, MUTED, HAIR = INK, "#000000", "#ffffff", "#555555", "#dddddd"
FAILED, OUT_OF_OFFICE, STEP = "#b3161c", "#d13dbd", "#1f5fae"
INKS: Mapping[Colour, Ink] = {
    Colour.GREEN: Ink("#2e9e3f", "#1c6b2a", DARK, 16),
    Colour.YELLOW: Ink("#f5c518", "#8a6a00", DARK, 20),
    Colour.ORANGE: Ink("#e8710a", "#a34c00", DARK, BAND),
    Colour.RED: Ink("#dc3c41", "#8e1b20", BLACK, BAND),
    Colour.GREY: Ink("#808080", "#808080", BLACK, 6),
    Colour.GREEN_OUTLINE: Ink(WHITE, "#2e9e3f", DARK, 16),
}

_DISC = "M8 1A7 7 0 1 1 8 15A7 7 0 1 1 8 1Z"
_OUTER = "M8 0.5A7.5 7.5 0 1 1 8 15.5A7.5 7.5 0 1 1 8 0.5Z"
_RING = _OUTER + "M8 2.5A5.5 5.5 0 1 1 8 13.5A5.5 5.5 0 1 1 8 2.5Z"
_DOTS = ((8, 2), (12.2, 3.8), (14, 8), (12.2, 12.2), (8, 14), (3.8, 12.2), (2, 8), (3.8, 3.8))

# In a square of 16 units, filled by the even-odd rule: what lies in a shape is cut out of it.
SHAPES: Mapping[Shape, str] = {
    Shape.TICK: _DISC + "M3.5 8.9L7 12.4L12.8 6.1L11.3 4.8L6.9 9.6L4.9 7.5Z",
    Shape.HALF: _OUTER + "M8 1.9A6.1 6.1 0 0 1 8 14.1Z",
    Shape.DISC: _DISC,
    Shape.BLOCK: "M3 1H13Q15 1 15 3V13Q15 15 13 15H3Q1 15 1 13V3Q1 1 3 1Z",
    Shape.BAR_OUTLINE: _RING + "M3 7H13V9H3Z",
    Shape.NOTCHED: "M8 8H15A7 7 0 1 0 8 15Z",
    Shape.BAR: _DISC + "M3.5 6.5H12.5V9.5H3.5Z",
    Shape.ARROW: "M1 8L8 1.5V5H15V11H8V14.5Z",
    Shape.CLOCK: _DISC + "M7 3H9V8H12.5V10H7Z",
    Shape.MOON: "M8 1A7 7 0 1 0 14.5 10.5A5.8 5.8 0 0 1 8 1Z",
    Shape.CROSS: (
        _OUTER
        + "M8 2.1A5.9 5.9 0 1 1 8 13.9A5.9 5.9 0 1 1 8 2.1Z"
        + "M5.6 4.4L8 6.7L10.4 4.4L11.6 5.6L9.3 8L11.6 10.4L10.4 11.6L8 9.3L5.6 11.6L4.4 10.4L6.7 8L4.4 5.6Z"
    ),
    Shape.RING: _RING,
    Shape.DOTTED: "".join(
        f"M{number(x)} {number(y - 1.5)}a1.5 1.5 0 1 1 0 3a1.5 1.5 0 1 1 0 -3Z" for x, y in _DOTS
    ),
}


def shape(which: Shape, x: float, y: float, size: float, ink: str) -> str:
    """A shape whose square begins at a place."""
    scale = f" scale({size / 16:.3g})" if size != 16 else ""
    place = f"translate({number(x)} {number(y)}){scale}"
    return f'<path transform="{place}" fill="{ink}" fill-rule="evenodd" d="{SHAPES[which]}"/>'
