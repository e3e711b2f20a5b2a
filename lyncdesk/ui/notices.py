"""Tells the person once when the calendar cannot be read, or not all of it, and again only after it could be
read meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable

from lyncdesk.client.view_types import TrayView


class Notices:
    """Watches the marks of the tray icon: old data, items that may be missing, or a password that is needed.
    ``tell`` shows a notice.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told = ""

    def show_view(self, view: TrayView, *, wanted: bool) -> None:
        """Look at what the tray shows now; ``wanted`` is the person's choice in Options > Status."""
        mark = _mark(view)
        # Read again, if not whole, is no worse than it was.
        better = (self._told, mark) == ("stale", "incomplete")
        if mark and mark != self._told and not better and wanted:
            self._tell(view.status_line)
        self._told = mark


def _mark(view: TrayView) -> str:
    if view.indicator.needs_password:
        return "password"
    if view.indicator.incomplete:
        return "incomplete"
    return "stale" if view.indicator.stale else ""
