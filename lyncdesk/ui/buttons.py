"""Buttons of the main window: one whose text gives way to the width it gets, and the gear."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPalette, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from lyncdesk.ui.mnemonics import plain

_TEETH = 8


class ElidingButton(QToolButton):
    """A flat button with an icon before its text; a text that does not fit ends in dots and has a tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = ""
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def say(self, text: str, name: str = "") -> None:
        """Show this text; ``name`` is said by a screen reader where the text alone is too little."""
        if text != self._full:
            self._full = text
            self.updateGeometry()
            self._elide()
        self.setAccessibleName(name or text)

    def full_text(self) -> str:
        """The text before it gives way."""
        return self._full

    def sizeHint(self) -> QSize:
        """As wide as the whole text."""
        metrics = self.fontMetrics()
        return QSize(self._around() + metrics.horizontalAdvance(self._full) + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        letters = self.fontMetrics().averageCharWidth() * 8
        return QSize(self._around() + letters, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text anew."""
        super().resizeEvent(event)
        self._elide()

    def _around(self) -> int:
        """What the style needs beside the text: icon, arrow and margins."""
        shown = self.text().replace("&&", "&")
        return super().sizeHint().width() - self.fontMetrics().horizontalAdvance(shown)

    def _elide(self) -> None:
        room = max(0, self.width() - self._around())
        elided = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        if self.text() != plain(elided):
            self.setText(plain(elided))
        self.setToolTip(self._full if elided != self._full else "")


class DrawnButton(QToolButton):
    """A flat button whose icon is drawn in the palette's text colour, and anew when that changes."""

    def __init__(
        self, draw: Callable[[QPainter, QColor], None], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._draw = draw
        self.setAutoRaise(True)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._redraw()

    def _redraw(self) -> None:
        colour = self.palette().color(QPalette.ColorRole.ButtonText)
        icon = QIcon()
        for ratio in (1, 2, 3):
            pixmap = QPixmap(16 * ratio, 16 * ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(pixmap) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.scale(ratio, ratio)
                self._draw(painter, colour)
            pixmap.setDevicePixelRatio(ratio)
            icon.addPixmap(pixmap)
        self.setIcon(icon)


def draw_gear(painter: QPainter, colour: QColor) -> None:
    """A gear in a square of 16 units."""
    path = QPainterPath()
    for tooth in range(_TEETH):
        for offset, radius in ((-0.30, 5.4), (-0.19, 7.4), (0.19, 7.4), (0.30, 5.4)):
            angle = (tooth + offset) * 2 * math.pi / _TEETH
            point = QPointF(8 + radius * math.cos(angle), 8 + radius * math.sin(angle))
            if path.elementCount():
                path.lineTo(point)
            else:
                path.moveTo(point)
    path.closeSubpath()
    hole = QPainterPath()
    hole.addEllipse(QPointF(8, 8), 2.4, 2.4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPath(path.subtracted(hole))
