"""What intervals cost and how old presence gets, as tables with the intervals side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lyncdesk.capacity.cost import Cost, fan_out
from lyncdesk.capacity.model import CHANGE_KINDS
from lyncdesk.capacity.numbers import interval_name, lateness, number, percent, time_of_day
from lyncdesk.capacity.results import HOUR_MARKS, Load, Result, Way
from lyncdesk.client.words import N_, Words

KIND_LABELS = {
    "added_for_now": N_("added for now"),
    "added_ahead": N_("added ahead"),
    "moved": N_("moved"),
    "removed": N_("removed"),
}
WAY_LABELS = {Way.EXACT: N_("played by the client's engine"), Way.VECTORISED: N_("reckoned with arrays")}


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What one run of the command found: the same people at each of the intervals.

    ``model`` is the file of the model, "" = the built-in one; ``sign_in_minutes`` are those of its waves;
    ``seconds`` is the time that it took. ``sample``: delays are those of so many changes, None = of all.
    """

    results: tuple[Result, ...]
    seed: int
    model: str
    contacts: int
    sign_in_minutes: frozenset[int]
    cost: Cost
    seconds: float
    sample: int | None = None


_Cell = Callable[[Result, Reckoned, Words], str]
# A row: how deep it stands, its label, and its cells; without cells it is a heading.
_Row = tuple[int, str, _Cell | None]


def _delay(kind: int) -> _Cell:
    def cell(result: Result, _: Reckoned, words: Words) -> str:
        delays = result.delays[kind]
        return f"{lateness(delays.mean, words)} / {lateness(delays.percentile(95), words)}"

    return cell


def _part_of_changes(count: Callable[[Result], int]) -> _Cell:
    return lambda result, _, words: percent(count(result), result.changes, words)


_SHORT: tuple[_Row, ...] = (
    (
        0,
        N_("Requests a second: mean"),
        lambda result, found, words: number(found.cost.requests_per_s(result.checks.mean), words),
    ),
    (
        1,
        N_("in the busiest second"),
        lambda result, found, words: number(found.cost.requests_per_s(result.checks.peak), words),
    ),
    (0, N_("Seen late by: mean / 95 in 100 at most"), None),
    *((1, KIND_LABELS[kind], _delay(place)) for place, kind in enumerate(CHANGE_KINDS)),
)


def _plain(result: Result) -> Load:
    return result.checks


def _jittered(result: Result) -> Load:
    return result.jittered


def _waves(found: Reckoned) -> frozenset[int]:
    return found.sign_in_minutes


def _marks(_: Reckoned) -> frozenset[int]:
    return HOUR_MARKS


def _busiest(load: Callable[[Result], Load], minutes: Callable[[Reckoned], frozenset[int]]) -> _Cell:
    return lambda result, found, words: number(load(result).most_in(minutes(found)) / 60, words)


