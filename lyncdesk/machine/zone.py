"""The time zone of this computer, by its IANA name."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzlocal


def local_zone() -> str:
    """The IANA name of the zone as it is now; "UTC" where the system does not tell a name that is known."""
    try:
        with warnings.catch_warnings():
            # A computer whose settings contradict each other still has the first of them.
            warnings.simplefilter("ignore")
            tzlocal.reload_localzone()  # the person may have travelled
            name = tzlocal.get_localzone_name()
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        return "UTC"
    return name


class LocalTime(tzinfo):
    """Local time as the C library tells it, in whatever zone the computer is at that moment."""

    def fromutc(self, dt: datetime) -> datetime:
        """The local time of a time in UTC."""
        return dt.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """How far local time is ahead of UTC at a local time."""
        return dt.replace(tzinfo=None).astimezone().utcoffset() if dt is not None else None

    def dst(self, _dt: datetime | None) -> timedelta | None:
        """Not told."""
        return None

    def tzname(self, dt: datetime | None) -> str | None:
        """The zone's abbreviation at a local time."""
        return dt.replace(tzinfo=None).astimezone().tzname() if dt is not None else None
