"""What Exchange lets others see of a calendar, and which privacy relationships that can express.

With Exchange alone a relationship is a permission of one's calendar: Colleagues is FreeBusyTimeOnly,
Workgroup is FreeBusyTimeAndSubjectAndLocation. Others cannot be expressed: there is no presence to show as
Offline, and no number to hide. Source: the project's presence rules, section 7, and the EWS schema
(CalendarPermissionType).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lyncdesk.presence.publication import person
from lyncdesk.presence.relationships import Relationship


class Level(StrEnum):
    """CalendarPermissionLevel."""

    NONE = "None"
    TIMES = "FreeBusyTimeOnly"
    DETAILS = "FreeBusyTimeAndSubjectAndLocation"
    REVIEWER = "Reviewer"
    CONTRIBUTOR = "Contributor"
    NONEDITING_AUTHOR = "NoneditingAuthor"
    AUTHOR = "Author"
    PUBLISHING_AUTHOR = "PublishingAuthor"
    EDITOR = "Editor"
    PUBLISHING_EDITOR = "PublishingEditor"
    OWNER = "Owner"
    CUSTOM = "Custom"


@dataclass(frozen=True, slots=True)
class Right:
    """One entry of the calendar's permissions; ``parts`` are the single rights of a Custom one by element."""

    level: Level
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def reads(self) -> Relationship | None:
        """The relationship that sees as much; None for one who sees nothing."""
        if self.level is Level.CUSTOM:
            return _READS.get(dict(self.parts).get("ReadItems", "None"))
        if self.level in (Level.NONE, Level.CONTRIBUTOR):
            return None
        return Relationship.COLLEAGUES if self.level is Level.TIMES else Relationship.WORKGROUP


_READS: dict[str, Relationship] = {
    "TimeOnly": Relationship.COLLEAGUES,
    "TimeAndSubjectAndLocation": Relationship.WORKGROUP,
    "FullDetails": Relationship.WORKGROUP,
}
# The relationships that Exchange can express. What is not a level of these was made by somebody else.
EXPRESSED: dict[Relationship, Right] = {
    Relationship.COLLEAGUES: Right(Level.TIMES),
    Relationship.WORKGROUP: Right(Level.DETAILS),
}
GIVEN: dict[Level, Relationship] = {right.level: relationship for relationship, right in EXPRESSED.items()}


@dataclass(frozen=True, slots=True)
class Rights:
    """The permissions of one's calendar: everybody's, and those of single people by address.

    ``unknown`` counts entries of people who no longer exist, which Exchange drops with the next change.
    """

    default: Right = Right(Level.NONE)
    people: Mapping[str, Right] = field(default_factory=dict, hash=False)
    unknown: int = 0

    def own(self, address: str) -> Right | None:
        """The entry of this person alone; None where everybody's counts."""
        return self.people.get(person(address))

    def of(self, address: str) -> Right:
        """What counts for this person."""
        return self.own(address) or self.default
