"""Idle time on X11: the server's MIT-SCREEN-SAVER extension, asked over a connection of its own.

libxcb by ctypes, because Qt needs it anyway, and because libX11 ends the process when a server goes away.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Callable, Mapping
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_uint8, c_uint32, c_void_p
from datetime import timedelta
from typing import Any

from lyncdesk.machine.sensors import UnavailableError

_EXTENSION = b"MIT-SCREEN-SAVER"
_CHECKED = 1
# Big enough for 49 days; the server counts milliseconds in 32 bits.
_INFO = struct.Struct("=BBHIIII")  # answer, state, sequence, length, window, until, since
_QUERY_INFO = 1


class _Extension(Structure):
    _fields_ = (("name", c_char_p), ("global_id", c_int))


class _Request(Structure):
    _fields_ = (
        ("count", c_size_t),
        ("extension", POINTER(_Extension)),
        ("opcode", c_uint8),
        ("is_void", c_uint8),
    )


class _Part(Structure):
    _fields_ = (("base", c_void_p), ("length", c_size_t))


class _Screens(Structure):
    _fields_ = (("root", POINTER(c_uint32)), ("rem", c_int), ("index", c_int))


def _library() -> Any:
    try:
        xcb: Any = ctypes.CDLL("libxcb.so.1")
        c: Any = ctypes.CDLL(None)
    except OSError as error:
        raise UnavailableError(str(error)) from error
    xcb.xcb_connect.restype = c_void_p
    xcb.xcb_connect.argtypes = (c_char_p, POINTER(c_int))
    xcb.xcb_connection_has_error.argtypes = (c_void_p,)
    xcb.xcb_disconnect.argtypes = (c_void_p,)
    xcb.xcb_disconnect.restype = None
    xcb.xcb_get_setup.restype = c_void_p
    xcb.xcb_get_setup.argtypes = (c_void_p,)
    xcb.xcb_setup_roots_iterator.restype = _Screens
    xcb.xcb_setup_roots_iterator.argtypes = (c_void_p,)
    xcb.xcb_get_extension_data.restype = POINTER(c_uint8)
    xcb.xcb_get_extension_data.argtypes = (c_void_p, POINTER(_Extension))
    xcb.xcb_send_request.restype = ctypes.c_uint
    xcb.xcb_send_request.argtypes = (c_void_p, c_int, POINTER(_Part), POINTER(_Request))
    xcb.xcb_wait_for_reply.restype = c_void_p
    xcb.xcb_wait_for_reply.argtypes = (c_void_p, ctypes.c_uint, POINTER(c_void_p))
    c.free.argtypes = (c_void_p,)
    c.free.restype = None
    xcb.give_back = c.free
    return xcb


class X11Idle:
    """An :class:`IdleSource`. Not for Wayland, where the X server sees only a part of the input."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._display = environment.get("DISPLAY", "")
        self._xcb: Any = None
        self._connection: int | None = None
        self._root = 0
        self._extension = _Extension(_EXTENSION, 0)

    @property
    def tells_return(self) -> bool:
        """The extension tells of screen savers only."""
        return False

    async def open(self, changed: Callable[[], None]) -> None:  # noqa: ARG002 - it has nothing to tell
        """See :class:`IdleSource`."""
        if not self._display:
            raise UnavailableError("no X display")
        self._xcb = _library()
        self._connection = self._xcb.xcb_connect(self._display.encode(), None)
        try:
            self._check()
            setup = self._xcb.xcb_get_setup(self._connection)
            self._root = self._xcb.xcb_setup_roots_iterator(setup).root[0]
            # Sequence, length and so on first: byte 8 tells whether the extension is there.
            found = self._xcb.xcb_get_extension_data(self._connection, byref(self._extension))
            if not found or not found[8]:
                raise UnavailableError("the X server has no screen saver extension")
            await self.idle()
        except UnavailableError:
            await self.close()
            raise

    async def idle(self) -> timedelta:
        """See :class:`IdleSource`. Waits for the X server, as everything on the screen does."""
        return self._since()

    def _since(self) -> timedelta:
        self._check()
        # The first four bytes are filled in by libxcb; then the drawable.
        body = ctypes.create_string_buffer(struct.pack("=BBHI", 0, _QUERY_INFO, 2, self._root), 8)
        # libxcb uses the two parts before the first one itself.
        parts = (_Part * 4)()
        parts[2] = _Part(ctypes.addressof(body), 8)
        request = _Request(1, ctypes.pointer(self._extension), _QUERY_INFO, 0)
        first = ctypes.cast(byref(parts, 2 * ctypes.sizeof(_Part)), POINTER(_Part))
        number = self._xcb.xcb_send_request(self._connection, _CHECKED, first, byref(request))
        error = c_void_p()
        reply = self._xcb.xcb_wait_for_reply(self._connection, number, byref(error))
        if not reply:
            self._xcb.give_back(error)  # nothing happens to a null
            raise UnavailableError("the X server gave no answer")
        since = _INFO.unpack(ctypes.string_at(reply, _INFO.size))[-1]
        self._xcb.give_back(reply)
        return timedelta(milliseconds=since)

    async def close(self) -> None:
        """See :class:`IdleSource`."""
        connection, self._connection = self._connection, None
        if connection:
            self._xcb.xcb_disconnect(connection)

    def _check(self) -> None:
        if not self._connection or self._xcb.xcb_connection_has_error(self._connection):
            raise UnavailableError(f"no X server at {self._display}")
