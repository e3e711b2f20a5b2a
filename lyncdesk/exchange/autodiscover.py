"""What Autodiscover asks and answers, in SOAP ([MS-OXWSADISC]) and in XML ([MS-OXDSCLI]): pure functions.

An answer names addresses of Exchange Web Services, sends elsewhere, or says why it names none. Nothing that
it says is used before :func:`usable` or :class:`Tree` agreed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

from lxml import etree

from lyncdesk.client.exchange_online import is_online_server
from lyncdesk.exchange.address import AddressError, endpoint_of
from lyncdesk.exchange.reading import DamagedAnswerError, NotSoapError

LIMIT: Final = 1024 * 1024  # bytes of an answer; a long one has 10,000
_LONGEST: Final = 2000  # characters of an address
_SOAP: Final = "/autodiscover/autodiscover.svc"
_POX: Final = "/autodiscover/autodiscover.xml"

_ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover" \
xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
<soap:Header><a:RequestedServerVersion>Exchange2010</a:RequestedServerVersion>
<wsa:Action>http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettings</wsa:Action>
<wsa:To>{url}</wsa:To></soap:Header>
<soap:Body><a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>{address}</a:Mailbox></a:User>
</a:Users><a:RequestedSettings><a:Setting>InternalEwsUrl</a:Setting><a:Setting>ExternalEwsUrl</a:Setting>
</a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></soap:Body></soap:Envelope>
"""
_PLAIN = """<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>
<EMailAddress>{address}</EMailAddress>
<AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\
</AcceptableResponseSchema></Request></Autodiscover>
"""


class Protocol(StrEnum):
    """The two ways to put the question."""

    SOAP = "SOAP"
    POX = "XML"

    def at(self, host: str) -> str:
        """Where it is asked on a host (with a port, if it is not the usual one)."""
        return f"https://{host}{_SOAP if self is Protocol.SOAP else _POX}"

    def request(self, address: str, url: str) -> bytes:
        """The question for a mail address."""
        text = _ENVELOPE if self is Protocol.SOAP else _PLAIN
        return text.format(address=escape(address), url=escape(url)).encode()


def protocol_of(url: str) -> Protocol:
    """Which question an address of Autodiscover understands."""
    return Protocol.SOAP if urlsplit(url).path.casefold().endswith(".svc") else Protocol.POX


