"""Evolution, with its EWS backend as distributions ship it, uses the embedded Exchange."""

from datetime import UTC, datetime, timedelta

from lyncdesk.exchange_server.model import Entry
from tests.strangers.conftest import ANNA, PASSWORDS, VisitedExchange
from tests.strangers.evolution import Evolution
from tests.waiting import wait_for

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_it_asks_the_server_over_its_socket(exchange: VisitedExchange, evolution: Evolution) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    assert exchange.url
    with evolution.account(exchange.url, ANNA, PASSWORDS[ANNA]) as account:
        assert "Calendar" in account.folders
        wait_for(lambda: exchange.counters.requests.get("GetItem"), "the items")
    asked = exchange.counters.requests
    assert {"GetFolder", "SyncFolderHierarchy", "SyncFolderItems", "GetItem"} <= asked.keys()
