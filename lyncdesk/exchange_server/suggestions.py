"""Meeting times that suit several people: the second half of GetUserAvailability.

Candidates start on each full and half hour. How good one is depends on the share of people with a conflict:
none is Excellent, up to the threshold of the request is Good, less than half is Fair, more is Poor.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.answers import message
from lyncdesk.exchange_server.biased import Clocks
from lyncdesk.exchange_server.errors import SoapFault
from lyncdesk.exchange_server.markup import (
    Element,
    choice_of,
    date_time,
    integer_of,
    m,
    need,
    only,
    t,
    text_of,
    yes,
)
from lyncdesk.exchange_server.model import DAY_NAMES, Shown, WorkingHours

RANK = ("NoData", "Free", "WorkingElsewhere", "Tentative", "Busy", "OOF")
"""Which of several entries at one time counts: the last of these."""

QUALITIES = ("Excellent", "Good", "Fair", "Poor")
CONFLICTS = frozenset({"Tentative", "Busy", "OOF"})
STEP = timedelta(minutes=30)
NEEDED = ("Organizer", "Required")

BOUNDS = {
    "GoodThreshold": (1, 49, 25),
    "MaximumResultsByDay": (0, 48, 10),
    "MaximumNonWorkHourResultsByDay": (0, 48, 0),
    "MeetingDurationInMinutes": (30, 1440, 60),
}
"""Least, most, and what holds when the request does not say (SuggestionsViewOptionsType of [MS-OXWAVLS])."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request for suggestions wants; the window is between two instants."""

    start: datetime
    end: datetime
    length: timedelta
    threshold: int
    most: int
    most_outside: int
    least_quality: str
    rescheduled: str


@dataclass(frozen=True, slots=True)
class Person:
    """One who is to come. `shown` None: nothing is known of the person's time."""

    part: str
    excludes: bool
    shown: tuple[Shown, ...] | None = None
    hours: WorkingHours | None = None
    zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A time that the meeting could start at, and what each person has then (None: not known)."""

    at: datetime
    wall: datetime
    work: bool
    quality: str
    busy: tuple[str | None, ...]


def read_wanted(options: Element, window: Callable[[Element], tuple[datetime, datetime]]) -> Wanted:
    """SuggestionsViewOptions; `window` reads the element of a window."""
    found = only(
        options, *BOUNDS, "MinimumSuggestionQuality", "DetailedSuggestionsWindow", "CurrentMeetingTime",
        "GlobalObjectId",
    )  # fmt: skip
    numbers: dict[str, int] = {}
    for name, (least, most, usual) in BOUNDS.items():
        numbers[name] = integer_of(found[name]) if name in found else usual
        if not least <= numbers[name] <= most:
            raise SoapFault("ErrorInvalidRequest", f"{name} must lie between {least} and {most}.")
    if "CurrentMeetingTime" in found:
        date_time(text_of(found["CurrentMeetingTime"]), found["CurrentMeetingTime"])
    least_quality = found.get("MinimumSuggestionQuality")
    known = found.get("GlobalObjectId")
    start, end = window(need(found, "DetailedSuggestionsWindow", options))
    return Wanted(
        start,
        end,
        timedelta(minutes=numbers["MeetingDurationInMinutes"]),
        numbers["GoodThreshold"],
        numbers["MaximumResultsByDay"],
        numbers["MaximumNonWorkHourResultsByDay"],
        "Fair" if least_quality is None else choice_of(least_quality, QUALITIES),
        "" if known is None else text_of(known).strip().casefold(),
    )


def suggestions(wanted: Wanted, people: Sequence[Person], clocks: Clocks) -> Element:
    """The answer: for each day of the window the best times, in order of time."""
    found = candidates(wanted, people, clocks)
    days = [_day(wanted, list(of_day)) for _, of_day in groupby(found, key=lambda one: one.wall.date())]
    return m(
        "SuggestionsResponse",
        message("ResponseMessage", None),
        m("SuggestionDayResultArray", *days),
    )


def candidates(wanted: Wanted, people: Sequence[Person], clocks: Clocks) -> list[Candidate]:
    """Each time that the meeting could start at, good or not."""
    walls = dict(_starts(wanted, clocks))
    starts = sorted(walls)
    columns = [_busy(person, starts, wanted) for person in people]
    found: list[Candidate] = []
    for index, at in enumerate(starts):
        busy = tuple(None if column is None else column[index] for column in columns)
        if any(what in CONFLICTS and person.excludes for what, person in zip(busy, people, strict=True)):
            continue
        work = all(_works(person, at, wanted.length) for person in people)
        found.append(Candidate(at, walls[at], work, _quality(busy, wanted.threshold), busy))
    return found


def _starts(wanted: Wanted, clocks: Clocks) -> Iterator[tuple[datetime, datetime]]:
    wall = clocks.local(wanted.start).replace(minute=0, second=0, microsecond=0)
    last = clocks.local(wanted.end)
    while wall < last:
        at = clocks.instant(wall)
        if wanted.start <= at <= wanted.end - wanted.length:
            yield at, wall
        wall += STEP


def _busy(person: Person, starts: list[datetime], wanted: Wanted) -> list[str] | None:
    """What the person has in the meeting's time, for each of its starts in order."""
    if person.shown is None:
        return None
    found = ["Free"] * len(starts)
    for entry in (one.entry for one in person.shown):
        if wanted.rescheduled and entry.uid.casefold() == wanted.rescheduled:
            continue
        for index in range(bisect_right(starts, entry.start - wanted.length), bisect_left(starts, entry.end)):
            found[index] = max(found[index], entry.show_as or "NoData", key=RANK.index)
    return found


