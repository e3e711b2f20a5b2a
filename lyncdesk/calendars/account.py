"""The connection of one program to Exchange: its calendar and its Test connection, over one worker and
one gate.

One process and one gate, so that a password which one of them saw refused is not tried by the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from lyncdesk.calendars.exchange import ExchangeCalendar
from lyncdesk.calendars.progress import Progress
from lyncdesk.client.checks import window
from lyncdesk.client.found import Found
from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarSource, ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep
from lyncdesk.exchange.gate import PasswordGate, SignIn
from lyncdesk.exchange.process import ExchangeWorker, WorkerReport
from lyncdesk.exchange.servers import Servers
from lyncdesk.exchange.session import DEADLINE, ExchangeSession

_PATIENCE = 5.0  # seconds for the answer to a password that is on its way


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
        self._used: Callable[[Account, str, Problem | None], None] = lambda *_: None
        self._gate = PasswordGate(self._password_used)
        self._servers = Servers(now=now, monotonic=monotonic)
        self._on_found: Callable[[Found], None] = lambda _found: None
        self._deadline = deadline
        self._leaving: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()
        self._latest: ExchangeSession | None = None

    def know(self, found: Iterable[Found], on_found: Callable[[Found], None]) -> None:
        """See :class:`lyncdesk.client.parts.Exchange`; to be called before calendars are made."""
        self._servers.know(found)
        self._on_found = on_found

    def known(self) -> tuple[Found, ...]:
        """Every server that was found, in this run or before."""
        return self._servers.known()

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

        A password that was refused is not sent again: see :meth:`password_entered`. One that is on its way
        when the test is cancelled gets a moment for its answer, so that a refusal is not missed.
        """

        async def given() -> str | None:
            return password

        session = self._session(account, given)
        progress = Progress(account, on_step, self._monotonic)
        now = self._now()
        work = asyncio.create_task(
            session.examine(window(now, self._zone), now, progress.step), name="test of a connection"
        )
        try:
            await asyncio.shield(work)
        except ProblemError as error:
            progress.fail(error.problem)
            return False
        except asyncio.CancelledError:
            progress.leave()
            leaving = asyncio.create_task(self._leave(session, work, progress), name="end of a test")
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
            raise
        finally:
            if work.done():
                await session.close()
        return True

    async def _leave(self, session: ExchangeSession, work: asyncio.Task[None], progress: Progress) -> None:
        if progress.password_is_out:
            waits = [asyncio.ensure_future(one.wait()) for one in (progress.answered, self._hurry)]
            await asyncio.wait([work, *waits], timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
            if progress.refused and not self._hurry.is_set():
                await asyncio.wait([work], timeout=_PATIENCE)
        await session.close()
        await asyncio.gather(work, return_exceptions=True)

    def watch_passwords(self, used: Callable[[Account, str, Problem | None], None]) -> None:
        """See :class:`lyncdesk.client.parts.Exchange`."""
        self._used = used

    def _password_used(self, who: SignIn, password: str, problem: Problem | None) -> None:
        if self._session(who.account, _nothing).is_own(who):
            self._used(who.account, password, problem)

    def password_entered(self, account: Account, password: str) -> None:
        """The person typed this password: it may be tried once more, even if it was refused."""
        self._session(account, _nothing).password_entered(password)

    def password_refused(self, account: Account, password: str, problem: Problem) -> None:
        """Another process of the person, or an earlier run, saw this password refused: it is not sent."""
        self._session(account, _nothing).password_refused(password, problem)

    def report(self) -> WorkerReport:
        """What became of the worker processes of this run."""
        return self._worker.report()

    async def close(self) -> None:
        """End the worker process, and what is left of tests."""
        self._hurry.set()
        await asyncio.gather(*self._leaving)
        await self._worker.close()


async def _nothing() -> str | None:
    return None
