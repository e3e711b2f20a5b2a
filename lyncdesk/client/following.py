"""Whom the person follows: the list of contacts, with its limit and its groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lyncdesk.client.options import Options
from lyncdesk.client.ports import Pool, ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.presence.publication import person


class Following:
    """Adds and removes contacts of one client: first in the pool, then in the options.

    ``options`` gives them as they are with every change that was made, ``use`` takes new ones.
    """

    def __init__(self, pool: Pool, options: Callable[[], Options], use: Callable[[Options], None]) -> None:
        self._pool = pool
        self._options = options
        self._use = use

    async def add(self, address: str) -> Problem | None:
        """Follow a person; the problem that stood in the way, if any."""
        options = self._options()
        address = person(address)
        if address in options.contacts:
            return None
        if len(options.contacts) >= options.maximum_contacts:
            return Problem.of("too-many-contacts", limit=options.maximum_contacts)
        try:
            await self._pool.add_contact(address)
        except ProblemError as error:
            return error.problem
        options = self._options()  # the pool took its time: others may have come meanwhile
        if address not in options.contacts:
            self._use(replace(options, contacts=(*options.contacts, address)))
        return None

    async def remove(self, address: str) -> None:
        """Follow a person no more."""
        address = person(address)
        await self._pool.remove_contact(address)
        options = self._options()
        groups = {name: tuple(m for m in members if m != address) for name, members in options.groups.items()}
        rest = tuple(contact for contact in options.contacts if contact != address)
        self._use(replace(options, contacts=rest, groups=groups))
