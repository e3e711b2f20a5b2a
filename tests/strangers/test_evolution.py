"""Evolution, with its EWS backend as distributions ship it, uses the embedded Exchange."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from lyncdesk.exchange_server.model import Entry
from tests.strangers.conftest import ANNA, BEN, PASSWORDS, VisitedExchange
from tests.strangers.evolution import Account, Evolution
from tests.waiting import wait_for

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST, LAST = (int(datetime(2026, 3, day, tzinfo=UTC).timestamp()) for day in (1, 31))


@pytest.fixture
def anna(exchange: VisitedExchange, evolution: Evolution) -> Iterator[Account]:
    """Anna's account in Evolution, with an empty calendar on the server."""
    assert exchange.url
    with evolution.account(exchange.url, ANNA, PASSWORDS[ANNA]) as account:
        yield account


def test_it_takes_in_the_folders_over_the_socket(exchange: VisitedExchange, anna: Account) -> None:
    wait_for(lambda: {"Calendar", "Tasks", "Contacts"} <= set(anna("folders")), "the folders")
    wait_for(lambda: exchange.counters.requests.get("SyncFolderItems"), "the items")
    asked = exchange.counters.requests
    assert {"GetFolder", "SyncFolderHierarchy", "SyncFolderItems"} == asked.keys()
    assert {code for one in exchange.counters.log(ANNA) for code in one.codes} == {"NoError"}


def test_it_asks_when_other_people_are_free(exchange: VisitedExchange, anna: Account) -> None:
    exchange.add_entry(BEN, Entry("Secret plans", MONDAY, MONDAY + HOUR, show_as="OOF"))
    found = "".join(anna("free_busy", addresses=[BEN], start=FIRST, end=FIRST + 7 * 86400))
    assert "20260302T080000Z/20260302T090000Z" in found
    assert "Secret" not in found
    assert exchange.counters.requests["GetUserAvailability"] == 1
