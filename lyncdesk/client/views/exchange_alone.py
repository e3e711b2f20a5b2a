"""Exchange alone: what is known of people whose calendar is all that tells of them, what others get to see of
one's own, and in words why there is no more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lyncdesk.client.reading import incomplete, stale
from lyncdesk.client.state import State
from lyncdesk.client.view_types import Detail
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.items import Item, Kind
from lyncdesk.presence.known_calendar import KnownCalendar, seen_at
from lyncdesk.presence.publication import Seen, Told
from lyncdesk.presence.relationships import Relationship

# Why nothing is known of a person; "first" is the first word of the name.
_UNREAD: dict[Told, str] = {
    Told.NOT_YET: N_("{name}'s calendar has not been read yet."),
    Told.NOTHING: N_("{name}'s calendar could not be read."),
    Told.NOT_SHARED: N_("{name} shares no free/busy times with you in Exchange."),
    Told.NO_MAILBOX: N_("Exchange knows no calendar of {name}: only people with a mailbox there have one."),
}
# What then stands in the Calendar line, short.
_NO_LINE: dict[Told, str] = {
    Told.NOT_YET: N_("Not read yet"),
    Told.NOTHING: N_("Could not be read"),
    Told.NOT_SHARED: N_("Not shared with you"),
    Told.NO_MAILBOX: N_("None in Exchange"),
}
# What the permissions that Exchange gives let somebody see of a calendar; others have none.
_LETS_SEE: dict[Relationship, Told] = {
    Relationship.COLLEAGUES: Told.TIMES,
    Relationship.WORKGROUP: Told.DETAILS,
    Relationship.FRIENDS_AND_FAMILY: Told.DETAILS,
}
_HIDES: dict[Told, str] = {
    Told.TIMES: N_("The permission of your calendar shows only when you are free or busy."),
    Told.NOT_SHARED: N_("Without a permission of your calendar Exchange shows nothing of it."),
}
_NO_DETAILS = N_("No details of {name}'s calendar are on the server, only the times.")
_TIMES = N_("{name} shares free/busy only.")


def missing_details(seen: Seen, told: Told, state: State, first: str, now: datetime, words: Words) -> Detail:
    """What stands in place of subject and location: one sentence, and what helps."""
    if told in _UNREAD:
        lines = [words(_UNREAD[told], name=first)]
        problem = state.reading.problem
        if told in (Told.NOT_YET, Told.NOTHING) and problem is not None:
            lines.append(words(problem.title))
        return _ask(lines, state, first, words) if told is Told.NOT_SHARED else Detail(tuple(lines))
    running = [s for s in seen.busy if s.start <= now < s.end]
    if not any(stretch.blocks for stretch in running):
        if running:
            return Detail((words("Only items shown as Busy or Out of office tell what they are about."),))
        return Detail((words("Nothing is planned now."),))
    if told is Told.TIMES:
        return _ask([words(_TIMES, name=first)], state, first, words)
    return Detail((words(_NO_DETAILS, name=first),))


def no_line(seen: Seen, words: Words) -> str:
    """What stands in the place of a Calendar line that there is not, "" where there is one."""
    return words(_NO_LINE[seen.told]) if seen.told in _NO_LINE else ""


def seen_by_others(state: State, relationship: Relationship, now: datetime) -> Seen:
    """What Exchange shows of one's own calendar to somebody with this permission, as last read. Of a status
    by hand and of the computer it knows nothing.
    """
    told = _LETS_SEE.get(relationship, Told.NOT_SHARED)
    calendar, items = state.calendar, state.calendar.items
    if told is Told.TIMES:
        items = tuple(Item(i.start, i.end, i.counts_as, Kind.UNKNOWN) for i in items)
    known = None
    if calendar.as_of is not None or told is Told.NOT_SHARED:
        known = KnownCalendar.of(told, calendar.as_of or now, items, calendar.working_hours)
    seen = seen_at(state.profile, known, now)
    return replace(seen, stale=stale(state, now), incomplete=incomplete(state))


def hidden_from_others(relationship: Relationship, words: Words) -> tuple[str, ...]:
    """What keeps somebody with this permission from seeing more; for the owner alone."""
    told = _LETS_SEE.get(relationship, Told.NOT_SHARED)
    hidden = [words("Your status is not shown: with Exchange alone only you see it.")]
    return (*hidden, words(_HIDES[told])) if told in _HIDES else tuple(hidden)


def contact_rows(state: State, words: Words) -> list[tuple[str, str]]:
    """Rows of Configuration information about the contacts' calendars."""
    reading = state.reading
    if not reading.used:
        return []
    if not state.options.contacts:
        told = words("there are none")
    elif not state.options.use_exchange:
        told = words("not read: Exchange is not used")
    elif reading.as_of is None:
        told = words("not read yet")
    else:
        told = words(
            "{n} of {all} that were asked for, at {time}",
            n=reading.read,
            all=reading.read + reading.unreadable,
            time=words.moment(reading.as_of),
        )
    return [
        (words("Contacts' calendars"), told),
        (words("Requests for contacts"), str(reading.requests)),
    ]


def _ask(lines: list[str], state: State, first: str, words: Words) -> Detail:
    return Detail(
        tuple(lines),
        words("Ask {name}", name=first),
        words("May I see what your meetings are about?"),
        words(
            "Hello {name},\n\nmay I see subject and location of your appointments? Please open the"
            " permissions of your calendar in Outlook (right-click the calendar, Properties, Permissions),"
            " add me, and choose “Free/Busy time, subject, location”.\n\n{me}",
            name=first,
            me=state.profile.shown_name,
        ),
    )
