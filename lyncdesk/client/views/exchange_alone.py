"""Words about people who are known from Exchange alone: what their calendar tells, and if not, why not."""

from __future__ import annotations

from datetime import datetime

from lyncdesk.client.state import State
from lyncdesk.client.view_types import Detail
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.publication import Seen, Told

# Why nothing is known of a person; "first" is the first word of the name.
_UNREAD: dict[Told, str] = {
    Told.NOT_YET: N_("{name}'s calendar has not been read yet."),
    Told.NOTHING: N_("{name}'s calendar could not be read."),
    Told.NOT_SHARED: N_("{name} shares no free/busy times with you in Exchange."),
    Told.NO_MAILBOX: N_("Exchange knows no calendar of {name}: only people with a mailbox there have one."),
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
            "{n} of {all} read at {time}",
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
