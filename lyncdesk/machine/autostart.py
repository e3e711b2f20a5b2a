"""Start with the computer: the desktop file, the registry value or the launch agent of this user."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from lyncdesk.machine.persons_file import content, make_so
from lyncdesk.machine.share import desktop_exec


class Autostart(Protocol):
    """Whether LyncDesk starts when the person logs in."""

    def enabled(self) -> bool:
        """What holds now, whoever set it."""

    def set(self, on: bool) -> None:
        """Make it so; again does no harm.

        Raises:
            ProblemError: ``settings-not-saved``.
        """


class XdgAutostart:
    """A desktop file in ``autostart`` of the person's configuration folder."""

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        config = os.environ.get("XDG_CONFIG_HOME", "")
        base = Path(config) if config.startswith("/") else Path.home() / ".config"
        self._path = (folder or base / "autostart") / "lyncdesk.desktop"
        self._command = command

    def enabled(self) -> bool:
        """Settings programs of desktops switch it off in the file instead of removing it."""
        lines = (content(self._path) or b"").decode("utf-8", "replace").splitlines()
        off = {"Hidden=true", "X-GNOME-Autostart-enabled=false"}
        return bool(lines) and not off.intersection(line.replace(" ", "") for line in lines)

    def set(self, on: bool) -> None:
        """See :class:`Autostart`."""
        text = (
            "[Desktop Entry]\n"
            "Type=Application\n"
            "Name=LyncDesk\n"
            "Icon=lyncdesk\n"
            f"Exec={desktop_exec(self._command)}\n"
            "Terminal=false\n"
            "StartupNotify=false\n"
            "X-GNOME-Autostart-enabled=true\n"
        )
        make_so(self._path, text.encode() if on else None)


def autostart(command: Sequence[str]) -> Autostart:
    """The way of this system; ``command`` is what starts LyncDesk, its program as a full path."""
    if sys.platform == "win32":
        from lyncdesk.machine.windows_autostart import WindowsAutostart

        return WindowsAutostart(command)
    if sys.platform == "darwin":
        from lyncdesk.machine.macos_autostart import MacAutostart

        return MacAutostart(command)
    return XdgAutostart(command)
