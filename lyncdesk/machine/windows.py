"""Windows: idle time and lock, asked of user32 and wtsapi32.

A window could be told of the lock (WTSRegisterSessionNotification); there is none here, so it is asked for at
each beat and may be noticed half a minute late.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from ctypes import Structure, byref, c_uint32, sizeof
from datetime import timedelta
from typing import Any

from lyncdesk.machine.sensors import UnavailableError

_CURRENT_SESSION = 0xFFFFFFFF
_SESSION_INFO_EX = 25  # WTS_INFO_CLASS: WTSSessionInfoEx
# WTSINFOEXW: level, padding, session id, connection state, flags.
_INFO = struct.Struct("=I4xIII")
_LOCKED, _UNLOCKED = 0, 1
_COMMON_APPDATA = 0x23  # CSIDL_COMMON_APPDATA
_LONGEST_PATH = 260  # MAX_PATH, which SHGetFolderPath takes to be there


class _LastInput(Structure):
    _fields_ = (("size", c_uint32), ("time", c_uint32))


def dll(name: str) -> Any:
    """The library of Windows with this name.

    Raises:
        UnavailableError: this is not Windows, or there is none.
    """
    try:
        return getattr(ctypes, "windll")[name]  # noqa: B009 - there is no such name on other systems
    except (AttributeError, OSError) as error:
        raise UnavailableError(str(error)) from error


class WindowsIdle:
    """An :class:`lyncdesk.machine.sensors.IdleSource` over GetLastInputInfo."""

    def __init__(self, library: Callable[[str], Any] = dll) -> None:
        self._library = library

    @property
    def tells_return(self) -> bool:
        """It must be asked."""
        return False

    async def open(self, changed: Callable[[], None]) -> None:  # noqa: ARG002 - it has nothing to tell
        """See :class:`IdleSource`."""
        await self.idle()

    async def idle(self) -> timedelta:
        """See :class:`IdleSource`. Both counters run over after 49.7 days; their difference counts."""
        last = _LastInput(sizeof(_LastInput), 0)
        if not self._library("user32").GetLastInputInfo(byref(last)):
            raise UnavailableError("GetLastInputInfo failed")
        ticks = self._library("kernel32").GetTickCount()
        return timedelta(milliseconds=(ticks - last.time) % 2**32)

    async def close(self) -> None:
        """Nothing is held."""


def windows_locked(library: Callable[[str], Any] = dll) -> bool | None:
    """Whether the session is locked, None where Windows does not say."""
    try:
        wts = library("wtsapi32")
    except UnavailableError:
        return None
    buffer, length = ctypes.c_void_p(), c_uint32()
    asked = (None, _CURRENT_SESSION, _SESSION_INFO_EX, byref(buffer), byref(length))
    if not wts.WTSQuerySessionInformationW(*asked) or not buffer.value:
        return None
    try:
        if length.value < _INFO.size:
            return None
        level, _, _, flags = _INFO.unpack(ctypes.string_at(buffer.value, _INFO.size))
    finally:
        wts.WTSFreeMemory(buffer)
    return {_LOCKED: True, _UNLOCKED: False}.get(flags) if level == 1 else None


def common_folder(library: Callable[[str], Any] = dll) -> str:
    r"""``C:\ProgramData``, wherever it is. Not by the variable of this name, which each person can set."""
    text = ctypes.create_unicode_buffer(_LONGEST_PATH)
    try:
        failed = library("shell32").SHGetFolderPathW(None, _COMMON_APPDATA, None, 0, text)
    except UnavailableError:
        failed = 1
    return r"C:\ProgramData" if failed else text.value
