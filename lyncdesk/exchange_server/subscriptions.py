"""Who wants to be told of what: pull and streaming subscriptions.

A subscription that nobody asks for during its timeout ends. Nothing is kept for it but what it is about: what
happened is in the history of the mailbox, and how far the client has come is in its watermark.
"""

import base64
import binascii
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.history import Event

MOST = 20
"""Subscriptions of one person, as the policy of Exchange has it."""

MOST_EVENTS = 50
"""Events in one answer."""

STREAM_TIMEOUT = timedelta(minutes=30)
_REMEMBERED = 100  # ended subscriptions whose end is told
_LONGEST = 200
_MARK = "lyncdesk.watermark"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one subscription is about. `folders` None means all of them."""

    ident: str
    user: str
    owner: str
    folders: frozenset[str] | None
    kinds: frozenset[str]
    timeout: timedelta
    streaming: bool = False

    def wants(self, event: Event) -> bool:
        """Whether the event happened where the client listens."""
        return self.folders is None or bool(self.folders & {event.folder, event.from_folder})


class Subscriptions:
    """Those of all people. Safe to use from several threads."""

    def __init__(self, now: Callable[[], datetime], mark: str) -> None:
        self._now = now
        self._mark = mark
        self._lock = Lock()
        self._made = 0
        self._open: dict[str, tuple[Subscription, datetime]] = {}
        self._reached: dict[str, int] = {}
        self._expired: deque[str] = deque(maxlen=_REMEMBERED)

    def add(self, make: Callable[[str], Subscription], since: int) -> Subscription:
        """Take in what `make` makes of an id. Raises RowError when the person has too many."""
        with self._lock:
            self._end_old()
            self._made += 1
            name = f"{self._mark}.{self._made:08x}"
            subscription = make(base64.b64encode(name.encode()).decode("ascii"))
            own = [one for one, _used in self._open.values() if one.user == subscription.user]
            if len(own) >= MOST:
                raise RowError("ErrorExceededSubscriptionCount")
            self._open[subscription.ident] = (subscription, self._now())
            if subscription.streaming:
                self._reached[subscription.ident] = since
            return subscription

    def reached(self, ident: str) -> int:
        """The version until which a stream has told everything. Raises RowError."""
        with self._lock:
            if ident not in self._reached:
                raise RowError("ErrorInvalidSubscription")
            return self._reached[ident]

    def reach(self, ident: str, version: int) -> None:
        """A stream has told everything until a version."""
        with self._lock:
            if ident in self._reached:
                self._reached[ident] = version

    def use(self, ident: str, user: str) -> Subscription:
        """The subscription of an id, which lives on from now. Raises RowError."""
        with self._lock:
            self._end_old()
            subscription = self._find(ident, user)
            self._open[ident] = (subscription, self._now())
            return subscription

    def remove(self, ident: str, user: str) -> None:
        """End a subscription. Raises RowError."""
        with self._lock:
            self._end_old()
            self._end(self._find(ident, user).ident)

    def _end(self, ident: str) -> None:
        del self._open[ident]
        self._reached.pop(ident, None)

    def _find(self, ident: str, user: str) -> Subscription:
        if ident in self._expired:
            raise RowError("ErrorExpiredSubscription")
        if ident not in self._open:
            raise RowError("ErrorSubscriptionNotFound")
        subscription, _used = self._open[ident]
        if subscription.user != user:
            raise RowError("ErrorSubscriptionAccessDenied")
        return subscription

    def _end_old(self) -> None:
        now = self._now()
        for ident, (subscription, used) in tuple(self._open.items()):
            if now - used >= subscription.timeout:
                self._end(ident)
                self._expired.append(ident)

    # --- watermarks ---

    def watermark(self, version: int) -> str:
        """A version as a client gets it."""
        return base64.b64encode(f"{_MARK} {self._mark} {version}".encode()).decode("ascii")

    def version(self, watermark: str, newest: int) -> int:
        """The reverse of `watermark`. Raises RowError (ErrorInvalidWatermark)."""
        try:
            if len(watermark) > _LONGEST:
                raise ValueError
            mark, store, number = base64.b64decode(watermark, validate=True).decode().split(" ")
            version = int(number)
            if (mark, store) != (_MARK, self._mark) or not number.isascii() or not 0 <= version <= newest:
                raise ValueError
        except (binascii.Error, ValueError):
            raise RowError("ErrorInvalidWatermark") from None
        return version
