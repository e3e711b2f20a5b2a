"""How a day strip is drawn: where each moment and each stretch has its place, and what is painted there.

Heights and small shapes say the same as the colours, so that the strip can be read without them. Stretches
that rest on old data are hatched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPalette, QPen, QPolygonF

from lyncdesk.client.day_types import DayStrip, StripPart
from lyncdesk.client.words import Words
from lyncdesk.presence.states import Colour
from lyncdesk.ui.indicators import INKS, OUT_OF_OFFICE_INK, silhouette
from lyncdesk.ui.theme import hairline, is_dark, mixed, muted_text

_BAND = 20
_TOP = 5  # room for the head of the now-line
_GLYPH = 10
_MARGIN = 4
# The share of the band's height that a state fills: the more it asks of others, the higher.
_HEIGHTS: Mapping[Colour, float] = {
    Colour.GREEN: 0.4,
    Colour.GREEN_OUTLINE: 0.4,
    Colour.YELLOW: 0.7,
    Colour.ORANGE: 1.0,
    Colour.RED: 1.0,
    Colour.GREY: 0.2,
}
_HOUR = timedelta(hours=1)
_STEPS = (1, 2, 3, 4, 6, 12)


def strip_height(line: int) -> int:
    """The height of a strip with the hours under it, for a font whose lines are so high."""
    return _TOP + _BAND + 4 + line


@dataclass(frozen=True, slots=True)
class StripPlaces:
    """Where the moments of a day are, in a widget so wide; ``mirrored``: from right to left."""

    strip: DayStrip
    width: int
    mirrored: bool

    @property
    def room(self) -> int:
        """The width of the band."""
        return self.width - 2 * _MARGIN

    def x(self, moment: datetime) -> float:
        """Where a moment is; what lies outside the day is at its end."""
        strip = self.strip
        if strip.end <= strip.start:
            return _MARGIN
        share = min(1.0, max(0.0, (moment - strip.start) / (strip.end - strip.start)))
        return _MARGIN + (1 - share if self.mirrored else share) * self.room

    def moment(self, x: float) -> datetime:
        """The moment whose place this is, to the minute; the other way round than :meth:`x`."""
        share = min(1.0, max(0.0, (x - _MARGIN) / max(1, self.room)))
        strip = self.strip
        found = strip.start + (1 - share if self.mirrored else share) * (strip.end - strip.start)
        return found.replace(second=0, microsecond=0)

    def part_rect(self, part: StripPart) -> QRectF:
        """Where a stretch is drawn."""
        left, right = sorted((self.x(part.start), self.x(part.end)))
        return QRectF(left, _TOP, max(right - left, 1.0), _BAND)

    def part_at(self, x: float) -> StripPart | None:
        """The stretch at this place."""
        places = ((part, self.part_rect(part)) for part in self.strip.parts)
        return next((part for part, rect in places if rect.left() <= x < rect.right()), None)


@dataclass(frozen=True, slots=True)
class StripPicture:
    """Paints a day. ``ratio`` is how many pixels of the screen a logical one has."""

    places: StripPlaces
    palette: QPalette
    font: QFont
    ratio: float
    words: Words

    def paint(self, painter: QPainter) -> None:
        """Paint all of it but the focus."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_track(painter)
        for part in self.places.strip.parts:
            self._paint_part(painter, part)
        self._paint_hours(painter)
        self._paint_checks(painter)
        self._paint_now(painter)

    def paint_focus(self, painter: QPainter, part: StripPart) -> None:
        """Paint the frame around the stretch that the keyboard chose."""
        frame = self.places.part_rect(part).adjusted(-1, -1, 1, 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._window, 3))
        painter.drawRoundedRect(frame, 2, 2)
        painter.setPen(QPen(self.palette.color(QPalette.ColorRole.Highlight), 2))
        painter.drawRoundedRect(frame, 2, 2)

    @property
    def _window(self) -> QColor:
        return self.palette.color(QPalette.ColorRole.Window)

    @property
    def _ink(self) -> QColor:
        return self.palette.color(QPalette.ColorRole.WindowText)

    def _paint_track(self, painter: QPainter) -> None:
        painter.setPen(QPen(hairline(self.palette), 1))
        painter.setBrush(mixed(self._ink, self._window, 0.05))
        painter.drawRoundedRect(QRectF(_MARGIN - 0.5, _TOP - 0.5, self.places.room + 1, _BAND + 1), 2, 2)

    def _paint_part(self, painter: QPainter, part: StripPart) -> None:
        if part.unknown:
            return  # nothing was shown, or nobody knows what
        band = self.places.part_rect(part)
        height = round(_BAND * _HEIGHTS[part.colour])
        bar = QRectF(band.left(), band.bottom() - height, band.width(), height)
        # Neighbours of one colour stay two stretches.
        bar.adjust(0.5, 0, -0.5, 0)
        ink = INKS[part.colour]
        painter.setPen(QPen(ink.edge if not is_dark(self.palette) else ink.fill, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush if part.colour is Colour.GREEN_OUTLINE else ink.fill)
        painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
        if part.stale:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(self._window, Qt.BrushStyle.BDiagPattern))
            painter.drawRect(bar)
        elif height == _BAND and bar.width() >= _GLYPH + 6:
            self._paint_glyph(painter, part, bar)
        if part.out_of_office:
            painter.fillRect(QRectF(bar.left(), band.top() + 1, bar.width(), 3), OUT_OF_OFFICE_INK)

    def _paint_glyph(self, painter: QPainter, part: StripPart, bar: QRectF) -> None:
        image = silhouette(part.shape, round(_GLYPH * self.ratio), QColor("#ffffff"))
        image.setDevicePixelRatio(self.ratio)
        painter.drawImage(
            QPointF(round(bar.center().x() - _GLYPH / 2), round(bar.center().y() - _GLYPH / 2)),
            image,
        )

    def _paint_hours(self, painter: QPainter) -> None:
        hours = _full_hours(self.places.strip)
        if not hours:
            return
        font = QFont(self.font)
        font.setPointSizeF(max(6.0, font.pointSizeF() * 0.85))
        painter.setFont(font)
        painter.setPen(muted_text(self.palette))
        metrics = painter.fontMetrics()
        texts = [_hour(self.words, moment) for moment in hours]
        widest = max(metrics.horizontalAdvance(text) for text in texts) + 8
        strip = self.places.strip
        one = self.places.room * (_HOUR / (strip.end - strip.start))
        step = next((s for s in _STEPS if one * s >= widest), 24)
        top = _TOP + _BAND + 3
        for moment, text in zip(hours, texts, strict=True):
            if moment.hour % step == 0:
                width = metrics.horizontalAdvance(text)
                left = min(max(self.places.x(moment) - width / 2, 0), self.places.width - width)
                painter.drawText(QPointF(left, top + metrics.ascent()), text)

    def _paint_checks(self, painter: QPainter) -> None:
        """The last check as a filled notch under the band, the next as a hollow one."""
        strip = self.places.strip
        colour = muted_text(self.palette)
        for moment, brush in ((strip.last_check, colour), (strip.next_check, self._window)):
            if moment is not None and strip.start <= moment <= strip.end:
                x, y = round(self.places.x(moment)), _TOP + _BAND - 1
                painter.setPen(QPen(colour, 1))
                painter.setBrush(brush)
                painter.drawPolygon(
                    QPolygonF([QPointF(x, y - 3), QPointF(x - 3.5, y + 3), QPointF(x + 3.5, y + 3)])
                )

    def _paint_now(self, painter: QPainter) -> None:
        strip = self.places.strip
        if not strip.start <= strip.now <= strip.end:
            return
        x = round(self.places.x(strip.now))
        painter.fillRect(QRectF(x - 2, _TOP - 1, 4, _BAND + 2), self._window)
        painter.fillRect(QRectF(x - 1, _TOP - 3, 2, _BAND + 4), self._ink)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ink)
        painter.drawPolygon(QPolygonF([QPointF(x - 4, 0), QPointF(x + 4, 0), QPointF(x, 5)]))


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
