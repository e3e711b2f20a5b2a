"""The sample organisation as values: its people, their calendars and their habits.

What is in it stands in ``resources/sample_organisation.toml``, whose head explains the keys;
:mod:`lyncdesk.simulation.organisation_file` reads it. Days are days of the week, so the organisation lives in
any week, and times are wall-clock times of each person's own zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from lyncdesk.presence.freebusy import WorkingHours
from lyncdesk.presence.items import Kind, Response, ShowAs
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """An item that comes back each week. ``end`` at or before ``start`` is on the next day.

    ``days`` are weekdays (Monday = 0); an all-day item lasts from midnight to midnight.
    """

    subject: str
    days: frozenset[int] = WEEKDAYS
    start: time = time()
    end: time = time()
    location: str = ""
    show_as: ShowAs = ShowAs.BUSY
    kind: Kind = Kind.APPOINTMENT
    private: bool = False
    all_day: bool = False
    cancelled: bool = False
    response: Response = Response.ACCEPTED


class Doing(StrEnum):
    """What a person does by habit."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    SET_STATUS = "set_status"
    RESET_STATUS = "reset_status"
    LEAVE = "leave"  # no key or pointer is moved any more
    LOCK = "lock"
    RETURN = "return"  # the computer is in use again


@dataclass(frozen=True, slots=True)
class Habit:
    """What a person does each week at a time of day; ``status`` belongs to SET_STATUS."""

    doing: Doing
    at: time
    days: frozenset[int] = WEEKDAYS
    status: ManualStatus = ManualStatus.AVAILABLE


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the organisation.

    ``key`` is the name in the file. The calendar is checked every ``check_interval``, for the first time
    ``check_offset`` after the beginning. ``calendar_fails`` is the name of a problem that every check meets
    from ``works_for`` after the beginning on ("" = none). ``automatic_replies`` is their text, "" = off.
    """

    key: str
    profile: Profile
    aliases: tuple[str, ...] = ()
    working_hours: WorkingHours = field(default_factory=WorkingHours)
    check_interval: timedelta = timedelta(minutes=30)
    check_offset: timedelta = timedelta()
    calendar_fails: str = ""
    works_for: timedelta = timedelta()
    automatic_replies: str = ""
    note: str = ""
    contacts: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    gives: Mapping[str, Relationship] = field(default_factory=dict, hash=False)
    plans: tuple[Plan, ...] = ()
    habits: tuple[Habit, ...] = ()

    @property
    def address(self) -> str:
        """The identity."""
        return self.profile.address


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everybody; ``me`` is the person at whose screen one sits, and comes first in ``members``."""

    members: tuple[Member, ...]

    @property
    def me(self) -> Member:
        """The signed-in person."""
        return self.members[0]

    @property
    def others(self) -> tuple[Member, ...]:
        """Everybody else."""
        return self.members[1:]


def occurrences(habits: tuple[Habit, ...], zone: str, after: datetime) -> Iterator[tuple[datetime, Habit]]:
    """What a person does after a moment, in order, without end (unless there is no habit at all)."""
    tz = ZoneInfo(zone)
    day = after.astimezone(tz).date() - A_DAY
    while any(habit.days for habit in habits):
        today = [
            (datetime.combine(day, habit.at, tz).astimezone(UTC), habit)
            for habit in habits
            if day.weekday() in habit.days
        ]
        today.sort(key=lambda one: one[0])
        yield from (one for one in today if one[0] > after)
        day += A_DAY
