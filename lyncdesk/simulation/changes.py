"""What somebody shows on the screen, and who shows something else than before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from lyncdesk.client.reading import decision
from lyncdesk.client.session import PresenceChange
from lyncdesk.client.state import State
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.states import Presence

# By address, the signed-in person first.
OnScreen: TypeAlias = Mapping[str, tuple[Profile, Presence]]


def on_screen(states: Iterable[State], now: datetime) -> OnScreen:
    """What the windows of these clients show: of each its own presence, and the contacts of the first.

    A contact is what the first was given of it; of somebody whose own window is open that window counts.
    """
    shown: dict[str, tuple[Profile, Presence]] = {}
    for number, state in enumerate(states):
        shown[state.profile.address] = (state.profile, decision(state, now).presence)
        if number == 0:
            shown |= {address: (seen.profile, seen.presence) for address, seen in state.contacts.items()}
    return shown


def changes(before: OnScreen, after: OnScreen) -> tuple[PresenceChange, ...]:
    """Who shows another state, or goes out of office or comes back; who came or went as a contact did not
    change.
    """
    return tuple(
        PresenceChange(profile, before[address][1], presence)
        for address, (profile, presence) in after.items()
        if address in before and _seen(before[address][1]) != _seen(presence)
    )


def _seen(presence: Presence) -> tuple[str, bool]:
    return presence.text, presence.out_of_office
