"""One moment of a scenario explained: what was shown or seen, why, and what of the calendar nobody knew yet.

An owner's own look is told whole. One who looks at a card is told what was sent to that viewer, and reasons
filtered like the presence. Nothing is decided here: the words are those of the client's own screens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lyncdesk.client import views
from lyncdesk.client.problems import Problem
from lyncdesk.client.publish import share
from lyncdesk.client.reading import decision, lync_differs, problems, stale
from lyncdesk.client.state import Health, State
from lyncdesk.client.view_types import ReasonRow
from lyncdesk.client.views.contacts import is_old
from lyncdesk.client.views.why import reason_rows
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item, calendar_at
from lyncdesk.presence.lync import Difference, seen_differences
from lyncdesk.presence.publication import Seen, SeenItem
from lyncdesk.presence.reasons import Reason, describe, filtered_reasons
from lyncdesk.presence.relationships import Relationship, default_relationship
from lyncdesk.presence.states import OFFLINE, UNKNOWN
from lyncdesk.simulation.scenario_sight import Sight
from lyncdesk.simulation.stepper import Client
from lyncdesk.simulation.truth import Became, NotSeen


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Something in the calendar that the client does not know, and why, in words."""

    what: NotSeen
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is told of one look at one moment: ``at``. The look of a client that sleeps is that of the moment
    at which it fell asleep; it has changed nothing since.

    ``read`` says when the calendar was read and will be, ``notice`` what the main window says under the
    header (or the card about its age); "" = nothing. ``known`` are the items that run as far as the looker
    knows; ``not_known`` and ``problems`` are for the owner alone.
    """

    at: datetime
    sight: Sight
    sentence: str
    reasons: tuple[ReasonRow, ...]
    read: str
    notice: str
    checked: datetime | None
    next_check: datetime | None
    old: bool
    known: tuple[Item | SeenItem, ...]
    lync: tuple[Difference, ...]
    not_known: tuple[NotKnown, ...] = ()
    reset_waiting: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a client last worked out, or heard of somebody, comes from this State, at this moment."""

    state: State
    at: datetime


def explained(sight: Sight, not_seen: tuple[NotSeen, ...], heard: Heard | None) -> Explanation:
    """Explain a look; ``not_seen`` is what no check has seen, ``heard`` what the looker's client rests on."""
    seen = sight.seen
    return _own(sight, not_seen, heard) if seen is None else _through_a_card(sight, seen, heard)


def _own(sight: Sight, not_seen: tuple[NotSeen, ...], heard: Heard | None) -> Explanation:
    at, state, words = sight.now, sight.owner.state, sight.words
    notice = views.notice(state, at, words)
    told = notice.text if notice is not None else ""
    if sight.owner.machine.asleep and heard is not None:
        sight = replace(sight, now=heard.at)
        name = state.profile.shown_name
        told = f"{name}'s computer sleeps and has changed nothing since {words.moment(heard.at)}."
    now = sight.now
    why = views.why(state, now, words)
    lags = _lags(sight.owner, words)
    return Explanation(
        at,
        sight,
        why.sentence,
        why.rows,
        why.read,
        told,
        state.calendar.as_of,
        state.calendar.next_check,
        stale(state, now),
        calendar_at(state.calendar.items, now).running,
        lync_differs(state, now),
        tuple(NotKnown(one, _became(one, words), lags) for one in not_seen),
        state.reset_waiting,
        problems(state),
    )


_BECAME = {
    Became.ADDED: "was added",
    Became.CHANGED: "was changed into this",
    Became.REMOVED: "was removed",
    Became.REPLIES_ON: "were switched on",
    Became.REPLIES_OFF: "were switched off",
}


def _became(one: NotSeen, words: Words) -> str:
    """What happened, and when."""
    note = f" (“{one.note}”)" if one.note else ""
    what = words(describe(one.item)) if one.item is not None else f"Automatic replies{note}"
    if one.since is None:
        return f"{what}, {'is' if one.item is not None else 'are'} in the calendar"
    return f"{what}{',' if one.item is not None else ''} {_BECAME[one.what]} at {words.moment(one.since)}"


