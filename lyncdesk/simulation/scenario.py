"""A scenario as values: people, their calendars, what happens, and what must then be seen.

:mod:`lyncdesk.simulation.scenario_file` makes these from a file, :mod:`lyncdesk.simulation.stepper` runs
them. The language is described in `docs/scenarios.md`. Instants are aware and in UTC; ``line`` is the line of
the file, from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from lyncdesk.client.policy import Policy
from lyncdesk.presence.items import Item
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus

DOMAIN = "example.com"


def address_of(who: str) -> str:
    """The address of a person of a scenario; all of them belong to one organisation."""
    return f"{who.casefold()}@{DOMAIN}"


class Plain(StrEnum):
    """What a step does without further keys."""

    RESET_STATUS = "reset_status"
    CHECK_NOW = "check_now"
    CALENDAR_ON = "calendar_on"
    CALENDAR_OFF = "calendar_off"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    IDLE = "idle"
    ACTIVE = "active"
    LOCK = "lock"
    UNLOCK = "unlock"
    SLEEP = "sleep"
    WAKE = "wake"
    EXCHANGE_RECOVERS = "exchange_recovers"


@dataclass(frozen=True, slots=True)
class AddItem:
    """An item appears in the calendar; nobody's client hears of it before its next check."""

    item: Item


@dataclass(frozen=True, slots=True)
class RemoveItem:
    """The item with the id of ``item`` disappears."""

    item: Item


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """The item with the id of ``item`` becomes ``item``."""

    item: Item


@dataclass(frozen=True, slots=True)
class SetStatus:
    """The person picks a status, for a time or without end."""

    status: ManualStatus
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Travel:
    """The person's computer is set to another zone (an IANA name); the clock goes on."""

    zone: str


@dataclass(frozen=True, slots=True)
class Give:
    """The person gives somebody else (``to``, a name of the scenario) a relationship."""

    to: str
    relationship: Relationship


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """The administrator sets keys of the policy; the others stay."""

    policy: Policy


@dataclass(frozen=True, slots=True)
class ExchangeFails:
    """From now on checks end with this problem (a name of the problem table), until ``exchange_recovers``."""

    problem: str


@dataclass(frozen=True, slots=True)
class AutomaticReplies:
    """The person switches automatic replies on with a note, or off (None); seen at the next check."""

    note: str | None


Action = (
    Plain
    | AddItem
    | RemoveItem
    | ChangeItem
    | SetStatus
    | Travel
    | Give
    | SetPolicy
    | ExchangeFails
    | AutomaticReplies
)


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at a moment. ``who`` is a name of the scenario."""

    at: datetime
    who: str
    action: Action
    line: int


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: the expectation's key, what must be found, and the line on which it is written."""

    key: str
    expected: object
    line: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be seen at a moment: by ``who`` alone (``viewer`` ""), or on the viewer's card of ``who``."""

    at: datetime
    who: str
    viewer: str
    checks: tuple[Check, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Person:
    """One client of the scenario. ``items`` are in the calendar before the run; ``gives`` is by name.

    ``zone`` is that of the person's computer and mailbox at the start, an IANA name.
    ``chosen`` are options that the person touched: their field in Options and the value.
    """

    who: str
    name: str
    signs_in: datetime
    zone: str = "UTC"
    chosen: Mapping[str, object] = field(default_factory=dict, hash=False)
    gives: Mapping[str, Relationship] = field(default_factory=dict, hash=False)
    items: tuple[Item, ...] = ()

    @property
    def address(self) -> str:
        """The identity in the pool."""
        return address_of(self.who)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole file. ``zone`` is an IANA name; steps and expectations are in the order of the file."""

    file: str
    title: str
    zone: str
    start: datetime
    until: datetime
    policy: Policy
    people: tuple[Person, ...]
    steps: tuple[Step, ...]
    expectations: tuple[Expectation, ...]
