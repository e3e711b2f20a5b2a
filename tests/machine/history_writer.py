"""Writes a history until it is killed: ``python -m tests.machine.history_writer FILE FIRST``.

After each change that the store has taken, its number is printed.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from lyncdesk.client.history import Alive, Began, Checked, PastItem, Shown, Stopped
from lyncdesk.machine import history_file, history_queries
from lyncdesk.machine.history_store import SqliteHistory
from lyncdesk.presence.items import Kind, ShowAs
from lyncdesk.presence.reasons import Source
from lyncdesk.presence.states import BUSY, Presence

ANNA = "anna@litware.example"
START = datetime(2026, 11, 26, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MOST = 800  # few, so that old rows go all the time


def change(number: int) -> Began:
    """What is shown from this many seconds on."""
    at = START + number * SECOND
    item = PastItem(f"{number} " + "x" * 300, at, at + SECOND, ShowAs.BUSY, Kind.MEETING)
    return Began(at, Shown(Presence(BUSY), Source.CALENDAR, item=item))


async def write(path: Path, first: int) -> None:
    """Go on for ever."""
    vars(history_queries)["MOST_SPANS"] = MOST
    vars(history_file)["TIDY_EVERY"] = 40
    store = SqliteHistory(path, lambda: START)
    for number in count(first):
        entry = change(number)
        await store.keep(ANNA, [entry])
        print(number, flush=True)
        await store.keep(ANNA, [Checked(entry.at), Alive(entry.at + SECOND / 2)])
        if number % 97 == 0:
            await store.keep(ANNA, [Stopped(entry.at + SECOND / 2)])


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2])))
