"""Contact cards: what one viewer was sent, and nothing else."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from lyncdesk.client.publish import publication
from lyncdesk.client.state import State
from lyncdesk.client.view_types import Card, Detail, Given
from lyncdesk.client.views.common import first_name, initials, with_duration
from lyncdesk.client.views.contacts import (
    calendar_words,
    is_old,
    known,
    relationship_given,
    seen_indicator,
)
from lyncdesk.client.views.days import contact_strip
from lyncdesk.client.views.exchange_alone import missing_details, no_line, seen_by_others
from lyncdesk.client.views.rights import given_in_exchange
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.publication import Profile, Seen, SeenItem, filtered
from lyncdesk.presence.relationships import DetailsTo, Relationship
from lyncdesk.presence.states import OFFLINE, UNKNOWN, Presence

_LEVELS: dict[Relationship, str] = {
    Relationship.EXTERNAL: N_("sees your presence, name, title and company"),
    Relationship.COLLEAGUES: N_("also sees free/busy, notes, out of office and your work phone"),
    Relationship.WORKGROUP: N_("also sees subject and location, your mobile phone, and may interrupt you"),
    Relationship.FRIENDS_AND_FAMILY: N_(
        "also sees your home phone, and subject and location where policy allows"
    ),
    Relationship.BLOCKED: N_("always sees you as Offline"),
}
_ASK = {
    DetailsTo.WORKGROUP_AND_FRIENDS: N_(
        "{name} shares no details of this with you. {name} can change that by putting you in Workgroup or"
        " Friends and Family."
    ),
    DetailsTo.WORKGROUP: N_(
        "{name} shares no details of this with you. {name} can change that by putting you in Workgroup."
    ),
}


def card(address: str, state: State, now: datetime, words: Words) -> Card:
    """The card of a contact."""
    return _card(known(state, address), state, now, words)


def as_seen_by(state: State, relationship: Relationship, now: datetime, words: Words) -> Card:
    """One's own card exactly as somebody with this relationship gets it now."""
    if state.reading.used:
        return _card(seen_by_others(state, relationship, now), state, now, words)
    return _card(filtered(publication(state, now), relationship), state, now, words)


def _card(seen: Seen, state: State, now: datetime, words: Words) -> Card:
    words = words.at(now)
    profile, presence = seen.profile, seen.presence
    old = is_old(seen, now)
    name = profile.shown_name
    detail = _detail(seen, state, now, words)
    return Card(
        address=profile.address,
        name=name,
        initials=initials(name),
        picture=profile.picture,
        indicator=seen_indicator(seen, now, words),
        presence=with_duration(presence, seen.until, seen.since, now, words),
        job=", ".join(part for part in (profile.title, profile.company) if part),
        out_of_office=_out_of_office(seen, words),
        note=seen.note,
        calendar=calendar_words(seen, state, now, words),
        no_calendar=no_line(seen, words) or (words("Not shared with you") if detail.ask else ""),
        detail=detail,
        strip=contact_strip(seen, state.profile.zone, now, old or seen.incomplete, words),
        local_time=_local_time(profile, now, words),
        phones=tuple(
            (words(label), number)
            for label, number in (
                (N_("Work"), profile.work_phone),
                (N_("Mobile"), profile.mobile_phone),
                (N_("Home"), profile.home_phone),
            )
            if number
        ),
        age=_age(seen, now, old, words),
        sees_you_as=words("{name} sees you as:", name=first_name(name)),
        gives=_given(state, profile, words),
    )


def _given(state: State, profile: Profile, words: Words) -> Given:
    if state.reading.used:
        return given_in_exchange(state, profile.address, profile.shown_name, words)
    choices = tuple((r, words(r.value), words(_LEVELS[r])) for r in Relationship)
    return Given(relationship_given(state, profile.address), choices)


def _out_of_office(seen: Seen, words: Words) -> str:
    if not seen.presence.out_of_office:
        return ""
    if seen.out_of_office_note:
        return words("Out of office: {note}", note=seen.out_of_office_note)
    return words("Out of office")


def _detail(seen: Seen, state: State, now: datetime, words: Words) -> Detail:
    """Subject, location and time for those who were sent them; one sentence why not for the others."""
    first = first_name(seen.profile.shown_name)
    if seen.told is not None and seen.item is None:
        return missing_details(seen, seen.told, state, first, now, words)
    if seen.presence.availability == OFFLINE or seen.presence == Presence(UNKNOWN):
        return Detail((words("No calendar is known of {name} now.", name=first),))
    if (item := seen.item_at(now)) is not None:
        return Detail(tuple(_item_lines(seen, item, words)))
    blocked = any(s.start <= now < s.end and s.blocks for s in seen.busy)
    if seen.calendar and not blocked:
        if seen.calendar_as_of is None:
            return Detail((words("{name}'s calendar has not been read yet.", name=first),))
        if any(s.start <= now < s.end for s in seen.busy):
            return Detail((words("Only items shown as Busy or Out of office tell what they are about."),))
        return Detail((words("Nothing is planned now."),))
    if seen.item is not None:
        return Detail((words("What {name} is at now has not been told yet.", name=first),))
    me = state.profile.shown_name
    return Detail(
        (words(_ASK[state.options.details_to], name=first),),
        words("Ask {name}", name=first),
        words("May I see what your meetings are about?"),
        words(
            "Hello {name},\n\nmay I see subject and location of your appointments in LyncDesk? Please find"
            " me in your contacts, choose Change Privacy Relationship, and then Workgroup.\n\n{me}",
            name=first,
            me=me,
        ),
    )


def _item_lines(seen: Seen, item: SeenItem, words: Words) -> list[str]:
    lines = [words("Private")] if item.private else [item.subject or words("Without subject")]
    if item.location:
        lines.append(item.location)
    lines.append(words("{start} to {end}", start=item.start, end=item.end))
    if seen.more:
        lines.append(words("and {n} more", n=seen.more))
    return lines


def _local_time(profile: Profile, now: datetime, words: Words) -> str:
    if not profile.zone:
        return ""
    return words("Local time {time}", time=words.time(now.astimezone(ZoneInfo(profile.zone))))


def _age(seen: Seen, now: datetime, old: bool, words: Words) -> str:
    """How far what is shown can be relied on; "" where nothing is to be said of that."""
    if seen.calendar and seen.calendar_as_of is None and seen.presence.availability != OFFLINE:
        return words("The calendar has not been read yet.")
    if not old:
        return _missing(seen, words) if seen.incomplete else ""
    if seen.calendar_as_of is None:
        return words("This may be out of date.")
    return words(
        "This may be out of date: calendar as of {time}, {age} old.",
        time=seen.calendar_as_of,
        age=now - seen.calendar_as_of,
    )


def _missing(seen: Seen, words: Words) -> str:
    first = first_name(seen.profile.shown_name)
    if seen.calendar_as_of is None:
        # Who may not see the calendar is told nothing of what is in it.
        return words("{name} may be busy although this does not show it.", name=first)
    return words(
        "Some of {name}'s recurring items may be missing: {name} may be busy while shown as free.", name=first
    )
