"""One LyncDesk per user: a second start shows the first one's window.

The lock file decides who is first; it holds the process id, and a lock whose process has ended counts for
nothing. The local server only carries the wish "show". Only the lock's owner may remove a server that a
crash left behind, or a live one could be cut off.
"""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

if TYPE_CHECKING:
    # Importing it takes longer than the lock, so only what needs it does.
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

SHOW = b"show"
SHOWN = b"shown"
ANSWER_MS = 3000
_TRIES = 3


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
        windows = sys.platform == "win32"
        self._address = f"{name}-{getpass.getuser()}" if windows else str(directory / f"{name}.window")
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Become the only one. False if there is one already."""
        return self._lock.tryLock(0)

    def listen(self) -> bool:
        """Hear of further starts, once the claim succeeded. False if the system refuses the server."""
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._address)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._connected)
        self._server = server
        return server.listen(self._address)

    def ask_to_show(self, token: str = "") -> bool:
        """Ask the one that has the claim to show its window. False if it does not answer."""
        return any(self._ask(token) for _ in range(_TRIES))

    def release(self) -> None:
        """Give the claim up. Idempotent."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.unlock()

    def _ask(self, token: str) -> bool:
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._address)
        if not socket.waitForConnected(ANSWER_MS):
            return False
        socket.write(SHOW + b" " + token.encode() + b"\n")
        answered = socket.waitForReadyRead(ANSWER_MS)
        answer = bytes(socket.readAll().data()) if answered else b""
        socket.disconnectFromServer()
        return answer.strip() == SHOWN

    def _connected(self) -> None:
        if self._server is None:
            return
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(socket.deleteLater)
        socket.readyRead.connect(lambda: self._read(socket))
        self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            return
        word, _, token = bytes(socket.readLine().data()).strip().partition(b" ")
        if word == SHOW:
            socket.write(SHOWN + b"\n")
            socket.flush()
            self.show_asked.emit(token.decode(errors="replace"))
        socket.disconnectFromServer()


def activation_token() -> str:
    """The token of the click that started this program, "" where the desktop gives none."""
    return os.environ.get("XDG_ACTIVATION_TOKEN", "")
