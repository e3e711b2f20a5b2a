"""Who there is, what each person publishes, and what each viewer gets of it: the synchronous core of a pool.

Everything is cut with :func:`lyncdesk.presence.publication.filtered` by the relationship that the owner gave
BEFORE it is handed over, and only what differs from the last thing this viewer got is handed over at all.
Source: the project's presence rules, section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.presence.publication import Profile, Publication, Seen, filtered, offline, person
from lyncdesk.presence.relationships import Relationship, default_relationship
from lyncdesk.presence.states import OFFLINE, Presence

OnSeen = Callable[[Seen], None]
FOUND_AT_MOST = 50


@dataclass(slots=True)
class _Entry:
    """One person: what was last published, and the relationship that the person gave to each viewer."""

    publication: Publication
    gives: Mapping[str, Relationship] = field(default_factory=dict)


@dataclass(slots=True)
class _Watch:
    """One viewer: where news go, and what was last delivered of each person followed (None = nothing)."""

    on_seen: OnSeen
    last: dict[str, Seen | None] = field(default_factory=dict)


class Directory:
    """People by address. One client per person; addresses and aliases are compared casefolded.

    ``Seen.revision`` counts the deliveries to one viewer, not the owner's publications: how often a person
    publishes says more about a day than some viewers may know. Callbacks run within the call that caused
    them, and may call back.
    """

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        self._people: dict[str, _Entry] = {}
        self._aliases: dict[str, str] = {}
        self._watches: dict[str, _Watch] = {}
        self._delivered: dict[str, int] = {}
        for profile in profiles:
            self.add(profile)

    # --- who there is ---

    def add(self, profile: Profile, aliases: Iterable[str] = ()) -> None:
        """Take in a person, Offline until something is published.

        Raises:
            ValueError: when the address or an alias belongs to somebody already.
        """
        address = person(profile.address)
        names = {address, *map(person, aliases)}
        for name in sorted(names):
            if name in self._people or name in self._aliases:
                raise ValueError(f"the address {name} is taken")
        self._people[address] = _Entry(
            Publication(replace(profile, address=address), Presence(OFFLINE), calendar_used=False)
        )
        self._aliases.update(dict.fromkeys(names - {address}, address))

    def resolve(self, address: str) -> str:
        """The identity behind an address or alias.

        Raises:
            ProblemError: ``unknown-contact``.
        """
        name = person(address)
        name = self._aliases.get(name, name)
        if name not in self._people:
            raise ProblemError(Problem.of("unknown-contact", address=address.strip()))
        return name

    def profiles(self) -> tuple[Profile, ...]:
        """Everybody, unfiltered, in the order in which they came."""
        return tuple(entry.publication.profile for entry in self._people.values())

    def publication(self, address: str) -> Publication:
        """What a person last published, unfiltered: for the owner's own eyes and for tests.

        Raises:
            ProblemError: ``unknown-contact``.
        """
        return self._people[self.resolve(address)].publication

    # --- owners ---

    def publish(self, publication: Publication, gives: Mapping[str, Relationship]) -> None:
        """Replace what a person publishes and gives. Somebody new becomes part of the directory."""
        address = self._identity(publication.profile.address)
        entry = self._people.get(address)
        publication = replace(publication, profile=replace(publication.profile, address=address))
        if entry is None:
            entry = self._people[address] = _Entry(publication)
        entry.publication = publication
        entry.gives = {self._identity(viewer): given for viewer, given in gives.items()}
        self._tell(address)

    def withdraw(self, address: str) -> None:
        """The person is no longer there: Offline for everybody. The given relationships stay."""
        entry = self._people.get(self._identity(address))
        if entry is not None:
            entry.publication = replace(offline(entry.publication), calendar_used=False)
            self._tell(entry.publication.profile.address)

    def relationship(self, owner: str, viewer: str) -> Relationship:
        """What the owner gave the viewer, else the default between their organisations."""
        owner, viewer = self._identity(owner), self._identity(viewer)
        entry = self._people.get(owner)
        given = entry.gives.get(viewer) if entry is not None else None
        return given if given is not None else default_relationship(owner, viewer)

    # --- viewers ---

    def seen(self, owner: str, viewer: str) -> Seen:
        """What the viewer may see of the owner now.

        Raises:
            ProblemError: ``unknown-contact``.
        """
        owner = self.resolve(owner)
        viewer = self._identity(viewer)
        seen = filtered(self._people[owner].publication, self.relationship(owner, viewer))
        return replace(seen, revision=self._delivered.get(viewer, 0))

    def watch(self, viewer: str, addresses: Iterable[str], on_seen: OnSeen) -> None:
        """Tell the viewer of these people from now on, beginning with how they are now.

        A viewer who watches already gets the news through the new ``on_seen``.

        Raises:
            ProblemError: ``unknown-contact`` for the first unknown address; those before it are followed.
        """
        viewer = self._identity(viewer)
        watch = self._watches.setdefault(viewer, _Watch(on_seen))
        watch.on_seen = on_seen
        for address in addresses:
            owner = self.resolve(address)
            watch.last.setdefault(owner, None)
            self._deliver(owner, viewer)

    def unwatch(self, viewer: str, addresses: Iterable[str] | None = None) -> None:
        """Tell the viewer of these people no more; None = of nobody."""
        viewer = self._identity(viewer)
        watch = self._watches.get(viewer)
        if watch is None:
            return
        if addresses is None:
            del self._watches[viewer]
            return
        for address in addresses:
            watch.last.pop(self._identity(address), None)

    def search(self, viewer: str, text: str) -> tuple[Seen, ...]:
        """People whose name or address (or alias) holds ``text`` in any case of letters, by name, at most 50.

        Each is cut for the viewer like everything else.
        """
        wanted = text.strip().casefold()
        if not wanted:
            return ()
        found = {owner for alias, owner in self._aliases.items() if wanted in alias}
        for address, entry in self._people.items():
            if wanted in address or wanted in entry.publication.profile.name.casefold():
                found.add(address)
        seen = [self.seen(address, viewer) for address in found]
        seen.sort(key=lambda one: (one.profile.shown_name.casefold(), one.profile.address))
        return tuple(seen[:FOUND_AT_MOST])

    # --- inside ---

    def _identity(self, address: str) -> str:
        name = person(address)
        return self._aliases.get(name, name)

    def _tell(self, owner: str) -> None:
        for viewer in tuple(self._watches):
            self._deliver(owner, viewer)

    def _deliver(self, owner: str, viewer: str) -> None:
        watch = self._watches.get(viewer)
        if watch is None or owner not in watch.last:
            return
        seen = self.seen(owner, viewer)
        last = watch.last[owner]
        # The revision counts deliveries, so it says nothing about whether there is news.
        if last is not None and replace(last, revision=seen.revision) == seen:
            return
        self._delivered[viewer] = seen.revision + 1
        seen = watch.last[owner] = replace(seen, revision=seen.revision + 1)
        watch.on_seen(seen)
