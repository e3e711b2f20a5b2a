"""How a second start asks the first to show itself, by a socket file: macOS and Linux.

Python's own sockets, watched by Qt: Qt's local sockets do the same, and bring 3 MB for all of networking.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, Signal

SHOW = b"show"
SHOWN = b"shown"
ANSWER_SECONDS = 3.0
# A token is much shorter.
_LONGEST = 4096


class Listener(QObject):
    """Hears the wish: ``asked(token)``. ``listen`` and ``close`` belong together."""

    asked = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = ""
        self._door: _Watched | None = None
        self._callers: set[_Watched] = set()

    def listen(self, address: str) -> bool:
        """Hear from now on, for this user alone. False if the system refuses.

        Only the owner of the program's lock may do this: a socket that a crash left behind is replaced.
        """
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            Path(address).unlink(missing_ok=True)
            server.bind(address)
            Path(address).chmod(0o600)  # nobody can connect before it listens
            server.listen()
        except OSError:
            server.close()
            return False
        self._address = address
        self._door = _Watched(server, self)
        self._door.ready.connect(self._accept)
        return True

    def close(self) -> None:
        """Hear no more. Idempotent."""
        for caller in tuple(self._callers):
            self._leave(caller)
        if self._door is not None:
            self._door.end()
            self._door = None
            Path(self._address).unlink(missing_ok=True)

    def _accept(self, door: _Watched) -> None:
        with suppress(OSError):  # who asked has given up
            caller = _Watched(door.end_here.accept()[0], self)
            caller.ready.connect(self._read)
            self._callers.add(caller)

    def _read(self, caller: _Watched) -> None:
        said = b""
        with suppress(OSError):
            said = caller.end_here.recv(_LONGEST)  # the wish is one short line, sent at once
        word, _, token = said.strip().partition(b" ")
        if word == SHOW:
            with suppress(OSError):
                caller.end_here.send(SHOWN + b"\n")
        self._leave(caller)
        if word == SHOW:
            self.asked.emit(token.decode(errors="replace"))

    def _leave(self, caller: _Watched) -> None:
        self._callers.discard(caller)
        caller.end()


class _Watched(QObject):
    """A socket that Qt watches. ``ready(self)``: there is something to accept or to read."""

    ready = Signal(object)

    def __init__(self, end_here: socket.socket, parent: QObject) -> None:
        super().__init__(parent)
        end_here.setblocking(False)
        self.end_here = end_here
        self._notifier = QSocketNotifier(end_here.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._tell)

    def end(self) -> None:
        """Watch it no more, and close it."""
        self._notifier.setEnabled(False)
        self.end_here.close()
        self.deleteLater()

    def _tell(self) -> None:
        self.ready.emit(self)


def ask(address: str, token: str) -> bool:
    """Ask the one that listens there to show itself. False if it does not answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(ANSWER_SECONDS)
        try:
            asking.connect(address)
            asking.send(SHOW + b" " + token.encode() + b"\n")
            return asking.recv(_LONGEST).strip() == SHOWN
        except OSError:
            return False
