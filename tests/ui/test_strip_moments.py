"""The day strip tells the reasons of one moment: hovering, clicking, arrow keys; only when somebody asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from lyncdesk.client.day_types import DayStrip
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item, Kind
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.main_window import MainWindow
from lyncdesk.ui.strip import DayStripWidget, ReasonsOf
from tests.ui.builders import NOW, RecordingBridge, berlin, day_strip
from tests.ui.parts import WORDS, knowing
from tests.unit.client.driving import running
from tests.unit.strategies import at

WIDTH = 488  # 40 pixels an hour
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Asked:
    """Tells the reasons of a moment, and keeps which were asked for (None = now)."""

    def __init__(self) -> None:
        self.moments: list[datetime | None] = []

    def __call__(self, moment: datetime | None) -> tuple[str, ...]:
        self.moments.append(moment)
        return ("now" if moment is None else f"at {moment:%H:%M}", "Lync would have shown Away.")


def own_day() -> DayStrip:
    """One's own day: its stretches have a head, under which the reasons of a moment stand."""
    return day_strip(parts=tuple(replace(p, head=p.label.split("\n")[0]) for p in day_strip().parts))


def widget_of(qtbot: QtBot, reasons_of: ReasonsOf, day: DayStrip) -> DayStripWidget:
    widget = DayStripWidget(Words(), "My day", reasons_of=reasons_of)
    qtbot.addWidget(widget)
    widget.setFixedWidth(WIDTH)
    widget.show_strip(day)
    widget.show()
    return widget


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def strip(qtbot: QtBot, asked: Asked) -> DayStripWidget:
    return widget_of(qtbot, asked, own_day())


def x_of(strip: DayStripWidget, moment: datetime) -> float:
    assert strip._places is not None
    return strip._places.x(moment)


def test_nothing_is_worked_out_before_somebody_asks(strip: DayStripWidget, asked: Asked) -> None:
    strip.grab()
    strip.show_strip(replace(own_day(), now=berlin(10, 5)))
    assert asked.moments == []


def test_hovering_tells_the_stretch_and_the_reasons_of_the_moment_under_the_pointer(
    strip: DayStripWidget, asked: Asked
) -> None:
    for moment in (berlin(9, 12), berlin(15, 40)):
        text = strip._label_at(x_of(strip, moment))
        part = next(p for p in day_strip().parts if p.start <= moment < p.end)
        assert text.split("\n")[0] == part.label.split("\n")[0]
        assert text.split("\n")[2] == "Lync would have shown Away."
        told = asked.moments[-1]
        assert told is not None
        assert abs(told - moment) <= timedelta(minutes=2)


def test_near_the_now_line_it_is_now(strip: DayStripWidget, asked: Asked) -> None:
    assert strip._label_at(x_of(strip, NOW) + 3).split("\n")[1] == "now"
    strip._label_at(x_of(strip, NOW) + 6)
    assert asked.moments[0] is None
    assert asked.moments[1] is not None


def test_near_the_now_line_it_is_what_is_shown_now_even_where_something_else_begins(
    qtbot: QtBot, asked: Asked
) -> None:
    first, *_ = own_day().parts
    soon = NOW + timedelta(minutes=1)
    parts = (
        replace(first, end=soon, head="Shown now"),
        replace(first, start=soon, end=own_day().end, head="What follows"),
    )
    strip = widget_of(qtbot, asked, replace(own_day(), parts=parts))
    for beside in (-3, 0, 3):
        assert strip._label_at(x_of(strip, NOW) + beside).split("\n")[:2] == ["Shown now", "now"]


def test_a_moment_never_lies_outside_of_the_stretch_that_is_told(strip: DayStripWidget, asked: Asked) -> None:
    for part in day_strip().parts:
        rect = strip.part_rect(part)
        for x in (rect.left() + 0.01, rect.right() - 0.01):
            strip._label_at(x)
            moment = asked.moments[-1] or NOW
            near = x_of(strip, NOW) - 4 <= x <= x_of(strip, NOW) + 4
            assert near or part.start <= moment <= part.end


def test_the_arrow_keys_tell_the_reasons_of_now_and_else_of_a_beginning(
    strip: DayStripWidget, asked: Asked
) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Home):
        QTest.keyClick(strip, key)
    assert asked.moments == [None, berlin(11, 0), berlin(7, 0)]
    assert strip.accessibleDescription().split("\n") == [
        day_strip().parts[0].label,
        f"at {berlin(7):%H:%M}",
        "Lync would have shown Away.",
    ]
    QToolTip.hideText()


