"""One presence from many inputs.

Source: the project's presence rules, section 5. :func:`decide` is a pure function of its inputs and
``now``; nothing
about its answer changes before :func:`next_change`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from lyncdesk.presence.inputs import Inputs, MachineLevel, Manual
from lyncdesk.presence.items import CalendarMoment, Item, calendar_at, makes_busy
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


def live_manual(inputs: Inputs, now: datetime) -> Manual | None:
    """The manual status that still holds at ``now``.

    It ends at its ``until``; Available also ends, for good, when a Busy item that started after the
    choice begins.
    """
    manual = inputs.manual
    if manual is None or (manual.until is not None and manual.until <= now):
        return None
    if manual.status is ManualStatus.AVAILABLE and any(
        manual.since < item.start <= now and item.start < item.end and makes_busy(item)
        for item in _counting(inputs)
    ):
        return None
    return manual


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


_STEPS = 64


def shown_until(inputs: Inputs, now: datetime) -> datetime | None:
    """Until when the state that is shown at ``now`` lasts, as far as calendar and manual status tell.

    None when a computer or nothing decides, or when no end is known. Bounded: looks over 64 boundaries.
    """
    decision = decide(inputs, now)
    if decision.source not in (Source.CALENDAR, Source.MANUAL):
        return None
    # Where the calendar decides, no status by hand is shown (it may wait behind a meeting while away).
    manual = inputs.manual if decision.source is Source.MANUAL else None
    quiet = replace(inputs, machines=(), manual=manual)
    text = decide(quiet, now).presence.text
    moment = now
    for _ in range(_STEPS):
        following = next_change(quiet, moment)
        if following is None:
            return None
        moment = following
        if decide(quiet, moment).presence.text != text:
            return moment
    return None
