"""One account's conversations with Exchange: values in, values or a problem out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Any, Final, TypeVar

from lyncdesk.client.exchange_online import is_online_server
from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarAnswer, ProblemError, Window
from lyncdesk.client.problems import Problem
from lyncdesk.exchange.address import AddressError, endpoint_of, server_name
from lyncdesk.exchange.answers import items_from, out_of_office_from, working_hours_from
from lyncdesk.exchange.gate import PasswordGate, SignIn
from lyncdesk.exchange.process import ExchangeWorker, Outcome

T = TypeVar("T")

ITEM_LIMIT: Final = 5000
DEADLINE: Final = timedelta(seconds=60)
# A server, or a proxy before it, that asks for more has made a mistake; the calendar must not stay unread.
LONGEST_REST: Final = timedelta(days=1)


class Step(StrEnum):
    """What Test connection goes through, in order."""

    ADDRESS = "address"
    NAME = "name"
    CONNECTION = "connection"
    ENCRYPTION = "encryption"
    SERVICE = "service"
    SIGN_IN = "sign-in"
    CALENDAR = "calendar"


# The step at which each problem stops; what is not here happens when everything but the calendar is proven.
_STOPS: Final[dict[str, Step]] = {
    "server-address": Step.ADDRESS,
    "insecure-address": Step.ADDRESS,
    "name-not-found": Step.NAME,
    "connection-refused": Step.CONNECTION,
    "timed-out": Step.CONNECTION,
    "proxy-failed": Step.CONNECTION,
    "proxy-password": Step.CONNECTION,
    "proxy-refused": Step.CONNECTION,
    "worker-failed": Step.CONNECTION,
    "certificate-expired": Step.ENCRYPTION,
    "certificate-early": Step.ENCRYPTION,
    "clock-wrong": Step.ENCRYPTION,
    "certificate-host-name": Step.ENCRYPTION,
    "certificate-untrusted": Step.ENCRYPTION,
    "certificate-self-signed": Step.ENCRYPTION,
    "certificate-unusable": Step.ENCRYPTION,
    "ca-file": Step.ENCRYPTION,
    "not-encrypted": Step.ENCRYPTION,
    "encryption-old": Step.ENCRYPTION,
    "encryption-failed": Step.ENCRYPTION,
    "client-certificate": Step.ENCRYPTION,
    "not-exchange": Step.SERVICE,
    "web-page": Step.SERVICE,
    "version-mismatch": Step.SERVICE,
    "exchange-online": Step.SERVICE,
    "server-error": Step.SERVICE,
    "server-busy": Step.SERVICE,
    "broken-answer": Step.SERVICE,
    "no-password": Step.SIGN_IN,
    "refused-password": Step.SIGN_IN,
    "account-locked": Step.SIGN_IN,
    "account-disabled": Step.SIGN_IN,
    "password-expired": Step.SIGN_IN,
    "sign-in-method": Step.SIGN_IN,
    "kerberos-missing": Step.SIGN_IN,
}


@dataclass(frozen=True, slots=True)
class Probe:
    """What Test connection found. ``failed`` and ``problem`` are None if everything works.

    ``passed`` are the steps that are proven (on this computer itself no encryption is needed); ``server`` a
    build or ""; ``free_busy_only`` if the calendar itself may not be opened; ``duration`` is real time.
    """

    passed: tuple[Step, ...]
    failed: Step | None = None
    problem: Problem | None = None
    server: str = ""
    free_busy_only: bool = False
    duration: timedelta = timedelta()


class ExchangeSession:
    """Reads the calendar of one account.

    ``password`` is asked before each use and may return None. A session makes a worker and a gate of its
    own unless it is given those of the program, which several sessions share; it closes only its own.
    ``monotonic`` measures durations, in seconds.
    """

    def __init__(
        self,
        account: Account,
        password: Callable[[], Awaitable[str | None]],
        *,
        monotonic: Callable[[], float],
        worker: ExchangeWorker | None = None,
        gate: PasswordGate | None = None,
        deadline: timedelta = DEADLINE,
        limit: int = ITEM_LIMIT,
    ) -> None:
        self.account = account
        self._password = password
        self._monotonic = monotonic
        self._owns_worker = worker is None
        self._worker = ExchangeWorker() if worker is None else worker
        self._gate = gate or PasswordGate()
        self._deadline = deadline
        self._limit = limit
        self._version = ""
        self._ways: dict[str, str] = {}  # endpoint -> how its server let us sign in
        self._tasks: set[asyncio.Task[Any]] = set()

    async def check(
        self, window: Window, *, working_hours: bool = False, next_due_in: timedelta | None = None
    ) -> CalendarAnswer:
        """Read the calendar once, with automatic replies, and working hours if they are wanted.

        Raises:
            ProblemError: when nothing trustworthy came back.
        """
        arguments: dict[str, object] = {
            "start": window.start.isoformat(),
            "end": window.end.isoformat(),
            "limit": self._limit,
            "working_hours": working_hours,
        }
        started = self._monotonic()
        outcome = await self.ask("check", arguments, next_due_in, enough="items")
        limits = list(outcome.limits)
        if outcome.failure is not None:
            limits.append(f"Not everything came. {outcome.failure.problem.row.title}")
        parts = outcome.parts
        try:
            return CalendarAnswer(
                items=items_from(parts["items"], window),
                out_of_office=out_of_office_from(parts.get("out_of_office")),
                details=parts["details"] is True,
                working_hours=working_hours_from(parts.get("working_hours")),
                requests=outcome.requests,
                duration=timedelta(seconds=max(0.0, self._monotonic() - started)),
                server=outcome.server,
                limits=tuple(limits),
                out_of_office_told="out_of_office" in parts,
            )
        except (ValueError, TypeError, KeyError) as error:
            code = f"its answer makes no sense ({type(error).__name__})"
            raise ProblemError(Problem.of("worker-failed", code=code)) from error

    async def probe(self, window: Window) -> Probe:
        """Test connection: one cheap request through every step; ``window`` starts at the current day."""
        started = self._monotonic()
        steps = tuple(Step)
        try:
            outcome = await self.ask("probe", {"start": window.start.isoformat()})
        except ProblemError as error:
            failed = _STOPS.get(error.problem.name, Step.CALENDAR)
            passed = tuple(takewhile(lambda step: step is not failed, steps))
            return Probe(passed, failed, error.problem, duration=self._since(started))
        free_busy_only = outcome.parts.get("calendar") == "free/busy"
        return Probe(
            steps, server=outcome.server, free_busy_only=free_busy_only, duration=self._since(started)
        )

    def password_entered(self, password: str | None = None) -> None:
        """The person typed this password (None: any): it may be sent once more, even if it was refused."""
        try:
            self._gate.reopen(SignIn(endpoint_of(self.account.server), self.account.login), password)
        except AddressError:
            return

    async def close(self) -> None:
        """End what is running. A worker that was given stays."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._owns_worker:
            await self._worker.close()

    def _since(self, started: float) -> timedelta:
        return timedelta(seconds=max(0.0, self._monotonic() - started))

    async def ask(
        self,
        operation: str,
        arguments: dict[str, object],
        next_due_in: timedelta | None = None,
        *,
        enough: str | None = None,
        on_part: Callable[[Mapping[str, object]], None] | None = None,
    ) -> Outcome:
        """Have the worker do an operation of its table, through the gate for the password.

        A worker that hangs or dies after it brought the part ``enough`` has done enough. ``on_part`` is
        called with each part as it comes.

        Raises:
            ProblemError: when the operation could not be done, with the server's own wish for rest.
        """
        account = self.account
        try:
            endpoint = endpoint_of(account.server)
        except AddressError as error:
            raise ProblemError(error.problem) from error
        if is_online_server(endpoint):
            # It takes no password for Exchange Web Services, so it is not given one.
            raise ProblemError(Problem.of("exchange-online", server=server_name(endpoint)))
        if "@" not in account.address:
            code = "the e-mail address is missing"
            raise ProblemError(Problem.of("server-address", server=server_name(endpoint), code=code))
        password = await self._password() or ""
        if not password and account.authentication != "negotiate":
            raise ProblemError(Problem.of("no-password", server=server_name(endpoint)))
        call: dict[str, object] = {
            "endpoint": endpoint,
            "address": account.address,
            "login": account.login,
            "password": password,
            "ca_file": account.ca_file,
            "version": self._version,
            "authentication": account.authentication,
            "way": self._ways.get(endpoint, ""),
        }

        async def attempt() -> Outcome:
            outcome = await self._worker.request(
                operation,
                call,
                arguments,
                deadline=self._deadline.total_seconds(),
                next_due_in=next_due_in.total_seconds() if next_due_in is not None else None,
                on_part=on_part,
            )
            if outcome.way is not None:
                self._ways[endpoint] = outcome.way
            failure = outcome.failure
            if failure is not None and failure.problem.name == "mailbox-moved":
                # Where it goes to may be another version, with other ways of signing in.
                self._version = self._ways[endpoint] = ""
            if failure is not None and not (enough and enough in outcome.parts and _is_late(failure.problem)):
                asked = min(failure.back_off or 0.0, LONGEST_REST.total_seconds())
                back_off = timedelta(seconds=asked) if asked else None
                raise ProblemError(self._with_limit(failure.problem), back_off)
            self._version = outcome.version or self._version
            return outcome

        who = SignIn(endpoint, account.login, account.authentication)
        return await self._to_its_end(self._gate.through(who, password, attempt))

    def _with_limit(self, problem: Problem) -> Problem:
        given = dict(problem.values)
        if problem.name != "too-many-items" or "limit" in given:
            return problem
        return Problem.of(problem.name, **{**given, "limit": self._limit})

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


def _is_late(problem: Problem) -> bool:
    """Whether the failure only cut off what a check can do without (the worker hung or died late)."""
    return problem.name in ("timed-out", "worker-failed")
