"""From an exception to a problem, in one table.

Nearly everything that goes wrong below arrives as one of a few wrappers; the evidence is in what they wrap.
All exceptions of a chain are looked at (cause, context, ``reason``, arguments), and the first row that fits
any of them decides. Third-party classes are matched by name, so that this module needs none of those
libraries.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from lyncdesk.client.exchange_online import is_online_server
from lyncdesk.exchange.address import server_name
from lyncdesk.exchange.exchange_codes import CODES


@dataclass(frozen=True, slots=True)
class Translated:
    """A row of PROBLEMS by name, the values of its words, and for how many seconds the server wants peace."""

    problem: str
    values: dict[str, str | int] = field(default_factory=dict)
    back_off: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Exceptions of class ``kind`` (or with that name among their classes) for which ``when`` holds."""

    kind: type[BaseException] | str
    problem: str
    code: Callable[[Any], str] | None = None
    when: Callable[[Any], bool] | None = None
    value: str = "code"  # what the problem's words call the code

    def fits(self, error: BaseException) -> bool:
        """Whether the row is about this exception."""
        kind = self.kind
        if isinstance(kind, str):
            same = any(cls.__name__ == kind for cls in type(error).__mro__)
        else:
            same = isinstance(error, kind)
        return same and (self.when is None or self.when(error))


# OpenSSL's verification results; the large ones are those of Windows and macOS for the same.
_EARLY = {9}
_EXPIRED = {10, 0x800B0101, -0x7FF4FEFF, -67818, -67819}
_OTHER_NAME = {62, 63, 64, 0x800B010F, -0x7FF4FEF1, -67602}
_SELF_SIGNED = {18}
_UNTRUSTED = {2, 19, 20, 21, 27, 0x800B0109, 0x800B010A, -0x7FF4FEF7, -0x7FF4FEF6, -67843}
_TOO_OLD = {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "WRONG_SSL_VERSION"}
CERTIFICATE_WANTED: Final = {"TLSV13_ALERT_CERTIFICATE_REQUIRED", "SSLV3_ALERT_NO_CERTIFICATE"}
_PLAIN = {
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "UNKNOWN_PROTOCOL",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
}


def _code(codes: set[int]) -> Callable[[Any], bool]:
    return lambda error: getattr(error, "verify_code", None) in codes


def _text(error: BaseException) -> str:
    return str(error)


def _name(error: BaseException) -> str:
    return type(error).__name__


def _system_error(error: OSError) -> str:
    return error.strerror or _name(error)


def _verify_message(error: BaseException) -> str:
    return str(getattr(error, "verify_message", "")) or _name(error)


_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")


def _tunnel_status(error: BaseException) -> str:
    found = _TUNNEL.search(str(error))
    return f"HTTP {found.group(1)}" if found else ""


def _went_through(error: BaseException, function: str) -> bool:
    """Whether the error arose within a function of this name: nothing else tells that the proxy hung up."""
    return any(frame.f_code.co_name == function for frame, _ in traceback.walk_tb(error.__traceback__))


def _foreign(error: BaseException) -> bool:
    return "Unknown SOAP response" in str(error)


_UNKNOWN_CODE = re.compile(r"ResponseCode in ResponseMessage: (\w+)")


def _response_code(error: BaseException) -> str:
    found = _UNKNOWN_CODE.search(str(error))
    return found.group(1) if found else _name(error)


