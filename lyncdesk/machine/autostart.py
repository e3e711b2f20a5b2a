"""Start with the computer: the desktop file, the registry value or the launch agent of this user."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol


class Autostart(Protocol):
    """Whether LyncDesk starts when the person logs in."""

    def enabled(self) -> bool:
        """What holds now, whoever set it."""

    def set(self, on: bool) -> None:
        """Make it so; again does no harm.

        Raises:
            ProblemError: ``start-not-written``.
        """


def autostart(command: Sequence[str]) -> Autostart:
    """The way of this system; ``command`` is what starts LyncDesk, its program as a full path."""
    if sys.platform == "win32":
        from lyncdesk.machine.windows_autostart import WindowsAutostart

        return WindowsAutostart(command)
    if sys.platform == "darwin":
        from lyncdesk.machine.macos_autostart import MacAutostart

        return MacAutostart(command)
    from lyncdesk.machine.xdg_autostart import XdgAutostart

    return XdgAutostart(command)
