"""The engine's part for what the person does: signs in and out, picks a status, changes options.

Pure like the engine itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lyncdesk.client import checking, checks, contact_reading, giving
from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.effects import Effects
from lyncdesk.client.state import Health, State
from lyncdesk.presence.inputs import picked
from lyncdesk.presence.publication import person
from lyncdesk.presence.relationships import default_relationship


def signed_in(state: State, _event: ev.SignIn, now: datetime) -> tuple[State, Effects]:
    """Sign in: one check at once, and the pool."""
    if state.signed_in:
        return state, ()
    calendar = checking.signed_in_anew(state.calendar)
    names = contact_reading.names_alone(state)
    state = replace(state, signed_in=True, calendar=calendar, contacts=names, published=None, since=now)
    state = replace(state, reading=contact_reading.signed_in_anew(state.reading))
    return anchored(state, now), (ef.JoinPool(state.options.contacts),)


def anchored(state: State, now: datetime) -> State:
    """One calendar check at once, and after it the contacts."""
    return contact_reading.anchored(checking.anchored(state, now), now)


def signed_out(state: State, _event: ev.SignOut, _now: datetime) -> tuple[State, Effects]:
    """Sign out: others see Offline, and nothing is known of them any more."""
    if not state.signed_in:
        return state, ()
    state = replace(
        state,
        signed_in=False,
        ended=None,
        calendar=checking.switched_off(state.calendar),
        contacts=contact_reading.names_alone(state),
        reading=contact_reading.switched_off(state.reading),
        giving=giving.signed_out(state.giving),
        published=None,
        reset_waiting=False,
        reset_unplanned=False,
    )
    return state, (ef.Withdraw(),)


def status_set(state: State, event: ev.SetStatus, now: datetime) -> tuple[State, Effects]:
    """Pick a status; it lasts as long as the options say, or as the person said."""
    manual = picked(
        event.status, now, until=event.until, expiry=state.options.manual_expiry, device=event.device
    )
    state = replace(state, manual=manual, ended=None, reset_waiting=False, reset_unplanned=False)
    return state, (remember(state),)


def manual_restored(state: State, event: ev.RestoreManual, _now: datetime) -> tuple[State, Effects]:
    """The status by hand of an earlier run."""
    return replace(state, manual=event.manual), ()


def reset(state: State, _event: ev.ResetStatus, _now: datetime) -> tuple[State, Effects]:
    """Reset Status: what was picked goes, and the next check decides."""
    planned = state.calendar.next_check is not None or state.calendar.check_again
    state = replace(
        state,
        manual=None,
        ended=None,
        reset_waiting=state.signed_in and planned,
        reset_unplanned=state.signed_in and not planned,
    )
    return state, (remember(state),)  # and no request: that is the point


def check_now(state: State, _event: ev.CheckNow, now: datetime) -> tuple[State, Effects]:
    """Check calendar now, where the administrator allows it."""
    return (anchored(state, now) if state.options.allow_check_now else state), ()


def note_written(state: State, event: ev.NoteWritten, _now: datetime) -> tuple[State, Effects]:
    """The person's note."""
    state = replace(state, options=replace(state.options, note=event.text))
    return state, (remember(state),)


def given(state: State, event: ev.Give, _now: datetime) -> tuple[State, Effects]:
    """Another relationship for a contact: a permission with Exchange alone, else for the pool."""
    if state.reading.used:
        return giving.picked(state, event)
    gives = dict(state.options.gives)
    address = person(event.address)
    gives.pop(address, None)
    if (
        event.relationship is not None
        and default_relationship(state.profile.address, address) is not event.relationship
    ):
        gives[address] = event.relationship
    state = replace(state, options=replace(state.options, gives=gives))
    return state, (remember(state),)


def options_changed(before: State, event: ev.OptionsChanged, now: datetime) -> tuple[State, Effects]:
    """New options, and what they mean for calendar and contacts."""
    state = _options_for_the_calendar(before, event, now)
    return contact_reading.options_changed(before, state, now)


def _options_for_the_calendar(state: State, event: ev.OptionsChanged, now: datetime) -> State:
    old, new = state.options, event.options
    state = replace(state, options=new)
    if old.account != new.account:
        found = state.found if new.account.address else {}
        calendar = checking.of_another_account(state.calendar)
        # What was shown was another person's.
        state = replace(state, calendar=calendar, found=found, ended=None, trail=())
    if not state.signed_in:
        return state
    if not new.calendar_in_use:
        # What the calendar contributed is withdrawn, cached items are dropped, no check is planned.
        return _without_calendar(state)
    if not old.calendar_in_use or old.account != new.account:
        unplanned = state.reset_unplanned and state.calendar.health is Health.STOPPED
        return checking.anchored(replace(state, reset_unplanned=unplanned), now)
    if old.interval != new.interval:
        planned = checks.after_new_interval(state.calendar, new.interval, now)
        return replace(state, calendar=replace(state.calendar, next_check=planned))
    return state


def _without_calendar(state: State) -> State:
    return replace(
        state,
        calendar=checking.switched_off(state.calendar),
        reset_waiting=False,
        reset_unplanned=state.reset_waiting or state.reset_unplanned,
    )


def password_entered(state: State, _event: ev.PasswordEntered, now: datetime) -> tuple[State, Effects]:
    """A password was typed: what a refusal stopped goes on."""
    return contact_reading.password_entered(checking.password_entered(state, now), now), ()


def remember(state: State) -> ef.Remember:
    """Have the world keep what outlives the program."""
    return ef.Remember(state.options, state.manual)
