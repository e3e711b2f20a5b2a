"""Connections that cannot hang the server: its threads, its limits, and its end.

Limits: a body of 4 MiB, 64 connections at once, one minute of silence, and two minutes for a connection
without a finished request, so that a client which sends a byte now and then is shown the door as well.
"""

import logging
import selectors
import socket
import ssl
import sys
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from socketserver import BaseRequestHandler
from threading import Condition, Event, Lock, Thread
from typing import Any

_LOG = logging.getLogger(__name__)
LARGEST_BODY = 4 * 2**20
MOST_CONNECTIONS = 64
SILENCE_SECONDS = 60.0
TICK_SECONDS = 1.0
MOST_TICKS = 120  # between two finished requests of a connection

DRIP_SECONDS = 0.5  # between two bytes of an answer that is slow on purpose


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits above, smaller in tests."""

    body: int = LARGEST_BODY
    connections: int = MOST_CONNECTIONS
    silence: float = SILENCE_SECONDS
    tick: float = TICK_SECONDS
    ticks: int = MOST_TICKS
    drip: float = DRIP_SECONDS


class Listening(ThreadingHTTPServer):
    """A server with its threads: one that accepts, one that looks after time, one for each connection.

    `start` starts them, `stop` ends every one of them.
    """

    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def __init__(
        self,
        host: str,
        port: int,
        handler: type[BaseRequestHandler],
        tls: ssl.SSLContext | None,
        limits: Limits,
    ) -> None:
        self.tls = tls
        self.limits = limits
        self.stopping = Event()
        self._lock = Lock()
        self._connected = Condition(self._lock)
        self._ticks = 0
        self._idle_since: dict[socket.socket, int | None] = {}
        super().__init__((host, port), handler)
        self.socket.setblocking(False)  # who comes and goes at once must not stop the others
        self._waker, self._wake = socket.socketpair()
        self._own_threads = (
            Thread(target=self._accept, name="exchange-server"),
            Thread(target=self._watch, name="exchange-server-watch"),
        )

    def server_bind(self) -> None:
        """Bind without looking up one's own name, which may take long and is needed by nobody."""
        self.allow_reuse_address = True
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"

    @property
    def base(self) -> str:
        """Where it listens, without a path."""
        return f"{self.scheme}://{self.server_name}:{self.server_port}"

    def start(self) -> None:
        for thread in self._own_threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self._wake.close()
        with self._lock:
            self._connected.notify_all()
            for connection in self._idle_since:
                _cut(connection)
        for thread in self._own_threads:
            thread.join()
        # Who was accepted just before the end is cut now: nobody comes any more.
        with self._lock:
            for connection in self._idle_since:
                _cut(connection)
        self.server_close()
        self._waker.close()

    def _accept(self) -> None:
        """Take connections until the end, asleep in between: the base class would look up every now and
        then.
        """
        with selectors.DefaultSelector() as selector:
            for end in (self.socket, self._waker):
                selector.register(end, selectors.EVENT_READ)
            while not self.stopping.is_set():
                if any(key.fileobj is self.socket for key, _events in selector.select()):
                    self.handle_request()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = self.socket.accept()
        connection.settimeout(self.limits.silence)
        # exchangelib and others send head and body in two packets and wait for neither
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            # The handshake happens in the connection's own thread, with its first read.
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            full = len(self._idle_since) >= self.limits.connections
            if not full:
                self._idle_since[request] = self._ticks
                self._connected.notify_all()
        if full:
            _cut(request)
            request.close()
        else:
            super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._idle_since.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - as the base class
        """A connection that broke is the client's business; anything else is a mistake in here."""
        if not isinstance(sys.exception(), OSError):
            _LOG.exception("a connection ended with a mistake of the server")

    def progressed(self, connection: socket.socket) -> None:
        """A request of the connection is done."""
        with self._lock:
            if connection in self._idle_since:
                self._idle_since[connection] = self._ticks

    def at_work(self, connection: socket.socket) -> "AtWork":
        """While it lasts, the connection waits for the server, not the other way round."""
        return AtWork(self, connection)

    def mark(self, connection: socket.socket, *, working: bool) -> None:
        with self._lock:
            if connection in self._idle_since:
                self._idle_since[connection] = None if working else self._ticks

    def _watch(self) -> None:
        """Count ticks, and cut the connections that let too many pass. The clock is the waiting itself."""
        while not self.stopping.wait(self.limits.tick):
            with self._lock:
                self._ticks += 1
                for connection, since in self._idle_since.items():
                    if since is not None and self._ticks - since > self.limits.ticks:
                        _cut(connection)
                while not self._idle_since and not self.stopping.is_set():
                    self._connected.wait()


class AtWork:
    """See Listening.at_work."""

    def __init__(self, server: Listening, connection: socket.socket) -> None:
        self._server = server
        self._connection = connection

    def __enter__(self) -> None:
        self._server.mark(self._connection, working=True)

    def __exit__(self, *_problem: object) -> None:
        self._server.mark(self._connection, working=False)


def _cut(connection: socket.socket) -> None:
    """End the connection under the hands of the thread that reads from it."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is gone already
