"""Stored passwords, and what is remembered beside each about its having been refused.

A refused password is never sent again until the person types it, and a restart is no typing. The memory of it
lies in the credential store like the password itself, as a salted digest: a password that was changed there
by other means is another one, and is tried.
"""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from typing import Final

from lyncdesk.client.ports import CredentialStore, ProblemError
from lyncdesk.client.problems import Problem

# The problems after which a password is of no use until it is typed again.
LASTING: Final = frozenset({"refused-password", "account-locked", "account-disabled", "password-expired"})
_LONGEST: Final = 4096  # characters of what is believed to be such a memory


def mark_key(key: str) -> str:
    """Under what name a credential store keeps the memory of the password that it keeps as ``key``."""
    return f"{key} (refused)"


class Refusals:
    """The passwords of one credential store that may have been refused. What a server says of one is noted as
    far as the store works; all else raises ProblemError where it does not.
    """

    def __init__(self, store: CredentialStore) -> None:
        self._store = store
        self._known: dict[str, str | None] = {}
        self._turn = asyncio.Lock()

    async def stored(self, key: str) -> tuple[str | None, Problem | None]:
        """The password that is stored under ``key``, and why it was refused if that is known."""
        async with self._turn:
            password, self._known[key] = await self._store.get(key, mark_key(key))
            return password, _read(self._known[key], password) if password is not None else None

    async def note(self, key: str, password: str, problem: Problem | None) -> None:
        """A server refused the password, or accepted it (None). Only of a stored one anything is kept."""
        async with self._turn:
            before = _read(self._known.get(key), password)
            with suppress(ProblemError):
                if problem is None and before is not None:
                    self._known[key] = None
                    await self._store.forget(mark_key(key))
                elif problem is not None and problem.name in LASTING and problem != before:
                    await self._keep(key, password, problem)

    async def _keep(self, key: str, password: str, problem: Problem) -> None:
        if await self._store.get(key) == (password,):
            text = self._known[key] = _written(password, problem)
            await self._store.set(mark_key(key), text)

    async def typed(self, key: str) -> None:
        """The person typed the password: no refusal of before counts."""
        await self._forget(key, mark_key(key))

    async def forget(self, key: str) -> None:
        """Remove the password, and what is remembered beside it."""
        await self._forget(key, key, mark_key(key))

    async def _forget(self, key: str, *names: str) -> None:
        async with self._turn:
            self._known[key] = None
            await self._store.forget(*names)


def _written(password: str, problem: Problem) -> str:
    salt = os.urandom(16)
    values = {name: value for name, value in problem.values if isinstance(value, str)}
    return json.dumps(
        {"salt": salt.hex(), "digest": _digest(salt, password), "problem": problem.name, "values": values}
    )


def _read(text: str | None, password: str) -> Problem | None:
    """What the memory says of this password; nothing if it is of another, or makes no sense."""
    if text is None or len(text) > _LONGEST:
        return None
    try:
        told = json.loads(text)
        same = told["digest"] == _digest(bytes.fromhex(told["salt"]), password)
        name, values = told["problem"], tuple(sorted((key, str(one)) for key, one in told["values"].items()))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return Problem(name, values) if same and name in LASTING else None


def _digest(salt: bytes, password: str) -> str:
    # It loads a library for cryptography, 3 MB that a client does without unless a password is refused.
    import hashlib

    return hashlib.sha256(salt + password.encode("utf-8", "surrogatepass")).hexdigest()
