"""`python -m lyncdesk.exchange_server --org FILE`: the embedded Exchange without the rest of the program."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from lyncdesk.exchange_server.main import serve


def main() -> int:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m lyncdesk.exchange_server", description=__doc__)
    parser.add_argument("--org", type=Path, required=True, help="the TOML file of people and their calendars")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--tls", action="store_true", help="https with a certificate made on the spot")
    parser.add_argument(
        "--auth", default="basic,ntlm", metavar="S", help="ways to sign in: basic, ntlm, negotiate"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="F",
        help="fail on purpose: [OPERATION:]FAULT[:TIMES]; list: name the faults",
    )
    parser.add_argument(
        "--thin", default="", metavar="T", help="do without: names with commas; list: name what there is"
    )
    parser.add_argument("--ready-file", type=Path, help="gets the address once the server answers")
    given = parser.parse_args()
    return serve(
        now=lambda: datetime.now(UTC),  # noqa: TID251 - the program's edge: here the time comes in
        out=sys.stdout,
        err=sys.stderr,
        org=given.org,
        port=given.port,
        tls=given.tls,
        faults=given.fault,
        schemes=given.auth,
        thin=given.thin,
        ready_file=given.ready_file,
    )


if __name__ == "__main__":
    sys.exit(main())
