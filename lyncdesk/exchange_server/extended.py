"""Extended properties: whatever a client wants to keep with an item, under a name of its own.

Inside the server such a property has a path of one text, as the others have; outside, an ExtendedFieldURI.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    bad_value,
    children,
    integer,
    name_of,
    t,
    text_of,
    unexpected,
)

PREFIX = "extended:"
SETS = ("Meeting", "Appointment", "Common", "PublicStrings", "Address", "InternetHeaders",
        "CalendarAssistant", "UnifiedMessaging", "Task", "Sharing")  # fmt: skip
TYPES = (
    *("ApplicationTime", "Binary", "Boolean", "CLSID", "Currency", "Double", "Error", "Float", "Integer"),
    *("Long", "Null", "Object", "Short", "SystemTime", "String"),
)
ARRAYS = tuple(f"{kind}Array" for kind in TYPES if kind not in {"Boolean", "Error", "Null"})
MOST = 64
"""How many of them an item has."""

LONGEST_NAME = 254  # [MS-OXPROPS]

_GUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_TAG = re.compile("0x[0-9a-f]{1,4}|[0-9]{1,5}", re.ASCII)
_NAMES = ("DistinguishedPropertySetId", "PropertySetId", "PropertyTag", "PropertyName", "PropertyId")
_ALLOWED = (
    {"PropertyTag"},
    *({one, two} for one in _NAMES[:2] for two in _NAMES[3:]),
)


def path(element: Element) -> str:
    """The path of an ExtendedFieldURI, one for all ways to write it. Raises SoapFault, RowError."""
    kind = attribute(element, "PropertyType", (*TYPES, *ARRAYS))
    given = {name: value for name in _NAMES if (value := element.get(name)) is not None}
    if set(given) not in _ALLOWED:
        raise RowError("ErrorInvalidExtendedProperty")
    if "DistinguishedPropertySetId" in given:
        attribute(element, "DistinguishedPropertySetId", SETS)
    if len(given.get("PropertyName", "")) > LONGEST_NAME:
        raise RowError("ErrorInvalidExtendedProperty", f"A name has {LONGEST_NAME} signs at most.")
    if "PropertyId" in given:
        given["PropertyId"] = str(integer(given["PropertyId"], "'PropertyId' attribute", element))
    for name, pattern in (("PropertySetId", _GUID), ("PropertyTag", _TAG)):
        if name in given:
            given[name] = given[name].strip().lower()
            if not pattern.fullmatch(given[name]):
                raise bad_value(f"'{name}' attribute", given[name], element)
    if "PropertyTag" in given:
        number = int(given["PropertyTag"], 0 if given["PropertyTag"].startswith("0x") else 10)
        if number > 0xFFFF:
            raise bad_value("'PropertyTag' attribute", given["PropertyTag"], element)
        given["PropertyTag"] = f"0x{number:x}"
    return PREFIX + urlencode({**given, "PropertyType": kind})


def _uri(of: str) -> Element:
    return t("ExtendedFieldURI", **dict(parse_qsl(of.removeprefix(PREFIX), keep_blank_values=True)))


def write(of: str, values: tuple[str, ...]) -> Element:
    """The ExtendedProperty of an item."""
    rows = [t("Value", value) for value in values]
    return t("ExtendedProperty", _uri(of), t("Values", *rows) if of.endswith("Array") else rows[0])


def read(element: Element) -> Mapping[str, Any]:
    """The change that an ExtendedProperty stands for. Raises SoapFault, RowError."""
    parts = list(children(element, "ExtendedFieldURI", "Value", "Values"))
    if [name_of(part) for part in parts][:1] != ["ExtendedFieldURI"] or len(parts) != 2:
        raise unexpected(parts[-1], element) if parts else RowError("ErrorInvalidExtendedProperty")
    of, value = path(parts[0]), parts[1]
    array = of.endswith("Array")
    if array != (name_of(value) == "Values"):
        raise RowError("ErrorInvalidExtendedPropertyValue")
    values = tuple(map(text_of, children(value, "Value"))) if array else (text_of(value),)
    if not values:
        raise RowError("ErrorInvalidExtendedPropertyValue")
    return {"extended": {of: values}}


def clear(of: str) -> Mapping[str, Any]:
    """The change that takes a property away."""
    return MappingProxyType({"extended": {of: None}})
