"""The day strip: colours, hatching, hours, now; hovering and the arrow keys tell each stretch."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from lyncdesk.client.day_types import DayStrip
from lyncdesk.client.words import Words
from lyncdesk.presence.states import Colour
from lyncdesk.ui.indicators import INKS, OUT_OF_OFFICE_INK
from lyncdesk.ui.strip import DayStripWidget
from tests.ui.builders import berlin, day_strip, part

WIDTH = 488  # 40 pixels an hour


@pytest.fixture
def strip(qtbot: QtBot) -> DayStripWidget:
    return shown(qtbot, day_strip())


def shown(qtbot: QtBot, day: DayStrip, *, mirrored: bool = False) -> DayStripWidget:
    widget = DayStripWidget(Words(), "My day")
    qtbot.addWidget(widget)
    if mirrored:
        widget.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    widget.setFixedWidth(WIDTH)
    widget.show_strip(day)
    widget.show()
    return widget


def colours(widget: DayStripWidget, number: int) -> dict[str, int]:
    """How often each colour comes in a stretch."""
    image = widget.grab().toImage()
    rect = widget.part_rect(day_strip().parts[number] if number < 99 else widget._strip.parts[0])  # type: ignore[union-attr]
    found: dict[str, int] = {}
    for x in range(int(rect.left()) + 1, int(rect.right()) - 1):
        for y in range(int(rect.top()), int(rect.bottom())):
            name = image.pixelColor(x, y).name()
            found[name] = found.get(name, 0) + 1
    return found


def fill(colour: Colour) -> str:
    return INKS[colour].fill.name()


def test_busy_stretches_are_orange_and_free_ones_low_and_green(strip: DayStripWidget) -> None:
    busy, free = colours(strip, 3), colours(strip, 0)
    assert busy[fill(Colour.ORANGE)] > 400
    assert fill(Colour.GREEN) not in busy
    area = sum(free.values())
    assert 0.2 < free[fill(Colour.GREEN)] / area < 0.5


def test_stale_stretches_are_hatched(strip: DayStripWidget) -> None:
    fresh = shown_like(strip, stale=False)
    window = strip.palette().window().color().name()
    hatched = colours(strip, 6)
    assert hatched[fill(Colour.ORANGE)] > 400
    assert hatched.get(window, 0) > 50
    assert fresh.get(window, 0) == 0


def shown_like(strip: DayStripWidget, *, stale: bool) -> dict[str, int]:
    day = day_strip(parts=(part("Busy", 15, 0, 16, 30, stale=stale),))
    strip.show_strip(day)
    found = colours(strip, 99)
    strip.show_strip(day_strip())
    return found


def test_out_of_office_is_a_line_above(strip: DayStripWidget) -> None:
    assert colours(strip, 5)[OUT_OF_OFFICE_INK.name()] > 100
    assert OUT_OF_OFFICE_INK.name() not in colours(strip, 4)


def test_the_now_line_stands_at_now(strip: DayStripWidget) -> None:
    image = strip.grab().toImage()
    text = strip.palette().windowText().color()
    column = [x for x in range(image.width()) if image.pixelColor(x, 12) == text]
    assert len(column) == 2
    # 10:02 is 182 of 720 minutes.
    assert abs(column[0] - (4 + 480 * 182 / 720)) < 2


def test_right_to_left_the_morning_is_on_the_right(qtbot: QtBot) -> None:
    mirrored = shown(qtbot, day_strip(), mirrored=True)
    first, last = day_strip().parts[0], day_strip().parts[-1]
    assert mirrored.part_rect(first).left() > mirrored.part_rect(last).left()
    assert mirrored.part_at(WIDTH - 20) == first


def test_the_arrow_keys_tell_each_stretch_and_begin_at_now(strip: DayStripWidget, qtbot: QtBot) -> None:
    told: list[str] = []
    strip.current_changed.connect(told.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_End):
        QTest.keyClick(strip, key)
    parts = day_strip().parts
    assert told == [parts[number].label for number in (3, 4, 3, 0, 7)]
    assert strip.accessibleDescription() == parts[7].label
    assert QToolTip.text() == parts[7].label
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert told[-1] == parts[7].label, "the day ends there"
    QToolTip.hideText()


def test_right_to_left_the_left_key_goes_on(qtbot: QtBot) -> None:
    mirrored = shown(qtbot, day_strip(), mirrored=True)
    told: list[str] = []
    mirrored.current_changed.connect(told.append)
    QTest.keyClick(mirrored, Qt.Key.Key_Left)
    QTest.keyClick(mirrored, Qt.Key.Key_Left)
    assert told == [day_strip().parts[number].label for number in (3, 4)]
    QToolTip.hideText()


def test_a_click_tells_the_stretch_under_it(strip: DayStripWidget, qtbot: QtBot) -> None:
    told: list[str] = []
    strip.current_changed.connect(told.append)
    place = strip.part_rect(day_strip().parts[6]).center().toPoint()
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert told == [day_strip().parts[6].label]
    QToolTip.hideText()


def test_hovering_a_mark_of_a_check_tells_its_time(strip: DayStripWidget) -> None:
    assert strip._places is not None
    x = strip._places.x(berlin(10, 32))
    assert strip._label_at(x).endswith("Next calendar check 9:32")  # the words' own zone is UTC here


def test_the_checks_are_marked_under_the_band_the_last_filled_and_the_next_hollow(
    strip: DayStripWidget,
) -> None:
    last, following = berlin(8, 15), berlin(17, 45)
    strip.show_strip(day_strip(last_check=None, next_check=None))
    without = strip.grab().toImage()
    strip.show_strip(day_strip(last_check=last, next_check=following))
    marked = strip.grab().toImage()
    assert strip._places is not None
    at = [round(strip._places.x(moment)) for moment in (last, following)]
    below = round(strip.part_rect(day_strip().parts[0]).bottom())
    changed = {x for x in range(WIDTH) if marked.pixelColor(x, below) != without.pixelColor(x, below)}
    assert changed
    assert all(min(abs(x - place) for place in at) <= 4 for x in changed)
    window = strip.palette().window().color()
    filled, hollow = (marked.pixelColor(x, below) for x in at)
    assert filled != window
    assert hollow == window


@pytest.mark.parametrize("width", [WIDTH, 140])
def test_the_hours_stand_under_the_band_as_many_as_have_room(qtbot: QtBot, width: int) -> None:
    widget = shown(qtbot, day_strip(last_check=None, next_check=None))
    widget.setFixedWidth(width)
    image = widget.grab().toImage()
    window = widget.palette().window().color()
    lines = range(round(widget.part_rect(day_strip().parts[0]).bottom()) + 4, image.height())
    inked = [x for x in range(width) if any(image.pixelColor(x, y) != window for y in lines)]
    # The digits of one hour stand close together, hours do not.
    ends = [number for number, (a, b) in enumerate(pairwise(inked)) if b - a > 5]
    firsts, lasts = [0, *(number + 1 for number in ends)], [*ends, len(inked) - 1]
    assert all(inked[last] - inked[first] < 25 for first, last in zip(firsts, lasts, strict=True))
    assert len(firsts) == 13 if width == WIDTH else 2 <= len(firsts) < 13


def test_the_stretch_that_the_keyboard_is_on_is_framed(strip: DayStripWidget, qtbot: QtBot) -> None:
    strip.activateWindow()
    strip.setFocus()
    qtbot.waitUntil(strip.hasFocus)
    frame = strip.palette().highlight().color()

    def framed() -> list[int]:
        image = strip.grab().toImage()
        band = strip.part_rect(day_strip().parts[0])
        return [x for x in range(WIDTH) if image.pixelColor(x, round(band.center().y())) == frame]

    assert framed() == []
    QTest.keyClick(strip, Qt.Key.Key_Home)
    left, right = framed()[0], framed()[-1]
    rect = strip.part_rect(day_strip().parts[0])
    assert abs(left - rect.left()) <= 2
    assert abs(right - rect.right()) <= 2
    QToolTip.hideText()


def test_the_chosen_stretch_stays_chosen_when_the_day_is_shown_anew(
    strip: DayStripWidget, qtbot: QtBot
) -> None:
    QTest.keyClick(strip, Qt.Key.Key_End)
    strip.show_strip(day_strip(now=berlin(10, 3)))
    assert strip.current_part() == day_strip().parts[7]
    strip.show_strip(day_strip(parts=()))
    assert strip.current_part() is None
    QToolTip.hideText()


def test_the_summary_is_what_a_screen_reader_hears_first(strip: DayStripWidget) -> None:
    assert strip.accessibleName() == "My day"
    assert strip.accessibleDescription() == day_strip().summary
