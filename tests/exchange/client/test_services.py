"""The services by themselves, in the process of the test."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from exchangelib.errors import SOAPError

from lyncdesk.exchange import services
from lyncdesk.exchange.link import Call, Link
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import Behaviour, RawServer
from tests.exchange.client.sessions import WINDOW
from tests.exchange.server.wire import violations

FINE = b"""<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Success">
<m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage><m:FreeBusyView>
<t:FreeBusyViewType>MergedOnly</t:FreeBusyViewType><t:MergedFreeBusy>%s</t:MergedFreeBusy></m:FreeBusyView>
</m:FreeBusyResponse>"""
ERRING = b"""<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Error"><m:MessageText>No.</m:MessageText>
<m:ResponseCode>%s</m:ResponseCode></m:ResponseMessage></m:FreeBusyResponse>"""
CODES = (b"ErrorNoFreeBusyAccess", b"ErrorFreeBusyGenerationFailed", b"ErrorProxyRequestProcessingFailed")


@contextmanager
def linked(behaviour: Behaviour) -> Iterator[tuple[Link, RawServer]]:
    with RawServer(behaviour) as server:
        link = Link(Call(server.url(), "anna@example.com", "anna", "secret", authentication="basic"))
        try:
            yield link, server
        finally:
            link.close()


def test_a_mailbox_that_errs_does_not_lose_the_answers_of_the_others() -> None:
    rows = [FINE % b"0022", *(ERRING % code for code in CODES), FINE % b"2200"]
    body = raw.ENVELOPE % (
        b"<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray>"
        + b"".join(rows)
        + b"</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>"
    )
    with linked(raw.answers(body)) as (link, server):
        views = services.availability(link, [f"p{n}@example.com" for n in range(5)], WINDOW.start, WINDOW.end)
        assert len(server.requests) == 1
    assert [type(view).__name__ for view in views[1:4]] == [code.decode() for code in CODES]
    merged = [views[n].findtext("{*}MergedFreeBusy") for n in (0, 4)]
    assert merged == ["0022", "2200"]


def test_every_request_is_valid_by_the_published_schemas() -> None:
    with linked(raw.calendar(raw.ITEM)) as (link, server):
        services.find_items(link, WINDOW.start, WINDOW.end, 5000)
        services.find_one(link, WINDOW.start, WINDOW.end)
        services.out_of_office(link)
        with suppress(SOAPError):  # the answer is that of another operation
            services.availability(link, ["anna@example.com", "ben@example.com"], WINDOW.start, WINDOW.end)
        sent = [request.partition(b"\r\n\r\n")[2] for request in server.requests]
    assert [violations(envelope) for envelope in sent] == [[], [], [], []]


def test_the_password_is_in_no_representation() -> None:
    assert "secret" not in repr(Call("https://x", "a@b.c", "anna", "secret"))


def test_the_next_conversation_does_not_inherit_the_password_of_the_one_before() -> None:
    with linked(raw.calendar()) as (link, server):
        services.find_one(link, WINDOW.start, WINDOW.end)
        other = Link(Call(server.url(), "anna@example.com", "anna", "other", authentication="basic"))
        services.find_one(other, WINDOW.start, WINDOW.end)
        other.close()
        signed = [line for r in server.requests for line in r.splitlines() if b"Authorization" in line]
    assert len(set(signed)) == 2
