"""How the worker signs in: it learns what the server offers, chooses one way, and tries it once.

The first request of a conversation goes without credentials, unless it is known that the server takes basic
authentication; what a 401 offers decides. A refusal is an answer: it is never followed by another way.

NTLM and Negotiate are pyspnego's, bound to the TLS channel. They are not those of requests-ntlm, which would
also sign in to a proxy that asks for it, with the person's password for Exchange. Negotiate is Kerberos where
the system has it (Windows; elsewhere the extra ``negotiate``), and otherwise carries NTLM.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.cookies import extract_cookies_to_jar

from lyncdesk.exchange.address import is_this_computer
from lyncdesk.exchange.http_answers import HttpAnswerError, offered_by
from lyncdesk.exchange.kerberos import ask_for_ticket, has_kerberos

# In the order in which they are taken when nobody chose: NTLM does not show the password to the server.
_PREFERRED: Final = ("ntlm", "basic", "negotiate")
_MOST_LEGS: Final = 8  # of one exchange of tokens; NTLM needs two


class UnsafeAddressError(Exception):
    """Credentials would travel readable to others; nothing was sent."""


class NoPasswordError(Exception):
    """The chosen way of signing in needs a password, and there is none."""


class KerberosMissingError(Exception):
    """The server takes Kerberos only, and this computer has no library for it."""


class LostConnectionError(Exception):
    """The server ended the connection in the middle of signing in; no password was sent over it."""


def chosen(authentication: str, offered: frozenset[str]) -> str | None:
    """The way of signing in to take, None if none fits.

    A server that says no word about it is taken to mean basic authentication.
    """
    wanted = _PREFERRED if authentication == "automatic" else (authentication,)
    if not offered and "basic" in wanted:
        return "basic"
    return next((way for way in wanted if way in offered), None)


class SigningIn(AuthBase):
    """The credentials of one conversation. ``way`` is what the server took so far, "" if that is not known.

    ``authentication`` is one of AUTHENTICATIONS. Without a password only Negotiate is possible, as the person
    who is signed in to the computer.
    """

    def __init__(self, login: str, password: str, authentication: str, way: str = "") -> None:
        self._login = login
        self._password = password
        self._authentication = authentication
        self.way = way if authentication == "automatic" else authentication

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the credentials to a request, or the care for what it is answered."""
        parts = urlsplit(request.url or "")
        if parts.scheme != "https" and not is_this_computer(parts.hostname or ""):
            raise UnsafeAddressError(parts.scheme)
        if self.way == "basic":
            request.headers["Authorization"] = self._basic()
        request.register_hook("response", self._answered)
        return request

    def _answered(self, answer: requests.Response, **how: Any) -> requests.Response:
        if answer.status_code != 401:
            return answer
        offered = offered_by(answer)
        if "Authorization" in answer.request.headers:
            self._forget_unless_in(offered)
            return answer
        way = chosen(self._authentication, offered)
        if way is None:
            self.way = ""
            raise HttpAnswerError.of(answer, tried="")
        self.way = way
        _finish(answer)
        answer = _again(answer, self._basic(), how) if way == "basic" else self._exchange(answer, how)
        if answer.status_code == 401:
            self._forget_unless_in(offered_by(answer))
        return answer

    def _forget_unless_in(self, offered: frozenset[str]) -> None:
        if self.way not in offered:
            self.way = ""

    def _basic(self) -> str:
        if not self._password:
            raise NoPasswordError("basic")
        # In UTF-8 (RFC 7617); requests itself can send Latin-1 only.
        pair = f"{self._login}:{self._password}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"

    def _exchange(self, answer: requests.Response, how: dict[str, Any]) -> requests.Response:
        """Send tokens until the server is content, or says no to one that proves who the person is."""
        import spnego.exceptions

        word = {"ntlm": "NTLM", "negotiate": "Negotiate"}[self.way]
        binding = _binding(answer)
        context = self._context(urlsplit(answer.url or "").hostname or "")
        token, proven = context.step(channel_bindings=binding), context.negotiated_protocol == "kerberos"
        for leg in range(_MOST_LEGS):
            made = answer.connection.made  # type: ignore[attr-defined]
            answer = _again(answer, f"{word} {base64.b64encode(token or b'').decode()}", how)
            if answer.status_code != 401:
                return answer
            if leg and answer.connection.made != made:  # type: ignore[attr-defined]
                # The connection ended unnoticed, and the proof went over another one that knows no challenge:
                # it was not tried, and its refusal says nothing.
                raise LostConnectionError
            challenge = _challenge(answer, word)
            if challenge is None and not proven:
                self._not_taken(answer)
            if challenge is None or context.complete:
                return _refused(answer, context)
            _finish(answer)
            if not answer.connection.stands():  # type: ignore[attr-defined]
                raise LostConnectionError
            try:
                token = context.step(challenge, channel_bindings=binding)
            except Exception as error:
                # A token that makes no sense ends in many kinds of errors of the library; to a ticket it may
                # be one that says why it is refused, such as that the clocks differ.
                if context.negotiated_protocol == "kerberos":
                    return _refused(answer, context)
                known = isinstance(error, spnego.exceptions.SpnegoError)
                if known and not isinstance(error, spnego.exceptions.InvalidTokenError):
                    raise
                if proven:
                    return answer
                self._not_taken(answer)
            proven = True
        return answer

    def _context(self, host: str) -> Any:
        import spnego

        if not self._password and (self.way == "ntlm" or not has_kerberos()):
            raise NoPasswordError(self.way)
        way = self.way
        if way == "negotiate" and has_kerberos() and not ask_for_ticket(self._login, self._password, host):
            way = "ntlm"  # and a KDC that does not answer is not waited for again
        options = spnego.NegotiateOptions.use_ntlm if way == "ntlm" else spnego.NegotiateOptions.none
        return spnego.client(
            self._login if self._password else None,
            self._password or None,
            hostname=host,
            service="HTTP",
            protocol=way,
            options=options,
        )

    def _not_taken(self, answer: requests.Response) -> None:
        """The server did not take up what it offers itself, and no password was sent.

        Raises:
            KerberosMissingError: if it would perhaps have taken a ticket.
            HttpAnswerError: otherwise.
        """
        _finish(answer)
        way, self.way = self.way, ""
        if way == "negotiate" and not has_kerberos():
            raise KerberosMissingError
        raise HttpAnswerError.of(answer, tried="")


