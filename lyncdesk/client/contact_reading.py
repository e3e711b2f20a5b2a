"""The engine's part for contacts whose calendars must be asked for: when, and what an answer changes.

They are read in the rhythm of the calendar check and right after it, one request for a hundred people. So a
refused password, a server that wants peace, or one that does not answer, is met by the check alone; a failure
that is about the person's own calendar only does not keep the others' from being read. Whether one's own
calendar is used for presence does not matter here; a person who uses no Exchange at all reads nobody's.
Who one is, and what others may see, is asked with the first read, which one without contacts has too.
Pure like the engine itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from lyncdesk.client import checks, giving
from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.effects import Effects
from lyncdesk.client.ports import ContactsAnswer, ContactsAsked
from lyncdesk.client.problems import Problem, Retry
from lyncdesk.client.reading import asleep, contacts_in_use, people_in_use
from lyncdesk.client.state import ContactReading, Health, State
from lyncdesk.presence.publication import Seen, unknown

# Failures that say what one may do oneself: the server can still be asked about others.
_OWN_CALENDAR_ALONE = frozenset(
    {"access-denied", "no-mailbox", "mailbox-moved", "too-many-items", "server-error", "broken-answer"}
)


def _wanted(state: State) -> bool:
    """Whether there is something to read."""
    return contacts_in_use(state) or (people_in_use(state) and state.reading.want_rights)


def anchored(state: State, now: datetime) -> State:
    """Set the rhythm anew and ask for one read at once; nothing before the person acted on a refusal."""
    reading = state.reading
    if not people_in_use(state) or _stopped(reading):
        return state
    again = reading.reading_since is not None
    reading = replace(
        reading, anchor=now, next_read=_soonest(reading, now), read_again=again, want_rights=True
    )
    return replace(state, reading=reading)


def soon(state: State, now: datetime) -> State:
    """Ask for one read at once, outside the rhythm, with what others may see."""
    reading = replace(state.reading, want_rights=True)
    if people_in_use(state) and not _stopped(reading):
        again = reading.reading_since is not None
        reading = replace(reading, next_read=_soonest(reading, now), read_again=again)
    return replace(state, reading=reading)


def rested(state: State, back_off: timedelta | None, now: datetime) -> State:
    """A server that wants peace gets it, whatever it was asked."""
    if back_off is None:
        return state
    until = max(now + back_off, state.reading.back_off_until or now)
    state = replace(state, reading=replace(state.reading, back_off_until=until, failed_at=now))
    return _told_to_the_calendar(state, until, now)


def signed_in_anew(reading: ContactReading) -> ContactReading:
    """What a reading begins with: one in flight still has to end, and the server's wish still holds."""
    return replace(_in_flight(reading), back_off_until=reading.back_off_until, failed_at=reading.failed_at)


def switched_off(reading: ContactReading) -> ContactReading:
    """Without what was read. A refused password stays refused."""
    off = signed_in_anew(reading)
    return replace(off, problem=reading.problem, failures=reading.failures) if _stopped(reading) else off


def of_another_account(reading: ContactReading) -> ContactReading:
    """Nothing of one account is true of another."""
    return _in_flight(reading)


def _in_flight(reading: ContactReading) -> ContactReading:
    flying = reading.reading_since is not None
    return ContactReading(
        reading.used, reading_since=reading.reading_since, asked=reading.asked, outdated=flying
    )


def options_changed(before: State, state: State, now: datetime) -> tuple[State, Effects]:
    """What new options mean: another account, Exchange used or not, the first contact, a new interval."""
    old, new = before.options, state.options
    if not state.reading.used:
        return state, ()
    effects: Effects = ()
    if old.account != new.account:
        state = replace(
            state,
            reading=of_another_account(state.reading),
            giving=giving.of_another_account(state.giving),
            contacts=names_alone(state),
        )
        effects = (ef.ForgetContacts(),)
    if not people_in_use(state):
        if people_in_use(before) and not effects:
            state, effects = replace(state, contacts=names_alone(state)), (ef.ForgetContacts(),)
        return replace(state, reading=switched_off(state.reading)), effects
    reading = state.reading
    if old.account != new.account or old.use_exchange != new.use_exchange:
        return anchored(state, now), effects
    if not new.contacts:
        if old.contacts:
            reading = replace(switched_off(reading), want_rights=False)
        return replace(state, reading=reading), effects
    if not old.contacts:
        # The first contact: the rhythm is the calendar's if it has one.
        return soon(
            replace(state, reading=replace(reading, anchor=state.calendar.anchor or now)), now
        ), effects
    if old.interval != new.interval:
        reading = replace(reading, next_read=checks.read_after_new_interval(reading, new.interval, now))
    return replace(state, reading=reading), effects


def names_alone(state: State) -> dict[str, Seen]:
    """What is left of contacts whose presence is not known any more: nobody turns into an address."""
    return {address: unknown(seen.profile) for address, seen in state.contacts.items()}


def password_entered(state: State, now: datetime) -> State:
    """The person acted: what a refusal stopped goes on."""
    reading, planned = state.reading, _wanted(state)
    if reading.reading_since is not None:
        return replace(state, reading=replace(reading, outdated=True, asked=None, read_again=planned))
    if not _stopped(reading):
        return state
    reading = replace(
        reading,
        problem=None,
        anchor=reading.anchor or now,
        next_read=_soonest(reading, now) if planned else None,
    )
    return replace(state, reading=reading)


