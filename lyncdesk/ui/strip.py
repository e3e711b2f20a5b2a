"""The day strip: a day as one band, each stretch in the colour that others will see.

Hovering, a click or the arrow keys show what a stretch is and why; Shift and arrows go through its moments.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionFocusRect, QToolTip, QWidget

from lyncdesk.client.day_types import DayStrip, StripPart
from lyncdesk.client.words import Words
from lyncdesk.ui.strip_picture import StripPicture, StripPlaces, strip_height

_NEAR = 4  # logical pixels within which the pointer is on a mark
_STEP = timedelta(minutes=5)
_LETTERS = 84  # in a line of a tooltip, which does not wrap by itself

# The reasons of a moment, None = now.
ReasonsOf = Callable[[datetime | None], Sequence[str]]


class DayStripWidget(QWidget):
    """One day. ``current_changed(text)`` tells what the keyboard or the pointer chose.

    ``reasons_of`` gives the reasons of one moment, line by line. It is asked when somebody wants to know, for
    stretches that have a ``head``; where it says nothing, their label is told.
    """

    current_changed = Signal(str)

    def __init__(
        self,
        words: Words,
        name: str = "",
        parent: QWidget | None = None,
        *,
        reasons_of: ReasonsOf = lambda _: (),
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._reasons_of = reasons_of
        self._strip: DayStrip | None = None
        self._current: int | None = None
        self._moment: datetime | None = None
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

    @property
    def _places(self) -> StripPlaces | None:
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        return StripPlaces(self._strip, self.width(), mirrored) if self._strip is not None else None

    def part_rect(self, part: StripPart) -> QRectF:
        """Where a stretch is drawn, in the widget's coordinates."""
        places = self._places
        return places.part_rect(part) if places is not None else QRectF()

    def part_at(self, x: float) -> StripPart | None:
        """The stretch at this place."""
        places = self._places
        return places.part_at(x) if places is not None else None

    # --- size and place ---

    def sizeHint(self) -> QSize:
        """Wide, with room for the hours under the band."""
        return QSize(280, strip_height(self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        """Half as wide can still be read."""
        return QSize(140, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the day."""
        places = self._places
        if places is None:
            return
        picture = StripPicture(places, self.palette(), self.font(), self.devicePixelRatioF(), self._words)
        with QPainter(self) as painter:
            picture.paint(painter)
            part = self.current_part()
            if self.hasFocus() and part is not None:
                picture.paint_focus(painter, part)
            elif self.hasFocus():
                option = QStyleOptionFocusRect()
                option.initFrom(self)
                self.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)

    # --- pointer and keyboard ---

    def event(self, event: QEvent) -> bool:
        """Hovering shows the stretch under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), _wrapped(self._label_at(event.pos().x())), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses and shows the stretch, with the reasons of the moment under the pointer."""
        part, moment = self._pointed_at(event.position().x())
        if part is not None and self._strip is not None:
            self._choose(self._strip.parts.index(part), moment)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go through the day as it is drawn, Home and End to its ends; with Shift five minutes on."""
        strip = self._strip
        if strip is None or not strip.parts:
            super().keyPressEvent(event)
            return
        count = len(strip.parts)
        step = -1 if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else 1
        steps = {Qt.Key.Key_Right: step, Qt.Key.Key_Left: -step}
        key, here = Qt.Key(event.key()), self._current
        if key in steps and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._go(strip, steps[key] * _STEP)
            return
        places = {
            Qt.Key.Key_Right: (here + step) if here is not None else self._now_index(),
            Qt.Key.Key_Left: (here - step) if here is not None else self._now_index(),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }
        place = places.get(key)
        if place is None:
            super().keyPressEvent(event)
            return
        self._choose(min(max(place, 0), count - 1))

    def _go(self, strip: DayStrip, step: timedelta) -> None:
        """To the moment so far from the chosen one, or from now."""
        first, last = strip.parts[0].start, strip.parts[-1].end - timedelta(microseconds=1)
        moment = min(max((self._moment or strip.now) + step, first), last)
        found = (i for i, part in enumerate(strip.parts) if part.start <= moment < part.end)
        self._choose(next(found, self._now_index()), moment)

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

    def _choose(self, index: int, moment: datetime | None = None) -> None:
        """Choose a stretch and tell it, with the reasons of a moment: of now, else of its beginning."""
        self._current = index
        part, strip = self.current_part(), self._strip
        if part is None or strip is None:
            return
        self._moment = moment or (strip.now if part.start <= strip.now < part.end else part.start)
        text = self._told(part, self._moment)
        self.setAccessibleDescription(text)
        self.update()
        self.current_changed.emit(text)
        places = self._places
        corner = self.part_rect(part).bottomLeft().toPoint() + QPoint(0, 2)
        if moment is not None and places is not None:
            corner.setX(round(places.x(moment)))
        QToolTip.showText(self.mapToGlobal(corner), _wrapped(text), self)

    def _describe(self) -> None:
        part = self.current_part()
        summary = self._strip.summary if self._strip else ""
        if part is None:
            self._moment = None
        self.setAccessibleDescription(part.label if part is not None else summary)

    def _told(self, part: StripPart, moment: datetime) -> str:
        """A stretch, and the reasons of one of its moments."""
        now = self._strip.now if self._strip is not None else None
        within = min(max(moment, part.start), part.end)
        reasons = self._reasons_of(None if within == now else within) if part.head else ()
        return "\n".join((part.head, *reasons)) if reasons else part.label

    def _pointed_at(self, x: float) -> tuple[StripPart | None, datetime | None]:
        """The stretch and the moment at a place; near the now-line it is now, and what is shown now."""
        places = self._places
        if places is None:
            return None, None
        part, now = places.part_at(x), places.strip.now
        if part is None or abs(places.x(now) - x) > _NEAR:
            return part, places.moment(x)
        shown = (one for one in places.strip.parts if one.start <= now < one.end)
        return next(shown, part), now

    def _label_at(self, x: float) -> str:
        strip, places = self._strip, self._places
        if strip is None or places is None:
            return ""
        part, moment = self._pointed_at(x)
        lines = [self._told(part, moment or strip.now) if part is not None else strip.summary]
        words = self._words.at(strip.now)
        for moment, text in (
            (strip.last_check, words("Calendar checked {time}", time=strip.last_check or strip.now)),
            (strip.next_check, words("Next calendar check {time}", time=strip.next_check or strip.now)),
        ):
            if moment is not None and abs(places.x(moment) - x) <= _NEAR:
                lines.append(text)
        return "\n".join(line for line in lines if line)


def _wrapped(text: str) -> str:
    """The same in lines that are not too long, each with what belongs to it."""
    return "\n".join(textwrap.fill(line, _LETTERS, subsequent_indent="    ") for line in text.split("\n"))
