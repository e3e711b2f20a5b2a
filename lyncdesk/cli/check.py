"""``lyncdesk check``: one calendar check, explained. Changes nothing."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from lyncdesk import bootstrap
from lyncdesk.cli.account import Asked, WrongUseError, asked, remedy
from lyncdesk.cli.exits import DONE, REFUSED, WRONG_USE, fail, warn, warn_of
from lyncdesk.client.once import checked_once
from lyncdesk.client.options import Options
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.state import State
from lyncdesk.client.views.terminal import check_json, check_lines
from lyncdesk.client.words import Words
from lyncdesk.machine import clock
from lyncdesk.machine.zone import LocalTime, local_zone
from lyncdesk.presence.publication import Profile, person

# What every system's calendar can count.
_YEARS = range(1970, 2101)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def run_check(arguments: argparse.Namespace) -> int:
    """One calendar check, explained."""
    try:
        at = _moment(arguments.at)
    except ValueError:
        text = f"“{arguments.at}” is no time; write HH:MM, or 2026-03-02T10:30"
        return fail(text, WRONG_USE)
    options, policy, broken = bootstrap.options_in_force()
    words = bootstrap.words_for(options, LocalTime())
    warn_of((*policy.problems, *broken), words)  # first: they may be why no account is known
    try:
        who = asked(arguments, options.account, saved=options.allow_saved_password)
    except WrongUseError as error:
        return fail(str(error), WRONG_USE)
    return asyncio.run(_check(who, options, words, at, as_json=arguments.json))


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


async def _check(who: Asked, options: Options, words: Words, at: datetime, *, as_json: bool) -> int:
    zone = local_zone()
    account = who.account
    if not options.calendar_in_use:
        warn("your calendar is switched off in LyncDesk; this is what it would show")
    exchange = bootstrap.exchange_accounts(zone)
    exchange.know(bootstrap.found_servers(), lambda _: None)  # nothing is changed: not even what is known
    await who.heed(exchange)
    source = exchange.source(account, who.secret)
    state = State(Profile(person(account.address), zone=zone), replace(options, account=account))
    try:
        state = await checked_once(source, state, at)
    except ProblemError as error:
        problem = error.problem
        if as_json:
            print(json.dumps({"problem": problem.name, "title": words(problem.title)}, ensure_ascii=False))
        text = f"{words(problem.title)} {words(problem.cause)} {remedy(problem, words)}"
        return fail(text, REFUSED)
    finally:
        await source.close()
        await exchange.close()
        await who.remember()
    state = replace(state, found={one.address: one for one in exchange.known()})
    if as_json:
        print(json.dumps(check_json(state, at, words), ensure_ascii=False))
    else:
        for line in check_lines(state, at, words):
            print(line)
    return DONE
