"""Linux desktops over a real message bus, with logind, screen savers, NetworkManager and Mutter played."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from dbus_fast import BusType, PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_property, method, signal

from lyncdesk.machine.linux import (
    NO_NETWORK,
    NO_SLEEP,
    LoginWatcher,
    MutterIdle,
    NetworkWatcher,
    ScreenSaverWatcher,
)
from lyncdesk.machine.sensors import Asleep, Locked, NetworkReturned, Sign, UnavailableError, Watcher
from tests.user_session import BUS_COMMAND, BUS_CONFIGURATION
from tests.waiting import LONG_ENOUGH, until

SESSION_PATH = "/org/freedesktop/login1/session/_31"


class OwnBus:
    """A message bus of the tests' own, system and session in one."""

    def __init__(self, folder: Path) -> None:
        self.address = f"unix:path={folder}/bus"
        configuration = BUS_CONFIGURATION.format(address=self.address)
        services = f"<servicedir>{folder}</servicedir>\n</busconfig>"
        (folder / "bus.conf").write_text(configuration.replace("</busconfig>", services))
        command = [*BUS_COMMAND, f"--config-file={folder}/bus.conf"]
        self._daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._daemon.stdout
        assert self.address in self._daemon.stdout.readline(), "no bus"

    def end(self) -> None:
        self._daemon.terminate()
        self._daemon.communicate()


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    own = OwnBus(tmp_path_factory.mktemp("bus"))
    yield own.address
    own.end()


class Manager(ServiceInterface):
    """org.freedesktop.login1.Manager."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.login1.Manager")

    @method()
    def GetSession(self, name: "s") -> "o":  # type: ignore[name-defined]  # noqa: F821
        assert name == "1"
        return SESSION_PATH

    @signal()
    def PrepareForSleep(self, start: bool) -> "b":  # type: ignore[name-defined]  # noqa: F821
        return start


class Session(ServiceInterface):
    """org.freedesktop.login1.Session."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.login1.Session")
        self.locked = False

    @dbus_property(PropertyAccess.READ)
    def LockedHint(self) -> "b":  # type: ignore[name-defined]  # noqa: F821
        return self.locked

    def lock(self, locked: bool) -> None:
        self.locked = locked
        self.emit_properties_changed({"LockedHint": locked})


class User(ServiceInterface):
    """org.freedesktop.login1.User."""

    def __init__(self, path: str) -> None:
        super().__init__("org.freedesktop.login1.User")
        self.path = path

    @dbus_property(PropertyAccess.READ)
    def Display(self) -> "(so)":  # type: ignore[name-defined]  # noqa: F821
        return ["1", self.path]


class ScreenSaver(ServiceInterface):
    """A desktop's screen saver."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.active = False

    @method()
    def GetActive(self) -> "b":  # type: ignore[name-defined]  # noqa: F821
        return self.active

    @signal()
    def ActiveChanged(self, active: bool) -> "b":  # type: ignore[name-defined]  # noqa: F821
        return active


class Network(ServiceInterface):
    """org.freedesktop.NetworkManager."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.NetworkManager")
        self.state = 70

    @dbus_property(PropertyAccess.READ)
    def State(self) -> "u":  # type: ignore[name-defined]  # noqa: F821
        return self.state

    @signal()
    def StateChanged(self, state: int) -> "u":  # type: ignore[name-defined]  # noqa: F821
        return state


class Mutter(ServiceInterface):
    """org.gnome.Mutter.IdleMonitor."""

    def __init__(self) -> None:
        super().__init__("org.gnome.Mutter.IdleMonitor")
        self.idle = 1234
        self.watches = 0

    @method()
    def GetIdletime(self) -> "t":  # type: ignore[name-defined]  # noqa: F821
        return self.idle

    @method()
    def AddUserActiveWatch(self) -> "u":  # type: ignore[name-defined]  # noqa: F821
        self.watches += 1
        return self.watches

    @signal()
    def WatchFired(self, number: int) -> "u":  # type: ignore[name-defined]  # noqa: F821
        return number


async def disconnected(bus: MessageBus) -> None:
    with suppress(EOFError):
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]


class System:
    """What plays the system: objects under names on the bus."""

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus

    async def add(self, name: str, objects: dict[str, ServiceInterface]) -> None:
        for path, interface in objects.items():
            self.bus.export(path, interface)
        await self.bus.request_name(name)

    async def end(self, name: str) -> None:
        await self.bus.release_name(name)


@pytest.fixture
async def system(bus: str) -> AsyncIterator[System]:
    connection = await MessageBus(bus_address=bus, bus_type=BusType.SESSION).connect()
    yield System(connection)
    connection.disconnect()
    await disconnected(connection)