def _lags(client: Client, words: Words) -> str:
    """Why what is in the calendar is not known, and when it will be."""
    state, calendar = client.state, client.state.calendar
    if not state.signed_in:
        return "nothing is read while signed out"
    if not state.options.calendar_in_use:
        return "the calendar is not used"
    if client.machine.asleep:
        return "the computer sleeps, and nothing is read before it wakes"
    if calendar.health is Health.STOPPED and calendar.problem is not None:
        return f"nothing is read before somebody acts: {words(calendar.problem.title)}"
    following = (
        f"the next is at {words.moment(calendar.next_check)}" if calendar.next_check else "none is planned"
    )
    if calendar.problem is not None and calendar.failed_at is not None:
        failed = f"the check at {words.moment(calendar.failed_at)} failed"
        return f"{failed} ({words(calendar.problem.title).rstrip('.')}); {following}"
    return f"no check has seen it; {following}"


def _through_a_card(sight: Sight, seen: Seen, heard: Heard | None) -> Explanation:
    viewer, now, words = sight.viewer, sight.now, sight.words
    if viewer is None:
        raise ValueError("a card is looked at by somebody")
    name, mine = sight.owner.state.profile.shown_name, viewer.state.profile.shown_name
    card = views.card(sight.owner.person.address, viewer.state, now, words)
    sentence = f"{mine} sees {name} as {card.presence}."
    told: tuple[ReasonRow, ...] = ()
    notice = card.age
    if not viewer.state.signed_in:
        notice = f"{mine} is signed out and hears nothing."
    elif viewer.machine.asleep:
        since = f" since {words.moment(heard.at)}" if heard is not None else ""
        notice = f"{mine}'s computer sleeps and has heard nothing{since}."
    if heard is not None and seen.presence.availability not in (UNKNOWN, OFFLINE):
        told = reason_rows(_for_viewer(heard, viewer, seen.item), words)
    read = ""
    if seen.calendar_as_of is not None:
        read = f"The calendar is as of {words.moment(seen.calendar_as_of)}."
    return Explanation(
        now,
        sight,
        sentence,
        told,
        read,
        notice,
        seen.calendar_as_of,
        None,
        is_old(seen, now),
        (seen.item,) if seen.item is not None else (),
        seen_differences(seen.presence, old=is_old(seen, now)),
    )


def _for_viewer(heard: Heard, viewer: Client, sent: SeenItem | None) -> tuple[Reason, ...]:
    """The reasons of the owner's client as far as the viewer may know them; of items that were not sent (the
    card has one) no more than their times.
    """
    reasons = (
        reason
        if reason.item is None or _is_sent(reason.item, sent)
        else replace(reason, said=describe(reason.item, details=False))
        for reason in decision(heard.state, heard.at).reasons
    )
    return filtered_reasons(reasons, _relationship(heard.state, viewer), share(heard.state))


def _is_sent(item: Item, sent: SeenItem | None) -> bool:
    return sent is not None and (item.start, item.end, item.subject) == (sent.start, sent.end, sent.subject)


def _relationship(state: State, viewer: Client) -> Relationship:
    given = state.options.gives.get(viewer.person.address)
    return given or default_relationship(state.profile.address, viewer.person.address)


class Listening:
    """Follows what each client rests on, of its own person and of others: it does nothing while it sleeps."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], Seen | None] = {}
        self.heard: dict[tuple[str, str], Heard] = {}

    def look(self, clients: Mapping[str, Client], now: datetime) -> None:
        """Note what holds at a moment, when all has happened."""
        for who, owner in clients.items():
            own = self.heard.get((who, who))
            if own is None or own.state is not owner.state or not owner.machine.asleep:
                self.heard[who, who] = Heard(owner.state, now)
            for name, viewer in clients.items():
                if viewer is owner:
                    continue
                pair = (who, name)
                seen = viewer.state.contacts.get(owner.person.address)
                news = self._last.get(pair) is not seen
                self._last[pair] = seen
                if news or (viewer.state.signed_in and not viewer.machine.asleep):
                    self.heard[pair] = Heard(owner.state, now)