TABLE: Final[tuple[Row, ...]] = (
    Row("CertificateFileError", "ca-file", _text),
    Row("TruncatedError", "too-many-items", _text, value="limit"),
    Row("ItemChangedError", "item-changed"),
    Row("WriteDeniedError", "write-denied"),
    Row("OverdueError", "timed-out", _text),  # before the broken connection by which it came about
    Row("RightsChangedError", "right-changed"),
    Row("RightRefusedError", "right-refused", _text),
    Row("ReleaseError", "version-unknown", _text, value="why"),
    # signing in
    Row("UnsafeAddressError", "insecure-address"),
    Row("NoPasswordError", "no-password"),
    Row("KerberosMissingError", "kerberos-missing"),
    Row("KdcRefusedError", "refused-password"),
    Row("KdcLockedError", "account-locked"),
    Row("KdcExpiredError", "password-expired"),
    Row("KerberosError", "no-ticket", _text),
    Row("LostConnectionError", "connection-refused", lambda _: "closed while signing in"),
    Row("CredentialsExpiredError", "password-expired"),
    Row("InvalidCredentialError", "refused-password"),
    Row("SpnegoError", "sign-in-method", lambda error: f"Negotiate ({_name(error)})"),
    # the proxy stands before everything that its own name or connection could look like
    Row("ProxyError", "proxy-password", when=lambda e: _tunnel_status(e) == "HTTP 407"),
    Row("ProxyError", "proxy-refused", _tunnel_status, lambda e: _tunnel_status(e) != ""),
    Row("ProxyError", "proxy-failed", _name),
    Row(OSError, "proxy-failed", _system_error, lambda e: _went_through(e, "_tunnel")),
    # TLS
    Row(ssl.SSLCertVerificationError, "certificate-early", when=_code(_EARLY)),
    Row(ssl.SSLCertVerificationError, "certificate-expired", when=_code(_EXPIRED)),
    Row(ssl.SSLCertVerificationError, "certificate-host-name", when=_code(_OTHER_NAME)),
    Row("CertificateError", "certificate-host-name", when=lambda e: not isinstance(e, ssl.SSLError)),
    Row(ssl.SSLCertVerificationError, "certificate-self-signed", when=_code(_SELF_SIGNED)),
    Row(ssl.SSLCertVerificationError, "certificate-untrusted", when=_code(_UNTRUSTED)),
    Row(ssl.SSLCertVerificationError, "certificate-unusable", _verify_message),
    Row(ssl.SSLError, "not-encrypted", when=lambda e: e.reason in _PLAIN),
    Row(ssl.SSLError, "encryption-old", when=lambda e: e.reason in _TOO_OLD),
    Row(ssl.SSLError, "client-certificate", when=lambda e: e.reason in CERTIFICATE_WANTED),
    Row(ssl.SSLError, "encryption-failed", lambda e: e.reason or _name(e)),
    # the address
    Row("LocationParseError", "server-address", _name),
    Row("InvalidURL", "server-address", _name),
    Row("InvalidSchema", "server-address", _name),
    Row("MissingSchema", "server-address", _name),
    # an answer that stopped on its way, before the connection errors that it is made of
    Row("ChunkedEncodingError", "broken-answer", lambda _: "the connection ended within it"),
    Row("IncompleteRead", "broken-answer", lambda _: "the connection ended within it"),
    Row("ContentDecodingError", "broken-answer", lambda _: "its compression is damaged"),
    Row("DecodeError", "broken-answer", lambda _: "its compression is damaged"),
    Row("DamagedAnswerError", "broken-answer", _text),
    Row("AnswerTooLargeError", "broken-answer", _text),
    Row("NotSoapError", "web-page", when=lambda e: str(e) == "a web page"),
    Row("NotSoapError", "not-exchange", _text),
    # the network
    Row(socket.gaierror, "name-not-found"),
    Row("NameResolutionError", "name-not-found"),
    Row(ConnectionRefusedError, "connection-refused", lambda _: "connection refused"),
    Row("ConnectTimeout", "timed-out", lambda _: "connecting"),
    Row(TimeoutError, "timed-out", _name),
    Row("ReadTimeout", "timed-out", _name),
    Row("ReadTimeoutError", "timed-out", _name),
    Row(http.client.RemoteDisconnected, "connection-refused", lambda _: "closed without an answer"),
    Row(ConnectionError, "connection-refused", _system_error, lambda e: "requests" not in type(e).__module__),
    Row(http.client.HTTPException, "not-exchange", lambda _: "no HTTP"),
    Row(OSError, "connection-refused", _system_error, lambda e: e.errno is not None),
    # Exchange's own words
    Row("ResponseMessageError", "", _name),
    Row("TransportError", "", _response_code, lambda e: _UNKNOWN_CODE.search(str(e)) is not None),
    Row("UnauthorizedError", "refused-password"),
    Row("SOAPError", "not-exchange", lambda _: "another service", _foreign),
    Row("SOAPError", "server-error", lambda _: "SOAP fault"),
    Row("MalformedResponseError", "broken-answer", _name),
    Row("TransportError", "server-error", _name),
    Row("ConnectionError", "connection-refused", _name),
)

