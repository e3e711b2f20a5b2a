"""``lyncdesk check``: one calendar check, explained. Changes nothing."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from lyncdesk import bootstrap
from lyncdesk.cli.exits import DONE, REFUSED, WRONG_USE, fail, warn
from lyncdesk.client.once import checked_once
from lyncdesk.client.options import Account
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.state import State
from lyncdesk.client.value_kinds import is_address
from lyncdesk.client.views.terminal import check_json, check_lines
from lyncdesk.machine import clock
from lyncdesk.machine.zone import LocalTime, local_zone
from lyncdesk.presence.publication import Profile, person

# What every system's calendar can count.
_YEARS = range(1970, 2101)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_LONGEST_PASSWORD = 4096
_WITHOUT_PASSWORD = frozenset({"no-password", "keyring-missing"})
_STDIN = "Give the password with --password-stdin."


def run_check(arguments: argparse.Namespace) -> int:
    """One calendar check, explained."""
    try:
        at = _moment(arguments.at)
    except ValueError:
        text = f"“{arguments.at}” is no time; write HH:MM, or 2026-03-02T10:30"
        return fail(text, WRONG_USE)
    for named in (arguments.address, arguments.user if not arguments.address else None):
        if named is not None and not is_address(named):
            return fail(f"“{named}” is no address; write --address first.last@example.org", WRONG_USE)
    try:
        password = _given_password() if arguments.password_stdin else None
    except UnicodeDecodeError:
        return fail("the password on standard input is not text in UTF-8", WRONG_USE)
    return asyncio.run(_check(arguments, at, password))


def _given_password() -> str:
    return sys.stdin.buffer.readline(_LONGEST_PASSWORD).decode().rstrip("\r\n")


def _moment(text: str | None) -> datetime:
    if text is None:
        return clock.now()
    zone = ZoneInfo(local_zone())
    if _TIME.fullmatch(text):
        today = clock.now().astimezone(zone).date()
        return datetime.combine(today, time.fromisoformat(text), zone).astimezone(UTC)
    found = datetime.fromisoformat(text)
    if found.year not in _YEARS:
        raise ValueError("no calendar goes so far")
    return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)


async def _check(arguments: argparse.Namespace, at: datetime, password: str | None) -> int:
    zone = local_zone()
    options, _, broken = bootstrap.options_in_force()
    account = _account(arguments, options.account)
    words = bootstrap.words_for(options, LocalTime())
    for one in broken:
        warn(f"{words(one.title)} {words(one.cause)}")
    if not account.address or not account.server:
        return fail(
            "no account is signed in; name one with --server, --address and --password-stdin", WRONG_USE
        )
    if not options.calendar_in_use:
        warn("your calendar is switched off in LyncDesk; this is what it would show")
    exchange = bootstrap.exchange_accounts(zone)
    saved = options.allow_saved_password
    source = exchange.source(account, lambda: _password(account, password, saved=saved))
    state = State(Profile(person(account.address), zone=zone), options)
    try:
        state = await checked_once(source, state, at)
    except ProblemError as error:
        problem = error.problem
        if arguments.json:
            print(json.dumps({"problem": problem.name, "title": words(problem.title)}, ensure_ascii=False))
        remedy = _STDIN if problem.name in _WITHOUT_PASSWORD else words(problem.remedy)
        text = f"{words(problem.title)} {words(problem.cause)} {remedy}"
        return fail(text, REFUSED)
    finally:
        await source.close()
        await exchange.close()
    if arguments.json:
        print(json.dumps(check_json(state, at, words), ensure_ascii=False))
    else:
        for line in check_lines(state, at, words):
            print(line)
    return DONE


def _account(arguments: argparse.Namespace, stored: Account) -> Account:
    """The account that is asked about: the stored one, or what the command line names."""
    if arguments.server is None and arguments.address is None and arguments.user is None:
        return stored
    address = arguments.address or (arguments.user if "@" in (arguments.user or "") else stored.address)
    return Account(
        person(address), arguments.user or "", arguments.server or stored.server, ca_file=stored.ca_file
    )


async def _password(account: Account, given: str | None, *, saved: bool) -> str | None:
    return given if given is not None or not saved else await bootstrap.stored_password(account)
