"""My day of today: what was really shown until now, and from now on what others will see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from lyncdesk.client.day_types import DayStrip, StripPart
from lyncdesk.client.history import Ended, Past, Shown, timeline
from lyncdesk.client.reading import incomplete, inputs, stale
from lyncdesk.client.state import State
from lyncdesk.client.trail_types import Passed
from lyncdesk.client.views.days import day_limits, summed_up
from lyncdesk.client.views.moment import planned_at
from lyncdesk.client.views.past_days import holds_a_minute, next_minute, nothing_part, past_sentence
from lyncdesk.client.views.why import reason_sentence
from lyncdesk.client.words import Words
from lyncdesk.presence.aggregate import Decision, decide, manual_until
from lyncdesk.presence.inputs import CalendarUse, Inputs
from lyncdesk.presence.items import Deciding, deciding, makes_busy, outcome

_INSTANT = timedelta(microseconds=1)
_NEVER, _EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Piece:
    """From ``start`` to ``end`` this decision, or why nothing was shown; ``old`` is why it is hatched, "" =
    it is not. ``shown``: so it really was, and is not only what is known of that time now.
    """

    start: datetime
    end: datetime
    decided: Decision | Shown | Ended
    old: str = ""
    shown: bool = False

    @property
    def look(self) -> object:
        """What it looks like; neighbours that look alike are one stretch."""
        if isinstance(self.decided, Ended):
            return self.decided
        return self.decided.presence, self.decided.item, bool(self.old)


@dataclass(frozen=True, slots=True)
class _Old:
    """What is hatched as things are now: from this moment on, and why; None = nothing is."""

    since: datetime | None = None
    why: str = ""

    def at(self, moment: datetime) -> str:
        """Why a moment is hatched, "" = it is not."""
        return self.why if self.since is not None and moment >= self.since else ""


def strip(state: State, now: datetime, words: Words, earlier: Past | None = None) -> DayStrip:
    """My day: until now as it was shown, as far as the program was there to know, or ``earlier`` has it: what
    the history holds of today before the program was started. From now on each stretch as others will see
    it, from the calendar as last checked and the status by hand.
    """
    words = words.at(now)
    zone = ZoneInfo(state.profile.zone)
    asked = inputs(state)
    counting = [i for i in asked.items if makes_busy(i) or outcome(i).out_of_office]
    start, end = day_limits(now.astimezone(zone).date(), zone, ((i.start, i.end) for i in counting))
    as_of = state.calendar.as_of
    old = _Old()
    if asked.calendar is CalendarUse.NOT_YET:
        # Nothing is known of the day: free time must not look as if somebody had said so.
        old = _Old(start, words("The calendar has not been read yet."))
    elif stale(state, now):
        old = _Old(as_of or start, words("The calendar data is old."))
    elif incomplete(state):
        old = _Old(start, words("Some of your recurring items may be missing."))
    parts: tuple[StripPart, ...] = ()
    if state.signed_in:
        known = tuple(_planned(asked, start, end, old))
        turns = (piece.start for piece in known if piece.start > now)
        # What is shown now is drawn until the minute is over, so that now lies in it.
        until = min(next_minute(now + _INSTANT), end, *turns)
        shown = (
            *_kept(earlier, start, min(until, state.trail[0].since if state.trail else start), words),
            *_passed(state.trail, start, until, old if stale(state, now) else _Old(), words),
        )
        parts = tuple(_part(piece, now, words) for piece in _put_together(known, shown))
    return DayStrip(
        start, end, state.profile.zone, parts, now, as_of, state.calendar.next_check, summed_up(parts, words)
    )


def _kept(earlier: Past | None, start: datetime, end: datetime, words: Words) -> Iterator[_Piece]:
    """What was shown in [start, end) as the history has it."""
    if earlier is None:
        return
    for stretch in timeline(earlier, start, end):
        if stretch.shown is None and stretch.why is not Ended.OFF:
            yield _Piece(stretch.start, stretch.end, stretch.why, shown=True)
        elif stretch.shown is not None:
            old = words("The calendar data was old.") if stretch.shown.stale else ""
            if stretch.shown.incomplete:
                old = old or words("Some of the recurring items may have been missing.")
            yield _Piece(stretch.start, stretch.end, stretch.shown, old, shown=True)


def _passed(
    trail: Iterable[Passed], start: datetime, end: datetime, old: _Old, words: Words
) -> Iterator[_Piece]:
    """What was shown in [start, end). What comes after the last good check is hatched as of now, the rest as
    it was marked then.
    """
    told = [passed for passed in trail if passed.since < end]
    for number, passed in enumerate(told, 1):
        until = told[number].since if number < len(told) else end
        edges = sorted({passed.since, until, *((old.since,) if old.since is not None else ())})
        for one, other in pairwise(edges):
            if passed.since <= one and other <= until and other > start:
                marked = old.at(one) or _marked(passed, words)
                yield _Piece(max(one, start), other, passed.decision, marked, shown=True)


def _marked(passed: Passed, words: Words) -> str:
    """Why what was shown was not to be relied on then, "" = it was."""
    if passed.inputs.signed_in and passed.inputs.calendar is CalendarUse.NOT_YET:
        return words("The calendar had not been read yet.")
    if passed.old:
        return words("The calendar data was old.")
    return words("Some of the recurring items may have been missing.") if passed.incomplete else ""


def _planned(asked: Inputs, start: datetime, end: datetime, old: _Old) -> Iterator[_Piece]:
    """The whole day as it is known now."""
    turns = {start, end, old.since, manual_until(asked)}
    if asked.manual is not None:
        turns.add(asked.manual.since)
    if asked.out_of_office is not None:
        turns |= {asked.out_of_office.start, asked.out_of_office.end}
    ignored = asked.rules.ignore_all_day
    items = [i for i in asked.items if i.start <= end and i.end > start and not (ignored and i.all_day)]
    times = turns | {moment for item in items for moment in (item.start, item.end)}
    edges = sorted(edge for edge in times if edge is not None and start <= edge <= end)
    run: _Piece | None = None
    before: Deciding | None = None
    # Each moment is decided from the items that run then, and only where they say something new: a day can
    # hold many.
    for edge, moment in deciding(items, edges):
        if edge not in turns and before is not None and moment.says_the_same_as(before):
            continue
        before = moment
        piece = _Piece(edge, end, decide(planned_at(asked, moment.running, edge), edge), old.at(edge))
        if run is not None and piece.look == run.look and edge != end:
            continue
        if run is not None:
            yield replace(run, end=edge)
        run = piece


def _put_together(known: Sequence[_Piece], shown: Sequence[_Piece]) -> list[_Piece]:
    """The day in one row: what was shown where that is told, else what is known now."""
    edges = [_NEVER, *(edge for piece in shown for edge in (piece.start, piece.end)), _EVER]
    gaps = [(begins, ends) for begins, ends in zip(edges[::2], edges[1::2], strict=True) if begins < ends]
    cut = (
        replace(piece, start=max(piece.start, begins), end=min(piece.end, ends))
        for begins, ends in gaps
        for piece in known
        if piece.start < ends and piece.end > begins
    )
    row: list[_Piece] = []
    for piece in sorted((*cut, *shown), key=lambda piece: piece.start):
        if row and piece.look == row[-1].look:
            both, told = row[-1].shown and piece.shown, row[-1].decided
            # What goes on is told by who is there now, not by the history.
            told = piece.decided if isinstance(told, Shown) else told
            row[-1] = replace(row[-1], end=piece.end, decided=told, old=piece.old, shown=both)
        elif row and piece.shown and piece is not shown[-1] and not holds_a_minute(piece.start, piece.end):
            # It holds no full minute, so that nobody could ask for it: its time goes with what was before.
            row[-1] = replace(row[-1], end=piece.end)
        else:
            row.append(piece)
    return row


def _part(piece: _Piece, now: datetime, words: Words) -> StripPart:
    decided, start, end = piece.decided, piece.start, piece.end
    if isinstance(decided, Ended):
        return nothing_part(start, end, decided, words)
    presence = decided.presence
    text = words(presence.text)
    lines = [words("{state}, {start} to {end}", state=text, start=start, end=end)]
    if decided.item is not None and decided.item.subject:
        lines.append(decided.item.subject)
    if end <= now and not piece.shown:
        why = words("From what is known now: LyncDesk was not there all the time.")
    elif end <= now or isinstance(decided, Shown):
        why = past_sentence(decided, words)
    else:
        why = reason_sentence(decided, words)
    label = [*lines, why]
    if piece.old:
        lines.append(piece.old)
        label.append(piece.old)
    told, head = "\n".join(label), "\n".join(lines)
    marks = bool(piece.old), presence.out_of_office
    return StripPart(start, end, presence.colour, presence.shape, text, told, *marks, head=head)
