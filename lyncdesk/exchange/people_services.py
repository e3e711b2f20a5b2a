"""The EWS requests about other people: address book, contacts, free/busy, and what they may see.

Requests are written out by hand: each is a few elements, and what stands in an answer is read raw, row by
row, so that one bad row never loses the others. Imported in the worker process alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from exchangelib.services.common import EWSAccountService
from exchangelib.util import MNS, TNS
from lxml import etree

from lyncdesk.exchange.link import Careful, Link
from lyncdesk.exchange.services import MERGED_MINUTES

M: Final = f"{{{MNS}}}"
T: Final = f"{{{TNS}}}"
# What Exchange answers for at once ([MS-OXWAVLS]; more is ErrorMailboxDataArrayTooBig).
MOST_MAILBOXES: Final = 100


class _Raw(Careful, EWSAccountService):  # type: ignore[misc]
    """A service that sends what it is given and hands over the response messages as they came."""

    def call(self, payload: Any) -> Iterator[Any]:
        """The response messages, errors included."""
        yield from self._get_elements(payload=payload)

    def _get_elements_in_response(self, response: Any) -> Iterator[Any]:
        yield from response


class _ResolveNames(_Raw):
    SERVICE_NAME = "ResolveNames"


class _FindItem(_Raw):
    SERVICE_NAME = "FindItem"


class _GetFolder(_Raw):
    SERVICE_NAME = "GetFolder"


class _UpdateFolder(_Raw):
    SERVICE_NAME = "UpdateFolder"


class _GetUserAvailability(_Raw):
    SERVICE_NAME = "GetUserAvailability"

    @staticmethod
    def _response_messages_tag() -> str:
        return f"{M}FreeBusyResponseArray"

    @classmethod
    def _response_message_tag(cls) -> str:
        return f"{M}FreeBusyResponse"


def m(name: str, *parts: Any, **attributes: str) -> Any:
    """An element of the messages namespace."""
    return _element(M + name, parts, attributes)


def t(name: str, *parts: Any, **attributes: str) -> Any:
    """An element of the types namespace."""
    return _element(T + name, parts, attributes)


def _element(tag: str, parts: Sequence[Any], attributes: dict[str, str]) -> Any:
    made = etree.Element(tag, attributes)
    for part in parts:
        if isinstance(part, str):
            made.text = part
        else:
            made.append(part)
    return made


def code_of(message: Any) -> str:
    """The response code of a response message; "" where it says that all is well."""
    code = (message.findtext(f"{M}ResponseCode") or "").strip() if message is not None else "no answer"
    if code == "NoError" and message.get("ResponseClass") == "Success":
        return ""
    return code or "no response code"


def resolve_names(link: Link, text: str) -> list[Any]:
    """The response messages of one search in the organisation's address book."""
    request = m("ResolveNames", m("UnresolvedEntry", text), ReturnFullContactData="true",
                SearchScope="ActiveDirectory")  # fmt: skip
    return link.ask(_ResolveNames, payload=request)


_CONTACT_FIELDS: Final = (
    "contacts:DisplayName",
    "contacts:GivenName",
    "contacts:Surname",
    "contacts:JobTitle",
    "contacts:CompanyName",
)
_CONTACT_ENTRIES: Final = (
    ("contacts:EmailAddress", "EmailAddress1"),
    ("contacts:EmailAddress", "EmailAddress2"),
    ("contacts:EmailAddress", "EmailAddress3"),
    ("contacts:PhoneNumber", "BusinessPhone"),
    ("contacts:PhoneNumber", "MobilePhone"),
    ("contacts:PhoneNumber", "HomePhone"),
)


def find_contacts(link: Link, text: str | None, limit: int) -> list[Any]:
    """The response messages of one search in the mailbox's own contacts folder; None: of all contacts."""

    def holds(path: Any, text: str) -> Any:
        return t("Contains", path, t("Constant", Value=text), ContainmentMode="Substring",
                 ContainmentComparison="IgnoreCase")  # fmt: skip

    def entry(uri: str, index: str) -> Any:
        return t("IndexedFieldURI", FieldURI=uri, FieldIndex=index)

    paths = [t("FieldURI", FieldURI=uri) for uri in _CONTACT_FIELDS] + [entry(*e) for e in _CONTACT_ENTRIES]
    searched = [t("FieldURI", FieldURI=uri) for uri in (*_CONTACT_FIELDS[:3], "contacts:CompanyName")]
    searched += [entry(*e) for e in _CONTACT_ENTRIES[:3]]
    parts = [
        m("ItemShape", t("BaseShape", "IdOnly"), t("AdditionalProperties", *paths)),
        m("IndexedPageItemView", MaxEntriesReturned=str(limit), Offset="0", BasePoint="Beginning"),
        m("ParentFolderIds", t("DistinguishedFolderId", Id="contacts")),
    ]
    if text is not None:
        parts.insert(2, m("Restriction", t("Or", *(holds(path, text) for path in searched))))
    return link.ask(_FindItem, payload=m("FindItem", *parts, Traversal="Shallow"))


def free_busy(link: Link, addresses: Sequence[str], start: datetime, end: datetime) -> list[Any]:
    """The FreeBusyResponse elements for at most 100 mailboxes, in their order. Times are UTC."""

    def change(month: str) -> tuple[Any, ...]:
        # UTC never changes, but the schema wants to know when.
        return (t("Bias", "0"), t("Time", "00:00:00"), t("DayOrder", "1"), t("Month", month),
                t("DayOfWeek", "Sunday"))  # fmt: skip

    mailboxes = (
        t("MailboxData", t("Email", t("Address", address)), t("AttendeeType", "Required"),
          t("ExcludeConflicts", "false"))
        for address in addresses
    )  # fmt: skip
    window = t("TimeWindow", t("StartTime", _wall(start)), t("EndTime", _wall(end)))
    request = m(
        "GetUserAvailabilityRequest",
        t(
            "TimeZone",
            t("Bias", "0"),
            t("StandardTime", *change("11")),
            t("DaylightTime", *change("3")),
        ),
        m("MailboxDataArray", *mailboxes),
        t(
            "FreeBusyViewOptions",
            window,
            t("MergedFreeBusyIntervalInMinutes", str(MERGED_MINUTES)),
            t("RequestedView", "DetailedMerged"),
        ),
    )
    return link.ask(_GetUserAvailability, payload=request)


_PERMISSION_SET: Final = "folder:PermissionSet"


def get_calendar_folder(link: Link) -> list[Any]:
    """The response message with the id and the permissions of the person's own calendar."""
    request = m(
        "GetFolder",
        m(
            "FolderShape",
            t("BaseShape", "IdOnly"),
            t("AdditionalProperties", t("FieldURI", FieldURI=_PERMISSION_SET)),
        ),
        m("FolderIds", t("DistinguishedFolderId", Id="calendar")),
    )
    return link.ask(_GetFolder, payload=request)


def update_permissions(link: Link, folder: Any, permissions: Sequence[Any]) -> list[Any]:
    """The response message of replacing all permissions of a calendar in the state that ``folder`` names."""
    key = {name: folder.get(name) for name in ("Id", "ChangeKey") if folder.get(name)}
    value = t("CalendarFolder", t("PermissionSet", t("CalendarPermissions", *permissions)))
    field = t("SetFolderField", t("FieldURI", FieldURI=_PERMISSION_SET), value)
    change = t("FolderChange", t("FolderId", **key), t("Updates", field))
    return link.ask(_UpdateFolder, payload=m("UpdateFolder", m("FolderChanges", change)))


def _wall(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
