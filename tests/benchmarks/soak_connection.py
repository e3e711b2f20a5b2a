"""Thousands of calendar checks, over virtual weeks, against a server that fails at random.

    python tests/benchmarks/soak_connection.py [--checks 5000] [--seed 1]

The client is whole: session, engine, worker process and gate; its time is virtual, its server the embedded
Exchange over a socket. After each check everything that ``soak_watch`` knows must hold: the state is right or
marked stale, never two checks at once, never a second attempt with a refused password, nothing waits for a
restart; memory, threads and processes lie within a bound, and the published schemas have nothing against what
was asked and, where the server was not made to fail, answered. At the end memory, threads and processes must
not have grown. Prints what happened; the exit status is 1 if anything was wrong. The same seed makes the same
day of the same checks.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from lyncdesk.client import events as ev
from lyncdesk.client.live import LiveSession
from lyncdesk.client.options import Account
from lyncdesk.client.parts import Parts
from lyncdesk.client.passwords import password_key
from lyncdesk.client.policy import Policy
from lyncdesk.client.state import Health
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.machine.credentials import MemoryStore
from lyncdesk.machine.settings_store import MemorySettingsStore
from lyncdesk.pools.exchange_people import ExchangePeople
from lyncdesk.simulation.clock import VirtualClock
from tests.benchmarks.soak_watch import Sample, Watch, WatchedAccounts, WatchedPool
from tests.benchmarks.soak_world import ADDRESS, BEGINS, COLLEAGUES, NOBODY, ZONE, SoakWorld

SAMPLE_EVERY = 100  # checks
DEADLINE = timedelta(seconds=12)  # real: what hangs is given up after it
GROWTH = 1.15  # of memory, last quarter to second quarter of the run


class Soak:
    """One run."""

    def __init__(self, seed: int) -> None:
        self.clock = VirtualClock(BEGINS, monotonic=time.monotonic, speed=0)
        self.world = SoakWorld(seed, self.clock.now)
        self.worker = ExchangeWorker()
        self.watch = Watch(self.clock.now, self.world, lambda: self.world.exchange.counters.refused)
        self._credentials = MemoryStore()
        accounts = WatchedAccounts(
            now=self.clock.now, monotonic=time.monotonic, zone=ZONE, worker=self.worker, deadline=DEADLINE
        )
        accounts.watch = self.watch
        pool = WatchedPool(ExchangePeople(accounts.latest), self.clock)
        pool.watch = self.watch
        contacts = json.dumps([*COLLEAGUES, NOBODY])
        account = f'contacts = {contacts}\n[account]\naddress = "{ADDRESS}"\nserver = "{self.world.url}"\n'
        self.session = LiveSession(
            Parts(
                store=MemorySettingsStore(account),
                read_policy=Policy,
                credentials=self._credentials,
                exchange=accounts,
                pool=pool,
                contacts=pool,
                clock=self.clock,
                zone=lambda: ZONE,
                pool_name="exchange-alone",
                wait=_never,
                hold=self.clock.hold,
            )
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The client signed in, and time that can be moved."""
        ticking = asyncio.create_task(self.clock.run())
        try:
            account = Account(ADDRESS, server=self.world.url)
            await self._credentials.set(password_key(account), self.world.password)
            self.session.start(self.watch)
            await self.clock.jump(BEGINS + timedelta(seconds=1))
            yield
        finally:
            await self.session.stop()
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            self.world.stop()

    async def run(self, checks: int) -> None:
        """Until so many checks were sent, or something is wrong."""
        async with self.running():
            sampled = 0
            while self.watch.checks < checks and not self.watch.wrong:
                self.world.happens(self.worker.pid)
                await self._person()
                await self.clock.jump(self.clock.now() + timedelta(minutes=self.world.random.randint(1, 25)))
                self.watch.holds()
                self.watch.wrong += self.world.exchange.found
                if self.watch.checks >= sampled + SAMPLE_EVERY:
                    sampled = self.watch.checks
                    self.watch.sample(self.worker.pid)
        self._at_the_end()

    async def _person(self) -> None:
        """What the person does: enters a password when asked (not always the right one), presses buttons."""
        choose, state = self.world.random, self.session.state
        if state.calendar.health is Health.STOPPED:
            if choose.random() < 0.3:
                wrong = choose.random() < 0.3
                self.watch.person_acts()
                typed = f"mistyped {choose.random()}" if wrong else self.world.password
                self.world.happened["mistyped password" if wrong else "right password"] += 1
                await self.session.enter_password(typed, keep=True)
        elif choose.random() < 0.05:
            event = choose.choice((ev.ResetStatus(), ev.CheckNow(), ev.Jolted("woke")))
            self.world.happened[type(event).__name__] += 1
            self.session.post(event)
        elif choose.random() < 0.01:
            self.world.happened["signed out and in"] += 1
            self.session.post(ev.SignOut())
            self.session.post(ev.SignIn())

    def _at_the_end(self) -> None:
        if self.world.exchange.most_at_once > 1:
            self.watch.wrong.append("the server answered two calendar readings at once")
        samples = self.watch.samples
        if len(samples) >= 8:
            quarter = len(samples) // 4
            early, late = samples[quarter : 2 * quarter], samples[-quarter:]
            for name, value in MEASURES.items():
                # The most, because a worker process that has just begun holds less than one at work.
                first, last = max(map(value, early)), max(map(value, late))
                if last > first * GROWTH + 1:
                    self.watch.wrong.append(f"{name} grew from {first:.1f} to {last:.1f}")


MEASURES: dict[str, Callable[[Sample], float]] = {
    "memory, client and server (MB)": lambda s: s.own_mb,
    "memory, worker (MB)": lambda s: s.worker_mb,
    "threads": lambda s: float(s.threads),
    "processes": lambda s: float(s.processes),
}


async def _never(_seconds: float) -> None:
    await asyncio.Event().wait()


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Calendar checks against a server that fails at random.")
    parser.add_argument("--checks", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    soak = Soak(arguments.seed)
    asyncio.run(soak.run(arguments.checks))
    watch, world = soak.watch, soak.world
    days = (soak.clock.now() - BEGINS) / timedelta(days=1)
    report = soak.worker.report()
    print(f"seed {arguments.seed}: {watch.checks} checks in {days:.1f} virtual days")
    print(f"states that were marked stale: {watch.stale_states}; refused: {world.exchange.counters.refused}")
    print(f"reads of {len(COLLEAGUES)} contacts: {watch.reads}, of which failed: {watch.failed_reads}")
    print(f"worker processes: {report.starts}, ended by force: {report.killed}")
    for title, counted in ("what happened", world.happened), ("what was told", watch.problems):
        print(f"{title}:", ", ".join(f"{name} {number}" for name, number in counted.most_common()))
    for name, value in MEASURES.items():
        figures = [value(sample) for sample in watch.samples]
        if figures:
            print(f"{name:34} first {figures[0]:6.1f}  last {figures[-1]:6.1f}  most {max(figures):6.1f}")
    for wrong in watch.wrong[:20]:
        print(f"WRONG: {wrong}")
    print("all held" if not watch.wrong else f"{len(watch.wrong)} things were wrong")
    return 1 if watch.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
