"""One calendar check by itself, for the commands that have no running client. Changes nothing, anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lyncdesk.client import events as ev
from lyncdesk.client.checks import window
from lyncdesk.client.engine import step
from lyncdesk.client.ports import CalendarSource
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import State


async def checked_once(source: CalendarSource, state: State, at: datetime) -> State:
    """The State right after one check made as if at ``at``, through the same engine as the desktop client.

    A calendar that is switched off is read all the same: that is what was asked for.

    Raises:
        ProblemError: when the check failed.
    """
    state = _sent(state, at)
    answer = await source.fetch(window(at, state.profile.zone), None)
    return step(state, ev.CalendarChecked(at, answer), at)[0]


def failed_once(state: State, problem: Problem, at: datetime) -> State:
    """The State right after one check made as if at ``at`` that ended with this problem."""
    return step(_sent(state, at), ev.CheckFailed(at, problem), at)[0]


def _sent(state: State, at: datetime) -> State:
    """Signed in, with a check in flight."""
    options = replace(state.options, use_exchange=True, update_presence=True, calendar_allowed=True)
    state, _ = step(replace(state, options=options), ev.SignIn(), at)
    return replace(state, calendar=replace(state.calendar, checking_since=at))
