"""Random days: people, calendars and steps of every kind, as scenario texts."""

from __future__ import annotations

import json
from random import Random

from lyncdesk.presence.items import Kind, Response, ShowAs
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.scenario import Plain

# Problems for which the embedded Exchange does something, and two for which it is never asked.
PROBLEMS = (
    "refused-password",
    "server-busy",
    "server-error",
    "mailbox-moved",
    "no-mailbox",
    "broken-answer",
    "details-missing",
    "not-exchange",
    "name-not-found",
    "certificate-expired",
)
NAMES = ("anna", "ben", "carl")


def _time(random: Random) -> str:
    return f"{random.randrange(8, 18):02}:{random.randrange(60):02}:{random.choice((0, 0, 0, 30)):02}"


def _item(random: Random, subject: str) -> dict[str, object]:
    start, end = sorted((_time(random), _time(random)))
    item: dict[str, object] = {
        "subject": subject,
        "location": random.choice(("", "Room 4")),
        "show_as": random.choice([one.value for one in ShowAs if one is not ShowAs.NO_DATA]),
        "kind": random.choice(list(Kind)).value,
        "private": random.random() < 0.2,
        "cancelled": random.random() < 0.1,
        "response": random.choice(list(Response)).value,
    }
    return item | ({"all_day": True} if random.random() < 0.1 else {"start": start, "end": end})


def _inline(values: dict[str, object]) -> str:
    return "{ " + ", ".join(f"{key} = {_toml(value)}" for key, value in values.items()) + " }"


def _toml(value: object) -> str:
    return _inline(value) if isinstance(value, dict) else json.dumps(value)


def _step(random: Random, who: str, number: int) -> dict[str, object]:
    others = [name for name in NAMES if name != who]
    # Sleeping and failing last for a while, so they come seldom.
    plain = random.choice(
        [one.value for one in Plain] + ["active", "wake", "exchange_recovers", "sign_in"] * 2
    )
    steps: tuple[dict[str, object], ...] = (
        {"do": plain},
        {"do": plain},
        {"do": "add", "item": _item(random, f"Added {number}")},
        {"do": "add", "item": _item(random, f"Added {number}")},
        {"do": "set_status", "status": random.choice(list(ManualStatus)).value},
        {"do": "set_status", "status": random.choice(list(ManualStatus)).value, "for": "1h"},
        {"do": "give", "to": random.choice(others), "relationship": random.choice(list(Relationship)).value},
        {"do": "exchange_fails", "problem": random.choice(PROBLEMS)},
        {"do": "out_of_office", "note": "Back soon"},
        {"do": "set_policy", "policy": {"WebServicePollInterval": f"00:{random.randrange(10, 60)}:00"}},
        {"do": "set_policy", "policy": {"DisableFreeBusyInfo": random.random() < 0.5}},
    )
    return random.choice(steps)


def random_day(seed: int) -> str:
    """A day of three people with thirty steps."""
    random = Random(seed)
    lines = ["date = 2026-03-02", 'zone = "Europe/Berlin"', 'start = "08:00"', 'until = "19:00"']
    for who in NAMES:
        lines.append(f"[people.{who}]")
        for number in range(random.randrange(6)):
            lines.append(f"[[people.{who}.items]]")
            lines += [f"{key} = {_toml(value)}" for key, value in _item(random, f"Item {number}").items()]
    for number in range(30):
        who = random.choice(NAMES)
        step = {"at": _time(random), "who": who, **_step(random, who, number)}
        lines += ["[[steps]]", *(f"{key} = {_toml(value)}" for key, value in step.items())]
    return "\n".join(lines) + "\n"
