"""Writing a show-as: what goes over the wire, and what comes of each answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lxml import etree

from lyncdesk.client.ports import ItemKey, ProblemError, Written
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.presence.items import ShowAs
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import Behaviour, RawServer, Visit
from tests.exchange.client.sessions import session_for, warm_worker
from tests.exchange.server.wire import violations

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = ItemKey("AAMk-part", "DwAA-1")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[ExchangeWorker]:
    async with warm_worker() as one:
        yield one


def row(operation: str, *items: bytes) -> bytes:
    """A successful row for each item."""
    name = operation.encode()
    return raw.ENVELOPE % (
        b"<m:%sResponse><m:ResponseMessages>%s</m:ResponseMessages></m:%sResponse>"
        % (
            name,
            b"".join(
                b"<m:%sResponseMessage ResponseClass='Success'><m:ResponseCode>NoError</m:ResponseCode>"
                b"<m:Items>%s</m:Items></m:%sResponseMessage>" % (name, item, name)
                for item in items
            ),
            name,
        )
    )


def told(id_: str, change_key: str, show_as: str = "") -> bytes:
    says = f"<t:LegacyFreeBusyStatus>{show_as}</t:LegacyFreeBusyStatus>" if show_as else ""
    item_id = f'<t:ItemId Id="{id_}" ChangeKey="{change_key}"/>' if id_ else ""
    return f"<t:CalendarItem>{item_id}{says}</t:CalendarItem>".encode()


def server(get: bytes = b"", update: bytes = b"") -> Behaviour:
    def answer(visit: Visit) -> None:
        visit.answers(get if visit.is_about("GetItem") else update)

    return answer


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.items()}


UPDATED = row("UpdateItem", told("AAMk-part", "DwAA-2"))
SERIES = row("GetItem", told("AAMk-part", "DwAA-1", "Free"), told("AAMk-master", "DwAA-7", "Tentative"))


async def written(
    worker: ExchangeWorker, behaviour: Behaviour, *, series: bool = False
) -> tuple[Written | str, list[bytes]]:
    """What came of it (the name of the problem), and the envelopes that were sent."""
    with RawServer(behaviour) as one:
        async with session_for(one.account(), worker=worker) as session:
            try:
                result: Written | str = await session.change_show_as(KEY, ShowAs.OOF, series=series)
            except ProblemError as error:
                result = error.problem.name
        return result, [request.partition(b"\r\n\r\n")[2] for request in one.requests]


async def test_one_valid_request_changes_the_show_as_alone_and_tells_nobody(worker: ExchangeWorker) -> None:
    result, sent = await written(worker, server(update=UPDATED))
    assert result == Written(ItemKey("AAMk-part", "DwAA-2"))
    [request] = sent
    root = etree.fromstring(request)
    update = root.find(".//{*}UpdateItem")
    assert update is not None
    assert attributes(update) == {
        "ConflictResolution": "NeverOverwrite",
        "MessageDisposition": "SaveOnly",
        "SendMeetingInvitationsOrCancellations": "SendToNone",
    }
    item_id = update.find(".//{*}ItemId")
    assert item_id is not None
    assert attributes(item_id) == {"Id": "AAMk-part", "ChangeKey": "DwAA-1"}
    [change] = update.iterfind(".//{*}Updates/*")
    assert etree.QName(change).localname == "SetItemField"
    [uri] = change.iterfind("{*}FieldURI")
    assert uri.get("FieldURI") == "calendar:LegacyFreeBusyStatus"
    assert [(etree.QName(e).localname, e.text) for e in change.iterfind("{*}CalendarItem/*")] == [
        ("LegacyFreeBusyStatus", "OOF")
    ]
    assert violations(request) == []


async def test_a_series_is_looked_at_first_and_written_through_its_master(worker: ExchangeWorker) -> None:
    updated = row("UpdateItem", told("AAMk-master", "DwAA-8"))
    result, sent = await written(worker, server(SERIES, updated), series=True)
    assert result == Written(ItemKey("AAMk-master", "DwAA-8"), ShowAs.TENTATIVE)
    get, update = map(etree.fromstring, sent)
    ids = [(etree.QName(e).localname, attributes(e)) for e in get.iterfind(".//{*}ItemIds/*")]
    assert ids == [("ItemId", {"Id": "AAMk-part"}), ("RecurringMasterItemId", {"OccurrenceId": "AAMk-part"})]
    item_id = update.find(".//{*}ItemId")
    assert item_id is not None
    assert attributes(item_id) == {"Id": "AAMk-master", "ChangeKey": "DwAA-7"}
    assert [violations(request) for request in sent] == [[], []]


async def test_an_occurrence_that_changed_meanwhile_ends_the_write_of_its_series(
    worker: ExchangeWorker,
) -> None:
    other = row("GetItem", told("AAMk-part", "DwAA-9", "Free"), told("AAMk-master", "DwAA-7", "Busy"))
    result, sent = await written(worker, server(other), series=True)
    assert (result, len(sent)) == ("item-changed", 1)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("ErrorIrresolvableConflict", "item-changed"),
        ("ErrorStaleObject", "item-changed"),
        ("ErrorInvalidChangeKey", "item-changed"),
        ("ErrorChangeKeyRequiredForWriteOperations", "item-changed"),
        ("ErrorItemNotFound", "item-gone"),
        ("ErrorCalendarOccurrenceIsDeletedFromRecurrence", "item-gone"),
        ("ErrorAccessDenied", "write-denied"),
        ("ErrorServerBusy", "server-busy"),
        ("ErrorItemSavePropertyError", "server-error"),
        ("ErrorQuotaExceeded", "server-error"),
        ("ErrorNobodyKnowsThisOne", "server-error"),
    ],
)
@pytest.mark.parametrize("operation", ["GetItem", "UpdateItem"])
async def test_each_refusal_has_its_words(
    worker: ExchangeWorker, operation: str, code: str, problem: str
) -> None:
    refusal = raw.failed(operation.encode(), code.encode())
    get = refusal if operation == "GetItem" else SERIES
    result, sent = await written(worker, server(get, refusal), series=True)
    assert (result, len(sent)) == (problem, 1 if operation == "GetItem" else 2)


@pytest.mark.parametrize(
    ("get", "update"),
    [
        (SERIES, row("UpdateItem", b"")),
        (SERIES, row("UpdateItem", told("", ""))),
        (SERIES, row("UpdateItem", told("AAMk", ""))),
        (SERIES, UPDATED[:-20]),
        (row("GetItem", told("AAMk-part", "DwAA-1")), UPDATED),
        (row("GetItem", told("AAMk-part", "DwAA-1"), told("", "")), UPDATED),
    ],
)
async def test_an_answer_without_what_was_asked_for_is_damaged(
    worker: ExchangeWorker, get: bytes, update: bytes
) -> None:
    assert (await written(worker, server(get, update), series=True))[0] == "broken-answer"


async def test_a_refused_password_is_not_sent_with_a_write(worker: ExchangeWorker) -> None:
    with RawServer(raw.answers(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')) as one:
        async with session_for(one.account(), worker=worker) as session:
            for _ in range(2):
                with pytest.raises(ProblemError) as caught:
                    await session.change_show_as(KEY, ShowAs.FREE, series=True)
                assert caught.value.problem.name == "refused-password"
        signed = [request for request in one.requests if b"Authorization:" in request]
        assert len(signed) == 1
