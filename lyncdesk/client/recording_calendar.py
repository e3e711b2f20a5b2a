"""The calendar's part of a recording: when it was read, what the checks brought, and the items, without
subjects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lyncdesk.client.problems import OF_CHECKS, Problem
from lyncdesk.client.recording_text import FAR, SECOND, Raw, Table, Times
from lyncdesk.client.state import State
from lyncdesk.presence.items import Item, ShowAs, details_missing, precedence

WHO = "me"
MAXIMUM_ITEMS = 1000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the scenario."""

    at: datetime
    do: str
    more: dict[str, Raw]


@dataclass(slots=True)
class Tape:
    """What was recorded so far; steps of one moment happen in the order in which they were added."""

    steps: list[Step] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def step(self, at: datetime, do: str, **more: Raw) -> None:
        """Record a step."""
        self.steps.append(Step(at, do, more))


@dataclass(frozen=True, slots=True)
class FirstCheck:
    """The check at the sign-in of the scenario. ``open``: it stands for one that was under way or due, whose
    end nobody knows yet.
    """

    at: datetime
    open: bool = False


def failure_of(state: State) -> Problem | None:
    """What keeps the calendar from being read."""
    return state.calendar.problem if state.options.calendar_in_use else None


def first_check(state: State, times: Times) -> FirstCheck:
    """The check that brought what is known, or that is to be."""
    calendar, failure = state.calendar, failure_of(state)
    failed_at = times.moved(calendar.failed_at) if calendar.failed_at is not None else times.at
    if not state.signed_in or not state.options.calendar_in_use:
        return FirstCheck(failed_at if failure is not None else times.at)
    if calendar.as_of is None:
        return FirstCheck(failed_at if failure is not None else times.at, failure is None)
    # Rounded up, because data turn old right after so many whole seconds.
    as_of = times.ago(calendar.as_of, FAR, up=True)
    if failure is None and as_of + state.options.interval <= times.at:
        return FirstCheck(times.at, open=True)
    return FirstCheck(as_of)


def play_exchange(state: State, first: FirstCheck, times: Times, tape: Tape) -> None:
    """What the checks bring: automatic replies and failures."""
    calendar, failure = state.calendar, failure_of(state)
    before = first.at - SECOND  # what a check is to meet has to be there before it
    replies = calendar.out_of_office
    if replies is not None and replies.active_at(times.now):
        tape.step(before, "out_of_office", note="")
    if failure is None or failure.name not in OF_CHECKS:
        return
    if calendar.as_of is None or not state.signed_in:
        tape.step(before, "exchange_fails", problem=failure.name)
        return
    tape.step(first.at, "exchange_fails", problem=failure.name)
    failed_at = times.moved(calendar.failed_at) if calendar.failed_at is not None else times.at
    tape.step(max(failed_at, first.at), "check_now")


def items_of(state: State, times: Times, tape: Tape) -> Iterator[tuple[Item, Table]]:
    """Those of today, and one of another day where it alone shows that details are missing."""
    begin, end = times.midnight(times.today), times.midnight(times.today + _DAY)
    told = [item for item in state.calendar.items if _can_be_told(state, item, times, tape)]
    today = [i for i in told if (i.start < end and begin < i.end) or i.runs_at(times.now)]
    if not state.calendar.details and not details_missing(today):
        today += [item for item in told if details_missing([item])][:1]
    ranked = sorted(today, key=lambda item: (not item.runs_at(times.now), precedence(item)))
    if len(ranked) > MAXIMUM_ITEMS:
        tape.left_out.append(f"{len(ranked) - MAXIMUM_ITEMS} items of a very full day")
    for number, item in enumerate(sorted(ranked[:MAXIMUM_ITEMS], key=lambda item: item.start), 1):
        yield item, _item(number, item, times)


def _can_be_told(state: State, item: Item, times: Times, tape: Tape) -> bool:
    why = untold(item, times, ignore_all_day=state.options.ignore_all_day)
    tape.left_out += [why] if why else []
    return not why


def untold(item: Item, times: Times, *, ignore_all_day: bool = False) -> str:
    """What keeps an item from being told in a scenario, "" = nothing."""
    span = f"{times.moved(item.start):%Y-%m-%dT%H:%M:%SZ} to {times.moved(item.end):%Y-%m-%dT%H:%M:%SZ}"
    if item.show_as is ShowAs.NO_DATA:
        return f"an item whose Show As the server did not tell, {span}"
    if item.all_day and ignore_all_day and not _whole_days(item, times):
        return f"an all-day item of another time zone, {span}"
    return ""


def _whole_days(item: Item, times: Times) -> bool:
    return all(times.is_midnight(times.moved(moment)) for moment in (item.start, item.end))


def _item(number: int, item: Item, times: Times) -> Table:
    strange = item.all_day and not _whole_days(item, times)
    comments = ("an all-day item of another time zone",) if strange else ()
    values = {"subject": f"Item {number}"} | item_values(item, times)
    return Table(f"[[people.{WHO}.items]]", values, comments)


def item_values(item: Item, times: Times, owner: Times | None = None) -> dict[str, Raw]:
    """An item as a scenario has it, without a word that a person wrote. ``owner`` has the days of its owner,
    where that one is in another zone than the scenario.
    """
    days = owner or times
    start, end = times.moved(item.start), times.moved(item.end)
    values: dict[str, Raw]
    if item.all_day and _whole_days(item, days):
        values = {"start": start.astimezone(days.zone).date(), "end": end.astimezone(days.zone).date()}
        values["all_day"] = True
    else:
        values = {"start": times.written(start), "end": times.written(end)}
    values |= {"show_as": str(item.show_as.value), "kind": str(item.kind.value)}
    values |= {name: True for name in ("private", "cancelled") if getattr(item, name)}
    values["response"] = str(item.response.value)
    return values
