"""Moments of a world for the tests of lessons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lyncdesk.client.options import Options
from lyncdesk.client.state import Calendar, Health, State
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item
from lyncdesk.presence.publication import Profile, Seen, SeenItem
from lyncdesk.presence.states import Presence
from lyncdesk.simulation.lessons import People
from lyncdesk.simulation.lessons_facts import Facts

NOW = datetime(2026, 3, 3, 9, 2, 30, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ME, BEN = "me@litware.example", "ben@litware.example"
PEOPLE = People(ME, {"ben": BEN})
WORDS = Words()
CALL = Item(NOW - MINUTE / 2, NOW + HOUR, subject="Call", id="1")
READ = Calendar(as_of=NOW - MINUTE, health=Health.OK, next_check=NOW + 29 * MINUTE, checks_sent=3)
OWN = State(Profile(ME, "Kim Akers"), signed_in=True, calendar=READ)
BENS = State(
    Profile(BEN, "Ben Okafor"), signed_in=True, contacts={ME: Seen(Profile(ME, "Kim Akers"), Presence(3500))}
)


def facts(
    state: State = OWN,
    *,
    now: datetime = NOW,
    ben: State = BENS,
    items: tuple[Item, ...] = (),
    looked: frozenset[tuple[str, str]] = frozenset(),
) -> Facts:
    return Facts(now, PEOPLE, state, {BEN: ben}, {ME: items}, looked)


def calendar(**changes: Any) -> State:
    return replace(OWN, calendar=replace(READ, **changes))


def options(**changes: Any) -> State:
    return replace(OWN, options=Options(**changes))


def bens(shows: Presence, item: SeenItem | None = None) -> State:
    return replace(BENS, contacts={ME: Seen(Profile(ME), shows, item=item)})
