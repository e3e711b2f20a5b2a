"""A State as its owner's client publishes it."""

from __future__ import annotations

from datetime import datetime

from lyncdesk.client import checks
from lyncdesk.client.reading import decision, incomplete, stale, until
from lyncdesk.client.state import State
from lyncdesk.presence.aggregate import Decision
from lyncdesk.presence.freebusy import Stretch, stretches
from lyncdesk.presence.publication import Publication, Share, offline
from lyncdesk.presence.states import OFFLINE, Presence


def share(state: State) -> Share:
    """What the person and the administrator let out."""
    options = state.options
    return Share(
        details=options.share_details and options.details_allowed,
        out_of_office=options.share_out_of_office,
        free_busy=options.share_free_busy and options.free_busy_allowed,
        note=options.note_allowed,
        details_to=options.details_to,
    )


def same_stretches(before: State, state: State) -> bool:
    """Whether two States publish the same stretches: from the same items, by the same rule."""
    return (
        before.calendar.items is state.calendar.items
        and before.options.ignore_all_day is state.options.ignore_all_day
    )


def publication(
    state: State,
    now: datetime,
    busy: tuple[Stretch, ...] | None = None,
    decided: Decision | None = None,
) -> Publication:
    """What the person publishes at ``now``; its revision is one above the last.

    Of somebody who is signed out, who that is and nothing of the day. ``busy`` are the stretches of the
    calendar where they are known already: to work them out is the dearest part, and they hardly ever change.
    ``decided`` is the decision at ``now``, where it is known already.
    """
    if not state.signed_in:
        return offline(Publication(state.profile, Presence(OFFLINE), state.revision, now))
    decided = decided or decision(state, now)
    calendar = state.calendar
    used = state.options.calendar_in_use
    replies = calendar.out_of_office
    idle = [machine.idle_since for machine in state.machines]
    return Publication(
        profile=state.profile,
        presence=decided.presence,
        revision=state.revision + 1,
        published_at=now,
        valid_until=checks.stale_from(calendar, state.options.interval) if used else None,
        until=until(state, now, decided),
        since=state.since,
        item=decided.item,
        more=decided.more,
        busy=stretches(calendar.items, ignore_all_day=state.options.ignore_all_day) if busy is None else busy,
        working_hours=calendar.working_hours,
        note=state.options.note,
        out_of_office_note=replies.note if replies is not None and replies.active_at(now) else "",
        calendar_as_of=calendar.as_of,
        calendar_used=used,
        stale=stale(state, now),
        incomplete=incomplete(state),
        last_active=None if not idle or None in idle else max(m for m in idle if m is not None),
        share=share(state),
    )
