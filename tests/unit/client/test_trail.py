"""What was shown and why, as it passes; and the reasons of a moment of My day, past, present and to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client import events as ev
from lyncdesk.client import trail, views
from lyncdesk.client.day_log import DayLog
from lyncdesk.client.options import Account
from lyncdesk.client.state import CheckRecord
from lyncdesk.client.trail import read_at, shown_at
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item, Kind
from lyncdesk.presence.states import ManualStatus
from tests.unit.client.driving import Driven, meeting, running
from tests.unit.strategies import NOW, at

WORDS = Words(zone=ZoneInfo("Europe/Berlin"))
CALL = Item(at(-60), at(60), subject="Call")


def reasons(client: Driven, minutes: float) -> tuple[str, ...]:
    return views.reasons_at(client.state, at(minutes), client.now, WORDS)


def shown(client: Driven) -> list[tuple[float, str]]:
    return [((p.since - NOW).total_seconds() / 60, p.decision.presence.text) for p in client.state.trail]


def late() -> Driven:
    """An item that began long ago is seen by the check of 10:30, not by that of 10:00."""
    client = running()
    client.until(30)
    client.answer(CALL)
    return client.until(40)


def test_each_change_of_what_is_shown_is_noted_once() -> None:
    client = running(meeting(10, 20))
    client.until(5).do(ev.SetStatus(ManualStatus.DO_NOT_DISTURB))
    client.until(7).do(ev.ResetStatus())
    client.until(25)
    assert shown(client) == [
        (0, "Available"),
        (5, "Do not disturb"),
        (7, "Available"),
        (10, "In a meeting"),
        (20, "Available"),
    ]


def test_what_was_shown_before_an_item_was_known_stays_so() -> None:
    lines = reasons(late(), 10)
    assert lines[0] == "At 10:10 you were shown as Available."
    assert "Calendar: No item runs now. There is nothing to apply." in lines
    assert lines[-2:] == (
        "The calendar had been read at 10:00.",
        "From what is known now it would have been Busy.",
    )
    assert "Call" not in "".join(lines)
    after = reasons(late(), 35)
    assert after[0] == "At 10:35 you were shown as Busy."
    assert after[-1] == "The calendar had been read at 10:30."


def test_a_moment_that_has_passed_tells_the_computer_too() -> None:
    client = running(meeting(-60, 60))
    client.until(5).machine(locked=True)
    client.until(8).machine()
    client.until(20)
    assert reasons(client, 6)[0] == "At 10:06 you were shown as Away."
    assert any(line.startswith("Computer: The computer is locked.") for line in reasons(client, 6))
    assert reasons(client, 9)[0] == "At 10:09 you were shown as In a meeting."


def test_what_came_before_the_program_is_not_claimed() -> None:
    lines = reasons(running(meeting(-60, 60)), -30)
    assert lines[0] == (
        "What was shown at 9:30 is not known: LyncDesk was not there. From what is known now:"
    )
    assert any("“Budget review”" in line for line in lines)
    assert not any(line.startswith("Computer") for line in lines)


def test_now_is_as_the_why_tab_has_it() -> None:
    client = running(meeting(-60, 60, kind=Kind.UNKNOWN))
    why = views.why(client.state, client.now, WORDS)
    lines = reasons(client, 0)
    assert lines[0] == why.sentence
    assert lines[-1] == why.lync != ""
    assert len(lines) == 2 + len(why.rows)


def test_a_moment_to_come_is_told_from_what_is_known_without_the_computer() -> None:
    client = running(meeting(30, 60, kind=Kind.UNKNOWN))
    client.machine(locked=True)
    lines = reasons(client, 45)
    assert lines[0] == "From what is known now, you will be shown as Busy at 10:45."
    assert not any(line.startswith("Computer") for line in lines)
    assert lines[-1].startswith("Lync would have shown In a meeting: ")
    assert not any(line.startswith("Lync") for line in reasons(client, 61))


def test_where_lync_differed_then_that_is_told_of_then() -> None:
    client = running(meeting(-60, 10, kind=Kind.UNKNOWN))
    client.until(20)
    assert reasons(client, 5)[-1].startswith("Lync would have shown In a meeting: ")
    assert not any(line.startswith("Lync") for line in reasons(client, 15))


def test_a_status_that_ends_is_told_as_ended_where_lync_went_on() -> None:
    client = running()
    client.do(ev.SetStatus(ManualStatus.BUSY, at(15)))
    ahead = reasons(client, 20)
    assert ahead[0] == "From what is known now, you will be shown as Available at 10:20."
    assert ahead[-1].startswith("Lync would have gone on showing Busy: ")
    client.until(25)
    assert reasons(client, 25)[-1].startswith("Lync would have gone on showing Busy: ")
    assert reasons(client, 20)[-1].startswith("Lync would have gone on showing Busy: ")
    client.do(ev.ResetStatus())
    assert not any(line.startswith("Lync") for line in reasons(client, 25))


def test_old_data_are_told_of_as_such() -> None:
    client = running(meeting(-60, 300))
    client.until(100)
    assert any("without a word about old" in line for line in reasons(client, 90))
    assert not any("without a word about old" in line for line in reasons(client, 20))


def test_a_clock_set_back_takes_back_what_has_not_been_yet() -> None:
    client = running(meeting(10, 20))
    client.until(25)
    client.now = at(5)
    client.do(ev.Jolted("clock-changed"))
    assert all(passed.since <= at(5) for passed in client.state.trail)
    assert shown(client)[-1][1] == "Available"


def test_another_account_starts_anew() -> None:
    client = running(meeting(-60, 60)).until(5)
    assert "Budget review" in repr(client.state.trail)
    client.do(ev.OptionsChanged(replace(client.state.options, account=Account("ben@litware.example"))))
    assert "Budget review" not in repr(client.state.trail)


def test_the_day_that_can_be_recorded_does_not_keep_it_a_second_time() -> None:
    client, log = running(meeting(-60, 60)), DayLog()
    for minute, status in enumerate((ManualStatus.BUSY, ManualStatus.OFF_WORK, ManualStatus.BUSY)):
        client.until(minute).do(ev.SetStatus(status))
        log.changed(client.state, client.now)
    assert len(client.state.trail) == len(log.turns) == 3
    assert not any(turn.state.trail for turn in log.turns)


def test_as_a_past_it_tells_where_lync_differed_and_leaves_out_answers_that_came_too_late() -> None:
    client = running()
    client.do(ev.SetStatus(ManualStatus.BUSY, at(15)))
    client.until(25)
    late = CheckRecord(at(20), timedelta(), used=False)
    calendar = replace(client.state.calendar, history=(*client.state.calendar.history, late))
    past = trail.as_past(replace(client.state, calendar=calendar), client.now)
    assert (past.since, past.spans[-1].start, past.spans[-1].end) == (NOW, at(15), at(25))
    assert WORDS(past.spans[-1].shown.lync[0]).startswith("Lync would have gone on showing Busy: ")
    assert {check.first for check in past.checks} == {NOW}
    assert trail.as_past(replace(client.state, trail=()), client.now).spans == ()


def test_it_has_an_end() -> None:
    client = running()
    for number in range(2 * trail.MOST):
        client.now = at(number / 60)
        client.do(ev.SetStatus(ManualStatus.BUSY if number % 2 else ManualStatus.OFF_WORK))
    assert len(client.state.trail) == trail.MOST
    assert client.state.trail[-1].since == client.now
    client.now += timedelta(days=3)
    client.do(ev.SetStatus(ManualStatus.BE_RIGHT_BACK))
    assert len(client.state.trail) == 2, "the one before tells what was shown until then"


@given(
    st.lists(st.tuples(st.integers(1, 20), st.sampled_from(ManualStatus)), max_size=8), st.integers(0, 200)
)
def test_of_every_moment_it_tells_what_was_shown_at_it(
    happens: list[tuple[int, ManualStatus]], minute: int
) -> None:
    client = running(meeting(20, 50), meeting(40, 90, "Stand-up"), interval=timedelta(hours=8))
    truth: dict[float, str] = {}
    clock = 0
    for pause, status in [*happens, (max(1, 200 - sum(p for p, _ in happens)), ManualStatus.BUSY)]:
        for _ in range(pause):
            client.until(clock)
            truth[clock] = client.text
            clock += 1
        client.until(clock)
        client.do(ev.SetStatus(status))
    told = shown_at(client.state, at(minute)) if minute in truth else None
    if told is not None:
        assert told.decision.presence.text == truth[minute]
        assert read_at(client.state, told, at(minute)) == NOW
