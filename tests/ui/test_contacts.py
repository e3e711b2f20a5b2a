"""Contacts in the main window: search, views, cards by hover, click and keys, menus, the directory."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from lyncdesk.client.events import Give
from lyncdesk.client.problems import Problem
from lyncdesk.client.view_types import Card, Given
from lyncdesk.presence.relationships import Relationship
from lyncdesk.ui.bridge import Call
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.contact_list import ContactTree
from lyncdesk.ui.contacts_panel import ContactsPanel
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.main_window import MainWindow
from tests.ui import parts
from tests.ui.builders import ANNA, RecordingBridge, contact, contacts, main_view, seen, state
from tests.ui.parts import CHOICES, WORDS, card


class Heard:
    """What the panel told."""

    def __init__(self, panel: ContactsPanel) -> None:
        self.opened: list[str] = []
        self.hovered: list[str] = []
        self.left = 0
        self.posted: list[object] = []
        panel.opened.connect(lambda address, _rect: self.opened.append(address))
        panel.hovered.connect(lambda address, _rect: self.hovered.append(address))
        panel.hover_left.connect(self._leave)
        panel.posted.connect(self.posted.append)

    def _leave(self) -> None:
        self.left += 1


@pytest.fixture
def bridge() -> RecordingBridge:
    return RecordingBridge()


def card_of(address: str) -> Card | None:
    return parts.card(address=address)


@pytest.fixture
def panel(qtbot: QtBot, bridge: RecordingBridge) -> ContactsPanel:
    made = ContactsPanel(bridge, WORDS, IndicatorIcons(), card_of)
    made.directory._pause.setInterval(0)
    made.resize(320, 400)
    qtbot.addWidget(made)
    made.show_contacts(contacts())
    made.show()
    made.activateWindow()
    return made


def tree(panel: ContactsPanel) -> ContactTree:
    return panel.list.tree


def place(panel: ContactsPanel, address: str = ANNA) -> QPoint:
    return tree(panel).visualRect(panel.list.model.index_of(address)).center()


def names(panel: ContactsPanel) -> list[str]:
    """The contacts in sight, top to bottom."""
    model, view = panel.list.model, tree(panel)
    indexes = [
        model.index(row, 0, model.index(group, 0))
        for group in range(model.rowCount())
        for row in range(model.rowCount(model.index(group, 0)))
    ]
    return [index.data() for index in indexes if view.visualRect(index).isValid()]


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


# --- cards ---


def test_a_click_enter_and_space_open_the_card(panel: ContactsPanel) -> None:
    heard = Heard(panel)
    QTest.mouseClick(tree(panel).viewport(), Qt.MouseButton.LeftButton, pos=place(panel))
    tree(panel).setCurrentIndex(panel.list.model.index_of("ben.smith@litware.example"))
    QTest.keyClick(tree(panel), Qt.Key.Key_Return)
    QTest.keyClick(tree(panel), Qt.Key.Key_Space)
    assert heard.opened == [ANNA, "ben.smith@litware.example", "ben.smith@litware.example"]


def test_hovering_names_the_row_and_leaving_tells_so(panel: ContactsPanel) -> None:
    heard = Heard(panel)
    QTest.mouseMove(tree(panel).viewport(), place(panel))
    QTest.mouseMove(tree(panel).viewport(), place(panel, "eve.external@fabrikam.example"))
    settle()
    assert heard.hovered == [ANNA, "eve.external@fabrikam.example"]
    QTest.mouseMove(tree(panel).viewport(), QPoint(5, tree(panel).viewport().height() - 2))
    settle()
    assert heard.left


def test_the_anchor_of_a_card_is_the_row_on_the_screen(panel: ContactsPanel) -> None:
    found: list[QRect] = []
    panel.opened.connect(lambda _address, rect: found.append(rect))
    QTest.mouseClick(tree(panel).viewport(), Qt.MouseButton.LeftButton, pos=place(panel))
    assert found[0].contains(tree(panel).viewport().mapToGlobal(place(panel)))


def test_in_the_window_the_card_opens_with_the_keyboard_and_escape_gives_it_back(
    qtbot: QtBot, home: Path
) -> None:
    icons = IndicatorIcons()
    bridge = parts.knowing(state())
    settings = QSettings(str(home / "places.ini"), QSettings.Format.IniFormat)
    window = MainWindow(bridge, WORDS, icons, Commands(WORDS, icons), settings, lambda: True)
    qtbot.addWidget(window)
    window.show()
    window.show_view(main_view())
    window.activateWindow()
    window.contacts.list.tree.setFocus()
    window.contacts.list.tree.choose_first()
    QTest.keyClick(window.contacts.list.tree, Qt.Key.Key_Return)
    assert window.card.isVisible()
    assert window.card.address == ANNA
    QTest.keyClick(window.card, Qt.Key.Key_Escape)
    assert not window.card.isVisible()


# --- keyboard ---


def test_down_from_the_search_goes_to_the_first_contact(panel: ContactsPanel) -> None:
    panel.search.setFocus()
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    row = tree(panel).current_contact()
    assert row is not None
    assert row.address == ANNA
    assert tree(panel).hasFocus()


def test_enter_on_a_heading_folds_it_and_a_change_leaves_it_folded(panel: ContactsPanel) -> None:
    heading = panel.list.model.index(0, 0)
    tree(panel).setCurrentIndex(heading)
    QTest.keyClick(tree(panel), Qt.Key.Key_Return)
    assert names(panel) == ["Carla Gomez", "David Ortiz"]
    panel.show_contacts((*contacts()[1:], contact(text="Busy")))
    assert names(panel) == ["Carla Gomez", "David Ortiz"]
    panel.view.setCurrentIndex(1)
    panel.view.setCurrentIndex(0)
    assert names(panel) == ["Carla Gomez", "David Ortiz"]


def test_a_click_on_a_heading_folds_it_and_opens_nothing(panel: ContactsPanel) -> None:
    heard = Heard(panel)
    where = tree(panel).visualRect(panel.list.model.index(0, 0)).center()
    QTest.mouseClick(tree(panel).viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert names(panel) == ["Carla Gomez", "David Ortiz"]
    assert heard.opened == []


def test_what_is_chosen_stays_chosen_while_the_list_changes_around_it(panel: ContactsPanel) -> None:
    panel.view.setCurrentIndex(1)
    tree(panel).setCurrentIndex(panel.list.model.index_of("carla.gomez@litware.example"))
    rows = tuple(contact(f"x{n}.y@litware.example", f"X{n}", "Do not disturb") for n in range(5))
    panel.show_contacts((*rows, *contacts()))
    row = tree(panel).current_contact()
    assert row is not None
    assert row.name == "Carla Gomez"


# --- search and empty lists ---


def test_a_search_narrows_and_escape_widens_again(panel: ContactsPanel) -> None:
    panel.search.setFocus()
    QTest.keyClicks(panel.search, "car")
    assert names(panel) == ["Carla Gomez"]
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert len(names(panel)) == 5


def test_nobody_found_and_nobody_there_have_their_words(panel: ContactsPanel) -> None:
    panel.search.setText("zzz")
    assert panel.list.empty.isVisible()
    assert panel.list.empty.text() == "Nobody in your contact list matches “zzz”."
    panel.search.clear()
    assert not panel.list.empty.isVisible()
    panel.show_contacts((), "Your contact list is empty.")
    assert panel.list.empty.text() == "Your contact list is empty."
    assert panel.search.isVisible()


def test_where_nobody_can_be_found_there_is_nothing_to_search(panel: ContactsPanel) -> None:
    panel.show_contacts((), "With Exchange alone there are no contacts.", finds_people=False)
    assert panel.list.empty.text() == "With Exchange alone there are no contacts."
    assert not panel.search.isVisible()
    assert not panel.view.isVisible()


# --- the menu of a contact ---


def action(menu: QMenu, text: str) -> QAction:
    return next(a for a in menu.actions() if a.text().replace("&", "") == text)


def submenu(menu: QMenu) -> QMenu:
    return next(m for m in menu.findChildren(QMenu) if m.title())


def test_a_relationship_is_given_from_the_menu_and_the_present_one_is_marked(panel: ContactsPanel) -> None:
    heard = Heard(panel)
    menu = panel.menu_for(contact())
    relationships = submenu(menu)
    assert relationships.title().replace("&", "") == "Change privacy relationship"
    assert [a.text().replace("&", "") for a in relationships.actions() if a.isChecked()] == ["Colleagues"]
    assert all(a.toolTip() for a in relationships.actions())
    action(relationships, "Friends and Family").trigger()
    assert heard.posted == [Give(ANNA, Relationship.FRIENDS_AND_FAMILY)]


@pytest.mark.parametrize(("button", "given"), [("Change", True), ("Cancel", False)])
def test_a_permission_is_given_from_the_menu_after_a_question(
    panel: ContactsPanel, monkeypatch: pytest.MonkeyPatch, button: str, given: bool
) -> None:
    gives = Given(
        Relationship.COLLEAGUES,
        CHOICES,
        denied=frozenset({Relationship.BLOCKED}),
        questions=((Relationship.WORKGROUP, "Anna will see subject and location. Change?"),),
    )
    monkeypatch.setattr(panel, "_card_of", lambda _address: card(gives=gives))
    heard = Heard(panel)
    relationships = submenu(panel.menu_for(contact()))
    assert not action(relationships, "Blocked").isEnabled()
    action(relationships, "Workgroup").trigger()
    assert heard.posted == []
    box = panel.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert box.text() == "Anna will see subject and location. Change?"
    safe = box.defaultButton()
    assert safe is box.escapeButton()
    assert safe.text().replace("&", "") == "Cancel"
    chosen = next(b for b in box.buttons() if b.text().replace("&", "") == button)
    QTest.mouseClick(chosen, Qt.MouseButton.LeftButton)
    assert heard.posted == ([Give(ANNA, Relationship.WORKGROUP)] if given else [])


def test_what_is_given_already_is_not_asked_about(
    panel: ContactsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    gives = Given(Relationship.WORKGROUP, CHOICES, questions=((Relationship.WORKGROUP, "Change?"),))
    monkeypatch.setattr(panel, "_card_of", lambda _address: card(gives=gives))
    heard = Heard(panel)
    action(submenu(panel.menu_for(contact())), "Workgroup").trigger()
    assert heard.posted == []
    assert panel.findChild(QMessageBox) is None


def test_a_permission_that_cannot_be_changed_says_why_in_the_menu(
    panel: ContactsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    gives = Given(None, CHOICES, name="Editor", locked="Given in Outlook.")
    monkeypatch.setattr(panel, "_card_of", lambda _address: card(gives=gives))
    relationships = submenu(panel.menu_for(contact()))
    assert not relationships.isEnabled()
    assert relationships.menuAction().toolTip() == "Given in Outlook."


def test_the_menu_opens_by_right_click_and_by_the_menu_key(panel: ContactsPanel) -> None:
    asked: list[str] = []
    tree(panel).menu_asked.disconnect()
    tree(panel).menu_asked.connect(lambda row, _place: asked.append(row.name))
    view = tree(panel)
    by_mouse = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place(panel), QPoint())
    view.contextMenuEvent(by_mouse)
    view.setCurrentIndex(panel.list.model.index_of("ben.smith@litware.example"))
    view.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint()))
    assert asked == ["Anna Bedecs", "Ben Smith"]


@pytest.mark.parametrize(("button", "removed"), [("Remove", True), ("Keep", False)])
def test_removing_asks_first(
    panel: ContactsPanel, bridge: RecordingBridge, qtbot: QtBot, button: str, removed: bool
) -> None:
    tree(panel).setCurrentIndex(panel.list.model.index_of(ANNA))
    QTest.keyClick(tree(panel), Qt.Key.Key_Delete)
    box = panel.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert box.text() == "Remove Anna Bedecs from your contact list?"
    chosen = next(b for b in box.buttons() if b.text().replace("&", "") == button)
    QTest.mouseClick(chosen, Qt.MouseButton.LeftButton)
    assert bridge.asked == ([("remove_contact", ANNA)] if removed else [])


# --- the directory ---


def found(panel: ContactsPanel) -> list[str]:
    people = panel.directory.list
    return [people.item(number).text() for number in range(people.count())]


def test_a_search_asks_the_directory_and_leaves_out_who_is_a_contact(
    panel: ContactsPanel, bridge: RecordingBridge, qtbot: QtBot
) -> None:
    bridge.recording.people = (seen(), seen("zora.z@litware.example", "Zora Zadek"))
    panel.search.setText("z")
    settle()
    assert bridge.asked == [], "one letter finds everybody"
    panel.search.setText("zo")
    qtbot.waitUntil(panel.directory.isVisible)
    assert bridge.asked == [("search", "zo")]
    assert found(panel) == ["Zora Zadek"]


def test_a_search_that_finds_nobody_at_all_says_so(
    panel: ContactsPanel, bridge: RecordingBridge, qtbot: QtBot
) -> None:
    panel.search.setText("anna")
    settle()
    assert not panel.directory.isVisible(), "a contact was found"
    panel.search.setText("zzz")
    qtbot.waitUntil(panel.directory.isVisible)
    assert panel.directory.says.text() == "Nobody in the directory matches “zzz”."
    panel.search.clear()
    assert not panel.directory.isVisible()


def test_somebody_found_is_added_by_button_enter_or_double_click(
    panel: ContactsPanel, bridge: RecordingBridge, qtbot: QtBot
) -> None:
    bridge.recording.people = (seen("zora.z@litware.example", "Zora Zadek"),)
    panel.search.setText("zora")
    qtbot.waitUntil(panel.directory.isVisible)
    panel.search.setFocus()
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    assert panel.directory.list.hasFocus()
    QTest.keyClick(panel.directory.list, Qt.Key.Key_Return)
    panel.directory.add.click()
    assert bridge.asked[1:] == [("add_contact", "zora.z@litware.example")] * 2
    assert panel.directory.says.text() == "Zora Zadek was added to your contacts."
    panel.show_contacts((*contacts(), contact("zora.z@litware.example", "Zora Zadek")))
    assert found(panel) == []


class Waiting:
    """Calls that are under way, and which of them were given up."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.given_up: list[str] = []

    def call(self, _function: object, text: str, **_: object) -> Call:
        self.asked.append(text)
        return Call(lambda _: self.given_up.append(text))


