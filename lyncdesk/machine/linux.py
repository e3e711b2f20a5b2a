"""Linux desktops: what logind, the screen savers, NetworkManager and Mutter say over D-Bus."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from lyncdesk.client.words import N_
from lyncdesk.machine.dbus import Bus
from lyncdesk.machine.sensors import Asleep, Locked, NetworkReturned, Sign, UnavailableError

NO_SLEEP = N_("This system does not tell when it is about to sleep; it is noticed after waking.")
NO_NETWORK = N_("This system does not tell when the network returns; checks are tried again by the clock.")

_LOGIN = "org.freedesktop.login1"
_LOGIN_PATH = "/org/freedesktop/login1"
_MANAGER = f"{_LOGIN}.Manager"
_SESSION = f"{_LOGIN}.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_NETWORK = "org.freedesktop.NetworkManager"
_CONNECTED = 50  # NM_STATE_CONNECTED_LOCAL; an Exchange server of one's own site needs no more

# Each desktop's screen saver: the name is the interface too; some speak under two paths.
_SCREEN_SAVERS: dict[str, tuple[str, ...]] = {
    "org.freedesktop.ScreenSaver": ("/org/freedesktop/ScreenSaver", "/ScreenSaver"),
    "org.gnome.ScreenSaver": ("/org/gnome/ScreenSaver",),
    "org.cinnamon.ScreenSaver": ("/org/cinnamon/ScreenSaver",),
    "org.mate.ScreenSaver": ("/org/mate/ScreenSaver", "/"),
    "org.xfce.ScreenSaver": ("/org/xfce/ScreenSaver", "/"),
}

Tell = Callable[[Sign], None]
Limit = Callable[[str], None]


class MutterIdle:
    """GNOME: an :class:`lyncdesk.machine.sensors.IdleSource` over org.gnome.Mutter.IdleMonitor."""

    _NAME = "org.gnome.Mutter.IdleMonitor"
    _PATH = "/org/gnome/Mutter/IdleMonitor/Core"
    # A watch for the return is set only while there is something to return from.
    _WATCHED = timedelta(minutes=1)

    def __init__(self, address: str = "SESSION") -> None:
        self._address = address
        self._bus: Bus | None = None
        self._watch: int | None = None

    @property
    def tells_return(self) -> bool:
        """By a watch that fires once."""
        return True

    async def open(self, changed: Callable[[], None]) -> None:
        """See :class:`IdleSource`."""

        def fired(body: tuple[Any, ...]) -> None:
            if body[:1] == (self._watch,):
                self._watch = None
                changed()

        self._bus = Bus(self._address)
        try:
            await self._bus.open()
            await self._bus.subscribe(fired, interface=self._NAME, member="WatchFired", path=self._PATH)
            await self._call("GetIdletime")
        except UnavailableError:
            await self.close()
            raise

    async def idle(self) -> timedelta:
        """See :class:`IdleSource`."""
        (milliseconds,) = await self._call("GetIdletime")
        idle = timedelta(milliseconds=milliseconds)
        if idle >= self._WATCHED and self._watch is None:
            (self._watch,) = await self._call("AddUserActiveWatch")
        return idle

    async def close(self) -> None:
        """See :class:`IdleSource`. The watch goes with the connection."""
        bus, self._bus = self._bus, None
        self._watch = None
        if bus is not None:
            await bus.close()

    async def _call(self, member: str) -> tuple[Any, ...]:
        if self._bus is None:
            raise UnavailableError("not open")
        return await self._bus.call(self._NAME, self._PATH, self._NAME, member)


class LoginWatcher:
    """systemd-logind (or elogind): the lock of this session, and sleep."""

    def __init__(self, address: str = "SYSTEM", environment: Mapping[str, str] = os.environ) -> None:
        self._address = address
        self._environment = environment

    async def run(self, tell: Tell, limit: Limit) -> None:
        """See :class:`lyncdesk.machine.sensors.Watcher`."""
        bus = Bus(self._address)
        try:
            await bus.open()
            await self._watch_sleep(bus, tell)
        except UnavailableError:
            limit(NO_SLEEP)
            await bus.close()
            return
        try:
            # Where there is no session (a service, a container) the screen saver may still tell of the lock.
            with suppress(UnavailableError):
                await self._watch_lock(bus, tell)
            await bus.closed()
            tell(Locked(_LOGIN, None))
            tell(Asleep(False))
            limit(NO_SLEEP)
        finally:
            await bus.close()

    async def _watch_sleep(self, bus: Bus, tell: Tell) -> None:
        await bus.subscribe(
            lambda body: tell(Asleep(bool(body[0]))),
            interface=_MANAGER,
            member="PrepareForSleep",
            path=_LOGIN_PATH,
        )
        if not await bus.owned(_LOGIN):
            raise UnavailableError("no logind")

    async def _watch_lock(self, bus: Bus, tell: Tell) -> None:
        path = await self._session(bus)

        def changed(body: tuple[Any, ...]) -> None:
            hint = body[1].get("LockedHint")
            if hint is not None:
                tell(Locked(_LOGIN, bool(hint[1])))

        await bus.subscribe(
            changed, interface=_PROPERTIES, member="PropertiesChanged", path=path, first=_SESSION
        )
        tell(Locked(_LOGIN, bool(await bus.get(_LOGIN, path, _SESSION, "LockedHint"))))

    async def _session(self, bus: Bus) -> str:
        """The session of the person: by name, by this process, or the one on the person's screen."""
        name = self._environment.get("XDG_SESSION_ID", "")
        if name:
            with suppress(UnavailableError):
                (path,) = await bus.call(_LOGIN, _LOGIN_PATH, _MANAGER, "GetSession", "s", name)
                return str(path)
        with suppress(UnavailableError):
            (path,) = await bus.call(_LOGIN, _LOGIN_PATH, _MANAGER, "GetSessionByPID", "u", os.getpid())
            return str(path)
        # A program that systemd's user manager started belongs to no session.
        user = f"{_LOGIN_PATH}/user/self"
        name, path = await bus.get(_LOGIN, user, f"{_LOGIN}.User", "Display")
        if not name:
            raise UnavailableError("no session")
        return str(path)


