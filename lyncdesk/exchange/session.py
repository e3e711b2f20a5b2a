"""One account's conversations with Exchange: values in, values or a problem out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from lyncdesk.client.exchange_online import is_online_address
from lyncdesk.client.found import Found, is_automatic
from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarAnswer, ItemKey, ProblemError, Traffic, Window, Written
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep
from lyncdesk.exchange.address import (
    AddressError,
    domain_of,
    endpoint_of,
    host_of,
    is_this_computer,
)
from lyncdesk.exchange.answers import items_from, out_of_office_from, working_hours_from, written_from
from lyncdesk.exchange.errands import Errand, Errands
from lyncdesk.exchange.gate import REFUSALS, PasswordGate, SignIn
from lyncdesk.exchange.process import ExchangeWorker, Outcome
from lyncdesk.exchange.servers import MOVED, Servers
from lyncdesk.exchange.steps import SEARCH, decode_step
from lyncdesk.presence.items import ShowAs

ITEM_LIMIT: Final = 5000
DEADLINE: Final = timedelta(seconds=60)
# Hosts that never answer cost 5 seconds each.
FINDING_DEADLINE: Final = timedelta(seconds=120)
_DAY: Final = 86400.0  # seconds; no request takes longer
EXAMINATION_DEADLINE: Final = timedelta(seconds=240)


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
        self._gate = gate or PasswordGate()
        self._servers = servers
        self._on_found = on_found
        self._found: Found | None = None
        self._limit = limit
        self._errands = Errands(account, password, worker, self._gate, deadline)

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
        errand = Errand("check", arguments, next_due_in, enough="items")
        outcome = await self._ask(errand, again=True)
        limits = list(outcome.limits)
        if outcome.failure is not None:
            limits.append(f"Not everything came. {outcome.failure.problem.row.title}")
        parts, failure = outcome.parts, outcome.failure
        try:
            return CalendarAnswer(
                items=items_from(parts["items"], window),
                out_of_office=out_of_office_from(parts.get("out_of_office")),
                details=parts["details"] is True,
                complete=parts["complete"] is True,
                working_hours=working_hours_from(parts.get("working_hours")),
                requests=outcome.requests,
                duration=timedelta(seconds=max(0.0, self._monotonic() - started)),
                server=outcome.server,
                limits=tuple(limits),
                out_of_office_told="out_of_office" in parts,
                sign_in=outcome.way or "",
                traffic=_traffic(outcome),
                without=failure.problem.name if failure is not None else str(parts.get("without", "")),
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

    def password_entered(self, password: str | None = None) -> None:
        """The person typed this password (None: any): it may be sent once more, even if it was refused."""
        for gate in self._gates():
            self._gate.reopen(gate, password)

    def password_refused(self, password: str, problem: Problem) -> None:
        """It is known from elsewhere that this password is refused."""
        for gate in self._gates():
            self._gate.note(gate, password, problem)

    def is_own(self, who: SignIn) -> bool:
        """Whether one signs in there to read this account, and not only to try or to find a server."""
        own, search = self._gates()
        return who == own or (who == search and is_automatic(self.account.server))

    def _gates(self) -> tuple[SignIn, SignIn]:
        """The gates before the account's server and before a search for it."""
        servers, account = self._servers, self.account
        found = servers.of(account) if servers is not None else None
        try:
            endpoint = found.chosen if found is not None else endpoint_of(account.server)
        except AddressError:
            endpoint = ""
        return self._errands.gate_of(endpoint), self._searching

    async def close(self) -> None:
        """End what is running. A worker that was given stays."""
        await self._errands.close()

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
        return await self._ask(Errand(operation, arguments, next_due_in, enough, on_part))

    async def _ask(self, errand: Errand, *, again: bool = False) -> Outcome:
        """Ask the account's server, which is found first if it has to be.

        ``again``: one that does not answer any more is looked for and asked anew. Not so for what may have
        been done in spite of the failure.
        """
        account, servers = self.account, self._servers
        if servers is None or not is_automatic(account.server):
            return await self._errands.at(_endpoint(account.server), errand)
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
        known = servers.of(account)
        arguments: dict[str, object] = {"start": start, "prefer": known.chosen if known is not None else ""}
        errand = Errand("discover", arguments, on_part=on_part, deadline=FINDING_DEADLINE)
        # Until a host is known, problems are told of the domain.
        outcome = await self._errands.at(start or f"https://{domain or '-'}/", errand, self._searching)
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
            "closed": self._gate.closed(account.login.casefold(), password),
            "from": window.start.isoformat(),
            "to": window.end.isoformat(),
            "limit": self._limit,
            "now": now.isoformat(),
        }

        def on_part(part: Mapping[str, Any]) -> None:
            if "step" in part:
                on_step(decode_step(part["step"]))
            if "found" in part and servers is not None:
                servers.learn(account, part["found"])
            if "refused" in part:
                at, problem, values = part["refused"]
                who = self._searching if at == SEARCH else self._errands.gate_of(at)
                self._gate.note(who, password, Problem.of(problem, **values))

        errand = Errand("doctor", arguments, on_part=on_part, deadline=EXAMINATION_DEADLINE, anonymous=True)
        gates = (self._searching,) if automatic else ()
        await self._errands.at(named or f"https://{domain or '-'}/", errand, *gates)

    async def _at_found(self, found: Found, errand: Errand) -> Outcome:
        """Ask the server that was found. A password that it refuses is of no use for a search either."""
        outcome = await self._errands.at(
            found.chosen, errand, self._searching, self._errands.gate_of(found.chosen)
        )
        if self._servers is not None:
            self._servers.works(self.account)
        if found != self._found:
            self._found = found
            self._on_found(found)
        return outcome

    @property
    def _searching(self) -> SignIn:
        """All the servers that a search may lead to, as one."""
        return self._errands.gate_of(f"Autodiscover for {domain_of(self.account.address)}")


def _endpoint(server: str) -> str:
    try:
        return endpoint_of(server)
    except AddressError as error:
        raise ProblemError(error.problem) from error


def _traffic(outcome: Outcome) -> Traffic | None:
    if outcome.traffic is None:
        return None
    sent, received, seconds = outcome.traffic
    return Traffic(sent, received, timedelta(seconds=min(max(0.0, seconds), _DAY)))


def _senseless(error: Exception) -> Problem:
    return Problem.of("worker-failed", code=f"its answer makes no sense ({type(error).__name__})")
