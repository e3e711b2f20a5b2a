"""One LyncDesk per user: a second start shows the first one's window.

The lock file decides who is first; it holds the process id, and a lock whose process has ended counts for
nothing. The local server only carries the wish "show". Only the lock's owner may remove a server that a
crash left behind, or a live one could be cut off.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QLockFile, QObject, Signal, SignalInstance

_TRIES = 3


class Listener(Protocol):
    """Hears the wish: ``asked(token)``. See :mod:`lyncdesk.ui.wish_socket`, :mod:`lyncdesk.ui.wish_pipe`."""

    @property
    def asked(self) -> SignalInstance:
        """The signal."""

    def listen(self, address: str) -> bool:
        """Hear from now on, for this user alone. False if the system refuses."""

    def close(self) -> None:
        """Hear no more. Idempotent."""


def _listener(parent: QObject) -> Listener:
    # Imported late: they take longer than the lock, and the icon comes before them.
    if sys.platform == "win32":
        from lyncdesk.ui.wish_pipe import Listener as Here
    else:
        from lyncdesk.ui.wish_socket import Listener as Here
    return Here(parent)


def _asking() -> Callable[[str, str], bool]:
    if sys.platform == "win32":
        from lyncdesk.ui.wish_pipe import ask
    else:
        from lyncdesk.ui.wish_socket import ask
    return ask


class Instance(QObject):
    """This program's claim to be the only one named ``name`` (the sample organisation has its own name).

    ``directory`` is the user's own and exists. ``show_asked(token)`` comes when somebody started the program
    again; the token lets a Wayland window come to the front, "" where there is none.
    """

    show_asked = Signal(str)

    def __init__(self, directory: Path, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = QLockFile(str(directory / f"{name}.lock"))
        self._lock.setStaleLockTime(0)
        # Windows knows no socket files; its pipes are named per machine.
        if sys.platform == "win32":
            import getpass

            self._address = f"{name}-{getpass.getuser()}"
        else:
            self._address = str(directory / f"{name}.window")
        self._listener: Listener | None = None

    def claim(self) -> bool:
        """Become the only one. False if there is one already."""
        return self._lock.tryLock(0)

    def listen(self) -> bool:
        """Hear of further starts, once the claim succeeded. False if the system refuses."""
        self._listener = _listener(self)
        self._listener.asked.connect(self.show_asked)
        return self._listener.listen(self._address)

    def ask_to_show(self, token: str = "") -> bool:
        """Ask the one that has the claim to show its window. False if it does not answer."""
        ask = _asking()
        return any(ask(self._address, token) for _ in range(_TRIES))

    def release(self) -> None:
        """Give the claim up. Idempotent."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._lock.unlock()


def activation_token() -> str:
    """The token of the click that started this program, "" where the desktop gives none."""
    return os.environ.get("XDG_ACTIVATION_TOKEN", "")
