"""The name under which Windows shows notices of the tray, where no installer has told it.

A notice is shown as a toast of the identity that the program gives itself. One that Windows knows neither
from a shortcut of the start menu nor from the registry is shown under a file name, by some versions not
at all. The installer writes both (packaging/windows); who has LyncDesk from pip gets the registry's here.
"""

from __future__ import annotations

import importlib
from contextlib import suppress
from typing import Any, Final

# Under HKEY_CLASSES_ROOT both this person's and everybody's are seen, one level deeper.
_CLASSES: Final = "Software\\Classes\\"
_IDENTITIES: Final = "AppUserModelId\\"


def introduce(identity: str, name: str, winreg: Any = None) -> None:
    """Tell Windows of the identity, for this person, unless it knows it. Costs a notice its name at worst."""
    registry = winreg if winreg is not None else importlib.import_module("winreg")
    with suppress(OSError), registry.OpenKey(registry.HKEY_CLASSES_ROOT, _IDENTITIES + identity):
        return
    path = _CLASSES + _IDENTITIES + identity
    with (
        suppress(OSError),
        registry.CreateKeyEx(registry.HKEY_CURRENT_USER, path, 0, registry.KEY_SET_VALUE) as key,
    ):
        registry.SetValueEx(key, "DisplayName", 0, registry.REG_SZ, name)


def withdraw(identity: str, winreg: Any = None) -> None:
    """Take back what :func:`introduce` told Windows for this person; what an installer told for all stays.

    Raises:
        OSError: it stays.
    """
    registry = winreg if winreg is not None else importlib.import_module("winreg")
    with suppress(FileNotFoundError):
        registry.DeleteKey(registry.HKEY_CURRENT_USER, _CLASSES + _IDENTITIES + identity)
