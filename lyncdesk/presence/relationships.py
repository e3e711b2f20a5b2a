"""Privacy relationships and the one table of what each may see.

Source: the project's presence rules, section 7 (Lync's containers 100, 200, 300, 400, 32000). The
relationship that
counts is the one that the OWNER of a presence gave to the one who looks.
"""

from __future__ import annotations

from enum import Enum, StrEnum


class Relationship(StrEnum):
    """What an owner gives a viewer."""

    EXTERNAL = "External"
    COLLEAGUES = "Colleagues"
    WORKGROUP = "Workgroup"
    FRIENDS_AND_FAMILY = "Friends and Family"
    BLOCKED = "Blocked"


CONTAINER: dict[Relationship, int] = {
    Relationship.EXTERNAL: 100,
    Relationship.COLLEAGUES: 200,
    Relationship.WORKGROUP: 300,
    Relationship.FRIENDS_AND_FAMILY: 400,
    Relationship.BLOCKED: 32000,
}


class DetailsTo(StrEnum):
    """Policy MeetingDetailsTo: who sees subject and location."""

    WORKGROUP_AND_FRIENDS = "Workgroup and Friends and Family"  # the seed
    WORKGROUP = "Workgroup"  # Microsoft's documents


class Field(Enum):
    """The rows of the table."""

    PRESENCE = "presence: number, text, colour"
    NAME = "name"
    IDENTITY = "title, company, picture"
    WORK_PHONE = "work phone"
    MOBILE_PHONE = "mobile phone"
    HOME_PHONE = "home phone"
    CALENDAR = "until, durations, free/busy, working hours, zone, notes, out of office, location, last active"
    DETAILS = "subject and location of the item"
    INTERRUPT = "may interrupt Do not disturb"


_E, _C, _W, _F, _B = Relationship
_ALL_BUT_BLOCKED = frozenset({_E, _C, _W, _F})

# Blocked is told nothing of the presence but Offline, which the filter says itself.
MAY_SEE: dict[Field, frozenset[Relationship]] = {
    Field.PRESENCE: _ALL_BUT_BLOCKED,
    Field.NAME: frozenset(Relationship),
    Field.IDENTITY: _ALL_BUT_BLOCKED,
    Field.WORK_PHONE: frozenset({_C, _W, _F}),
    Field.MOBILE_PHONE: frozenset({_W, _F}),
    Field.HOME_PHONE: frozenset({_F}),
    Field.CALENDAR: frozenset({_C, _W, _F}),
    Field.DETAILS: frozenset({_W, _F}),
    Field.INTERRUPT: frozenset({_W}),
}


def may_see(
    relationship: Relationship, field: Field, details_to: DetailsTo = DetailsTo.WORKGROUP_AND_FRIENDS
) -> bool:
    """Whether a viewer with this relationship may see the field under the policy."""
    if field is Field.DETAILS and details_to is DetailsTo.WORKGROUP:
        return relationship is Relationship.WORKGROUP
    return relationship in MAY_SEE[field]


def default_relationship(owner: str, viewer: str) -> Relationship:
    """Same organisation (the domain of the address) Colleagues, others External."""

    def domain(address: str) -> str:
        return address.casefold().rpartition("@")[2]

    return Relationship.COLLEAGUES if domain(owner) == domain(viewer) else Relationship.EXTERNAL
