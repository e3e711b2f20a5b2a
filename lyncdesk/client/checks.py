"""When to ask the calendar: anchor, interval, back-off, freshness.

Source: the project's presence rules, section 4. Checks happen at anchor + n x interval; retries never
move the anchor.
Pure functions of a :class:`~lyncdesk.client.state.Calendar`, the interval and ``now``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from lyncdesk.client.ports import Window
from lyncdesk.client.problems import Retry
from lyncdesk.client.state import Calendar, ContactReading

LONGEST_RETRY = timedelta(minutes=15)
# Never within a minute of a failure, whatever the interval.
QUIET_AFTER_FAILURE = timedelta(seconds=60)
LEAST_STALE_AGE = timedelta(minutes=5)
GRACE_AFTER_FAILURE = timedelta(minutes=30)
_Rhythm = TypeVar("_Rhythm", Calendar, ContactReading)
# Times compare "older than", so data turn stale one tick of the clock after the limit.
_TICK = timedelta(microseconds=1)


def regular_after(anchor: datetime, interval: timedelta, now: datetime) -> datetime:
    """The first moment of the rhythm after ``now``."""
    if now < anchor:
        return anchor
    return anchor + ((now - anchor) // interval + 1) * interval


def retry_delay(failures: int) -> timedelta:
    """How long to wait after the n-th failure in a row: min(2^(n-1), 15) minutes."""
    return min(timedelta(minutes=2 ** min(failures - 1, 10)), LONGEST_RETRY)


def next_after_failure(
    calendar: Calendar | ContactReading, interval: timedelta, now: datetime
) -> datetime | None:
    """The next check after a failure at ``now``: a retry, or the regular check if that is earlier.

    None when nothing may be sent before the person acts (a refused password).
    """
    retry = calendar.problem.row.retry if calendar.problem is not None else Retry.YES
    if retry is Retry.NEVER:
        return None
    return _after_failure(calendar, regular_after(calendar.anchor or now, interval, now), now)


def _after_failure(calendar: Calendar | ContactReading, regular: datetime, failed_at: datetime) -> datetime:
    """The retry or the regular check, whichever is earlier and allowed."""
    retry = calendar.problem.row.retry if calendar.problem is not None else Retry.YES
    planned = regular
    if retry is Retry.YES:
        planned = min(planned, failed_at + retry_delay(calendar.failures))
    return max(planned, failed_at + QUIET_AFTER_FAILURE, calendar.back_off_until or planned)


def after_new_interval(calendar: Calendar, interval: timedelta, now: datetime) -> datetime | None:
    """The next check under a new interval: last anchor + interval, at once if that has passed."""
    planned = calendar.next_check
    return planned and _after_new_interval(calendar, planned, interval, now)


def read_after_new_interval(reading: ContactReading, interval: timedelta, now: datetime) -> datetime | None:
    """The same for the contacts' calendars."""
    planned = reading.next_read
    return planned and _after_new_interval(reading, planned, interval, now)


def _after_new_interval(
    calendar: Calendar | ContactReading, planned: datetime, interval: timedelta, now: datetime
) -> datetime:
    if calendar.anchor is None:
        return planned
    planned = calendar.anchor + interval
    if calendar.failures and calendar.failed_at is not None:
        planned = _after_failure(calendar, planned, calendar.failed_at)
    return max(planned, now, calendar.back_off_until or now)


def stale_from(calendar: Calendar, interval: timedelta) -> datetime | None:
    """The moment from which the data are stale, None if that is not coming by time alone."""
    if calendar.as_of is None:
        return None
    return good_until(calendar.as_of, interval, failed=calendar.failures > 0)


def good_until(as_of: datetime, interval: timedelta, *, failed: bool) -> datetime:
    """The moment from which what was read at ``as_of`` is stale; ``failed``: a later read did not succeed."""
    limit = max(2 * interval, LEAST_STALE_AGE)
    if failed:
        limit = min(limit, interval + GRACE_AFTER_FAILURE)
    return as_of + limit + _TICK


def is_stale(calendar: Calendar, interval: timedelta, now: datetime) -> bool:
    """Whether the calendar data must be marked as old."""
    if calendar.as_of is None:
        return calendar.failures > 0
    moment = stale_from(calendar, interval)
    return moment is not None and now >= moment


def set_back(calendar: _Rhythm, now: datetime) -> _Rhythm:
    """The calendar, or the contacts' calendars, on a clock that was set back: what has happened lies in the
    past, rests keep their length.

    Otherwise old data would count as fresh, and a server's wish would hold, for as long as the clock was set
    back.
    """
    happened = (calendar.as_of, calendar.failed_at, calendar.anchor)
    ahead = max((moment for moment in happened if moment is not None), default=now) - now
    if ahead <= timedelta():
        return calendar
    return replace(
        calendar,
        as_of=calendar.as_of - ahead if calendar.as_of is not None else None,
        anchor=calendar.anchor - ahead if calendar.anchor is not None else None,
        failed_at=calendar.failed_at - ahead if calendar.failed_at is not None else None,
        back_off_until=calendar.back_off_until - ahead if calendar.back_off_until is not None else None,
    )


def window(now: datetime, zone: str) -> Window:
    """What a check asks for: yesterday 00:00 to four days later, local time."""
    local = ZoneInfo(zone)
    day = now.astimezone(local).date() - timedelta(days=1)
    return Window(
        datetime.combine(day, time(), local), datetime.combine(day + timedelta(days=4), time(), local)
    )
