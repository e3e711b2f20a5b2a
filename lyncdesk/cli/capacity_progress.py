"""How far ``lyncdesk capacity`` is, on a terminal, where it takes long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self, TextIO

from lyncdesk.capacity.numbers import interval_name

# Seconds before anything is said, and between one word and the next.
_PATIENCE, _PAUSE = 2.0, 0.5


class Progress:
    """One line that is written over, and gone when all is done; nothing where nobody looks."""

    def __init__(self, terminal: TextIO, monotonic: Callable[[], float]) -> None:
        self._terminal = terminal
        self._monotonic = monotonic
        self._next = monotonic() + _PATIENCE
        self._wide = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._wide:
            self._write("")
            self._terminal.write("\r")
            self._terminal.flush()
            self._wide = 0

    def tell(self, intervals: Sequence[int], part: float) -> None:
        """So much of these intervals, from 0 to 1, is reckoned."""
        if self._monotonic() < self._next or not self._terminal.isatty():
            return
        self._next = self._monotonic() + _PAUSE
        what = interval_name(intervals[0]) if len(intervals) == 1 else f"{len(intervals)} intervals"
        self._write(f"lyncdesk: {what}: {int(100 * part)} % reckoned")

    def _write(self, text: str) -> None:
        self._terminal.write(f"\r{text:<{self._wide}}")
        self._terminal.flush()
        self._wide = max(self._wide, len(text))
