"""Changing Show As in the week: by mouse and keyboard, after a question, with undo and with what failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QModelIndex, QPoint, QSettings, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from lyncdesk.client.events import ShowAsPicked, ShowAsUndone
from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import ItemKey
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import Calendar, Change, Health, NotWritten, State, Undo
from lyncdesk.presence.items import Item, Kind, Recurring, ShowAs
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.main_window import MainWindow
from lyncdesk.ui.row_delegate import menu_place
from lyncdesk.ui.week import ID_ROLE
from tests.ui.builders import ME, NOW, RecordingBridge, berlin, state
from tests.ui.parts import WORDS, knowing, tell
from tests.ui.squeezed import squeezed

BUDGET = Item(
    berlin(10), berlin(11), ShowAs.BUSY, Kind.MEETING, "Budget review", "Room 12", id="1", change_key="a"
)
WEEKLY = replace(
    BUDGET,
    start=berlin(12),
    end=berlin(13),
    subject="Weekly",
    id="2",
    recurring=Recurring.OCCURRENCE,
    series="s",
)
NO_KEY = replace(BUDGET, start=berlin(14), end=berlin(15), subject="Taken", id="", change_key="")
UNTIL = berlin(18)


def known(*items: Item, **fields: object) -> State:
    calendar = replace(
        Calendar(
            items or (BUDGET, WEEKLY, NO_KEY), as_of=NOW, health=Health.OK, anchor=NOW, next_check=UNTIL
        ),
        **fields,  # type: ignore[arg-type]
    )
    options = Options(account=Account(ME, server="https://mail.litware.example"))
    return state(signed_in=True, calendar=calendar, options=options)


Open = Callable[[State], MainWindow]


@pytest.fixture
def opened(qtbot: QtBot, home: Path) -> Open:
    def made(kind: State) -> MainWindow:
        icons = IndicatorIcons()
        places = QSettings(str(home / "places.ini"), QSettings.Format.IniFormat)
        bridge = knowing(kind, RecordingBridge())
        window = MainWindow(bridge, WORDS, icons, Commands(WORDS, icons), places, lambda: True)
        qtbot.addWidget(window)
        window.resize(420, 900)
        window.day.fold.setChecked(True)
        window.open()
        settle()
        return window

    return made


def settle() -> None:
    for _ in range(4):
        QCoreApplication.processEvents()


def bridge_of(window: MainWindow) -> RecordingBridge:
    bridge = window._bridge
    assert isinstance(bridge, RecordingBridge)
    return bridge


def posted(window: MainWindow) -> list[object]:
    return list(bridge_of(window).posted)


def choose_row(window: MainWindow, text: str) -> QPoint:
    """Go to the row; the middle of its arrow."""
    tree = window.day.week.tree
    [row] = tree.findItems(text, Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
    tree.scrollToItem(row)
    tree.setCurrentItem(row)
    return menu_place(tree.visualItemRect(row), tree.layoutDirection()).center()


def open_menu(window: MainWindow, text: str, by: str = "Return") -> QMenu:
    place = choose_row(window, text)
    tree = window.day.week.tree
    match by:
        case "click":
            QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        case "right click" | "menu key":
            mouse, keyboard = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard
            at = QPoint(30, place.y()) if by == "right click" else QPoint(0, 0)
            event = QContextMenuEvent(
                mouse if by == "right click" else keyboard, at, tree.viewport().mapToGlobal(at)
            )
            QApplication.sendEvent(tree.viewport(), event)
        case _:
            QTest.keyClick(tree, getattr(Qt.Key, f"Key_{by}"))
    settle()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu), "no menu is open"
    return menu


def texts(menu: QMenu) -> list[str]:
    return [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]


def pick(menu: QMenu, text: str) -> None:
    [action] = [action for action in menu.actions() if action.text().replace("&", "").startswith(text)]
    action.trigger()
    menu.close()
    settle()


@pytest.mark.parametrize("by", ["click", "right click", "menu key", "Return", "Enter", "F2"])
def test_the_menu_of_an_item_opens_by_mouse_and_keyboard_and_says_what_others_see(
    opened: Open, by: str
) -> None:
    window = opened(known())
    menu = open_menu(window, "Budget review", by)
    assert texts(menu) == [
        "Free, shown as Available",
        "Tentative, shown as Available",
        "Busy, shown as In a meeting",
        "Out of office, shown as Available, out of office",
        "Working elsewhere, shown as Available",
    ]
    assert [action.text().replace("&", "") for action in menu.actions() if action.isChecked()] == [
        "Busy, shown as In a meeting"
    ]
    menu.close()
    assert posted(window) == []


def test_what_is_picked_is_written_after_a_question_alone(opened: Open) -> None:
    window = opened(known())
    pick(open_menu(window, "Budget review"), "Free")
    question = window.day.week.question
    assert question.isVisible()
    assert question.text.text() == ("Show “Budget review” of 10:00 as Free? It then makes you Available.")
    assert [button.text().replace("&", "") for button in (question.one, question.cancel)] == [
        "Change it",
        "Cancel",
    ]
    assert not question.whole.isVisible()
    assert posted(window) == []
    # It takes the place of the totals, and the item that it is about stays in sight.
    week = window.day.week
    assert not week.totals.isVisible()
    row = week.tree.currentItem()
    assert row is not None
    assert week.tree.viewport().rect().contains(week.tree.visualItemRect(row))
    assert question.one.hasFocus()
    QTest.keyClick(question.one, Qt.Key.Key_Return)
    assert posted(window) == [ShowAsPicked("1", ShowAs.FREE)]
    assert not question.isVisible()
    assert week.totals.isVisible()
    assert window.day.week.tree.hasFocus()


def test_a_question_in_the_lowest_window_hides_neither_its_item_nor_itself(opened: Open) -> None:
    many = [replace(BUDGET, id=str(n), start=berlin(10 + n), end=berlin(11 + n)) for n in range(8)]
    last = replace(BUDGET, id="last", start=berlin(19), end=berlin(20), subject="Last")
    undo = Undo(BUDGET, ItemKey("1", "a"), ShowAs.FREE, whole=False, until=UNTIL)
    window = opened(known(*many, last, undo=undo))
    week = window.day.week
    assert week.changed.isVisible()
    window.resize(320, window.minimumSizeHint().height())
    settle()
    pick(open_menu(window, "Last"), "Free")
    settle()
    assert not week.changed.isVisible()
    assert squeezed(window) == []
    row = week.tree.currentItem()
    assert row is not None
    assert week.tree.viewport().rect().contains(week.tree.visualItemRect(row))
    week.question.cancel.click()
    assert week.changed.isVisible()


@pytest.mark.parametrize("how", ["button", "escape"])
def test_the_question_can_be_left_and_nothing_is_written(opened: Open, how: str) -> None:
    window = opened(known())
    pick(open_menu(window, "Budget review"), "Free")
    question = window.day.week.question
    if how == "button":
        question.cancel.click()
    else:
        QTest.keyClick(question.one, Qt.Key.Key_Escape)
    assert (posted(window), question.isVisible()) == ([], False)
    assert window.day.week.tree.hasFocus()


@pytest.mark.parametrize(("whole", "button"), [(False, "one"), (True, "whole")])
def test_of_a_series_it_is_asked_whether_one_or_all(opened: Open, whole: bool, button: str) -> None:
    window = opened(known())
    pick(open_menu(window, "Weekly"), "Tentative")
    question = window.day.week.question
    assert (question.one.text(), question.whole.text()) == ("Only this one", "The whole series")
    getattr(question, button).click()
    assert posted(window) == [ShowAsPicked("2", ShowAs.TENTATIVE, whole)]


def test_what_an_item_says_already_is_asked_for_the_rest_of_its_series_only(opened: Open) -> None:
    window = opened(known())
    pick(open_menu(window, "Budget review"), "Busy")
    assert not window.day.week.question.isVisible()
    pick(open_menu(window, "Weekly"), "Busy")
    question = window.day.week.question
    assert [one.isVisible() for one in (question.one, question.whole)] == [False, True]
    assert question.whole.hasFocus()


def test_an_item_that_cannot_be_changed_says_why(opened: Open) -> None:
    window = opened(known())
    menu = open_menu(window, "Taken")
    assert texts(menu) == ["Exchange gives no key to this item, so it can be changed in Outlook only."]
    pick(menu, texts(menu)[0])
    assert posted(window) == []
    assert not window.day.week.question.isVisible()
    window = opened(known(changes=(Change(1, BUDGET, ShowAs.FREE),)))
    menu = open_menu(window, "Budget review")
    assert texts(menu)[0] == "The last change is still being written."
    choices = [action for action in menu.actions() if not action.isSeparator()]
    # The reason can be read, nothing can be chosen.
    assert [action.isEnabled() for action in choices] == [True] + [False] * (len(choices) - 1)
    menu.close()


def test_a_question_ends_with_its_item(opened: Open) -> None:
    window = opened(known())
    pick(open_menu(window, "Budget review"), "Free")
    tell(bridge_of(window), known(WEEKLY))
    settle()
    assert not window.day.week.question.isVisible()


def test_a_day_has_no_menu(opened: Open) -> None:
    window = opened(known())
    tree = window.day.week.tree
    tree.setCurrentIndex(tree.model().index(0, 0))
    QTest.keyClick(tree, Qt.Key.Key_F2)
    assert QApplication.activePopupWidget() is None


def test_undo_is_offered_and_taken(opened: Open) -> None:
    undo = Undo(replace(BUDGET, show_as=ShowAs.FREE), ItemKey("1", "b"), ShowAs.BUSY, False, UNTIL)
    window = opened(known(replace(BUDGET, show_as=ShowAs.FREE, change_key="b"), undo=undo))
    line = window.day.week.changed
    assert line.isVisible()
    assert line.text.text() == "“Budget review” is now shown as Free."
    assert line.button.text() == "Undo"
    QTest.keyClick(line.button, Qt.Key.Key_Space)
    assert posted(window) == [ShowAsUndone()]
    tell(bridge_of(window), known(BUDGET))
    settle()
    assert not line.isVisible()


def test_what_is_under_way_and_what_failed_is_told(opened: Open) -> None:
    window = opened(known(BUDGET, changes=(Change(1, BUDGET, ShowAs.OOF),)))
    line = window.day.week.changed
    assert line.text.text() == "“Budget review” is being changed to Out of office..."
    assert not line.button.isVisible()
    failed = NotWritten(BUDGET, ShowAs.OOF, Problem.of("item-changed"), UNTIL)
    tell(bridge_of(window), known(BUDGET, not_written=failed))
    settle()
    assert line.text.text() == (
        "“Budget review” was not changed. The item was changed by somebody else."
        " Look at it as it is now, then pick again."
    )
    assert line.isVisible()
    assert not line.button.isVisible()


def test_a_row_tells_those_who_do_not_see_it_how_to_change_it(opened: Open) -> None:
    window = opened(known())
    choose_row(window, "Budget review")
    row = window.day.week.tree.currentItem()
    assert row is not None
    assert row.data(0, Qt.ItemDataRole.AccessibleDescriptionRole) == "Enter changes Show As"
    pick(open_menu(window, "Budget review"), "Free")
    interface = QAccessible.queryAccessibleInterface(window.day.week.question.one)
    assert interface.text(QAccessible.Text.Description).startswith("Show “Budget review”")


def test_the_keyboard_stays_on_the_item_when_others_come_before_it(opened: Open) -> None:
    window = opened(known())
    choose_row(window, "Weekly")
    earlier = replace(BUDGET, start=berlin(8), end=berlin(9), subject="Early", id="9")
    tell(bridge_of(window), known(earlier, BUDGET, WEEKLY))
    settle()
    assert window.day.week.tree.currentIndex().data() == "12:00–13:00  Weekly"


def test_no_text_runs_into_the_arrow(opened: Open) -> None:
    long = replace(BUDGET, subject="A very long subject " * 20)
    window = opened(known(long, replace(WEEKLY, subject="W", location="")))
    tree = window.day.week.tree
    tree.clearFocus()
    tree.setCurrentIndex(QModelIndex())
    settle()
    arrows = []
    for text in ("A very long", "W"):
        row = next(
            row
            for row in tree.findItems(text, Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
            if row.parent() is not None
        )
        place = menu_place(tree.visualItemRect(row), tree.layoutDirection())
        # Its inner end may be pressed, but belongs to the text.
        arrows.append(tree.viewport().grab(place.adjusted(6, 0, 0, 0)).toImage())
    assert arrows[0] == arrows[1]


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier])
def test_enter_of_the_number_pad_opens_the_menu_too(opened: Open, modifiers: Qt.KeyboardModifier) -> None:
    window = opened(known())
    choose_row(window, "Budget review")
    QTest.keyClick(window.day.week.tree, Qt.Key.Key_Enter, modifiers)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()


def test_the_week_opens_at_today_and_stays_where_the_person_went(opened: Open) -> None:
    yesterday = [
        replace(BUDGET, start=berlin(8, minute, day=2), end=berlin(9, minute, day=2), id=f"y{minute}")
        for minute in range(40)
    ]
    window = opened(known(*yesterday, BUDGET, WEEKLY, NO_KEY))
    tree = window.day.week.tree
    first, today = tree.topLevelItem(0), tree.topLevelItem(1)
    assert first is not None
    assert today is not None
    assert today.text(0).startswith("Today, ")
    assert tree.viewport().rect().contains(tree.visualItemRect(today))
    first_item = first.child(0)
    assert first_item is not None
    tree.setCurrentItem(first_item)
    tell(bridge_of(window), known(*yesterday, BUDGET, WEEKLY))
    settle()
    row = tree.currentItem()
    assert row is not None
    assert tree.viewport().rect().contains(tree.visualItemRect(row))
    assert row.data(0, ID_ROLE) == "y0"
