"""What one program knows of servers that were found, for all its sessions; it does no I/O itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from lyncdesk.client.found import Found, How, found_for, newest
from lyncdesk.client.options import Account
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.exchange.address import AddressError, endpoint_of
from lyncdesk.presence.publication import person

# What another address may cure: the server does not answer there any more, or not for this mailbox.
MOVED: Final = frozenset(
    {
        "name-not-found",
        "connection-refused",
        "timed-out",
        "not-exchange",
        "web-page",
        "version-mismatch",
        "not-encrypted",
        "certificate-host-name",
        "mailbox-moved",
        "no-mailbox",
    }
)
_FIRST_WAIT: Final = timedelta(minutes=5)
_LONGEST_WAIT: Final = timedelta(hours=1)


class Servers:
    """Remembers what was found, and when it is worth while to look again. ``monotonic`` counts seconds."""

    def __init__(self, *, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._now = now
        self._monotonic = monotonic
        self._known: dict[str, Found] = {}
        # Mail address -> when one may look for its server again although one is known, the wait after that.
        self._rest: dict[str, tuple[float, timedelta]] = {}

    def know(self, found: Iterable[Found]) -> None:
        """Start with what was found in earlier runs."""
        self._known = newest([*found, *self._known.values()])

    def known(self) -> tuple[Found, ...]:
        """Everything that is known."""
        return tuple(self._known.values())

    def of(self, account: Account) -> Found | None:
        """What was found for the account."""
        return found_for(account, self._known)

    def learn(self, account: Account, told: Any) -> Found:
        """Keep what the worker found.

        Raises:
            ProblemError: if it makes no sense.
        """
        try:
            found = Found(
                person(account.address),
                endpoint_of(told["chosen"]),
                How(told["how"]),
                str(told["via"]),
                self._now(),
                str(told["internal"]),
                str(told["external"]),
                account.server,
            )
        except (KeyError, TypeError, ValueError, AddressError) as error:
            code = f"its answer makes no sense ({type(error).__name__})"
            raise ProblemError(Problem.of("worker-failed", code=code)) from error
        self._known = newest([*self._known.values(), found])
        return found

    def may_look_again(self, account: Account) -> bool:
        """Whether to look for another server now that the known one does not answer.

        If so, that is rested from for a while, longer each time; :meth:`works` ends the rest.
        """
        address, now = person(account.address), self._monotonic()
        until, wait = self._rest.get(address, (now, _FIRST_WAIT))
        if now < until:
            return False
        self._rest[address] = (now + wait.total_seconds(), min(wait * 2, _LONGEST_WAIT))
        return True

    def works(self, account: Account) -> None:
        """The known server answered."""
        self._rest.pop(person(account.address), None)
