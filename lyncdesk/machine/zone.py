"""The time zone of this computer, by its IANA name."""

from __future__ import annotations

import warnings
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
