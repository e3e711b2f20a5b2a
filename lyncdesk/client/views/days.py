"""A contact's day strip and the week, as others see them; the limits of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.client import checks
from lyncdesk.client.day_types import DayStrip, StripPart, Week, WeekDay, WeekItem
from lyncdesk.client.history import Past
from lyncdesk.client.state import State
from lyncdesk.client.views.show_as import change_line, made_by, made_in_words, times_of
from lyncdesk.client.views.totals import totals
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.freebusy import Stretch, WorkingHours
from lyncdesk.presence.items import Item, Kind, ShowAs
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


def day_limits(
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


def summed_up(parts: tuple[StripPart, ...], words: Words) -> str:
    """The whole strip in one sentence, for those who do not see it."""
    return "; ".join(
        words("{state}, {start} to {end}", state=p.text, start=p.start, end=p.end) for p in parts
    )


def contact_strip(seen: Seen, zone_name: str, now: datetime, old: bool, words: Words) -> DayStrip | None:
    """A contact's day in the viewer's own zone, None where no calendar is shared."""
    if not seen.calendar or seen.calendar_as_of is None:
        return None
    zone = ZoneInfo(zone_name)
    start, end = day_limits(
        now.astimezone(zone).date(), zone, ((s.start, s.end) for s in seen.busy if s.blocks)
    )
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
    return DayStrip(start, end, zone_name, shown, now, seen.calendar_as_of, None, summed_up(shown, words))


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
