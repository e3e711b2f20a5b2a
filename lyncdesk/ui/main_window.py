"""The main window: header, notice, My day, contacts, footer. It follows the client while it is visible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from lyncdesk.client import views
from lyncdesk.client.day_types import ShowAsMenu, Week
from lyncdesk.client.state import State
from lyncdesk.client.view_types import Action, Card, Main, Notice
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import SeatBridge
from lyncdesk.ui.buttons import ElidingButton
from lyncdesk.ui.card import CardPopup
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.contact_groups import View
from lyncdesk.ui.contacts_panel import ContactsPanel
from lyncdesk.ui.controls import give_mnemonics, open_at
from lyncdesk.ui.header import Header
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.my_day import MyDay
from lyncdesk.ui.newest import Newest
from lyncdesk.ui.notice_bar import NoticeBar
from lyncdesk.ui.past_days import PastDays
from lyncdesk.ui.places import Places
from lyncdesk.ui.sample_banner import SampleBanner
from lyncdesk.ui.ticking import Ticking
from lyncdesk.ui.widgets import QuietLabel

Shown = tuple[Main, Week | None]
# The size at first, for a font whose lines are so high.
_WIDTH, _HEIGHT, _LINE = 320, 640, 18


class MainWindow(QWidget):
    """The window. ``acted(Action)`` is what a notice or the footer opens, ``simulation_asked`` the banner's
    button, ``closed`` tells that the person closed it and it is not only minimised.

    ``places`` remembers where the window was; ``has_tray`` tells whether closing it may hide it,
    ``session_ends`` whether the desktop is logging out and nobody may stand in its way.
    """

    acted = Signal(object)
    simulation_asked = Signal()
    closed = Signal()

    def __init__(
        self,
        bridge: SeatBridge,
        words: Words,
        icons: IndicatorIcons,
        commands: Commands,
        places: Places,
        has_tray: Callable[[], bool],
        session_ends: Callable[[], bool] = lambda: False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._commands = commands
        self._places = places
        self._has_tray = has_tray
        self._session_ends = session_ends
        self._ending = False
        self._newest = Newest(bridge, self._job, self._show, self)
        self.setWindowTitle(words("LyncDesk"))
        self.header = Header(commands, words, icons, self._menu())
        self.notice = NoticeBar()
        self.notice.button.setObjectName("main.sign_in")
        self.mishap = NoticeBar()
        self.only_you = QuietLabel()
        self.day = MyDay(icons, words, self._show_as_menu, self._reasons_at)
        self.day.strip.setObjectName("main.my_day")
        self.past = PastDays(bridge, words, self.day, self)
        self.past.learnt.connect(self.refresh)
        self.contacts = ContactsPanel(bridge, words, icons, self.card_of)
        self.contacts.list.tree.setObjectName("main.contact")
        self.no_tray = QuietLabel()
        self.no_tray.setText(
            words("This desktop shows no tray icons, so closing this window only minimises it.")
        )
        self.footer = ElidingButton()
        self.simulation = SampleBanner(words)
        self.simulation.hide()
        self.card = CardPopup(self, self.card_of, words, bridge.post)
        self._connect()
        self._lay_out()
        give_mnemonics(self)
        self._tick = Ticking(bridge, self.refresh, self)
        self._restore()

    # --- what it shows ---

    def open(self) -> None:
        """Come up, or to the front."""
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def toggle(self) -> None:
        """Open, or hide where a tray is left to come back from."""
        if self.isVisible() and not self.isMinimized() and self._has_tray():
            self.close()
        else:
            self.open()

    def sits_in(self) -> None:
        """It is another person's window, and looks different from one's own."""
        self.simulation.set_warning(True)

    def end(self) -> None:
        """Close for good: the program ends."""
        self._ending = True
        self.close()

    def refresh(self, _state: object = None) -> None:
        """Show how things are now. Does nothing while hidden."""
        self._newest.ask()

    def _job(self) -> Callable[[], Shown] | None:
        state = self._bridge.state
        if state is None or not self.isVisible() or self.isMinimized():
            return None
        now, words, unfolded = self._bridge.now(), self._words, self.day.is_unfolded
        past, earlier = self.past.of_the_week, self.past.of_today

        def work_out() -> Shown:
            week = views.week(state, now, words, past) if unfolded else None
            return views.main(state, now, words, earlier), week

        return work_out

    def _show(self, shown: Shown) -> None:
        if self.isVisible():
            view, week = shown
            self.show_view(view)
            if week is not None:
                self.day.show_week(week)
            self.card.refresh()

    def show_view(self, view: Main) -> None:
        """Show this view."""
        self.header.show_view(view)
        self.notice.show_notice(view.notice)
        self.only_you.setText(view.only_you)
        self.only_you.setVisible(bool(view.only_you))
        self.day.show_day(view.day)
        self.past.follow()
        self.contacts.show_contacts(view.contacts, view.nobody, finds_people=view.finds_people)
        self.footer.say(view.footer)
        self.no_tray.setVisible(not self._has_tray())
        self._have_room()

    def _have_room(self) -> None:
        # No layout keeps a window from being too low for the lines of its wrapped texts.
        layout = self.layout()
        if layout is None or self.isMaximized() or self.isFullScreen():
            return
        layout.activate()
        most = max(self.screen().availableSize().height(), self._usual(_HEIGHT))
        needed = min(layout.totalMinimumHeightForWidth(self.width()), most)
        if needed > self.height():
            self.resize(self.width(), needed)

    def _usual(self, length: int) -> int:
        return round(length * max(1.0, self.fontMetrics().height() / _LINE))

    def show_mishap(self, text: str) -> None:
        """Something beside the client's State went wrong; the line stays until the window is hidden."""
        self.mishap.show_notice(Notice(text, Action.CONNECTION, self._words("Details"), warning=True))

    def card_of(self, address: str) -> Card | None:
        """The card of somebody as it is now; None before anything is known."""
        state: State | None = self._bridge.state
        return None if state is None else views.card(address, state, self._bridge.now(), self._words)

    def _show_as_menu(self, item: str) -> ShowAsMenu | None:
        state: State | None = self._bridge.state
        return None if state is None else views.show_as_menu(state, item, self._bridge.now(), self._words)

    def _reasons_at(self, moment: datetime | None) -> tuple[str, ...]:
        state, now = self._bridge.state, self._bridge.now()
        if state is None:
            return ()
        return views.reasons_at(state, moment or now, now, self._words, self.past.of_today)

    # --- Qt's side ---

    def showEvent(self, event: QShowEvent) -> None:
        """Ages are shown while it is visible, and only then."""
        super().showEvent(event)
        simulated = self._bridge.is_ready and self._bridge.seat.is_simulation
        self.simulation.setVisible(simulated)
        self._tick.begin()
        # At once and not a moment later, or it would come up empty or with yesterday's words.
        job = self._job()
        if job is not None:
            self._show(job())

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing goes on behind a hidden window."""
        self.mishap.show_notice(None)
        self._tick.stop()
        self.card.hover_left()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """A minimised window rests like a hidden one."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange and self.isVisible():
            if self.isMinimized():
                self._tick.stop()
            elif not self._tick.isActive():
                self._tick.begin()
                self.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide where a tray is left, else minimise; go along when the session or the program ends."""
        self._remember()
        if self._ending or self._session_ends() or self._has_tray():
            event.accept()
            self.closed.emit()
            return
        event.ignore()
        self.showMinimized()

    # --- parts ---

    def _menu(self) -> QMenu:
        commands = self._commands
        menu = QMenu(self)
        menu.addActions([commands.options, commands.connection, commands.why, commands.check_now])
        menu.addSeparator()
        menu.addActions([commands.sign, commands.exit])
        return menu

    def _connect(self) -> None:
        self.header.posted.connect(self._bridge.post)
        self.header.status_opening.connect(self.refresh)
        self.notice.acted.connect(self.acted)
        self.mishap.acted.connect(self.acted)
        self.contacts.posted.connect(self._bridge.post)
        self.contacts.opened.connect(self.card.open_at)
        self.contacts.hovered.connect(self.card.hover)
        self.contacts.hover_left.connect(self.card.hover_left)
        self.contacts.view_changed.connect(lambda view: self._places.setValue("contacts/view", view.value))
        self.day.unfolded.connect(lambda _: self.refresh())
        self.day.posted.connect(self._bridge.post)
        self.day.grown.connect(self._have_room, Qt.ConnectionType.QueuedConnection)
        self.footer.clicked.connect(lambda _checked=False: self.acted.emit(Action.CONNECTION))
        self.simulation.button.clicked.connect(lambda _checked=False: self.simulation_asked.emit())
        self._bridge.state_changed.connect(self.refresh)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(lambda: self.contacts.search.setFocus(Qt.FocusReason.ShortcutFocusReason))

    def _lay_out(self) -> None:
        self.footer.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 4)
        column.setSpacing(8)
        column.addWidget(self.simulation)
        column.addWidget(self.header)
        column.addWidget(self.notice)
        column.addWidget(self.mishap)
        column.addWidget(self.only_you)
        column.addWidget(self.day, 1)
        column.addWidget(self.contacts, 1)
        column.addWidget(self.no_tray)
        column.addWidget(line)
        column.addWidget(self.footer)

    def _restore(self) -> None:
        self.contacts.search.setFocus()
        open_at(self, self._usual(_WIDTH), self._usual(_HEIGHT))
        place = self._places.value("main/geometry")
        if isinstance(place, QByteArray):
            self.restoreGeometry(place)
        view = self._places.value("contacts/view")
        known = {view.value: view for view in View}
        if view in known:
            self.contacts.choose_view(known[str(view)])

    def _remember(self) -> None:
        self._places.setValue("main/geometry", self.saveGeometry())
