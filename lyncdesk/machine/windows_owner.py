"""Windows: whom an open file belongs to.

Everybody may make a folder in ``%ProgramData%``, so a policy there counts only where an administrator owns
it: else one person of a shared computer could say for another which server gets the password.

Source: "Security identifiers" (well-known ones); GetSecurityInfo, ConvertSidToStringSidW.
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable
from ctypes import byref, c_uint32, c_void_p, c_wchar_p
from typing import Any

from lyncdesk.machine.sensors import UnavailableError
from lyncdesk.machine.windows import dll
from lyncdesk.presence.message import Message

# The system, its administrators, and what installs Windows itself.
ADMINISTRATORS = frozenset(
    {
        "S-1-5-18",
        "S-1-5-32-544",
        "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
    }
)
_FILE = 1  # SE_OBJECT_TYPE: SE_FILE_OBJECT
_OWNER = 1  # OWNER_SECURITY_INFORMATION


def _handle(descriptor: int) -> int:
    runtime: Any = importlib.import_module("msvcrt")  # there is none on other systems
    return int(runtime.get_osfhandle(descriptor))


def owner_of(
    descriptor: int,
    library: Callable[[str], Any] = dll,
    handle: Callable[[int], int] = _handle,
) -> str:
    """The security identifier of the owner of an open file, as text.

    Raises:
        UnavailableError: Windows does not say.
    """
    security, kernel = library("advapi32"), library("kernel32")
    owner, found, text = c_void_p(), c_void_p(), c_wchar_p()
    ask, tell, free = security.GetSecurityInfo, security.ConvertSidToStringSidW, kernel.LocalFree
    ask.restype, ask.argtypes = c_uint32, (c_void_p, c_uint32, c_uint32, *(c_void_p,) * 5)
    tell.restype, tell.argtypes = ctypes.c_int, (c_void_p, c_void_p)
    free.restype, free.argtypes = c_void_p, (c_void_p,)
    if error := ask(handle(descriptor), _FILE, _OWNER, byref(owner), None, None, None, byref(found)):
        raise UnavailableError(f"GetSecurityInfo: {error}")
    try:
        if not tell(owner, byref(text)):
            raise UnavailableError("ConvertSidToStringSidW failed")
        return str(text.value)
    finally:
        free(found)
        free(text)


def not_an_administrators(descriptor: int, owner: Callable[[int], str] = owner_of) -> Message | None:
    """Why a policy in this open file does not count, None where it does."""
    try:
        found = owner(descriptor)
    except UnavailableError as error:
        return Message.of("its owner is not known: {error}", error=str(error))
    if found in ADMINISTRATORS:
        return None
    return Message.of(
        "it belongs to {owner}, who is no administrator; takeown /A /F makes it one's", owner=found
    )
