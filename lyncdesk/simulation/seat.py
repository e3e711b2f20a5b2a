"""The seat at an inhabitant's client: where one sits in as another person of the sample organisation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from lyncdesk.client import events as ev
from lyncdesk.client.following import Following
from lyncdesk.client.history import Past
from lyncdesk.client.options import Options
from lyncdesk.client.problems import Problem
from lyncdesk.client.settings import chosen
from lyncdesk.client.state import State
from lyncdesk.presence.inputs import Machine
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Profile, Seen, person
from lyncdesk.simulation.clock import VirtualClock
from lyncdesk.simulation.inhabitants import Inhabitant

# With these one decides over the person's status, as habits do.
_DECIDES = (ev.SetStatus, ev.ResetStatus, ev.SignIn, ev.SignOut)


class InhabitantSeat:
    """See :class:`lyncdesk.client.session.SitIn`.

    Habits go on until one decides over the person's status; then they rest until one leaves. Who decides
    uses the computer.
    """

    def __init__(self, inhabitant: Inhabitant, clock: VirtualClock) -> None:
        self._inhabitant = inhabitant
        self._clock = clock
        self._following = Following(inhabitant.pool, lambda: self._settled().options, self._use)

    @property
    def profile(self) -> Profile:
        """Whose client it is."""
        return self._inhabitant.member.profile

    @property
    def led(self) -> bool:
        """Whether habits rest."""
        return self._inhabitant.led

    @property
    def is_simulation(self) -> bool:
        """It is."""
        return True

    @property
    def speed(self) -> float:
        """The pace of virtual time."""
        return self._clock.speed

    def start(self, on_state: Callable[[State], None]) -> None:
        """Take the seat: see what the client shows, from now on."""
        self._inhabitant.watch(self, on_state)

    def now(self) -> datetime:
        """Virtual time."""
        return self._clock.now()

    def post(self, event: ev.Event) -> None:
        """Give the client an event; one that decides over the status lets habits rest."""
        if isinstance(event, _DECIDES):
            self._inhabitant.lead(self)
            if any(machine != Machine() for machine in self._inhabitant.state.machines):
                self._inhabitant.post(ev.MachineChanged(Machine()))
        self._inhabitant.post(event)

    async def save_options(self, values: Mapping[str, object]) -> tuple[Problem, ...]:
        """Change options of the person; what is locked stays as it is."""
        options = self._settled().options
        free = {name: value for name, value in values.items() if not options.locked(name)}
        self._use(chosen(options, **free))
        return ()

    async def search(self, text: str) -> tuple[Seen, ...]:
        """People of the directory, as this person finds them."""
        return await self._inhabitant.pool.search(text)

    async def add_contact(self, address: str) -> Problem | None:
        """Follow a person."""
        return await self._following.add(address)

    async def remove_contact(self, address: str) -> None:
        """Follow a person no more."""
        await self._following.remove(address)
        self.post(ev.ContactGone(person(address)))

    async def past(self, _start: datetime, _end: datetime) -> Past:
        """None: a history is kept of the signed-in person alone."""
        return Past()

    def environment(self) -> tuple[tuple[Message, Message], ...]:
        """How this client comes by its calendar."""
        return (
            (
                Message.of("Exchange"),
                Message.of("The embedded one of the sample organisation, read without the network."),
            ),
        )

    async def stop(self) -> None:
        """Leave the seat; the client lives on, by habit again. Idempotent."""
        self._inhabitant.leave(self)

    def _settled(self) -> State:
        return self._inhabitant.settled()

    def _use(self, options: Options) -> None:
        self._inhabitant.post(ev.OptionsChanged(options))
