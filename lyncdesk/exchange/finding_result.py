"""What a search for the server brings: the addresses that were found, or what stood in the way.

Most of what goes wrong on the way says only that nobody is there; some of it is worth telling if nothing is
found, and some ends the search.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lyncdesk.client.found import How
from lyncdesk.exchange import srv
from lyncdesk.exchange.gate import OF_THE_WAY, REFUSALS
from lyncdesk.exchange.translate import Translated

MOST_ADDRESSES: Final = 6  # of Exchange Web Services that are worth a look
# What ends the search although other ways are left: nothing more is to be sent, or nothing else will come.
FINAL: Final = REFUSALS - OF_THE_WAY | {"exchange-online", "no-password"}
# What to tell if nothing was found, the most telling first; anything else only says that nobody is there.
TELLING: Final = (
    "server-elsewhere",
    "sign-in-method",
    "kerberos-missing",
    "no-ticket",
    "ticket-refused",
    "clock-wrong",
    "certificate-expired",
    "certificate-early",
    "certificate-untrusted",
    "certificate-self-signed",
    "certificate-unusable",
    "certificate-host-name",
    "client-certificate",
    "not-allowed",
    "server-busy",
    "proxy-password",
    "proxy-refused",
    "proxy-failed",
    "timed-out",
)
# Whoever wants a sign-in where Exchange would be asked has to do with it.
_OF_SIGNING_IN: Final = OF_THE_WAY | {"no-ticket", "ticket-refused"}


@dataclass(slots=True)
class Finding:
    """What the search brought: addresses of Exchange Web Services, who told them, and what stood in the way.

    ``hosts`` are those that the domain names in DNS, None if they were not looked up. ``told``: a step that
    failed has told the problem.
    """

    internal: list[str] = field(default_factory=list)
    external: list[str] = field(default_factory=list)
    how: How = How.DOMAIN
    via: str = ""
    hosts: list[srv.Record] | None = None
    problem: Translated | None = None
    told: bool = False

    @property
    def addresses(self) -> list[str]:
        """Each address once, in the order in which they are to be tried: what works from everywhere first."""
        return list(dict.fromkeys([*self.external, *self.internal]))[:MOST_ADDRESSES]


class Misses:
    """What the ways that led nowhere said."""

    def __init__(self) -> None:
        self._all: list[Translated] = []
        self._telling: list[Translated] = []

    def add(self, found: Translated, how: How | None = None) -> None:
        """Keep what one way said; ``how`` it was asked, None if it was not."""
        self._all.append(found)
        # The web server of a domain often has nothing to do with Exchange: what it lacks tells nothing.
        if found.problem in TELLING and (how is not How.DOMAIN or found.problem in _OF_SIGNING_IN):
            self._telling.append(found)

    def what_to_tell(self, domain: str) -> Translated:
        """The problem of a search for this domain which found nothing."""
        if self._telling:
            return min(self._telling, key=lambda found: TELLING.index(found.problem))
        if self._all and all(found.problem == "name-not-found" for found in self._all):
            return Translated("name-not-found", {"server": domain})
        return Translated("server-not-found", {"server": domain or "-"})


def not_found(host: str, code: str) -> Translated:
    """Nobody there who knows a server, and why, in a few English words."""
    return Translated("server-not-found", {"server": host, "code": code})
