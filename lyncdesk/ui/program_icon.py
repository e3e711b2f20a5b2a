"""The program's own icon, for a window that is open before there is a presence to show."""

from __future__ import annotations

from PySide6.QtGui import QIcon

from lyncdesk.resource_files import resource

# X11 sends all of them to the window manager, a pixel in four bytes; larger ones than these nobody shows.
SIZES = (16, 22, 24, 32, 48, 64, 128)
_PICTURE = "org.lyncdesk.LyncDesk.png"


def program_icon() -> QIcon:
    """The icon in the sizes of windows, as the menu has it."""
    icon = QIcon()
    folder = resource("desktop", "share", "icons", "hicolor")
    for size in SIZES:
        icon.addFile(str(folder / f"{size}x{size}" / "apps" / _PICTURE))
    return icon
