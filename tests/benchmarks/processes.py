"""What a process and all that it started use, read from /proc: processor time, memory, wake-ups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes. ``pss`` counts a page that n processes map as one n-th, ``uss`` only what nobody shares."""

    rss: float
    pss: float
    uss: float


def family(root: int) -> list[int]:
    """The process and its descendants."""
    children: dict[int, list[int]] = {}
    for pid in _pids():
        with suppress(OSError):
            after_name = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            children.setdefault(int(after_name[1]), []).append(pid)
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def command(pid: int) -> str:
    """The command line of a process, "" once it has ended."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def cpu_ms(pids: list[int]) -> float:
    """Milliseconds on a processor until now, of all threads that are alive."""
    return sum(int(_read(task / "schedstat").split()[0]) for task in _tasks(pids)) / 1e6


def wakeups(pids: list[int]) -> int:
    """How often the threads that are alive have waited for something until now: each time they were woken."""
    return sum(
        int(line.split()[1])
        for task in _tasks(pids)
        for line in _read(task / "status").splitlines()
        if line.startswith("voluntary_ctxt_switches")
    )


def threads(pids: list[int]) -> int:
    """How many threads there are."""
    return sum(1 for _ in _tasks(pids))


def memory(pids: list[int]) -> Memory:
    """What they hold together."""
    totals = {"Rss": 0, "Pss": 0, "Private_Clean": 0, "Private_Dirty": 0}
    for pid in pids:
        for line in _read(PROC / str(pid) / "smaps_rollup").splitlines():
            name, _, amount = line.partition(":")
            if name in totals:
                totals[name] += int(amount.split()[0])
    megabytes = {name: value / 1024 for name, value in totals.items()}
    return Memory(megabytes["Rss"], megabytes["Pss"], megabytes["Private_Clean"] + megabytes["Private_Dirty"])


def others_with_qt(own: list[int]) -> int:
    """How many other processes map Qt: each of them makes PSS smaller than it is on a machine by itself."""
    return sum("libQt6Core" in _read(PROC / str(pid) / "maps") for pid in _pids() if pid not in own)


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def _tasks(pids: list[int]) -> Iterator[Path]:
    for pid in pids:
        with suppress(OSError):
            yield from (PROC / str(pid) / "task").iterdir()


def _read(path: Path) -> str:
    try:
        return path.read_text() or "0"
    except OSError:
        return "0"
