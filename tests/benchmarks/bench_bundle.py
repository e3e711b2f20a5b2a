"""Start, memory and size of the one-folder bundle, as ratios to the wheel in an environment of its own.

    python tests/benchmarks/bench_bundle.py [--rounds 5] [--settle 10]

Both are installed anew, and run in turn on one virtual desktop: first the commands and the worker, then the
desktop client with an account, as ``bench_desktop`` watches it. Medians of all rounds. Wall times move with
the load of the machine: trust the ratios.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from lyncdesk.starting import KEYRING_HELPER, WORKER
from tests.benchmarks.account import account
from tests.benchmarks.bench_desktop import FirstCheck, measure
from tests.desktop import Desktop
from tests.user_session import ROOT

# What makes packages is no part of the program, and so is not installed with it.
sys.path.insert(0, str(ROOT / "packaging"))
from lyncdesk_packaging.steps import made

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Installation:
    """One way to have the program: its folder, its commands, and what runs one of its modules."""

    folder: Path
    command: tuple[str, ...]
    desktop: tuple[str, ...]
    module: tuple[str, ...]


def bundle() -> Installation:
    """The bundle, made if it is not."""
    (folder,) = made("bundle")
    program = str(folder / "lyncdesk")
    return Installation(folder, (program,), (str(folder / "lyncdesk-gui"),), (program, "-m"))


def wheel(folder: Path) -> Installation:
    """The wheel as pip installs it: with what it needs, and compiled."""
    (file,) = (path for path in made("wheel") if path.suffix == ".whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = str(folder / "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
    subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), str(file)], check=True)
    bin_ = folder / "bin"
    return Installation(
        folder, (str(bin_ / "lyncdesk"),), (str(bin_ / "lyncdesk-gui"),), (python, "-P", "-m")
    )


def size(folder: Path) -> float:
    """Megabytes on the disk, links left out."""
    files = (path.lstat() for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(file.st_blocks * 512 for file in files) / 1e6


def run(command: Sequence[str], env: Mapping[str, str]) -> tuple[float, float]:
    """Run to the end: milliseconds until then, and milliseconds on a processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    subprocess.run(command, env=dict(env), input=b"", capture_output=True, check=False)
    took = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took * 1000, used * 1000


def one_round(desktop: Desktop, made_: Installation, env: Mapping[str, str], settle: float) -> Figures:
    """Every figure once."""
    figures: Figures = {}
    commands = {
        "lyncdesk --version": (*made_.command, "--version"),
        "the worker, without work": (*made_.module, WORKER),
        "the keyring's helper, without a question": (*made_.module, KEYRING_HELPER),
    }
    for name, command in commands.items():
        figures[f"{name}, ms"], figures[f"{name}, processor ms"] = run(command, env)
    seen = measure(desktop, made_.desktop, env, FirstCheck(), settle=settle, idle=0.0).figures
    return figures | {f"client: {name}": figure for name, figure in seen.items()}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The one-folder bundle against the wheel.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--settle", type=float, default=10, metavar="SECONDS")
    arguments = parser.parse_args()
    rounds: dict[str, list[Figures]] = {"wheel": [], "bundle": []}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        ways = {"wheel": wheel(Path(name) / "environment"), "bundle": bundle()}
        sizes = {way: size(installation.folder) for way, installation in ways.items()}
        with Desktop(keyring=True) as desktop, account(desktop) as home:
            env = {name: value for name, value in home.env.items() if name != "PYTHONPATH"}
            for number in range(arguments.rounds + 1):
                for way, installation in ways.items():
                    # The first round fills the caches and does not count.
                    figures = one_round(desktop, installation, env, arguments.settle if number else 0.5)
                    if number:
                        rounds[way].append(figures)
    report(sizes, rounds)
    return 0


def report(sizes: Mapping[str, float], rounds: Mapping[str, Sequence[Figures]]) -> None:
    """Print a row for each figure."""
    print(f"{'':52}{'wheel':>10}{'bundle':>10}{'ratio':>8}")
    print(_row("on the disk, MB (the wheel without its Python)", sizes["wheel"], sizes["bundle"]))
    for name in rounds["wheel"][0]:
        print(_row(name, *(median(one[name] for one in rounds[way]) for way in ("wheel", "bundle"))))
    print(f"rounds: {len(rounds['wheel'])}")


def _row(name: str, wheel_: float, bundle_: float) -> str:
    return f"{name:52}{wheel_:10.1f}{bundle_:10.1f}{bundle_ / wheel_:8.2f}"


if __name__ == "__main__":
    sys.exit(main())
