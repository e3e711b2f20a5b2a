"""The name that the person signed in to this computer with, as the system itself has it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from ctypes import byref, c_uint32, create_unicode_buffer
from typing import Any

from lyncdesk.client.sign_in_names import SignedIn, name_of
from lyncdesk.machine.sensors import UnavailableError

_SAM_COMPATIBLE, _USER_PRINCIPAL = 2, 8  # EXTENDED_NAME_FORMAT of secext.h
_LONGEST = 1024  # characters of a name


def signed_in() -> SignedIn:
    """Who runs this program. Not by environment variables, which may say anything."""
    if sys.platform == "win32":
        from lyncdesk.machine.windows import dll

        return windows_name(dll)
    import os
    import pwd

    try:
        return name_of(pwd.getpwuid(os.getuid()).pw_name)
    except KeyError:  # a number without a name, as in a container
        return SignedIn()


def windows_name(library: Callable[[str], Any]) -> SignedIn:
    r"""By GetUserNameExW: ``EXAMPLE\anna`` everywhere, the principal's name only within a domain."""
    user = name_of(_asked(library, _SAM_COMPATIBLE)).user
    return SignedIn(user, name_of(_asked(library, _USER_PRINCIPAL)).upn)


def _asked(library: Callable[[str], Any], kind: int) -> str:
    text, length = create_unicode_buffer(_LONGEST), c_uint32(_LONGEST)
    try:
        found = library("secur32").GetUserNameExW(kind, text, byref(length))
    except UnavailableError:
        return ""
    return text.value if found else ""
