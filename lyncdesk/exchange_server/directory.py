"""ResolveNames, ConvertId and GetServerTimeZones: what the server knows beside the mailboxes' contents."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, unquote

from lyncdesk.exchange_server.answers import Call, message, rows
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.folders import FOLDER_IDS
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
    t,
    text_of,
    yes,
)
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.zones import WINDOWS, definition, iana_of

MOST_NAMES = 100
SCOPES = ("ActiveDirectory", "ActiveDirectoryContacts", "Contacts", "ContactsActiveDirectory")
PHONES = (("home", "HomePhone"), ("work", "BusinessPhone"), ("mobile", "MobilePhone"))


def resolve_names(call: Call, request: Element) -> Element:
    """ResolveNames: by address, alias, or the beginning of a word of the name."""
    found = only(request, "ParentFolderIds", "UnresolvedEntry")
    if "ParentFolderIds" in found:
        list(children(found["ParentFolderIds"], *FOLDER_IDS))
    full = BOOLEANS[attribute(request, "ReturnFullContactData", tuple(BOOLEANS))]
    scope = attribute(request, "SearchScope", SCOPES, "ActiveDirectoryContacts")
    wanted = " ".join(text_of(need(found, "UnresolvedEntry", request)).split()).casefold()
    wanted = wanted.removeprefix("smtp:")
    name = "ResolveNamesResponseMessage"
    try:
        call.guard()
        if not wanted or len(wanted) > 256:
            raise RowError("ErrorInvalidNameForNameResolution")
        fitting = [] if scope == "Contacts" else [box for box in call.store.mailboxes() if _fits(box, wanted)]
        if not fitting:
            raise RowError("ErrorNameResolutionNoResults")
    except RowError as error:
        answer = message(name, error)
    else:
        shown = [_resolution(box, full=full) for box in fitting[:MOST_NAMES]]
        found_all = m(
            "ResolutionSet", *shown, TotalItemsInView=str(len(shown)),
            IncludesLastItemInRange=yes(len(fitting) <= MOST_NAMES),
        )  # fmt: skip
        several = RowError("ErrorNameResolutionMultipleResults") if len(fitting) > 1 else None
        answer = message(name, several, found_all, kind="Warning")
    return m("ResolveNamesResponse", m("ResponseMessages", answer))


def _fits(box: Mailbox, wanted: str) -> bool:
    name = box.display_name.casefold()
    texts = (name, *name.split(), *(address.casefold() for address in (box.address, *box.aliases)))
    return any(text.startswith(wanted) for text in texts)


def _resolution(box: Mailbox, *, full: bool) -> Element:
    mailbox = t(
        "Mailbox", t("Name", box.display_name), t("EmailAddress", box.address), t("RoutingType", "SMTP"),
        t("MailboxType", "Mailbox"),
    )  # fmt: skip
    return t("Resolution", mailbox, _contact(box) if full else None)


def _contact(box: Mailbox) -> Element:
    given, _, family = box.display_name.rpartition(" ")
    addresses = enumerate((box.address, *box.aliases)[:3], 1)
    phones = [t("Entry", box.phones[kind], Key=key) for kind, key in PHONES if box.phones.get(kind)]
    return t(
        "Contact",
        t("DisplayName", box.display_name),
        t("GivenName", given or family),
        t("CompanyName", box.company) if box.company else None,
        t(
            "EmailAddresses",
            *(t("Entry", f"SMTP:{one}", Key=f"EmailAddress{number}") for number, one in addresses),
        ),
        t("PhoneNumbers", *phones) if phones else None,
        t("ContactSource", "ActiveDirectory"),
        t("JobTitle", box.title) if box.title else None,
        t("Surname", family) if given else None,
    )


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
        [text_of(element).strip() for element in children(found["Ids"], "Id")]
        if "Ids" in found
        else list(WINDOWS)
    )

    def get(_all: None) -> Iterable[Element]:
        zones = [(name, iana_of(name)) for name in names]
        year = call.now.year
        yield m("TimeZoneDefinitions", *(definition(name, iana, year, full) for name, iana in zones if iana))

    return rows(call, (None,), get, "TimeZoneDefinitions")
