"""A local proxy for HTTPS that lets through, or does not."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

THROUGH, HANGS_UP = "", "hangs up"


class Proxy:
    """Serves CONNECT on loopback. ``says`` is a status line to refuse with, THROUGH or HANGS_UP.

    ``wants`` is what the header Proxy-Authorization has to be; who shows something else gets a 407.
    """

    def __init__(self) -> None:
        self.says = THROUGH
        self.wants = b""
        self.asked: list[bytes] = []
        self.target: tuple[str, int] = ("127.0.0.1", 9)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._stopping = False
        self._threads: list[Thread] = []
        self._open: set[socket.socket] = set()

    @property
    def url(self) -> str:
        """What HTTPS_PROXY wants."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            client, _ = self._socket.accept()
            if self._stopping:
                client.close()
                return
            thread = Thread(target=self._serve, args=(client,), name="proxy: one client")
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                more = client.recv(65536)
                if not more:
                    return
                head += more
            self.asked.append(head)
            if self.says == HANGS_UP:
                return
            says = self.says
            if self.wants and b"\r\nProxy-Authorization: " + self.wants + b"\r\n" not in head:
                says = "407 Proxy Authentication Required"
            if says:
                client.sendall(f"HTTP/1.1 {says}\r\nContent-Length: 0\r\n\r\n".encode())
                return
            with socket.create_connection(self.target) as server:
                self._open |= {client, server}
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = Thread(target=_pour, args=(server, client), name="proxy: back")
                back.start()
                _pour(client, server)
                back.join()
                self._open -= {client, server}

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        """The proxy; nothing of it is left afterwards."""
        thread = Thread(target=self._accept, name="proxy")
        thread.start()
        try:
            yield self
        finally:
            self._stopping = True
            with socket.create_connection(self._socket.getsockname()):
                pass  # wakes accept()
            thread.join()
            for connection in tuple(self._open):
                _end(connection)
            for one in self._threads:
                one.join()
            self._socket.close()


def _pour(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass  # one of them went away, which is how it ends
    _end(source)
    _end(target)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
