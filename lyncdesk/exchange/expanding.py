"""Recurring items of a server that does not take them apart itself, in the worker.

Exchange answers a CalendarView with single items and occurrences. Other servers answer with the masters of
series, some only with those that begin within the window. Then all masters of the calendar are looked up,
read with their patterns, and taken apart here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from exchangelib.errors import EWSError
from exchangelib.services import GetItem
from exchangelib.util import create_element
from exchangelib.winzone import MS_TIMEZONE_TO_IANA_MAP

from lyncdesk.client.words import N_
from lyncdesk.exchange import reading, services
from lyncdesk.exchange.link import Careful, Link, unable
from lyncdesk.exchange.recurring import occurrences
from lyncdesk.exchange.series_reading import ChangedDay, read

Told = dict[str, str | None]

_PARTS: Final = ("Occurrence", "Exception")
_PAGE: Final = 500
MOST_MASTERS: Final = 500
_HERE: Final = N_("This server does not take recurring items apart, so LyncDesk does.")
_LEFT: Final = N_("Some recurring items could not be taken apart: only their first day is shown.")
_TOO_MANY: Final = N_("There are too many recurring items: some are shown on their first day only.")
_NO_ZONE: Final = N_(
    "Some recurring items come without a time zone that is known: when clocks change they may be off."
)
_NOT_ALL: Final = N_("Not all recurring items could be looked up: some may be missing.")
_MISSING: Final = frozenset({_LEFT, _TOO_MANY, _NOT_ALL})
_CHANGED_ALIKE: Final = N_("Single changed days of recurring items came without their details.")
_SIMPLE: Final = (
    "item:Subject", "item:Sensitivity", "calendar:Start", "calendar:End", "calendar:IsAllDayEvent",
    "calendar:LegacyFreeBusyStatus", "calendar:Location", "calendar:IsMeeting", "calendar:IsCancelled",
    "calendar:CalendarItemType", "calendar:MyResponseType", "calendar:UID",
)  # fmt: skip
_OF_SERIES: Final = (
    "calendar:Recurrence", "calendar:ModifiedOccurrences", "calendar:DeletedOccurrences",
    "calendar:MeetingTimeZone",
)  # fmt: skip


class _Get(Careful, GetItem):  # type: ignore[misc]
    """Items with the named properties; one that errs does not lose the others."""

    ERRORS_TO_CATCH_IN_RESPONSE = (EWSError,)

    def _elem_to_obj(self, elem: Any) -> Any:
        return elem

    def call(self, ids: list[str], uris: tuple[str, ...]) -> Any:
        return self._elems_to_objs(self._chunked_get_elements(self._asking, items=ids, uris=uris))

    @staticmethod
    def _asking(items: list[str], uris: tuple[str, ...]) -> Any:
        shape = create_element("m:ItemShape")
        base = create_element("t:BaseShape")
        base.text = "IdOnly"
        wanted = create_element("t:AdditionalProperties")
        wanted.extend(create_element("t:FieldURI", attrs={"FieldURI": uri}) for uri in uris)
        shape.extend((base, wanted))
        ids = create_element("m:ItemIds")
        ids.extend(create_element("t:ItemId", attrs={"Id": id_}) for id_ in items)
        payload = create_element("m:GetItem")
        payload.extend((shape, ids))
        return payload


@dataclass(slots=True)
class Expanded:
    """What became of the items of a window; ``limits`` says what was missing for it."""

    items: list[Told] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether no item of the window can be missing."""
        return not _MISSING.intersection(self.limits)

    def lacks(self, limit: str) -> None:
        """Say it once."""
        if limit not in self.limits:
            self.limits.append(limit)


