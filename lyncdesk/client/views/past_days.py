"""The past as the local history tells it: a day as a strip, one moment explained, the hours shown as Busy.

Nothing is decided anew: what was shown then is told, with the reasons of then, in the language of today.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.client.day_types import DayStrip, StripPart
from lyncdesk.client.history import HEARTBEAT, Ended, Past, Shown, Stretch, checked_before, timeline
from lyncdesk.client.problems import PROBLEMS, Problem
from lyncdesk.client.view_types import ReasonRow
from lyncdesk.client.views.why import reason_rows
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.aggregate import Decision
from lyncdesk.presence.items import Kind
from lyncdesk.presence.reasons import Source, Verdict
from lyncdesk.presence.states import BE_RIGHT_BACK, BUSY, OFFLINE, Colour, Presence, Shape

_FIRST, _LAST = time(7), time(19)
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Why nothing is known of a time.
_NOTHING = {
    Ended.EXIT: N_("LyncDesk was not running"),
    Ended.KILLED: N_("LyncDesk was not running; it had not ended in order"),
    Ended.OFF: N_("No history was kept"),
}


@dataclass(frozen=True, slots=True)
class PastMoment:
    """What was shown at ``at``; ``shown`` None: nothing is known of it, and ``sentence`` says why.

    ``start`` and ``end`` are how long that was so, as far as the history was asked; ``read`` tells of the
    calendar, ``notes`` what else was to be seen, ``lync`` where Lync would have shown something else.
    """

    at: datetime
    start: datetime
    end: datetime
    shown: Shown | None
    sentence: str
    rows: tuple[ReasonRow, ...] = ()
    read: str = ""
    notes: tuple[str, ...] = ()
    calendar_as_of: datetime | None = None
    lync: str = ""


def day_bounds(day: date, zone_name: str) -> tuple[datetime, datetime]:
    """Midnight to midnight of a local day, in UTC."""
    zone = ZoneInfo(zone_name)
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    return start, datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def past_day(past: Past, day: date, zone_name: str, now: datetime, words: Words) -> DayStrip:
    """A day as it was really shown; the strip ends where the present begins."""
    midnight, following = day_bounds(day, zone_name)
    words = words.at(midnight + (following - midnight) / 2)  # "10:00", not "yesterday 10:00"
    known = timeline(past, midnight, min(following, now))
    start, end = _bounds(day, zone_name, (s for s in known if _is_telling(s)))
    known = _joined(known)
    parts = tuple(
        _part(max(s.start, start), min(s.end, end), s, words)
        for s in known
        if s.start < end and s.end > start
    )
    summary = "; ".join(part.label.partition("\n")[0] for part in parts)
    if all(part.unknown for part in parts):
        summary = words("Nothing is known of this day: no history was kept, or LyncDesk was not running.")
    read = [check.last for check in past.checks if not check.problem and start <= check.last < end]
    return DayStrip(start, end, zone_name, parts, now, max(read, default=None), None, summary)


def _joined(known: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """What was the same as one, also over the minutes in which a program was killed, and without what nobody
    could point at: its time goes with what was shown before it.
    """
    out: list[Stretch] = []
    for stretch in known:
        goes_on = out and stretch.shown is not None and out[-1].shown == stretch.shown
        if goes_on or (out and not holds_a_minute(stretch.start, stretch.end)):
            out[-1] = replace(out[-1], end=stretch.end)
        else:
            out.append(stretch)
    return tuple(out)


def holds_a_minute(start: datetime, end: datetime) -> bool:
    """Whether a full minute lies in [start, end): of no shorter time can a strip be asked, and a day has no
    more than 1500 of them, however often something else was shown.
    """
    return next_minute(start) < end


def next_minute(moment: datetime) -> datetime:
    """The first full minute at or after a moment."""
    full = moment.replace(second=0, microsecond=0)
    return full if full == moment else full + _MINUTE


def _is_telling(stretch: Stretch) -> bool:
    """Whether a strip has to be wide enough for it: somebody was signed in and more than free."""
    return stretch.shown is not None and BUSY <= stretch.shown.presence.availability < OFFLINE


def _bounds(day: date, zone_name: str, telling: Iterable[Stretch]) -> tuple[datetime, datetime]:
    """7:00 to 19:00 local, wider by whole hours where more was shown that night."""
    zone = ZoneInfo(zone_name)
    midnight, following = day_bounds(day, zone_name)
    start = datetime.combine(day, _FIRST, zone).astimezone(UTC)
    end = datetime.combine(day, _LAST, zone).astimezone(UTC)
    for stretch in telling:
        if stretch.shown is not None and stretch.shown.presence.availability >= BE_RIGHT_BACK:
            continue  # who is away all night is nothing to look at
        start = min(start, midnight + (stretch.start - midnight) // _HOUR * _HOUR)
        end = max(end, min(following, midnight - (midnight - stretch.end) // _HOUR * _HOUR))
    return start, end


def _part(start: datetime, end: datetime, stretch: Stretch, words: Words) -> StripPart:
    shown = stretch.shown
    if shown is None:
        return nothing_part(start, end, stretch.why, words)
    presence = shown.presence
    text = words(presence.text)
    lines = [words("{state}, {start} to {end}", state=text, start=start, end=end)]
    if shown.item is not None and shown.item.subject:
        lines.append(shown.item.subject)
    lines += [past_sentence(shown, words), *_notes(shown, words), _lync(shown, words)]
    old = shown.stale or shown.incomplete
    return StripPart(
        start,
        end,
        presence.colour,
        presence.shape,
        text,
        "\n".join(line for line in lines if line),
        old,
        presence.out_of_office,
    )


def nothing_part(start: datetime, end: datetime, why: Ended, words: Words) -> StripPart:
    """A stretch in which nothing was shown, or nobody knows what."""
    text = words(_NOTHING[why])
    label = words("{state}, {start} to {end}", state=text, start=start, end=end)
    return StripPart(start, end, Colour.GREY, Shape.RING, text, label, unknown=True)


def past_sentence(shown: Shown | Decision, words: Words) -> str:
    """What was shown and because of what, in one sentence."""
    text = words(shown.presence.text)
    won = next((reason for reason in shown.reasons if reason.verdict is Verdict.WON), None)
    if won is None or won.source is Source.NOTHING:
        return words("You were shown as {state} because nothing made you busy.", state=text)
    if won.source is Source.CALENDAR:
        return words("You were shown as {state} because of {item}.", state=text, item=won.said)
    return words("You were shown as {state}. {said}", state=text, said=won.said)


def _lync(shown: Shown, words: Words) -> str:
    return " ".join(words(told) for told in shown.lync)


def _notes(shown: Shown, words: Words) -> list[str]:
    notes = []
    if shown.stale:
        notes.append(words("The calendar data was old."))
    if shown.incomplete:
        notes.append(words("Some of the recurring items may have been missing."))
    if shown.reset_waiting:
        notes.append(words("The status had been reset, and the next calendar check was awaited."))
    if shown.problem in PROBLEMS:
        notes.append(words("Problem: {title}", title=Problem.of(shown.problem).title))
    return notes


def past_moment_of(past: Past, at: datetime, now: datetime, words: Words) -> PastMoment:
    """One moment of the past explained. ``past`` is what is kept of the time around it."""
    words = words.at(now)
    around = timeline(past, at - timedelta(days=7), min(at + timedelta(days=7), now))
    stretch = next((s for s in around if s.start <= at < s.end), None)
    if stretch is None:  # this very moment
        stretch = around[-1] if around else Stretch(at, at, None)
    shown = stretch.shown
    if shown is None:
        since = past.since
        text = words("{what} ({time}).", what=words(_NOTHING[stretch.why]), time=at)
        if since is None:
            text = words("{text} Nothing is kept.", text=text)
        elif at < since:
            text = words("{text} What is kept begins at {time}.", text=text, time=since)
        return PastMoment(at, stretch.start, stretch.end, None, text)
    read, failed = checked_before(past.checks, at)
    notes = _notes(shown, words)
    if stretch.at_most:
        text = N_("LyncDesk ended about then, and not in order; when, is known to {length}.")
        notes.append(words(text, length=HEARTBEAT))
    return PastMoment(
        at,
        stretch.start,
        stretch.end,
        shown,
        past_sentence(shown, words),
        reason_rows(shown.reasons, words),
        _read(read, failed, words),
        tuple(notes),
        read,
        _lync(shown, words),
    )


def _read(read: datetime | None, failed: str, words: Words) -> str:
    text = (
        words("The calendar had last been read: {time}.", time=read)
        if read is not None
        else words("The calendar had not been read in the two days before.")
    )
    if failed not in PROBLEMS:
        return text
    return words("{text} The check after it failed: {title}", text=text, title=Problem.of(failed).title)


@dataclass(frozen=True, slots=True)
class BusyTime:
    """How much of some spans of time was shown as Busy or above, and how much of that without a meeting.

    ``unknown`` are the parts of the spans of which no history was kept; while the program was not running
    nothing was shown, which is known.
    """

    busy: timedelta
    alone: timedelta
    unknown: tuple[tuple[datetime, datetime], ...]


def busy_time(past: Past, spans: Iterable[tuple[datetime, datetime]]) -> BusyTime:
    """Add up what was shown in these spans, which lie in the past."""
    busy = alone = timedelta()
    unknown: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        for stretch in timeline(past, start, end):
            shown = stretch.shown
            if shown is None:
                if stretch.why is Ended.OFF:
                    unknown.append((stretch.start, stretch.end))
            elif _is_busy(shown.presence) and not stretch.at_most:
                busy += stretch.end - stretch.start
                alone += timedelta() if _with_others(shown) else stretch.end - stretch.start
    return BusyTime(busy, alone, tuple(unknown))


def _is_busy(presence: Presence) -> bool:
    return BUSY <= presence.availability < BE_RIGHT_BACK


def _with_others(shown: Shown) -> bool:
    """Whether others may have been there: a meeting ran, or what nobody knows the kind of."""
    return shown.item is not None and shown.item.kind is not Kind.APPOINTMENT
