"""Start with the computer on Windows: a value under ``Run``, the person's own or one for everybody.

The installer for everybody writes the latter (packaging/windows), and only an administrator can change it,
also in the Task Manager. So that it holds for nobody who does not want it, it starts the program with
``--at-log-on``, which looks first whether this person switched it off: a value of our own says so.
"""

from __future__ import annotations

import importlib
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from lyncdesk.machine.persons_file import guarded

RUN: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
# Where the Task Manager notes that an entry was switched off, beside whom it belongs to: an odd first byte.
APPROVED: Final = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
NAME: Final = "LyncDesk"
# The person's own word against the entry for everybody: the number 0.
OWN: Final = r"Software\LyncDesk"
OWN_NAME: Final = "StartAtLogOn"


class WindowsAutostart:
    """An :class:`lyncdesk.machine.autostart.Autostart` over the registry."""

    def __init__(self, command: Sequence[str], winreg: Any = None) -> None:
        self._line = subprocess.list2cmdline(command)
        self._registry = winreg if winreg is not None else importlib.import_module("winreg")
        self._person, self._everybody = self._registry.HKEY_CURRENT_USER, self._registry.HKEY_LOCAL_MACHINE

    def enabled(self) -> bool:
        """Whoever wrote the entry, and whoever switched it off."""
        if self._starts(self._person):
            return True
        return self._starts(self._everybody) and self._value(self._person, OWN, OWN_NAME) != 0

    def set(self, on: bool) -> None:
        """Make it so for this person. Again does no harm.

        Raises:
            ProblemError: ``start-not-written``.
        """
        guarded(f"HKEY_CURRENT_USER\\{RUN}", lambda: self._make_so(on))

    def _make_so(self, on: bool) -> None:
        everybody = self._starts(self._everybody)
        self._remove(APPROVED, NAME)
        if everybody and not on:
            self._write(OWN, OWN_NAME, self._registry.REG_DWORD, 0)
        else:
            self._remove(OWN, OWN_NAME)
        # Two entries would start it twice, and the second start opens the window of the first.
        if everybody or not on:
            self._remove(RUN, NAME)
        elif self._value(self._person, RUN, NAME) != self._line:
            self._write(RUN, NAME, self._registry.REG_SZ, self._line)

    def _starts(self, root: Any) -> bool:
        approved = self._value(root, APPROVED, NAME)
        return self._value(root, RUN, NAME) is not None and not (approved and approved[0] % 2)

    def _value(self, root: Any, path: str, name: str) -> Any:
        registry = self._registry
        try:
            with registry.OpenKey(root, path) as key:
                return registry.QueryValueEx(key, name)[0]
        except OSError:
            return None

    def _write(self, path: str, name: str, kind: int, value: object) -> None:
        registry = self._registry
        with registry.CreateKeyEx(self._person, path, 0, registry.KEY_SET_VALUE) as key:
            registry.SetValueEx(key, name, 0, kind, value)

    def _remove(self, path: str, name: str) -> None:
        registry = self._registry
        with (
            suppress(FileNotFoundError),
            registry.OpenKey(self._person, path, 0, registry.KEY_SET_VALUE) as key,
        ):
            registry.DeleteValue(key, name)
