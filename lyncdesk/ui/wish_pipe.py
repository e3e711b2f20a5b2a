"""How a second start asks the first to show itself, by Qt's local sockets: a named pipe on Windows."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

SHOW = b"show"
SHOWN = b"shown"
ANSWER_MS = 3000


class Listener(QObject):
    """Hears the wish: ``asked(token)``. ``listen`` and ``close`` belong together."""

    asked = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server: QLocalServer | None = None

    def listen(self, address: str) -> bool:
        """Hear from now on, for this user alone. False if the system refuses.

        Only the owner of the program's lock may do this: a socket that a crash left behind is replaced.
        """
        QLocalServer.removeServer(address)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._connected)
        self._server = server
        return server.listen(address)

    def close(self) -> None:
        """Hear no more. Idempotent."""
        if self._server is not None:
            self._server.close()
            self._server = None

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
            self.asked.emit(token.decode(errors="replace"))
        socket.disconnectFromServer()


def ask(address: str, token: str) -> bool:
    """Ask the one that listens there to show itself. False if it does not answer."""
    socket = QLocalSocket()
    socket.connectToServer(address)
    if not socket.waitForConnected(ANSWER_MS):
        return False
    socket.write(SHOW + b" " + token.encode() + b"\n")
    answered = socket.waitForReadyRead(ANSWER_MS)
    answer = bytes(socket.readAll().data()) if answered else b""
    socket.disconnectFromServer()
    return answer.strip() == SHOWN
