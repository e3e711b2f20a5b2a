"""Autodiscover by plain XML, as Outlook asks."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from lyncdesk.exchange_server.autodiscover import (
    DEPLOYMENT,
    HOST,
    SERVER_DN,
    Directions,
    Found,
    find,
    legacy_dn,
)
from lyncdesk.exchange_server.editions import Edition
from lyncdesk.exchange_server.errors import SoapFault
from lyncdesk.exchange_server.markup import Element, clean, parse, serialise, text_of
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.response import Answer
from lyncdesk.exchange_server.store import Store

REQUEST = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
FRAME = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
_ERROR_ID = "1054084152"
NOT_FOUND, INVALID_REQUEST, NO_PROVIDER = "500", "600", "601"
TEXTS = {
    NOT_FOUND: "The e-mail address cannot be found.",
    INVALID_REQUEST: "Invalid Request",
    NO_PROVIDER: "The requested response schema is not available.",
}
EXCHANGE, ANYWHERE, WEB = "EXCH", "EXPR", "WEB"


def answer(
    store: Store, directions: Directions, data: bytes, base: str, now: datetime, edition: Edition
) -> tuple[Answer, tuple[str, ...]]:
    """The answer to a request of somebody who has signed in, and the error code in it."""
    try:
        root = parse(data)
        name, schema = _asked(root)
    except (SoapFault, KeyError):
        return error(INVALID_REQUEST, now)
    if schema != OUTLOOK:
        return error(NO_PROVIDER, now)
    found = find(store, directions, name, base, edition)
    if found.outcome == "unknown":
        return error(NOT_FOUND, now)
    if found.mailbox is None:
        action, element = (
            ("redirectAddr", "RedirectAddr") if found.outcome == "address" else ("redirectUrl", "RedirectUrl")
        )
        account = _make("Account", _make("Action", action), _make(element, found.target))
        return _sent(_make("Response", account)), (action,)
    return _sent(_settings(found, found.mailbox)), ("NoError",)


def _asked(root: Element) -> tuple[str, str]:
    """Address or DN, and wanted schema. Raises KeyError, SoapFault for a request that is none."""
    space = f"{{{REQUEST}}}"
    request = root.find(f"{space}Request")
    if root.tag != f"{space}Autodiscover" or request is None:
        raise KeyError
    parts = {str(child.tag).removeprefix(space): text_of(child) for child in request}
    address, name = (parts.get(key, "").strip() for key in ("EMailAddress", "LegacyDN"))
    if (not address and not name) or (address and "@" not in address):
        raise KeyError
    return address or name, parts["AcceptableResponseSchema"].strip()


def error(code: str, now: datetime) -> tuple[Answer, tuple[str, ...]]:
    """An error, which travels with status 200."""
    space = OUTLOOK if code == NOT_FOUND else FRAME
    inside = _make(
        "Error", _make("ErrorCode", code, space=space), _make("Message", TEXTS[code], space=space),
        _make("DebugData", space=space), space=space,
    )  # fmt: skip
    inside.set("Time", f"{now:%H:%M:%S.%f}0")
    inside.set("Id", _ERROR_ID)
    return _sent(_make("Response", inside, space=space)), (code,)


def _sent(response: Element) -> Answer:
    return Answer(200, serialise(_make("Autodiscover", response, space=FRAME)))


def _make(name: str, *children: Element | str | None, space: str = OUTLOOK) -> Element:
    names: Any = {None: space}  # lxml's types know no None
    element = etree.Element(f"{{{space}}}{name}", None, names)
    for child in children:
        if isinstance(child, str):
            element.text = clean(child)
        elif child is not None:
            element.append(child)
    return element


def _settings(found: Found, box: Mailbox) -> Element:
    user = _make(
        "User", _make("DisplayName", box.display_name), _make("LegacyDN", legacy_dn(box)),
        _make("AutoDiscoverSMTPAddress", box.address), _make("DeploymentId", DEPLOYMENT),
    )  # fmt: skip
    account = _make(
        "Account", _make("AccountType", "email"), _make("Action", "settings"),
        _make("MicrosoftOnline", "False"), *_protocols(found),
    )  # fmt: skip
    return _make("Response", user, account)


def _protocols(found: Found) -> Iterator[Element]:
    if found.internal_url:
        yield _protocol(
            EXCHANGE, found.internal_url, _make("Server", HOST), _make("ServerDN", SERVER_DN),
            _make("ServerVersion", server_version(found.edition)),
            _make("MdbDN", f"{SERVER_DN}/cn=Microsoft Private MDB"),
        )  # fmt: skip
    if found.external_url:
        yield _protocol(
            ANYWHERE, found.external_url, _make("Server", HOST),
            _make("SSL", "On" if found.external_url.startswith("https:") else "Off"),
            _make("AuthPackage", "Basic"),
        )  # fmt: skip
    places = (("Internal", EXCHANGE, found.internal_url), ("External", ANYWHERE, found.external_url))
    inside = [
        _make(place, _make("Protocol", _make("Type", kind), _make("ASUrl", url)))
        for place, kind, url in places
        if url
    ]
    if inside:
        yield _make("Protocol", _make("Type", WEB), *inside)


def _protocol(kind: str, url: str, *parts: Element) -> Element:
    urls = (_make(name, url) for name in ("ASUrl", "EwsUrl", "OOFUrl"))
    return _make("Protocol", _make("Type", kind), *parts, *urls)


def server_version(edition: Edition) -> str:
    """The build as 32 bits: 0111, major in 6, minor in 6, a set one, build in 15 (14.1.218: 738180DA)."""
    major, minor, build, _revision = edition.build
    return f"{0x7 << 28 | major << 22 | minor << 16 | 1 << 15 | build:08X}"
