"""HTTP for the Exchange worker: verified TLS, bounded answers, and refusals with what the server said.

exchangelib lets its HTTP adapter be replaced; this one trusts the system's certificates (and the
administrator's file), counts requests, and reads a body in one go up to a limit instead of byte by byte.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests
import truststore
from requests.adapters import HTTPAdapter

BODY_LIMIT: Final = 32 * 1024 * 1024  # bytes, unpacked; 5,000 items with all fields need about 6 million
_CHUNK = 64 * 1024
_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][\w-]*)(?=\s|,|$)")


class CertificateFileError(Exception):
    """The administrator's certificate file cannot be read, or holds no certificates."""


class AnswerTooLargeError(Exception):
    """The body exceeds BODY_LIMIT."""


class HttpAnswerError(Exception):
    """The server answered with a status that is no answer of Exchange Web Services.

    ``back_off`` seconds (Retry-After), ``schemes`` the ways to sign in that a 401 offers, in lower case;
    ``tried`` the one in which it was given credentials, "" if it was given none.
    """

    def __init__(
        self,
        status: int,
        *,
        back_off: float | None = None,
        schemes: frozenset[str] = frozenset(),
        locked_out: bool = False,
        location: str = "",
        tried: str = "basic",
    ) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.back_off = back_off
        self.schemes = schemes
        self.locked_out = locked_out
        self.location = location
        self.tried = tried

    @classmethod
    def of(cls, response: requests.Response, tried: str | None = None) -> HttpAnswerError:
        """Read what matters from a refusal; ``tried`` None: as the request's own header says."""
        sent = str(response.request.headers.get("Authorization", ""))
        return cls(
            response.status_code,
            back_off=_back_off(response),
            schemes=offered_by(response),
            locked_out=b"is currently locked out" in response.content,
            location=response.headers.get("Location", ""),
            tried=sent.partition(" ")[0].lower() if tried is None else tried,
        )


def offered_by(response: requests.Response) -> frozenset[str]:
    """The ways to sign in that an answer names, in lower case."""
    return frozenset(s.lower() for s in _SCHEME.findall(response.headers.get("WWW-Authenticate", "")))


def _back_off(response: requests.Response) -> float | None:
    """Retry-After in seconds: a number, or a date seen from the server's own clock."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text[:9]) or None
    try:
        until, now = (parsedate_to_datetime(value) for value in (text, response.headers.get("Date", "")))
        return max(0.0, (until - now).total_seconds()) or None
    except (TypeError, ValueError):
        return None


@dataclass(slots=True)
class Counter:
    """How many requests were sent."""

    requests: int = field(default=0)


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


def adapter_class(context: ssl.SSLContext | None, counter: Counter) -> type[HTTPAdapter]:
    """An adapter class for one conversation: exchangelib wants a class, not an instance."""

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
            self.pool = super().get_connection_with_tls_context(request, True, proxies=proxies, cert=None)
            return self.pool

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
            super().close()

        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            counter.requests += 1
            return super().send(*args, **kwargs)

        def build_response(self, req: Any, resp: Any) -> requests.Response:
            bounded = _BoundedResponse()
            vars(bounded).update(vars(super().build_response(req, resp)))
            if isinstance(sock := getattr(resp.connection, "sock", None), ssl.SSLSocket):
                bounded.certificate = sock.getpeercert(binary_form=True)
            return bounded

    return Adapter


class _BoundedResponse(requests.Response):
    """A response whose body is read up to BODY_LIMIT. ``certificate`` is the server's, None without TLS."""

    certificate: bytes | None = None

    @property
    def content(self) -> bytes:
        """The whole body.

        Raises:
            AnswerTooLargeError: beyond the limit.
        """
        if not isinstance(self._content, bytes):
            pieces, size = [], 0
            for piece in self.iter_content(_CHUNK):
                size += len(piece)
                if size > BODY_LIMIT:
                    self.close()
                    raise AnswerTooLargeError(f"it is longer than {BODY_LIMIT // 2**20} MB")
                pieces.append(piece)
            self._content = b"".join(pieces)
        return self._content
