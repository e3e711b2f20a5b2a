"""Free/busy: stretches of a calendar, working hours, "until" lines, and Exchange's slots of two bits.

Source: the project's presence rules, section 8 ([MS-OXWAVLS]; Lync's calendarData: 15 minutes, least
significant
bits first, 30 min free + 30 min busy = 0xA0).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from heapq import heappop, heappush
from itertools import pairwise
from zoneinfo import ZoneInfo

from lyncdesk.presence.items import Item, Kind, ShowAs, precedence

SLOT = timedelta(minutes=15)
DAYS = 4
SLOTS = DAYS * 24 * 4

# Two bits a slot; WorkingElsewhere has no code of its own and is sent as free.
_CODES = {ShowAs.TENTATIVE: 1, ShowAs.BUSY: 2, ShowAs.OOF: 3}
_FROM_CODE = (ShowAs.FREE, ShowAs.TENTATIVE, ShowAs.BUSY, ShowAs.OOF)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a calendar without its details: half open, aware."""

    start: datetime
    end: datetime
    show_as: ShowAs
    kind: Kind = Kind.UNKNOWN

    @property
    def blocks(self) -> bool:
        """Whether its owner is not free then."""
        return self.show_as in (ShowAs.BUSY, ShowAs.OOF)


def stretches(items: Iterable[Item], *, ignore_all_day: bool = False) -> tuple[Stretch, ...]:
    """Cut overlapping items into stretches that do not overlap, each as its strongest item.

    Strength: OOF, Busy (meeting first), Tentative, WorkingElsewhere; free time and NoData make no stretch.
    """
    strength = {ShowAs.OOF: 0, ShowAs.BUSY: 1, ShowAs.TENTATIVE: 2, ShowAs.WORKING_ELSEWHERE: 3}
    chosen = [
        i for i in items if i.counts_as in strength and i.start < i.end and not (ignore_all_day and i.all_day)
    ]
    edges = sorted({edge for i in chosen for edge in (i.start, i.end)})
    chosen.sort(key=lambda i: (strength[i.counts_as], precedence(i)))
    coming = deque(sorted(enumerate(chosen), key=lambda ranked: ranked[1].start))
    running: list[tuple[int, Item]] = []
    out: list[Stretch] = []
    for start, end in pairwise(edges):
        while coming and coming[0][1].start <= start:
            heappush(running, coming.popleft())
        while running and running[0][1].end <= start:
            heappop(running)
        if not running:
            continue
        best = running[0][1]
        last = out[-1] if out else None
        if last and last.end == start and (last.show_as, last.kind) == (best.counts_as, best.kind):
            out[-1] = Stretch(last.start, end, last.show_as, last.kind)
        else:
            out.append(Stretch(start, end, best.counts_as, best.kind))
    return tuple(out)


