"""A changed Show As: shown at once, written back, put back when that fails, and undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.changing import TOLD_FOR, why_not
from lyncdesk.client.ports import ItemKey, Written
from lyncdesk.client.problems import Problem
from lyncdesk.client.report_cleaning import GONE, Cleaner
from lyncdesk.client.views.show_as import change_line
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item, Recurring, ShowAs
from tests.unit.client.driving import ACCOUNT, Driven, meeting, options, running
from tests.unit.strategies import MINUTE, at

BUDGET = meeting(-10, 50, id="budget", change_key="k1")
LATER = meeting(60, 90, "Plans", id="plans", change_key="k1")


def weekly(number: int, **fields: Any) -> Item:
    """One of a series, a running one and later ones."""
    made = replace(
        meeting(-10 + 100 * number, 50 + 100 * number, "Weekly"),
        id=f"weekly-{number}",
        change_key="w1",
        recurring=Recurring.OCCURRENCE,
        series="uid",
    )
    return replace(made, **fields)


def pick(client: Driven, item: Item, show_as: ShowAs = ShowAs.FREE, *, series: bool = False) -> Any:
    """Pick, and what is to be written (None if nothing is)."""
    effects = client.do(ev.ShowAsPicked(item.id, show_as, series))
    return next((effect for effect in effects if isinstance(effect, ef.ChangeShowAs)), None)


def write(client: Driven, change: ef.ChangeShowAs, key: str = "k2", **fields: Any) -> tuple[ef.Effect, ...]:
    """Let it be written."""
    return client.do(ev.ShowAsWritten(change.number, Written(ItemKey(change.key.id, key), **fields)))


def shown(client: Driven) -> dict[str, ShowAs]:
    return {item.id: item.show_as for item in client.state.calendar.items}


def keys(client: Driven) -> dict[str, str]:
    return {item.id: item.change_key for item in client.state.calendar.items}


def test_a_picked_show_as_is_shown_and_published_at_once_and_sent_with_its_change_key() -> None:
    client = running(BUDGET)
    assert client.text == "In a meeting"
    change = pick(client, BUDGET)
    assert change == ef.ChangeShowAs(1, ItemKey("budget", "k1"), ShowAs.FREE)
    assert client.text == "Available"
    assert client.published[-1].presence.text == "Available"
    assert client.published[-1].busy == ()
    assert client.sent == [0]  # no check


def test_what_was_written_has_its_new_change_key_and_costs_no_check() -> None:
    client = running(BUDGET)
    write(client, pick(client, BUDGET))
    assert (shown(client), keys(client)) == ({"budget": ShowAs.FREE}, {"budget": "k2"})
    assert client.state.calendar.changes == ()
    assert client.sent == [0]
    again = pick(client, BUDGET, ShowAs.OOF)
    assert again.key == ItemKey("budget", "k2")


@pytest.mark.parametrize(
    "item",
    [
        meeting(0, 60),
        meeting(0, 60, id="x"),
        meeting(0, 60, change_key="k"),
        meeting(0, 60, id="x", change_key="k", show_as=ShowAs.FREE),
    ],
)
def test_what_exchange_gives_no_key_for_or_says_so_already_is_not_written(item: Item) -> None:
    client = running(item)
    before = client.state
    assert pick(client, item) is None
    assert client.state.calendar == before.calendar


def test_nothing_is_written_for_an_item_that_is_not_there_or_with_no_data() -> None:
    client = running(BUDGET)
    assert pick(client, LATER) is None
    assert pick(client, BUDGET, ShowAs.NO_DATA) is None
    assert shown(client) == {"budget": ShowAs.BUSY}


def test_a_calendar_that_is_switched_off_or_waits_for_the_person_is_not_written_to() -> None:
    client = running(BUDGET)
    client.choose(update_presence=False)
    assert pick(client, BUDGET) is None
    client = running(BUDGET)
    client.do(ev.CheckNow())
    client.fail("refused-password")
    assert pick(client, BUDGET) is None
    assert why_not(client.state, BUDGET) is not None
    client = running(BUDGET)
    client.do(ev.SignOut())
    assert pick(client, BUDGET) is None


def test_a_change_that_fails_is_put_back_told_and_looked_after() -> None:
    client = running(BUDGET, LATER)
    change = pick(client, BUDGET)
    assert client.text == "Available"
    effects = client.do(ev.ShowAsNotWritten(change.number, Problem.of("item-changed")))
    assert client.text == "In a meeting"
    assert client.published[-1].presence.text == "In a meeting"
    failed = client.state.calendar.not_written
    assert failed is not None
    assert (failed.item.subject, failed.problem) == ("Budget review", Problem.of("item-changed"))
    assert [effect for effect in effects if isinstance(effect, ef.FetchCalendar)]
    client.answer(replace(BUDGET, change_key="k9", show_as=ShowAs.TENTATIVE), LATER)
    assert shown(client)["budget"] is ShowAs.TENTATIVE
    assert pick(client, BUDGET).key == ItemKey("budget", "k9")
    assert client.state.calendar.not_written is None


def test_a_change_whose_answer_was_lost_turns_out_to_be_written() -> None:
    client = running(BUDGET)
    change = pick(client, BUDGET)
    client.do(ev.ShowAsNotWritten(change.number, Problem.of("broken-answer")))
    assert client.text == "In a meeting"
    client.answer(replace(BUDGET, show_as=ShowAs.FREE, change_key="k2"))
    assert (client.text, client.state.calendar.not_written) == ("Available", None)


def test_what_went_wrong_is_told_for_some_time_only() -> None:
    client = running(BUDGET, interval=timedelta(hours=8))
    change = pick(client, BUDGET)
    client.do(ev.ShowAsNotWritten(change.number, Problem.of("timed-out")))
    client.answer(BUDGET)
    client.until(TOLD_FOR / MINUTE - 0.01)
    assert client.state.calendar.not_written is not None
    client.until(TOLD_FOR / MINUTE)
    assert client.state.calendar.not_written is None


def test_a_check_after_a_failure_respects_the_servers_wish_and_the_rest_after_a_failed_check() -> None:
    client = running(BUDGET)
    change = pick(client, BUDGET)
    client.do(ev.ShowAsNotWritten(change.number, Problem.of("server-busy"), 5 * MINUTE))
    assert (client.in_flight, client.next) == (False, 5)
    client = running(BUDGET)
    client.do(ev.CheckNow())
    client.fail("timed-out")
    change = pick(client, BUDGET)
    client.do(ev.ShowAsNotWritten(change.number, Problem.of("timed-out")))
    assert (client.in_flight, client.next) == (False, 1)


def test_the_rhythm_of_the_checks_stays() -> None:
    client = running(BUDGET)
    client.until(7)
    change = pick(client, BUDGET)
    client.do(ev.ShowAsNotWritten(change.number, Problem.of("item-changed")))
    client.answer(BUDGET)
    assert (client.sent, client.next) == ([0, 7], 30)


def test_an_answer_that_was_under_way_before_takes_nothing_away() -> None:
    client = running(BUDGET)
    client.do(ev.CheckNow())
    change = pick(client, BUDGET)
    write(client, change)
    client.answer(BUDGET, LATER)  # of before the change
    assert shown(client) == {"budget": ShowAs.FREE, "plans": ShowAs.BUSY}
    assert keys(client)["budget"] == "k2"
    client.do(ev.CheckNow())
    client.answer(replace(BUDGET, change_key="k3"))  # somebody changed it back
    assert shown(client) == {"budget": ShowAs.BUSY}
    assert client.state.calendar.changes == ()


def test_an_answer_while_it_is_being_written_takes_nothing_away_and_is_what_a_failure_puts_back() -> None:
    client = running(BUDGET)
    client.do(ev.CheckNow())
    change = pick(client, BUDGET)
    client.answer(replace(BUDGET, show_as=ShowAs.OOF, change_key="k5"))
    assert shown(client) == {"budget": ShowAs.FREE}
    client.do(ev.ShowAsNotWritten(change.number, Problem.of("item-changed")))
    assert shown(client) == {"budget": ShowAs.OOF}


def test_an_item_that_is_being_written_waits_and_others_do_not() -> None:
    client = running(BUDGET, LATER)
    first = pick(client, BUDGET)
    assert pick(client, BUDGET, ShowAs.OOF) is None
    second = pick(client, LATER)
    assert [first.number, second.number] == [1, 2]
    write(client, second)
    write(client, first)
    assert shown(client) == {"budget": ShowAs.FREE, "plans": ShowAs.FREE}
    assert client.state.calendar.changes == ()


def test_one_occurrence_changes_alone_and_a_check_brings_the_new_keys_of_the_others() -> None:
    client = running(weekly(0), weekly(1), BUDGET)
    change = pick(client, weekly(0))
    assert change == ef.ChangeShowAs(1, ItemKey("weekly-0", "w1"), ShowAs.FREE)
    assert shown(client) == {"weekly-0": ShowAs.FREE, "weekly-1": ShowAs.BUSY, "budget": ShowAs.BUSY}
    effects = write(client, change, "w2")
    assert [type(effect) for effect in effects] == [ef.FetchCalendar]
    assert client.state.calendar.items[0].recurring is Recurring.EXCEPTION
    assert pick(client, weekly(1)) is None  # its change key is not known yet
    client.answer(
        weekly(0, show_as=ShowAs.FREE, change_key="w2", recurring=Recurring.EXCEPTION),
        weekly(1, change_key="w2"),
    )
    assert pick(client, weekly(1)).key == ItemKey("weekly-1", "w2")


def test_a_whole_series_changes_at_once_but_for_what_was_changed_by_itself() -> None:
    other = weekly(2, recurring=Recurring.EXCEPTION, show_as=ShowAs.TENTATIVE)
    client = running(weekly(0), weekly(1), other, BUDGET)
    change = pick(client, weekly(1), series=True)
    assert change == ef.ChangeShowAs(1, ItemKey("weekly-1", "w1"), ShowAs.FREE, series=True)
    free = {"weekly-0": ShowAs.FREE, "weekly-1": ShowAs.FREE, "weekly-2": ShowAs.TENTATIVE}
    assert shown(client) == {**free, "budget": ShowAs.BUSY}
    client.do(ev.ShowAsWritten(1, Written(ItemKey("master", "m2"), ShowAs.BUSY)))
    client.answer(*(weekly(n, show_as=ShowAs.FREE, change_key="w2") for n in (0, 1)), other)
    assert shown(client) == free
    [undo] = [e for e in client.do(ev.ShowAsUndone()) if isinstance(e, ef.ChangeShowAs)]
    assert undo == ef.ChangeShowAs(2, ItemKey("master", "m2"), ShowAs.BUSY)
    assert shown(client) == {**free, "weekly-0": ShowAs.BUSY, "weekly-1": ShowAs.BUSY}


def test_a_series_that_the_server_does_not_name_is_shown_by_its_check() -> None:
    one, two = (weekly(n, series="") for n in (0, 1))
    client = running(one, two)
    write(client, pick(client, one, series=True), former=ShowAs.BUSY)
    assert shown(client) == {"weekly-0": ShowAs.FREE, "weekly-1": ShowAs.BUSY}
    client.answer(*(replace(i, show_as=ShowAs.FREE, change_key="w2") for i in (one, two)))
    assert shown(client) == {"weekly-0": ShowAs.FREE, "weekly-1": ShowAs.FREE}


def test_the_series_of_an_item_that_has_none_is_the_item() -> None:
    client = running(BUDGET)
    assert pick(client, BUDGET, series=True) == ef.ChangeShowAs(1, ItemKey("budget", "k1"), ShowAs.FREE)


def test_a_series_whose_check_fails_waits_for_one_that_succeeds() -> None:
    client = running(weekly(0), weekly(1))
    write(client, pick(client, weekly(0)), "w2")
    client.fail()
    assert shown(client)["weekly-0"] is ShowAs.FREE
    assert why_not(client.state, weekly(1)) is not None
    client.until(1)
    client.answer(weekly(0, show_as=ShowAs.FREE, change_key="w2"), weekly(1, change_key="w2"))
    assert why_not(client.state, weekly(1)) is None


def test_an_older_answer_does_not_settle_a_series() -> None:
    client = running(weekly(0), weekly(1))
    client.do(ev.CheckNow())
    write(client, pick(client, weekly(0)), "w2")
    client.answer(weekly(0), weekly(1))  # of before
    assert shown(client)["weekly-0"] is ShowAs.FREE
    assert why_not(client.state, weekly(1)) is not None
    assert client.in_flight  # the next check follows at once
    client.answer(weekly(0, show_as=ShowAs.FREE, change_key="w2"), weekly(1, change_key="w2"))
    assert why_not(client.state, weekly(1)) is None


def test_undo_writes_back_what_was_and_is_offered_once() -> None:
    client = running(BUDGET)
    write(client, pick(client, BUDGET))
    undo = client.state.calendar.undo
    assert undo is not None
    assert (undo.former, undo.item.subject) == (ShowAs.BUSY, "Budget review")
    [back] = [e for e in client.do(ev.ShowAsUndone()) if isinstance(e, ef.ChangeShowAs)]
    assert back == ef.ChangeShowAs(2, ItemKey("budget", "k2"), ShowAs.BUSY)
    assert client.text == "In a meeting"
    write(client, back, "k3")
    assert (client.state.calendar.undo, keys(client)) == (None, {"budget": "k3"})
    assert client.do(ev.ShowAsUndone()) == ()


def test_an_undo_that_fails_shows_the_change_again() -> None:
    client = running(BUDGET)
    write(client, pick(client, BUDGET))
    client.do(ev.ShowAsUndone())
    client.do(ev.ShowAsNotWritten(2, Problem.of("item-changed")))
    assert shown(client) == {"budget": ShowAs.FREE}
    assert client.state.calendar.undo is None


@pytest.mark.parametrize("end", ["time", "another change", "signing out", "somebody else", "its item"])
def test_undo_ends(end: str) -> None:
    client = running(BUDGET, LATER, interval=timedelta(hours=8))
    write(client, pick(client, BUDGET))
    assert client.state.calendar.undo is not None
    match end:
        case "time":
            client.until(TOLD_FOR / MINUTE - 0.01)
            assert client.state.calendar.undo is not None
            client.until(TOLD_FOR / MINUTE)
        case "another change":
            pick(client, LATER)
        case "signing out":
            client.do(ev.SignOut())
        case "somebody else":
            client.do(ev.CheckNow())
            client.answer(replace(BUDGET, change_key="k7"))
        case "its item":
            client.do(ev.CheckNow())
            client.answer(LATER)
    assert client.state.calendar.undo is None


def test_what_is_written_only_after_signing_out_and_in_is_looked_at_again() -> None:
    client = running(BUDGET)
    change = pick(client, BUDGET)
    client.do(ev.SignOut())
    client.do(ev.SignIn())
    client.answer(BUDGET)
    sent = len(client.sent)
    write(client, change)
    assert len(client.sent) == sent + 1
    client.answer(replace(BUDGET, show_as=ShowAs.FREE, change_key="k2"))
    assert client.text == "Available"
    assert client.state.calendar.undo is None


def test_undo_outlives_a_check_that_finds_what_was_written() -> None:
    client = running(BUDGET)
    write(client, pick(client, BUDGET))
    client.do(ev.CheckNow())
    client.answer(replace(BUDGET, show_as=ShowAs.FREE, change_key="k2"))
    assert client.state.calendar.undo is not None


def test_an_occurrence_is_undone_while_its_series_is_still_being_confirmed() -> None:
    client = running(weekly(0), weekly(1))
    write(client, pick(client, weekly(0)), "w2")
    [back] = [e for e in client.do(ev.ShowAsUndone()) if isinstance(e, ef.ChangeShowAs)]
    assert back == ef.ChangeShowAs(2, ItemKey("weekly-0", "w2"), ShowAs.BUSY)
    client.answer(weekly(0, show_as=ShowAs.FREE, change_key="w2"), weekly(1, change_key="w2"))
    assert shown(client)["weekly-0"] is ShowAs.BUSY
    write(client, back, "w3")
    client.answer(weekly(0, change_key="w3"), weekly(1, change_key="w3"))
    assert (client.state.calendar.changes, client.in_flight) == ((), False)


def test_a_clock_that_is_set_back_does_not_prolong_an_undo() -> None:
    client = running(BUDGET)
    write(client, pick(client, BUDGET))
    client.now = at(-600)
    client.do(ev.Jolted("clock-jumped"))
    assert client.state.calendar.undo is None


def test_what_was_under_way_when_the_person_signed_out_changes_nothing_of_the_next_time() -> None:
    client = running(BUDGET)
    first = pick(client, BUDGET)
    client.do(ev.SignOut())
    client.signed_in().answer(BUDGET)
    second = pick(client, BUDGET, ShowAs.OOF)
    assert second.number != first.number
    write(client, first, "k8")
    client.do(ev.ShowAsNotWritten(first.number, Problem.of("timed-out")))
    assert (shown(client), keys(client)) == ({"budget": ShowAs.OOF}, {"budget": "k1"})


OTHER = replace(ACCOUNT, address="eva@litware.example")
DROPPED: dict[str, tuple[ev.Event, ...]] = {
    "another account": (ev.OptionsChanged(options(account=OTHER)),),
    "signed out": (ev.SignOut(),),
    "signed out and in": (ev.SignOut(), ev.SignIn()),
    "calendar off": (ev.OptionsChanged(options(update_presence=False)),),
    "two accounts on": (
        ev.OptionsChanged(options(account=replace(OTHER, server="https://other.example"))),
        ev.OptionsChanged(options(account=OTHER)),
    ),
}


@pytest.mark.parametrize("how", DROPPED)
def test_a_change_that_is_lost_under_way_is_told_though_its_items_were_dropped(how: str) -> None:
    client = running(BUDGET)
    change = pick(client, BUDGET)
    for event in DROPPED[how]:
        client.do(event)
    lost = Problem.of("worker-failed", code="the connection was closed")
    client.do(ev.ShowAsNotWritten(change.number, lost))
    failed = client.state.calendar.not_written
    assert failed is not None
    assert (failed.item.id, failed.wanted, failed.problem) == ("budget", ShowAs.FREE, lost)
    line = change_line(client.state, Words())
    assert line is not None
    assert line.warning
    assert line.text.startswith("“Budget review” was not changed.")
    client.until(TOLD_FOR / MINUTE)
    assert (client.state.calendar.not_written, client.state.calendar.adrift) == (None, ())


def test_a_lost_change_of_before_changes_nothing_of_what_was_read_since() -> None:
    client = running(BUDGET)
    change = pick(client, BUDGET)
    client.do(ev.SignOut())
    client.signed_in().answer(replace(BUDGET, show_as=ShowAs.OOF, change_key="k5"))
    client.do(ev.ShowAsNotWritten(change.number, Problem.of("timed-out")))
    assert (shown(client), keys(client)) == ({"budget": ShowAs.OOF}, {"budget": "k5"})
    # It is looked whether it was written all the same; then nothing is told any more.
    client.answer(replace(BUDGET, show_as=ShowAs.FREE, change_key="k2"))
    assert client.state.calendar.not_written is None


def test_what_is_written_after_its_account_was_left_cannot_be_undone_in_another() -> None:
    client = running(BUDGET)
    change = pick(client, BUDGET)
    client.choose(account=OTHER)
    write(client, change)
    calendar = client.state.calendar
    assert (calendar.undo, calendar.adrift, calendar.not_written) == (None, (), None)


def test_the_wish_for_rest_of_a_lost_change_is_kept_for_its_own_account_only() -> None:
    elsewhere = ev.OptionsChanged(options(account=OTHER))
    for left, rests in ((ev.SignIn(),), True), ((ev.SignIn(), elsewhere), False):
        client = running(BUDGET)
        change = pick(client, BUDGET)
        client.do(ev.SignOut())
        for event in left:
            client.do(event)
        client.answer(BUDGET)
        client.do(ev.ShowAsNotWritten(change.number, Problem.of("server-busy"), 20 * MINUTE))
        if client.in_flight:
            client.answer(BUDGET)
        sent = len(client.sent)
        client.until(19)
        client.do(ev.CheckNow())
        assert (len(client.sent) == sent) is rests


def test_of_what_was_written_nothing_is_left_with_its_items() -> None:
    client = running(weekly(0), weekly(1))
    write(client, pick(client, weekly(0)), "w2")
    assert client.state.calendar.changes
    client.do(ev.SignOut())
    assert (client.state.calendar.changes, client.state.calendar.adrift) == ((), ())


def test_a_lost_change_names_no_subject_in_a_report() -> None:
    client = running(BUDGET)
    pick(client, BUDGET)
    client.do(ev.SignOut())
    assert Cleaner(client.state)("about Budget review") == f"about {GONE}"
