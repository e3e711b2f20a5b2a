"""What the worker can be asked to do: one table, read by the worker, filled here and nowhere else.

An operation is a generator of parts. Each part travels as soon as it is there, so that a later request of
the same operation which hangs or fails does not lose what an earlier one brought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from lyncdesk.client.problems import PROBLEMS
from lyncdesk.client.words import N_
from lyncdesk.exchange import reading, services
from lyncdesk.exchange.changing import change_show_as
from lyncdesk.exchange.discovery import discover
from lyncdesk.exchange.doctor import doctor
from lyncdesk.exchange.expanding import expanded
from lyncdesk.exchange.gate import REFUSALS
from lyncdesk.exchange.link import Link, refused
from lyncdesk.exchange.own_view import own_view
from lyncdesk.exchange.people_operations import PEOPLE_OPERATIONS
from lyncdesk.exchange.rights_operations import RIGHTS_OPERATIONS
from lyncdesk.exchange.translate import translate
from lyncdesk.exchange.working_hours import working_hours
from lyncdesk.presence.freebusy import decode_merged

Part = dict[str, object]
Arguments = dict[str, Any]
Operation = Callable[[Link, Arguments], Iterator[Part]]

_T: Final = reading.TYPES
_SILENT = {
    "LegacyFreeBusyStatus": N_("This server leaves out Show As of some items: they do not count."),
    "Sensitivity": N_(
        "This server does not tell of all items whether they are private: those count as private."
    ),
}
_NO_HOURS = N_("This server tells no working hours: the usual ones are taken.")
_FREE_BUSY_ONLY = N_("The calendar may not be opened; its free/busy information is used.")


def check(link: Link, arguments: Arguments) -> Iterator[Part]:
    """Read the calendar: the items of a window, then automatic replies, then working hours if wanted."""
    start, end = (datetime.fromisoformat(arguments[name]) for name in ("start", "end"))
    view, denied, complete = None, None, True
    try:
        found = services.find_items(link, start, end, arguments["limit"])
    except Exception as error:
        if not refused(error) or _problem(error) != "access-denied":
            raise
        denied = error
    if denied is None:
        items = expanded(link, found, start, end, arguments["limit"])
        complete = items.complete
        rows = reading.Rows()
        for told in items.items:
            rows.add(told, private=reading.sensitivity_is_private(told.get("Sensitivity")))
        limits = items.limits + [words for name, words in _SILENT.items() if name in rows.silent]
    else:
        view = own_view(link, start, end, denied)
        rows, limits = (
            _rows_of(view, start),
            [_FREE_BUSY_ONLY],
        )
    yield {"items": rows.rows, "details": rows.details, "complete": complete, "limits": limits}
    yield from _beside(lambda: {"out_of_office": _oof_values(link)}, "Automatic replies could not be read")
    if arguments.get("working_hours"):
        yield from _beside(
            lambda: _hours(view if view is not None else own_view(link, start, end), start.year),
            "Working hours could not be read",
        )


# To add an operation, add a line here.
OPERATIONS: Final[dict[str, Operation]] = {
    "check": check,
    "discover": discover,
    "doctor": doctor,
    "change-show-as": change_show_as,
    **PEOPLE_OPERATIONS,
    **RIGHTS_OPERATIONS,
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
        yield {"limits": [f"{words}. {PROBLEMS[problem].title}"], "without": problem}
    else:
        yield part


def _oof_values(link: Link) -> list[str | None] | None:
    found = services.out_of_office(link)
    if found is None:
        return None
    return [found.note, *(moment and moment.isoformat() for moment in (found.start, found.end))]


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


def _hours(view: Any, year: int) -> Part:
    silent = view.find(f"{_T}WorkingHours") is None
    return {"limits": [_NO_HOURS]} if silent else {"working_hours": working_hours(view, year)}