def block_start(now: datetime) -> datetime:
    """Where a free/busy block begins: yesterday 00:00 UTC."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=1)


def encode_slots(busy: Iterable[Stretch], start: datetime, slots: int = SLOTS) -> bytes:
    """Two bits a slot, four slots a byte, least significant bits first; a slot takes its highest code."""
    codes = [0] * slots
    for stretch in busy:
        code = _CODES.get(stretch.show_as, 0)
        if not code or stretch.end <= start or stretch.start >= stretch.end:
            continue
        first = max(0, (stretch.start - start) // SLOT)
        last = min(slots, -((start - stretch.end) // SLOT))
        for slot in range(first, last):
            codes[slot] = max(codes[slot], code)
    return bytes(
        sum(code << 2 * place for place, code in enumerate(codes[at : at + 4])) for at in range(0, slots, 4)
    )


def decode_slots(data: bytes, start: datetime) -> tuple[Stretch, ...]:
    """The stretches of a block; neighbouring slots with the same code become one."""
    codes = [(byte >> shift) & 3 for byte in data for shift in (0, 2, 4, 6)]
    return _runs(codes, start, SLOT)


def decode_merged(digits: str, start: datetime, slot: timedelta) -> tuple[Stretch, ...]:
    """The stretches of EWS's MergedFreeBusy: one digit a slot; 4 and more (no data, elsewhere) count as
    free.
    """
    return _runs([int(d) if d in "0123" else 0 for d in digits], start, slot)


def knows(digits: str) -> bool:
    """Whether EWS's MergedFreeBusy says anything: a server that has no data at all says so in each slot, with
    4 before Exchange 2013 and with 5 since.
    """
    return digits.strip("4") != "" and digits.strip("5") != ""


def _runs(codes: Sequence[int], start: datetime, slot: timedelta) -> tuple[Stretch, ...]:
    out: list[Stretch] = []
    for place, code in enumerate(codes):
        if not code:
            continue
        begin, end = start + place * slot, start + (place + 1) * slot
        if out and out[-1].end == begin and out[-1].show_as is _FROM_CODE[code]:
            out[-1] = Stretch(out[-1].start, end, _FROM_CODE[code])
        else:
            out.append(Stretch(begin, end, _FROM_CODE[code]))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a person works: weekdays (Monday = 0), from and to in local time of ``zone`` (an IANA name)."""

    zone: str = "UTC"
    days: frozenset[int] = frozenset(range(5))
    start: time = time(8)
    end: time = time(17)

    def spans(self, first: datetime, days: int = 8) -> Iterable[tuple[datetime, datetime]]:
        """The working spans of ``days`` local days from the day of ``first``, as UTC instants."""
        zone = ZoneInfo(self.zone)
        day = first.astimezone(zone).date()
        for offset in range(days):
            date = day + timedelta(days=offset)
            if date.weekday() not in self.days:
                continue
            begin = datetime.combine(date, self.start, zone).astimezone(UTC)
            end = datetime.combine(date, self.end, zone)
            if self.end <= self.start:
                end = datetime.combine(date + timedelta(days=1), self.end, zone)
            yield begin, end.astimezone(UTC)


class Line(StrEnum):
    """What a card's Calendar line says."""

    FREE = "free"
    FREE_ALL_DAY = "free for the rest of the day"
    TENTATIVE = "tentative"
    BUSY = "busy"
    MEETING = "in a meeting"
    OUT_OF_OFFICE = "out of office"
    ELSEWHERE = "working elsewhere"
    OUTSIDE_HOURS = "outside working hours"


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """The Calendar line as data: what, and until when (None = no end that is known)."""

    line: Line
    until: datetime | None = None


_LINES = {
    ShowAs.OOF: Line.OUT_OF_OFFICE,
    ShowAs.BUSY: Line.BUSY,
    ShowAs.TENTATIVE: Line.TENTATIVE,
    ShowAs.WORKING_ELSEWHERE: Line.ELSEWHERE,
}


def calendar_line(
    busy: Sequence[Stretch], now: datetime, zone: str, hours: WorkingHours | None = None
) -> CalendarLine:
    """What the calendar says at ``now`` and until when.

    A stretch that blocks wins over working hours; outside of them the start of the next working span is
    told, if it
    lies within a week; a free person is free until the next stretch that blocks, or for the rest of the
    local day.
    """
    current = next((s for s in busy if s.start <= now < s.end), None)
    if current is not None and current.blocks:
        line = Line.MEETING if _is_meeting(current) else _LINES[current.show_as]
        return CalendarLine(line, _end_of_run(busy, current, line))
    if hours is not None:
        spans = list(hours.spans(now - timedelta(days=1), 10))
        if not any(begin <= now < end for begin, end in spans):
            return CalendarLine(Line.OUTSIDE_HOURS, min((b for b, _ in spans if b > now), default=None))
    if current is not None:
        return CalendarLine(_LINES[current.show_as], current.end)
    following = min((s.start for s in busy if s.blocks and s.start > now), default=None)
    local = now.astimezone(ZoneInfo(zone))
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    if following is None or following >= midnight:
        return CalendarLine(Line.FREE_ALL_DAY)
    return CalendarLine(Line.FREE, following)


def _is_meeting(stretch: Stretch) -> bool:
    return stretch.show_as is ShowAs.BUSY and stretch.kind is Kind.MEETING


def _end_of_run(busy: Sequence[Stretch], current: Stretch, line: Line) -> datetime:
    """The end of stretches that follow each other and say the same."""
    end = current.end
    for stretch in sorted(busy, key=lambda s: s.start):
        same = stretch.blocks and (Line.MEETING if _is_meeting(stretch) else _LINES[stretch.show_as]) is line
        if stretch.start == end and same:
            end = stretch.end
    return end
