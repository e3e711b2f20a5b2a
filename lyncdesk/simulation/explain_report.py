"""Explanations on paper: for people, or one JSON object a line, as `docs/scenarios.md` describes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TextIO
from zoneinfo import ZoneInfo

from lyncdesk.client.views.connection import trouble
from lyncdesk.presence.items import Item
from lyncdesk.presence.publication import SeenItem
from lyncdesk.presence.reasons import describe
from lyncdesk.simulation.explaining import Explanation, NotKnown
from lyncdesk.simulation.scenario import Scenario
from lyncdesk.simulation.scenario_report import when

_VERDICTS = {"won": "decides", "lost": "does not decide", "mark": "adds a mark"}


def explanation_lines(explained: Explanation, at: str) -> Iterator[str]:
    """An explanation for people; ``at`` is the moment as the report writes it."""
    sight = explained.sight
    shown, words = sight.shown(), sight.words
    who = sight.owner.person.who
    head = who if sight.viewer is None else f"{sight.viewer.person.who} sees {who}"
    mark = ", out of office" if shown.out_of_office and shown.shows != "Out of office" else ""
    yield f"{head} at {at}: {shown.shows}{mark} ({shown.colour})"
    yield f"  {explained.sentence}"
    if sight.viewer is not None and explained.reasons:
        names = sight.owner.state.profile.shown_name, sight.viewer.state.profile.shown_name
        yield f"  What {names[0]}'s client said of it, as far as {names[1]} may know:"
    for row in explained.reasons:
        said = f"{row.said}{'' if row.said.endswith('.') else '.'}"
        yield f"  {row.source} {_VERDICTS[row.verdict]}: {said} {row.why}"
    age = _age(explained)
    if explained.read:
        yield f"  {explained.read}{f' It is {words.length(age)} old.' if age is not None else ''}"
    if explained.notice:
        yield f"  {explained.notice}"
    for item in explained.known:
        yield f"  Known: {_item_text(item, explained)}"
    for one in explained.not_known:
        yield f"  Not known yet: {one.text}; {one.why}."
    for problem in explained.problems:
        found = trouble(problem, words)
        yield f"  Problem {problem.name}: {found.title} {found.cause} {found.remedy}"
    for difference in explained.lync:
        yield f"  {words(difference.told)}"


def explanation_object(explained: Explanation, scenario: Scenario) -> dict[str, object]:
    """An explanation for programs."""
    sight, zone = explained.sight, ZoneInfo(scenario.zone)
    shown, words = sight.shown(), sight.words
    age = _age(explained)
    return {
        "file": scenario.file,
        "at": _iso(explained.at, zone),
        "who": sight.owner.person.who,
        "viewer": sight.viewer.person.who if sight.viewer is not None else "",
        "availability": shown.availability,
        "activity": shown.activity,
        "shows": shown.shows,
        "colour": shown.colour,
        "subject": shown.subject,
        "location": sight.item.location if sight.item is not None else "",
        "out_of_office": shown.out_of_office,
        "sentence": explained.sentence,
        "reasons": [
            {"source": r.source, "said": r.said, "verdict": r.verdict, "why": r.why}
            for r in explained.reasons
        ],
        "read": explained.read,
        "notice": explained.notice,
        "checked": _iso(explained.checked, zone),
        "age_s": age // timedelta(seconds=1) if age is not None else None,
        "next_check": _iso(explained.next_check, zone),
        "stale": explained.old,
        "known": [_item(item, zone) for item in explained.known],
        "not_known": [_not_known(one, zone) for one in explained.not_known],
        "reset_waiting": explained.reset_waiting,
        "problems": [
            {"name": p.name, "title": t.title, "cause": t.cause, "remedy": t.remedy}
            for p in explained.problems
            for t in (trouble(p, words),)
        ],
        "lync": [{"name": d.name, "shows": words(d.shows), "told": words(d.told)} for d in explained.lync],
    }


def write_explanation(explained: Explanation, scenario: Scenario, out: TextIO, *, as_json: bool) -> None:
    """Write one explanation, whole."""
    if as_json:
        out.write(json.dumps(explanation_object(explained, scenario)) + "\n")
        return
    at = when(explained.at, scenario)
    out.writelines(f"  {line}\n" for line in explanation_lines(explained, at))


def _age(explained: Explanation) -> timedelta | None:
    return explained.at - explained.checked if explained.checked is not None else None


def _item_text(item: Item | SeenItem, explained: Explanation) -> str:
    words = explained.sight.words
    if isinstance(item, Item):
        return words(describe(item))
    what = "Private" if item.private else f"“{item.subject}”" if item.subject else "Without subject"
    where = f" ({item.location})" if item.location else ""
    return f"{what}{where}, {words.moment(item.start)} to {words.moment(item.end)}"


def _item(item: Item | SeenItem, zone: ZoneInfo) -> dict[str, object]:
    return {
        "subject": item.subject,
        "start": _iso(item.start, zone),
        "end": _iso(item.end, zone),
        "show_as": item.show_as.value,
        "kind": item.kind.value,
    }


def _not_known(one: NotKnown, zone: ZoneInfo) -> dict[str, object]:
    item = _item(one.what.item, zone) if one.what.item is not None else None
    return {"item": item, "became": one.what.what.value, "since": _iso(one.what.since, zone), "why": one.why}


def _iso(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment is not None else None
