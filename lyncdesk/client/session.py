"""What a surface (window, command line over the local socket) can ask of a running client.

``bootstrap`` wires the only real implementation; the surfaces see these protocols alone. All coroutines
run on the
client's own loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from lyncdesk.client.events import Event
from lyncdesk.client.options import Account
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import State
from lyncdesk.presence.items import Item
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Profile, Seen
from lyncdesk.presence.states import Presence

if TYPE_CHECKING:
    from lyncdesk.client.history import Past
    from lyncdesk.client.lesson_types import Lessons
    from lyncdesk.client.releases import Releases


class StepResult(StrEnum):
    """How a step of Test connection ended."""

    RUNNING = "running"
    OK = "ok"
    LIMITED = "limited"  # it works, and something is missing
    NOTHING = "nothing"  # one of several ways, which led nowhere
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ConnectionStep:
    """One step of Test connection: what was tried, what came back, how long it took, and the problem if
    it failed. ``remedy`` says what to do about a step that works with a limit.
    """

    name: str
    tried: Message
    result: StepResult
    came_back: Message | None = None
    duration: timedelta | None = None
    problem: Problem | None = None
    remedy: Message | None = None


@dataclass(frozen=True, slots=True)
class Hooks:
    """What others may ask of the program around a session: to show its window (None: it has none), and
    to end.

    Both may be called on any thread.
    """

    show: Callable[[], None] | None
    quit: Callable[[], object]


class Seat(Protocol):
    """A running client, as far as it is the same for everybody: what a person sees, says and chooses."""

    @property
    def is_simulation(self) -> bool:
        """Whether this is the sample organisation (a banner says that nothing is real)."""

    @property
    def speed(self) -> float:
        """Seconds of this client's world in a real one: 1, in the sample organisation any, 0 = paused. Safe
        from any thread.
        """

    def start(self, on_state: Callable[[State], None]) -> None:
        """Begin, on the running loop; ``on_state`` is called there with each new State."""

    def now(self) -> datetime:
        """The time of this client's world (virtual in the sample organisation). Safe from any thread."""

    def post(self, event: Event) -> None:
        """Give the client an event, on its loop."""

    async def save_options(self, values: Mapping[str, object]) -> tuple[Problem, ...]:
        """Change options of the person by their field name in Options; locked ones are refused with a
        problem.
        """

    async def search(self, text: str) -> tuple[Seen, ...]:
        """People of the directory."""

    async def add_contact(self, address: str) -> Problem | None:
        """Follow a person."""

    async def remove_contact(self, address: str) -> None:
        """Follow a person no more."""

    async def past(self, start: datetime, end: datetime) -> Past:
        """What the local history holds of [start, end), what is shown now included; nothing where none is
        kept.

        Raises:
            ProblemError: it cannot be read.
        """

    def environment(self) -> tuple[tuple[Message, Message], ...]:
        """Rows of Configuration information that the State does not hold (keyring, policy, log file ...)."""

    async def stop(self) -> None:
        """Withdraw, end every task and process that this client owns. Idempotent."""


class Session(Seat, Protocol):
    """The client of the person whose program this is: also what concerns the account and this computer."""

    @property
    def releases(self) -> Releases:
        """The version that runs, and the question for a newer one."""

    async def test_connection(
        self,
        account: Account,
        password: str | None,
        on_step: Callable[[ConnectionStep], None],
        *,
        anew: bool = True,
    ) -> bool:
        """Try the account step by step; ``password`` None takes the stored one. Saves nothing. Cancel to
        stop. ``anew``: the person typed the password since the last test, so it may be sent even if it was
        refused before.
        """

    async def save_account(self, account: Account, password: str | None, *, keep: bool) -> Problem | None:
        """Use this account from now on; ``keep`` puts the password into the keyring.

        Returns the problem that kept the password from being kept (it is then used for this run only).
        """

    async def enter_password(self, password: str, *, keep: bool) -> Problem | None:
        """The person typed the password again."""

    async def forget_account(self) -> Problem | None:
        """Sign out, drop the account, its stored password and its local history.

        Returns the problem that kept the keyring from dropping it (the account is gone all the same).
        """

    async def delete_history(self) -> Problem | None:
        """Delete the local history, of every account; the problem that kept some of it."""

    def history_place(self) -> Message:
        """Where the local history is kept."""

    async def report(self) -> str:
        """The report for support: no secret, no subject."""

    def sign_in_limits(self) -> Mapping[str, Message]:
        """What ways of signing in to Exchange, by their names, lack on this computer."""


class SitIn(Seat, Protocol):
    """The client of another person of the sample organisation, at which one sits.

    It has neither an account that could be changed nor a computer of its own. ``stop`` leaves it: the client
    lives on.
    """

    @property
    def profile(self) -> Profile:
        """Whose client it is."""

    @property
    def led(self) -> bool:
        """Whether one decided over this person's status, so that habits rest until one leaves. Safe from any
        thread.
        """


@dataclass(frozen=True, slots=True)
class WorldTime:
    """Virtual time as the Simulation window shows it; ``speed`` 0 = paused."""

    now: datetime
    speed: float
    next_check: datetime | None


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """Somebody shows something else than before, as it was seen on the screen."""

    profile: Profile
    before: Presence
    after: Presence


@dataclass(frozen=True, slots=True)
class Jumped:
    """A jump to the next change: when that was, and who changed, the signed-in person first.

    Nobody did where a day passed without any change.
    """

    at: datetime
    changes: tuple[PresenceChange, ...] = ()


class Simulation(Protocol):
    """The controls of the sample organisation, for the Simulation window."""

    def people(self) -> tuple[Profile, ...]:
        """Everybody, the signed-in person first."""

    def items(self, address: str, start: datetime, end: datetime) -> tuple[Item, ...]:
        """A person's calendar, as Outlook would show it to its owner."""

    async def add_item(self, address: str, item: Item) -> None:
        """Add an item to a person's calendar. Nobody's presence changes before that person's next check."""

    async def change_item(self, address: str, item_id: str, item: Item) -> None:
        """Replace an item."""

    async def remove_item(self, address: str, item_id: str) -> None:
        """Remove an item."""

    def time(self) -> WorldTime:
        """The virtual time."""

    def set_speed(self, speed: float) -> None:
        """0 pauses, 1 is real time, 60 a minute a second."""

    async def jump_to_next_check(self) -> None:
        """Let time run, as fast as it can without missing anything, to just after the person's next check."""

    async def jump_to_next_change(self) -> Jumped:
        """Let time run to the next moment at which somebody on the screen shows something else: the
        signed-in person, a contact as the signed-in person sees it, somebody one sits in as.
        """

    async def jump(self, moment: datetime) -> None:
        """Let time run to ``moment``; a moment that is over is reached already.

        A jump that is cancelled leaves time where it has come, as does each of the others.
        """

    def sit_in(self, address: str) -> SitIn:
        """A seat at another person's client. Raises KeyError for the signed-in person and for strangers."""

    def lessons(self) -> Lessons:
        """The guide through lessons."""
