"""Asks a place for the newest version, in a worker process of its own: no password goes to that one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import lyncdesk
from lyncdesk.client.options import Account
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.releases import Compared, Newest, unknown
from lyncdesk.client.secure_places import is_place
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.exchange.wire import NEWEST_RELEASE

DEADLINE: Final = 90.0  # seconds: the worker's start, and a request with all its redirects


async def ask_newest(
    url: str,
    account: Account,
    *,
    running: str = lyncdesk.__version__,
    worker: Callable[[], ExchangeWorker] = ExchangeWorker,
) -> Newest:
    """What a place says of the newest version: see :data:`lyncdesk.client.releases.AskNewest`.

    Raises:
        ProblemError: ``version-unknown``, with the reason.
    """
    if not is_place(url):
        raise ProblemError(unknown(url, "server-address", code="https://"))
    asked = worker()
    try:
        call = {"endpoint": url, "ca_file": account.ca_file, "proxy": account.proxy}
        outcome = await asked.request(NEWEST_RELEASE, call, {"running": running}, deadline=DEADLINE)
    finally:
        await asked.close()
    if outcome.failure is not None:
        problem = outcome.failure.problem
        values = dict(problem.values)
        why, _, code = str(values.pop("why", problem.name)).partition(" ")
        raise ProblemError(unknown(url, why, **({**values, "code": code} if code else values)))
    try:
        return _read(outcome.parts["newest"])
    except (ValueError, TypeError, KeyError) as error:
        raise ProblemError(unknown(url, "no-version")) from error


def _read(told: Any) -> Newest:
    day = told["date"]
    return Newest(
        version=str(told["version"]),
        compared=Compared(told["compared"]),
        preview=told["preview"] is True,
        date=date.fromisoformat(day) if day is not None else None,
        page=str(told["page"]),
    )
