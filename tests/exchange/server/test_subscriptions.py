"""Subscribe, GetEvents and Unsubscribe: a client is told of what happens, once, and of the end."""

from datetime import datetime, timedelta

import pytest

from lyncdesk.exchange_server import history, subscriptions
from lyncdesk.exchange_server.model import Entry
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
    CALENDAR,
    MONDAY,
    CheckedExchange,
    Element,
    ask,
    codes,
    delete,
    find,
    find_item,
    ids,
    item_id,
    of,
    text,
)

HOUR = timedelta(hours=1)
BUDGET = Entry("Budget", MONDAY, MONDAY + HOUR)
ALL = ("CopiedEvent", "CreatedEvent", "DeletedEvent", "ModifiedEvent", "MovedEvent")
SUBSCRIBED = "m:ResponseMessages/m:SubscribeResponseMessage"
TOLD = "m:ResponseMessages/m:GetEventsResponseMessage/m:Notification"


def pull(*kinds: str, folders: str = CALENDAR, timeout: int = 10, watermark: str = "",
         everything: str = "") -> str:  # fmt: skip
    inside = f"<t:FolderIds>{folders}</t:FolderIds>" if folders else ""
    types = "".join(f"<t:EventType>{kind}</t:EventType>" for kind in kinds or ALL)
    since = f"<t:Watermark>{watermark}</t:Watermark>" if watermark else ""
    whole = f' SubscribeToAllFolders="{everything}"' if everything else ""
    return (
        f"<m:Subscribe><m:PullSubscriptionRequest{whole}>{inside}<t:EventTypes>{types}</t:EventTypes>{since}"
        f"<t:Timeout>{timeout}</t:Timeout></m:PullSubscriptionRequest></m:Subscribe>"
    )


def events(ident: str, watermark: str) -> str:
    return (
        f"<m:GetEvents><m:SubscriptionId>{ident}</m:SubscriptionId>"
        f"<m:Watermark>{watermark}</m:Watermark></m:GetEvents>"
    )


def unsubscribe(ident: str) -> str:
    return f"<m:Unsubscribe><m:SubscriptionId>{ident}</m:SubscriptionId></m:Unsubscribe>"


class Listener:
    """A client with one subscription."""

    def __init__(self, exchange: CheckedExchange, request: str = "", user: str = ANNA) -> None:
        self.exchange = exchange
        self.user = user
        answer = ask(exchange, user, request or pull())
        assert codes(answer) == ["NoError"]
        self.ident = text(answer, f"{SUBSCRIBED}/m:SubscriptionId") or ""
        self.watermark = text(answer, f"{SUBSCRIBED}/m:Watermark") or ""
        self.more = False
        self.answer: Element | None = None

    def hear(self) -> list[str]:
        self.answer = ask(self.exchange, self.user, events(self.ident, self.watermark))
        assert codes(self.answer) == ["NoError"]
        told = find(self.answer, TOLD)
        assert text(told, "t:PreviousWatermark") == self.watermark
        self.more = text(told, "t:MoreEvents") == "true"
        found = [event for event in told if event.tag.endswith("Event")]
        self.watermark = text(found[-1], "t:Watermark") or ""
        return [event.tag.rpartition("}")[2] for event in found]


def test_events_are_told_once_and_in_order(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, BUDGET)
    client = Listener(exchange)
    assert client.hear() == ["StatusEvent"]
    lunch = exchange.add_entry(ANNA, Entry("Lunch", MONDAY, MONDAY + HOUR))
    exchange.change_entry(ANNA, lunch.key, subject="Late lunch")
    exchange.add_entry(BEN, BUDGET)
    assert client.hear() == ["CreatedEvent", "ModifiedEvent"]
    shown = ids(ask(exchange, ANNA, find_item()))
    assert client.answer is not None
    assert ids(find(client.answer, f"{TOLD}/t:ModifiedEvent"))[0] in shown
    assert client.hear() == ["StatusEvent"]
    exchange.remove_entry(ANNA, lunch.key)
    assert client.hear() == ["DeletedEvent"]


def test_a_watermark_can_be_used_again(exchange: CheckedExchange) -> None:
    client = Listener(exchange)
    begun = client.watermark
    exchange.add_entry(ANNA, BUDGET)
    assert client.hear() == ["CreatedEvent"]
    client.watermark = begun
    assert client.hear() == ["CreatedEvent"]
    later = Listener(exchange, pull(watermark=begun))
    assert later.hear() == ["CreatedEvent"], "a new subscription goes on where an old one was"


def test_moving_is_told_with_both_places(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, BUDGET)
    client = Listener(exchange)
    ((ident, _key),) = ids(ask(exchange, ANNA, find_item()))
    ask(exchange, ANNA, delete(item_id(ident), how="MoveToDeletedItems"))
    assert client.hear() == ["MovedEvent"]
    assert client.answer is not None
    moved = find(client.answer, f"{TOLD}/t:MovedEvent")
    assert find(moved, "t:OldItemId").get("Id") == ident
    assert find(moved, "t:ItemId").get("Id") != ident
    assert find(moved, "t:OldParentFolderId").get("Id") != find(moved, "t:ParentFolderId").get("Id")


