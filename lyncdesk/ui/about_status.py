"""About my status: why I am shown so, how others see me, and how the connection is."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTabWidget, QVBoxLayout, QWidget

from lyncdesk.client import views
from lyncdesk.client.options import Account
from lyncdesk.client.state import State
from lyncdesk.client.view_types import Action
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.message import Message
from lyncdesk.ui.about_connection import ChooseFile, ConnectionTab, choose_file
from lyncdesk.ui.about_seen import SeenTab
from lyncdesk.ui.about_why import WhyTab
from lyncdesk.ui.bridge import SeatBridge
from lyncdesk.ui.controls import give_mnemonics, open_at
from lyncdesk.ui.ticking import Ticking

AGE_TICK_MS = 15_000


class Tab(IntEnum):
    """The tabs, in order."""

    WHY = 0
    SEEN = 1
    CONNECTION = 2


class AboutStatus(QDialog):
    """The window; it follows the client while visible. ``acted`` carries what a trouble offers.

    ``has_tray`` tells whether this desktop shows tray icons now.
    """

    acted = Signal(Action)

    def __init__(
        self,
        bridge: SeatBridge,
        words: Words,
        has_tray: Callable[[], bool],
        *,
        choose: ChooseFile = choose_file,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._has_tray = has_tray
        self.setWindowTitle(words("About my status"))
        self.setSizeGripEnabled(True)
        self.why = WhyTab(words)
        self.seen = SeenTab(words)
        self.connection = ConnectionTab(bridge, words, self._account, choose=choose)
        self.why.sentence.setObjectName("about.why")
        self.seen.viewer.setObjectName("about.seen")
        self.seen.card.setObjectName("about.seen_card")
        self.connection.table.setObjectName("about.connection")
        self.tabs = QTabWidget()
        self.tabs.addTab(self.why, words("Why"))
        self.tabs.addTab(self.seen, words("As others see me"))
        self.tabs.addTab(self.connection, words("Connection"))
        self.tabs.setDocumentMode(True)
        self.tabs.currentChanged.connect(lambda _: self.refresh())
        self.seen.chosen.connect(self.refresh)
        self.connection.acted.connect(self.acted)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(words("Close"))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.tabs, 1)
        column.addWidget(buttons)
        open_at(self, 620, 620)
        give_mnemonics(self)
        self._tick = Ticking(bridge, self.refresh, self, slow_ms=AGE_TICK_MS)
        bridge.state_changed.connect(self.refresh)

    def open_tab(self, tab: Tab) -> None:
        """Come up with this tab."""
        self.tabs.setCurrentIndex(tab)
        self.show()
        self.raise_()
        self.activateWindow()
        self.refresh()

    def refresh(self, _state: object = None) -> None:
        """Show the tab in front as things are now."""
        state = self._bridge.state
        if state is None or not self.isVisible():
            return
        now = self._bridge.now()
        match self.tabs.currentIndex():
            case Tab.WHY:
                self.why.show_why(views.why(state, now, self._words))
            case Tab.SEEN:
                self._show_seen(state)
            case Tab.CONNECTION:
                tray = N_("shows the icon") if self._has_tray() else N_("this desktop has none")
                environment = (
                    (Message.of("Tray"), Message.of(tray)),
                    *self._bridge.seat.environment(),
                )
                self.connection.show_connection(views.connection(state, now, self._words, environment))

    def _show_seen(self, state: State) -> None:
        now = self._bridge.now()
        self.seen.show_viewers(views.viewers(state), views.contacts(state, now, self._words))
        viewer = self.seen.relationship
        self.seen.show_seen(
            views.as_seen_by(state, viewer, now, self._words),
            views.what_hides(state, viewer, self._words),
            views.why_seen(state, viewer, now, self._words),
        )

    def _account(self) -> Account:
        state = self._bridge.state
        return state.options.account if state is not None else Account()

    def showEvent(self, event: QShowEvent) -> None:
        """Ages are shown while it is visible, and only then."""
        super().showEvent(event)
        self._tick.begin()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing goes on behind a hidden window."""
        self._tick.stop()
        self.connection.stop()
        super().hideEvent(event)
