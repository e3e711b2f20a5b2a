"""Start at login on freedesktop's desktops (Desktop Application Autostart Specification).

A package may have put an entry for everybody under /etc/xdg; the person's own file of the same name stands
before it, and with ``Hidden=true`` hides it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from lyncdesk.machine.paths import xdg_folder
from lyncdesk.machine.persons_file import content, make_so
from lyncdesk.machine.share import autostart_entry, desktop_exec
from lyncdesk.starting import DESKTOP_ID

_NAME = f"{DESKTOP_ID}.desktop"
# What it was called before the program had an id.
_FORMER = "lyncdesk.desktop"
# As GLib reads a boolean.
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})
_HIDDEN = b"[Desktop Entry]\nType=Application\nName=LyncDesk\nHidden=true\n"
_MINIMISED = "--minimised"


class XdgAutostart:
    """A desktop file in ``autostart`` of the person's configuration folder.

    ``command`` starts the program, into the tray if it ends with ``--minimised``; ``folder`` is that of the
    person's entries, ``everybody`` those in which packages put theirs, the first one first.
    """

    def __init__(
        self, command: Sequence[str], folder: Path | None = None, everybody: Sequence[Path] | None = None
    ) -> None:
        self._folder = folder or xdg_folder("XDG_CONFIG_HOME", ".config") / "autostart"
        self.path = self._folder / _NAME
        self._former = self._folder / _FORMER
        self._command = tuple(command)
        self._everybody = everybodys_folders() if everybody is None else everybody

    def enabled(self) -> bool:
        """Settings programs of desktops switch it off in the file instead of removing it.

        An own file that is empty, or a link to /dev/null, hides the entry for everybody.
        """
        own = content(self.path)
        return _starts(self._entry_for_everybody() if own is None else own)

    def set(self, on: bool) -> None:
        """See :class:`lyncdesk.machine.autostart.Autostart`."""
        make_so(self.path, self._wanted(on))
        make_so(self._former, None)

    def take_over(self) -> None:
        """Give the entry of an earlier version its present name, switched on or off as it was.

        Raises:
            ProblemError: ``start-not-written``.
        """
        before = content(self._former)
        if before is not None and content(self.path) is None:
            self.set(_starts(before))

    def forget(self, commands: Sequence[Sequence[str]]) -> bool:
        """Remove the person's entry if it starts one of these commands, with options or not; whether it did.

        Raises:
            ProblemError: ``start-not-written``.
        """
        starts = tuple(f"Exec={desktop_exec(command)}" for command in commands)
        found = False
        for path in (self.path, self._former):
            lines = (content(path) or b"").decode("utf-8", "replace").splitlines()
            if any(line == start or line.startswith(f"{start} ") for line in lines for start in starts):
                make_so(path, None)
                found = True
        return found

    def own_entries(self) -> tuple[Path, ...]:
        """Where the person's own entries lie, of this version and of earlier ones."""
        return (self._former,) if self.keeps_off() else (self.path, self._former)

    def keeps_off(self) -> bool:
        """Whether the person's entry is there so that the one for everybody does not start LyncDesk."""
        own = content(self.path)
        return own is not None and not _starts(own) and _starts(self._entry_for_everybody())

    def _wanted(self, on: bool) -> bytes | None:
        for_everybody = _starts(self._entry_for_everybody())
        if not on:
            return _HIDDEN if for_everybody else None
        if for_everybody and self._command[-1] == _MINIMISED:
            return None  # as the package has it
        if self._command[-1] == _MINIMISED:
            return autostart_entry(self._command[:-1])
        return autostart_entry(self._command).replace(f" {_MINIMISED}\n".encode(), b"\n")

    def _entry_for_everybody(self) -> bytes:
        for folder in self._everybody:
            if (entry := content(folder / _NAME)) is not None:
                return entry
        return b""


def _starts(entry: bytes) -> bool:
    """Whether an entry starts a program here: it is switched on and the program is there (``TryExec``)."""
    values = _values(entry)
    if values.get("Hidden") in _TRUE or values.get("X-GNOME-Autostart-enabled") in _FALSE:
        return False
    program = values.get("TryExec", "").replace("\\\\", "\\")
    if not values.get("Exec") or (program and shutil.which(program) is None):
        return False
    return _is_for_this_desktop(values)


def _values(entry: bytes) -> dict[str, str]:
    """The keys of the group ``Desktop Entry``; of one that is there twice the last, as GLib has it."""
    group, found = "", {}
    for line in entry.decode("utf-8", "replace").splitlines():
        if line.startswith("["):
            group = line.strip()
        elif group == "[Desktop Entry]" and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[key.strip()] = value.strip()
    return found


def _is_for_this_desktop(values: Mapping[str, str]) -> bool:
    """``OnlyShowIn`` and ``NotShowIn``; where no desktop tells its name, as over SSH, it is."""
    here = set(os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")) - {""}
    if not here:
        return True
    only, never = (values.get(key) for key in ("OnlyShowIn", "NotShowIn"))
    if never is not None and here.intersection(never.split(";")):
        return False
    return only is None or bool(here.intersection(only.split(";")))


def everybodys_folders() -> list[Path]:
    """Where packages put entries for everybody, the first one first (XDG Base Directory Specification)."""
    given = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    return [Path(folder) / "autostart" for folder in given.split(":") if folder.startswith("/")]
