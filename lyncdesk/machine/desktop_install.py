"""Menu entry, icons, manual page and completion in the person's own data folder (XDG Base Directory).

What was written is noted, so that nothing else is ever changed or removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lyncdesk.machine.files import write_atomically
from lyncdesk.machine.share import MENU_ENTRY, desktop_exec, entry_values, program_of, share_files

_LONGEST = 1024 * 1024  # bytes of a record
_TOOL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Changed:
    """What was done: files written, files removed, and files of somebody else that were left as they are."""

    written: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()
    left: tuple[Path, ...] = ()


@dataclass(slots=True)
class _Record:
    """What earlier runs wrote: the sum of each file, and the folders made for them, outer ones first."""

    files: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)


class DesktopFiles:
    """``share`` is the person's data folder, ``record`` the file that notes what was written there."""

    def __init__(self, share: Path, record: Path) -> None:
        self.share = share
        self._path = record

    @property
    def are_there(self) -> bool:
        """Whether they were written before."""
        return bool(self._read().files)

    def of_another(self, commands: Sequence[Sequence[str]]) -> str | None:
        """The program that the menu entry starts, if it is there and none of these commands starts it.

        Of two installations of a person the one that wrote the files last has them.
        """
        values = entry_values(_content(self.share / MENU_ENTRY) or b"")
        if any(values.get("Exec") == desktop_exec(command) for command in commands):
            return None
        named = program_of(values)
        return shutil.which(named) if named and self.are_there else None

    def install(self, command: Sequence[str]) -> Changed:
        """Write all that is not there as it should be; the menu entry starts ``command``.

        Raises:
            OSError: a file cannot be written; what is there is noted.
        """
        record = self._read()
        wanted = share_files(command)
        gone = self._remove(record, [name for name in record.files if name not in wanted])
        written, left = [], list(gone.left)
        try:
            for name, content in wanted.items():
                path = self.share / name
                there = _content(path)
                if there == content:
                    record.files[name] = _sum(content)
                elif there is not None and record.files.get(name) != _sum(there):
                    left.append(path)
                else:
                    self._make_folders(record, path.parent)
                    write_atomically(path, content, 0o644)
                    record.files[name] = _sum(content)
                    written.append(path)
        finally:
            self._write(record)
        if written or gone.removed:
            self._refresh()
        return Changed(tuple(written), gone.removed, tuple(left))

    def uninstall(self) -> Changed:
        """Remove what was written, but not what somebody has changed since.

        Raises:
            OSError: a file cannot be removed; the others are noted still.
        """
        record = self._read()
        try:
            changed = self._remove(record, list(record.files))
        finally:
            self._write(record)
        for folder in reversed(record.folders):
            with suppress(OSError):  # something else lies in it by now
                (self.share / folder).rmdir()
        if changed.removed:
            self._refresh()
        self._path.unlink(missing_ok=True)
        with suppress(OSError):  # the person's own files lie in it
            self._path.parent.rmdir()
        return changed

    def _remove(self, record: _Record, names: Sequence[str]) -> Changed:
        removed, left = [], []
        for name in names:
            path = self.share / name
            there = _content(path)
            if there is not None and _sum(there) == record.files[name]:
                path.unlink()
                removed.append(path)
            elif there is not None:
                left.append(path)
            del record.files[name]
        return Changed(removed=tuple(removed), left=tuple(left))

    def _make_folders(self, record: _Record, folder: Path) -> None:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o755)
            if each.is_relative_to(self.share) and each != self.share:
                record.folders.append(each.relative_to(self.share).as_posix())

    def _refresh(self) -> None:
        """Tell those who keep a list of the icons.

        Menus look after their folder themselves; update-desktop-database lists kinds of files, of which the
        program opens none, and would leave its list behind.
        """
        icons = self.share / "icons/hicolor"
        if (icons / "icon-theme.cache").exists():
            _run("gtk-update-icon-cache", "-q", "-t", "-f", icons)
        elif icons.is_dir():
            # Who keeps none looks at this moment to see that something is new (Icon Theme Specification).
            os.utime(icons)

    def _read(self) -> _Record:
        try:
            with self._path.open("rb") as file:
                noted = json.loads(file.read(_LONGEST))
            files, folders = noted["files"], noted["folders"]
            return _Record(
                {
                    name: digest
                    for name, digest in files.items()
                    if _is_name(name) and isinstance(digest, str)
                },
                [folder for folder in folders if _is_name(folder)],
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return _Record()

    def _write(self, record: _Record) -> None:
        noted: Mapping[str, object] = {"files": record.files, "folders": record.folders}
        write_atomically(self._path, json.dumps(noted, indent=1).encode())


def _is_name(name: object) -> bool:
    """Whether this is a path below the folder, as only we write them."""
    return isinstance(name, str) and not name.startswith("/") and ".." not in name.split("/")


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _run(tool: str, *arguments: str | Path) -> None:
    found = shutil.which(tool)
    if found is None:
        return
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            [found, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TOOL_SECONDS,
            check=False,
        )
