"""The report for support: configuration, problems, timings, the log, and what was shown as a scenario.

A pure function. No password, subject, location or note is in it; people are counted, not named. Everything
but the scenario is a comment of it: the one file is to be read, and to be run by `lyncdesk simulate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from platform import platform, python_version

from lyncdesk.client.options import Options, Origin
from lyncdesk.client.reading import problems, stale
from lyncdesk.client.recording import recording
from lyncdesk.client.report_cleaning import Cleaner
from lyncdesk.client.state import CheckRecord, State
from lyncdesk.client.views.connection import connection, without_secret
from lyncdesk.client.words import Words
from lyncdesk.presence.message import Message

_PACKAGES = ("lyncdesk", "PySide6-Essentials", "exchangelib", "keyring")
# Options that are about people, or hold their words; the account is among the rows of the configuration.
_ABOUT_PEOPLE = frozenset({"account", "gives", "contacts", "groups", "note", "origins"})
# A scenario has an end; of a log that is longer, the end is what counts.
_LONGEST_LOG = 300_000
_INTRODUCTION = (
    "LyncDesk report",
    "",
    "No password, subject, location or note is in it, and nobody but its sender is named.",
    "This file is also a scenario, at its end: what the client knew and showed. To play it:",
    "    lyncdesk simulate lyncdesk-report.txt",
)


def report(
    state: State,
    now: datetime,
    environment: Sequence[tuple[Message, Message]],
    log: Sequence[str] = (),
    secrets: Sequence[str] = (),
) -> str:
    """The report, in English whatever the person's language, times in UTC (ISO 8601).

    ``environment`` are rows that the State does not hold, ``log`` the last lines of the log; ``secrets`` are
    passwords that must not be in either.
    """
    words = Words(time=lambda moment: f"{moment:%H:%M:%S}").at(now)
    clean = Cleaner(state, secrets)
    sections = (
        ("", [*_INTRODUCTION, "", *_versions(now)]),
        ("configuration", _configuration(state, now, words, environment, clean)),
        ("options that are not as they come", _options(state.options)),
        ("problems", _problems(state, words, clean)),
        ("last checks: sent, took, requests, items, outcome", map(_check, state.calendar.history)),
        ("log", _end_of(log, clean)),
        ("scenario", ["from here to the end"]),
    )
    lines = [line for title, body in sections for line in (*_heading(title), *body)]
    told = "\n".join(f"# {_printable(part)}".rstrip() for line in lines for part in line.split("\n"))
    return f"{told}\n\n{recording(state, now)}"


def _heading(title: str) -> tuple[str, ...]:
    return ("", f"--- {title} ---") if title else ()


def _printable(text: str) -> str:
    """As a comment may hold it: one line of letters that can be written to a file."""
    clean = "".join(c if c == "\t" or (c >= " " and c != "\x7f") else " " for c in text)
    return clean.encode("utf-8", "backslashreplace").decode()


def _versions(now: datetime) -> Iterator[str]:
    yield f"made: {now.isoformat(timespec='seconds')}"
    yield from (f"{name}: {_version(name)}" for name in _PACKAGES)
    yield f"python: {python_version()}"
    yield f"system: {platform()}"


def _configuration(
    state: State,
    now: datetime,
    words: Words,
    environment: Sequence[tuple[Message, Message]],
    clean: Cleaner,
) -> Iterator[str]:
    rows = connection(state, now, words).rows
    yield from (f"{label}: {clean.row(value)}" for label, value in rows)
    yield from (f"{words(label)}: {words(clean.message(value))}" for label, value in environment)
    yield f"stale: {'yes' if stale(state, now) else 'no'}"
    yield f"health: {state.calendar.health.value}"
    yield f"contacts: {len(state.options.contacts)}"
    yield f"relationships given: {len(state.options.gives)}"


def _options(options: Options) -> Iterator[str]:
    """What differs from what is built in, and who set it."""
    default = Options()
    for name in (field.name for field in fields(Options) if field.name not in _ABOUT_PEOPLE):
        value, origin = getattr(options, name), options.origins.get(name, Origin.BUILT_IN)
        if value != getattr(default, name) or origin is not Origin.BUILT_IN:
            shown = without_secret(value) if isinstance(value, str) else value
            yield f"{name}: {shown} ({origin.value})"


def _problems(state: State, words: Words, clean: Cleaner) -> Iterator[str]:
    for problem in map(clean.problem, problems(state)):
        yield f"problem: {problem.name}"
        yield f"    {words(problem.title)} {words(problem.cause)}"


def _check(record: CheckRecord) -> str:
    outcome = record.problem or "ok"
    return "  ".join(
        (
            record.started.isoformat(timespec="milliseconds"),
            f"{record.took // timedelta(milliseconds=1)} ms",
            "-" if record.requests is None else str(record.requests),
            "-" if record.items is None else str(record.items),
            outcome if record.used else f"{outcome} (no longer wanted)",
        )
    )


def _end_of(log: Sequence[str], clean: Cleaner) -> Iterator[str]:
    room = _LONGEST_LOG
    kept: list[str] = []
    for line in reversed(log):
        room -= len(line)
        if room < 0:
            kept.append("(what was before is left out)")
            break
        kept.append(line)
    # In one piece: a full calendar has thousands of subjects to look for.
    yield clean("\n".join(reversed(kept)))


def _version(name: str) -> str:
    # It loads the parsers of e-mail, 4 MB that a client does without until somebody asks for a report.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
