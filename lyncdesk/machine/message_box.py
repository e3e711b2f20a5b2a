"""A box on the screen with a text and one button, by the system itself: no window of ours is needed for it.

For Windows and macOS, whose windowed programs have nobody who reads what they print. It waits for the person.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

from lyncdesk.machine.macos import framework
from lyncdesk.machine.sensors import UnavailableError
from lyncdesk.machine.windows import dll

Library = Callable[[str], Any]

# MessageBoxW: OK alone, its picture, in front of other windows.
_OK, _ERROR, _INFORMATION, _FOREGROUND = 0x0, 0x10, 0x40, 0x10000
# CFUserNotificationDisplayAlert: kCFUserNotificationStopAlertLevel, kCFUserNotificationNoteAlertLevel.
_STOP_LEVEL, _NOTE_LEVEL = 0, 1
_UTF8 = 0x08000100  # kCFStringEncodingUTF8


def show_message(title: str, text: str, *, error: bool) -> None:
    """Show it until it is dismissed; nothing where the system cannot."""
    try:
        if sys.platform == "win32":
            windows_box(title, text, error=error)
        elif sys.platform == "darwin":
            macos_box(title, text, error=error)
    except UnavailableError:
        return


def windows_box(title: str, text: str, *, error: bool, library: Library = dll) -> None:
    """By MessageBoxW.

    Raises:
        UnavailableError: there is no user32.
    """
    show = library("user32").MessageBoxW
    show.argtypes = (ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_wchar_p, ctypes.c_uint32)
    show(None, text, title, _OK | _FOREGROUND | (_ERROR if error else _INFORMATION))


def macos_box(title: str, text: str, *, error: bool, library: Library = framework) -> None:
    """By CFUserNotificationDisplayAlert, which needs no application around it.

    Raises:
        UnavailableError: there is no Core Foundation.
    """
    foundation = library("CoreFoundation")
    make = foundation.CFStringCreateWithCString
    make.restype, make.argtypes = ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32)
    release = foundation.CFRelease
    release.restype, release.argtypes = None, (ctypes.c_void_p,)
    alert = foundation.CFUserNotificationDisplayAlert
    alert.restype = ctypes.c_int32
    # Seconds (0: no end), flags, three URLs, header, message, three buttons (None: “OK”), the answer.
    alert.argtypes = (ctypes.c_double, ctypes.c_ulong, *[ctypes.c_void_p] * 8, ctypes.c_void_p)
    header, message = (make(None, part.replace("\0", "").encode("utf-8"), _UTF8) for part in (title, text))
    answer = ctypes.c_ulong()
    level = _STOP_LEVEL if error else _NOTE_LEVEL
    try:
        alert(0.0, level, None, None, None, header, message, None, None, None, ctypes.byref(answer))
    finally:
        release(header)
        release(message)
