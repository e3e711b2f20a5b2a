"""Windows and macOS, as their documentation describes what is called; nothing of them is needed elsewhere."""

import ctypes
import struct
from datetime import timedelta
from typing import Any

import pytest

from lyncdesk.machine.macos import MacIdle, macos_locked
from lyncdesk.machine.message_box import macos_box, show_message, windows_box
from lyncdesk.machine.senses import NOT_ANNOUNCED, senses
from lyncdesk.machine.sensors import UnavailableError
from lyncdesk.machine.windows import WindowsIdle, windows_locked


class Function:
    """A C function whose types are declared before it is called."""

    def __init__(self, act: Any) -> None:
        self._act = act
        self.restype: Any = ctypes.c_int
        self.argtypes: Any = None

    def __call__(self, *arguments: Any) -> Any:
        assert self.argtypes is None or len(arguments) == len(self.argtypes)
        return self._act(*arguments)


class Windows:
    """user32, kernel32 and wtsapi32."""

    def __init__(self, last: int = 0, ticks: int = 0, flags: int = 1, level: int = 1) -> None:
        self.last, self.ticks, self.flags, self.level = last, ticks, flags, level
        self.works = True
        self.freed = 0

    def __call__(self, name: str) -> "Windows":
        assert name in {"user32", "kernel32", "wtsapi32"}
        return self

    def GetLastInputInfo(self, info: Any) -> int:
        found = info._obj
        assert found.size == 8
        found.time = self.last
        return int(self.works)

    def GetTickCount(self) -> int:
        return ctypes.c_int(self.ticks).value  # as ctypes gives it without a declared type

    def WTSQuerySessionInformationW(
        self, server: None, session: int, what: int, buffer: Any, length: Any
    ) -> int:
        assert (server, session, what) == (None, 0xFFFFFFFF, 25)
        # WTSINFOEXW: the union after the level begins at 8, because it holds 64-bit times.
        self.memory = ctypes.create_string_buffer(struct.pack("<IxxxxIII", self.level, 7, 0, self.flags), 200)
        buffer._obj.value = ctypes.addressof(self.memory)
        length._obj.value = 200
        return int(self.works)

    def WTSFreeMemory(self, buffer: Any) -> None:
        assert buffer.value == ctypes.addressof(self.memory)
        self.freed += 1


@pytest.mark.parametrize(
    ("last", "ticks", "seconds"),
    [
        (1_000, 6_000, 5),
        (2**32 - 1_000, 4_000, 5),
        (2**31 - 1_000, 2**31 + 4_000, 5),
        (2**32 - 1, 2**32 - 1, 0),
    ],
)
async def test_windows_idle_time_survives_counters_that_run_over(last: int, ticks: int, seconds: int) -> None:
    source = WindowsIdle(Windows(last, ticks))
    await source.open(lambda: None)
    assert await source.idle() == timedelta(seconds=seconds)


async def test_windows_that_does_not_tell_is_no_source() -> None:
    windows = Windows()
    windows.works = False
    with pytest.raises(UnavailableError):
        await WindowsIdle(windows).open(lambda: None)


@pytest.mark.parametrize(
    ("flags", "level", "locked"), [(0, 1, True), (1, 1, False), (0xFFFFFFFF, 1, None), (0, 0, None)]
)
def test_windows_tells_the_lock_and_gets_its_memory_back(flags: int, level: int, locked: bool | None) -> None:
    windows = Windows(flags=flags, level=level)
    assert windows_locked(windows) is locked
    assert windows.freed == 1


def test_windows_that_does_not_tell_the_lock_says_nothing() -> None:
    windows = Windows()
    windows.works = False
    assert windows_locked(windows) is None


