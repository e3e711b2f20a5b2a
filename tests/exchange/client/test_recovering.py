"""Into every misbehaviour and out again, with the whole client: runtime, engine, calendar, worker and gate.

Time is virtual. Through it all the last good items stay, the problem is shown, old data are marked by the
rules, requests stay few, and what is right again is found without a restart.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from lyncdesk.calendars.exchange import ExchangeCalendar
from lyncdesk.client import events as ev
from lyncdesk.client.checks import is_stale
from lyncdesk.client.options import Options
from lyncdesk.client.problems import PROBLEMS, Problem, Retry
from lyncdesk.client.reading import problems
from lyncdesk.client.runtime import Runtime
from lyncdesk.client.state import Health, State
from lyncdesk.exchange.session import ExchangeSession
from lyncdesk.presence.items import Item
from lyncdesk.presence.publication import Profile, Publication, Seen
from lyncdesk.presence.relationships import Relationship
from lyncdesk.simulation.clock import VirtualClock
from tests.exchange.client import raw_server as raw
from tests.exchange.client.sessions import NOW, PATIENCE, session_for
from tests.exchange.client.situations import PASSING, Situation, World, world
from tests.exchange.client.thin_servers import BARE, SERIES

pytestmark = pytest.mark.asyncio(loop_scope="module")
INTERVAL = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)
NEVER_COMES = timedelta(seconds=1)  # real: how long what never comes is waited for
# Failing from 30 minutes on, retried after 1, 2, 4, 8 minutes, and at the regular check.
MOST_CHECKS = {Retry.YES: 6, Retry.NO: 2, Retry.NEVER: 1}


class NoPool:
    """A pool of nobody."""

    async def sign_in(self, address: str, on_seen: Callable[[Seen], None]) -> None: ...

    async def publish(self, publication: Publication, gives: Mapping[str, Relationship]) -> None: ...

    async def add_contact(self, address: str) -> None: ...

    async def follow(self, addresses: Iterable[str]) -> tuple[Problem, ...]:
        return ()

    async def remove_contact(self, address: str) -> None: ...

    async def search(self, text: str) -> tuple[Seen, ...]:
        return ()

    async def sign_out(self) -> None: ...


class Witness:
    """Looks at every State that is shown."""

    def __init__(self, now: Callable[[], object]) -> None:
        self.known: tuple[Item, ...] | None = None
        self.wrong: list[str] = []
        self.shown: list[str] = []

    def __call__(self, state: State) -> None:
        calendar, published = state.calendar, state.published
        if self.known is not None and calendar.items != self.known:
            self.wrong.append(f"{len(calendar.items)} items instead of {len(self.known)}")
        if calendar.failures and calendar.problem is None:
            self.wrong.append("a failure without a problem")
        if published is None or published.presence.text != "Available" or not published.calendar_used:
            return
        if calendar.as_of is None and calendar.failures and not published.stale:
            self.wrong.append("Available from nothing, and not marked")
        self.shown.append("Available, old" if published.stale else "Available")


class Client:
    """A client that runs, and its time."""

    def __init__(
        self, session: ExchangeSession, runtime: Runtime, clock: VirtualClock, witness: Witness
    ) -> None:
        self._session = session
        self.runtime = runtime
        self.clock = clock
        self.witness = witness

    @property
    def state(self) -> State:
        return self.runtime.state

    def waits_for(self, deadline: timedelta) -> None:
        """How long it waits from now on: what never comes is not waited for as long as what does."""
        self._session._errands._deadline = deadline

    async def enters_password(self) -> None:
        """The person types the password again."""
        self._session.password_entered()
        self.runtime.post(ev.PasswordEntered())
        await self.runtime.drained()

    async def after(self, minutes: float) -> State:
        """The state so many minutes after the beginning; it is as the rules have it."""
        await self.clock.jump(NOW + minutes * MINUTE)
        await self.runtime.drained()
        state, now = self.state, self.clock.now()
        stale = is_stale(state.calendar, INTERVAL, now)
        assert state.published is not None
        assert state.published.stale is stale
        assert not (stale and state.calendar.problem is None)
        assert self.witness.wrong == []
        return state


@asynccontextmanager
async def client(where: World, situation: Situation) -> AsyncIterator[Client]:
    """A client whose account is that of the situation."""
    account = where.account(situation)
    clock = VirtualClock(NOW, monotonic=time.monotonic, speed=0)
    witness = Witness(clock.now)
    async with session_for(
        account, worker=where.worker, password=where.passwords, deadline=PATIENCE
    ) as session:
        state = State(
            Profile(account.address, zone="Europe/Berlin"), Options(account=account, interval=INTERVAL)
        )
        runtime = Runtime(
            state, ExchangeCalendar(session), NoPool(), clock, on_state=witness, hold=clock.hold
        )
        runtime.start()
        ticking = asyncio.create_task(clock.run())
        try:
            yield Client(session, runtime, clock, witness)
        finally:
            await runtime.stop()
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            where.recover()


async def through(where: World, situation: Situation) -> None:
    """A good check, the misbehaviour for an hour, and what comes after it."""
    retry = PROBLEMS[situation.problem].retry
    async with client(where, situation) as running:
        running.runtime.post(ev.SignIn())
        state = await running.after(1)
        assert state.calendar.health is Health.OK
        assert [item.subject for item in state.calendar.items] == ["Budget"]
        assert state.published is not None
        assert state.published.presence.text == "In a meeting"
        running.witness.known = good = state.calendar.items
        before = (state.calendar.checks_sent, len(where.server.requests))

        where.enter(situation)
        running.waits_for(NEVER_COMES if situation.slow else PATIENCE)
        state = await running.after(29.9)
        assert (state.calendar.problem, state.calendar.checks_sent) == (None, before[0])
        # Two checks of what takes long will do; the others are watched until the data are old.
        state = await running.after(31.5 if situation.slow else 62)
        calendar = state.calendar
        assert calendar.problem is not None
        assert calendar.problem.name == situation.problem
        assert (calendar.items, calendar.as_of) == (good, NOW)
        assert calendar.health is (Health.STOPPED if retry is Retry.NEVER else Health.FAILING)
        assert calendar.checks_sent - before[0] <= MOST_CHECKS[retry]
        assert len(where.server.requests) - before[1] <= 6 * MOST_CHECKS[retry]
        assert state.published is not None
        assert state.published.stale is not situation.slow
        assert running.witness.shown[-1:] == (["Available"] if situation.slow else ["Available, old"])

        where.recover()
        running.waits_for(PATIENCE)
        if retry is Retry.NEVER:
            state = await running.after(100)
            assert state.calendar.checks_sent == before[0] + 1
            await running.enters_password()
        state = await running.after(130)
        assert (state.calendar.health, state.calendar.problem) == (Health.OK, None)
        assert state.calendar.items == good
        assert state.published is not None
        assert not state.published.stale


async def from_the_start(where: World, situation: Situation) -> None:
    """The misbehaviour meets the first check; nothing was ever read."""
    retry = PROBLEMS[situation.problem].retry
    async with client(where, situation) as running:
        where.enter(situation)
        running.waits_for(NEVER_COMES if situation.slow else PATIENCE)
        running.runtime.post(ev.SignIn())
        state = await running.after(0.9 if situation.slow else 29)
        calendar = state.calendar
        assert calendar.problem is not None
        assert calendar.problem.name == situation.problem
        assert (calendar.items, calendar.as_of) == ((), None)
        assert state.published is not None
        assert state.published.stale
        assert calendar.checks_sent <= MOST_CHECKS[retry]

        where.recover()
        running.waits_for(PATIENCE)
        if retry is Retry.NEVER:
            await running.enters_password()
        state = await running.after(61)
        assert (state.calendar.health, state.calendar.problem) == (Health.OK, None)
        assert [item.subject for item in state.calendar.items] == ["Budget"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world for the situations that cost it nothing."""
    async with world(tmp_path_factory.mktemp("world")) as made:
        yield made


