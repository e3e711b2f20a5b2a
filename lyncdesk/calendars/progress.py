"""The steps of one Test connection as they come: how long each took, and what is told of those left out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from lyncdesk.client.found import is_automatic
from lyncdesk.client.options import Account
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.views.connection import without_secret
from lyncdesk.exchange.doctor_steps import TRIED
from lyncdesk.exchange.gate import REFUSALS
from lyncdesk.presence.message import Message

ACCOUNT = "account"
# While one of these runs, a password may have been sent whose answer is not known.
_WITH_PASSWORD = ("sign-in", "find-", "other-")


class Progress:
    """Passes steps on with their durations. ``answered`` is set by the first step that ends after
    :meth:`leave`, from when on nothing is passed on.
    """

    def __init__(
        self, account: Account, on_step: Callable[[ConnectionStep], None], monotonic: Callable[[], float]
    ) -> None:
        self._account = account
        self._on_step = on_step
        self._monotonic = monotonic
        self._started = 0.0
        self._running: ConnectionStep | None = None
        self._told: set[str] = set()
        self._failed = self._left = False
        self.refused = False
        self.answered = asyncio.Event()
        automatic = is_automatic(account.server)
        self._asked = (
            Message.of("{address}, whose server is to be found", address=account.address)
            if automatic
            else Message.of(
                "{address} at {server}", address=account.address, server=without_secret(account.server)
            )
        )
        self._pass_on(
            ConnectionStep(
                ACCOUNT,
                Message.of("Reading the account, and starting the part that talks to Exchange"),
                StepResult.RUNNING,
            )
        )

    @property
    def password_is_out(self) -> bool:
        """Whether a password may be on its way."""
        return self._running is not None and self._running.name.startswith(_WITH_PASSWORD)

    def step(self, step: ConnectionStep) -> None:
        """A step came from the worker."""
        if self._running is not None and self._running.name == ACCOUNT:
            self._end(StepResult.OK, self._asked)
        self._pass_on(step)

    def leave(self) -> None:
        """Nobody wants to know any more."""
        self._left = True

    def fail(self, problem: Problem) -> None:
        """The test ended with this problem: if no step has said so, the right one does."""
        if self._failed:
            return
        if self._running is not None and self._running.name != ACCOUNT:
            self._end(StepResult.FAILED, None, problem)
        elif problem.name in REFUSALS | {"no-password"}:
            # Nothing was sent: there is no password, or it was refused before.
            self._end(StepResult.OK, self._asked)
            self._skip(problem)
            return
        elif self._running is not None:
            self._end(StepResult.FAILED, None, problem)
        self._skip()

    def _skip(self, refusal: Problem | None = None) -> None:
        """Tell what was left out; with a refusal, what stood before the sign-in."""
        for name, words in TRIED.items():
            if name in self._told:
                continue
            tried = Message.of(words, host=Message.of("the server"), login=self._account.login)
            step = ConnectionStep(name, tried, StepResult.SKIPPED)
            if name == "sign-in" and refusal is not None:
                came = (
                    None
                    if refusal.name == "no-password"
                    else Message.of("refused before, and not sent again")
                )
                step = replace(step, result=StepResult.FAILED, problem=refusal, came_back=came)
            self._pass_on(step)

    def _end(self, result: StepResult, came_back: Message | None, problem: Problem | None = None) -> None:
        if self._running is not None:
            self._pass_on(replace(self._running, result=result, came_back=came_back, problem=problem))

    def _pass_on(self, step: ConnectionStep) -> None:
        if step.result is StepResult.RUNNING:
            self._running, self._started = step, self._monotonic()
        elif self._running is not None and step.name == self._running.name:
            took = max(0.0, self._monotonic() - self._started)
            if step.result is not StepResult.SKIPPED:
                step = replace(step, duration=timedelta(seconds=took))
            self._running = None
        self._told.add(step.name)
        self._failed |= step.result is StepResult.FAILED
        self.refused |= step.problem is not None and step.problem.name in REFUSALS
        if self._left:
            if step.result is not StepResult.RUNNING:
                self.answered.set()
            return
        self._on_step(step)
