"""One gate for every password: a refused one is never sent a second time.

It lives in the client and not in the worker, so that it outlasts every worker. A password is remembered
only as a salted digest.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from lyncdesk.client.options import Account
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.refusals import LASTING

T = TypeVar("T")

# The problems which say something about the way of signing in and not about the password.
OF_THE_WAY: Final = frozenset({"sign-in-method", "kerberos-missing"})
# Those after which the same password is of no use until the person acts.
REFUSALS: Final = LASTING | OF_THE_WAY


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where one signs in, and as whom. ``account`` is on whose behalf; it makes no other gate."""

    endpoint: str
    login: str
    account: Account = field(compare=False)


class PasswordGate:
    """Remembers refusals, and lets one attempt with an account through at a time.

    Callers that wait behind an attempt which is refused get its problem without a request of their own.
    ``used`` is told of each sign-in with its password: the refusal, be it an earlier one, or None if it was
    accepted.
    """

    def __init__(self, used: Callable[[SignIn, str, Problem | None], None] = lambda *_: None) -> None:
        self._used = used
        self._salt = os.urandom(16)
        self._refused: dict[SignIn, dict[bytes, tuple[Problem, str]]] = {}
        self._turns: dict[SignIn, asyncio.Lock] = {}

    async def through(self, who: SignIn, password: str, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run the attempt in its turn, unless this password was refused before.

        Raises:
            ProblemError: what the attempt raises; or the earlier refusal, and then nothing was sent.
        """
        async with self._turns.setdefault(who, asyncio.Lock()):
            known = self.refusal(who, password)
            if known is not None:
                self._used(who, password, known)
                raise ProblemError(known)
            try:
                result = await attempt()
            except ProblemError as error:
                if error.problem.name in REFUSALS:
                    self.note(who, password, error.problem)
                raise
            self._used(who, password, None)
            return result

    def note(self, who: SignIn, password: str, refusal: Problem) -> None:
        """Remember a refusal that came in another way than from an attempt of its own."""
        self._refused.setdefault(who, {})[self._digest(password)] = (refusal, who.account.authentication)
        self._used(who, password, refusal)

    def closed(self, login: str, password: str) -> dict[str, str]:
        """The endpoints that are known to refuse this password of this login, and the problem of each."""
        same = (who for who in self._refused if who.login == login)
        known = ((who.endpoint, self.refusal(who, password)) for who in same)
        return {endpoint: problem.name for endpoint, problem in known if problem is not None}

    def refusal(self, who: SignIn, password: str) -> Problem | None:
        """The earlier refusal for which this password is not sent there, None if there is none."""
        refused = self._refused.get(who)
        problem, way = refused.get(self._digest(password), (None, "")) if refused else (None, "")
        if problem is not None and problem.name in OF_THE_WAY and way != who.account.authentication:
            return None  # the person chose another way
        return problem

    def reopen(self, who: SignIn, password: str | None = None) -> None:
        """The person acted (entered this password): it may be tried once more, even if it was refused.

        Others that were refused stay so. None opens the gate for every password.
        """
        if password is None:
            self._refused.pop(who, None)
        elif refused := self._refused.get(who):
            refused.pop(self._digest(password), None)

    def _digest(self, password: str) -> bytes:
        # It loads a library for cryptography, 3 MB that a client does without unless a password is refused.
        import hashlib

        return hashlib.sha256(self._salt + password.encode("utf-8", "surrogatepass")).digest()
