"""The rhythm of the calendar checks, as the engine keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.checks import window
from lyncdesk.client.engine import next_wake, shown_problem
from lyncdesk.client.ports import CalendarAnswer
from lyncdesk.client.problems import Problem
from lyncdesk.client.reading import incomplete, stale
from lyncdesk.client.state import Health, State
from lyncdesk.client.views.common import own_indicator
from lyncdesk.client.words import Words
from lyncdesk.presence.inputs import OutOfOffice
from lyncdesk.presence.items import Kind
from lyncdesk.presence.publication import Profile
from tests.unit.client.driving import ACCOUNT, PROFILE, REFUSED, Driven, meeting, options, running
from tests.unit.strategies import MINUTE, NOW, at

JOLTS: list[ev.Event] = [
    ev.Jolted("woke"),
    ev.Jolted("clock-jumped"),
    ev.Jolted("network-returned"),
    ev.CheckNow(),
]


def going(client: Driven, minutes: float) -> Driven:
    """Let time run, each check answered at once with what is known."""
    client.until(min(minutes, client.next if client.next is not None else minutes))
    while client.in_flight:
        client.answer(*client.state.calendar.items)
        client.until(min(minutes, client.next if client.next is not None else minutes))
    return client.until(minutes)


def test_signing_in_checks_at_once_and_sets_the_anchor() -> None:
    client = Driven()
    assert client.sent == []
    client.signed_in()
    assert (client.sent, client.state.calendar.anchor, client.next) == ([0], NOW, 30)
    client.answer()
    assert going(client, 95).sent == [0, 30, 60, 90]


def test_a_check_asks_for_the_window_of_its_moment_and_tells_when_the_next_is_due() -> None:
    effects = Driven().do(ev.SignIn())
    fetch = next(e for e in effects if isinstance(e, ef.FetchCalendar))
    assert fetch == ef.FetchCalendar(NOW, window(NOW, "Europe/Berlin"), 30 * MINUTE)


def test_signing_in_twice_checks_once() -> None:
    client = Driven().signed_in()
    assert client.do(ev.SignIn()) == ()


@pytest.mark.parametrize("event", JOLTS)
def test_waking_a_clock_jump_the_networks_return_and_check_now_check_at_once_and_set_the_anchor_anew(
    event: ev.Event,
) -> None:
    client = running().until(12)
    client.do(event)
    assert client.sent == [0, 12]
    client.answer()
    assert going(client, 80).sent == [0, 12, 42, 72]


def test_switching_the_calendar_on_checks_at_once_and_sets_the_anchor_anew() -> None:
    client = running()
    client.choose(update_presence=False)
    assert client.until(100).sent == [0]
    client.choose(update_presence=True)
    client.answer()
    assert going(client, 131).sent == [0, 100, 130]


def test_a_status_by_hand_an_idle_computer_and_a_reset_send_nothing_and_leave_the_rhythm_alone() -> None:
    client = running().until(12)
    client.machine(idle_since=at(5))
    client.do(ev.ResetStatus())
    client.do(ev.NoteWritten("In the lab"))
    assert (client.sent, client.next, client.state.calendar.anchor) == ([0], 30, NOW)


def test_items_that_are_known_take_effect_at_their_own_times_without_a_request() -> None:
    client = running(meeting(5, 10))
    client.until(4.99)
    assert client.text == "Available"
    client.until(5)
    assert (client.text, client.published[-1].presence.text) == ("In a meeting", "In a meeting")
    client.until(10)
    assert (client.text, client.published[-1].presence.text) == ("Available", "Available")
    assert client.sent == [0]


def test_an_item_that_began_before_it_was_added_counts_from_the_check_that_first_saw_it() -> None:
    client = running().until(29.9)
    assert client.text == "Available"
    client.until(30)
    client.answer(meeting(5, 60))
    assert client.text == "In a meeting"


def test_retries_come_after_1_2_4_8_and_15_minutes_and_do_not_move_the_anchor() -> None:
    client = Driven(interval=120 * MINUTE).signed_in()
    for _ in range(7):
        client.fail()
        client.until(client.next or 0)
    assert client.sent == [0, 1, 3, 7, 15, 30, 45, 60]
    client.answer()
    assert (client.next, client.state.calendar.anchor) == (120, NOW)


def test_the_regular_check_takes_the_place_of_a_later_retry() -> None:
    client = Driven(interval=10 * MINUTE).signed_in()
    for _ in range(5):
        client.fail()
        client.until(client.next or 0)
    assert client.sent == [0, 1, 3, 7, 10, 20]


def test_only_a_success_restarts_the_back_off() -> None:
    client = Driven(interval=240 * MINUTE).signed_in()
    client.fail()
    client.until(0.5)
    others: list[ev.Event] = [ev.ResetStatus(), ev.OptionsChanged(options(interval=200 * MINUTE))]
    for event in JOLTS + others:
        client.do(event)
        if client.in_flight:
            client.fail()
    assert client.state.calendar.failures == 5
    client.choose(update_presence=False)
    client.choose(update_presence=True)
    client.fail()
    assert client.next == 15.5
    client.until(15.5)
    client.answer()
    assert client.state.calendar.failures == 0
    client.do(ev.CheckNow())
    client.fail()
    assert client.next == 16.5


@pytest.mark.parametrize("event", JOLTS)
def test_nothing_hastens_a_check_that_the_server_put_off(event: ev.Event) -> None:
    client = Driven().signed_in()
    client.fail("server-busy", 20 * MINUTE)
    assert client.next == 20
    client.until(5)
    client.do(event)
    assert (client.sent, client.next) == ([0], 20)
    client.choose(update_presence=False)
    client.choose(update_presence=True)
    client.do(ev.SignOut())
    client.do(ev.SignIn())
    assert client.until(19).sent == [0]
    assert client.until(20).sent == [0, 20]


def test_the_servers_wish_outlasts_a_further_failure_that_says_nothing_of_it() -> None:
    client = Driven().signed_in()
    client.do(ev.CheckNow())
    client.fail("server-busy", 20 * MINUTE)
    assert not client.in_flight
    assert client.next == 20


@pytest.mark.parametrize("event", JOLTS)
def test_checks_never_overlap_and_what_was_asked_meanwhile_follows_at_once(event: ev.Event) -> None:
    client = running()
    client.until(30).until(31)
    client.do(event)
    assert client.sent == [0, 30]
    client.until(32)
    client.answer()
    assert (client.sent, client.in_flight) == ([0, 30, 32], True)
    client.answer()
    assert client.next == 61


def test_a_regular_moment_that_falls_into_a_check_is_passed_over() -> None:
    client = running(interval=MINUTE).until(1)
    assert client.until(3.5).sent == [0, 1]
    client.answer()
    assert (client.sent, client.next) == ([0, 1], 4)


def test_a_new_interval_counts_from_the_anchor_and_checks_at_once_if_that_has_passed() -> None:
    client = running().until(12)
    client.choose(interval=60 * MINUTE)
    assert client.next == 60
    client.choose(interval=15 * MINUTE)
    assert client.next == 15
    client.choose(interval=5 * MINUTE)
    assert (client.sent, client.next) == ([0, 12], 15)


def test_the_last_good_items_stay_through_every_failure() -> None:
    client = running(meeting(-5, 200))
    for _ in range(6):
        client.until(client.next or 0)
        client.fail()
        assert client.state.calendar.items == (meeting(-5, 200),)
        assert (client.text, client.state.calendar.as_of) == ("In a meeting", NOW)


# a refused password


def refused() -> Driven:
    client = running(meeting(-5, 200)).until(30)
    client.fail(REFUSED)
    return client


@pytest.mark.parametrize(
    "event",
    [
        *JOLTS,
        ev.Tick(),
        ev.ResetStatus(),
        ev.OptionsChanged(options(interval=MINUTE)),
        ev.OptionsChanged(options(update_presence=False)),
    ],
)
def test_a_refused_password_stops_every_check_until_the_person_acts(event: ev.Event) -> None:
    client = refused()
    assert (client.next, client.state.calendar.health) == (None, Health.STOPPED)
    client.until(40)
    client.do(event)
    client.choose(update_presence=True)
    assert client.until(2000).sent == [0, 30]
    assert next_wake(client.state, client.now) is None
    client.do(ev.PasswordEntered())
    assert client.sent == [0, 30, 2000]


def test_one_refusal_reaches_the_server_even_when_the_calendar_is_switched_off_and_on_meanwhile() -> None:
    client = running().until(30)
    client.choose(update_presence=False)
    client.choose(update_presence=True)
    client.fail(REFUSED)
    assert (client.state.calendar.health, client.until(300).sent) == (Health.STOPPED, [0, 30])


def test_a_refused_password_keeps_the_last_good_data_and_is_the_problem_that_is_shown() -> None:
    client = refused()
    assert client.text == "In a meeting"
    problem = shown_problem(client.state)
    assert problem is not None
    assert problem.name == REFUSED


def test_a_good_password_goes_back_to_the_rhythm_of_the_anchor() -> None:
    client = refused().until(40)
    client.do(ev.PasswordEntered())
    client.answer()
    assert (client.next, shown_problem(client.state)) == (60, None)


def test_another_account_is_the_persons_act_too() -> None:
    client = refused().until(40)
    client.choose(account=replace(ACCOUNT, user_name="LITWARE\\anna"))
    assert client.sent == [0, 30, 40]
    assert (client.state.calendar.items, client.state.calendar.problem) == ((), None)


def test_a_password_that_is_entered_during_a_check_is_used_by_the_next_whatever_becomes_of_this_one() -> None:
    client = running().until(30)
    client.do(ev.PasswordEntered())
    client.fail(REFUSED)
    assert (client.sent, client.state.calendar.health) == ([0, 30, 30], Health.OK)


def test_a_password_entered_while_nothing_asks_for_one_changes_nothing() -> None:
    client = running().until(5)
    before = client.state
    assert client.do(ev.PasswordEntered()) == ()
    assert client.state == before


# stale data


@pytest.mark.parametrize(("interval", "limit"), [(30, 60), (1, 5)])
def test_data_turn_stale_by_time_alone_and_viewers_are_told(interval: int, limit: int) -> None:
    client = running(interval=interval * MINUTE)
    client.until(limit)
    assert not stale(client.state, client.now)
    client.until(limit + 0.001)
    assert stale(client.state, client.now)
    assert client.published[-1].stale
    assert [p.stale for p in client.published[:-1]] == [False] * (len(client.published) - 1)


def test_data_turn_stale_earlier_when_the_last_check_failed() -> None:
    client = running(interval=240 * MINUTE).until(100)
    client.do(ev.CheckNow())
    assert client.published[-1].valid_until == at(480) + timedelta(microseconds=1)
    client.fail("no-mailbox")
    assert client.published[-1].valid_until == at(270) + timedelta(microseconds=1)
    assert not stale(client.state, client.now)
    assert stale(client.state, at(271))


def test_nothing_is_stale_before_the_first_answer_and_all_is_after_the_first_failure() -> None:
    client = Driven().signed_in()
    assert not stale(client.state, at(900))
    client.fail()
    assert stale(client.state, client.now)
    assert client.published[-1].stale


def test_what_is_published_carries_as_of_a_revision_and_valid_until() -> None:
    client = running().until(30)
    client.answer()
    last = client.published[-1]
    assert (last.calendar_as_of, last.valid_until) == (at(30), at(90) + timedelta(microseconds=1))
    assert [p.revision for p in client.published] == sorted({p.revision for p in client.published})


# outdated answers, signing out, sleep


def outdated_by_off(client: Driven) -> None:
    client.choose(update_presence=False)


def outdated_by_account(client: Driven) -> None:
    client.choose(account=replace(ACCOUNT, address="other@litware.example"))


def outdated_by_signing_out(client: Driven) -> None:
    client.do(ev.SignOut())


@pytest.mark.parametrize("happens", [outdated_by_off, outdated_by_account, outdated_by_signing_out])
@pytest.mark.parametrize("fails", [False, True])
def test_an_answer_to_an_outdated_question_changes_nothing_even_within_one_moment(
    happens: Callable[[Driven], None], fails: bool
) -> None:
    client = running(meeting(-5, 60)).until(30)
    happens(client)
    client.choose(update_presence=True)
    client.do(ev.SignIn())
    assert client.sent == [0, 30]
    _ = client.fail() if fails else client.answer(meeting(0, 900, "Of another question"))
    calendar = client.state.calendar
    assert (calendar.items, calendar.as_of, calendar.problem, calendar.failures) == ((), None, None, 0)
    assert (client.sent, client.in_flight) == ([0, 30, 30], True)
    client.answer(meeting(0, 900, "Of this one"))
    assert [i.subject for i in client.state.calendar.items] == ["Of this one"]


def test_an_answer_that_nobody_awaits_is_ignored() -> None:
    client = running(meeting(-5, 60)).until(5)
    before = client.state
    client.do(ev.CalendarChecked(NOW, CalendarAnswer(())))
    client.do(ev.CheckFailed(NOW, Problem.of("timed-out")))
    assert client.state == before


def test_after_signing_out_nothing_is_sent_and_the_person_is_withdrawn() -> None:
    client = running(meeting(-5, 60)).until(5)
    assert client.do(ev.SignOut()) == (ef.Withdraw(),)
    assert (client.text, client.state.calendar.items, client.state.published) == ("Offline", (), None)
    for event in JOLTS:
        assert client.do(event) == ()
    assert client.until(900).sent == [0]
    client.do(ev.SignIn())
    assert client.sent == [0, 900]


def test_checks_are_counted_over_everything_that_is_switched() -> None:
    client = running().until(5)
    client.choose(update_presence=False)
    client.choose(update_presence=True)
    client.answer()
    client.do(ev.SignOut())
    client.do(ev.SignIn())
    assert client.state.calendar.checks_sent == 3
    assert client.state.calendar.requests == 2


def test_a_computer_that_sleeps_sends_nothing_and_plans_to_when_it_wakes() -> None:
    client = running().until(5)
    client.machine(asleep=True)
    assert client.until(95).sent == [0]
    client.do(ev.Jolted("woke"))
    client.machine()
    assert client.sent == [0, 95]
    client.answer()
    assert client.next == 125


def test_one_of_several_computers_that_is_awake_checks_on() -> None:
    client = running()
    client.machine(id="laptop", asleep=True)
    client.machine(id="desk")
    assert going(client, 30).sent == [0, 30]


# switching the calendar off


def test_switching_the_calendar_off_withdraws_what_it_contributed_and_stops_the_checks() -> None:
    client = running(meeting(-5, 60)).until(5)
    client.choose(update_presence=False)
    last = client.published[-1]
    assert (client.text, client.state.calendar.items, client.next) == ("Available", (), None)
    assert (last.item, last.busy, last.calendar_as_of, last.calendar_used) == (None, (), None, False)
    assert client.until(500).sent == [0]


@pytest.mark.parametrize("name", ["use_exchange", "update_presence", "calendar_allowed"])
def test_each_of_the_three_switches_turns_the_calendar_off(name: str) -> None:
    client = Driven()
    client.choose(**{name: False})
    client.signed_in()
    assert client.until(100).sent == []


def test_items_that_may_be_missing_are_a_problem_until_a_check_that_read_them_all() -> None:
    client = Driven().signed_in()
    client.answer(complete=False)
    problem = shown_problem(client.state)
    assert problem is not None
    assert (problem.name, client.text) == ("items-missing", "Available")
    # Neither the person nor anybody else sees it without the mark.
    assert client.state.published is not None
    assert (client.state.published.stale, client.state.published.incomplete) == (False, True)
    mark = own_indicator(client.state, client.state.published.presence, client.now, Words())
    assert (mark.stale, mark.text) == (True, "Available, some items may be missing")
    client.until(30)
    client.answer()
    assert shown_problem(client.state) is None
    assert client.state.published is not None
    assert not client.state.published.incomplete


@pytest.mark.parametrize("event", [ev.SignOut(), ev.OptionsChanged(options(update_presence=False))])
def test_nothing_can_be_missing_from_a_calendar_that_is_not_used(event: ev.Event) -> None:
    client = Driven().signed_in()
    client.answer(complete=False)
    assert incomplete(client.state)
    client.do(event)
    assert not incomplete(client.state)


def test_while_the_calendar_is_off_its_last_problem_is_not_shown() -> None:
    client = Driven().signed_in()
    client.fail()
    assert shown_problem(client.state) is not None
    client.choose(update_presence=False)
    assert shown_problem(client.state) is None


def test_missing_details_are_a_problem_from_the_check_that_finds_them_until_one_that_finds_none() -> None:
    client = Driven().signed_in()
    client.answer(meeting(-5, 60, kind=Kind.UNKNOWN), details=False)
    problem = shown_problem(client.state)
    assert problem is not None
    assert (problem.name, client.text) == ("details-missing", "Busy")
    client.until(30)
    assert shown_problem(client.state) == problem
    client.answer(meeting(-5, 60))
    assert shown_problem(client.state) is None


def test_policy_can_take_check_now_away() -> None:
    client = running(allow_check_now=False).until(5)
    assert client.do(ev.CheckNow()) == ()


def test_the_window_follows_the_persons_own_zone() -> None:
    client = Driven(State(Profile(PROFILE.address, zone="Asia/Tokyo"), options()))
    client.now = at(7 * 60)  # 16:00 UTC, the next day in Tokyo
    fetch = next(e for e in client.do(ev.SignIn()) if isinstance(e, ef.FetchCalendar))
    assert fetch.window.start.isoformat() == "2026-03-04T00:00:00+09:00"


def test_a_clock_set_back_makes_no_old_data_fresh_and_no_rest_longer() -> None:
    client = running().until(30)
    client.fail("server-busy", timedelta(minutes=3))
    client.now = at(-600)
    client.do(ev.Jolted("clock-jumped"))
    calendar = client.state.calendar
    assert (calendar.as_of, calendar.failed_at) == (at(-630), at(-600))
    assert client.next == -597
    client.until(-597)
    client.fail()
    client.until(-569)  # 61 minutes after the last good check: interval + 30 minutes have passed
    assert stale(client.state, client.now)


def test_an_answer_from_before_the_clock_was_set_back_is_no_older_than_now() -> None:
    client = running().until(30)
    client.now = at(-600)
    client.do(ev.Jolted("clock-jumped"))
    client.do(ev.CalendarChecked(at(30), CalendarAnswer(())))
    assert client.state.calendar.as_of == at(-600)
    assert client.in_flight  # the one that the jolt asked for


def test_automatic_replies_that_a_check_could_not_read_stay_as_they_were_known() -> None:
    client = Driven().signed_in()
    client.answer(out_of_office=OutOfOffice("Back on Monday"))
    client.until(30).answer(out_of_office_told=False)
    assert client.shown.presence.out_of_office
    client.until(60).answer()
    assert not client.shown.presence.out_of_office


def test_a_clock_set_back_while_a_password_is_awaited_puts_off_no_later_check() -> None:
    client = Driven().signed_in()
    client.fail(REFUSED)
    client.now = at(-600)
    client.do(ev.Jolted("clock-jumped"))
    client.do(ev.PasswordEntered())
    client.answer()
    assert client.next == -570


def test_a_server_that_wants_rest_gets_it_though_its_answer_came_too_late_to_be_used() -> None:
    client = running().until(30)
    client.do(ev.SignOut())
    client.do(ev.SignIn())
    client.fail("server-busy", timedelta(minutes=3))
    assert (client.next, client.in_flight) == (33, False)
    client.now = at(-600)
    client.do(ev.Jolted("clock-jumped"))
    assert client.next == -597
