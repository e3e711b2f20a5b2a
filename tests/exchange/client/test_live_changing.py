"""A running client changes Show As in a real mailbox: over the worker, with what others see, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.options import Account
from lyncdesk.client.state import State
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.model import Entry, Pattern, Recurrence
from lyncdesk.presence.items import Item, ShowAs
from tests.exchange.client.sessions import NOW, PASSWORD
from tests.exchange.client.test_live_account import client

ANNA = "anna@example.com"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BUDGET = Entry("Budget", NOW - HOUR, NOW + HOUR)


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    made = Exchange(lambda: NOW)
    made.add_person(ANNA, PASSWORD)
    made.start()
    yield made
    made.stop()


def account(exchange: Exchange) -> Account:
    return Account(ANNA, server=exchange.url or "")


def the(state: State, subject: str = "Budget") -> Item:
    return next(item for item in state.calendar.items if item.subject == subject)


def settled(state: State) -> bool:
    calendar = state.calendar
    return calendar.as_of is not None and calendar.checking_since is None and not calendar.changes


def stored(exchange: Exchange) -> list[str | None]:
    return [entry.show_as for entry in exchange.entries(ANNA)]


async def test_a_picked_show_as_reaches_the_mailbox_and_undo_takes_it_back(exchange: Exchange) -> None:
    exchange.add_entry(ANNA, BUDGET)
    async with client(account(exchange)) as running:
        first = await running.until(settled)
        running.session.post(ev.ShowAsPicked(the(first).id, ShowAs.OOF))
        await running.session.drained()
        assert the(running.session.state).show_as is ShowAs.OOF  # before Exchange has answered
        state = await running.until(lambda state: settled(state) and state.calendar.undo is not None)
        assert stored(exchange) == ["OOF"]
        assert the(state).change_key != the(first).change_key
        running.session.post(ev.ShowAsUndone())
        await running.until(lambda state: settled(state) and state.calendar.undo is None)
        assert stored(exchange) == ["Busy"]
        assert running.session.state.calendar.not_written is None


async def test_somebody_elses_change_is_not_written_over_and_is_shown(exchange: Exchange) -> None:
    entry = exchange.add_entry(ANNA, BUDGET)
    async with client(account(exchange)) as running:
        first = await running.until(settled)
        exchange.change_entry(ANNA, entry.key, show_as="Tentative", subject="Moved")
        running.session.post(ev.ShowAsPicked(the(first).id, ShowAs.FREE))
        state = await running.until(lambda state: settled(state) and state.calendar.not_written is not None)
        failed = state.calendar.not_written
        assert failed is not None
        assert failed.problem.name == "item-changed"
        state = await running.until(lambda state: any(i.subject == "Moved" for i in state.calendar.items))
        assert the(state, "Moved").show_as is ShowAs.TENTATIVE
        assert stored(exchange) == ["Tentative"]


async def test_an_occurrence_and_then_its_whole_series_are_written(exchange: Exchange) -> None:
    daily = Recurrence(Pattern("daily"), NOW.date())
    exchange.add_entry(ANNA, replace(BUDGET, recurrence=daily))
    async with client(account(exchange)) as running:
        first = await running.until(settled)
        today, tomorrow, *_ = first.calendar.items
        running.session.post(ev.ShowAsPicked(today.id, ShowAs.FREE))
        state = await running.until(lambda state: settled(state) and state.calendar.undo is not None)
        assert [item.show_as for item in state.calendar.items][:2] == [ShowAs.FREE, ShowAs.BUSY]
        running.session.post(ev.ShowAsPicked(tomorrow.id, ShowAs.TENTATIVE, series=True))
        await running.session.drained()
        state = await running.until(
            lambda state: settled(state) and state.calendar.undo is not None and state.calendar.undo.whole
        )
        shown = [item.show_as for item in state.calendar.items]
        assert shown == [ShowAs.FREE, *[ShowAs.TENTATIVE] * (len(shown) - 1)]
        running.session.post(ev.ShowAsUndone())
        state = await running.until(lambda state: settled(state) and state.calendar.undo is None)
        shown = [item.show_as for item in state.calendar.items]
        assert shown == [ShowAs.FREE, *[ShowAs.BUSY] * (len(shown) - 1)]
        assert stored(exchange) == ["Busy"]
