"""The windows: each made when it is first wanted, all in one place, and what leads from one to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from lyncdesk.client.events import GivingUndone, SignIn
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import Simulation
from lyncdesk.client.view_types import Action
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.indicators import IndicatorIcons

if TYPE_CHECKING:
    from lyncdesk.ui.about_status import AboutStatus
    from lyncdesk.ui.main_window import MainWindow
    from lyncdesk.ui.options_window import OptionsWindow

W = TypeVar("W", bound=QWidget)


class Windows(QObject):
    """Owns the windows. ``nothing_left`` tells that the person closed all that is to be seen of the program.

    ``simulation`` gives the controls of the sample organisation, None with a real account; ``open_sample``
    starts the sample organisation as a program of its own.
    """

    nothing_left = Signal()

    def __init__(
        self,
        bridge: Bridge,
        words: Words,
        icons: IndicatorIcons,
        commands: Commands,
        places: QSettings,
        has_tray: Callable[[], bool],
        session_ends: Callable[[], bool],
        simulation: Callable[[], Simulation | None],
        open_sample: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._simulation = simulation
        self._open_sample = open_sample
        self._has_tray = has_tray
        self._ending = False
        self._others: dict[str, QWidget] = {}
        self._acts: dict[Action, Callable[[], object]] = {
            Action.CONNECTION: self.open_connection,
            Action.WHY: self.open_why,
            Action.ENTER_PASSWORD: self.enter_password,
            Action.TURN_ON: self.turn_on,
            Action.SIGN_IN: self.sign_in,
            Action.OPTIONS: self.open_options,
            Action.ACCOUNT: self.open_account,
            Action.UNDO_GIVING: lambda: bridge.post(GivingUndone()),
        }
        self._main: MainWindow | None = None
        self._main_parts = (bridge, words, icons, commands, places, has_tray, session_ends)

    @property
    def main(self) -> MainWindow:
        """The main window. A client that starts minimised does without it, and without what it is made of."""
        if self._main is None:
            from lyncdesk.ui.main_window import MainWindow

            self._main = MainWindow(*self._main_parts)
            self._main.acted.connect(self.act)
            self._main.simulation_asked.connect(self.open_simulation)
        return self._main

    def made(self) -> tuple[QWidget, ...]:
        """The windows that have been made so far, whether they are open or not."""
        main = () if self._main is None else (self._main,)
        return (*main, *self._others.values())

    def open_main(self) -> None:
        """The main window."""
        self.main.open()

    def toggle_main(self) -> None:
        """The main window, or the tray alone."""
        self.main.toggle()

    def refresh(self) -> None:
        """Show what changed beside the State."""
        if self._main is not None:
            self._main.refresh()

    def act(self, action: Action) -> None:
        """Do what a notice, a trouble or a menu offers."""
        self._acts[action]()

    def open_why(self) -> None:
        """About my status, Why."""
        from lyncdesk.ui.about_status import Tab

        self._about().open_tab(Tab.WHY)

    def open_seen(self) -> None:
        """About my status, As others see me."""
        from lyncdesk.ui.about_status import Tab

        self._about().open_tab(Tab.SEEN)

    def open_connection(self) -> None:
        """About my status, Connection: Configuration information."""
        from lyncdesk.ui.about_status import Tab

        self._about().open_tab(Tab.CONNECTION)

    def open_options(self) -> None:
        """Options."""
        self._options().open_page()

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
            page = FirstStart(self._bridge, self._words, self._open_sample)
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
            return SimulationWindow(self._bridge, simulation, self._words, Controls(self))

        self._one(SimulationWindow, make).open()

    def enter_password(self) -> None:
        """Ask for the password."""
        from lyncdesk.ui.password_prompt import PasswordPrompt

        self._one(PasswordPrompt, lambda: PasswordPrompt(self._bridge, self._words)).ask()

    def turn_on(self) -> None:
        """Switch the calendar on; what stands in the way is shown."""
        values = {"use_exchange": True, "update_presence": True}
        self._bridge.call(self._bridge.session.save_options, values, done=self._saved)

    def sign_in(self) -> None:
        """Sign in, or ask for an account where there is none."""
        if self.has_account():
            self._bridge.post(SignIn())
        else:
            self.open_first_start()

    def has_account(self) -> bool:
        """Whether there is somebody to sign in."""
        state = self._bridge.state
        return self._bridge.session.is_simulation or (
            state is not None and bool(state.options.account.address)
        )

    def end(self) -> None:
        """Close everything for good."""
        self._ending = True
        for window in self._others.values():
            window.close()
            window.deleteLater()
        self._others.clear()
        if self._main is not None:
            self._main.end()

    def _about(self) -> AboutStatus:
        from lyncdesk.ui.about_status import AboutStatus

        def make() -> AboutStatus:
            window = AboutStatus(self._bridge, self._words, self._has_tray)
            window.acted.connect(self.act)
            return window

        return self._one(AboutStatus, make)

    def _options(self) -> OptionsWindow:
        from lyncdesk.ui.options_window import OptionsWindow

        def make() -> OptionsWindow:
            window = OptionsWindow(self._bridge, self._words)
            window.forgotten.connect(self._account_forgotten)
            return window

        return self._one(OptionsWindow, make)

    def _one(self, kind: type[W], make: Callable[[], W]) -> W:
        window = self._others.get(kind.__name__)
        if not isinstance(window, kind):
            window = self._others[kind.__name__] = make()
        return window

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
        if not (self._ending or self._has_tray() or main_is_open or self.has_account()):
            self.nothing_left.emit()

    def _saved(self, problems: tuple[Problem, ...]) -> None:
        if problems:
            self.main.show_mishap(self._words(problems[0].title))
