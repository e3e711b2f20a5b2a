"""What one calendar check costs an Exchange: assumed, or as ``--measure`` found it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from lyncdesk.capacity.measure import Measured
from lyncdesk.capacity.results import SECONDS, Load

_KILO: Final = 1_000


@dataclass(frozen=True, slots=True)
class Cost:
    """One check that the interval repeats: how long Exchange is at work on it, requests, bytes both ways.

    ``server`` is where it was measured, "" = it is assumed.
    """

    service: timedelta
    requests: float
    traffic: int
    server: str = ""

    @classmethod
    def of(cls, measured: Measured, server: str) -> Cost:
        """As it was measured; what the way to the server takes is in its time."""
        return cls(measured.service, measured.requests_per_check, measured.bytes_per_check, server)

    def requests_per_s(self, checks_per_s: float) -> float:
        """Requests in a second in which so many checks are sent."""
        return round(checks_per_s * self.requests, 6)

    def at_once(self, checks_per_s: float) -> float:
        """Checks at work at once if so many begin each second (Little's law)."""
        return round(checks_per_s * self.service.total_seconds(), 6)

    def megabits_per_s(self, checks_per_s: float) -> float:
        """Megabits in a second in which so many checks are sent."""
        return round(checks_per_s * self.traffic * 8 / _KILO**2, 6)

    def gigabytes(self, checks: int) -> float:
        """Gigabytes (10^9) of so many checks."""
        return round(checks * self.traffic / _KILO**3, 6)


# Bytes and requests are those of this client at the embedded Exchange, without TLS: a calendar of 16 items in
# the days that a check asks for; a connection of its own, signed in by NTLM (two requests), then items and
# automatic replies (one each). A test holds them. The time is a guess that --measure replaces.
ASSUMED: Final = Cost(timedelta(milliseconds=50), 4.0, 19_500)


def fan_out(load: Load, contacts: int) -> tuple[float, int]:
    """News to contacts in a second: the mean over the day, and in the busiest second."""
    return round(load.total * contacts / SECONDS, 6), load.peak * contacts
