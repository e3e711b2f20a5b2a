"""What happens to time itself: the machine slept, the clock was set, the zone changed. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from lyncdesk.machine.clock import Readings

# Smaller differences are a busy machine or a clock being disciplined.
JUMP = 5.0  # seconds
STALL = 60.0  # seconds

WOKE, CLOCK_JUMPED, NETWORK_RETURNED, ZONE_CHANGED = (
    "woke",
    "clock-jumped",
    "network-returned",
    "zone-changed",
)


@dataclass(frozen=True, slots=True)
class Beat:
    """One look at the clocks: what they said, the zone (any value that changes with it), the pause after."""

    at: Readings
    zone: object
    asked: float = 0.0


def jolts(before: Beat, now: Beat) -> tuple[str, ...]:
    """What happened between two looks; ``before.asked`` seconds were to pass.

    The machine slept if the clock that stands still meanwhile fell behind the one that runs on, or, where
    there is no such clock, if far more time passed than was asked for.
    """
    steady = now.at.steady - before.at.steady
    awake = now.at.awake - before.at.awake
    wall = now.at.wall - before.at.wall
    slept = steady - awake > JUMP or steady - before.asked > STALL
    found = (
        (WOKE, slept),
        (CLOCK_JUMPED, abs(wall - steady) > JUMP),
        (ZONE_CHANGED, before.zone != now.zone),
    )
    return tuple(name for name, true in found if true)
