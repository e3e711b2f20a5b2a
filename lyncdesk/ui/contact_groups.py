"""How contacts are grouped, ordered, found and worded in the list: tables and small pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(eq=False, slots=True)
class Group:
    """A heading and its contacts. ``number`` is how a list on screen knows it again."""

    key: str
    title: str
    number: int = 0
    rows: list[ContactRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Grouping:
    """Key and heading of a row's group, the groups' order, and the order within one."""

    key: Callable[[ContactRow], str]
    heading: Callable[[str, Words], str]
    order: Callable[[str], object]
    sort: Callable[[ContactRow], object]


_STATUS_ORDER = [colour.value for colour in _STATUS_HEADINGS]
_RELATIONSHIPS = [relationship.value for relationship in _RELATIONSHIP_ORDER]
_GROUPINGS: Mapping[View, _Grouping] = {
    # Those in no group come last, in every language.
    View.GROUPS: _Grouping(
        lambda row: row.group,
        lambda key, words: key or words("Other Contacts"),
        lambda key: (not key, key.casefold()),
        _by_name,
    ),
    View.STATUS: _Grouping(
        lambda row: row.indicator.colour.value,
        lambda key, words: words(_STATUS_HEADINGS[Colour(key)]),
        _STATUS_ORDER.index,
        _by_rank,
    ),
    View.RELATIONSHIP: _Grouping(
        lambda row: row.relationship.value,
        lambda key, words: words(key),
        _RELATIONSHIPS.index,
        _by_name,
    ),
}


def grouped(rows: Sequence[ContactRow], view: View, text: str, words: Words) -> list[Group]:
    """The contacts with every word of ``text`` in them, in groups and in order."""
    grouping = _GROUPINGS[view]
    parts = text.casefold().split()
    groups: dict[str, Group] = {}
    for row in rows:
        if parts and not _matches(row, parts):
            continue
        key = grouping.key(row)
        if key not in groups:
            groups[key] = Group(key, grouping.heading(key, words))
        groups[key].rows.append(row)
    for group in groups.values():
        group.rows.sort(key=grouping.sort)  # type: ignore[arg-type]
    return sorted(groups.values(), key=lambda group: grouping.order(group.key))  # type: ignore[arg-type, return-value]


def beside_and_below(row: ContactRow) -> tuple[str, str]:
    """What stands beside the name and what below it: presence and Calendar line, in full where there is room
    for both, but not the same words twice.
    """
    if not row.calendar or row.text == row.calendar:
        return "", row.text
    return ("", row.calendar) if row.calendar.startswith(row.text) else (row.text, row.calendar)


def _matches(row: ContactRow, parts: Sequence[str]) -> bool:
    """Whether every part, casefolded, is in name, address, group or presence."""
    text = f"{row.name} {row.address} {row.group} {row.text}".casefold()
    return all(part in text for part in parts)
