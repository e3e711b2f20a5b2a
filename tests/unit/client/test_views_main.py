"""The tray and the main window in words: every state that the screens name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client import views
from lyncdesk.client.options import Origin
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import State
from lyncdesk.client.view_types import Action, Notice
from lyncdesk.client.words import Words
from lyncdesk.presence.inputs import Machine, OutOfOffice
from lyncdesk.presence.items import Kind, ShowAs
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.states import Colour, ManualStatus, Shape
from tests.unit.client.driving import PROFILE, REFUSED, Driven, meeting, options, running
from tests.unit.strategies import MINUTE, at

# NOW is 10:00 in Berlin.
WORDS = Words(zone=ZoneInfo("Europe/Berlin"))


def tooltip(client: Driven) -> str:
    return views.tray(client.state, client.now, WORDS).tooltip


def notice(client: Driven) -> Notice | None:
    return views.notice(client.state, client.now, WORDS)


def said(client: Driven) -> tuple[str, Action | None, str]:
    found = notice(client)
    assert found is not None
    return found.text, found.action, found.action_text


# the tray


def at_10_02(**fields: object) -> Driven:
    client = Driven(State(PROFILE, replace(options(), **fields)))  # type: ignore[arg-type]
    client.until(2).signed_in()
    return client


def test_the_tooltip_tells_the_state_its_end_and_both_moments_of_the_calendar() -> None:
    client = at_10_02()
    client.answer(meeting(0, 60))
    assert tooltip(client) == "In a meeting until 11:00. Calendar as of 10:02, next check 10:32."
    assert views.tray(client.state, client.now, WORDS).status_line == tooltip(client)


@pytest.mark.parametrize(
    ("happens", "text"),
    [
        (lambda c: None, "Available. Reading the calendar ..."),
        (lambda c: c.fail(), "Available. The calendar could not be read: Exchange did not answer."),
        (lambda c: c.fail(REFUSED), "Available. Exchange refused your password."),
        (lambda c: c.choose(update_presence=False), "Available. Your calendar is not used."),
        (lambda c: c.do(ev.SignOut()), "Offline. Nothing is read while you are signed out."),
    ],
)
def test_the_tooltip_tells_why_there_is_no_calendar(happens: Callable[[Driven], object], text: str) -> None:
    client = at_10_02()
    happens(client)
    assert tooltip(client) == text


def test_the_tooltip_tells_a_failure_and_the_next_try_and_calls_old_data_old() -> None:
    client = running(interval=10 * MINUTE).until(10)
    client.fail()
    assert (
        tooltip(client) == "Available. Calendar as of 10:00. Exchange did not answer. Trying again at 10:11."
    )
    while client.now < at(25):
        client.until(client.next or 0)
        client.fail()
    assert tooltip(client).startswith(
        "Available. Calendar as of 10:00 is old: Exchange did not answer. Trying"
    )


def test_the_icon_is_the_state_with_its_marks() -> None:
    client = Driven().signed_in()
    client.answer(meeting(-5, 60), out_of_office=OutOfOffice())
    icon = views.tray(client.state, client.now, WORDS).indicator
    assert (icon.colour, icon.shape, icon.out_of_office) == (Colour.ORANGE, Shape.BLOCK, True)
    assert icon.text == "In a meeting, out of office"


def test_stale_data_and_a_needed_password_have_marks_of_their_own() -> None:
    client = running(interval=MINUTE).until(6)
    stale = views.tray(client.state, client.now, WORDS).indicator
    assert (stale.stale, stale.needs_password, stale.text) == (True, False, "Available, calendar data is old")
    client.fail(REFUSED)
    refused = views.tray(client.state, client.now, WORDS).indicator
    assert (refused.stale, refused.needs_password) == (False, True)
    assert refused.text == "Available, needs your password"
    client.choose(update_presence=False)
    off = views.tray(client.state, client.now, WORDS).indicator
    assert (off.stale, off.needs_password) == (False, False)


def test_items_that_may_be_missing_are_told_and_the_data_not_called_old() -> None:
    client = Driven().signed_in()
    client.answer(complete=False)
    assert tooltip(client) == (
        "Available. Calendar as of 10:00. Some of your recurring items may be missing. Next check 10:30."
    )
    icon = views.tray(client.state, client.now, WORDS).indicator
    assert (icon.stale, icon.incomplete) == (True, True)
    client.until(30).fail(REFUSED)
    icon = views.tray(client.state, client.now, WORDS).indicator
    assert (icon.stale, icon.incomplete, icon.needs_password) == (False, False, True)


def test_items_that_may_be_missing_mark_the_whole_day_and_the_reasons() -> None:
    client = Driven().signed_in()
    client.answer(meeting(-5, 60), complete=False)
    client.until(10)
    parts = views.strip(client.state, client.now, WORDS).parts
    assert all(p.stale and "recurring items may be missing" in p.label for p in parts)
    assert views.why(client.state, client.now, WORDS).read.endswith(
        "Some of your recurring items may be missing."
    )


def test_what_is_mended_in_the_options_leads_there() -> None:
    client = Driven().signed_in()
    client.fail("server-not-found")
    assert said(client)[1:] == (Action.ACCOUNT, "Options")


def test_what_no_password_can_cure_does_not_ask_for_one() -> None:
    client = Driven().signed_in()
    client.fail("exchange-online")
    icon = views.tray(client.state, client.now, WORDS).indicator
    assert (icon.needs_password, icon.stale) == (False, True)
    assert said(client)[1:] == (Action.CONNECTION, "Details")


def test_the_menu_holds_the_six_statuses_with_the_chosen_one_marked() -> None:
    client = running()
    client.do(ev.SetStatus(ManualStatus.OFF_WORK))
    tray = views.tray(client.state, client.now, WORDS)
    assert [choice.text for choice in tray.statuses] == [status.value for status in ManualStatus]
    assert [choice.status for choice in tray.statuses if choice.chosen] == [ManualStatus.OFF_WORK]
    assert tray.statuses[-1].indicator.shape is Shape.CLOCK
    assert tray.why == "Why am I shown as Off work?"


def test_check_now_is_there_unless_policy_took_it_and_enabled_while_it_would_send_something() -> None:
    client = running()

    def check_now() -> tuple[bool, bool]:
        tray = views.tray(client.state, client.now, WORDS)
        return tray.check_now, tray.can_check_now

    assert check_now() == (True, True)
    client.do(ev.CheckNow())
    assert check_now() == (True, False)
    client.fail(REFUSED)
    assert check_now() == (True, False)
    client.choose(update_presence=False)
    assert check_now() == (True, False)
    client.choose(allow_check_now=False)
    assert check_now() == (False, False)


# the line under the header


def test_nothing_is_said_while_all_is_well() -> None:
    assert notice(running()) is None


def test_reset_status_says_what_it_waits_for() -> None:
    client = at_10_02()
    client.answer()
    client.do(ev.ResetStatus())
    text = "Status reset. Waiting for the next calendar check at 10:32 (calendar as of 10:02)."
    assert said(client)[:2] == (text, Action.WHY)


def test_reset_status_says_so_where_no_check_is_planned() -> None:
    off = running()
    off.choose(update_presence=False)
    off.do(ev.ResetStatus())
    assert said(off) == (
        "Status reset. No calendar check is planned: your calendar is not used.",
        Action.TURN_ON,
        "Turn on",
    )
    refused = running().until(30)
    refused.fail(REFUSED)
    refused.do(ev.ResetStatus())
    assert said(refused) == (
        "Status reset. No calendar check is planned: Exchange refused your password.",
        Action.ENTER_PASSWORD,
        "Enter password",
    )


def test_old_data_are_told_with_their_age_the_cause_and_the_next_try() -> None:
    client = at_10_02()
    client.answer()
    client.until(32)
    client.fail("no-mailbox")
    client.until(62)
    client.fail()
    client.until(67)
    client.state = replace(client.state, calendar=replace(client.state.calendar, next_check=at(68)))
    assert said(client) == (
        "Calendar data is 65 minutes old: Exchange did not answer. Trying again at 11:08.",
        Action.CONNECTION,
        "Details",
    )


def test_old_data_without_a_failure_are_told_too() -> None:
    client = running(interval=MINUTE).until(6)
    assert said(client)[0] == "Calendar data is 6 minutes old. Trying again at 10:07."


def test_a_failure_with_data_that_are_not_old_yet_tells_how_old_they_are() -> None:
    client = running().until(30)
    client.fail("name-not-found")
    assert said(client)[0] == (
        "The server's name could not be found. Calendar as of 10:00. Trying again at 10:31."
    )


def test_a_calendar_that_was_never_read_tells_why() -> None:
    client = Driven().signed_in()
    client.fail()
    assert said(client)[0] == (
        "The calendar could not be read: Exchange did not answer. Trying again at 10:01."
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [(REFUSED, "Exchange refused your password."), ("no-password", "Your password is needed.")],
)
def test_a_password_that_is_needed_is_asked_for(name: str, text: str) -> None:
    client = running().until(30)
    client.fail(name)
    assert said(client) == (text, Action.ENTER_PASSWORD, "Enter password")


def test_a_calendar_that_is_switched_off_offers_to_turn_it_on_unless_the_administrator_did() -> None:
    client = running()
    client.choose(update_presence=False)
    assert said(client) == ("Your calendar is not used.", Action.TURN_ON, "Turn on")
    client.choose(calendar_allowed=False)
    assert said(client) == ("Your calendar is not used. Switched off by your administrator.", None, "")
    client.choose(calendar_allowed=True, origins={"update_presence": Origin.POLICY})
    assert said(client)[0] == "Your calendar is not used. Switched off by your administrator."


def test_a_calendar_that_is_off_is_what_matters_even_if_its_password_was_refused() -> None:
    client = running().until(30)
    client.fail(REFUSED)
    client.choose(update_presence=False)
    assert said(client)[0] == "Your calendar is not used."
    client.choose(update_presence=True)
    assert said(client)[0] == "Exchange refused your password."


def test_signing_in_and_being_signed_out_are_said() -> None:
    client = Driven()
    assert said(client) == ("Signed out.", Action.SIGN_IN, "Sign in")
    client.signed_in()
    assert said(client) == ("Signing in ...", None, "")


def test_any_other_problem_leads_to_its_details() -> None:
    client = running(meeting(-5, 60, kind=Kind.UNKNOWN))
    client.do(ev.ProblemFound(Problem.of("keyring-missing")))
    assert said(client) == ("Passwords cannot be kept on this computer.", Action.CONNECTION, "Details")
    client.do(ev.CheckNow())
    client.answer(meeting(-5, 60, kind=Kind.UNKNOWN), details=False)
    assert said(client)[0] == "Exchange sends no details of your items."


# the rest of the main window


@pytest.mark.parametrize(
    ("happens", "footer"),
    [
        (lambda c: None, "Calendar checked 10:00, next 10:30"),
        (lambda c: c.do(ev.CheckNow()), "Checking the calendar ..."),
        (lambda c: c.choose(update_presence=False), "Calendar not used"),
        (lambda c: c.do(ev.SignOut()), "Signed out"),
        (lambda c: (c.do(ev.CheckNow()), c.fail(REFUSED)), "Calendar checked 10:00, no check planned"),
    ],
)
def test_the_footer_tells_the_last_and_the_next_check(
    happens: Callable[[Driven], object], footer: str
) -> None:
    client = running()
    happens(client)
    assert views.main(client.state, client.now, WORDS).footer == footer


def test_the_header_shows_who_one_is_and_the_status_with_its_end() -> None:
    client = running(meeting(-5, 60))
    shown = views.main(client.state, client.now, WORDS)
    assert (shown.name, shown.initials, shown.status) == ("Anna Keller", "AK", "In a meeting until 11:00")
    assert shown.only_you == ""


def test_a_status_that_outlasts_the_day_is_told_with_its_day() -> None:
    client = running()
    client.do(ev.SetStatus(ManualStatus.BUSY))
    assert views.main(client.state, client.now, WORDS).status == "Busy until tomorrow 10:00"


def test_with_exchange_alone_it_is_said_that_nobody_else_sees_the_status() -> None:
    client = running()
    client.state = replace(client.state, pool="exchange-alone")
    assert views.main(client.state, client.now, WORDS).only_you == (
        "Only you see this status. Colleagues see your Exchange calendar."
    )


def test_an_empty_contact_list_says_how_to_add_people() -> None:
    client = running()
    shown = views.main(client.state, client.now, WORDS)
    assert shown.nobody == "Your contact list is empty. Type a name above to find people."
    client.state = replace(client.state, pool="exchange-alone")
    alone = views.main(client.state, client.now, WORDS)
    assert alone.nobody.startswith("Your contact list is empty. Type a name above: people are found in")
    assert shown.finds_people
    assert alone.finds_people


def test_without_an_account_nobody_can_be_found() -> None:
    client = Driven(State(PROFILE, pool="exchange-alone"))
    assert not views.main(client.state, client.now, WORDS).finds_people


def test_busy_by_hand_lasts_as_long_as_it_may_and_not_until_changed() -> None:
    client = running()
    client.do(ev.SetStatus(ManualStatus.BUSY))
    first = views.main(client.state, client.now, WORDS).durations[0]
    assert (first.text, first.until) == ("As long as possible, until tomorrow 10:00", None)
    client.do(ev.SetStatus(ManualStatus.BE_RIGHT_BACK))
    assert views.main(client.state, client.now, WORDS).durations[0].text == "Until I change it"


def test_a_status_by_hand_may_last_until_changed_the_end_of_the_item_an_hour_or_the_day() -> None:
    choices = views.main(running(meeting(-5, 45)).state, at(0), WORDS).durations
    assert [(choice.text, choice.until) for choice in choices] == [
        ("Until I change it", None),
        ("Until the end of this item, 10:45", at(45)),
        ("For 1 hour, until 11:00", at(60)),
        ("Until the end of today", at(14 * 60)),
    ]


def test_the_end_of_today_is_the_midnight_of_a_day_of_23_hours_too() -> None:
    state = running().state
    now = at(0) + timedelta(days=25)  # the 29th of March, 11:00 in Berlin
    until = views.main(state, now, WORDS).durations[-1].until
    assert until is not None
    assert until - now == timedelta(hours=13)


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Anna Keller", "AK"),
        ("Anna van der Keller", "AK"),
        ("Anna", "A"),
        ("", "AL"),
        ("(Anna) Keller", "K"),
        ("...", "?"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name: str, initials: str) -> None:
    client = Driven(State(Profile(PROFILE.address, name), options()))
    assert views.main(client.state, client.now, WORDS).initials == initials


# why


def test_why_tells_one_sentence_every_input_and_when_the_calendar_was_read() -> None:
    client = running(meeting(-60, 60))
    why = views.why(client.state, client.now, WORDS)
    assert why.title == "Why am I shown as In a meeting?"
    assert why.sentence == (
        "You are shown as In a meeting because of “Budget review”, a meeting marked Busy, 9:00 to 11:00."
    )
    assert [(row.source, row.verdict) for row in why.rows] == [
        ("Status by hand", "lost"),
        ("Computer", "lost"),
        ("Calendar", "won"),
    ]
    assert why.read == "The calendar was read at 10:00 and will be read again at 10:30."
    assert why.lync == ""


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (lambda c: None, "You are shown as Available because nothing makes you busy."),
        (lambda c: c.do(ev.SignOut()), "You are shown as Offline. You are signed out."),
        (lambda c: c.machine(locked=True), "You are shown as Away. The computer is locked."),
        (
            lambda c: c.do(ev.SetStatus(ManualStatus.OFF_WORK)),
            "You are shown as Off work. You picked Off work at 10:00.",
        ),
    ],
)
def test_each_winner_has_its_sentence(happens: Callable[[Driven], object], sentence: str) -> None:
    client = running()
    happens(client)
    assert views.why(client.state, client.now, WORDS).sentence == sentence


def test_where_lync_would_have_shown_something_else_that_is_told() -> None:
    unknown = running(meeting(-5, 60, kind=Kind.UNKNOWN))
    assert views.why(unknown.state, unknown.now, WORDS).lync.startswith("Lync would have shown In a meeting")
    away = running(meeting(-60, 60), meeting_while_away=True)
    away.do(ev.MachineChanged(Machine(idle_since=at(-1))))
    assert views.why(away.state, away.now, WORDS).lync == ""
    away.do(ev.MachineChanged(Machine(locked=True)))
    assert (
        views.why(away.state, away.now, WORDS).lync == "Lync would have shown Away: nobody uses the computer."
    )


def test_a_whole_day_item_that_is_ignored_is_told_while_it_runs() -> None:
    day = meeting(-600, 840, all_day=True)
    client = running(day, ignore_all_day=True, interval=timedelta(hours=8))  # still fresh when it ends
    assert views.why(client.state, at(0), WORDS).lync.startswith("Lync counts all-day items too")
    assert views.why(client.state, at(840), WORDS).lync == ""
    free = running(replace(day, show_as=ShowAs.FREE), ignore_all_day=True)
    assert views.why(free.state, at(0), WORDS).lync == ""


def test_after_an_update_a_restart_is_offered_for_what_only_a_restart_mends() -> None:
    restart = ("LyncDesk was updated, and needs a restart.", Action.RESTART, "Restart")
    client = running(interval=10 * MINUTE).until(10)
    client.do(ev.ProblemFound(Problem.of("program-replaced", version="0.1.0")))
    client.fail("worker-failed")
    assert said(client) == restart  # the worker is of the other version
    assert notice(client) == Notice(*restart)  # no warning: nothing is wrong
    client.until(21)
    client.fail()
    assert "Exchange did not answer." in said(client)[0]  # which a restart does not mend
    client.until(35)
    client.answer()
    assert said(client) == restart
