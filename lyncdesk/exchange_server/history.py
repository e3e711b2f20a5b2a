"""What happened to the entries, or to the contacts, of one mailbox: as much of it as conflicts,
synchronisation and notifications need. All of it is bounded.

Every change has a version of its own, which grows with the server.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar


class Keyed(Protocol):
    """What a folder holds: an entry or a contact."""

    @property
    def key(self) -> str:
        """Names it in its folder."""


T = TypeVar("T", bound=Keyed)

MOST_CHANGES = 50
"""How many changes of one entry are remembered."""

MOST_EVENTS = 2000
"""How many events, and how many entries that are gone, are remembered of a mailbox."""

READ_FLAG = "message:IsRead"

EventKind = Literal["Created", "Modified", "Deleted", "Moved", "Copied"]
ChangeKind = Literal["Create", "Update", "ReadFlagChange", "Delete"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an entry; `from_key` and `from_folder` say where it was before."""

    version: int
    at: datetime
    kind: EventKind
    key: str
    folder: str
    from_key: str = ""
    from_folder: str = ""


@dataclass(frozen=True, slots=True)
class SyncPoint:
    """How far a client has come with a folder.

    It knows everything until the version `base`. On its way to `top` it has been told of what stood at
    `seen` or before.
    """

    base: int = 0
    seen: int = 0
    top: int = 0


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """What a client has to do to its copy of a folder; a deleted entry is there by its key only."""

    version: int
    kind: ChangeKind
    key: str
    entry: T | None = None


@dataclass(frozen=True, slots=True)
class _Gone:
    key: str
    folder: str
    entered: int
    version: int


class History:
    """The past of a mailbox. Not safe to use from several threads: the store's lock covers it."""

    def __init__(self) -> None:
        self._entered: dict[str, int] = {}
        self._changes: dict[str, deque[tuple[int, frozenset[str]]]] = {}
        self._gone: deque[_Gone] = deque()
        self._events: deque[Event] = deque()
        self.forgotten = 0
        """The newest version of which something has been forgotten."""
        self.missed = 0
        """The newest version whose event has been forgotten."""

    # --- what the store tells ---

    def entered(self, event: Event) -> None:
        """An entry came into a folder."""
        self._entered[event.key] = event.version
        self._happened(event)

    def changed(self, event: Event, fields: Iterable[str]) -> None:
        """An entry was changed where it is."""
        changes = self._changes.setdefault(event.key, deque(maxlen=MOST_CHANGES))
        changes.append((event.version, frozenset(fields)))
        self._happened(event)

    def left(self, event: Event) -> None:
        """An entry was deleted; one that is moved leaves, too, and enters under another key."""
        self._leave(event.key, event.folder, event.version)
        self._happened(event)

    def moved(self, event: Event) -> None:
        """An entry left a folder and came into another."""
        self._leave(event.from_key, event.from_folder, event.version)
        self.entered(event)

    def _leave(self, key: str, folder: str, version: int) -> None:
        self._changes.pop(key, None)
        self._gone.append(_Gone(key, folder, self._entered.pop(key, 0), version))
        while len(self._gone) > MOST_EVENTS:
            self.forgotten = self._gone.popleft().version

    def _happened(self, event: Event) -> None:
        self._events.append(event)
        while len(self._events) > MOST_EVENTS:
            self.missed = self._events.popleft().version

    # --- what others ask ---

    def fields_since(self, key: str, version: int) -> frozenset[str] | None:
        """The fields of an entry changed after `version`; None when that is too long ago to know."""
        changes = self._changes.get(key, deque())
        if len(changes) == MOST_CHANGES and changes[0][0] > version:
            return None
        return frozenset().union(*(fields for at, fields in changes if at > version))

    def events_since(self, version: int) -> tuple[Event, ...] | None:
        """What happened after `version`; None when some of it has been forgotten."""
        if version < self.missed:
            return None
        return tuple(event for event in self._events if event.version > version)

    def changes_since(
        self, folder: str, entries: Iterable[T], point: SyncPoint, most: int
    ) -> tuple[list[Change[T]], SyncPoint] | None:
        """At most `most` changes of a folder in the order in which they were made, and the point then
        reached; None when some of them have been forgotten.

        An entry stands where its last change until `top` stands, however it changed since: so that none is
        left out, or told as new twice, because somebody works on the folder between two requests.
        """
        if 0 < point.base < self.forgotten:
            return None
        changes: list[Change[T]] = [
            Change(at, self._kind(entry.key, point.base), entry.key, entry)
            for entry in entries
            if (at := self._place(entry.key, point.top)) is not None and at > point.seen
        ]
        changes += [
            Change(gone.version, "Delete", gone.key)
            for gone in self._gone
            if gone.folder == folder and gone.entered <= point.base and point.seen < gone.version <= point.top
        ]
        changes.sort(key=lambda change: change.version)
        if len(changes) <= most:
            return changes, SyncPoint(point.top, point.top, point.top)
        told = changes[:most]
        return told, SyncPoint(point.base, told[-1].version, point.top)

    def _place(self, key: str, top: int) -> int | None:
        entered = self._entered.get(key, 0)
        if entered > top:
            return None
        changes = self._changes.get(key, deque())
        before = [at for at, _fields in changes if at <= top]
        if before:
            return before[-1]
        return top if len(changes) == MOST_CHANGES else entered

    def _kind(self, key: str, base: int) -> ChangeKind:
        if self._entered.get(key, 0) > base:
            return "Create"
        return "ReadFlagChange" if self.fields_since(key, base) == frozenset({READ_FLAG}) else "Update"
