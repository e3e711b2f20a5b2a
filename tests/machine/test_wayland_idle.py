"""Idle time on Wayland, from a compositor that the test plays over a real socket, as the protocol says."""

import asyncio
import struct
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from lyncdesk.machine.sensors import UnavailableError
from lyncdesk.machine.wayland_idle import WaylandIdle

SEAT = ("wl_seat", 8)
NOTIFIER = ("ext_idle_notifier_v1", 1)
OTHERS = [("wl_compositor", 6), ("wl_shm", 1)]


class Compositor:
    """The other side: checks each request against the protocol, and says what it is told to say."""

    def __init__(self, path: Path, offers: list[tuple[str, int]]) -> None:
        self.path = path
        self.offers = offers
        self.requests: list[tuple[str, object]] = []
        self.objects: dict[int, str] = {1: "wl_display"}
        self.writer: asyncio.StreamWriter | None = None
        self.asked = asyncio.Event()
        self.server: asyncio.Server | None = None

    async def start(self) -> None:
        self.server = await asyncio.start_unix_server(self._serve, str(self.path))

    async def stop(self) -> None:
        if self.server is not None:
            self.server.close()
        if self.writer is not None:
            self.writer.close()
        await asyncio.sleep(0)

    def say(self, target: int, opcode: int, body: bytes = b"") -> None:
        assert self.writer is not None
        self.writer.write(struct.pack("=II", target, (8 + len(body)) << 16 | opcode) + body)

    def notify(self, opcode: int) -> None:
        number = next(n for n, interface in self.objects.items() if interface == "ext_idle_notification_v1")
        self.say(number, opcode)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        try:
            while True:
                target, word = struct.unpack("=II", await reader.readexactly(8))
                self._answer(target, word & 0xFFFF, await reader.readexactly((word >> 16) - 8))
        except (EOFError, ConnectionError):
            writer.close()

    def _answer(self, target: int, opcode: int, body: bytes) -> None:
        match self.objects[target], opcode:
            case "wl_display", 1:  # get_registry
                (number,) = struct.unpack("=I", body)
                self.objects[number] = "wl_registry"
                for name, (interface, version) in enumerate(self.offers, 10):
                    self.say(
                        number, 0, struct.pack("=I", name) + string(interface) + struct.pack("=I", version)
                    )
            case "wl_display", 0:  # sync
                (number,) = struct.unpack("=I", body)
                self.say(number, 0, struct.pack("=I", 0))
                self.say(1, 1, struct.pack("=I", number))  # delete_id
            case "wl_registry", 0:  # bind
                name, length = struct.unpack_from("=II", body)
                interface = body[8 : 8 + length - 1].decode()
                version, number = struct.unpack_from("=II", body, 8 + length + -length % 4)
                assert self.offers[name - 10][0] == interface
                assert version <= self.offers[name - 10][1]
                self.objects[number] = interface
                if interface == "wl_seat":
                    self.say(number, 0, struct.pack("=I", 3))  # capabilities
            case "ext_idle_notifier_v1", 1 | 2:
                number, timeout, seat = struct.unpack("=III", body)
                assert self.objects[seat] == "wl_seat"
                self.objects[number] = "ext_idle_notification_v1"
                self.requests.append(({1: "any", 2: "input"}[opcode], timeout))
                self.asked.set()
            case request:
                raise AssertionError(request)


def string(text: str) -> bytes:
    data = text.encode() + b"\0"
    return struct.pack("=I", len(data)) + data + bytes(-len(data) % 4)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def compositor(home: Path) -> AsyncIterator[Compositor]:
    compositor = Compositor(home / "run" / "wayland-7", [*OTHERS, SEAT, NOTIFIER])
    await compositor.start()
    yield compositor
    await compositor.stop()


def source(compositor: Compositor, clock: Clock | None = None) -> WaylandIdle:
    environment = {"WAYLAND_DISPLAY": compositor.path.name, "XDG_RUNTIME_DIR": str(compositor.path.parent)}
    return WaylandIdle(environment, monotonic=clock or Clock())


async def test_idleness_begins_and_ends_when_the_compositor_says_so(compositor: Compositor) -> None:
    clock, told = Clock(), asyncio.Event()
    idle = source(compositor, clock)
    await idle.open(told.set)
    await compositor.asked.wait()
    assert compositor.requests == [("any", 120_000)]
    assert await idle.idle() == timedelta()

    compositor.notify(0)
    await told.wait()
    told.clear()
    clock.now += 60
    assert await idle.idle() == timedelta(minutes=3)

    compositor.notify(1)
    await told.wait()
    assert await idle.idle() == timedelta()
    await idle.close()
    await idle.close()


async def test_where_the_compositor_can_input_alone_counts(compositor: Compositor) -> None:
    compositor.offers = [("ext_idle_notifier_v1", 3), SEAT]
    idle = source(compositor)
    await idle.open(lambda: None)
    await compositor.asked.wait()
    assert compositor.requests == [("input", 120_000)]
    await idle.close()


@pytest.mark.parametrize("missing", [SEAT, NOTIFIER])
async def test_a_compositor_without_it_is_no_source(compositor: Compositor, missing: tuple[str, int]) -> None:
    compositor.offers.remove(missing)
    with pytest.raises(UnavailableError):
        await source(compositor).open(lambda: None)


async def test_a_compositor_that_ends_is_told_and_is_a_source_no_longer(compositor: Compositor) -> None:
    told = asyncio.Event()
    idle = source(compositor)
    await idle.open(told.set)
    await compositor.asked.wait()
    await compositor.stop()
    await told.wait()
    with pytest.raises(UnavailableError):
        await idle.idle()
    await idle.close()


async def test_an_error_of_the_compositor_ends_the_source(compositor: Compositor) -> None:
    told = asyncio.Event()
    idle = source(compositor)
    await idle.open(told.set)
    await compositor.asked.wait()
    compositor.say(1, 0, struct.pack("=II", 5, 0) + string("invalid"))
    await told.wait()
    with pytest.raises(UnavailableError):
        await idle.idle()
    await idle.close()


@pytest.mark.parametrize("rubbish", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 64, b""])
async def test_something_else_at_the_socket_is_no_source(home: Path, rubbish: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(64)
        writer.write(rubbish)
        writer.close()

    path = home / "run" / "wayland-7"
    server = await asyncio.start_unix_server(serve, str(path))
    environment = {"WAYLAND_DISPLAY": str(path), "XDG_RUNTIME_DIR": "/nowhere"}
    with pytest.raises(UnavailableError):
        await WaylandIdle(environment).open(lambda: None)
    server.close()
    await asyncio.sleep(0)


@pytest.mark.parametrize("display", ["", "wayland-99"])
async def test_without_a_compositor_there_is_no_idle_time_from_it(home: Path, display: str) -> None:
    idle = WaylandIdle({"WAYLAND_DISPLAY": display, "XDG_RUNTIME_DIR": str(home)})
    with pytest.raises(UnavailableError):
        await idle.open(lambda: None)
    with pytest.raises(UnavailableError):
        await idle.idle()
