"""What a client keeps beyond a run, settings and servers found, and what the administrator says about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

from lyncdesk import __version__
from lyncdesk.client import events as ev
from lyncdesk.client.found import Found, found_from, found_values, newest
from lyncdesk.client.options import Account, Options
from lyncdesk.client.policy import Policy
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import REPLACED, Problem
from lyncdesk.client.reading import replaced
from lyncdesk.client.settings import (
    manual_from,
    merged,
    options_from,
    values_from,
    without_account,
)
from lyncdesk.client.start_at_login import as_it_is
from lyncdesk.client.state import State
from lyncdesk.presence.inputs import Manual

if TYPE_CHECKING:
    from lyncdesk.client.parts import Parts

POLICY_LOOK = timedelta(seconds=30)


class Keeping:
    """The settings file and the policy of one client, to which ``post`` gives an event. ``take`` lets options
    hold in which the administrator changed something.

    ``state`` is its State as it is, ``settled`` that with every event that was posted; nobody may ask for the
    latter within one.
    """

    def __init__(
        self,
        parts: Parts,
        state: Callable[[], State],
        settled: Callable[[], State],
        post: Callable[[ev.Event], None],
        take: Callable[[Options], Awaitable[None]],
    ) -> None:
        self._parts = parts
        self._state = state
        self._settled = settled
        self._post = post
        self._take = take
        self._values: Mapping[str, object] = {}
        self._policy = Policy()

    def options(self) -> tuple[Options, tuple[Problem, ...]]:
        """Read settings and policy: the options in force, and what is wrong with the files."""
        self._policy = self._parts.read_policy()
        stored, broken = self._parts.store.load()
        self._values = stored or merged({}, self._parts.defaults)
        options, problems = self._in_force(self._values)
        return options, (*broken, *problems)

    def _in_force(self, values: Mapping[str, object]) -> tuple[Options, tuple[Problem, ...]]:
        options, problems = options_from(values, self._policy, self._parts.command_line)
        return as_it_is(self._parts.autostart, options), problems

    @property
    def policy(self) -> Policy:
        """The administrator's policy that is in force."""
        return self._policy

    @property
    def found(self) -> dict[str, Found]:
        """The servers that earlier runs found, as the settings had them."""
        return found_from(self._values)

    @property
    def manual(self) -> Manual | None:
        """The status by hand of an earlier run, as the settings had it."""
        return manual_from(self._values)

    def use(self, options: Options) -> None:
        """Let these options hold from now on, and write them."""
        self._post(ev.OptionsChanged(options))
        self.remember(options, self._state().manual)

    def forget_account(self) -> None:
        """Let no account of the person's hold from now on, and have none in the file."""
        state = self._settled()
        options = without_account(state.options, self._policy)
        self._post(ev.OptionsChanged(options))
        account = {part.name: None for part in fields(Account)}
        self._values = {**self._values, "password_of": None}
        self.save(
            {**values_from(options, state.manual), "account": account, "found": None, "password_of": None}
        )

    @property
    def password_of(self) -> Account | None:
        """The account whose password was stored last, as far as a password belongs to it: login, server."""
        values = self._values.get("password_of")
        if not isinstance(values, dict):
            return None
        login, server = values.get("login"), values.get("server")
        known = isinstance(login, str) and isinstance(server, str) and login
        return Account(user_name=str(login), server=str(server)) if known else None

    def password_stored(self, account: Account) -> None:
        """Keep in mind of which account the keyring holds the password: a policy may name another one."""
        if self.password_of != (kept := Account(user_name=account.login, server=account.server)):
            values: dict[str, object] = {"login": kept.login, "server": kept.server}
            self._values = {**self._values, "password_of": values}
            self.save({"password_of": values})

    def remember(self, options: Options, manual: Manual | None) -> None:
        """Write the person's options and status."""
        self.save(values_from(options, manual))

    def server_found(self, found: Found) -> None:
        """Tell of a server that is in use, and write it."""
        self._post(ev.ServerFound(found))
        self.save({"found": found_values(newest([*self._state().found.values(), found]))})

    def save(self, values: Mapping[str, object]) -> None:
        """Write these; where that fails, it is told, and told again when it works."""
        try:
            self._parts.store.save(values)
        except ProblemError as error:
            self._post(ev.ProblemFound(error.problem))
        else:
            if any(problem.name == "settings-not-saved" for problem in self._state().problems):
                self._post(ev.ProblemGone("settings-not-saved"))

    async def watch_policy(self) -> None:
        """Look after the policy from time to time, for ever, and whether the program was replaced."""
        while True:
            await self._parts.wait(POLICY_LOOK.total_seconds())
            self._look_at_program()
            policy = self._parts.read_policy()
            if policy == self._policy:
                continue
            self._policy = policy
            stored, broken = self._parts.store.load()
            state = self._settled()
            # What the person chose counts also where it could not be written.
            chosen_now = values_from(state.options, state.manual)
            values = merged(stored or merged({}, self._parts.defaults), chosen_now)
            options, problems = self._in_force(values)
            self._post(ev.ProblemGone("policy-invalid"))
            for problem in (*broken, *problems):
                self._post(ev.ProblemFound(problem))
            await self._take(options)

    def _look_at_program(self) -> None:
        if not replaced(self._state()) and self._parts.replaced():
            self._post(ev.ProblemFound(Problem.of(REPLACED, version=__version__)))
