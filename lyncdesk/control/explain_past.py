"""``explain --at``: what the local history says of a moment, or the memory of the running client."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.client.past_moment import past_moment
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.session import Session
from lyncdesk.client.state import State
from lyncdesk.client.trail import as_past
from lyncdesk.client.views.past_days import PastMoment, past_moment_of
from lyncdesk.client.words import Words
from lyncdesk.control.protocol import ControlError

_AROUND = timedelta(days=7)
_SECOND = timedelta(seconds=1)


async def explain_past(
    session: Session, state: State, words: Words, asked: dict[str, object]
) -> dict[str, object]:
    """The answer to ``explain --at``; keys as documented in docs/commands.md.

    Raises:
        ControlError: for what is no moment of the past, or cannot be told.
    """
    if asked.get("as") is not None:
        raise ControlError(
            "the history keeps what you were shown as, not what each viewer could see; leave --as away"
        )
    now = session.now()
    try:
        at = past_moment(str(asked["at"]), now, ZoneInfo(state.profile.zone))
    except ValueError as error:
        raise ControlError(str(error)) from error
    if not state.options.account.address:
        raise ControlError("no account is set up, so there is no history")
    try:
        past = await session.past(at - _AROUND, min(at + _AROUND, now) + _SECOND)
    except ProblemError as error:
        problem, plain = error.problem, Words()
        raise ControlError(f"{plain(problem.title)} {plain(problem.cause)}") from error
    found = past_moment_of(past, at, now, words)
    if found.shown is None and state.trail and state.trail[0].since <= at:
        # Without a history the client still knows what it showed since it was started.
        found = past_moment_of(as_past(state, now), at, now, words)
    if found.shown is None and past.since is None and not state.options.keep_history:
        raise ControlError("no history is kept; switch it on in Options > Advanced")
    return _answer(found, words.at(now))


def _answer(found: PastMoment, words: Words) -> dict[str, object]:
    shown = found.shown
    # Where nothing is known, the edge of what was looked at is no beginning of anything.
    bounded = shown is not None or found.start > found.at - _AROUND
    answer: dict[str, object] = {
        "sentence": found.sentence,
        "at": _iso(found.at),
        "since": _iso(found.start),
        "until": _iso(found.end),
        "known": shown is not None,
        "lasted": words("It was so from {start} to {end}.", start=found.start, end=found.end)
        if bounded
        else "",
    }
    if shown is None:
        return answer
    presence = shown.presence
    return answer | {
        "availability": presence.availability,
        "activity": presence.activity,
        "shows": presence.text,
        "colour": presence.colour.value,
        "out_of_office": presence.out_of_office,
        "stale": shown.stale,
        "reset_waiting": shown.reset_waiting,
        "problem": shown.problem,
        "calendar_as_of": _iso(found.calendar_as_of) if found.calendar_as_of is not None else None,
        "reasons": [
            {"source": r.source, "said": r.said, "verdict": r.verdict, "why": r.why} for r in found.rows
        ],
        "read": found.read,
        "lync": found.lync,
        "notes": list(found.notes),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
