"""The HTTP side: logins, limits, and connections that cannot hang the server.

Limits: a body of 4 MiB, 64 connections at once, one minute of silence, and two minutes for a connection
without a finished request, so that a client which sends a byte now and then is shown the door as well.
"""

import base64
import binascii
import logging
import selectors
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Lock, Thread
from typing import Any

from lyncdesk.exchange_server.core import Answer

_LOG = logging.getLogger(__name__)
PATH = "/EWS/Exchange.asmx"
LARGEST_BODY = 4 * 2**20
MOST_CONNECTIONS = 64
SILENCE_SECONDS = 60.0
TICK_SECONDS = 1.0
MOST_TICKS = 120  # between two finished requests of a connection
CHALLENGE = 'Basic realm="Exchange", charset="UTF-8"'
_LOOK_SECONDS = 0.2  # how often a request that is never answered is looked after


@dataclass(frozen=True, slots=True)
class Site:
    """What the HTTP side asks for: who may come in, and what to say. An answer of None is none, ever."""

    sign_in: Callable[[str, str], str | None]
    answer: Callable[[str, bytes], Answer | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits above, smaller in tests."""

    body: int = LARGEST_BODY
    connections: int = MOST_CONNECTIONS
    silence: float = SILENCE_SECONDS
    tick: float = TICK_SECONDS
    ticks: int = MOST_TICKS


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-IIS/10.0"
    sys_version = ""
    server: "WebServer"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Nothing: requests are counted, not logged."""

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            return
        if self.path.partition("?")[0].casefold() != PATH.casefold():
            self._send(HTTPStatus.NOT_FOUND)
            return
        user = self._user()
        if user is None:
            self._send(HTTPStatus.UNAUTHORIZED, headers=(("WWW-Authenticate", CHALLENGE),))
            return
        with self.server.at_work(self.connection):
            answer = self.server.site.answer(user, body)
            if answer is None:
                self._never()
                return
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._send(HTTPStatus.UNAUTHORIZED, headers=(("WWW-Authenticate", CHALLENGE),))
        else:
            self._send(answer.status, answer.body, (("Content-Type", answer.content_type),))

    def do_GET(self) -> None:
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "POST"),), close=True)

    do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_GET  # noqa: N815 - the base class looks for these names

    def _body(self) -> bytes | None:
        """The body, or None after a refusal."""
        lengths = self.headers.get_all("Content-Length") or []
        if not lengths or self.headers.get("Transfer-Encoding"):
            self._send(HTTPStatus.LENGTH_REQUIRED, close=True)
        elif len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
            self._send(HTTPStatus.BAD_REQUEST, close=True)
        elif len(lengths[0]) > 12 or int(lengths[0]) > self.server.limits.body:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, close=True)
        else:
            body = self.rfile.read(int(lengths[0]))
            if len(body) == int(lengths[0]):
                return body
            self.close_connection = True
        return None

    def _user(self) -> str | None:
        """Who signs in with this request; None for nobody. Another scheme would be a second row here."""
        scheme, _, given = (self.headers.get("Authorization") or "").partition(" ")
        if scheme.casefold() != "basic":
            return None
        try:
            name, colon, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        return self.server.site.sign_in(name, password) if colon else None

    def _never(self) -> None:
        """Wait until the client has gone or the server stops."""
        self.connection.settimeout(_LOOK_SECONDS)
        self.close_connection = True
        while not self.server.stopping.is_set():
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def _send(
        self,
        status: int,
        body: bytes = b"",
        headers: tuple[tuple[str, str], ...] = (),
        *,
        close: bool = False,
    ) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(body)
        self.server.progressed(self.connection)


class WebServer(ThreadingHTTPServer):
    """A server with its threads: one that accepts, one that looks after time, one for each connection.

    `start` starts them, `stop` ends every one of them.
    """

    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, site: Site, tls: ssl.SSLContext | None, limits: Limits) -> None:
        self.site = site
        self.tls = tls
        self.limits = limits
        self.stopping = Event()
        self._lock = Lock()
        self._connected = Condition(self._lock)
        self._ticks = 0
        self._idle_since: dict[socket.socket, int | None] = {}
        super().__init__((host, port), Handler)
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
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{self.server_name}:{self.server_port}{PATH}"

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
    """See WebServer.at_work."""

    def __init__(self, server: WebServer, connection: socket.socket) -> None:
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