class Ear:
    """Runs a watcher and keeps what it says."""

    def __init__(self, watcher: Watcher) -> None:
        self.signs: list[Sign] = []
        self.limits: list[str] = []
        self.task = asyncio.ensure_future(watcher.run(self.signs.append, self.limits.append))

    async def hears(self, *signs: Sign) -> None:
        await until(lambda: len(self.signs) >= len(signs), f"{signs}")
        assert self.signs == list(signs)

    async def ends(self) -> None:
        await asyncio.wait_for(self.task, LONG_ENOUGH)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


@pytest.fixture
async def listen() -> AsyncIterator[Callable[[Watcher], Ear]]:
    ears: list[Ear] = []

    def start(watcher: Watcher) -> Ear:
        ears.append(Ear(watcher))
        return ears[-1]

    yield start
    for ear in ears:
        await ear.stop()


Listen = Callable[[Watcher], Ear]
LOGIN, NETWORK = "org.freedesktop.login1", "org.freedesktop.NetworkManager"
MUTTER = "org.gnome.Mutter.IdleMonitor"


@pytest.mark.parametrize("environment", [{"XDG_SESSION_ID": "1"}, {}])
async def test_logind_tells_the_lock_of_the_persons_session(
    bus: str, system: System, listen: Listen, environment: dict[str, str]
) -> None:
    session = Session()
    session.locked = True
    manager, user = Manager(), User(SESSION_PATH)
    await system.add(
        LOGIN,
        {
            "/org/freedesktop/login1": manager,
            SESSION_PATH: session,
            "/org/freedesktop/login1/user/self": user,
        },
    )
    ear = listen(LoginWatcher(bus, environment))
    await ear.hears(Locked(LOGIN, True))
    session.lock(False)
    await ear.hears(Locked(LOGIN, True), Locked(LOGIN, False))
    assert ear.limits == []


async def test_logind_tells_of_sleep_and_of_waking(bus: str, system: System, listen: Listen) -> None:
    manager = Manager()
    await system.add(LOGIN, {"/org/freedesktop/login1": manager, SESSION_PATH: Session()})
    ear = listen(LoginWatcher(bus, {"XDG_SESSION_ID": "1"}))
    await ear.hears(Locked(LOGIN, False))
    manager.PrepareForSleep(True)
    manager.PrepareForSleep(False)
    await ear.hears(Locked(LOGIN, False), Asleep(True), Asleep(False))


async def test_sleep_is_told_where_there_is_no_session(bus: str, system: System, listen: Listen) -> None:
    manager = Manager()
    await system.add(LOGIN, {"/org/freedesktop/login1": manager})
    ear = listen(LoginWatcher(bus, {}))
    await until(lambda: ear.task.done() or manager_heard(manager, ear), "a sign")
    assert Asleep(True) in ear.signs


def manager_heard(manager: Manager, ear: Ear) -> bool:
    manager.PrepareForSleep(True)
    return bool(ear.signs)


async def test_without_logind_sleep_is_a_limit(bus: str, listen: Listen) -> None:
    ear = listen(LoginWatcher(bus, {}))
    await ear.ends()
    assert (ear.signs, ear.limits) == ([], [NO_SLEEP])


async def test_no_service_is_started_to_be_asked(tmp_path: Path, listen: Listen) -> None:
    started = tmp_path / "started"
    for name in (LOGIN, NETWORK, MUTTER, "org.freedesktop.ScreenSaver"):
        text = f"[D-BUS Service]\nName={name}\nExec=/usr/bin/touch {started}\n"
        (tmp_path / f"{name}.service").write_text(text)
    own = OwnBus(tmp_path)
    savers = listen(ScreenSaverWatcher(own.address))
    for watcher in (LoginWatcher(own.address, {}), NetworkWatcher(own.address)):
        await listen(watcher).ends()
    with pytest.raises(UnavailableError):
        await MutterIdle(own.address).open(lambda: None)
    own.end()
    await savers.ends()
    assert not started.exists()


@pytest.mark.parametrize("address", ["unix:path=/no/such/socket", "tcp:host=x", "rubbish", ""])
async def test_without_a_bus_everything_is_a_limit_and_no_error(address: str, listen: Listen) -> None:
    ears = [listen(watcher) for watcher in (LoginWatcher(address, {}), NetworkWatcher(address))]
    ears.append(listen(ScreenSaverWatcher(address)))
    for ear in ears:
        await ear.ends()
    assert [ear.limits for ear in ears] == [[NO_SLEEP], [NO_NETWORK], []]
    with pytest.raises(UnavailableError):
        await MutterIdle(address).open(lambda: None)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
        ("org.freedesktop.ScreenSaver", "/ScreenSaver"),
        ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
        ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
        ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
        ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
    ],
)
async def test_each_desktops_screen_saver_tells_when_it_covers_the_screen(
    bus: str, system: System, listen: Listen, name: str, path: str
) -> None:
    saver = ScreenSaver(name)
    await system.add(name, {path: saver})
    ear = listen(ScreenSaverWatcher(bus))
    await ear.hears(Locked(name, False))
    saver.ActiveChanged(True)
    await ear.hears(Locked(name, False), Locked(name, True))


