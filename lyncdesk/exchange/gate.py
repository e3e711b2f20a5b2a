"""One gate for every password: a refused one is never sent a second time.

It lives in the client and not in the worker, so that it outlasts every worker. A password is remembered
only as a salted digest.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem

T = TypeVar("T")

# The problems after which the same password is of no use until the person acts.
REFUSALS: Final = frozenset({"refused-password", "account-locked", "password-expired", "sign-in-method"})


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where one signs in, as whom."""

    endpoint: str
    login: str


class PasswordGate:
    """Remembers refusals, and lets one attempt with an account through at a time.

    Callers that wait behind an attempt which is refused get its problem without a request of their own.
    """

    def __init__(self) -> None:
        self._salt = os.urandom(16)
        self._refused: dict[SignIn, tuple[bytes, Problem]] = {}
        self._turns: dict[SignIn, asyncio.Lock] = {}

    async def through(self, who: SignIn, password: str, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run the attempt in its turn, unless this password was refused before.

        Raises:
            ProblemError: what the attempt raises; or the earlier refusal, and then nothing was sent.
        """
        async with self._turns.setdefault(who, asyncio.Lock()):
            known = self._refused.get(who)
            if known is not None and known[0] == self._digest(password):
                raise ProblemError(known[1])
            try:
                result = await attempt()
            except ProblemError as error:
                if error.problem.name in REFUSALS:
                    self._refused[who] = (self._digest(password), error.problem)
                raise
            self._refused.pop(who, None)
            return result

    def reopen(self, who: SignIn) -> None:
        """The person acted (entered the password anew): it may be tried once more, even if it is the same."""
        self._refused.pop(who, None)

    def _digest(self, password: str) -> bytes:
        # It loads a library for cryptography, 3 MB that a client does without unless a password is refused.
        import hashlib

        return hashlib.sha256(self._salt + password.encode("utf-8", "surrogatepass")).digest()
