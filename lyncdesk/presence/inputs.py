"""What goes into a presence: the values that :func:`lyncdesk.presence.aggregate.decide` reads.

Source: the project's presence rules, sections 1 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from lyncdesk.presence.items import Item
from lyncdesk.presence.states import EXPIRING, ManualStatus


@dataclass(frozen=True, slots=True)
class Manual:
    """A status that the person picked: what, when, until when (None = no end), on which device."""

    status: ManualStatus
    since: datetime
    until: datetime | None = None
    device: str = ""


def picked(
    status: ManualStatus,
    now: datetime,
    *,
    until: datetime | None = None,
    expiry: timedelta = timedelta(hours=24),
    device: str = "",
) -> Manual:
    """The manual status for a choice made at ``now``; Busy and Do not disturb end after ``expiry`` at
    the latest.
    """
    if status in EXPIRING:
        latest = now + expiry
        until = min(until, latest) if until is not None else latest
    return Manual(status, now, until, device)


@dataclass(frozen=True, slots=True)
class OutOfOffice:
    """Automatic replies that are on: their text, and their times if they are scheduled (None = without
    end).
    """

    note: str = ""
    start: datetime | None = None
    end: datetime | None = None

    def active_at(self, now: datetime) -> bool:
        """Whether replies are sent at ``now`` (half open)."""
        return (self.start is None or self.start <= now) and (self.end is None or now < self.end)


class MachineLevel(IntEnum):
    """How far a machine is from being used, most active first."""

    ACTIVE = 0
    INACTIVE = 1
    AWAY = 2


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine of the person.

    ``idle_since`` is the moment of the last key or pointer movement once there is some idleness, None
    while in use.
    """

    id: str = "this computer"
    idle_since: datetime | None = None
    locked: bool = False
    asleep: bool = False

    @property
    def unattended(self) -> bool:
        """Locked or asleep: nobody can be there, however the time runs."""
        return self.locked or self.asleep

    def level_at(self, now: datetime, rules: Rules) -> MachineLevel:
        """The level at ``now`` (half open: exactly at the threshold the next level holds)."""
        if self.unattended:
            return MachineLevel.AWAY
        if self.idle_since is None or now < self.idle_since + rules.inactive_after:
            return MachineLevel.ACTIVE
        if now < self.idle_since + rules.inactive_after + rules.away_after:
            return MachineLevel.INACTIVE
        return MachineLevel.AWAY


class CalendarUse(StrEnum):
    """Whether the calendar has a say, and why not."""

    READ = "read"
    NOT_YET = "not yet read"
    OFF = "switched off"
    OFF_BY_POLICY = "switched off by the administrator"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a person or an administrator can set about the rules; durations as ``timedelta``.

    ``meeting_while_away``: an unattended person in a meeting shows In a meeting instead of Away.
    """

    inactive_after: timedelta = timedelta(minutes=5)
    away_after: timedelta = timedelta(minutes=5)
    meeting_while_away: bool = False
    ignore_all_day: bool = False


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything one decision reads, beside the time.

    ``items`` are the calendar as last checked; ``machines`` all machines of the person (none = in use).
    """

    signed_in: bool = True
    items: tuple[Item, ...] = ()
    calendar: CalendarUse = CalendarUse.READ
    manual: Manual | None = None
    machines: tuple[Machine, ...] = ()
    out_of_office: OutOfOffice | None = None
    rules: Rules = Rules()
