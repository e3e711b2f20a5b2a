"""One account's conversations with Exchange: values in, values or a problem out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Any, Final, TypeVar

from lyncdesk.client.exchange_online import is_online_address, is_online_server
from lyncdesk.client.found import Found, is_automatic
from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarAnswer, ItemKey, ProblemError, Window, Written
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep
from lyncdesk.exchange.address import (
    AddressError,
    domain_of,
    endpoint_of,
    host_of,
    is_this_computer,
    server_name,
)
from lyncdesk.exchange.answers import items_from, out_of_office_from, working_hours_from, written_from
from lyncdesk.exchange.gate import REFUSALS, PasswordGate, SignIn
from lyncdesk.exchange.process import ExchangeWorker, Failure, Outcome
from lyncdesk.exchange.servers import MOVED, Servers
from lyncdesk.exchange.steps import SEARCH, decode_step
from lyncdesk.presence.items import ShowAs

T = TypeVar("T")

ITEM_LIMIT: Final = 5000
DEADLINE: Final = timedelta(seconds=60)
# Hosts that never answer cost 5 seconds each.
FINDING_DEADLINE: Final = timedelta(seconds=120)
EXAMINATION_DEADLINE: Final = timedelta(seconds=240)
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
    "worker-failed": Step.CONNECTION,
    "certificate-expired": Step.ENCRYPTION,
    "certificate-host-name": Step.ENCRYPTION,
    "certificate-untrusted": Step.ENCRYPTION,
    "ca-file": Step.ENCRYPTION,
    "not-encrypted": Step.ENCRYPTION,
    "encryption-failed": Step.ENCRYPTION,
    "not-exchange": Step.SERVICE,
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


@dataclass(frozen=True, slots=True)
class _Errand:
    """An operation of the worker, with what it needs to know. ``deadline`` None: that of the session."""

    operation: str
    arguments: dict[str, object]
    next_due_in: timedelta | None = None
    enough: str | None = None
    on_part: Callable[[Mapping[str, object]], None] | None = None
    deadline: timedelta | None = None


class ExchangeSession:
    """Reads the calendar of one account, and writes to it what the person changes.

    ``password`` is asked before each use and may return None. A session makes a worker and a gate of its
    own unless it is given those of the program, which several sessions share; it closes only its own.
    ``servers`` knows what was found for accounts that name no server; without it those have none.
    ``on_found`` is told which of it is in use. ``monotonic`` measures durations, in seconds.
    """

    def __init__(
        self,
        account: Account,
        password: Callable[[], Awaitable[str | None]],
        *,
        monotonic: Callable[[], float],
        worker: ExchangeWorker | None = None,
        gate: PasswordGate | None = None,
        servers: Servers | None = None,
        on_found: Callable[[Found], None] = lambda _found: None,
        deadline: timedelta = DEADLINE,
        limit: int = ITEM_LIMIT,
    ) -> None:
        self.account = account
        self._password = password
        self._monotonic = monotonic
        self._owns_worker = worker is None
        self._worker = ExchangeWorker() if worker is None else worker
        self._gate = gate or PasswordGate()
        self._servers = servers
        self._on_found = on_found
        self._found: Found | None = None
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
        outcome = await self._ask(_Errand("check", arguments, next_due_in, enough="items"), again=True)
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
            raise ProblemError(_senseless(error)) from error

    async def change_show_as(self, key: ItemKey, show_as: ShowAs, *, series: bool) -> Written:
        """Write another show-as, with the change key of the last check: see CalendarSource.

        Raises:
            ProblemError: when it was not written, or nobody knows whether it was.
        """
        arguments: dict[str, object] = {
            "id": key.id,
            "change_key": key.change_key,
            "show_as": show_as.value,
            "series": series,
        }
        outcome = await self.ask("change-show-as", arguments, enough="written")
        try:
            return written_from(outcome.parts["written"])
        except (ValueError, TypeError, KeyError) as error:
            raise ProblemError(_senseless(error)) from error

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
        servers, account = self._servers, self.account
        found = servers.of(account) if servers is not None else None
        try:
            endpoint = found.chosen if found is not None else endpoint_of(account.server)
        except AddressError:
            endpoint = ""
        for gate in (self._at_endpoint(endpoint), self._searching):
            self._gate.reopen(gate, password)

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
        return await self._ask(_Errand(operation, arguments, next_due_in, enough, on_part))

    async def _ask(self, errand: _Errand, *, again: bool = False) -> Outcome:
        """Ask the account's server, which is found first if it has to be.

        ``again``: one that does not answer any more is looked for and asked anew. Not so for what may have
        been done in spite of the failure.
        """
        account, servers = self.account, self._servers
        if servers is None or not is_automatic(account.server):
            return await self._at(_endpoint(account.server), errand)
        known = servers.of(account)
        found = known or await self.find()
        try:
            return await self._at_found(found, errand)
        except ProblemError as error:
            moved = again and known is not None and error.problem.name in MOVED
            if not moved or not servers.may_look_again(account):
                raise
            try:
                found = await self.find()
            except ProblemError as other:
                raise (other if other.problem.name in REFUSALS else error) from other
            if known is None or found.chosen == known.chosen:
                raise
        return await self._at_found(found, errand)

    async def find(self, on_part: Callable[[Mapping[str, object]], None] | None = None) -> Found:
        """Find the account's server anew, and keep it.

        Raises:
            ProblemError: if none was found.
        """
        account, servers = self.account, self._servers
        if servers is None:
            raise ProblemError(Problem.of("server-address", server="-", code="it is empty"))
        domain = domain_of(account.address)
        if is_online_address(account.address):
            raise ProblemError(Problem.of("exchange-online", server=domain))
        start = _endpoint(account.server) if account.server.strip() else ""
        errand = _Errand("discover", {"start": start}, on_part=on_part, deadline=FINDING_DEADLINE)
        # Until a host is known, problems are told of the domain.
        outcome = await self._at(start or f"https://{domain or '-'}/", errand, self._searching)
        return servers.learn(account, outcome.parts.get("found"))

    async def examine(self, window: Window, now: datetime, on_step: Callable[[ConnectionStep], None]) -> None:
        """Test the connection step by step; what is found on the way is kept. ``now`` is for certificates.

        Raises:
            ProblemError: if it does not work.
        """
        account, servers = self.account, self._servers
        automatic = is_automatic(account.server)
        named = _endpoint(account.server) if account.server.strip() else ""
        domain, password = domain_of(account.address), await self._password() or ""
        if is_online_address(account.address):
            raise ProblemError(Problem.of("exchange-online", server=domain))
        elsewhere = not is_this_computer(host_of(named)) and bool(domain)
        arguments: dict[str, object] = {
            "server": "" if automatic else named,
            "start": named if automatic else "",
            "search": elsewhere and self._gate.refusal(self._searching, password) is None,
            "closed": self._gate.closed(account.login, password),
            "from": window.start.isoformat(),
            "to": window.end.isoformat(),
            "limit": self._limit,
            "now": now.isoformat(),
        }

        def on_part(part: Mapping[str, object]) -> None:
            if "step" in part:
                on_step(decode_step(part["step"]))
            if "found" in part and servers is not None:
                servers.learn(account, part["found"])
            if "refused" in part:
                at = str(part["refused"])
                who = self._searching if at == SEARCH else self._at_endpoint(at)
                where = domain if at == SEARCH else server_name(at)
                self._gate.note(who, password, Problem.of("refused-password", server=where))

        errand = _Errand("doctor", arguments, on_part=on_part, deadline=EXAMINATION_DEADLINE)
        gates = (self._searching,) if automatic else ()
        await self._at(named or f"https://{domain or '-'}/", errand, *gates)

    async def _at_found(self, found: Found, errand: _Errand) -> Outcome:
        """Ask the server that was found. A password that it refuses is of no use for a search either."""
        outcome = await self._at(found.chosen, errand, self._searching, self._at_endpoint(found.chosen))
        if self._servers is not None:
            self._servers.works(self.account)
        if found != self._found:
            self._found = found
            self._on_found(found)
        return outcome

    @property
    def _searching(self) -> SignIn:
        """All the servers that a search may lead to, as one."""
        return self._at_endpoint(f"Autodiscover for {domain_of(self.account.address)}")

    def _at_endpoint(self, endpoint: str) -> SignIn:
        return SignIn(endpoint, self.account.login, self.account.authentication)

    async def _at(self, endpoint: str, errand: _Errand, *gates: SignIn) -> Outcome:
        """Have an errand done at an endpoint, through these gates (None: that of the endpoint)."""
        account = self.account
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
            enough = errand.enough is not None and errand.enough in outcome.parts
            if failure is not None and not (enough and _is_late(failure.problem)):
                asked = min(failure.back_off or 0.0, LONGEST_REST.total_seconds())
                back_off = timedelta(seconds=asked) if asked else None
                raise ProblemError(self._with_limit(failure.problem), back_off)
            self._version = outcome.version or self._version
            return outcome

        return await self._to_its_end(
            self._through(gates or (self._at_endpoint(endpoint),), password, attempt)
        )

    async def _through(
        self, gates: tuple[SignIn, ...], password: str, attempt: Callable[[], Awaitable[Outcome]]
    ) -> Outcome:
        if not gates:
            return await attempt()
        first, *rest = gates
        return await self._gate.through(
            first, password, lambda: self._through(tuple(rest), password, attempt)
        )

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


def _endpoint(server: str) -> str:
    try:
        return endpoint_of(server)
    except AddressError as error:
        raise ProblemError(error.problem) from error


def _failure_in(parts: Mapping[str, Any]) -> Failure | None:
    """What an operation tells as a part: it knows best which server the problem is about."""
    if "problem" not in parts:
        return None
    name, values = parts["problem"]
    return Failure(Problem.of(name, **values), parts.get("back_off"))


def _senseless(error: Exception) -> Problem:
    return Problem.of("worker-failed", code=f"its answer makes no sense ({type(error).__name__})")


def _is_late(problem: Problem) -> bool:
    """Whether the failure only cut off what a check can do without (the worker hung or died late)."""
    return problem.name in ("timed-out", "worker-failed")
