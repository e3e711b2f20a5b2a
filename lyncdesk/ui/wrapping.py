"""Check boxes and radio buttons whose words wrap, for sentences and for languages with long ones."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionFocusRect,
    QWidget,
)

_Metric = QStyle.PixelMetric
_FLAGS = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextShowMnemonic


def _wrap(button: QCheckBox | QRadioButton) -> None:
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    button.setSizePolicy(policy)


def _option(button: QCheckBox | QRadioButton) -> QStyleOptionButton:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    return option


def _metric(button: QCheckBox | QRadioButton, of_check_box: _Metric, of_radio_button: _Metric) -> int:
    which = of_check_box if isinstance(button, QCheckBox) else of_radio_button
    return button.style().pixelMetric(which, None, button)


def _sign(button: QCheckBox | QRadioButton) -> QSize:
    return QSize(
        _metric(button, _Metric.PM_IndicatorWidth, _Metric.PM_ExclusiveIndicatorWidth),
        _metric(button, _Metric.PM_IndicatorHeight, _Metric.PM_ExclusiveIndicatorHeight),
    )


def _beside(button: QCheckBox | QRadioButton) -> int:
    gap = _metric(button, _Metric.PM_CheckBoxLabelSpacing, _Metric.PM_RadioButtonLabelSpacing)
    return _sign(button).width() + gap


def _height(button: QCheckBox | QRadioButton, width: int) -> int:
    room = QRect(0, 0, max(width - _beside(button), 40), 10_000)
    words = button.fontMetrics().boundingRect(room, _FLAGS, button.text())
    return max(words.height(), _sign(button).height()) + 2


def _in_one_line(button: QCheckBox | QRadioButton) -> QSize:
    words = button.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, button.text())
    width = words.width() + _beside(button) + 2
    return QSize(width, _height(button, width))


def _least(button: QCheckBox | QRadioButton) -> QSize:
    width = _beside(button) + button.fontMetrics().averageCharWidth() * 20
    return QSize(min(width, _in_one_line(button).width()), _sign(button).height())


def _paint(button: QCheckBox | QRadioButton, sign: QStyle.PrimitiveElement) -> None:
    style, option, size = button.style(), _option(button), _sign(button)
    direction = button.layoutDirection()
    line = button.fontMetrics().height()
    place = QRect(0, 1 + max(0, (line - size.height()) // 2), size.width(), size.height())
    beside = _beside(button)
    words = QRect(beside, 1, button.width() - beside, button.height() - 2)
    where = style.visualRect(direction, button.rect(), words)
    top = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
    with QPainter(button) as painter:
        option.rect = style.visualRect(direction, button.rect(), place)
        style.drawPrimitive(sign, option, painter, button)
        style.drawItemText(
            painter,
            where,
            int(top.value) | int(_FLAGS.value),
            button.palette(),
            button.isEnabled(),
            button.text(),
            QPalette.ColorRole.WindowText,
        )
        if button.hasFocus():
            focus = QStyleOptionFocusRect()
            focus.initFrom(button)
            focus.rect = where
            style.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, focus, painter, button)


class WrappingCheckBox(QCheckBox):
    """A check box with the style's own sign at the first line of its words."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        _wrap(self)

    def hasHeightForWidth(self) -> bool:
        """It depends on the width how many lines there are."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the lines."""
        return _height(self, width)

    def sizeHint(self) -> QSize:
        """In one line."""
        return _in_one_line(self)

    def minimumSizeHint(self) -> QSize:
        """Some words wide."""
        return _least(self)

    def hitButton(self, place: QPoint) -> bool:
        """The words are part of it."""
        return self.rect().contains(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sign and the words."""
        _paint(self, QStyle.PrimitiveElement.PE_IndicatorCheckBox)


class WrappingRadioButton(QRadioButton):
    """A radio button with the style's own sign at the first line of its words."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        _wrap(self)

    def hasHeightForWidth(self) -> bool:
        """It depends on the width how many lines there are."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the lines."""
        return _height(self, width)

    def sizeHint(self) -> QSize:
        """In one line."""
        return _in_one_line(self)

    def minimumSizeHint(self) -> QSize:
        """Some words wide."""
        return _least(self)

    def hitButton(self, place: QPoint) -> bool:
        """The words are part of it."""
        return self.rect().contains(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sign and the words."""
        _paint(self, QStyle.PrimitiveElement.PE_IndicatorRadioButton)
