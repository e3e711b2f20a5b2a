"""The windows of the program: those of the person's own seat, and what only the program has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QWidget

from lyncdesk.client import views
from lyncdesk.client.session import Simulation
from lyncdesk.client.view_types import Action
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.places import Places
from lyncdesk.ui.seat_windows import SeatWindows

if TYPE_CHECKING:
    from lyncdesk.ui.main_window import MainWindow
    from lyncdesk.ui.options_window import OptionsWindow


class Windows(SeatWindows):
    """Owns the windows. ``nothing_left`` tells that the person closed all that is to be seen of the program,
    ``restart_asked`` that it is to be started again.

    ``simulation`` gives the controls of the sample organisation, None with a real account; ``open_sample``
    starts the sample organisation as a program of its own.
    """

    nothing_left = Signal()
    restart_asked = Signal()

    def __init__(
        self,
        bridge: Bridge,
        words: Words,
        icons: IndicatorIcons,
        commands: Commands,
        places: Places,
        has_tray: Callable[[], bool],
        session_ends: Callable[[], bool],
        simulation: Callable[[], Simulation | None],
        open_sample: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(bridge, words, icons, commands, places, has_tray, session_ends, parent=parent)
        self._own = bridge
        self._icons = icons
        self._simulation = simulation
        self._open_sample = open_sample
        self._ending = False
        self._acts |= {
            Action.ENTER_PASSWORD: self.enter_password,
            Action.ACCOUNT: self.open_account,
            Action.RESTART: self.restart_asked.emit,
        }

    @property
    def main(self) -> MainWindow:
        """The main window."""
        made = self._main is None
        main = super().main
        if made:
            main.simulation_asked.connect(self.open_simulation)
        return main

    def toggle_main(self) -> None:
        """The main window, or the tray alone."""
        self.main.toggle()

    def refresh(self) -> None:
        """Show what changed beside the State."""
        if self._main is not None:
            self._main.refresh()

    def made(self) -> tuple[QWidget, ...]:
        """The windows that have been made so far, whether they are open or not."""
        main = () if self._main is None else (self._main,)
        return (*main, *self._others.values())

    def open_seen(self) -> None:
        """About my status, As others see me."""
        from lyncdesk.ui.about_status import Tab

        self._about().open_tab(Tab.SEEN)

    def open_account(self) -> None:
        """Options, Account."""
        from lyncdesk.ui.options_window import OptionsPage

        self._options().open_page(OptionsPage.ACCOUNT)

    def open_advanced(self) -> None:
        """Options, Advanced."""
        from lyncdesk.ui.options_window import OptionsPage

        self._options().open_page(OptionsPage.ADVANCED)

    def open_first_start(self) -> None:
        """The page that connects to Exchange."""
        from lyncdesk.ui.first_start import FirstStart

        def make() -> FirstStart:
            page = FirstStart(self._own, self._words, self._open_sample)
            page.connected.connect(self.open_main)  # first, or for a moment nothing would be left
            page.connected.connect(page.close)
            page.closed.connect(self._first_start_closed)
            return page

        self._one(FirstStart, make).open()

    def open_simulation(self) -> None:
        """The Simulation window; nothing with a real account."""
        simulation = self._simulation()
        if simulation is None:
            return
        from lyncdesk.ui.simulation.lessons_controls import Controls
        from lyncdesk.ui.simulation_window import SimulationWindow

        def make() -> SimulationWindow:
            parts = (self._own, simulation, self._words, self._icons, self._own_frame)
            return SimulationWindow(*parts, Controls(self))

        self._one(SimulationWindow, make).open()

    def enter_password(self) -> None:
        """Ask for the password."""
        from lyncdesk.ui.password_prompt import PasswordPrompt

        self._one(PasswordPrompt, lambda: PasswordPrompt(self._own, self._words)).ask()

    def sign_in(self) -> None:
        """Sign in, or ask for an account where there is none."""
        if not self.asks_for_account():
            super().sign_in()
        else:
            self.open_first_start()

    def asks_for_account(self) -> bool | None:
        """Whether the person has to be asked who signs in, or for the password; None: not known yet."""
        if self._bridge.seat.is_simulation:
            return False
        state = self._bridge.state
        return views.asks_for_account(state) if state is not None else True

    def overtake_first_start(self) -> None:
        """The account came in another way: the page that asks for one gives way to the main window."""
        from lyncdesk.ui.first_start import FirstStart

        for window in tuple(self._others.values()):
            if isinstance(window, FirstStart) and window.is_idle():
                self.open_main()
                window.close()

    def end(self) -> None:
        """Close everything for good."""
        self._ending = True
        super().end()

    def _own_frame(self) -> QRect:
        """Where the main window is; none while it is not to be seen."""
        seen = self._main is not None and self._main.isVisible()
        return self._main.frameGeometry() if self._main is not None and seen else QRect()

    def _options(self) -> OptionsWindow:
        from lyncdesk.ui.options_window import OptionsWindow

        def make() -> OptionsWindow:
            window = OptionsWindow(self._own, self._words)
            window.forgotten.connect(self._account_forgotten)
            return window

        return self._one(OptionsWindow, make)

    def _account_forgotten(self) -> None:
        """As at a first start: the page that connects, and no window that asks or tells about an account."""
        from lyncdesk.ui.first_start import FirstStart

        self.open_first_start()
        for window in self._others.values():
            if not isinstance(window, FirstStart):
                window.close()

    def _first_start_closed(self) -> None:
        # Without a tray nobody would find the program again, and without an account it has nothing to do.
        main_is_open = self._main is not None and self._main.isVisible()
        if not (self._ending or self._has_tray() or main_is_open or not self.asks_for_account()):
            self.nothing_left.emit()
