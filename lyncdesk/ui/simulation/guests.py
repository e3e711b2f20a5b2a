"""Sitting in: the windows of other people of the sample organisation, beside one's own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Signal

from lyncdesk.client import views
from lyncdesk.client.session import Simulation, SitIn
from lyncdesk.client.view_types import TrayView
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.publication import Profile
from lyncdesk.ui.bridge import STOP_SECONDS, Bridge
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.guest_bridge import GuestBridge
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.newest import Newest
from lyncdesk.ui.places import NoPlaces
from lyncdesk.ui.seat_windows import SeatWindows
from lyncdesk.ui.theme import is_dark

# More windows than these nobody can look at side by side.
MOST = 4
_GAP = 12


def beside(taken: list[QRect], size: QSize, screen: QRect) -> QPoint:
    """A place for a window of this size that covers none of ``taken``, the windows that are there.

    To the right of the last, else to the left of the first; where both is too narrow, a little aside.
    """
    first, last = taken[0], taken[-1]
    right = QPoint(last.right() + 1 + _GAP, last.top())
    left = QPoint(min(one.left() for one in taken) - _GAP - size.width(), first.top())
    for corner in (right, left):
        if screen.left() <= corner.x() and corner.x() + size.width() <= screen.right() + 1:
            return corner
    aside = first.topLeft() + QPoint(3 * _GAP, 3 * _GAP) * len(taken)
    return QPoint(
        max(screen.left(), min(aside.x(), screen.right() + 1 - size.width())),
        max(screen.top(), min(aside.y(), screen.bottom() + 1 - size.height())),
    )


class Guest(QObject):
    """One person one sits in as: the way to the client, and its windows. ``ended`` tells that one left."""

    ended = Signal()
    simulation_asked = Signal()

    def __init__(
        self, bridge: Bridge, seat: SitIn, words: Words, icons: IndicatorIcons, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.seat = seat
        self._words = words
        self._icons = icons
        self._over = False
        self._bridge = GuestBridge(bridge, seat, self)
        self._commands = Commands(words, icons, self, exit_text=N_("Stop sitting in"))
        self.windows = SeatWindows(
            self._bridge,
            words,
            icons,
            self._commands,
            NoPlaces(),
            has_tray=lambda: True,  # closing the window need not keep a way back
            session_ends=lambda: True,
            titled=self._titled,
            parent=self,
        )
        self._newest = Newest(self._bridge, self._job, self._show)
        self._bridge.state_changed.connect(self._newest.ask)
        self._bridge.state_changed.connect(self._say)
        self._commands.posted.connect(self._bridge.post)
        self._commands.acted.connect(self.windows.act)
        self._commands.exit_asked.connect(self.end)
        main = self.windows.main
        main.sits_in()
        main.closed.connect(self.end)
        main.simulation_asked.connect(self.simulation_asked)
        self._say()

    def begin(self) -> None:
        """Take the seat."""
        self._bridge.start()

    def end(self) -> None:
        """Leave the seat and close its windows. Idempotent."""
        if self._over:
            return
        self._over = True
        self.windows.end()
        self.windows.main.deleteLater()
        self._bridge.stop(STOP_SECONDS)
        self.ended.emit()

    def _titled(self, title: str) -> str:
        return self._words("{name} – {window} (sitting in)", name=self.seat.profile.shown_name, window=title)

    def _job(self) -> Callable[[], TrayView] | None:
        state = self._bridge.state
        if state is None or self._over:
            return None
        now, words = self._bridge.now(), self._words
        return lambda: views.tray(state, now, words)

    def _show(self, view: TrayView) -> None:
        if self._over:
            return
        main = self.windows.main
        self._commands.use_dark(is_dark(main.palette()))
        self._commands.show_view(view)
        main.setWindowIcon(self._icons.icon(view.indicator))

    def _say(self, _state: object = None) -> None:
        name = self.seat.profile.shown_name
        if self.seat.led:
            text = N_("You sit in as {name}. Habits rest until you stop sitting in.")
        else:
            text = N_("You sit in as {name}, who goes on by habit until you choose a status.")
        self.windows.main.simulation.say(self._words(text, name=name))


class Guests(QObject):
    """Everybody one sits in as. ``changed`` tells that somebody came or went.

    ``own`` gives the frame of one's own main window, beside which the others are placed where the system
    lets a program place its windows.
    """

    changed = Signal()
    simulation_asked = Signal()

    def __init__(
        self,
        bridge: Bridge,
        simulation: Simulation,
        words: Words,
        icons: IndicatorIcons,
        own: Callable[[], QRect],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._simulation = simulation
        self._words = words
        self._icons = icons
        self._own = own
        self._guests: dict[str, Guest] = {}

    @property
    def full(self) -> bool:
        """Whether no more windows can be opened."""
        return len(self._guests) >= MOST

    def guest(self, profile: Profile) -> Guest | None:
        """The person's window, if one sits in as this person."""
        return self._guests.get(profile.address)

    def sit_in(self, profile: Profile) -> None:
        """Open the person's window, or bring it to the front; nothing while there are too many."""
        guest = self._guests.get(profile.address)
        if guest is None:
            if self.full:
                return
            guest = Guest(
                self._bridge, self._simulation.sit_in(profile.address), self._words, self._icons, self
            )
            guest.ended.connect(lambda: self._ended(profile.address))
            guest.simulation_asked.connect(self.simulation_asked)
            guest.begin()
            self._place(guest)
            self._guests[profile.address] = guest
            self.changed.emit()
        guest.windows.open_main()

    def leave(self, profile: Profile) -> None:
        """Sit in as this person no more."""
        guest = self._guests.get(profile.address)
        if guest is not None:
            guest.end()

    def end(self) -> None:
        """Leave every seat."""
        for guest in tuple(self._guests.values()):
            guest.end()

    def _ended(self, address: str) -> None:
        guest = self._guests.pop(address, None)
        if guest is not None:
            guest.deleteLater()
        self.changed.emit()

    def _place(self, guest: Guest) -> None:
        main = guest.windows.main
        taken = [self._own(), *(one.windows.main.frameGeometry() for one in self._guests.values())]
        there = [frame for frame in taken if frame.isValid()]
        if there:
            main.move(beside(there, main.size(), main.screen().availableGeometry()))