def test_with_shift_the_arrows_go_through_the_moments_and_over_the_edges_of_stretches(
    strip: DayStripWidget, asked: Asked
) -> None:
    told: list[str] = []
    strip.current_changed.connect(told.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left):
        QTest.keyClick(strip, key, SHIFT)
    assert asked.moments == [NOW + timedelta(minutes=5), None, NOW - timedelta(minutes=5)]
    # 9:57 lies in the stretch before that of now.
    assert told[-1].split("\n")[0] == day_strip().parts[2].label
    QTest.keyClick(strip, Qt.Key.Key_End)
    for _ in range(40):
        QTest.keyClick(strip, Qt.Key.Key_Right, SHIFT)
    assert told[-1].split("\n")[0] == day_strip().parts[-1].label, "the day ends there"
    QToolTip.hideText()


def test_right_to_left_shift_goes_the_way_the_day_is_drawn(qtbot: QtBot, asked: Asked) -> None:
    strip = widget_of(qtbot, asked, own_day())
    strip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QTest.keyClick(strip, Qt.Key.Key_Left, SHIFT)
    assert asked.moments == [NOW + timedelta(minutes=5)]
    strip._label_at(x_of(strip, berlin(15, 40)))
    told = asked.moments[-1]
    assert told is not None
    assert abs(told - berlin(15, 40)) <= timedelta(minutes=2)
    QToolTip.hideText()


def test_a_click_tells_the_moment_under_it(strip: DayStripWidget, asked: Asked) -> None:
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(x_of(strip, berlin(15, 40))), 12))
    (moment,) = asked.moments
    assert moment is not None
    assert abs(moment - berlin(15, 40)) <= timedelta(minutes=2)
    assert QToolTip.text() == strip.accessibleDescription()
    QToolTip.hideText()


def test_somebody_else_s_day_has_its_labels_alone(qtbot: QtBot, asked: Asked) -> None:
    strip = widget_of(qtbot, asked, day_strip())
    assert strip._label_at(x_of(strip, berlin(15, 40))) == day_strip().parts[6].label
    assert asked.moments == []


def test_long_sentences_wrap_in_the_tooltip_and_stay_whole_for_those_who_listen(qtbot: QtBot) -> None:
    long = "Lync would have shown In a meeting: " + "it took every item for a meeting, " * 5 + "and so on."
    strip = widget_of(qtbot, lambda _: (long,), own_day())
    QTest.keyClick(strip, Qt.Key.Key_Home)
    assert max(map(len, QToolTip.text().split("\n"))) <= 84
    assert long in strip.accessibleDescription()
    assert QToolTip.text().split() == strip.accessibleDescription().split()
    QToolTip.hideText()


@pytest.fixture
def window(qtbot: QtBot, home: Path) -> MainWindow:
    """The main window at 10:40 by Berlin: a call from 9:00 on was seen by the check of 10:30 alone."""
    client = running()
    client.until(30)
    client.answer(Item(at(-60), at(60), subject="Call", kind=Kind.UNKNOWN))
    client.until(40)
    bridge = knowing(client.state, RecordingBridge())
    bridge.now = lambda: client.now  # type: ignore[method-assign]
    icons = IndicatorIcons()
    settings = QSettings(str(home / "places.ini"), QSettings.Format.IniFormat)
    commands = Commands(WORDS, icons)
    made = MainWindow(bridge, WORDS, icons, commands, settings, lambda: True, lambda: False)
    made.commands = commands  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.show()
    return made


def told(window: MainWindow, moment: datetime) -> list[str]:
    strip = window.day.strip
    return strip._label_at(x_of(strip, moment)).split("\n")


def test_in_the_window_a_moment_that_has_passed_tells_what_was_shown_then(window: MainWindow) -> None:
    lines = told(window, at(10))
    assert lines[0] == "Available, 10:00 to 10:30"
    assert lines[1].endswith("you were shown as Available.")
    assert "Calendar: No item runs now. There is nothing to apply." in lines


def test_in_the_window_now_tells_each_input_and_what_lync_would_have_shown(window: MainWindow) -> None:
    lines = told(window, at(40))
    assert lines[2].startswith("You are shown as Busy because of “Call”")
    assert {line.partition(":")[0] for line in lines[3:6]} == {"Status by hand", "Computer", "Calendar"}
    assert lines[6].startswith("Lync would have shown In a meeting: ")
    QTest.keyClick(window.day.strip, Qt.Key.Key_Right)
    assert window.day.strip.accessibleDescription().split("\n") == lines
    QToolTip.hideText()


def test_in_the_window_a_moment_to_come_tells_what_is_known_of_it(window: MainWindow) -> None:
    lines = told(window, at(300))
    assert lines[1].startswith("From what is known now, you will be shown as Available at ")
    assert not any(line.startswith(("Computer", "Lync")) for line in lines)
