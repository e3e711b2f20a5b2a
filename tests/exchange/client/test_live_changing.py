"""A running client changes Show As in a real mailbox: over the worker, with what others see, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.options import Account
from lyncdesk.client.state import State
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.model import Entry, Pattern, Recurrence
from lyncdesk.presence.items import Item, ShowAs
from tests.exchange.client import raw_server as raw
from tests.exchange.client.live_client import running_client
from tests.exchange.client.raw_server import Behaviour, RawServer, Visit
from tests.exchange.client.sessions import NOW, PASSWORD
from tests.exchange.client.test_changing import UPDATED
from tests.exchange.server.wire import checked_exchange

ANNA = "anna@example.com"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BUDGET = Entry("Budget", NOW - HOUR, NOW + HOUR)


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with checked_exchange(lambda: NOW) as made:
        made.add_person(ANNA, PASSWORD)
        made.start()
        yield made


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
    async with running_client(account(exchange)) as running:
        first = await running.until(settled)
        running.session.post(ev.ShowAsPicked(the(first).id, ShowAs.OOF))
        await running.session.drained()
        assert the(running.state).show_as is ShowAs.OOF  # before Exchange has answered
        state = await running.until(lambda state: settled(state) and state.calendar.undo is not None)
        assert stored(exchange) == ["OOF"]
        assert the(state).change_key != the(first).change_key
        running.session.post(ev.ShowAsUndone())
        await running.until(lambda state: settled(state) and state.calendar.undo is None)
        assert stored(exchange) == ["Busy"]
        assert running.state.calendar.not_written is None


async def test_somebody_elses_change_is_not_written_over_and_is_shown(exchange: Exchange) -> None:
    entry = exchange.add_entry(ANNA, BUDGET)
    async with running_client(account(exchange)) as running:
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
    async with running_client(account(exchange)) as running:
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


def answering(loop: asyncio.AbstractEventLoop, writing: asyncio.Event, after: Event | None) -> Behaviour:
    """A mailbox with one item; who writes to it hears nothing before ``after``, or never."""

    def answer(visit: Visit) -> None:
        if not visit.is_about("UpdateItem"):
            return raw.calendar(raw.ITEM)(visit)
        loop.call_soon_threadsafe(writing.set)
        (after or visit.over).wait(60)
        return visit.answers(UPDATED)

    return answer


async def test_a_change_that_is_cut_off_because_the_account_changes_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lyncdesk.client.runtime._LAST_WRITE", 0.01)
    writing = asyncio.Event()
    behaviour = answering(asyncio.get_running_loop(), writing, None)
    with RawServer(behaviour) as old, RawServer(raw.calendar()) as new:
        async with running_client(old.account()) as running:
            first = await running.until(settled)
            running.session.post(ev.ShowAsPicked(the(first).id, ShowAs.OOF))
            await writing.wait()
            await running.session.save_account(new.account(), PASSWORD, keep=False)
            state = await running.until(lambda state: settled(state) and not state.calendar.items)
            failed = state.calendar.not_written
            assert failed is not None
            assert (failed.item.subject, failed.wanted) == ("Budget", ShowAs.OOF)
            assert failed.problem.name == "worker-failed"


@pytest.mark.parametrize("leave", ["another account", "no account"])
async def test_a_change_that_is_under_way_is_written_before_its_account_is_left(
    leave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lyncdesk.client.runtime._LAST_WRITE", 60)  # however slow the machine is
    writing, after = asyncio.Event(), Event()
    behaviour = answering(asyncio.get_running_loop(), writing, after)
    with RawServer(behaviour) as old, RawServer(raw.calendar()) as new:
        async with running_client(old.account()) as running:
            first = await running.until(settled)
            running.session.post(ev.ShowAsPicked(the(first).id, ShowAs.OOF))
            await writing.wait()
            asyncio.get_running_loop().call_later(0.2, after.set)
            if leave == "no account":
                await running.session.forget_account()
            else:
                await running.session.save_account(new.account(), PASSWORD, keep=False)
            await running.session.drained()
            calendar = running.state.calendar
            assert (calendar.not_written, calendar.adrift, calendar.undo) == (None, (), None)
