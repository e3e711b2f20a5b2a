"""A zone as GetUserAvailability has it: minutes that UTC is ahead, and one rule for each change of the
clocks.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.markup import Element, bad_value, choice_of, integer_of, need, only, t, text_of
from lyncdesk.exchange_server.model import DAY_NAMES
from lyncdesk.exchange_server.recurrence import instant
from lyncdesk.exchange_server.zones import MINUTE, Transition, occurrence_in_month, transitions

SERIAL_DAYS = (*DAY_NAMES, "Day", "Weekday", "WeekendDay")


class Clocks(Protocol):
    """The clocks that naive times of a request and its answer are read from."""

    def local(self, at: datetime) -> datetime:
        """The naive wall-clock time of an instant."""

    def instant(self, wall: datetime) -> datetime:
        """The instant of a naive wall-clock time."""


@dataclass(frozen=True, slots=True)
class Named:
    """The clocks of a zone that has a name."""

    zone: ZoneInfo

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone).replace(tzinfo=None)

    def instant(self, wall: datetime) -> datetime:
        return instant(self.zone, wall)


@dataclass(frozen=True, slots=True)
class Rule:
    """When the clocks change in a SerializableTimeZone: the `order`-th `day` of `month`, at `at` after
    midnight.
    """

    bias: int
    at: timedelta
    order: int
    month: int
    day: str

    def wall(self, year: int) -> datetime | None:
        """The moment in `year`, on the clocks as they were until then; None for "never"."""
        if not 1 <= self.month <= 12 or self.day not in DAY_NAMES:
            return None
        first = datetime(year, self.month, 1)  # noqa: DTZ001 - a wall-clock time
        into = (DAY_NAMES.index(self.day) - first.weekday()) % 7
        found = first + timedelta(days=into + 7 * (min(self.order, 5) - 1))
        return (found if found.month == self.month else found - timedelta(days=7)) + self.at


@dataclass(frozen=True, slots=True)
class Biased:
    """A zone given by biases (minutes that UTC is ahead), as GetUserAvailability has it."""

    bias: int
    standard: Rule
    daylight: Rule

    def _is_daylight(self, at: datetime) -> bool:
        """Whether daylight saving holds at a naive UTC moment."""
        begins, ends = self.daylight.wall(at.year), self.standard.wall(at.year)
        if begins is None or ends is None or self.daylight.bias == self.standard.bias:
            return False
        begins += timedelta(minutes=self.bias + self.standard.bias)
        ends += timedelta(minutes=self.bias + self.daylight.bias)
        return begins <= at < ends if begins < ends else not ends <= at < begins

    def local(self, at: datetime) -> datetime:
        """The naive wall-clock time of an instant."""
        plain = at.astimezone(UTC).replace(tzinfo=None)
        rule = self.daylight if self._is_daylight(plain) else self.standard
        return plain - timedelta(minutes=self.bias + rule.bias)

    def instant(self, wall: datetime) -> datetime:
        """The instant of a wall-clock time, the first of two; one that is skipped moves on by the gap."""
        choices = sorted(
            wall + timedelta(minutes=self.bias + rule.bias) for rule in (self.daylight, self.standard)
        )
        for choice in choices:
            if self.local(choice.replace(tzinfo=UTC)) == wall:
                return choice.replace(tzinfo=UTC)
        return choices[-1].replace(tzinfo=UTC)


def read_biased(element: Element) -> Biased:
    """A SerializableTimeZone of a request."""
    found = only(element, "Bias", "StandardTime", "DaylightTime")
    rules = [_read_rule(need(found, name, element)) for name in ("StandardTime", "DaylightTime")]
    return Biased(integer_of(need(found, "Bias", element)), *rules)


def _read_rule(element: Element) -> Rule:
    found = only(element, "Bias", "Time", "DayOrder", "Month", "DayOfWeek", "Year")
    hours, _, rest = text_of(need(found, "Time", element)).strip().partition(":")
    minutes, _, seconds = rest.partition(":")
    numbers = [
        int(part) if part.isascii() and part.isdigit() else -1 for part in (hours, minutes, seconds or "0")
    ]
    if min(numbers) < 0 or numbers[0] > 23 or max(numbers[1:]) > 59:
        raise bad_value("'Time' element", text_of(found["Time"]), element)
    return Rule(
        integer_of(need(found, "Bias", element)),
        timedelta(hours=numbers[0], minutes=numbers[1], seconds=numbers[2]),
        max(1, integer_of(need(found, "DayOrder", element))),
        integer_of(need(found, "Month", element)),
        choice_of(need(found, "DayOfWeek", element), SERIAL_DAYS),
    )


def write_biased(name: str, iana: str, at: datetime) -> Element:
    """A zone by its rules in the year of `at`; without two changes in it, its offset at that moment."""
    zone = ZoneInfo(iana)
    changes = {change.daylight: change for change in transitions(zone, at.year)}
    if len(changes) != 2:
        offset = at.astimezone(zone).utcoffset() or timedelta()
        still = (_write_rule("StandardTime", None, 0), _write_rule("DaylightTime", None, 0))
        return t(name, t("Bias", str(-int(offset / MINUTE))), *still)
    standard = changes[False].after
    saving = -int((changes[True].after - standard) / MINUTE)
    return t(
        name, t("Bias", str(-int(standard / MINUTE))),
        _write_rule("StandardTime", changes[False], 0), _write_rule("DaylightTime", changes[True], saving),
    )  # fmt: skip


def _write_rule(name: str, change: Transition | None, bias: int) -> Element:
    wall = change.wall if change else None
    return t(
        name,
        t("Bias", str(bias)),
        t("Time", wall.time().isoformat() if wall else "00:00:00"),
        t("DayOrder", str(occurrence_in_month(wall) if wall else 0)),
        t("Month", str(wall.month if wall else 0)),
        t("DayOfWeek", DAY_NAMES[wall.weekday()] if wall else "Sunday"),
    )
