"""Who comes in over HTTP: Basic with every request, NTLM and Negotiate once for a connection.

A refused login is a request whose credentials were wrong for good. A request without any, and the first
legs of NTLM, are none.
"""

import base64
import binascii
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from lyncdesk.exchange_server import ntlm, spnego
from lyncdesk.exchange_server.model import Mailbox

Headers = tuple[tuple[str, str], ...]
OFFERS = {"basic": 'Basic realm="Exchange", charset="UTF-8"', "ntlm": "NTLM", "negotiate": "Negotiate"}
SCHEMES = ("Basic", "NTLM", "Negotiate")
USUAL = ("Basic", "NTLM")
HOST = "exchange"
_HEADER = "WWW-Authenticate"


@dataclass(frozen=True, slots=True)
class Door:
    """What all logins of a server share.

    `person` finds a mailbox by any name it may sign in with; `refused` is told each refused login, by name.
    """

    sign_in: Callable[[str, str], str | None]
    person: Callable[[str], Mailbox | None]
    refused: Callable[[str], None]
    now: Callable[[], datetime]
    schemes: tuple[str, ...] = tuple(name.casefold() for name in USUAL)

    @property
    def offers(self) -> Headers:
        """What a request without a login is told, one header for each scheme, as IIS does."""
        return tuple((_HEADER, OFFERS[scheme]) for scheme in self.schemes)


def read_schemes(names: Iterable[str]) -> tuple[str, ...]:
    """Names of schemes as this module uses them. Raises ValueError for an unknown one, and for none."""
    found = tuple(dict.fromkeys(name.strip().casefold() for name in names))
    for name in found:
        if name not in OFFERS:
            raise ValueError(f'there is no scheme "{name}"; there are {", ".join(SCHEMES)}')
    if not found:
        raise ValueError(f"no scheme is given; there are {', '.join(SCHEMES)}")
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who may come in (an address, or None) and the headers of the answer.

    `fresh`: this very request proved it; otherwise an earlier one of the connection did.
    """

    user: str | None
    headers: Headers = ()
    fresh: bool = True


class Login:
    """The login of one connection. Used by its thread only."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._user: str | None = None
        self._given: ntlm.Challenge | None = None
        self._mechanisms = b""
        self._wrapped_first = False

    def forget(self) -> None:
        """Nobody is signed in any more."""
        self._user = None

    def read(self, authorization: str | None) -> Outcome:
        """What the Authorization header of a request comes to."""
        if authorization is None:
            return Outcome(self._user, () if self._user else self._door.offers, fresh=False)
        self._user = None
        given, self._given = self._given, None
        scheme, _, text = authorization.strip().partition(" ")
        try:
            data = base64.b64decode(text.strip(), validate=True)
            if scheme.casefold() == "basic":
                return self._basic(data)
            if scheme.casefold() == "ntlm" and self._offered("ntlm"):
                return self._ntlm(scheme, data, given, lambda token: token)
            if scheme.casefold() == "negotiate" and self._offered("negotiate"):
                return self._negotiate(scheme, data, given)
        except (binascii.Error, ValueError):
            pass
        return self._refused("")

    def _offered(self, scheme: str) -> bool:
        return scheme in self._door.schemes

    def _refused(self, name: str) -> Outcome:
        self._door.refused(name.casefold())
        return Outcome(None, self._door.offers)

    def _basic(self, data: bytes) -> Outcome:
        name, colon, password = data.decode().partition(":")
        if not colon:
            raise ValueError
        if not self._offered("basic"):
            return self._refused(name)
        user = self._door.sign_in(name, password)  # which counts by itself
        return Outcome(user, () if user else self._door.offers)

    def _challenge(self, scheme: str, asked: bytes, wrap: Callable[[bytes], bytes]) -> Outcome:
        at = self._door.now()
        self._given = ntlm.challenge(asked, secrets.token_bytes(8), HOST, "example.com", at)
        return Outcome(None, (_header(scheme, wrap(self._given.told)),))

    def _ntlm(
        self, scheme: str, data: bytes, given: ntlm.Challenge | None, wrap: Callable[[bytes], bytes]
    ) -> Outcome:
        if ntlm.kind(data) == 1:
            return self._challenge(scheme, data, wrap)
        outcome, _key, _flags = self._judge(data, given)
        return outcome

    def _judge(self, data: bytes, given: ntlm.Challenge | None) -> tuple[Outcome, bytes, int]:
        proof = ntlm.read_proof(data)
        found = self._door.person(proof.name)
        # Worked out in any case, so that the time says nothing about which names exist.
        key = ntlm.session_key(proof, given, found.password if found else "") if given else None
        if found is None or key is None:
            return self._refused(proof.name), b"", 0
        self._user = found.address
        return Outcome(found.address), key, proof.flags

    def _negotiate(self, scheme: str, data: bytes, given: ntlm.Challenge | None) -> Outcome:
        if data.startswith(ntlm.SIGNATURE):
            return self._ntlm(scheme, data, given, lambda token: token)
        token = spnego.read(data)
        if token.mechanisms:
            self._mechanisms, self._wrapped_first = token.mechanisms, token.preferred
            if not token.offers_ntlm:
                raise spnego.NotSpnego
            if not token.preferred or token.inner is None:  # what is inside is of another mechanism
                return Outcome(None, (_header(scheme, spnego.write(spnego.REQUEST_MIC)),))
        if token.inner is None:
            raise spnego.NotSpnego
        if ntlm.kind(token.inner) == 1:
            state = spnego.INCOMPLETE if self._wrapped_first else spnego.REQUEST_MIC
            return self._challenge(scheme, token.inner, lambda inner: spnego.write(state, inner))
        outcome, key, flags = self._judge(token.inner, given)
        if outcome.user is None:
            return outcome
        signature = ntlm.sign(key, flags, self._mechanisms) if token.signature else None
        return Outcome(outcome.user, (_header(scheme, spnego.write(spnego.COMPLETED, None, signature)),))


def _header(scheme: str, token: bytes) -> tuple[str, str]:
    return _HEADER, f"{scheme} {base64.b64encode(token).decode('ascii')}"
