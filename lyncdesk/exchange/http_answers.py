"""What an answer says beside its body: its status, how one signs in, how long to wait, where it leads."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

_CLIENT_CERTIFICATE = re.compile(rb"403\.7\b|client certificate|required SSL certificate", re.IGNORECASE)
_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][\w-]*)(?=\s|,|$)")
_LONGEST_LOCATION = 2000  # characters


class HttpAnswerError(Exception):
    """The server answered with a status that is no answer of Exchange Web Services.

    ``back_off`` seconds (Retry-After), ``schemes`` the ways to sign in that a 401 offers, in lower case;
    ``tried`` the one in which it was given credentials, "" if it was given none; ``wants_certificate`` if it
    asks for a certificate of the client.
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
        wants_certificate: bool = False,
    ) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.back_off = back_off
        self.schemes = schemes
        self.locked_out = locked_out
        self.location = location
        self.tried = tried
        self.wants_certificate = wants_certificate

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
            # So IIS (403.7) and nginx (400) say that the client should have shown one.
            wants_certificate=response.status_code in (400, 403)
            and _CLIENT_CERTIFICATE.search(response.content) is not None,
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


def is_address(location: str) -> bool:
    """Whether where an answer leads can be read; requests takes each apart, also if it is not to follow."""
    try:
        _ = urlsplit(location.encode("latin-1").decode()).port
    except ValueError:
        return False
    return location.isprintable() and len(location) <= _LONGEST_LOCATION
