"""Whether what this program is made of was replaced while it runs, as by an update.

It then goes on as it was, but what it loads from now on (a window that was not opened yet, the worker of
the next check) is of the other version.
"""

from __future__ import annotations

import sys
from pathlib import Path

import lyncdesk
from lyncdesk.starting import form


class ProgramFiles:
    """One file that every update writes anew; looked at now, and again when somebody asks.

    ``file`` None: the program itself where it is bundled, else the package's own first file. In an AppImage
    or a Flatpak it lies where no update reaches it while the program runs.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or Path(sys.executable if form().frozen else lyncdesk.__file__)
        self._before = self._mark()

    def replaced(self) -> bool:
        """Whether another file lies in its place. While an update is under way there may be none."""
        now = self._mark()
        return now is not None and now != self._before

    def _mark(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
