"""What a day of a million people takes: seconds and memory of the vectorised way; of both ways, the time of
processor for each person, and the ratio.

Nothing here is a test: the numbers depend on the machine. Each figure comes from a process of its own, so
that the memory of one is not that of another. Two numbers say how many people there are (1000000) and how
many are played exactly (2000).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEED = 1
HALF_AN_HOUR = 1800
SIDE_BY_SIDE = (60, 300, 900, 1800, 3600)


def _vectorised(users: int, intervals: list[int]) -> dict[str, float]:
    from lyncdesk.capacity.many.reckoning import reckon
    from lyncdesk.capacity.model_file import built_in

    begun = time.perf_counter()
    results = reckon(built_in(), SEED, users, intervals)
    return {"seconds": time.perf_counter() - begun, "checks": results[-1].checks.total}


def _exact(users: int, intervals: list[int]) -> dict[str, float]:
    from lyncdesk.capacity.exact import reckon_exactly
    from lyncdesk.capacity.model_file import built_in

    begun = time.perf_counter()
    results = [reckon_exactly(built_in(), SEED, users, interval) for interval in intervals]
    return {"seconds": time.perf_counter() - begun, "checks": results[-1].checks.total}


_WAYS = {"vectorised": _vectorised, "exact": _exact}


def _alone(way: str, users: int, *intervals: int) -> dict[str, float]:
    """What one way takes in a process of its own."""
    command = [sys.executable, __file__, way, str(users), ",".join(map(str, intervals))]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    found: dict[str, float] = json.loads(told.stdout)
    return found


def main() -> None:
    """Print the table."""
    if len(sys.argv) > 1 and sys.argv[1] in _WAYS:
        sys.path.insert(0, str(ROOT))
        found = _WAYS[sys.argv[1]](int(sys.argv[2]), [int(each) for each in sys.argv[3].split(",")])
        used = resource.getrusage(resource.RUSAGE_SELF)
        beside = {"megabytes": used.ru_maxrss / 1024, "processor": used.ru_utime + used.ru_stime}
        print(json.dumps({**found, **beside}))
        return
    many, few = (int(text) for text in sys.argv[1:3]) if len(sys.argv) > 2 else (1_000_000, 2_000)
    each: dict[str, float] = {}
    for what, way, users, intervals in (
        ("30 min", "vectorised", many, (HALF_AN_HOUR,)),
        ("five intervals side by side", "vectorised", many, SIDE_BY_SIDE),
        ("30 min", "exact", few, (HALF_AN_HOUR,)),
    ):
        found = _alone(way, users, *intervals)
        each[way] = min(each.get(way, float("inf")), found["processor"] / users)
        print(
            f"{way:10}  {what:27}  {users:9,} people  {found['seconds']:7.1f} s"
            f" ({found['processor']:.1f} s of processor)  {found['megabytes']:6,.0f} MB"
            f"  {found['checks']:11,.0f} checks in the last"
        )
    print(
        f"a person's day at 30 min, of processor: vectorised {each['vectorised'] * 1e6:.1f} µs, exact"
        f" {each['exact'] * 1e3:.1f} ms; {each['exact'] / each['vectorised']:,.0f} times as long"
    )


if __name__ == "__main__":
    main()
