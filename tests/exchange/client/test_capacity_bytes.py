"""What `lyncdesk capacity` takes a check to weigh is what a check of such a calendar weighs."""

import time
from datetime import UTC, datetime

import pytest

from lyncdesk.calendars.exchange import ExchangeCalendar
from lyncdesk.capacity.cost import ASSUMED
from lyncdesk.capacity.measure import Measured, measure
from lyncdesk.client.options import Account
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange.session import ExchangeSession
from lyncdesk.exchange_server.model import Entry
from tests.exchange.client.sessions import NOW, PASSWORD, Passwords
from tests.exchange.server.wire import checked_exchange

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANNA = "anna.keller@example.com"
# Four meetings on each of the four days that a check asks for.
ITEMS = [
    Entry(
        subject=f"Project meeting {number}",
        location=f"Room {number}",
        start=datetime(2026, 3, 1 + day, 8 + 2 * number, tzinfo=UTC),
        end=datetime(2026, 3, 1 + day, 9 + 2 * number, tzinfo=UTC),
        meeting=True,
    )
    for day in range(4)
    for number in range(4)
]


async def measured(worker: ExchangeWorker) -> Measured:
    async def no_rest(_: float) -> None:
        """The server of the test is nobody's."""

    with checked_exchange(lambda: NOW) as server:
        server.add_person(ANNA, PASSWORD, zone="UTC")
        for entry in ITEMS:
            server.add_entry(ANNA, entry)
        account = Account(ANNA, server=server.start())
        session = ExchangeSession(account, Passwords(), monotonic=time.monotonic, worker=worker)
        try:
            return await measure(ExchangeCalendar(session), "UTC", now=lambda: NOW, wait=no_rest, checks=4)
        finally:
            await session.close()


async def test_a_check_weighs_what_is_assumed(worker: ExchangeWorker) -> None:
    found = await measured(worker)
    assert found.requests_per_check == ASSUMED.requests
    assert found.bytes_per_check == pytest.approx(ASSUMED.traffic, rel=0.1)
