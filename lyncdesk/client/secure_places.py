"""Addresses on the web that may be asked: encrypted, with a host, and with no login in them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from lyncdesk.client.value_kinds import Text, web_address
from lyncdesk.client.words import N_

LONGEST: Final = 500  # characters


def is_place(text: str) -> bool:
    """Whether it is such an address, whole."""
    parts = web_address(text)
    plain = text.isascii() and len(text) <= LONGEST
    return plain and parts is not None and parts.scheme == "https" and "@" not in parts.netloc


def host_of(place: str) -> str:
    """Its host, as people are told of it; what is no address stays as it is."""
    try:
        return urlsplit(place).hostname or place
    except ValueError:
        return place


SECURE: Final = Text(N_("an address that begins with https://"), lambda text: not text or is_place(text))
