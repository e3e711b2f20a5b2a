"""The items of a day, as Outlook lists them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QKeyEvent, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTreeWidget,
)

from lyncdesk.client.words import Words
from lyncdesk.presence.items import ShowAs

_BLUE, _PURPLE = QColor("#3a78c3"), QColor("#8a4fb0")


_PATTERNS = {
    ShowAs.BUSY: Qt.BrushStyle.SolidPattern,
    ShowAs.OOF: Qt.BrushStyle.SolidPattern,
    ShowAs.TENTATIVE: Qt.BrushStyle.BDiagPattern,
    ShowAs.WORKING_ELSEWHERE: Qt.BrushStyle.Dense5Pattern,
}


def show_as_icon(show_as: ShowAs, palette: QPalette, side: int = 14) -> QIcon:
    """Outlook's bar beside an item: white, hatched, blue, purple or dotted, with an edge in chosen rows."""
    colour = _PURPLE if show_as is ShowAs.OOF else _BLUE
    icon = QIcon()
    for mode, edge in (
        (QIcon.Mode.Normal, colour),
        (QIcon.Mode.Selected, palette.color(QPalette.ColorRole.HighlightedText)),
    ):
        icon.addPixmap(_bar(_PATTERNS.get(show_as), colour, edge, palette, side), mode)
    return icon


def _bar(
    pattern: Qt.BrushStyle | None, colour: QColor, edge: QColor, palette: QPalette, side: int
) -> QPixmap:
    ratio = 2.0
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    box = QRectF(1.5, 1.5, side - 3, side - 3)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, 1.2))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(box, 2, 2)
        if pattern is not None:
            painter.setBrush(QBrush(colour, pattern))
            painter.drawRoundedRect(box, 2, 2)
    return pixmap


class ItemList(QTreeWidget):
    """The items of a day. Enter and a double click change one, Delete removes it."""

    def __init__(self, change: Callable[[], None], remove: Callable[[], None], words: Words) -> None:
        super().__init__()
        self._change = change
        self._remove = remove
        self.setAccessibleName(words("Items of the day"))
        self.setHeaderLabels(
            [words("Time"), words("Subject"), words("Show As"), words("Kind"), words("Location")]
        )
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(header.fontMetrics().averageCharWidth() * 10)
        self.itemDoubleClicked.connect(lambda *_: change())

    def sizeHintForColumn(self, column: int) -> int:
        """Some air between the columns."""
        return super().sizeHintForColumn(column) + 12

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the list."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._change()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self._remove()
            case _:
                super().keyPressEvent(event)
