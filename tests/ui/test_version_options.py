"""Options > Advanced > Version: what runs, and the button that asks where the administrator says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import lyncdesk
from lyncdesk.client.options import Options, Origin
from lyncdesk.client.releases import Compared, Newest
from lyncdesk.ui.bridge import Call
from lyncdesk.ui.options_window import OptionsPage
from tests.ui.builders import RecordingBridge, RecordingSession, state
from tests.ui.names import doubled_letters, nameless
from tests.ui.parts import tell
from tests.ui.test_options import OPTIONS, Desk

URL = "https://files.litware.example/latest.json"
NAMED = replace(OPTIONS, newer_version_url=URL, origins={"newer_version_url": Origin.POLICY})
PAGE = "https://intranet.litware.example/lyncdesk"


def desk_of(qtbot: QtBot, options: Options, session: RecordingSession | None = None) -> Desk:
    desk = Desk(qtbot, options, session)
    desk.window.list.setCurrentRow(OptionsPage.ADVANCED)
    return desk


def test_the_version_that_runs_is_always_told(qtbot: QtBot) -> None:
    section = desk_of(qtbot, OPTIONS).window.advanced.versions
    assert section.running.text() == (
        f"LyncDesk {lyncdesk.__version__}, installed as: Python package (pipx)."
    )


def test_where_nobody_named_a_place_there_is_no_button(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, OPTIONS)
    section = desk.window.advanced.versions
    for widget in (section.check, section.about, section.told):
        assert not widget.isVisible()
    tell(desk.bridge, state(options=NAMED))  # the administrator names one meanwhile
    assert section.check.isVisible()


def test_the_sample_organisation_has_no_button(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, NAMED, RecordingSession(simulation=True))
    assert not desk.window.advanced.versions.check.isVisible()


def test_nothing_is_asked_before_it_is_pressed(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, NAMED)
    section = desk.window.advanced.versions
    assert section.about.text() == (
        "Asks files.litware.example once, and only when you press it. Nothing is downloaded or installed."
    )
    assert desk.bridge.asked == []
    desk.bridge.recording.newest = Newest("99.0", Compared.NEWER, date=date(2026, 11, 27), page=PAGE)
    section.check.click()
    assert desk.bridge.asked == [("newest", URL)]
    assert section.told.text().splitlines() == [
        f"There is a newer version: LyncDesk 99.0. This is {lyncdesk.__version__}.",
        "It came out on 27 Nov 2026.",
        "Update it with: pipx upgrade lyncdesk",
        f"More about it: {PAGE}",
    ]
    assert section.check.isEnabled()
    assert not nameless(desk.window)
    assert not doubled_letters(desk.window)
    assert desk.saved == []


def test_the_answer_comes_into_view(qtbot: QtBot, qapp: QApplication) -> None:
    desk = desk_of(qtbot, NAMED)
    section = desk.window.advanced.versions
    desk.window.resize(desk.window.width(), 300)
    qapp.processEvents()
    section.check.click()

    for _ in range(5):
        qapp.processEvents()
    assert 0 < section.told.height() == section.told.visibleRegion().boundingRect().height()


def test_a_place_that_says_nothing_is_told_with_what_to_do(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, NAMED)
    section = desk.window.advanced.versions
    section.check.click()
    assert section.told.text() == (
        "Whether there is a newer version could not be found out. files.litware.example was asked. It did not"
        " answer in time. Ask again later. If it stays like this, tell your administrator: the address may be"
        " wrong (policy NewerVersionUrl)."
    )
    desk.window.reject()
    desk.window.open_page(OptionsPage.ADVANCED)
    assert not section.told.isVisible()


class Waiting(RecordingBridge):
    """A bridge whose calls end when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.cancelled = 0
        self.ends: list[Callable[[], None]] = []

    def call(self, function: Any, *args: Any, done: Any = None, failed: Any = None, **kwargs: Any) -> Call:
        def end() -> None:
            done(asyncio.run(function(*args, **kwargs)))

        def cancel(_: object) -> None:
            self.cancelled += 1
            self.ends.remove(end)

        self.ends.append(end)
        return Call(cancel)


def test_while_it_asks_it_says_so_and_a_closed_window_asks_no_more(qtbot: QtBot) -> None:
    desk = desk_of(qtbot, NAMED)
    section, waiting = desk.window.advanced.versions, Waiting()
    section._bridge = waiting
    section.check.click()
    assert section.told.text() == "Asking files.litware.example ..."
    assert not section.check.isEnabled()
    desk.window.reject()
    assert (waiting.cancelled, waiting.ends) == (1, [])
    desk.window.open_page(OptionsPage.ADVANCED)
    assert not section.told.isVisible()
    section.check.click()
    waiting.recording.newest = Newest(lyncdesk.__version__, Compared.SAME)
    [end] = waiting.ends
    end()
    assert section.told.text() == f"This is the newest version: LyncDesk {lyncdesk.__version__}."
    desk.window.reject()
    assert waiting.cancelled == 1


def test_an_answer_that_takes_its_time_comes_into_view_whole(qtbot: QtBot, qapp: QApplication) -> None:
    desk = desk_of(qtbot, NAMED)
    section, waiting = desk.window.advanced.versions, Waiting()
    section._bridge = waiting
    desk.window.resize(desk.window.width(), 300)
    section.check.click()
    for _ in range(5):
        qapp.processEvents()
    waiting.recording.newest = Newest("99.0", Compared.NEWER, date=date(2026, 11, 27), page=PAGE)
    [end] = waiting.ends
    end()
    for _ in range(5):
        qapp.processEvents()
    assert section.told.visibleRegion().boundingRect().height() == section.told.height()
    assert section.told.height() >= section.told.heightForWidth(section.told.width())


@pytest.mark.parametrize("moves", [False, True])
def test_who_pressed_it_by_key_is_there_again_when_the_answer_comes(qtbot: QtBot, moves: bool) -> None:
    """A button that cannot be pressed loses the focus, to one that would close the window."""
    desk = desk_of(qtbot, NAMED)
    section, waiting = desk.window.advanced.versions, Waiting()
    section._bridge = waiting
    waiting.recording.newest = Newest(lyncdesk.__version__, Compared.SAME)
    section.check.setFocus()
    QTest.keyClick(section.check, Qt.Key.Key_Space)
    assert desk.window.focusWidget() is not section.check
    if moves:
        desk.window.list.setFocus()
    waiting.ends.pop()()
    assert desk.window.focusWidget() is (desk.window.list if moves else section.check)
