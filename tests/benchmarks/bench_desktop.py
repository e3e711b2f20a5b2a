"""Start, memory and wake-ups of the desktop client with an account, as ratios to the smallest tray program.

    python tests/benchmarks/bench_desktop.py [--rounds 5] [--settle 10] [--idle 30]

Both programs run in turn on one virtual desktop. A round starts a program, waits until its icon is painted,
until nothing but the program itself is left (the client: until its first calendar check is over), lets it
settle, and watches it do nothing. Medians of all rounds. Wall times move with the load of the machine, PSS
with the number of other programs that map Qt, which is told: trust the ratios.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks import processes
from tests.benchmarks.account import account
from tests.benchmarks.painting import TrayWatch
from tests.desktop import Desktop
from tests.user_session import LYNCDESK
from tests.waiting import wait_for

FLOOR = [sys.executable, str(Path(__file__).with_name("floor.py"))]
WORKER = "lyncdesk.exchange.worker"
PATIENCE = 60.0
GOALS = {"painted, ms": 1.5, "processor to there, ms": 1.5, "PSS, MB": 1.5}


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one program."""

    figures: Mapping[str, float]
    others_with_qt: int


def measure(
    desktop: Desktop,
    command: Sequence[str],
    env: Mapping[str, str],
    came_to_rest: Callable[[int], object],
    *,
    settle: float,
    idle: float,
) -> Sample:
    """Start the program, watch it start and rest, end it."""
    watch = TrayWatch(env["DISPLAY"])
    started = time.monotonic()
    with desktop.program(command, env=env) as program:
        pid = program.process.pid
        painted = watch.wait(PATIENCE)
        cpu = processes.cpu_ms(processes.family(pid))
        watch.close()
        wait_for(lambda: came_to_rest(pid), "the program at rest", PATIENCE)
        time.sleep(settle)
        family = processes.family(pid)
        memory = processes.memory(family)
        others = processes.others_with_qt(family)
        figures = {
            "painted, ms": (painted - started) * 1000,
            "processor to there, ms": cpu,
            "PSS, MB": memory.pss,
            "USS, MB": memory.uss,
            "RSS, MB": memory.rss,
            "threads": processes.threads(family),
        }
        if idle:
            woken, used = processes.wakeups(family), processes.cpu_ms(family)
            time.sleep(idle)
            # Threads that come and go meanwhile are seen by what the rest of the family does for them.
            figures["wake-ups/s"] = (processes.wakeups(family) - woken) / idle
            figures["processor at rest, ms/s"] = (processes.cpu_ms(family) - used) / idle
        if program.process.poll() is not None:
            raise RuntimeError(f"the program ended: {program.text}")
    return Sample(figures, others)


class FirstCheck:
    """Tells when the client's first calendar check is over: its worker came and went."""

    def __init__(self) -> None:
        self._seen = False

    def __call__(self, pid: int) -> bool:
        family = processes.family(pid)
        self._seen = self._seen or any(WORKER in processes.command(one) for one in family)
        return self._seen and len(family) == 1


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The desktop client against the smallest tray program.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--settle", type=float, default=10, metavar="SECONDS")
    parser.add_argument("--idle", type=float, default=30, metavar="SECONDS")
    arguments = parser.parse_args()
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "lyncdesk"], check=True
    )  # as an installation has it
    floors, clients = [], []
    with Desktop(keyring=True) as desktop, account(desktop) as home:
        for number in range(arguments.rounds + 1):
            # The first round fills the caches and does not count.
            settle, idle = (arguments.settle, arguments.idle) if number else (0.5, 0.0)
            floor = measure(desktop, FLOOR, home.env, lambda _: True, settle=settle, idle=idle)
            client = measure(desktop, LYNCDESK, home.env, FirstCheck(), settle=settle, idle=idle)
            if number:
                floors.append(floor)
                clients.append(client)
    report(floors, clients)
    return 0


def report(floors: Sequence[Sample], clients: Sequence[Sample]) -> None:
    """Print a row for each figure."""
    print(f"{'':26}{'smallest':>10}{'LyncDesk':>10}{'ratio':>8}{'goal':>8}")
    for name in clients[0].figures:
        floor, client = (median(s.figures[name] for s in samples) for samples in (floors, clients))
        ratio = f"{client / floor:8.2f}" if floor > 0 else f"{'-':>8}"
        goal = f"{GOALS[name]:8.1f}" if name in GOALS else f"{'':8}"
        goal = f"{'<= 0.2':>8}" if name == "wake-ups/s" else goal
        print(f"{name:26}{floor:10.2f}{client:10.2f}{ratio}{goal}")
    others = sorted(sample.others_with_qt for sample in (*floors, *clients))
    print(f"rounds: {len(clients)}; other programs with Qt meanwhile: {others[0]} to {others[-1]}")


if __name__ == "__main__":
    sys.exit(main())
