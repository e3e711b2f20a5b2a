"""A StatusNotifierWatcher as GNOME's extension and KDE's panel have one: tray programs register with it.

Runs until it is ended: `python -m tests.tools.status_notifier_watcher`. Prints `ready` once it owns its name
on the session bus. An item whose program has left the bus is dropped, as real watchers do.
"""

import asyncio
from typing import Annotated

from dbus_fast import BusType, Message, MessageType, NameFlag, PropertyAccess, RequestNameReply
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusInt32, DBusSignature, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

NAME = "org.kde.StatusNotifierWatcher"
PATH = "/StatusNotifierWatcher"
ITEM_PATH = "/StatusNotifierItem"


class Watcher(ServiceInterface):
    """The interface, and the items registered so far, each as its bus name followed by its object path."""

    def __init__(self) -> None:
        super().__init__(NAME)
        self._items: dict[str, str] = {}

    @dbus_method()
    def RegisterStatusNotifierItem(self, service: DBusStr) -> None:
        name, slash, path = service.partition("/")
        self._items[name] = name + (slash + path if slash else ITEM_PATH)
        self.StatusNotifierItemRegistered(self._items[name])

    @dbus_method()
    def RegisterStatusNotifierHost(self, service: DBusStr) -> None:
        self.StatusNotifierHostRegistered()

    @dbus_property(PropertyAccess.READ)
    def RegisteredStatusNotifierItems(self) -> Annotated[list[str], DBusSignature("as")]:
        return list(self._items.values())

    @dbus_property(PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> DBusBool:
        return True

    @dbus_property(PropertyAccess.READ)
    def ProtocolVersion(self) -> DBusInt32:
        return 0

    @dbus_signal()
    def StatusNotifierItemRegistered(self, item: str) -> DBusStr:
        return item

    @dbus_signal()
    def StatusNotifierItemUnregistered(self, item: str) -> DBusStr:
        return item

    @dbus_signal()
    def StatusNotifierHostRegistered(self) -> None:
        pass

    def on_message(self, message: Message) -> None:
        """Drop the item of a program whose bus name has lost its owner."""
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            name, _, new_owner = message.body
            if not new_owner and name in self._items:
                self.StatusNotifierItemUnregistered(self._items.pop(name))


async def main() -> None:
    """Serve until the bus goes away."""
    bus = await MessageBus(bus_type=BusType.SESSION).connect()
    watcher = Watcher()
    bus.export(PATH, watcher)
    bus.add_message_handler(watcher.on_message)
    await bus.call(
        Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="AddMatch",
            signature="s",
            body=["type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"],
        )
    )
    reply = await bus.request_name(NAME, NameFlag.DO_NOT_QUEUE)
    if reply is not RequestNameReply.PRIMARY_OWNER:
        raise SystemExit(f"{NAME} has another owner already")
    print("ready", flush=True)
    await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    asyncio.run(main())