def _works(person: Person, start: datetime, length: timedelta) -> bool:
    """Whether the time lies in the working hours of a person without whom there is no meeting."""
    if person.part not in NEEDED or person.hours is None or person.zone is None:
        return True
    local = start.astimezone(person.zone)
    first = minutes(local.time())
    last = first + length // timedelta(minutes=1)
    on_work_day = DAY_NAMES[local.weekday()] in person.hours.days
    return (
        on_work_day and minutes(person.hours.start) <= first and last <= (minutes(person.hours.end) or 1440)
    )


def minutes(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute


def _quality(busy: Sequence[str | None], threshold: int) -> str:
    share = 100 * sum(what in CONFLICTS for what in busy) / len(busy)
    if not share:
        return "Excellent"
    if share <= threshold:
        return "Good"
    return "Fair" if share < 50 else "Poor"


def _day(wanted: Wanted, of_day: list[Candidate]) -> Element:
    allowed = QUALITIES[: QUALITIES.index(wanted.least_quality) + 1]
    best = sorted(
        (one for one in of_day if one.quality in allowed), key=lambda one: QUALITIES.index(one.quality)
    )
    inside = [one for one in best if one.work][: wanted.most]
    outside = [one for one in best if not one.work][: wanted.most_outside]
    chosen = sorted([*inside, *outside][: wanted.most], key=lambda one: one.at)
    quality = min((one.quality for one in chosen), key=QUALITIES.index, default="Poor")
    midnight = of_day[0].wall.replace(hour=0, minute=0)
    return t(
        "SuggestionDayResult",
        t("Date", midnight.isoformat(timespec="seconds")),
        t("DayQuality", quality),
        t("SuggestionArray", *map(_suggestion, chosen)),
    )


def _suggestion(one: Candidate) -> Element:
    conflicts = (
        t("UnknownAttendeeConflictData")
        if what is None
        else t("IndividualAttendeeConflictData", t("BusyType", what))
        for what in one.busy
    )
    return t(
        "Suggestion",
        t("MeetingTime", one.wall.isoformat(timespec="seconds")),
        t("IsWorkTime", yes(one.work)),
        t("SuggestionQuality", one.quality),
        t("AttendeeConflictDataArray", *conflicts),
    )
