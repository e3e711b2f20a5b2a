"""``lyncdesk doctor``: the connection step by step, and Configuration information. Changes nothing."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from lyncdesk import bootstrap
from lyncdesk.cli.account import Asked, WrongUseError, asked, in_a_terminal, remedy
from lyncdesk.cli.exits import DONE, NOT_SO, WRONG_USE, fail, warn_of
from lyncdesk.client.found import Found
from lyncdesk.client.once import checked_once, failed_once
from lyncdesk.client.options import Options, Origin
from lyncdesk.client.policy import Policy
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.state import State
from lyncdesk.client.views import connection
from lyncdesk.client.views.doctor import doctor_json, step_lines
from lyncdesk.client.words import Words
from lyncdesk.machine import clock
from lyncdesk.machine.zone import LocalTime, local_zone
from lyncdesk.presence.publication import Profile

if TYPE_CHECKING:
    from lyncdesk.calendars.account import ExchangeAccounts


def run_doctor(arguments: argparse.Namespace) -> int:
    """Every step of the connection, as it happens."""
    options, policy, broken = bootstrap.options_in_force()
    words = bootstrap.words_for(options, LocalTime())
    warn_of((*policy.problems, *broken), words)  # first: they may be why no account is known
    try:
        who = asked(arguments, options.account, saved=options.allow_saved_password)
    except WrongUseError as error:
        return fail(str(error), WRONG_USE)
    return asyncio.run(_doctor(who, options, policy, words, as_json=arguments.json))


async def _doctor(who: Asked, options: Options, policy: Policy, words: Words, *, as_json: bool) -> int:
    zone = local_zone()
    exchange = bootstrap.exchange_accounts(zone)
    found: list[Found] = list(bootstrap.found_servers())
    exchange.know(found, lambda _: None)
    await who.heed(exchange)
    steps: list[ConnectionStep] = []

    def on_step(step: ConnectionStep) -> None:
        if step.result is StepResult.RUNNING:
            return
        step = in_a_terminal(step)
        steps.append(step)
        if not as_json:
            print("\n".join(step_lines(step, words)), flush=True)

    try:
        password = await _secret(who)
        works = await exchange.test(who.account, password, on_step)
        failed = next((step for step in steps if step.problem is not None), None)
        origins = dict(options.origins)
        if who.account.server != options.account.server:
            origins["account.server"] = Origin.COMMAND_LINE
        state = State(
            Profile(who.account.address, zone=zone),
            replace(options, account=who.account, origins=origins),
            found={one.address: one for one in exchange.known()},
        )
        state = await _as_checked(exchange, state, password, failed if not works else None)
        environment = bootstrap.this_computer(exchange, policy)
    finally:
        await exchange.close()
        await who.remember()
    now = clock.now()
    if as_json:
        english = Words(zone=LocalTime()).at(now)
        rows = connection(state, now, english, environment, once=True).rows
        print(json.dumps(doctor_json(steps, rows, english, works=works), ensure_ascii=False))
    else:
        print(words("Configuration information"))
        for name, value in connection(state, now, words, environment, once=True).rows:
            print(f"    {name}: {value}")
    if works:
        return DONE
    if failed is None or failed.problem is None:
        return fail(words("The connection does not work."), NOT_SO)
    problem = failed.problem
    return fail(f"{words(failed.tried)}: {words(problem.title)} {remedy(problem, words)}", NOT_SO)


async def _as_checked(
    exchange: ExchangeAccounts, state: State, password: str | None, failed: ConnectionStep | None
) -> State:
    """What a client would know after one check: the rows tell of it. Nothing is sent after a failure."""
    now = clock.now()
    if failed is not None and failed.problem is not None:
        return failed_once(state, failed.problem, now)

    async def given() -> str | None:
        return password

    source = exchange.source(state.options.account, given)
    try:
        return await checked_once(source, state, now)
    except ProblemError as error:
        return failed_once(state, error.problem, now)
    finally:
        await source.close()


async def _secret(who: Asked) -> str | None:
    try:
        return await who.secret()
    except ProblemError:
        return None  # the step says that there is none
