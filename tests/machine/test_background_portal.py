"""Start at login from a sandbox, over a real message bus, with the desktop's portal played."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import BusType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.message import Message
from dbus_fast.service import ServiceInterface, method

from lyncdesk.client.ports import ProblemError
from lyncdesk.machine.background_portal import request_autostart
from lyncdesk.machine.start_at_login import SystemStart
from tests.user_session import BUS_COMMAND, BUS_CONFIGURATION

PATH = "/org/freedesktop/portal/desktop"
NAME = "org.freedesktop.portal.Desktop"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("bus")
    address = f"unix:path={folder}/bus"
    (folder / "bus.conf").write_text(BUS_CONFIGURATION.format(address=address))
    command = [*BUS_COMMAND, f"--config-file={folder}/bus.conf"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert daemon.stdout
    assert address in daemon.stdout.readline()
    yield address
    daemon.terminate()
    daemon.communicate()


class Background(ServiceInterface):
    """org.freedesktop.portal.Background, as its documentation describes it.

    ``grants`` is what it answers, as code and whether the start is on; None: nobody answers.
    """

    def __init__(self, bus: MessageBus) -> None:
        super().__init__("org.freedesktop.portal.Background")
        self._bus = bus
        self.grants: tuple[int, bool] | None = (0, True)
        self.asked: list[dict[str, Any]] = []

    @method()
    def RequestBackground(self, parent_window: "s", options: "a{sv}") -> "o":  # type: ignore[name-defined, valid-type]  # noqa: F821, F722
        asked = {name: value.value for name, value in options.items()}
        self.asked.append(asked)
        # The one caller of this bus: its unique name is a part of the path of the answer.
        sender = self.caller.removeprefix(":").replace(".", "_")
        handle = f"{PATH}/request/{sender}/{asked['handle_token']}"
        if self.grants is not None:
            code, on = self.grants
            results = {"background": Variant("b", True), "autostart": Variant("b", on)}
            answer = Message.new_signal(
                handle, "org.freedesktop.portal.Request", "Response", "ua{sv}", [code, results]
            )
            # Before the call is answered, as a portal may that needs to ask nobody.
            self.sent = self._bus.send(answer)
        return handle

    caller = ""


@pytest.fixture
async def portal(address: str) -> AsyncIterator[Background]:
    bus = await MessageBus(bus_address=address, bus_type=BusType.SESSION).connect()
    interface = Background(bus)

    def note(message: Message) -> None:
        if message.member == "RequestBackground":
            interface.caller = message.sender or ""

    bus.add_message_handler(note)
    bus.export(PATH, interface)
    await bus.request_name(NAME)
    yield interface
    bus.disconnect()
    with suppress(Exception):
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]


async def test_the_desktop_is_asked_for_the_start_and_for_its_end(address: str, portal: Background) -> None:
    await request_autostart(True, minimised=True, address=address)
    portal.grants = (0, False)
    await request_autostart(False, minimised=False, address=address)
    asked = [(one["autostart"], one["commandline"], one["dbus-activatable"]) for one in portal.asked]
    assert asked == [
        (True, ["lyncdesk-gui", "--minimised"], False),
        (False, ["lyncdesk-gui"], False),
    ]


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        ((1, False), "not allowed"),  # the person cancelled
        ((2, True), "not allowed"),  # it ended in some other way
        ((0, False), "not allowed"),
        (None, "nobody decided"),
    ],
)
async def test_what_the_desktop_does_not_grant_stays_as_it_was(
    address: str, portal: Background, grants: tuple[int, bool] | None, said: str
) -> None:
    portal.grants = grants
    with pytest.raises(ProblemError) as caught:
        await request_autostart(True, minimised=True, address=address, patience=0.5)
    assert caught.value.problem.name == "start-not-switched"
    assert said in str(caught.value.problem.cause)


async def test_a_desktop_without_the_portal_is_told(address: str) -> None:
    with pytest.raises(ProblemError) as caught:
        await request_autostart(True, minimised=True, address=address)
    assert "does not answer" in str(caught.value.problem.cause)


async def test_in_a_sandbox_no_file_is_written_and_nothing_is_claimed_to_be_known(
    address: str, portal: Background, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".flatpak-info").touch()
    monkeypatch.setattr("lyncdesk.machine.paths._SANDBOX", tmp_path / ".flatpak-info")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    start = SystemStart(lambda _minimised: ("lyncdesk-gui",))
    assert start.enabled() is None
    async with asyncio.timeout(60):
        await start.set(True, minimised=True)
    assert len(portal.asked) == 1
    assert not (home / ".config").exists()
