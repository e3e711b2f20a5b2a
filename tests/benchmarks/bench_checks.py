"""How long Qt's thread stands still while a check of 1,000 items comes in, with the main window open.

    python tests/benchmarks/bench_checks.py [--items 1000] [--rounds 10]

The whole way: the embedded Exchange, the worker process, the engine, publication, tray and window. The first
row is a while with nothing going on. "own" leaves out the time in which the thread could have run and other
programs had the processors. Goal: 16 ms.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import median

from tests.benchmarks.account import account
from tests.desktop import Desktop
from tests.waiting import wait_for

CLIENT = [sys.executable, str(Path(__file__).with_name("watched_client.py"))]
GOAL_MS = 16
PATIENCE = 30.0  # seconds for a check


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Stalls of Qt's thread during calendar checks.")
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=10, metavar="CHECKS")
    arguments = parser.parse_args()
    with (
        Desktop(keyring=True) as desktop,
        account(desktop, items=arguments.items, minimised=False) as home,
        desktop.program([*CLIENT, str(arguments.rounds)], env=home.env) as program,
    ):
        wait_for(
            lambda: program.text.endswith("done\n") or program.process.poll() is not None,
            "the checks",
            PATIENCE * (arguments.rounds + 1),
        )
        rows = [json.loads(line) for line in program.text.splitlines() if line.startswith("{")]
        assert program.process.poll() is None, program.text
    calm, *checks = rows
    assert {row["items"] for row in checks} == {arguments.items}, program.text
    print(f"{'longest stall':34}{'ms':>8}{'own, ms':>10}")
    print(f"{'nothing going on':34}{calm['ms']:8.1f}{calm['own']:10.1f}")
    for name, pick in ("checks, median", median), ("checks, worst", max):
        print(f"{name:34}{pick(r['ms'] for r in checks):8.1f}{pick(r['own'] for r in checks):10.1f}")
    print(f"items: {arguments.items}; checks: {len(checks)}; goal: {GOAL_MS} ms")


if __name__ == "__main__":
    main()
