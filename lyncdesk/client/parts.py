"""What a running client is made of: its ports, and what its surroundings tell it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from lyncdesk.client.day_log import Recorded
from lyncdesk.client.found import Found
from lyncdesk.client.installed import Installed, Way
from lyncdesk.client.options import Account
from lyncdesk.client.policy import Policy
from lyncdesk.client.ports import (
    CalendarSource,
    Clock,
    ContactSource,
    CredentialStore,
    HistoryStore,
    MachineProbe,
    Pool,
    SettingsStore,
)
from lyncdesk.client.problems import Problem
from lyncdesk.client.releases import AskNewest
from lyncdesk.client.session import ConnectionStep
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Profile

if TYPE_CHECKING:
    from lyncdesk.client.live import LiveSession
    from lyncdesk.client.start_at_login import StartAtLogin

Password = Callable[[], Awaitable[str | None]]
Row = tuple[Message, Message]


class Exchange(Protocol):
    """The connection to Exchange that calendar and Test connection share; it owns the one gate for the
    password.
    """

    def source(self, account: Account, password: Password) -> CalendarSource:
        """A calendar source for the account."""

    async def test(
        self, account: Account, password: str | None, on_step: Callable[[ConnectionStep], None]
    ) -> bool:
        """Try the account step by step."""

    def know(self, found: Iterable[Found], on_found: Callable[[Found], None]) -> None:
        """Start with servers that were found in earlier runs; ``on_found`` is told which one is in use for an
        account that names none.
        """

    def watch_passwords(self, used: Callable[[Account, str, Problem | None], None]) -> None:
        """Tell from now on of each account and password that the account's own server refused, or accepted
        (None).
        """

    def password_refused(self, account: Account, password: str, problem: Problem) -> None:
        """Another process, or an earlier run, saw this password refused: it is not sent from here."""

    def password_entered(self, account: Account, password: str) -> None:
        """The person typed this password: it may be tried once more, even if it was refused."""

    async def close(self) -> None:
        """End every process and connection."""


class Beside(Protocol):
    """What lives as long as the client and is told of each State: the socket of the command line."""

    async def start(self) -> None:
        """Begin."""

    def changed(self) -> None:
        """A new State is there."""

    async def stop(self) -> None:
        """End. Idempotent."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a client is made of. ``defaults`` are settings for a store that is still empty.

    ``autostart`` is the start with the computer; ``environment`` gives rows of Configuration information,
    in which it tells of the policy in force; ``wait`` waits real seconds (for looking after the policy).
    ``password`` is one for this run only.
    ``beside`` makes what lives as long as the client. ``zone`` tells the computer's zone as it is now.
    ``secret``
    keeps a password out of the log, whose last lines are ``log_lines``. ``contacts`` is where the contacts'
    calendars are asked for, None where the pool's people publish. ``sign_in_limits`` tells what ways of
    signing in to Exchange lack on this computer. ``history`` makes the place for the local history, when one
    is kept; ``history_place`` tells where that is. ``ask_newest`` asks a place for the newest version, None
    where there is nothing to update; ``installed`` tells how the program came here, ``replaced`` whether
    another was put in its place while it runs.
    """

    store: SettingsStore
    read_policy: Callable[[], Policy]
    credentials: CredentialStore
    exchange: Exchange
    pool: Pool
    clock: Clock
    zone: Callable[[], str]
    pool_name: str
    wait: Callable[[float], Awaitable[None]]
    probe: MachineProbe | None = None
    command_line: Mapping[str, object] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    contacts: ContactSource | None = None
    profile: Profile | None = None
    hold: Callable[[], AbstractContextManager[object]] = nullcontext
    autostart: StartAtLogin | None = None
    environment: Callable[[Policy], tuple[Row, ...]] = lambda _policy: ()
    secret: Callable[[str], None] = lambda _secret: None
    log_lines: Callable[[], tuple[str, ...]] = tuple
    sign_in_limits: Callable[[], Mapping[str, Message]] = dict
    history: Callable[[], HistoryStore] | None = None
    history_place: Message = field(default_factory=lambda: Message.of("nowhere"))
    ask_newest: AskNewest | None = None
    installed: Callable[[], Installed] = lambda: Installed(Way.SOURCE)
    replaced: Callable[[], bool] = lambda: False
    others: Callable[[], tuple[Recorded, ...]] = tuple
    is_simulation: bool = False
    password: str | None = field(default=None, repr=False)
    beside: Callable[[LiveSession], Beside] | None = None
