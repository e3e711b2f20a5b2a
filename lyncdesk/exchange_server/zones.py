"""Time zones as EWS has them: Windows names, and definitions with periods and transitions.

The rules come from types import MappingProxyType
from zoneinfo, year by year, so that they are those the rest of the server counts with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lyncdesk.exchange_server.markup import Element, t
from lyncdesk.exchange_server.model import DAY_NAMES
from lyncdesk.exchange_server.windows_zones import ROWS

MINUTE = timedelta(minutes=1)


def _windows_names() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in ROWS.splitlines():
        if not line.startswith(" "):
            name, _, line = line.partition("|")
        table[name] = (*table.get(name, ()), *line.split())
    return table


WINDOWS: Mapping[str, tuple[str, ...]] = MappingProxyType(_windows_names())
"""The Windows names and the IANA zones that go by each, the usual one first."""

_IANA = MappingProxyType({zone: windows for windows, zones in WINDOWS.items() for zone in zones})


def iana_of(name: str) -> str | None:
    """The IANA zone of a Windows name; an IANA name is taken as it is; None for any other word."""
    if name in WINDOWS:
        return WINDOWS[name][0]
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def windows_of(iana: str) -> str:
    """The Windows name of an IANA zone, or the IANA name where Windows has none."""
    return _IANA.get(iana, iana)


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of the clocks: at which instant, and the offsets and daylight saving on both sides."""

    at: datetime
    before: timedelta
    after: timedelta
    daylight: bool

    @property
    def wall(self) -> datetime:
        """The moment on the clocks as they were until then."""
        return self.at.replace(tzinfo=None) + self.before


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def transitions(zone: ZoneInfo, year: int) -> list[Transition]:
    """The changes of one year (UTC), to the minute."""
    found: list[Transition] = []
    start, end = (datetime(number, 1, 1, tzinfo=UTC) for number in (year, year + 1))
    at = start
    while at < end:
        later = min(at + timedelta(days=7), end)
        before, after = _offset(zone, at), _offset(zone, later)
        if before != after:
            low, high = at, later
            while high - low > MINUTE:
                middle = low + (high - low) // 2 // MINUTE * MINUTE
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            found.append(Transition(high, before, after, after > before))
        at = later
    return found


def occurrence_in_month(wall: datetime) -> int:
    """Which of its weekday in the month: 1 to 4, or 5 for the last, as a SerializableTimeZone counts."""
    last = (wall + timedelta(days=7)).month != wall.month
    return 5 if last else (wall.day - 1) // 7 + 1


def duration(length: timedelta) -> str:
    """An xs:duration of hours and minutes, with its sign."""
    minutes = int(length / MINUTE)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}PT{hours}H" + (f"{rest}M" if rest else "")


def display_name(iana: str, at: datetime) -> str:
    """As Windows lists zones: "(UTC+01:00) Berlin"."""
    offset = int(min(_offset(ZoneInfo(iana), at + timedelta(days=days)) for days in (0, 182)) / MINUTE)
    shown = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}" if offset else ""
    return f"(UTC{shown}) {iana.rpartition('/')[2].replace('_', ' ')}"


def definition(windows: str, iana: str, year: int, full: bool) -> Element:
    """A TimeZoneDefinition with the rules of `year` and its neighbours, or with the name only."""
    zone = ZoneInfo(iana)
    shown = display_name(iana, datetime(year, 1, 1, tzinfo=UTC))
    if not full:
        return t("TimeZoneDefinition", Id=windows, Name=shown)
    periods: dict[str, Element] = {}
    groups, moves = t("TransitionsGroups"), t("Transitions")

    def period(offset: timedelta, daylight: bool, of: int) -> str:
        kind = "Daylight" if daylight else "Standard"
        ident = f"trule:Microsoft/Registry/{windows}/{of}-{kind}"
        if ident in periods and periods[ident].get("Bias") != duration(-offset):
            ident += f"-{duration(-offset)}"
        periods.setdefault(ident, t("Period", Bias=duration(-offset), Name=kind, Id=ident))
        return ident

    for number, of in enumerate((year - 1, year, year + 1)):
        group = t("TransitionsGroup", Id=str(number))
        changes = transitions(zone, of)
        for change in changes if len(changes) == 2 else ():
            day = occurrence_in_month(change.wall)
            group.append(t(
                "RecurringDayTransition",
                t("To", period(change.after, change.daylight, of), Kind="Period"),
                t("TimeOffset", duration(change.wall - change.wall.replace(hour=0, minute=0))),
                t("Month", str(change.wall.month)),
                t("DayOfWeek", DAY_NAMES[change.wall.weekday()]),
                t("Occurrence", str(-1 if day == 5 else day)),
            ))  # fmt: skip
        if not len(group):
            offset = _offset(zone, datetime(of, 7, 1, tzinfo=UTC))
            group.append(t("Transition", t("To", period(offset, False, of), Kind="Period")))
        groups.append(group)
        target = t("To", str(number), Kind="Group")
        moves.append(
            t("AbsoluteDateTransition", target, t("DateTime", f"{of}-01-01T00:00:00")) if number
            else t("Transition", target)
        )  # fmt: skip
    return t("TimeZoneDefinition", t("Periods", *periods.values()), groups, moves, Id=windows, Name=shown)
