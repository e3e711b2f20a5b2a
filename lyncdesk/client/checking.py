"""The calendar's part of the engine: planning a check, sending it, and what its answer changes.

Pure like the engine itself, whose rules it carries out (the project's presence rules, section 4). Two laws
hold through everything: checks never overlap, and an answer to a question that no longer stands changes
nothing but that the next one may be sent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from lyncdesk.client import changing, checks
from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.effects import Effects
from lyncdesk.client.problems import Retry
from lyncdesk.client.reading import asleep
from lyncdesk.client.state import Calendar, CheckRecord, Health, State

# How many checks are remembered: a working day at the usual interval, and small enough to be read.
REMEMBERED = 20


def anchored(state: State, now: datetime) -> State:
    """Set the rhythm anew and ask for one check at once; a server's back-off is still respected.

    Changes nothing while signed out, while the calendar is not used, and before the person acted on a problem
    that stopped everything.
    """
    calendar = state.calendar
    if not state.signed_in or not state.options.calendar_in_use or calendar.health is Health.STOPPED:
        return state
    health = Health.STARTING if calendar.health is Health.OFF else calendar.health
    again = calendar.checking_since is not None
    due = _soonest(calendar, now)
    return replace(
        state, calendar=replace(calendar, anchor=now, next_check=due, check_again=again, health=health)
    )


def signed_in_anew(calendar: Calendar) -> Calendar:
    """What a calendar begins with: a check in flight still has to end, and the server's wish still holds."""
    return replace(
        _in_flight(calendar),
        back_off_until=calendar.back_off_until,
        failed_at=calendar.failed_at,  # when that wish was told
        checks_sent=calendar.checks_sent,
        requests=calendar.requests,
        history=calendar.history,
    )


def soon(state: State, now: datetime) -> State:
    """One check as soon as one may be sent, outside the rhythm: what was just written is to be confirmed."""
    calendar = state.calendar
    if calendar.next_check is None:
        return state
    if calendar.checking_since is not None:
        return replace(state, calendar=replace(calendar, check_again=True))
    due = _soonest(calendar, now)
    if calendar.failures and calendar.failed_at is not None:
        due = max(due, calendar.failed_at + checks.QUIET_AFTER_FAILURE)
    return replace(state, calendar=replace(calendar, next_check=min(calendar.next_check, due)))


def switched_off(calendar: Calendar) -> Calendar:
    """Without what the calendar contributed. What failed stays known: only a success restarts the back-off,
    and a refused password stays refused.
    """
    stopped = calendar.health is Health.STOPPED
    return replace(
        signed_in_anew(calendar),
        health=Health.STOPPED if stopped else Health.OFF,
        failures=calendar.failures,
        failed_at=calendar.failed_at,
        problem=calendar.problem,
    )


def of_another_account(calendar: Calendar) -> Calendar:
    """Nothing of one account is true of another."""
    return replace(
        _in_flight(calendar),
        checks_sent=calendar.checks_sent,
        requests=calendar.requests,
        history=calendar.history,
    )


def _in_flight(calendar: Calendar) -> Calendar:
    flying = calendar.checking_since is not None
    return Calendar(
        checking_since=calendar.checking_since,
        outdated=flying,
        asked=calendar.asked,
        adrift=changing.adrift(calendar),
        changes_made=calendar.changes_made,  # a change that still is under way is not taken for a later one
    )


def password_entered(state: State, now: datetime) -> State:
    """The person acted: one check at once, outside the rhythm."""
    calendar = state.calendar
    planned = state.signed_in and state.options.calendar_in_use
    if calendar.checking_since is not None:
        # It carries the password from before; what comes of it says nothing about the new one.
        return replace(state, calendar=replace(calendar, outdated=True, asked=None, check_again=planned))
    if calendar.health is not Health.STOPPED:
        return state
    calendar = replace(
        calendar,
        health=Health.FAILING if planned else Health.OFF,
        anchor=calendar.anchor or now,
        next_check=_soonest(calendar, now) if planned else None,
    )
    unplanned = state.reset_unplanned
    return replace(
        state,
        calendar=calendar,
        reset_waiting=state.reset_waiting or (unplanned and planned),
        reset_unplanned=unplanned and not planned,
    )


