"""The totals of the week: what was shown as Busy by the history, and what will be by the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from lyncdesk.client.history import Past
from lyncdesk.client.state import State
from lyncdesk.client.views.past_days import busy_time
from lyncdesk.client.words import Words
from lyncdesk.presence.freebusy import WorkingHours, stretches
from lyncdesk.presence.items import Kind, makes_busy

_Spans = list[tuple[datetime, datetime]]


def totals(
    state: State,
    past: Past | None,
    window: tuple[datetime, datetime],
    hours: WorkingHours,
    now: datetime,
    words: Words,
) -> tuple[str, str]:
    """How much of the known working time is shown as Busy, and how much of that without anybody else; and on
    what the past of it rests ("" = on the history, whole, or there is no past in it).

    ``past`` is what the history has of the window, None where none is kept. What it does not know counts as
    the calendar has it.
    """
    start, end = window
    spans = [
        (max(a, start), min(b, end))
        for a, b in hours.spans(start - timedelta(days=1), 7)
        if a < end and b > start
    ]
    gone = [(a, min(b, now)) for a, b in spans if a < now]
    coming = [(max(a, now), b) for a, b in spans if b > now]
    shown = busy_time(past, gone) if past is not None else None
    unknown = gone if shown is None else list(shown.unknown)
    busy, alone = _planned(state, [*unknown, *coming])
    if shown is not None:
        busy, alone = busy + shown.busy, alone + shown.alone
    text = words(
        "Shown as Busy {busy} of {working} working hours, {alone} of them alone.",
        busy=_hours(busy, words), working=_hours(_length(spans), words), alone=_hours(alone, words),
    )  # fmt: skip
    return text, _rests_on(past, _length(gone), _length(unknown), words)


def _rests_on(past: Past | None, gone: timedelta, unknown: timedelta, words: Words) -> str:
    if past is None:
        return words("Without a history the past counts as the calendar has it.") if gone else ""
    if unknown < timedelta(minutes=3):  # less than is told
        return ""
    return words(
        "Of {hours} past working hours no history was kept: they count as the calendar has them.",
        hours=_hours(unknown, words),
    )


def _planned(state: State, spans: _Spans) -> tuple[timedelta, timedelta]:
    """What the calendar makes of these spans: Busy, and Busy alone."""
    counting = (item for item in state.calendar.items if makes_busy(item))
    busy = alone = timedelta()
    for stretch in stretches(counting, ignore_all_day=state.options.ignore_all_day):
        within = _length((max(a, stretch.start), min(b, stretch.end)) for a, b in spans)
        busy += within
        alone += within if stretch.kind is Kind.APPOINTMENT else timedelta()
    return busy, alone


def _length(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    return sum((max(timedelta(), b - a) for a, b in spans), timedelta())


def _hours(length: timedelta, words: Words) -> str:
    return words.tenths(length / timedelta(hours=1))
