"""The day strip and the week, as others see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.client import checks
from lyncdesk.client.day_types import DayStrip, StripPart, Week, WeekDay, WeekItem
from lyncdesk.client.history import Past
from lyncdesk.client.reading import incomplete, inputs, stale
from lyncdesk.client.state import State
from lyncdesk.client.views.moment import planned_at
from lyncdesk.client.views.show_as import change_line, made_by, made_in_words, times_of
from lyncdesk.client.views.totals import totals
from lyncdesk.client.views.why import reason_sentence
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.aggregate import Decision, decide, manual_until
from lyncdesk.presence.freebusy import Stretch, WorkingHours
from lyncdesk.presence.inputs import CalendarUse, Inputs
from lyncdesk.presence.items import Deciding, Item, Kind, ShowAs, deciding, makes_busy, outcome
from lyncdesk.presence.publication import Seen
from lyncdesk.presence.states import AVAILABLE, BUSY, IN_A_MEETING, Presence

_FIRST, _LAST = time(7), time(19)
_WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


def _bounds(
    day: date, zone: ZoneInfo, spans: Iterable[tuple[datetime, datetime]]
) -> tuple[datetime, datetime]:
    """7:00 to 19:00 local, wider by whole hours when something lies outside, within the day."""
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    following = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    start = datetime.combine(day, _FIRST, zone).astimezone(UTC)
    end = datetime.combine(day, _LAST, zone).astimezone(UTC)
    hour = timedelta(hours=1)
    for begins, ends in spans:
        if ends <= midnight or begins >= following or (begins <= midnight and ends >= following):
            continue
        start = min(start, max(midnight, midnight + (begins - midnight) // hour * hour))
        end = max(end, min(following, midnight - (midnight - ends) // hour * hour))
    return start, end


def strip(state: State, now: datetime, words: Words) -> DayStrip:
    """My day: each stretch as others will see it, from the calendar as last checked and the status by
    hand.
    """
    words = words.at(now)
    zone = ZoneInfo(state.profile.zone)
    asked = inputs(state)
    counting = [i for i in asked.items if makes_busy(i) or outcome(i).out_of_office]
    start, end = _bounds(now.astimezone(zone).date(), zone, ((i.start, i.end) for i in counting))
    as_of = state.calendar.as_of
    old_from, old = None, ""
    if asked.calendar is CalendarUse.NOT_YET:
        # Nothing is known of the day: free time must not look as if somebody had said so.
        old_from, old = start, words("The calendar has not been read yet.")
    elif stale(state, now):
        old_from, old = as_of or start, words("The calendar data is old.")
    elif incomplete(state):
        old_from, old = start, words("Some of your recurring items may be missing.")
    parts: tuple[StripPart, ...] = ()
    if state.signed_in:
        parts = tuple(_parts(asked, start, end, words, old_from, old))
    return DayStrip(
        start, end, state.profile.zone, parts, now, as_of, state.calendar.next_check, _summary(parts, words)
    )


def _parts(
    asked: Inputs, start: datetime, end: datetime, words: Words, old_from: datetime | None, why_old: str
) -> Iterable[StripPart]:
    turns = {start, end, old_from, manual_until(asked)}
    if asked.manual is not None:
        turns.add(asked.manual.since)
    if asked.out_of_office is not None:
        turns |= {asked.out_of_office.start, asked.out_of_office.end}
    ignored = asked.rules.ignore_all_day
    items = [i for i in asked.items if i.start <= end and i.end > start and not (ignored and i.all_day)]
    times = turns | {moment for item in items for moment in (item.start, item.end)}
    edges = sorted(edge for edge in times if edge is not None and start <= edge <= end)
    run: tuple[datetime, Decision, str] | None = None
    before: Deciding | None = None
    # Each moment is decided from the items that run then, and only where they say something new: a day can
    # hold many.
    for edge, moment in deciding(items, edges):
        if edge not in turns and before is not None and moment.says_the_same_as(before):
            continue
        before = moment
        decided = decide(planned_at(asked, moment.running, edge), edge)
        old = why_old if old_from is not None and edge >= old_from else ""
        if run is not None and (_look(decided), old) == (_look(run[1]), run[2]) and edge != end:
            continue
        if run is not None:
            yield _part(run[0], edge, run[1], run[2], words)
        run = (edge, decided, old)


def _look(decided: Decision) -> tuple[Presence, Item | None]:
    return decided.presence, decided.item


def _part(start: datetime, end: datetime, decided: Decision, old: str, words: Words) -> StripPart:
    presence = decided.presence
    text = words(presence.text)
    lines = [words("{state}, {start} to {end}", state=text, start=start, end=end)]
    if decided.item is not None and decided.item.subject:
        lines.append(decided.item.subject)
    label = [*lines, reason_sentence(decided, words)]
    if old:
        lines.append(old)
        label.append(old)
    told, head = "\n".join(label), "\n".join(lines)
    marks = bool(old), presence.out_of_office
    return StripPart(start, end, presence.colour, presence.shape, text, told, *marks, head=head)


def _summary(parts: tuple[StripPart, ...], words: Words) -> str:
    """The whole strip in one sentence, for those who do not see it."""
    return "; ".join(
        words("{state}, {start} to {end}", state=p.text, start=p.start, end=p.end) for p in parts
    )


def contact_strip(seen: Seen, zone_name: str, now: datetime, old: bool, words: Words) -> DayStrip | None:
    """A contact's day in the viewer's own zone, None where no calendar is shared."""
    if not seen.calendar or seen.calendar_as_of is None:
        return None
    zone = ZoneInfo(zone_name)
    start, end = _bounds(now.astimezone(zone).date(), zone, ((s.start, s.end) for s in seen.busy if s.blocks))
    parts = []
    edge = start
    for stretch in seen.busy:
        if stretch.end <= start or stretch.start >= end or not stretch.blocks:
            continue
        begins, ends = max(stretch.start, start), min(stretch.end, end)
        if begins > edge:
            parts.append(_free(edge, begins, old, words))
        parts.append(_busy(begins, ends, stretch, old, words))
        edge = ends
    if edge < end:
        parts.append(_free(edge, end, old, words))
    shown = tuple(parts)
    return DayStrip(start, end, zone_name, shown, now, seen.calendar_as_of, None, _summary(shown, words))


def _free(start: datetime, end: datetime, old: bool, words: Words) -> StripPart:
    return _plain(start, end, Presence(AVAILABLE), words("Free"), old, words)


def _busy(start: datetime, end: datetime, stretch: Stretch, old: bool, words: Words) -> StripPart:
    if stretch.show_as is ShowAs.OOF:
        return replace(
            _plain(start, end, Presence(AVAILABLE), words("Out of office"), old, words), out_of_office=True
        )
    presence = Presence(BUSY, IN_A_MEETING if stretch.kind is Kind.MEETING else "")
    return _plain(start, end, presence, words(presence.text), old, words)


def _plain(
    start: datetime, end: datetime, presence: Presence, text: str, old: bool, words: Words
) -> StripPart:
    label = words("{state}, {start} to {end}", state=text, start=start, end=end)
    return StripPart(start, end, presence.colour, presence.shape, text, label, old)


def day_title(day: date, words: Words) -> str:
    """``Thursday, 26 Nov``."""
    return words("{weekday}, {date}", weekday=words(_WEEKDAYS[day.weekday()]), date=words.date(day))


def week(state: State, now: datetime, words: Words, past: Past | None = None) -> Week:
    """The days that the last check knows, with what each item makes of the presence, and totals. ``past`` is
    what the local history has of them, None where none is kept.
    """
    words = words.at(now)
    zone = ZoneInfo(state.profile.zone)
    asked = checks.window(state.calendar.as_of or now, state.profile.zone)
    days = []
    day = asked.start.astimezone(zone).date()
    while datetime.combine(day, time(), zone) < asked.end:
        start = datetime.combine(day, time(), zone)
        end = datetime.combine(day + timedelta(days=1), time(), zone)
        todays = sorted(
            (i for i in state.calendar.items if i.start < end and i.end > start),
            key=lambda i: (i.start, i.end, i.subject),
        )
        today = day == now.astimezone(zone).date()
        title = day_title(day, words)
        title = words("Today, {day}", day=title) if today else title
        days.append(WeekDay(day, title, tuple(_week_item(i, words) for i in todays), today))
        day += timedelta(days=1)
    hours = state.calendar.working_hours or WorkingHours(state.profile.zone)
    summed, rests_on = totals(state, past, (asked.start, asked.end), hours, now, words)
    return Week(tuple(days), summed, change_line(state, words), rests_on)


def _week_item(item: Item, words: Words) -> WeekItem:
    made = made_by(item)
    return WeekItem(
        item.start,
        item.end,
        times_of(item, words),
        item.subject or words("Without subject"),
        item.location,
        words(item.counts_as.label),
        made_in_words(made, words),
        made.colour,
        made.shape,
        item.id,
    )
