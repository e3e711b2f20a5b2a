"""A running client behind :class:`~lyncdesk.client.session.Session`: one person and all that this takes.

It knows ports only. The real desktop client and the sample organisation are the same class with other
parts: their
own clock, pool, settings store and source of items.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from lyncdesk.client import events as ev
from lyncdesk.client.found import Found, found_from, found_values, newest
from lyncdesk.client.options import Account, Options
from lyncdesk.client.parts import Beside, Parts, Row
from lyncdesk.client.passwords import Passwords, password_key
from lyncdesk.client.policy import Policy
from lyncdesk.client.ports import (
    CalendarSource,
    MachineProbe,
    ProblemError,
)
from lyncdesk.client.problems import Problem
from lyncdesk.client.report import report
from lyncdesk.client.runtime import Runtime
from lyncdesk.client.session import ConnectionStep
from lyncdesk.client.settings import chosen, manual_from, merged, options_from, values_from
from lyncdesk.client.state import ContactReading, State
from lyncdesk.presence.aggregate import live_manual
from lyncdesk.presence.inputs import Inputs, Manual
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Profile, Seen, person

log = logging.getLogger(__name__)

POLICY_LOOK = timedelta(seconds=30)
_FAREWELL = 2.0  # seconds that a keyring has for what is noted about passwords at the end


class LiveSession:
    """See :class:`~lyncdesk.client.session.Session`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._runtime: Runtime | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._notes: set[asyncio.Task[None]] = set()  # about passwords: these are finished, not ended
        self._beside: Beside | None = None
        self._passwords = Passwords(
            parts.credentials,
            lambda: self._options,
            parts.secret,
            lambda problem: self.post(ev.ProblemFound(problem)),
            parts.exchange.password_refused,
        )
        self._policy = Policy()
        self._stopped = False

    @property
    def is_simulation(self) -> bool:
        """Whether this is the sample organisation."""
        return self._parts.is_simulation

    def now(self) -> datetime:
        """The time of this client's world."""
        return self._parts.clock.now()

    @property
    def state(self) -> State:
        """The State as it is; for the loop's own thread."""
        return self._running.state

    @property
    def _options(self) -> Options:
        """The options with every change that was posted: what the next change starts from."""
        self._running.settle()
        return self._running.state.options

    @property
    def _running(self) -> Runtime:
        if self._runtime is None:
            raise RuntimeError("the client has not been started")
        return self._runtime

    # life

    def start(self, on_state: Callable[[State], None]) -> None:
        """Read settings and policy, and sign in if there is an account."""
        parts = self._parts
        stored, broken = parts.store.load()
        self._policy = parts.read_policy()
        values = stored or merged({}, parts.defaults)
        options, problems = options_from(values, self._policy, parts.command_line)
        if parts.password is not None:
            self._passwords.remember(options.account, parts.password)
        found = found_from(values)
        parts.exchange.know(found.values(), self._server_found)
        parts.exchange.watch_passwords(self._password_used)
        state = State(
            self._profile(options.account),
            options,
            problems=(*broken, *problems),
            found=found,
            pool=parts.pool_name,
            reading=ContactReading(used=parts.contacts is not None),
        )
        manual = manual_from(values)
        self._runtime = Runtime(
            state,
            self._source(options.account),
            parts.pool,
            parts.clock,
            self._remember,
            self._telling(on_state),
            parts.hold,
            parts.contacts,
        )
        self._runtime.start()
        # What ended while the program was closed is not shown for a moment first.
        if manual is not None and live_manual(Inputs(manual=manual), parts.clock.now()) is not None:
            self.post(ev.RestoreManual(manual))
        if options.account.address:
            self.post(ev.SignIn())
        else:
            on_state(state)
        if parts.probe is not None:
            self._spawn(self._watch_machine(parts.probe))
        self._spawn(self._watch_policy())
        if parts.beside is not None:
            self._beside = parts.beside(self)
            self._spawn(self._beside.start())

    def _telling(self, on_state: Callable[[State], None]) -> Callable[[State], None]:
        def tell(state: State) -> None:
            on_state(state)
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
        await self._parts.exchange.close()
        # Last: until now a refusal could come.
        if self._notes:
            await asyncio.wait(self._notes, timeout=_FAREWELL)
        for task in tuple(self._notes):
            task.cancel()
        await asyncio.gather(*self._notes, return_exceptions=True)

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
        """Try the account step by step; saves nothing.

        A password that was typed for this may be sent; one that was refused is not sent again, be it a stored
        one or one that stands in its field since the last test.
        """
        if password is None:
            password = await self._passwords.unchanged(account)
        else:
            self._parts.secret(password)
            if anew:
                self._parts.exchange.password_entered(account, password)
        return await self._parts.exchange.test(account, password, on_step)

    async def save_account(self, account: Account, password: str | None, *, keep: bool) -> Problem | None:
        """Use this account from now on, with this password; None takes the one of before along."""
        account = replace(account, address=person(account.address))
        account = chosen(self._options, account=account).account  # with what the administrator set
        kept = password if password is not None else await self._passwords.unchanged(account)
        moved = password_key(account) != password_key(self._options.account)
        problem = None
        if kept is not None and (password is not None or moved):
            problem = await self._passwords.keep(account, kept, keep=keep)
        before = self._options.account
        options = chosen(self._options, account=account)
        old = self._running.use_source(self._source(account)) if account != before else None
        self.post(ev.ProfileKnown(self._profile(account)))
        self.post(ev.OptionsChanged(options))
        self._remember(options, self.state.manual)
        if password is not None:
            self._parts.exchange.password_entered(account, password)
            self.post(ev.PasswordEntered())
        self.post(ev.SignIn())
        if old is not None:
            # Last: what its check ends with then says nothing about the new account.
            await self._close(old)
        return problem

    async def enter_password(self, password: str, *, keep: bool) -> Problem | None:
        """The person typed the password again."""
        account = self._options.account
        problem = await self._passwords.keep(account, password, keep=keep)
        self._parts.exchange.password_entered(account, password)
        self.post(ev.PasswordEntered())
        return problem

    async def forget_account(self) -> None:
        """Sign out, drop the account and its stored password."""
        account = self._options.account
        self.post(ev.SignOut())
        refused = await self._passwords.forget(account)
        if refused is not None:
            log.info("the keyring could not forget the password: %s", refused.problem.name)
        options = chosen(self._options, account=Account())
        self.post(ev.OptionsChanged(options))
        self._remember(options, self.state.manual)
        self._save({"found": None})
        await self._close(self._running.use_source(self._source(Account())))

    def _source(self, account: Account) -> CalendarSource:
        return self._parts.exchange.source(account, lambda: self._passwords.of(account))

    def _password_used(self, account: Account, password: str, problem: Problem | None) -> None:
        self._spawn(self._passwords.used(account, password, problem), self._notes)

    async def _close(self, source: CalendarSource) -> None:
        await self._running.written()
        await source.close()

    def _profile(self, account: Account) -> Profile:
        if self._parts.profile is not None:
            return self._parts.profile
        return Profile(person(account.address), zone=self._parts.zone())

    # options and people

    async def save_options(self, values: Mapping[str, object]) -> tuple[Problem, ...]:
        """Change options of the person; what the administrator set stays as it is."""
        old = self._options
        free = {name: value for name, value in values.items() if not old.locked(name)}
        options = chosen(old, **free)
        self.post(ev.OptionsChanged(options))
        self._remember(options, self.state.manual)
        if self._parts.autostart is None or not {"start_with_computer", "start_minimised"} & set(free):
            return ()
        try:
            self._parts.autostart(options.start_with_computer, options.start_minimised)
        except ProblemError as error:
            return (error.problem,)
        return ()

    async def search(self, text: str) -> tuple[Seen, ...]:
        """People of the directory."""
        return await self._parts.pool.search(text)

    async def add_contact(self, address: str) -> Problem | None:
        """Follow a person."""
        options = self._options
        address = person(address)
        if address in options.contacts:
            return None
        if len(options.contacts) >= options.maximum_contacts:
            return Problem.of("too-many-contacts", limit=options.maximum_contacts)
        try:
            await self._parts.pool.add_contact(address)
        except ProblemError as error:
            return error.problem
        options = self._options  # the pool took its time: others may have come meanwhile
        if address not in options.contacts:
            self._use(replace(options, contacts=(*options.contacts, address)))
        return None

    async def remove_contact(self, address: str) -> None:
        """Follow a person no more."""
        address = person(address)
        await self._parts.pool.remove_contact(address)
        options = self._options
        groups = {name: tuple(m for m in members if m != address) for name, members in options.groups.items()}
        rest = tuple(contact for contact in options.contacts if contact != address)
        self._use(replace(options, contacts=rest, groups=groups))
        self.post(ev.ContactGone(address))

    def _use(self, options: Options) -> None:
        self.post(ev.OptionsChanged(options))
        self._remember(options, self.state.manual)

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

    def environment(self) -> tuple[Row, ...]:
        """Rows of Configuration information that the State does not hold."""
        return ((Message.of("Keyring"), self._passwords.store_state), *self._parts.environment())

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

    async def _watch_policy(self) -> None:
        while True:
            await self._parts.wait(POLICY_LOOK.total_seconds())
            policy = self._parts.read_policy()
            if policy == self._policy:
                continue
            self._policy = policy
            stored, broken = self._parts.store.load()
            # What the person chose counts also where it could not be written.
            chosen_now = values_from(self._options, self.state.manual)
            values = merged(stored or merged({}, self._parts.defaults), chosen_now)
            options, problems = options_from(values, policy, self._parts.command_line)
            self.post(ev.ProblemGone("policy-invalid"))
            for problem in (*broken, *problems):
                self.post(ev.ProblemFound(problem))
            self.post(ev.OptionsChanged(options))

    def _server_found(self, found: Found) -> None:
        self.post(ev.ServerFound(found))
        self._save({"found": found_values(newest([*self.state.found.values(), found]))})

    def _remember(self, options: Options, manual: Manual | None) -> None:
        self._save(values_from(options, manual))

    def _save(self, values: Mapping[str, object]) -> None:
        try:
            self._parts.store.save(values)
        except ProblemError as error:
            self.post(ev.ProblemFound(error.problem))
        else:
            if any(problem.name == "settings-not-saved" for problem in self.state.problems):
                self.post(ev.ProblemGone("settings-not-saved"))

    def _spawn(self, work: Awaitable[None], among: set[asyncio.Task[None]] | None = None) -> None:
        tasks = self._tasks if among is None else among

        async def guarded() -> None:
            try:
                await work
            except Exception:
                log.exception("a watcher of the client ended")

        task = asyncio.get_running_loop().create_task(guarded())
        tasks.add(task)
        task.add_done_callback(tasks.discard)
