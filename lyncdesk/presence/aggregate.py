"""One presence from many inputs.

Source: the project's presence rules, section 5. :func:`decide` is a pure function of its inputs and
``now``; nothing
about its answer changes before :func:`next_change`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from lyncdesk.presence.freebusy import stretches
from lyncdesk.presence.inputs import Inputs, MachineLevel, Manual
from lyncdesk.presence.items import CalendarMoment, Item, Kind, calendar_at, makes_busy
from lyncdesk.presence.reasons import (
    Reason,
    Source,
    calendar_reason,
    machine_reason,
    manual_reason,
    nothing_reason,
    out_of_office_reason,
    sign_in_reason,
)
from lyncdesk.presence.states import (
    AVAILABLE,
    AWAY,
    AWAY_CLASS,
    BUSY,
    BUSY_INACTIVE,
    IN_A_MEETING,
    INACTIVE,
    MANUAL_PRESENCE,
    OFFLINE,
    OUT_OF_OFFICE,
    ManualStatus,
    Presence,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A presence, the input that decided it, and the reasons.

    ``item`` is the item on the card and ``more`` the number of further running ones; both stay while a
    status by hand
    wins. ``manual`` is the status by hand that still holds, won or not.
    """

    presence: Presence
    source: Source
    reasons: tuple[Reason, ...]
    item: Item | None = None
    more: int = 0
    manual: Manual | None = None


def manual_until(inputs: Inputs) -> datetime | None:
    """When the manual status ends by time alone, as far as the known items tell; None = not.

    It ends at its ``until``; Available also ends, for good, when a Busy item that started after the
    choice begins.
    """
    manual = inputs.manual
    if manual is None or manual.status is not ManualStatus.AVAILABLE:
        return manual.until if manual is not None else None
    begins = (
        item.start for item in _counting(inputs) if manual.since < item.start < item.end and makes_busy(item)
    )
    return min((end for end in (manual.until, *begins) if end is not None), default=None)


def live_manual(inputs: Inputs, now: datetime) -> Manual | None:
    """The manual status that still holds at ``now``."""
    until = manual_until(inputs)
    return inputs.manual if until is None or now < until else None


def machine_level(inputs: Inputs, now: datetime) -> MachineLevel:
    """The level of the most active machine; a person without a known machine counts as active."""
    levels = (machine.level_at(now, inputs.rules) for machine in inputs.machines)
    return min(levels, default=MachineLevel.ACTIVE)


def decide(inputs: Inputs, now: datetime) -> Decision:
    """The presence at ``now`` and why. The first rule of section 5 that applies decides the number."""
    moment = calendar_at(inputs.items, now, ignore_all_day=inputs.rules.ignore_all_day)
    manual = live_manual(inputs, now)
    level = machine_level(inputs, now)
    replies = inputs.out_of_office is not None and inputs.out_of_office.active_at(now)
    oof = inputs.signed_in and (moment.oof is not None or replies)

    source, presence = _number(inputs, moment, manual, level, oof)
    source, presence = _inactive(source, presence, level)
    reasons = (
        sign_in_reason(inputs, source),
        manual_reason(inputs, manual, source, now),
        machine_reason(inputs, level, manual, source),
        calendar_reason(inputs, moment, source),
        out_of_office_reason(inputs, moment, now),
        nothing_reason(source),
    )
    return Decision(
        replace(presence, out_of_office=oof),
        source,
        tuple(reason for reason in reasons if reason is not None),
        moment.card if inputs.signed_in else None,
        moment.more if inputs.signed_in else 0,
        manual,
    )


def _number(
    inputs: Inputs, moment: CalendarMoment, manual: Manual | None, level: MachineLevel, oof: bool
) -> tuple[Source, Presence]:
    """Rules 1 to 7, in order."""
    if not inputs.signed_in:
        return Source.SIGN_IN, Presence(OFFLINE)
    if manual is not None and manual.status in AWAY_CLASS:
        return Source.MANUAL, MANUAL_PRESENCE[manual.status]
    if level is MachineLevel.AWAY and not _available_holds(inputs, manual):
        if inputs.rules.meeting_while_away and moment.outcome.activity == IN_A_MEETING:
            return Source.CALENDAR, Presence(BUSY, IN_A_MEETING)
        return Source.MACHINE, Presence(AWAY, OUT_OF_OFFICE if oof else "")
    if manual is not None:
        return Source.MANUAL, MANUAL_PRESENCE[manual.status]
    if moment.outcome.availability == BUSY:
        return Source.CALENDAR, Presence(BUSY, moment.outcome.activity)
    return Source.NOTHING, Presence(AVAILABLE)


