"""What the steps of Test connection say survives the way from the worker, however long it is."""

from datetime import UTC, datetime

import pytest

from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.exchange.steps import decode_step, encode_step
from lyncdesk.presence.message import Message

STEP = ConnectionStep("find-1", Message.of("Asking {host} for your server", host="mail"), StepResult.OK)


def test_a_step_arrives_as_it_was_told() -> None:
    inner = Message.of("items: {n}", n=3)
    step = ConnectionStep(
        "calendar",
        Message.of("Reading the calendar"),
        StepResult.FAILED,
        Message.of("{one}; {other}", one=inner, other=datetime(2026, 3, 2, tzinfo=UTC)),
        problem=Problem.of("server-error", server="mail", code="HTTP 500"),
        remedy=Message.of("Enter {server}.", server="mail"),
    )
    assert decode_step(encode_step(step)) == step


def test_what_a_server_says_at_length_is_cut_and_costs_no_step() -> None:
    long = ConnectionStep(
        "find-1", STEP.tried, StepResult.OK, Message.of("it names {servers}", servers="x" * 12_000)
    )
    arrived = decode_step(encode_step(long))
    assert arrived.came_back == Message.of("it names {servers}", servers="x" * 4000)


@pytest.mark.parametrize(
    "odd",
    [
        {"tried": None},
        {"tried": ["words"]},
        {"tried": ["words", {"n": True}]},
        {"tried": ["words", {"n": 1.5}]},
        {"tried": ["words", {str(n): n for n in range(60)}]},
        {"tried": ["x" * 5000, {}]},
        {"name": 7},
        {"result": "perhaps"},
        {"problem": ["no-such-problem", {}]},
    ],
)
def test_anything_else_is_no_step(odd: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        decode_step({**encode_step(STEP), **odd})
