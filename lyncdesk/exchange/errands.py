"""Errands to servers: each through the gates for the password, and to its end even if its caller gives up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from lyncdesk.client.exchange_online import is_online_server
from lyncdesk.client.options import Account
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.exchange.address import server_name
from lyncdesk.exchange.gate import PasswordGate, SignIn
from lyncdesk.exchange.process import ExchangeWorker, Failure, Outcome

T = TypeVar("T")

# A server, or a proxy before it, that asks for more has made a mistake; the calendar must not stay unread.
LONGEST_REST: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Errand:
    """An operation of the worker, with what it needs to know.

    A worker that hangs or dies after it brought the part ``enough`` has done enough; ``on_part`` is called
    with each part as it comes. ``deadline`` None: the usual one. ``anonymous``: it is of use without a
    password, up to where one is needed.
    """

    operation: str
    arguments: dict[str, object]
    next_due_in: timedelta | None = None
    enough: str | None = None
    on_part: Callable[[Mapping[str, object]], None] | None = None
    deadline: timedelta | None = None
    anonymous: bool = False


class Errands:
    """Sends the errands of one account. Without a worker it makes one, and ends it with itself."""

    def __init__(
        self,
        account: Account,
        password: Callable[[], Awaitable[str | None]],
        worker: ExchangeWorker | None,
        gate: PasswordGate,
        deadline: timedelta,
    ) -> None:
        self.account = account
        self._password = password
        self._owns_worker = worker is None
        self._worker = ExchangeWorker() if worker is None else worker
        self._gate = gate
        self._deadline = deadline
        self._version = ""
        self._ways: dict[str, str] = {}  # endpoint -> how its server let us sign in
        self._tasks: set[asyncio.Task[Any]] = set()

    def gate_of(self, endpoint: str) -> SignIn:
        """The gate before an endpoint (or before several that count as one, by a name of theirs).

        However it is written: to a server another letter case is no other address, and no other login.
        """
        account = self.account
        return SignIn(endpoint.casefold(), account.login.casefold(), account)

    async def close(self) -> None:
        """End what is running. A worker that was given stays."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._owns_worker:
            await self._worker.close()

    async def at(self, endpoint: str, errand: Errand, *gates: SignIn) -> Outcome:
        """Have an errand done at an endpoint, through these gates; without any, through its own.

        Raises:
            ProblemError: when it could not be done, with the server's own wish for rest.
        """
        account = self.account
        if is_online_server(endpoint):
            # It takes no password for Exchange Web Services, so it is not given one.
            raise ProblemError(Problem.of("exchange-online", server=server_name(endpoint)))
        if "@" not in account.address:
            code = "the e-mail address is missing"
            raise ProblemError(Problem.of("server-address", server=server_name(endpoint), code=code))
        password = await self._password() or ""
        if not password and account.authentication != "negotiate" and not errand.anonymous:
            raise ProblemError(Problem.of("no-password", server=server_name(endpoint)))
        call: dict[str, object] = {
            "endpoint": endpoint,
            "address": account.address,
            "login": account.login,
            "password": password,
            "ca_file": account.ca_file,
            "proxy": account.proxy,
            "version": self._version,
            "authentication": account.authentication,
            "way": self._ways.get(endpoint, ""),
        }

        async def attempt() -> Outcome:
            outcome = await self._worker.request(
                errand.operation,
                call,
                errand.arguments,
                deadline=(errand.deadline or self._deadline).total_seconds(),
                next_due_in=errand.next_due_in.total_seconds() if errand.next_due_in is not None else None,
                on_part=errand.on_part,
            )
            if outcome.way is not None:
                self._ways[endpoint] = outcome.way
            failure = outcome.failure or _failure_in(outcome.parts)
            if failure is not None and failure.problem.name == "mailbox-moved":
                # Where it goes to may be another version, with other ways of signing in.
                self._version = self._ways[endpoint] = ""
            enough = errand.enough is not None and errand.enough in outcome.parts
            if failure is not None and not (enough and _is_late(failure.problem)):
                asked = min(failure.back_off or 0.0, LONGEST_REST.total_seconds())
                back_off = timedelta(seconds=asked) if asked else None
                problem = _with_limit(failure.problem, errand.arguments)
                raise ProblemError(problem, back_off, outcome.requests)
            self._version = outcome.version or self._version
            return outcome

        return await self._to_its_end(self._through(gates or (self.gate_of(endpoint),), password, attempt))

    async def _through(
        self, gates: tuple[SignIn, ...], password: str, attempt: Callable[[], Awaitable[Outcome]]
    ) -> Outcome:
        if not gates:
            return await attempt()
        first, *rest = gates
        inner = tuple(rest)
        return await self._gate.through(first, password, lambda: self._through(inner, password, attempt))

    async def _to_its_end(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for an attempt. It goes on if the caller gives up: the gate must learn of a refusal."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError as error:
            caller = asyncio.current_task()
            if caller is not None and caller.cancelling():
                raise
            # Not the caller was cancelled but the attempt, by close(): that is a failure like any other.
            raise ProblemError(Problem.of("worker-failed", code="the connection was closed")) from error

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # the caller may have given up: then nobody else looks at it


def _with_limit(problem: Problem, arguments: Mapping[str, object]) -> Problem:
    given, limit = dict(problem.values), arguments.get("limit")
    if problem.name != "too-many-items" or "limit" in given or not isinstance(limit, int):
        return problem
    return Problem.of(problem.name, **{**given, "limit": limit})


def _failure_in(parts: Mapping[str, Any]) -> Failure | None:
    """What an operation tells as a part: it knows best which server the problem is about."""
    if "problem" not in parts:
        return None
    name, values = parts["problem"]
    return Failure(Problem.of(name, **values), parts.get("back_off"))


def _is_late(problem: Problem) -> bool:
    """Whether the failure only cut off what a check can do without (the worker hung or died late)."""
    return problem.name in ("timed-out", "worker-failed")
