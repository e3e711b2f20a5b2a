"""A history whose writer is killed at any moment, again and again, loses nothing that it had taken."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from lyncdesk.machine.history_file import HistoryFile
from tests.machine.history_writer import ANNA, MOST, SECOND, START
from tests.user_session import ROOT

KILLS = 60


def killed(path: Path, first: int, changes: int, seconds: float) -> int:
    """Let a program keep so many changes and go on for so long, then kill it; the last number that it was
    told to be kept, or first - 1.
    """
    command = [sys.executable, "-m", "tests.machine.history_writer", str(path), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(changes)]
        threading.Event().wait(seconds)
        writer.kill()
        # A last line that was cut off within says nothing for certain.
        said += [line for line in writer.stdout if line.endswith("\n")]
    return int(said[-1]) if said else first - 1


def test_sixty_kills_lose_neither_the_file_nor_anything_that_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    chance = random.Random(27)
    number = -1
    for turn in range(KILLS):
        # Some while it starts, opens and takes up what the one before it left; most while it writes.
        changes = chance.randint(1, 60) if turn % 5 else 0
        seconds = chance.uniform(0.0, 0.02) if changes else chance.uniform(0.15, 0.5)
        before, number = number, killed(path, number + 1, changes, seconds)
        if not path.exists():
            assert number == before, "something was told to be kept, and there is no file"
            continue
        store = HistoryFile(path, lambda: START)
        past = store.read(ANNA, START - SECOND, START + 10_000_000 * SECOND)
        store.close()
        numbers = [(span.start - START) // SECOND for span in past.spans]
        # One more may have been kept than was told of; nothing is missing, and nothing is there twice.
        assert numbers == list(range(numbers[0], numbers[-1] + 1)) if numbers else number == -1
        assert not numbers or numbers[-1] in (number, number + 1), turn
        assert len(numbers) >= min(number + 1, MOST)
        number = numbers[-1] if numbers else number
        with sqlite3.connect(path) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        raw.close()
    assert number > MOST, "too few to see the oldest go"
    assert not list(tmp_path.glob("*.broken-*"))