class Says(StrEnum):
    """What kind of answer came."""

    SERVERS = "servers"
    ADDRESS = "address"  # ask for another mail address
    URL = "url"  # ask elsewhere
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: addresses of Exchange Web Services as ``internal`` and ``external``, or ``target``, where
    (or for which address) to ask instead, or ``code``, why it names none. All are untrusted text.
    """

    says: Says
    internal: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    target: str = ""
    code: str = ""


def read(content: bytes) -> Told:
    """The answer in a body, whichever question it answers.

    Raises:
        DamagedAnswerError, NotSoapError: if it is none.
    """
    root = _root(content)
    name = etree.QName(root).localname
    if name == "Envelope":
        return _of_soap(root)
    if name == "Autodiscover":
        return _of_plain(root)
    raise NotSoapError("no answer of Autodiscover")


def _root(content: bytes) -> etree._Element:
    content = content.removeprefix(b"\xef\xbb\xbf").strip()
    if not content:
        raise DamagedAnswerError("it is empty")
    if len(content) > LIMIT:
        raise DamagedAnswerError(f"it is longer than {LIMIT // 2**20} MB")
    if not content.startswith(b"<") or b"<html" in content[:2000].lower():
        raise NotSoapError("a web page" if b"<html" in content[:2000].lower() else "no XML")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DamagedAnswerError("it is no well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DamagedAnswerError("it declares a document type")
    return root


def _named(root: Any, name: str) -> Iterator[Any]:
    # Servers differ in namespaces more than in names; none of the names is used twice with two meanings.
    yield from root.iter(f"{{*}}{name}")


def _text(root: Any, name: str) -> str:
    """The text of the first child with this name, "" if there is none or it is too long to mean anything."""
    found = next((child for child in root if etree.QName(child).localname == name), None)
    return _short(found.text) if found is not None else ""


def _short(text: str | None) -> str:
    text = (text or "").strip()
    return text if len(text) <= _LONGEST and text.isprintable() else ""


def _word(text: str) -> str:
    """A code as it may be shown: one word."""
    return text if text.isalnum() and len(text) <= 60 else ""


def _reason(code: str) -> str:
    word = _word(code)
    return word if word not in ("", "NoError") else "no settings"


def _of_soap(root: Any) -> Told:
    for fault in _named(root, "Fault"):
        code = _word(_text(fault, "faultcode").rpartition(":")[2])
        return Told(Says.NOTHING, code=code or "SOAP fault")
    for user in _named(root, "UserResponse"):
        code = _text(user, "ErrorCode")
        target = _text(user, "RedirectTarget")
        if code == "RedirectAddress":
            return Told(Says.ADDRESS, target=target)
        if code == "RedirectUrl":
            return Told(Says.URL, target=target)
        settings = {_text(one, "Name"): _text(one, "Value") for one in _named(user, "UserSetting")}
        internal, external = (settings.get(name, "") for name in ("InternalEwsUrl", "ExternalEwsUrl"))
        if internal or external:
            return Told(Says.SERVERS, _some(internal), _some(external))
        return Told(Says.NOTHING, code=_reason(code))
    for response in _named(root, "Response"):
        return Told(Says.NOTHING, code=_reason(_text(response, "ErrorCode")))
    raise NotSoapError("another service")


def _some(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


# Which of the two a protocol's addresses are; the others are about something else, or told of both.
_INTERNAL = frozenset({"EXCH", "EHTTP"})
_EXTERNAL = frozenset({"EXPR", "EXHTTP", "WEB"})


def _of_plain(root: Any) -> Told:
    for error in _named(root, "Error"):
        return Told(Says.NOTHING, code=_word(_text(error, "ErrorCode")) or "error")
    for account in _named(root, "Account"):
        action = _text(account, "Action").casefold()
        if action == "redirectaddr":
            return Told(Says.ADDRESS, target=_text(account, "RedirectAddr"))
        if action == "redirecturl":
            return Told(Says.URL, target=_text(account, "RedirectUrl"))
        internal: list[str] = []
        external: list[str] = []
        for protocol in _named(account, "Protocol"):
            kind = (_text(protocol, "Type") or protocol.get("Type") or "").upper()
            # ASUrl, the availability service, is the same endpoint; old servers tell it alone.
            urls = _some(_text(protocol, "EwsUrl"), _text(protocol, "ASUrl"))
            if kind in _INTERNAL:
                internal += urls
            elif kind in _EXTERNAL:
                external += urls
        if internal or external:
            return Told(Says.SERVERS, _some(*internal), _some(*external))
        return Told(Says.NOTHING, code="no settings")
    raise NotSoapError("no answer of Autodiscover")


def usable(url: str) -> str:
    """The address of Exchange Web Services in an answer, complete; "" if a password may not be sent there."""
    try:
        return endpoint_of(url)
    except AddressError:
        return ""


@dataclass(frozen=True, slots=True)
class Tree:
    """The names that an organisation answers for: its domain and what lies below."""

    domains: tuple[str, ...]

    def holds(self, host: str) -> bool:
        """Whether a host belongs to it."""
        host = host.casefold().rstrip(".")
        return any(host == domain or host.endswith(f".{domain}") for domain in self.domains)


class Way(StrEnum):
    """What is to become of a redirect."""

    FOLLOW = "follow"
    INSECURE = "insecure"  # it does not lead to https
    ONLINE = "online"  # to Exchange Online
    ELSEWHERE = "elsewhere"  # out of the organisation's own names: a person has to agree first
    NOWHERE = "nowhere"  # it is no address


def joined(url: str, target: str) -> str:
    """Where an answer of ``url`` leads to, which may be told in relation to it; "" if that is no address."""
    try:
        whole = urljoin(url, target)
        _ = urlsplit(whole).port
    except ValueError:
        return ""
    return whole


def way_to(url: str, tree: Tree) -> Way:
    """Whether a redirect may be followed, with a password behind it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return Way.NOWHERE
    if not host or not url.isprintable() or len(url) > _LONGEST or parts.username is not None:
        return Way.NOWHERE
    if is_online_server(url):
        return Way.ONLINE
    if parts.scheme != "https":
        return Way.INSECURE
    return Way.FOLLOW if tree.holds(host) else Way.ELSEWHERE
