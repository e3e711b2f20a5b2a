"""What a certificate that was not trusted says: when it is valid, whom it names, who issued it.

A failed verification tells none of that. So the server is visited once more, without trusting it and without
telling it anything: nothing but a request for its time, without credentials and without an address, is sent.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID
from requests.utils import get_environ_proxies

from lyncdesk.exchange.translate import CERTIFICATE_WANTED, Translated

_PATIENCE: Final = 3.0  # seconds for each step of the second visit
_MOMENT: Final = 1.0  # seconds in which a server that has something against us says it
_HEAD_PIECES, _HEAD_BYTES = 4, 4096
_MOST_NAMES = 3
_LONGEST = 120
_DATE = re.compile(rb"\r\nDate:[ \t]*([^\r\n]{1,60})\r\n", re.IGNORECASE)

EXPLAINED: Final = frozenset(
    {"certificate-expired", "certificate-early", "certificate-host-name", "certificate-untrusted"}
)
_OF_TIME: Final = frozenset({"certificate-expired", "certificate-early"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A certificate as it was shown; ``date`` is the server's own clock, None if it was not told."""

    names: tuple[str, ...]
    issuer: str
    self_signed: bool
    begins: datetime
    ends: datetime
    date: datetime | None = None


def explained(found: Translated, endpoint: str) -> Translated:
    """The problem with what the certificate itself says, and told apart by it; never raises."""
    if found.problem == "encryption-failed" and asks_for_certificate(endpoint):
        return replace(found, problem="client-certificate")
    if found.problem not in EXPLAINED:
        return found
    seen = visit(endpoint, ask_time=found.problem in _OF_TIME)
    return found if seen is None else told_apart(found, seen)


def told_apart(found: Translated, seen: Seen) -> Translated:
    """Which problem it is, by a certificate that this computer did not accept."""
    values: dict[str, str | int] = dict(found.values)
    problem = found.problem
    if problem in _OF_TIME:
        if seen.date is not None and seen.begins <= seen.date <= seen.ends:
            # By the server's clock all is well, by this computer's it is not.
            return replace(found, problem="clock-wrong", values=values | {"date": _shown(seen.date)})
        values["date"] = _shown(seen.begins if problem == "certificate-early" else seen.ends)
    elif problem == "certificate-host-name":
        more = len(seen.names) - _MOST_NAMES
        values["names"] = ", ".join(seen.names[:_MOST_NAMES]) + (f" (+{more})" if more > 0 else "")
    elif seen.self_signed:
        problem = "certificate-self-signed"
    else:
        values["issuer"] = seen.issuer
    return replace(found, problem=problem, values=values)


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def visit(endpoint: str, *, ask_time: bool) -> Seen | None:
    """What the server shows; None if it shows nothing now, or if the way to it leads through a proxy."""
    try:
        with _visiting(endpoint) as connection:
            shown = connection.getpeercert(binary_form=True)
            if shown is None:
                return None
            seen = read(shown)
            return replace(seen, date=_time_of(connection, endpoint)) if ask_time else seen
    except (OSError, ValueError):
        return None


def asks_for_certificate(endpoint: str) -> bool:
    """Whether the server, told nothing, ends a connection because it was shown no certificate.

    TLS 1.3 says so only after the handshake, when who writes at once is already cut off and does not read it.
    """
    try:
        with _visiting(endpoint) as connection:
            connection.settimeout(_MOMENT)
            connection.recv(1)
    except ssl.SSLError as error:
        return error.reason in CERTIFICATE_WANTED
    except (OSError, ValueError):
        pass
    return False


@contextmanager
def _visiting(endpoint: str) -> Iterator[ssl.SSLSocket]:
    """A connection to a server that nobody vouches for; an OSError if the way leads through a proxy."""
    if get_environ_proxies(endpoint):
        raise ConnectionError
    parts = urlsplit(endpoint)
    host, port = parts.hostname or "", parts.port or 443
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((host, port), timeout=_PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        yield connection


def read(shown: bytes) -> Seen:
    """A certificate (DER) in words.

    Raises:
        ValueError: if it cannot be read.
    """
    certificate = x509.load_der_x509_certificate(shown)
    try:
        also = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses = (str(address) for address in also.get_values_for_type(x509.IPAddress))
        names = (*also.get_values_for_type(x509.DNSName), *addresses)
    except x509.ExtensionNotFound:
        names = (_named(certificate.subject),)
    return Seen(
        tuple(map(_printable, names)),
        _printable(_named(certificate.issuer)),
        certificate.issuer == certificate.subject,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )


def _named(name: x509.Name) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(kind):
            return str(attribute.value)
    return name.rfc4514_string()


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:_LONGEST])


def _time_of(connection: ssl.SSLSocket, endpoint: str) -> datetime | None:
    """The server's clock by the Date of any answer."""
    head, host = b"", urlsplit(endpoint).hostname or ""
    try:
        connection.sendall(b"HEAD / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host.encode("idna"))
        for _ in range(_HEAD_PIECES):
            piece = connection.recv(_HEAD_BYTES)
            head += piece
            if not piece or b"\r\n\r\n" in head:
                break
        found = _DATE.search(head)
        moment = parsedate_to_datetime(found.group(1).decode("ascii")) if found else None
    except (OSError, ValueError):
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
