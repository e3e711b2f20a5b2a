"""Indicators: told apart without colour at 16 px, exact colours, seen on any panel, marks visible."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from lyncdesk.client.view_types import Indicator
from lyncdesk.presence.states import STATES, Colour, Shape
from lyncdesk.ui.first_icon import PICTURES, first_icon
from lyncdesk.ui.indicators import (
    DRAWINGS,
    INKS,
    MARKS,
    OUT_OF_OFFICE_INK,
    PASSWORD_INK,
    SIZES,
    STALE_INK,
    IndicatorIcons,
    indicator_image,
    paint_indicator,
)
from lyncdesk.ui.theme import GRAPHIC_CONTRAST, contrast

# Whole pixels of difference; a person tells far smaller differences apart at normal distance.
DISTINCT = 12.0
LIGHT = [QColor("#ffffff"), QColor("#f0f0f0")]
DARK = [QColor("#000000"), QColor("#2d2d2d")]
INDICATORS = [Indicator(row.colour, row.shape, row.text) for row in STATES]
MARK_INKS = {"out_of_office": OUT_OF_OFFICE_INK, "stale": STALE_INK, "needs_password": PASSWORD_INK}


def one_of(shape: Shape, colour: Colour = Colour.GREY) -> Indicator:
    return Indicator(colour, shape, shape.value)


def with_marks(indicator: Indicator, *marks: str) -> Indicator:
    return Indicator(
        indicator.colour,
        indicator.shape,
        indicator.text,
        "out_of_office" in marks,
        "stale" in marks,
        "needs_password" in marks,
    )


def greys(image: QImage, ground: str = "#ffffff") -> bytes:
    """The image on a ground, without colour."""
    flat = QImage(image.size(), QImage.Format.Format_RGB32)
    flat.fill(QColor(ground))
    with QPainter(flat) as painter:
        painter.drawImage(0, 0, image)
    grey = flat.convertToFormat(QImage.Format.Format_Grayscale8)
    width, stride = grey.width(), grey.bytesPerLine()
    data = bytes(grey.constBits())
    return b"".join(data[y * stride : y * stride + width] for y in range(grey.height()))


def distance(one: QImage, other: QImage, ground: str = "#ffffff") -> float:
    pairs = zip(greys(one, ground), greys(other, ground), strict=True)
    return sum(abs(a - b) for a, b in pairs) / 255


def count(image: QImage, colour: QColor) -> int:
    wanted = colour.rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_every_shape_has_a_drawing_and_every_colour_an_ink() -> None:
    assert set(DRAWINGS) == set(Shape)
    assert set(INKS) == set(Colour)


@pytest.mark.parametrize(("one", "other"), list(combinations(Shape, 2)))
def test_shapes_are_told_apart_at_16_px_with_no_colour_at_all(one: Shape, other: Shape, qapp: object) -> None:
    # Both in black and cut out: the outline alone has to do it, as on a macOS menu bar.
    first, second = (indicator_image(one_of(shape), 16, mask=True) for shape in (one, other))
    assert distance(first, second) >= DISTINCT


# Between a dark ground and the fills lie fewer steps of grey than between white and them.
@pytest.mark.parametrize(("ground", "least"), [("#ffffff", DISTINCT), ("#2d2d2d", DISTINCT * 0.7)])
def test_states_are_told_apart_at_16_px_in_grey(qapp: object, ground: str, least: float) -> None:
    for one, other in combinations({i.shape: i for i in INDICATORS}.values(), 2):
        images = indicator_image(one, 16), indicator_image(other, 16)
        assert distance(*images, ground) >= least, (one.text, other.text)


@pytest.mark.parametrize("size", SIZES)
def test_the_colour_is_exactly_the_tables_at_every_size(qapp: object, size: int) -> None:
    for indicator in INDICATORS:
        image = indicator_image(indicator, size)
        assert count(image, INKS[indicator.colour].fill) >= size * size / 32, indicator.text


def test_busy_and_in_a_meeting_are_orange_in_the_very_middle(qapp: object) -> None:
    for size in SIZES:
        for text in ("Busy", "In a meeting"):
            indicator = next(i for i in INDICATORS if i.text == text)
            pixel = indicator_image(indicator, size).pixelColor(size // 2, size // 2)
            assert pixel == INKS[Colour.ORANGE].fill
            hue = pixel.hsvHue()
            assert 20 <= hue <= 40, "orange to the eye: neither red nor yellow"


@pytest.mark.parametrize("ground", LIGHT + DARK)
def test_fill_or_edge_keeps_3_to_1_on_light_and_dark_panels(ground: QColor) -> None:
    for colour, ink in INKS.items():
        assert max(contrast(ink.fill, ground), contrast(ink.edge, ground)) >= GRAPHIC_CONTRAST, colour
    for name, ink_colour in MARK_INKS.items():
        assert contrast(ink_colour, ground) >= GRAPHIC_CONTRAST, name


def test_on_a_ground_known_to_be_dark_the_fill_alone_keeps_3_to_1(qapp: object) -> None:
    for ink in INKS.values():
        assert contrast(ink.fill, QColor("#2d2d2d")) >= GRAPHIC_CONTRAST
    half = one_of(Shape.HALF, Colour.YELLOW)
    assert count(indicator_image(half, 64, dark=True), INKS[Colour.YELLOW].edge) == 0
    assert count(indicator_image(half, 64), INKS[Colour.YELLOW].edge) > 0


def test_a_glyph_keeps_3_to_1_on_its_fill() -> None:
    for colour in (Colour.GREEN, Colour.YELLOW, Colour.RED):
        assert contrast(INKS[colour].glyph, INKS[colour].fill) >= GRAPHIC_CONTRAST


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("size", [16, 22, 32])
def test_a_mark_is_seen_on_every_state(qapp: object, mark: str, size: int) -> None:
    least = DISTINCT * (size / 16) ** 2 * 0.5
    for indicator in INDICATORS:
        plain, marked = (
            indicator_image(one, size, mask=True) for one in (indicator, with_marks(indicator, mark))
        )
        assert distance(plain, marked) >= least, indicator.text
        coloured = indicator_image(with_marks(indicator, mark), size)
        assert count(coloured, MARK_INKS[mark]) >= size * size / 64, indicator.text


def test_marks_differ_from_each_other_and_keep_off_each_other(qapp: object) -> None:
    marks = {mark: indicator_image(with_marks(one_of(Shape.DISC), mark), 16, mask=True) for mark in MARKS}
    for one, other in combinations(marks.values(), 2):
        assert distance(one, other) >= DISTINCT
    every = indicator_image(with_marks(one_of(Shape.DISC), *MARKS), 64)
    for mark, ink in MARK_INKS.items():
        alone = indicator_image(with_marks(one_of(Shape.DISC, Colour.ORANGE), mark), 64)
        assert count(every, ink) >= count(alone, ink) * 0.9


def test_a_state_keeps_its_colour_under_all_marks(qapp: object) -> None:
    for indicator in INDICATORS:
        marked = with_marks(indicator, *MARKS)
        assert count(indicator_image(marked, 22), INKS[indicator.colour].fill) >= 6, indicator.text


def test_an_icon_has_every_size_and_is_drawn_once(qapp: object) -> None:
    icons = IndicatorIcons()
    icon = icons.icon(INDICATORS[0])
    assert sorted(size.width() for size in icon.availableSizes()) == list(SIZES)
    assert icons.icon(replace(INDICATORS[0], text="other words")).cacheKey() == icon.cacheKey()
    assert icons.icon(INDICATORS[0], dark=True).cacheKey() != icon.cacheKey()
    assert icons.icon(INDICATORS[2]).cacheKey() != icon.cacheKey()


def test_a_mask_icon_is_black_with_the_shape_in_its_alpha(qapp: object) -> None:
    icon = IndicatorIcons().icon(INDICATORS[0], mask=True)
    assert icon.isMask()
    image = icon.pixmap(QSize(32, 32)).toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(32)
        for y in range(32)
        if image.pixelColor(x, y).alpha() > 200
    }
    assert colours == {"#000000"}


def test_the_first_icon_of_all_is_presence_unknown_drawn_beforehand(qapp: object) -> None:
    first = first_icon()
    unknown = next(indicator for indicator in INDICATORS if indicator.text == "Presence unknown")
    sizes = first.availableSizes()
    assert len(sizes) == len(PICTURES) == 5
    for size in sizes:
        ready = first.pixmap(size).toImage()
        drawn = indicator_image(unknown, size.width())
        for x in range(size.width()):
            for y in range(size.height()):
                there, wanted = ready.pixelColor(x, y), drawn.pixelColor(x, y)
                assert abs(there.alpha() - wanted.alpha()) <= 1
                if wanted.alpha() == 255:
                    assert there.name() == wanted.name()


def test_painting_fills_the_middle_of_the_rectangle_on_whole_pixels(qapp: object) -> None:
    canvas = QImage(40, 20, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(QColor("#ffffff"))
    busy = next(i for i in INDICATORS if i.text == "Busy")
    with QPainter(canvas) as painter:
        paint_indicator(painter, QRectF(0, 0, 40, 20), busy)
    assert canvas.pixelColor(20, 10) == INKS[Colour.ORANGE].fill
    assert canvas.pixelColor(5, 10) == QColor("#ffffff")
    with_icons = QImage(canvas.size(), canvas.format())
    with_icons.fill(QColor("#ffffff"))
    with QPainter(with_icons) as painter:
        IndicatorIcons().paint(painter, QRectF(0, 0, 40, 20), busy)
    assert with_icons == canvas
