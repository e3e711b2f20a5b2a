"""A day as the draft of a scenario: what each client has been through, as plain values.

`lyncdesk simulate --record` makes the file of it, in a process of its own: it runs what it writes. Without
names and words of people unless asked for them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from lyncdesk.client.day_log import Recorded
from lyncdesk.client.publish import publication
from lyncdesk.client.recording import policy_values, switches
from lyncdesk.client.recording_story import Story, Values
from lyncdesk.client.recording_text import seconds
from lyncdesk.client.state import State
from lyncdesk.presence.publication import filtered, person
from lyncdesk.presence.relationships import Relationship, default_relationship
from lyncdesk.presence.states import EXPIRING

MOST_VIEWERS, MOST_EXPECTED = 12, 300
_EXPIRY = "ManualStatusExpiry"


def draft(people: Sequence[Recorded], now: datetime, *, subjects: bool, names: bool) -> Values:
    """The day of ``people``, the first of whom is asked, until ``now``. Where one alone is known, those who
    look at that one are made up: one for each relationship that was given.
    """
    people = [one for one in people if one.log.turns]
    zone = people[0].state.profile.zone
    known = _names(people, names=names)
    stories = {
        address: Story(known[address], one.log, one.state, now, zone, subjects=subjects)
        for address, one in ((person(one.state.profile.address), one) for one in people)
    }
    addresses = tuple(stories)
    for story in stories.values():
        story.tell()
    viewers = _viewers(people[0], known) if len(people) == 1 else {}
    known |= viewers
    start = min(story.start for story in stories.values())
    told = [
        _person(one, stories[person(one.state.profile.address)], known, zone, names=names) for one in people
    ]
    expected = [one for story in stories.values() for one in _thinned(story.expected)]
    alone = len(people) == 1
    expected += _shown_to(people[0], known, viewers, now) if alone else _seen_at_the_end(people, known, now)
    steps = [step for story in stories.values() for step in story.steps]
    steps += [step for one in people for step in _gives_steps(one, known)]
    mandatory, recommended = policy_values(people[0].log.turns[0].state.options)
    if any(map(_outlasts_the_policy, people)):
        # A status that was picked under another policy comes before this one.
        for kind in (mandatory, recommended):
            if _EXPIRY in kind:
                at, policy = seconds(people[0].log.turns[0].at), {_EXPIRY: kind.pop(_EXPIRY)}
                steps.append({"at": at, "who": known[addresses[0]], "do": "set_policy", "policy": policy})
    return {
        "title": "A day that was recorded" if names or len(people) > 1 else "My day, as it was recorded",
        "zone": zone,
        "start": start,
        "until": seconds(now),
        "policy": mandatory,
        "recommended": recommended,
        "people": [*told, *({"who": who, "signs_in": start} for who in viewers.values())],
        "steps": sorted(steps, key=lambda step: int(str(step["at"]))),
        "checks": {story.who: story.checks for story in stories.values()},
        # Who does not check as the policy says has to ask for every check.
        "asking": [
            stories[person(one.state.profile.address)].who
            for one in people
            if one.state.options.interval != people[0].log.turns[0].state.options.interval
        ],
        "expected": sorted(expected, key=lambda one: int(str(one["at"]))),
        "left_out": [
            f"{story.who}: {what}" if len(stories) > 1 else what
            for story in stories.values()
            for what in dict.fromkeys(story.left_out)
        ],
    }


def _outlasts_the_policy(one: Recorded) -> bool:
    """Whether a status was picked for longer than the policy that held at the beginning lets it last."""
    first = one.log.turns[0].state
    manual = first.manual
    if manual is None or manual.until is None or manual.status not in EXPIRING:
        return False
    return manual.until - manual.since > first.options.manual_expiry


def _thinned(expected: Sequence[Values]) -> Sequence[Values]:
    """Of very many, some of all hours, and the last."""
    every = -(-len(expected) // MOST_EXPECTED)
    return [*expected[:-1:every], expected[-1]] if every > 1 else expected


# --- people ---


def _names(people: Sequence[Recorded], *, names: bool) -> dict[str, str]:
    """What the scenario calls everybody, by address."""
    known: dict[str, str] = {}
    for place, one in enumerate(people):
        name = _plain(one.state.profile.shown_name) if names else ("person" if place else "me")
        known[person(one.state.profile.address)] = _free(name or "person", known, numbered=bool(place))
    return known


def _free(name: str, known: Mapping[str, str], *, numbered: bool = True) -> str:
    taken = set(known.values())
    first = f"{name}_1" if name == "person" and numbered else name
    if first not in taken:
        return first
    return next(f"{name}_{n}" for n in range(2, len(taken) + 3) if f"{name}_{n}" not in taken)


def _plain(name: str) -> str:
    """The first of a person's names in letters that a scenario takes."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = re.search(r"[a-z][a-z0-9-]*", letters)
    return found[0][:30] if found else ""


