"""Sessions for tests: against any account, with a worker that the tests of a module share."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from lyncdesk.client.options import Account
from lyncdesk.client.ports import CalendarAnswer, ContactsAsked, ProblemError, Window
from lyncdesk.exchange.gate import PasswordGate
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange.session import ExchangeSession
from tests.exchange.client.raw_server import RawServer, calendar

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=1), NOW + timedelta(days=4))
ASKED = ContactsAsked(NOW, WINDOW, timedelta(minutes=30))
PASSWORD = "gehéim-Straße-€"
PATIENCE = timedelta(seconds=60)
SOON = timedelta(seconds=25)  # keeps a worker between the checks of a test module
AGES = 3600.0  # seconds: keeps a worker until its test module ends


class Passwords:
    """The password that a session gets when it asks."""

    def __init__(self, password: str | None = PASSWORD) -> None:
        self.password = password

    async def __call__(self) -> str | None:
        return self.password


@asynccontextmanager
async def session_for(
    account: Account,
    *,
    worker: ExchangeWorker | None = None,
    gate: PasswordGate | None = None,
    password: Passwords | None = None,
    deadline: timedelta = PATIENCE,
    limit: int = 5000,
) -> AsyncIterator[ExchangeSession]:
    """A session that is closed at the end."""
    session = ExchangeSession(
        account,
        password or Passwords(),
        monotonic=time.monotonic,
        worker=worker,
        gate=gate,
        deadline=deadline,
        limit=limit,
    )
    try:
        yield session
    finally:
        await session.close()


async def outcome_of(
    account: Account,
    worker: ExchangeWorker,
    *,
    deadline: timedelta = PATIENCE,
    limit: int = 5000,
    password: Passwords | None = None,
) -> CalendarAnswer | ProblemError:
    """What one check with a gate of its own ends with."""
    async with session_for(
        account, worker=worker, deadline=deadline, limit=limit, password=password
    ) as session:
        try:
            return await session.check(WINDOW, next_due_in=SOON)
        except ProblemError as error:
            return error


async def examined(session: ExchangeSession) -> str:
    """The name of the problem that Test connection ends with, or "fine"."""
    try:
        await session.examine(WINDOW, NOW, lambda _step: None)
    except ProblemError as error:
        return error.problem.name
    return "fine"


def name_of(outcome: CalendarAnswer | ProblemError) -> str:
    """The name of the problem, or "fine"."""
    return outcome.problem.name if isinstance(outcome, ProblemError) else "fine"


def code_of(outcome: CalendarAnswer | ProblemError) -> object:
    """The code in the problem's words."""
    assert isinstance(outcome, ProblemError)
    return dict(outcome.problem.values).get("code")


@asynccontextmanager
async def warm_worker() -> AsyncIterator[ExchangeWorker]:
    """A worker whose process runs already, so that no test that shares it is blamed for it.

    It outlives any pause between two requests: a slow machine may need long for the tests that use others.
    """
    worker = ExchangeWorker(grace=AGES)
    with RawServer(calendar()) as server:
        assert name_of(await outcome_of(server.account(), worker)) == "fine"
    try:
        yield worker
    finally:
        await worker.close()
