"""Who the contacts are, remembered beyond a run: a port, and its twin in memory."""

from __future__ import annotations

from typing import Protocol

from lyncdesk.presence.publication import Profile, person


class Profiles(Protocol):
    """The last known profiles of contacts, by the address under which each is on the contact list; that of
    the profile is another where the list has an alias. A memory and no truth: it may lose anything at any
    time.
    """

    def get(self, address: str) -> Profile | None:
        """Who that was when last heard of."""

    def keep(self, address: str, profile: Profile) -> None:
        """Remember a contact."""

    def drop(self, address: str) -> None:
        """Forget one who is a contact no more."""


class MemoryProfiles:
    """For this run only."""

    def __init__(self) -> None:
        self._profiles: dict[str, Profile] = {}

    def get(self, address: str) -> Profile | None:
        """Who that was when last heard of."""
        return self._profiles.get(person(address))

    def keep(self, address: str, profile: Profile) -> None:
        """Remember a contact."""
        self._profiles[person(address)] = profile

    def drop(self, address: str) -> None:
        """Forget one who is a contact no more."""
        self._profiles.pop(person(address), None)
