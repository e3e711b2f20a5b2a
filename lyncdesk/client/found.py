"""Exchange servers that were found for an address, and how: values that outlive the program.

An account without a server wants it found; so does one whose server is an address of Autodiscover, with which
a person or an administrator says where to ask. What was found is no part of the account: it may change at any
time, and a password belongs to the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from lyncdesk.client.options import Account
from lyncdesk.client.value_kinds import SERVER, is_address
from lyncdesk.client.words import N_
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import person

KEPT = 8  # addresses; a person has one or two
_LONGEST = 2000


class How(StrEnum):
    """Which of the ways led to the server, in the order in which they are tried."""

    GIVEN = "given"  # the address of Autodiscover was typed, or set by the administrator
    DOMAIN = "domain"
    AUTODISCOVER = "autodiscover"
    REDIRECT = "redirect"
    SRV = "srv"


_WORDS = {
    How.GIVEN: N_("Autodiscover at {host}, the address that was set"),
    How.DOMAIN: N_("Autodiscover at {host}, the domain of the address"),
    How.AUTODISCOVER: N_("Autodiscover at {host}"),
    How.REDIRECT: N_("Autodiscover at {host}, to which the domain redirects"),
    How.SRV: N_("Autodiscover at {host}, which the domain names in DNS (SRV)"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """The server of one mailbox: the address of Exchange Web Services in use, and the two that were told.

    ``asked`` is the account's server that it answers ("" or an address of Autodiscover), ``via`` the
    address that told it.
    """

    address: str
    chosen: str
    how: How
    via: str
    at: datetime
    internal: str = ""
    external: str = ""
    asked: str = ""

    @property
    def told(self) -> Message:
        """How it was found, in words."""
        return Message.of(_WORDS[self.how], host=urlsplit(self.via).hostname or self.via)


def is_automatic(server: str) -> bool:
    """Whether this server of an account means that the server is to be found."""
    text = server.strip()
    try:
        return not text or urlsplit(text).path.casefold().startswith("/autodiscover/")
    except ValueError:
        return False


def found_for(account: Account, known: Mapping[str, Found]) -> Found | None:
    """What is known of the account's server, None if nothing or if the account names its server."""
    found = known.get(person(account.address))
    return (
        found if found is not None and found.asked == account.server and is_automatic(found.asked) else None
    )


def server_of(account: Account, known: Mapping[str, Found]) -> str:
    """The address of Exchange Web Services in use for the account, "" while it is not known."""
    if not is_automatic(account.server):
        return account.server
    found = found_for(account, known)
    return found.chosen if found is not None else ""


def newest(found: Iterable[Found]) -> dict[str, Found]:
    """By mail address, no more than are worth keeping."""
    latest = {one.address: one for one in sorted(found, key=lambda one: one.at)}
    return dict(sorted(latest.items(), key=lambda item: item[1].at)[-KEPT:])


def found_values(known: Mapping[str, Found]) -> dict[str, object]:
    """What a settings file holds of them."""
    return {
        address: {
            "server": one.chosen,
            "how": one.how.value,
            "via": one.via,
            "at": one.at,
            "internal": one.internal,
            "external": one.external,
            "asked": one.asked,
        }
        for address, one in known.items()
    }


def found_from(values: Mapping[str, object]) -> dict[str, Found]:
    """The servers in the values of a settings file. What cannot be used is left out, and found anew."""
    table = values.get("found")
    if not isinstance(table, dict):
        return {}
    read = (_one(address, told) for address, told in table.items() if isinstance(told, dict))
    return newest(one for one in read if one is not None)


def _one(address: str, told: Mapping[str, object]) -> Found | None:
    names = ("server", "via", "internal", "external", "asked")
    texts = {name: text for name in names if isinstance(text := told.get(name, ""), str)}
    at, how = told.get("at"), told.get("how")
    usable = (
        is_address(address)
        and len(texts) == len(names)
        and all(SERVER.allowed(text) and len(text) <= _LONGEST for text in texts.values())
        and texts["server"] != ""
        and is_automatic(texts["asked"])
        and how in list(How)
    )
    if not usable or not isinstance(at, datetime) or at.tzinfo is None:
        return None
    return Found(
        person(address),
        texts["server"],
        How(str(how)),
        texts["via"],
        at,
        texts["internal"],
        texts["external"],
        texts["asked"],
    )
