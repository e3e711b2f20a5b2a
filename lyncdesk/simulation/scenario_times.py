"""Times as a scenario writes them: on its date, in its zone.

A time that the zone skips is a mistake; one that happens twice means the first.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones, reset_tzpath

from lyncdesk.client.durations import parse_duration
from lyncdesk.simulation.scenario_tables import WrongValueError, nearest

Day = date  # `date` is a field's name below
# What the zone data know and every system can count; a day that is further off is a slip of the pen.
YEARS = range(1970, 2101)
_OUTSIDE = f"scenarios play from {YEARS[0]} to {YEARS[-1]}"
_FORMS = 'write it as "09:30", "09:30:15", or with its day, 2026-03-02T09:30:00'
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FULL = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-5][0-9])?"
)
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")


@contextmanager
def pinned_zones() -> Iterator[None]:
    """Let all zone data come from the pinned tzdata package, so that the machine's own files do not matter.

    It holds for the whole process and is put back at the end; a simulation is all that its process does.
    """
    before = zoneinfo.TZPATH  # looked up now: a name imported from there keeps the value of the import
    reset_tzpath(to=())
    ZoneInfo.clear_cache()
    try:
        yield
    finally:
        reset_tzpath(to=before)
        ZoneInfo.clear_cache()


def zone_name(value: object) -> str:
    """The IANA name of a zone."""
    if not isinstance(value, str):
        raise WrongValueError('a zone is text like "Europe/Berlin"')
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongValueError(f"no such zone{nearest(value, sorted(available_timezones()))}") from error
    return value


def day(value: object) -> date:
    """A date, as TOML has it or as text."""
    found = None
    if isinstance(value, date) and not isinstance(value, datetime):
        found = value
    elif isinstance(value, str) and _DAY.fullmatch(value) is not None:
        with suppress(ValueError):
            found = date.fromisoformat(value)
    if found is None:
        raise WrongValueError("a date is needed here, like 2026-03-02")
    if found.year not in YEARS:
        raise WrongValueError(_OUTSIDE)
    return found


def duration(value: object) -> timedelta:
    """How long something lasts; more than nothing."""
    if not isinstance(value, str):
        raise WrongValueError('a duration is text like "30m", "1h30m" or "00:30:00"')
    try:
        found = parse_duration(value)
    except (ValueError, OverflowError) as error:
        raise WrongValueError('no duration; write it like "30m", "1h30m" or "00:30:00"') from error
    if not timedelta() < found <= timedelta(days=366):
        raise WrongValueError("a duration is more than nothing and at most a year")
    return found


@dataclass(frozen=True, slots=True)
class Times:
    """Turns what a file says into instants."""

    zone: ZoneInfo
    date: date

    def moment(self, value: object) -> datetime:
        """An instant, UTC: a time on the date, or a full date-time, of the zone unless it has an offset."""
        found = self._read(value)
        if isinstance(found, time):
            found = datetime.combine(self.date, found)
        if found.microsecond:
            raise WrongValueError("times are in whole seconds")
        if found.year not in YEARS:
            raise WrongValueError(_OUTSIDE)
        return found.astimezone(UTC) if found.tzinfo is not None else self._local(found)

    def midnight(self, value: object) -> datetime:
        """The instant at which a day begins (where the zone skips midnight: the first instant of the day)."""
        return self.begin(day(value))

    def begin(self, which: Day) -> datetime:
        """The instant at which a date begins."""
        return datetime.combine(which, time(), self.zone).astimezone(UTC)

    def none_or_moment(self, value: object) -> datetime | None:
        """An instant, or None for ""."""
        return None if value == "" else self.moment(value)

    def _read(self, value: object) -> datetime | time:
        if isinstance(value, datetime | time):
            return value
        if isinstance(value, str):
            match = _CLOCK.fullmatch(value)
            try:
                if match is not None:
                    hour, minute, second = (int(part or 0) for part in match.groups())
                    return time(hour, minute, second)
            except ValueError as error:
                raise WrongValueError("no such time; a day goes from 00:00:00 to 23:59:59") from error
            if _FULL.fullmatch(value) is not None:
                try:
                    return datetime.fromisoformat(value)
                except ValueError as error:
                    raise WrongValueError("there is no such day, time or offset") from error
        raise WrongValueError(f"no time; {_FORMS}")

    def _local(self, wall: datetime) -> datetime:
        instant = wall.replace(tzinfo=self.zone).astimezone(UTC)
        back = instant.astimezone(self.zone).replace(tzinfo=None)
        if back != wall:
            raise WrongValueError(
                f"{self.zone.key} skips this time (clocks go from {self._gap(wall)}); give another"
            )
        return instant

    def _gap(self, wall: datetime) -> str:
        before = wall.replace(tzinfo=self.zone).utcoffset()
        after = wall.replace(tzinfo=self.zone, fold=1).utcoffset()
        if before is None or after is None or after <= before:
            return "one time to a later one"
        # The first local time that exists again is the gap's end.
        step = timedelta(minutes=1)
        end = wall.replace(second=0)
        while end.replace(tzinfo=self.zone).astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != end:
            end += step
        return f"{end - (after - before):%H:%M} to {end:%H:%M}"
