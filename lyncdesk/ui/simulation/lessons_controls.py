"""Finds the control that a lesson points at in the real windows, by its stable object name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QTabWidget, QWidget

from lyncdesk.ui.card import CardPopup
from lyncdesk.ui.contact_list import ContactTree
from lyncdesk.ui.contact_model import ContactModel

if TYPE_CHECKING:
    from lyncdesk.ui.windows import Windows


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the screen: a part of a widget, in its own coordinates. ``exact``: it is the control itself,
    not only what leads there.
    """

    widget: QWidget
    rect: QRect
    exact: bool = True


# What leads to a control that cannot be seen yet, by the control or its window.
_WAYS = {
    "main.reset_status": "main.status",
    "card": "main.contact",
    "options": "main.options",
}


class Controls:
    """The controls of the running program. ``open`` brings the window of a control up."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._openers: dict[str, Callable[[], object]] = {
            "main": windows.open_main,
            "card": windows.open_main,
            "options": windows.open_options,
            "options.interval": windows.open_advanced,
            "about.why": windows.open_why,
            "about.seen": windows.open_seen,
            "about.seen_card": windows.open_seen,
            "about.connection": windows.open_connection,
            "simulation": windows.open_simulation,
        }

    def find(self, name: str, who: str = "") -> Spot | None:
        """Where a control is, or what leads to it; None where neither can be seen."""
        spot = self.find_exactly(name, who)
        if spot is not None:
            return spot
        return self._hidden_page(name) or self._way(name, who)

    def find_exactly(self, name: str, who: str = "") -> Spot | None:
        """Where the control itself is; None where it cannot be seen."""
        for window in self._searched(name):
            for found in window.findChildren(QWidget, name):
                if _can_be_seen(found):
                    return self._spot(found, who)
            action = window.findChild(QAction, name) or self._action(window, name)
            if action is not None:
                spot = _row_of(action)
                if spot is not None:
                    return spot
        return None

    def open(self, name: str, who: str = "") -> None:
        """Bring the control before the eyes and give it the keyboard."""
        kind = name.partition(".")[0]
        opener = self._openers.get(name) or self._openers[kind]
        opener()
        page = self._hidden_page(name)
        if page is not None and isinstance(page.widget, QTabWidget):
            page.widget.setCurrentIndex(_page_with(page.widget, name))
        if name == "main.contact" or kind == "card":
            self._to_contact(who, card=kind == "card")
        spot = self.find_exactly(name, who)
        if spot is not None:
            spot.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- parts ---

    def _searched(self, name: str) -> Iterator[QWidget]:
        """The windows in which the control may be. Those of people whom one sits in as hang on the Simulation
        window, and have controls of the same names.
        """
        from lyncdesk.ui.simulation_window import SimulationWindow

        wanted = name.startswith("simulation.")
        return (one for one in self._windows.made() if isinstance(one, SimulationWindow) is wanted)

    @staticmethod
    def _action(window: QWidget, name: str) -> QAction | None:
        # Actions that several windows share belong to none of them.
        menus = window.findChildren(QMenu)
        return next((one for menu in menus for one in menu.actions() if one.objectName() == name), None)

    def _spot(self, found: QWidget, who: str) -> Spot | None:
        if isinstance(found, ContactTree):
            return _contact_row(found, who)
        card = found.window()
        if isinstance(card, CardPopup) and who and card.address != who:
            return None
        return Spot(found, found.rect())

    def _way(self, name: str, who: str) -> Spot | None:
        way = _WAYS.get(name) or _WAYS.get(name.partition(".")[0])
        if way is None or way == name:
            return None
        found = self.find_exactly(way, who)
        return Spot(found.widget, found.rect, exact=False) if found is not None else None

    def _hidden_page(self, name: str) -> Spot | None:
        """The tab behind which the control is."""
        for window in self._searched(name):
            for tabs in window.findChildren(QTabWidget) if window.isVisible() else ():
                page = _page_with(tabs, name)
                if page >= 0 and page != tabs.currentIndex() and tabs.isVisible():
                    bar = tabs.tabBar()
                    rect = bar.tabRect(page).translated(bar.mapTo(tabs, bar.rect().topLeft()))
                    return Spot(tabs, rect, exact=False)
        return None

    def _to_contact(self, who: str, *, card: bool) -> None:
        main = self._windows.main
        main.contacts.search.clear()
        tree = main.contacts.list.tree
        tree.expandAll()
        model = tree.model()
        if not isinstance(model, ContactModel):
            return
        index = model.index_of(who)
        if index.isValid():
            tree.setCurrentIndex(index)
            tree.scrollTo(index)
        spot = _contact_row(tree, who)
        if card and spot is not None:
            main.card.open_at(who, QRect(spot.widget.mapToGlobal(spot.rect.topLeft()), spot.rect.size()))


def _can_be_seen(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.visibleRegion().isEmpty() and not widget.window().isMinimized()


def _contact_row(tree: ContactTree, who: str) -> Spot | None:
    model = tree.model()
    if who and isinstance(model, ContactModel):
        rect = tree.visualRect(model.index_of(who))
        if not rect.isEmpty() and tree.viewport().rect().intersects(rect):
            return Spot(tree.viewport(), rect)
    return Spot(tree.viewport(), tree.viewport().rect(), exact=not who)


def _row_of(action: QAction) -> Spot | None:
    """The row of an action in a menu that is open."""
    for menu in action.associatedObjects():
        if isinstance(menu, QMenu) and menu.isVisible():
            return Spot(menu, menu.actionGeometry(action))
    return None


def _page_with(tabs: QTabWidget, name: str) -> int:
    pages = (tabs.widget(number) for number in range(tabs.count()))
    has = (page is not None and page.findChild(QWidget, name) is not None for page in pages)
    return next((number for number, found in enumerate(has) if found), -1)
