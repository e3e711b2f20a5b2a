"""The windows of one seat: the main window, About my status and Options, each made when first wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from lyncdesk.client.events import GivingUndone, SignIn
from lyncdesk.client.problems import Problem
from lyncdesk.client.view_types import Action
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import SeatBridge
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.places import Places

if TYPE_CHECKING:
    from lyncdesk.ui.about_status import AboutStatus
    from lyncdesk.ui.main_window import MainWindow
    from lyncdesk.ui.options_dialog import OptionsDialog

W = TypeVar("W", bound=QWidget)


class SeatWindows(QObject):
    """Owns the windows of one seat. ``titled`` makes a window's title tell whose it is."""

    def __init__(
        self,
        bridge: SeatBridge,
        words: Words,
        icons: IndicatorIcons,
        commands: Commands,
        places: Places,
        has_tray: Callable[[], bool],
        session_ends: Callable[[], bool],
        titled: Callable[[str], str] = str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._has_tray = has_tray
        self._titled = titled
        self._others: dict[str, QWidget] = {}
        self._acts: dict[Action, Callable[[], object]] = {
            Action.CONNECTION: self.open_connection,
            Action.WHY: self.open_why,
            # Where there is no account to be changed, the connection tells what is wrong with it.
            Action.ENTER_PASSWORD: self.open_connection,
            Action.ACCOUNT: self.open_connection,
            Action.TURN_ON: self.turn_on,
            Action.SIGN_IN: self.sign_in,
            Action.OPTIONS: self.open_options,
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
            self._main.setWindowTitle(self._titled(self._main.windowTitle()))
            self._main.acted.connect(self.act)
        return self._main

    def open_main(self) -> None:
        """The main window."""
        self.main.open()

    def act(self, action: Action) -> None:
        """Do what a notice, a trouble or a menu offers."""
        self._acts[action]()

    def open_why(self) -> None:
        """About my status, Why."""
        from lyncdesk.ui.about_status import Tab

        self._about().open_tab(Tab.WHY)

    def open_connection(self) -> None:
        """About my status, Connection: Configuration information."""
        from lyncdesk.ui.about_status import Tab

        self._about().open_tab(Tab.CONNECTION)

    def open_options(self) -> None:
        """Options."""
        self._options().open_page()

    def turn_on(self) -> None:
        """Switch the calendar on; what stands in the way is shown."""
        values = {"use_exchange": True, "update_presence": True}
        self._bridge.call(self._bridge.seat.save_options, values, done=self._saved)

    def sign_in(self) -> None:
        """Sign in."""
        self._bridge.post(SignIn())

    def end(self) -> None:
        """Close everything for good."""
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

    def _options(self) -> OptionsDialog:
        from lyncdesk.ui.options_dialog import OptionsDialog
        from lyncdesk.ui.options_pages.personal import PersonalPage
        from lyncdesk.ui.options_pages.status import StatusPage

        def make() -> OptionsDialog:
            words = self._words
            pages = (
                (PersonalPage(words, computer=False), words("Personal")),
                (StatusPage(words, notices=False), words("Status")),
            )
            return OptionsDialog(self._bridge, words, pages)

        return self._one(OptionsDialog, make)

    def _one(self, kind: type[W], make: Callable[[], W]) -> W:
        window = self._others.get(kind.__name__)
        if not isinstance(window, kind):
            window = self._others[kind.__name__] = make()
            window.setWindowTitle(self._titled(window.windowTitle()))
        return window

    def _saved(self, problems: tuple[Problem, ...]) -> None:
        if problems:
            self.main.show_mishap(self._words(problems[0].title))