class ScreenSaverWatcher:
    """The desktops' screen savers, which say when they cover the screen. Any of them counts as a lock."""

    def __init__(self, address: str = "SESSION") -> None:
        self._address = address

    async def run(self, tell: Tell, limit: Limit) -> None:  # noqa: ARG002 - others may tell of the lock
        """See :class:`lyncdesk.machine.sensors.Watcher`."""
        bus = Bus(self._address)
        try:
            await bus.open()
            for name, paths in _SCREEN_SAVERS.items():
                await self._watch(bus, name, paths, tell)
            await bus.closed()
        except UnavailableError:
            pass
        finally:
            await bus.close()
        for name in _SCREEN_SAVERS:
            tell(Locked(name, None))

    async def _watch(self, bus: Bus, name: str, paths: tuple[str, ...], tell: Tell) -> None:
        def active(body: tuple[Any, ...]) -> None:
            tell(Locked(name, bool(body[0])))

        def owner_changed(body: tuple[Any, ...]) -> None:
            if not body[2]:  # it ended, perhaps crashed, while the screen was covered
                tell(Locked(name, None))

        await bus.subscribe(active, interface=name, member="ActiveChanged")
        await bus.subscribe(
            owner_changed, interface="org.freedesktop.DBus", member="NameOwnerChanged", first=name
        )
        if not await bus.owned(name):
            return
        for path in paths:
            with suppress(UnavailableError):
                active(await bus.call(name, path, name, "GetActive"))
                return


class NetworkWatcher:
    """NetworkManager: a network again after none."""

    def __init__(self, address: str = "SYSTEM") -> None:
        self._address = address
        self._state = 0

    async def run(self, tell: Tell, limit: Limit) -> None:
        """See :class:`lyncdesk.machine.sensors.Watcher`."""
        bus = Bus(self._address)

        def changed(body: tuple[Any, ...]) -> None:
            before, self._state = self._state, int(body[0])
            if before < _CONNECTED <= self._state:
                tell(NetworkReturned())

        try:
            await bus.open()
            await bus.subscribe(changed, interface=_NETWORK, member="StateChanged")
            path = "/org/freedesktop/NetworkManager"
            self._state = int(await bus.get(_NETWORK, path, _NETWORK, "State"))
            await bus.closed()
        except UnavailableError:
            pass
        finally:
            await bus.close()
        limit(NO_NETWORK)