def done(state: State, event: ev.ContactsRead, now: datetime) -> State:
    """The contacts were read."""
    reading = state.reading
    if reading.reading_since != event.started:
        return state
    if reading.outdated:
        return _landed(state, now)
    answer = event.answer
    until = now + answer.back_off if answer.back_off is not None else None
    regular = checks.regular_after(reading.anchor or now, state.options.interval, now)
    reading = replace(
        reading,
        want_rights=reading.want_rights and (reading.read_again or _passes(answer)),
        as_of=min(event.started, now),  # the clock may have been set back meanwhile
        next_read=max(regular, until or regular),
        read=answer.read,
        unreadable=answer.unreadable,
        requests=reading.requests + answer.requests,
        failures=0,
        failed_at=None,
        back_off_until=until,
        problem=None,
    )
    state = replace(state, reading=reading)
    if not _wanted(state):
        state = replace(state, reading=replace(reading, next_read=None))
    if answer.me is not None:
        known = replace(answer.me, address=state.profile.address, zone=state.profile.zone)
        state = replace(state, profile=known)
    return _landed(_told_to_the_calendar(giving.read(state, answer, event.started), until, now), now)


def _passes(answer: ContactsAnswer) -> bool:
    """Whether what was asked beside the calendars failed for a while only, so that it is asked again."""
    problem = answer.rights_problem
    return answer.back_off is not None or (problem is not None and problem.name not in _OWN_CALENDAR_ALONE)


def failed(state: State, event: ev.ContactsFailed, now: datetime) -> State:
    """The contacts could not be read; what is known of them stays."""
    reading = state.reading
    if reading.reading_since != event.started:
        return state
    same = reading.asked == state.options.account
    refused = event.problem.row.retry is Retry.NEVER and same
    if reading.outdated and not refused:
        return _landed(state, now)
    until = now + event.back_off if event.back_off is not None else None
    reading = replace(
        reading,
        failures=reading.failures + 1,
        failed_at=now,
        back_off_until=until or reading.back_off_until,
        problem=event.problem,
    )
    reading = replace(reading, next_read=checks.next_after_failure(reading, state.options.interval, now))
    reading = replace(reading, read_again=reading.read_again and reading.next_read is not None)
    return _landed(_told_to_the_calendar(replace(state, reading=reading), until, now), now)


def _told_to_the_calendar(state: State, until: datetime | None, now: datetime) -> State:
    """It asks the same server with the same password: what that wants, and refuses, holds for it too."""
    calendar, problem = state.calendar, state.reading.problem
    if until is not None and calendar.next_check is not None:
        rest = max(until, calendar.back_off_until or until)
        calendar = replace(calendar, next_check=max(calendar.next_check, rest), back_off_until=rest)
    flying = calendar.checking_since is not None
    if problem is not None and _stopped(state.reading) and not flying:
        calendar = replace(
            calendar,
            failures=calendar.failures + 1,
            failed_at=now,
            problem=problem,
            next_check=None,
            health=Health.STOPPED,
        )
        waiting = state.reset_waiting
        state = replace(state, reset_waiting=False, reset_unplanned=state.reset_unplanned or waiting)
    return replace(state, calendar=calendar)


def _landed(state: State, now: datetime) -> State:
    reading = state.reading
    planned = _soonest(reading, now) if reading.read_again else reading.next_read
    reading = replace(
        reading, reading_since=None, asked=None, outdated=False, read_again=False, next_read=planned
    )
    return replace(state, reading=reading)


def _soonest(reading: ContactReading, now: datetime) -> datetime:
    return max(now, reading.back_off_until or now)


def _stopped(reading: ContactReading) -> bool:
    return reading.problem is not None and reading.problem.row.retry is Retry.NEVER


def _waits(state: State) -> bool:
    """Whether a read waits for something that an event will tell, and not for time alone."""
    calendar = state.calendar
    if asleep(state) or calendar.checking_since is not None or calendar.health is Health.STOPPED:
        return True  # a refused password stays refused, also while the calendar is not used
    problem: Problem | None = calendar.problem if state.options.calendar_in_use else None
    return problem is not None and problem.name not in _OWN_CALENDAR_ALONE


def planned(state: State) -> datetime | None:
    """The moment at which time alone sends a read; None while something else has to happen first."""
    reading = state.reading
    if reading.next_read is None or not _wanted(state) or _waits(state):
        return None
    return max(reading.next_read, state.calendar.back_off_until or reading.next_read)


def due_moments(state: State) -> Iterator[datetime]:
    """The moments at which the engine must look after the contacts."""
    moment = planned(state)
    if moment is not None:
        yield moment


def due(state: State, now: datetime) -> tuple[State, Effects]:
    """Send the read that is due, if one is. Reads never overlap."""
    moment = planned(state)
    if moment is None or moment > now:
        return state, ()
    reading, interval = state.reading, state.options.interval
    following = checks.regular_after(reading.anchor or now, interval, now)
    if reading.reading_since is not None:
        return replace(state, reading=replace(reading, next_read=following)), ()
    reading = replace(reading, reading_since=now, asked=state.options.account, next_read=following)
    window = checks.window(now, state.profile.zone)
    asked = ContactsAsked(now, window, interval, following - now, reading.want_rights)
    return replace(state, reading=reading), (ef.ReadContacts(asked),)
