"""Making the world so that a lesson can begin, at any hour and after anything; and putting it back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from lyncdesk.client import events as ev
from lyncdesk.client.policy import Policy
from lyncdesk.client.state import Health, State
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.items import Item, ShowAs
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.lessons import Gift, Lesson, Prepared, concerned, values_of
from lyncdesk.simulation.lessons_acts import INTERVAL, Hands, busy_items, given
from lyncdesk.simulation.lessons_facts import window

Gifts = Mapping[tuple[str, str], Relationship]


class Before:
    """How the calendars and relationships that a lesson may touch were before it."""

    def __init__(self, lesson: Lesson, hands: Hands) -> None:
        self._at = hands.place.now()
        self._items: dict[str, dict[str, Item]] = {}
        for address in map(hands.people.address, concerned(lesson)):
            found = hands.place.items(address, *window(self._at))
            self._items[address] = {item.id: item for item in found}
        self._gifts = gifts_of(lesson, hands)

    async def put_back(self, hands: Hands) -> None:
        """Let everything that was kept be so again."""
        place = hands.place
        for address, kept in self._items.items():
            there = {item.id: item for item in place.items(address, *window(self._at))}
            for item_id in there.keys() - kept.keys():
                await place.remove_item(address, item_id)
            for item_id, item in kept.items():
                if item_id not in there:
                    await place.add_item(address, item)
                elif _differs(there[item_id], item):
                    await place.change_item(address, item_id, item)
        for (owner, to), relationship in self._gifts.items():
            event = ev.Give(to, relationship)
            if owner == hands.people.me:
                hands.client.post(event)
            else:
                place.post_to(owner, event)
        await hands.client.drained()
        await place.rest()


def _differs(one: Item, other: Item) -> bool:
    # What the server numbers says nothing about the item.
    same = replace(one, change_key=other.change_key, recurring=other.recurring, series=other.series)
    return same != other


def gifts_of(lesson: Lesson, hands: Hands) -> Gifts:
    """What those give each other now between whom a lesson lets anything be given."""
    states = hands.place.states()
    kept = {}
    for gift in values_of(lesson):
        if not isinstance(gift, Gift):
            continue
        owner, to = hands.people.address(gift.who), hands.people.address(gift.to)
        kept[owner, to] = given(states[owner] if gift.who else hands.client.state, to)
    return kept


async def prepare(prepared: Prepared, hands: Hands, changed: asyncio.Event) -> None:
    """Make it so. ``changed`` is set whenever anybody's State changes.

    The order matters: what is in the calendars first, then one check that brings it, and last what needs no
    check.
    """
    place, client, people = hands.place, hands.client, hands.people
    place.hide_details(people.me, hidden=False)
    policy = Policy(mandatory={INTERVAL: prepared.interval} if prepared.interval else {})
    place.set_policy(policy)
    for gift in prepared.gifts:
        event = ev.Give(people.address(gift.to), gift.relationship)
        if gift.who:
            place.post_to(people.address(gift.who), event)
        else:
            client.post(event)
    for item in busy_items(place, people.me, place.now() + prepared.free) if prepared.free else ():
        await place.change_item(people.me, item.id, replace(item, show_as=ShowAs.FREE))
    checked = {people.address(entry.who) for entry in prepared.items if entry.who}
    for entry in prepared.items:
        address = people.address(entry.who)
        await place.add_item(address, entry.item(place.now(), hands.say(entry.subject)))
    values: dict[str, object] = {"use_exchange": True, "update_presence": True, "share_details": True}
    await client.save_options(values)
    client.post(ev.SignIn())
    client.post(ev.ResetStatus())
    client.post(ev.CheckNow())
    for address in checked:
        if not place.states()[address].signed_in:
            place.post_to(address, ev.SignIn())
        place.post_to(address, ev.CheckNow())
    since = place.now()
    await client.drained()
    place.set_speed(1)
    await _read(since, hands, checked, prepared.interval, changed)
    if not prepared.calendar:
        await client.save_options({"update_presence": False})
    if prepared.status:
        client.post(ev.SetStatus(ManualStatus(prepared.status)))
    await client.drained()


async def _read(
    since: datetime, hands: Hands, others: set[str], interval: timedelta | None, changed: asyncio.Event
) -> None:
    """Wait until every calendar concerned was read by a check that was sent since, and the policy holds."""
    while True:
        changed.clear()
        states = [hands.client.state, *(hands.place.states()[address] for address in others)]
        options = hands.client.state.options
        holds = options.interval == interval if interval else not options.locked("interval")
        if holds and all(_settled(state, since) for state in states):
            return
        await changed.wait()


def _settled(state: State, since: datetime) -> bool:
    calendar = state.calendar
    # Who was signed out, or switched the calendar off, reads nothing; the step says what comes of that.
    if not (state.signed_in and state.options.calendar_in_use):
        return True
    if calendar.checking_since is not None or calendar.check_again:
        return False
    ended = [moment for moment in (calendar.as_of, calendar.failed_at) if moment is not None]
    # What nothing is sent for before somebody acts is told by the lesson's first step.
    return calendar.health is Health.STOPPED or any(moment >= since for moment in ended)


def told(prepared: Prepared, words: Words, names: Mapping[str, str]) -> tuple[str, ...]:
    """What will be prepared, sentence by sentence; ``names`` are people's names by what lessons call them."""
    said = [
        words(
            "Before it begins: you are signed in, your status is reset, your calendar is read once, and time"
            " runs as fast as it really does."
        )
    ]
    if prepared.free:
        said.append(
            words("What makes you busy in the next {length} is marked as Free.", length=prepared.free)
        )
    for entry in prepared.items:
        template = (
            N_("“{subject}” is added to the calendar of {name}.")
            if entry.who
            else N_("“{subject}” is added to your calendar.")
        )
        said.append(words(template, subject=words(entry.subject), name=names.get(entry.who, "")))
    said += [_gift(gift.who, gift.to, gift.relationship, words, names) for gift in prepared.gifts]
    if prepared.interval:
        said.append(words("The administrator's interval is {length}.", length=prepared.interval))
    if not prepared.calendar:
        said.append(words("Your calendar is switched off."))
    if prepared.status:
        said.append(words("Your status is set to {status} by hand.", status=words(prepared.status)))
    said.append(words("What a lesson does to calendars and relationships is put back when it ends."))
    return tuple(said)


def _gift(who: str, to: str, relationship: Relationship, words: Words, names: Mapping[str, str]) -> str:
    if not who:
        return words("You put {name} in {relationship}.", name=names[to], relationship=relationship)
    if not to:
        return words("{name} puts you in {relationship}.", name=names[who], relationship=relationship)
    return words(
        "{owner} puts {name} in {relationship}.", owner=names[who], name=names[to], relationship=relationship
    )