class Mac:
    """ApplicationServices and CoreFoundation."""

    def __init__(self, seconds: float = 0.0, session: dict[bytes, bool] | None = None) -> None:
        self.session = session
        self.alive = 0
        self.CGEventSourceSecondsSinceLastEventType = Function(
            lambda state, kind: self._since(state, kind, seconds)
        )
        self.CGSessionCopyCurrentDictionary = Function(self._copy)
        self.CFStringCreateWithCString = Function(self._string)
        self.CFDictionaryGetValue = Function(lambda _, key: self._keys.get(key))
        self.CFBooleanGetValue = Function(lambda value: value == 2)
        self.CFRelease = Function(self._release)
        self._keys: dict[int, int | None] = {}

    def __call__(self, name: str) -> "Mac":
        assert name in {"ApplicationServices", "CoreFoundation"}
        return self

    def _since(self, state: int, kind: int, seconds: float) -> float:
        assert (state, kind) == (0, 0xFFFFFFFF)
        return seconds

    def _copy(self) -> int | None:
        if self.session is None:
            return None
        self.alive += 1
        return 77

    def _string(self, allocator: None, text: bytes, encoding: int) -> int:
        assert (allocator, encoding) == (None, 0x08000100)
        self.alive += 1
        found = (self.session or {}).get(text)
        self._keys[99] = None if found is None else 1 + found
        return 99

    def _release(self, what: int) -> None:
        assert what in {77, 99}
        self.alive -= 1


async def test_macos_tells_idle_time() -> None:
    source = MacIdle(Mac(12.5))
    await source.open(lambda: None)
    assert await source.idle() == timedelta(seconds=12.5)
    assert await MacIdle(Mac(-1.0)).idle() == timedelta()


@pytest.mark.parametrize(
    ("session", "locked"),
    [
        (None, None),
        ({}, False),
        ({b"CGSSessionScreenIsLocked": True}, True),
        ({b"CGSSessionScreenIsLocked": False}, False),
    ],
)
def test_macos_tells_the_lock_and_everything_is_released(
    session: dict[bytes, bool] | None, locked: bool | None
) -> None:
    mac = Mac(session=session)
    assert macos_locked(mac) is locked
    assert mac.alive == 0


async def test_elsewhere_neither_is_there() -> None:
    for source in (WindowsIdle(), MacIdle()):
        with pytest.raises(UnavailableError):
            await source.open(lambda: None)
    assert windows_locked() is None
    assert macos_locked() is None


@pytest.mark.parametrize(("platform", "way"), [("win32", "WindowsIdle"), ("darwin", "MacIdle")])
def test_each_system_has_its_way_and_its_limits(platform: str, way: str) -> None:
    found = senses(platform, {})
    assert [type(source).__name__ for source in found.idle] == [way]
    assert found.locked is not None
    assert found.limits == (NOT_ANNOUNCED,)


class Boxes:
    """user32 and CoreFoundation, as far as boxes go. ``shown`` has flags, title and text."""

    def __init__(self) -> None:
        self.strings: dict[int, str] = {}
        self.shown: list[tuple[int, str, str]] = []
        self.MessageBoxW = Function(self._show)
        self.CFStringCreateWithCString = Function(self._make)
        self.CFRelease = Function(self.strings.pop)
        self.CFUserNotificationDisplayAlert = Function(self._alert)

    def __call__(self, name: str) -> "Boxes":
        assert name in {"user32", "CoreFoundation"}
        return self

    def _show(self, _owner: None, text: str, title: str, flags: int) -> int:
        self.shown.append((flags, title, text))
        return 1

    def _make(self, _allocator: None, text: bytes, encoding: int) -> int:
        assert encoding == 0x08000100
        self.strings[len(self.strings) + 1] = text.decode()
        return len(self.strings)

    def _alert(self, timeout: float, level: int, *rest: Any) -> int:
        icon, sound, localization, header, message, *buttons, _answer = rest
        assert (timeout, icon, sound, localization, buttons) == (0.0, None, None, None, [None] * 3)
        self.shown.append((level, self.strings[header], self.strings[message]))
        return 0


def test_a_box_of_windows_comes_to_the_front_and_tells_an_error_from_an_answer() -> None:
    boxes = Boxes()
    for error in (True, False):
        windows_box("LyncDesk", "Grüße", error=error, library=boxes)
    assert boxes.shown == [(0x10010, "LyncDesk", "Grüße"), (0x10040, "LyncDesk", "Grüße")]


def test_a_box_of_macos_waits_and_leaves_nothing_behind() -> None:
    boxes = Boxes()
    for error in (True, False):
        macos_box("LyncDesk", "Grü\0ße", error=error, library=boxes)
    assert boxes.shown == [(0, "LyncDesk", "Grüße"), (1, "LyncDesk", "Grüße")]
    assert boxes.strings == {}


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux"])
def test_where_no_box_can_be_shown_nothing_happens(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)
    show_message("LyncDesk", "text", error=True)
