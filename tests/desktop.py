"""A virtual desktop for tests: X server, session bus, window manager, tray, and on demand a keyring.

Everything runs in directories of its own, on a free display, and ends with the `with` block, each process by
its id. Nothing of the desktop that the tests were started from is visible, and the bus starts no services.

    with Desktop(tray="xembed") as desktop, desktop.program([sys.executable, "-m", "lyncdesk"]):
        icon = desktop.wait_for_icon()
        desktop.click(*icon.centre)
"""

import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from Xlib import X
from Xlib.display import Display
from Xlib.error import XError

from tests.session_bus import NotifierHost, NotifierItem, dominant
from tests.user_session import UserSession
from tests.waiting import LONG_ENOUGH, wait_for


@dataclass(frozen=True, slots=True)
class TrayIcon:
    """An icon docked in the XEmbed tray: its place on the screen, and its most frequent colour but grey."""

    window: int
    pid: int | None
    name: str
    x: int
    y: int
    width: int
    height: int
    colour: str | None

    @property
    def centre(self) -> tuple[int, int]:
        """Where to click."""
        return self.x + self.width // 2, self.y + self.height // 2


class Desktop(UserSession):
    """See the module's text. `tray`: an XEmbed host, or none; `watcher`: a StatusNotifierWatcher as well."""

    def __init__(
        self,
        *,
        size: tuple[int, int] = (1280, 800),
        dpi: int = 96,
        tray: Literal["xembed", "none"] = "xembed",
        watcher: bool = False,
        keyring: bool = False,
    ) -> None:
        super().__init__(keyring=keyring)
        self._size, self._dpi = size, dpi
        self._tray, self._watcher = tray, watcher

    def _start(self, stack: ExitStack) -> None:
        self.env["XDG_SESSION_TYPE"] = "x11"
        self._start_x(stack)
        self._display = Display(self.env["DISPLAY"])
        stack.callback(self._display.close)
        super()._start(stack)
        stack.enter_context(self.program(["openbox", "--sm-disable"]))
        wait_for(lambda: self._root_property("_NET_SUPPORTING_WM_CHECK"), "the window manager")
        # The first key from xdotool changes the keyboard. Openbox then grabs its shortcuts anew
        # and loses one that is pressed meanwhile.
        self.key("shift")
        if self._tray == "xembed":
            self.start_tray(stack)
        if self._watcher:
            self.start_watcher(stack)

    # --- hosts of the tray ---

    def start_tray(self, stack: ExitStack) -> None:
        """Start the XEmbed tray in the top right corner; it ends with `stack`."""
        options = "--edge top --align right --widthtype request --height 24 --SetDockType true --expand true"
        stack.enter_context(self.program(["trayer", *options.split(), "--transparent", "false"]))
        wait_for(self._tray_owner, "the tray")

    def start_watcher(self, stack: ExitStack) -> None:
        """Start the StatusNotifierWatcher; it ends with `stack`."""
        command = [sys.executable, "-m", "tests.tools.status_notifier_watcher"]
        watcher = stack.enter_context(self.program(command))
        wait_for(lambda: "ready" in watcher.text, "the StatusNotifierWatcher")

    # --- looking ---

    @property
    def notifier(self) -> NotifierHost:
        """The StatusNotifier side of the tray."""
        return NotifierHost(self.env["DBUS_SESSION_BUS_ADDRESS"])

    def screenshot(self, path: Path | None = None) -> Image.Image:
        """Return the whole screen as an image, written to `path` as well if there is one."""
        image = self._grab(0, 0, *self._size)
        if path is not None:
            image.save(path)
        return image

    def tray_icons(self, pid: int | None = None) -> list[TrayIcon]:
        """Return the icons in the XEmbed tray that are on the screen, of one process or of all."""
        icons = [icon for icon in map(self._icon, self._all_windows()) if icon]
        return [icon for icon in icons if pid in (None, icon.pid)]

    def wait_for_icon(
        self, test: Callable[[TrayIcon], object] = lambda icon: icon.colour, *, pid: int | None = None
    ) -> TrayIcon:
        """Wait for an icon in the XEmbed tray that passes the test; a coloured one if no test is given."""
        return wait_for(
            lambda: next((icon for icon in self.tray_icons(pid) if test(icon)), None), "the tray icon"
        )

    def wait_for_item(
        self, test: Callable[[NotifierItem], object] = lambda item: item.colour
    ) -> NotifierItem:
        """Wait for a StatusNotifier item that passes the test; a coloured one if no test is given."""
        return wait_for(
            lambda: next((item for item in self.notifier.items() if test(item)), None), "the notifier item"
        )

    def windows(self, title: str = "") -> list[int]:
        """Return the ids of the visible windows whose title matches the regular expression, oldest first."""
        found = self._xdotool("search", "--onlyvisible", "--name", title or ".", check=False)
        return sorted(int(line) for line in found.split())

    def popups(self) -> list[int]:
        """Return the ids of the visible windows that no window manager sees: menus, tooltips, hover cards."""
        return [window.id for window in self._display.screen().root.query_tree().children if _pops_up(window)]

    def title(self, window: int) -> str:
        """Return a window's title."""
        return self._xdotool("getwindowname", str(window)).rstrip("\n")

    def active_window(self) -> int:
        """Return the id of the window that has the keyboard, 0 if none has."""
        return int(self._xdotool("getactivewindow", check=False) or 0)

    def geometry(self, window: int) -> tuple[int, int, int, int]:
        """Return x, y, width and height of a window's inside, on the screen."""
        resource = self._display.create_resource_object("window", window)
        return _place(resource, self._display.screen().root)

    # --- acting ---

    def move(self, x: int, y: int) -> None:
        """Move the pointer."""
        self._xdotool("mousemove", str(x), str(y))

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move the pointer and click: 1 left, 2 middle, 3 right, 4 and 5 the wheel."""
        self._xdotool("mousemove", str(x), str(y), "click", str(button))

    def key(self, *keys: str) -> None:
        """Press keys one after the other, each by its X name or a chord of them: `Tab`, `ctrl+q`."""
        self._xdotool("key", "--clearmodifiers", *keys)

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Hold a key down for as long as the block lasts."""
        self._xdotool("keydown", key)
        try:
            yield
        finally:
            self._xdotool("keyup", key)

    def type(self, text: str) -> None:
        """Type the text."""
        self._xdotool("type", "--clearmodifiers", "--", text)

    # --- parts ---

    def _start_x(self, stack: ExitStack) -> None:
        reading, writing = os.pipe()
        try:
            screen = f"{self._size[0]}x{self._size[1]}x24"
            options = ["-displayfd", str(writing), "-screen", "0", screen, "-dpi", str(self._dpi)]
            command = ["Xvfb", *options, "-nolisten", "tcp", "-noreset"]
            server = stack.enter_context(self.program(command, pass_fds=[writing]))
        finally:
            os.close(writing)
        with os.fdopen(reading, "rb", buffering=0) as numbers:
            ready, _, _ = select.select([numbers], [], [], LONG_ENOUGH)
            number = numbers.readline().decode().strip() if ready else ""
        assert number, f"no X server: {server.text}"
        self.env["DISPLAY"] = f":{number}"

    def _root_property(self, name: str) -> Any:
        self._display.sync()
        atom = self._display.intern_atom(name)
        return self._display.screen().root.get_full_property(atom, X.AnyPropertyType)

    def _tray_owner(self) -> bool:
        selection = self._display.intern_atom("_NET_SYSTEM_TRAY_S0")
        return self._display.get_selection_owner(selection) != X.NONE

    def _all_windows(self) -> Iterator[Any]:
        waiting = [self._display.screen().root]
        while waiting:
            try:
                children = waiting.pop().query_tree().children
            except XError:  # it was closed in this moment
                continue
            waiting.extend(children)
            yield from children

    def _icon(self, window: Any) -> TrayIcon | None:
        try:
            if self._window_property(window, "_XEMBED_INFO") is None:
                return None
            if window.get_attributes().map_state != X.IsViewable:
                return None
            x, y, width, height = _place(window, self._display.screen().root)
            pixels = self._grab(x, y, width, height)
        except XError:  # it was closed in this moment
            return None
        pid = self._window_property(window, "_NET_WM_PID")
        return TrayIcon(
            window=window.id,
            pid=pid[0] if pid else None,
            name=window.get_wm_name() or "",
            x=x,
            y=y,
            width=width,
            height=height,
            colour=dominant(pixels.tobytes()),
        )

    def _window_property(self, window: Any, name: str) -> Any:
        found = window.get_full_property(self._display.intern_atom(name), X.AnyPropertyType)
        return None if found is None else found.value

    def _grab(self, x: int, y: int, width: int, height: int) -> Image.Image:
        image = self._display.screen().root.get_image(x, y, width, height, X.ZPixmap, 0xFFFFFFFF)
        return Image.frombytes("RGB", (width, height), image.data, "raw", "BGRX")

    def _xdotool(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env=self.env, capture_output=True, text=True, timeout=60, check=False
        )
        assert not check or done.returncode == 0, f"xdotool {' '.join(arguments)}: {done.stderr}"
        return done.stdout


def _pops_up(window: Any) -> bool:
    try:
        attributes, size = window.get_attributes(), window.get_geometry()
    except XError:  # it was closed in this moment
        return False
    return bool(attributes.override_redirect and attributes.map_state == X.IsViewable and size.width > 4)


def _place(window: Any, root: Any) -> tuple[int, int, int, int]:
    size = window.get_geometry()
    corner = window.translate_coords(root, 0, 0)
    return -corner.x, -corner.y, size.width, size.height
