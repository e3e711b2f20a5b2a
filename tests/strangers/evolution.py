"""Evolution's data server with its EWS backend in a user's session, and accounts in it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection

from tests.strangers.clients import CALENDAR_FACTORY, HERE, SOURCE_REGISTRY, SYSTEM_PYTHON
from tests.strangers.lines import Lines
from tests.user_session import UserSession
from tests.waiting import wait_for

BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
REGISTRY = "org.gnome.evolution.dataserver.Sources5"
CALENDARS = "org.gnome.evolution.dataserver.Calendar8"

# Settings come from a file of the session instead of the machine's dconf. Whether there is a way out of the
# machine does not matter: loopback is all that is needed.
SETTINGS = """[org/gnome/evolution-data-server]
network-monitor-gio-name='always-online'
"""

ACCOUNT = """[Data Source]
DisplayName={address}
Enabled=true

[Collection]
BackendName=ews
CalendarEnabled=true
ContactsEnabled=false
MailEnabled=false
Identity={address}

[Authentication]
Host={host}
Port={port}
Method=PLAIN
User={address}
ProxyUid=system-proxy
RememberPassword=true

[Security]
Method=none

[Ews Backend]
Hosturl={url}
Email={address}
ListenNotifications=false
"""


class Evolution:
    """The data server's programs, and Evolution's calendar library as their client."""

    def __init__(self, session: UserSession, view: Lines) -> None:
        self._session, self._view = session, view
        self._numbers = count(1)

    @contextmanager
    def account(self, url: str, address: str, password: str) -> Iterator["Account"]:
        """Set up an account with its password in the keyring, and open its calendar."""
        uid = f"account-{next(self._numbers)}"
        server = urlsplit(url)
        source = ACCOUNT.format(address=address, url=url, host=server.hostname, port=server.port)
        self._view.ask("add", uid=uid, source=source, password=password)
        self._view.ask("open", account=uid)
        yield Account(self._view, uid)
        self._view.ask("close", account=uid)


class Account:
    """One account with its calendar open."""

    def __init__(self, view: Lines, uid: str) -> None:
        self._view, self._uid = view, uid

    def __call__(self, operation: str, **arguments: object) -> Any:
        return self._view.ask(operation, account=self._uid, **arguments)


@contextmanager
def evolution() -> Iterator[Evolution]:
    """Start everything; it ends with the block."""
    with ExitStack() as stack:
        session = stack.enter_context(UserSession(keyring=True))
        session.env |= {"GSETTINGS_BACKEND": "keyfile", "LANG": "C.UTF-8"}
        settings = session.home / ".config/glib-2.0/settings/keyfile"
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS)
        stack.enter_context(session.program([SOURCE_REGISTRY]))
        wait_for(lambda: _owned(session, REGISTRY), "Evolution's source registry")
        # By itself it ends after ten idle seconds, and this bus starts nothing anew.
        stack.enter_context(session.program([CALENDAR_FACTORY, "--keep-running"]))
        wait_for(lambda: _owned(session, CALENDARS), "Evolution's calendar factory")
        command = [SYSTEM_PYTHON, str(HERE / "evolution_view.py")]
        environment = {
            name: value for name, value in session.env.items() if not name.startswith(("PYTHON", "VIRTUAL"))
        }
        yield Evolution(session, stack.enter_context(Lines(command, environment)))


def _owned(session: UserSession, name: str) -> bool:
    with open_dbus_connection(bus=session.env["DBUS_SESSION_BUS_ADDRESS"]) as bus:
        reply = bus.send_and_get_reply(new_method_call(BUS, "NameHasOwner", "s", (name,)), timeout=10)
    return bool(reply.body[0])
