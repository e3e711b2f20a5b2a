"""From the time-zone rules that Exchange sends with working hours to the name of a zone.

GetUserAvailability describes a zone by its bias and its two yearly changes ([MS-OXWAVLS]
SerializableTimeZone); the name is not sent. A zone fits if it has the same offset at every hour of the
year.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@dataclass(frozen=True, slots=True)
class Change:
    """One yearly change: from then on local time is UTC - (zone bias + ``bias``) minutes.

    The ``week``-th (5 = last) ``day`` of ``month``, at ``at`` in the local time that ends.
    """

    bias: int
    month: int
    week: int
    day: str
    at: time

    def moment(self, year: int) -> datetime:
        """The naive local time of the change in a year."""
        wanted = (_DAYS.index(self.day) - 1) % 7
        first = datetime(year, self.month, 1)  # noqa: DTZ001  naive by definition: local time of an unnamed zone
        day = 1 + (wanted - first.weekday()) % 7 + 7 * (self.week - 1)
        length = ((first + timedelta(days=31)).replace(day=1) - first).days
        while day > length:
            day -= 7
        return datetime.combine(first.replace(day=day), self.at)


@dataclass(frozen=True, slots=True)
class ZoneRules:
    """A zone as Exchange describes it: ``bias`` in minutes (UTC = local + bias), and its changes if any."""

    bias: int
    standard: Change | None = None
    daylight: Change | None = None

    def offset_at(self, moment: datetime) -> timedelta:
        """The offset from UTC at an aware moment."""
        standard = timedelta(minutes=-(self.bias + (self.standard.bias if self.standard else 0)))
        if not self.standard or not self.daylight or self.standard.bias == self.daylight.bias:
            return standard
        summer = timedelta(minutes=-(self.bias + self.daylight.bias))
        plain = moment.astimezone(UTC).replace(tzinfo=None)
        year = (plain + standard).year
        begins = self.daylight.moment(year) - standard
        ends = self.standard.moment(year) - summer
        in_summer = begins <= plain < ends if begins < ends else not ends <= plain < begins
        return summer if in_summer else standard


def zone_named(rules: ZoneRules, year: int, candidates: Iterable[str]) -> str | None:
    """The first candidate that keeps the rules during the year; a fixed offset as Etc/GMT; else None."""
    day = datetime(year, 1, 1, 0, 30, tzinfo=UTC)
    moments = [day + timedelta(hours=6 * n) for n in range(4 * 365)]
    offsets = [rules.offset_at(moment) for moment in moments]
    few = tuple(zip(moments[::97], offsets[::97], strict=True))
    for name in candidates:
        try:
            zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
        # A few moments tell most zones apart; only a zone that passes is compared throughout.
        if _keeps(zone, few) and _keeps(zone, zip(moments, offsets, strict=True)):
            return name
    hours, rest = divmod(rules.bias, 60)
    fixed = len(set(offsets)) == 1 and rest == 0 and -14 <= hours <= 12
    return f"Etc/GMT{hours:+d}" if fixed else None


def _keeps(zone: ZoneInfo, times: Iterable[tuple[datetime, timedelta]]) -> bool:
    return all(moment.astimezone(zone).utcoffset() == offset for moment, offset in times)
