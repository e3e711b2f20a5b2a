"""How contacts are grouped, ordered, found and worded in the list: tables and small pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from lyncdesk.client.view_types import ContactRow
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import Colour


class View(Enum):
    """How the list is grouped."""

    GROUPS = "groups"
    STATUS = "status"
    RELATIONSHIP = "relationship"


VIEW_TEXTS: Mapping[View, str] = {
    View.GROUPS: N_("Groups"),
    View.STATUS: N_("Status"),
    View.RELATIONSHIP: N_("Relationship"),
}
_STATUS_HEADINGS: Mapping[Colour, str] = {
    Colour.GREEN: N_("Available"),
    Colour.GREEN_OUTLINE: N_("Free in calendar"),
    Colour.ORANGE: N_("Busy"),
    Colour.RED: N_("Do not disturb"),
    Colour.YELLOW: N_("Away"),
    Colour.GREY: N_("Offline or unknown"),
}
_RELATIONSHIP_ORDER = (
    Relationship.FRIENDS_AND_FAMILY,
    Relationship.WORKGROUP,
    Relationship.COLLEAGUES,
    Relationship.EXTERNAL,
    Relationship.BLOCKED,
)


def _by_name(row: ContactRow) -> tuple[str, str]:
    return row.name.casefold(), row.address


def _by_rank(row: ContactRow) -> tuple[int, str, str]:
    return row.rank, *_by_name(row)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Key and heading of a row's group, the groups' order, and the order within one."""

    key: Callable[[ContactRow], str]
    heading: Callable[[str, Words], str]
    order: Callable[[str], object]
    sort: Callable[[ContactRow], object]


_STATUS_ORDER = [colour.value for colour in _STATUS_HEADINGS]
_RELATIONSHIPS = [relationship.value for relationship in _RELATIONSHIP_ORDER]
GROUPINGS: Mapping[View, Grouping] = {
    # Those in no group come last, in every language.
    View.GROUPS: Grouping(
        lambda row: row.group,
        lambda key, words: key or words("Other Contacts"),
        lambda key: (not key, key.casefold()),
        _by_name,
    ),
    View.STATUS: Grouping(
        lambda row: row.indicator.colour.value,
        lambda key, words: words(_STATUS_HEADINGS[Colour(key)]),
        _STATUS_ORDER.index,
        _by_rank,
    ),
    View.RELATIONSHIP: Grouping(
        lambda row: row.relationship.value,
        lambda key, words: words(key),
        _RELATIONSHIPS.index,
        _by_name,
    ),
}


def beside_and_below(row: ContactRow) -> tuple[str, str]:
    """What stands beside the name and what below it: presence and Calendar line, in full where there is room
    for both, but not the same words twice.
    """
    if not row.calendar or row.text == row.calendar:
        return "", row.text
    return ("", row.calendar) if row.calendar.startswith(row.text) else (row.text, row.calendar)


def matches(row: ContactRow, parts: Sequence[str]) -> bool:
    """Whether every part is found in name, address, group or presence; the parts are casefolded."""
    text = f"{row.name} {row.address} {row.group} {row.text}".casefold()
    return all(part in text for part in parts)
