"""Waiting for a thing to come true instead of for time to pass."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LONG_ENOUGH = 60.0


def wait_for(condition: Callable[[], T | None], what: str, seconds: float = LONG_ENOUGH) -> T:
    """Return the first true value of `condition`, asked every 20 ms.

    Raises `AssertionError`, which says `what` did not come, after `seconds`: a bound for the hopeless case,
    not a measure of speed.
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}; last answer: {value!r}")
        time.sleep(0.02)
    return value


async def until(condition: Callable[[], T | None], what: str) -> T:
    """The same for what happens beside the caller's event loop, which goes on meanwhile."""
    deadline = time.monotonic() + LONG_ENOUGH
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {LONG_ENOUGH:g} s in vain for {what}; last answer: {value!r}")
        await asyncio.sleep(0.005)
    return value
