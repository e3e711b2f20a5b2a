"""Changes of a stored entry: of all of it, or of one occurrence."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.item_writing import settle
from lyncdesk.exchange_server.model import Changed, Entry
from lyncdesk.exchange_server.recurrence import first_and_last, neighbours, occurrence

_OWN = frozenset({"start", "end", "zone", "all_day", "recurrence", "deleted", "exceptions"})
"""What an exception has of its own, whatever becomes of its series."""


def marked(fields: Iterable[str], original: datetime | None) -> frozenset[str]:
    """Properties as changes of the item remember them: those of one occurrence are not those of another."""
    return frozenset(f"{original.isoformat()} {uri}" if original else uri for uri in fields)


def changed(stored: Entry, original: datetime | None, values: Mapping[str, Any]) -> Entry:
    """The entry with new values, for all of it or for the one occurrence that would start at `original`.

    Raises RowError.
    """
    if original is None:
        return _handed_down(stored, settle(stored, values), values)
    if "recurrence" in values:
        raise RowError("ErrorInvalidPropertySet", "calendar:Recurrence.")
    shown = occurrence(stored, original)
    if shown is None:
        raise RowError("ErrorItemNotFound")
    one = Changed(original, settle(shown.entry, values))
    if (one.entry.start, one.entry.end) != (shown.entry.start, shown.entry.end):
        _check_place(stored, one)
    others = [change for change in stored.changed if change.original != original]
    return replace(stored, changed=tuple(sorted((*others, one), key=lambda change: change.original)))


def _check_place(master: Entry, one: Changed) -> None:
    """An occurrence stays between its neighbours, on a day of its own. Raises RowError."""
    zone = ZoneInfo(master.zone)
    before, after = neighbours(master, one.original)
    day = one.entry.start.astimezone(zone).date()
    if (before is not None and before.entry.start.astimezone(zone).date() >= day) or (
        after is not None and after.entry.start.astimezone(zone).date() <= day
    ):
        raise RowError("ErrorOccurrenceCrossingBoundary")


def _handed_down(before: Entry, after: Entry, values: Mapping[str, Any]) -> Entry:
    """The series, whose exceptions follow it in what they have not of their own."""
    if not after.changed:
        return after
    names = values.keys() - _OWN

    def follow(one: Changed) -> Changed:
        same = {name for name in names if getattr(one.entry, name) == getattr(before, name)}
        return replace(one, entry=replace(one.entry, **{name: getattr(after, name) for name in same}))

    return replace(after, changed=tuple(follow(one) for one in after.changed))


def without(stored: Entry, original: datetime) -> Entry:
    """The series without one of its occurrences. Raises RowError when that is gone already."""
    if original in stored.deleted or occurrence(stored, original) is None:
        raise RowError("ErrorItemNotFound")
    rest = replace(
        stored, deleted=tuple(sorted((*stored.deleted, original))),
        changed=tuple(change for change in stored.changed if change.original != original),
    )  # fmt: skip
    if first_and_last(rest)[0] is None:
        raise RowError("ErrorRecurrenceHasNoOccurrence", "The series itself can be deleted.")
    return rest
