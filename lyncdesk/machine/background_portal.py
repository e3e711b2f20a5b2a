"""Start at login from within a sandbox: the portal org.freedesktop.portal.Background.

The desktop decides, and may ask the person. It takes wishes; what holds it does not tell, so that the option
remembers its last answer.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.machine.dbus import Bus
from lyncdesk.machine.sensors import UnavailableError
from lyncdesk.presence.message import Message

_SERVICE = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_BACKGROUND = "org.freedesktop.portal.Background"
_REQUEST = "org.freedesktop.portal.Request"
_GRANTED = 0
# Seconds. There may be a question on the screen.
PATIENCE = 60.0


async def request_autostart(
    on: bool, *, minimised: bool, address: str = "SESSION", patience: float = PATIENCE
) -> None:
    """Ask for the start at login, or for its end.

    Raises:
        ProblemError: ``start-not-switched``; there is no such portal, nobody answered, or it was refused.
    """
    try:
        code, results = await _ask(on, minimised, address, patience)
    except UnavailableError as error:
        raise _problem(Message.of("it does not answer ({error})", error=str(error))) from error
    if code != _GRANTED or bool(results.get("autostart", ("b", False))[1]) is not on:
        raise _problem(Message.of("it was not allowed"))


async def _ask(on: bool, minimised: bool, address: str, patience: float) -> tuple[int, dict[str, Any]]:
    bus = Bus(address)
    await bus.open()
    try:
        answered: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

        def hear(body: tuple[Any, ...]) -> None:
            if not answered.done():
                answered.set_result(body)

        # Where the answer will come is known before, so that none is missed (org.freedesktop.portal.Request).
        token = f"lyncdesk{secrets.token_hex(8)}"
        sender = bus.name.removeprefix(":").replace(".", "_")
        path = f"{_PATH}/request/{sender}/{token}"
        await bus.subscribe(hear, interface=_REQUEST, member="Response", path=path)
        command = ["lyncdesk-gui", "--minimised"] if minimised else ["lyncdesk-gui"]
        options = {
            "handle_token": ("s", token),
            "autostart": ("b", on),
            "commandline": ("as", command),
            "dbus-activatable": ("b", False),
        }
        await bus.call(
            _SERVICE, _PATH, _BACKGROUND, "RequestBackground", "sa{sv}", "", options, may_start=True
        )
        try:
            async with asyncio.timeout(patience):
                code, results = await answered
        except TimeoutError as error:
            raise UnavailableError("nobody decided") from error
        return int(code), dict(results)
    finally:
        await bus.close()


def _problem(what: Message) -> ProblemError:
    return ProblemError(Problem.of("start-not-switched", what=what))
