"""What a probe is made of: ways to tell idleness, and watchers of what the system says by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


class UnavailableError(Exception):
    """A way to know something does not exist on this machine, or has ceased to."""


class IdleSource(Protocol):
    """One way to tell how long nobody has touched the machine."""

    @property
    def tells_return(self) -> bool:
        """Whether it calls ``changed`` when the person comes back; else it is asked again and again."""

    async def open(self, changed: Callable[[], None]) -> None:
        """Get ready; ``changed`` is called on the running loop whenever it is worth asking anew.

        Raises:
            UnavailableError: this way does not exist here.
        """

    async def idle(self) -> timedelta:
        """How long nobody has touched keyboard or pointer.

        Raises:
            UnavailableError: this way has ceased to exist.
        """

    async def close(self) -> None:
        """Give back what it holds. Idempotent."""


@dataclass(frozen=True, slots=True)
class Locked:
    """What one witness says about the lock; the machine is locked if any says so. None = it says nothing."""

    witness: str
    locked: bool | None


@dataclass(frozen=True, slots=True)
class Asleep:
    """The machine is about to sleep, or awake again."""

    asleep: bool


@dataclass(frozen=True, slots=True)
class NetworkReturned:
    """There is a network again after there was none."""


Sign = Locked | Asleep | NetworkReturned


class Watcher(Protocol):
    """Listens to the system for signs."""

    async def run(self, tell: Callable[[Sign], None], limit: Callable[[str], None]) -> None:
        """Listen until cancelled, or return if nothing can be heard; ``limit`` is told what stays unknown."""