def checked(state: State, event: ev.CalendarChecked, now: datetime) -> State:
    """A check succeeded."""
    calendar = state.calendar
    if calendar.checking_since != event.started:
        return state
    answer = event.answer
    record = CheckRecord(
        event.started,
        answer.duration,
        requests=answer.requests,
        items=len(answer.items),
        used=not calendar.outdated,
    )
    state = _remembered(state, record)
    calendar = state.calendar
    if calendar.outdated:
        return _landed(state, now)
    calendar = replace(
        changing.told(calendar, answer.items, event.started),
        as_of=min(event.started, now),  # the clock may have been set back meanwhile
        health=Health.OK,
        next_check=checks.regular_after(calendar.anchor or now, state.options.interval, now),
        failures=0,
        failed_at=None,
        back_off_until=None,
        problem=None,
        details=answer.details,
        complete=answer.complete,
        # What could not be told stays as it was last known.
        out_of_office=answer.out_of_office if answer.out_of_office_told else calendar.out_of_office,
        working_hours=answer.working_hours or calendar.working_hours,
        requests=calendar.requests + answer.requests,
        duration=answer.duration,
        server=answer.server or calendar.server,
        sign_in=answer.sign_in or calendar.sign_in,
        limits=answer.limits,
    )
    return _landed(replace(state, calendar=calendar, reset_waiting=False, reset_unplanned=False), now)


def failed(state: State, event: ev.CheckFailed, now: datetime) -> State:
    """A check failed; the last good data stay."""
    calendar = state.calendar
    if calendar.checking_since != event.started:
        return state
    refused = event.problem.row.retry is Retry.NEVER and calendar.asked == state.options.account
    used = refused or not calendar.outdated
    took = max(now - event.started, timedelta())  # the clock may have been set back meanwhile
    state = _remembered(state, CheckRecord(event.started, took, event.problem.name, used=used))
    calendar = state.calendar
    if not used:
        mine = calendar.asked in (None, state.options.account)
        return _landed(rested(state, event.back_off, now) if mine else state, now)
    calendar = replace(
        calendar,
        failures=calendar.failures + 1,
        failed_at=now,
        back_off_until=now + event.back_off if event.back_off is not None else calendar.back_off_until,
        problem=event.problem,
    )
    planned = checks.next_after_failure(calendar, state.options.interval, now)
    calendar = replace(
        calendar,
        next_check=planned,
        health=Health.STOPPED if planned is None else Health.FAILING,
        check_again=calendar.check_again and planned is not None,
    )
    waiting = state.reset_waiting and planned is not None
    unplanned = state.reset_unplanned or (state.reset_waiting and planned is None)
    return _landed(replace(state, calendar=calendar, reset_waiting=waiting, reset_unplanned=unplanned), now)


def _remembered(state: State, record: CheckRecord) -> State:
    history = (*state.calendar.history, record)[-REMEMBERED:]
    return replace(state, calendar=replace(state.calendar, history=history))


def rested(state: State, back_off: timedelta | None, now: datetime) -> State:
    """The server's wish for rest is kept also where what it came with does not matter."""
    calendar = state.calendar
    if back_off is None:
        return state
    until = now + back_off
    planned = max(calendar.next_check, until) if calendar.next_check is not None else None
    calendar = replace(calendar, back_off_until=until, failed_at=now, next_check=planned)
    return replace(state, calendar=calendar)


def _landed(state: State, now: datetime) -> State:
    """No check is in flight any more; one that was asked for meanwhile is due."""
    calendar = state.calendar
    due = _soonest(calendar, now) if calendar.check_again else calendar.next_check
    return replace(
        state,
        calendar=replace(
            calendar, checking_since=None, outdated=False, asked=None, check_again=False, next_check=due
        ),
    )


def _soonest(calendar: Calendar, now: datetime) -> datetime:
    return max(now, calendar.back_off_until or now)


def due(state: State, now: datetime) -> tuple[State, Effects]:
    """Send the check that is due, if one is."""
    calendar = state.calendar
    if calendar.next_check is None or calendar.next_check > now or not state.signed_in:
        return state, ()
    following = checks.regular_after(calendar.anchor or now, state.options.interval, now)
    if calendar.checking_since is not None:
        # Checks never overlap: a regular moment that falls into one is passed over.
        return replace(state, calendar=replace(calendar, next_check=following)), ()
    if asleep(state):
        return state, ()
    calendar = replace(
        calendar,
        checking_since=now,
        asked=state.options.account,
        next_check=following,
        checks_sent=calendar.checks_sent + 1,
    )
    fetch = ef.FetchCalendar(now, checks.window(now, state.profile.zone), following - now)
    return replace(state, calendar=calendar), (fetch,)
