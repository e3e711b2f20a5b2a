"""The socket by which the command line reaches the client that is running."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from lyncdesk.bootstrap import MakeBeside
from lyncdesk.client.live import LiveSession
from lyncdesk.client.session import Hooks
from lyncdesk.client.words import Words
from lyncdesk.control.server import ControlServer
from lyncdesk.machine.paths import Paths


def control_socket(place: Paths, hooks: Hooks) -> MakeBeside:
    """What makes the socket of a session: English words, times in the person's zone."""

    def make(session: LiveSession) -> ControlServer:
        return ControlServer(
            place.socket,
            session,
            lambda: session.state,
            session.drained,
            Words(zone=ZoneInfo(session.state.profile.zone)),
            hooks.show,
            hooks.quit,
            session.recorded,
        )

    return make