def _person(one: Recorded, story: Story, known: Mapping[str, str], zone: str, *, names: bool) -> Values:
    first = one.log.turns[0].state
    told: Values = {"who": story.who}
    if names:
        told["name"] = one.state.profile.shown_name
    if first.profile.zone != zone:
        told["zone"] = first.profile.zone
    told["signs_in"] = story.signs_in
    told |= switches(first.options)
    gives = {
        known[address]: _level(first, address).value
        for address in known
        if known[address] != story.who and _level(first, address) is not Relationship.COLLEAGUES
    }
    if gives:
        told["gives"] = gives
    told["items"] = story.items
    return told


def _level(state: State, address: str) -> Relationship:
    given = state.options.gives.get(address)
    return given or default_relationship(state.profile.address, address)


def _viewers(one: Recorded, known: Mapping[str, str]) -> dict[str, str]:
    """Somebody for each relationship that was given, and for each person who was given another meanwhile."""
    states = [turn.state for turn in one.log.turns]
    given: dict[str, tuple[Relationship, ...]] = {}
    for address in dict.fromkeys(
        address for state in states for address in (*state.options.gives, *state.options.contacts)
    ):
        given[address] = tuple(dict.fromkeys(_level(state, address) for state in states))
    viewers: dict[str, str] = {}
    levels: set[tuple[Relationship, ...]] = set()
    for address, held in given.items():
        if held not in levels and len(viewers) < MOST_VIEWERS:
            levels.add(held)
            name = _plain(held[0].value.replace(" ", "-"))
            viewers[address] = _free(f"in-{name}", {**known, **viewers})
    return viewers


def _gives_steps(one: Recorded, known: Mapping[str, str]) -> Iterator[Values]:
    who = known[person(one.state.profile.address)]
    before = one.log.turns[0].state
    for turn in one.log.turns[1:]:
        if turn.state.options.gives != before.options.gives:
            for address, to in known.items():
                level = _level(turn.state, address)
                if to != who and level is not _level(before, address):
                    yield {
                        "at": seconds(turn.at),
                        "who": who,
                        "do": "give",
                        "to": to,
                        "relationship": str(level.value),
                    }
        before = turn.state


# --- what others saw at the end ---


def _seen_at_the_end(people: Sequence[Recorded], known: Mapping[str, str], now: datetime) -> Iterator[Values]:
    for viewer in people:
        for address, seen in viewer.state.contacts.items():
            who, looks = known.get(address), known[person(viewer.state.profile.address)]
            if who is not None and who != looks and viewer.state.signed_in:
                presence = seen.presence
                yield {
                    "at": seconds(now),
                    "who": who,
                    "viewer": looks,
                    "shows": presence.text,
                    "availability": presence.availability,
                    "out_of_office": presence.out_of_office,
                }


def _shown_to(
    one: Recorded, known: Mapping[str, str], viewers: Mapping[str, str], now: datetime
) -> Iterator[Values]:
    if not one.state.signed_in:
        return
    published = one.state.published or publication(one.state, now)
    for address, viewer in viewers.items():
        presence = filtered(published, _level(one.state, address)).presence
        yield {
            "at": seconds(now),
            "who": known[person(one.state.profile.address)],
            "viewer": viewer,
            "shows": presence.text,
            "availability": presence.availability,
            "out_of_office": presence.out_of_office,
        }