async def test_a_screen_saver_that_ends_while_it_covers_the_screen_says_nothing_any_more(
    bus: str, system: System, listen: Listen
) -> None:
    name = "org.gnome.ScreenSaver"
    saver = ScreenSaver(name)
    saver.active = True
    await system.add(name, {"/org/gnome/ScreenSaver": saver})
    ear = listen(ScreenSaverWatcher(bus))
    await ear.hears(Locked(name, True))
    await system.end(name)
    await ear.hears(Locked(name, True), Locked(name, None))


async def test_a_screen_saver_that_starts_later_is_heard(bus: str, system: System, listen: Listen) -> None:
    last, name = "org.xfce.ScreenSaver", "org.gnome.ScreenSaver"
    await system.add(last, {"/org/xfce/ScreenSaver": ScreenSaver(last)})
    ear = listen(ScreenSaverWatcher(bus))
    await ear.hears(Locked(last, False))  # by now all were looked for
    saver = ScreenSaver(name)
    await system.add(name, {"/org/gnome/ScreenSaver": saver})
    await until(lambda: (saver.ActiveChanged(True), ear.signs[1:])[1], "what the new one says")
    assert ear.signs[1] == Locked(name, True)


async def test_a_network_after_none_is_a_return_and_another_network_is_not(
    bus: str, system: System, listen: Listen
) -> None:
    network = Network()
    await system.add("org.freedesktop.NetworkManager", {"/org/freedesktop/NetworkManager": network})
    watcher = NetworkWatcher(bus)
    ear = listen(watcher)
    await until(lambda: watcher._state == network.state, "the state of the network")
    for state in (70, 60, 70, 20, 40, 70):
        network.StateChanged(state)
    await ear.hears(NetworkReturned())
    for state in (10, 50, 60, 70):
        network.StateChanged(state)
    await ear.hears(NetworkReturned(), NetworkReturned())
    assert ear.limits == []


async def test_without_a_network_manager_it_is_a_limit(bus: str, listen: Listen) -> None:
    ear = listen(NetworkWatcher(bus))
    await ear.ends()
    assert (ear.signs, ear.limits) == ([], [NO_NETWORK])


async def test_mutter_tells_idle_time_and_the_return(bus: str, system: System) -> None:
    mutter = Mutter()
    await system.add(mutter.name, {"/org/gnome/Mutter/IdleMonitor/Core": mutter})
    told: list[str] = []
    source = MutterIdle(bus)
    await source.open(lambda: told.append("changed"))
    assert await source.idle() == timedelta(milliseconds=1234)
    assert mutter.watches == 0
    mutter.idle = 300_000
    for _ in range(2):
        assert await source.idle() == timedelta(minutes=5)
    assert mutter.watches == 1
    mutter.WatchFired(99)
    mutter.WatchFired(1)
    await until(lambda: told, "the return")
    assert await source.idle() == timedelta(minutes=5)
    assert told == ["changed"]  # the watch of somebody else said nothing
    assert mutter.watches == 2
    await source.close()
    await source.close()
    with pytest.raises(UnavailableError):
        await source.idle()


async def test_without_mutter_there_is_no_idle_time_from_it(bus: str) -> None:
    with pytest.raises(UnavailableError):
        await MutterIdle(bus).open(lambda: None)


async def test_a_bus_that_ends_leaves_no_lock_behind(tmp_path: Path, listen: Listen) -> None:
    own = OwnBus(tmp_path)
    connection = await MessageBus(bus_address=own.address).connect()
    system = System(connection)
    name = "org.gnome.ScreenSaver"
    saver = ScreenSaver(name)
    saver.active = True
    await system.add(name, {"/org/gnome/ScreenSaver": saver})
    mutter = Mutter()
    await system.add(mutter.name, {"/org/gnome/Mutter/IdleMonitor/Core": mutter})
    ear = listen(ScreenSaverWatcher(own.address))
    source = MutterIdle(own.address)
    await source.open(lambda: None)
    await ear.hears(Locked(name, True))
    own.end()
    await ear.ends()
    assert Locked(name, None) in ear.signs
    with pytest.raises(UnavailableError):
        await source.idle()
    await source.close()
    await disconnected(connection)
