"""Time zones in iCalendar: a VTIMEZONE for a zone, and the zone that a VTIMEZONE means."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.ical_text import write_moment
from lyncdesk.exchange_server.model import DAY_NAMES
from lyncdesk.exchange_server.zones import MINUTE, WINDOWS, Transition, occurrence_in_month, transitions

YEARS = 10
"""How many years ahead the changes of a zone are listed whose clocks follow no simple rule."""

Rules = tuple[tuple[int, int, int, timedelta, timedelta], ...]
"""The changes of a year: month, which of its weekday, weekday, time on the clock, offset afterwards."""


def offset(length: timedelta) -> str:
    """A UTC-OFFSET."""
    minutes = int(length / MINUTE)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def zone_lines(name: str, iana: str, year: int) -> Iterator[str]:
    """The VTIMEZONE of a zone under the name `name`: by rules where its year has two changes, else change by
    change.
    """
    zone = ZoneInfo(iana)
    changes = transitions(zone, year)
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{name}"
    if len(changes) == 2:
        for change in changes:
            yield from _observance(change, _rule(change), datetime(1601, 1, 1))  # noqa: DTZ001 - a wall clock
    else:
        at = datetime(year - 1, 1, 1, tzinfo=UTC)
        still = at.astimezone(zone).utcoffset() or timedelta()
        yield from _observance(Transition(at, still, still, False), "", datetime(1601, 1, 1))  # noqa: DTZ001
        for later in range(year - 1, min(year + YEARS, 9990)):
            for change in transitions(zone, later):
                yield from _observance(change, "", change.wall)
    yield "END:VTIMEZONE"


def _rule(change: Transition) -> str:
    number = occurrence_in_month(change.wall)
    day = DAY_NAMES[change.wall.weekday()][:2].upper()
    return f"RRULE:FREQ=YEARLY;BYDAY={-1 if number == 5 else number}{day};BYMONTH={change.wall.month}"


def _observance(change: Transition, rule: str, start: datetime) -> Iterator[str]:
    kind = "DAYLIGHT" if change.daylight else "STANDARD"
    if rule:
        start = datetime.combine(start.date(), change.wall.time())
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{write_moment(start)}"
    yield f"TZOFFSETFROM:{offset(change.before)}"
    yield f"TZOFFSETTO:{offset(change.after)}"
    if rule:
        yield rule
    yield f"END:{kind}"


def rules_of(iana: str, year: int) -> tuple[timedelta, Rules]:
    """The offset at the beginning of a year, and its changes."""
    zone = ZoneInfo(iana)
    found = transitions(zone, year)
    still = datetime(year, 1, 1, tzinfo=UTC).astimezone(zone).utcoffset() or timedelta()
    return still, tuple(
        (
            change.wall.month,
            occurrence_in_month(change.wall),
            change.wall.weekday(),
            change.wall - datetime.combine(change.wall.date(), datetime.min.time()),
            change.after,
        )
        for change in found
    )


@lru_cache(maxsize=4)
def _table(year: int) -> dict[tuple[timedelta, Rules], str]:
    table: dict[tuple[timedelta, Rules], str] = {}
    for zones in WINDOWS.values():
        table.setdefault(rules_of(zones[0], year), zones[0])
    return table


def zone_like(first: timedelta, rules: Rules, year: int) -> str | None:
    """A zone whose clocks go by these rules in a year; None when no zone does."""
    return _table(year).get((first, tuple(sorted(rules))))


def weekday_in_month(year: int, month: int, number: int, weekday: int) -> date:
    """The `number`-th weekday of a month, 5 being the last."""
    first = date(year, month, 1)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
    return found if found.month == month else found - timedelta(days=7)
