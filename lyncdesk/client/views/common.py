"""Pieces that several views share."""

from __future__ import annotations

from datetime import datetime

from lyncdesk.client import refusals
from lyncdesk.client.problems import PROBLEMS, REPLACED
from lyncdesk.client.reading import incomplete, stale
from lyncdesk.client.state import Health, State
from lyncdesk.client.view_types import Action, Indicator
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.states import AWAY, BE_RIGHT_BACK, OFFLINE, Presence, availability_class

# The states whose length ("for 25 minutes") is told rather than their end.
_LASTING = frozenset({AWAY, BE_RIGHT_BACK})
# The pool's name where nobody tells a presence, only a calendar.
EXCHANGE_ALONE = "exchange-alone"
# Problems that a password typed anew can cure.
PASSWORD_PROBLEMS = refusals.LASTING | {"no-password"}

# Those where one may be typed instead of something better.
PASSWORD_HELPS = PASSWORD_PROBLEMS | {"no-ticket"}

# Problems that are mended in Options > Account, and hardly ever by waiting.
ACCOUNT_PROBLEMS = frozenset(
    {
        "sign-in-method",
        "server-address",
        "insecure-address",
        "server-not-found",
        "server-elsewhere",
        "ca-file",
        "certificate-host-name",
        "not-encrypted",
        "not-exchange",
        "no-mailbox",
    }
)


def mended_by(problem: str) -> tuple[Action, str] | None:
    """Where a problem of this name can be mended, and what the button that leads there says."""
    if problem in PASSWORD_HELPS:
        return Action.ENTER_PASSWORD, N_("Enter password")
    if problem == REPLACED:
        return Action.RESTART, N_("Restart LyncDesk")
    if PROBLEMS[problem].account:
        return Action.ACCOUNT, N_("Open Options > Account")
    return None


def indicator(
    presence: Presence,
    words: Words,
    *,
    old: bool = False,
    missing: bool = False,
    needs_password: bool = False,
) -> Indicator:
    """A presence as an indicator; everything it shows is also in its accessible text."""
    parts = [words(presence.text)]
    if presence.out_of_office:
        parts.append(words("out of office"))
    if needs_password:
        parts.append(words("needs your password"))
    elif old:
        parts.append(words("calendar data is old"))
    elif missing:
        parts.append(words("some items may be missing"))
    return Indicator(
        presence.colour,
        presence.shape,
        ", ".join(parts),
        presence.out_of_office,
        (old or missing) and not needs_password,
        needs_password,
        missing and not old and not needs_password,
    )


def own_indicator(state: State, presence: Presence, now: datetime, words: Words) -> Indicator:
    """The person's own indicator, with the marks for old data and for a refused password."""
    return indicator(
        presence,
        words,
        old=stale(state, now),
        missing=incomplete(state),
        needs_password=needs_password(state),
    )


def needs_password(state: State) -> bool:
    """Whether nothing is sent before the person has entered a password."""
    problem = state.calendar.problem
    used = state.signed_in and state.options.calendar_in_use
    stopped = used and state.calendar.health is Health.STOPPED
    return stopped and problem is not None and problem.name in PASSWORD_PROBLEMS


def with_until(presence: Presence, until: datetime | None, words: Words) -> str:
    """``In a meeting until 11:00``."""
    text = words(presence.text)
    return words("{state} until {until}", state=text, until=until) if until is not None else text


def with_duration(
    presence: Presence, until: datetime | None, since: datetime | None, now: datetime, words: Words
) -> str:
    """``In a meeting until 11:00``, ``Away for 25 minutes``."""
    lasting = availability_class(presence.availability) in _LASTING
    if until is None and since is not None and lasting and (now - since).total_seconds() >= 60:
        return words("{state} for {length}", state=words(presence.text), length=now - since)
    if presence.availability == OFFLINE:
        return words(presence.text)
    return with_until(presence, until, words)


def initials(name: str) -> str:
    """Two letters for a person without a picture: of the first and the last word of the name."""
    parts = [part for part in name.replace("@", " ").split() if part[0].isalnum()]
    if not parts:
        return "?"
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


def first_name(name: str) -> str:
    """The first word of a name, by which sentences call a person."""
    return next(iter(name.split()), name)
