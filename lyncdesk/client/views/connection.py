"""Configuration information: Lync's row names first, then everything else that helps to diagnose a
connection.

No secret and no subject is in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from lyncdesk.client.found import found_for, is_automatic, server_of
from lyncdesk.client.options import Origin
from lyncdesk.client.problems import PROBLEMS, Problem, first_problem
from lyncdesk.client.reading import problems, stale
from lyncdesk.client.state import CheckRecord, Health, State
from lyncdesk.client.view_types import Action, Connection, Trouble
from lyncdesk.client.views.common import mended_by
from lyncdesk.client.views.exchange_alone import contact_rows
from lyncdesk.client.views.main import can_check_now
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.message import Message

WAYS = {
    "automatic": N_("Automatic"),
    "basic": N_("Basic"),
    "ntlm": N_("NTLM"),
    "negotiate": N_("Negotiate"),
}
_HEALTH = {
    Health.OFF: N_("The calendar is not used."),
    Health.STARTING: N_("Signing in ..."),
    Health.OK: N_("EWS Status OK"),
}
_ORIGINS = {
    Origin.POLICY: N_("set by your administrator"),
    Origin.COMMAND_LINE: N_("from the command line"),
    Origin.PERSON: N_("set by you"),
    Origin.RECOMMENDED: N_("recommended by your administrator"),
    Origin.BUILT_IN: N_("built in"),
}


def trouble(problem: Problem, words: Words) -> Trouble:
    """A problem in words, with what can be done about it here."""
    action, text = mended_by(problem.name) or (None, "")
    return Trouble(
        problem.name,
        words(problem.title),
        words(problem.cause),
        words(problem.remedy),
        action,
        words(text) if text else "",
    )


def account_trouble(state: State, words: Words) -> Trouble | None:
    """What is wrong with the account, to be read where it is mended: without a button that leads there."""
    problem = first_problem(problems(state)) if state.signed_in else None
    found = mended_by(problem.name) if problem is not None else None
    if problem is None or found is None or found[0] is not Action.ACCOUNT:
        return None
    return replace(trouble(problem, words), action=None, action_text="")


def server_found(state: State, words: Words) -> str:
    """The server that was found for the account, how and when; "" where it was not, or was typed."""
    found = found_for(state.options.account, state.found)
    if found is None:
        return ""
    return words(
        "Found: {server} ({how}, {time}).", server=without_secret(found.chosen), how=found.told, time=found.at
    )


# What is true of a client that runs, and of no command that asks once.
_OF_A_CLIENT = (N_("Sign-in"), N_("Pool"), N_("Checks sent"), N_("Next check"), N_("Failures in a row"))


def connection(
    state: State,
    now: datetime,
    words: Words,
    environment: Sequence[tuple[Message, Message]] = (),
    *,
    once: bool = False,
) -> Connection:
    """The Connection tab; ``environment`` are rows that the State does not hold. ``once``: a command asked,
    and nobody is signed in or will check again.
    """
    words = words.at(now)
    order = list(PROBLEMS)
    found = sorted(problems(state), key=lambda problem: order.index(problem.name))
    left_out = {words(name) for name in _OF_A_CLIENT} if once else set()
    rows = [row for row in _rows(state, now, words) if row[0] not in left_out]
    return Connection(
        tuple(trouble(problem, words) for problem in found),
        (*rows, *((words(label), words(value)) for label, value in environment)),
        can_check_now(state),
        state.options.allow_check_now,
        tuple(_check(record, words) for record in reversed(state.calendar.history)),
    )


def _check(record: CheckRecord, words: Words) -> tuple[str, ...]:
    outcome = words("done") if not record.problem else words(Problem.of(record.problem).title)
    return (
        words.moment(record.started),
        took(record.took, words),
        "-" if record.requests is None else str(record.requests),
        "-" if record.items is None else str(record.items),
        outcome if record.used else words("{outcome} (no longer wanted)", outcome=outcome),
    )


def took(length: timedelta, words: Words) -> str:
    """How long something took: milliseconds up to a second, then tenths."""
    milliseconds = length // timedelta(milliseconds=1)
    if milliseconds < 1000:
        return words("{n} ms", n=milliseconds)
    return words("{n} s", n=words.tenths(milliseconds / 1000))


def _rows(state: State, now: datetime, words: Words) -> list[tuple[str, str]]:
    calendar, options = state.calendar, state.options
    account = options.account
    found = found_for(account, state.found)
    server = without_secret(account.server) or words("none")
    internal = external = in_use = server
    if found is not None:
        urls = (found.internal, found.external, found.chosen)
        internal, external, in_use = (without_secret(url) or words("not told") for url in urls)
    elif is_automatic(account.server) and account.address:
        internal = external = in_use = words("not found yet")
    last = words.moment(calendar.as_of) if calendar.as_of is not None else words("none yet")
    if calendar.as_of is not None and stale(state, now):
        last = words("{time} (old)", time=last)
    following = (
        words.moment(calendar.next_check) if calendar.next_check is not None else words("none planned")
    )
    origin = options.origins.get("interval", Origin.BUILT_IN)
    return [
        (words("EWS Internal URL"), internal),
        (words("EWS External URL"), external),
        (words("EWS Information"), _information(state, words)),
        (words("Account"), account.address or state.profile.address or words("none")),
        (words("User name"), account.login or words("none")),
        (words("Sign-in"), words("Signed in") if state.signed_in else words("Signed out")),
        (words("Authentication"), _authentication(state, words)),
        (words("Encryption"), _encryption(state, words)),
        (words("Proxy"), _proxy(state, words)),
        (words("Pool"), _pool(state, words)),
        (words("How the server was found"), _found(state, words)),
        (words("Server in use"), in_use),
        (words("Server version"), calendar.server or words("not told")),
        (words("Item details"), _details(state, words)),
        (words("Last check"), last),
        (
            words("Duration of the last check"),
            took(calendar.duration, words) if calendar.duration else "-",
        ),
        (words("Checks sent"), str(calendar.checks_sent)),
        (words("Requests"), str(calendar.requests)),
        (words("Items"), str(len(calendar.items))),
        (words("Next check"), following),
        (
            words("Interval"),
            words("{length} ({origin})", length=options.interval, origin=words(_ORIGINS[origin])),
        ),
        (words("Failures in a row"), str(calendar.failures)),
        (words("Time zone"), state.profile.zone),
        *contact_rows(state, words),
        *((words("Limits"), words(limit)) for limit in calendar.limits),
    ]


def without_secret(server: str) -> str:
    """The address of a server without the user name, password and query that somebody wrote into it.

    Everything up to the last @ goes: a password may hold the slash that would otherwise end it.
    """
    scheme, sign, rest = server.partition("://") if "://" in server else ("", "", server)
    return scheme + sign + re.split(r"[?#]", rest.rpartition("@")[2], maxsplit=1)[0]


def _information(state: State, words: Words) -> str:
    if state.calendar.problem is not None:
        return words(state.calendar.problem.title)
    if state.calendar.health is Health.OK and not state.calendar.details:
        return words(Problem.of("details-missing").title)
    return words(_HEALTH.get(state.calendar.health, N_("The last check failed.")))


def _authentication(state: State, words: Words) -> str:
    wanted, taken = state.options.account.authentication, state.calendar.sign_in
    name = words(WAYS.get(wanted, wanted))
    if not taken or taken == wanted:
        return name
    return words("{wanted}: {taken} is in use", wanted=name, taken=words(WAYS.get(taken, taken)))


def _encryption(state: State, words: Words) -> str:
    account = state.options.account
    server = server_of(account, state.found)
    if not server:
        return words("not known yet")
    if server.strip().casefold().startswith("http:"):
        return words("none: the server is on this computer")
    if account.ca_file:
        return words("TLS, checked against this computer's certificates and {file}", file=account.ca_file)
    return words("TLS, checked against this computer's certificates")


def _proxy(state: State, words: Words) -> str:
    proxy = state.options.account.proxy
    if not proxy:
        return words("as this computer is set")
    origin = words(_ORIGINS[state.options.origins.get("account.proxy", Origin.BUILT_IN)])
    return words("{proxy} ({origin})", proxy=words("none") if proxy == "none" else proxy, origin=origin)


def _details(state: State, words: Words) -> str:
    if state.calendar.as_of is None:
        return words("not known yet")
    return words("yes") if state.calendar.details else words("no")


def _found(state: State, words: Words) -> str:
    if state.pool == "embedded":
        return words("it runs inside LyncDesk")
    account = state.options.account
    found = found_for(account, state.found)
    if found is not None:
        return words(found.told)
    if account.address and is_automatic(account.server):
        return words("not found yet")
    origin = state.options.origins.get("account.server")
    if origin in (Origin.POLICY, Origin.COMMAND_LINE):
        return words(_ORIGINS[origin])
    return words("typed in Options > Account")


def _pool(state: State, words: Words) -> str:
    return {
        "embedded": words("Sample organisation"),
        "exchange-alone": words("Exchange alone: only you see your status"),
    }.get(state.pool, state.pool or words("none"))
