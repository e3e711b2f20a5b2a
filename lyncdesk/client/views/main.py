"""The tray and the main window."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.client import giving
from lyncdesk.client.history import Past
from lyncdesk.client.problems import REPLACED, Problem, first_problem
from lyncdesk.client.reading import calendar_use, decision, incomplete, problems, replaced, stale, until
from lyncdesk.client.state import Health, State
from lyncdesk.client.view_types import Action, DurationChoice, Main, Notice, StatusChoice, TrayView
from lyncdesk.client.views.common import (
    ACCOUNT_PROBLEMS,
    EXCHANGE_ALONE,
    PASSWORD_HELPS,
    indicator,
    initials,
    own_indicator,
    with_until,
)
from lyncdesk.client.views.contacts import contacts
from lyncdesk.client.views.rights import what_became
from lyncdesk.client.views.today import strip
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.inputs import CalendarUse
from lyncdesk.presence.states import EXPIRING, MANUAL_PRESENCE, ManualStatus


def tray(state: State, now: datetime, words: Words) -> TrayView:
    """The tray icon and its menu."""
    words = words.at(now)
    decided = decision(state, now)
    line = words(
        "{status}. {calendar}",
        status=with_until(decided.presence, until(state, now), words),
        calendar=_calendar_words(state, now, words),
    )
    return TrayView(
        indicator=own_indicator(state, decided.presence, now, words),
        tooltip=line,
        status_line=line,
        why=words("Why am I shown as {state}?", state=words(decided.presence.text)),
        statuses=statuses(state, words),
        signed_in=state.signed_in,
        can_reset=state.signed_in,
        check_now=state.options.allow_check_now,
        can_check_now=can_check_now(state),
    )


def main(state: State, now: datetime, words: Words, earlier: Past | None = None) -> Main:
    """The main window."""
    words = words.at(now)
    decided = decision(state, now)
    alone = state.pool == EXCHANGE_ALONE
    return Main(
        address=state.profile.address,
        name=state.profile.shown_name,
        initials=initials(state.profile.shown_name),
        picture=state.profile.picture,
        indicator=own_indicator(state, decided.presence, now, words),
        status=with_until(decided.presence, until(state, now), words),
        only_you=words("Only you see this status. Colleagues see your Exchange calendar.")
        if alone and state.signed_in
        else "",
        note=state.options.note,
        note_locked=not state.options.note_allowed,
        notice=notice(state, now, words),
        statuses=statuses(state, words),
        durations=durations(state, now, words),
        can_reset=state.signed_in,
        check_now=state.options.allow_check_now,
        can_check_now=can_check_now(state),
        signed_in=state.signed_in,
        day=strip(state, now, words, earlier),
        contacts=contacts(state, now, words),
        nobody=words(_NOBODY[alone]),
        finds_people=bool(state.options.account.address) or not alone,
        footer=_footer(state, words),
    )


# Why the contact list is empty: with a pool, and with Exchange alone.
_NOBODY = (
    N_("Your contact list is empty. Type a name above to find people."),
    N_(
        "Your contact list is empty. Type a name above: people are found in your organisation's address book"
        " and in your own contacts. You then see their calendars as far as they share them in Exchange."
    ),
)


def can_check_now(state: State) -> bool:
    """Whether Check calendar now would send something."""
    options, calendar = state.options, state.calendar
    return (
        state.signed_in
        and options.allow_check_now
        and options.calendar_in_use
        and calendar.health is not Health.STOPPED
        and calendar.checking_since is None
    )


def statuses(state: State, words: Words) -> tuple[StatusChoice, ...]:
    """The rows of the status menu."""
    chosen = state.manual.status if state.manual is not None else None
    return tuple(
        StatusChoice(s, words(s.value), indicator(MANUAL_PRESENCE[s], words), s is chosen)
        for s in ManualStatus
    )


def durations(state: State, now: datetime, words: Words) -> tuple[DurationChoice, ...]:
    """How long a status by hand may last: no end, or as long as its kind may, the end of this meeting, one
    hour, the end of the day.
    """
    item = decision(state, now).item
    zone = ZoneInfo(state.profile.zone)
    local = now.astimezone(zone)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), zone).astimezone(UTC)
    hour = now + timedelta(hours=1)
    manual, latest = state.manual, now + state.options.manual_expiry
    ends = manual is not None and manual.status in EXPIRING
    longest = words("As long as possible, until {time}", time=latest) if ends else words("Until I change it")
    choices = [DurationChoice(longest, None)]
    if item is not None:
        choices.append(DurationChoice(words("Until the end of this item, {time}", time=item.end), item.end))
    choices.append(DurationChoice(words("For 1 hour, until {time}", time=hour), hour))
    choices.append(DurationChoice(words("Until the end of today"), midnight))
    return tuple(choices)


def _calendar_words(state: State, now: datetime, words: Words) -> str:
    calendar = state.calendar
    if not state.signed_in:
        return words("Nothing is read while you are signed out.")
    if not state.options.calendar_in_use:
        return words("Your calendar is not used.")
    if calendar.health is Health.STOPPED and calendar.problem is not None:
        return words(calendar.problem.title)
    if calendar.as_of is None:
        if calendar.problem is None:
            return words("Reading the calendar ...")
        return words("The calendar could not be read: {problem}", problem=calendar.problem.title)
    if calendar.problem is not None:
        template = (
            N_("Calendar as of {as_of} is old: {problem} Trying again at {next}.")
            if stale(state, now)
            else N_("Calendar as of {as_of}. {problem} Trying again at {next}.")
        )
        return words(template, as_of=calendar.as_of, problem=calendar.problem.title, next=_next(state, now))
    if stale(state, now):
        return words(
            "Calendar as of {as_of} is old. Next check {next}.", as_of=calendar.as_of, next=_next(state, now)
        )
    if incomplete(state):
        return words(
            "Calendar as of {as_of}. {problem} Next check {next}.",
            as_of=calendar.as_of,
            problem=Problem.of("items-missing").title,
            next=_next(state, now),
        )
    return words("Calendar as of {as_of}, next check {next}.", as_of=calendar.as_of, next=_next(state, now))


def _next(state: State, now: datetime) -> datetime:
    return state.calendar.next_check or now


def notice(state: State, now: datetime, words: Words) -> Notice | None:
    """The one line under the header, the most pressing first; None when there is nothing to say."""
    words = words.at(now)
    if not state.signed_in:
        return Notice(words("Signed out."), Action.SIGN_IN, words("Sign in"))
    calendar = state.calendar
    use = calendar_use(state)
    if use in (CalendarUse.OFF, CalendarUse.OFF_BY_POLICY):
        return _not_used(state, use, words)
    if calendar.health is Health.STOPPED and calendar.problem is not None:
        return _stopped(state, calendar.problem, words)
    if state.reset_waiting:
        return _reset_waiting(state, now, words)
    if calendar.problem is not None and calendar.problem.name == "worker-failed" and replaced(state):
        return _restart(words)  # most likely the cause, and its cure
    if calendar.problem is not None or stale(state, now):
        return _failing(state, now, words)
    changed = what_became(state, words)
    if changed and giving.can_undo(state):
        return Notice(changed, Action.UNDO_GIVING, words("Undo"))
    if changed:
        failed = state.giving.told is not None and state.giving.told.problem is not None
        return Notice(changed, warning=failed)
    if calendar.health is Health.STARTING:
        return Notice(words("Signing in ..."))
    problem = first_problem(problems(state))
    if problem is not None and problem.name == REPLACED:
        return _restart(words)
    if problem is not None:
        return Notice(words(problem.title), Action.CONNECTION, words("Details"), warning=True)
    return None


def _restart(words: Words) -> Notice:
    return Notice(words(Problem.of(REPLACED).title), Action.RESTART, words("Restart"))


def _stopped(state: State, problem: Problem, words: Words) -> Notice:
    text = words(problem.title)
    if state.reset_unplanned:
        text = words("Status reset. No calendar check is planned: {problem}", problem=text)
    return _leading(text, problem, words)


def _leading(text: str, problem: Problem | None, words: Words) -> Notice:
    """A warning that leads to where its problem can be mended, or told in full."""
    name = problem.name if problem is not None else ""
    if name in PASSWORD_HELPS:
        return Notice(text, Action.ENTER_PASSWORD, words("Enter password"), warning=True)
    if name in ACCOUNT_PROBLEMS:
        return Notice(text, Action.ACCOUNT, words("Options"), warning=True)
    return Notice(text, Action.CONNECTION, words("Details"), warning=True)


def _reset_waiting(state: State, now: datetime, words: Words) -> Notice:
    calendar = state.calendar
    if calendar.as_of is None:
        text = words("Status reset. Waiting for the next calendar check at {next}.", next=_next(state, now))
    else:
        text = words(
            "Status reset. Waiting for the next calendar check at {next} (calendar as of {as_of}).",
            next=_next(state, now),
            as_of=calendar.as_of,
        )
    return Notice(text, Action.WHY, words("Why?"))


def _not_used(state: State, use: CalendarUse, words: Words) -> Notice:
    text = words("Your calendar is not used.")
    if state.reset_unplanned:
        text = words("Status reset. No calendar check is planned: your calendar is not used.")
    if use is CalendarUse.OFF_BY_POLICY:
        return Notice(words("{text} Switched off by your administrator.", text=text))
    return Notice(text, Action.TURN_ON, words("Turn on"))


def _failing(state: State, now: datetime, words: Words) -> Notice:
    calendar = state.calendar
    cause = words(calendar.problem.title) if calendar.problem is not None else ""
    if calendar.as_of is None:
        first = words("The calendar could not be read: {problem}", problem=cause)
    elif stale(state, now):
        age = _age(now - calendar.as_of, words)
        first = (
            words("Calendar data is {age} old: {problem}", age=age, problem=cause)
            if cause
            else words("Calendar data is {age} old.", age=age)
        )
    else:
        first = words("{problem} Calendar as of {as_of}.", problem=cause, as_of=calendar.as_of)
    if calendar.next_check is not None:
        first = words("{text} Trying again at {next}.", text=first, next=calendar.next_check)
    return _leading(first, calendar.problem, words)


def _age(age: timedelta, words: Words) -> str:
    """An age in minutes up to two hours ("65 minutes"), because intervals are thought of in minutes."""
    if timedelta(minutes=1) <= age < timedelta(hours=2):
        return words.plural("1 minute", "{n} minutes", age // timedelta(minutes=1))
    return words.value(age)


def _footer(state: State, words: Words) -> str:
    calendar = state.calendar
    if not state.signed_in:
        return words("Signed out")
    if not state.options.calendar_in_use:
        return words("Calendar not used")
    if calendar.checking_since is not None:
        return words("Checking the calendar ...")
    if calendar.as_of is None:
        return words("Calendar not yet checked")
    if calendar.next_check is None:
        return words("Calendar checked {time}, no check planned", time=calendar.as_of)
    return words("Calendar checked {time}, next {next}", time=calendar.as_of, next=calendar.next_check)
