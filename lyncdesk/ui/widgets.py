"""Small parts that several windows share: labels, the person's picture, lines and boxes of words.

Text that comes from outside (names, subjects, notes) is plain text here: no label reads it as markup.
Colours are mixed from the palette, so that they follow dark and light by themselves.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPalette, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from lyncdesk.client.view_types import Action, Indicator, Trouble
from lyncdesk.presence.states import Colour
from lyncdesk.ui.indicators import INKS, paint_indicator
from lyncdesk.ui.theme import hairline, is_dark, mixed, muted_text, warning_background, warning_text


def label(text: str = "", *, wrap: bool = True, selectable: bool = False) -> QLabel:
    """A label of plain text."""
    made = QLabel()
    _as_plain(made, text, wrap=wrap)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


def bold(text: str = "", *, wrap: bool = True, larger: float = 0) -> QLabel:
    """A label in bold; ``larger`` adds points to the size of the font."""
    made = label(text, wrap=wrap)
    _embolden(made, larger)
    return made


def _embolden(made: QLabel, larger: float) -> None:
    font = QFont(made.font())
    font.setWeight(QFont.Weight.DemiBold)
    if larger:
        font.setPointSizeF(font.pointSizeF() + larger)
    made.setFont(font)


class BoldLine(QLabel):
    """One line of plain text in bold that takes the width it gets; what does not fit ends in dots."""

    def __init__(self, larger: float = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _as_plain(self, "", wrap=False)
        _embolden(self, larger)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much as fits."""
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        with QPainter(self) as painter:
            ink = self.foregroundRole()
            enabled, palette = self.isEnabled(), self.palette()
            self.style().drawItemText(painter, room, self.alignment(), palette, enabled, shown, ink)


def _as_plain(made: QLabel, text: str, *, wrap: bool) -> None:
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    made.setText(text)


class QuietLabel(QLabel):
    """Plain text that steps back, at no less than 4.5:1 contrast."""

    def __init__(self, text: str = "", *, wrap: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _as_plain(self, text, wrap=wrap)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette of the window."""
        if event.type() in {QEvent.Type.ParentChange, QEvent.Type.PaletteChange}:
            self._tint()
        super().changeEvent(event)

    def showEvent(self, event: object) -> None:
        """The window's palette is known now."""
        self._tint()
        super().showEvent(event)  # type: ignore[arg-type]

    def _tint(self) -> None:
        text = muted_text((self.parentWidget() or self).palette())
        own = self.palette()
        if own.color(QPalette.ColorRole.WindowText) != text:
            own.setColor(QPalette.ColorRole.WindowText, text)
            self.setPalette(own)


class Mark(QWidget):
    """A presence indicator; its accessible name is the presence in words."""

    def __init__(self, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._indicator: Indicator | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_indicator(self, indicator: Indicator) -> None:
        """Show this one from now on."""
        self._indicator = indicator
        self.setAccessibleName(indicator.text)
        self.setToolTip(indicator.text)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the indicator."""
        if self._indicator is not None:
            with QPainter(self) as painter:
                paint_indicator(painter, QRectF(self.rect()), self._indicator, dark=is_dark(self.palette()))


class Portrait(QWidget):
    """The picture, or the initials where there is none, with the presence bar at its leading edge."""

    _BAR = 5
    _GAP = 2

    def __init__(self, size: int = 56, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._initials = ""
        self._picture = QPixmap()
        self._colour = Colour.GREY
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_person(self, name: str, initials: str, picture: bytes, indicator: Indicator) -> None:
        """Show this person; a picture that cannot be read counts as none."""
        self._initials = initials
        self._picture = QPixmap()
        if picture:
            self._picture.loadFromData(picture)
        self._colour = indicator.colour
        self.setAccessibleName(f"{name}, {indicator.text}")
        self.update()

    def sizeHint(self) -> QSize:
        """The square of the picture, and the bar beside it."""
        return QSize(self._size + self._BAR + self._GAP, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar and the picture."""
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        bar = QRectF(self.width() - self._BAR if mirrored else 0, 0, self._BAR, self._size)
        square = QRectF(0 if mirrored else self._BAR + self._GAP, 0, self._size, self._size)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(INKS[self._colour].fill)
            painter.drawRoundedRect(bar, 1.5, 1.5)
            if self._picture.isNull():
                self._paint_initials(painter, square)
            else:
                self._paint_picture(painter, square)

    def _paint_initials(self, painter: QPainter, square: QRectF) -> None:
        palette = self.palette()
        window, text = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        painter.setBrush(mixed(text, window, 0.16))
        painter.drawRoundedRect(square, 3, 3)
        font = QFont(self.font())
        font.setPixelSize(max(8, round(self._size * 0.38)))
        painter.setFont(font)
        painter.setPen(text)
        painter.drawText(square, Qt.AlignmentFlag.AlignCenter, self._initials)

    def _paint_picture(self, painter: QPainter, square: QRectF) -> None:
        path = QPainterPath()
        path.addRoundedRect(square, 3, 3)
        painter.setClipPath(path)
        side = min(self._picture.width(), self._picture.height())
        source = QRectF((self._picture.width() - side) / 2, (self._picture.height() - side) / 2, side, side)
        painter.drawPixmap(square, self._picture, source)


class Panel(QFrame):
    """A box on a ground that differs a little from the window's: ``warning`` tints it."""

    def __init__(self, *, warning: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._warning = warning
        self.setFrameShape(QFrame.Shape.NoFrame)

    def set_warning(self, warning: bool) -> None:
        """Tint the ground, or no longer."""
        self._warning = warning
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground."""
        palette = self.palette()
        window, text = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(mixed(warning_text(palette), window, 0.5) if self._warning else hairline(palette))
            painter.setBrush(warning_background(palette) if self._warning else mixed(text, window, 0.05))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


class MessageLine(Panel):
    """A line of words with a sign before it; hidden while there are no words."""

    def __init__(self, *, warning: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(warning=warning, parent=parent)
        self._sign = QLabel()
        self._text = label()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        which = (
            QStyle.StandardPixmap.SP_MessageBoxWarning
            if warning
            else QStyle.StandardPixmap.SP_MessageBoxInformation
        )
        side = self.fontMetrics().height()
        self._sign.setPixmap(self.style().standardIcon(which).pixmap(side, side))
        self.hide()

    def say(self, text: str) -> None:
        """Show these words, or nothing for ""."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        """What it says."""
        return self._text.text()


class TroubleBox(Panel):
    """A problem: what happened, why, what to do, and the button that does it."""

    acted = Signal(Action)

    def __init__(self, trouble: Trouble, parent: QWidget | None = None) -> None:
        super().__init__(warning=True, parent=parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addWidget(bold(trouble.title))
        for text in (trouble.cause, trouble.remedy):
            if text:
                column.addWidget(label(text, selectable=True))
        self.setAccessibleName(trouble.title)
        self.setAccessibleDescription(f"{trouble.cause} {trouble.remedy}")
        self.button: QPushButton | None = None
        action = trouble.action
        if action is not None and trouble.action_text:
            self.button = QPushButton(trouble.action_text)
            self.button.clicked.connect(lambda: self.acted.emit(action))
            row = QHBoxLayout()
            row.addWidget(self.button)
            row.addStretch(1)
            column.addLayout(row)
