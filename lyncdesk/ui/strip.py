"""The day strip: a day as one band, each stretch in the colour that others will see.

Heights and small shapes say the same as the colours, so that the strip can be read without them. Stretches
that rest on old data are hatched. Hovering, a click or the arrow keys show what a stretch is and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionFocusRect, QToolTip, QWidget

from lyncdesk.client.view_types import DayStrip, StripPart
from lyncdesk.client.words import Words
from lyncdesk.presence.states import Colour
from lyncdesk.ui.indicators import INKS, OUT_OF_OFFICE_INK, silhouette
from lyncdesk.ui.theme import hairline, is_dark, mixed, muted_text

BAND = 20
_TOP = 5  # room for the head of the now-line
_GLYPH = 10
_MARGIN = 4
_NEAR = 4  # logical pixels within which the pointer is on a mark
# The share of the band's height that a state fills: the more it asks of others, the higher.
HEIGHTS: Mapping[Colour, float] = {
    Colour.GREEN: 0.4,
    Colour.GREEN_OUTLINE: 0.4,
    Colour.YELLOW: 0.7,
    Colour.ORANGE: 1.0,
    Colour.RED: 1.0,
    Colour.GREY: 0.2,
}
_HOUR = timedelta(hours=1)
_STEPS = (1, 2, 3, 4, 6, 12)


class DayStripWidget(QWidget):
    """One day. ``current_changed(label)`` tells the stretch that the keyboard or the pointer chose."""

    current_changed = Signal(str)

    def __init__(self, words: Words, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._strip: DayStrip | None = None
        self._current: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(name or words("Day"))

    def show_strip(self, strip: DayStrip) -> None:
        """Show this day; the chosen stretch stays chosen where it still exists."""
        if strip == self._strip:
            return
        before = self.current_part()
        self._strip = strip
        self._current = next(
            (i for i, part in enumerate(strip.parts) if before is not None and part.start == before.start),
            None,
        )
        self._describe()
        self.update()

    def current_part(self) -> StripPart | None:
        """The stretch that the keyboard chose."""
        if self._strip is None or self._current is None or self._current >= len(self._strip.parts):
            return None
        return self._strip.parts[self._current]

    def part_rect(self, part: StripPart) -> QRectF:
        """Where a stretch is drawn, in the widget's coordinates."""
        left, right = sorted((self._x(part.start), self._x(part.end)))
        return QRectF(left, _TOP, max(right - left, 1.0), BAND)

    def part_at(self, x: float) -> StripPart | None:
        """The stretch at this place."""
        strip = self._strip
        return next(
            (
                part
                for part in (strip.parts if strip else ())
                if self.part_rect(part).left() <= x < self.part_rect(part).right()
            ),
            None,
        )

    # --- size and place ---

    def sizeHint(self) -> QSize:
        """Wide, with room for the hours under the band."""
        return QSize(280, _TOP + BAND + 4 + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Half as wide can still be read."""
        return QSize(140, self.sizeHint().height())

    def _x(self, moment: datetime) -> float:
        strip = self._strip
        width = self.width() - 2 * _MARGIN
        if strip is None or strip.end <= strip.start:
            return _MARGIN
        share = min(1.0, max(0.0, (moment - strip.start) / (strip.end - strip.start)))
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            share = 1 - share
        return _MARGIN + share * width

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the day."""
        strip = self._strip
        if strip is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_track(painter)
            for part in strip.parts:
                self._paint_part(painter, part)
            self._paint_hours(painter, strip)
            self._paint_checks(painter, strip)
            self._paint_now(painter, strip)
            self._paint_focus(painter)

    def _paint_track(self, painter: QPainter) -> None:
        palette = self.palette()
        text, window = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
        painter.setPen(QPen(hairline(palette), 1))
        painter.setBrush(mixed(text, window, 0.05))
        painter.drawRoundedRect(
            QRectF(_MARGIN - 0.5, _TOP - 0.5, self.width() - 2 * _MARGIN + 1, BAND + 1), 2, 2
        )

    def _paint_part(self, painter: QPainter, part: StripPart) -> None:
        band = self.part_rect(part)
        height = round(BAND * HEIGHTS[part.colour])
        bar = QRectF(band.left(), band.bottom() - height, band.width(), height)
        # Neighbours of one colour stay two stretches.
        bar.adjust(0.5, 0, -0.5, 0)
        ink = INKS[part.colour]
        window = self.palette().color(QPalette.ColorRole.Window)
        painter.setPen(QPen(ink.edge if not is_dark(self.palette()) else ink.fill, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush if part.colour is Colour.GREEN_OUTLINE else ink.fill)
        painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
        if part.stale:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(window, Qt.BrushStyle.BDiagPattern))
            painter.drawRect(bar)
        elif height == BAND and bar.width() >= _GLYPH + 6:
            self._paint_glyph(painter, part, bar)
        if part.out_of_office:
            painter.fillRect(QRectF(bar.left(), band.top() + 1, bar.width(), 3), OUT_OF_OFFICE_INK)

    def _paint_glyph(self, painter: QPainter, part: StripPart, bar: QRectF) -> None:
        ratio = self.devicePixelRatioF()
        image = silhouette(part.shape, round(_GLYPH * ratio), QColor("#ffffff"))
        image.setDevicePixelRatio(ratio)
        painter.drawImage(
            QPointF(round(bar.center().x() - _GLYPH / 2), round(bar.center().y() - _GLYPH / 2)),
            image,
        )

    def _paint_hours(self, painter: QPainter, strip: DayStrip) -> None:
        font = QFont(self.font())
        font.setPointSizeF(max(6.0, font.pointSizeF() * 0.85))
        painter.setFont(font)
        painter.setPen(muted_text(self.palette()))
        metrics = painter.fontMetrics()
        hours = _full_hours(strip)
        texts = [_hour(self._words, moment) for moment in hours]
        if not hours:
            return
        widest = max(metrics.horizontalAdvance(text) for text in texts) + 8
        step = next((s for s in _STEPS if self._hour_width(strip) * s >= widest), 24)
        top = _TOP + BAND + 3
        for moment, text in zip(hours, texts, strict=True):
            if moment.hour % step == 0:
                width = metrics.horizontalAdvance(text)
                left = min(max(self._x(moment) - width / 2, 0), self.width() - width)
                painter.drawText(QPointF(left, top + metrics.ascent()), text)

    def _hour_width(self, strip: DayStrip) -> float:
        return (self.width() - 2 * _MARGIN) * (_HOUR / (strip.end - strip.start))

    def _paint_checks(self, painter: QPainter, strip: DayStrip) -> None:
        """The last check as a filled notch under the band, the next as a hollow one."""
        colour = muted_text(self.palette())
        window = self.palette().color(QPalette.ColorRole.Window)
        for moment, brush in ((strip.last_check, colour), (strip.next_check, window)):
            if moment is not None and strip.start <= moment <= strip.end:
                x, y = round(self._x(moment)), _TOP + BAND - 1
                painter.setPen(QPen(colour, 1))
                painter.setBrush(brush)
                painter.drawPolygon(
                    QPolygonF([QPointF(x, y - 3), QPointF(x - 3.5, y + 3), QPointF(x + 3.5, y + 3)])
                )

    def _paint_now(self, painter: QPainter, strip: DayStrip) -> None:
        if not strip.start <= strip.now <= strip.end:
            return
        palette = self.palette()
        text, window = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
        x = round(self._x(strip.now))
        painter.fillRect(QRectF(x - 2, _TOP - 1, 4, BAND + 2), window)
        painter.fillRect(QRectF(x - 1, _TOP - 3, 2, BAND + 4), text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(text)
        painter.drawPolygon(QPolygonF([QPointF(x - 4, 0), QPointF(x + 4, 0), QPointF(x, 5)]))

    def _paint_focus(self, painter: QPainter) -> None:
        if not self.hasFocus():
            return
        part = self.current_part()
        if part is None:
            option = QStyleOptionFocusRect()
            option.initFrom(self)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Window), 3))
        painter.drawRoundedRect(self.part_rect(part).adjusted(-1, -1, 1, 1), 2, 2)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
        painter.drawRoundedRect(self.part_rect(part).adjusted(-1, -1, 1, 1), 2, 2)

    # --- pointer and keyboard ---

    def event(self, event: QEvent) -> bool:
        """Hovering shows the stretch under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._label_at(event.pos().x()), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses and shows the stretch."""
        part = self.part_at(event.position().x())
        if part is not None and self._strip is not None:
            self._choose(self._strip.parts.index(part))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go through the day as it is drawn, Home and End to its ends."""
        count = len(self._strip.parts) if self._strip else 0
        step = -1 if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else 1
        here = self._current
        places = {
            Qt.Key.Key_Right: (here + step) if here is not None else self._now_index(),
            Qt.Key.Key_Left: (here - step) if here is not None else self._now_index(),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }
        place = places.get(Qt.Key(event.key()))
        if place is None or not count:
            super().keyPressEvent(event)
            return
        self._choose(min(max(place, 0), count - 1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing is chosen any more."""
        super().focusOutEvent(event)
        if self._current is not None and event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._current = None
            self._describe()
            QToolTip.hideText()
        self.update()

    def _now_index(self) -> int:
        parts = self._strip.parts if self._strip else ()
        now = self._strip.now if self._strip else None
        return next((i for i, part in enumerate(parts) if now and part.start <= now < part.end), 0)

    def _choose(self, index: int) -> None:
        self._current = index
        self._describe()
        self.update()
        part = self.current_part()
        if part is not None:
            self.current_changed.emit(part.label)
            corner = self.part_rect(part).bottomLeft().toPoint() + QPoint(0, 2)
            QToolTip.showText(self.mapToGlobal(corner), part.label, self)

    def _describe(self) -> None:
        part = self.current_part()
        summary = self._strip.summary if self._strip else ""
        self.setAccessibleDescription(part.label if part is not None else summary)

    def _label_at(self, x: float) -> str:
        strip = self._strip
        if strip is None:
            return ""
        part = self.part_at(x)
        lines = [part.label if part is not None else strip.summary]
        words = self._words.at(strip.now)
        for moment, text in (
            (strip.last_check, words("Calendar checked {time}", time=strip.last_check or strip.now)),
            (strip.next_check, words("Next calendar check {time}", time=strip.next_check or strip.now)),
        ):
            if moment is not None and abs(self._x(moment) - x) <= _NEAR:
                lines.append(text)
        return "\n".join(line for line in lines if line)


def _full_hours(strip: DayStrip) -> list[datetime]:
    """The full hours of the strip by its own clock; on days of clock changes too."""
    zone = ZoneInfo(strip.zone)
    moment = strip.start.astimezone(UTC)
    hours = []
    while moment <= strip.end:
        local = moment.astimezone(zone)
        if local.minute == 0:
            hours.append(local)
            moment += _HOUR
        else:
            moment = (local.replace(minute=0, second=0, microsecond=0) + _HOUR).astimezone(UTC)
    return hours


def _hour(words: Words, moment: datetime) -> str:
    """The hour alone: minutes that are always :00 are noise."""
    return words.time(moment).replace(":00", "")
