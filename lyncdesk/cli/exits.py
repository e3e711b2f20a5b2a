"""The exit statuses, and the one line that an error is."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lyncdesk.client.problems import Problem
    from lyncdesk.client.words import Words

DONE, NOT_SO, WRONG_USE, NOT_THERE, REFUSED = range(5)


def warn(text: str) -> None:
    """Say on standard error what does not keep a command from going on."""
    print(f"lyncdesk: {text}", file=sys.stderr)


def warn_of(problems: Iterable[Problem], words: Words) -> None:
    """The same of each problem: what it is, and why."""
    for problem in problems:
        warn(f"{words(problem.title)} {words(problem.cause)}")


def in_full(problem: Problem, words: Words) -> str:
    """A problem with what to do about it."""
    return f"{words(problem.title)} {words(problem.cause)} {words(problem.remedy)}"


def fail(text: str, status: int) -> int:
    """Say what, why and what to do on standard error; gives the status back."""
    warn(text)
    return status
