"""What My day and the week show: stretches of a day, items with their Show As, and what became of a change.

As in :mod:`lyncdesk.client.view_types`, every ``str`` is already in the person's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lyncdesk.presence.items import ShowAs
from lyncdesk.presence.states import Colour, Shape


@dataclass(frozen=True, slots=True)
class StripPart:
    """A stretch of a day strip. ``label`` is for hovering and for the keyboard, line by line; ``head`` is the
    part of it that stays while the reasons of one moment stand in place of those of the stretch.
    ``unknown``: nobody knows what was shown, so nothing is drawn.
    """

    start: datetime
    end: datetime
    colour: Colour
    shape: Shape
    text: str
    label: str
    stale: bool = False
    out_of_office: bool = False
    unknown: bool = False
    head: str = ""


@dataclass(frozen=True, slots=True)
class DayStrip:
    """One day: ``start`` to ``end`` is drawn (7:00 to 19:00 local, wider when items lie outside)."""

    start: datetime
    end: datetime
    zone: str
    parts: tuple[StripPart, ...]
    now: datetime
    last_check: datetime | None = None
    next_check: datetime | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class WeekItem:
    """One item in the week as others see it."""

    start: datetime
    end: datetime
    when: str
    subject: str
    location: str
    show_as: str
    makes: str
    colour: Colour
    shape: Shape
    id: str = ""


@dataclass(frozen=True, slots=True)
class ShowAsChoice:
    """A Show As that can be picked. ``question`` is asked before it is written; ``whole`` is the answer for a
    whole series ("" = there is none), ``one`` the other one; ``note`` says what the series does not reach.
    """

    show_as: ShowAs
    text: str
    chosen: bool
    question: str
    one: str
    whole: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShowAsMenu:
    """What an item can be shown as; ``locked`` says why it cannot be changed now ("" = it can)."""

    item: str
    title: str
    choices: tuple[ShowAsChoice, ...]
    locked: str = ""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What became of the last change of a Show As; ``undo`` is the text of the button ("" = none)."""

    text: str
    undo: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class WeekDay:
    """A day of the week with its items; ``today`` is the one at whose hour one looks."""

    day: date
    title: str
    items: tuple[WeekItem, ...]
    today: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """The week as others see it; ``totals`` in words, and on what they rest. ``change`` tells of a Show As
    that was changed here.
    """

    days: tuple[WeekDay, ...]
    totals: str
    change: ChangeLine | None = None
    rests_on: str = ""
