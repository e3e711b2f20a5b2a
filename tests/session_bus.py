"""The session bus as tests use it: what a StatusNotifier host (GNOME, KDE) sees, and the keyring's state."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.waiting import LONG_ENOUGH

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


@dataclass(frozen=True, slots=True)
class NotifierItem:
    """One item. `colour` is the most frequent opaque colour of its icon that is no grey, as #rrggbb."""

    service: str
    path: str
    menu_path: str
    id: str
    title: str
    status: str
    tooltip: str
    colour: str | None


@dataclass(frozen=True, slots=True)
class MenuRow:
    """One row of an item's menu; the mnemonic's underscore is taken out of the label."""

    id: int
    label: str
    enabled: bool
    checked: bool
    children: tuple["MenuRow", ...]


class NotifierHost:
    """Reads and uses the items that are registered on the session bus at `address`."""

    def __init__(self, address: str) -> None:
        self._address = address

    def items(self) -> list[NotifierItem]:
        """Return the registered items; one that leaves in this moment is left out."""
        with self._bus() as bus:
            watcher = DBusAddress("/StatusNotifierWatcher", WATCHER, WATCHER)
            _, names = _call(bus, Properties(watcher).get("RegisteredStatusNotifierItems"))[0]
            return [item for item in (self._item(bus, name) for name in names) if item]

    def menu(self, item: NotifierItem) -> tuple[MenuRow, ...]:
        """Return the rows of the item's menu, as a host asks for them when it opens the menu."""
        address = DBusAddress(item.menu_path, item.service, MENU)
        with self._bus() as bus:
            _call(bus, new_method_call(address, "AboutToShow", "i", (0,)))
            _, layout = _call(bus, new_method_call(address, "GetLayout", "iias", (0, -1, [])))
            return _row(layout).children

    def choose(self, item: NotifierItem, row: MenuRow) -> None:
        """Click the row."""
        address = DBusAddress(item.menu_path, item.service, MENU)
        with self._bus() as bus:
            _call(bus, new_method_call(address, "Event", "isvu", (row.id, "clicked", ("i", 0), 0)))

    def activate(self, item: NotifierItem) -> None:
        """Click the icon itself."""
        with self._bus() as bus:
            address = DBusAddress(item.path, item.service, ITEM)
            _call(bus, new_method_call(address, "Activate", "ii", (0, 0)))

    @contextmanager
    def _bus(self) -> Iterator[DBusConnection]:
        with open_dbus_connection(bus=self._address) as bus:
            yield bus

    def _item(self, bus: DBusConnection, name: str) -> NotifierItem | None:
        service, _, path = name.partition("/")
        address = DBusAddress("/" + path, service, ITEM)
        try:
            (pairs,) = _call(bus, Properties(address).get_all())
        except DBusError:
            return None
        values = {key: value for key, (_, value) in pairs.items()}
        tooltip: Sequence[Any] = values.get("ToolTip") or ("", [], "", "")
        return NotifierItem(
            service=service,
            path="/" + path,
            menu_path=values.get("Menu", ""),
            id=values.get("Id", ""),
            title=values.get("Title", ""),
            status=values.get("Status", ""),
            tooltip="\n".join(text for text in tooltip[2:] if text),
            colour=_colour(values.get("IconPixmap") or []),
        )


def default_keyring(address: str) -> str | None:
    """Return the path of the secret service's default collection, None as long as there is none."""
    service = DBusAddress(
        "/org/freedesktop/secrets", "org.freedesktop.secrets", "org.freedesktop.Secret.Service"
    )
    with open_dbus_connection(bus=address) as bus:
        try:
            (path,) = _call(bus, new_method_call(service, "ReadAlias", "s", ("default",)))
        except DBusError:
            return None
    return None if path == "/" else str(path)


class DBusError(Exception):
    """The other side answered with an error, named in the text."""


def _call(bus: DBusConnection, message: Any) -> Any:
    reply = bus.send_and_get_reply(message, timeout=LONG_ENOUGH)
    if reply.header.message_type is MessageType.error:
        raise DBusError(f"{reply.header.fields[HeaderFields.error_name]}: {reply.body}")
    return reply.body


def _row(layout: Any) -> MenuRow:
    number, properties, children = layout
    values = {key: value for key, (_, value) in properties.items()}
    return MenuRow(
        id=number,
        label=values.get("label", "").replace("__", "\0").replace("_", "").replace("\0", "_"),
        enabled=values.get("enabled", True),
        checked=values.get("toggle-state", 0) == 1,
        children=tuple(
            _row(child)
            for _, child in children
            if child[1].get("visible", ("b", True))[1] and child[1].get("type", ("s", ""))[1] != "separator"
        ),
    )


def _colour(pixmaps: list[tuple[int, int, bytes]]) -> str | None:
    """Take the largest pixmap: ARGB, most significant byte first."""
    if not pixmaps:
        return None
    _, _, data = max(pixmaps, key=lambda pixmap: pixmap[0])
    opaque = (data[i + 1 : i + 4] for i in range(0, len(data), 4) if data[i] > 200)
    return dominant(b"".join(bytes(pixel) for pixel in opaque))


def dominant(pixels: bytes) -> str | None:
    """Return the most frequent colour of RGB pixels that is clearly not a grey, as #rrggbb."""
    colours = Counter(pixels[i : i + 3] for i in range(0, len(pixels), 3))
    colourful = [colour for colour, _ in colours.most_common() if max(colour) - min(colour) > 60]
    return f"#{colourful[0].hex()}" if colourful else None
