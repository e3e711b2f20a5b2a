"""How much faster than real time a scenario runs in memory: milliseconds for a working day, and the ratio.

Nothing here is a test: the numbers depend on the machine.
"""

from __future__ import annotations

import io
import time

from lyncdesk.simulation.run import Run
from lyncdesk.simulation.scenario_calendars import memory_calendars
from lyncdesk.simulation.scenario_file import read
from lyncdesk.simulation.scenario_report import TextReport
from lyncdesk.simulation.scenario_times import pinned_zones

HOURS = range(8, 18)


def day(people: int) -> str:
    """A working day of ten items for each person, checks every half hour."""
    parts = ['date = 2026-03-02\nzone = "Europe/Berlin"\nstart = "08:00"\nuntil = "18:00"']
    for who in range(people):
        parts.append(f"[people.p{who}]")
        parts += [
            f'[[people.p{who}.items]]\nsubject = "Item"\nstart = "{hour:02}:{who % 6}0"\nend = "{hour:02}:55"'
            for hour in HOURS
        ]
    return "\n".join(parts)


def seconds(people: int) -> float:
    """Real seconds for the day: the best of five."""
    scenario = read(day(people), "day.toml")
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        with memory_calendars() as calendars:
            Run(scenario, calendars, TextReport(io.StringIO())).run()
        best = min(best, time.perf_counter() - begun)
    return best


def main() -> None:
    """Print the table."""
    with pinned_zones():
        for people in (1, 2, 5, 12):
            taken = seconds(people)
            ratio = len(HOURS) * 3600 / taken
            print(
                f"{people:3} people: a working day takes {taken * 1000:8.1f} ms, {ratio:12,.0f} x real time"
            )


if __name__ == "__main__":
    main()
