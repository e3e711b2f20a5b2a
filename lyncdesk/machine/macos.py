"""macOS: idle time and lock, asked of Core Graphics."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lyncdesk.machine.sensors import UnavailableError

_COMBINED_SESSION_STATE = 0  # kCGEventSourceStateCombinedSessionState
_ANY_INPUT = 0xFFFFFFFF  # kCGAnyInputEventType
_UTF8 = 0x08000100  # kCFStringEncodingUTF8
_LOCKED_KEY = b"CGSSessionScreenIsLocked"


def framework(name: str) -> Any:
    """The framework of macOS with this name.

    Raises:
        UnavailableError: there is none.
    """
    path = ctypes.util.find_library(name)
    if path is None:
        raise UnavailableError(f"no {name}")
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise UnavailableError(str(error)) from error


class MacIdle:
    """An :class:`lyncdesk.machine.sensors.IdleSource` over CGEventSourceSecondsSinceLastEventType."""

    def __init__(self, library: Callable[[str], Any] = framework) -> None:
        self._library = library

    @property
    def tells_return(self) -> bool:
        """It must be asked."""
        return False

    async def open(self, changed: Callable[[], None]) -> None:  # noqa: ARG002 - it has nothing to tell
        """See :class:`IdleSource`."""
        await self.idle()

    async def idle(self) -> timedelta:
        """See :class:`IdleSource`."""
        since = self._library("ApplicationServices").CGEventSourceSecondsSinceLastEventType
        since.restype = ctypes.c_double
        since.argtypes = (ctypes.c_int32, ctypes.c_uint32)
        return timedelta(seconds=max(0.0, since(_COMBINED_SESSION_STATE, _ANY_INPUT)))

    async def close(self) -> None:
        """Nothing is held."""


def macos_locked(library: Callable[[str], Any] = framework) -> bool | None:
    """Whether the screen is locked, None without a session on the screen."""
    try:
        graphics, foundation = library("ApplicationServices"), library("CoreFoundation")
    except UnavailableError:
        return None
    copy = graphics.CGSessionCopyCurrentDictionary
    copy.restype, copy.argtypes = ctypes.c_void_p, ()
    make = foundation.CFStringCreateWithCString
    make.restype, make.argtypes = ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32)
    value = foundation.CFDictionaryGetValue
    value.restype, value.argtypes = ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_void_p)
    true = foundation.CFBooleanGetValue
    true.restype, true.argtypes = ctypes.c_ubyte, (ctypes.c_void_p,)
    release = foundation.CFRelease
    release.restype, release.argtypes = None, (ctypes.c_void_p,)

    session = copy()
    if not session:
        return None
    key = make(None, _LOCKED_KEY, _UTF8)
    try:
        found = value(session, key)
        # The entry is there only while the screen is locked.
        return bool(found and true(found))
    finally:
        release(key)
        release(session)
