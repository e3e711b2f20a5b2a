"""One moment of My day in words: the reasons of then, and where Lync would have shown something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from lyncdesk.client.history import Past
from lyncdesk.client.reading import calendar_use, inputs, stale
from lyncdesk.client.state import State
from lyncdesk.client.trail import read_at, shown_at
from lyncdesk.client.trail_types import Passed
from lyncdesk.client.views.past_days import past_moment_of
from lyncdesk.client.views.why import lync_line, reason_rows, why
from lyncdesk.client.words import Words
from lyncdesk.presence.aggregate import Decision, decide, live_manual
from lyncdesk.presence.inputs import CalendarUse, Inputs
from lyncdesk.presence.items import Item
from lyncdesk.presence.lync import differences
from lyncdesk.presence.reasons import Reason, Source


def planned_at(asked: Inputs, running: tuple[Item, ...], moment: datetime) -> Inputs:
    """The inputs of a moment of the day as far as they are known now: with the items alone that run then, no
    word of the computers, and a status by hand from its choice until its end.
    """
    manual = live_manual(asked, moment)
    if manual is not None and moment < manual.since:
        manual = None
    return replace(asked, items=running, machines=(), manual=manual)


def reasons_at(
    state: State, moment: datetime, now: datetime, words: Words, earlier: Past | None = None
) -> tuple[str, ...]:
    """Why this is shown at a moment, line by line.

    Of a moment that has passed, what was really shown then, with the reasons of then, as far as the program
    was there to know, or ``earlier`` has it: what the history holds of today before the program was started;
    of now, as the Why tab has it; of a moment to come, what is known of it.
    """
    words = words.at(now)
    if moment == now:
        return tuple(_lines_now(state, now, words))
    if moment < now:
        passed = shown_at(state, moment)
        if passed is not None:
            return tuple(_lines_then(state, passed, moment, words))
        kept = tuple(_lines_kept(earlier, moment, now, words)) if earlier is not None else ()
        return kept or tuple(_lines_before(state, moment, words))
    return tuple(_lines_to_come(state, moment, now, words))


def _lines_now(state: State, now: datetime, words: Words) -> Iterator[str]:
    explained = why(state, now, words)
    yield explained.sentence
    yield from (_line(row.source, row.said, row.why) for row in explained.rows)
    if explained.lync:
        yield explained.lync


def _lines_then(state: State, passed: Passed, moment: datetime, words: Words) -> Iterator[str]:
    decided = passed.decision
    text = words(decided.presence.text)
    yield words("At {time} you were shown as {state}.", time=moment, state=text)
    yield from _reasons(decided.reasons, words)
    read = read_at(state, passed, moment)
    if read is not None:
        yield words("The calendar had been read at {time}.", time=read)
    known = decide(_known_of(state, moment), moment).presence.text
    if decided.source in (Source.CALENDAR, Source.NOTHING) and known != decided.presence.text:
        yield words("From what is known now it would have been {state}.", state=words(known))
    found = differences(passed.inputs, moment, ended=passed.ended, old=passed.old)
    if found:
        yield lync_line(found, words)


def _lines_kept(earlier: Past, moment: datetime, now: datetime, words: Words) -> Iterator[str]:
    """Of a time before the program was started, as the history has it; nothing where it has nothing."""
    found = past_moment_of(earlier, moment, now, words)
    if found.shown is None:
        return
    text = words(found.shown.presence.text)
    yield words("At {time} you were shown as {state}.", time=moment, state=text)
    yield from (_line(row.source, row.said, row.why) for row in found.rows)
    yield from (line for line in (found.read, *found.notes, found.lync) if line)


def _lines_before(state: State, moment: datetime, words: Words) -> Iterator[str]:
    """Of a time before the program, or its account, was there."""
    yield words(
        "What was shown at {time} is not known: LyncDesk was not there. From what is known now:", time=moment
    )
    yield from _decided(_known_of(state, moment), moment, state, words)


def _lines_to_come(state: State, moment: datetime, now: datetime, words: Words) -> Iterator[str]:
    asked = _known_of(state, moment)
    text = words(decide(asked, moment).presence.text)
    if calendar_use(state) is CalendarUse.READ and state.signed_in:
        yield words(
            "From what is known now, you will be shown as {state} at {time}.", state=text, time=moment
        )
    yield from _decided(asked, moment, state, words, old=stale(state, now))


def _known_of(state: State, moment: datetime) -> Inputs:
    asked = inputs(state)
    return planned_at(asked, tuple(item for item in asked.items if item.runs_at(moment)), moment)


def _decided(
    asked: Inputs, moment: datetime, state: State, words: Words, *, old: bool = False
) -> Iterator[str]:
    decided: Decision = decide(asked, moment)
    # What the computer will be doing then, nobody knows.
    yield from _reasons((r for r in decided.reasons if r.source is not Source.MACHINE), words)
    picked = state.manual
    ended = (
        picked if picked is not None and picked.until is not None and picked.until <= moment else state.ended
    )
    found = differences(asked, moment, ended=ended, old=old)
    if found:
        yield lync_line(found, words)


def _reasons(reasons: Iterable[Reason], words: Words) -> Iterator[str]:
    return (_line(row.source, row.said, row.why) for row in reason_rows(reasons, words))


def _line(source: str, said: str, why_so: str) -> str:
    return f"{source}: {said}{'' if said.endswith('.') else '.'} {why_so}"
