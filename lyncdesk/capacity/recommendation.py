"""Which interval keeps a ceiling of requests or of delay.

The shortest interval that keeps the ceiling of requests is the one with the freshest presence; where only a
delay is given, the longest that keeps it is the one that costs least.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from lyncdesk.capacity.cost import Cost
from lyncdesk.capacity.results import Result

_MINUTE, _HOUR = 60, 3600
# What an administrator would write down, from the shortest interval that a policy takes to the longest.
CANDIDATES: tuple[int, ...] = (
    *(1, 2, 3, 5, 10, 15, 20, 30, 45),
    *(_MINUTE * minutes for minutes in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50)),
    *(_MINUTE * minutes for minutes in (60, 75, 90, 120, 150, 180, 240, 300, 360, 420, 480)),
)
_PERCENT = 95
# Of so many changes the 95th percentile is right to about a hundredth of the interval; of few it is chance.
FEW = 400

Reckon = Callable[[Sequence[int]], Sequence[Result]]
_Find = Callable[[Callable[[Result], bool], bool], Result | None]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """At most so many requests in the busiest second; at most so late for 95 in 100 changes of every kind.

    None: no ceiling of that sort.
    """

    requests: float | None = None
    delay: timedelta | None = None

    def keeps_requests(self, result: Result, cost: Cost) -> bool:
        """Whether the result keeps the ceiling of requests."""
        return self.requests is None or cost.requests_per_s(result.checks.peak) <= self.requests

    def keeps_delay(self, result: Result) -> bool:
        """Whether the result keeps the ceiling of delay; a kind of which no change is seen does not."""
        if self.delay is None:
            return True
        latest = worst_delay(result)
        return latest is not None and latest <= self.delay.total_seconds()


def worst_delay(result: Result) -> float | None:
    """The 95th percentile of the kind that is seen latest, in seconds; None if a kind's are never seen."""
    kinds = [delays for delays in result.delays if delays.seen + delays.away]
    found = [delays.percentile(_PERCENT) for delays in kinds]
    return None if None in found else max((late for late in found if late is not None), default=0.0)


def fewest_seen(result: Result) -> int:
    """How many changes were seen of the kind of which that are fewest, of those that were made at all."""
    return min((delays.seen for delays in result.delays if delays.seen + delays.away), default=0)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What was found: ``best`` keeps every ceiling, None = no interval does.

    ``by_requests`` is the shortest interval within the ceiling of requests and ``by_delay`` the longest
    within that of delay; None where there is none, or no such ceiling.
    """

    best: Result | None
    by_requests: Result | None
    by_delay: Result | None


def recommend(ceiling: Ceiling, cost: Cost, reckon: Reckon, *, at_once: bool) -> Recommendation:
    """The interval to choose.

    ``at_once``: all candidates are reckoned together and nothing is assumed of them. Otherwise they are
    halved, on the assumption that a longer interval never costs more and is never seen sooner; what is
    recommended was reckoned all the same.
    """
    find = _among_all(reckon(CANDIDATES)) if at_once else _Halving(reckon).find

    def keeps_requests(result: Result) -> bool:
        return ceiling.keeps_requests(result, cost)

    def keeps_both(result: Result) -> bool:
        return keeps_requests(result) and ceiling.keeps_delay(result)

    by_requests = find(keeps_requests, False) if ceiling.requests is not None else None
    by_delay = find(ceiling.keeps_delay, True) if ceiling.delay is not None else None
    if ceiling.requests is None:
        best = by_delay
    elif at_once:
        best = find(keeps_both, False)
    else:
        best = by_requests if by_requests is not None and keeps_both(by_requests) else None
    return Recommendation(best, by_requests, by_delay)


def _among_all(results: Sequence[Result]) -> _Find:
    def find(keeps: Callable[[Result], bool], longest: bool) -> Result | None:
        return next((result for result in (results[::-1] if longest else results) if keeps(result)), None)

    return find


class _Halving:
    """Finds the candidate at which something begins to hold, or holds last, and reckons few of them."""

    def __init__(self, reckon: Reckon) -> None:
        self._reckon = reckon
        self._known: dict[int, Result] = {}

    def find(self, keeps: Callable[[Result], bool], longest: bool) -> Result | None:
        """The longest candidate that keeps it, or the shortest."""
        low, high = 0, len(CANDIDATES)  # where the answer changes lies between
        while low < high:
            middle = (low + high) // 2
            if keeps(self._result(middle)) is longest:
                low = middle + 1
            else:
                high = middle
        found = low - 1 if longest else low
        return self._result(found) if 0 <= found < len(CANDIDATES) else None

    def _result(self, number: int) -> Result:
        interval = CANDIDATES[number]
        if interval not in self._known:
            [self._known[interval]] = self._reckon((interval,))
        return self._known[interval]
