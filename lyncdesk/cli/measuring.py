"""``--measure``: how long a calendar check takes at one's own Exchange, asked as ``lyncdesk check`` asks."""

from __future__ import annotations

import argparse
import asyncio

from lyncdesk import bootstrap
from lyncdesk.capacity.measure import Measured, measure
from lyncdesk.cli.account import Asked, asked
from lyncdesk.cli.capacity_options import OWN
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
    named.server = None if arguments.measure == OWN else arguments.measure
    who = asked(named, options.account, saved=options.allow_saved_password)
    return asyncio.run(_measured(who))


async def _measured(who: Asked) -> tuple[Measured, str]:
    zone = local_zone()
    exchange = bootstrap.exchange_accounts(zone)
    exchange.know(bootstrap.found_servers(), lambda _: None)  # nothing is changed: not even what is known
    await who.heed(exchange)
    source = exchange.source(who.account, who.secret)
    try:
        found = await measure(source, zone, now=clock.now, wait=asyncio.sleep)
    finally:
        await source.close()
        await exchange.close()
        await who.remember()
    known = {one.address: one.chosen for one in exchange.known()}
    server = who.account.server.strip() or known.get(who.account.address, "")
    return found, server_name(server) or who.account.address.rpartition("@")[2]
