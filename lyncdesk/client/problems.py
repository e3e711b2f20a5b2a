"""Everything that a person can act on, one row each: what happened, why, what to do, is it retried.

Adapters translate an error once, where it enters, into a row of :data:`PROBLEMS`; nobody else invents words
for it. The rows themselves stand in :mod:`lyncdesk.client.problem_rows`; ``docs/problems.md`` is made of
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lyncdesk.client.problem_rows.answers import ANSWERS
from lyncdesk.client.problem_rows.beside import BESIDE
from lyncdesk.client.problem_rows.connection import CONNECTION
from lyncdesk.client.problem_rows.own import OWN
from lyncdesk.client.problem_rows.row import ProblemRow, Retry
from lyncdesk.client.problem_rows.signing_in import SIGNING_IN
from lyncdesk.presence.message import Message, Value

__all__ = ["OF_CHECKS", "PROBLEMS", "REPLACED", "Problem", "ProblemRow", "Retry", "first_problem"]

# In the order in which they are shown: a person with two problems is told the first.
PROBLEMS: dict[str, ProblemRow] = {
    row.name: row for row in (*SIGNING_IN, *CONNECTION, *ANSWERS, *BESIDE, *OWN)
}

# What a calendar check can end with, or find out.
OF_CHECKS = tuple(row.name for row in (*SIGNING_IN, *CONNECTION, *ANSWERS))

# Of the program itself, which another version was put in the place of.
REPLACED: Final = "program-replaced"

# For values that could not be found out.
_DEFAULTS: dict[str, Value] = {
    "server": Message.of("the server"),
    "code": "-",
    "date": Message.of("another day"),
    "names": Message.of("another name"),
    "issuer": Message.of("somebody"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One occurrence: a row's name and the values that its words need. Carries no secret and no subject.

    Raises:
        KeyError: for a name that the table does not hold.
    """

    name: str
    values: tuple[tuple[str, Value], ...] = ()

    def __post_init__(self) -> None:
        PROBLEMS[self.name]

    @classmethod
    def of(cls, name: str, **values: Value) -> Problem:
        """Make a problem; missing values show as "the server" and the like."""
        return cls(name, tuple(sorted(values.items())))

    @property
    def row(self) -> ProblemRow:
        """The table row."""
        return PROBLEMS[self.name]

    def _message(self, template: str) -> Message:
        given = dict(self.values)
        return Message.of(template, **{**_DEFAULTS, **given})

    @property
    def title(self) -> Message:
        """One line."""
        return self._message(self.row.title)

    @property
    def cause(self) -> Message:
        """Why."""
        return self._message(self.row.cause)

    @property
    def remedy(self) -> Message:
        """What to do, and who can."""
        return self._message(self.row.remedy)


_ORDER = {name: position for position, name in enumerate(PROBLEMS)}


def first_problem(problems: frozenset[Problem] | tuple[Problem, ...]) -> Problem | None:
    """The problem to show: the first in the order of the table."""
    return min(problems, key=lambda problem: _ORDER[problem.name], default=None)
