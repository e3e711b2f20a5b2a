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

    session, system = "SESSION", "SYSTEM"
    watchers = (LoginWatcher(system, environment), ScreenSaverWatcher(session), NetworkWatcher(system))
    # Each way to tell idleness brings its own library; only those of this kind of desktop are loaded.
    if environment.get("XDG_SESSION_TYPE") == "wayland" or environment.get("WAYLAND_DISPLAY"):
        from lyncdesk.machine.wayland_idle import WaylandIdle

        return Senses(idle=(MutterIdle(session), WaylandIdle(environment)), watchers=watchers)
    from lyncdesk.machine.x11_idle import X11Idle

    return Senses(idle=(X11Idle(environment), MutterIdle(session)), watchers=watchers)


def machine_probe() -> Probe:
    """The probe of this computer."""
    return Probe(senses())
