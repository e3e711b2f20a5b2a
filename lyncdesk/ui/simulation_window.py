"""The Simulation window of the sample organisation: Outlook for everybody, and the time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from lyncdesk.client.session import Simulation
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.controls import give_mnemonics, letters_in, open_at, room_on_screen, scrolling
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.simulation.guests import Guests
from lyncdesk.ui.simulation.lessons import LessonsTab
from lyncdesk.ui.simulation.lessons_controls import Controls
from lyncdesk.ui.simulation.outlook import OutlookTab
from lyncdesk.ui.simulation.sit_in import SitInTab
from lyncdesk.ui.simulation.time_bar import TimeBar
from lyncdesk.ui.widgets import MessageLine


class SimulationWindow(QWidget):
    """The window: a banner, the time, and the tabs. ``own`` gives the frame of one's own main window."""

    def __init__(
        self,
        bridge: Bridge,
        simulation: Simulation,
        words: Words,
        icons: IndicatorIcons,
        own: Callable[[], QRect],
        controls: Controls | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(words("LyncDesk – Simulation"))
        self.banner = MessageLine()
        self.banner.say(
            words("This is the sample organisation. Nothing is real, and nothing leaves this computer.")
        )
        self.time = TimeBar(bridge, simulation, words)
        self.outlook = OutlookTab(bridge, simulation, words)
        self.guests = Guests(bridge, simulation, words, icons, own, self)
        self.guests.simulation_asked.connect(self.open)
        self.sit_in = SitInTab(simulation, self.guests, words)
        self.lessons = LessonsTab(bridge, simulation.lessons(), words, controls)
        self.lessons.texts_changed.connect(self._make_room)
        # No State tells of what is only in a calendar yet, and paused time looks at nothing.
        self.lessons.acted.connect(self.outlook.refresh)
        self.lessons.acted.connect(self.time.refresh)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(words("What to do in the sample organisation"))
        # A row for each tab, in order.
        for tab, name in (
            (self.outlook, words("Outlook")),
            (self.lessons, words("Lessons")),
            (self.sit_in, words("Sit in as")),
        ):
            self.tabs.addTab(tab, name)
        # Chosen by its letter, the keyboard would be left on the next best control that is to be seen.
        bar = self.tabs.tabBar()
        self.tabs.currentChanged.connect(lambda _: bar.setFocus(Qt.FocusReason.ShortcutFocusReason))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setSpacing(10)
        column.addWidget(self.banner)
        column.addWidget(self.lessons.coach)
        column.addWidget(self.time)
        column.addWidget(self.tabs, 1)
        # On a low screen a lesson's step, the time and a calendar have no room together.
        self._area = scrolling(content)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._area)
        self.time.moved.connect(self.outlook.refresh)
        open_at(self, 720, 660)
        give_mnemonics(self)
        self._letters_elsewhere = letters_in(self) - letters_in(self.lessons.coach)

    def _make_room(self) -> None:
        """The window grows for a lesson's step, as far as the screen goes, and scrolls to it."""
        # Only there do the texts change. No letter that the step gives up goes to anybody else: who presses
        # the key of "Next step" once too often must not jump in time.
        give_mnemonics(self.lessons.coach, self._letters_elsewhere)
        content = self._area.widget()
        layout = content.layout() if content is not None else None
        if layout is None or not self.isVisible():
            return
        layout.activate()
        wanted = layout.totalMinimumHeightForWidth(self._area.viewport().width())
        if wanted > self.height() and not (self.isMaximized() or self.isFullScreen()):
            self.resize(self.width(), min(wanted, room_on_screen(self).height()))
        if self.lessons.coach.isVisible():
            self._area.ensureWidgetVisible(self.lessons.coach, 0, 0)

    def open(self, tab: QWidget | None = None) -> None:
        """Come up, with this tab in front."""
        if tab is not None:
            self.tabs.setCurrentWidget(tab)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """One sits in as nobody any more."""
        self.guests.end()
        super().closeEvent(event)
