"""The start at login of this system, as :class:`lyncdesk.client.start_at_login.StartAtLogin`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from lyncdesk.client.ports import ProblemError
from lyncdesk.machine.autostart import autostart
from lyncdesk.machine.paths import sandboxed
from lyncdesk.machine.xdg_autostart import XdgAutostart


class SystemStart:
    """A file, a value of the registry, or in Flatpak the desktop's portal.

    ``command(minimised)`` is what starts LyncDesk.
    """

    def __init__(self, command: Callable[[bool], Sequence[str]]) -> None:
        self._command = command

    def enabled(self) -> bool | None:
        """See the protocol. An entry of an earlier version gets its present name first."""
        if sandboxed():  # where nobody looks at the files that switch the start
            return None  # the portal takes wishes and answers no question
        starter = autostart(self._command(True))
        if isinstance(starter, XdgAutostart):
            with suppress(ProblemError):  # told when the person switches it
                starter.take_over()
        return starter.enabled()

    async def set(self, on: bool, *, minimised: bool) -> None:
        """See the protocol."""
        if sandboxed():
            from lyncdesk.machine.background_portal import request_autostart

            await request_autostart(on, minimised=minimised)
        else:
            autostart(self._command(minimised)).set(on)
