"""The time zone of this computer, by its IANA name."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzlocal


def local_zone() -> str:
    """The IANA name of the local zone; "UTC" where the system does not tell a name that is known."""
    try:
        name = tzlocal.get_localzone_name()
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return name
