"""The account of one client and its password: tried, used from now on, forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from lyncdesk.client import events as ev
from lyncdesk.client.keeping import Keeping
from lyncdesk.client.options import Account, Options, Origin
from lyncdesk.client.passwords import Passwords, password_key
from lyncdesk.client.ports import CalendarSource
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep
from lyncdesk.client.settings import chosen
from lyncdesk.presence.publication import Profile, person

if TYPE_CHECKING:
    from lyncdesk.client.parts import Parts
    from lyncdesk.client.runtime import Runtime


# What a stored password belongs to.
_OF_A_PASSWORD = ("account.address", "account.user_name", "account.server")


def _waits(options: Options) -> bool:
    """Whether there is no account, or one that the person has yet to confirm."""
    recommended = options.origins.get("account.address") is Origin.RECOMMENDED
    return recommended or not options.account.address


class OwnAccount:
    """What the person does with the account.

    ``options`` gives them as they are with every change that was made, ``running`` the runtime.
    """

    def __init__(
        self,
        parts: Parts,
        passwords: Passwords,
        keeping: Keeping,
        options: Callable[[], Options],
        running: Callable[[], Runtime],
    ) -> None:
        self._parts = parts
        self._passwords = passwords
        self._options = options
        self._keeping = keeping
        self._running = running

    async def test(
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

    async def save(self, account: Account, password: str | None, *, keep: bool) -> Problem | None:
        """Use this account from now on, with this password; None takes the one of before along. Without
        ``keep`` it is for this run only, and no longer stored.
        """
        account = replace(account, address=person(account.address))
        account = chosen(self._options(), account=account).account  # with what the administrator set
        kept = password if password is not None else await self._passwords.unchanged(account)
        moved = password_key(account) != password_key(self._options().account)
        problem = None
        if kept is not None and (password is not None or moved or not keep):
            problem = await self._keep(account, kept, keep=keep)
        before = self._options().account
        options = chosen(self._options(), account=account)
        old = self._running().use_source(self.source(account)) if account != before else None
        self._running().post(ev.ProfileKnown(self.profile(account)))
        self._keeping.use(options)
        if password is not None:
            self._parts.exchange.password_entered(account, password)
            self._running().post(ev.PasswordEntered())
        self._running().post(ev.SignIn())
        if old is not None:
            # Last: what its check ends with then says nothing about the new account.
            await self._close(old)
        return problem

    async def enter_password(self, password: str, *, keep: bool) -> Problem | None:
        """The person typed the password again."""
        account = self._options().account
        problem = await self._keep(account, password, keep=keep)
        self._parts.exchange.password_entered(account, password)
        self._running().post(ev.PasswordEntered())
        return problem

    async def _keep(self, account: Account, password: str, *, keep: bool) -> Problem | None:
        problem = await self._passwords.keep(account, password, keep=keep)
        if keep and problem is None and self._options().allow_saved_password:
            self._keeping.password_stored(account)
        return problem

    def begin(self, options: Options) -> bool:
        """Sign in if there is an account that needs no word of the person; whether that was so."""
        signs_in = not _waits(options)
        if signs_in:
            self._running().post(ev.SignIn())
        return signs_in

    async def take(self, options: Options) -> None:
        """Let these hold, in which the administrator changed something; the account may be another one."""
        before, account = self._options(), options.account
        waited, waits = _waits(before), _waits(options)
        if account == before.account and waits == waited:
            self._running().post(ev.OptionsChanged(options))
            return
        if waits:
            # First: of nobody, and of who has yet to confirm it, no calendar is read.
            self._running().post(ev.SignOut())
        self._passwords.take_along(before.account, account)
        old = self._running().use_source(self.source(account))
        self._running().post(ev.ProfileKnown(self.profile(account)))
        self._running().post(ev.OptionsChanged(options))
        if waited:
            self.begin(options)
        await self._close(old)

    async def forget(self) -> Problem | None:
        """Sign out, drop the account and its stored password; the problem that kept the keyring from dropping
        it, if any. The State knows of no account when this returns.
        """
        account = self._options().account
        self._running().post(ev.SignOut())
        refused = await self._passwords.forget(account)
        self._running().post(ev.SignOut())  # a keyring may ask, and somebody sign in again meanwhile
        self._keeping.forget_account()
        left = self._options().account  # what the administrator set, or recommends
        self._running().post(ev.ProfileKnown(self.profile(left)))
        await self._close(self._running().use_source(self.source(left)))
        self._running().settle()
        return refused

    async def _close(self, source: CalendarSource) -> None:
        await self._running().written()
        await source.close()

    def source(self, account: Account) -> CalendarSource:
        """The calendar of an account, with its password."""
        return self._parts.exchange.source(account, lambda: self._password(account))

    async def _password(self, account: Account) -> str | None:
        """The account's password. Where a policy gave the account another server since it was stored, it goes
        along; where it gave another login, the old one is of no use to anybody and is dropped.
        """
        stored = self._keeping.password_of
        by_policy = account.address and any(map(self._options().locked, _OF_A_PASSWORD))
        if by_policy and stored is None and account.authentication == "negotiate":
            # Whoever signs in by a ticket is asked by no keyring to unlock it.
            return self._passwords.known(account)
        if stored is None or not by_policy or password_key(stored) == password_key(account):
            return await self._passwords.of(account)
        if stored.login == account.login:
            password = await self._passwords.of(stored)
            if password is not None:
                await self._passwords.keep(account, password, keep=True)
        if await self._passwords.drop(stored):
            self._keeping.password_stored(account)
        return await self._passwords.of(account)

    def profile(self, account: Account) -> Profile:
        """Who the person is, as far as the account tells."""
        if self._parts.profile is not None:
            return self._parts.profile
        return Profile(person(account.address), zone=self._parts.zone())
