"""The shapes, colours and marks of presence indicators, one drawing each, in a square of 16 units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from lyncdesk.presence.states import Colour, Shape

UNITS = 16


@dataclass(frozen=True, slots=True)
class Ink:
    """How a colour is drawn: ``edge`` around ``fill``, ``glyph`` on it. A transparent glyph is cut out."""

    fill: QColor
    edge: QColor
    glyph: QColor


WHITE, CUT = QColor("#ffffff"), QColor(0, 0, 0, 0)
_BROWN = QColor("#3a2c00")
INKS: Mapping[Colour, Ink] = {
    Colour.GREEN: Ink(QColor("#2e9e3f"), QColor("#1c6b2a"), WHITE),
    Colour.YELLOW: Ink(QColor("#f5c518"), QColor("#8a6a00"), _BROWN),
    Colour.ORANGE: Ink(QColor("#e8710a"), QColor("#a34c00"), WHITE),
    Colour.RED: Ink(QColor("#dc3c41"), QColor("#8e1b20"), WHITE),
    Colour.GREY: Ink(QColor("#808080"), QColor("#808080"), WHITE),
    Colour.GREEN_OUTLINE: Ink(QColor("#2e9e3f"), QColor("#2e9e3f"), WHITE),
}
# A macOS menu bar takes the alpha alone and colours it itself.
MASK = Ink(QColor("#000000"), QColor("#000000"), CUT)
OUT_OF_OFFICE_INK = QColor("#d13dbd")
STALE_INK = QColor("#808080")
PASSWORD_INK = QColor("#2f86e6")


def _disc(radius: float = 7.0) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(8, 8), radius, radius)
    return path


def _outline(painter: QPainter, ink: Ink, width: float = 1.0) -> None:
    pen = QPen(ink.edge, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(ink.fill)


def _solid(painter: QPainter, ink: Ink, path: QPainterPath) -> None:
    _outline(painter, ink)
    painter.drawPath(path)


def _glyph(painter: QPainter, ink: Ink, width: float, *lines: tuple[tuple[float, float], ...]) -> None:
    """Lines on the fill, or cut out of it."""
    painter.save()
    colour = ink.glyph
    if not colour.alpha():
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
        colour = WHITE
    painter.setPen(_stroke(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for points in lines:
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
    painter.restore()


def _stroke(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)


def _ring(painter: QPainter, ink: Ink, width: float = 2.0) -> None:
    painter.setPen(_stroke(ink.fill, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(8, 8), 7.5 - width / 2, 7.5 - width / 2)


def _draw_tick(painter: QPainter, ink: Ink) -> None:
    _solid(painter, ink, _disc())
    _glyph(painter, ink, 2.0, ((4.2, 8.2), (7.0, 11.0), (12.0, 5.4)))


def _draw_half(painter: QPainter, ink: Ink) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.fill)
    painter.drawPie(QRectF(1, 1, 14, 14), 90 * 16, 180 * 16)
    painter.setPen(_stroke(ink.edge, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(8, 8), 6.8, 6.8)
    painter.drawLine(QPointF(8, 1), QPointF(8, 15))


def _draw_disc(painter: QPainter, ink: Ink) -> None:
    _solid(painter, ink, _disc())


def _draw_block(painter: QPainter, ink: Ink) -> None:
    path = QPainterPath()
    path.addRoundedRect(QRectF(1, 1, 14, 14), 2, 2)
    _solid(painter, ink, path)


def _draw_bar_outline(painter: QPainter, ink: Ink) -> None:
    _ring(painter, ink)
    painter.fillRect(QRectF(3, 7, 10, 2), ink.fill)


def _draw_notched(painter: QPainter, ink: Ink) -> None:
    notch = QPainterPath()
    notch.addRect(QRectF(8, 8, 8, 8))
    _solid(painter, ink, _disc().subtracted(notch))


def _draw_bar(painter: QPainter, ink: Ink) -> None:
    _solid(painter, ink, _disc())
    _glyph(painter, ink, 3.0, ((3.5, 8), (12.5, 8)))


def _draw_arrow(painter: QPainter, ink: Ink) -> None:
    path = QPainterPath()
    points = ((1, 8), (8, 1.5), (8, 5), (15, 5), (15, 11), (8, 11), (8, 14.5))
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    _solid(painter, ink, path)


def _draw_clock(painter: QPainter, ink: Ink) -> None:
    _solid(painter, ink, _disc())
    _glyph(painter, ink, 2.0, ((8, 3), (8, 9), (12.5, 9)))


def _draw_moon(painter: QPainter, ink: Ink) -> None:
    bite = QPainterPath()
    bite.addEllipse(QPointF(11.8, 5.4), 5.8, 5.8)
    _solid(painter, ink, _disc().subtracted(bite))


def _draw_cross(painter: QPainter, ink: Ink) -> None:
    _ring(painter, ink, 1.6)
    painter.setPen(_stroke(ink.fill, 1.8))
    painter.drawLine(QPointF(5, 5), QPointF(11, 11))
    painter.drawLine(QPointF(11, 5), QPointF(5, 11))


def _draw_ring(painter: QPainter, ink: Ink) -> None:
    _ring(painter, ink)


def _draw_dotted(painter: QPainter, ink: Ink) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.fill)
    painter.translate(8, 8)
    for _ in range(8):
        painter.drawEllipse(QPointF(0, -6), 1.5, 1.5)
        painter.rotate(45)


DRAWINGS: Mapping[Shape, Callable[[QPainter, Ink], None]] = {
    Shape.TICK: _draw_tick,
    Shape.HALF: _draw_half,
    Shape.DISC: _draw_disc,
    Shape.BLOCK: _draw_block,
    Shape.BAR_OUTLINE: _draw_bar_outline,
    Shape.NOTCHED: _draw_notched,
    Shape.BAR: _draw_bar,
    Shape.ARROW: _draw_arrow,
    Shape.CLOCK: _draw_clock,
    Shape.MOON: _draw_moon,
    Shape.CROSS: _draw_cross,
    Shape.RING: _draw_ring,
    Shape.DOTTED: _draw_dotted,
}


def _mark_out_of_office(painter: QPainter, mask: bool) -> None:
    """An asterisk, as in Lync, at the top right."""
    painter.translate(12.2, 3.8)
    painter.setPen(_stroke(MASK.fill if mask else OUT_OF_OFFICE_INK, 1.7))
    for _ in range(3):
        painter.drawLine(QPointF(0, -3.5), QPointF(0, 3.5))
        painter.rotate(60)


def _mark_stale(painter: QPainter, mask: bool) -> None:
    """An hourglass, at the bottom left."""
    painter.translate(3.5, 12.2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(MASK.fill if mask else STALE_INK)
    points = ((-3, -3.6), (3, -3.6), (3, -2.6), (0.7, 0), (3, 2.6), (3, 3.6), (-3, 3.6), (-3, 2.6), (-0.7, 0))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in (*points, (-3, -2.6))]))


def _mark_password(painter: QPainter, mask: bool) -> None:
    """An exclamation mark on a disc, at the bottom right."""
    painter.translate(12, 12)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(MASK.fill if mask else PASSWORD_INK)
    painter.drawEllipse(QPointF(0, 0), 4, 4)
    if mask:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.fillRect(QRectF(-1, -3, 2, 3.4), WHITE)
    painter.fillRect(QRectF(-1, 1.2, 2, 1.6), WHITE)


# Field of Indicator: where room is made for the mark (centre, radius), and its drawing.
MARKS: Mapping[str, tuple[tuple[float, float], float, Callable[[QPainter, bool], None]]] = {
    "out_of_office": ((12.2, 3.8), 4.4, _mark_out_of_office),
    "stale": ((3.5, 12.2), 4.4, _mark_stale),
    "needs_password": ((12, 12), 4.8, _mark_password),
}
