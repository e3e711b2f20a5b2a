"""No pool at all: a person with an Exchange account and nobody to exchange presence with.

The status is seen by its owner alone, and every surface says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.presence.publication import Publication, Seen
from lyncdesk.presence.relationships import Relationship


class AlonePool:
    """A :class:`lyncdesk.client.ports.Pool` in which nobody else is."""

    async def sign_in(self, address: str, on_seen: Callable[[Seen], None]) -> None:
        """Nobody is there to be seen."""

    async def publish(self, publication: Publication, gives: Mapping[str, Relationship]) -> None:
        """Nobody is there to see it; it does not leave this computer."""

    async def add_contact(self, address: str) -> None:
        """Raises ProblemError ``no-pool``: there is nobody to follow."""
        raise ProblemError(Problem.of("no-pool", address=address))

    async def remove_contact(self, address: str) -> None:
        """Nothing was followed."""

    async def search(self, text: str) -> tuple[Seen, ...]:  # noqa: ARG002 - the port's own name
        """Nobody."""
        return ()

    async def sign_out(self) -> None:
        """Nothing was published."""
