"""Start with the computer: the desktop file, the registry value or the launch agent of this user."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

from lyncdesk.machine.persons_file import guarded
from lyncdesk.machine.xdg_autostart import XdgAutostart


class Autostart(Protocol):
    """Whether LyncDesk starts when the person logs in."""

    def enabled(self) -> bool:
        """What holds now, whoever set it."""

    def set(self, on: bool) -> None:
        """Make it so; again does no harm.

        Raises:
            ProblemError: ``settings-not-saved``.
        """


class WindowsAutostart:
    """A value under ``Run`` in the person's registry."""

    _RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
    # Where the Task Manager notes that the person switched an entry off: an odd first byte.
    _APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
    _NAME = "LyncDesk"

    def __init__(self, command: Sequence[str], winreg: Any = None) -> None:
        self._line = subprocess.list2cmdline(command)
        self._registry = winreg if winreg is not None else importlib.import_module("winreg")

    def enabled(self) -> bool:
        """See :class:`Autostart`."""
        approved = self._value(self._APPROVED)
        return self._value(self._RUN) is not None and not (approved and approved[0] % 2)

    def set(self, on: bool) -> None:
        """See :class:`Autostart`."""
        guarded(f"HKEY_CURRENT_USER\\{self._RUN}", lambda: self._make_so(on))

    def _make_so(self, on: bool) -> None:
        registry = self._registry
        self._remove(self._APPROVED)
        if not on:
            self._remove(self._RUN)
        elif self._value(self._RUN) != self._line:
            with registry.CreateKeyEx(
                registry.HKEY_CURRENT_USER, self._RUN, 0, registry.KEY_SET_VALUE
            ) as key:
                registry.SetValueEx(key, self._NAME, 0, registry.REG_SZ, self._line)

    def _value(self, path: str) -> Any:
        registry = self._registry
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, path) as key:
                return registry.QueryValueEx(key, self._NAME)[0]
        except OSError:
            return None

    def _remove(self, path: str) -> None:
        registry = self._registry
        with (
            suppress(FileNotFoundError),
            registry.OpenKey(registry.HKEY_CURRENT_USER, path, 0, registry.KEY_SET_VALUE) as key,
        ):
            registry.DeleteValue(key, self._NAME)


def autostart(command: Sequence[str]) -> Autostart:
    """The way of this system; ``command`` is what starts LyncDesk, its program as a full path."""
    if sys.platform == "win32":
        return WindowsAutostart(command)
    if sys.platform == "darwin":
        from lyncdesk.machine.mac_autostart import MacAutostart  # XML, for nothing elsewhere

        return MacAutostart(command)
    return XdgAutostart(command)
