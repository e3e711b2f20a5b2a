"""Rows of two lines with an indicator, and one-line headings, for the contact list, the directory and the
week.

A model gives the first line as DisplayRole and the rest by the roles below; a row without INDICATOR_ROLE is a
heading. What BESIDE_ROLE gives stands quietly beside the title as far as there is room. A row with MENU_ROLE
has an arrow at its end, where :func:`menu_place` is. Painted, not made of widgets, so that a thousand rows
scroll.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from lyncdesk.client.view_types import Indicator
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.theme import is_dark, muted

INDICATOR_ROLE = Qt.ItemDataRole.UserRole + 20
SECOND_ROLE = Qt.ItemDataRole.UserRole + 21
BESIDE_ROLE = Qt.ItemDataRole.UserRole + 22
MENU_ROLE = Qt.ItemDataRole.UserRole + 23
_PAD = 5
_GAP = 8
_INDICATOR = 16
_LEAST_BESIDE = 24
_ARROW = 10


class RowDelegate(QStyledItemDelegate):
    """Paints the rows."""

    def __init__(self, icons: IndicatorIcons, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._font: QFont | None = None
        self._sizes = QSize(), QSize()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines for a row, one for a heading."""
        font = option.font
        if font != self._font:
            line = QFontMetrics(font).height()
            self._font = QFont(font)
            self._sizes = QSize(120, line + 2 * _PAD - 2), QSize(120, 2 * line + 2 * _PAD)
        return self._sizes[index.data(INDICATOR_ROLE) is not None]

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        widget = option.widget
        style = widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        indicator = index.data(INDICATOR_ROLE)
        painter.save()
        if isinstance(indicator, Indicator):
            self._paint_row(painter, option, index, indicator)
        else:
            self._paint_heading(painter, option, index)
        painter.restore()
        if option.state & QStyle.StateFlag.State_HasFocus:
            self._paint_focus(painter, option)

    def _paint_row(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        indicator: Indicator,
    ) -> None:
        rect = option.rect
        square = QRect(rect.left() + _PAD, rect.top(), _INDICATOR, rect.height())
        square = QStyle.visualRect(option.direction, rect, square)
        if _selected(option):
            _paint_ground(painter, option, square)
        self._icons.paint(painter, square, indicator, dark=is_dark(option.palette))
        lines = rect.adjusted(_PAD + _INDICATOR + _GAP, _PAD, -_PAD, -_PAD)
        if index.data(MENU_ROLE):
            lines.adjust(0, 0, -_ARROW - _GAP, 0)
            _paint_arrow(painter, option)
        first = QRect(lines.left(), lines.top(), lines.width(), lines.height() // 2)
        second = QRect(lines.left(), first.bottom() + 1, lines.width(), lines.height() - first.height())
        title = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        _text(painter, option, first, title, _ink(option))
        beside = str(index.data(BESIDE_ROLE) or "")
        taken = painter.fontMetrics().horizontalAdvance(title + " ") if beside else 0
        if beside and first.width() - taken >= _LEAST_BESIDE:
            rest = first.adjusted(taken, 0, 0, 0)
            _text(painter, option, rest, f"– {beside}", _ink(option, quiet=True))
        _text(painter, option, second, str(index.data(SECOND_ROLE) or ""), _ink(option, quiet=True))

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        rect = option.rect.adjusted(_PAD, 0, -_PAD, 0)
        _text(painter, option, rect, str(index.data() or ""), _ink(option, quiet=True))

    @staticmethod
    def _paint_focus(painter: QPainter, option: QStyleOptionViewItem) -> None:
        painter.save()
        painter.setPen(_ink(option))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        painter.restore()


def menu_place(row: QRect, direction: Qt.LayoutDirection) -> QRect:
    """Where in a row with MENU_ROLE one presses for its menu: its whole end, to be hit easily."""
    width = _ARROW + 2 * _PAD + _GAP
    return QStyle.visualRect(direction, row, QRect(row.right() - width + 1, row.top(), width, row.height()))


def _paint_arrow(painter: QPainter, option: QStyleOptionViewItem) -> None:
    place = menu_place(option.rect, option.direction)
    arrow = QRect(0, 0, _ARROW, _ARROW // 2)
    arrow.moveCenter(place.center())
    pen = QPen(_ink(option, quiet=True), 1.5)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.drawPolyline([arrow.topLeft(), QPoint(arrow.center().x(), arrow.bottom()), arrow.topRight()])
    painter.restore()


def item_view_looks(view: QWidget) -> None:
    """Make a view's ground that of the window, so that the list is part of it."""
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.Base, palette.color(QPalette.ColorRole.Window))
    view.setPalette(palette)


def _selected(option: QStyleOptionViewItem) -> bool:
    return bool(option.state & QStyle.StateFlag.State_Selected)


def _ink(option: QStyleOptionViewItem, *, quiet: bool = False) -> QColor:
    active = bool(option.state & QStyle.StateFlag.State_Active)
    group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
    role = QPalette.ColorRole.HighlightedText if _selected(option) else QPalette.ColorRole.Text
    ground = QPalette.ColorRole.Highlight if _selected(option) else QPalette.ColorRole.Base
    colour = option.palette.color(group, role)
    if quiet and not _selected(option):
        return muted(colour, option.palette.color(group, ground))
    return colour


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, square: QRect) -> None:
    """What an indicator stands on elsewhere, so that it can be told on the colour of a chosen row as well."""
    ground = QRect(0, 0, _INDICATOR + 4, _INDICATOR + 4)
    ground.moveCenter(square.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(option.palette.color(QPalette.ColorRole.Window))
    painter.drawEllipse(ground)
    painter.restore()


def _text(painter: QPainter, option: QStyleOptionViewItem, rect: QRect, text: str, colour: QColor) -> None:
    alignment = QStyle.visualAlignment(
        option.direction, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    )
    painter.setPen(colour)
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    rect = QStyle.visualRect(option.direction, option.rect, rect)
    painter.drawText(rect, alignment | Qt.TextFlag.TextSingleLine, elided)
