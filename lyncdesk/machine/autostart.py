"""Start with the computer: the desktop file, the registry value or the launch agent of this user."""

from __future__ import annotations

import importlib
import os
import plistlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from xml.parsers.expat import ExpatError

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.machine.files import write_atomically
from lyncdesk.machine.share import desktop_exec
from lyncdesk.presence.message import Message


class Autostart(Protocol):
    """Whether LyncDesk starts when the person logs in."""

    def enabled(self) -> bool:
        """What holds now, whoever set it."""

    def set(self, on: bool) -> None:
        """Make it so; again does no harm.

        Raises:
            ProblemError: ``settings-not-saved``.
        """


def _guarded(where: str, act: Callable[[], None]) -> None:
    try:
        act()
    except OSError as error:
        what = Message.of("it cannot be written: {error}", error=error.strerror or str(error))
        raise ProblemError(Problem.of("settings-not-saved", where=where, what=what)) from error


def _make_so(path: Path, content: bytes | None) -> None:
    """Give the file this content, or remove it."""
    if content is None:
        _guarded(str(path), lambda: path.unlink(missing_ok=True))
    elif _content(path) != content:
        _guarded(str(path), lambda: write_atomically(path, content))


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


class XdgAutostart:
    """A desktop file in ``autostart`` of the person's configuration folder."""

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        config = os.environ.get("XDG_CONFIG_HOME", "")
        base = Path(config) if config.startswith("/") else Path.home() / ".config"
        self._path = (folder or base / "autostart") / "lyncdesk.desktop"
        self._command = command

    def enabled(self) -> bool:
        """Settings programs of desktops switch it off in the file instead of removing it."""
        lines = (_content(self._path) or b"").decode("utf-8", "replace").splitlines()
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
        _make_so(self._path, text.encode() if on else None)


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
        _guarded(f"HKEY_CURRENT_USER\\{self._RUN}", lambda: self._make_so(on))

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


class MacAutostart:
    """A launch agent of the person; it takes effect at the next login."""

    _LABEL = "org.lyncdesk.LyncDesk"

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        self._path = (folder or Path.home() / "Library/LaunchAgents") / f"{self._LABEL}.plist"
        self._command = command

    def enabled(self) -> bool:
        """See :class:`Autostart`."""
        try:
            agent = plistlib.loads(_content(self._path) or b"")
        except (plistlib.InvalidFileException, ExpatError, ValueError):
            return False
        return isinstance(agent, dict) and bool(agent.get("RunAtLoad")) and not agent.get("Disabled")

    def set(self, on: bool) -> None:
        """See :class:`Autostart`."""
        agent = {
            "Label": self._LABEL,
            "ProgramArguments": list(self._command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        _make_so(self._path, plistlib.dumps(agent) if on else None)


def autostart(command: Sequence[str]) -> Autostart:
    """The way of this system; ``command`` is what starts LyncDesk, its program as a full path."""
    if sys.platform == "win32":
        return WindowsAutostart(command)
    if sys.platform == "darwin":
        return MacAutostart(command)
    return XdgAutostart(command)
