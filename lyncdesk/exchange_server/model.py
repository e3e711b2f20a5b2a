"""What a mailbox holds, as frozen values. Instants are aware and in UTC; a zone is an IANA name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Literal

from lyncdesk.exchange_server.sharing import Shared

SHOW_AS = ("Free", "Tentative", "Busy", "OOF", "WorkingElsewhere", "NoData")
SENSITIVITIES = ("Normal", "Personal", "Private", "Confidential")
RESPONSES = ("Unknown", "Organizer", "Tentative", "Accept", "Decline", "NoResponseReceived")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
               "October", "November", "December")  # fmt: skip
DAY_INDEXES = ("First", "Second", "Third", "Fourth", "Last")
WORK_DAYS = DAY_NAMES[:5]

MessageKind = Literal["MeetingRequest", "MeetingResponse", "MeetingCancellation"]
PatternKind = Literal["daily", "weekly", "monthly-day", "monthly-nth", "yearly-day", "yearly-nth"]

_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_EXTENDED: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1601, 4500
"""Exchange keeps no time before these years, or after them, and counts past no end of the calendar."""


def kept_by_exchange(day: date) -> bool:
    """Whether a day, or a moment, is one that a calendar can hold."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person of a meeting; `response` is one of RESPONSES, given `at` a moment."""

    address: str
    name: str = ""
    response: str = "Unknown"
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a series repeats (RecurrencePatternTypes of the EWS schema).

    `days` are day names, or Day, Weekday, WeekendDay; `index` is one of DAY_INDEXES; `month` counts from 1.
    A day of month past the end of a month means its last day, as Outlook has it.
    """

    kind: PatternKind
    interval: int = 1
    days: tuple[str, ...] = ()
    day_of_month: int = 1
    index: str = "First"
    month: int = 1
    first_day: str = "Sunday"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A pattern from `start` on: for ever, until `end` (inclusive), or `count` times."""

    pattern: Pattern
    start: date
    end: date | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """One occurrence of a series that differs from it; `original` is when it would have started."""

    original: datetime
    entry: "Entry"


@dataclass(frozen=True, slots=True)
class MeetingMessage:
    """What makes an entry a message about a meeting.

    `about` is the key of the meeting in the same mailbox; `original` is the occurrence it is about, None for
    all of it. `response` is what a MeetingResponse says, `request` which sort of MeetingRequest it is.
    """

    kind: MessageKind
    sender: Attendee
    to: tuple[Attendee, ...] = ()
    about: str = ""
    original: datetime | None = None
    response: str = "Unknown"
    request: str = "NewMeetingRequest"
    processed: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One calendar item, or the master of a series, or a message about either.

    `meeting` None and `show_as` None are not sent at all: the server that does not tell. `end` is exclusive.
    `sequence` counts what the organizer told the attendees, who were told at all when `sent`; `intended` is
    how the organizer wants the time to be shown, `replied` when the owner answered. `extended` holds extended
    properties by path. `creator` is the address of who made it in somebody else's calendar, `changed_by` the
    name of who changed it last, both empty for the owner.
    `key`, `uid`, `version`, `created` and `modified` are given by the store.
    """

    subject: str = ""
    start: datetime = _EPOCH
    end: datetime = _EPOCH
    location: str = ""
    show_as: str | None = "Busy"
    meeting: bool | None = False
    sensitivity: str | None = "Normal"
    all_day: bool = False
    cancelled: bool = False
    response: str = "Organizer"
    zone: str = "UTC"
    organizer: Attendee | None = None
    required: tuple[Attendee, ...] = ()
    optional: tuple[Attendee, ...] = ()
    resources: tuple[Attendee, ...] = ()
    recurrence: Recurrence | None = None
    changed: tuple[Changed, ...] = ()
    deleted: tuple[datetime, ...] = ()
    body: str = ""
    body_type: str = "Text"
    categories: tuple[str, ...] = ()
    extras: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    extended: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_EXTENDED)
    folder: str = "calendar"
    read: bool = True
    sequence: int = 0
    sent: bool = False
    intended: str | None = None
    replied: datetime | None = None
    message: MeetingMessage | None = None
    creator: str = ""
    changed_by: str = ""
    uid: str = ""
    key: str = ""
    version: int = 0
    created: datetime = _EPOCH
    modified: datetime = _EPOCH

    @property
    def private(self) -> bool:
        """Whether nobody but the owner is told more than its time."""
        return self.sensitivity not in {"Normal", None}


ShownAs = Literal["Single", "Occurrence", "Exception", "RecurringMaster"]


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a client meets it: by itself, as a master, or as one occurrence of a series."""

    entry: Entry
    kind: ShownAs = "Single"
    original: datetime | None = None
    master: Entry | None = None


@dataclass(frozen=True, slots=True)
class OofSettings:
    """The automatic replies of a mailbox. `state` is Disabled, Enabled or Scheduled."""

    state: str = "Disabled"
    audience: str = "All"
    start: datetime | None = None
    end: datetime | None = None
    internal: str = ""
    external: str = ""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a person works, on the wall clock of the mailbox's zone."""

    days: tuple[str, ...] = WORK_DAYS
    start: time = time(8)
    end: time = time(17)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One person on the server.

    `phones` has the keys work, mobile and home. `sharing` is what everybody sees of the calendar,
    `shared_with` what single people see instead, by address; `anonymous` is told and used for nothing.
    `shared_version` counts the changes of these. `free_busy_error` is the response code with which
    GetUserAvailability fails for this mailbox, whoever asks.
    """

    address: str
    password: str = field(repr=False)
    name: str = ""
    aliases: tuple[str, ...] = ()
    title: str = ""
    company: str = ""
    phones: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    zone: str = "UTC"
    working_hours: WorkingHours = WorkingHours()
    oof: OofSettings = OofSettings()
    sharing: Shared = "FreeBusyTimeOnly"
    shared_with: Mapping[str, Shared] = field(default_factory=lambda: MappingProxyType({}))
    anonymous: Shared = "None"
    shared_version: int = 1
    free_busy_error: str = ""

    @property
    def display_name(self) -> str:
        return self.name or self.address.partition("@")[0]