_HTTP: Final[dict[int, str]] = {
    401: "refused-password",
    403: "not-allowed",
    407: "proxy-password",
    408: "timed-out",
    413: "server-error",
    429: "server-busy",
    440: "refused-password",
    456: "account-locked",
    496: "client-certificate",
    503: "server-busy",
    504: "timed-out",
}

# Where a server sends who is not signed in, or whose password is over.
_SIGN_IN_PAGE = re.compile(r"/owa|/adfs|log[io]n|sign-?in|/auth|saml", re.IGNORECASE)
_NEW_PASSWORD_PAGE = re.compile(r"expiredpassword|changepassword|passwordexpired", re.IGNORECASE)

# The ways of signing in as people write them.
_WAYS: Final[dict[str, str]] = {"ntlm": "NTLM"}


def chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything that it wraps or came from, each once, outermost first."""
    seen: set[int] = set()
    waiting = [error]
    while waiting and len(seen) < 100:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        context = None if current.__suppress_context__ else current.__context__
        inner = (current.__cause__, context, getattr(current, "reason", None), *current.args)
        waiting.extend(e for e in inner if isinstance(e, BaseException))


def translate(error: BaseException, endpoint: str = "") -> Translated:
    """What an exception of the worker means; never raises.

    The values hold the server's name and codes: no text of the server, no subject, no secret.
    """
    values: dict[str, str | int] = {"server": server_name(endpoint)} if endpoint else {}
    links = tuple(chain(error))
    for link in links:
        if type(link).__name__ == "HttpAnswerError":
            return _http(link, endpoint, values)
    for row in TABLE:
        for link in links:
            if row.fits(link):
                code = row.code(link) if row.code else ""
                problem = row.problem or CODES.get(code, "server-error")
                back_off = getattr(link, "back_off", None) or None
                return Translated(problem, values | ({row.value: code} if code else {}), back_off)
    return Translated("worker-failed", values | {"code": where(error)})


def _http(answer: Any, endpoint: str, values: dict[str, str | int]) -> Translated:
    status: int = answer.status
    code = f"HTTP {status}"
    if answer.location:
        target = urlsplit(answer.location)
        code += f" to {target.hostname or ''}{target.path}"
    problem = _HTTP.get(status, "not-exchange" if status < 500 else "server-error")
    if status in (401, 403) and is_online_server(endpoint):
        problem = "exchange-online"
    elif answer.locked_out:
        problem = "account-locked"
    elif answer.tried == "kerberos":
        problem = "ticket-refused"
    elif status == 401 and (not answer.tried or (answer.schemes and answer.tried not in answer.schemes)):
        problem, code = (
            "sign-in-method",
            ", ".join(_WAYS.get(way, way.capitalize()) for way in sorted(answer.schemes)),
        )
    elif answer.wants_certificate:
        problem = "client-certificate"
    elif "genericerrorpage" in answer.location.lower():
        problem = "server-error"
    elif answer.tried and _NEW_PASSWORD_PAGE.search(answer.location):
        problem = "password-expired"
    elif 300 <= status < 400 and _SIGN_IN_PAGE.search(answer.location):
        problem = "web-page"
    return Translated(problem, values | {"code": code}, answer.back_off)


def where(error: BaseException) -> str:
    """The class of an unexpected exception and the line that raised it; never its text, which may quote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return _name(error)
    return f"{_name(error)} in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
