"""The state machine of one signed-in person, pure: ``step(state, event, now) -> (state, effects)``.

Its rules, in short (the project's presence rules, sections 4 to 6):

- two clocks: new items arrive only with ``CalendarChecked``; known items act on their own start and end
by ``Tick``;
- Reset Status drops the manual status, sends NO request, and waits for the next successful check;
- a failure never loses the last good items; a refused password plans no check until the person acts;
- checks never overlap; only a success restarts the back-off;
- a Show As that the person picks is shown at once and written back; a failure puts the former one back;
- nothing about a State's presence changes before :func:`next_wake`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from lyncdesk.client import acting, changing, checking, checks, contact_reading, giving
from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.effects import Effects
from lyncdesk.client.found import newest
from lyncdesk.client.problems import Problem, first_problem
from lyncdesk.client.publish import publication, same_stretches
from lyncdesk.client.reading import decision, due_moments, inputs, problems
from lyncdesk.client.state import State
from lyncdesk.client.trail import noted
from lyncdesk.presence.aggregate import Decision, live_manual
from lyncdesk.presence.items import Recurring
from lyncdesk.presence.publication import person

__all__ = ["decision", "next_wake", "step"]


def step(state: State, event: ev.Event, now: datetime) -> tuple[State, Effects]:
    """Apply one event at ``now``; returns the new State and what the world is asked to do, in order."""
    before = state
    state, effects = _HANDLERS[type(event)](state, event, now)
    if isinstance(event, _OF_OTHERS) and state.quiet_until is not None and now < state.quiet_until:
        return state, effects
    state, settled = _settle(state, now)
    decided = decision(state, now)
    state, published = _publish(before, state, decided, now)
    state = noted(state, decided, now)
    return replace(state, quiet_until=next_wake(state, now)), effects + settled + published


def next_wake(state: State, now: datetime) -> datetime | None:
    """The next moment at which a :class:`~lyncdesk.client.events.Tick` is needed; never in the past."""
    moments = chain(due_moments(state, now), contact_reading.due_moments(state))
    return min((max(moment, now) for moment in moments), default=None)


# What the calendar source answers


def _checked(state: State, event: ev.CalendarChecked, now: datetime) -> tuple[State, Effects]:
    return checking.checked(state, event, now), ()


def _failed(state: State, event: ev.CheckFailed, now: datetime) -> tuple[State, Effects]:
    return checking.failed(state, event, now), ()


def _contacts_read(state: State, event: ev.ContactsRead, now: datetime) -> tuple[State, Effects]:
    return contact_reading.done(state, event, now), ()


def _contacts_failed(state: State, event: ev.ContactsFailed, now: datetime) -> tuple[State, Effects]:
    return contact_reading.failed(state, event, now), ()


# What the person changes in the calendar


def _picked(state: State, event: ev.ShowAsPicked, _now: datetime) -> tuple[State, Effects]:
    return changing.picked(state, event)


def _undone(state: State, _event: ev.ShowAsUndone, _now: datetime) -> tuple[State, Effects]:
    return changing.undone(state)


def _written(state: State, event: ev.ShowAsWritten, now: datetime) -> tuple[State, Effects]:
    change = changing.under_way(state.calendar, event.number)
    if change is None:
        return state, ()
    if change in state.calendar.adrift:
        # Who signed out and in meanwhile may have been told of the calendar as it was before.
        return checking.soon(replace(state, calendar=changing.ashore(state.calendar, change)), now), ()
    state = replace(state, calendar=changing.written(state.calendar, change, event.written, now))
    # A change of one occurrence, or of all, gives new change keys to its whole series.
    alone = change.item.recurring is Recurring.NO
    return (state if alone else checking.soon(state, now)), ()


def _not_written(state: State, event: ev.ShowAsNotWritten, now: datetime) -> tuple[State, Effects]:
    change = changing.under_way(state.calendar, event.number)
    if change is None:
        return state, ()
    state = replace(state, calendar=changing.not_written(state.calendar, change, event.problem, now))
    if change.account != state.options.account:
        return state, ()  # what that server wants says nothing about this one
    # The server knows better: it refused, or may have written it all the same.
    return checking.soon(checking.rested(state, event.back_off, now), now), ()


def _right_given(state: State, event: ev.RightGiven, now: datetime) -> tuple[State, Effects]:
    change = giving.under_way(state, event.number)
    if change is None:
        return state, ()
    state = giving.given(state, change, event, now)
    if giving.is_another_account_s(state, change):
        # It may be the same calendar all the same, and what was read of it meanwhile did not count.
        state = contact_reading.soon(state, now)
    return state, ()


def _right_not_given(state: State, event: ev.RightNotGiven, now: datetime) -> tuple[State, Effects]:
    change = giving.under_way(state, event.number)
    if change is None:
        return state, ()
    state = giving.not_given(state, change, event, now)
    if giving.is_another_account_s(state, change):
        return contact_reading.soon(state, now), ()  # what that server wants says nothing about this one
    if event.rights is not None:
        return state, ()
    # It is not known what holds now, so that is asked for, when the server wants to be asked again.
    return contact_reading.soon(contact_reading.rested(state, event.back_off, now), now), ()


def _giving_undone(state: State, _event: ev.GivingUndone, _now: datetime) -> tuple[State, Effects]:
    return giving.undone(state)


# What the machine and the pool tell


def _machine(state: State, event: ev.MachineChanged, _now: datetime) -> tuple[State, Effects]:
    others = tuple(machine for machine in state.machines if machine.id != event.machine.id)
    return replace(state, machines=(*others, event.machine)), ()


def _jolted(state: State, _event: ev.Jolted, now: datetime) -> tuple[State, Effects]:
    calendar, reading = checks.set_back(state.calendar, now), checks.set_back(state.reading, now)
    effects: Effects = (ef.ReckonContacts(),) if state.reading.used else ()
    return acting.anchored(replace(state, calendar=calendar, reading=reading), now), effects


def _seen(state: State, event: ev.ContactSeen, _now: datetime) -> tuple[State, Effects]:
    if not state.signed_in:
        return state, ()  # news that was under way when the person signed out
    contacts = {**state.contacts, person(event.seen.profile.address): event.seen}
    return replace(state, contacts=contacts), ()


def _gone(state: State, event: ev.ContactGone, _now: datetime) -> tuple[State, Effects]:
    address = person(event.address)
    return replace(state, contacts={a: s for a, s in state.contacts.items() if a != address}), ()


def _problem_found(state: State, event: ev.ProblemFound, _now: datetime) -> tuple[State, Effects]:
    others = tuple(problem for problem in state.problems if problem.name != event.problem.name)
    return replace(state, problems=(*others, event.problem)), ()


def _problem_gone(state: State, event: ev.ProblemGone, _now: datetime) -> tuple[State, Effects]:
    return replace(state, problems=tuple(p for p in state.problems if p.name != event.name)), ()


def _profile(state: State, event: ev.ProfileKnown, _now: datetime) -> tuple[State, Effects]:
    return replace(state, profile=event.profile), ()


def _server(state: State, event: ev.ServerFound, _now: datetime) -> tuple[State, Effects]:
    return replace(state, found=newest([*state.found.values(), event.found])), ()


def _tick(state: State, _event: ev.Tick, _now: datetime) -> tuple[State, Effects]:
    return state, ()  # what time does is settled after every event


_HANDLERS: dict[type[Any], Callable[[State, Any, datetime], tuple[State, Effects]]] = {
    ev.SignIn: acting.signed_in,
    ev.SignOut: acting.signed_out,
    ev.Tick: _tick,
    ev.CheckNow: acting.check_now,
    ev.CalendarChecked: _checked,
    ev.CheckFailed: _failed,
    ev.ShowAsPicked: _picked,
    ev.ShowAsUndone: _undone,
    ev.ShowAsWritten: _written,
    ev.ShowAsNotWritten: _not_written,
    ev.ResetStatus: acting.reset,
    ev.SetStatus: acting.status_set,
    ev.RestoreManual: acting.manual_restored,
    ev.OptionsChanged: acting.options_changed,
    ev.MachineChanged: _machine,
    ev.Jolted: _jolted,
    ev.PasswordEntered: acting.password_entered,
    ev.ContactSeen: _seen,
    ev.ContactGone: _gone,
    ev.ContactsRead: _contacts_read,
    ev.ContactsFailed: _contacts_failed,
    ev.RightGiven: _right_given,
    ev.RightNotGiven: _right_not_given,
    ev.GivingUndone: _giving_undone,
    ev.Give: acting.given,
    ev.NoteWritten: acting.note_written,
    ev.ProblemFound: _problem_found,
    ev.ProblemGone: _problem_gone,
    ev.ProfileKnown: _profile,
    ev.ServerFound: _server,
}


# News of other people, by far the most frequent, change nothing of oneself. One that comes at the very moment
# at which something is due does what a Tick would have done: the wake-up after it looks ahead of that moment.
_OF_OTHERS = (ev.ContactSeen, ev.ContactGone)


# What time does, after every event


def _settle(state: State, now: datetime) -> tuple[State, Effects]:
    effects: Effects = ()
    if state.manual is not None and live_manual(inputs(state), now) is None:
        until = state.manual.until
        ran_out = until is not None and until <= now
        state = replace(state, manual=None, ended=state.manual if ran_out else None)
        effects = (acting.remember(state),)
    state = giving.settled(changing.settled(state, now), now)
    state, sent = checking.due(state, now)
    state, asked = contact_reading.due(state, now)
    return state, effects + sent + asked


def _publish(before: State, state: State, decided: Decision, now: datetime) -> tuple[State, Effects]:
    if not state.signed_in:
        return state, ()
    text = decided.presence.text
    if before.published is None or before.published.presence.text != text:
        state = replace(state, since=now)
    old = state.published
    known = old.busy if old is not None and same_stretches(before, state) else None
    news = publication(state, now, known, decided)
    same = old is not None and replace(news, revision=old.revision, published_at=old.published_at) == old
    if same and before.options.gives == state.options.gives:
        return state, ()
    state = replace(state, revision=news.revision, published=news)
    return state, (ef.Publish(news, state.options.gives),)


def shown_problem(state: State) -> Problem | None:
    """The first problem that holds, in the order of the problem table."""
    return first_problem(problems(state))
