"""What one calendar check costs a real Exchange: its service time and its bytes, asked for politely.

Politely: a few checks of one calendar, one at a time, each followed by a rest that leaves the server most of
the time, and an end at the first sign that it does not want to be asked. A check is what the client sends
every interval, to the byte, through the same calendar source; nothing is written and nothing is repeated.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from lyncdesk.client.checks import window
from lyncdesk.client.ports import CalendarAnswer, CalendarSource, ProblemError
from lyncdesk.client.problems import Problem

# A first check, which is another than those that follow, and seven of these: enough for a median that one
# slow answer does not move, and less than a person causes who looks through a calendar.
CHECKS: Final = 8
# Fewer say too little of how times differ.
FEWEST: Final = 3
LEAST_REST: Final = timedelta(seconds=2)
# The server is at rest for at least this many times as long as the last check kept it busy.
_RESTS: Final = 4
_MOST_REST: Final = timedelta(seconds=25)
# With these a server says that it will never tell some part of a check, not that it wants peace.
_NEVER_TOLD: Final = frozenset({"access-denied", "not-allowed", "no-mailbox", "version-mismatch"})


@dataclass(frozen=True, slots=True)
class Sample:
    """One check: real time from the first byte of each of its requests to the last of the answer, how many
    requests, and bytes of HTTP as they travel, without what TLS adds.
    """

    waited: timedelta
    requests: int
    sent: int
    received: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What was learnt of an Exchange.

    ``first`` is the first check of a client, which also learns how to sign in, and asks for working hours;
    ``regular`` are those that every interval repeats. ``took`` is how long all of it took, ``requests`` how
    many were sent in it, as far as that is known, with ``sent`` and ``received`` bytes where answers came.
    ``problem`` is why it ended early, ``back_off`` the server's own wish beside it.
    """

    first: Sample | None = None
    regular: tuple[Sample, ...] = ()
    took: timedelta = timedelta()
    requests: int = 0
    sent: int = 0
    received: int = 0
    server: str = ""
    problem: Problem | None = None
    back_off: timedelta | None = None

    @property
    def is_usable(self) -> bool:
        """Whether there is enough to reckon with."""
        return len(self.regular) >= FEWEST

    @property
    def checks(self) -> int:
        """How many checks were answered."""
        return len(self.regular) + (self.first is not None)

    @property
    def service(self) -> timedelta:
        """The median of a regular check's time.

        Raises:
            ValueError: if there was none.
        """
        if not self.regular:
            raise ValueError("no check was measured")
        return timedelta(seconds=median(sample.waited.total_seconds() for sample in self.regular))

    @property
    def service_p95(self) -> timedelta:
        """The time within which 95 in 100 regular checks are answered: of fewer than 20, the longest.

        Raises:
            ValueError: if there was none.
        """
        return percentile([sample.waited for sample in self.regular], 95)

    @property
    def requests_per_check(self) -> float:
        """HTTP requests of a regular check (the median): a way of signing in can take several."""
        return float(median([sample.requests for sample in self.regular]))

    @property
    def bytes_per_check(self) -> int:
        """Bytes of a regular check, both ways together (the median)."""
        return round(median([sample.sent + sample.received for sample in self.regular]))


def percentile(values: Sequence[timedelta], percent: int) -> timedelta:
    """The smallest of the values that ``percent`` in 100 of them do not exceed (nearest rank).

    Raises:
        ValueError: if there are none.
    """
    if not values:
        raise ValueError("no values have no percentile")
    rank = -(-len(values) * percent // 100)
    return sorted(values)[max(rank, 1) - 1]


async def measure(
    source: CalendarSource,
    zone: str,
    *,
    now: Callable[[], datetime],
    wait: Callable[[float], Awaitable[object]],
    checks: int = CHECKS,
    on_check: Callable[[Sample], None] = lambda _: None,
) -> Measured:
    """Ask for the calendar a few times; ends at the first problem, whatever it is, and repeats nothing.

    ``zone`` is the person's, as in a check; ``wait`` rests for so many real seconds, ``on_check`` is told of
    each check as it ends. A server that does without a part of a check because it is busy or fails has
    had enough too.
    """
    begun, samples, cut_short = now(), list[Sample](), Sample(timedelta(), 0, 0, 0)
    server, problem, back_off = "", None, None
    for number in range(checks):
        if number:
            await wait(rest_after(samples[-1]).total_seconds())
        # The worker stays for the next check: what it takes to start one is no cost of the server's.
        try:
            answer = await source.fetch(window(now(), zone), _MOST_REST if number + 1 < checks else None)
        except ProblemError as error:
            problem, back_off = error.problem, error.back_off
            cut_short = Sample(timedelta(), error.requests, 0, 0)
            break
        server = answer.server or server
        problem = _had_enough(answer)
        if problem is not None:
            cut_short = _sample(answer)
            break
        samples.append(_sample(answer))
        on_check(samples[-1])
    every = [*samples, cut_short]
    return Measured(
        samples[0] if samples else None,
        tuple(samples[1:]),
        now() - begun,
        requests=sum(sample.requests for sample in every),
        sent=sum(sample.sent for sample in every),
        received=sum(sample.received for sample in every),
        server=server,
        problem=problem,
        back_off=back_off,
    )


def rest_after(sample: Sample) -> timedelta:
    """How long to leave the server alone after a check."""
    return min(max(LEAST_REST, _RESTS * sample.waited), _MOST_REST)


def _had_enough(answer: CalendarAnswer) -> Problem | None:
    """Why not to go on after an answer that came, None if nothing speaks against it."""
    return Problem.of(answer.without) if answer.without and answer.without not in _NEVER_TOLD else None


def _sample(answer: CalendarAnswer) -> Sample:
    traffic = answer.traffic
    if traffic is None:
        return Sample(answer.duration, answer.requests, 0, 0)
    return Sample(traffic.waited, answer.requests, traffic.sent, traffic.received)
