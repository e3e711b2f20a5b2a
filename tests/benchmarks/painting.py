"""Seeing the moment at which a tray icon stands on the screen: docked, and with something painted in it."""

from __future__ import annotations

import select
import time
from typing import Any

from Xlib import X
from Xlib.display import Display
from Xlib.error import XError

# An icon that is not painted yet shows its background, which is one colour.
COLOURS = 3


class TrayWatch:
    """Watches one X display; made before the program is started, so that nothing is missed."""

    def __init__(self, display: str) -> None:
        self._display = Display(display)
        self._display.set_error_handler(lambda *_: None)
        self._root = self._display.screen().root
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask)
        self._embeds = self._display.intern_atom("_XEMBED_INFO")
        self._display.sync()

    def wait(self, seconds: float) -> float:
        """The monotonic time at which a new icon was seen painted; raises TimeoutError."""
        deadline = time.monotonic() + seconds
        icon: Any = None
        while time.monotonic() < deadline:
            while self._display.pending_events():
                event = self._display.next_event()
                # The window manager takes windows away from the root too, but none that can be embedded.
                if event.type == X.ReparentNotify and self._is_icon(event.window):
                    icon = event.window
            if icon is not None and self._painted(icon):
                return time.monotonic()
            select.select([self._display.fileno()], [], [], 0.001 if icon is not None else 0.01)
        raise TimeoutError(f"no icon within {seconds:g} s")

    def close(self) -> None:
        """Leave the display."""
        self._display.close()

    def _is_icon(self, window: Any) -> bool:
        try:
            return window.get_full_property(self._embeds, X.AnyPropertyType) is not None
        except XError:
            return False

    def _painted(self, window: Any) -> bool:
        try:
            if window.get_attributes().map_state != X.IsViewable:
                return False
            size = window.get_geometry()
            corner = window.translate_coords(self._root, 0, 0)
            place = (-corner.x, -corner.y, size.width, size.height)
            pixels = self._root.get_image(*place, X.ZPixmap, 0xFFFFFFFF).data
        except (XError, AttributeError):
            return False
        return len({pixels[at : at + 3] for at in range(0, len(pixels), 4)}) >= COLOURS
