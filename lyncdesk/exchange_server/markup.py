"""Reading requests without trusting them, and writing answers.

The parser expands no entity, loads nothing, and refuses any document type: a request has no use for one and
the attacks of that family (entity bombs, external entities) all need one.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

from lxml import etree

from lyncdesk.exchange_server.errors import SoapFault, invalid
from lyncdesk.exchange_server.model import kept_by_exchange

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PREFIXES = {"s": SOAP, "t": TYPES, "m": MESSAGES}

Element = etree._Element  # noqa: SLF001 - lxml has no public name for the type

# Nothing in it goes back to what it has passed: a request of many comments would keep it busy for ever.
_PROLOG = re.compile(rb"(?>\s+|<!--.*?-->|<\?.*?\?>)*+<!DOCTYPE", re.DOTALL)
_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII
)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d)?\Z", re.ASCII)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def parse(data: bytes) -> Element:
    """The root of a request. Raises SoapFault for anything that is not plain UTF-8 XML."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SoapFault("ErrorInvalidRequest", "The request is not encoded in UTF-8.") from None
    data = data.removeprefix(b"\xef\xbb\xbf")
    if _PROLOG.match(data):
        raise SoapFault("ErrorInvalidRequest", "The request must not have a document type.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SoapFault(
            "ErrorInvalidRequest", "The request is not well-formed XML.", line=error.lineno
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise SoapFault("ErrorInvalidRequest", "The request must not have a document type.")
    return root


def t(name: str, *children: Element | str | None, **attributes: str | None) -> Element:
    """An element of the types namespace; None children and attributes are left out."""
    return _element(TYPES, name, children, attributes)


def m(name: str, *children: Element | str | None, **attributes: str | None) -> Element:
    """An element of the messages namespace."""
    return _element(MESSAGES, name, children, attributes)


def _element(space: str, name: str, children: tuple[Element | str | None, ...],
             attributes: dict[str, str | None]) -> Element:  # fmt: skip
    element = etree.Element(f"{{{space}}}{name}", None, PREFIXES)
    for key, value in attributes.items():
        if value is not None:
            element.set(key, clean(value))
    for child in children:
        if isinstance(child, str):
            element.text = clean(child)
        elif child is not None:
            element.append(child)
    return element


def clean(text: str) -> str:
    """The text without characters that XML cannot carry (Exchange drops them too)."""
    return _NOT_XML.sub("", text)


def serialise(root: Element) -> bytes:
    """The answer as bytes, with its declaration."""
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def name_of(element: Element) -> str:
    """The local name."""
    return str(etree.QName(element).localname)


def space_of(element: Element) -> str:
    """The namespace."""
    return etree.QName(element).namespace or ""


def line_of(element: Element) -> int | None:
    """The line of a request's element, for the fault that names it."""
    line: Any = element.sourceline
    return line if isinstance(line, int) else None


def children(parent: Element, *allowed: str) -> Iterator[Element]:
    """The child elements; one that is not `allowed` is a schema fault. No names: all are allowed."""
    for child in parent:
        if allowed and name_of(child) not in allowed:
            raise unexpected(child, parent)
        yield child


def only(parent: Element, *allowed: str) -> dict[str, Element]:
    """The child elements by name; one that is not `allowed`, or comes twice, is a schema fault."""
    found: dict[str, Element] = {}
    for child in children(parent, *allowed):
        if name_of(child) in found:
            raise unexpected(child, parent)
        found[name_of(child)] = child
    return found


def unexpected(child: Element, parent: Element) -> SoapFault:
    """The fault for an element where the schema has none."""
    return invalid(
        f"The element '{name_of(parent)}' has invalid child element '{name_of(child)}'.", line_of(child)
    )


def need(found: dict[str, Element], name: str, parent: Element) -> Element:
    """The child `name`, or a schema fault."""
    if name not in found:
        raise invalid(f"The element '{name_of(parent)}' lacks its element '{name}'.", line_of(parent))
    return found[name]


def attribute(element: Element, name: str, allowed: tuple[str, ...] = (), default: str | None = None) -> str:
    """The attribute `name`. Raises SoapFault when it is missing without a default, or not `allowed`."""
    value = element.get(name, default)
    if value is None:
        raise invalid(f"The required attribute '{name}' is missing.", line_of(element))
    if allowed and value not in allowed:
        raise bad_value(f"'{name}' attribute", value, element)
    return value


def bad_value(what: str, value: str, element: Element) -> SoapFault:
    """The fault for a value outside its data type."""
    return invalid(f"The {what} is invalid - The value '{value[:80]}' is invalid.", line_of(element))


def text_of(element: Element) -> str:
    """The text of a leaf; elements inside are a schema fault."""
    if len(element):
        raise unexpected(element[0], element)
    return element.text or ""


def choice_of(element: Element, allowed: tuple[str, ...]) -> str:
    """The text, which has to be one of `allowed`."""
    value = text_of(element).strip()
    if value not in allowed:
        raise bad_value(f"'{name_of(element)}' element", value, element)
    return value


def boolean_of(element: Element) -> bool:
    """true, false, 1 or 0: xs:boolean has four spellings and exchangelib sends the short ones."""
    return BOOLEANS[choice_of(element, tuple(BOOLEANS))]


def integer(text: str, what: str, element: Element) -> int:
    """An xs:int."""
    try:
        value = int(text.strip(), 10)
    except ValueError:
        raise bad_value(what, text, element) from None
    if not -(2**31) <= value < 2**31:
        raise bad_value(what, text, element)
    return value


def integer_of(element: Element) -> int:
    """The text as an xs:int."""
    return integer(text_of(element), f"'{name_of(element)}' element", element)


def date_time(text: str, element: Element) -> datetime:
    """An xs:dateTime, naive when it carries no offset. Raises SoapFault."""
    found = _DATE_TIME.match(text.strip())
    try:
        if not found:
            raise ValueError
        fraction, offset = found.group(7), found.group(8)
        zone: tzinfo | None = None
        if offset == "Z":
            zone = UTC
        elif offset:
            away = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:]))
            zone = timezone(-away if offset[0] == "-" else away)
        micro = int(f"{fraction or ''}000000"[:6])
        year, month, day, hour, minute, second = (int(found.group(number)) for number in range(1, 7))
        value = datetime(year, month, day, hour, minute, second, micro, zone)
        value = value.astimezone(UTC) if zone else value
        if not kept_by_exchange(value):
            raise ValueError
        return value
    except (ValueError, OverflowError):
        raise bad_value("date and time", text, element) from None


def date_of(element: Element) -> date:
    """The text as an xs:date; Exchange itself writes it with an offset, which says nothing more."""
    found = _DATE.match(text_of(element).strip())
    try:
        if not found:
            raise ValueError
        day = date(*map(int, found.groups()))
        if not kept_by_exchange(day):
            raise ValueError
        return day
    except ValueError:
        raise bad_value("date", text_of(element), element) from None


def utc(moment: datetime) -> str:
    """An instant as Exchange writes it: whole seconds, `Z`."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def with_offset(moment: datetime) -> datetime:
    """The moment on clocks whose offset XML can carry: of whole minutes, which those of old days are not."""
    minutes = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
    return moment.astimezone(timezone(timedelta(minutes=minutes)))


def yes(value: bool) -> str:
    """xs:boolean in words; exchangelib reads no other spelling."""
    return "true" if value else "false"
