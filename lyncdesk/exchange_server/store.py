"""The mailboxes of the server. Every value in it is frozen; this is the only place that replaces one by
another.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock

from lyncdesk.exchange_server.contacts import Shelf
from lyncdesk.exchange_server.history import Change, Event, EventKind, History, SyncPoint
from lyncdesk.exchange_server.model import Entry, Mailbox
from lyncdesk.exchange_server.quota import fitting, room_for_another
from lyncdesk.exchange_server.sharing import LEVELS, OWN, Rights, rights_of
from lyncdesk.exchange_server.subscriptions import Subscriptions

Listener = Callable[[str], None]


@dataclass(slots=True)
class _Box:
    mailbox: Mailbox
    entries: dict[str, Entry] = field(default_factory=dict)
    history: History = field(default_factory=History)
    made: int = 0


class Store:
    """Mailboxes by address, safe to use from several threads.

    `now` tells the time of the server, which may be virtual. Listeners are told the address of a mailbox
    after each change of its entries or settings, in the thread that made the change, without the lock.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.mark = secrets.token_hex(4)
        """Tells this store from another one, whose versions mean other things."""
        self.lock = RLock()
        """Held by whatever reads or changes a mailbox, so that versions come in order."""
        self._boxes: dict[str, _Box] = {}
        self._names: dict[str, str] = {}
        self._listeners: list[Listener] = []
        self._version = 0
        self.contacts = Shelf(self)
        self.subscriptions = Subscriptions(now, self.mark)

    def on_change(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(address)` after each change; the answer is the function that ends this."""
        with self.lock:
            self._listeners.append(listener)
        return lambda: self._forget(listener)

    def _forget(self, listener: Listener) -> None:
        with self.lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    def tell(self, address: str) -> None:
        """Tell the listeners that a mailbox has changed; called without the lock."""
        with self.lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(address)

    # --- mailboxes ---

    def add_mailbox(self, mailbox: Mailbox) -> Mailbox:
        """Take in a mailbox. Raises ValueError when one of its addresses is taken."""
        mailbox = replace(mailbox, address=mailbox.address.casefold())
        names = {mailbox.address, *(alias.casefold() for alias in mailbox.aliases)}
        with self.lock:
            for name in names:
                if name in self._names:
                    raise ValueError(f"the address {name} is taken")
            self._names.update(dict.fromkeys(names, mailbox.address))
            self._boxes[mailbox.address] = _Box(mailbox)
        return mailbox

    def change_mailbox(self, address: str, change: Callable[[Mailbox], Mailbox]) -> Mailbox:
        """Replace the mailbox by what `change` makes of it. Raises KeyError."""
        with self.lock:
            box = self._box(address)
            box.mailbox = changed = replace(change(box.mailbox), address=box.mailbox.address)
        self.tell(changed.address)
        return changed

    def mailbox(self, address: str) -> Mailbox | None:
        """The mailbox of an address or alias, in any case of letters."""
        with self.lock:
            name = self._names.get(address.strip().casefold())
            return self._boxes[name].mailbox if name is not None else None

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """All of them, in the order in which they came."""
        with self.lock:
            return tuple(box.mailbox for box in self._boxes.values())

    def person(self, user: str) -> Mailbox | None:
        r"""The mailbox of who signs in by this name: an address, its local part, or DOMAIN\name."""
        name = user.rpartition("\\")[2].casefold()
        found = self.mailbox(name)
        if found is None and "@" not in name:
            with self.lock:
                close = [box.mailbox for key, box in self._boxes.items() if key.partition("@")[0] == name]
            found = close[0] if len(close) == 1 else None
        return found

    def sign_in(self, user: str, password: str) -> str | None:
        """The address of the person, by any name that `person` knows, or None."""
        found = self.person(user)
        # Compared in any case, so that the time says nothing about which names exist.
        right = hmac.compare_digest((found.password if found else "").encode(), password.encode())
        return found.address if found and right else None

    def rights(self, viewer: str, owner: str) -> Rights:
        """What `viewer` may do with the calendar of `owner`: everything with one's own."""
        box = self.mailbox(owner)
        if box is None or box.address == viewer:
            return OWN if box else LEVELS["None"]
        with self.lock:
            names = ((who.casefold(), shared) for who, shared in box.shared_with.items())
            people = {self._names.get(name, name): shared for name, shared in names}
        return rights_of(people.get(viewer, box.sharing))

    # --- entries ---

    def _box(self, address: str) -> _Box:
        return self._boxes[self._names[address.casefold()]]

    def entries(self, address: str, folder: str = "calendar") -> tuple[Entry, ...]:
        """The entries and masters of a folder, in the order in which they came. Raises KeyError."""
        with self.lock:
            return tuple(entry for entry in self._box(address).entries.values() if entry.folder == folder)

    def entry(self, address: str, key: str) -> Entry | None:
        """One entry by its key. Raises KeyError for an unknown address."""
        with self.lock:
            return self._box(address).entries.get(key)

    def add(self, address: str, entry: Entry, by: str = "") -> Entry:
        """Take in an entry; the answer has its key, uid and version. Raises KeyError, RowError.

        `by` is the name of who adds it, if not the owner.
        """
        with self.lock:
            box = self._box(address)
            entry = self._enter(box, replace(entry, changed_by=by))
            box.history.entered(self._event("Created", entry))
        self.tell(box.mailbox.address)
        return entry

    def _enter(self, box: _Box, entry: Entry) -> Entry:
        room_for_another(box.entries)
        fitting(entry)
        box.made += 1
        key = entry.key or f"{box.made:08x}"
        if key in box.entries:
            raise ValueError(f"there is an entry {key} already")
        mark = hashlib.sha256(f"{box.mailbox.address} {key}".encode()).hexdigest()[:32].upper()
        at = self.now()
        self.next_version()
        entry = replace(
            entry,
            key=key,
            uid=entry.uid or f"040000008200E00074C5B7101A82E008{mark}",
            version=self._version,
            created=at,
            modified=at,
        )
        box.entries[key] = entry = _one_series(entry)
        return entry

    def _event(self, kind: EventKind, entry: Entry, before: Entry | None = None) -> Event:
        old = (before.key, before.folder) if before else ("", "")
        return Event(self._version, self.now(), kind, entry.key, entry.folder, *old)

    def change(
        self, address: str, key: str, make: Callable[[Entry], Entry], fields: Iterable[str] = (), by: str = ""
    ) -> Entry:
        """Replace an entry by what `make` makes of it; it stays in its folder. Raises KeyError, RowError.

        `fields` names what changed, `by` who changed it, if not the owner; what `make` raises leaves
        everything as it was.
        """
        with self.lock:
            box = self._box(address)
            before = box.entries[key]
            entry = make(before)
            fitting(entry)
            self.next_version()
            entry = replace(
                entry,
                key=key,
                folder=before.folder,
                version=self._version,
                modified=self.now(),
                changed_by=by,
            )
            box.entries[key] = entry = _one_series(entry)
            box.history.changed(self._event("Modified", entry), fields)
        self.tell(box.mailbox.address)
        return entry

    def move(self, address: str, key: str, folder: str) -> Entry:
        """Put an entry into another folder, where it has another key, as on Exchange. Raises KeyError."""
        with self.lock:
            box = self._box(address)
            before = box.entries.pop(key)
            created = before.created
            entry = self._enter(box, replace(before, key="", folder=folder))
            box.entries[entry.key] = entry = replace(entry, created=created)
            box.history.moved(self._event("Moved", entry, before))
        self.tell(box.mailbox.address)
        return entry

    def copy(self, address: str, key: str, folder: str) -> Entry:
        """Put a copy of an entry into a folder. Raises KeyError, RowError."""
        with self.lock:
            box = self._box(address)
            before = box.entries[key]
            entry = self._enter(box, replace(before, key="", folder=folder))
            box.history.entered(self._event("Copied", entry, before))
        self.tell(box.mailbox.address)
        return entry

    def remove(self, address: str, key: str) -> Entry:
        """Take an entry out for good. Raises KeyError."""
        with self.lock:
            box = self._box(address)
            entry = box.entries.pop(key)
            self.next_version()
            box.history.left(self._event("Deleted", entry))
        self.tell(box.mailbox.address)
        return entry

    # --- the past ---

    def next_version(self) -> int:
        """The version of a change that is being made; called with the lock."""
        self._version += 1
        return self._version

    def changed_since(self, address: str, key: str, version: int) -> frozenset[str] | None:
        """The fields changed after `version`; None when that is too long ago to know."""
        with self.lock:
            return self._box(address).history.fields_since(key, version)

    @property
    def version(self) -> int:
        """The version of the newest change."""
        with self.lock:
            return self._version

    def changes(
        self, address: str, folder: str, point: SyncPoint, most: int
    ) -> tuple[list[Change[Entry]], SyncPoint] | None:
        """What a client that has come to `point` has to be told of a folder, and where it is then; None when
        that is not known any more. Raises KeyError.
        """
        with self.lock:
            begun = self.begun(point)
            if begun is None:
                return None
            inside = self.entries(address, folder)
            return self._box(address).history.changes_since(folder, inside, begun, most)

    def begun(self, point: SyncPoint) -> SyncPoint | None:
        """The point with a new way before it where the old one is done; None for one of the future."""
        if point.top > self._version:
            return None
        return replace(point, top=self._version) if point.seen == point.top else point

    def events(self, address: str, since: int) -> tuple[Event, ...] | None:
        """What happened in a mailbox after the version `since`; None when some of it has been forgotten."""
        with self.lock:
            found = (self._box(address).history, self.contacts.history(address))
            parts = [history.events_since(since) for history in found]
            events = [event for part in parts if part is not None for event in part]
            return None if None in parts else tuple(sorted(events, key=lambda event: event.version))


def _one_series(entry: Entry) -> Entry:
    """The entry with its changed occurrences, which go under its UID and were made and changed with it."""
    if not entry.changed:
        return entry

    def like_the_rest(one: Entry) -> Entry:
        return replace(
            one, uid=entry.uid, created=entry.created, modified=entry.modified, creator=entry.creator,
            changed_by=entry.changed_by,
        )  # fmt: skip

    return replace(
        entry, changed=tuple(replace(one, entry=like_the_rest(one.entry)) for one in entry.changed)
    )
