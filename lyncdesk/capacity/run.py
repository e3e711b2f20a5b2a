"""Reckons what was asked for in the way that fits, and times it: the work of ``lyncdesk capacity``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import ceil, inf

from lyncdesk.capacity.cost import Cost
from lyncdesk.capacity.model import DayModel
from lyncdesk.capacity.recommendation import Ceiling, Recommendation, recommend
from lyncdesk.capacity.report import Reckoned
from lyncdesk.capacity.results import Result
from lyncdesk.starting import form

# How many people the engine plays without being asked to, and at most.
MOST_WITHOUT_ARRAYS = 5_000
MOST_EXACT = 20_000
# How many people are drawn at most so that enough changes are measured.
MOST_SAMPLED = 10_000_000
_OR_ARRAYS = ", or reckon with numpy ({}, and no --exact)"


class TooManyError(Exception):
    """More people than the way that there is can reckon; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: people, intervals (whole seconds), a model (``file`` names its own, "" = built in).

    ``sample`` is how many changes the delays are taken from, whoever makes them; None = those of the people.
    """

    users: int
    intervals: tuple[int, ...]
    model: DayModel
    file: str
    seed: int
    exact: bool
    sample: int | None = None

    @property
    def played(self) -> float:
        """How many people that takes, about: their changes are as many as are asked for."""
        each = self.model.changes_each
        needed = (self.sample / each if each else inf) if self.sample is not None else 0
        return max(self.users, needed)


def _bringing_arrays() -> str:
    # Frozen, the program has no room for another library: it is installed a second time, beside.
    return f"{'pipx' if form().frozen else 'pip'} install 'lyncdesk[capacity]'"


def _without_arrays() -> str:
    left_out = "the installed package leaves out for its size" if form().frozen else "is not installed"
    return f"{left_out}; {_bringing_arrays()}"


def has_arrays() -> bool:
    """Whether numpy is installed, which the vectorised way needs."""
    return find_spec("numpy") is not None


class Run:
    """One question; ``monotonic`` tells the seconds that it takes, ``on_part`` is told the part that is done
    of so many intervals.

    Raises:
        TooManyError: if neither way can reckon so many people or changes.
    """

    def __init__(
        self,
        asked: Asked,
        monotonic: Callable[[], float],
        on_part: Callable[[Sequence[int], float], object] = lambda _, __: None,
    ) -> None:
        self._asked = asked
        self._monotonic = monotonic
        self._on_part = on_part
        self._exact = asked.exact or not has_arrays()
        if asked.exact and asked.users > MOST_EXACT:
            raise TooManyError(
                f"{asked.users} people are too many to play one by one; give at most {MOST_EXACT}, or leave"
                " --exact out"
            )
        if self._exact and not asked.exact and asked.users > MOST_WITHOUT_ARRAYS:
            raise TooManyError(
                f"{asked.users} people need numpy, which {_without_arrays()} brings it, or give at most"
                f" {MOST_WITHOUT_ARRAYS} people"
            )
        most = MOST_EXACT if self._exact else MOST_SAMPLED
        if asked.played > most:
            least = int(most * asked.model.changes_each)
            raise TooManyError(
                f"{asked.sample} changes are more than {most} people of this model make; give --changes at"
                f" most {least}" + (_OR_ARRAYS.format(_bringing_arrays()) if self._exact else "")
            )

    def reckon(self, cost: Cost) -> Reckoned:
        """The day at every interval asked for."""
        asked, begun = self._asked, self._monotonic()
        results = tuple(self._results(asked.intervals))
        seconds = self._monotonic() - begun
        model = asked.model
        return Reckoned(
            results,
            asked.seed,
            asked.file,
            model.people.contacts,
            model.sign_in_minutes(),
            cost,
            seconds,
            asked.sample,
        )

    def recommend(self, ceiling: Ceiling, cost: Cost) -> Recommendation:
        """The interval that keeps the ceiling."""
        return recommend(ceiling, cost, self._candidates, at_once=not self._exact)

    def _results(self, intervals: Sequence[int], *, presence: bool = True) -> Sequence[Result]:
        asked = self._asked
        if self._exact:
            from lyncdesk.capacity.exact import reckon_exactly

            return [
                reckon_exactly(
                    asked.model, asked.seed, asked.users, each, self._person(each), sample=asked.sample
                )
                for each in intervals
            ]
        from lyncdesk.capacity.many.reckoning import reckon

        return reckon(
            asked.model,
            asked.seed,
            asked.users,
            intervals,
            presence=presence,
            sample=asked.sample,
            on_part=lambda part: self._on_part(intervals, part),
        )

    def _person(self, interval: int) -> Callable[[int], object]:
        everybody = ceil(self._asked.played)
        return lambda number: self._on_part((interval,), min(1, number / everybody))

    def _candidates(self, intervals: Sequence[int]) -> Sequence[Result]:
        return self._results(intervals, presence=False)