def expanded(link: Link, found: list[Told], start: datetime, end: datetime, limit: int) -> Expanded:
    """The items of a window with their series taken apart, where the server left that to the client.

    What a server cannot do at all is a limit.

    Raises:
        TruncatedError: if there are more than ``limit``; and whatever else ends a check.
    """
    masters = {told.get("Id") or f"nameless {n}": told for n, told in enumerate(found) if _is_master(told)}
    if not masters:
        return Expanded(found)
    result = Expanded([told for told in found if not _is_master(told)], [_HERE])
    # A server that shows the days of a series beside its master has done the work.
    done = {told.get("UID") for told in result.items if told.get("CalendarItemType") in _PARTS}
    for told in _all_masters(link, limit, result):
        masters.setdefault(told.get("Id") or "", told)
    wanted = {id_: told for id_, told in masters.items() if (told.get("UID") or "-") not in done}
    if len(wanted) > MOST_MASTERS:
        result.lacks(_TOO_MANY)
    changed: list[tuple[ChangedDay, Told]] = []
    asked = [told["Id"] for told in wanted.values() if told.get("Id")][:MOST_MASTERS]
    for told, element in _got(link, asked):
        try:
            series = read(element, MS_TIMEZONE_TO_IANA_MAP.get, start)
            days = list(occurrences(series.master, start, end))
        except (reading.DamagedAnswerError, OverflowError):
            continue
        del wanted[told["Id"] or ""]
        if not series.master.sure:
            result.lacks(_NO_ZONE)
        for begins, ends in days:
            result.items.append(_day(told, begins, ends, "Occurrence"))
            if len(result.items) > limit:
                raise services.TruncatedError(str(limit))
        changed += [(day, told) for day in series.changed if day.start < end and day.end >= start]
    _add_changed(link, changed, result)
    if wanted:
        # What is left is shown as what it is by itself: its first day.
        result.lacks(_LEFT)
        result.items += [told for told in wanted.values() if told.get("Start") and told.get("End")]
    if len(result.items) > limit:
        raise services.TruncatedError(str(limit))
    return result


def _is_master(told: Told) -> bool:
    return told.get("CalendarItemType") == "RecurringMaster"


def _day(told: Told, start: datetime, end: datetime, kind: str) -> Told:
    """One day of a series. It has no id of its own, so it cannot be written to."""
    return told | {
        "Start": start.isoformat(),
        "End": end.isoformat(),
        "CalendarItemType": kind,
        "UID": told.get("UID") or told.get("Id"),
        "Id": None,
        "ChangeKey": None,
    }


def _all_masters(link: Link, limit: int, result: Expanded) -> Iterator[Told]:
    """The masters of the whole calendar: a series that began before the window may not be in it."""
    seen: set[str | None] = set()
    try:
        for offset in range(0, limit, _PAGE):
            items, complete = services.page(link, offset, _PAGE)
            ids = {told.get("Id") for told in items}
            # Whoever sends a page again has not understood the offset.
            if not ids - seen:
                return
            seen |= ids
            yield from filter(_is_master, items)
            if complete:
                return
    except Exception as error:
        if not unable(error):
            raise
    result.lacks(_NOT_ALL)


def _got(link: Link, ids: list[str | None]) -> Iterator[tuple[Told, Any]]:
    """The items with these ids, as far as the server gives them: what it tells, and its element."""
    wanted = set(ids)
    if not wanted:
        return
    try:
        answer = link.ask_each(_Get, ids=ids, uris=_uris(link))
    except Exception as error:
        if not unable(error):
            raise
        return
    for element in answer:
        if isinstance(element, Exception):
            if not unable(element):
                raise element
            continue
        told = reading.told_by(element)
        if told.get("Id") in wanted:
            wanted.discard(told["Id"])
            yield told, element


def _add_changed(link: Link, changed: list[tuple[ChangedDay, Told]], result: Expanded) -> None:
    """The days that were changed by themselves; what is not told of them is as in their series."""
    ids: list[str | None] = [day.id for day, _ in changed if day.id]
    details = {told["Id"]: told for told, _ in _got(link, ids[:MOST_MASTERS])}
    for day, told in changed:
        own = details.get(day.id)
        if own is None:
            result.lacks(_CHANGED_ALIKE)
            result.items.append(_day(told, day.start, day.end, "Exception"))
        else:
            said = {name: text for name, text in own.items() if text is not None}
            uid = told.get("UID") or told.get("Id")
            result.items.append(told | said | {"CalendarItemType": "Exception", "UID": uid})


def _uris(link: Link) -> tuple[str, ...]:
    """The properties to ask for; Exchange 2007 has no word for a zone with rules."""
    old = link.heard.versions[0] == "Exchange2007_SP1"
    return (*_SIMPLE, *_OF_SERIES) if old else (*_SIMPLE, *_OF_SERIES, "calendar:StartTimeZone")
