"""One check in words and as JSON, for ``lyncdesk check``. Subjects appear: it is one's own calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.client.reading import decision, problems, until
from lyncdesk.client.state import State
from lyncdesk.client.views.connection import trouble
from lyncdesk.client.views.contacts import line_words
from lyncdesk.client.views.why import why
from lyncdesk.client.words import Words
from lyncdesk.presence.freebusy import SLOT, block_start, calendar_line, encode_slots, stretches
from lyncdesk.presence.items import Item, outcome


def _days_items(state: State, now: datetime) -> list[Item]:
    zone = ZoneInfo(state.profile.zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    following = (midnight + timedelta(days=1)).replace(fold=0)
    todays = (i for i in state.calendar.items if i.start < following and i.end > midnight)
    return sorted(todays, key=lambda i: (i.start, i.end, i.subject))


def _line(state: State, now: datetime, words: Words) -> str:
    busy = stretches(state.calendar.items, ignore_all_day=state.options.ignore_all_day)
    return line_words(calendar_line(busy, now, state.profile.zone, state.calendar.working_hours), words)


def check_lines(state: State, now: datetime, words: Words) -> Iterator[str]:
    """The answer for people."""
    words = words.at(now)
    explained = why(state, now, words)
    yield explained.sentence
    for row in explained.rows:
        yield f"  {row.source}: {row.said}{'' if row.said.endswith('.') else '.'} {row.why}"
    if explained.lync:
        yield explained.lync
    yield words("Calendar: {line}", line=_line(state, now, words))
    items = _days_items(state, now)
    yield words("Items of the day: {n}", n=len(items))
    for item in items:
        kept = words("Private") if item.private else item.subject or words("Without subject")
        where = f" ({item.location})" if item.location and not item.private else ""
        times = words("all day") if item.all_day else f"{words.moment(item.start)}–{words.moment(item.end)}"
        yield f"  {times}  {words(item.counts_as.label)}, {words(item.kind.value)}: {kept}{where}"
    for problem in problems(state):
        found = trouble(problem, words)
        yield words(
            "Problem: {title} {cause} {remedy}", title=found.title, cause=found.cause, remedy=found.remedy
        )
    for limit in state.calendar.limits:
        yield words("Limit: {text}", text=limit)


def check_json(state: State, now: datetime, words: Words) -> dict[str, object]:
    """The answer for programs; keys as documented in docs/commands.md."""
    words = words.at(now)
    decided = decision(state, now)
    explained = why(state, now, words)
    start = block_start(now)
    busy = stretches(state.calendar.items)
    ends = until(state, now)
    return {
        "at": now.isoformat(timespec="seconds"),
        "availability": decided.presence.availability,
        "activity": decided.presence.activity,
        "shows": decided.presence.text,
        "colour": decided.presence.colour.value,
        "out_of_office": decided.presence.out_of_office,
        "until": ends.isoformat(timespec="seconds") if ends is not None else None,
        "sentence": explained.sentence,
        "reasons": [
            {"source": r.source, "said": r.said, "verdict": r.verdict, "why": r.why} for r in explained.rows
        ],
        "calendar": _line(state, now, words),
        "items": [_item(item) for item in _days_items(state, now)],
        "free_busy": {
            "start": start.isoformat(timespec="seconds"),
            "slot_minutes": SLOT // timedelta(minutes=1),
            "slots": encode_slots(busy, start).hex(),
        },
        "server": state.calendar.server,
        "requests": state.calendar.requests,
        "details": state.calendar.details,
        "problems": [
            {"name": p.name, "title": t.title, "cause": t.cause, "remedy": t.remedy}
            for p in problems(state)
            for t in (trouble(p, words),)
        ],
        "limits": list(state.calendar.limits),
    }


def _item(item: Item) -> dict[str, object]:
    made = outcome(item)
    return {
        "start": item.start.isoformat(timespec="seconds"),
        "end": item.end.isoformat(timespec="seconds"),
        "show_as": item.counts_as.value,
        "kind": item.kind.value,
        "subject": item.subject,
        "location": item.location,
        "private": item.private,
        "all_day": item.all_day,
        "makes": made.availability,
        "out_of_office": made.out_of_office,
    }
