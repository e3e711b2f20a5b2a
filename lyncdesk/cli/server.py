"""``lyncdesk exchange-server``: the embedded Exchange by itself."""

from __future__ import annotations

import argparse
import sys

from lyncdesk import bootstrap
from lyncdesk.exchange_server.main import LIST, serve
from lyncdesk.machine import clock


def run_exchange_server(arguments: argparse.Namespace) -> int:
    """Serve the embedded Exchange: the people of a file, or those of the sample organisation."""
    exchange, who = None, ""
    only_lists = LIST in {*arguments.fault, *arguments.thin.split(",")}
    if arguments.org is None and not only_lists:
        world = bootstrap.sample_world(1.0)
        exchange = world.exchange
        who = f"lyncdesk: sign in as {world.profile.address} with {world.password}"
    return serve(
        now=clock.now,
        out=sys.stdout,
        err=sys.stderr,
        exchange=exchange,
        org=arguments.org,
        port=arguments.port,
        tls=arguments.tls,
        faults=arguments.fault,
        schemes=arguments.auth,
        thin=arguments.thin,
        ready_file=arguments.ready_file,
        greeting=who,
    )