def test_a_search_gives_up_the_one_before_and_says_that_it_goes_on(
    panel: ContactsPanel, bridge: RecordingBridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Waiting()
    monkeypatch.setattr(bridge, "call", waiting.call)
    panel.search.setText("zora")
    qtbot.waitUntil(lambda: waiting.asked == ["zora"])
    assert panel.directory.says.text() == "Searching the address book ..."
    panel.search.setText("anna")
    assert waiting.given_up == ["zora"]
    qtbot.waitUntil(lambda: waiting.asked == ["zora", "anna"])
    # A contact was found: no word about what takes its time.
    assert not panel.directory.isVisible()


def test_what_stands_in_the_way_of_adding_is_told(
    panel: ContactsPanel, bridge: RecordingBridge, qtbot: QtBot
) -> None:
    bridge.recording.people = (seen("zora.z@litware.example", "Zora Zadek"),)
    bridge.recording.problem = Problem("too-many-contacts")
    panel.search.setText("zora")
    qtbot.waitUntil(panel.directory.isVisible)
    panel.directory.add.click()
    assert panel.directory.says.text().startswith("Zora Zadek was not added: ")


def test_a_directory_that_cannot_be_searched_says_so(
    panel: ContactsPanel, bridge: RecordingBridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_text: str) -> None:
        raise OSError("down")

    monkeypatch.setattr(bridge.recording, "search", fail)
    panel.search.setText("zora")
    qtbot.waitUntil(panel.directory.isVisible)
    assert panel.directory.says.text() == "The directory could not be searched."
    panel.search.clear()
    assert not panel.directory.isVisible()