def _available_holds(inputs: Inputs, manual: Manual | None) -> bool:
    """Manual Available holds while idle, not while every machine is locked or asleep."""
    if manual is None or manual.status is not ManualStatus.AVAILABLE:
        return False
    return any(not machine.unattended for machine in inputs.machines)


def _inactive(source: Source, presence: Presence, level: MachineLevel) -> tuple[Source, Presence]:
    """Rule 8: an automatic 3500 becomes 5000, any 6500 becomes 7500."""
    if level is MachineLevel.ACTIVE:
        return source, presence
    if presence.availability == BUSY:
        return source, replace(presence, availability=BUSY_INACTIVE)
    if source is Source.NOTHING:
        return Source.MACHINE, Presence(INACTIVE)
    return source, presence


def _counting(inputs: Inputs) -> Iterator[Item]:
    ignore = inputs.rules.ignore_all_day
    return (item for item in inputs.items if not (ignore and item.all_day))


def _moments(inputs: Inputs) -> Iterator[datetime]:
    for item in inputs.items:
        yield item.start
        yield item.end
    if inputs.manual is not None and inputs.manual.until is not None:
        yield inputs.manual.until
    for machine in inputs.machines:
        if machine.idle_since is not None and not machine.unattended:
            yield machine.idle_since + inputs.rules.inactive_after
            yield machine.idle_since + inputs.rules.inactive_after + inputs.rules.away_after
    replies = inputs.out_of_office
    if replies is not None:
        yield from (moment for moment in (replies.start, replies.end) if moment is not None)


def next_change(inputs: Inputs, now: datetime) -> datetime | None:
    """The first moment after ``now`` at which :func:`decide` can answer differently; None = never by
    time alone.
    """
    return min((moment for moment in _moments(inputs) if moment > now), default=None)


def shown_until(inputs: Inputs, now: datetime, source: Source | None = None) -> datetime | None:
    """Until when the state that is shown at ``now`` lasts, as far as calendar and manual status tell.

    None when a computer or nothing decides, or when no end is known. ``source`` is what decided, where that
    is known already.
    """
    source = source or decide(inputs, now).source
    if source not in (Source.CALENDAR, Source.MANUAL):
        return None
    moment: datetime | None = now
    manual = inputs.manual if source is Source.MANUAL else None
    if manual is not None:
        moment = manual_until(inputs)
    if moment is None:
        return None
    # From here on the calendar decides, which can go on saying what the status by hand said.
    runs = _busy_runs(inputs, moment)
    run = next((run for run in runs if run[0] <= moment < run[1]), None)
    if manual is not None and MANUAL_PRESENCE[manual.status].text != (run[2] if run else _FREE_TEXT):
        return moment
    return run[1] if run else min((start for start, _, _ in runs if start > moment), default=None)


_FREE_TEXT = Presence(AVAILABLE).text


def _busy_runs(inputs: Inputs, moment: datetime) -> list[tuple[datetime, datetime, str]]:
    """What the calendar alone shows from ``moment`` on, where it is not Available: start, end and text, as
    long as they last.
    """
    runs: list[tuple[datetime, datetime, str]] = []
    busy = (item for item in inputs.items if item.end > moment and makes_busy(item))
    for stretch in stretches(busy, ignore_all_day=inputs.rules.ignore_all_day):
        text = Presence(BUSY, IN_A_MEETING if stretch.kind is Kind.MEETING else "").text
        if runs and runs[-1][1:] == (stretch.start, text):
            runs[-1] = (runs[-1][0], stretch.end, text)
        else:
            runs.append((stretch.start, stretch.end, text))
    return runs
