"""The pool of the sample organisation and of scenarios: everybody in one process, no network.

The rules are in :class:`lyncdesk.pools.directory.Directory`; :class:`EmbeddedPool` is one client's way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.pools.directory import Directory
from lyncdesk.presence.publication import Publication, Seen
from lyncdesk.presence.relationships import Relationship

__all__ = ["Directory", "EmbeddedPool"]


class EmbeddedPool:
    """One person's :class:`lyncdesk.client.ports.Pool` over a directory that is shared on one loop.

    What a client does after it signed out changes nothing: a late publication is dropped.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._address = ""
        self._on_seen: Callable[[Seen], None] | None = None

    async def sign_in(self, address: str, on_seen: Callable[[Seen], None]) -> None:
        """Start to receive contacts; ``on_seen`` is called within the call that brought the news."""
        self._address = address
        self._on_seen = on_seen
        self._directory.watch(address, (), on_seen)

    async def publish(self, publication: Publication, gives: Mapping[str, Relationship]) -> None:
        """Publish one's presence and what one gives to whom."""
        if self._on_seen is not None:
            self._directory.publish(publication, gives)

    async def add_contact(self, address: str) -> None:
        """Follow a person; raises ProblemError ``unknown-contact``. Signed out, it is only looked up."""
        self._directory.resolve(address)
        if self._on_seen is not None:
            self._directory.watch(self._address, (address,), self._on_seen)

    async def follow(self, addresses: Iterable[str]) -> tuple[Problem, ...]:
        """Follow these; one who is not known does not cost the others."""
        problems: list[Problem] = []
        for address in addresses:
            try:
                await self.add_contact(address)
            except ProblemError as error:
                problems.append(error.problem)
        return tuple(problems)

    async def remove_contact(self, address: str) -> None:
        """Follow a person no more; somebody who is not followed is no mistake."""
        self._directory.unwatch(self._address, (address,))

    async def search(self, text: str) -> tuple[Seen, ...]:
        """People of the directory, at most 50; signed out, as a stranger would find them."""
        return self._directory.search(self._address if self._on_seen is not None else "", text)

    async def sign_out(self) -> None:
        """Others see Offline, nothing more is received. Once more is no mistake."""
        if self._on_seen is None:
            return
        self._on_seen = None
        self._directory.unwatch(self._address)
        self._directory.withdraw(self._address)
