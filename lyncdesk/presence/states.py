"""The states that people see: number, activity, text, colour and shape as one table.

Source: the project's presence rules, section 2; the numbers are Lync's (MS-PRES availability ranges).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Colour(StrEnum):
    """The colour of an indicator. A colour never carries a state alone; the shape does too."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    GREY = "grey"
    GREEN_OUTLINE = "green outline"


class Shape(StrEnum):
    """The shape of an indicator; all are pairwise distinct at 16 px without colour."""

    TICK = "tick"
    HALF = "half"
    DISC = "disc"
    BLOCK = "block"
    BAR_OUTLINE = "bar-outline"
    NOTCHED = "notched"
    BAR = "bar"
    ARROW = "arrow"
    CLOCK = "clock"
    MOON = "moon"
    CROSS = "cross"
    RING = "ring"
    DOTTED = "dotted"


UNKNOWN, AVAILABLE, INACTIVE, BUSY, URGENT_ONLY = 0, 3500, 5000, 6500, 6900
BUSY_INACTIVE, DO_NOT_DISTURB, BE_RIGHT_BACK, AWAY, OFFLINE = 7500, 9500, 12500, 15500, 18500

IN_A_MEETING = "in-a-meeting"
URGENT_INTERRUPTIONS_ONLY = "urgent-interruptions-only"
OFF_WORK = "off-work"
OUT_OF_OFFICE = "out-of-office"
FREE_IN_CALENDAR = "free-in-calendar"


@dataclass(frozen=True, slots=True)
class StateRow:
    """One row of the table.

    ``availability`` is Lync's number; ``activity`` the token that refines the text ("" = none); the token's
    text counts only while the aggregate number lies in ``gate`` (both ends included).
    """

    text: str
    availability: int
    colour: Colour
    shape: Shape
    activity: str = ""
    gate: tuple[int, int] | None = None


STATES: tuple[StateRow, ...] = (
    StateRow("Available", AVAILABLE, Colour.GREEN, Shape.TICK),
    StateRow("Inactive", INACTIVE, Colour.YELLOW, Shape.HALF),
    StateRow("Busy", BUSY, Colour.ORANGE, Shape.DISC),
    StateRow("In a meeting", BUSY, Colour.ORANGE, Shape.BLOCK, IN_A_MEETING, (6500, 8999)),
    StateRow(
        "Urgent interruptions only",
        URGENT_ONLY,
        Colour.RED,
        Shape.BAR_OUTLINE,
        URGENT_INTERRUPTIONS_ONLY,
        (6900, 8999),
    ),
    StateRow("Busy (inactive)", BUSY_INACTIVE, Colour.ORANGE, Shape.NOTCHED),
    StateRow("Do not disturb", DO_NOT_DISTURB, Colour.RED, Shape.BAR),
    StateRow("Be right back", BE_RIGHT_BACK, Colour.YELLOW, Shape.ARROW),
    StateRow("Away", AWAY, Colour.YELLOW, Shape.CLOCK),
    StateRow("Off work", AWAY, Colour.YELLOW, Shape.MOON, OFF_WORK, (15000, 17999)),
    # Lync's own token: its words replace the text of an automatic Away, of nothing else.
    StateRow("Out of office", AWAY, Colour.YELLOW, Shape.CLOCK, OUT_OF_OFFICE, (15000, 17999)),
    StateRow("Offline", OFFLINE, Colour.GREY, Shape.CROSS),
    StateRow("Presence unknown", UNKNOWN, Colour.GREY, Shape.RING),
    StateRow("Free in calendar", UNKNOWN, Colour.GREEN_OUTLINE, Shape.DOTTED, FREE_IN_CALENDAR, (0, 0)),
)

_CLASS_STARTS = (
    (18000, OFFLINE),
    (15000, AWAY),
    (12000, BE_RIGHT_BACK),
    (9000, DO_NOT_DISTURB),
    (7500, BUSY_INACTIVE),
    (6000, BUSY),
    (4500, INACTIVE),
    (3000, AVAILABLE),
)


def availability_class(availability: int) -> int:
    """The published number whose range holds ``availability`` (MS-PRES ranges; below 3000 is unknown)."""
    return next((number for start, number in _CLASS_STARTS if availability >= start), UNKNOWN)


def appearance(availability: int, activity: str = "") -> StateRow:
    """The row that is shown for a number and an activity token.

    The token counts only inside its gate; an unknown token counts as none.
    """
    for row in STATES:
        if row.gate and row.activity == activity and row.gate[0] <= availability <= row.gate[1]:
            return row
    number = availability_class(availability)
    return next(row for row in STATES if row.availability == number and not row.activity)


@dataclass(frozen=True, slots=True)
class Presence:
    """What one person shows: the number, the activity token, and the out-of-office mark.

    ``availability`` is Lync's aggregate number; ``activity`` is "" or a token of :data:`STATES`.
    """

    availability: int
    activity: str = ""
    out_of_office: bool = False

    @property
    def row(self) -> StateRow:
        """The table row that decides text, colour and shape."""
        return appearance(self.availability, self.activity)

    @property
    def text(self) -> str:
        """The English text of the state, the key of its translation."""
        return self.row.text

    @property
    def colour(self) -> Colour:
        """The indicator's colour."""
        return self.row.colour

    @property
    def shape(self) -> Shape:
        """The indicator's shape."""
        return self.row.shape


class ManualStatus(StrEnum):
    """What a person can pick in the status menu, in the menu's order."""

    AVAILABLE = "Available"
    BUSY = "Busy"
    DO_NOT_DISTURB = "Do not disturb"
    BE_RIGHT_BACK = "Be right back"
    OFF_WORK = "Off work"
    APPEAR_AWAY = "Appear away"


MANUAL_PRESENCE: dict[ManualStatus, Presence] = {
    ManualStatus.AVAILABLE: Presence(AVAILABLE),
    ManualStatus.BUSY: Presence(BUSY),
    ManualStatus.DO_NOT_DISTURB: Presence(DO_NOT_DISTURB),
    ManualStatus.BE_RIGHT_BACK: Presence(BE_RIGHT_BACK),
    ManualStatus.OFF_WORK: Presence(AWAY, OFF_WORK),
    ManualStatus.APPEAR_AWAY: Presence(AWAY),
}
AWAY_CLASS = frozenset({ManualStatus.BE_RIGHT_BACK, ManualStatus.OFF_WORK, ManualStatus.APPEAR_AWAY})
# Busy and Do not disturb end by themselves (Lync's timed userState, 24 hours).
EXPIRING = frozenset({ManualStatus.BUSY, ManualStatus.DO_NOT_DISTURB})
