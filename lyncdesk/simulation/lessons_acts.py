"""What a lesson can do for the person: one table, from the name in a lesson to what is done in the world.

Everything goes the ways that people's own hands take: events to a client, items into a mailbox, a policy, a
fault of the server.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from lyncdesk.client import events as ev
from lyncdesk.client.policy import Policy
from lyncdesk.client.state import State
from lyncdesk.presence.items import Item, ShowAs
from lyncdesk.presence.relationships import Relationship, default_relationship
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.lessons import Act, Entry, Gift, People
from lyncdesk.simulation.lessons_conditions import Who, read_gift
from lyncdesk.simulation.lessons_entries import Change, read_change, read_entry
from lyncdesk.simulation.lessons_facts import window
from lyncdesk.simulation.lessons_needs import Subject
from lyncdesk.simulation.scenario_tables import Sheet, WrongValueError, flag, text, word
from lyncdesk.simulation.scenario_times import duration

NEXT_CHECK = "next check"
NO_DETAILS, WELL = "no details", "well"
INTERVAL = "WebServicePollInterval"


class Client(Protocol):
    """The signed-in person's client, as far as a lesson uses it."""

    @property
    def state(self) -> State:
        """What it knows."""

    def post(self, event: ev.Event) -> None:
        """Give it an event."""

    async def drained(self) -> None:
        """Return when every posted event has been applied."""

    async def save_options(self, values: Mapping[str, object]) -> object:
        """Change options of the person."""


class Place(Protocol):
    """The sample organisation, as far as a lesson uses it."""

    def now(self) -> datetime:
        """The virtual time."""

    def items(self, address: str, start: datetime, end: datetime) -> tuple[Item, ...]:
        """A person's calendar."""

    async def add_item(self, address: str, item: Item) -> None:
        """Add an item."""

    async def change_item(self, address: str, item_id: str, item: Item) -> None:
        """Replace an item."""

    async def remove_item(self, address: str, item_id: str) -> None:
        """Remove an item."""

    def post_to(self, address: str, event: ev.Event) -> None:
        """Give somebody else's client an event."""

    def states(self) -> Mapping[str, State]:
        """What everybody else's client knows."""

    def set_speed(self, speed: float) -> None:
        """How fast time runs."""

    async def jump(self, moment: datetime) -> None:
        """Let time run to a moment."""

    async def jump_to_next_check(self) -> None:
        """Let time run to just after the person's next check."""

    async def rest(self) -> None:
        """Return when all that was set off has reached everybody; time stands meanwhile."""

    def hide_details(self, address: str, *, hidden: bool) -> None:
        """Let Exchange tell this person no kinds, subjects and locations, or let it tell them again."""

    def set_policy(self, policy: Policy) -> None:
        """What the administrator sets."""


@dataclass(frozen=True, slots=True)
class Hands:
    """Who acts in which world, with ``say`` for the texts of a lesson in the person's language."""

    place: Place
    client: Client
    people: People
    say: Callable[[str], str]
    subject: Subject | None = None


async def _add(value: object, hands: Hands) -> None:
    if isinstance(value, Entry):
        item = value.item(hands.place.now(), hands.say(value.subject))
        await hands.place.add_item(hands.people.address(value.who), item)


async def _change(value: object, hands: Hands) -> None:
    subject = hands.subject
    if isinstance(value, Change) and subject is not None:
        now = hands.place.now()
        found = hands.place.items(subject.address, *window(now))
        item = next((one for one in found if one.id == subject.item.id), None)
        if item is not None:
            await hands.place.change_item(subject.address, item.id, value.of(item))


async def _status(value: object, hands: Hands) -> None:
    hands.client.post(ev.SetStatus(ManualStatus(str(value))))


async def _reset(_value: object, hands: Hands) -> None:
    hands.client.post(ev.ResetStatus())


async def _check(_value: object, hands: Hands) -> None:
    hands.client.post(ev.CheckNow())


