"""The commands of the local socket, one row each: what they do to the client and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from lyncdesk.client import events as ev
from lyncdesk.client import views
from lyncdesk.client.durations import positive_duration
from lyncdesk.client.reading import decision, problems, stale, until
from lyncdesk.client.state import Health, State
from lyncdesk.client.views.contacts import known
from lyncdesk.client.words import Words
from lyncdesk.control.protocol import ControlError
from lyncdesk.presence.publication import person
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus

Arguments = Mapping[str, object]
Answer = dict[str, object]
Answers = Callable[[State, datetime, Words, Arguments], Answer]
Asks = Callable[[State, datetime, Arguments], ev.Event]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None


def status(state: State, now: datetime, words: Words, _arguments: Arguments) -> Answer:
    """What is shown now; no subject."""
    decided = decision(state, now)
    tray = views.tray(state, now, words)
    calendar = state.calendar
    return {
        "availability": decided.presence.availability,
        "activity": decided.presence.activity,
        "shows": decided.presence.text,
        "colour": decided.presence.colour.value,
        "out_of_office": decided.presence.out_of_office,
        "until": _iso(until(state, now)),
        "signed_in": state.signed_in,
        "calendar_as_of": _iso(calendar.as_of),
        "next_check": _iso(calendar.next_check),
        "reset_waiting": state.reset_waiting,
        "stale": stale(state, now),
        "problems": sorted(problem.name for problem in problems(state)),
        "text": tray.status_line,
    }


def _explain(state: State, now: datetime, words: Words, arguments: Arguments) -> Answer:
    viewer = arguments.get("as")
    if viewer is None:
        why = views.why(state, now, words)
        return {
            "sentence": why.sentence,
            "reasons": [
                {"source": r.source, "said": r.said, "verdict": r.verdict, "why": r.why} for r in why.rows
            ],
            "read": why.read,
            "lync": why.lync,
        }
    card = views.as_seen_by(state, _relationship(state, str(viewer), now), now, words)
    return {
        "shows": card.presence,
        "calendar": card.calendar,
        "detail": list(card.detail.lines),
        "out_of_office": card.out_of_office,
        "note": card.note,
        "phones": dict(card.phones),
    }


def _relationship(state: State, viewer: str, now: datetime) -> Relationship:
    for relationship in Relationship:
        if relationship.value.casefold() == viewer.casefold():
            return relationship
    asked = person(viewer)
    for row in views.contacts(state, now, Words()):
        if asked in (row.address, row.name.casefold()):
            return row.relationship
    known = ", ".join(relationship.value for relationship in Relationship)
    raise ControlError(f"“{viewer}” is neither a contact nor a relationship ({known})")


def _contacts(state: State, now: datetime, words: Words, _arguments: Arguments) -> Answer:
    return {
        "contacts": [
            {
                "address": row.address,
                "name": row.name,
                "shows": known(state, row.address).presence.text,
                "calendar": row.calendar,
                "relationship": row.relationship.value,
                "stale": row.indicator.stale,
            }
            for row in views.contacts(state, now, words)
        ]
    }


def _set(_state: State, now: datetime, arguments: Arguments) -> ev.Event:
    wanted = str(arguments.get("status", "")).replace("-", " ").casefold()
    chosen = next((s for s in ManualStatus if s.value.casefold() == wanted), None)
    if chosen is None:
        known = ", ".join(s.value for s in ManualStatus)
        raise ControlError(f"“{arguments.get('status')}” is no status; choose one of: {known}")
    length: timedelta | None = None
    if arguments.get("for") is not None:
        try:
            length = positive_duration(str(arguments["for"]))
        except ValueError as error:
            raise ControlError(str(error)) from error
    return ev.SetStatus(chosen, now + length if length is not None else None)


def _check_now(state: State, _now: datetime, _arguments: Arguments) -> ev.Event:
    if not state.options.allow_check_now:
        raise ControlError("Check calendar now was switched off by your administrator (policy AllowCheckNow)")
    if not state.signed_in:
        raise ControlError("you are signed out; sign in first, which checks the calendar as well")
    if not state.options.calendar_in_use:
        raise ControlError("your calendar is not used; switch it on in Options > Personal")
    problem = state.calendar.problem
    if state.calendar.health is Health.STOPPED and problem is not None:
        words = Words()
        raise ControlError(f"nothing is sent before you act: {words(problem.title)} {words(problem.remedy)}")
    return ev.CheckNow()


def _sign_in(state: State, _now: datetime, _arguments: Arguments) -> ev.Event:
    if not state.options.account.address:
        raise ControlError("no account is set up; open the window (lyncdesk show) and connect to Exchange")
    return ev.SignIn()


ANSWERS: dict[str, Answers] = {"status": status, "explain": _explain, "contacts": _contacts}
EVENTS: dict[str, Asks] = {
    "set": _set,
    "reset": lambda _state, _now, _arguments: ev.ResetStatus(),
    "check-now": _check_now,
    "sign-in": _sign_in,
    "sign-out": lambda _state, _now, _arguments: ev.SignOut(),
}
