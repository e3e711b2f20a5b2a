"""Idle time on Wayland: the ext-idle-notify-v1 protocol (KDE, Sway, Hyprland, COSMIC, labwc; not GNOME).

The compositor tells when idleness begins and ends, so nothing is ever asked. The few messages of the protocol
are spoken here directly; see wayland-protocols, staging/ext-idle-notify.
"""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from lyncdesk.machine import clock
from lyncdesk.machine.sensors import UnavailableError

# Idleness is told this long after it began: enough not to be told of every pause in typing.
AFTER = timedelta(minutes=2)
_DEADLINE = 5.0  # seconds

_DISPLAY, _REGISTRY, _SYNC, _SEAT, _NOTIFIER, _NOTIFICATION = 1, 2, 3, 4, 5, 6
# Requests: object -> opcode.
_SYNC_REQUEST, _GET_REGISTRY, _BIND = 0, 1, 0
# Since version 2 the notifier can count input alone, whatever film is playing.
_GET_NOTIFICATION = {1: 1, 2: 2}
# Events.
_ERROR, _GLOBAL, _DONE, _IDLED, _RESUMED = 0, 0, 0, 0, 1


@dataclass(frozen=True, slots=True)
class _Global:
    name: int
    interface: str
    version: int


def _text(text: str) -> bytes:
    data = text.encode() + b"\0"
    return struct.pack("=I", len(data)) + data + bytes(-len(data) % 4)


def _request(target: int, opcode: int, body: bytes = b"") -> bytes:
    return struct.pack("=II", target, (8 + len(body)) << 16 | opcode) + body


def _global(body: bytes) -> _Global:
    name, length = struct.unpack_from("=II", body)
    (version,) = struct.unpack_from("=I", body, 8 + length + -length % 4)
    return _Global(name, body[8 : 8 + length - 1].decode(), version)


class WaylandIdle:
    """An :class:`lyncdesk.machine.sensors.IdleSource` that is told by the compositor."""

    def __init__(
        self,
        environment: Mapping[str, str] = os.environ,
        *,
        after: timedelta = AFTER,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._environment = environment
        self._after = after
        self._monotonic = monotonic
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._idle_from: float | None = None
        self._gone = False

    @property
    def tells_return(self) -> bool:
        """The compositor tells."""
        return True

    async def open(self, changed: Callable[[], None]) -> None:
        """See :class:`IdleSource`."""
        display = self._environment.get("WAYLAND_DISPLAY", "")
        if not display:
            raise UnavailableError("no Wayland display")
        path = Path(self._environment.get("XDG_RUNTIME_DIR", "")) / display
        try:
            async with asyncio.timeout(_DEADLINE):
                reader, self._writer = await asyncio.open_unix_connection(str(path))
                await self._ask_for_notice(reader, self._writer)
        except (OSError, EOFError, TimeoutError, struct.error, ValueError) as error:
            await self.close()
            raise UnavailableError(f"no Wayland compositor at {path}: {error}") from error
        except UnavailableError:
            await self.close()
            raise
        self._task = asyncio.create_task(self._listen(reader, changed))

    async def idle(self) -> timedelta:
        """See :class:`IdleSource`. Idleness shorter than ``after`` counts as none."""
        if self._gone or self._task is None:
            raise UnavailableError("the Wayland compositor has gone")
        if self._idle_from is None:
            return timedelta()
        return timedelta(seconds=self._monotonic() - self._idle_from)

    async def close(self) -> None:
        """See :class:`IdleSource`."""
        task, self._task = self._task, None
        writer, self._writer = self._writer, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        if writer is not None:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _ask_for_notice(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_request(_DISPLAY, _GET_REGISTRY, struct.pack("=I", _REGISTRY)))
        writer.write(_request(_DISPLAY, _SYNC_REQUEST, struct.pack("=I", _SYNC)))
        offered: dict[str, _Global] = {}
        while True:
            target, opcode, body = await _event(reader)
            match target, opcode:
                case (1, 0):
                    raise UnavailableError("the Wayland compositor refused")
                case (2, 0):
                    found = _global(body)
                    offered.setdefault(found.interface, found)
                case (3, 0):
                    break
        seat, notifier = offered.get("wl_seat"), offered.get("ext_idle_notifier_v1")
        if seat is None or notifier is None:
            raise UnavailableError("the Wayland compositor does not tell idleness")
        version = min(notifier.version, max(_GET_NOTIFICATION))
        for what, number, known in ((seat, _SEAT, 1), (notifier, _NOTIFIER, version)):
            body = struct.pack("=I", what.name) + _text(what.interface) + struct.pack("=II", known, number)
            writer.write(_request(_REGISTRY, _BIND, body))
        after = self._after // timedelta(milliseconds=1)
        body = struct.pack("=III", _NOTIFICATION, after, _SEAT)
        writer.write(_request(_NOTIFIER, _GET_NOTIFICATION[version], body))
        await writer.drain()

    async def _listen(self, reader: asyncio.StreamReader, changed: Callable[[], None]) -> None:
        with suppress(OSError, EOFError, struct.error):
            while True:
                match (await _event(reader))[:2]:
                    case (1, 0):
                        break
                    case (6, 0):
                        self._idle_from = self._monotonic() - self._after.total_seconds()
                        changed()
                    case (6, 1):
                        self._idle_from = None
                        changed()
        self._gone = True
        changed()


async def _event(reader: asyncio.StreamReader) -> tuple[int, int, bytes]:
    target, word = struct.unpack("=II", await reader.readexactly(8))
    size = word >> 16
    if size < 8:
        raise EOFError("not the Wayland protocol")
    return target, word & 0xFFFF, await reader.readexactly(size - 8)
