"""What a tray, a card, a window or a terminal shows: plain words, enums and times, ready to be drawn.

Every ``str`` is already in the person's language; a widget adds no word of its own about presence and
takes no decision. :mod:`lyncdesk.client.views` makes these values from a State. Those of the day and the week
are in :mod:`lyncdesk.client.day_types`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lyncdesk.client.day_types import DayStrip
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import Colour, ManualStatus, Shape


@dataclass(frozen=True, slots=True)
class Indicator:
    """A presence indicator with its marks. ``text`` is its accessible name; ``incomplete`` says that it is
    marked like old data because items may be missing.
    """

    colour: Colour
    shape: Shape
    text: str
    out_of_office: bool = False
    stale: bool = False
    needs_password: bool = False
    incomplete: bool = False


class Action(StrEnum):
    """What a notice or a row offers to do."""

    CONNECTION = "connection"  # open About my status > Connection
    WHY = "why"  # open About my status > Why
    ENTER_PASSWORD = "enter-password"  # noqa: S105 (the name of an action)
    TURN_ON = "turn-on"  # switch the calendar on
    SIGN_IN = "sign-in"
    OPTIONS = "options"
    ACCOUNT = "account"  # open Options > Account
    UNDO = "undo"  # take the last change of a Show As back
    UNDO_GIVING = "undo-giving"  # put a permission back
    RESTART = "restart"  # end the program and start it again


@dataclass(frozen=True, slots=True)
class Notice:
    """The one line under the header: its words and its action."""

    text: str
    action: Action | None = None
    action_text: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class StatusChoice:
    """A row of the status menu."""

    status: ManualStatus
    text: str
    indicator: Indicator
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class DurationChoice:
    """How long a status by hand may last; ``until`` None = no end of one's own."""

    text: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TrayView:
    """The tray icon, its tooltip and what its menu needs.

    ``status_line`` says the same as the tooltip. ``check_now`` is False where policy took the action away.
    """

    indicator: Indicator
    tooltip: str
    status_line: str
    why: str
    statuses: tuple[StatusChoice, ...]
    signed_in: bool
    can_reset: bool
    check_now: bool
    can_check_now: bool


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A row of the contact list. ``rank`` orders by status, most reachable first; ``group`` "" = in none."""

    address: str
    name: str
    indicator: Indicator
    text: str
    calendar: str
    group: str
    relationship: Relationship
    rank: int


@dataclass(frozen=True, slots=True)
class Detail:
    """What hovering or focusing the Calendar line shows.

    ``lines`` are subject, location, time, or one sentence why not; ``ask`` is the text of the Ask button
    ("" = none).
    """

    lines: tuple[str, ...]
    ask: str = ""
    mail_subject: str = ""
    mail_body: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What one gives a contact: "Anna sees you as: [Colleagues]".

    ``relationship`` is None where none describes it; ``name`` is shown in place of its name. ``choices`` are
    relationship, name, and what it lets see, or why it cannot be given (``denied``); ``questions`` are asked
    before one is given. ``locked`` says why nothing can be given now. ``note`` is what became of the last
    change, ``undo`` the text of the button that takes it back; "" = absent.
    """

    relationship: Relationship | None
    choices: tuple[tuple[Relationship, str, str], ...]
    name: str = ""
    denied: frozenset[Relationship] = frozenset()
    questions: tuple[tuple[Relationship, str], ...] = ()
    locked: str = ""
    note: str = ""
    undo: str = ""

    @property
    def shown(self) -> str:
        """The name of what is given."""
        names = {relationship: name for relationship, name, _ in self.choices}
        return self.name or (names.get(self.relationship, "") if self.relationship is not None else "")

    def question(self, relationship: Relationship) -> str:
        """What is asked before this one is given; "" = nothing."""
        return dict(self.questions).get(relationship, "")


@dataclass(frozen=True, slots=True)
class Card:
    """A contact card, in the order of the screen; "" and None = the row is absent. ``no_calendar`` stands in
    the Calendar line where there is no ``calendar``, and opens the details that tell why.
    """

    address: str
    name: str
    initials: str
    picture: bytes
    indicator: Indicator
    presence: str
    job: str
    out_of_office: str
    note: str
    calendar: str
    detail: Detail
    strip: DayStrip | None
    local_time: str
    phones: tuple[tuple[str, str], ...]
    age: str
    sees_you_as: str
    gives: Given
    no_calendar: str = ""


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One input of the Why tab. ``verdict`` is "won", "lost" or "mark", ``source`` in words."""

    source: str
    said: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class Why:
    """The Why tab. ``lync`` tells where Lync would have shown something else ("" = nowhere)."""

    title: str
    sentence: str
    rows: tuple[ReasonRow, ...]
    read: str
    lync: str
    indicator: Indicator


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem in words: what happened, why, what to do."""

    name: str
    title: str
    cause: str
    remedy: str
    action: Action | None = None
    action_text: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """Configuration information: Lync's row names first; ``troubles`` above the rows, the last checks below
    them, newest first: when, how long it took, requests, items, what came of it.
    """

    troubles: tuple[Trouble, ...]
    rows: tuple[tuple[str, str], ...]
    can_check_now: bool
    check_now: bool
    checks: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Main:
    """The main window. ``nobody`` says why a contact list is empty; ``finds_people``: others can be found."""

    address: str
    name: str
    initials: str
    picture: bytes
    indicator: Indicator
    status: str
    only_you: str
    note: str
    note_locked: bool
    notice: Notice | None
    statuses: tuple[StatusChoice, ...]
    durations: tuple[DurationChoice, ...]
    can_reset: bool
    check_now: bool
    can_check_now: bool
    signed_in: bool
    day: DayStrip
    contacts: tuple[ContactRow, ...]
    nobody: str
    finds_people: bool
    footer: str
