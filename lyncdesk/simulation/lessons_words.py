"""What a lesson can say of a moment: one table, from the name of a place in a text to what stands there.

Everything is worked out from the States of that moment and of the one at which the step began. Nothing here
is told because a lesson expects it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lyncdesk.client import views
from lyncdesk.client.problems import first_problem
from lyncdesk.client.reading import decision, problems
from lyncdesk.client.words import MISSING, N_, Words
from lyncdesk.presence.items import Item, Kind
from lyncdesk.simulation.lessons import A_MINUTE, Step
from lyncdesk.simulation.lessons_facts import Facts

_PLACE = re.compile(r"\{(\w+)\}")
_NAMED = 2  # so many names are told before the rest is counted


@dataclass(frozen=True, slots=True)
class Told:
    """What is spoken of: the step, its first moment and the one that counts, and the item that the lesson is
    about (None = there is none).
    """

    step: Step
    before: Facts
    now: Facts
    item: Item | None = None


def _sent(told: Told, words: Words) -> str:
    calendar = told.now.state.calendar
    number = calendar.checks_sent - told.before.state.calendar.checks_sent
    planned = calendar.next_check
    if not number:
        return (
            words("No check was sent; the next is at {time}.", time=planned)
            if planned is not None
            else words("No check was sent, and none is planned.")
        )
    last = calendar.history[-1].started if calendar.history else calendar.as_of
    sent = words.plural(
        N_("One check was sent, at {time}."),
        N_("{n} checks were sent, the last at {time}."),
        number,
        time=last or MISSING,
    )
    then = (
        words("The next is at {time}.", time=planned)
        if planned is not None
        else words("No further one is planned.")
    )
    return f"{sent} {then}"


def _shown(told: Told, words: Words) -> str:
    earlier, later = (decision(facts.state, facts.now).presence.text for facts in (told.before, told.now))
    if earlier == later:
        return words("You are shown as {state}, as before.", state=words(later))
    return words(
        "You were shown as {earlier} and are shown as {state} now.",
        earlier=words(earlier),
        state=words(later),
    )


def _others(told: Told, words: Words) -> str:
    me = told.now.people.me
    seen: dict[str, list[str]] = {}
    for state in told.now.followers():
        text = words(state.contacts[me].presence.text)
        seen.setdefault(text, []).append(state.profile.shown_name)
    if not seen:
        return words("Nobody who follows you is signed in.")
    if len(seen) == 1:
        ((text, names),) = seen.items()
        return words.plural(
            N_("The one person who follows you sees you as {state}."),
            N_("All {n} people who follow you see you as {state}."),
            len(names),
            state=text,
        )
    groups = sorted(seen.items(), key=lambda one: (-len(one[1]), one[0]))
    return words(
        "Others see you as: {groups}.",
        groups="; ".join(f"{text} ({_some(names, words)})" for text, names in groups),
    )


def _some(names: list[str], words: Words) -> str:
    names = sorted(names)
    if len(names) <= _NAMED + 1:
        return ", ".join(names)
    return words("{names} and {n} more", names=", ".join(names[:_NAMED]), n=len(names) - _NAMED)


def _card(told: Told, words: Words, *, mine: bool) -> str:
    """What a contact's card shows: mine as the contact sees it, or the contact's as I do."""
    who, now = told.step.who, told.now
    if not who:
        return MISSING
    viewer, whose = (now.state_of(who), now.people.me) if mine else (now.state, now.people.address(who))
    card = views.card(whose, viewer, now.now, words)
    details = " – ".join(card.detail.lines)
    template = (
        N_("On {name}'s screen your card says: “{presence}”, and in its details: “{details}”.")
        if mine
        else N_("{name}'s card says: “{presence}”, and in its details: “{details}”.")
    )
    name = now.state_of(who).profile.shown_name
    return words(template, name=name, presence=card.presence, details=details or MISSING)


def _why(told: Told, words: Words) -> str:
    return views.reason_sentence(decision(told.now.state, told.now.now), words)


def _problem(told: Told, words: Words) -> str:
    problem = first_problem(problems(told.now.state))
    if problem is None:
        return words("No problem is told.")
    return f"{words(problem.title)} {words(problem.remedy)}"


_KINDS = {
    Kind.MEETING: N_("“{subject}”, a meeting from {start} to {end}, shown as {show_as}"),
    Kind.APPOINTMENT: N_("“{subject}”, an appointment from {start} to {end}, shown as {show_as}"),
    Kind.UNKNOWN: N_("“{subject}” from {start} to {end}, shown as {show_as}"),
}


def _item(told: Told, words: Words) -> str:
    item = told.item
    if item is None:
        return MISSING
    return words(
        _KINDS[item.kind], subject=item.subject, start=item.start, end=item.end, show_as=item.show_as
    )


def _waited(told: Told, words: Words) -> str:
    return words.length(told.now.now - told.before.now)


def _next_check(told: Told, words: Words) -> str:
    planned = told.now.state.calendar.next_check
    return words.moment(planned) if planned is not None else MISSING


def _as_of(told: Told, words: Words) -> str:
    read = told.now.state.calendar.as_of
    return words.moment(read) if read is not None else MISSING


def _who(told: Told, _words: Words) -> str:
    who = told.step.who
    return told.now.state_of(who).profile.shown_name if who else MISSING


def _to_the_second(local: datetime) -> str:
    return f"{local:%H:%M:%S}"


PLACES: Mapping[str, Callable[[Told, Words], str]] = {
    "sent": _sent,
    "shown": _shown,
    "others": _others,
    "why": _why,
    "their_screen": lambda told, words: _card(told, words, mine=True),
    "card": lambda told, words: _card(told, words, mine=False),
    "problem": _problem,
    "item": _item,
    "who": _who,
    "shows": lambda told, words: words(decision(told.now.state, told.now.now).presence.text),
    "next_check": _next_check,
    "as_of": _as_of,
    "interval": lambda told, words: words.length(told.now.state.options.interval),
    "waited": _waited,
    "now": lambda told, words: words.moment(told.now.now),
}
# These speak of the step's `who`.
OF_SOMEBODY = frozenset({"their_screen", "card", "who"})
# The most that a text of a lesson holds.
LONGEST = 1_000


def places(text: str) -> tuple[str, ...]:
    """The names of the places in a text."""
    return tuple(dict.fromkeys(_PLACE.findall(text)))


def say(text: str, told: Told, words: Words) -> str:
    """A text of a lesson at a moment, in the person's language."""
    words = words.at(told.now.now)
    if told.now.state.options.interval < A_MINUTE:
        words = replace(words, time=_to_the_second)  # or a check and the next would be at the same time
    values = {name: PLACES[name](told, words) for name in places(text) if name in PLACES}
    return words(text, **values)