_LONG: tuple[_Row, ...] = (
    (0, N_("Calendar checks a second: mean"), lambda result, _, words: number(result.checks.mean, words)),
    (1, N_("in the busiest second"), lambda result, _, words: number(result.checks.peak, words)),
    (2, N_("which is at"), lambda result, _, __: time_of_day(result.checks.peak_at)),
    (1, N_("in the busiest minute"), lambda result, _, words: number(result.checks.minute / 60, words)),
    (2, N_("which begins at"), lambda result, _, __: time_of_day(result.checks.minute_at)),
    (2, N_("at sign-in waves"), _busiest(_plain, _waves)),
    (2, N_("at hour marks"), _busiest(_plain, _marks)),
    (
        0,
        N_("The same with jitter: in the busiest second"),
        lambda result, _, words: number(result.jittered.peak, words),
    ),
    (1, N_("in the busiest minute"), lambda result, _, words: number(result.jittered.minute / 60, words)),
    (2, N_("at sign-in waves"), _busiest(_jittered, _waves)),
    (2, N_("at hour marks"), _busiest(_jittered, _marks)),
    (
        0,
        N_("Checks at work at once in Exchange"),
        lambda result, found, words: number(found.cost.at_once(result.checks.peak), words),
    ),
    (
        0,
        N_("Megabits a second, in the busiest minute"),
        lambda result, found, words: number(found.cost.megabits_per_s(result.checks.minute / 60), words),
    ),
    (
        0,
        N_("Gigabytes a day"),
        lambda result, found, words: number(found.cost.gigabytes(result.checks.total), words),
    ),
    (
        0,
        N_("Changes of presence a second: mean"),
        lambda result, _, words: number(result.presence.mean, words),
    ),
    (1, N_("in the busiest second"), lambda result, _, words: number(result.presence.peak, words)),
    (2, N_("which is at"), lambda result, _, __: time_of_day(result.presence.peak_at)),
    (1, N_("in the busiest minute"), lambda result, _, words: number(result.presence.minute / 60, words)),
    (
        0,
        N_("News of them to contacts a second: mean"),
        lambda result, found, words: number(fan_out(result.presence, found.contacts)[0], words),
    ),
    (
        1,
        N_("in the busiest second"),
        lambda result, found, words: number(fan_out(result.presence, found.contacts)[1], words),
    ),
    (0, N_("Changes of calendars"), lambda result, _, words: number(result.changes, words)),
    (
        1,
        N_("seen in time or late"),
        _part_of_changes(lambda result: sum(delays.seen - delays.missed for delays in result.delays)),
    ),
    (
        1,
        N_("over before a check came"),
        _part_of_changes(lambda result: sum(delays.missed for delays in result.delays)),
    ),
    (
        1,
        N_("the client slept or signed out before one"),
        _part_of_changes(lambda result: sum(delays.away for delays in result.delays)),
    ),
    (
        1,
        N_("without a difference for others"),
        _part_of_changes(lambda result: sum(delays.hidden for delays in result.delays)),
    ),
)


def report_lines(found: Reckoned, words: Words) -> Iterator[str]:
    """The whole answer but for what is recommended."""
    first = found.results[0]
    yield words(
        "One working day of {users} people, at most {signed_in} of them signed in at once.",
        users=number(first.users, words),
        signed_in=number(first.signed_in, words),
    )
    yield words(
        "{model}, seed {seed}; {way} in {seconds} s.",
        model=found.model or words("Built-in model"),
        seed=found.seed,
        way=words(WAY_LABELS[first.way]),
        seconds=number(round(found.seconds, 1), words),
    )
    yield ""
    yield from _table(_SHORT, found, words)
    yield ""
    yield from _table(_LONG, found, words)
    yield ""
    yield from _notes(found, words)


def _notes(found: Reckoned, words: Words) -> Iterator[str]:
    cost = found.cost
    values = {
        "requests": number(cost.requests, words),
        "traffic": number(cost.traffic, words),
        "service": number(round(cost.service.total_seconds() * 1000, 1), words),
        "server": cost.server,
    }
    if cost.server:
        yield words(
            "A check: {requests} requests, {traffic} bytes, {service} ms, as measured at {server}.", **values
        )
    else:
        yield words(
            "A check: {requests} requests and {traffic} bytes, as at the embedded Exchange; {service} ms is"
            " assumed. --measure asks yours.",
            **values,
        )
    yield words("Each change of presence goes to {contacts} contacts.", contacts=found.contacts)
    if found.sample is not None:
        yield words(
            "Delays and changes of calendars: a sample of {changes}, by people of this kind. All else: what"
            " these {users} people do.",
            changes=number(found.sample, words),
            users=number(found.results[0].users, words),
        )
    yield words("How each number is defined: docs/capacity.md.")


def _table(rows: Sequence[_Row], found: Reckoned, words: Words) -> Iterator[str]:
    """Rows with a column for each interval, aligned at the right."""
    lines = [(words("Interval"), [interval_name(result.interval) for result in found.results])]
    for depth, label, cell in rows:
        cells = [cell(result, found, words) for result in found.results] if cell is not None else []
        lines.append(("  " * depth + words(label), cells))
    wide = max(len(label) for label, _ in lines)
    columns = [
        max((len(cells[n]) for _, cells in lines if cells), default=0) for n in range(len(found.results))
    ]
    for label, cells in lines:
        shown = "".join(f"  {cell:>{width}}" for cell, width in zip(cells, columns, strict=False))
        yield f"{label:<{wide}}{shown}".rstrip()
