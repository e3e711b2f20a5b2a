"""The presence indicator: one drawing for tray, windows, lists and cards.

Colours and shapes are those of the project's presence rules, section 2. Everything is drawn in a square of
16 units, on whole units where it can be, so that it is sharp at 16 px and at 64 px. A shape never needs its
colour to be told from the others, and no part depends on the writing direction. Fill or edge keeps a contrast
of 3:1 to light and to dark panels, because nobody tells a tray icon what it stands on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap

from lyncdesk.presence.states import Colour, Shape
from lyncdesk.ui.indicator_shapes import (
    CUT,
    DRAWINGS,
    INKS,
    MARKS,
    MASK,
    OUT_OF_OFFICE_INK,
    PASSWORD_INK,
    STALE_INK,
    UNITS,
    WHITE,
    Ink,
)

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

__all__ = [
    "DRAWINGS",
    "INKS",
    "MARKS",
    "OUT_OF_OFFICE_INK",
    "PASSWORD_INK",
    "SIZES",
    "STALE_INK",
    "IndicatorIcons",
    "indicator_image",
    "paint_indicator",
    "silhouette",
]


def silhouette(shape: Shape, size: int, colour: QColor) -> QImage:
    """The shape in one colour, its glyph cut out, in a square of ``size`` device pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / UNITS, size / UNITS)
        DRAWINGS[shape](painter, Ink(colour, colour, CUT))
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
            painter.setBrush(WHITE)
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
