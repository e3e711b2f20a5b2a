"""A clock that is set forward or back, in any order with all else: the calendar is always read again."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.reading import asleep
from lyncdesk.client.state import Health
from tests.unit.client.driving import Driven
from tests.unit.strategies import MINUTE

# The longest that a server asks for here, and the longest retry.
REST = timedelta(minutes=65)
EVENTS: tuple[ev.Event, ...] = (
    ev.SignIn(),
    ev.SignIn(),
    ev.SignOut(),
    ev.CheckNow(),
    ev.ResetStatus(),
    ev.PasswordEntered(),
    ev.Tick(),
)


def something(client: Driven, random: Random) -> None:
    """One thing that can happen."""
    match random.randrange(6):
        case 0 if client.in_flight:
            client.answer(out_of_office_told=random.random() < 0.5)
        case 1 if client.in_flight:
            rest = random.choice([None, timedelta(minutes=random.randint(1, 60))])
            client.fail(random.choice(["server-busy", "timed-out", "refused-password", "no-mailbox"]), rest)
        case 2:
            client.now += random.uniform(-2000, 2000) * MINUTE
            client.do(ev.Jolted("clock-jumped"))
        case 3:
            client.choose(
                update_presence=random.random() < 0.8, interval=random.choice([1, 30, 480]) * MINUTE
            )
        case 4:
            client.machine(asleep=random.random() < 0.2)
        case _:
            client.do(random.choice(EVENTS))


@pytest.mark.parametrize("seed", range(40))
def test_a_check_is_planned_soon_and_nothing_known_lies_in_the_future(seed: int) -> None:
    random, client = Random(seed), Driven().signed_in()
    for _ in range(150):
        something(client, random)
        calendar, options = client.state.calendar, client.state.options
        assert calendar.as_of is None or calendar.as_of <= client.now
        if client.in_flight or not (client.state.signed_in and options.calendar_in_use):
            continue
        if calendar.health is not Health.STOPPED and not asleep(client.state):
            assert calendar.next_check is not None
            assert calendar.next_check <= client.now + max(options.interval, REST)
