"""Servers that want people to sign in, and count how often they were refused.

The other side of NTLM and Negotiate is pyspnego's acceptor, which looks passwords up in the file that
``NTLM_USER_FILE`` names.
"""

from __future__ import annotations

import base64
import hashlib
import socket
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import spnego
import spnego.exceptions
from spnego.channel_bindings import GssChannelBindings

from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import Behaviour, Visit

NAMES = {"basic": "Basic", "ntlm": "NTLM", "negotiate": "Negotiate", "bearer": "Bearer", "digest": "Digest"}


def let_in(monkeypatch: pytest.MonkeyPatch, folder: Path, login: str, password: str) -> None:
    """Who may sign in by NTLM, in this process."""
    file = folder / "people"
    domain, _, user = login.rpartition("\\")
    file.write_text(f"{domain}:{user}:{password}\n")
    monkeypatch.setenv("NTLM_USER_FILE", str(file))


def binding_to(certificate: bytes) -> GssChannelBindings:
    """What tokens are bound to by a certificate (DER) that was signed with SHA-256."""
    digest = hashlib.sha256(certificate).digest()
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest)


@dataclass
class Guard:
    """A behaviour that lets in whoever proves the right password in one of the ways ``offers``.

    ``counted`` tells requests by kind: "anonymous", "leg", "refused" and "let in" with what was sent, and
    "on a signed-in connection". ``binding`` is what the tokens must be bound to.
    """

    offers: tuple[str, ...]
    login: str
    password: str
    then: Behaviour = field(default_factory=lambda: raw.calendar(raw.ITEM))
    binding: GssChannelBindings | None = None
    counted: Counter[str] = field(default_factory=Counter)
    ways: set[str] = field(default_factory=set)
    _known: dict[socket.socket, Any] = field(default_factory=dict)

    @staticmethod
    def written(offers: tuple[str, ...]) -> list[str]:
        """The ways as people write them."""
        return [NAMES[way] for way in offers]

    def __call__(self, visit: Visit) -> None:
        """Answer one request."""
        state = self._known.get(visit.connection)
        if state == "in":
            self.counted["on a signed-in connection"] += 1
            self.then(visit)
            return
        scheme, _, proof = _authorization(visit.request).partition(" ")
        if not scheme:
            self.counted["anonymous"] += 1
            self._asks(visit)
            return
        self.ways.add(scheme.lower())
        if scheme.lower() not in self.offers:
            self.counted["refused"] += 1
            self._asks(visit)
        elif scheme == "Basic":
            right = base64.b64encode(f"{self.login}:{self.password}".encode()).decode()
            self.counted["let in" if proof == right else "refused"] += 1
            (self.then if proof == right else self._asks)(visit)
        else:
            self._leg(visit, scheme, base64.b64decode(proof))

    def _leg(self, visit: Visit, scheme: str, token: bytes) -> None:
        context = self._known.get(visit.connection)
        if context is None and token.startswith(b"NTLMSSP\0\3"):
            self.counted["proof without a challenge"] += 1
            self._asks(visit)
            return
        if context is None:
            options = spnego.NegotiateOptions.use_ntlm if scheme == "NTLM" else spnego.NegotiateOptions.none
            context = spnego.server(
                protocol=scheme.lower(), service="HTTP", options=options, channel_bindings=self.binding
            )
            self._known[visit.connection] = context
        try:
            answer = context.step(token, channel_bindings=self.binding)
        except Exception as error:
            # GSSAPI's acceptor lets an error of its own through where a ticket is for another key.
            if not isinstance(error, spnego.exceptions.SpnegoError | AttributeError):
                raise
            self.counted["refused"] += 1
            self._known.pop(visit.connection)
            self._asks(visit)
            return
        if context.complete:
            self.counted["let in"] += 1
            self._known[visit.connection] = "in"
            self.then(visit)
        else:
            self.counted["leg"] += 1
            challenge = base64.b64encode(answer or b"").decode()
            visit.answers(b"", "401 Unauthorized", f"WWW-Authenticate: {scheme} {challenge}")

    def _asks(self, visit: Visit) -> None:
        lines = (f"WWW-Authenticate: {NAMES[way]}" + ' realm="x"' * (way == "basic") for way in self.offers)
        visit.answers(b"", "401 Unauthorized", *lines)


def _authorization(request: bytes) -> str:
    head = request.partition(b"\r\n\r\n")[0].decode("latin-1")
    lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    return lines.get("Authorization", "")
