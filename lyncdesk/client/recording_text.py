"""The text of a recorded scenario: tables of TOML, and times as a scenario writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Raw = bool | int | str | date | datetime | Mapping[str, "Raw"]

SECOND = timedelta(seconds=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# What lies further off than this is moved here: it makes no difference to the day.
FAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Table:
    """One table, with comments under its heading; "" = the top of the file."""

    heading: str
    values: Mapping[str, Raw]
    comments: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The lines, an empty one before the heading."""
        if self.heading:
            yield from ("", self.heading)
        yield from (f"# {comment}" for comment in self.comments)
        yield from (f"{key} = {_toml(value)}" for key, value in self.values.items())


def _toml(value: Raw) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _quoted(value)
        case date():
            return value.isoformat()
    return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"


def _quoted(text: str) -> str:
    """Text as TOML has it: what people wrote may hold anything."""
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def seconds(moment: datetime) -> int:
    """The moment in whole seconds since 1970, as a scenario has it: nothing is moved past another."""
    return (moment - _BEGINNING) // SECOND


def instant(at: int) -> datetime:
    """The moment of so many seconds."""
    return _BEGINNING + at * SECOND


class Times:
    """Times around ``now``, the moment of the recording, in whole seconds; ``at`` is now in whole seconds.

    Each is moved, by less than one, so that everything which was over, was running or was to come still is.
    """

    def __init__(self, now: datetime, zone: str) -> None:
        self.now = now
        self.at = now.astimezone(UTC).replace(microsecond=0)
        try:
            self.zone, self.zone_name = ZoneInfo(zone), zone
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.zone, self.zone_name = ZoneInfo("UTC"), "UTC"

    @property
    def today(self) -> date:
        """The local date."""
        return self.at.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """When a local day begins."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def is_midnight(self, moment: datetime) -> bool:
        """Whether a local day begins then."""
        return self.midnight(moment.astimezone(self.zone).date()) == moment

    def moved(self, moment: datetime) -> datetime:
        """The moment in whole seconds, on the same side of now, and not too far off."""
        second = moment.astimezone(UTC).replace(microsecond=0)
        if moment <= self.now:
            return max(min(second, self.at), self.at - FAR)
        return min(max(second, self.at + SECOND), self.at + FAR)

    def ago(self, moment: datetime, longest: timedelta, *, up: bool = False) -> datetime:
        """As many whole seconds ago as the moment is, rounded down or ``up``; none at least."""
        exact = self.now - moment
        seconds = -(-exact // SECOND) if up else exact // SECOND
        return self.at - min(max(seconds * SECOND, timedelta()), longest)

    def written(self, moment: datetime) -> Raw:
        """As a scenario has it: the time alone on its date, where that time is not there twice."""
        local = moment.astimezone(self.zone)
        twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
        if local.date() != self.today or twice:
            return local
        return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
