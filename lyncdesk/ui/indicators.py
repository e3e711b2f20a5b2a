"""The presence indicator: one drawing for tray, windows, lists and cards.

Colours and shapes are those of the project's presence rules, section 2. Everything is drawn in a square of
16 units, on whole units where it can be, so that it is sharp at 16 px and at 64 px. A shape never needs its
colour to be told from the others, and no part depends on the writing direction. Fill or edge keeps a contrast
of 3:1 to light and to dark panels, because nobody tells a tray icon what it stands on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from lyncdesk.presence.states import Colour, Shape

if TYPE_CHECKING:

    class Drawable(Protocol):
        """What of an indicator is drawn: all of view_types.Indicator but its words."""

        @property
        def colour(self) -> Colour: ...
        @property
        def shape(self) -> Shape: ...
        @property
        def out_of_office(self) -> bool: ...
        @property
        def stale(self) -> bool: ...
        @property
        def needs_password(self) -> bool: ...


SIZES = (16, 20, 22, 24, 32, 48, 64)
UNITS = 16


@dataclass(frozen=True, slots=True)
class Ink:
    """How a colour is drawn: ``edge`` around ``fill``, ``glyph`` on it. A transparent glyph is cut out."""

    fill: QColor
    edge: QColor
    glyph: QColor


_WHITE, _CUT = QColor("#ffffff"), QColor(0, 0, 0, 0)
_BROWN = QColor("#3a2c00")
INKS: Mapping[Colour, Ink] = {
    Colour.GREEN: Ink(QColor("#2e9e3f"), QColor("#1c6b2a"), _WHITE),
    Colour.YELLOW: Ink(QColor("#f5c518"), QColor("#8a6a00"), _BROWN),
    Colour.ORANGE: Ink(QColor("#e8710a"), QColor("#a34c00"), _WHITE),
    Colour.RED: Ink(QColor("#dc3c41"), QColor("#8e1b20"), _WHITE),
    Colour.GREY: Ink(QColor("#808080"), QColor("#808080"), _WHITE),
    Colour.GREEN_OUTLINE: Ink(QColor("#2e9e3f"), QColor("#2e9e3f"), _WHITE),
}
# A macOS menu bar takes the alpha alone and colours it itself.
MASK = Ink(QColor("#000000"), QColor("#000000"), _CUT)
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
        colour = _WHITE
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
    painter.fillRect(QRectF(-1, -3, 2, 3.4), _WHITE)
    painter.fillRect(QRectF(-1, 1.2, 2, 1.6), _WHITE)


# Field of Indicator: where room is made for the mark (centre, radius), and its drawing.
MARKS: Mapping[str, tuple[tuple[float, float], float, Callable[[QPainter, bool], None]]] = {
    "out_of_office": ((12.2, 3.8), 4.4, _mark_out_of_office),
    "stale": ((3.5, 12.2), 4.4, _mark_stale),
    "needs_password": ((12, 12), 4.8, _mark_password),
}


def silhouette(shape: Shape, size: int, colour: QColor) -> QImage:
    """The shape in one colour, its glyph cut out, in a square of ``size`` device pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / UNITS, size / UNITS)
        DRAWINGS[shape](painter, Ink(colour, colour, _CUT))
    return image


def indicator_image(indicator: Drawable, size: int, *, dark: bool = False, mask: bool = False) -> QImage:
    """The indicator in a square of ``size`` device pixels, transparent around it."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / UNITS, size / UNITS)
    painter.save()
    DRAWINGS[indicator.shape](painter, _ink(indicator.colour, dark, mask))
    painter.restore()
    for name, ((x, y), radius, draw) in MARKS.items():
        if getattr(indicator, name):
            painter.save()
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_WHITE)
            painter.drawEllipse(QPointF(x, y), radius, radius)
            painter.restore()
            painter.save()
            draw(painter, mask)
            painter.restore()
    painter.end()
    return image


def _ink(colour: Colour, dark: bool, mask: bool) -> Ink:
    if mask:
        return MASK
    ink = INKS[colour]
    # A dark edge would only make the indicator smaller on a background that is known to be dark.
    return Ink(ink.fill, ink.fill, ink.glyph) if dark else ink


def paint_indicator(painter: QPainter, rect: QRectF, indicator: Drawable, *, dark: bool = False) -> None:
    """Draw the indicator into the largest square in the middle of ``rect``."""
    _paint(painter, rect, lambda size: indicator_image(indicator, size, dark=dark))


def _paint(painter: QPainter, rect: QRectF, image_of: Callable[[int], QImage]) -> None:
    side = min(rect.width(), rect.height())
    ratio = painter.device().devicePixelRatio()
    pixels = max(1, round(side * ratio))
    image = image_of(pixels)
    image.setDevicePixelRatio(ratio)
    # On whole device pixels, or it blurs.
    left = round((rect.center().x() - side / 2) * ratio) / ratio
    top = round((rect.center().y() - side / 2) * ratio) / ratio
    painter.drawImage(QPointF(left, top), image)


_Key = tuple[Colour, Shape, bool, bool, bool]


def _key(indicator: Drawable) -> _Key:
    return (
        indicator.colour,
        indicator.shape,
        indicator.out_of_office,
        indicator.stale,
        indicator.needs_password,
    )


class IndicatorIcons:
    """Icons and images of indicators, drawn once each."""

    def __init__(self) -> None:
        self._icons: dict[tuple[_Key, bool, bool], QIcon] = {}
        self._images: dict[tuple[_Key, bool, int], QImage] = {}

    def icon(self, indicator: Drawable, *, dark: bool = False, mask: bool = False) -> QIcon:
        """The icon in all :data:`SIZES`; ``mask`` for macOS menu bars, whose system colours it."""
        key = (_key(indicator), dark, mask)
        if key not in self._icons:
            icon = QIcon()
            for size in SIZES:
                icon.addPixmap(QPixmap.fromImage(indicator_image(indicator, size, dark=dark, mask=mask)))
            icon.setIsMask(mask)
            self._icons[key] = icon
        return self._icons[key]

    def paint(
        self, painter: QPainter, rect: QRectF | QRect, indicator: Drawable, *, dark: bool = False
    ) -> None:
        """Draw the indicator into the largest square in the middle of ``rect``."""

        def image(size: int) -> QImage:
            key = (_key(indicator), dark, size)
            if key not in self._images:
                self._images[key] = indicator_image(indicator, size, dark=dark)
            return self._images[key]

        _paint(painter, QRectF(rect), image)

    def pixmap(self, indicator: Drawable, size: int, ratio: float = 1.0, *, dark: bool = False) -> QPixmap:
        """For labels: ``size`` in logical pixels on a screen of this device pixel ratio."""
        pixmap = QPixmap.fromImage(indicator_image(indicator, round(size * ratio), dark=dark))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap
