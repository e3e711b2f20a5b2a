"""The local history: what a person was shown as, when and why, as plain values.

One :class:`Span` is a stretch of time in which the same was shown for the same reasons. Reasons are
kept as messages, so that they can be told in any language.
:mod:`lyncdesk.client.history_recorder` makes the entries, a
:class:`~lyncdesk.client.ports.HistoryStore` keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from lyncdesk.client.problems import first_problem
from lyncdesk.client.reading import decision, incomplete, lync_differs, problems, stale
from lyncdesk.client.state import State
from lyncdesk.presence.aggregate import Decision
from lyncdesk.presence.items import Kind, ShowAs
from lyncdesk.presence.lync import Difference
from lyncdesk.presence.message import Message, Value
from lyncdesk.presence.reasons import Reason, Source
from lyncdesk.presence.states import Presence

# What is older, or more than that, goes: the oldest first.
LONGEST: Final = timedelta(days=90)
MOST_SPANS: Final = 20_000
MOST_CHECKS: Final = 20_000
# Too much or too old is looked for when the program ends and after so many entries, not at its start: a clock
# that is wrong until the network sets it must not cost the history.
TIDY_EVERY: Final = 500
# How often a sign of life tells that the same is still shown: so far is known when a killed program ended.
# Each one wakes threads three or four times; at rest the program may wake 0.2 times a second in all.
HEARTBEAT: Final = timedelta(minutes=2)
# Of a longer time without a sign of life nothing is claimed: rather was the clock wrong before, by years.
LONGEST_SILENCE: Final = timedelta(days=7)
# After a longer absence the clock may be wrong: that day is not believed before the next time.
LONGEST_ABSENCE: Final = timedelta(days=30)
# Checks that follow each other faster, with the same outcome, are kept as one row with their number.
CHECKS_APART: Final = timedelta(minutes=1)
# To tell when the calendar had last been read, one looks back so far.
CHECKS_BEFORE: Final = timedelta(days=2)
# A text that somebody wrote is kept up to here; nobody reads more of it in a tooltip.
LONGEST_TEXT: Final = 500


class Ended(StrEnum):
    """Why nothing follows a span, where nothing does."""

    KILLED = ""  # nothing more was heard: the program, or the computer, went down
    EXIT = "exit"  # the program ended
    OFF = "off"  # no history was kept any more, or another account's


@dataclass(frozen=True, slots=True)
class PastItem:
    """The item on the card at that time."""

    subject: str
    start: datetime
    end: datetime
    show_as: ShowAs
    kind: Kind
    private: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown, and why. ``source`` decided; ``problem`` is the name of the first one that held ("" =
    none). The reasons' own items are left out: their messages tell of them. ``lync`` tells where Lync would
    have shown something else.
    """

    presence: Presence
    source: Source
    reasons: tuple[Reason, ...] = ()
    item: PastItem | None = None
    stale: bool = False
    incomplete: bool = False
    reset_waiting: bool = False
    problem: str = ""
    lync: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """``shown`` from ``start`` to ``end``, half open; ``ended`` says why nothing follows, if nothing does."""

    start: datetime
    end: datetime
    shown: Shown
    ended: Ended = Ended.KILLED


@dataclass(frozen=True, slots=True)
class PastCheck:
    """Calendar checks with one outcome: the first, the last, how many; ``problem`` "" = they succeeded."""

    first: datetime
    last: datetime
    problem: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Past:
    """What a store holds of a stretch of time, in the order in which it was kept.

    Spans overlap where the clock was set back; the later one counts. The last one before the asked time is
    there too: how it ended tells why nothing follows. ``since`` is the first moment that anything is known
    of, None = nothing is.
    """

    spans: tuple[Span, ...] = ()
    checks: tuple[PastCheck, ...] = ()
    since: datetime | None = None


# What is kept, in order


@dataclass(frozen=True, slots=True)
class Began:
    """From ``at`` on this is shown."""

    at: datetime
    shown: Shown


@dataclass(frozen=True, slots=True)
class Checked:
    """A calendar check that was sent ``at`` has ended."""

    at: datetime
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Alive:
    """What was shown last is still shown ``at``."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was shown last is shown until ``at``, and nothing follows."""

    at: datetime
    how: Ended = Ended.EXIT


Entry = Began | Checked | Alive | Stopped


