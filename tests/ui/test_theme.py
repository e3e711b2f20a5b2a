"""Colours mixed from the palette keep the contrast that reading needs, dark and light."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette

from lyncdesk.ui.theme import (
    TEXT_CONTRAST,
    contrast,
    is_dark,
    muted_text,
    warning_background,
    warning_text,
)

PALETTES = {
    "light": ("#000000", "#efefef"),
    "white": ("#000000", "#ffffff"),
    "soft light": ("#232629", "#eff0f1"),
    "dark": ("#ffffff", "#323232"),
    "soft dark": ("#eff0f1", "#31363b"),
    "black": ("#ffffff", "#000000"),
}


@pytest.fixture(params=PALETTES)
def palette(request: pytest.FixtureRequest) -> QPalette:
    text, window = (QColor(name) for name in PALETTES[request.param])
    made = QPalette()
    made.setColor(QPalette.ColorRole.WindowText, text)
    made.setColor(QPalette.ColorRole.Window, window)
    return made


def test_black_on_white_is_21_to_1() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("white")) == pytest.approx(4.54, abs=0.01)


def test_second_lines_and_warnings_can_be_read(palette: QPalette) -> None:
    window = palette.color(QPalette.ColorRole.Window)
    assert contrast(muted_text(palette), window) >= TEXT_CONTRAST
    assert muted_text(palette) != palette.color(QPalette.ColorRole.WindowText)
    assert (
        contrast(palette.color(QPalette.ColorRole.WindowText), warning_background(palette)) >= TEXT_CONTRAST
    )
    assert contrast(warning_text(palette), window) >= TEXT_CONTRAST


def test_a_palette_is_dark_where_its_text_is_lighter_than_its_ground(palette: QPalette) -> None:
    assert is_dark(palette) == (
        palette.color(QPalette.ColorRole.WindowText) == QColor("#ffffff")
        or (palette.color(QPalette.ColorRole.WindowText) == QColor("#eff0f1"))
    )
