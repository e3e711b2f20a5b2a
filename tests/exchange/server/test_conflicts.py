"""Writing by change key: who was second is told, of a series too, and Show As is written to either."""

from datetime import timedelta

import pytest

from lyncdesk.exchange_server.model import Changed, Entry, Pattern, Recurrence
from tests.exchange.server.conftest import ANNA
from tests.exchange.server.wire import (
    MASTERS,
    MONDAY,
    CheckedExchange,
    ask,
    codes,
    delete,
    find_item,
    ids,
    item_id,
    set_field,
    texts,
    update,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAILY = Recurrence(Pattern("daily"), MONDAY.date(), count=4)


def show_as(word: str) -> str:
    inside = f"<t:LegacyFreeBusyStatus>{word}</t:LegacyFreeBusyStatus>"
    return set_field("calendar:LegacyFreeBusyStatus", inside)


def subject(words: str) -> str:
    return set_field("item:Subject", f"<t:Subject>{words}</t:Subject>")


def shown(exchange: CheckedExchange, uri: str = "calendar:LegacyFreeBusyStatus") -> list[str]:
    return texts(ask(exchange, ANNA, find_item(uri)), f".//t:{uri.partition(':')[2]}")


def the_ids(exchange: CheckedExchange, *, master: bool = False) -> list[tuple[str, str]]:
    return ids(ask(exchange, ANNA, find_item(view=MASTERS if master else "")))


def series(exchange: CheckedExchange) -> Entry:
    return exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=DAILY))


@pytest.mark.parametrize("word", ["Free", "Tentative", "Busy", "OOF", "WorkingElsewhere"])
def test_show_as_of_an_item_is_set_and_set_back(exchange: CheckedExchange, word: str) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, show_as="Tentative"))
    answer = ask(exchange, ANNA, update(item_id(*the_ids(exchange)[0]), show_as(word)))
    assert (codes(answer), shown(exchange)) == (["NoError"], [word])
    (fresh,) = ids(answer)
    assert the_ids(exchange) == [fresh], "the answer has the key that the next change needs"
    assert codes(ask(exchange, ANNA, update(item_id(*fresh), show_as("Tentative")))) == ["NoError"]
    assert shown(exchange) == ["Tentative"]


def test_show_as_of_one_occurrence_is_its_own(exchange: CheckedExchange) -> None:
    series(exchange)
    second = the_ids(exchange)[1]
    answer = ask(exchange, ANNA, update(item_id(*second), show_as("Free")))
    assert (codes(answer), shown(exchange)) == (["NoError"], ["Busy", "Free", "Busy", "Busy"])
    (fresh,) = ids(answer)
    assert fresh[0] == second[0]
    assert fresh[1] != second[1]
    assert codes(ask(exchange, ANNA, update(item_id(*second), show_as("OOF")))) == [
        "ErrorIrresolvableConflict"
    ]
    assert codes(ask(exchange, ANNA, update(item_id(*fresh), show_as("Busy")))) == ["NoError"]
    assert shown(exchange) == ["Busy"] * 4


def test_show_as_of_a_series_is_that_of_all_that_have_none_of_their_own(exchange: CheckedExchange) -> None:
    entry = series(exchange)
    late = Entry("Late", MONDAY + DAY + HOUR, MONDAY + DAY + 2 * HOUR)
    away = Entry("Daily", MONDAY + 2 * DAY, MONDAY + 2 * DAY + HOUR, show_as="OOF")
    exchange.change_entry(
        ANNA, entry.key, changed=(Changed(MONDAY + DAY, late), Changed(MONDAY + 2 * DAY, away))
    )
    (master,) = the_ids(exchange, master=True)
    assert codes(ask(exchange, ANNA, update(item_id(*master), show_as("Free"), subject("Stand-up")))) == [
        "NoError"
    ]
    assert shown(exchange) == ["Free", "Free", "OOF", "Free"]
    assert shown(exchange, "item:Subject") == ["Stand-up", "Late", "Stand-up", "Stand-up"]


@pytest.mark.parametrize(
    ("how", "theirs", "mine", "code"),
    [
        ("AutoResolve", (1, "show"), (2, "show"), "NoError"),
        ("AutoResolve", (1, "show"), (1, "subject"), "NoError"),
        ("AutoResolve", (1, "show"), (1, "show"), "ErrorIrresolvableConflict"),
        ("AutoResolve", (0, "show"), (1, "show"), "ErrorIrresolvableConflict"),
        ("AutoResolve", (1, "show"), (0, "show"), "ErrorIrresolvableConflict"),
        ("AutoResolve", (0, "subject"), (1, "show"), "NoError"),
        ("NeverOverwrite", (1, "show"), (2, "show"), "ErrorIrresolvableConflict"),
        ("AlwaysOverwrite", (1, "show"), (1, "show"), "NoError"),
    ],
)
def test_what_is_a_conflict_in_a_series(
    exchange: CheckedExchange, how: str, theirs: tuple[int, str], mine: tuple[int, str], code: str
) -> None:
    """0 is the master, 1 and 2 are occurrences."""
    series(exchange)
    known = [*the_ids(exchange, master=True), *the_ids(exchange)]
    change = {"show": show_as("OOF"), "subject": subject("x")}
    assert codes(
        ask(exchange, ANNA, update(item_id(known[theirs[0]][0]), change[theirs[1]], how="AlwaysOverwrite"))
    ) == ["NoError"]
    assert codes(ask(exchange, ANNA, update(item_id(*known[mine[0]]), change[mine[1]], how=how))) == [code]


def test_a_deleted_occurrence_is_no_conflict_for_another(exchange: CheckedExchange) -> None:
    series(exchange)
    known = the_ids(exchange)
    ask(exchange, ANNA, delete(item_id(known[0][0])))
    assert codes(ask(exchange, ANNA, update(item_id(*known[1]), show_as("Free"), how="AutoResolve"))) == [
        "NoError"
    ]
    assert codes(ask(exchange, ANNA, update(item_id(*known[0]), show_as("Free"), how="AutoResolve"))) == [
        "ErrorItemNotFound"
    ]
    assert shown(exchange) == ["Free", "Busy", "Busy"]


def test_what_somebody_changed_by_hand_is_a_conflict(exchange: CheckedExchange) -> None:
    entry = exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    (known,) = the_ids(exchange)
    exchange.change_entry(ANNA, entry.key, subject="Other")
    for how in ("NeverOverwrite", "AutoResolve"):
        assert codes(ask(exchange, ANNA, update(item_id(*known), show_as("Free"), how=how))) == [
            "ErrorIrresolvableConflict"
        ]
    assert shown(exchange) == ["Busy"]