# For beginning with it, one situation of each problem will do.
FIRST = {situation.problem: name for name, situation in reversed(PASSING.items())}.values()
CHEAP = [name for name in PASSING if not PASSING[name].costs]
DEAR = [name for name in PASSING if PASSING[name].costs]


@pytest.mark.parametrize("name", CHEAP)
async def test_a_working_client_goes_through_it_and_out_again(shared: World, name: str) -> None:
    await through(shared, PASSING[name])


@pytest.mark.parametrize("name", [name for name in CHEAP if name in FIRST])
async def test_a_client_that_begins_with_it_comes_out_of_it(shared: World, name: str) -> None:
    await from_the_start(shared, PASSING[name])


@pytest.mark.parametrize("name", DEAR)
async def test_a_client_goes_through_what_costs_processes_and_out_again(tmp_path: Path, name: str) -> None:
    situation = PASSING[name]
    async with world(tmp_path, proxied=situation.proxy != "") as own:
        await through(own, situation)
        if name in FIRST:
            await from_the_start(own, situation)


@pytest.mark.parametrize(
    ("name", "item"), [("details-missing", BARE), ("items-missing", SERIES)], ids=["details", "items"]
)
async def test_what_a_server_leaves_out_is_told_beside_what_it_says(
    shared: World, name: str, item: bytes
) -> None:
    async with client(shared, Situation("")) as running:
        shared.server.behaviour = raw.calendar(item)
        running.runtime.post(ev.SignIn())
        await running.clock.jump(NOW + MINUTE)
        await running.runtime.drained()
        state = running.state
        assert [problem.name for problem in problems(state)] == [name]
        assert (state.calendar.health, len(state.calendar.items)) == (Health.OK, 1)
        assert state.published is not None
        assert state.published.incomplete is (name == "items-missing")
        shared.recover()
        state = await running.after(31)
        assert problems(state) == ()
