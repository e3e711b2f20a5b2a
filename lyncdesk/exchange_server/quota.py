"""How much a mailbox holds."""

from collections.abc import Iterable, Iterator, Sized

from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.model import Entry

MOST_ITEMS = 10_000
"""Items of a mailbox, and contacts."""

LARGEST = 2**20
"""Letters of one item, or contact, whatever they say."""

MOST_EXCEPTIONS = 1000
"""Occurrences of a series that were changed or deleted."""


def room_for_another(inside: Sized) -> None:
    """Raise RowError when a mailbox is full."""
    if len(inside) >= MOST_ITEMS:
        raise RowError("ErrorQuotaExceeded")


def fitting(entry: Entry) -> None:
    """Raise RowError when an entry is too large to be kept."""
    not_too_long(_texts(entry))
    if len(entry.changed) + len(entry.deleted) > MOST_EXCEPTIONS:
        raise RowError("ErrorQuotaExceeded", "A series has too many exceptions.")


def not_too_long(texts: Iterable[str]) -> None:
    """Raise RowError when the texts of an item are; what several of its parts say counts once."""
    if sum(map(len, set(texts))) > LARGEST:
        raise RowError("ErrorMessageSizeExceeded")


def _texts(entry: Entry) -> Iterator[str]:
    yield from (entry.subject, entry.location, entry.body, entry.uid, *entry.categories)
    yield from entry.extras.values()
    for path, values in entry.extended.items():
        yield from (path, *values)
    for person in (*entry.required, *entry.optional, *entry.resources):
        yield from (person.address, person.name)
    for one in entry.changed:
        yield from _texts(one.entry)
