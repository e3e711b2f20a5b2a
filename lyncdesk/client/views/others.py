"""As others see me: the reasons that a viewer may know, and what hides the rest."""

from __future__ import annotations

from datetime import datetime

from lyncdesk.client.publish import share
from lyncdesk.client.reading import decision
from lyncdesk.client.state import State
from lyncdesk.client.view_types import ReasonRow
from lyncdesk.client.views.exchange_alone import hidden_from_others
from lyncdesk.client.views.why import reason_rows
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.reasons import filtered_reasons
from lyncdesk.presence.relationships import DetailsTo, Field, Relationship, may_see
from lyncdesk.presence.rights import EXPRESSED

# Who sees a row of the table of relationships, in words, in the order of the card.
_RELATIONSHIP_HIDES = (
    (Field.PRESENCE, N_("{relationship}: always sees you as Offline, and nothing else.")),
    (Field.CALENDAR, N_("{relationship}: sees no free/busy, no times, no notes and no out of office.")),
)


def viewers(state: State) -> tuple[Relationship, ...]:
    """The relationships that somebody who looks can have."""
    return tuple(EXPRESSED) if state.reading.used else tuple(Relationship)


def why_seen(state: State, relationship: Relationship, now: datetime, words: Words) -> tuple[ReasonRow, ...]:
    """The reasons of the presence as a viewer with this relationship may know them; none where no presence is
    shown to others.
    """
    if state.reading.used:
        return ()
    reasons = filtered_reasons(decision(state, now).reasons, relationship, share(state))
    return reason_rows(reasons, words.at(now))


def what_hides(state: State, relationship: Relationship, words: Words) -> tuple[str, ...]:
    """What keeps a viewer with this relationship from seeing more, one sentence each; for the owner alone."""
    if state.reading.used:
        return hidden_from_others(relationship, words)
    for field, text in _RELATIONSHIP_HIDES:
        if not may_see(relationship, field):
            return (words(text, relationship=relationship),)
    options = state.options
    sharing = share(state)
    hidden = []
    if not sharing.free_busy:
        hidden.append(
            words("You do not share your free/busy times.")
            if options.free_busy_allowed
            else words("Free/busy times are not shared: set by your administrator.")
        )
    elif not may_see(relationship, Field.DETAILS, sharing.details_to):
        to = words(DetailsTo(sharing.details_to))
        hidden.append(words("Subject and location are for {relationships} only.", relationships=to))
    elif not sharing.details:
        hidden.append(
            words("You do not share subject and location.")
            if options.details_allowed
            else words("Subject and location are not shared: set by your administrator.")
        )
    if not sharing.out_of_office:
        hidden.append(words("You do not share your out-of-office information."))
    if not sharing.note:
        hidden.append(words("Notes are not shared: set by your administrator."))
    return tuple(hidden)
