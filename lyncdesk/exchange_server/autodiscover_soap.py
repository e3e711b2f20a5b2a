"""GetUserSettings of the Autodiscover SOAP service."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from lyncdesk.exchange_server.autodiscover import KNOWN, SETTINGS, Directions, Found, find
from lyncdesk.exchange_server.editions import EXCHANGE_SE
from lyncdesk.exchange_server.errors import SoapFault
from lyncdesk.exchange_server.markup import (
    SOAP,
    XML_LANG,
    Element,
    clean,
    name_of,
    parse,
    serialise,
    space_of,
)
from lyncdesk.exchange_server.response import Answer
from lyncdesk.exchange_server.store import Store

NAMESPACE = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
ACTION = f"{NAMESPACE}/Autodiscover/GetUserSettings"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_NONE = "http://schemas.microsoft.com/ws/2005/05/addressing/none"
_NAMES = {"s": SOAP, "a": ADDRESSING, "i": _INSTANCE}
VERSIONS = ("Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2", "Exchange2012", "Exchange2013",
            "Exchange2013_SP1", "Exchange2015", "Exchange2016")  # fmt: skip
VERSION = VERSIONS[-1]
MOST_USERS = 100


def _make(name: str, *children: Element | str, space: str = NAMESPACE) -> Element:
    names: Any = {**_NAMES, None: space} if space == NAMESPACE else _NAMES  # lxml's types know no None
    element = etree.Element(f"{{{space}}}{name}", None, names)
    for child in children:
        if isinstance(child, str):
            element.text = clean(child)
        else:
            element.append(child)
    return element


def _none(name: str) -> Element:
    element = _make(name)
    element.set(f"{{{_INSTANCE}}}nil", "true")
    return element


def answer(store: Store, directions: Directions, data: bytes, base: str) -> tuple[Answer, tuple[str, ...]]:
    """The answer to a request of somebody who has signed in, and the error codes in it."""
    try:
        root = parse(data)
    except SoapFault:
        return Answer(400, b""), ("BadRequest",)
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None or len(body) != 1:
        return Answer(400, b""), ("BadRequest",)
    if body[0].tag != f"{{{NAMESPACE}}}GetUserSettingsRequestMessage":
        return _fault(name_of(body[0])), ("ActionNotSupported",)
    wrong = _wrong(root, body[0])
    if wrong:
        return _whole("InvalidRequest", wrong), ("InvalidRequest",)
    users, settings = _asked(body[0])
    if not users:
        return _whole("InvalidRequest", "At least one user must be specified."), ("InvalidRequest",)
    if len(users) > MOST_USERS:
        text = f"Only {MOST_USERS} users can be specified in a request."
        return _whole("InvalidRequest", text), ("InvalidRequest",)
    if not settings:
        return _whole("InvalidRequest", "At least one setting must be specified."), ("InvalidRequest",)
    responses = [_user(find(store, directions, user, base), user, settings) for user in users]
    codes = tuple(
        sorted({code.text or "" for one in responses for code in one.iter(f"{{{NAMESPACE}}}ErrorCode")})
    )
    return _whole("NoError", "", _make("UserResponses", *responses)), codes


def _wrong(root: Element, request: Element) -> str:
    """What is wrong with the request as a whole."""
    header = root.find(f"{{{SOAP}}}Header")
    version = None if header is None else header.findtext(f"{{{NAMESPACE}}}RequestedServerVersion")
    if version is None:
        return "The RequestedServerVersion header must be specified."
    if version.strip() not in VERSIONS:
        return f"The version '{version.strip()[:80]}' is not supported."
    if any(space_of(element) != NAMESPACE for element in request.iter()):
        return "The request has an element that is not of the Autodiscover schema."
    return ""


def _asked(request: Element) -> tuple[list[str], list[str]]:
    inside = f"{{{NAMESPACE}}}Request/{{{NAMESPACE}}}"
    users = request.iterfind(f"{inside}Users/{{{NAMESPACE}}}User/{{{NAMESPACE}}}Mailbox")
    settings = request.iterfind(f"{inside}RequestedSettings/{{{NAMESPACE}}}Setting")
    return [one.text or "" for one in users], [(one.text or "").strip() for one in settings]


def _user(found: Found, asked: str, settings: list[str]) -> Element:
    match found.outcome:
        case "address":
            parts = _head("RedirectAddress", f"Redirection address for user: '{asked}'.", found.target)
        case "url":
            parts = _head("RedirectUrl", f"Redirection URL for user: '{asked}'.", found.target)
        case "unknown":
            parts = _head("InvalidUser", f"Invalid user: '{asked}'", None)
        case _:
            parts = _head("NoError", "No error.", None)
    errors, values = _make("UserSettingErrors"), _make("UserSettings")
    if found.mailbox is not None:
        for name in dict.fromkeys(settings):
            value = SETTINGS[name](found, found.mailbox) if name in SETTINGS else ""
            if value:
                values.append(_setting(name, value))
            else:
                errors.append(_no_setting(name))
    return _make("UserResponse", *parts, errors, values)


def _head(code: str, text: str, target: str | None) -> Iterator[Element]:
    yield _make("ErrorCode", code)
    yield _make("ErrorMessage", text)
    yield _none("RedirectTarget") if target is None else _make("RedirectTarget", target)


def _setting(name: str, value: str) -> Element:
    element = _make("UserSetting", _make("Name", name), _make("Value", value))
    element.set(f"{{{_INSTANCE}}}type", "StringSetting")
    return element


def _no_setting(name: str) -> Element:
    known = name in KNOWN
    code = "SettingIsNotAvailable" if known else "InvalidSetting"
    text = f"Setting '{name}' is not available." if known else f"Setting '{name}' is invalid."
    return _make(
        "UserSettingError", _make("ErrorCode", code), _make("ErrorMessage", text), _make("SettingName", name)
    )


def _whole(code: str, text: str, users: Element | None = None) -> Answer:
    parts = (
        _make("ErrorCode", code),
        _make("ErrorMessage", text),
        _none("UserResponses") if users is None else users,
    )
    message = _make("GetUserSettingsResponseMessage", _make("Response", *parts))
    return Answer(200, _envelope(f"{ACTION}Response", message))


def _envelope(action: str, body: Element) -> bytes:
    head = _make("Action", action, space=ADDRESSING)
    head.set(f"{{{SOAP}}}mustUnderstand", "1")
    names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
    numbers = (_make(name, str(number)) for name, number in zip(names, EXCHANGE_SE.build, strict=True))
    version = _make("ServerVersionInfo", *numbers, _make("Version", VERSION))
    return serialise(
        _make(
            "Envelope",
            _make("Header", head, version, space=SOAP),
            _make("Body", body, space=SOAP),
            space=SOAP,
        )
    )


def _fault(operation: str) -> Answer:
    """What WCF says of an operation that a service does not have."""
    code = etree.Element("faultcode", None, {"f": _NONE})
    code.text = "f:ActionNotSupported"
    text = etree.Element("faultstring", None, None)
    text.set(XML_LANG, "en-US")
    text.text = clean(f"The message '{operation[:80]}' cannot be processed at the receiver.")
    return Answer(500, _envelope(f"{_NONE}/soap/fault", _make("Fault", code, text, space=SOAP)))
