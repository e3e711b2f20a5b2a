"""ConvertId and GetServerTimeZones: what the server knows beside the mailboxes' contents."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, unquote

from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.ids import payload, read_payload
from lyncdesk.exchange_server.markup import (
    BOOLEANS,
    Element,
    attribute,
    children,
    m,
    name_of,
    need,
    only,
    text_of,
)
from lyncdesk.exchange_server.zones import WINDOWS, definition, iana_of


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing an id."""

    write: Callable[[bytes], str]
    read: Callable[[str], bytes]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


_EWS = Format(_base64, _from_base64)
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "EwsLegacyId": _EWS,
        "EwsId": _EWS,
        "EntryId": Format(lambda data: _base64(data[::-1]), lambda text: _from_base64(text)[::-1]),
        "HexEntryId": Format(lambda data: data[::-1].hex().upper(), lambda text: bytes.fromhex(text)[::-1]),
        "StoreId": Format(
            lambda data: _base64(b"\x00" + data), lambda text: _from_base64(text).removeprefix(b"\x00")
        ),
        "OwaId": Format(lambda data: quote(_base64(data), safe=""), lambda text: _from_base64(unquote(text))),
    }
)


def convert_id(call: Call, request: Element) -> Element:
    """ConvertId: the same thing by another kind of id, with the mailbox it is really in."""
    found = only(request, "SourceIds")
    wanted = attribute(request, "DestinationFormat", tuple(FORMATS))

    def convert(element: Element) -> Iterable[Element]:
        if name_of(element) != "AlternateId":
            raise RowError("ErrorUnsupportedTypeForConversion", "Public folders do not exist here.")
        source = FORMATS[attribute(element, "Format", tuple(FORMATS))]
        attribute(element, "Mailbox")
        try:
            ident = read_payload(source.read(attribute(element, "Id")))
        except (ValueError, binascii.Error):
            raise RowError("ErrorInvalidIdMalformed") from None
        owner = call.mailbox(ident.address)
        yield m(
            "AlternateId", Format=wanted, Id=FORMATS[wanted].write(payload(ident)), Mailbox=owner.address,
            **{TYPE: "t:AlternateIdType"},
        )  # fmt: skip

    sources = ("AlternateId", "AlternatePublicFolderId", "AlternatePublicFolderItemId")
    return rows(call, children(need(found, "SourceIds", request), *sources), convert)


TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def get_server_time_zones(call: Call, request: Element) -> Element:
    """GetServerTimeZones: all zones, or those of the given names; names without a zone are left out, as
    Exchange.
    """
    found = only(request, "Ids")
    full = BOOLEANS[attribute(request, "ReturnFullTimeZoneData", tuple(BOOLEANS), "true")]
    names = (
        dict.fromkeys(text_of(element).strip() for element in children(found["Ids"], "Id"))
        if "Ids" in found
        else list(WINDOWS)
    )

    def get(_all: None) -> Iterable[Element]:
        zones = [(name, iana_of(name)) for name in names]
        year = call.now.year
        yield m("TimeZoneDefinitions", *(definition(name, iana, year, full) for name, iana in zones if iana))

    return rows(call, (None,), get, "TimeZoneDefinitions")
