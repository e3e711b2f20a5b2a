"""The address of Exchange Web Services: what a person may type, and what it says about the server."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from lyncdesk.client.problems import Problem

EWS_PATH = "/EWS/Exchange.asmx"
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*")


class AddressError(ValueError):
    """The address cannot be used; ``problem`` says why. Nothing was sent."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.name)
        self.problem = problem


def endpoint_of(server: str) -> str:
    """The full EWS address for what a person typed: a full address, or a host name alone.

    A password never leaves the computer unencrypted: ``http:`` is accepted for this computer itself only.

    Raises:
        AddressError: with the problem ``server-address`` or ``insecure-address``.
    """
    text = server.strip()
    shown = text.rpartition("@")[2]  # a password before the host is not repeated
    if not text:
        raise AddressError(Problem.of("server-address", server="-", code="it is empty"))
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressError(Problem.of("server-address", server=shown, code=str(error))) from error
    if parts.scheme not in ("https", "http"):
        raise AddressError(
            Problem.of("server-address", server=shown, code=f"it begins with {parts.scheme}:, not https:")
        )
    if not host or any(c.isspace() for c in text) or parts.username is not None:
        raise AddressError(Problem.of("server-address", server=shown, code="it names no host"))
    if parts.scheme == "http" and not is_this_computer(host):
        raise AddressError(Problem.of("insecure-address", server=server_name(text)))
    path = EWS_PATH if parts.path in ("", "/") else parts.path
    return SplitResult(parts.scheme, parts.netloc, path, parts.query, "").geturl()


def server_name(endpoint: str) -> str:
    """Host, and port if it is not the usual one: how problems name the server."""
    parts = urlsplit(endpoint)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    host = parts.hostname or endpoint
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


def host_of(endpoint: str) -> str:
    """The host of an address, "" if it names none."""
    return urlsplit(endpoint).hostname or ""


def is_this_computer(host: str) -> bool:
    """Whether a host is this computer itself, which nobody else can listen to."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_host_name(text: str) -> bool:
    """Whether the text, in lower case, is a name in DNS that a host can have (and not a numeric address)."""
    if _HOST.fullmatch(text) is None or len(text) > 253:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return True
    return False


def domain_of(address: str) -> str:
    """The domain of a mail address as DNS knows it, "" if it is none."""
    domain = address.rpartition("@")[2].strip().rstrip(".").casefold()
    try:
        name = domain.encode("idna").decode()
    except UnicodeError:
        return ""
    return name if is_host_name(name) else ""
