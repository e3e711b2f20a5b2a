"""The history in memory: the twin of :mod:`lyncdesk.machine.history_store`, and the sample organisation's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from lyncdesk.client.history import (
    CHECKS_APART,
    CHECKS_BEFORE,
    LONGEST,
    LONGEST_SILENCE,
    MOST_CHECKS,
    MOST_SPANS,
    TIDY_EVERY,
    Alive,
    Began,
    Checked,
    Ended,
    Entry,
    Past,
    PastCheck,
    Shown,
    Span,
    Stopped,
)
from lyncdesk.client.problems import Problem

T = TypeVar("T")


class MemoryHistory:
    """Keeps what it is given until the program ends."""

    def __init__(self) -> None:
        self._spans: dict[int, tuple[str, Span]] = {}
        self._checks: dict[int, tuple[str, PastCheck]] = {}
        self._number = 0
        self._kept = 0
        self._goes_on: int | None = None
        self._shown: Shown | None = None

    async def keep(self, account: str, entries: Sequence[Entry]) -> tuple[Problem, ...]:
        """Keep all of these."""
        for entry in entries:
            self._keep(account, entry)
        return ()

    async def read(self, account: str, start: datetime, end: datetime) -> Past:
        """What is kept of this time."""
        mine = [span for owner, span in self._spans.values() if owner == account]
        before = next((span for span in reversed(mine) if span.end < start), None)
        return Past(
            tuple(s for s in mine if s is before or (s.start < end and s.end >= start)),
            tuple(
                check
                for owner, check in self._checks.values()
                if owner == account and check.first < end and check.last >= start - CHECKS_BEFORE
            ),
            min((span.start for span in mine), default=None),
        )

    async def forget(self, account: str | None = None) -> None:
        """Delete it."""
        self._goes_on = None
        self._spans = {n: kept for n, kept in self._spans.items() if account not in (None, kept[0])}
        self._checks = {n: kept for n, kept in self._checks.items() if account not in (None, kept[0])}

    async def close(self) -> None:
        """Nothing is held."""

    def _keep(self, account: str, entry: Entry) -> None:
        self._number += 1
        self._kept += 1
        match entry:
            case Began(at, shown):
                if self._goes_on is not None:
                    self._last_until(account, at)
                self._spans[self._number] = account, Span(at, at, shown)
                self._goes_on, self._shown = self._number, shown
            case Alive(at):
                self._last_until(account, at)
            case Stopped(at, how):
                self._last_until(account, at, how)
                self._goes_on = self._shown = None
            case Checked(at, problem):
                self._checked(account, at, problem)
        if isinstance(entry, Stopped) or self._kept >= TIDY_EVERY:
            self._kept = 0
            self._tidy(entry.at)

    def _last_until(self, account: str, at: datetime, how: Ended = Ended.KILLED) -> None:
        if self._goes_on is None:
            if self._shown is None:
                return
            # It was deleted; what is shown goes on, and is kept from here on.
            self._goes_on = self._number
            self._spans[self._number] = account, Span(at, at, self._shown)
            self._number += 1
        owner, span = self._spans[self._goes_on]
        # On a clock that was set back, or forward by years, what is known of its end stays.
        end = at if at >= span.start and at - span.end <= LONGEST_SILENCE else span.end
        self._spans[self._goes_on] = owner, replace(span, end=end, ended=how)

    def _checked(self, account: str, at: datetime, problem: str) -> None:
        number = next((n for n in reversed(self._checks) if self._checks[n][0] == account), None)
        last = self._checks[number][1] if number is not None else None
        if (
            number is not None
            and last is not None
            and last.problem == problem
            and last.last <= at < last.first + CHECKS_APART
        ):
            self._checks[number] = account, replace(last, last=at, count=last.count + 1)
        else:
            self._checks[self._number] = account, PastCheck(at, at, problem)

    def _tidy(self, now: datetime) -> None:
        oldest = now - LONGEST
        self._spans = {
            n: kept
            for n, kept in _last(self._spans, MOST_SPANS).items()
            if kept[1].end >= oldest or n == self._goes_on
        }
        self._checks = {
            n: kept for n, kept in _last(self._checks, MOST_CHECKS).items() if kept[1].last >= oldest
        }


def _last(kept: dict[int, T], most: int) -> dict[int, T]:
    return dict(islice(kept.items(), max(0, len(kept) - most), None))
