"""Steps of Test connection and messages on their way from the worker: JSON values, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.presence.message import Message, Value

SEARCH = "search"  # where a password was refused: by a server of Autodiscover
_MOST = 50  # values of one message
_LONGEST = 4000  # characters of a text


def encode_step(step: ConnectionStep) -> dict[str, object]:
    """A step as JSON values. Its duration is not told: whoever waits for steps measures it."""
    return {
        "name": step.name,
        "tried": _encode(step.tried),
        "result": step.result.value,
        "came_back": _encode(step.came_back),
        "problem": [step.problem.name, _values(step.problem.values)] if step.problem is not None else None,
        "remedy": _encode(step.remedy),
    }


def decode_step(told: Any) -> ConnectionStep:
    """The step that was encoded.

    Raises:
        ValueError, TypeError, KeyError: for anything else.
    """
    tried, problem = _decode(told["tried"]), told["problem"]
    if tried is None:
        raise ValueError("a step without what was tried")
    return ConnectionStep(
        _text(told["name"]),
        tried,
        StepResult(told["result"]),
        _decode(told["came_back"]),
        problem=Problem.of(_text(problem[0]), **_decoded(problem[1])) if problem is not None else None,
        remedy=_decode(told["remedy"]),
    )


def _encode(message: Message | None) -> list[object] | None:
    return None if message is None else [message.template, _values(message.values)]


def _values(values: tuple[tuple[str, Value], ...]) -> dict[str, object]:
    return {name: _value(value) for name, value in values}


def _value(value: Value) -> object:
    match value:
        case Message():
            return _encode(value)
        case datetime():
            return {"at": value.isoformat()}
        case str():
            return value[:_LONGEST]
        case int():
            return value
    raise TypeError(f"{type(value).__name__} does not travel")


def _decode(told: Any) -> Message | None:
    if told is None:
        return None
    template, values = told
    return Message.of(_text(template), **_decoded(values))


def _decoded(values: Any) -> dict[str, Value]:
    if not isinstance(values, dict) or len(values) > _MOST:
        raise TypeError("values without names")
    return {_text(name): _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Value:
    match value:
        case bool():
            raise TypeError("a truth value in words")
        case int():
            return value
        case str():
            return _text(value)
        case list():
            message = _decode(value)
            if message is not None:
                return message
        case {"at": str(text)}:
            return datetime.fromisoformat(text)
    raise TypeError("no value of a message")


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise TypeError("no text")
    return value
