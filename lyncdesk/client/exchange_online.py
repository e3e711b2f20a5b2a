"""Recognise Exchange Online by an address that was typed, before any password is asked for.

Exchange Online blocks Exchange Web Services for most organisations since 1 October 2026 and ends them on
1 April 2027; Exchange Server keeps them. Only what is certain counts: an organisation's own domain tells
nothing.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# Domains in which Microsoft alone keeps mailboxes; what lies under them counts too.
_MAIL = ("onmicrosoft.com", "onmicrosoft.us", "onmicrosoft.cn", "partner.onmschina.cn")
_CONSUMER = re.compile(r"(outlook|hotmail|live|msn|passport|windowslive)(\.[a-z]{2,3}){1,2}")
# Hosts that serve it: worldwide, US government, China, the former German cloud.
_HOSTS = (
    "outlook.com",
    "office.com",
    "office365.com",
    "office365.us",
    "partner.outlook.cn",
    "outlook.office.de",
    "hotmail.com",
    "live.com",
)


def _under(host: str, domains: tuple[str, ...]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def is_online_address(address: str) -> bool:
    """Whether a mail address certainly belongs to Exchange Online."""
    domain = address.strip().casefold().rpartition("@")[2].rstrip(".")
    return "@" in address and (_under(domain, _MAIL) or _CONSUMER.fullmatch(domain) is not None)


def is_online_server(server: str) -> bool:
    """Whether a server's address, or its name alone, certainly belongs to Exchange Online."""
    text = server.strip()
    try:
        host = urlsplit(text if "://" in text else f"https://{text}").hostname or ""
    except ValueError:
        return False
    return _under(host.rstrip("."), _HOSTS)
