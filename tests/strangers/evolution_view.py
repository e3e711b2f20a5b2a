"""Evolution's own calendar library, driven line by line, with its EWS backend behind it.

Each line on standard input is a JSON object {operation, ...arguments}, each line on standard output its
answer, {value} or {error: {message}}. The system's Python runs this, because the library's bindings belong to
that; so nothing of the project is imported.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import gi

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
from gi.repository import ECal, EDataServer, Gio, GLib, ICalGLib  # noqa: E402 - their versions come first

REGISTRY = "org.gnome.evolution.dataserver.Sources5"
MANAGER = "/org/gnome/evolution/dataserver/SourceManager"
PATIENCE_SECONDS = 60.0
AT_ONCE = 0xFFFFFFFF  # the library would wait for a signal that only this loop could bring it


class Accounts:
    """The accounts of the session and the calendars that are open."""

    def __init__(self) -> None:
        self.registry = EDataServer.SourceRegistry.new_sync(None)
        self._context = GLib.MainContext.default()
        self._clients: dict[str, Any] = {}

    def add(self, uid: str, source: str, password: str) -> None:
        """Make the account from the text of its key file, keep its password in the keyring, and wait for its
        calendar.
        """
        bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        made = GLib.Variant("(a{ss})", ({uid: source},))
        manager = "org.gnome.evolution.dataserver.SourceManager"
        patience = int(PATIENCE_SECONDS * 1000)
        bus.call_sync(REGISTRY, MANAGER, manager, "CreateSources", made, None, 0, patience, None)
        account = self._wait(lambda: self.registry.ref_source(uid), "the account")
        account.store_password_sync(password, True, None)
        credentials = EDataServer.NamedParameters()
        credentials.set("password", password)
        account.invoke_authenticate_sync(credentials, None)
        self._wait(lambda: self._calendar(uid), "a calendar of the account")

    def folders(self, uid: str) -> list[str]:
        """The names of the folders that Evolution has taken in by now."""
        self._context.iteration(False)
        return sorted(child.get_display_name() for child in self._children(uid))

    def open(self, uid: str) -> str:
        """Open the account's calendar and wait until it is connected; the answer is the calendar's name."""
        source = self._calendar(uid)
        self._wait(lambda: self._connected(uid, source), "the calendar factory to hear of the account")
        connected = EDataServer.SourceConnectionStatus.CONNECTED
        self._wait(lambda: source.get_connection_status() == connected, "the connection")
        return str(source.get_display_name())

    def _connected(self, uid: str, source: Any) -> bool:
        try:
            client = ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, AT_ONCE, None)
        except GLib.Error as error:
            if "No such source" not in error.message:
                raise
            return False
        self._clients[uid] = client
        return True

    def close(self, uid: str) -> None:
        """Let go of the calendar. The account stays: removing one now and then ends the source registry."""
        del self._clients[uid]

    def client(self, uid: str) -> Any:
        return self._clients[uid]

    def _children(self, uid: str) -> list[Any]:
        return [source for source in self.registry.list_sources(None) if source.get_parent() == uid]

    def _calendar(self, uid: str) -> Any:
        named = (one for one in self._children(uid) if one.has_extension("Calendar"))
        return next(named, None)

    def _wait(self, condition: Callable[[], Any], what: str) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited in vain for {what}")
            self._context.iteration(False)
            time.sleep(0.01)
        return value


def parts(text: str) -> dict[str, Any]:
    """The lines of a VEVENT by name, each with its parameters; lines of what lies inside are left out."""
    found: dict[str, Any] = {}
    depth = 0
    for line in text.replace("\r\n ", "").replace("\n ", "").splitlines():
        name, _, value = line.partition(":")
        depth += (name == "BEGIN") - (name == "END")
        key = name.partition(";")[0]
        if depth == 1 and key != "BEGIN" and not key.startswith("X-EWS"):
            found.setdefault(key, []).append([name.partition(";")[2], value.replace("\\,", ",")])
    return found


def objects(accounts: Accounts, account: str) -> list[dict[str, Any]]:
    """Every component of the calendar: single ones, masters of series, and detached occurrences."""
    _, found = accounts.client(account).get_object_list_as_comps_sync("#t", None)
    return [parts(one.get_as_string()) for one in found]


def refresh(accounts: Accounts, account: str) -> None:
    accounts.client(account).refresh_sync(None)


def instances(accounts: Accounts, account: str, start: int, end: int) -> list[list[Any]]:
    """What a calendar window shows between two instants (seconds since 1970): summary, start and end."""
    found: list[list[Any]] = []

    def seen(component: Any, begin: Any, until: Any, _data: object = None, _cancel: object = None) -> bool:
        found.append([component.get_summary(), begin.as_ical_string(), until.as_ical_string()])
        return True

    accounts.client(account).generate_instances_sync(start, end, None, seen)
    return sorted(found, key=lambda one: (one[1], one[0]))


def create(accounts: Accounts, account: str, event: str) -> str:
    component = ICalGLib.Component.new_from_string(event)
    _, uid = accounts.client(account).create_object_sync(component, ECal.OperationFlags.NONE, None)
    return str(uid)


def _occurrence(accounts: Accounts, account: str, uid: str, start: str) -> Any:
    """The occurrence of a series on the date of `start`, as a component that can be changed."""
    _, series = accounts.client(account).get_object_sync(uid, None, None)
    component = series.clone()
    length = component.get_dtend().subtract(component.get_dtstart())
    begin = component.get_dtstart()
    wanted = ICalGLib.Time.new_from_string(start)
    begin.set_date(wanted.get_year(), wanted.get_month(), wanted.get_day())
    component.set_recurrenceid(begin)
    component.set_dtstart(begin)
    component.set_dtend(begin.add(length))
    for kind in (ICalGLib.PropertyKind.RRULE_PROPERTY, ICalGLib.PropertyKind.EXDATE_PROPERTY):
        ECal.util_component_remove_property_by_kind(component, kind, True)
    return component


def rename(accounts: Accounts, account: str, uid: str, summary: str, occurrence: str | None = None) -> None:
    """Give an event, or one occurrence of a series, another summary."""
    if occurrence:
        component = _occurrence(accounts, account, uid, occurrence)
    else:
        _, component = accounts.client(account).get_object_sync(uid, None, None)
    component.set_summary(summary)
    reach = ECal.ObjModType.THIS if occurrence else ECal.ObjModType.ALL
    accounts.client(account).modify_object_sync(component, reach, ECal.OperationFlags.NONE, None)


def remove(accounts: Accounts, account: str, uid: str, occurrence: str | None = None) -> None:
    """Remove an event, or one occurrence of a series."""
    reach = ECal.ObjModType.THIS if occurrence else ECal.ObjModType.ALL
    accounts.client(account).remove_object_sync(uid, occurrence, reach, ECal.OperationFlags.NONE, None)


def free_busy(accounts: Accounts, account: str, addresses: list[str], start: int, end: int) -> list[Any]:
    """What Evolution knows of other people's time: a VFREEBUSY or VEVENT text each."""
    _, found = accounts.client(account).get_free_busy_sync(start, end, addresses, None)
    return [one.get_as_string() for one in found]


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": lambda accounts, **given: accounts.add(**given),
    "folders": lambda accounts, account: accounts.folders(account),
    "open": lambda accounts, account: accounts.open(account),
    "close": lambda accounts, account: accounts.close(account),
    "objects": objects,
    "refresh": refresh,
    "instances": instances,
    "create": create,
    "rename": rename,
    "remove": remove,
    "free_busy": free_busy,
}


def main() -> None:
    accounts = Accounts()
    for line in sys.stdin:
        given = json.loads(line)
        operation = OPERATIONS[given.pop("operation")]
        try:
            answer = {"value": operation(accounts, **given)}
        except (GLib.Error, TimeoutError) as problem:
            answer = {"error": {"message": str(problem)}}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
