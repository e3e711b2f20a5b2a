"""Speaking EWS by hand, with the published schemas as the judge of both sides."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from lyncdesk.exchange_server.core import Answer
from lyncdesk.exchange_server.exchange import Exchange

# Beside the checkout, or beside the folder of checkouts that it is one of.
_BESIDE = [folder / "shared" for folder in Path(__file__).resolve().parents[4:6]]
SHARED = next((folder for folder in _BESIDE if folder.is_dir()), _BESIDE[0])
SCHEMAS = SHARED / "ews-schema"
RECORDINGS = SHARED / "ews-recordings"

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
T = "http://schemas.microsoft.com/exchange/services/2006/types"
M = "http://schemas.microsoft.com/exchange/services/2006/messages"
E = "http://schemas.microsoft.com/exchange/services/2006/errors"
NAMES = {"s": SOAP, "t": T, "m": M, "e": E}

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)

Element = etree._Element


def needed(folder: Path) -> Path:
    """The folder of test data, or a skip with the reason (a failure on the build server)."""
    if not folder.is_dir():
        reason = f"the published EWS data are not there: {folder.name}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(needed(SCHEMAS) / "messages.xsd")))


def violations(envelope: bytes) -> list[str]:
    """What the schemas have against the request or answer in an envelope."""
    root = etree.fromstring(envelope)
    body = root.find("s:Body", NAMES)
    if root.tag != f"{{{SOAP}}}Envelope" or body is None or len(body) != 1:
        return ["not an envelope with one element in its body"]
    if body[0].tag == f"{{{SOAP}}}Fault":
        return fault_violations(body[0])
    if not SCHEMAS.is_dir() and os.environ.get("CI") != "true":
        return []  # nobody is there to judge; what is said and done is tested all the same
    alone = etree.fromstring(etree.tostring(body[0]))
    judge = schema()
    if judge.validate(alone):
        return []
    return str(judge.error_log).splitlines()


def fault_violations(fault: Element) -> list[str]:
    """The shape of a fault of Exchange, which no schema describes: compare Fault.*.xml of the recordings."""
    found: list[str] = []
    if [child.tag for child in fault] != ["faultcode", "faultstring", "detail"]:
        return ["a fault has faultcode, faultstring and detail, in this order"]
    prefix, _, code = (fault.findtext("faultcode") or "").partition(":")
    if fault[0].nsmap.get(prefix) != T:
        found.append("the faultcode is a name of the types namespace")
    if fault.findtext("detail/e:ResponseCode", None, NAMES) != code:
        found.append("detail repeats the code")
    if not fault.findtext("faultstring") or not fault.findtext("detail/e:Message", None, NAMES):
        found.append("a fault says what is wrong")
    return found


class CheckedExchange(Exchange):
    """The embedded Exchange, with the schemas looking over its shoulder where they are there."""

    def __init__(self, now: Callable[[], datetime] = lambda: MONDAY) -> None:
        super().__init__(now)
        self.found: list[str] = []
        self.seen = 0
        self.check_requests = self.check_answers = True

    def answer(self, user: str, request: bytes) -> Answer | None:
        if self.check_requests:
            self.found += [f"request: {problem}" for problem in violations(request)]
        answer = super().answer(user, request)
        if answer is not None and self.check_answers and self._is_whole(answer):
            self.found += [f"answer: {problem}" for problem in violations(answer.body)]
        self.seen += 1
        return answer

    def _is_whole(self, answer: Answer) -> bool:
        """Not cut short on purpose, nor without a body at all."""
        return answer.content_type.startswith("text/xml") and answer.body.endswith(b"Envelope>")


@contextmanager
def checked_exchange(now: Callable[[], datetime] = lambda: MONDAY) -> Iterator[CheckedExchange]:
    """One to be started, which stops; the schemas must have nothing against what it heard and said."""
    exchange = CheckedExchange(now)
    try:
        yield exchange
        assert exchange.found == []
    finally:
        exchange.stop()


def envelope(body: str, header: str = "") -> bytes:
    spaces = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in NAMES.items() if prefix != "e")
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope {spaces}><s:Header>'
        f'<t:RequestServerVersion Version="Exchange2016"/>{header}</s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def ask(exchange: Exchange, user: str, body: str, header: str = "") -> Element:
    """The element in the body of the answer to a request."""
    root = etree.fromstring(exchange.handle(user, envelope(body, header)))
    found = root.find("s:Body", NAMES)
    assert found is not None
    return found[0]


def find(element: Element, path: str) -> Element:
    """The first element at a path; `t:` and `m:` are the namespaces of EWS."""
    found = element.find(path, NAMES)
    assert found is not None, etree.tostring(element).decode()
    return found


def text(element: Element, path: str) -> str | None:
    """The text at a path, None where there is none."""
    return element.findtext(path, None, NAMES)


def texts(element: Element, path: str) -> list[str]:
    return [found.text or "" for found in element.iterfind(path, NAMES)]


def codes(element: Element) -> list[str]:
    """The response codes of an answer, or of a fault."""
    return [code.text or "" for code in element.iter(f"{{{M}}}ResponseCode", f"{{{E}}}ResponseCode")]


CALENDAR = '<t:DistinguishedFolderId Id="calendar"/>'


MASTERS = '<m:IndexedPageItemView Offset="0" BasePoint="Beginning"/>'
SUBJECT = '<t:FieldURI FieldURI="item:Subject"/>'


def of(address: str) -> str:
    """Somebody's calendar."""
    mailbox = f"<t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>"
    return f'<t:DistinguishedFolderId Id="calendar">{mailbox}</t:DistinguishedFolderId>'


