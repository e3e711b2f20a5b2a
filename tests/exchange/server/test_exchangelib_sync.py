"""Unmodified exchangelib keeps copies of folders in step with the embedded Exchange."""

from datetime import timedelta
from typing import Any

import pytest
from exchangelib.errors import ErrorInvalidSyncStateData, ErrorSubscriptionNotFound

from lyncdesk.exchange_server.model import Entry, Pattern, Recurrence
from tests.exchange.server.conftest import ANNA
from tests.exchange.server.wire import MONDAY, CheckedExchange

HOUR = timedelta(hours=1)


def changes(account: Any, **options: Any) -> list[tuple[str, Any]]:
    return list(account.calendar.sync_items(only_fields=["subject", "start"], **options))


def test_items_are_synchronised(exchange: CheckedExchange, account: Any) -> None:
    budget = exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    exchange.add_entry(
        ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=Recurrence(Pattern("daily"), MONDAY.date()))
    )
    assert [(kind, item.subject) for kind, item in changes(account)] == [
        ("create", "Budget"),
        ("create", "Daily"),
    ]
    state = account.calendar.item_sync_state
    assert changes(account, sync_state=state) == []
    exchange.change_entry(ANNA, budget.key, subject="Budget 2027")
    assert [(kind, item.subject) for kind, item in changes(account, sync_state=state)] == [
        ("update", "Budget 2027")
    ]
    exchange.remove_entry(ANNA, budget.key)
    ((kind, ident),) = changes(account, sync_state=account.calendar.item_sync_state)
    assert (kind, bool(ident.id)) == ("delete", True)


def test_all_parts_of_many_changes_are_fetched(exchange: CheckedExchange, account: Any) -> None:
    for number in range(25):
        exchange.add_entry(ANNA, Entry(f"{number}", MONDAY, MONDAY + HOUR))
    found = changes(account, max_changes_returned=10)
    assert [item.subject for _kind, item in found] == [f"{number}" for number in range(25)]
    assert exchange.counters.requests["SyncFolderItems"] == 3


def test_a_wrong_state_is_told(account: Any) -> None:
    with pytest.raises(ErrorInvalidSyncStateData):
        changes(account, sync_state="rubbish")


def test_folders_are_synchronised(account: Any) -> None:
    found = list(account.root.sync_hierarchy())
    assert {kind for kind, _folder in found} == {"create"}
    assert {"Calendar", "Contacts", "Inbox", "Tasks"} <= {folder.name for _kind, folder in found}
    assert list(account.root.sync_hierarchy(sync_state=account.root.folder_sync_state)) == []


def test_a_pull_subscription_hears_of_changes(exchange: CheckedExchange, account: Any) -> None:
    with account.calendar.pull_subscription(event_types=["CreatedEvent", "DeletedEvent"]) as (ident, mark):
        entry = exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
        (notification,) = account.calendar.get_events(ident, mark)
        (event,) = notification.events
        assert (event.ELEMENT_NAME, event.timestamp) == ("CreatedEvent", MONDAY)
        assert [item.id for item in account.calendar.all().only("id")] == [event.item_id.id]
        exchange.remove_entry(ANNA, entry.key)
        (notification,) = account.calendar.get_events(ident, event.watermark)
        assert [event.ELEMENT_NAME for event in notification.events] == ["DeletedEvent"]
    with pytest.raises(ErrorSubscriptionNotFound):
        list(account.calendar.get_events(ident, mark))
