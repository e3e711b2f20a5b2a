"""The history of the real desktop client, which is killed again and again, asked for by the command line."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.account import Home, account
from tests.desktop import Desktop
from tests.user_session import LYNCDESK, Program
from tests.waiting import wait_for

pytestmark = pytest.mark.desktop
KILLS = 4
STATUSES = ("busy", "do-not-disturb", "be-right-back", "available")


@pytest.fixture(scope="module")
def keyring_desktop() -> Iterator[Desktop]:
    with Desktop(keyring=True) as desktop:
        yield desktop


def ask(env: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*LYNCDESK, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def answer(env: Mapping[str, str], *arguments: str) -> dict[str, Any]:
    done = ask(env, *arguments, "--json")
    found: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
    return found


def settings(home: Home) -> Path:
    return Path(home.env["XDG_CONFIG_HOME"]) / "lyncdesk" / "settings.toml"


def history(home: Home) -> Path:
    return Path(home.env["XDG_DATA_HOME"]) / "lyncdesk" / "history.sqlite"


def now() -> datetime:
    return datetime.now(UTC)


def killed(program: Program) -> datetime:
    """Kill it as the system does when memory is short; the moment."""
    at = now()
    program.process.kill()
    program.process.wait()
    # The next one begins after the second that is asked about.
    wait_for(lambda: now() > at + timedelta(seconds=1), "the second to be over")
    return at


def test_a_client_that_is_killed_tells_what_it_showed_and_that_it_was_gone(keyring_desktop: Desktop) -> None:
    chance = random.Random(11)
    with account(keyring_desktop, items=4) as home:
        before = settings(home).read_text(encoding="utf-8")
        settings(home).write_text(f"keep_history = true\n{before}", encoding="utf-8")
        shown: list[tuple[datetime, datetime, str]] = []
        for turn in range(KILLS):
            with keyring_desktop.program(LYNCDESK, env=home.env) as client:
                wait_for(lambda: answer(home.env, "status").get("calendar_as_of"), "the first check")
                text = str(answer(home.env, "set", STATUSES[turn % len(STATUSES)])["shows"])
                since = now()
                # Nothing is promised of the last second before the kill.
                threading.Event().wait(1.0 + chance.uniform(0.0, 0.4))
                shown.append((since, killed(client), text))
        with sqlite3.connect(f"file:{history(home)}?mode=ro", uri=True) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        raw.close()
        with keyring_desktop.program(LYNCDESK, env=home.env):
            wait_for(lambda: answer(home.env, "status").get("calendar_as_of"), "the first check")
            for since, gone, text in shown:
                told = answer(home.env, "explain", "--at", iso(since))
                assert (told["known"], told["shows"]) == (True, text), told
                assert any(reason["verdict"] == "won" for reason in told["reasons"])
                told = answer(home.env, "explain", "--at", iso(gone))
                assert told["shows"] == text
                assert "LyncDesk ended about then" in " ".join(told["notes"])
            assert "no moment" in ask(home.env, "explain", "--at", "soon").stderr
            assert ask(home.env, "explain", "--at", "soon").returncode == 2
        assert not list(history(home).parent.glob("*.broken-*"))
        done = ask(home.env, "explain", "--at", "1 min ago")
        assert (done.returncode, done.stdout) == (3, "")


def iso(moment: datetime) -> str:
    # Whole seconds are what one can write; the next one is within what is asked about.
    return (moment + timedelta(seconds=0.999)).strftime("%Y-%m-%dT%H:%M:%SZ")
