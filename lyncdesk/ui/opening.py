"""Which window comes up: at the start, when an account is wanted, and when somebody asks for the program."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from lyncdesk.client.state import State

if TYPE_CHECKING:
    from lyncdesk.ui.windows import Windows

_log = logging.getLogger(__name__)

# At log-in the panel may come up after its programs.
WAIT_FOR_TRAY_MS = 30_000
# Within a moment the keyring says whether it has a password for the account that the administrator set.
WAIT_FOR_ACCOUNT_MS = 3_000


class Opening(QObject):
    """Opens the windows of one program. ``minimised``: it was started so, and stays so where it can.

    ``nothing_to_show`` comes where there is neither an account nor a tray to wait in.
    """

    nothing_to_show = Signal()

    def __init__(self, windows: Windows, has_tray: Callable[[], bool], *, minimised: bool) -> None:
        super().__init__()
        self._windows = windows
        self._has_tray = has_tray
        self._minimised = minimised
        self._opened = False
        self._asked = False
        self._state: State | None = None
        self._wait_for_tray = QTimer(self, singleShot=True, interval=WAIT_FOR_TRAY_MS)
        self._wait_for_tray.timeout.connect(self._no_tray_came)
        self._wait_for_account = QTimer(self, singleShot=True, interval=WAIT_FOR_ACCOUNT_MS)
        self._wait_for_account.timeout.connect(self._no_account_came)

    def stop(self) -> None:
        """Open nothing any more."""
        self._wait_for_tray.stop()
        self._wait_for_account.stop()

    def follow(self, state: State) -> None:
        """A new State is there."""
        self._state = state
        if not self._opened:
            self._open_first(state)
        else:
            self._ask_for_account()

    def show(self, *, ready: bool) -> None:
        """Somebody wants to see the program; ``ready``: its client is there."""
        if ready and self._windows.asks_for_account():
            self._windows.open_first_start()
        else:
            self._windows.open_main()

    def toggle(self, *, ready: bool) -> None:
        """Somebody pressed the icon in the tray; ``ready``: the client is there."""
        if ready and self._windows.asks_for_account():
            self._windows.open_first_start()
        else:
            self._windows.toggle_main()

    def host_came(self) -> None:
        """There is a tray now."""
        self._wait_for_tray.stop()
        self._windows.refresh()

    def _open_first(self, state: State, *, patient: bool = True) -> None:
        asks = self._windows.asks_for_account()
        if asks is None and patient:
            if not self._wait_for_account.isActive():
                self._wait_for_account.start()
            return
        self._opened = True
        self._wait_for_account.stop()
        if asks and not self._quiet(state):
            self._ask_for_account()
        elif not asks and not (self._minimised or state.options.start_minimised):
            self._windows.open_main()
        else:
            self._asked = bool(asks)
            if not self._has_tray():
                self._wait_for_tray.start()

    def _quiet(self, state: State) -> bool:
        """A login is no moment to ask somebody for an account who has none: that waits for a click.

        Whoever's account the administrator set has only a password to give; and one that is not there
        because the settings are broken is told of.
        """
        return self._minimised and not (state.options.account.address or state.problems)

    def _ask_for_account(self) -> None:
        """Open the page that asks for an account when one is wanted; it goes when one came in another way."""
        asks = self._windows.asks_for_account()
        if asks and not self._asked:
            self._windows.open_first_start()
        elif asks is False and self._asked:
            self._windows.overtake_first_start()
        if asks is not None:
            self._asked = asks

    def _no_tray_came(self) -> None:
        if self._has_tray():
            return
        if self._windows.asks_for_account():
            _log.info("There is neither a tray nor an account, so nothing to show; a next start asks.")
            self.nothing_to_show.emit()
        else:
            self._windows.open_main()

    def _no_account_came(self) -> None:
        if self._state is not None and not self._opened:
            self._open_first(self._state, patient=False)
