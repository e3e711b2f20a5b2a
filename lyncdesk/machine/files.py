"""Files that are whole or not there, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

_STALE = timedelta(hours=1)


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace the file's content; a reader, and whoever comes after a crash, sees the old or the new, whole.

    Folders on the way are made, for the owner alone. A symbolic link stays one: its target is replaced.

    Raises:
        OSError: nothing was changed. Also where something else than a file lies there: as root a device such
            as /dev/null would be replaced like any file.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        code = errno.EISDIR if target.is_dir() else errno.EINVAL
        raise OSError(code, os.strerror(code), str(target))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The name tells the process, so that two of them never write one file.
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(target)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    # Without this the new name may be lost with the power; other systems than POSIX have no such call.
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def remove_leftovers(path: Path, now: datetime) -> None:
    """Remove what writers of ``path`` that were killed more than an hour ago left beside it."""
    target = Path(os.path.realpath(path))
    with suppress(OSError):
        for left in target.parent.glob(f".{target.name}.*.new"):
            if now.timestamp() - left.stat().st_mtime > _STALE.total_seconds():
                left.unlink()


def private_folder(folder: Path) -> Path:
    """Make the folder for its owner alone, and return it.

    Raises:
        PermissionError: it belongs to somebody else, or is a link: somebody may have laid a trap.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if sys.platform != "win32":
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != os.getuid():
            raise PermissionError(f"{folder} does not belong to you; remove it, or ask who made it")
        if found.st_mode & 0o077:
            folder.chmod(0o700)
    return folder
