"""What a State says: pure readings that the engine, the views and the publication share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from lyncdesk.client import checks
from lyncdesk.client.found import server_of
from lyncdesk.client.options import Options, Origin
from lyncdesk.client.problems import REPLACED, Problem, Retry
from lyncdesk.client.state import Health, State
from lyncdesk.presence.aggregate import Decision, decide, next_change, shown_until
from lyncdesk.presence.inputs import CalendarUse, Inputs, Rules
from lyncdesk.presence.lync import Difference, differences
from lyncdesk.presence.states import ManualStatus


def calendar_use(state: State) -> CalendarUse:
    """Whether the calendar has a say, and why not."""
    options = state.options
    if not options.calendar_allowed or (
        options.origins.get("update_presence") is Origin.POLICY and not options.update_presence
    ):
        return CalendarUse.OFF_BY_POLICY
    if not options.calendar_in_use:
        return CalendarUse.OFF
    return CalendarUse.READ if state.calendar.as_of is not None else CalendarUse.NOT_YET


def rules(options: Options) -> Rules:
    """The presence rules as the options set them."""
    return Rules(
        options.inactive_after, options.away_after, options.meeting_while_away, options.ignore_all_day
    )


def inputs(state: State) -> Inputs:
    """What the decision reads of a State."""
    return Inputs(
        state.signed_in,
        state.calendar.items,
        calendar_use(state),
        state.manual,
        state.machines,
        state.calendar.out_of_office,
        rules(state.options),
    )


def decision(state: State, now: datetime) -> Decision:
    """The presence and its reasons."""
    return decide(inputs(state), now)


def until(state: State, now: datetime, decided: Decision | None = None) -> datetime | None:
    """Until when the shown state lasts, where that is known.

    ``decided`` is the decision at ``now``, where it is known already.
    """
    return shown_until(inputs(state), now, decided.source if decided is not None else None)


def lync_differs(state: State, now: datetime) -> tuple[Difference, ...]:
    """Where Lync would have shown something else now, and what."""
    asked = inputs(state)
    available = (
        m for m in (asked.manual, state.ended) if m is not None and m.status is ManualStatus.AVAILABLE
    )
    if not any(available):
        # What does not run says nothing, but where it has ended a picked Available; a calendar can be long.
        asked = replace(asked, items=tuple(item for item in asked.items if item.runs_at(now)))
    return differences(asked, now, ended=state.ended, old=stale(state, now))


def asks_for_account(state: State) -> bool | None:
    """Whether the person has to be asked for an account, or for what the administrator's lacks; None while
    that is not known.

    An account that is only recommended is to be confirmed. One that was set signs in by itself, and is asked
    about where it turns out that there is no password for it.
    """
    account, origins = state.options.account, state.options.origins
    origin = origins.get("account.address", Origin.BUILT_IN)
    if not account.address or origin is Origin.RECOMMENDED:
        return True
    calendar = state.calendar
    if origin is not Origin.POLICY or not state.signed_in or calendar.as_of is not None:
        return False
    if calendar.problem is not None:
        return calendar.problem.name == "no-password"
    needed = account.authentication != "negotiate" and calendar.health is Health.STARTING
    return None if needed else False


def stale(state: State, now: datetime) -> bool:
    """Whether the calendar data in use are old."""
    return (
        state.signed_in
        and state.options.calendar_in_use
        and checks.is_stale(state.calendar, state.options.interval, now)
    )


def incomplete(state: State) -> bool:
    """Whether items may be missing from what was read: marked like old data, whatever their age."""
    return state.calendar.as_of is not None and not state.calendar.complete


def replaced(state: State) -> bool:
    """Whether the program was replaced while it runs."""
    return any(problem.name == REPLACED for problem in state.problems)


def problems(state: State) -> tuple[Problem, ...]:
    """Everything that the person can act on now, unordered."""
    calendar = state.calendar
    # What stops everything keeps people from being asked for too, whatever one's own calendar is used for.
    stops = calendar.health is Health.STOPPED and people_in_use(state)
    used = state.options.calendar_in_use or stops
    found = [calendar.problem] if calendar.problem is not None and used else []
    if calendar.as_of is not None:
        server = server_of(state.options.account, state.found)
        lacks = (("details-missing", not calendar.details), ("items-missing", not calendar.complete))
        # As every other problem names it, and without a password that somebody wrote into it.
        where = {"server": urlsplit(server).netloc.rpartition("@")[2]} if server else {}
        found += [Problem.of(name, **where) for name, holds in lacks if holds]
    trouble = state.reading.problem
    if trouble is not None and trouble not in found and people_in_use(state):
        # What stops everything has words of its own; the rest is told as what it means for the contacts.
        if trouble.row.retry is Retry.NEVER:
            found.append(trouble)
        elif state.options.contacts:
            found.append(Problem.of("contacts-not-read", why=trouble.title))
    return (*found, *state.problems)


def people_in_use(state: State) -> bool:
    """Whether Exchange is asked about people. That one's own calendar is not used for one's presence says
    nothing about others; that Exchange is not used at all does.
    """
    return state.reading.used and state.signed_in and state.options.use_exchange


def contacts_in_use(state: State) -> bool:
    """Whether there are contacts whose calendars are to be asked for."""
    return people_in_use(state) and bool(state.options.contacts)


def asleep(state: State) -> bool:
    """Whether every computer of the person sleeps: then nothing can be sent."""
    return bool(state.machines) and all(machine.asleep for machine in state.machines)


def due_moments(state: State, now: datetime) -> Iterator[datetime]:
    """Every moment, from now on, at which something about a State changes by time alone."""
    change = next_change(inputs(state), now)
    if change is not None:
        yield change
    calendar = state.calendar
    for told in (calendar.undo, calendar.not_written, state.giving.told):
        if told is not None and told.until is not None:
            yield told.until
    if not state.signed_in:
        return
    if calendar.next_check is not None and not asleep(state):
        yield calendar.next_check
    turns = checks.stale_from(calendar, state.options.interval)
    if turns is not None and turns > now and state.options.calendar_in_use:
        yield turns