def test_only_what_was_asked_for_is_told(exchange: CheckedExchange) -> None:
    deleted = Listener(exchange, pull("DeletedEvent"))
    inbox = Listener(exchange, pull(folders='<t:DistinguishedFolderId Id="inbox"/>'))
    busy = Listener(exchange, pull("FreeBusyChangedEvent"))
    everything = Listener(exchange, pull(folders="", everything="true"))
    entry = exchange.add_entry(ANNA, BUDGET)
    assert (deleted.hear(), inbox.hear(), busy.hear(), everything.hear()) == (
        ["StatusEvent"],
        ["StatusEvent"],
        ["FreeBusyChangedEvent"],
        ["CreatedEvent"],
    )
    exchange.remove_entry(ANNA, entry.key)
    assert deleted.hear() == ["DeletedEvent"]


def test_contacts_are_told_of_too(exchange: CheckedExchange) -> None:
    client = Listener(exchange, pull(folders='<t:DistinguishedFolderId Id="contacts"/>'))
    inside = "<t:Contact><t:DisplayName>Ben</t:DisplayName></t:Contact>"
    made = ask(exchange, ANNA, f"<m:CreateItem><m:Items>{inside}</m:Items></m:CreateItem>")
    assert client.hear() == ["CreatedEvent"]
    assert client.answer is not None
    assert ids(client.answer) == ids(made)


def test_many_events_come_in_parts(exchange: CheckedExchange) -> None:
    client = Listener(exchange)
    for _ in range(subscriptions.MOST_EVENTS + 10):
        exchange.add_entry(ANNA, BUDGET)
    first = client.hear()
    assert client.more
    assert first + client.hear() == ["CreatedEvent"] * (subscriptions.MOST_EVENTS + 10)
    assert not client.more


def test_who_is_too_far_behind_is_told_so(exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_EVENTS", 3)
    client = Listener(exchange)
    for _ in range(4):
        exchange.add_entry(ANNA, BUDGET)
    answer = ask(exchange, ANNA, events(client.ident, client.watermark))
    assert codes(answer) == ["ErrorMissedNotificationEvents"]


def test_a_subscription_ends_when_it_is_ended(exchange: CheckedExchange) -> None:
    client = Listener(exchange)
    assert codes(ask(exchange, BEN, events(client.ident, client.watermark))) == [
        "ErrorSubscriptionAccessDenied"
    ]
    assert codes(ask(exchange, BEN, unsubscribe(client.ident))) == ["ErrorSubscriptionAccessDenied"]
    assert codes(ask(exchange, ANNA, unsubscribe(client.ident))) == ["NoError"]
    assert codes(ask(exchange, ANNA, unsubscribe(client.ident))) == ["ErrorSubscriptionNotFound"]
    assert codes(ask(exchange, ANNA, events(client.ident, client.watermark))) == ["ErrorSubscriptionNotFound"]


def test_a_subscription_that_nobody_uses_expires() -> None:
    now: list[datetime] = [MONDAY]
    exchange = CheckedExchange(lambda: now[0])
    exchange.add_person(ANNA, "x")
    client = Listener(exchange, pull(timeout=10))
    for _ in range(3):
        now[0] += timedelta(minutes=9)
        assert client.hear() == ["StatusEvent"], "each question gives it new time"
    now[0] += timedelta(minutes=10)
    for _ in range(2):
        answer = ask(exchange, ANNA, events(client.ident, client.watermark))
        assert codes(answer) == ["ErrorExpiredSubscription"]
    assert exchange.found == []


def test_a_person_has_a_bounded_number_of_them(exchange: CheckedExchange) -> None:
    clients = [Listener(exchange) for _ in range(subscriptions.MOST)]
    assert codes(ask(exchange, ANNA, pull())) == ["ErrorExceededSubscriptionCount"]
    assert codes(ask(exchange, BEN, pull())) == ["NoError"]
    ask(exchange, ANNA, unsubscribe(clients[0].ident))
    assert codes(ask(exchange, ANNA, pull())) == ["NoError"]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (pull(folders=""), "ErrorInvalidSubscriptionRequest"),
        (pull(everything="1"), "ErrorInvalidSubscriptionRequest"),
        (pull(folders=of(BEN)), "ErrorSubscriptionDelegateAccessNotSupported"),
        (pull(watermark="rubbish"), "ErrorInvalidWatermark"),
        (pull(watermark="QUJD"), "ErrorInvalidWatermark"),
        (events("unknown", "x"), "ErrorSubscriptionNotFound"),
    ],
)
def test_what_cannot_be_subscribed_to_is_refused(exchange: CheckedExchange, request_: str, code: str) -> None:
    exchange.share(BEN, "FullDetails", ANNA)
    assert codes(ask(exchange, ANNA, request_)) == [code]


@pytest.mark.parametrize("request_", [pull(timeout=0), pull(timeout=1441), pull("NoEvent")])
def test_what_the_schema_does_not_allow_is_a_fault(exchange: CheckedExchange, request_: str) -> None:
    exchange.check_requests = False
    assert codes(ask(exchange, ANNA, request_)) == ["ErrorSchemaValidation"]


def test_nobody_is_called_back(exchange: CheckedExchange) -> None:
    push = (
        pull()
        .replace("PullSubscription", "PushSubscription")
        .replace(
            "<t:Timeout>10</t:Timeout>", "<t:StatusFrequency>1</t:StatusFrequency><t:URL>http://x</t:URL>"
        )
    )
    assert codes(ask(exchange, ANNA, push)) == ["ErrorInvalidPushSubscriptionUrl"]
