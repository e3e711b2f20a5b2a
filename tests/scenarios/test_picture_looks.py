"""How the drawing of a day looks: contrast, colours and shapes, room for text, and the hours."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from lyncdesk.presence.states import Colour, Shape
from lyncdesk.simulation import svg
from lyncdesk.simulation.day_axis import Axis
from lyncdesk.simulation.day_symbols import BAND, FAILED, INKS, MUTED, OUT_OF_OFFICE, SHAPES, STEP, WHITE
from lyncdesk.ui.indicators import INKS as SCREEN_INKS
from lyncdesk.ui.indicators import OUT_OF_OFFICE_INK
from lyncdesk.ui.strip_picture import _HEIGHTS
from tests.scenarios.drawing import SVG
from tests.scenarios.test_picture import HOUR, START, a_day, parsed

SECOND = timedelta(seconds=1)


def luminance(colour: str) -> float:
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_and_marks_can_be_told_from_what_they_stand_on() -> None:
    for ink in INKS.values():
        assert contrast(ink.fill, ink.on) >= 4.5
    for colour in (MUTED, FAILED, STEP, svg.INK):
        assert contrast(colour, WHITE) >= 4.5


def test_the_whole_drawing_has_a_ground_of_its_own() -> None:
    root = parsed(a_day())
    ground = next(root.iter(f"{SVG}rect"))
    assert (ground.get("fill"), ground.get("width")) == (WHITE, "1000")
    assert ground.get("height") == root.get("height")


def test_colours_and_heights_are_those_of_the_screen() -> None:
    for colour, ink in INKS.items():
        screen = SCREEN_INKS[colour]
        assert ink.edge == screen.edge.name()
        assert colour is Colour.GREEN_OUTLINE or ink.fill == screen.fill.name()
        assert abs(ink.height / BAND - _HEIGHTS[colour]) < 0.25
    assert set(INKS) == set(Colour)
    assert OUT_OF_OFFICE_INK.name() == OUT_OF_OFFICE


def test_shapes_are_told_apart_without_colour(qapp: object) -> None:
    pictures = {}
    for one in Shape:
        picture = f'<path d="{SHAPES[one]}" fill-rule="evenodd"/>'
        text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{picture}</svg>'
        image = QImage(16, 16, QImage.Format.Format_Grayscale8)
        image.fill(QColor("white"))
        with QPainter(image) as painter:
            QSvgRenderer(QByteArray(text.encode())).render(painter)
        pictures[one] = [image.pixelColor(x, y).value() for x in range(16) for y in range(16)]
    for a, b in itertools.combinations(pictures.values(), 2):
        assert sum(abs(p - q) for p, q in zip(a, b, strict=True)) > 8 * 255


def test_text_needs_no_more_room_than_is_thought(qapp: object) -> None:
    font = QFont("DejaVu Sans")
    font.setPixelSize(100)
    metrics = QFontMetricsF(font)
    for text in ("Available, out of office", "In a meeting", "Urgent interruptions only", "MMMWWW@", "09:30"):
        assert metrics.horizontalAdvance(text) <= svg.width(text, 100) * 1.02
    for letter in map(chr, range(32, 127)):
        assert metrics.horizontalAdvance(letter) <= svg.width(letter, 100) * 1.2, letter


# --- the hours ---


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [("Europe/Berlin", 29, 23), ("UTC", 29, 24), ("Australia/Lord_Howe", 29, 24), ("Asia/Kathmandu", 2, 24)],
)
def test_ticks_stand_on_full_hours_of_the_zone(zone: str, day: int, length: int) -> None:
    local = ZoneInfo(zone)
    start = datetime(2026, 3, day, tzinfo=local).astimezone(UTC)
    until = datetime(2026, 3, day + 1, tzinfo=local).astimezone(UTC)
    assert until - start == length * HOUR
    axis = Axis(start, until, 0, 1400, local)
    ticks = list(axis.ticks())
    assert len(ticks) in {length, length + 1}
    for tick in ticks:
        here = tick.at.astimezone(local)
        assert (here.minute, here.second) == (0, 0)
        assert tick.text == f"{here:%H:%M}"
        assert axis.x(tick.at) == pytest.approx(1400 * ((tick.at - start) / (until - start)))


def test_where_clocks_go_back_the_axis_says_what_it_is_ahead_of_utc() -> None:
    local = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 25, tzinfo=local).astimezone(UTC)
    axis = Axis(start, start + 25 * HOUR, 0, 1400, local)
    ticks = list(axis.ticks())
    assert [tick.text for tick in ticks][:5] == ["00:00", "01:00", "02:00", "02:00", "03:00"]
    assert [tick.below for tick in ticks][:5] == ["UTC+2", "", "", "UTC+1", ""]
    assert ticks[-1].below == "26 Oct"


@pytest.mark.parametrize("hours", [0.001, 0.1, 0.5, 1, 3, 8, 24, 25, 72, 24 * 30, 24 * 365, 24 * 365 * 100])
def test_ticks_are_never_crowded_and_never_fewer_than_three(hours: float) -> None:
    axis = Axis(START, START + max(timedelta(hours=hours), SECOND), 190, 972, ZoneInfo("UTC"))
    places = [axis.x(tick.at) for tick in axis.ticks()]
    assert len(places) >= 3
    for a, b in itertools.pairwise(places):
        assert b - a >= 44
