"""What counts of an answer of the worker that came in part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import cast

import pytest

from lyncdesk.client.ports import ContactsAsked, ProblemError, RightNotGivenError, Window
from lyncdesk.client.problems import Problem
from lyncdesk.exchange.session import ExchangeSession
from lyncdesk.pools.exchange_people import ExchangePeople
from lyncdesk.presence.publication import Told
from lyncdesk.presence.rights import Level, Right, Rights
from tests.unit.strategies import NOW

BEN, EVA = "ben@litware.example", "eva@litware.example"
TIMES = Right(Level.TIMES)
TOLD = {"rights": {"default": ["None", {}], "people": {BEN: ["FreeBusyTimeOnly", {}]}, "unknown": 0}}


class Breaks:
    """A conversation that ends in a problem after some parts."""

    def __init__(self, problem: str, *parts: Mapping[str, object]) -> None:
        self._problem = problem
        self._parts = parts

    async def ask(self, *_: object, on_part: Callable[[Mapping[str, object]], None]) -> None:
        for part in self._parts:
            on_part(part)
        raise ProblemError(Problem.of(self._problem, code="-"))


def people(problem: str, *parts: Mapping[str, object]) -> ExchangePeople:
    return ExchangePeople(lambda: cast(ExchangeSession, Breaks(problem, *parts)))


async def test_a_permission_was_written_if_the_server_said_what_holds_then() -> None:
    rights = await people("worker-failed", TOLD).give(BEN, TIMES, None)
    assert rights == Rights(Right(Level.NONE), {BEN: TIMES})


async def test_a_permission_that_was_changed_by_somebody_else_comes_with_what_holds() -> None:
    with pytest.raises(RightNotGivenError) as caught:
        await people("right-changed", TOLD).give(BEN, TIMES, None)
    assert caught.value.rights == Rights(Right(Level.NONE), {BEN: TIMES})


@pytest.mark.parametrize("parts", [(), ({"rights": None},), ({"rights": {"people": 7}},)])
async def test_without_it_nobody_knows(parts: tuple[Mapping[str, object], ...]) -> None:
    with pytest.raises(ProblemError) as caught:
        await people("worker-failed", *parts).give(BEN, TIMES, None)
    assert not isinstance(caught.value, RightNotGivenError)


async def test_calendars_of_nobody_who_was_asked_for_are_left_out_and_senseless_ones_are_a_failure() -> None:
    told: dict[str, object] = {}
    due: list[timedelta | None] = []

    class Answers:
        async def ask(
            self,
            _operation: str,
            _arguments: object,
            next_due_in: timedelta | None,
            *,
            on_part: Callable[[Mapping[str, object]], None],
        ) -> None:
            due.append(next_due_in)
            on_part({"calendars": [[who, Told.DETAILS.value, "", [], None] for who in (BEN, EVA)]})
            on_part({"calendars": [[BEN, "whatever"]]})

    asked = ContactsAsked(NOW, Window(NOW, NOW), timedelta(minutes=30), timedelta(minutes=7))
    with pytest.raises(ProblemError) as caught:
        await ExchangePeople(lambda: cast(ExchangeSession, Answers())).calendars((BEN,), asked, told.update)
    assert caught.value.problem.name == "worker-failed"
    assert list(told) == [BEN]
    assert due == [timedelta(minutes=7)]