def paths(*names: str) -> str:
    return "".join(f'<t:FieldURI FieldURI="{name}"/>' for name in names)


def shape(*names: str, base: str = "IdOnly") -> str:
    more = f"<t:AdditionalProperties>{paths(*names)}</t:AdditionalProperties>" if names else ""
    return f"<m:ItemShape><t:BaseShape>{base}</t:BaseShape>{more}</m:ItemShape>"


def find_item(
    *names: str,
    start: str = "2026-03-02T00:00:00Z",
    end: str = "2026-03-09T00:00:00Z",
    most: int | None = None,
    view: str = "",
    rest: str = "",
    folder: str = CALENDAR,
    base: str = "IdOnly",
) -> str:
    limit = f'MaxEntriesReturned="{most}" ' if most is not None else ""
    view = view or f'<m:CalendarView {limit}StartDate="{start}" EndDate="{end}"/>'
    return (
        f'<m:FindItem Traversal="Shallow">{shape(*names, base=base)}{view}{rest}'
        f"<m:ParentFolderIds>{folder}</m:ParentFolderIds></m:FindItem>"
    )


def paged(offset: int = 0, most: int | None = None, point: str = "Beginning") -> str:
    limit = f'MaxEntriesReturned="{most}" ' if most is not None else ""
    return f'<m:IndexedPageItemView {limit}Offset="{offset}" BasePoint="{point}"/>'


def get_item(ident: str, *names: str, base: str = "IdOnly") -> str:
    return f"<m:GetItem>{shape(*names, base=base)}<m:ItemIds>{ident}</m:ItemIds></m:GetItem>"


def item_id(ident: str, key: str = "") -> str:
    return f'<t:ItemId Id="{ident}"' + (f' ChangeKey="{key}"/>' if key else "/>")


def create(item: str, attributes: str = 'SendMeetingInvitations="SendToNone"', folder: str = CALENDAR) -> str:
    return (
        f"<m:CreateItem {attributes}><m:SavedItemFolderId>{folder}</m:SavedItemFolderId>"
        f"<m:Items><t:CalendarItem>{item}</t:CalendarItem></m:Items></m:CreateItem>"
    )


def times(start: str = "2026-03-02T09:00:00Z", end: str = "2026-03-02T10:00:00Z") -> str:
    return f"<t:Start>{start}</t:Start><t:End>{end}</t:End>"


def set_field(uri: str, content: str) -> str:
    return f"<t:SetItemField>{paths(uri)}<t:CalendarItem>{content}</t:CalendarItem></t:SetItemField>"


def update(ident: str, *changes: str, how: str = "NeverOverwrite", send: str = "SendToNone") -> str:
    sending = f' SendMeetingInvitationsOrCancellations="{send}"' if send else ""
    return (
        f'<m:UpdateItem ConflictResolution="{how}"{sending}><m:ItemChanges><t:ItemChange>{ident}'
        f"<t:Updates>{''.join(changes)}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
    )


def delete(ident: str, how: str = "HardDelete", send: str = "SendToNone") -> str:
    sending = f' SendMeetingCancellations="{send}"' if send else ""
    return f'<m:DeleteItem DeleteType="{how}"{sending}><m:ItemIds>{ident}</m:ItemIds></m:DeleteItem>'


def ids(element: Element) -> list[tuple[str, str]]:
    """Id and change key of each item of an answer."""
    return [(one.get("Id", ""), one.get("ChangeKey", "")) for one in element.iter(f"{{{T}}}ItemId")]
