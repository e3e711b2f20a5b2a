"""The passwords of one client: for this run in memory, beyond it in the credential store where that is
allowed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import CredentialStore, ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.refusals import Refusals
from lyncdesk.presence.message import Message

_FAREWELL: Final = 2.0  # seconds


def password_key(account: Account) -> str:
    """The name of the account's password in a credential store."""
    return f"{account.login} at {account.server or 'the server found'}"


class Passwords:
    """Remembers and finds passwords. ``options`` tells what is allowed, ``secret`` keeps each out of the log,
    ``found`` is told of a store that does not work, ``refused`` of a stored password that was refused in an
    earlier run, before anybody gets it. ``store_state`` says in words how the store is.
    """

    def __init__(
        self,
        store: CredentialStore,
        options: Callable[[], Options],
        secret: Callable[[str], None],
        found: Callable[[Problem], None],
        refused: Callable[[Account, str, Problem], None],
    ) -> None:
        self._store = store
        self._refusals = Refusals(store)
        self._refused = refused
        self._options = options
        self._secret = secret
        self._found = found
        # For this run only, by what the credential store calls the account.
        self._known: dict[str, str] = {}
        self._notes: set[asyncio.Task[None]] = set()
        self.store_state = Message.of("not asked yet")

    def remember(self, account: Account, password: str) -> None:
        """Use this one for the account until the program ends."""
        self._known[password_key(account)] = password
        self._secret(password)

    @property
    def of_this_run(self) -> tuple[str, ...]:
        """Those that were typed or given in this run, to be kept out of reports."""
        return tuple(self._known.values())

    async def keep(self, account: Account, password: str, *, keep: bool) -> Problem | None:
        """Use this one from now on, beyond this run if ``keep``; the problem that stood in the way, if
        any.
        """
        self.remember(account, password)
        if not self._options().allow_saved_password:
            return None
        try:
            if keep:
                await self._store.set(password_key(account), password)
                await self._refusals.typed(password_key(account))
            else:
                # An older one must not come back at the next start.
                await self._refusals.forget(password_key(account))
        except ProblemError as error:
            self.store_state = error.problem.title
            return error.problem if keep else None
        self.store_state = Message.of("in use")
        return None

    async def of(self, account: Account) -> str | None:
        """The account's password, None where there is none."""
        known = self._known.get(password_key(account))
        if known is not None or not self._options().allow_saved_password:
            return known
        try:
            password, refusal = await self._refusals.stored(password_key(account))
        except ProblemError as error:
            self.store_state = error.problem.title
            if account.authentication != "negotiate":  # which does without
                self._found(error.problem)
            return None
        self.store_state = Message.of("in use")
        if password is not None:
            self._secret(password)
            if refusal is not None:
                self._refused(account, password, refusal)
        return password

    def used(self, account: Account, password: str, problem: Problem | None) -> None:
        """The account's server refused this password, or accepted it (None): that outlasts this run."""
        if self._options().allow_saved_password:
            work = self._refusals.note(password_key(account), password, problem)
            note = asyncio.get_running_loop().create_task(work, name="what is noted of a password")
            self._notes.add(note)
            note.add_done_callback(self._notes.discard)

    async def close(self) -> None:
        """Finish what is being noted; a keyring that does not answer is waited for a moment only."""
        if self._notes:
            _, late = await asyncio.wait(self._notes, timeout=_FAREWELL)
            for note in late:
                note.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def unchanged(self, account: Account) -> str | None:
        """The password for an account whose server the person may just have changed, and nothing else."""
        current = self._options().account
        password = await self.of(account)
        if password is None and account.login == current.login:
            password = await self.of(current)
        return password

    def known(self, account: Account) -> str | None:
        """The account's password as far as this run knows it, without a question to the store."""
        return self._known.get(password_key(account))

    def take_along(self, before: Account, account: Account) -> None:
        """What was typed in this run goes along to another server of the same login."""
        known = self._known.get(password_key(before))
        if known is not None and before.login == account.login:
            self.remember(account, known)

    async def drop(self, account: Account) -> bool:
        """Have no password of an account any more that is not in use; whether the store could."""
        self._known.pop(password_key(account), None)
        try:
            await self._refusals.forget(password_key(account))
        except ProblemError:
            return False
        return True

    async def forget(self, account: Account) -> Problem | None:
        """Drop every password of this run and the stored one of the account; the problem that kept the store
        from dropping it, if any.
        """
        self._known.clear()
        try:
            await self._refusals.forget(password_key(account))
        except ProblemError as error:
            self.store_state = error.problem.title
            return error.problem
        return None
