"""The store keeps values, tells of changes, and stays whole under many hands."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from lyncdesk.exchange_server.model import Changed, Entry, Pattern, Recurrence
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import MONDAY, CheckedExchange, ask, find_item, texts

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BUDGET = Entry("Budget", MONDAY, MONDAY + HOUR)
SUBJECTS = "m:ResponseMessages/m:FindItemResponseMessage/m:RootFolder/t:Items/t:CalendarItem/t:Subject"


def test_an_entry_gets_a_key_a_uid_and_a_version(exchange: CheckedExchange) -> None:
    first, second = (exchange.add_entry(ANNA, BUDGET) for _ in range(2))
    assert first.key != second.key
    assert first.uid != second.uid
    assert second.version > first.version > 0
    assert (first.created, first.modified) == (MONDAY, MONDAY)


def test_the_exceptions_of_a_series_go_under_its_uid(exchange: CheckedExchange) -> None:
    series = replace(BUDGET, recurrence=Recurrence(Pattern("daily"), MONDAY.date(), count=3))
    moved = Changed(MONDAY + DAY, Entry("Moved", MONDAY + DAY + HOUR, MONDAY + DAY + 2 * HOUR))
    made = exchange.add_entry(ANNA, replace(series, changed=(moved,)))
    later = exchange.add_entry(ANNA, series)
    assert made.uid == made.changed[0].entry.uid
    changed = exchange.change_entry(ANNA, later.key, changed=(moved,))
    assert later.uid == changed.changed[0].entry.uid
    assert changed.changed[0].entry.created == later.created == MONDAY
    asked = ask(exchange, ANNA, find_item("calendar:UID"))
    uids = texts(asked, SUBJECTS.replace("Subject", "UID"))
    assert uids == [made.uid, later.uid] * 3


def test_the_same_actions_give_the_same_ids() -> None:
    def keys() -> list[tuple[str, str]]:
        exchange = CheckedExchange()
        exchange.add_person(ANNA, "x")
        return [(one.key, one.uid) for one in (exchange.add_entry(ANNA, BUDGET) for _ in range(3))]

    assert keys() == keys()


def test_a_change_is_seen_by_the_next_request(exchange: CheckedExchange) -> None:
    entry = exchange.add_entry(ANNA, BUDGET)
    changed = exchange.change_entry(
        ANNA, entry.key, subject="Moved", start=MONDAY + HOUR, end=MONDAY + 2 * HOUR
    )
    assert (changed.key, changed.uid) == (entry.key, entry.uid)
    assert changed.version > entry.version
    assert texts(ask(exchange, ANNA, find_item("item:Subject")), SUBJECTS) == ["Moved"]
    exchange.remove_entry(ANNA, entry.key)
    assert texts(ask(exchange, ANNA, find_item("item:Subject")), SUBJECTS) == []


def test_listeners_are_told_whose_mailbox_changed(exchange: CheckedExchange) -> None:
    told: list[str] = []
    stop = exchange.on_change(told.append)
    entry = exchange.add_entry(ANNA.upper(), BUDGET)
    exchange.change_entry(ANNA, entry.key, subject="x")
    exchange.share(BEN, "None")
    exchange.remove_entry(ANNA, entry.key)
    stop()
    stop()
    exchange.add_entry(ANNA, BUDGET)
    assert told == [ANNA, ANNA, BEN, ANNA]


def test_a_listener_may_use_the_store(exchange: CheckedExchange) -> None:
    seen: list[int] = []
    exchange.on_change(lambda address: seen.append(len(exchange.entries(address))))
    exchange.add_entry(ANNA, BUDGET)
    assert seen == [1]


@pytest.mark.parametrize(
    "entry",
    [
        replace(BUDGET, start=MONDAY.replace(tzinfo=None)),
        replace(BUDGET, end=MONDAY.replace(tzinfo=None)),
        replace(BUDGET, end=MONDAY - HOUR),
    ],
)
def test_an_entry_without_sense_is_refused(exchange: CheckedExchange, entry: Entry) -> None:
    with pytest.raises(ValueError, match="an entry's"):
        exchange.add_entry(ANNA, entry)
    kept = exchange.add_entry(ANNA, BUDGET)
    with pytest.raises(ValueError, match="an entry's"):
        exchange.change_entry(ANNA, kept.key, start=entry.start, end=entry.end)
    assert exchange.entries(ANNA) == (kept,)


def test_unknown_people_and_entries_are_key_errors(exchange: CheckedExchange) -> None:
    for action in (
        lambda: exchange.add_entry("x@example.com", BUDGET),
        lambda: exchange.change_entry(ANNA, "none", subject="x"),
        lambda: exchange.remove_entry(ANNA, "none"),
        lambda: exchange.entries("x@example.com"),
    ):
        with pytest.raises(KeyError):
            action()


def test_an_address_belongs_to_one_person(exchange: CheckedExchange) -> None:
    for address, aliases in ((ANNA.upper(), ()), ("new@example.com", (BEN,))):
        with pytest.raises(ValueError, match="is taken"):
            exchange.add_person(address, "x", aliases=aliases)
    assert exchange.store.mailbox("new@example.com") is None


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(CheckedExchange().add_person(ANNA, "secret"))


def test_changes_from_many_threads_all_count(exchange: CheckedExchange) -> None:
    entry = exchange.add_entry(ANNA, replace(BUDGET, body=""))

    def append(_number: int) -> None:
        exchange.store.change(ANNA, entry.key, lambda old: replace(old, body=old.body + "x"))
        exchange.add_entry(BEN, BUDGET)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(100)))
    assert len(exchange.entries(ANNA)[0].body) == 100
    assert len({one.key for one in exchange.entries(BEN)}) == 100


def test_what_fails_changes_nothing(exchange: CheckedExchange) -> None:
    entry = exchange.add_entry(ANNA, BUDGET)

    def fail(_entry: Entry) -> Entry:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        exchange.store.change(ANNA, entry.key, fail)
    assert exchange.entries(ANNA) == (entry,)
