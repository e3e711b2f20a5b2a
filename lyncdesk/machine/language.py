"""The language of this computer's person, as a name such as ``de_DE``."""

from __future__ import annotations

import ctypes
import locale
import os
import sys
from collections.abc import Mapping
from typing import Any

ENGLISH = "en"


def system_language(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """What the system is set to; English where it does not tell.

    POSIX: the variables that gettext looks at, first come first served. Windows: the language of its screens
    (``GetUserDefaultUILanguage``). macOS starts programs from the Dock without variables: there the
    first preferred
    language of the person (``CFLocaleCopyPreferredLanguages``).
    """
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        first = environment.get(name, "").partition(":")[0].partition(".")[0].partition("@")[0]
        if first and first not in ("C", "POSIX"):
            return first
    if platform == "win32":
        return _windows(ctypes)
    if platform == "darwin":
        return _macos(ctypes)
    return ENGLISH


def _windows(api: Any) -> str:
    return locale.windows_locale.get(api.windll.kernel32.GetUserDefaultUILanguage(), ENGLISH)


def _macos(api: Any) -> str:
    try:
        core = api.CDLL("/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation")
    except OSError:
        return ENGLISH
    pointer = api.c_void_p
    core.CFLocaleCopyPreferredLanguages.restype = pointer
    core.CFArrayGetCount.argtypes, core.CFArrayGetCount.restype = [pointer], api.c_long
    core.CFArrayGetValueAtIndex.argtypes = [pointer, api.c_long]
    core.CFArrayGetValueAtIndex.restype = pointer
    core.CFStringGetCString.argtypes = [pointer, api.c_char_p, api.c_long, api.c_uint32]
    core.CFRelease.argtypes = [pointer]
    languages = core.CFLocaleCopyPreferredLanguages()
    if not languages:
        return ENGLISH
    try:
        if not core.CFArrayGetCount(languages):
            return ENGLISH
        name = api.create_string_buffer(64)
        utf8 = 0x08000100
        if not core.CFStringGetCString(core.CFArrayGetValueAtIndex(languages, 0), name, 64, utf8):
            return ENGLISH
        return str(name.value.decode("ascii", "replace")).replace("-", "_")
    finally:
        core.CFRelease(languages)
