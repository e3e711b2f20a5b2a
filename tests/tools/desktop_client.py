"""The desktop client over a session that remembers and obeys: real windows and tray, no Exchange.

    python -m tests.tools.desktop_client RUNTIME_DIRECTORY [--minimised] [--no-account] [--broken]
    [--broken-check] [--stubborn] [--at-login] [--impatient]

Prints `ready` when the session exists, then each event as `posted ResetStatus()`, each call as `asked (...)`.
The person is in a meeting; what is picked by hand is shown.
"""

import argparse
import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lyncdesk.client.events import CheckNow, Event, ResetStatus, SetStatus, SignIn, SignOut
from lyncdesk.client.options import Account, Options
from lyncdesk.client.session import Hooks
from lyncdesk.client.state import Calendar, Health, State
from lyncdesk.client.words import Words
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import Profile
from lyncdesk.ui import opening
from lyncdesk.ui.application import Program, run
from tests.ui.builders import ME, RecordingSession

HALF_HOUR = timedelta(minutes=30)


class ObedientSession(RecordingSession):
    """Does what it is asked, without an engine."""

    def __init__(self, state: State, *, stubborn: bool, broken_check: bool) -> None:
        super().__init__()
        self._state = state
        self._stubborn = stubborn
        self._broken_check = broken_check

    def start(self, on_state: Callable[[State], None]) -> None:
        super().start(on_state)
        print("ready", flush=True)
        on_state(self._state)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def post(self, event: Event) -> None:
        print(f"posted {event!r}", flush=True)
        state = self._state
        match event:
            case SetStatus(status, until):
                state = replace(state, manual=Manual(status, self.now(), until))
            case ResetStatus():
                state = replace(state, manual=None, reset_waiting=True)
            case CheckNow() if self._broken_check:
                threading.Thread(target=_fail).start()
            case SignOut():
                state = replace(state, signed_in=False)
            case SignIn():
                state = replace(state, signed_in=True)
        self._state = state
        self.on_state(state)

    async def stop(self) -> None:
        print("stopped", flush=True)
        if self._stubborn:
            await asyncio.sleep(3600)


def _fail() -> None:
    raise RuntimeError("the check went wrong")


def in_a_meeting(*, account: bool, minimised: bool) -> State:
    """Signed in, in the middle of a meeting."""
    now = datetime.now(UTC).replace(microsecond=0)
    item = Item(now - HALF_HOUR, now + HALF_HOUR, ShowAs.BUSY, Kind.MEETING, "Budget review")
    options = Options(
        account=Account(ME, server="https://mail.litware.example") if account else Account(),
        start_minimised=minimised,
        contacts=("anna.bedecs@litware.example",),
    )
    calendar = Calendar((item,), as_of=now, health=Health.OK, anchor=now, next_check=now + HALF_HOUR)
    return State(Profile(ME, "Kim Akers", zone="UTC"), options, signed_in=account, calendar=calendar)


def main() -> int:
    """Run until Exit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("runtime", type=Path)
    parser.add_argument("--minimised", action="store_true")
    parser.add_argument("--no-account", action="store_true")
    parser.add_argument("--broken", action="store_true")
    parser.add_argument("--broken-check", action="store_true")
    parser.add_argument("--stubborn", action="store_true")
    parser.add_argument("--at-login", action="store_true", help="as the start at login does")
    parser.add_argument("--impatient", action="store_true", help="waits a moment for a tray, no longer")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(levelname)s %(message)s")

    def make_session(_hooks: Hooks) -> ObedientSession:
        if arguments.broken:
            raise OSError("the settings cannot be read")
        state = in_a_meeting(account=not arguments.no_account, minimised=arguments.minimised)
        return ObedientSession(state, stubborn=arguments.stubborn, broken_check=arguments.broken_check)

    if arguments.impatient:
        opening.WAIT_FOR_TRAY_MS = 200
    status = run(
        Program(
            name="lyncdesk-test",
            make_session=make_session,
            make_words=Words,
            runtime=arguments.runtime,
            places=arguments.runtime / "places.ini",
            minimised=arguments.at_login,
        )
    )
    print(f"ended {status}", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
