"""What the worker can be asked to do: one table, read by the worker, filled here and nowhere else.

An operation is a generator of parts. Each part travels as soon as it is there, so that a later request of
the same operation which hangs or fails does not lose what an earlier one brought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from lyncdesk.client.problems import PROBLEMS
from lyncdesk.exchange import reading, services
from lyncdesk.exchange.changing import change_show_as
from lyncdesk.exchange.discovery import discover
from lyncdesk.exchange.gate import REFUSALS
from lyncdesk.exchange.services import Link
from lyncdesk.exchange.translate import translate
from lyncdesk.exchange.zones import Change, ZoneRules, zone_named
from lyncdesk.presence.freebusy import decode_merged

Part = dict[str, object]
Arguments = dict[str, Any]
Operation = Callable[[Link, Arguments], Iterator[Part]]

_T: Final = reading.TYPES
_UNEXPANDED = "This server does not expand recurring items; some may be missing."
_FREE_BUSY_ONLY = "The calendar may not be opened; its free/busy information is used."
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def check(link: Link, arguments: Arguments) -> Iterator[Part]:
    """Read the calendar: the items of a window, then automatic replies, then working hours if wanted."""
    start, end = (datetime.fromisoformat(arguments[name]) for name in ("start", "end"))
    view, denied = None, None
    try:
        found = link.find_items(start, end, arguments["limit"])
    except Exception as error:
        if not services.refused(error) or _problem(error) != "access-denied":
            raise
        denied = error
    if denied is None:
        rows = reading.Rows()
        for told in found:
            rows.add(told, private=reading.sensitivity_is_private(told.get("Sensitivity")))
        limits = [_UNEXPANDED] if rows.unexpanded else []
    else:
        view = _own_view(link, start, end, denied)
        rows, limits = (
            _rows_of(view, start),
            [_FREE_BUSY_ONLY],
        )
    yield {"items": rows.rows, "details": rows.details, "limits": limits}
    yield from _beside(lambda: {"out_of_office": _oof_values(link)}, "Automatic replies could not be read")
    if arguments.get("working_hours"):
        yield from _beside(
            lambda: {"working_hours": _working_hours(view or _own_view(link, start, end), start.year)},
            "Working hours could not be read",
        )


def probe(link: Link, arguments: Arguments) -> Iterator[Part]:
    """One cheap request that needs all that a check needs: connection, encryption, sign-in, calendar."""
    start = datetime.fromisoformat(arguments["start"])
    try:
        link.find_one(start, start + timedelta(days=1))
    except Exception as error:
        if not services.refused(error) or _problem(error) != "access-denied":
            raise
        denied = error
    else:
        yield {"calendar": "items"}
        return
    _own_view(link, start, start + timedelta(days=1), denied)
    yield {"calendar": "free/busy"}


# To add an operation, add a line here.
OPERATIONS: Final[dict[str, Operation]] = {
    "check": check,
    "probe": probe,
    "discover": discover,
    "change-show-as": change_show_as,
}


def _problem(error: BaseException) -> str:
    return translate(error).problem


def _beside(read: Callable[[], Part], words: str) -> Iterator[Part]:
    """A part that a check can do without: where it fails, the check says so and goes on.

    Only a refused password ends everything: nothing more is to be sent with it.
    """
    try:
        part = read()
    except Exception as error:
        problem = _problem(error)
        if problem in REFUSALS:
            raise
        yield {"limits": [f"{words}. {PROBLEMS[problem].title}"]}
    else:
        yield part


def _oof_values(link: Link) -> list[str | None] | None:
    found = link.out_of_office()
    if found is None:
        return None
    return [found.note, *(moment and moment.isoformat() for moment in (found.start, found.end))]


def _own_view(link: Link, start: datetime, end: datetime, denied: Exception | None = None) -> Any:
    """The person's own FreeBusyView; if none comes, what was denied before is the problem to tell."""
    try:
        views = link.availability([link.address], start, end)
        if len(views) != 1 or views[0] is None:
            raise reading.DamagedAnswerError("no free/busy information came")
        if isinstance(views[0], Exception):
            raise views[0]
    except Exception as error:
        if denied is None or _problem(error) in REFUSALS:
            raise
        raise denied from None
    return views[0]


def _rows_of(view: Any, start: datetime) -> reading.Rows:
    """Items of a FreeBusyView: of its events, or of its merged digits if that is all there is."""
    rows = reading.Rows()
    events = view.find(f"{_T}CalendarEventArray")
    for event in () if events is None else events:
        told = reading.told_by(event)
        details = event.find(f"{_T}CalendarEventDetails")
        if details is not None:
            told |= reading.told_by(details)
        told["Id"] = told.get("ID")
        private = reading.flag(told.get("IsPrivate"))
        rows.add(told, private=private, start="StartTime", end="EndTime", show_as="BusyType")
    merged = view.findtext(f"{_T}MergedFreeBusy")
    if events is None and merged:
        for stretch in decode_merged(merged.strip(), start, timedelta(minutes=services.MERGED_MINUTES)):
            told = {"S": stretch.start.isoformat(), "E": stretch.end.isoformat(), "B": stretch.show_as.value}
            rows.add(told, private=None, start="S", end="E", show_as="B")
    return rows


def _working_hours(view: Any, year: int) -> Part:
    """Zone, weekdays (Monday = 0), minutes from midnight: the period that holds on most days."""
    hours = view.find(f"{_T}WorkingHours")
    if hours is None:
        raise reading.DamagedAnswerError("no working hours came")
    days: Counter[tuple[int, int]] = Counter()
    weekdays: dict[tuple[int, int], set[int]] = {}
    for period in hours.iter(f"{_T}WorkingPeriod"):
        span = (_number(period, "StartTimeInMinutes"), _number(period, "EndTimeInMinutes"))
        named = (period.findtext(f"{_T}DayOfWeek") or "").split()
        weekdays.setdefault(span, set()).update(_DAYS.index(day) for day in named if day in _DAYS)
        days[span] = len(weekdays[span])
    if not days:
        raise reading.DamagedAnswerError("no working hours came")
    (start, end), _ = days.most_common(1)[0]
    zone = hours.find(f"{_T}TimeZone")
    if zone is None:
        raise reading.DamagedAnswerError("working hours came without a time zone")
    rules = ZoneRules(_number(zone, "Bias"), _change(zone, "StandardTime"), _change(zone, "DaylightTime"))
    name = zone_named(rules, year, services.zone_names())
    if name is None:
        raise reading.DamagedAnswerError("working hours came in an unknown time zone")
    return {"zone": name, "days": sorted(weekdays[start, end]), "start": start, "end": end}


def _change(zone: Any, name: str) -> Change | None:
    found = zone.find(f"{_T}{name}")
    if found is None or not _number(found, "Month"):
        return None
    at = datetime.fromisoformat(f"2000-01-01T{(found.findtext(f'{_T}Time') or '').strip()}").time()
    week = _number(found, "DayOrder")
    day = (found.findtext(f"{_T}DayOfWeek") or "").strip()
    return Change(_number(found, "Bias"), _number(found, "Month"), 5 if week == -1 else week, day, at)


def _number(element: Any, name: str) -> int:
    text = (element.findtext(f"{_T}{name}") or "").strip()
    try:
        return int(text)
    except ValueError:
        raise reading.DamagedAnswerError(f"{name} is missing") from None