def shown_at(state: State, now: datetime) -> Shown:
    """What a State shows at ``now``, as it is kept."""
    problem = first_problem(problems(state))
    return replace(
        as_kept(decision(state, now), lync_differs(state, now), old=stale(state, now)),
        incomplete=incomplete(state),
        reset_waiting=state.reset_waiting,
        problem=problem.name if problem is not None else "",
    )


def as_kept(decided: Decision, differs: Iterable[Difference], *, old: bool) -> Shown:
    """A decision, and where Lync differs from it, as they are kept."""
    item = decided.item
    kept = (
        PastItem(item.subject[:LONGEST_TEXT], item.start, item.end, item.counts_as, item.kind, item.private)
        if item is not None
        else None
    )
    return Shown(
        decided.presence,
        decided.source,
        tuple(
            replace(reason, said=_short(reason.said), why=_short(reason.why), item=None)
            for reason in decided.reasons
        ),
        kept,
        old,
        lync=tuple(_short(difference.told) for difference in differs),
    )


def _short(message: Message) -> Message:
    return Message(message.template, tuple((name, _short_value(value)) for name, value in message.values))


def _short_value(value: Value) -> Value:
    match value:
        case Message():
            return _short(value)
        case str() if len(value) > LONGEST_TEXT:
            return f"{value[:LONGEST_TEXT]}..."
        case _:
            return value


# What was shown when


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the past: what was shown in it, or ``shown`` None and why it is not known.

    ``why`` is EXIT or KILLED where the program was not running, OFF where nothing was kept. ``at_most``: this
    was shown last, and the program was killed in this time; when exactly nobody knows.
    """

    start: datetime
    end: datetime
    shown: Shown | None
    why: Ended = Ended.OFF
    at_most: bool = False


@dataclass(slots=True)
class _Line:
    """The past as it is painted: pieces that do not overlap, in order of time."""

    pieces: list[Span] = field(default_factory=list)

    def paint(self, span: Span) -> None:
        """Put a span over what was there: it was told later."""
        kept = []
        for piece in self.pieces:
            if piece.end <= span.start or piece.start >= span.end:
                kept.append(piece)
                continue
            if piece.start < span.start:
                kept.append(replace(piece, end=span.start))
            if piece.end > span.end:
                kept.append(replace(piece, start=span.end))
        self.pieces = sorted((*kept, span), key=lambda piece: piece.start)


def timeline(past: Past, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """The stretches of [start, end) without a hole: what was shown, or why that is not known."""
    line = _Line()
    for span in past.spans:
        last = line.pieces[-1] if line.pieces else None
        if last is None or span.start >= last.end:
            line.pieces.append(span)  # the rule; only a clock that was set back makes it harder
        elif span.start < span.end:
            line.paint(span)
    out: list[Stretch] = []
    edge, before = start, None
    for piece in line.pieces:
        begins, ends = max(piece.start, start), min(piece.end, end)
        if begins >= end:
            break
        if piece.end > start:
            out += _between(before, edge, begins)
            if begins < ends:
                out.append(Stretch(begins, ends, piece.shown))
            edge = max(edge, ends)
        before = piece
    return (*out, *_between(before, edge, end))


def _between(before: Span | None, start: datetime, end: datetime) -> list[Stretch]:
    """What is known of the time after a span in which nothing is kept."""
    out = []
    if before is not None and before.ended is Ended.KILLED:
        latest = min(end, before.end + HEARTBEAT)
        if start < latest:
            out.append(Stretch(start, latest, before.shown, Ended.KILLED, at_most=True))
            start = latest
    if start < end:
        out.append(Stretch(start, end, None, before.ended if before is not None else Ended.OFF))
    return out


def checked_before(checks: Sequence[PastCheck], moment: datetime) -> tuple[datetime | None, str]:
    """When the calendar had last been read at ``moment``, and the problem of a failed check since ("")."""
    read: datetime | None = None
    failed: tuple[datetime, str] | None = None
    for check in checks:
        if check.first > moment:
            continue
        last = min(check.last, moment)
        if not check.problem:
            read = last if read is None else max(read, last)
        elif failed is None or last >= failed[0]:
            failed = last, check.problem
    if failed is None or (read is not None and failed[0] <= read):
        return read, ""
    return read, failed[1]
