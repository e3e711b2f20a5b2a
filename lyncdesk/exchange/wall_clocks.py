"""The clocks of a zone that Exchange describes: by a name that is known, or by its rules.

The names are those of Windows, or of IANA. "Customized Time Zone" and words of other languages name nothing;
then the rules count that came with the name: periods and transitions (Exchange 2010 and later,
TimeZoneDefinitionType) or a base offset with two changes (Exchange 2007, TimeZoneType).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lyncdesk.exchange import reading
from lyncdesk.exchange.recurring import DAYS

_T: Final = reading.TYPES
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_WEEKS: Final = {"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": 5}
_MOST: Final = 200  # periods, groups and changes that are read of one zone
_DURATION = re.compile(r"(-)?P(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})(?:\.\d+)?S)?)?")


@dataclass(frozen=True, slots=True)
class NamedClock:
    """The clocks of a zone of the time-zone database."""

    zone: ZoneInfo

    def wall(self, moment: datetime) -> datetime:
        """What they show at a moment."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def moment(self, wall: datetime) -> datetime:
        """When they show it; the first of two, and past a gap by its length."""
        return wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Turn:
    """A yearly change of the clocks: ``bias`` (UTC = local + bias) holds from then on.

    On the ``week``-th (5 = last) ``day`` of the month (Monday = 0), or on a fixed ``day_of_month``; ``at`` is
    counted from midnight on the clocks as they were until then.
    """

    bias: timedelta
    month: int
    at: timedelta
    week: int = 0
    day: int = 0
    day_of_month: int = 0

    def wall(self, year: int) -> datetime:
        """What the clocks showed at the change."""
        following = date(year + self.month // 12, self.month % 12 + 1, 1)
        first = date(year, self.month, 1)
        if self.day_of_month:
            found = min(first + timedelta(days=self.day_of_month - 1), following - timedelta(days=1))
        else:
            found = first + timedelta(days=(self.day - first.weekday()) % 7 + 7 * (self.week - 1))
            while found >= following:
                found -= timedelta(days=7)
        return datetime(found.year, found.month, found.day) + self.at  # noqa: DTZ001  local by definition


@dataclass(frozen=True, slots=True)
class RuledClock:
    """The clocks of a zone that is known by its rules alone: a bias, and the changes of each year if any."""

    bias: timedelta
    turns: tuple[Turn, ...] = ()

    def _bias_at(self, moment: datetime) -> timedelta:
        """The bias at a moment, which is naive and in UTC."""
        turns = sorted(self.turns, key=lambda turn: turn.wall(2000))
        bias = turns[-1].bias if turns else self.bias
        for year in (moment.year - 1, moment.year, moment.year + 1):
            for turn in turns:
                if 1 < year < 9998 and turn.wall(year) + bias <= moment:
                    bias = turn.bias
        return bias

    def wall(self, moment: datetime) -> datetime:
        """What they show at a moment."""
        plain = moment.astimezone(UTC).replace(tzinfo=None)
        return plain - self._bias_at(plain)

    def moment(self, wall: datetime) -> datetime:
        """When they show it; the first of two, and past a gap by its length."""
        biases = sorted({self.bias, *(turn.bias for turn in self.turns)})
        fitting = [wall + bias for bias in biases if self._bias_at(wall + bias) == bias]
        # In a gap the clocks of before it count on.
        found = min(fitting) if fitting else wall + self._bias_at(wall + biases[0] - timedelta(days=1))
        return found.replace(tzinfo=UTC)


Clock = NamedClock | RuledClock
ZoneOf = Callable[[str], str | None]
UTC_CLOCK: Final = RuledClock(timedelta())


def clock_of(item: Any, zone_of: ZoneOf, at: datetime) -> Clock | None:
    """The clocks of an item's zone as the server describes them at a time; None if it does not.

    ``zone_of`` gives the IANA name for one of Windows. A start with an offset, as some servers send it, is at
    least that.
    """
    for name, attribute, read in (
        ("StartTimeZone", "Id", _definition),
        ("MeetingTimeZone", "TimeZoneName", _of_2007),
    ):
        element = item.find(_T + name)
        if element is None:
            continue
        clock = _named(element.get(attribute) or "", zone_of) or _named(element.get("Name") or "", zone_of)
        try:
            clock = clock or read(element, at)
        except (ValueError, KeyError, TypeError, OverflowError, reading.DamagedAnswerError):
            clock = None
        if clock is not None:
            return clock
    return _named((item.findtext(f"{_T}StartTimeZoneId") or ""), zone_of) or _by_offset(item)


def _named(name: str, zone_of: ZoneOf) -> Clock | None:
    try:
        return NamedClock(ZoneInfo(zone_of(name) or name)) if name.strip() else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _by_offset(item: Any) -> Clock | None:
    text = (item.findtext(f"{_T}Start") or "").strip()
    try:
        offset = datetime.fromisoformat(text).utcoffset()
    except ValueError:
        return None
    return RuledClock(-offset) if offset else None


def duration(text: str | None) -> timedelta:
    """An xs:duration of days, hours, minutes and seconds.

    Raises:
        ValueError: if it is none.
    """
    found = _DURATION.fullmatch((text or "").strip())
    if found is None:
        raise ValueError("no duration")
    sign, days, hours, minutes, seconds = found.groups("0")
    length = timedelta(days=int(days), hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    return -length if sign == "-" else length


def _definition(element: Any, at: datetime) -> Clock | None:
    """A TimeZoneDefinitionType: the group of changes that is in force at a time."""
    biases = {
        period.get("Id"): duration(period.get("Bias"))
        for period in element.findall(f"{_T}Periods/{_T}Period")[:_MOST]
    }
    groups = {
        group.get("Id"): group
        for group in element.findall(f"{_T}TransitionsGroups/{_T}TransitionsGroup")[:_MOST]
    }
    if not biases:
        return None
    steps = element.find(f"{_T}Transitions")
    current = next(iter(biases.values()))
    group = next(iter(groups.values()), None)
    for step in () if steps is None else steps[:_MOST]:
        begins = step.findtext(f"{_T}DateTime")
        if begins is not None and reading.instant(begins) > at:
            break
        to = step.find(f"{_T}To")
        if to is not None and to.get("Kind") == "Group":
            group = groups[to.text]
        elif to is not None:
            group, current = None, biases[to.text]
    if group is None:
        return RuledClock(current)
    changes = [(change, biases[change.findtext(f"{_T}To")]) for change in group[:_MOST]]
    turns = tuple(_turn(change, bias) for change, bias in changes if change.find(f"{_T}Month") is not None)
    standing = [bias for change, bias in changes if change.find(f"{_T}Month") is None]
    return RuledClock(standing[0] if standing else current, turns)


def _turn(change: Any, bias: timedelta) -> Turn:
    month, at = int(change.findtext(f"{_T}Month")), duration(change.findtext(f"{_T}TimeOffset"))
    day = change.findtext(f"{_T}Day")
    if day is not None:
        return _checked(Turn(bias, month, at, day_of_month=int(day)))
    week = int(change.findtext(f"{_T}Occurrence"))
    return _checked(
        Turn(bias, month, at, 5 if week == -1 else week, _weekday(change.findtext(f"{_T}DayOfWeek")))
    )


def _of_2007(element: Any, _at: datetime) -> Clock | None:
    """A TimeZoneType: a base offset, and how the offsets of its two halves of the year differ from it."""
    base = element.findtext(f"{_T}BaseOffset")
    if base is None:
        return None
    turns = []
    for name in ("Standard", "Daylight"):
        change = element.find(_T + name)
        if change is None:
            return RuledClock(duration(base))
        bias = duration(base) + duration(change.findtext(f"{_T}Offset"))
        hours, minutes, *_ = (change.findtext(f"{_T}Time") or "").strip().split(":")
        at = timedelta(hours=int(hours), minutes=int(minutes))
        yearly, day = change.find(f"{_T}RelativeYearlyRecurrence"), change.findtext(f"{_T}AbsoluteDate")
        if yearly is not None:
            month = _MONTHS.index((yearly.findtext(f"{_T}Month") or "").strip()) + 1
            week = _WEEKS[(yearly.findtext(f"{_T}DayOfWeekIndex") or "").strip()]
            turns.append(_checked(Turn(bias, month, at, week, _weekday(yearly.findtext(f"{_T}DaysOfWeek")))))
        elif day is not None:
            fixed = date.fromisoformat(day.strip()[:10])
            turns.append(Turn(bias, fixed.month, at, day_of_month=fixed.day))
        else:
            return RuledClock(duration(base))
    return RuledClock(turns[0].bias, tuple(turns))


def _weekday(name: str | None) -> int:
    [day] = DAYS[(name or "").strip()]
    return day


def _checked(turn: Turn) -> Turn:
    fits = 1 <= turn.month <= 12 and (1 <= turn.day_of_month <= 31 or 1 <= turn.week <= 5)
    if not fits or abs(turn.at) > timedelta(days=2) or abs(turn.bias) > timedelta(days=1):
        raise ValueError("a change of the clocks is out of range")
    return turn
