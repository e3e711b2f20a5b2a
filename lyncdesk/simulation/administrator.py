"""Who sets the policy of the sample organisation: nobody, until a lesson does."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from lyncdesk.client.policy import Policy


class Administrator:
    """The policy in force, and the waiting for another one. For the client's loop."""

    def __init__(self) -> None:
        self._policy = Policy()
        self._changed = asyncio.Event()

    def read(self) -> Policy:
        """The policy, as a client reads it."""
        return self._policy

    def set(self, policy: Policy) -> None:
        """Let this one be in force; clients that wait look at once."""
        if policy.mandatory != self._policy.mandatory or policy.recommended != self._policy.recommended:
            self._policy = policy
            self._changed.set()

    async def wait(self, seconds: float) -> None:
        """Wait so long, but no longer than until there is another policy."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)
        self._changed.clear()
