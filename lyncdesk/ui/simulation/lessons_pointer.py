"""Points at a control: a frame around it for the eyes, and words on it for who hears the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from lyncdesk.ui.simulation.lessons_controls import Spot
from lyncdesk.ui.theme import GRAPHIC_CONTRAST, contrast, warning_text

_MARGIN, _PEN = 4, 3.0


class Frame(QWidget):
    """A frame over a part of a window. It takes neither clicks nor the keyboard."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Two lines, of which one differs from any ground."""
        palette = self.palette()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(_PEN / 2, _PEN / 2, -_PEN / 2, -_PEN / 2)
            painter.setPen(QPen(colour_of_frame(palette), _PEN))
            painter.drawRoundedRect(box, 5, 5)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Window), 1))
            inner = box.adjusted(_PEN / 2, _PEN / 2, -_PEN / 2, -_PEN / 2)
            painter.drawRoundedRect(inner, 4, 4)


def colour_of_frame(palette: QPalette) -> QColor:
    """A colour that nothing else in the windows has, and that differs enough from their ground."""
    colour, ground = warning_text(palette), palette.color(QPalette.ColorRole.Window)
    return (
        colour
        if contrast(colour, ground) >= GRAPHIC_CONTRAST
        else palette.color(QPalette.ColorRole.WindowText)
    )


class Pointer:
    """Points at one spot at a time. ``words`` are what who hears the screen is told on the control."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._widget: QWidget | None = None
        self._kept = ""

    @property
    def frame(self) -> Frame | None:
        """The frame that is shown."""
        return self._frame

    @property
    def widget(self) -> QWidget | None:
        """What it points at."""
        return self._widget

    def point(self, spot: Spot | None, words: str) -> None:
        """Point there; None = nowhere."""
        if spot is None:
            self.rest()
            return
        if self._widget is not spot.widget:
            self.rest()
            self._take(spot.widget, words)
        if self._frame is not None:
            window = spot.widget.window()
            corner = spot.widget.mapTo(window, spot.rect.topLeft())
            around = QRect(corner, spot.rect.size()).adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
            around = around.intersected(QRect(QPoint(), window.size()))
            if self._frame.geometry() != around:
                self._frame.setGeometry(around)
            self._frame.raise_()

    def _take(self, widget: QWidget, words: str) -> None:
        self._widget = widget
        self._kept = widget.accessibleDescription()
        widget.setAccessibleDescription(f"{words} {self._kept}".strip())
        self._frame = Frame(widget.window())
        self._frame.show()
        # A window that is destroyed takes its frame along.
        widget.destroyed.connect(self._lost)

    def _lost(self) -> None:
        self._widget = self._frame = None

    def rest(self) -> None:
        """Point nowhere."""
        widget, self._widget = self._widget, None
        frame, self._frame = self._frame, None
        if widget is not None:
            widget.destroyed.disconnect(self._lost)
            widget.setAccessibleDescription(self._kept)
        if frame is not None:
            frame.hide()
            frame.deleteLater()
