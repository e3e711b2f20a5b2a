"""Idle time on X11, from a real X server, whose pointer the test moves."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lyncdesk.machine.senses import senses
from lyncdesk.machine.sensors import UnavailableError
from lyncdesk.machine.x11_idle import X11Idle
from tests.desktop import Desktop
from tests.waiting import wait_for


async def opened(desktop: Desktop) -> X11Idle:
    source = X11Idle(desktop.env)
    await source.open(lambda: None)
    return source


async def starts_anew(source: X11Idle, act: Callable[[], None]) -> None:
    """Idle time is counted from the act on, however long the machine takes to do it and to look."""
    idle, before = await source.idle(), time.monotonic()
    act()
    counted = await source.idle()
    assert counted - timedelta(seconds=time.monotonic() - before) < idle / 2


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_idle_time_grows_until_somebody_moves_the_pointer(desktop: Desktop) -> None:
    source = await opened(desktop)
    desktop.move(10, 10)
    first = await source.idle()
    wait_for(lambda: source._since() > first + timedelta(milliseconds=300), "idleness")
    await starts_anew(source, lambda: desktop.move(20, 20))
    await source.close()


async def test_a_key_counts_as_well(desktop: Desktop) -> None:
    source = await opened(desktop)
    wait_for(lambda: source._since() > timedelta(milliseconds=300), "idleness")
    await starts_anew(source, lambda: desktop.key("shift"))
    await source.close()


async def test_an_x_server_that_ends_ends_the_source_and_not_the_program() -> None:
    with Desktop(tray="none") as desktop:
        source = await opened(desktop)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await source.idle()
    await source.close()
    await source.close()


@pytest.mark.parametrize("display", ["", ":987", "no display"])
async def test_without_an_x_server_there_is_no_idle_time_from_it(display: str) -> None:
    source = X11Idle({"DISPLAY": display})
    with pytest.raises(UnavailableError):
        await source.open(lambda: None)
    with pytest.raises(UnavailableError):
        await source.idle()


async def test_a_source_that_is_opened_and_closed_again_and_again_holds_nothing(desktop: Desktop) -> None:
    before = open_files()
    for _ in range(20):
        source = await opened(desktop)
        await source.close()
    assert open_files() == before


@pytest.mark.parametrize(
    ("environment", "ways"),
    [
        ({"DISPLAY": ":0"}, ["X11Idle", "MutterIdle"]),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, ["X11Idle", "MutterIdle"]),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, ["MutterIdle", "WaylandIdle"]),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, ["MutterIdle", "WaylandIdle"]),
    ],
)
def test_on_wayland_the_x_server_is_never_asked(environment: dict[str, str], ways: list[str]) -> None:
    assert [type(source).__name__ for source in senses("linux", environment).idle] == ways
