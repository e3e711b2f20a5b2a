"""The connection of one program to Exchange: its calendar and its Test connection, over one worker and
one gate.

One process and one gate, so that a password which one of them saw refused is not tried by the other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from lyncdesk.calendars.exchange import ExchangeCalendar
from lyncdesk.client.checks import window
from lyncdesk.client.found import Found
from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarSource, ProblemError
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.words import N_
from lyncdesk.exchange.gate import PasswordGate
from lyncdesk.exchange.process import ExchangeWorker, WorkerReport
from lyncdesk.exchange.servers import Servers
from lyncdesk.exchange.session import DEADLINE, ExchangeSession, Probe, Step
from lyncdesk.presence.message import Message

_TRIED: dict[Step, str] = {
    Step.ADDRESS: N_("Reading the server address"),
    Step.NAME: N_("Looking up the server's name"),
    Step.CONNECTION: N_("Connecting to the server"),
    Step.ENCRYPTION: N_("Checking the server's certificate"),
    Step.SERVICE: N_("Asking for Exchange Web Services"),
    Step.SIGN_IN: N_("Signing in"),
    Step.CALENDAR: N_("Opening the calendar"),
}
DETAILS = "details"
_OK, _FAILED, _SKIPPED = StepResult.OK, StepResult.FAILED, StepResult.SKIPPED


class ExchangeAccounts:
    """See :class:`lyncdesk.client.live.Exchange`. ``now`` and ``monotonic`` (seconds) are the real clocks."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        zone: str,
        worker: ExchangeWorker | None = None,
        deadline: timedelta = DEADLINE,
    ) -> None:
        self._now = now
        self._monotonic = monotonic
        self._zone = zone
        self._worker = worker or ExchangeWorker()
        self._gate = PasswordGate()
        self._servers = Servers(now=now, monotonic=monotonic)
        self._on_found: Callable[[Found], None] = lambda _found: None
        self._deadline = deadline
        self._latest: ExchangeSession | None = None

    def know(self, found: Iterable[Found], on_found: Callable[[Found], None]) -> None:
        """See :class:`lyncdesk.client.parts.Exchange`; to be called before calendars are made."""
        self._servers.know(found)
        self._on_found = on_found

    def _session(
        self,
        account: Account,
        password: Callable[[], Awaitable[str | None]],
        on_found: Callable[[Found], None] = lambda _found: None,
    ) -> ExchangeSession:
        return ExchangeSession(
            account,
            password,
            monotonic=self._monotonic,
            worker=self._worker,
            gate=self._gate,
            servers=self._servers,
            on_found=on_found,
            deadline=self._deadline,
        )

    def source(self, account: Account, password: Callable[[], Awaitable[str | None]]) -> CalendarSource:
        """The calendar of the account, with its owner's working hours."""
        self._latest = self._session(account, password, self._on_found)
        return ExchangeCalendar(self._latest, working_hours=True)

    def latest(self) -> ExchangeSession:
        """The session of the account that is in use: that of the calendar source made last."""
        if self._latest is None:
            self._latest = self._session(Account(), _nothing)
        return self._latest

    async def test(
        self, account: Account, password: str | None, on_step: Callable[[ConnectionStep], None]
    ) -> bool:
        """Try the account step by step; True if the calendar can be read. Saves and changes nothing.

        A password that was refused is not sent again: see :meth:`password_entered`.
        """

        async def given() -> str | None:
            return password

        session = self._session(account, given)
        try:
            on_step(_running(Step.ADDRESS))
            probe = await session.probe(window(self._now(), self._zone))
            for step in _steps(probe, account):
                on_step(step)
            if probe.problem is not None:
                return False
            return await self._details(session, on_step)
        finally:
            await session.close()

    async def _details(self, session: ExchangeSession, on_step: Callable[[ConnectionStep], None]) -> bool:
        """The last step: read the items as a check does, and see whether they come with their details."""
        tried = Message.of("Reading the items and their details")
        on_step(ConnectionStep(DETAILS, tried, StepResult.RUNNING))
        try:
            answer = await session.check(window(self._now(), self._zone))
        except ProblemError as error:
            on_step(ConnectionStep(DETAILS, tried, _FAILED, problem=error.problem))
            return False
        came = (
            Message.of("Items: {n}, with details", n=len(answer.items))
            if answer.details
            else Message.of("Items: {n}, without details, so meetings are shown as Busy", n=len(answer.items))
        )
        on_step(ConnectionStep(DETAILS, tried, _OK, came, answer.duration))
        return True

    def password_entered(self, account: Account, password: str) -> None:
        """The person typed this password: it may be tried once more, even if it was refused."""
        self._session(account, _nothing).password_entered(password)

    def report(self) -> WorkerReport:
        """What became of the worker processes of this run."""
        return self._worker.report()

    async def close(self) -> None:
        """End the worker process."""
        await self._worker.close()


async def _nothing() -> str | None:
    return None


def _running(step: Step) -> ConnectionStep:
    return ConnectionStep(step.value, Message.of(_TRIED[step]), StepResult.RUNNING)


def _steps(probe: Probe, account: Account) -> list[ConnectionStep]:
    found = []
    for step in Step:
        tried = Message.of(_TRIED[step])
        if step is probe.failed:
            found.append(
                ConnectionStep(step.value, tried, _FAILED, duration=probe.duration, problem=probe.problem)
            )
        elif step in probe.passed:
            found.append(ConnectionStep(step.value, tried, _OK, _came_back(step, probe, account)))
        else:
            found.append(ConnectionStep(step.value, tried, _SKIPPED))
    return found


def _came_back(step: Step, probe: Probe, account: Account) -> Message | None:
    match step:
        case Step.SERVICE if probe.server:
            return Message.of("Exchange, build {build}", build=probe.server)
        case Step.ENCRYPTION if account.server.strip().casefold().startswith("http:"):
            return Message.of("not encrypted: this server is on this computer")
        case Step.CALENDAR if probe.free_busy_only:
            return Message.of("free/busy only: the calendar itself may not be opened")
    return None
