"""Colours that follow the system's palette, dark and light, with the contrast that reading needs."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

TEXT_CONTRAST = 4.5  # WCAG 1.4.3
GRAPHIC_CONTRAST = 3.0  # WCAG 1.4.11

_CHANNEL_KNEE = 0.04045
_WARNING = (QColor("#9a5b00"), QColor("#ffb454"))  # on light, on dark


def luminance(colour: QColor) -> float:
    """The relative luminance of WCAG 2, 0 (black) to 1 (white)."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= _CHANNEL_KNEE else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def is_dark(palette: QPalette) -> bool:
    """Whether texts are lighter than what they stand on."""
    text, window = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
    return luminance(text) > luminance(window)


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """``share`` of one and the rest of the other."""
    rest = 1 - share
    return QColor.fromRgbF(
        one.redF() * share + other.redF() * rest,
        one.greenF() * share + other.greenF() * rest,
        one.blueF() * share + other.blueF() * rest,
    )


def muted(text: QColor, background: QColor, least: float = TEXT_CONTRAST) -> QColor:
    """A quieter text colour that still keeps the contrast."""
    for tenths in range(6, 10):
        colour = mixed(text, background, tenths / 10)
        if contrast(colour, background) >= least:
            return colour
    return QColor(text)


def muted_text(palette: QPalette, *, on: QPalette.ColorRole = QPalette.ColorRole.Window) -> QColor:
    """The colour of second lines on windows, or on another role's background."""
    return muted(palette.color(QPalette.ColorRole.WindowText), palette.color(on))


def hairline(palette: QPalette) -> QColor:
    """The colour of thin lines between parts of a window."""
    return mixed(palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window), 0.18)


def warning_text(palette: QPalette) -> QColor:
    """The colour of a line that asks for attention."""
    return _WARNING[is_dark(palette)]


def warning_background(palette: QPalette) -> QColor:
    """What stands behind such a line; ordinary text keeps its contrast on it."""
    return mixed(warning_text(palette), palette.color(QPalette.ColorRole.Window), 0.14)
