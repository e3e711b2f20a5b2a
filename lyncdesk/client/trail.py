"""What was shown a while ago and why, in memory while the program runs, so that nobody has to guess it from
what is known by now: an item that was added late was not shown from its start.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from lyncdesk.client.history import Past, PastCheck, Span, as_kept
from lyncdesk.client.reading import incomplete, inputs, stale
from lyncdesk.client.state import State
from lyncdesk.client.trail_types import Passed
from lyncdesk.presence.aggregate import Decision
from lyncdesk.presence.lync import differences

# A day is what the strip shows; whoever picks a status every few seconds loses the morning first.
LONGEST = timedelta(hours=30)
MOST = 500


def noted(state: State, decided: Decision, now: datetime) -> State:
    """The State with what is shown now at the end of its trail, where that is something else than before."""
    # A clock that was set back: what lies ahead now has not been shown yet.
    trail = state.trail
    if trail and trail[-1].since > now:
        trail = tuple(passed for passed in trail if passed.since <= now)
    last, old = (trail[-1] if trail else None), (stale(state, now), incomplete(state))
    if last is not None and (last.old, last.incomplete) == old and _says(last.decision) == _says(decided):
        return state if trail is state.trail else replace(state, trail=trail)
    asked = inputs(state)
    running = tuple(item for item in asked.items if item.runs_at(now))
    passed = Passed(now, decided, replace(asked, items=running), state.calendar.as_of, *old, state.ended)
    kept = [one for one in trail if one.since < now][1 - MOST :]
    # The last one before that time still tells how it began.
    while len(kept) > 1 and kept[1].since < now - LONGEST:
        del kept[0]
    return replace(state, trail=(*kept, passed))


def shown_at(state: State, moment: datetime) -> Passed | None:
    """What was shown at a moment that has passed; None where the program does not know."""
    return next((passed for passed in reversed(state.trail) if passed.since <= moment), None)


def as_past(state: State, now: datetime) -> Past:
    """The trail in the form of the history, for what is told of either."""
    trail = state.trail
    ends = [*(passed.since for passed in trail[1:]), now][: len(trail)]
    spans = []
    for passed, end in zip(trail, ends, strict=True):
        differs = differences(passed.inputs, passed.since, ended=passed.ended, old=passed.old)
        shown = as_kept(passed.decision, differs, old=passed.old)
        spans.append(Span(passed.since, end, replace(shown, incomplete=passed.incomplete)))
    checks = [PastCheck(r.started, r.started, r.problem) for r in state.calendar.history if r.used]
    read = {passed.as_of for passed in trail if passed.as_of is not None}
    return Past(
        tuple(spans),
        (*(PastCheck(moment, moment) for moment in sorted(read)), *checks),
        trail[0].since if trail else None,
    )


def read_at(state: State, passed: Passed, moment: datetime) -> datetime | None:
    """When the calendar had been read last at a moment of what is told by ``passed``."""
    good = [r.started for r in state.calendar.history if not r.problem and r.used and r.started <= moment]
    return max((time for time in (passed.as_of, *good) if time is not None), default=None)


def _says(decided: Decision) -> tuple[object, ...]:
    return decided.presence, decided.reasons, decided.item
