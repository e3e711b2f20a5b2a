"""The contact list."""

from __future__ import annotations

from datetime import datetime

from lyncdesk.client import giving
from lyncdesk.client.state import State
from lyncdesk.client.view_types import ContactRow, Indicator
from lyncdesk.client.views.common import indicator, with_until
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.freebusy import CalendarLine, Line, calendar_line
from lyncdesk.presence.publication import Profile, Seen, person, unknown
from lyncdesk.presence.relationships import Relationship, default_relationship
from lyncdesk.presence.states import AVAILABLE, FREE_IN_CALENDAR, OFFLINE, UNKNOWN, appearance

# Where the states whose number is 0 come in: one is nearly Available, the other behind everybody.
_UNKNOWN_RANK = {
    appearance(UNKNOWN, FREE_IN_CALENDAR).text: AVAILABLE + 1,
    appearance(UNKNOWN).text: OFFLINE + 1,
}

# The sentence with an end, and without.
_LINES: dict[Line, tuple[str, str]] = {
    Line.FREE: (N_("Free until {until}"), N_("Free")),
    Line.FREE_ALL_DAY: (N_("Free for the rest of the day"), N_("Free for the rest of the day")),
    Line.TENTATIVE: (N_("Tentative until {until}"), N_("Tentative")),
    Line.BUSY: (N_("Busy until {until}"), N_("Busy")),
    Line.MEETING: (N_("In a meeting until {until}"), N_("In a meeting")),
    Line.OUT_OF_OFFICE: (N_("Out of office until {until}"), N_("Out of office")),
    Line.ELSEWHERE: (N_("Working elsewhere until {until}"), N_("Working elsewhere")),
    Line.OUTSIDE_HOURS: (N_("Outside working hours until {until}"), N_("Outside working hours")),
}


def line_words(line: CalendarLine, words: Words) -> str:
    """A Calendar line in words; an end on another day carries its day."""
    with_end, without = _LINES[line.line]
    return words(with_end, until=line.until) if line.until is not None else words(without)


def calendar_words(seen: Seen, state: State, now: datetime, words: Words) -> str:
    """The Calendar line of a person, "" where nothing is shared."""
    if not seen.calendar or seen.presence.availability == OFFLINE or seen.calendar_as_of is None:
        return ""
    zone = seen.profile.zone or state.profile.zone
    return line_words(calendar_line(seen.busy, now, zone, seen.working_hours), words)


def is_old(seen: Seen, now: datetime) -> bool:
    """Whether what is known of a person is marked old by its owner, or is no longer promised."""
    return seen.stale or (seen.valid_until is not None and now >= seen.valid_until)


def seen_indicator(seen: Seen, now: datetime, words: Words) -> Indicator:
    """A person as an indicator, with the marks for what may not be true any more, or not be all."""
    return indicator(seen.presence, words, old=is_old(seen, now), missing=seen.incomplete)


def known(state: State, address: str) -> Seen:
    """What is known of a contact; unknown presence where nothing has been heard."""
    return state.contacts.get(person(address)) or unknown(Profile(address))


def relationship_given(state: State, address: str) -> Relationship:
    """What the person gives the contact. Who may see nothing in Exchange is as a stranger."""
    if state.reading.used:
        return giving.relationship(state, address) or Relationship.EXTERNAL
    default = default_relationship(state.profile.address, address)
    return state.options.gives.get(person(address), default)


def contacts(state: State, now: datetime, words: Words) -> tuple[ContactRow, ...]:
    """The rows of the list, in the order of the contact list; the surface groups and sorts them."""
    words = words.at(now)
    groups = {address: name for name, members in state.options.groups.items() for address in members}
    return tuple(_row(state, address, groups, now, words) for address in state.options.contacts)


def _row(state: State, address: str, groups: dict[str, str], now: datetime, words: Words) -> ContactRow:
    seen = known(state, address)
    number = seen.presence.availability
    return ContactRow(
        address=address,
        name=seen.profile.shown_name,
        indicator=seen_indicator(seen, now, words),
        text=with_until(seen.presence, seen.until, words),
        calendar=calendar_words(seen, state, now, words),
        group=groups.get(address, ""),
        relationship=relationship_given(state, address),
        rank=_UNKNOWN_RANK.get(seen.presence.text, number),
    )
