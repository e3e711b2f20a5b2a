"""Which senses a probe has on this system: one row per kind of desktop."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from lyncdesk.client.words import N_
from lyncdesk.machine.probe import Probe, Senses

NOT_ANNOUNCED = N_(
    "Sleep and the network's return are noticed afterwards, by the clocks and by trying again."
)


def senses(platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Senses:
    """What this system offers, best way first; what turns out not to be there is skipped and told."""
    if platform == "win32":
        from lyncdesk.machine.windows import WindowsIdle, windows_locked

        return Senses(idle=(WindowsIdle(),), locked=windows_locked, limits=(NOT_ANNOUNCED,))
    if platform == "darwin":
        from lyncdesk.machine.macos import MacIdle, macos_locked

        return Senses(idle=(MacIdle(),), locked=macos_locked, limits=(NOT_ANNOUNCED,))
    from lyncdesk.machine.linux import LoginWatcher, MutterIdle, NetworkWatcher, ScreenSaverWatcher
    from lyncdesk.machine.wayland_idle import WaylandIdle
    from lyncdesk.machine.x11_idle import X11Idle

    wayland = environment.get("XDG_SESSION_TYPE") == "wayland" or bool(environment.get("WAYLAND_DISPLAY"))
    session, system = "SESSION", "SYSTEM"
    return Senses(
        idle=(MutterIdle(session), WaylandIdle(environment))
        if wayland
        else (X11Idle(environment), MutterIdle(session)),
        watchers=(LoginWatcher(system, environment), ScreenSaverWatcher(session), NetworkWatcher(system)),
    )


def machine_probe() -> Probe:
    """The probe of this computer."""
    return Probe(senses())