def _refused(answer: requests.Response, context: Any) -> requests.Response:
    """The answer to a proof of who the person is that was not accepted.

    Raises:
        HttpAnswerError: if the proof was a ticket: then no password was refused that must not be sent again.
    """
    if context.negotiated_protocol == "kerberos":
        _finish(answer)
        raise HttpAnswerError.of(answer, tried="kerberos")
    return answer


def _again(answer: requests.Response, authorization: str, how: dict[str, Any]) -> requests.Response:
    """Send the request of an answer once more, on its connection, with these credentials."""
    _finish(answer)
    request = answer.request.copy()
    # What stands before several servers keeps a connection to one of them by a cookie.
    if (jar := request._cookies) is not None:  # noqa: SLF001  requests' own ways of signing in use it
        extract_cookies_to_jar(jar, answer.request, answer.raw)
        request.headers.pop("Cookie", None)
        request.prepare_cookies(jar)
    request.headers["Authorization"] = authorization
    again: requests.Response = answer.connection.send(request, **how)
    again.history.append(answer)
    again.request = request
    return again


def _finish(answer: requests.Response) -> None:
    """Read the answer to its end, so that its connection is free again."""
    _ = answer.content
    answer.raw.release_conn()


def _challenge(answer: requests.Response, word: str) -> bytes | None:
    """The token of the server's answer, None if it sent none that can be read."""
    for part in answer.headers.get("WWW-Authenticate", "").split(","):
        scheme, _, text = part.strip().partition(" ")
        if scheme.casefold() == word.casefold() and text.strip():
            try:
                return base64.b64decode(text.strip(), validate=True)
            except binascii.Error:
                return None
    return None


def _binding(answer: requests.Response) -> Any:
    """What ties the tokens to this TLS connection (RFC 5929, tls-server-end-point); None without TLS."""
    certificate = getattr(answer, "certificate", None)
    if certificate is None:
        return None
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from spnego.channel_bindings import GssChannelBindings

    used = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    weak = used is None or used.name in ("md5", "sha1")
    digest = hashes.Hash(hashes.SHA256() if weak or used is None else used)
    digest.update(certificate)
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest.finalize())
