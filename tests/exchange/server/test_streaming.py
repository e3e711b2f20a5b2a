"""GetStreamingEvents: told as it happens, in one answer that goes on."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from exchangelib.errors import ErrorSubscriptionNotFound
from lxml import etree

from lyncdesk.exchange_server.model import Entry
from tests.exchange.server.conftest import ANNA, BEN, make_account
from tests.exchange.server.wire import (
    CALENDAR,
    MONDAY,
    CheckedExchange,
    Element,
    ask,
    codes,
    envelope,
    ids,
    text,
    texts,
)
from tests.waiting import wait_for

BUDGET = Entry("Budget", MONDAY, MONDAY + timedelta(hours=1))


@pytest.fixture
def now() -> list[datetime]:
    return [MONDAY]


@pytest.fixture
def server(now: list[datetime]) -> Iterator[CheckedExchange]:
    found = CheckedExchange(lambda: now[0])
    found.add_person(ANNA, "secret")
    found.add_person(BEN, "hush")
    yield found
    found.stop()
    assert found.found == []


def subscribe(exchange: CheckedExchange, user: str = ANNA) -> str:
    answer = ask(
        exchange,
        user,
        f"<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds>{CALENDAR}</t:FolderIds><t:EventTypes>"
        "<t:EventType>CreatedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>",
    )
    assert codes(answer) == ["NoError"]
    assert text(answer, ".//m:Watermark") is None
    return text(answer, ".//m:SubscriptionId") or ""


def stream(*idents: str, minutes: int = 1) -> str:
    inside = "".join(f"<t:SubscriptionId>{ident}</t:SubscriptionId>" for ident in idents)
    return (
        f"<m:GetStreamingEvents><m:SubscriptionIds>{inside}</m:SubscriptionIds>"
        f"<m:ConnectionTimeout>{minutes}</m:ConnectionTimeout></m:GetStreamingEvents>"
    )


def listen(exchange: CheckedExchange, *idents: str) -> Callable[[], bytes | None]:
    answer = exchange.answer(ANNA, envelope(stream(*idents)))
    assert answer is not None
    assert answer.more is not None
    assert read(answer.body) == ("OK", [])
    return answer.more


def parsed(data: bytes | None) -> Element:
    assert data
    return etree.fromstring(data)


def read(data: bytes | None) -> tuple[str | None, list[str]]:
    """The status of a message, and its events."""
    root = parsed(data)
    events = [one.tag.rpartition("}")[2] for one in root.iter("{*}CreatedEvent", "{*}DeletedEvent")]
    return text(root, ".//m:ConnectionStatus"), events


def test_what_happens_is_told_once(server: CheckedExchange, now: list[datetime]) -> None:
    ident = subscribe(server)
    server.add_entry(ANNA, BUDGET)
    more = listen(server, ident)
    assert read(more()) == ("OK", ["CreatedEvent"]), "what happened since the subscription"
    assert more() == b""
    server.add_entry(BEN, BUDGET)
    assert more() == b""
    entry = server.add_entry(ANNA, BUDGET)
    piece = more()
    assert read(piece) == ("OK", ["CreatedEvent"])
    root = parsed(piece)
    assert texts(root, ".//t:Watermark") == [], "a stream has none"
    assert text(root, ".//m:Notification/t:SubscriptionId") == ident
    assert len(ids(root)) == 1
    server.remove_entry(ANNA, entry.key)
    assert more() == b"", "nobody asked for deletions"
    now[0] += timedelta(seconds=30)
    assert read(more()) == ("OK", []), "a sign of life"
    now[0] += timedelta(seconds=30)
    assert read(more()) == ("Closed", [])
    assert more() is None
    server.add_entry(ANNA, BUDGET)
    assert read(listen(server, ident)()) == ("OK", ["CreatedEvent"]), "the next stream goes on"


def test_a_stream_ends_with_its_subscription(server: CheckedExchange) -> None:
    ident = subscribe(server)
    more = listen(server, ident)
    ask(server, ANNA, f"<m:Unsubscribe><m:SubscriptionId>{ident}</m:SubscriptionId></m:Unsubscribe>")
    root = parsed(more())
    assert codes(root) == ["ErrorSubscriptionNotFound"]
    assert texts(root, ".//t:SubscriptionId") == [ident]
    assert more() is None


def test_who_may_not_listen_is_told_so(server: CheckedExchange) -> None:
    ident, theirs = subscribe(server), subscribe(server, BEN)
    pull = ask(
        server,
        ANNA,
        f"<m:Subscribe><m:PullSubscriptionRequest><t:FolderIds>{CALENDAR}</t:FolderIds><t:EventTypes>"
        "<t:EventType>CreatedEvent</t:EventType></t:EventTypes><t:Timeout>5</t:Timeout>"
        "</m:PullSubscriptionRequest></m:Subscribe>",
    )
    for other, code in (
        (theirs, "ErrorSubscriptionAccessDenied"),
        ("nonsense", "ErrorSubscriptionNotFound"),
        (text(pull, ".//m:SubscriptionId") or "", "ErrorInvalidSubscription"),
    ):
        answer = server.answer(ANNA, envelope(stream(ident, other)))
        assert answer is not None
        assert answer.more is None
        root = parsed(answer.body)
        assert codes(root) == [code]
        assert texts(root, ".//t:SubscriptionId") == [other]
    events = f"<m:SubscriptionId>{ident}</m:SubscriptionId><m:Watermark>x</m:Watermark>"
    assert codes(ask(server, ANNA, f"<m:GetEvents>{events}</m:GetEvents>")) == [
        "ErrorInvalidPullSubscriptionId"
    ]


@pytest.mark.parametrize("minutes", [0, 31])
def test_a_stream_has_its_time(server: CheckedExchange, minutes: int) -> None:
    server.check_requests = False
    assert codes(ask(server, ANNA, stream(subscribe(server), minutes=minutes))) == ["ErrorSchemaValidation"]


def until_streaming(server: CheckedExchange) -> None:
    wait_for(lambda: server.counters.requests.get("GetStreamingEvents"), "the stream")


def hear(account: Any, ident: str, server: CheckedExchange, happen: Callable[[], object]) -> list[str]:
    """What exchangelib hears of on a stream, after which it hangs up."""
    heard: list[str] = []
    Thread(target=happen, daemon=True).start()
    for notification in account.calendar.get_streaming_events(
        ident, connection_timeout=1, max_notifications_returned=1
    ):
        heard += [event.ELEMENT_NAME for event in notification.events]
    return heard


def test_exchangelib_hears_over_the_socket(server: CheckedExchange) -> None:
    account = make_account(server)
    with account.calendar.streaming_subscription(event_types=["CreatedEvent"]) as ident:
        assert hear(account, ident, server, lambda: server.add_entry(ANNA, BUDGET)) == ["CreatedEvent"]
        assert hear(account, ident, server, lambda: server.add_entry(ANNA, BUDGET)) == ["CreatedEvent"]
    with pytest.raises(ErrorSubscriptionNotFound):
        list(account.calendar.get_streaming_events(ident, connection_timeout=1))
    account.protocol.close()


def test_a_stream_over_the_socket_ends_with_its_time(server: CheckedExchange, now: list[datetime]) -> None:
    account = make_account(server)

    def later() -> None:
        until_streaming(server)
        now[0] += timedelta(minutes=1)

    with account.calendar.streaming_subscription() as ident:
        assert hear(account, ident, server, later) == []
    account.protocol.close()


def test_a_server_that_stops_ends_its_streams(server: CheckedExchange) -> None:
    account = make_account(server)
    ident = subscribe(server)
    heard: list[Exception] = []

    def run() -> None:
        try:
            list(account.calendar.get_streaming_events(ident, connection_timeout=1))
        except Exception as problem:  # noqa: BLE001 - whatever the client makes of it
            heard.append(problem)

    thread = Thread(target=run, daemon=True)
    thread.start()
    until_streaming(server)
    server.stop()
    thread.join(20)
    assert not thread.is_alive()
    account.protocol.close()
