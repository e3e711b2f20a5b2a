"""The desktop client as Windows starts it without a terminal: with no standard stream at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.homes import home_environment
from tests.waiting import wait_for

# Python gives a stream whose handle is closed as None, on every system.
CLOSED = 'exec "$0" -m lyncdesk "$@" <&- >&- 2>&-'


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, **home_environment(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"}


def started(environment: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sh", "-c", CLOSED, sys.executable, *arguments], env=environment)


def command(environment: dict[str, str], *arguments: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "lyncdesk", *arguments],
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode


def test_a_wrong_argument_ends_it_as_everywhere(environment: dict[str, str]) -> None:
    with started(environment, "--minimized") as client:
        assert client.wait(60) == 2


def test_the_client_runs_answers_and_ends(environment: dict[str, str]) -> None:
    with started(environment, "--minimised") as client:
        try:
            wait_for(lambda: command(environment, "status") == 0, "the client")
            assert client.poll() is None
            assert command(environment, "quit") == 0
            assert client.wait(60) == 0
        finally:
            client.kill()
