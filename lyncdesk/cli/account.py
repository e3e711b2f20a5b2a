"""The account that a command is about: the signed-in one, or what the command line names."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lyncdesk import bootstrap
from lyncdesk.client.options import Account
from lyncdesk.client.passwords import password_key
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.refusals import LASTING, Refusals
from lyncdesk.client.session import ConnectionStep
from lyncdesk.client.value_kinds import is_address
from lyncdesk.client.views.doctor import remedy_after_test
from lyncdesk.client.words import Words
from lyncdesk.control.client import NoClientError, ask
from lyncdesk.control.protocol import ControlError
from lyncdesk.exchange.address import server_name
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import person

if TYPE_CHECKING:
    from lyncdesk.calendars.account import ExchangeAccounts

_LONGEST_PASSWORD = 4096
_WITHOUT_PASSWORD = frozenset({"no-password", "keyring-missing"})
_STDIN = "Give the password with --password-stdin."


class WrongUseError(Exception):
    """The command line cannot be meant; the text says why and what to write."""


@dataclass(slots=True)
class Asked:
    """Whose mailbox is asked about, and a password if one came on standard input. ``signed_in``: it is the
    account of the running client, if one runs. The keyring is asked once, however it answers.
    """

    account: Account
    password: str | None = field(default=None, repr=False)
    saved: bool = True
    signed_in: bool = False
    _refusals: Refusals = field(default_factory=lambda: Refusals(bootstrap.keyring()), repr=False)
    _used: dict[str, Problem | None] = field(default_factory=dict, repr=False)
    _told: asyncio.Task[tuple[str | None, Problem | None]] | None = field(default=None, repr=False)

    async def secret(self) -> str | None:
        """The password that was given, or the one in the keyring where passwords may be kept."""
        if not self._may_be_stored:
            return self.password
        try:
            return (await self._stored())[0]
        except ProblemError:
            if self.account.authentication == "negotiate":
                return None  # a ticket may be enough
            raise

    @property
    def _may_be_stored(self) -> bool:
        return self.password is None and self.saved

    async def _stored(self) -> tuple[str | None, Problem | None]:
        if self._told is None:
            self._told = asyncio.create_task(self._refusals.stored(password_key(self.account)))
        return await self._told

    async def heed(self, exchange: ExchangeAccounts) -> None:
        """A stored password that was refused, to the running client or in an earlier run, is not sent by this
        process either: a few refusals lock an account.
        """
        if not self._may_be_stored:
            return
        with suppress(ProblemError):
            password, refused = await self._stored()
            refused = (_refusal(self.account) if self.signed_in else None) or refused
            if password is not None and refused is not None:
                exchange.password_refused(self.account, password, refused)
                return  # it is not sent, so there is nothing to learn of it
        exchange.watch_passwords(lambda _account, password, problem: self._used.update({password: problem}))

    async def remember(self) -> None:
        """Keep for later runs that the stored password was refused, or is accepted again."""
        for password, problem in self._used.items():
            await self._refusals.note(password_key(self.account), password, problem)


def _refusal(account: Account) -> Problem | None:
    """Why the running client sends the stored password no more, None if it does, or if none runs."""
    try:
        [answer] = ask(bootstrap.control_path(demo=False), {"command": "status"})
    except (NoClientError, ControlError):
        return None
    told = answer.get("problems")
    name = next((one for one in told if one in LASTING), None) if isinstance(told, list) else None
    server = server_name(account.server.strip()) or _domain(account.address)
    return Problem.of(name, server=server) if name is not None else None


def asked(
    arguments: argparse.Namespace, stored: Account, *, saved: bool, server_option: str = "--server"
) -> Asked:
    """What the command line names; the rest is as the signed-in account has it.

    Raises:
        WrongUseError: if that is no account.
    """
    for named in (arguments.address, arguments.user if not arguments.address else None):
        if named is not None and not is_address(named):
            raise WrongUseError(f"“{named}” is no address; write --address first.last@example.org")
    account = _account(arguments, stored)
    if not account.address:
        raise WrongUseError(
            "no account is signed in; name one with --address and --password-stdin, and with"
            f" {server_option} if its server cannot be found"
        )
    try:
        password = _given_password() if arguments.password_stdin else None
    except UnicodeDecodeError as error:
        raise WrongUseError("the password on standard input is not text in UTF-8") from error
    return Asked(account, password, saved, account == stored)


def _account(arguments: argparse.Namespace, stored: Account) -> Account:
    if arguments.server is None and arguments.address is None and arguments.user is None:
        return stored
    address = arguments.address or (arguments.user if "@" in (arguments.user or "") else stored.address)
    server = arguments.server
    if server is None:
        # The server of one organisation knows nothing of another's mailboxes.
        server = stored.server if _domain(address) == _domain(stored.address) else ""
    return replace(stored, address=person(address), user_name=arguments.user or "", server=server.strip())


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def _given_password() -> str:
    return sys.stdin.buffer.readline(_LONGEST_PASSWORD).decode().rstrip("\r\n")


def remedy(problem: Problem, words: Words) -> str:
    """What to do about a problem, for somebody on the command line."""
    return _STDIN if problem.name in _WITHOUT_PASSWORD else remedy_after_test(problem, words)


def in_a_terminal(step: ConnectionStep) -> ConnectionStep:
    """The step with what somebody on the command line can do about it."""
    if step.problem is None or step.problem.name not in _WITHOUT_PASSWORD:
        return step
    return replace(step, remedy=Message.of(_STDIN))
