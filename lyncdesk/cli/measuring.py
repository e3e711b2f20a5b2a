"""``--measure``: how long a calendar check takes at one's own Exchange, asked as ``lyncdesk check`` asks."""

from __future__ import annotations

import argparse
import asyncio
import sys

from lyncdesk import bootstrap
from lyncdesk.capacity.measure import CHECKS, Measured, measure
from lyncdesk.cli.account import Asked, asked
from lyncdesk.cli.capacity_options import OWN
from lyncdesk.cli.exits import warn
from lyncdesk.client.options import Options
from lyncdesk.exchange.address import server_name
from lyncdesk.machine import clock
from lyncdesk.machine.zone import local_zone


def measured(arguments: argparse.Namespace, options: Options) -> tuple[Measured, str]:
    """What ``--measure`` finds, and the server's name. A problem is in it; nothing is raised for one.

    Raises:
        WrongUseError: if the arguments name no account.
    """
    named = argparse.Namespace(**vars(arguments))
    # The server of the signed-in account is asked as that account, however it is named.
    own = arguments.measure in (OWN, options.account.server)
    named.server = None if own else arguments.measure
    who = asked(named, options.account, saved=options.allow_saved_password, server_option="--measure SERVER")
    return asyncio.run(_measured(who))


async def _measured(who: Asked) -> tuple[Measured, str]:
    zone = local_zone()
    exchange = bootstrap.exchange_accounts(zone)
    exchange.know(bootstrap.found_servers(), lambda _: None)  # nothing is changed: not even what is known
    await who.heed(exchange)
    source = exchange.source(who.account, who.secret)
    if sys.stderr.isatty():
        warn(f"asking for one calendar {CHECKS} times, with rests between: this takes about half a minute")
    try:
        found = await measure(source, zone, now=clock.now, wait=asyncio.sleep)
    finally:
        await source.close()
        await exchange.close()
        await who.remember()
    known = {one.address: one.chosen for one in exchange.known()}
    server = who.account.server.strip() or known.get(who.account.address, "")
    return found, server_name(server) or who.account.address.rpartition("@")[2]
