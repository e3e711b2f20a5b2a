"""The way to a server, looked at one part after the other: its name, a connection, its certificate.

Requests go the same way, but all at once. Nothing is sent here but what opening a connection takes.
"""

from __future__ import annotations

import base64
import http.client
import socket
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from requests.utils import get_environ_proxies, select_proxy

from lyncdesk.exchange.address import is_this_computer, server_name
from lyncdesk.exchange.certificates import Seen, read
from lyncdesk.exchange.transport import tls_context

SECONDS: Final = 5.0  # for each numeric address
_MOST: Final = 6  # numeric addresses that are told

Place = tuple[Any, Any]  # address family, socket address


class ProxyError(Exception):
    """The proxy does not let one through; named as requests names it, for ``translate``."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a server is reached: ``host`` and ``port`` are its own, ``proxy`` is the address of one or ""."""

    host: str
    port: int
    secure: bool
    proxy: str = ""

    @classmethod
    def of(cls, url: str) -> Target:
        """The target of an address, by the proxies that this computer is set to."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        host = parts.hostname or ""
        proxy = "" if is_this_computer(host) else select_proxy(url, get_environ_proxies(url)) or ""
        return cls(host, parts.port or (443 if secure else 80), secure, proxy)

    @property
    def next_hop(self) -> tuple[str, int]:
        """What is connected to."""
        if not self.proxy:
            return self.host, self.port
        parts = urlsplit(self.proxy if "://" in self.proxy else f"http://{self.proxy}")
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def proxy_name(self) -> str:
        """The proxy's host, "" if there is none."""
        return (
            server_name(self.proxy if "://" in self.proxy else f"http://{self.proxy}") if self.proxy else ""
        )

    @property
    def is_plain_proxy(self) -> bool:
        """Whether the proxy is one that a connection can be asked of here (not SOCKS, nor over TLS)."""
        return bool(self.proxy) and self.proxy.partition("://")[0] in ("http", self.proxy)


def look_up(target: Target) -> list[Place]:
    """The numeric addresses of what is connected to.

    Raises:
        OSError: if there are none.
    """
    host, port = target.next_hop
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def shown(places: Iterable[Place]) -> str:
    """Numeric addresses as people write them."""
    told = list(dict.fromkeys(str(address[0]) for _, address in places))
    return ", ".join(told[:_MOST])


def connect(places: Iterable[Place]) -> str:
    """Connect to the first that answers, and hang up; says which it was.

    Raises:
        OSError: the last error, if none answers.
    """
    connection = _connected(places)
    with closing(connection):
        return str(connection.getpeername()[0])


def _connected(places: Iterable[Place]) -> socket.socket:
    last: OSError = OSError("no address")
    for family, address in places:
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.settimeout(SECONDS)
            made.connect(address)
        except OSError as error:
            made.close()
            last = error
        else:
            return made
    raise last


def handshake(target: Target, ca_file: str) -> tuple[str, Seen]:
    """The version of TLS that is spoken, and the certificate, which was verified.

    Raises:
        Exception: for ``translate``, among others if the certificate is not to be trusted.
    """
    context = tls_context(ca_file)
    with (
        closing(_way_to(target)) as connection,
        context.wrap_socket(connection, server_hostname=target.host) as secure,
    ):
        return (secure.version() or "TLS").replace("v", " "), read(secure.getpeercert(True) or b"")


def _way_to(target: Target) -> socket.socket:
    """A connection to the server itself, through the proxy if there is one."""
    if not target.proxy:
        return _connected(look_up(target))
    headers = {}
    parts = urlsplit(target.proxy if "://" in target.proxy else f"http://{target.proxy}")
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    host, port = target.next_hop
    tunnel = http.client.HTTPConnection(host, port, timeout=SECONDS)
    tunnel.set_tunnel(target.host, target.port, headers)
    try:
        tunnel.connect()
    except OSError as error:
        tunnel.close()
        if error.errno is None and not isinstance(error, TimeoutError):
            raise ProxyError(str(error)) from error  # it names the status of the proxy's answer
        raise
    made: socket.socket = tunnel.sock
    return made
