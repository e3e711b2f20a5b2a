"""HTTP requests beside exchangelib's: what finding a server and testing it ask.

Verified TLS as everywhere. No redirect is followed here, no password is sent unless it is said so and never
without encryption, and what an environment or a .netrc file holds of passwords is not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import requests

import lyncdesk
from lyncdesk.exchange import transport
from lyncdesk.exchange.http_answers import HttpAnswerError
from lyncdesk.exchange.signing_in import SigningIn, chosen

if TYPE_CHECKING:
    from lyncdesk.exchange.link import Call

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
LONGEST: Final = 20.0  # seconds from a request's first byte to its answer's last
_XML: Final = {"Content-Type": "text/xml; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; ``refusal`` is what the status says."""

    status: int
    content: bytes
    location: str
    refusal: HttpAnswerError

    @property
    def schemes(self) -> frozenset[str]:
        """The ways to sign in that a 401 offers, in lower case."""
        return self.refusal.schemes

    @property
    def is_redirect(self) -> bool:
        """Whether it sends elsewhere."""
        return self.status in (301, 302, 303, 307, 308) and bool(self.location)


class Asker:
    """Sends requests for one account, each over a connection of its own; nothing stays open."""

    def __init__(self, call: Call, counter: transport.Counter) -> None:
        self._call = call
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"LyncDesk/{lyncdesk.__version__}"
        context = transport.tls_context(call.ca_file)
        self._session.mount("https://", transport.adapter_class(context, counter, LONGEST)())
        self._session.mount("http://", transport.adapter_class(None, counter, LONGEST)())

    def get(self, url: str) -> Reply:
        """Ask without a password.

        Raises:
            Exception: what the network or TLS makes of it, for ``translate``.
        """
        return self._send("GET", url, None, {}, _nobody)

    def post(self, url: str, body: bytes) -> Reply:
        """Send XML without a password.

        Raises:
            Exception: as :meth:`get`.
        """
        return self._send("POST", url, body, _XML, _nobody)

    def sign(self, url: str, body: bytes, offered: frozenset[str]) -> Reply:
        """Send XML with the password, in one of the ways that the server offered.

        Raises:
            HttpAnswerError: if none of them will do; the password was not sent.
            UnsafeAddressError: for an address without encryption.
            Exception: as :meth:`get`.
        """
        call = self._call
        way = chosen(call.authentication, offered)
        if way is None:
            raise HttpAnswerError(401, schemes=offered, tried="")
        return self._send(
            "POST", url, body, _XML, SigningIn(call.login, call.password, call.authentication, way)
        )

    def _send(self, method: str, url: str, body: bytes | None, headers: dict[str, str], auth: Any) -> Reply:
        response = self._session.request(
            method,
            url,
            data=body,
            headers=headers,
            auth=auth,
            allow_redirects=False,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            stream=True,
        )
        try:
            return Reply(
                response.status_code,
                response.content,
                response.headers.get("Location", ""),
                HttpAnswerError.of(response),
            )
        finally:
            response.close()
            self._session.close()


def _nobody(request: Any) -> Any:
    """No authentication at all; None would let requests look into .netrc."""
    return request
