"""What is recommended, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from lyncdesk.capacity.cost import Cost
from lyncdesk.capacity.numbers import interval_name, lateness, number
from lyncdesk.capacity.recommendation import (
    CANDIDATES,
    FEW,
    Ceiling,
    Recommendation,
    fewest_seen,
    worst_delay,
)
from lyncdesk.capacity.results import Result
from lyncdesk.client.words import N_, Words

_ABOUT = N_("{interval}: {requests} requests in the busiest second, 95 in 100 changes seen within {delay}")


def _about(result: Result, cost: Cost, words: Words) -> str:
    return words(
        _ABOUT,
        interval=interval_name(result.interval),
        requests=number(cost.requests_per_s(result.checks.peak), words),
        delay=lateness(worst_delay(result), words),
    )


def advice_lines(found: Recommendation, ceiling: Ceiling, cost: Cost, words: Words) -> Iterator[str]:
    """The interval to choose, or why there is none; and whether chance has a part in that."""
    yield from _advice(found, ceiling, cost, words)
    told = [each for each in ([found.best] if found.best else [found.by_requests, found.by_delay]) if each]
    fewest = min(map(fewest_seen, told), default=FEW)
    if fewest < FEW:
        yield words(
            "Of one kind only {number} changes were seen, so chance has a part in these delays. --changes"
            " 20000 measures more.",
            number=number(fewest, words),
        )


def _advice(found: Recommendation, ceiling: Ceiling, cost: Cost, words: Words) -> Iterator[str]:
    requests = number(ceiling.requests, words) if ceiling.requests is not None else ""
    delay = lateness(ceiling.delay.total_seconds(), words) if ceiling.delay is not None else ""
    if ceiling.requests is not None:
        yield words("Ceiling: at most {requests} requests in any second.", requests=requests)
    if ceiling.delay is not None:
        yield words("Ceiling: 95 in 100 changes of every kind seen within {delay}.", delay=delay)
    if found.best is not None:
        yield words("Recommended: {about}.", about=_about(found.best, cost, words))
        return
    shortest, longest = interval_name(CANDIDATES[0]), interval_name(CANDIDATES[-1])
    yield words("No interval from {shortest} to {longest} keeps that.", shortest=shortest, longest=longest)
    if ceiling.requests is not None and found.by_requests is None:
        yield words(
            "People who sign in or wake at the same time ask more by themselves, whatever the interval: their"
            " first check is sent at once."
        )
    elif found.by_requests is not None:
        yield words(
            "The shortest within the ceiling of requests is {about}.",
            about=_about(found.by_requests, cost, words),
        )
    if ceiling.delay is not None and found.by_delay is None:
        yield words("No interval is short enough for the ceiling of delay.")
    elif found.by_delay is not None:
        yield words(
            "The longest within the ceiling of delay is {about}.", about=_about(found.by_delay, cost, words)
        )


def advice_json(found: Recommendation, ceiling: Ceiling, cost: Cost) -> dict[str, object]:
    """The same for programs."""
    return {
        "ceiling_requests": ceiling.requests,
        "ceiling_delay_s": ceiling.delay.total_seconds() if ceiling.delay is not None else None,
        "recommended": _json(found.best, cost),
        "shortest_within_requests": _json(found.by_requests, cost),
        "longest_within_delay": _json(found.by_delay, cost),
    }


def _json(result: Result | None, cost: Cost) -> dict[str, object] | None:
    if result is None:
        return None
    return {
        "interval_s": result.interval,
        "requests_per_s_peak": cost.requests_per_s(result.checks.peak),
        "delay_s_p95": worst_delay(result),
        "fewest_seen": fewest_seen(result),
    }
