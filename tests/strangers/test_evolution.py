"""Evolution, with its EWS backend as distributions ship it, uses the embedded Exchange."""

from datetime import UTC, datetime, timedelta

import pytest

from lyncdesk.exchange_server.model import Entry
from tests.strangers.conftest import ANNA, PASSWORDS, VisitedExchange
from tests.strangers.evolution import Evolution
from tests.waiting import wait_for

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize("method", ["PLAIN", "NTLM"])
def test_it_signs_in_and_asks_over_the_socket(
    exchange: VisitedExchange, evolution: Evolution, method: str
) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    assert exchange.url
    with evolution.account(exchange.url, ANNA, PASSWORDS[ANNA], method) as account:
        assert "Calendar" in account.folders
        wait_for(lambda: exchange.counters.requests.get("GetItem"), "the items")
    asked = exchange.counters.requests
    assert {"GetFolder", "SyncFolderHierarchy", "SyncFolderItems", "GetItem"} <= asked.keys()
