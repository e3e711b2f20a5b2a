"""A running client behind :class:`~lyncdesk.client.session.Session`: one person and all that this takes.

It knows ports only. The real desktop client and the sample organisation are the same class with other parts:
their own clock, pool, settings store and source of items.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

from lyncdesk.client import events as ev
from lyncdesk.client.day_log import Recorded
from lyncdesk.client.following import Following
from lyncdesk.client.history import Past
from lyncdesk.client.history_recorder import Recorder
from lyncdesk.client.keeping import Keeping
from lyncdesk.client.options import Account, Options
from lyncdesk.client.own_account import OwnAccount
from lyncdesk.client.parts import Beside, Parts, Row
from lyncdesk.client.passwords import Passwords
from lyncdesk.client.ports import MachineProbe
from lyncdesk.client.problems import Problem
from lyncdesk.client.releases import Releases
from lyncdesk.client.report import report
from lyncdesk.client.runtime import Runtime
from lyncdesk.client.session import ConnectionStep
from lyncdesk.client.settings import chosen
from lyncdesk.client.start_at_login import switched
from lyncdesk.client.state import ContactReading, State
from lyncdesk.presence.aggregate import live_manual
from lyncdesk.presence.inputs import Inputs
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Seen, person

log = logging.getLogger(__name__)


class LiveSession:
    """See :class:`~lyncdesk.client.session.Session`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._runtime: Runtime | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._beside: Beside | None = None
        self._passwords = Passwords(
            parts.credentials,
            lambda: self._options,
            parts.secret,
            lambda problem: self.post(ev.ProblemFound(problem)),
            parts.exchange.password_refused,
        )
        self._keeping = Keeping(parts, lambda: self.state, self._settled, self.post, self._take)
        self._account = OwnAccount(
            parts, self._passwords, self._keeping, lambda: self._options, lambda: self._running
        )
        self._following = Following(parts.pool, lambda: self._options, self._keeping.use)
        self._recorder = Recorder(parts, lambda: self.state, self.post)
        self.releases = Releases(parts.ask_newest, parts.installed, lambda: self._options)
        self._stopped = False

    @property
    def is_simulation(self) -> bool:
        """Whether this is the sample organisation."""
        return self._parts.is_simulation

    @property
    def speed(self) -> float:
        """Real time passes as it does."""
        return 1.0

    def now(self) -> datetime:
        """The time of this client's world."""
        return self._parts.clock.now()

    @property
    def state(self) -> State:
        """The State as it is; for the loop's own thread."""
        return self._running.state

    def _settled(self) -> State:
        """The State with every change that was posted: what the next change starts from."""
        self._running.settle()
        return self._running.state

    @property
    def _options(self) -> Options:
        return self._settled().options

    @property
    def _running(self) -> Runtime:
        if self._runtime is None:
            raise RuntimeError("the client has not been started")
        return self._runtime

    # life

    def start(self, on_state: Callable[[State], None]) -> None:
        """Read settings and policy, and sign in if there is an account."""
        parts = self._parts
        keeping = self._keeping
        options, problems = keeping.options()
        if parts.password is not None:
            self._passwords.remember(options.account, parts.password)
        found = keeping.found
        parts.exchange.know(found.values(), keeping.server_found)
        parts.exchange.watch_passwords(self._passwords.used)
        state = State(
            self._account.profile(options.account),
            options,
            problems=problems,
            found=found,
            pool=parts.pool_name,
            reading=ContactReading(used=parts.contacts is not None),
        )
        self._runtime = Runtime(
            state,
            self._account.source(options.account),
            parts.pool,
            parts.clock,
            keeping.remember,
            self._telling(on_state),
            parts.hold,
            parts.contacts,
        )
        self._runtime.start()
        manual = keeping.manual
        # What ended while the program was closed is not shown for a moment first.
        if manual is not None and live_manual(Inputs(manual=manual), parts.clock.now()) is not None:
            self.post(ev.RestoreManual(manual))
        if not self._account.begin(options):
            on_state(state)
        if parts.probe is not None:
            self._spawn(self._watch_machine(parts.probe))
        self._spawn(keeping.watch_policy())
        if parts.beside is not None:
            self._beside = parts.beside(self)
            self._spawn(self._beside.start())

    async def _take(self, options: Options) -> None:
        await self._account.take(options)

    def _telling(self, on_state: Callable[[State], None]) -> Callable[[State], None]:
        def tell(state: State) -> None:
            on_state(state)
            self._recorder.changed(state)
            if self._beside is not None:
                self._beside.changed()

        return tell

    async def stop(self) -> None:
        """Withdraw, end every task and process that this client owns. Idempotent."""
        if self._stopped or self._runtime is None:
            return
        self._stopped = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._beside is not None:
            await self._beside.stop()
        await self._runtime.stop()
        await self._recorder.stop()
        await self._parts.exchange.close()  # which may yet learn of a refusal
        await self._passwords.close()

    def post(self, event: ev.Event) -> None:
        """Give the client an event, on its loop."""
        self._running.post(event)

    async def drained(self) -> None:
        """Return when every posted event has been applied and published."""
        await self._running.drained()

    # the account

    async def test_connection(
        self,
        account: Account,
        password: str | None,
        on_step: Callable[[ConnectionStep], None],
        *,
        anew: bool = True,
    ) -> bool:
        """Try the account step by step; saves nothing."""
        return await self._account.test(account, password, on_step, anew=anew)

    async def save_account(self, account: Account, password: str | None, *, keep: bool) -> Problem | None:
        """Use this account from now on, with this password; None takes the one of before along."""
        return await self._account.save(account, password, keep=keep)

    async def enter_password(self, password: str, *, keep: bool) -> Problem | None:
        """The person typed the password again."""
        return await self._account.enter_password(password, keep=keep)

    async def forget_account(self) -> Problem | None:
        """Sign out, drop the account, its stored password and its history; the problem that left the password
        in the keyring.
        """
        address = self._options.account.address
        refused = await self._account.forget()
        left = await self._recorder.forget(address)
        if left is not None:
            self.post(ev.ProblemFound(left))
        return refused

    # options and people

    async def save_options(self, values: Mapping[str, object]) -> tuple[Problem, ...]:
        """Change options of the person; what the administrator set stays as it is."""
        old = self._options
        free = {name: value for name, value in values.items() if not old.locked(name)}
        kept, problems = await switched(self._parts.autostart, old, free)
        self._keeping.use(chosen(self._options, **kept))
        return problems

    async def search(self, text: str) -> tuple[Seen, ...]:
        """People of the directory."""
        return await self._parts.pool.search(text)

    async def add_contact(self, address: str) -> Problem | None:
        """Follow a person."""
        return await self._following.add(address)

    async def remove_contact(self, address: str) -> None:
        """Follow a person no more."""
        await self._following.remove(address)
        self.post(ev.ContactGone(person(address)))

    # the local history

    async def past(self, start: datetime, end: datetime) -> Past:
        """What the local history holds of this time."""
        return await self._recorder.past(start, end)

    async def delete_history(self) -> Problem | None:
        """Delete the local history."""
        left = await self._recorder.delete()
        if left is not None:
            self.post(ev.ProblemFound(left))
        return left

    def history_place(self) -> Message:
        """Where the local history is kept."""
        return self._parts.history_place

    # reports

    async def report(self) -> str:
        """The report for support: no secret, no subject."""
        return report(
            self.state,
            self.now(),
            self.environment(),
            self._parts.log_lines(),
            self._passwords.of_this_run,
        )

    def recorded(self) -> tuple[Recorded, ...]:
        """Whose days are known: one's own, and in the sample organisation everybody's."""
        return (Recorded(self._running.day, self.state), *self._parts.others())

    def environment(self) -> tuple[Row, ...]:
        """Rows of Configuration information that the State does not hold."""
        rows = self._parts.environment(self._keeping.policy)
        return ((Message.of("Keyring"), self._passwords.store_state), *rows)

    def sign_in_limits(self) -> Mapping[str, Message]:
        """What ways of signing in to Exchange lack on this computer."""
        return self._parts.sign_in_limits()

    # what is watched

    async def _watch_machine(self, probe: MachineProbe) -> None:
        await probe.run(lambda machine: self.post(ev.MachineChanged(machine)), self._jolted)

    def _jolted(self, cause: str) -> None:
        if cause == "zone-changed":
            self.post(ev.ProfileKnown(replace(self.state.profile, zone=self._parts.zone())))
        self.post(ev.Jolted(cause))

    def _spawn(self, work: Awaitable[None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception:
                log.exception("a watcher of the client ended")

        task = asyncio.get_running_loop().create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