async def _sign_in(value: object, hands: Hands) -> None:
    hands.client.post(ev.SignIn() if value else ev.SignOut())


async def _calendar(value: object, hands: Hands) -> None:
    values = {"update_presence": value} | ({"use_exchange": True} if value else {})
    await hands.client.save_options(values)


async def _shares(value: object, hands: Hands) -> None:
    await hands.client.save_options({"share_details": value})


async def _jump(value: object, hands: Hands) -> None:
    if value == NEXT_CHECK:
        await hands.place.jump_to_next_check()
    elif isinstance(value, timedelta):
        await hands.place.jump(hands.place.now() + value)


async def give(value: object, hands: Hands) -> None:
    """Let somebody give somebody a relationship."""
    if not isinstance(value, Gift):
        return
    to = hands.people.address(value.to)
    if value.who:
        hands.place.post_to(hands.people.address(value.who), ev.Give(to, value.relationship))
    else:
        hands.client.post(ev.Give(to, value.relationship))


async def _interval(value: object, hands: Hands) -> None:
    hands.place.set_policy(Policy(mandatory={INTERVAL: value} if value else {}))


async def _exchange(value: object, hands: Hands) -> None:
    hands.place.hide_details(hands.people.me, hidden=value == NO_DETAILS)


def given(state: State, to: str) -> Relationship:
    """What the owner of a State gives somebody."""
    return state.options.gives.get(to, default_relationship(state.profile.address, to))


def _jump_value(value: object) -> object:
    if value == NEXT_CHECK:
        return value
    try:
        return duration(value)
    except WrongValueError as error:
        raise WrongValueError(f'write "{NEXT_CHECK}", or how far, like "10m"') from error


def _interval_value(value: object) -> object:
    return timedelta() if value == "built in" else duration(value)


def _taken(convert: Callable[[object], object]) -> Callable[[Sheet, str, Who], object]:
    return lambda sheet, key, _who: sheet.take(key, convert, None)


@dataclass(frozen=True, slots=True)
class Row:
    """One act: how its value is read, and what is done."""

    read: Callable[[Sheet, str, Who], object]
    act: Callable[[object, Hands], Awaitable[None]]


ACTS: Mapping[str, Row] = {
    "add": Row(read_entry, _add),
    "change": Row(read_change, _change),
    "status": Row(_taken(word(ManualStatus, "status")), _status),
    "reset": Row(_taken(flag), _reset),
    "check": Row(_taken(flag), _check),
    "sign_in": Row(_taken(flag), _sign_in),
    "calendar": Row(_taken(flag), _calendar),
    "shares_details": Row(_taken(flag), _shares),
    "give": Row(read_gift, give),
    "interval": Row(_taken(_interval_value), _interval),
    "exchange": Row(_taken(word([NO_DETAILS, WELL], "state of Exchange")), _exchange),
    "jump": Row(_taken(_jump_value), _jump),
}


def read_acts(sheet: Sheet, who: Who) -> tuple[Act, ...]:
    """A table of acts, done in the order in which they are written; every mistake in it is kept."""
    for name in ACTS:
        if name not in sheet:
            sheet.take(name, text, None)
    read = {name: ACTS[name].read(sheet, name, who) for name in sheet.values if name in ACTS}
    sheet.close()
    return tuple(Act(name, value) for name, value in read.items() if value is not None)


async def do(acts: tuple[Act, ...], hands: Hands) -> None:
    """Do these, one after the other, each with all that it sets off in the person's own client."""
    for act in acts:
        await ACTS[act.name].act(act.value, hands)
        await hands.client.drained()


def busy_items(place: Place, address: str, until: datetime) -> tuple[Item, ...]:
    """What of a calendar makes busy or away between now and ``until``."""
    now = place.now()
    found = place.items(address, *window(now))
    marks = (ShowAs.BUSY, ShowAs.OOF)
    return tuple(i for i in found if i.counts_as in marks and i.start < until and i.end > now)
