"""Files of the person's that switch the start at login: there with this content, or not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.machine.files import write_atomically
from lyncdesk.presence.message import Message


def guarded(where: str, act: Callable[[], None]) -> None:
    """Write something of the person's; ``where`` names it.

    Raises:
        ProblemError: ``start-not-written``.
    """
    try:
        act()
    except OSError as error:
        what = Message.of("it cannot be written: {error}", error=error.strerror or str(error))
        raise ProblemError(Problem.of("start-not-written", where=where, what=what)) from error


def make_so(path: Path, wanted: bytes | None) -> None:
    """Give the file this content, or remove it.

    Raises:
        ProblemError: ``start-not-written``.
    """
    if wanted is None:
        guarded(str(path), lambda: path.unlink(missing_ok=True))
    elif content(path) != wanted:
        guarded(str(path), lambda: _write(path, wanted))


def _write(path: Path, wanted: bytes) -> None:
    # A link to /dev/null hides an entry; what it leads to is no place to write into.
    if path.is_symlink() and path.exists() and not path.is_file():
        path.unlink()
    write_atomically(path, wanted)


def content(path: Path) -> bytes | None:
    """What is in the file, None where it cannot be read; nothing of a device, which may never end."""
    if path.exists() and not path.is_file():
        return None if path.is_dir() else b""
    try:
        return path.read_bytes()
    except OSError:
        return None
