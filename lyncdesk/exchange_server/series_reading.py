"""From a series to the elements that tell of its occurrences. Used by the table in `fields`."""

from datetime import datetime

from lyncdesk.exchange_server import series
from lyncdesk.exchange_server.item_reading import Look, item_id
from lyncdesk.exchange_server.markup import Element, t, utc
from lyncdesk.exchange_server.recurrence import first_and_last, occurrence


def recurrence(look: Look) -> Element | None:
    """The pattern, of a master only."""
    return series.write(look.entry.recurrence, look.entry.zone) if look.entry.recurrence else None


def _info(name: str, look: Look, original: datetime | None) -> Element | None:
    shown = occurrence(look.entry, original) if original else None
    if shown is None or original is None:
        return None
    return t(
        name,
        item_id(Look(look.owner, shown)),
        t("Start", utc(shown.entry.start)),
        t("End", utc(shown.entry.end)),
        t("OriginalStart", utc(original)),
    )


def first_occurrence(look: Look) -> Element | None:
    """The first occurrence, of a master only."""
    return _info("FirstOccurrence", look, first_and_last(look.entry)[0])


def last_occurrence(look: Look) -> Element | None:
    """The last occurrence of a series that ends."""
    return _info("LastOccurrence", look, first_and_last(look.entry)[1])


def modified_occurrences(look: Look) -> Element | None:
    """The occurrences that differ."""
    rows = [_info("Occurrence", look, change.original) for change in look.entry.changed]
    return t("ModifiedOccurrences", *rows) if rows else None


def deleted_occurrences(look: Look) -> Element | None:
    """The occurrences that were deleted."""
    rows = [t("DeletedOccurrence", t("Start", utc(original))) for original in look.entry.deleted]
    return t("DeletedOccurrences", *rows) if rows else None
