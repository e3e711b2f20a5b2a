"""Start with the computer on macOS: a launch agent, the person's own or one for everybody."""

from __future__ import annotations

import plistlib
from collections.abc import Sequence
from pathlib import Path
from xml.parsers.expat import ExpatError

from lyncdesk.machine.persons_file import content, make_so
from lyncdesk.starting import DESKTOP_ID


class MacAutostart:
    """A launch agent of the person; it takes effect at the next login.

    An administrator may have one for everybody in ``common`` (packaging/macos). It starts the program with
    ``--at-log-on``, which looks first whether this person switched it off: an agent of the person with the
    same label that is disabled says so.
    """

    _LABEL = DESKTOP_ID

    def __init__(
        self,
        command: Sequence[str],
        folder: Path | None = None,
        common: Path = Path("/Library/LaunchAgents"),
    ) -> None:
        self._path = (folder or Path.home() / "Library/LaunchAgents") / f"{self._LABEL}.plist"
        self._common = common / f"{self._LABEL}.plist"
        self._command = command

    def enabled(self) -> bool:
        """See :class:`lyncdesk.machine.autostart.Autostart`."""
        return _starts(self._path if self._path.exists() else self._common)

    def set(self, on: bool) -> None:
        """See :class:`lyncdesk.machine.autostart.Autostart`."""
        everybody = _starts(self._common)
        agent = {
            "Label": self._LABEL,
            # What the login items of the system settings show it as; otherwise as who signed it.
            "AssociatedBundleIdentifiers": [self._LABEL],
            "ProgramArguments": list(self._command),
            "RunAtLoad": on,
            "Disabled": not on,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        make_so(self._path, plistlib.dumps(agent) if on is not everybody else None)


def _starts(path: Path) -> bool:
    try:
        agent = plistlib.loads(content(path) or b"")
    except (plistlib.InvalidFileException, ExpatError, ValueError):
        return False
    return isinstance(agent, dict) and bool(agent.get("RunAtLoad")) and not agent.get("Disabled")
