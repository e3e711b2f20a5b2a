"""The report for support: configuration, problems and timings as plain text; a pure function.

No password, subject, location or note is in it; people are counted, not named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from platform import platform, python_version

from lyncdesk.client.problems import Problem
from lyncdesk.client.reading import problems, stale
from lyncdesk.client.state import State
from lyncdesk.client.views.connection import connection
from lyncdesk.client.words import Words
from lyncdesk.presence.message import Message

# Tables and keys of a settings file that are about people, or hold their words.
_PERSONAL = frozenset({"contacts", "gives", "groups", "note"})
_PACKAGES = ("lyncdesk", "PySide6-Essentials", "exchangelib", "keyring")


def report(state: State, now: datetime, environment: Sequence[tuple[Message, Message]]) -> str:
    """The report, in English whatever the person's language, times in UTC (ISO 8601)."""
    words = Words(time=lambda moment: f"{moment:%H:%M:%S}")
    lines = ["LyncDesk report", f"made: {now.isoformat(timespec='seconds')}"]
    lines += [f"{name}: {_version(name)}" for name in _PACKAGES]
    lines += [f"python: {python_version()}", f"system: {platform()}", ""]
    lines += [f"{label}: {value}" for label, value in connection(state, now, words, environment).rows]
    lines += ["", f"stale: {'yes' if stale(state, now) else 'no'}", f"health: {state.calendar.health.value}"]
    lines += [f"contacts: {len(state.options.contacts)}", f"relationships given: {len(state.options.gives)}"]
    for problem in map(_unnamed, problems(state)):
        lines += ["", f"problem: {problem.name}", words(problem.title), words(problem.cause)]
    return "\n".join(lines) + "\n"


def _unnamed(problem: Problem) -> Problem:
    """The problem without what names people or tells what they wrote."""
    values = dict(problem.values)
    if str(values.get("key", "")).partition(".")[0] in _PERSONAL:
        values |= {"key": "-", "what": "an entry about people is wrong"}
    if "address" in values:
        values["address"] = "somebody"
    return Problem.of(problem.name, **values)


def _version(name: str) -> str:
    # It loads the parsers of e-mail, 4 MB that a client does without until somebody asks for a report.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
