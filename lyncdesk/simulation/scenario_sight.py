"""What can be seen of a scenario at a moment: by the person, and on a contact card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.client import views
from lyncdesk.client.engine import decision, shown_problem
from lyncdesk.client.reading import stale
from lyncdesk.client.view_types import Card
from lyncdesk.client.views.contacts import is_old
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item
from lyncdesk.presence.publication import Seen, SeenItem, unknown
from lyncdesk.presence.reasons import Reason, Verdict
from lyncdesk.presence.relationships import Relationship, default_relationship
from lyncdesk.presence.states import Presence
from lyncdesk.simulation.stepper import Client


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows or sees; an entry of the output whenever it changes."""

    availability: int
    activity: str
    shows: str
    colour: str
    subject: str
    out_of_office: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at ``owner``: through the person's own client, or on the card in the client of ``viewer``."""

    owner: Client
    viewer: Client | None
    now: datetime

    @property
    def seen(self) -> Seen | None:
        """What the viewer's client got of the owner; None for the owner's own look."""
        if self.viewer is None:
            return None
        profile = self.owner.state.profile
        return self.viewer.state.contacts.get(profile.address) or unknown(profile)

    @property
    def presence(self) -> Presence:
        """The presence that is shown."""
        seen = self.seen
        return seen.presence if seen is not None else decision(self.owner.state, self.now).presence

    @property
    def item(self) -> Item | SeenItem | None:
        """The item on the card, as far as it may be seen."""
        seen = self.seen
        return seen.item_at(self.now) if seen is not None else decision(self.owner.state, self.now).item

    def shown(self) -> Shown:
        """The part that the output tells."""
        presence, item = self.presence, self.item
        return Shown(
            presence.availability,
            presence.activity,
            presence.text,
            presence.colour.value,
            item.subject if item is not None else "",
            presence.out_of_office,
        )

    @property
    def words(self) -> Words:
        """English, in the zone of the computer that is looked at."""
        looked_at = self.viewer or self.owner
        return Words(zone=ZoneInfo(looked_at.state.profile.zone), now=self.now)

    def reason(self) -> str:
        """Why, in one line: what decided; for a viewer the relationship through which the owner is seen."""
        if self.viewer is None:
            won = next(r for r in decision(self.owner.state, self.now).reasons if r.verdict is Verdict.WON)
            return _sentence(won, self.words)
        owner, viewer = self.owner.state.profile, self.viewer.state.profile
        given = self.owner.state.options.gives.get(viewer.address)
        relationship = given or default_relationship(owner.address, viewer.address)
        return f"{owner.shown_name} gives {viewer.shown_name} {relationship}."

    def reasons(self) -> tuple[str, ...]:
        """All reasons of the owner's presence, and for a viewer the relationship as well."""
        words = self.words
        mine = tuple(
            f"{reason.source}, {reason.verdict}: {_sentence(reason, words)}"
            for reason in decision(self.owner.state, self.now).reasons
        )
        return mine if self.viewer is None else (*mine, f"relationship: {self.reason()}")


def _sentence(reason: Reason, words: Words) -> str:
    said = words(reason.said)
    return f"{said}{'' if said.endswith('.') else '.'} {words(reason.why)}"


def _card(sight: Sight) -> Card:
    if sight.viewer is not None:
        return views.card(sight.owner.person.address, sight.viewer.state, sight.now, sight.words)
    return views.as_seen_by(sight.owner.state, Relationship.WORKGROUP, sight.now, sight.words)


def _checked(sight: Sight) -> datetime | None:
    seen = sight.seen
    return seen.calendar_as_of if seen is not None else sight.owner.state.calendar.as_of


def _stale(sight: Sight) -> bool:
    seen = sight.seen
    return is_old(seen, sight.now) if seen is not None else stale(sight.owner.state, sight.now)


def _problem(sight: Sight) -> str:
    problem = shown_problem(sight.owner.state)
    return problem.name if problem is not None else ""


# One reader for each key of an expectation.
FOUND: dict[str, Callable[[Sight], object]] = {
    "shows": lambda sight: sight.presence.text,
    "colour": lambda sight: sight.presence.colour.value,
    "shape": lambda sight: sight.presence.shape.value,
    "availability": lambda sight: sight.presence.availability,
    "activity": lambda sight: sight.presence.activity,
    "subject": lambda sight: sight.item.subject if sight.item is not None else "",
    "location": lambda sight: sight.item.location if sight.item is not None else "",
    "calendar": lambda sight: _card(sight).calendar,
    "local_time": lambda sight: _card(sight).local_time,
    "out_of_office": lambda sight: sight.presence.out_of_office,
    "checked": _checked,
    "next_check": lambda sight: sight.owner.state.calendar.next_check,
    "checks": lambda sight: sight.owner.checks,
    "reset_waiting": lambda sight: sight.owner.state.reset_waiting,
    "stale": _stale,
    "problem": _problem,
}


def written(value: object, zone: ZoneInfo) -> str | int | bool:
    """A value of an expectation as a scenario would write it."""
    match value:
        case None:
            return ""
        case datetime():
            local = value.astimezone(zone)
            # A time that happens twice needs its offset to be told apart.
            twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
            return local.isoformat() if twice else f"{local:%Y-%m-%dT%H:%M:%S}"
        case bool() | int() | str():
            return value
        case timedelta():
            return str(value)
    return str(value)
