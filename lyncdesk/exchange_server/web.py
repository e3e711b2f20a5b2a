"""The HTTP side: what a connection asks, who it is that asks, and how the answer goes out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from ssl import SSLContext
from typing import Any

from lyncdesk.exchange_server.listening import Limits, Listening
from lyncdesk.exchange_server.logins import Door, Login
from lyncdesk.exchange_server.response import Answer, Manner

PATH = "/EWS/Exchange.asmx"
_ENDLESS = 2**40
_BLANKS = b" " * 65536
_LOOK_SECONDS = 0.2  # how often a request that is never answered is looked after


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who has signed in. `fresh`: with this request, not an earlier one of the
    connection. `base` is how the client reached the server, `https://host:port`.
    """

    method: str
    path: str
    user: str
    fresh: bool
    body: bytes
    base: str


@dataclass(frozen=True, slots=True)
class Site:
    """What the HTTP side asks for.

    `door`: who may come in; `clock`: the time of the Date header; `skew`: by how much that is wrong for
    strangers; `open`: the answer to a method and path
    that needs no login (None: it needs one); `serve`: the answer to a visit (None: none, ever).
    """

    door: Door
    clock: Callable[[], datetime]
    skew: Callable[[], timedelta]
    open: Callable[[str, str], Answer | None]
    serve: Callable[[Visit], Answer | None]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-IIS/10.0"
    sys_version = ""
    server: "WebServer"

    def setup(self) -> None:
        super().setup()
        self._skew = timedelta()
        self._login = Login(self.server.site.door)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Nothing: requests are counted, not logged."""

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - as the base class
        """The time of the server, which may be virtual."""
        return format_datetime(self.server.site.clock().astimezone(UTC) + self._skew, usegmt=True)

    def do_POST(self) -> None:
        body = self._body()
        if body is not None:
            self._visit(body)

    def do_GET(self) -> None:
        if self.headers.get("Content-Length", "0") != "0" or self.headers.get("Transfer-Encoding"):
            self._send(Answer(HTTPStatus.BAD_REQUEST, b""), close=True)
        else:
            self._visit(b"")

    do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_GET  # noqa: N815 - the base class looks for these names

    def _visit(self, body: bytes) -> None:
        site = self.server.site
        path = self.path.partition("?")[0]
        found = site.open(self.command, path)
        if found is not None:
            self._send(found)
            return
        outcome = self._login.read(self.headers.get("Authorization"))
        if outcome.user is None:
            self._send(Answer(HTTPStatus.UNAUTHORIZED, b"", headers=outcome.headers))
            return
        visit = Visit(self.command, path, outcome.user, outcome.fresh, body, self._base())
        with self.server.at_work(self.connection):
            answer = site.serve(visit)
            if answer is None:
                self._never()
                return
            if answer.more is not None and answer.manner == "whole":
                self._stream(answer, answer.more, outcome.headers)
                return
        headers = outcome.headers
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._login.forget()
            headers = site.door.offers
        self._send(answer, headers)

    def _base(self) -> str:
        """How the client calls this server; a Host header that is none is not repeated."""
        host = self.headers.get("Host") or ""
        plain = host.isascii() and all(sign.isalnum() or sign in "-.:[]" for sign in host)
        return f"{self.server.scheme}://{host}" if host and plain else self.server.base

    def _body(self) -> bytes | None:
        """The body, or None after a refusal."""
        lengths = self.headers.get_all("Content-Length") or []
        refusal = None
        if not lengths or self.headers.get("Transfer-Encoding"):
            refusal = HTTPStatus.LENGTH_REQUIRED
        elif len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
            refusal = HTTPStatus.BAD_REQUEST
        elif len(lengths[0]) > 12 or int(lengths[0]) > self.server.limits.body:
            refusal = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if refusal is not None:
            self._send(Answer(refusal, b""), close=True)
            return None
        body = self.rfile.read(int(lengths[0]))
        if len(body) == int(lengths[0]):
            return body
        self.close_connection = True
        return None

    def _never(self) -> None:
        """Wait until the client has gone or the server stops."""
        self.close_connection = True
        while not self.server.stopping.is_set():
            if self._gone():
                return

    def _stream(
        self, answer: Answer, more: Callable[[], bytes | None], headers: tuple[tuple[str, str], ...]
    ) -> None:
        """Send the pieces of an answer as they come, until its end or that of the client or the server."""
        self.close_connection = True
        self.send_response(answer.status)
        kept = (("Content-Type", answer.content_type), ("Transfer-Encoding", "chunked"))
        for name, value in (*kept, ("Connection", "close"), *headers, *answer.headers):
            self.send_header(name, value)
        self.end_headers()
        piece: bytes | None = answer.body
        while piece is not None:
            if piece:
                self.connection.settimeout(self.server.limits.silence)
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if self.server.stopping.is_set() or self._gone():
                return
            piece = more()
        self.wfile.write(b"0\r\n\r\n")

    def _gone(self) -> bool:
        """Whether the client has ended the connection; looks for a moment."""
        self.connection.settimeout(_LOOK_SECONDS)
        try:
            return not self.connection.recv(1)
        except TimeoutError:
            return False
        except OSError:
            return True

    def _send(
        self, answer: Answer, headers: tuple[tuple[str, str], ...] = (), *, close: bool = False
    ) -> None:
        stranger = answer.status == HTTPStatus.UNAUTHORIZED
        self._skew = self.server.site.skew() if stranger else answer.skew
        if answer.manner == "hung-up":
            self.close_connection = True
            return
        self.send_response(answer.status)
        if answer.body or answer.manner == "endless":
            self.send_header("Content-Type", answer.content_type)
        for name, value in (*headers, *answer.headers):
            self.send_header(name, value)
        length = _ENDLESS if answer.manner == "endless" else len(answer.body)
        self.send_header("Content-Length", str(length))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self._write(answer.body, answer.manner)
        self.server.progressed(self.connection)

    def _write(self, body: bytes, manner: Manner) -> None:
        half = body[: len(body) // 2]
        match manner:
            case "cut-off":
                self.wfile.write(half)
                self.close_connection = True
            case "half-open":
                with self.server.at_work(self.connection):
                    self.wfile.write(half)
                    self._never()
            case "slow" | "endless":
                with self.server.at_work(self.connection):
                    self._drip(body if manner == "slow" else None)
            case _:
                self.wfile.write(body)

    def _drip(self, body: bytes | None) -> None:
        """The body byte by byte, or one without an end, until the client goes or the server stops."""
        stopping = self.server.stopping
        if body is None:
            while not stopping.is_set():
                self.wfile.write(_BLANKS)
        for at in range(len(body or b"")):
            self.wfile.write((body or b"")[at : at + 1])
            if stopping.wait(self.server.limits.drip):
                break
        self.close_connection = self.close_connection or stopping.is_set()


class WebServer(Listening):
    """A site on a port."""

    def __init__(self, host: str, port: int, site: Site, tls: SSLContext | None, limits: Limits) -> None:
        self.site = site
        super().__init__(host, port, Handler, tls, limits)

    @property
    def url(self) -> str:
        """Where EWS is."""
        return f"{self.base}{PATH}"
