"""FindItem: the calendar view, in which series are taken apart, and the indexed view, in which they are
not.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server import contact_items
from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.contacts import FOLDER as CONTACTS
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.folders import page
from lyncdesk.exchange_server.item_ids import look_at
from lyncdesk.exchange_server.item_reading import Look
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    children,
    date_time,
    integer,
    m,
    need,
    only,
    t,
    unexpected,
    yes,
)
from lyncdesk.exchange_server.model import Entry, Shown
from lyncdesk.exchange_server.paths import item_element, read_shape
from lyncdesk.exchange_server.places import FOLDER_IDS, Place, find_place
from lyncdesk.exchange_server.recurrence import expand, first_and_last, instant, overlaps
from lyncdesk.exchange_server.restrictions import Test, read_restriction, read_sort_order

LONGEST_VIEW = timedelta(days=2 * 366)
MOST_FOUND = 50_000
"""Items in one answer, whatever number of folders it is of."""

VIEWS = ("IndexedPageItemView", "FractionalPageItemView", "SeekToConditionPageItemView", "CalendarView",
         "ContactsView")  # fmt: skip
GROUPS = ("GroupBy", "DistinguishedGroupBy")
UNSUPPORTED = (*VIEWS[1:3], "ContactsView", *GROUPS, "QueryString")


def find_item(call: Call, request: Element) -> Element:
    """FindItem."""
    found = only(
        request, "ItemShape", *VIEWS, *GROUPS, "Restriction", "SortOrder", "ParentFolderIds", "QueryString"
    )
    wanted = read_shape(need(found, "ItemShape", request))
    traversal = attribute(request, "Traversal", ("Shallow", "SoftDeleted", "Associated"))
    views = [part for name, part in found.items() if name in VIEWS]
    if len(views) > 1:
        raise unexpected(views[1], request)

    told = 0

    def find(element: Element) -> Iterable[Element]:
        nonlocal told
        place = find_place(call, element)
        if place.folder.name == CONTACTS:
            yield contact_items.find(call, place, request, listed=traversal == "Shallow")
            return
        for name in UNSUPPORTED:
            if name in found:
                raise RowError("ErrorUnsupportedQueryFilter", f"{name}.")
        view = _calendar_view if "CalendarView" in found else _indexed_view
        looks, attributes = view(call, place, found, listed=traversal == "Shallow")
        told += len(looks)
        if told > MOST_FOUND:
            raise RowError("ErrorExceededFindCountLimit")
        items = (item_element(look, wanted, call.hidden, finding=True) for look in looks)
        yield m("RootFolder", t("Items", *items), **attributes)

    return rows(call, children(need(found, "ParentFolderIds", request), *FOLDER_IDS), find)


Answer = tuple[list[Look], dict[str, str]]


def _calendar_view(call: Call, place: Place, found: dict[str, Element], *, listed: bool) -> Answer:
    view = found["CalendarView"]
    if place.folder.name != "calendar":
        raise RowError("ErrorCalendarFolderIsInvalidForCalendarView")
    for name in ("Restriction", "SortOrder"):
        if name in found:
            raise RowError("ErrorUnsupportedQueryFilter", f"{name} cannot be used with CalendarView.")
    zone = ZoneInfo(call.zone)
    moments = (date_time(attribute(view, name), view) for name in ("StartDate", "EndDate"))
    start, end = (moment if moment.tzinfo else instant(zone, moment) for moment in moments)
    if end < start:
        raise RowError("ErrorCalendarEndDateIsEarlierThanStartDate")
    if end - start > LONGEST_VIEW:
        raise RowError("ErrorCalendarViewRangeTooBig")
    most: int | None = None
    if "MaxEntriesReturned" in view.attrib:
        most = integer(attribute(view, "MaxEntriesReturned"), "'MaxEntriesReturned' attribute", view)
        if most <= 0:
            raise RowError("ErrorInvalidPagingMaxRows")
    shown: list[Shown] = []
    for entry in call.store.entries(place.owner.address) if listed else ():
        if entry.recurrence and call.thin.masters:
            shown += [Shown(entry, "RecurringMaster")] if _reaches(entry, start, end) else []
        elif entry.recurrence:
            shown += expand(entry, start, end)
        elif overlaps(entry, start, end):
            shown.append(Shown(entry))
        if len(shown) > MOST_FOUND:
            raise RowError("ErrorExceededFindCountLimit")
    shown.sort(key=lambda one: (one.entry.start, one.entry.end, (one.master or one.entry).key))
    looks = [look_at(call, place.owner, one) for one in shown[:most]]
    whole = yes(len(looks) == len(shown))
    return looks, {"TotalItemsInView": str(len(shown)), "IncludesLastItemInRange": whole}


def _reaches(master: Entry, start: datetime, end: datetime) -> bool:
    """Whether a series has begun by the end of a time, and has not ended by its start."""
    last = first_and_last(master)[1]
    over = last is not None and last + (master.end - master.start) <= start
    return master.start < end and not over


def _indexed_view(call: Call, place: Place, found: dict[str, Element], *, listed: bool) -> Answer:
    holds: Test = read_restriction(found["Restriction"]) if "Restriction" in found else lambda _look: True
    order: Callable[[list[Look]], list[Look]] = list
    if "SortOrder" in found:
        order = read_sort_order(found["SortOrder"])
    entries = call.store.entries(place.owner.address, place.folder.name) if listed else ()
    shown = (Shown(entry, "RecurringMaster" if entry.recurrence else "Single") for entry in entries)
    looks = order([look for look in (look_at(call, place.owner, one) for one in shown) if holds(look)])
    total = len(looks)
    view = found.get("IndexedPageItemView")
    first, last = (0, total) if view is None else page(view, total)
    backwards = view is not None and view.get("BasePoint") == "End"
    return looks[first:last], {
        "IndexedPagingOffset": str(total - first if backwards else last),
        "TotalItemsInView": str(total),
        "IncludesLastItemInRange": yes(first == 0 if backwards else last >= total),
    }
