"""HTTP for the Exchange worker: verified TLS, bounded answers, and refusals with what the server said.

exchangelib lets its HTTP adapter be replaced; this one trusts the system's certificates (and the
administrator's file), counts requests, and reads a body in one go up to a limit instead of byte by byte.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Timer
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter

from lyncdesk.exchange.address import is_this_computer
from lyncdesk.exchange.http_answers import is_address

BODY_LIMIT: Final = 32 * 1024 * 1024  # bytes, unpacked; 5,000 items with all fields need about 6 million
_CHUNK = 64 * 1024


class CertificateFileError(Exception):
    """The administrator's certificate file cannot be read, or holds no certificates."""


class AnswerTooLargeError(Exception):
    """The body exceeds the limit."""


class OverdueError(Exception):
    """The whole answer took longer than a request may."""


@dataclass(slots=True)
class Counter:
    """What a conversation cost so far: how many requests were sent; the bytes of HTTP, ``sent`` and
    ``received``, packed as they travel and without what TLS adds; and the ``seconds`` from the first byte of
    each request, a connection included where one had to be made, to the last of its answer.
    """

    requests: int = field(default=0)
    sent: int = field(default=0)
    received: int = field(default=0)
    seconds: float = field(default=0.0)
    _mark: float = field(default=0.0, init=False, repr=False)

    def ask(self, request: Any) -> None:
        """A request is about to be sent."""
        self.requests += 1
        line = len(request.method or "") + len(request.path_url) + _LINE
        host = len("Host: \r\n") + len(urlsplit(request.url).netloc)
        self.sent += line + host + _size(request.headers) + len(request.body or b"")
        self._mark = _seconds()

    def hear(self, received: int) -> None:
        """This many more bytes of its answer have come."""
        now = _seconds()
        self.received += received
        self.seconds += now - self._mark
        self._mark = now


_LINE: Final = len("  HTTP/1.1\r\n")


def _size(headers: Mapping[str, Any]) -> int:
    """How many bytes headers are, with the empty line after them."""
    return sum(len(name) + len(value) + 4 for name, value in headers.items()) + 2


def _seconds() -> float:
    return time.perf_counter()  # noqa: TID251  a process of its own: nobody else tells it how long things take


def tls_context(ca_file: str) -> ssl.SSLContext:
    """A context that trusts the system's issuers, and those of ``ca_file`` unless it is "".

    Raises:
        CertificateFileError: if the file cannot be used.
    """
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            reason = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
            raise CertificateFileError(reason or "it cannot be read") from error
    return context


class _Watch:
    """Ends the connections of a request that takes longer than ``seconds`` from its first byte to its last.

    The socket's own timeout ends silence only; a server that sends a byte now and then would be listened to
    for ever.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.connections: list[Any] = []
        self.made = 0
        self.overdue = False
        self._timer: Timer | None = None

    def begin(self) -> None:
        self.end()
        self.overdue = False
        self._timer = Timer(self.seconds, self._strike)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def error(self) -> OverdueError:
        return OverdueError(f"the answer took longer than {self.seconds:g} seconds")

    def _strike(self) -> None:
        self.overdue = True
        for connection in self.connections:
            if (sock := connection.sock) is not None:
                with suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def recording(self, kind: type[Any]) -> type[Any]:
        """The class of connections, whose instances become known here."""
        watch, known = self, self.connections

        class Known(kind):  # type: ignore[misc]
            def connect(self) -> None:
                watch.made += 1
                known.append(self)
                super().connect()

        return Known


def adapter_class(
    context: ssl.SSLContext | None, counter: Counter, longest: float = 3600.0, most: int = BODY_LIMIT
) -> type[HTTPAdapter]:
    """An adapter class for one conversation: exchangelib wants a class, not an instance.

    ``longest`` is how many seconds a request may take in all, ``most`` how many bytes its answer, unpacked.
    """

    watch = _Watch(longest)

    class Adapter(HTTPAdapter):
        pool: Any = None

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, ssl_context=context, **kwargs)

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            return super().proxy_manager_for(proxy, ssl_context=context, **kwargs)

        def get_connection_with_tls_context(
            self,
            request: Any,
            verify: Any,  # noqa: ARG002
            proxies: Any = None,
            cert: Any = None,  # noqa: ARG002
        ) -> Any:
            # Environment variables such as REQUESTS_CA_BUNDLE have no say in whom we trust.
            pool = super().get_connection_with_tls_context(request, True, proxies=proxies, cert=None)
            if pool is not self.pool:
                self.pool = pool
                pool.ConnectionCls = watch.recording(pool.ConnectionCls)
            return pool

        @property
        def made(self) -> int:
            """How many connections were made so far."""
            return watch.made

        def stands(self) -> bool:
            """Whether the connection of the last answer, which was read to its end, still stands."""
            last = self.pool.pool.queue[-1]
            return last is not None and bool(last.is_connected)

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
            """Leave it to the context; the default would add a bundle of its own to the system's."""

        def close(self) -> None:
            # urllib3 closes connections when a pool is collected, and an exception can keep a pool alive.
            for manager in (self.poolmanager, *self.proxy_manager.values()):
                for key in tuple(manager.pools.keys()):
                    pool = manager.pools.get(key)
                    if pool is not None:
                        pool.close()
            watch.end()
            super().close()

        def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
            # Only on this computer may a password go without encryption, so never by way of another one.
            if is_this_computer(urlsplit(request.url).hostname or ""):
                kwargs["proxies"] = {}
            counter.ask(request)
            watch.begin()
            try:
                return super().send(request, *args, **kwargs)
            except Exception as error:
                watch.end()
                if watch.overdue:
                    raise watch.error() from error
                raise

        def build_response(self, req: Any, resp: Any) -> requests.Response:
            counter.hear(_LINE + len(str(resp.status)) + len(resp.reason or "") + _size(resp.headers))
            bounded = _BoundedResponse(watch, counter, most)
            vars(bounded).update(vars(super().build_response(req, resp)))
            if not is_address(bounded.headers.get("Location", "")):
                del bounded.headers["Location"]
            if isinstance(sock := getattr(resp.connection, "sock", None), ssl.SSLSocket):
                bounded.certificate = sock.getpeercert(binary_form=True)
            return bounded

    return Adapter


class _BoundedResponse(requests.Response):
    """A response whose body is read up to a limit. ``certificate`` is the server's, None without TLS."""

    certificate: bytes | None = None

    def __init__(self, watch: _Watch, counter: Counter, most: int) -> None:
        super().__init__()
        self._most = most
        self._watch = watch
        self._counter = counter

    @property
    def content(self) -> bytes:
        """The whole body.

        Raises:
            AnswerTooLargeError: beyond the limit.
            OverdueError: if it does not end in time.
        """
        if not isinstance(self._content, bytes):
            try:
                self._content = self._read()
            except requests.RequestException as error:
                if self._watch.overdue:
                    raise self._watch.error() from error
                raise
            finally:
                self._watch.end()
        return self._content

    def _read(self) -> bytes:
        pieces, size = [], 0
        for piece in self.iter_content(_CHUNK):
            size += len(piece)
            if size > self._most:
                self.close()
                raise AnswerTooLargeError(f"it is longer than {self._most / 2**20:g} MB")
            pieces.append(piece)
        if self._watch.overdue:
            raise self._watch.error()
        self._counter.hear(self.raw.tell())
        return b"".join(pieces)
